//! The files on disk, as checks see them.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::git::index::{Index, IndexTree};
use crate::git::objects::{Objects, blob_id};
use crate::model::{Child, ChildKind, File, FileMode, Missing, Problem, RepoPath, Tree};

use super::{Content, Overlay, State, observe};

/// The work tree: the index, and over it what differs on disk.
pub struct WorkTree {
    root: PathBuf,
    index: Arc<Index>,
    staged: IndexTree,
    objects: Arc<Objects>,
    overlay: Overlay,
    problems: Vec<Problem>,
    /// How many files on disk were, and how many were not, what is staged.
    read: AtomicU32,
    converted: AtomicU32,
}

/// Files that are read in vain before it counts as sure that Git converts what it checks out.
const MOST_IN_VAIN: u32 = 16;

impl WorkTree {
    pub(super) fn new(
        root: PathBuf,
        index: Arc<Index>,
        objects: Arc<Objects>,
        overlay: Overlay,
        problems: Vec<Problem>,
    ) -> Self {
        let staged = IndexTree::new(Arc::clone(&index), Arc::clone(&objects));
        let (read, converted) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { root, index, staged, objects, overlay, problems, read, converted }
    }

    /// What could not be looked at.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// The paths that differ from what is staged.
    pub(super) fn differing(&self) -> impl Iterator<Item = &RepoPath> {
        self.overlay.keys()
    }

    pub(super) fn staged_file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        self.staged.file(path)
    }

    /// What differs below a folder.
    fn below(&self, folder: &RepoPath) -> impl Iterator<Item = (&RepoPath, &State)> {
        let start = if folder.is_root() { RepoPath::root() } else { folder.join(&RepoPath::root()) };
        let folder = folder.clone();
        self.overlay.range(start..).take_while(move |(path, _)| path.is_within(&folder))
    }

    /// Whether a folder of the index still has a file on disk.
    fn remains(&self, folder: &RepoPath) -> bool {
        let gone = self.below(folder).filter(|(_, state)| **state == State::Gone).count();
        gone == 0 || self.index.count_below(&folder.to_bytes()) > gone
    }

    /// A file that differs from nothing: from disk, which costs a fraction of what its object costs. What is read there
    /// counts only when it has the staged id; filters and converted line ends, and whoever writes at this moment, make it
    /// another, and then the object answers.
    fn read_staged(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        match self.read_disk(file) {
            Some(content) => Ok(content),
            None => self.staged.read(file),
        }
    }

    fn read_disk(&self, file: &File) -> Option<Arc<[u8]>> {
        let converted = self.converted.load(Ordering::Relaxed);
        let is_file = matches!(file.mode, FileMode::Regular | FileMode::Executable);
        if !is_file || (converted > MOST_IN_VAIN && converted > self.read.load(Ordering::Relaxed)) {
            return None;
        }
        let raw = file.path.to_bytes();
        let staged = self.index.staged_at(&raw, file.id)?;
        let content = observe::read_sized(&observe::on_disk(&self.root, &raw)?, u64::from(staged.stat.size()))?;
        let is_same = self.objects.is_blob(&file.id, &content);
        if is_same { &self.read } else { &self.converted }.fetch_add(1, Ordering::Relaxed);
        is_same.then_some(content)
    }

    fn read_again(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        let path = observe::on_disk(&self.root, &file.path.to_bytes());
        let content = path.and_then(|path| {
            let metadata = std::fs::symlink_metadata(&path).ok()?;
            observe::read(&path, &metadata).ok()
        });
        match content {
            Some(content) if blob_id(self.objects.hash(), &content) == file.id => Ok(content.into()),
            Some(_) | None => Err(changed(file)),
        }
    }
}

impl Tree for WorkTree {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        let mut children = self.staged.children(folder)?;
        children.retain(|child| match child.kind {
            ChildKind::Folder => self.remains(&child.path),
            ChildKind::File(..) => !self.overlay.contains_key(&child.path),
        });
        let skip = if folder.is_root() { 0 } else { folder.as_str().len() + 1 };
        for (path, state) in self.below(folder) {
            let State::Present { mode, id, .. } = state else { continue };
            let rest = path.as_str().get(skip..).unwrap_or_default();
            children.push(match rest.split_once('/') {
                Some((name, _)) => Child { path: folder.join(&RepoPath::new(name)), kind: ChildKind::Folder },
                None => Child { path: path.clone(), kind: ChildKind::File(*mode, *id) },
            });
        }
        children.sort();
        children.dedup();
        Ok(children)
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        match self.overlay.get(path) {
            Some(State::Gone) => Ok(None),
            Some(State::Present { mode, id, .. }) => Ok(Some(File { path: path.clone(), mode: *mode, id: *id })),
            None => self.staged.file(path),
        }
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        match self.overlay.get(&file.path) {
            Some(State::Present { id, content, .. }) if *id == file.id => match content {
                Content::Held => self.staged.read(file),
                Content::OnDisk => self.read_again(file),
                Content::TooLarge => Err(Missing::here(
                    format!("the content of `{}` is beyond the size limit", file.path),
                    "keep files of this size out of Git, for example in Git LFS",
                )),
            },
            Some(_) => self.staged.read(file),
            None => self.read_staged(file),
        }
    }

    fn read_large(&self, file: &File, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>> {
        match self.overlay.get(&file.path) {
            Some(State::Present { id, content: Content::TooLarge, .. }) if *id == file.id => {
                let read = observe::on_disk(&self.root, &file.path.to_bytes())
                    .is_some_and(|path| observe::read_in_pieces(&path, each).is_ok());
                Some(if read { Ok(()) } else { Err(changed(file)) })
            }
            Some(State::Present { .. } | State::Gone) | None => self.staged.read_large(file, each),
        }
    }
}

fn changed(file: &File) -> Missing {
    Missing::here(
        format!("the content of `{}` changed while it was judged", file.path),
        "run gatecheck again when nothing writes to the work tree",
    )
}
