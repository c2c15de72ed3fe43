//! Everything that knows how Git stores things.

pub mod history;
pub mod object_tree;
pub mod objects;
pub mod renames;
#[cfg(test)]
mod scratch;
pub mod transient;
pub mod tree_diff;
pub mod tree_entries;
