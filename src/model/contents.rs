//! Blobs read once and shared: bytes, text and line differences on demand.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::{Change, File, Hunk, LineRange, Missing, ObjectId, Text, Tree};

/// Computes the hunks between two texts. Handed in, so that the vocabulary names no algorithm.
pub type Differ = fn(old: &Text, new: &Text) -> Vec<Hunk>;

/// The contents of one file.
#[derive(Debug)]
pub struct Blob {
    bytes: Arc<[u8]>,
    text: OnceLock<Text>,
}

impl Blob {
    fn new(bytes: Arc<[u8]>) -> Self {
        Self { bytes, text: OnceLock::new() }
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

    /// Whether this is no text: control characters all over the first 8000 bytes, with a zero among them or with
    /// broken UTF-8, unless they are UTF-16 text.
    ///
    /// A single zero does not make a source file binary as it does for Git: it would hide the file from every
    /// check over text. Attributes are not asked: they belong to whoever wrote the change.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        let sample = self.bytes.get(..self.bytes.len().min(8000)).unwrap_or(&self.bytes);
        let controls = sample.iter().filter(|byte| **byte < 0x20 && !b"\t\n\r\x0c\x1b".contains(*byte)).count();
        if controls * 50 <= sample.len() {
            return false;
        }
        if sample.contains(&0) {
            return self.text().encoding() == super::Encoding::Utf8;
        }
        // Text in an old encoding such as KOI8-R or Shift JIS is broken UTF-8 as well, but has no control characters.
        std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_some())
    }
}

/// Answers by key, each computed once; the lock is held only to find the slot.
type Memo<K, T> = Mutex<HashMap<K, Arc<OnceLock<T>>>>;

/// The blobs at the base and at the head.
type Sides = (Option<ObjectId>, Option<ObjectId>);

fn slot<K: Hash + Eq, T>(memo: &Memo<K, T>, key: K) -> Arc<OnceLock<T>> {
    Arc::clone(memo.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
}

/// Reads blobs and computes hunks at most once each, however many rules ask and from however many threads.
pub struct Contents {
    differ: Differ,
    /// Nothing for a blob that could not be read.
    blobs: Memo<ObjectId, Option<Arc<Blob>>>,
    hunks: Memo<Sides, Arc<[Hunk]>>,
}

impl Contents {
    /// An empty store that compares texts with `differ`.
    #[must_use]
    pub fn new(differ: Differ) -> Self {
        Self { differ, blobs: Mutex::default(), hunks: Mutex::default() }
    }

    /// The contents of `file`, read from `tree` on the first call for its blob.
    ///
    /// # Errors
    /// When the blob cannot be read. What is missing names `file`, even when another path with the
    /// same blob was asked for first: the answer must not depend on which rule was faster.
    pub fn blob(&self, tree: &dyn Tree, file: &File) -> Result<Arc<Blob>, Missing> {
        let slot = slot(&self.blobs, file.id);
        let mut refused = None;
        let known = slot.get_or_init(|| match tree.read(file) {
            Ok(bytes) => Some(Arc::new(Blob::new(bytes))),
            Err(missing) => {
                refused = Some(missing);
                None
            }
        });
        match (known, refused) {
            (Some(blob), _) => Ok(Arc::clone(blob)),
            (None, Some(missing)) => Err(missing),
            (None, None) => tree.read(file).map(|bytes| Arc::new(Blob::new(bytes))),
        }
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

    fn is_binary(bytes: &[u8]) -> bool {
        Blob::new(bytes.into()).is_binary()
    }

    #[test]
    fn text_in_any_encoding_is_text() {
        let utf16: Vec<u8> = "password = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let koi8: Vec<u8> = (0xC0..=0xFF).chain(*b"\n int x; \n").cycle().take(4000).collect();
        for text in [b"plain\n".as_slice(), b"", &utf16, &koi8, b"\x1b[1mbold\x07"] {
            assert!(!is_binary(text), "{text:?}");
        }
    }

    #[test]
    fn a_zero_in_a_source_file_does_not_hide_it() {
        let source = [b"fn main() {\n    // ".as_slice(), &[0], b"\n}\n", &b"// more of the same\n".repeat(9)].concat();
        assert!(!is_binary(&source));
    }

    #[test]
    fn compressed_data_without_a_zero_is_binary() {
        let scattered: Vec<u8> = (0..4000_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let data: Vec<u8> = scattered.into_iter().filter(|byte| *byte != 0).collect();
        assert!(is_binary(&data) && is_binary(b"a\0b"));
    }
}
