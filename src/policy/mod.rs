//! Policies: from the user's YAML to rules that cannot be misconfigured.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod selector;

pub use selector::{Selection, Selector};

use crate::checks::{Bound, CheckDef};
use crate::model::{BaselineEntry, Label, Level, Problem, RepoPath, Waiver};

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
    /// What a person should know about the policy itself.
    pub problems: Vec<Problem>,
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
}
