//! Git: the only module that names a git library or knows how Git stores things.
//!
//! It turns a way of naming a change (a [`Request`]) into two sides and the commits between them (a
//! [`Range`]), and reads what stands at each side. Three rules hold everywhere in here:
//!
//! - Nothing of the repository is run: no hook, filter, textconv, fsmonitor or configured program.
//!   Content is read from blobs and trees, or raw from disk; attributes have no say.
//! - What is not there is an error that says how to get it. A shallow clone is never "no changes".
//! - Everything ends: our own readers are bounded, and libgit2, which can spin on damaged objects,
//!   only ever runs under [`bounded`].
//!
//! It judges nothing and writes nothing to a repository: not an object, not a ref, not the index. All that
//! it writes is in the user's cache: policies from other repositories ([`fetch`]), and what was found in a history
//! ([`whole_history::Memory`]).

pub mod bounded;
mod config;
mod error;
pub mod fetch;
mod folder;
pub mod history;
pub mod index;
mod merge;
pub mod object_tree;
pub mod objects;
pub mod range;
mod refs;
pub mod renames;
mod repository;
mod revision;
#[cfg(test)]
mod scratch;
mod scrubbed;
mod tags;
mod tips;
pub mod transient;
pub mod tree_diff;
pub mod tree_entries;
mod walk;
pub mod whole_history;
pub mod worktree;

pub use error::GitError;
pub use range::{Range, Request, Side, Span};
pub use refs::Head;
pub use repository::{Overrides, RefFormat, Repository, Trust};
pub use tips::Tips;
