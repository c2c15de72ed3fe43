//! Pure parsers: bytes in, model out, with the span of every value.
//!
//! Parsers are total: they give what they could read together with a list of problems, they never
//! panic, recurse without a bound or allocate more than their input warrants. Nothing here opens a
//! file.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod diff;
pub mod facts_file;
pub mod globs;
pub mod node;
pub mod pattern;
pub mod problem;
pub mod size;
pub mod suggest;
pub mod suppression;
pub mod visible;
pub mod unicode;
pub mod yaml;
