//! Who can unblock: for each shortfall those who could make up for it, and for all of them together the fewest.

use std::collections::{BTreeMap, BTreeSet};

use super::directory::Directory;
use super::outcome::Outcome;
use crate::model::{Finding, Label, Place, RepoPath};

/// Approvals that are lacking.
pub(super) struct Short {
    pub(super) hazard: &'static str,
    pub(super) message: String,
    /// What tells it from others of its kind.
    pub(super) key: String,
    /// How many are lacking.
    pub(super) lacking: usize,
    /// Logins of those whose approval is stale.
    pub(super) again: Vec<String>,
    /// Logins of those who have not approved and could.
    pub(super) fresh: Vec<String>,
    /// Others who are asked for, as they are named.
    pub(super) others: Vec<String>,
    pub(super) related: Option<Label>,
    /// The file that it is about, where it is about one alone.
    pub(super) path: Option<RepoPath>,
}

/// Names that are listed one by one.
const LISTED: usize = 5;
/// Shortfalls for which the fewest people are looked for.
const MOST: usize = 32;
/// Ways through alternatives that are compared.
const WAYS: usize = 64;
/// People of whom every choice is tried; of more the one is taken who helps most, again and again.
const TRIED: usize = 14;

impl Short {
    pub(super) fn plain(hazard: &'static str, message: String) -> Self {
        Self {
            hazard,
            key: message.clone(),
            message,
            lacking: 0,
            again: Vec::new(),
            fresh: Vec::new(),
            others: Vec::new(),
            related: None,
            path: None,
        }
    }

    fn candidates(&self) -> impl Iterator<Item = &str> {
        self.again.iter().chain(&self.fresh).map(String::as_str)
    }

    /// Who can make up for it; a sentence without a full stop.
    fn help(&self, directory: &Directory<'_>) -> String {
        if self.path.is_some() {
            return "give it an owner in CODEOWNERS, in a change of its own".to_owned();
        }
        let shown = |login: &String| format!("`{}`", directory.shown(login));
        let again = self.again.iter().map(|login| format!("{} (by approving again)", shown(login)));
        let names: Vec<String> = again.chain(self.fresh.iter().map(shown)).collect();
        let others =
            if self.others.is_empty() { String::new() } else { format!("; asked for: {}", self.others.join(", ")) };
        if names.len() < self.lacking {
            let known = if names.is_empty() { "nobody".to_owned() } else { format!("only {}", listed(&names, "and")) };
            return format!("{} more must approve, and {known} of those who are known here can{others}", self.lacking);
        }
        let of = if self.lacking == 1 { String::new() } else { format!("{} of ", self.lacking) };
        format!(
            "can be unblocked by {of}{}{others}",
            listed(&names, if self.lacking == names.len() { "and" } else { "or" })
        )
    }
}

/// The findings of an outcome that is not met.
pub(super) fn findings(outcome: &Outcome, directory: &Directory<'_>) -> Vec<Finding> {
    let plan = if (2..=MOST).contains(&shorts(outcome).len()) { fewest(outcome) } else { None };
    let plan = plan.map(|people| {
        let names: Vec<String> = people.iter().map(|login| format!("`{}`", directory.shown(login))).collect();
        format!("; the fewest for the whole rule: {}", listed(&names, "and"))
    });
    let mut findings = tell(outcome, directory);
    for help in findings.iter_mut().filter_map(|it| it.help.as_mut()) {
        help.push_str(plan.as_deref().unwrap_or_default());
    }
    findings
}

fn tell(outcome: &Outcome, directory: &Directory<'_>) -> Vec<Finding> {
    match outcome {
        Outcome::Met | Outcome::Skipped(_) | Outcome::Unknown(_) => Vec::new(),
        Outcome::All(of) => of.iter().flat_map(|it| tell(it, directory)).collect(),
        Outcome::Short(short) => {
            let place = short.path.as_ref().map_or_else(reviews, Place::file);
            let finding = Finding::at(place, &short.message).hazard(short.hazard).key(&short.key);
            let mut finding = finding.help(short.help(directory));
            finding.related.extend(short.related.clone());
            vec![finding]
        }
        Outcome::Some { lacking, .. } => {
            let inner = shorts(outcome);
            let messages: Vec<&str> = inner.iter().map(|it| it.message.as_str()).collect();
            let needed = if *lacking == 1 { "one of these is".to_owned() } else { format!("{lacking} of these are") };
            let helps: BTreeSet<String> = inner.iter().map(|it| it.help(directory)).collect();
            let helps: Vec<String> = helps.into_iter().collect();
            let (message, help) = match messages.as_slice() {
                [] => (
                    "more requirements must be met than apply to this change".to_owned(),
                    "ask for fewer, or add a requirement without a condition".to_owned(),
                ),
                [_, ..] => (format!("{needed} needed: {}", messages.join("; or: ")), helps.join("; or ")),
            };
            vec![Finding::at(reviews(), message).hazard("approvals").help(help).key("some")]
        }
    }
}

/// The place of what reviews say.
pub(super) fn reviews() -> Place {
    Place::PullRequest { field: "reviews".to_owned() }
}

fn shorts(outcome: &Outcome) -> Vec<&Short> {
    match outcome {
        Outcome::Met | Outcome::Skipped(_) | Outcome::Unknown(_) => Vec::new(),
        Outcome::Short(short) => vec![short],
        Outcome::All(of) | Outcome::Some { of, .. } => of.iter().flat_map(shorts).collect(),
    }
}

fn listed(names: &[String], word: &str) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        _ if names.len() > LISTED => {
            let first: Vec<&str> = names.iter().take(LISTED).map(String::as_str).collect();
            format!("{} {word} {} more", first.join(", "), names.len() - LISTED)
        }
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// The fewest people whose approvals meet an outcome; nothing where those who are known cannot.
pub(super) fn fewest(outcome: &Outcome) -> Option<Vec<String>> {
    let covers = ways(outcome).into_iter().filter_map(|way| cover(&way));
    covers.min_by(|one, other| one.len().cmp(&other.len()).then_with(|| one.cmp(other)))
}

/// The sets of shortfalls, each of which would be enough to make up for.
fn ways(outcome: &Outcome) -> Vec<Vec<&Short>> {
    match outcome {
        Outcome::Met | Outcome::Skipped(_) | Outcome::Unknown(_) => vec![Vec::new()],
        Outcome::Short(short) => vec![vec![short.as_ref()]],
        Outcome::All(of) => of.iter().fold(vec![Vec::new()], |ways, each| joined(&ways, &self::ways(each))),
        Outcome::Some { lacking, of } => {
            // Ways by how many of the list they meet; each item is met or left alone.
            let mut by_count: Vec<Vec<Vec<&Short>>> = vec![Vec::new(); lacking.saturating_add(1).min(of.len() + 2)];
            if let Some(none) = by_count.first_mut() {
                none.push(Vec::new());
            }
            for each in of {
                let inner = ways(each);
                for count in (1..by_count.len()).rev() {
                    let with = by_count.get(count - 1).map(|before| joined(before, &inner)).unwrap_or_default();
                    if let Some(slot) = by_count.get_mut(count) {
                        slot.extend(with);
                        slot.truncate(WAYS);
                    }
                }
            }
            by_count.into_iter().nth(*lacking).unwrap_or_default()
        }
    }
}

fn joined<'a>(ones: &[Vec<&'a Short>], others: &[Vec<&'a Short>]) -> Vec<Vec<&'a Short>> {
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| [one.as_slice(), other.as_slice()].concat()));
    pairs.take(WAYS).collect()
}

/// The fewest people who make up for all of these.
fn cover(shorts: &[&Short]) -> Option<Vec<String>> {
    // People who can help with the same ones are alike: of each kind no more are looked at than can be needed.
    let mut kinds: BTreeMap<Vec<bool>, Vec<&str>> = BTreeMap::new();
    let everybody: BTreeSet<&str> = shorts.iter().flat_map(|it| it.candidates()).collect();
    // Whoever looked at it before comes first.
    let mut everybody: Vec<&str> = everybody.into_iter().collect();
    everybody.sort_by_key(|login| !shorts.iter().any(|it| it.again.iter().any(|again| again == login)));
    for login in everybody {
        let kind = shorts.iter().map(|it| it.candidates().any(|other| other == login)).collect();
        kinds.entry(kind).or_default().push(login);
    }
    let most = shorts.iter().map(|it| it.lacking).max().unwrap_or(0);
    let people: Vec<(&str, &Vec<bool>)> =
        kinds.iter().flat_map(|(kind, logins)| logins.iter().take(most).map(move |login| (*login, kind))).collect();
    let lacking: Vec<usize> = shorts.iter().map(|it| it.lacking).collect();
    let mut chosen = if people.len() <= TRIED { exact(&people, &lacking)? } else { greedy(&people, &lacking)? };
    chosen.sort_unstable();
    Some(chosen.into_iter().map(str::to_owned).collect())
}

type Candidate<'a> = (&'a str, &'a Vec<bool>);

fn exact<'a>(people: &[Candidate<'a>], lacking: &[usize]) -> Option<Vec<&'a str>> {
    let mut best: Option<Vec<&str>> = None;
    for choice in 0_u32..(1 << people.len()) {
        let size = usize::try_from(choice.count_ones()).unwrap_or(usize::MAX);
        if best.as_ref().is_some_and(|it| it.len() <= size) {
            continue;
        }
        let chosen: Vec<&Candidate<'_>> =
            people.iter().enumerate().filter(|(index, _)| choice >> index & 1 == 1).map(|(_, it)| it).collect();
        let is_enough = lacking.iter().enumerate().all(|(index, wanted)| {
            chosen.iter().filter(|(_, kind)| kind.get(index).copied().unwrap_or_default()).count() >= *wanted
        });
        if is_enough {
            best = Some(chosen.into_iter().map(|(login, _)| *login).collect());
        }
    }
    best
}

fn greedy<'a>(people: &[Candidate<'a>], lacking: &[usize]) -> Option<Vec<&'a str>> {
    let mut open = lacking.to_vec();
    let mut left: Vec<Candidate<'a>> = people.to_vec();
    let mut chosen = Vec::new();
    while open.iter().any(|it| *it > 0) {
        let gain =
            |(_, kind): &Candidate<'_>| kind.iter().zip(&open).filter(|(helps, open)| **helps && **open > 0).count();
        let (index, best) = left.iter().enumerate().max_by_key(|(index, it)| (gain(it), std::cmp::Reverse(*index)))?;
        if gain(best) == 0 {
            return None;
        }
        let (login, kind) = left.remove(index);
        chosen.push(login);
        for (open, helps) in open.iter_mut().zip(kind) {
            *open = open.saturating_sub(usize::from(*helps));
        }
    }
    Some(chosen)
}
