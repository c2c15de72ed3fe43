//! What is staged, as checks see it.

use std::sync::Arc;

use crate::git::object_tree::ObjectTree;
use crate::git::objects::Objects;
use crate::model::{Child, ChildKind, File, Missing, ObjectId, RepoPath, Tree};

use super::Index;
use super::entries::Entry;

/// The staged files. Folders that a sparse index names only by their tree are read from that tree.
pub struct IndexTree {
    index: Arc<Index>,
    objects: Arc<Objects>,
}

impl IndexTree {
    /// The files of an index.
    #[must_use]
    pub fn new(index: Arc<Index>, objects: Arc<Objects>) -> Self {
        Self { index, objects }
    }

    /// The tree of the sparse folder that holds a path, with the path inside of it.
    fn sparse(&self, path: &RepoPath) -> Option<(RepoPath, ObjectId)> {
        let mut folder = Some(path.clone());
        while let Some(candidate) = folder.filter(|it| !it.is_root()) {
            let name = [candidate.to_bytes().as_slice(), b"/"].concat();
            let entries = &self.index.entries;
            let first = entries.all().get(entries.range(&name).start);
            if let Some(entry) = first.filter(|it| it.file_mode().is_none() && entries.path(it) == name) {
                return Some((candidate, entries.id(entry)));
            }
            folder = candidate.parent();
        }
        None
    }

    /// Answers from the tree of a sparse folder: paths go in without the folder and come out with it.
    fn inside<T>(
        &self,
        path: &RepoPath,
        ask: impl FnOnce(&ObjectTree, &RepoPath, &RepoPath) -> Result<T, Missing>,
    ) -> Option<Result<T, Missing>> {
        let (folder, id) = self.sparse(path)?;
        let rest = RepoPath::new(path.as_str().strip_prefix(folder.as_str()).unwrap_or_default());
        Some(ask(&ObjectTree::new(Arc::clone(&self.objects), Some(id)), &rest, &folder))
    }
}

impl Tree for IndexTree {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        let inside = self.inside(folder, |tree, rest, outer| {
            let children = tree.children(rest)?;
            Ok(children.into_iter().map(|it| Child { path: outer.join(&it.path), kind: it.kind }).collect())
        });
        if let Some(children) = inside {
            return children;
        }
        let entries = &self.index.entries;
        let prefix = if folder.is_root() { Vec::new() } else { [folder.to_bytes().as_slice(), b"/"].concat() };
        let whole = entries.range(&prefix);
        let mut children = Vec::new();
        let mut position = whole.start;
        while position < whole.end {
            let Some(entry) = entries.all().get(position) else { break };
            let path = entries.path(entry);
            position += 1;
            let rest = path.get(prefix.len()..).unwrap_or_default();
            if let Some(slash) = rest.iter().position(|it| *it == b'/') {
                let range =
                    entries.range_in(position - 1..whole.end, path.get(..=prefix.len() + slash).unwrap_or_default());
                position = range.end.max(position);
                let holds_content = entries.all().get(range).unwrap_or_default().iter().any(Entry::is_content);
                let name = RepoPath::from_bytes(rest.get(..slash).unwrap_or_default());
                children.extend(holds_content.then(|| Child { path: folder.join(&name), kind: ChildKind::Folder }));
            } else if let Some(mode) = entry.file_mode().filter(|_| entry.is_content()) {
                children
                    .push(Child { path: RepoPath::from_bytes(path), kind: ChildKind::File(mode, entries.id(entry)) });
            }
        }
        children.sort();
        Ok(children)
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        let entries = &self.index.entries;
        let raw = path.to_bytes();
        let same = entries.all().get(entries.range(&raw)).unwrap_or_default().iter();
        let found = same.take_while(|it| entries.path(it) == raw).find(|it| it.is_content());
        if let Some((entry, mode)) = found.and_then(|entry| Some((entry, entry.file_mode()?))) {
            return Ok(Some(File { path: path.clone(), mode, id: entries.id(entry) }));
        }
        let inside = self
            .inside(path, |tree, rest, outer| Ok(tree.file(rest)?.map(|it| File { path: outer.join(&it.path), ..it })));
        inside.unwrap_or(Ok(None))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        ObjectTree::new(Arc::clone(&self.objects), None).read(file)
    }

    fn read_large(&self, file: &File, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>> {
        ObjectTree::new(Arc::clone(&self.objects), None).read_large(file, each)
    }
}
