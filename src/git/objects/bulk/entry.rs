//! One entry of a pack, read and inflated at once.

use libdeflater::{DecompressionError, Decompressor};

use crate::git::objects::error::Flaw;
use crate::git::objects::inflate::MAX_RATIO;
use crate::git::objects::pack::{Head, HeadKind};
use crate::git::objects::{HashKind, delta};

use super::forest::{Forest, Row};
use super::trace::Trace;

/// Makes objects out of entries; keeps its buffers from one to the next.
pub(super) struct Maker {
    hash: HashKind,
    limit: u64,
    inflater: Decompressor,
    raw: Vec<u8>,
    recipe: Vec<u8>,
}

impl Maker {
    pub(super) fn new(hash: HashKind, limit: u64) -> Self {
        Self { hash, limit, inflater: Decompressor::new(), raw: Vec::new(), recipe: Vec::new() }
    }

    /// Inflates an entry that holds its whole object.
    pub(super) fn whole(&mut self, forest: &Forest, row: &Row, out: &mut Vec<u8>) -> Result<(), Flaw> {
        let (head, start) = self.fetch(forest, row)?;
        match head.kind {
            HeadKind::Whole(_) => self.inflate(start, head.size, out),
            HeadKind::Earlier(_) | HeadKind::Named(_) => Err(Flaw::Bad("its pack changed while it was read")),
        }
    }

    /// Makes the object of a delta, and traces how.
    pub(super) fn delta(
        &mut self,
        (forest, row): (&Forest, &Row),
        base: &[u8],
        out: &mut Vec<u8>,
        trace: &mut Trace,
    ) -> Result<(), Flaw> {
        let (head, start) = self.fetch(forest, row)?;
        let mut recipe = std::mem::take(&mut self.recipe);
        trace.clear();
        let made = self.inflate(start, head.size, &mut recipe);
        let made = made.and_then(|()| delta::apply_told(base, &recipe, self.limit, out, |copied| trace.copy(copied)));
        self.recipe = recipe;
        made
    }

    /// Reads an entry and gives its head and where its compressed data begins.
    fn fetch(&mut self, forest: &Forest, row: &Row) -> Result<(Head, usize), Flaw> {
        let size = row.end.saturating_sub(row.offset);
        // What deflate cannot shrink it makes longer by a little.
        if size > self.limit.saturating_add(self.limit / 64).saturating_add(1024) {
            return Err(Flaw::TooLarge { size, limit: self.limit });
        }
        let size = usize::try_from(size).map_err(|_| Flaw::Bad("its size is beyond this machine"))?;
        self.raw.resize(size, 0);
        forest.pack.source()?.read_exact_at(row.offset, &mut self.raw)?;
        let mut rest = self.raw.iter();
        let head = Head::read(row.offset, self.hash, || rest.next().copied().ok_or(Flaw::Bad("its entry ends early")))?;
        let start = size.saturating_sub(rest.len());
        Ok((head, start))
    }

    fn inflate(&mut self, start: usize, size: u64, out: &mut Vec<u8>) -> Result<(), Flaw> {
        let raw = self.raw.get(start..).unwrap_or_default();
        if size > self.limit {
            return Err(Flaw::TooLarge { size, limit: self.limit });
        }
        if size / MAX_RATIO > raw.len() as u64 {
            return Err(Flaw::Bad("its size is larger than its compressed data can hold"));
        }
        let size = usize::try_from(size).map_err(|_| Flaw::Bad("its size is beyond this machine"))?;
        out.resize(size, 0);
        match self.inflater.zlib_decompress(raw, out) {
            Ok(count) if count == size => Ok(()),
            Ok(_) => Err(Flaw::Bad("it inflates to fewer bytes than its header says")),
            Err(DecompressionError::InsufficientSpace) => {
                Err(Flaw::Bad("it inflates to more bytes than its header says"))
            }
            Err(DecompressionError::BadData) => Err(Flaw::Bad("its compressed data is damaged")),
        }
    }
}
