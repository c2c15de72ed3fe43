//! The entries of one pack as trees: each delta below the entry that it is made from.

use std::sync::Arc;

use rayon::prelude::*;

use crate::git::objects::error::Flaw;
use crate::git::objects::index::Listing;
use crate::git::objects::pack::{Head, HeadKind, Pack};
use crate::git::objects::source::Source;
use crate::git::objects::{HashKind, ObjectKind};

use super::index;

/// No row.
const NONE: u32 = u32::MAX;
/// Entries that one task looks at.
const CHUNK: usize = 4096;
/// Bytes that are read at once.
const WINDOW: usize = 256 * 1024;
/// The longest head: a size of nine bytes and a name of 32.
const LONGEST_HEAD: usize = 48;

/// One pack, laid out for reading in the order of its deltas.
pub(super) struct Forest {
    pub(super) pack: Arc<Pack>,
    pub(super) listing: Listing,
    /// By offset.
    rows: Vec<Row>,
    /// Each row after the one that it is made from; roots first.
    order: Vec<u32>,
    roots: usize,
}

/// An entry of the pack.
pub(super) struct Row {
    pub(super) offset: u64,
    /// Where the next entry begins.
    pub(super) end: u64,
    /// Its position among the names.
    pub(super) name: u32,
    /// The row that it is made from.
    base: u32,
    first_child: u32,
    next: u32,
    /// Its own or that of its root; nothing when it has no root.
    kind: Option<ObjectKind>,
    /// An earlier pack holds the object as well.
    pub(super) is_again: bool,
}

enum Base {
    Root(ObjectKind),
    Row(u32),
    Unknown,
}

impl Forest {
    /// Reads the index, and the pack once from end to end: each entry is checked against its CRC.
    pub(super) fn read(pack: &Arc<Pack>, hash: HashKind) -> Result<Self, Flaw> {
        let listing = pack.index().ok_or(Flaw::Bad("its pack has no usable index"))?.listing()?;
        let pack_end = pack.source()?.len().saturating_sub(hash.id_len() as u64);
        let mut rows = rows(&listing, pack_end);
        let heads: Vec<Base> =
            rows.par_chunks(CHUNK).flat_map_iter(|run| bases(pack, hash, &listing, (run, &rows))).collect();
        let order = connect(&mut rows, &heads);
        let roots = heads.iter().filter(|it| matches!(it, Base::Root(_))).count();
        Ok(Self { pack: Arc::clone(pack), listing, rows, order, roots })
    }

    pub(super) fn row(&self, row: u32) -> Option<&Row> {
        self.rows.get(index(row))
    }

    /// Names that another pack has before this one.
    pub(super) fn set_again(&mut self, is_again: impl Fn(u32) -> bool) {
        self.rows.iter_mut().for_each(|row| row.is_again = is_again(row.name));
    }

    /// Counts what is wanted at and below each row. All of it is of one kind.
    pub(super) fn weights(&self, is_wanted: impl Fn(&Row) -> bool) -> Weights {
        let mut weights: Vec<u32> = self.rows.iter().map(|row| u32::from(is_wanted(row))).collect();
        for number in self.order.iter().rev() {
            let weight = weights.get(index(*number)).copied().unwrap_or(0);
            let base = self.row(*number).map_or(NONE, |row| row.base);
            if let Some(base) = weights.get_mut(index(base)) {
                *base = base.saturating_add(weight);
            }
        }
        Weights(weights)
    }

    /// The rows that are made from `row`.
    pub(super) fn children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.row(row).map_or(NONE, |it| it.first_child);
        std::iter::successors(Some(first), |row| self.row(*row).map(|it| it.next)).take_while(|row| *row != NONE)
    }

    /// Rows whose root is unknown: their kind is unknown as well.
    pub(super) fn strays(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.kind.is_none())
    }

    /// The roots of this kind that lead to something wanted, in the order of the pack.
    pub(super) fn roots(&self, kind: ObjectKind, weights: &Weights) -> Vec<u32> {
        let roots = self.order.get(..self.roots).unwrap_or_default();
        let is_wanted = |root: &u32| self.row(*root).is_some_and(|row| row.kind == Some(kind)) && weights.of(*root) > 0;
        roots.iter().copied().filter(is_wanted).collect()
    }
}

/// How many objects are wanted at and below each row of a forest.
pub(super) struct Weights(Vec<u32>);

impl Weights {
    pub(super) fn of(&self, row: u32) -> u32 {
        self.0.get(index(row)).copied().unwrap_or(0)
    }
}

/// The entries by offset, not yet connected.
fn rows(listing: &Listing, pack_end: u64) -> Vec<Row> {
    let mut sorted: Vec<(u64, u32)> = listing.offsets.iter().copied().zip(0..).collect();
    sorted.par_sort_unstable();
    let mut end = pack_end;
    let mut after = pack_end;
    let mut rows: Vec<Row> = Vec::with_capacity(sorted.len());
    for (offset, name) in sorted.into_iter().rev() {
        // A lying index may give one offset to several names.
        if offset != after {
            (end, after) = (after, offset);
        }
        rows.push(Row { offset, end, name, base: NONE, first_child: NONE, next: NONE, kind: None, is_again: false });
    }
    rows.reverse();
    rows
}

/// What each entry of a run is made from. Whatever differs from what the index was made for counts as unknown: its kind
/// could be wrong as well.
fn bases(pack: &Pack, hash: HashKind, listing: &Listing, (run, rows): (&[Row], &[Row])) -> Vec<Base> {
    let Ok(source) = pack.source() else { return run.iter().map(|_| Base::Unknown).collect() };
    let mut window = Window { source, bytes: vec![0; WINDOW], start: 0, filled: 0 };
    let at_offset = |offset: u64| match rows.binary_search_by_key(&offset, |row| row.offset) {
        Ok(found) => u32::try_from(found).map_or(Base::Unknown, Base::Row),
        Err(_) => Base::Unknown,
    };
    let mut before = None;
    let mut one = |row: &Row| {
        // Two names for one place: one of them is wrong. Reading it for each would never end.
        if before.replace(row.offset) == Some(row.offset) {
            return Ok(Base::Unknown);
        }
        let (head, crc) = window.entry(row)?;
        if listing.crcs.as_ref().and_then(|crcs| crcs.get(index(row.name))) != Some(&crc) {
            return Ok(Base::Unknown);
        }
        let mut rest = head.iter();
        let head = Head::read(row.offset, hash, || rest.next().copied().ok_or(Flaw::Bad("the file ends early")))?;
        Ok::<Base, Flaw>(match head.kind {
            HeadKind::Whole(kind) => Base::Root(kind),
            HeadKind::Earlier(offset) => at_offset(offset),
            HeadKind::Named(base) => at_offset(pack.named(&base)?),
        })
    };
    run.iter().map(|row| one(row).unwrap_or(Base::Unknown)).collect()
}

/// A part of the pack in memory.
struct Window<'a> {
    source: &'a Source,
    bytes: Vec<u8>,
    start: u64,
    filled: usize,
}

impl Window<'_> {
    /// The first bytes of an entry, enough for its head, and the CRC of all of it.
    fn entry(&mut self, row: &Row) -> Result<([u8; LONGEST_HEAD], u32), Flaw> {
        let length = row.end.saturating_sub(row.offset);
        let wanted = length.min(LONGEST_HEAD as u64);
        if row.offset < self.start || row.offset + wanted > self.start + self.filled as u64 {
            self.fill(row.offset)?;
        }
        let mut head = [0; LONGEST_HEAD];
        let mut crc = libdeflater::Crc::new();
        let mut at = row.offset;
        while at < row.end {
            let skip = usize::try_from(at.saturating_sub(self.start)).unwrap_or(usize::MAX);
            let most = usize::try_from(row.end - at).unwrap_or(usize::MAX);
            let part = self.bytes.get(skip..self.filled).unwrap_or_default();
            let part = part.get(..most.min(part.len())).unwrap_or_default();
            if part.is_empty() {
                self.fill(at)?;
                continue;
            }
            if at == row.offset {
                head.iter_mut().zip(part).for_each(|(to, from)| *to = *from);
            }
            crc.update(part);
            at = at.saturating_add(part.len() as u64);
        }
        Ok((head, crc.sum()))
    }

    fn fill(&mut self, at: u64) -> Result<(), Flaw> {
        self.start = at;
        self.filled = self.source.read_at(at, &mut self.bytes)?;
        if self.filled == 0 { Err(Flaw::Bad("the file ends early")) } else { Ok(()) }
    }
}

/// Hangs each row below its base and gives it the kind of its root. Rows that lead to no root, or in a circle, stay
/// without a kind and out of the order that is returned.
fn connect(rows: &mut [Row], bases: &[Base]) -> Vec<u32> {
    let mut order = Vec::with_capacity(rows.len());
    // Backwards, so that children stand in the order of the pack.
    for (number, base) in bases.iter().enumerate().rev() {
        let Ok(number) = u32::try_from(number) else { continue };
        match base {
            Base::Root(kind) => {
                order.push(number);
                if let Some(row) = rows.get_mut(index(number)) {
                    row.kind = Some(*kind);
                }
            }
            Base::Row(base) => {
                let Some(next) = rows.get_mut(index(*base)).map(|it| std::mem::replace(&mut it.first_child, number))
                else {
                    continue;
                };
                if let Some(row) = rows.get_mut(index(number)) {
                    (row.base, row.next) = (*base, next);
                }
            }
            Base::Unknown => {}
        }
    }
    order.reverse();
    let mut done = 0;
    while let Some(row) = order.get(done).and_then(|row| rows.get(index(*row))) {
        let kind = row.kind;
        let mut child = row.first_child;
        while let Some(row) = rows.get_mut(index(child)) {
            row.kind = kind;
            order.push(child);
            child = row.next;
        }
        done += 1;
    }
    order
}
