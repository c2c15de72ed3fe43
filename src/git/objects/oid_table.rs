//! A sorted table of object names with a fan-out in front: in pack indexes and in the commit-graph.
//!
//! Object names are evenly spread, so a name is looked for where it should be; one read nearly
//! always finds it, however large the table is, and the table itself is never read as a whole.

use std::cmp::Ordering;

use crate::model::ObjectId;

use super::error::Flaw;
use super::source::Source;

/// Where the names stand in the file.
pub(super) struct OidTable {
    /// `fanout[n]`: how many names start with a byte of at most `n`.
    fanout: Vec<u32>,
    start: u64,
    stride: usize,
    skip: usize,
    id_len: usize,
}

/// Names that one read fetches: about 4 KiB.
const WINDOW: u32 = 192;

impl OidTable {
    /// Reads the fan-out of 256 counts at `fanout`; the names follow at `start`, one each `stride`
    /// bytes, after `skip` bytes of something else.
    pub(super) fn read(source: &Source, fanout: u64, start: u64, layout: Layout) -> Result<Self, Flaw> {
        let raw: [u8; 1024] = source.read_array(fanout)?;
        let fanout: Vec<u32> = raw.chunks_exact(4).map(big_endian).collect();
        if !fanout.is_sorted() {
            return Err(Flaw::Bad("the fan-out of a table of names is not ascending"));
        }
        let table = Self { fanout, start, stride: layout.stride, skip: layout.skip, id_len: layout.id_len };
        let size = u64::from(table.len()).saturating_mul(layout.stride as u64);
        if start.saturating_add(size) > source.len() {
            return Err(Flaw::Bad("a table of names ends early"));
        }
        Ok(table)
    }

    pub(super) fn len(&self) -> u32 {
        self.fanout.last().copied().unwrap_or(0)
    }

    /// The positions that names with this first byte have.
    fn bucket(&self, first: u8) -> (u32, u32) {
        let at = |index: usize| self.fanout.get(index).copied().unwrap_or(0);
        let low = usize::from(first).checked_sub(1).map_or(0, at);
        (low, at(usize::from(first)))
    }

    /// The position of a name.
    pub(super) fn find(&self, source: &Source, id: &[u8]) -> Result<Option<u32>, Flaw> {
        let Some(&first) = id.first().filter(|_| id.len() == self.id_len) else { return Ok(None) };
        let (mut low, mut high) = self.bucket(first);
        let mut buffer = Vec::new();
        // The first guess is by interpolation, each further one halves what is left.
        let mut guess = low.saturating_add(scale(second_to_fifth(id), high - low));
        while low < high {
            let from = guess.saturating_sub(WINDOW / 2).clamp(low, high - 1);
            let to = from.saturating_add(WINDOW).min(high);
            self.read_rows(source, from, to, &mut buffer)?;
            match self.search(&buffer, id) {
                Search::Found(row) => return Ok(Some(from.saturating_add(row))),
                Search::Between => return Ok(None),
                Search::Before => high = from,
                Search::After => low = to,
            }
            guess = low.saturating_add((high.saturating_sub(low)) / 2);
        }
        Ok(None)
    }

    /// Up to `most` names that start with `prefix`; a last half byte counts when `odd` is set.
    pub(super) fn with_prefix(&self, source: &Source, prefix: &Prefix, most: usize) -> Result<Vec<ObjectId>, Flaw> {
        let (mut low, mut high) = self.bucket(prefix.first());
        let end = high;
        while low < high {
            let middle = low.saturating_add((high - low) / 2);
            if prefix.compare(self.id(source, middle)?.as_bytes()) == Ordering::Less {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        let mut found = Vec::new();
        for position in low..end {
            let id = self.id(source, position)?;
            if found.len() >= most || prefix.compare(id.as_bytes()) != Ordering::Equal {
                break;
            }
            found.push(id);
        }
        Ok(found)
    }

    /// The name at a position.
    pub(super) fn id(&self, source: &Source, position: u32) -> Result<ObjectId, Flaw> {
        if position >= self.len() {
            return Err(Flaw::Bad("a position lies beyond the table of names"));
        }
        let mut row = [0; 32];
        let raw = row.get_mut(..self.id_len).ok_or(Flaw::Bad("a name has an unknown length"))?;
        source.read_exact_at(self.row(position).saturating_add(self.skip as u64), raw)?;
        ObjectId::from_bytes(raw).ok_or(Flaw::Bad("a name has an unknown length"))
    }

    /// All names, in order.
    pub(super) fn all(&self, source: &Source) -> Result<Names, Flaw> {
        let mut rows = Vec::new();
        self.read_rows(source, 0, self.len(), &mut rows)?;
        if self.stride != self.id_len {
            let ids = rows.chunks_exact(self.stride).map(|row| row.get(self.skip..).unwrap_or_default());
            rows = ids.flat_map(|id| id.get(..self.id_len).unwrap_or_default().to_vec()).collect();
        }
        Ok(Names::new(rows, self.id_len))
    }

    /// Offset of a row in the file.
    pub(super) fn row(&self, position: u32) -> u64 {
        self.start.saturating_add(u64::from(position).saturating_mul(self.stride as u64))
    }

    fn read_rows(&self, source: &Source, from: u32, to: u32, buffer: &mut Vec<u8>) -> Result<(), Flaw> {
        let rows = usize::try_from(to - from).unwrap_or(0);
        buffer.resize(rows.saturating_mul(self.stride), 0);
        Ok(source.read_exact_at(self.row(from), buffer)?)
    }

    fn search(&self, rows: &[u8], id: &[u8]) -> Search {
        let (mut low, mut high) = (0, rows.len() / self.stride);
        let count = high;
        while low < high {
            let middle = usize::midpoint(low, high);
            let start = middle.saturating_mul(self.stride).saturating_add(self.skip);
            let row = rows.get(start..start.saturating_add(self.id_len)).unwrap_or_default();
            match id.cmp(row) {
                Ordering::Equal => return Search::Found(u32::try_from(middle).unwrap_or(0)),
                Ordering::Less => high = middle,
                Ordering::Greater => low = middle.saturating_add(1),
            }
        }
        match low {
            0 => Search::Before,
            low if low == count => Search::After,
            _ => Search::Between,
        }
    }
}

/// A whole table in memory.
pub(super) struct Names {
    raw: Vec<u8>,
    id_len: usize,
    /// `starts[n]`: where the names begin whose first bits are at least `n`. Names are evenly spread, so that hardly
    /// any two share these bits.
    starts: Vec<u32>,
    /// How many bits these are.
    bits: u32,
}

impl Names {
    fn new(raw: Vec<u8>, id_len: usize) -> Self {
        let count = u32::try_from(raw.len() / id_len).unwrap_or(u32::MAX);
        let bits = count.checked_ilog2().map_or(1, |bits| (bits + 2).min(24));
        let mut names = Self { raw, id_len, starts: vec![0; 1 << bits], bits };
        let (mut starts, mut done) = (std::mem::take(&mut names.starts), 0);
        for position in 0..count {
            let prefix = names.prefix(names.raw(position));
            // A table that is not in order does not become larger by it.
            if let Some(passed) = starts.get_mut(done..=prefix) {
                passed.fill(position);
                done = prefix + 1;
            }
        }
        starts.get_mut(done..).unwrap_or_default().fill(count);
        starts.push(count);
        names.starts = starts;
        names
    }

    fn prefix(&self, id: &[u8]) -> usize {
        usize::try_from(big_endian(id) >> (32 - self.bits)).unwrap_or(usize::MAX)
    }

    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.raw.len() / self.id_len).unwrap_or(u32::MAX)
    }

    /// The raw name at a position; nothing beyond the end.
    pub(super) fn raw(&self, position: u32) -> &[u8] {
        let start = usize::try_from(position).unwrap_or(usize::MAX).saturating_mul(self.id_len);
        self.raw.get(start..start.saturating_add(self.id_len)).unwrap_or_default()
    }

    pub(super) fn id(&self, position: u32) -> ObjectId {
        ObjectId::from_bytes(self.raw(position)).unwrap_or_default()
    }

    /// The position of a raw name.
    pub(super) fn find(&self, id: &[u8]) -> Option<u32> {
        let prefix = self.prefix(id);
        let (mut low, mut high) = (*self.starts.get(prefix)?, *self.starts.get(prefix + 1)?);
        while low < high {
            let middle = low + (high - low) / 2;
            match id.cmp(self.raw(middle)) {
                Ordering::Equal => return Some(middle),
                Ordering::Less => high = middle,
                Ordering::Greater => low = middle.saturating_add(1),
            }
        }
        None
    }
}

/// How a row of the table is laid out, in bytes.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) stride: usize,
    pub(super) skip: usize,
    pub(super) id_len: usize,
}

enum Search {
    Found(u32),
    Before,
    Between,
    After,
}

/// The start of an object name, in half bytes.
#[derive(Clone, Debug)]
pub(super) struct Prefix {
    bytes: Vec<u8>,
    odd: bool,
}

impl Prefix {
    /// Parses at least four hexadecimal digits; `None` for anything else.
    pub(super) fn parse(hex: &str) -> Option<Self> {
        let digits: Vec<u8> =
            hex.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect::<Option<_>>()?;
        let fits = (4..=64).contains(&digits.len());
        let bytes = digits.chunks(2).map(|pair| match pair {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        });
        fits.then(|| Self { bytes: bytes.collect(), odd: digits.len() % 2 == 1 })
    }

    pub(super) fn first(&self) -> u8 {
        self.bytes.first().copied().unwrap_or(0)
    }

    /// How the start of `id` compares to this prefix.
    pub(super) fn compare(&self, id: &[u8]) -> Ordering {
        let whole = self.bytes.len() - usize::from(self.odd);
        let start = id.get(..whole.min(id.len())).unwrap_or_default();
        let order = start.cmp(self.bytes.get(..whole).unwrap_or_default());
        match (order, self.odd, id.get(whole), self.bytes.last()) {
            (Ordering::Equal, true, Some(byte), Some(last)) => (byte & 0xF0).cmp(last),
            (order, ..) => order,
        }
    }
}

pub(super) fn big_endian(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |value, byte| value << 8 | u32::from(*byte))
}

fn second_to_fifth(id: &[u8]) -> u32 {
    big_endian(id.get(1..5).unwrap_or_default())
}

/// `count` scaled by `fraction` of 2³².
fn scale(fraction: u32, count: u32) -> u32 {
    u32::try_from((u64::from(fraction) * u64::from(count)) >> 32).unwrap_or(0)
}
