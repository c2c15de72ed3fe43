//! Every check that gatecheck ships, one folder each. Pure: facts in, findings out.
//!
//! A folder holds `mod.rs`, the typed settings and the judgement, and `check.md`, which is its
//! documentation, its examples and its test in one. A check is added with two lines in this file;
//! the policy schema, settings errors, `gatecheck explain`, SARIF rules and the list of checks
//! follow from them.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod branch;
mod branch_protection;
mod check;
mod ci_status;
mod code_owners;
mod commits;
mod diff;
mod files;
mod gate;
mod ownership;
mod pull_request;
mod reviews;
mod scope;
mod secrets;
mod signing;
mod tags;
mod text;
mod unicode;
mod unlisted;

pub use branch_protection::{Enforce, FLOOR, ruleset};
pub use check::{Bound, Check, CheckDef, Example, Hazard, Judged, Meta, Remark};
pub use gate::POLICY_NAMES;
pub use secrets::{HiddenSecret, Sighting};

use crate::model::{RepoPath, Span, Timestamp};

/// Every check, by id.
pub const ALL: &[CheckDef] = &[
    CheckDef::of::<branch::BranchCheck>(),
    CheckDef::of::<branch_protection::BranchProtectionCheck>(),
    CheckDef::of::<ci_status::CiStatusCheck>(),
    CheckDef::of::<code_owners::CodeOwnersCheck>(),
    CheckDef::of::<commits::CommitsCheck>(),
    CheckDef::of::<diff::DiffCheck>(),
    CheckDef::of::<files::FilesCheck>(),
    CheckDef::of::<gate::GateCheck>(),
    CheckDef::of::<pull_request::PullRequestCheck>(),
    CheckDef::of::<reviews::ReviewsCheck>(),
    CheckDef::of::<secrets::SecretsCheck>(),
    CheckDef::of::<tags::TagsCheck>(),
    CheckDef::of::<text::TextCheck>(),
    CheckDef::of::<unicode::UnicodeCheck>(),
];

/// The check with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static CheckDef> {
    ALL.iter().find(|check| check.meta.id == id)
}

/// A made-up credential for its id, such as `github-pat`, or one of each for `catalogue`: for samples that must not stand
/// in a file as they are.
#[must_use]
pub fn made_up_secret(name: &str) -> Option<String> {
    secrets::made_up(name)
}

/// Where a text that is no file, such as a setting of another tool, quotes a secret, sorted by place.
#[must_use]
pub fn quoted_secrets(text: &str) -> Vec<Span> {
    secrets::quoted(text)
}

/// Whether the last part of a path tells that a file may hold a secret that nothing in it tells, or a folder's name that the
/// files in it may.
#[must_use]
pub fn is_telling_name(name: &[u8], is_folder: bool) -> bool {
    secrets::is_telling_name(name, is_folder)
}

/// Every secret of a text that a report must not show, sorted by place.
#[must_use]
pub fn hidden_secrets(path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
    secrets::hidden(path, text, now)
}
