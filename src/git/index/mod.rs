//! The index: parsed by our own total parser, versions 2 to 4, SHA-1 and SHA-256.
//!
//! libgit2 refuses sparse indexes and reads everything else before it answers; this one copies nothing
//! that is not asked for. Only what was staged is content: flags that hide a file from the work tree's
//! status (`assume-unchanged`, `skip-worktree`) hide nothing here, and an entry that was only announced
//! (`git add --intent-to-add`) is no content. Git passes over the checksum at the end; here a
//! flipped bit must not rename the policy away, so that it is verified up to a size where that costs nothing.

mod cache_tree;
mod diff;
mod entries;
mod fallback;
mod tree;

use std::path::Path;
use std::sync::Arc;

use crate::git::objects::{HashKind, checksum};
use crate::git::{GitError, Repository};
use crate::model::{FileMode, ObjectId, RepoPath};

pub use diff::diff;
pub use tree::IndexTree;

pub(super) use entries::Stat;

use cache_tree::CacheTree;
use entries::{Entries, Entry};

/// A parsed index.
pub struct Index {
    entries: Entries,
    cache: Option<CacheTree>,
    /// When the file was written: an entry that is not older may hide a change made in the same instant.
    written: Option<(u32, u32)>,
}

/// One staged file, as the work tree is compared with it.
pub(super) struct Staged<'a> {
    pub(super) path: &'a [u8],
    /// Nothing for a folder of a sparse index.
    pub(super) mode: Option<FileMode>,
    pub(super) id: ObjectId,
    pub(super) stat: Stat,
    pub(super) stage: u8,
    pub(super) announced: bool,
    pub(super) skipped: bool,
}

/// The largest index that is read: four million files.
const LARGEST: u64 = 1 << 30;

/// The largest index whose checksum is verified, in bytes: some 150 000 files, 20 milliseconds.
const VERIFIED: usize = 16 << 20;

/// Whether the checksum is that of the content. `index.skipHash` writes zeros instead of one.
fn is_whole(raw: &[u8], hash: HashKind) -> bool {
    let Some((content, sum)) = raw.len().checked_sub(hash.id_len()).and_then(|at| raw.split_at_checked(at)) else {
        // The parser says what is wrong with so short a file.
        return true;
    };
    sum.iter().all(|byte| *byte == 0) || checksum(hash, content).as_bytes() == sum
}

impl Index {
    /// Reads the index of a repository; a repository without one has nothing staged.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is of a kind that only the absent `git` program reads.
    pub fn read(repository: &Repository) -> Result<Self, GitError> {
        let path = repository.index_file();
        let metadata = match std::fs::metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::empty(repository.hash())),
            Err(error) => return Err(GitError::io(&path, error)),
        };
        if !metadata.is_file() || metadata.len() > LARGEST {
            return Err(damaged(&path, "it is no regular file, or too large"));
        }
        let raw = std::fs::read(&path).map_err(|error| GitError::io(&path, error))?;
        if raw.len() <= VERIFIED && !is_whole(&raw, repository.hash()) {
            return Err(damaged(&path, "its checksum is another"));
        }
        match Self::parse(raw, repository.hash()) {
            Ok(mut index) => {
                index.written = Stat::written(&metadata);
                Ok(index)
            }
            Err(Flaw::Unread(_)) => fallback::read(repository, &path),
            Err(Flaw::Damaged(what)) => Err(damaged(&path, what)),
        }
    }

    fn empty(hash: HashKind) -> Self {
        Self { entries: Entries::empty(hash), cache: None, written: None }
    }

    /// Parses the bytes of an index file.
    fn parse(raw: Vec<u8>, hash: HashKind) -> Result<Self, Flaw> {
        let (entries, end) = Entries::parse(raw, hash)?;
        let mut index = Self { entries, cache: None, written: None };
        index.extensions(end, hash)?;
        Ok(index)
    }

    fn extensions(&mut self, mut at: usize, hash: HashKind) -> Result<(), Flaw> {
        let raw = Arc::clone(self.entries.raw());
        let end = raw.len().checked_sub(hash.id_len()).ok_or(Flaw::Damaged("it ends early"))?;
        while at < end {
            let (name, size) = extension_header(&raw, at).ok_or(Flaw::Damaged("an extension ends early"))?;
            let start = at + 8;
            let stop = start.checked_add(size).filter(|stop| *stop <= end);
            let stop = stop.ok_or(Flaw::Damaged("an extension ends early"))?;
            match &name {
                b"TREE" => self.cache = CacheTree::parse(raw.get(start..stop).unwrap_or_default(), hash),
                b"sdir" => {}
                b"link" => return Err(Flaw::Unread("split index")),
                // Git's rule: extensions whose name begins with a capital letter may be passed over.
                [b'A'..=b'Z', ..] => {}
                _ => return Err(Flaw::Unread("unknown extension")),
            }
            at = stop;
        }
        Ok(())
    }

    /// The paths that a merge left undecided, sorted.
    #[must_use]
    pub fn unmerged(&self) -> Vec<RepoPath> {
        let all = self.entries.all().iter().filter(|it| it.stage() != 0);
        let mut paths: Vec<RepoPath> = all.map(|it| RepoPath::from_bytes(self.entries.path(it))).collect();
        paths.dedup();
        paths
    }

    /// Every entry in the order of the file.
    pub(super) fn staged(&self) -> impl Iterator<Item = Staged<'_>> {
        self.entries.all().iter().map(|entry| self.view(entry))
    }

    fn view(&self, entry: &Entry) -> Staged<'_> {
        Staged {
            path: self.entries.path(entry),
            mode: entry.file_mode(),
            id: self.entries.id(entry),
            stat: self.entries.stat(entry),
            stage: entry.stage(),
            announced: entry.is_announced(),
            skipped: entry.is_skipped(),
        }
    }

    /// Whether an entry was last written when, or after, the index was: its time then proves nothing.
    pub(super) fn is_racy(&self, stat: &Stat) -> bool {
        self.written.is_none_or(|written| stat.modified() >= written)
    }

    /// The staged file at a path, when it has this content. What Git remembers of the file on disk comes with it.
    pub(super) fn staged_at(&self, path: &[u8], id: ObjectId) -> Option<Staged<'_>> {
        let entry = self.at(path).filter(|entry| entry.is_content())?;
        Some(self.view(entry)).filter(|staged| staged.id == id)
    }

    /// Whether a file is at this path, staged or only announced.
    pub(super) fn holds(&self, path: &[u8]) -> bool {
        self.at(path).is_some()
    }

    /// Whether a submodule is at this path.
    pub(super) fn holds_submodule(&self, path: &[u8]) -> bool {
        self.at(path).is_some_and(|entry| entry.file_mode() == Some(FileMode::Gitlink))
    }

    /// How many files are staged below a folder; a folder of a sparse index counts without end.
    pub(super) fn count_below(&self, folder: &[u8]) -> usize {
        let range = self.entries.range(&[folder, b"/"].concat());
        let below = self.entries.all().get(range).unwrap_or_default();
        let sparse = below.iter().any(|entry| entry.file_mode().is_none());
        if sparse { usize::MAX } else { below.iter().filter(|entry| entry.is_content()).count() }
    }

    fn at(&self, path: &[u8]) -> Option<&Entry> {
        let first = self.entries.first(path);
        self.entries.all().get(first).filter(|entry| self.entries.path(entry) == path)
    }
}

/// Why bytes are not an index that is read here.
#[derive(Debug, PartialEq, Eq)]
enum Flaw {
    /// Broken: nobody reads it.
    Damaged(&'static str),
    /// Only Git reads it.
    Unread(&'static str),
}

fn damaged(path: &Path, what: &str) -> GitError {
    GitError::Index { path: path.to_owned(), what: what.to_owned() }
}

fn extension_header(raw: &[u8], at: usize) -> Option<([u8; 4], usize)> {
    let name = raw.get(at..at.checked_add(4)?)?.try_into().ok()?;
    let size = u32::from_be_bytes(raw.get(at + 4..at.checked_add(8)?)?.try_into().ok()?);
    Some((name, usize::try_from(size).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_fail_otherwise_than_with_an_error(
            version in 0_u8..6, count in 0_u8..5, rest in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let raw = [b"DIRC".as_slice(), &[0, 0, 0, version, 0, 0, 0, count], &rest].concat();
            for hash in [HashKind::Sha1, HashKind::Sha256] {
                let _ = Index::parse(raw.clone(), hash);
            }
        }
    }

    #[test]
    fn an_index_without_entries_is_read() {
        let raw = [b"DIRC".as_slice(), &[0, 0, 0, 2, 0, 0, 0, 0], &[0; 20]].concat();
        assert_eq!(Index::parse(raw, HashKind::Sha1).map(|it| it.unmerged()), Ok(Vec::new()));
    }

    #[test]
    fn a_count_beyond_the_file_takes_no_memory() {
        let raw = [b"DIRC".as_slice(), &[0, 0, 0, 2, 255, 255, 255, 255], &[0; 20]].concat();
        assert_eq!(Index::parse(raw, HashKind::Sha1).err(), Some(Flaw::Damaged("it ends early")));
    }
}
