//! Finds every place of many literals in one pass over a text.
//!
//! Each literal is looked for by its rarest three bytes. Three bytes are folded into 15 bits (letters without their
//! case, all digits as one), so that one table of 4 KiB tells for nearly every place that nothing starts there. There
//! is nothing to compile: the tables of several hundred literals are made in microseconds.

/// One literal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Literal<'a> {
    /// At least three bytes.
    pub(super) bytes: &'a [u8],
    /// Whether the case of letters does not matter.
    pub(super) any_case: bool,
}

/// The literals, ready to be searched.
pub(super) struct Prefilter {
    literals: Vec<Entry>,
    /// Whether some literal has these three bytes as its rarest.
    bitmap: Vec<u64>,
    /// For each three bytes, where their literals begin in `order`.
    starts: Vec<u32>,
    order: Vec<u32>,
}

struct Entry {
    bytes: Vec<u8>,
    any_case: bool,
    /// How many bytes of the literal stand before and in its rarest three.
    through: usize,
}

/// Bits of a folded byte.
const BITS: u32 = 5;
/// Ways to fold three bytes.
const KEYS: usize = 1 << (3 * BITS);
const MASK: usize = KEYS - 1;

impl Prefilter {
    /// Prepares the literals; those of less than three bytes are never found.
    pub(super) fn new<'a>(literals: impl IntoIterator<Item = Literal<'a>>) -> Self {
        let literals: Vec<Entry> = literals
            .into_iter()
            .map(|it| Entry { through: rarest(it.bytes) + 3, bytes: it.bytes.to_vec(), any_case: it.any_case })
            .collect();
        let keys: Vec<Option<usize>> = literals.iter().map(Entry::key).collect();
        let mut bitmap = vec![0_u64; KEYS / 64];
        let mut starts = vec![0_u32; KEYS + 1];
        for key in keys.iter().flatten() {
            if let Some(word) = bitmap.get_mut(key / 64) {
                *word |= 1 << (key % 64);
            }
            if let Some(count) = starts.get_mut(key + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut order: Vec<u32> = (0..).take(literals.len()).collect();
        order.retain(|at| key_of(&keys, *at).is_some());
        order.sort_by_key(|at| key_of(&keys, *at));
        Self { literals, bitmap, starts, order }
    }

    /// Calls `found` with the number and the start of each literal in `text`, by the place of its rarest bytes.
    pub(super) fn search(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let mut key = 0_usize;
        let Ok(bitmap) = <&[u64; KEYS / 64]>::try_from(self.bitmap.as_slice()) else { return };
        for (at, byte) in text.iter().enumerate() {
            key = ((key << BITS) | usize::from(FOLDED[usize::from(*byte)])) & MASK;
            if bitmap[key / 64] & (1 << (key % 64)) != 0 {
                self.confirm(text, key, at + 1, &mut found);
            }
        }
    }

    #[cold]
    fn confirm(&self, text: &[u8], key: usize, through: usize, found: &mut impl FnMut(usize, usize)) {
        let range = |at: usize| self.starts.get(at).and_then(|it| usize::try_from(*it).ok());
        let (Some(first), Some(last)) = (range(key), range(key + 1)) else { return };
        for number in self.order.get(first..last).unwrap_or_default() {
            let Ok(number) = usize::try_from(*number) else { continue };
            let Some(entry) = self.literals.get(number) else { continue };
            let Some(start) = through.checked_sub(entry.through) else { continue };
            let Some(window) = text.get(start..start + entry.bytes.len()) else { continue };
            let same = if entry.any_case { window.eq_ignore_ascii_case(&entry.bytes) } else { window == entry.bytes };
            if same {
                found(number, start);
            }
        }
    }
}

fn key_of(keys: &[Option<usize>], at: u32) -> Option<usize> {
    keys.get(usize::try_from(at).ok()?).copied().flatten()
}

impl Entry {
    fn key(&self) -> Option<usize> {
        let rarest = self.bytes.get(self.through.checked_sub(3)?..self.through)?;
        Some(rarest.iter().fold(0, |key, byte| (key << BITS) | usize::from(FOLDED[usize::from(*byte)])) & MASK)
    }
}

/// Where the three bytes of a literal begin that are the rarest in source code.
fn rarest(bytes: &[u8]) -> usize {
    let cost =
        |three: &[u8]| three.iter().map(|it| u32::from(OFTEN[usize::from(FOLDED[usize::from(*it)])])).product::<u32>();
    let costs = bytes.windows(3).map(cost).enumerate();
    costs.min_by_key(|(at, cost)| (*cost, *at)).map_or(0, |(at, _)| at)
}

/// Bytes folded to five bits: letters without case, digits, `_`, `-`, other ASCII, the rest.
const FOLDED: [u8; 256] = {
    let mut table = [30; 256];
    let mut byte = 0;
    while byte < 256 {
        let at = byte as u8;
        if at.is_ascii_alphabetic() {
            table[byte] = at.to_ascii_lowercase() - b'a';
        } else if at.is_ascii_digit() {
            table[byte] = 26;
        } else if at == b'_' {
            table[byte] = 27;
        } else if at == b'-' {
            table[byte] = 28;
        } else if !at.is_ascii() {
            table[byte] = 31;
        } else if at == b' ' || at == b'\n' {
            table[byte] = 29;
        }
        byte += 1;
    }
    table
};

/// How often each folded byte stands in source code, per thousand; rough is enough.
const OFTEN: [u16; 32] = [
    50, 12, 30, 28, 80, 18, 14, 18, 50, 2, 6, 32, 22, 48, 50, 20, 2, 48, 46, 62, 22, 8, 8, 6, 10, 2, 40, 16, 12, 180,
    120, 4,
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(literals: &[(&str, bool)], text: &[u8]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        for (number, (literal, any_case)) in literals.iter().enumerate() {
            for (start, window) in text.windows(literal.len()).enumerate() {
                let same = window == literal.as_bytes() || *any_case && window.eq_ignore_ascii_case(literal.as_bytes());
                found.extend(same.then_some((number, start)));
            }
        }
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn it_finds_what_a_plain_search_finds(pieces in proptest::collection::vec("ghp_|GHP_|password|PassWord|AKIA|akia|://|[ -~]{0,6}|é", 0..30)) {
            let text = pieces.concat();
            let literals = [("ghp_", false), ("password", true), ("AKIA", false), ("://", false), ("pass", true)];
            let filter = Prefilter::new(literals.iter().map(|(it, any_case)| Literal { bytes: it.as_bytes(), any_case: *any_case }));
            let mut found = Vec::new();
            filter.search(text.as_bytes(), |number, start| found.push((number, start)));
            found.sort_unstable();
            prop_assert_eq!(found, naive(&literals, text.as_bytes()));
        }
    }
}
