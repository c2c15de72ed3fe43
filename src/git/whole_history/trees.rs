//! All trees at once: which of them name a blob or a tree.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::git::objects::{Bulk, Harvest, HashKind, ObjectError, ObjectKind};
use crate::git::tree_entries::{EntryKind, TreeEntries, TreeEntry};
use crate::model::{Mark, ObjectId};

use super::EXACT;

/// Objects that are looked for in trees. Nearly all entries are none of them, which a few bits of the name tell.
#[derive(Default)]
pub(super) struct Wanted {
    /// With a tag of the caller's.
    ids: BTreeMap<ObjectId, u64>,
    bits: Vec<u64>,
}

/// Words of the table of bits: half a million bits, small enough for the cache of a processor.
const WORDS: usize = 8192;

impl Wanted {
    pub(super) fn new(ids: BTreeMap<ObjectId, u64>) -> Self {
        let mut bits = vec![0; WORDS];
        for id in ids.keys() {
            let (word, bit) = place(id);
            if let Some(word) = bits.get_mut(word) {
                *word |= bit;
            }
        }
        Self { ids, bits }
    }

    fn tag(&self, id: &ObjectId) -> Option<u64> {
        let (word, bit) = place(id);
        let may_be = self.bits.get(word).is_some_and(|word| word & bit != 0);
        if may_be { self.ids.get(id).copied() } else { None }
    }
}

fn place(id: &ObjectId) -> (usize, u64) {
    let [first, second, third, ..] = id.as_bytes() else { return (0, 0) };
    let number = usize::from(*first) << 11 | usize::from(*second) << 3 | usize::from(*third >> 5);
    (number / 64, 1 << (number % 64))
}

/// Reads all trees and gives who names which of the wanted: their tags, each with the tree.
pub(super) fn holding(bulk: &Bulk, hash: HashKind, wanted: &Wanted) -> Harvest {
    bulk.scan(ObjectKind::Tree, EXACT, &|piece| {
        let mut marks = Vec::new();
        // A tree that is malformed was told about by the search for what is absent.
        let _ = each(piece.content, hash, |entry, span| {
            if let Some(tag) = wanted.tag(&entry.id).filter(|_| !is_submodule(entry)) {
                marks.push(Mark { span, tag });
            }
        });
        marks
    })
}

/// Calls `visit` with each entry of a tree and the bytes that it takes up. After an entry that cannot be read the rest
/// cannot be told apart, and what is wrong is returned.
pub(super) fn each<'a>(
    content: &'a [u8],
    hash: HashKind,
    mut visit: impl FnMut(&TreeEntry<'a>, Range<usize>),
) -> Result<(), &'static str> {
    let mut entries = TreeEntries::new(content, hash);
    let mut start = 0;
    while let Some(entry) = entries.next() {
        let end = content.len() - entries.left();
        visit(&entry?, start..end);
        start = end;
    }
    Ok(())
}

/// Whether the id names a commit of another repository.
pub(super) fn is_submodule(entry: &TreeEntry<'_>) -> bool {
    entry.kind() == EntryKind::File(crate::model::FileMode::Gitlink)
}

/// The first error of a reading, for questions that have no answer with a gap in it.
pub(super) fn complete(mut harvest: Harvest) -> Result<Harvest, ObjectError> {
    match harvest.errors.pop() {
        Some(error) => Err(error),
        None => Ok(harvest),
    }
}
