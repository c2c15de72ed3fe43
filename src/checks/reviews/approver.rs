//! Whose approval counts, and for which files it still holds.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::{Directory, Truth};
use super::hands::{Hands, named_in};
use super::opinion::Opinion;
use super::settings::Parts;
use crate::formats::globs::Globs;
use crate::model::{Change, Fact, Facts, Missing, ObjectId, Permission, Push, RepoPath, Review, Timestamp};

/// Somebody who approves.
pub(super) struct Approver<'a> {
    /// The login in lower case; an address where nobody knows the account.
    pub(super) login: String,
    /// The same for a person.
    pub(super) shown: String,
    pub(super) review: Option<&'a Review>,
    pub(super) standing: Standing,
    pub(super) coverage: Coverage,
}

/// Whether somebody's approval can count at all.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    Counts,
    Unknown(Vec<Missing>),
    /// It cannot; a clause that says why.
    Not(String),
}

/// For which files an approval holds.
#[derive(Clone, Debug)]
pub(super) enum Coverage {
    All,
    /// For all but these, sorted: their part of the change is another one by now.
    AllBut(Vec<RepoPath>),
    /// For none any more; a clause that says why.
    Nothing(String),
    Unknown(Missing),
}

/// The files that a requirement is about.
pub(super) struct Scope<'a> {
    pub(super) files: Vec<&'a Change>,
    /// The paths of these files, old and new.
    paths: BTreeSet<&'a RepoPath>,
    pub(super) reach: Reach<'a>,
}

/// How far a scope reaches beyond the files that differ: what the change no longer has was approved with the rest.
#[derive(Clone, Copy)]
pub(super) enum Reach<'a> {
    /// To all that it no longer has.
    Everything,
    /// To what matches.
    Matching(&'a Globs),
    /// No further.
    Nothing,
}

impl<'a> Scope<'a> {
    pub(super) fn new(files: Vec<&'a Change>, reach: Reach<'a>) -> Self {
        let paths = files.iter().flat_map(|change| change.paths()).collect();
        Self { files, paths, reach }
    }
}

/// Whether an approval holds for a scope.
pub(super) enum Holds {
    Yes,
    /// It is stale; a clause that says why.
    No(String),
    Unknown(Missing),
}

/// What it takes to say whose approval counts.
pub(super) struct Desk<'a> {
    pub(super) parts: &'a Parts,
    pub(super) facts: &'a Facts,
    pub(super) directory: Directory<'a>,
    pub(super) hands: Hands,
}

impl<'a> Desk<'a> {
    /// Everybody who approves by a review.
    pub(super) fn reviewers(&self, opinions: &[(String, Fact<Opinion<'a>>)]) -> Vec<Approver<'a>> {
        let mut found = Vec::new();
        for (login, opinion) in opinions {
            let (review, doubt) = match opinion {
                Ok(Opinion::Approves(review)) => (Some(*review), None),
                Ok(Opinion::Objects(_)) => continue,
                Err(missing) => (None, Some(missing.clone())),
            };
            let standing = match (self.standing(login, review), doubt) {
                (Standing::Not(why), _) => Standing::Not(why),
                (Standing::Counts, Some(doubt)) => Standing::Unknown(vec![doubt]),
                (Standing::Unknown(mut missing), Some(doubt)) => {
                    missing.push(doubt);
                    Standing::Unknown(missing)
                }
                (standing, None) => standing,
            };
            found.push(Approver {
                shown: self.directory.shown(login).to_owned(),
                login: login.clone(),
                review,
                standing,
                coverage: review.map_or(Coverage::All, |review| self.coverage(review)),
            });
        }
        found
    }

    /// Everybody whom each commit of the change names in a trailer that is an approval.
    pub(super) fn named_in_trailers(&self) -> Result<Vec<Approver<'a>>, Missing> {
        if self.parts.trailers.is_empty() {
            return Ok(Vec::new());
        }
        let commits = self.facts.commits.as_ref().map_err(Clone::clone)?;
        let named = |commit| self.parts.trailers.iter().flat_map(move |token| named_in(commit, token));
        let mut commits = commits.iter().filter(|it| !it.is_merge());
        let Some(first) = commits.next() else { return Ok(Vec::new()) };
        let by_address = |commit| -> BTreeMap<String, (String, String)> {
            named(commit).map(|(name, email)| (self.directory.address(&name, &email), (name, email))).collect()
        };
        let mut people = by_address(first);
        for commit in commits {
            let here = by_address(commit);
            people.retain(|address, _| here.contains_key(address));
        }
        Ok(people.into_values().map(|(name, email)| self.named(&name, &email)).collect())
    }

    fn named(&self, name: &str, email: &str) -> Approver<'a> {
        let account = self.directory.account(name, email);
        let shown = account
            .as_ref()
            .map_or_else(|| format!("{name} <{email}>"), |login| self.directory.shown(login).to_owned());
        let stale = Missing::here(
            format!("whether `{shown}` approved this very change: a trailer does not say what was looked at"),
            "approve on the forge, or set `dismiss-stale: false` to let trailers hold for good",
        );
        let standing = match &account {
            Some(login) => self.standing(login, None),
            None if self.wrote(name, email) => Standing::Not(format!("`{shown}` wrote a commit")),
            None if self.parts.permission == Permission::None => Standing::Counts,
            None => Standing::Unknown(vec![Missing::here(
                format!("whose account the address `{email}` belongs to"),
                "add it to `forge.people` of the facts, or ask for no permission: `permission: none`",
            )]),
        };
        Approver {
            login: account.unwrap_or_else(|| self.directory.address(name, email)),
            shown,
            review: None,
            standing,
            coverage: if self.parts.dismiss_stale { Coverage::Unknown(stale) } else { Coverage::All },
        }
    }

    /// Whether a commit has an address that means the same.
    fn wrote(&self, name: &str, email: &str) -> bool {
        let address = self.directory.address(name, email);
        let commits = self.facts.commits.iter().flat_map(|it| it.iter());
        let mut writers = commits.flat_map(|it| [&it.author, &it.committer]);
        writers.any(|it| self.directory.address(&it.name, &it.email) == address)
    }

    /// Whether an approval of this account counts, or would count.
    pub(super) fn standing(&self, login: &str, review: Option<&Review>) -> Standing {
        let shown = self.directory.shown(login);
        let mut unknown = Vec::new();
        match self.hands.of(login) {
            Ok(Some(what)) => return Standing::Not(format!("`{shown}` {what}")),
            Ok(None) => {}
            Err(missing) => unknown.extend_from_slice(missing),
        }
        match self.directory.is_bot(login, review.and_then(|it| it.account_type)) {
            _ if self.parts.bots.is_match(shown) => {}
            Truth::No => {}
            Truth::Yes => return Standing::Not(format!("`{shown}` is a bot")),
            Truth::Unknown(missing) => unknown.push(missing),
        }
        if self.parts.permission > Permission::None {
            match self.directory.permission(login, review) {
                Ok(permission) if permission < self.parts.permission => {
                    let wanted = self.parts.permission.as_str();
                    return Standing::Not(format!(
                        "`{shown}` has the permission `{}`, not `{wanted}`",
                        permission.as_str()
                    ));
                }
                Ok(_) => {}
                Err(missing) => unknown.push(missing),
            }
        }
        if self.parts.last_push {
            match &self.hands.last_push {
                Ok(push) if push.user.eq_ignore_ascii_case(login) => {
                    return Standing::Not(format!("`{shown}` pushed last"));
                }
                Ok(_) => {}
                Err(missing) => unknown.push(missing.clone()),
            }
        }
        if unknown.is_empty() { Standing::Counts } else { Standing::Unknown(unknown) }
    }

    fn coverage(&self, review: &Review) -> Coverage {
        if let (true, Ok(push)) = (self.parts.last_push, &self.hands.last_push) {
            match review.submitted_at {
                Some(at) if at < push.at => return Coverage::Nothing(format!("`{}` pushed after it", push.user)),
                Some(_) => {}
                None => return Coverage::Unknown(untimed(review)),
            }
        }
        if !self.parts.dismiss_stale {
            return Coverage::All;
        }
        let retargeted = match (&self.facts.forge.retargets, review.submitted_at) {
            (Err(missing), _) => return Coverage::Unknown(missing.clone()),
            (Ok(times), Some(at)) => times.iter().any(|time| *time >= at),
            (Ok(times), None) if times.is_empty() => false,
            (Ok(_), None) => return Coverage::Unknown(untimed(review)),
        };
        if retargeted {
            return Coverage::Nothing("the target was changed after it".to_owned());
        }
        let commit = match self.looked_at(review) {
            Ok(commit) => commit,
            Err(missing) => return Coverage::Unknown(missing),
        };
        match self.facts.forge.since.get(&commit) {
            Some(Ok(changed)) if changed.is_empty() => Coverage::All,
            Some(Ok(changed)) => {
                let sorted: BTreeSet<RepoPath> = changed.iter().cloned().collect();
                Coverage::AllBut(sorted.into_iter().collect())
            }
            Some(Err(missing)) => Coverage::Unknown(missing.clone()),
            None => Coverage::Unknown(Missing::here(
                format!("what became of the change since `{}`, which `{}` approved", commit.short(), review.user),
                "judge where the repository is, with that commit fetched, or approve again",
            )),
        }
    }

    /// The commit that a reviewer looked at. A forge moves approvals along when it thinks that a push changed nothing:
    /// what was the head at the time tells more than what it says now.
    fn looked_at(&self, review: &Review) -> Fact<ObjectId> {
        let shown = &review.user;
        let named = review.commit.ok_or_else(|| {
            Missing::here(
                format!("which commit `{shown}` looked at"),
                "record the commit of each review, or approve again",
            )
        })?;
        let (Ok(pushes), Some(at)) = (&self.facts.forge.pushes, review.submitted_at) else { return Ok(named) };
        let came = pushes.iter().filter(|push| push.head == named).map(|push| push.at).min();
        if came.is_none_or(|came| came <= at) {
            return Ok(named);
        }
        head_at(pushes, at).ok_or_else(|| {
            let what = format!("which commit `{shown}` looked at: the one that is named was pushed after the review");
            Missing::here(what, "record every push, or approve again")
        })
    }

    /// Whether an approval holds for these files.
    pub(super) fn holds(&self, coverage: &Coverage, scope: &Scope<'_>) -> Holds {
        let changed = match coverage {
            Coverage::All => return Holds::Yes,
            Coverage::Nothing(why) => return Holds::No(why.clone()),
            Coverage::Unknown(missing) => return Holds::Unknown(missing.clone()),
            Coverage::AllBut(changed) => changed,
        };
        let mut stale: Vec<&RepoPath> =
            scope.paths.iter().copied().filter(|path| changed.binary_search(path).is_ok()).collect();
        match self.withdrawn(changed, scope) {
            Ok(withdrawn) => stale.extend(withdrawn),
            Err(missing) if stale.is_empty() => return Holds::Unknown(missing),
            Err(_) => {}
        }
        match stale.as_slice() {
            [] => Holds::Yes,
            [one] => Holds::No(format!("`{one}` changed after it")),
            [one, rest @ ..] => Holds::No(format!("`{one}` and {} more changed after it", rest.len())),
        }
    }

    /// Files that were part of what was approved and that the change no longer has.
    fn withdrawn<'b>(&self, changed: &'b [RepoPath], scope: &Scope<'_>) -> Fact<Vec<&'b RepoPath>> {
        let mut found = Vec::new();
        for path in changed.iter().filter(|path| !scope.paths.contains(path)) {
            let is_reached = match scope.reach {
                Reach::Everything => true,
                Reach::Matching(globs) => globs.is_match(path),
                Reach::Nothing => return Ok(found),
            };
            self.facts.spend(1)?;
            if is_reached && self.facts.base.file(path)? == self.facts.head.file(path)? {
                found.push(path);
            }
        }
        Ok(found)
    }
}

/// The head at a moment.
fn head_at(pushes: &[Push], at: Timestamp) -> Option<ObjectId> {
    pushes.iter().filter(|push| push.at <= at).max_by_key(|push| push.at).map(|push| push.head)
}

fn untimed(review: &Review) -> Missing {
    Missing::here(format!("when `{}` approved", review.user), "record when each review was submitted")
}
