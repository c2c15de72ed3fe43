//! Pure parsers: bytes in, model out, with the span of every value.
//!
//! Parsers are total: they give what they could read together with a list of problems, they never
//! panic, recurse without a bound or allocate more than their input warrants. Nothing here opens a
//! file.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod allowed_signers;
pub mod captures;
pub mod cleanup;
pub mod codeowners;
pub mod conventional;
pub mod ddl;
pub mod detect_secrets;
pub mod diff;
pub mod facts_file;
pub mod fnmatch;
pub mod generated;
pub mod gitignore;
pub mod gitleaks;
pub mod globs;
pub mod mailmap;
pub mod manifest_version;
pub mod name_pattern;
pub mod node;
pub mod pattern;
pub mod person;
pub mod problem;
pub mod recipe;
pub mod sample;
pub mod shell;
pub mod size;
pub mod sql;
pub mod ssh_signature;
pub mod suggest;
pub mod suppression;
pub mod three_way;
pub mod trailers;
pub mod unicode;
pub mod visible;
pub mod yaml;
pub mod yaml_text;
