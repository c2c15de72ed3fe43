//! Policies: from the user's YAML to rules that cannot be misconfigured.
//!
//! # Who may change what
//! 1. A document lays its rules over those that it inherits, in the order of `extends`, and over each
//!    other key by key: what is not named stays, so that an absent key is no opinion.
//! 2. What a document inherits is a proposal: it may change every key of it but `check`, as the shipped
//!    packs want to be changed.
//! 3. A document or a rule that says `floor: true` is law for whoever inherits it: its rules may only be
//!    tightened, unless a rule says `overridable: true`.
//! 4. The policy of a folder stands under the law of the policy above it: everything that it inherits from
//!    there may only be tightened, unless it is `overridable`, and it reaches the files of its folder only.
//!    `floor: false` frees whoever extends a document from its law, and no folder from that of the root.
//! 5. To tighten is to raise `level`, to take conditions out of `when` or add alternatives to its lists, and
//!    to add `controls`; settings stay as they are, and no floor, `overridable` or `waivable` is loosened.
//!
//! A waiver is no change of a rule: it names its people, expires and is counted in every report, so that
//! any document may write one for the files that it governs, unless the rule says `waivable: false`.
//!
//! Nothing here does I/O. Documents are read through [`Sources`], from the tree of the base.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod baseline;
mod compare;
mod digest;
mod document;
mod effective;
mod errors;
mod extends;
mod library;
mod load;
mod lock;
mod merge;
mod moved;
mod packs;
mod parsed;
mod proposal;
mod reader;
mod schema;
mod selector;
mod settings;
mod settling;
mod title;
mod waivers;
mod window;

pub use baseline::text as baseline_text;
pub use compare::compare;
pub use document::{Document, Origin, PACK_REVISION};
pub use effective::effective;
pub use errors::{PolicyError, PolicyErrors};
pub use extends::GitSource;
pub use library::{Fetch, Sources};
pub use load::{load, lock};
pub use lock::PATH as LOCK_PATH;
pub use moved::Moves;
pub use packs::{find as pack, names as pack_names};
pub use proposal::{is_policy_file, touches, unreadable};
pub use schema::schema;
pub use selector::{Selection, Selector};
pub use settling::{Days, Settling, Suppressions};

use std::collections::BTreeSet;

use crate::checks::{Bound, CheckDef};
use crate::model::{BaselineEntry, Label, Level, Place, Problem, RepoPath, Waiver};

/// An effective policy: everything inherited, merged and bound.
#[derive(Debug)]
pub struct Policy {
    /// Where it was found, as a person would say it: `gatecheck.yaml of main`.
    pub source: String,
    /// SHA-256 of the effective policy, in hexadecimal.
    pub digest: String,
    /// The files of the judged repository that it was read from, the lock file and the baseline included.
    pub files: BTreeSet<RepoPath>,
    /// The profiles that it declares; any name goes when there are none.
    pub profiles: Vec<String>,
    /// The rules, by id.
    pub rules: Vec<Rule>,
    /// The written exemptions.
    pub waivers: Vec<Waiver>,
    /// Accepted old findings.
    pub baseline: Vec<BaselineEntry>,
    /// The file that they stand in.
    pub baseline_file: Option<RepoPath>,
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
            settings: serde_json::Value::Null,
            is_overridable: false,
            is_waivable: true,
        };
        Self {
            source: "case".to_owned(),
            digest: String::new(),
            files: BTreeSet::new(),
            profiles: Vec::new(),
            rules: vec![rule],
            waivers: Vec::new(),
            baseline: Vec::new(),
            baseline_file: None,
            settling: Settling::default(),
            problems: Vec::new(),
        }
    }
}

/// An entry of a policy: a check with its settings, weight and reach.
#[derive(Debug)]
pub struct Rule {
    /// Its id. A folder's policy may set a rule anew: then there are two of this id, for different files.
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
    /// Its settings as they were written.
    pub settings: serde_json::Value,
    /// Whether a policy that inherits it may weaken it even where it is law.
    pub is_overridable: bool,
    /// Whether any document may waive it.
    pub is_waivable: bool,
}

#[cfg(test)]
mod tests;
