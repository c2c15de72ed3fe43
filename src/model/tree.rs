//! Trees of files, and the trait through which checks read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Missing, ObjectId, RepoPath};

/// The kind of a file, by the modes that Git writes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FileMode {
    /// `100644`, and the historical `100664`.
    Regular,
    /// `100755`.
    Executable,
    /// `120000`: the content is the target's path, never followed.
    Symlink,
    /// `160000`: a submodule; the id names a commit of another repository.
    Gitlink,
}

/// A file at one side of a change.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it stands.
    pub path: RepoPath,
    /// What it is.
    pub mode: FileMode,
    /// The blob, or the commit of a submodule.
    pub id: ObjectId,
}

/// One entry of a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Child {
    /// Full path from the root.
    pub path: RepoPath,
    /// A folder or a file.
    pub kind: ChildKind,
}

/// A folder or a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ChildKind {
    /// A folder.
    Folder,
    /// A file with its mode and id.
    File(FileMode, ObjectId),
}

/// A tree of files: of a commit, the index, the work tree, a recording, or a map in a test.
///
/// Reading is lazy and may fail, because a clone can lack objects; a failure is a [`Missing`] that
/// says how to mend it, never an empty answer.
pub trait Tree: Send + Sync {
    /// The direct children of `folder`, sorted by path; empty when there is no such folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing>;

    /// The file at `path`, if there is one.
    ///
    /// # Errors
    /// When a folder on the way cannot be read.
    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing>;

    /// The bytes of a file of this tree. A symbolic link reads as its target's path; a submodule as nothing.
    ///
    /// # Errors
    /// When the blob is absent from this clone, corrupt or beyond the size limit.
    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing>;

    /// Gives the bytes of a file that is too large for [`Tree::read`], piece by piece; nothing for any other file.
    ///
    /// # Errors
    /// When it cannot be read to its end. What was given before that counts for nothing.
    fn read_large(&self, file: &File, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>> {
        let _ = (file, each);
        None
    }

    /// Every file below `folder`, sorted by path. Costs the whole folder: ask only when the question is about all of it.
    ///
    /// # Errors
    /// When a folder cannot be read.
    fn files(&self, folder: &RepoPath) -> Result<Vec<File>, Missing> {
        let mut found = Vec::new();
        let mut open = vec![folder.clone()];
        while let Some(folder) = open.pop() {
            for child in self.children(&folder)? {
                match child.kind {
                    ChildKind::Folder => open.push(child.path),
                    ChildKind::File(mode, id) => found.push(File { path: child.path, mode, id }),
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// The tree without files: the base of a whole-repository scan.
pub struct EmptyTree;

impl Tree for EmptyTree {
    fn children(&self, _: &RepoPath) -> Result<Vec<Child>, Missing> {
        Ok(Vec::new())
    }

    fn file(&self, _: &RepoPath) -> Result<Option<File>, Missing> {
        Ok(None)
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        Err(Missing::content(&file.path, "is not in the empty tree"))
    }
}

/// A tree of which nothing can be read.
pub struct AbsentTree(pub Missing);

impl Tree for AbsentTree {
    fn children(&self, _: &RepoPath) -> Result<Vec<Child>, Missing> {
        Err(self.0.clone())
    }

    fn file(&self, _: &RepoPath) -> Result<Option<File>, Missing> {
        Err(self.0.clone())
    }

    fn read(&self, _: &File) -> Result<Arc<[u8]>, Missing> {
        Err(self.0.clone())
    }
}

/// A tree held in memory: the trees of cases and recordings.
#[derive(Default)]
pub struct MapTree {
    files: BTreeMap<RepoPath, (FileMode, ObjectId)>,
    blobs: BTreeMap<ObjectId, Arc<[u8]>>,
}

impl MapTree {
    /// Adds a file; `content` may be absent when only the entry is known.
    pub fn insert(&mut self, file: File, content: Option<Arc<[u8]>>) {
        if let Some(content) = content {
            self.blobs.insert(file.id, content);
        }
        self.files.insert(file.path, (file.mode, file.id));
    }

    /// Makes a blob readable that no path of the tree names.
    pub fn insert_blob(&mut self, id: ObjectId, content: Option<Arc<[u8]>>) {
        if let Some(content) = content {
            self.blobs.insert(id, content);
        }
    }
}

impl Tree for MapTree {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        let mut children: Vec<Child> = Vec::new();
        for (path, (mode, id)) in self.files.iter().filter(|(path, _)| path.is_within(folder) && *path != folder) {
            let skip = if folder.is_root() { 0 } else { folder.as_str().len() + 1 };
            let rest = path.as_str().get(skip..).unwrap_or_default();
            let child = match rest.split_once('/') {
                Some((name, _)) => Child { path: folder.join(&RepoPath::new(name)), kind: ChildKind::Folder },
                None => Child { path: path.clone(), kind: ChildKind::File(*mode, *id) },
            };
            children.push(child);
        }
        children.sort();
        children.dedup();
        Ok(children)
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        Ok(self.files.get(path).map(|(mode, id)| File { path: path.clone(), mode: *mode, id: *id }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        self.blobs.get(&file.id).cloned().ok_or_else(|| Missing::content(&file.path, "was not recorded"))
    }
}
