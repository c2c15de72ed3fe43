//! Pack files: entries, and the chains of deltas that make an object.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::model::ObjectId;

use super::cache::Cache;
use super::error::Flaw;
use super::index::PackIndex;
use super::inflate::{self, Input};
use super::oid_table::{Prefix, big_endian};
use super::source::Source;
use super::stream::Streamed;
use super::{HashKind, ObjectKind, delta};

/// Git itself writes chains of at most 4095 deltas.
const LONGEST_CHAIN: usize = 4096;

/// A pack and its index. Both are opened when they are first needed.
pub(super) struct Pack {
    number: u32,
    hash: HashKind,
    index_path: PathBuf,
    pack_path: PathBuf,
    index: OnceLock<Option<PackIndex>>,
    source: OnceLock<Option<Source>>,
}

struct Entry {
    kind: EntryKind,
    size: u64,
}

enum EntryKind {
    Whole(ObjectKind),
    /// A delta against the entry at this offset.
    Delta(u64),
}

impl Pack {
    pub(super) fn new(number: u32, hash: HashKind, index_path: PathBuf) -> Self {
        let pack_path = index_path.with_extension("pack");
        Self { number, hash, index_path, pack_path, index: OnceLock::new(), source: OnceLock::new() }
    }

    pub(super) fn index_path(&self) -> &Path {
        &self.index_path
    }

    pub(super) fn path(&self) -> &Path {
        &self.pack_path
    }

    /// The offset of an object; nothing when this pack does not hold it or cannot be used at all.
    ///
    /// A pack that cannot be used counts as absent, as with Git: another one may hold the object,
    /// and when none does the object is reported as absent.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, Flaw> {
        self.index().map_or(Ok(None), |index| index.find(id))
    }

    pub(super) fn with_prefix(&self, prefix: &Prefix, most: usize) -> Result<Vec<ObjectId>, Flaw> {
        self.index().map_or(Ok(Vec::new()), |index| index.with_prefix(prefix, most))
    }

    pub(super) fn index(&self) -> Option<&PackIndex> {
        self.index.get_or_init(|| PackIndex::open(&self.index_path, self.hash).ok()).as_ref()
    }

    pub(super) fn source(&self) -> Result<&Source, Flaw> {
        let open = || {
            let source = Source::open(&self.pack_path).ok()?;
            self.belongs(&source).ok()?.then_some(source)
        };
        self.source.get_or_init(open).as_ref().ok_or(Flaw::Bad("its pack is gone or does not match its index"))
    }

    /// Whether the pack is the one that the index was made for: its count and its checksum.
    fn belongs(&self, source: &Source) -> Result<bool, Flaw> {
        let Some(index) = self.index() else { return Ok(false) };
        let head: [u8; 12] = source.read_array(0)?;
        let word = |at: usize| big_endian(head.get(at..).unwrap_or_default());
        let mut checksum = vec![0; self.hash.id_len()];
        let at = source.len().checked_sub(checksum.len() as u64).ok_or(Flaw::Bad("a pack ends early"))?;
        source.read_exact_at(at, &mut checksum)?;
        let known = head.starts_with(b"PACK") && matches!(word(4), 2 | 3);
        Ok(known && word(8) == index.len() && checksum == index.pack_checksum(self.hash)?)
    }

    /// Reads the object at an offset.
    pub(super) fn read(&self, offset: u64, limit: u64, cache: &Cache) -> Result<(ObjectKind, Arc<[u8]>), Flaw> {
        let mut deltas: Vec<(u64, Vec<u8>)> = Vec::new();
        let mut held = 0_u64;
        let mut at = offset;
        let (kind, mut data) = loop {
            if let Some(hit) = cache.get((self.number, at)) {
                break hit;
            }
            let (entry, mut input) = self.entry(at)?;
            let bytes = inflate::exactly(&mut input, entry.size, limit)?;
            match entry.kind {
                EntryKind::Whole(kind) => {
                    let data = Arc::from(bytes);
                    cache.put((self.number, at), kind, &data);
                    break (kind, data);
                }
                EntryKind::Delta(base) => {
                    held = held.saturating_add(entry.size);
                    if deltas.len() >= LONGEST_CHAIN || held > limit {
                        return Err(Flaw::Bad("its chain of deltas is too long"));
                    }
                    deltas.push((at, bytes));
                    at = base;
                }
            }
        };
        let mut made = Vec::new();
        for (at, recipe) in deltas.iter().rev() {
            delta::apply(&data, recipe, limit, &mut made)?;
            data = Arc::from(made.as_slice());
            cache.put((self.number, *at), kind, &data);
        }
        Ok((kind, data))
    }

    /// Gives the object at an offset piece by piece, if it is stored whole.
    pub(super) fn stream(&self, offset: u64, size: u64, each: &mut dyn FnMut(&[u8])) -> Result<Streamed, Flaw> {
        let (entry, mut input) = self.entry(offset)?;
        match entry.kind {
            EntryKind::Delta(_) => Ok(Streamed::IsDelta),
            EntryKind::Whole(_) if entry.size != size => Err(Flaw::Bad("its size changed while it was read")),
            EntryKind::Whole(kind) => inflate::pieces(&mut input, size, 0, each).map(|()| Streamed::Whole(kind)),
        }
    }

    /// The kind and the size of the object at an offset, without making it.
    pub(super) fn header(&self, offset: u64, cache: &Cache) -> Result<(ObjectKind, u64), Flaw> {
        let mut size = None;
        let mut at = offset;
        for _ in 0..=LONGEST_CHAIN {
            if let Some((kind, data)) = cache.get((self.number, at)) {
                return Ok((kind, size.unwrap_or(data.len() as u64)));
            }
            let (entry, mut input) = self.entry(at)?;
            match entry.kind {
                EntryKind::Whole(kind) => return Ok((kind, size.unwrap_or(entry.size))),
                EntryKind::Delta(base) => at = base,
            }
            if size.is_none() {
                let mut head = [0; 32];
                let (count, _) = inflate::up_to(&mut input, &mut head)?;
                size = Some(delta::sizes(head.get(..count).unwrap_or_default())?.1);
            }
        }
        Err(Flaw::Bad("its chain of deltas is too long"))
    }

    /// Reads the head of the entry at an offset; its compressed data comes next in the input.
    fn entry(&self, offset: u64) -> Result<(Entry, Input<'_>), Flaw> {
        let mut input = Input::new(self.source()?, offset);
        let head = Head::read(offset, self.hash, || input.byte())?;
        let kind = match head.kind {
            HeadKind::Whole(kind) => EntryKind::Whole(kind),
            HeadKind::Earlier(base) => EntryKind::Delta(base),
            HeadKind::Named(base) => EntryKind::Delta(self.named(&base)?),
        };
        Ok((Entry { kind, size: head.size }, input))
    }

    /// The base of a delta that names it. Packs at rest hold the bases of all their deltas.
    pub(super) fn named(&self, base: &ObjectId) -> Result<u64, Flaw> {
        self.find(base)?.ok_or(Flaw::Bad("a delta's base is not in its pack"))
    }
}

/// The head of an entry: what stands in front of its compressed data.
pub(super) struct Head {
    pub(super) kind: HeadKind,
    /// Size of the inflated data: of the object, or of the delta.
    pub(super) size: u64,
}

pub(super) enum HeadKind {
    Whole(ObjectKind),
    /// A delta against the entry at this offset.
    Earlier(u64),
    /// A delta against the object with this name.
    Named(ObjectId),
}

impl Head {
    /// Reads the head of the entry at `offset`, byte by byte.
    pub(super) fn read(offset: u64, hash: HashKind, mut next: impl FnMut() -> Result<u8, Flaw>) -> Result<Self, Flaw> {
        let first = next()?;
        let mut size = u64::from(first & 0x0F);
        let mut more = first & 0x80 != 0;
        let mut shift = 4_u32;
        while more {
            let byte = next()?;
            if shift > 53 {
                return Err(Flaw::Bad("its entry has an absurd size"));
            }
            size |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            more = byte & 0x80 != 0;
        }
        let kind = match first >> 4 & 7 {
            1 => HeadKind::Whole(ObjectKind::Commit),
            2 => HeadKind::Whole(ObjectKind::Tree),
            3 => HeadKind::Whole(ObjectKind::Blob),
            4 => HeadKind::Whole(ObjectKind::Tag),
            6 => HeadKind::Earlier(earlier(offset, next)?),
            7 => HeadKind::Named(base_name(hash, next)?),
            _ => return Err(Flaw::Bad("its entry is of an unknown kind")),
        };
        Ok(Self { kind, size })
    }
}

fn base_name(hash: HashKind, mut next: impl FnMut() -> Result<u8, Flaw>) -> Result<ObjectId, Flaw> {
    let mut raw = [0; 32];
    let raw = raw.get_mut(..hash.id_len()).unwrap_or_default();
    for byte in raw.iter_mut() {
        *byte = next()?;
    }
    ObjectId::from_bytes(raw).ok_or(Flaw::Bad("a delta names no base"))
}

/// The base of a delta that says how far before `offset` it stands.
fn earlier(offset: u64, mut next: impl FnMut() -> Result<u8, Flaw>) -> Result<u64, Flaw> {
    const BEYOND: Flaw = Flaw::Bad("a delta's base lies outside of its pack");
    let mut byte = next()?;
    let mut distance = u64::from(byte & 0x7F);
    while byte & 0x80 != 0 {
        byte = next()?;
        let next = distance.checked_add(1).and_then(|it| it.checked_mul(128)).ok_or(BEYOND)?;
        distance = next | u64::from(byte & 0x7F);
    }
    offset.checked_sub(distance).filter(|base| distance != 0 && *base >= 12).ok_or(BEYOND)
}
