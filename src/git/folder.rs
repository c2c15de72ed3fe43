//! Folders of the object database, for everything that walks over trees.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::git::objects::{HashKind, ObjectError, ObjectKind, Objects};
use crate::git::tree_entries::{TreeEntries, TreeEntry};
use crate::model::ObjectId;

/// Folders inside folders, as deep as Git itself goes.
pub(super) const DEEPEST: usize = 2048;
/// Entries that one comparison or listing looks at, at most. Guards against trees that name one
/// subtree many times over. Small in tests, so that reaching it is one of them.
pub(super) const MOST_ENTRIES: u64 = if cfg!(test) { 50_000 } else { 20_000_000 };
/// Files that one comparison or listing gives, at most.
pub(super) const MOST_FILES: u64 = if cfg!(test) { 20_000 } else { 2_000_000 };

/// The content of a tree, or of none.
pub(super) struct Folder {
    id: ObjectId,
    pub(super) data: Option<Arc<[u8]>>,
}

impl Folder {
    pub(super) fn read(objects: &Objects, id: Option<ObjectId>) -> Result<Self, ObjectError> {
        let Some(id) = id else { return Ok(Self { id: ObjectId::NONE, data: None }) };
        // Git does not store the empty tree everywhere, yet it always exists.
        match objects.read_kind(&id, ObjectKind::Tree) {
            Ok(object) => Ok(Self { id, data: Some(object.data) }),
            Err(ObjectError::Absent(_)) if is_empty_tree(&id) => Ok(Self { id, data: None }),
            Err(error) => Err(error),
        }
    }

    /// The entries in Git's order, whatever order they are stored in.
    pub(super) fn entries(&self, hash: HashKind) -> Result<Vec<TreeEntry<'_>>, ObjectError> {
        let Some(data) = &self.data else { return Ok(Vec::new()) };
        let entries: Result<Vec<_>, _> = TreeEntries::new(data, hash).collect();
        let mut entries = entries.map_err(|what| ObjectError::MalformedTree { id: self.id, what })?;
        if !entries.is_sorted_by(|one, next| one.order(next) != Ordering::Greater) {
            entries.sort_by(TreeEntry::order);
        }
        Ok(entries)
    }
}

/// The names of the empty tree, which Git knows without storing it.
pub(super) fn is_empty_tree(id: &ObjectId) -> bool {
    matches!(
        id.to_string().as_str(),
        "4b825dc642cb6eb9a060e54bf8d69288fbee4904" | "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321"
    )
}

/// Keeps a walk over trees within its limits.
#[derive(Default)]
pub(super) struct Budget {
    entries: u64,
}

impl Budget {
    /// Counts the entries of a folder at this depth.
    pub(super) fn spend(&mut self, entries: usize, depth: usize) -> Result<(), ObjectError> {
        if depth > DEEPEST {
            return Err(ObjectError::Beyond { what: "the depth of folders inside folders", limit: DEEPEST as u64 });
        }
        self.entries = self.entries.saturating_add(entries as u64);
        if self.entries > MOST_ENTRIES {
            return Err(ObjectError::Beyond { what: "the number of entries of all folders", limit: MOST_ENTRIES });
        }
        Ok(())
    }

    /// Checks the number of files collected so far.
    pub(super) fn count(&self, files: usize) -> Result<(), ObjectError> {
        if files as u64 > MOST_FILES {
            return Err(ObjectError::Beyond { what: "the number of files", limit: MOST_FILES });
        }
        Ok(())
    }
}

/// The path of an entry of a folder.
pub(super) fn joined(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}
