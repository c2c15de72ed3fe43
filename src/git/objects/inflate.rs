//! Inflating with a bound on the output: a stream holds exactly as many bytes as its header says.

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};
use libdeflater::Decompressor;

use super::error::Flaw;
use super::source::Source;

/// Deflate expands at most 1032 times; a header that promises more lies.
pub(super) const MAX_RATIO: u64 = 1032;

/// Streams of up to this many bytes are inflated in one call.
const AT_ONCE: usize = 16 * 1024 * 1024;

thread_local! {
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(true));
    static AT_ONCE_INFLATER: RefCell<Decompressor> = RefCell::new(Decompressor::new());
}

/// Compressed bytes, read piece by piece.
pub(super) struct Input<'a> {
    source: &'a Source,
    /// Offset of the first byte that is not in the buffer.
    next: u64,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

const FIRST_PIECE: usize = 4 * 1024;
const LATER_PIECE: usize = 64 * 1024;

impl<'a> Input<'a> {
    pub(super) fn new(source: &'a Source, offset: u64) -> Self {
        Self { source, next: offset, buffer: vec![0; FIRST_PIECE], start: 0, end: 0 }
    }

    /// The bytes at hand, at least one unless the source has ended.
    pub(super) fn window(&mut self) -> Result<&[u8], Flaw> {
        if self.start == self.end {
            if self.end != 0 && self.buffer.len() < LATER_PIECE {
                self.buffer.resize(LATER_PIECE, 0);
            }
            self.end = self.source.read_at(self.next, &mut self.buffer)?;
            self.start = 0;
            self.next = self.next.saturating_add(self.end as u64);
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    /// The next `count` bytes, or fewer where the source ends.
    fn ahead(&mut self, count: usize) -> Result<&[u8], Flaw> {
        if self.end - self.start < count {
            let mut buffer = vec![0; count];
            let held = self.buffer.get(self.start..self.end).unwrap_or_default();
            let mut filled = held.len();
            if let Some(room) = buffer.get_mut(..filled) {
                room.copy_from_slice(held);
            }
            while let Some(room) = buffer.get_mut(filled..).filter(|it| !it.is_empty()) {
                let read = self.source.read_at(self.next, room)?;
                if read == 0 {
                    break;
                }
                filled = filled.saturating_add(read);
                self.next = self.next.saturating_add(read as u64);
            }
            (self.buffer, self.start, self.end) = (buffer, 0, filled);
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = self.start.saturating_add(count).min(self.end);
    }

    pub(super) fn byte(&mut self) -> Result<u8, Flaw> {
        let byte = *self.window()?.first().ok_or(Flaw::Bad("the file ends early"))?;
        self.consume(1);
        Ok(byte)
    }

    /// Bytes that are still to be read, at hand or not.
    fn remaining(&self) -> u64 {
        self.source.len().saturating_sub(self.next).saturating_add((self.end - self.start) as u64)
    }
}

/// Where an inflated stream ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ended {
    /// The stream is over and its checksum is right.
    Complete,
    /// The output is full; the stream may go on.
    Full,
}

/// Inflates a stream of exactly `size` bytes.
pub(super) fn exactly(input: &mut Input<'_>, size: u64, limit: u64) -> Result<Vec<u8>, Flaw> {
    if size > limit {
        return Err(Flaw::TooLarge { size, limit });
    }
    if size / MAX_RATIO > input.remaining() {
        return Err(Flaw::Bad("its size is larger than its compressed data can hold"));
    }
    let size = usize::try_from(size).map_err(|_| Flaw::Bad("its size is beyond this machine"))?;
    if let Some(out) = at_once(input, size)? {
        return Ok(out);
    }
    // One byte more than promised: it makes room for the end of the stream and betrays a longer one.
    let mut out = vec![0; size.saturating_add(1)];
    match up_to(input, &mut out)? {
        (count, Ended::Complete) if count == size => {
            out.truncate(size);
            Ok(out)
        }
        (_, Ended::Complete) => Err(Flaw::Bad("it inflates to fewer bytes than its header says")),
        (_, Ended::Full) => Err(Flaw::Bad("it inflates to more bytes than its header says")),
    }
}

/// Inflates a stream of exactly `size` bytes in one call, which takes half the time; nothing when it is large or has any
/// flaw, which the reader of pieces then names.
fn at_once(input: &mut Input<'_>, size: usize) -> Result<Option<Vec<u8>>, Flaw> {
    if size > AT_ONCE {
        return Ok(None);
    }
    // Deflate makes what it cannot shrink longer by five bytes in a block and a few around them all.
    let packed = input.ahead(size.saturating_add(size / 1024).saturating_add(64))?;
    let mut out = vec![0; size];
    let made = AT_ONCE_INFLATER.with_borrow_mut(|inflater| inflater.zlib_decompress(packed, &mut out));
    Ok(matches!(made, Ok(count) if count == size).then_some(out))
}

/// Inflates from the start of a stream until it ends or `out` is full.
pub(super) fn up_to(input: &mut Input<'_>, out: &mut [u8]) -> Result<(usize, Ended), Flaw> {
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(true);
        run(inflater, input, out, 0)
    })
}

/// Bytes of a piece.
const PIECE: usize = 256 * 1024;

/// Gives what a stream holds piece by piece: `skip` bytes that are passed over, then exactly `size`.
pub(super) fn pieces(
    input: &mut Input<'_>,
    size: u64,
    mut skip: usize,
    each: &mut dyn FnMut(&[u8]),
) -> Result<(), Flaw> {
    let mut inflater = Decompress::new(true);
    let mut out = vec![0; PIECE];
    let mut left = size;
    loop {
        let (count, ended) = run(&mut inflater, input, &mut out, 0)?;
        let piece = out.get(skip.min(count)..count).unwrap_or_default();
        skip = skip.saturating_sub(count);
        left =
            left.checked_sub(piece.len() as u64).ok_or(Flaw::Bad("it inflates to more bytes than its header says"))?;
        each(piece);
        match ended {
            Ended::Full => {}
            Ended::Complete if left == 0 => return Ok(()),
            Ended::Complete => return Err(Flaw::Bad("it inflates to fewer bytes than its header says")),
        }
    }
}

/// Inflates one stream in two steps: `head` bytes at most to learn the size, then the rest.
///
/// `plan` looks at the head and says how many bytes the whole stream holds.
pub(super) fn planned(
    input: &mut Input<'_>,
    head: usize,
    limit: u64,
    plan: impl FnOnce(&[u8]) -> Result<u64, Flaw>,
) -> Result<Vec<u8>, Flaw> {
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(true);
        let available = input.remaining();
        let mut out = vec![0; head];
        let (count, ended) = run(inflater, input, &mut out, 0)?;
        let size = plan(out.get(..count).unwrap_or_default())?;
        if size > limit {
            return Err(Flaw::TooLarge { size, limit });
        }
        if size / MAX_RATIO > available {
            return Err(Flaw::Bad("its size is larger than its compressed data can hold"));
        }
        let size = usize::try_from(size).map_err(|_| Flaw::Bad("its size is beyond this machine"))?;
        if ended == Ended::Full && size >= count {
            out.resize(size.saturating_add(1), 0);
            let (total, ended) = run(inflater, input, &mut out, count)?;
            if total != size || ended != Ended::Complete {
                return Err(Flaw::Bad("it does not inflate to the size that its header says"));
            }
        } else if count != size || ended != Ended::Complete {
            return Err(Flaw::Bad("it does not inflate to the size that its header says"));
        }
        out.truncate(size);
        Ok(out)
    })
}

fn run(
    inflater: &mut Decompress,
    input: &mut Input<'_>,
    out: &mut [u8],
    mut filled: usize,
) -> Result<(usize, Ended), Flaw> {
    loop {
        let free = out.get_mut(filled..).unwrap_or_default();
        if free.is_empty() {
            return Ok((filled, Ended::Full));
        }
        let window = input.window()?;
        let at_end = window.is_empty();
        let (read_before, written_before) = (inflater.total_in(), inflater.total_out());
        let status = inflater
            .decompress(window, free, FlushDecompress::None)
            .map_err(|_| Flaw::Bad("its compressed data is damaged"))?;
        let read = usize::try_from(inflater.total_in() - read_before).unwrap_or(0);
        let written = usize::try_from(inflater.total_out() - written_before).unwrap_or(0);
        input.consume(read);
        filled = filled.saturating_add(written);
        match status {
            Status::StreamEnd => return Ok((filled, Ended::Complete)),
            Status::Ok | Status::BufError if at_end && written == 0 => {
                return Err(Flaw::Bad("its compressed data ends early"));
            }
            Status::Ok | Status::BufError if read == 0 && written == 0 => {
                return Err(Flaw::Bad("its compressed data does not go on"));
            }
            Status::Ok | Status::BufError => {}
        }
    }
}
