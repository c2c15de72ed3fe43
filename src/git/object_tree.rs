//! The tree of a commit as checks see it.

use std::sync::Arc;

use crate::git::folder::{Budget, Folder, joined};
use crate::git::objects::{ObjectError, Objects};
use crate::git::tree_entries::EntryKind;
use crate::model::{Child, ChildKind, File, FileMode, Missing, ObjectId, RepoPath, Tree};

/// A tree in the object database, read folder by folder as it is asked.
pub struct ObjectTree {
    objects: Arc<Objects>,
    root: Option<ObjectId>,
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    Nothing,
    Folder(Option<ObjectId>),
    File(FileMode, ObjectId),
}

impl ObjectTree {
    /// The tree with this id; `None` is the empty tree.
    #[must_use]
    pub fn new(objects: Arc<Objects>, root: Option<ObjectId>) -> Self {
        Self { objects, root }
    }

    /// The id of the tree.
    #[must_use]
    pub fn root(&self) -> Option<ObjectId> {
        self.root
    }

    fn find(&self, path: &RepoPath) -> Result<Found, ObjectError> {
        if path.is_root() {
            return Ok(Found::Folder(self.root));
        }
        Ok(match entry_at(&self.objects, self.root, &path.to_bytes())? {
            None => Found::Nothing,
            Some((EntryKind::Folder, id)) => Found::Folder(Some(id)),
            Some((EntryKind::File(mode), id)) => Found::File(mode, id),
        })
    }

    fn list(&self, folder: &RepoPath) -> Result<Vec<Child>, ObjectError> {
        let Found::Folder(id) = self.find(folder)? else { return Ok(Vec::new()) };
        let content = Folder::read(&self.objects, id)?;
        let child = |name: &[u8], kind| Child { path: folder.join(&RepoPath::from_bytes(name)), kind };
        let entries = content.entries(self.objects.hash())?;
        let mut children: Vec<Child> = entries
            .iter()
            .map(|entry| match entry.kind() {
                EntryKind::Folder => child(entry.name, ChildKind::Folder),
                EntryKind::File(mode) => child(entry.name, ChildKind::File(mode, entry.id)),
            })
            .collect();
        children.sort();
        Ok(children)
    }

    fn list_files(&self, folder: &RepoPath) -> Result<Vec<File>, ObjectError> {
        let Found::Folder(id) = self.find(folder)? else { return Ok(Vec::new()) };
        let mut budget = Budget::default();
        let mut found = Vec::new();
        let mut open = vec![(id, folder.to_bytes(), 0)];
        while let Some((id, folder, depth)) = open.pop() {
            let content = Folder::read(&self.objects, id)?;
            let entries = content.entries(self.objects.hash())?;
            budget.spend(entries.len(), depth)?;
            for entry in &entries {
                let path = joined(&folder, entry.name);
                match entry.kind() {
                    EntryKind::Folder => open.push((Some(entry.id), path, depth + 1)),
                    EntryKind::File(mode) => {
                        found.push(File { path: RepoPath::from_bytes(&path), mode, id: entry.id });
                    }
                }
            }
            budget.count(found.len())?;
        }
        found.sort();
        Ok(found)
    }
}

/// What stands at a path below a tree.
fn entry_at(
    objects: &Objects,
    root: Option<ObjectId>,
    path: &[u8],
) -> Result<Option<(EntryKind, ObjectId)>, ObjectError> {
    let mut at = Some((EntryKind::Folder, root));
    for name in path.split(|byte| *byte == b'/') {
        let Some((EntryKind::Folder, id)) = at else { return Ok(None) };
        let content = Folder::read(objects, id)?;
        let entries = content.entries(objects.hash())?;
        at = entries.iter().find(|it| it.name == name).map(|it| (it.kind(), Some(it.id)));
    }
    Ok(at.and_then(|(kind, id)| Some((kind, id?))))
}

impl Tree for ObjectTree {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        self.list(folder).map_err(|error| self.objects.missing(&error))
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        match self.find(path).map_err(|error| self.objects.missing(&error))? {
            Found::File(mode, id) => Ok(Some(File { path: path.clone(), mode, id })),
            Found::Folder(_) | Found::Nothing => Ok(None),
        }
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        if file.mode == FileMode::Gitlink {
            return Ok(Arc::from([]));
        }
        self.objects.read_blob(&file.id).map_err(|error| {
            let Missing { what, how, place } = self.objects.missing(&error);
            Missing { what: format!("the content of `{}`: {what}", file.path), how, place }
        })
    }

    fn read_large(&self, file: &File, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>> {
        let is_large = file.mode != FileMode::Gitlink && self.objects.is_large_blob(&file.id);
        is_large.then(|| {
            self.objects.stream_blob(&file.id, each).map_err(|error| {
                let Missing { what, how, place } = self.objects.missing(&error);
                Missing { what: format!("the content of `{}`: {what}", file.path), how, place }
            })
        })
    }

    fn files(&self, folder: &RepoPath) -> Result<Vec<File>, Missing> {
        self.list_files(folder).map_err(|error| self.objects.missing(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scratch::Scratch;

    #[test]
    fn folders_and_files_are_read_as_they_are_asked() {
        let scratch = Scratch::new();
        for path in ["a.txt", "src/lib.rs", "src/deep/x.rs", "src.txt"] {
            scratch.write(path, path);
        }
        scratch.commit("one");
        let tree = ObjectTree::new(scratch.objects(), Some(scratch.id("HEAD^{tree}")));
        let names = |folder: &str| -> Vec<String> {
            tree.children(&RepoPath::new(folder)).unwrap().iter().map(|it| it.path.to_string()).collect()
        };
        assert_eq!(names(""), ["a.txt", "src", "src.txt"]);
        assert_eq!(names("src"), ["src/deep", "src/lib.rs"]);
        assert_eq!(names("a.txt"), Vec::<String>::new());
        assert_eq!(names("nowhere/at/all"), Vec::<String>::new());
        let file = tree.file(&RepoPath::new("src/deep/x.rs")).unwrap().unwrap();
        assert_eq!(&*tree.read(&file).unwrap(), b"src/deep/x.rs");
        assert_eq!(tree.file(&RepoPath::new("src/deep")).unwrap(), None);
        let files: Vec<String> =
            tree.files(&RepoPath::new("src")).unwrap().iter().map(|it| it.path.to_string()).collect();
        assert_eq!(files, ["src/deep/x.rs", "src/lib.rs"]);
        assert_eq!(tree.files(&RepoPath::root()).unwrap().len(), 4);
    }

    #[test]
    fn what_is_absent_is_missing_with_its_path_and_a_submodule_is_empty() {
        let scratch = Scratch::new();
        let tree = ObjectTree::new(scratch.objects(), None);
        assert_eq!(tree.children(&RepoPath::root()).unwrap(), []);
        let id = ObjectId::from_bytes(&[9; 20]).unwrap();
        let file = |mode| File { path: RepoPath::new("a/b"), mode, id };
        assert!(tree.read(&file(FileMode::Regular)).unwrap_err().what.contains("`a/b`"));
        assert!(tree.read(&file(FileMode::Gitlink)).unwrap().is_empty());
        let broken = ObjectTree::new(scratch.objects(), Some(id));
        assert!(broken.children(&RepoPath::root()).is_err());
        assert!(broken.file(&RepoPath::new("a")).is_err());
        assert!(broken.files(&RepoPath::root()).is_err());
    }
}
