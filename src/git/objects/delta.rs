//! Deltas of packs: a recipe that makes an object out of another one.

use super::error::Flaw;

const ENDS_EARLY: Flaw = Flaw::Bad("a delta ends early");

/// Reads the two sizes at the start of a delta: of its base and of its result.
pub(super) fn sizes(delta: &[u8]) -> Result<(u64, u64, &[u8]), Flaw> {
    let (base, rest) = size(delta)?;
    let (result, rest) = size(rest)?;
    Ok((base, result, rest))
}

fn size(bytes: &[u8]) -> Result<(u64, &[u8]), Flaw> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate() {
        let shift = u32::try_from(index).unwrap_or(u32::MAX).saturating_mul(7);
        let part = u64::from(byte & 0x7F);
        if shift > 56 {
            return Err(Flaw::Bad("a delta has an absurd size"));
        }
        value |= part << shift;
        if byte & 0x80 == 0 {
            return Ok((value, bytes.get(index.saturating_add(1)..).unwrap_or_default()));
        }
    }
    Err(ENDS_EARLY)
}

/// Makes the object that `delta` describes, in place of what `out` held. Never writes more than the
/// size that the delta promises.
pub(super) fn apply(base: &[u8], delta: &[u8], limit: u64, out: &mut Vec<u8>) -> Result<(), Flaw> {
    apply_told(base, delta, limit, out, |_| ())
}

/// Bytes that a delta takes from its base.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Copied {
    /// Where they stand in the base.
    pub(super) from: usize,
    /// Where they stand in the result.
    pub(super) to: usize,
    /// How many they are.
    pub(super) len: usize,
}

/// Like [`apply`], and tells of each copy, in the order of the result.
pub(super) fn apply_told(
    base: &[u8],
    delta: &[u8],
    limit: u64,
    out: &mut Vec<u8>,
    mut told: impl FnMut(Copied),
) -> Result<(), Flaw> {
    let (base_size, size, mut rest) = sizes(delta)?;
    if base_size != base.len() as u64 {
        return Err(Flaw::Bad("a delta was made for another base"));
    }
    if size > limit {
        return Err(Flaw::TooLarge { size, limit });
    }
    let size = usize::try_from(size).map_err(|_| Flaw::Bad("a delta has an absurd size"))?;
    // Each byte of a delta stands for at most 16 MiB of a copy, so that a short delta may rightly
    // promise much; memory is taken as the instructions ask for it.
    out.clear();
    out.reserve(size.min(base.len().saturating_add(delta.len())));
    while let Some((&op, after)) = rest.split_first() {
        rest = after;
        let piece = if op & 0x80 != 0 {
            let (from, count) = copy_range(op, &mut rest)?;
            let end = from.checked_add(count).ok_or(Flaw::Bad("a delta copies from beyond its base"))?;
            told(Copied { from, to: out.len(), len: count });
            base.get(from..end).ok_or(Flaw::Bad("a delta copies from beyond its base"))?
        } else if op == 0 {
            return Err(Flaw::Bad("a delta has an unknown instruction"));
        } else {
            let (piece, after) = rest.split_at_checked(usize::from(op)).ok_or(ENDS_EARLY)?;
            rest = after;
            piece
        };
        if piece.len() > size - out.len() {
            return Err(Flaw::Bad("a delta makes more bytes than it promises"));
        }
        out.extend_from_slice(piece);
    }
    if out.len() != size {
        return Err(Flaw::Bad("a delta makes fewer bytes than it promises"));
    }
    Ok(())
}

#[inline]
fn copy_range(op: u8, rest: &mut &[u8]) -> Result<(usize, usize), Flaw> {
    let used = usize::try_from((op & 0x7F).count_ones()).unwrap_or(usize::MAX);
    let (bytes, after) = rest.split_at_checked(used).ok_or(ENDS_EARLY)?;
    // Seven bytes at once where there are as many; those of the next instruction do not count.
    let mut word = match rest.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    *rest = after;
    let mut value = 0_u64;
    for bit in 0..7 {
        if op & (1 << bit) != 0 {
            value |= (word & 0xFF) << (8 * bit);
            word >>= 8;
        }
    }
    let from = usize::try_from(value & 0xFFFF_FFFF).unwrap_or(usize::MAX);
    let count = usize::try_from(value >> 32).unwrap_or(usize::MAX);
    Ok((from, if count == 0 { 0x1_0000 } else { count }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn made(base: &[u8], delta: &[u8], limit: u64) -> Result<Vec<u8>, Flaw> {
        let mut out = b"what was there before".to_vec();
        apply(base, delta, limit, &mut out).map(|()| out)
    }

    #[test]
    fn copies_and_inserts_make_the_result() {
        let delta = [5, 6, 0x91, 1, 3, 3, b'x', b'y', b'z'];
        assert_eq!(made(b"abcde", &delta, 100).ok(), Some(b"bcdxyz".to_vec()));
    }

    #[test]
    fn a_copy_without_a_size_copies_64_kib() {
        let base = vec![1; 0x1_0000];
        let delta = [0x80, 0x80, 4, 0x80, 0x80, 4, 0x80];
        assert_eq!(made(&base, &delta, 1 << 20).ok(), Some(base));
    }

    #[test]
    fn whatever_breaks_the_bounds_is_refused() {
        let broken: [&[u8]; 9] = [
            b"",
            &[5],
            &[5, 0x80],
            &[4, 1, 1, b'x'],
            &[5, 6, 0x91, 3, 3],
            &[5, 1, 2, b'x', b'y'],
            &[5, 3, 2, b'x', b'y'],
            &[5, 1, 0],
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1],
        ];
        for delta in broken {
            assert!(made(b"abcde", delta, 100).is_err(), "{delta:?}");
        }
        assert!(matches!(made(b"abcde", &[5, 101, 0x90, 5], 100), Err(Flaw::TooLarge { size: 101, limit: 100 })));
    }

    proptest! {
        #[test]
        fn no_delta_breaks_out(base in proptest::collection::vec(any::<u8>(), 0..64), mut delta in proptest::collection::vec(any::<u8>(), 0..64), honest: bool) {
            if honest && delta.len() > 2 {
                delta.splice(0..1, [u8::try_from(base.len()).unwrap_or(0)]);
            }
            if let Ok(made) = made(&base, &delta, 4096) {
                prop_assert!(made.len() <= 4096);
            }
        }
    }
}
