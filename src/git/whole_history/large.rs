//! Blobs too large to be held: shown to a finder in windows that overlap.

use std::collections::BTreeSet;

use crate::git::objects::ObjectError;
use crate::model::{ObjectId, Piece, Seeker};

use super::WholeHistory;
use super::memory::Table;

/// Bytes that are shown at once, and by how many two windows overlap; multiples of the widest character.
const WINDOW: usize = 8 << 20;
const OVERLAP: usize = 128 << 10;

/// A blob on its way past a finder.
struct Windows<'a> {
    id: ObjectId,
    seeker: &'a Seeker<'a>,
    content: Vec<u8>,
    /// The byte order mark at its front, which each window gets.
    mark: Vec<u8>,
    is_first: bool,
    tags: BTreeSet<u64>,
}

impl WholeHistory {
    /// Shows the blobs that were too large, and gives what still could not be read.
    pub(super) fn look_at_large(
        &self,
        errors: Vec<ObjectError>,
        table: &mut Table,
        seeker: &Seeker<'_>,
    ) -> Vec<ObjectError> {
        let mut left = Vec::new();
        for error in errors {
            let ObjectError::TooLarge { id, .. } = error else {
                left.push(error);
                continue;
            };
            let (content, mark, tags) = (Vec::new(), Vec::new(), BTreeSet::new());
            let mut windows = Windows { id, seeker, content, mark, is_first: true, tags };
            let mut size = 0_u64;
            let streamed = self.objects.stream_blob(&id, &mut |piece| {
                size = size.saturating_add(piece.len() as u64);
                windows.feed(piece);
            });
            match streamed {
                Ok(()) => {
                    windows.look();
                    table.sizes.push((id, size));
                    table.marks.extend(windows.tags.into_iter().map(|tag| (tag, id)));
                }
                // What is no blob is no concern of this scan.
                Err(ObjectError::WrongKind { .. }) => {}
                Err(error) => left.push(error),
            }
        }
        left
    }
}

impl Windows<'_> {
    fn feed(&mut self, piece: &[u8]) {
        self.content.extend(piece);
        while self.content.len() >= self.mark.len().saturating_add(WINDOW).saturating_add(OVERLAP) {
            let rest = self.content.split_off(self.mark.len().saturating_add(WINDOW));
            self.look();
            let from = self.content.len().saturating_sub(OVERLAP);
            let overlap = self.content.split_off(from);
            self.content = [self.mark.as_slice(), &overlap, &rest].concat();
        }
    }

    fn look(&mut self) {
        if std::mem::replace(&mut self.is_first, false) {
            let mark = [&[0xFF, 0xFE, 0, 0][..], &[0, 0, 0xFE, 0xFF], &[0xFF, 0xFE], &[0xFE, 0xFF]]
                .into_iter()
                .find(|mark| self.content.starts_with(mark));
            self.mark = mark.unwrap_or_default().to_vec();
        }
        let whole = 0..self.content.len();
        let piece = Piece { id: self.id, content: &self.content, fresh: std::slice::from_ref(&whole) };
        self.tags.extend((self.seeker.find)(&piece).into_iter().map(|mark| mark.tag));
    }
}
