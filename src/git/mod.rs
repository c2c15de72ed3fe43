//! Everything that knows how Git stores things.

pub mod object_tree;
pub mod objects;
pub mod tree_diff;
pub mod tree_entries;
