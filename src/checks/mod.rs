//! Every check that gatecheck ships, one folder each. Pure: facts in, findings out.
//!
//! A folder holds `mod.rs`, the typed settings and the judgement, and `check.md`, which is its
//! documentation, its examples and its test in one. A check is added with two lines in this file;
//! the policy schema, settings errors, `gatecheck explain`, SARIF rules and the list of checks
//! follow from them.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod branch;
mod check;
mod commits;
mod diff;
mod files;
mod scope;
mod signing;
mod tags;
mod text;
mod unicode;
mod unlisted;

pub use check::{Bound, Check, CheckDef, Hazard, Judged, Meta};

/// Every check, by id.
pub const ALL: &[CheckDef] = &[
    CheckDef::of::<branch::BranchCheck>(),
    CheckDef::of::<commits::CommitsCheck>(),
    CheckDef::of::<diff::DiffCheck>(),
    CheckDef::of::<files::FilesCheck>(),
    CheckDef::of::<tags::TagsCheck>(),
    CheckDef::of::<text::TextCheck>(),
    CheckDef::of::<unicode::UnicodeCheck>(),
];

/// The check with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static CheckDef> {
    ALL.iter().find(|check| check.meta.id == id)
}
