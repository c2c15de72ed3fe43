//! Blobs, read when they are asked for and shared: bytes, text, outlines and line differences.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use super::{Change, File, Hunk, LineRange, Missing, ObjectId, Outline, Text, Tree};

/// Computes the hunks between two texts. Handed in, so that the vocabulary names no algorithm.
pub type Differ = fn(old: &Text, new: &Text) -> Vec<Hunk>;

/// The contents of one file.
#[derive(Debug)]
pub struct Blob {
    bytes: Arc<[u8]>,
    text: OnceLock<Text>,
    outline: OnceLock<Outline>,
}

impl Blob {
    fn new(bytes: Arc<[u8]>) -> Self {
        Self { bytes, text: OnceLock::new(), outline: OnceLock::new() }
    }

    /// The bytes as Git stores them, never through a filter.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The contents as text, whatever they are.
    #[must_use]
    pub fn text(&self) -> &Text {
        self.text.get_or_init(|| Text::decode(&self.bytes))
    }

    /// What most questions come down to.
    #[must_use]
    pub fn outline(&self) -> Outline {
        *self.outline.get_or_init(|| Outline::of(&self.bytes))
    }

    /// Whether this is no text: two of a zero byte, broken UTF-8 and control characters all over the first 8000
    /// bytes, unless they are UTF-16 text.
    ///
    /// A single zero does not make a source file binary as it does for Git: it would hide the file from every
    /// check over text. Attributes are not asked: they belong to whoever wrote the change.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.outline().is_binary
    }
}

/// Answers by key, each computed once; the lock is held only to find the slot.
type Memo<K, T> = Mutex<HashMap<K, Arc<T>>>;

/// The blobs at the base and at the head.
type Sides = (Option<ObjectId>, Option<ObjectId>);

fn slot<K: Hash + Eq, T: Default>(memo: &Memo<K, T>, key: K) -> Arc<T> {
    Arc::clone(lock(memo).entry(key).or_default())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One blob, held or not.
#[derive(Default)]
struct Known {
    outline: OnceLock<Outline>,
    /// The lock is held while the blob is read: who asks meanwhile waits and does not read it twice.
    blob: Mutex<Weak<Blob>>,
}

/// Blobs that are kept although nobody looks at them, the oldest first.
#[derive(Default)]
struct Kept {
    blobs: VecDeque<Arc<Blob>>,
    bytes: usize,
}

/// Bytes of all kept blobs together. An ordinary change fits in; of a whole repository no more is held than this, the
/// last blob and those that are being looked at.
const MOST_KEPT: usize = 4 << 20;
/// What a kept blob costs beside its bytes.
const OVERHEAD: usize = 256;

impl Kept {
    /// Keeps a blob, however large, and gives those that had to make room for it.
    fn push(&mut self, blob: Arc<Blob>) -> Vec<Arc<Blob>> {
        self.bytes = self.bytes.saturating_add(cost(&blob));
        self.blobs.push_back(blob);
        let mut dropped = Vec::new();
        while self.bytes > MOST_KEPT && self.blobs.len() > 1 {
            let Some(blob) = self.blobs.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(cost(&blob));
            dropped.push(blob);
        }
        dropped
    }
}

/// The bytes, and as much again for the text that most of them become.
fn cost(blob: &Blob) -> usize {
    blob.bytes.len().saturating_mul(2).saturating_add(OVERHEAD)
}

/// Reads blobs and computes hunks, however many rules ask and from however many threads.
///
/// A blob stays in memory as long as somebody looks at it or there is room; later it is read again, which gives the
/// same bytes or an error: its id is the hash of its content. Its outline and its hunks stay.
pub struct Contents {
    differ: Differ,
    blobs: Memo<ObjectId, Known>,
    kept: Mutex<Kept>,
    hunks: Memo<Sides, OnceLock<Arc<[Hunk]>>>,
}

impl Contents {
    /// An empty store that compares texts with `differ`.
    #[must_use]
    pub fn new(differ: Differ) -> Self {
        Self { differ, blobs: Mutex::default(), kept: Mutex::default(), hunks: Mutex::default() }
    }

    /// The contents of `file`, read from `tree` unless they are at hand.
    ///
    /// # Errors
    /// When the blob cannot be read. What is missing names `file`, even when another path with the
    /// same blob was asked for first: the answer must not depend on which rule was faster.
    pub fn blob(&self, tree: &dyn Tree, file: &File) -> Result<Arc<Blob>, Missing> {
        self.read(tree, file, &slot(&self.blobs, file.id))
    }

    /// The outline of `file`; reads it from `tree` on the first call for its blob only.
    ///
    /// # Errors
    /// As [`Contents::blob`].
    pub fn outline(&self, tree: &dyn Tree, file: &File) -> Result<Outline, Missing> {
        let known = slot(&self.blobs, file.id);
        match known.outline.get() {
            Some(outline) => Ok(*outline),
            None => Ok(self.read(tree, file, &known)?.outline()),
        }
    }

    fn read(&self, tree: &dyn Tree, file: &File, known: &Known) -> Result<Arc<Blob>, Missing> {
        let mut held = lock(&known.blob);
        if let Some(blob) = held.upgrade() {
            return Ok(blob);
        }
        let blob = Arc::new(Blob::new(tree.read(file)?));
        // While its bytes are in the processor's cache.
        known.outline.get_or_init(|| blob.outline());
        *held = Arc::downgrade(&blob);
        let dropped = lock(&self.kept).push(Arc::clone(&blob));
        // Freeing them needs no lock.
        drop(dropped);
        Ok(blob)
    }

    /// The hunks between the two sides of a change. A missing side counts as an empty file.
    ///
    /// # Errors
    /// When a side cannot be read.
    pub(super) fn hunks(&self, base: &dyn Tree, head: &dyn Tree, change: &Change) -> Result<Arc<[Hunk]>, Missing> {
        let old = change.old.as_ref().map(|file| self.blob(base, file)).transpose()?;
        let new = change.new.as_ref().map(|file| self.blob(head, file)).transpose()?;
        let key = (change.old.as_ref().map(|it| it.id), change.new.as_ref().map(|it| it.id));
        let slot = slot(&self.hunks, key);
        Ok(Arc::clone(slot.get_or_init(|| match (old, new) {
            (Some(old), Some(new)) => (self.differ)(old.text(), new.text()).into(),
            (None, Some(new)) => whole(new.text(), |range| Hunk { old: LineRange { first: 1, count: 0 }, new: range }),
            (Some(old), None) => whole(old.text(), |range| Hunk { old: range, new: LineRange { first: 1, count: 0 } }),
            (None, None) => Arc::from([]),
        })))
    }
}

fn whole(text: &Text, hunk: impl Fn(LineRange) -> Hunk) -> Arc<[Hunk]> {
    if text.as_str().is_empty() {
        return Arc::from([]);
    }
    Arc::from([hunk(LineRange { first: 1, count: text.line_count() })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Child, FileMode, RepoPath};
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A tree of files that each hold their path again and again, and how often one was read.
    struct Counting(AtomicUsize, usize);

    impl Tree for Counting {
        fn children(&self, _: &RepoPath) -> Result<Vec<Child>, Missing> {
            Ok(Vec::new())
        }

        fn file(&self, _: &RepoPath) -> Result<Option<File>, Missing> {
            Ok(None)
        }

        fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let bytes: Vec<u8> = file.path.as_str().bytes().cycle().take(self.1).collect();
            if file.path.as_str() == "gone" { Err(Missing::content(&file.path, "is gone")) } else { Ok(bytes.into()) }
        }
    }

    fn file(number: u8) -> File {
        let id = ObjectId::from_bytes(&[number; 20]).unwrap_or_default();
        File { path: RepoPath::new(&format!("f{number}")), mode: FileMode::Regular, id }
    }

    fn store() -> Contents {
        Contents::new(|_, _| Vec::new())
    }

    #[test]
    fn a_small_change_is_read_once_and_a_large_one_is_not_held() {
        for (size, reads) in [(1000, 10), (MOST_KEPT / 4, 20)] {
            let (tree, contents) = (Counting(AtomicUsize::new(0), size), store());
            for number in (0..10).chain(0..10) {
                let blob = contents.blob(&tree, &file(number));
                assert!(blob.is_ok_and(|blob| blob.bytes().starts_with(format!("f{number}").as_bytes())));
            }
            assert_eq!(tree.0.load(Ordering::Relaxed), reads, "{size}");
            let kept = lock(&contents.kept);
            assert!(kept.bytes <= MOST_KEPT && kept.bytes == kept.blobs.iter().map(|it| cost(it)).sum::<usize>());
        }
    }

    #[test]
    fn an_outline_is_read_once_and_a_blob_that_is_looked_at_is_shared() {
        let (tree, contents) = (Counting(AtomicUsize::new(0), MOST_KEPT), store());
        let blob = contents.blob(&tree, &file(1)).ok();
        let again = contents.blob(&tree, &file(1)).ok();
        assert!(blob.zip(again).is_some_and(|(one, two)| Arc::ptr_eq(&one, &two)));
        for _ in 0..3 {
            assert!(contents.outline(&tree, &file(1)).is_ok_and(|it| it.is_plain && it.bytes == MOST_KEPT as u64));
        }
        assert_eq!(tree.0.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn what_cannot_be_read_is_missing_by_the_name_that_was_asked_for() {
        let (tree, contents) = (Counting(AtomicUsize::new(0), 10), store());
        let gone = File { path: RepoPath::new("gone"), ..file(1) };
        assert!(contents.blob(&tree, &gone).is_err() && contents.outline(&tree, &gone).is_err());
        assert!(contents.blob(&tree, &file(1)).is_ok());
    }
}
