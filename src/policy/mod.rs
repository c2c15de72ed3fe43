//! Policies: from the user's YAML to rules that cannot be misconfigured.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod selector;
mod settling;

pub use selector::{Selection, Selector};
pub use settling::{Days, Settling, Suppressions};

use crate::checks::{Bound, CheckDef};
use crate::model::{BaselineEntry, Label, Level, Place, Problem, RepoPath, Waiver};

/// An effective policy: everything inherited, merged and bound.
#[derive(Debug)]
pub struct Policy {
    /// Where it was found, as a person would say it: `gatecheck.yaml of main`.
    pub source: String,
    /// SHA-256 of the effective policy, in hexadecimal.
    pub digest: String,
    /// The rules, by id.
    pub rules: Vec<Rule>,
    /// The written exemptions.
    pub waivers: Vec<Waiver>,
    /// Accepted old findings.
    pub baseline: Vec<BaselineEntry>,
    /// How findings may be accepted.
    pub settling: Settling,
    /// What a person should know about the policy itself.
    pub problems: Vec<Problem>,
}

impl Policy {
    /// A policy of one rule that blocks, for the examples of a check.
    #[must_use]
    pub fn of_check(check: &'static CheckDef, bound: Bound) -> Self {
        let place = Place::File { path: RepoPath::new("gatecheck.yaml"), region: None, revision: None };
        let rule = Rule {
            id: check.meta.id.to_owned(),
            check,
            bound,
            level: Level::Block,
            title: check.meta.summary.to_owned(),
            controls: Vec::new(),
            when: Selector::default(),
            folder: RepoPath::root(),
            label: Label { place, snippet: None, text: String::new() },
            is_waivable: true,
        };
        Self {
            source: "case".to_owned(),
            digest: String::new(),
            rules: vec![rule],
            waivers: Vec::new(),
            baseline: Vec::new(),
            settling: Settling::default(),
            problems: Vec::new(),
        }
    }
}

/// An entry of a policy: a check with its settings, weight and reach.
#[derive(Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// The check that judges it.
    pub check: &'static CheckDef,
    /// The check with this rule's settings.
    pub bound: Bound,
    /// How much it weighs.
    pub level: Level,
    /// Its title in the run's language; the check's summary when the policy gives none.
    pub title: String,
    /// Ids of controls that it serves.
    pub controls: Vec<String>,
    /// Which changes, and which files of them, it speaks about.
    pub when: Selector,
    /// The folder that its policy governs; the root for the policy of the repository.
    pub folder: RepoPath,
    /// The policy line that asks for it.
    pub label: Label,
    /// Whether any document may waive it.
    pub is_waivable: bool,
}
