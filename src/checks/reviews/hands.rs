//! Whose hands are in a change: those whose approval would be one of their own work, and machines.
//!
//! Names and addresses of commits are claims. One that belongs to no known account may be that of anybody, also of
//! whoever approved: then nobody can say that an approval is independent.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::{Directory, Truth};
use super::settings::{Automated, Hand, Parts};
use crate::formats::name_pattern::NamePatterns;
use crate::formats::{person, trailers};
use crate::model::{Commit, Fact, Facts, Identity, Missing, PullRequest, Push, Text};

/// What GitHub writes as the committer of what is merged or edited on its site.
const GITHUB_WEB: &str = "noreply@github.com";

/// Addresses under which coding agents name themselves as authors; what they write under has no account.
const AGENTS: [&str; 5] =
    ["noreply@anthropic.com", "cursoragent@cursor.com", "noreply@openai.com", "noreply@aider.chat", "aider@aider.chat"];

/// Logins of agents whose type a forge does not always tell.
const AGENT_LOGINS: [&str; 2] = ["copilot", "copilot-swe-agent"];

/// Everybody who had a hand in the change.
pub(super) struct Hands {
    /// By login in lower case: what they did, a fragment that fits after the login.
    known: BTreeMap<String, String>,
    /// Why nobody can say who else did.
    unknown: Vec<Missing>,
    /// Addresses of nobody who is known; each is told once.
    strangers: BTreeSet<String>,
    /// The last push.
    pub(super) last_push: Fact<Push>,
    /// What tells that a machine wrote it: a fragment.
    pub(super) machine: Option<String>,
    /// Why nobody can say whether a machine wrote it.
    pub(super) machine_unknown: Option<Missing>,
}

impl Hands {
    pub(super) fn find(parts: &Parts, facts: &Facts, request: Option<&PullRequest>, directory: &Directory<'_>) -> Self {
        let pushes = facts.forge.pushes.as_ref().map_err(Clone::clone);
        let commits = facts.commits.as_deref().unwrap_or_default();
        let last_push = pushes.clone().and_then(|all| last_of(all, commits).cloned().ok_or_else(no_push));
        let mut hands = Self {
            known: BTreeMap::new(),
            unknown: Vec::new(),
            strangers: BTreeSet::new(),
            last_push,
            machine: None,
            machine_unknown: None,
        };
        if let Some(request) = request {
            hands.known.insert(request.author.to_lowercase(), "opened the pull request".to_owned());
        }
        match &facts.commits {
            Ok(commits) => commits.iter().for_each(|commit| hands.commit(parts, commit, directory)),
            Err(missing) if needs_commits(parts) => hands.unknown.push(missing.clone()),
            Err(_) => {}
        }
        hands.pushers(parts, pushes.map(|it| it.to_vec()));
        hands.look_for_machines(parts.automated.as_ref(), facts, request, directory);
        hands.unknown.sort();
        hands.unknown.dedup();
        hands
    }

    /// What an account did to the change; the reasons when nobody can say that it did nothing.
    pub(super) fn of(&self, login: &str) -> Result<Option<&str>, &[Missing]> {
        match self.known.get(login) {
            Some(what) => Ok(Some(what)),
            None if self.unknown.is_empty() => Ok(None),
            None => Err(&self.unknown),
        }
    }

    fn commit(&mut self, parts: &Parts, commit: &Commit, directory: &Directory<'_>) {
        // Whoever brings a branch up to date had no hand in it; those whose commits come along have.
        if commit.brings_nothing {
            return;
        }
        let is_asked = |hand| parts.independent_of.contains(&hand);
        let short = commit.id.short();
        let mut writers: Vec<(String, String, &str)> = Vec::new();
        let of = |it: &Identity| (it.name.clone(), it.email.clone());
        if is_asked(Hand::Authors) {
            let (name, email) = of(&commit.author);
            writers.push((name, email, "wrote commit"));
        }
        if is_asked(Hand::Committers) && !commit.committer.email.eq_ignore_ascii_case(GITHUB_WEB) {
            let (name, email) = of(&commit.committer);
            writers.push((name, email, "committed"));
        }
        if is_asked(Hand::CoAuthors) {
            let named = co_authors(commit).into_iter();
            writers.extend(named.map(|(name, email)| (name, email, "is a co-author of commit")));
        }
        let listed = parts.automated.as_ref().map(|it| &it.authors);
        let is_machine = |name: &str, email: &str| {
            is_agent(email) || listed.is_some_and(|it| it.is_match(email) || it.is_match(name))
        };
        // An agent has no account that could approve, but somebody runs it: its address alone hides who that was.
        let is_account = |it: &Identity| directory.account(&it.name, &it.email).is_some();
        let has_account = is_account(&commit.author) || is_account(&commit.committer);
        for (name, email, did) in writers {
            match directory.account(&name, &email) {
                Some(login) => _ = self.known.entry(login).or_insert_with(|| format!("{did} `{short}`")),
                None if has_account && is_machine(&name, &email) => {}
                None => self.stranger(&email, &short),
            }
        }
    }

    fn stranger(&mut self, email: &str, commit: &str) {
        if !self.strangers.insert(email.to_lowercase()) {
            return;
        }
        self.unknown.push(Missing::here(
            format!("whose address `{email}` is, which commit `{commit}` names: it may be that of an approver"),
            "map it in `.mailmap` of the target to an address that the forge knows, or add it to `forge.people` of the facts",
        ));
    }

    fn pushers(&mut self, parts: &Parts, pushes: Fact<Vec<Push>>) {
        let is_asked = |hand| parts.independent_of.contains(&hand);
        if !is_asked(Hand::Pushers) && !is_asked(Hand::LastPusher) {
            return;
        }
        let pushes = match pushes {
            Ok(pushes) => pushes,
            Err(missing) => return self.unknown.push(missing),
        };
        if is_asked(Hand::Pushers) {
            for push in &pushes {
                self.known.entry(push.user.to_lowercase()).or_insert_with(|| "pushed to the branch".to_owned());
            }
        }
        match &self.last_push {
            // Of two pushes in one second nobody can say which one was the last.
            Ok(last) => {
                for push in pushes.iter().filter(|push| push.at == last.at) {
                    self.known.entry(push.user.to_lowercase()).or_insert_with(|| "pushed last".to_owned());
                }
            }
            Err(missing) => self.unknown.push(missing.clone()),
        }
    }

    fn look_for_machines(
        &mut self,
        automated: Option<&Automated>,
        facts: &Facts,
        request: Option<&PullRequest>,
        directory: &Directory<'_>,
    ) {
        let Some(automated) = automated else { return };
        match request {
            Some(request) => {
                let label = request.labels.iter().find(|label| automated.labels.is_match(label));
                self.machine = label.map(|label| format!("it has the label `{label}`"));
                let is_bot = match directory.is_bot(&request.author.to_lowercase(), request.author_type) {
                    _ if automated.authors.is_match(&request.author) => true,
                    Truth::Yes => true,
                    Truth::No => false,
                    Truth::Unknown(missing) => {
                        self.machine_unknown = Some(missing);
                        false
                    }
                };
                if is_bot {
                    self.machine.get_or_insert_with(|| format!("`{}` opened the pull request", request.author));
                }
            }
            None => self.machine_unknown = Some(Missing::pull_request("the pull request")),
        }
        let commits = match &facts.commits {
            Ok(commits) => commits,
            Err(missing) => return self.machine_unknown = Some(missing.clone()),
        };
        for commit in commits.iter() {
            let author = (commit.author.name.clone(), commit.author.email.clone());
            let mut writers = std::iter::once(author).chain(co_authors(commit));
            let machine = writers.find(|(name, email)| is_machine(directory, &automated.authors, name, email));
            if let Some((name, _)) = machine {
                self.machine.get_or_insert_with(|| format!("`{name}` wrote commit `{}`", commit.id.short()));
                return;
            }
        }
    }
}

/// The last push that brought something. One that only merged the target into what was there, and adds nothing to the
/// two, is none that a reviewer could have looked at.
fn last_of<'a>(pushes: &'a [Push], commits: &[Commit]) -> Option<&'a Push> {
    let mut sorted: Vec<&Push> = pushes.iter().collect();
    sorted.sort_by_key(|it| it.at);
    while let [.., before, last] = sorted.as_slice() {
        let is_plain = commits.iter().filter(|it| it.id == last.head && it.brings_nothing).any(|commit| {
            // What is merged in was in the target already, or else it would be one of the commits.
            let is_of_target = |parent| !commits.iter().any(|it| it.id == parent);
            matches!(*commit.parents.as_slice(), [first, second] if first == before.head && is_of_target(second))
        });
        if !is_plain || before.at == last.at {
            break;
        }
        sorted.pop();
    }
    sorted.last().copied()
}

fn no_push() -> Missing {
    let how = "record every push, the state in which the pull request was opened included";
    Missing::here("who pushed last: the list of pushes is empty", how)
}

fn needs_commits(parts: &Parts) -> bool {
    [Hand::Authors, Hand::CoAuthors, Hand::Committers].iter().any(|hand| parts.independent_of.contains(hand))
}

fn is_agent(email: &str) -> bool {
    AGENTS.iter().any(|agent| agent.eq_ignore_ascii_case(email))
}

fn is_machine(directory: &Directory<'_>, listed: &NamePatterns, name: &str, email: &str) -> bool {
    let login = directory.account(name, email);
    let is_bot = |login: &String| {
        AGENT_LOGINS.contains(&login.as_str())
            || listed.is_match(login)
            || matches!(directory.is_bot(login, None), Truth::Yes)
    };
    is_agent(email) || listed.is_match(email) || listed.is_match(name) || login.as_ref().is_some_and(is_bot)
}

/// Whom a commit names in `Co-authored-by`.
fn co_authors(commit: &Commit) -> Vec<(String, String)> {
    named_in(commit, "Co-authored-by").into_iter().collect()
}

/// Names and addresses in the trailers with this token.
pub(super) fn named_in(commit: &Commit, token: &str) -> BTreeSet<(String, String)> {
    let message = Text::decode(commit.message.as_bytes());
    let trailers = trailers::parse(&message).all;
    // Squashing moves trailers out of the last paragraph: a line anywhere counts.
    let lines = message.lines().skip(1).filter_map(|line| trailers::token_and_value(line.text));
    let lines = lines.filter(|(found, _)| found.eq_ignore_ascii_case(token)).map(|(_, value)| value.trim().to_owned());
    let folded = trailers.into_iter().filter(|it| it.is(token)).map(|it| it.value);
    let named = lines
        .chain(folded)
        .filter_map(|value| person::parse(&value).map(|it| (it.name.to_owned(), it.email.to_owned())));
    named.collect()
}
