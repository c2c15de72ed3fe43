//! `when`: which changes a rule speaks about, and which files of them it sees.
//!
//! All parts of a `when` must hold. `paths` and `languages` also narrow the files that the rule sees;
//! inside `any` and `not` they only ask whether some file matches. A part whose fact is missing makes
//! the answer unknown, unless another part already rules the change out.

mod breadth;
#[cfg(feature = "cel")]
mod condition;
#[cfg(feature = "cel")]
mod context;
#[cfg(feature = "cel")]
mod expression;
mod ground;
mod languages;
mod parse;
mod part;
mod size;
mod why;
mod words;

use std::collections::BTreeMap;

use ground::Ground;
#[cfg(test)]
pub(super) use parse::KEYS;
pub(super) use parse::when;
use part::{Part, Truth};

use super::moved::Moved;
use crate::model::{Change, Facts, Missing, Need, RepoPath};

/// The condition of a rule.
#[derive(Clone, Debug, Default)]
pub struct Selector {
    parts: Vec<Part>,
    /// Each part as JSON by its key, lists made of single values: what two conditions are compared by.
    canonical: BTreeMap<String, serde_json::Value>,
    /// From where its paths are read.
    ground: Ground,
    /// The folder that the rule's policy governs.
    folder: RepoPath,
    /// Folders below it whose own policies set this rule anew.
    except: Vec<RepoPath>,
}

/// What a selector makes of the facts.
pub enum Selection {
    /// The rule applies to these, narrowed to the files that it is about.
    Applies(Box<Facts>),
    /// The rule does not speak about this change; a fragment that fits after "not applicable: ".
    NotApplicable(String),
    /// Whether it applies is not known.
    Unknown(Missing),
}

impl Selector {
    /// Applies the condition.
    #[must_use]
    pub fn select(&self, facts: &Facts) -> Selection {
        let mut view = match self.within_reach(facts) {
            Ok(view) => view,
            Err(because) => return Selection::NotApplicable(because),
        };
        match part::narrow(&self.parts, &mut view, (facts, &self.ground)) {
            Truth::Yes(_) => Selection::Applies(Box::new(view)),
            Truth::No(because) => Selection::NotApplicable(because),
            Truth::Unknown(missing) => Selection::Unknown(missing),
        }
    }

    /// The facts that it asks for, beyond the files of the change.
    pub(super) fn needs(&self) -> Vec<Need> {
        let mut needs: Vec<Need> = self.parts.iter().flat_map(Part::needs).collect();
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// The globs of every `paths` in it, and the folder from which they are read.
    pub fn paths(&self) -> (Vec<&str>, &RepoPath) {
        (self.parts.iter().flat_map(Part::paths).collect(), &self.ground.base)
    }

    /// Says which folder's policy wrote the condition.
    pub(super) fn written_in(&mut self, folder: &RepoPath) {
        self.ground.base = folder.clone();
    }

    /// The same condition for a policy that governs a folder.
    pub(super) fn governing(mut self, folder: RepoPath, except: Vec<RepoPath>) -> Self {
        self.folder = folder;
        self.except = except;
        self
    }

    /// The same condition for a rule that follows folders: each with what it was at the base.
    pub(super) fn following(mut self, moved: Vec<Moved>) -> Self {
        self.ground.moved = moved;
        self
    }

    /// The folders to which the rule follows one that the change moves, each with what it was at the base.
    pub(super) fn moved(&self) -> &[Moved] {
        &self.ground.moved
    }

    /// Whether the policy of the rule's folder wrote it, rather than one above.
    pub(super) fn is_written_here(&self) -> bool {
        self.ground.base == self.folder
    }

    /// The parts as JSON, by key.
    pub(super) fn canonical(&self) -> &BTreeMap<String, serde_json::Value> {
        &self.canonical
    }

    /// The parts, if any, by which this condition leaves out a change that `other` speaks about.
    ///
    /// A condition is at least as wide as another one when each of its parts stands there too, or is
    /// a list of alternatives that has all of the other's. Everything else counts as narrower: what
    /// cannot be seen to be wider is not taken to be: neither a path that is written from another folder
    /// on, nor a part that may turn to "no" when it is asked about more files than before.
    pub(super) fn narrower_by(&self, other: &Self) -> Vec<String> {
        let (base, before) = (&self.ground.base, &other.ground.base);
        let went_along = other.ground.moved.iter().any(|(to, from)| (to, from) == (base, before));
        let is_moved = base != before && !went_along;
        let sees_more =
            ["paths", "languages", "all"].iter().any(|key| self.canonical.get(*key) != other.canonical.get(*key));
        let narrows = |(key, mine): &(&String, &serde_json::Value)| {
            other.canonical.get(*key).is_none_or(|theirs| !is_wider(key, mine, theirs))
                || (is_moved && breadth::depends_on_the_folder(key, mine))
                || (sees_more && breadth::may_turn(key, mine))
        };
        self.canonical.iter().filter(narrows).map(|(key, _)| key.clone()).collect()
    }

    fn within_reach(&self, facts: &Facts) -> Result<Facts, String> {
        if self.folder.is_root() && self.except.is_empty() {
            return Ok(facts.clone());
        }
        let is_governed = |path: &RepoPath| {
            path.is_within(&self.folder) || self.ground.moved.iter().any(|(to, _)| path.is_within(to))
        };
        let reaches = |path: &RepoPath| is_governed(path) && !self.except.iter().any(|folder| path.is_within(folder));
        let view = facts.narrowed(|change: &Change| change.paths().any(&reaches));
        if !view.change.files.is_empty() || (self.folder.is_root() && facts.change.files.is_empty()) {
            return Ok(view);
        }
        Err(if self.folder.is_root() {
            "every changed file is in a folder whose own policy sets this rule".to_owned()
        } else {
            format!("no changed file in `{}` is governed by this policy", self.folder)
        })
    }
}

/// The words of `mode`, `languages` and `size`, for the schema.
pub(super) fn modes() -> Vec<&'static str> {
    words::modes()
}

pub(super) fn languages() -> Vec<&'static str> {
    languages::ALL.iter().map(|it| it.name).collect()
}

pub(super) fn measures() -> Vec<&'static str> {
    size::MEASURES.iter().map(|(name, _)| *name).collect()
}

/// Whether a part that reads `mine` lets through all that one reading `theirs` does.
fn is_wider(key: &str, mine: &serde_json::Value, theirs: &serde_json::Value) -> bool {
    if mine == theirs {
        return true;
    }
    let (Some(mine), Some(theirs)) = (mine.as_array(), theirs.as_array()) else { return false };
    let takes_back =
        |list: &[serde_json::Value]| list.iter().any(|it| it.as_str().is_some_and(|text| text.starts_with('!')));
    let wider = match key {
        // Fewer conditions, each of them known.
        "all" => mine.iter().all(|it| theirs.contains(it)),
        _ => theirs.iter().all(|it| mine.contains(it)),
    };
    wider && !takes_back(mine) && !takes_back(theirs)
}

#[cfg(test)]
mod tests;
