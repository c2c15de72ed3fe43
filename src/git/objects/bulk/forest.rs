//! The entries of one pack as trees: each delta below the entry that it is made from.

use std::sync::Arc;

use rayon::prelude::*;

use crate::git::objects::error::Flaw;
use crate::git::objects::index::Listing;
use crate::git::objects::pack::{Head, HeadKind, Pack};
use crate::git::objects::source::Source;
use crate::git::objects::{HashKind, ObjectKind};

/// No row.
const NONE: u32 = u32::MAX;
/// Entries whose heads one task reads.
const CHUNK: usize = 4096;
/// Bytes that are read at once for the heads in them.
const WINDOW: usize = 16 * 1024;
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
    first_child: u32,
    next: u32,
    /// Its own or that of its root; nothing when it has no root.
    kind: Option<ObjectKind>,
    /// An earlier pack holds the object as well.
    pub(super) is_again: bool,
}

/// For one kind of object: how many wanted ones a row has below it, itself included.
pub(super) struct Weights(Vec<u32>);

enum Base {
    Root(ObjectKind),
    Row(u32),
    Unknown,
}

impl Forest {
    /// Reads the index and the head of each entry.
    pub(super) fn read(pack: &Arc<Pack>, hash: HashKind) -> Result<Self, Flaw> {
        let listing = pack.index().ok_or(Flaw::Bad("its pack has no usable index"))?.listing()?;
        let source = pack.source()?;
        let pack_end = source.len().saturating_sub(hash.id_len() as u64);
        let mut rows = rows(&listing, pack_end);
        let heads: Vec<Base> =
            rows.par_chunks(CHUNK).flat_map_iter(|chunk| bases(pack, source, hash, chunk, &rows)).collect();
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

    /// The rows that are made from `row`.
    pub(super) fn children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.row(row).map_or(NONE, |it| it.first_child);
        std::iter::successors(Some(first), |row| self.row(*row).map(|it| it.next)).take_while(|row| *row != NONE)
    }

    /// Rows whose root is unknown: their kind is unknown as well.
    pub(super) fn strays(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.kind.is_none())
    }

    /// Counts the wanted rows below each row: of this kind, and in no earlier pack.
    pub(super) fn weights(&self, kind: ObjectKind) -> Weights {
        let wanted = |row: &Row| u32::from(row.kind == Some(kind) && !row.is_again);
        let mut weights: Vec<u32> = self.rows.iter().map(wanted).collect();
        for row in self.order.iter().rev() {
            let below: u32 = self.children(*row).map(|child| weights.get(index(child)).copied().unwrap_or(0)).sum();
            if let Some(weight) = weights.get_mut(index(*row)) {
                *weight = weight.saturating_add(below);
            }
        }
        Weights(weights)
    }

    /// The roots that lead to something wanted, in the order of the pack.
    pub(super) fn roots(&self, weights: &Weights) -> Vec<u32> {
        let roots = self.order.get(..self.roots).unwrap_or_default();
        roots.iter().copied().filter(|root| weights.of(*root) > 0).collect()
    }
}

impl Weights {
    pub(super) fn of(&self, row: u32) -> u32 {
        self.0.get(index(row)).copied().unwrap_or(0)
    }
}

fn index(row: u32) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
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
        rows.push(Row { offset, end, name, first_child: NONE, next: NONE, kind: None, is_again: false });
    }
    rows.reverse();
    rows
}

/// What each entry of a run is made from.
fn bases(pack: &Pack, source: &Source, hash: HashKind, run: &[Row], rows: &[Row]) -> Vec<Base> {
    let mut window = vec![0; WINDOW];
    let (mut start, mut filled) = (0_u64, 0_usize);
    let at_offset = |offset: u64| match rows.binary_search_by_key(&offset, |row| row.offset) {
        Ok(found) => u32::try_from(found).map_or(Base::Unknown, Base::Row),
        Err(_) => Base::Unknown,
    };
    let mut one = |row: &Row| {
        let end = row.end.min(row.offset.saturating_add(LONGEST_HEAD as u64));
        if row.offset < start || end > start.saturating_add(filled as u64) {
            start = row.offset;
            filled = source.read_at(start, &mut window)?;
        }
        let skip = usize::try_from(row.offset - start).unwrap_or(usize::MAX);
        let mut rest = window.get(skip..filled).unwrap_or_default().iter();
        let head = Head::read(row.offset, hash, || rest.next().copied().ok_or(Flaw::Bad("the file ends early")))?;
        Ok::<Base, Flaw>(match head.kind {
            HeadKind::Whole(kind) => Base::Root(kind),
            HeadKind::Earlier(offset) => at_offset(offset),
            HeadKind::Named(base) => at_offset(pack.named(&base)?),
        })
    };
    run.iter().map(|row| one(row).unwrap_or(Base::Unknown)).collect()
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
                    row.next = next;
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
