//! Pack indexes, versions 1 and 2: from an object's name to its offset in the pack.

use std::path::Path;

use crate::model::ObjectId;

use super::HashKind;
use super::error::Flaw;
use super::oid_table::{Layout, Names, OidTable, Prefix, big_endian};
use super::source::Source;

/// An open pack index.
pub(super) struct PackIndex {
    source: Source,
    table: OidTable,
    offsets: Offsets,
}

enum Offsets {
    /// Version 1: four bytes in front of each name.
    InRow,
    /// Version 2: four bytes each at `small`; with the top bit set, a position among the eight bytes each at `large`.
    Apart { small: u64, large: u64, larges: u64 },
}

/// A whole index in memory, in the order of the names.
pub(super) struct Listing {
    pub(super) ids: Names,
    /// Where each object stands in the pack.
    pub(super) offsets: Vec<u64>,
    /// The CRC of each entry of the pack, head and compressed data; version 1 has none.
    pub(super) crcs: Option<Vec<u32>>,
}

const MAGIC: u32 = 0xFF74_4F63;

impl PackIndex {
    pub(super) fn open(path: &Path, hash: HashKind) -> Result<Self, Flaw> {
        Self::read(Source::open_index(path)?, hash)
    }

    pub(super) fn read(source: Source, hash: HashKind) -> Result<Self, Flaw> {
        let id_len = hash.id_len();
        let trailer = 2 * id_len as u64;
        let head: [u8; 8] = source.read_array(0)?;
        let (magic, version) = head.split_at(4);
        if big_endian(magic) != MAGIC {
            let layout = Layout { stride: 4 + id_len, skip: 4, id_len };
            let table = OidTable::read(&source, 0, 1024, layout)?;
            return Ok(Self { source, table, offsets: Offsets::InRow });
        }
        if big_endian(version) != 2 {
            return Err(Flaw::Bad("a pack index has an unknown version"));
        }
        let table = OidTable::read(&source, 8, 1032, Layout { stride: id_len, skip: 0, id_len })?;
        let count = u64::from(table.len());
        // After the names: a CRC of four bytes each, the small offsets, the large ones, two checksums.
        let small = 1032_u64.saturating_add(count.saturating_mul(id_len as u64 + 4));
        let large = small.saturating_add(count.saturating_mul(4));
        let end = source.len().checked_sub(trailer).filter(|end| large <= *end);
        let end = end.ok_or(Flaw::Bad("a pack index ends early"))?;
        let offsets = Offsets::Apart { small, large, larges: (end - large) / 8 };
        Ok(Self { source, table, offsets })
    }

    /// How many objects the pack holds.
    pub(super) fn len(&self) -> u32 {
        self.table.len()
    }

    /// The checksum of the pack that this index was made for.
    pub(super) fn pack_checksum(&self, hash: HashKind) -> Result<Vec<u8>, Flaw> {
        let mut sum = vec![0; hash.id_len()];
        let at = self.source.len().checked_sub(2 * hash.id_len() as u64).ok_or(Flaw::Bad("a pack index ends early"))?;
        self.source.read_exact_at(at, &mut sum)?;
        Ok(sum)
    }

    /// The checksums of the pack and of the index itself, one after the other.
    pub(super) fn checksums(&self, hash: HashKind) -> Result<Vec<u8>, Flaw> {
        let mut sums = vec![0; 2 * hash.id_len()];
        let at = self.source.len().checked_sub(sums.len() as u64).ok_or(Flaw::Bad("a pack index ends early"))?;
        self.source.read_exact_at(at, &mut sums)?;
        Ok(sums)
    }

    /// The offset of an object in the pack.
    pub(super) fn find(&self, id: &ObjectId) -> Result<Option<u64>, Flaw> {
        let Some(position) = self.table.find(&self.source, id.as_bytes())? else { return Ok(None) };
        self.offset(position).map(Some)
    }

    fn offset(&self, position: u32) -> Result<u64, Flaw> {
        match self.offsets {
            Offsets::InRow => Ok(u64::from(u32::from_be_bytes(self.source.read_array(self.table.row(position))?))),
            Offsets::Apart { small, large, larges } => {
                let at = small.saturating_add(u64::from(position) * 4);
                let value = u32::from_be_bytes(self.source.read_array(at)?);
                if value & 0x8000_0000 == 0 {
                    return Ok(u64::from(value));
                }
                let index = u64::from(value & 0x7FFF_FFFF);
                if index >= larges {
                    return Err(Flaw::Bad("a pack index names an offset that it does not have"));
                }
                Ok(u64::from_be_bytes(self.source.read_array(large.saturating_add(index * 8))?))
            }
        }
    }

    /// Everything that the index holds, read at once.
    pub(super) fn listing(&self) -> Result<Listing, Flaw> {
        let count = self.len();
        let ids = self.table.all(&self.source)?;
        let table = |at: u64, width: u64| {
            let size = usize::try_from(u64::from(count).saturating_mul(width)).unwrap_or(usize::MAX);
            let mut raw = vec![0; size];
            self.source.read_exact_at(at, &mut raw).map(|()| raw)
        };
        let Offsets::Apart { small, .. } = self.offsets else {
            let offsets: Result<Vec<u64>, Flaw> = (0..count).map(|position| self.offset(position)).collect();
            return Ok(Listing { ids, offsets: offsets?, crcs: None });
        };
        let crcs = table(small.saturating_sub(4 * u64::from(count)), 4)?;
        let crcs = crcs.chunks_exact(4).map(big_endian).collect();
        let offsets: Result<Vec<u64>, Flaw> = table(small, 4)?
            .chunks_exact(4)
            .zip(0..count)
            .map(|(raw, position)| match big_endian(raw) {
                value if value & 0x8000_0000 == 0 => Ok(u64::from(value)),
                _ => self.offset(position),
            })
            .collect();
        Ok(Listing { ids, offsets: offsets?, crcs: Some(crcs) })
    }

    pub(super) fn with_prefix(&self, prefix: &Prefix, most: usize) -> Result<Vec<ObjectId>, Flaw> {
        self.table.with_prefix(&self.source, prefix, most)
    }
}
