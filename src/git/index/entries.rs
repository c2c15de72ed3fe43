//! The entries of an index: where each stands in the file, and its fields on demand.

use std::ops::Range;
use std::sync::Arc;

use crate::git::objects::HashKind;
use crate::model::{FileMode, ObjectId};

use super::Flaw;

/// Bytes of times, device, inode, mode, owner and size in front of the object name.
const STAT_BYTES: usize = 40;
/// Git's own limit for a path is 4096 bytes; nothing near this is real.
const LONGEST_PATH: usize = 1 << 16;
/// Bytes of all paths of a compressed (version 4) index together.
const MOST_PATH_BYTES: usize = 1 << 30;

const ASSUME_VALID_AND_EXTENDED: u16 = 0x4000;
const SKIP_WORK_TREE: u16 = 0x4000;
const INTENT_TO_ADD: u16 = 0x2000;

/// One entry; its fields stay in the file until they are asked for.
pub(super) struct Entry {
    at: u32,
    path_at: u32,
    path_len: u32,
    flags: u16,
    extended: u16,
    mode: u32,
}

impl Entry {
    pub(super) fn stage(&self) -> u8 {
        u8::try_from((self.flags >> 12) & 3).unwrap_or(0)
    }

    /// `git add --intent-to-add`: a promise, no content.
    pub(super) fn is_announced(&self) -> bool {
        self.extended & INTENT_TO_ADD != 0
    }

    /// Not checked out.
    pub(super) fn is_skipped(&self) -> bool {
        self.extended & SKIP_WORK_TREE != 0
    }

    /// Whether this is staged content: neither announced nor one side of a conflict.
    pub(super) fn is_content(&self) -> bool {
        self.stage() == 0 && !self.is_announced()
    }

    /// The kind of file; nothing for a folder of a sparse index.
    pub(super) fn file_mode(&self) -> Option<FileMode> {
        match self.mode & 0o170_000 {
            0o040_000 => None,
            0o120_000 => Some(FileMode::Symlink),
            0o160_000 => Some(FileMode::Gitlink),
            _ if self.mode & 0o111 != 0 => Some(FileMode::Executable),
            _ => Some(FileMode::Regular),
        }
    }
}

/// What the index remembers of a file on disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(in crate::git) struct Stat {
    changed: (u32, u32),
    modified: (u32, u32),
    inode: u32,
    size: u32,
}

impl Stat {
    pub(super) fn modified(&self) -> (u32, u32) {
        self.modified
    }

    /// The low 32 bits of the size of the file on disk.
    pub(in crate::git) fn size(&self) -> u32 {
        self.size
    }

    /// When a file was last written.
    pub(super) fn written(metadata: &std::fs::Metadata) -> Option<(u32, u32)> {
        Some(Self::of(metadata).modified).filter(|it| *it != (0, 0))
    }

    /// Whether the file on disk is, by all that the index remembers, the one that was staged.
    pub(in crate::git) fn fits(&self, metadata: &std::fs::Metadata) -> bool {
        let now = Self::of(metadata);
        // Implementations without nanoseconds write zeros.
        let same_time =
            |old: (u32, u32), new: (u32, u32)| old.0 == new.0 && (old.1 == new.1 || old.1 == 0 || new.1 == 0);
        *self != Self::default()
            && self.size == now.size
            && same_time(self.modified, now.modified)
            && same_time(self.changed, now.changed)
            && (self.inode == now.inode || self.inode == 0)
    }

    #[cfg(unix)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the index keeps the low 32 bits")]
    pub(in crate::git) fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            changed: (metadata.ctime() as u32, metadata.ctime_nsec() as u32),
            modified: (metadata.mtime() as u32, metadata.mtime_nsec() as u32),
            inode: metadata.ino() as u32,
            size: metadata.size() as u32,
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::cast_possible_truncation, reason = "the index keeps the low 32 bits")]
    pub(in crate::git) fn of(metadata: &std::fs::Metadata) -> Self {
        let since = |time: std::io::Result<std::time::SystemTime>| {
            let elapsed = time.ok().and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
            (elapsed.as_secs() as u32, elapsed.subsec_nanos())
        };
        // Git for Windows writes the creation time into the field of the change time.
        Self {
            changed: since(metadata.created()),
            modified: since(metadata.modified()),
            inode: 0,
            size: metadata.len() as u32,
        }
    }
}

/// All entries, sorted by path and stage.
pub(super) struct Entries {
    raw: Arc<Vec<u8>>,
    /// The paths of a version 4 index, which stores only how each differs from the one before.
    unpacked: Option<Vec<u8>>,
    hash: HashKind,
    all: Vec<Entry>,
}

impl Entries {
    pub(super) fn empty(hash: HashKind) -> Self {
        Self { raw: Arc::new(Vec::new()), unpacked: None, hash, all: Vec::new() }
    }

    /// Parses header and entries; also says where the extensions begin.
    pub(super) fn parse(raw: Vec<u8>, hash: HashKind) -> Result<(Self, usize), Flaw> {
        let early = Flaw::Damaged("it ends early");
        let number = |at: usize| word(&raw, at);
        if raw.get(..4) != Some(b"DIRC") {
            return Err(Flaw::Damaged("it does not begin with `DIRC`"));
        }
        let (Some(version), Some(count)) = (number(4), number(8)) else { return Err(early) };
        let compressed = match version {
            2 | 3 => false,
            4 => true,
            _ => return Err(Flaw::Unread("unknown version")),
        };
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > raw.len() / (STAT_BYTES + hash.id_len() + 2) || u32::try_from(raw.len()).is_err() {
            return Err(early);
        }
        let mut entries =
            Self { raw: Arc::new(raw), unpacked: compressed.then(Vec::new), hash, all: Vec::with_capacity(count) };
        let mut at = 12;
        for _ in 0..count {
            at = entries.push(at)?;
        }
        if entries.all.is_sorted_by(|one, two| entries.order(one) < entries.order(two)) {
            Ok((entries, at))
        } else {
            Err(Flaw::Damaged("its entries are not sorted"))
        }
    }

    fn order(&self, entry: &Entry) -> (&[u8], u8) {
        (self.path(entry), entry.stage())
    }

    /// Reads the entry at an offset and returns the offset of the next one.
    fn push(&mut self, at: usize) -> Result<usize, Flaw> {
        let early = || Flaw::Damaged("it ends early");
        let raw = Arc::clone(&self.raw);
        let flags_at = at + STAT_BYTES + self.hash.id_len();
        let flags = half(&raw, flags_at).ok_or_else(early)?;
        let is_extended = flags & ASSUME_VALID_AND_EXTENDED != 0;
        let extended = if is_extended { half(&raw, flags_at + 2).ok_or_else(early)? } else { 0 };
        let path_at = flags_at + if is_extended { 4 } else { 2 };
        let mode = word(&raw, at + 24).ok_or_else(early)?;
        let (path, next) = match &mut self.unpacked {
            Some(unpacked) => {
                let last = self.all.last().map_or(0..0, Entry::path_range);
                unpack(&raw, path_at, unpacked, last).ok_or_else(early)?
            }
            None => {
                let length = path_length(&raw, path_at, flags).ok_or_else(early)?;
                if length == 0 {
                    // Only the entries of a split index that replace shared ones have no name.
                    return Err(Flaw::Unread("split index"));
                }
                let padded = (path_at - at + length + 8) & !7;
                (path_at..path_at + length, at + padded)
            }
        };
        let small = |number: usize| u32::try_from(number).map_err(|_| early());
        let (path_at, path_len) = (small(path.start)?, small(path.len())?);
        self.all.push(Entry { at: small(at)?, path_at, path_len, flags, extended, mode });
        Ok(next)
    }

    pub(super) fn raw(&self) -> &Arc<Vec<u8>> {
        &self.raw
    }

    pub(super) fn all(&self) -> &[Entry] {
        &self.all
    }

    pub(super) fn path(&self, entry: &Entry) -> &[u8] {
        self.unpacked.as_ref().unwrap_or(&self.raw).get(entry.path_range()).unwrap_or_default()
    }

    pub(super) fn id(&self, entry: &Entry) -> ObjectId {
        let at = usize_of(entry.at) + STAT_BYTES;
        let raw = self.raw.get(at..at + self.hash.id_len()).unwrap_or_default();
        // The bounds were checked when the entry was read.
        ObjectId::from_bytes(raw).unwrap_or(ObjectId::NONE)
    }

    pub(super) fn stat(&self, entry: &Entry) -> Stat {
        let field = |number: usize| word(&self.raw, usize_of(entry.at) + 4 * number).unwrap_or(0);
        Stat { changed: (field(0), field(1)), modified: (field(2), field(3)), inode: field(5), size: field(9) }
    }

    /// The position of the first entry whose path is not before `path`.
    pub(super) fn first(&self, path: &[u8]) -> usize {
        self.all.partition_point(|entry| self.path(entry) < path)
    }

    /// The positions of the entries whose path begins with `prefix`.
    pub(super) fn range(&self, prefix: &[u8]) -> Range<usize> {
        self.range_in(0..self.all.len(), prefix)
    }

    /// The same, looked for in a part of the entries.
    pub(super) fn range_in(&self, within: Range<usize>, prefix: &[u8]) -> Range<usize> {
        let part = self.all.get(within.clone()).unwrap_or_default();
        let start = part.partition_point(|entry| self.path(entry) < prefix);
        let rest = part.get(start..).unwrap_or_default();
        // Most folders are small: galloping finds their end without probing far away.
        let mut bound = 1;
        while rest.get(bound).is_some_and(|entry| self.path(entry).starts_with(prefix)) {
            bound *= 2;
        }
        let near = rest.get(..bound.min(rest.len())).unwrap_or(rest);
        let length = near.partition_point(|entry| self.path(entry).starts_with(prefix));
        within.start + start..within.start + start + length
    }
}

impl Entry {
    fn path_range(&self) -> Range<usize> {
        let start = usize_of(self.path_at);
        start..start.saturating_add(usize_of(self.path_len))
    }
}

/// The length of a path that is followed by a zero byte.
fn path_length(raw: &[u8], at: usize, flags: u16) -> Option<usize> {
    let short = usize::from(flags & 0xFFF);
    if short < 0xFFF {
        return (raw.get(at.checked_add(short)?) == Some(&0)).then_some(short);
    }
    raw.get(at..)?.iter().take(LONGEST_PATH).position(|it| *it == 0)
}

/// Version 4: how many bytes to drop from the last path, then what to append.
fn unpack(raw: &[u8], mut at: usize, unpacked: &mut Vec<u8>, last: Range<usize>) -> Option<(Range<usize>, usize)> {
    let mut byte = *raw.get(at)?;
    let mut dropped = usize::from(byte & 0x7F);
    while byte & 0x80 != 0 {
        at += 1;
        byte = *raw.get(at)?;
        dropped = dropped.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7F))?;
    }
    at += 1;
    let length = raw.get(at..)?.iter().take(LONGEST_PATH).position(|it| *it == 0)?;
    let kept = last.len().checked_sub(dropped)?;
    let start = unpacked.len();
    if kept + length > LONGEST_PATH || kept + length == 0 || start + kept + length > MOST_PATH_BYTES {
        return None;
    }
    unpacked.extend_from_within(last.start..last.start + kept);
    unpacked.extend_from_slice(raw.get(at..at + length)?);
    Some((start..unpacked.len(), at + length + 1))
}

fn word(raw: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(raw.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

fn half(raw: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(raw.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
