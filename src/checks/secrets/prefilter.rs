//! Finds every place of many literals in one pass over a text.
//!
//! Each literal is looked for by three of its bytes, the ones that are the rarest in source code. A table tells for any
//! three bytes whether some literal is looked for by them: the first two choose a row, the third one a bit of it. The
//! rows have seven bits for each of the two bytes and six for the third, so that few others share a bit. A pass
//! looks up each place of the text, eight of them for one branch, since hardly one place in a hundred is worth more.
//! There is nothing to compile: the tables of several hundred literals are made in microseconds.
//!
//! How often three bytes stand in source code is told by `often.txt`.

use std::sync::OnceLock;

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
    /// For each two bytes, a bit for each third one with which some literal is looked for.
    rows: Vec<u64>,
    /// The number of bits that are set in the rows before each row.
    ranks: Vec<u32>,
    /// For each bit that is set, in the order of the rows, where its literals begin in `order`; and the end of all.
    starts: Vec<u32>,
    order: Vec<u32>,
}

struct Entry {
    bytes: Vec<u8>,
    any_case: bool,
    /// How many bytes of the literal stand before its rarest three.
    before: usize,
    /// Its first eight bytes as one number, letters of any case as small ones.
    head: u64,
    /// The bits that make small letters of capitals where the case does not matter.
    small: u64,
    /// The bits that count: all of the bytes that it has.
    mask: u64,
}

/// Ways of the first two bytes.
const ROWS: usize = 1 << 14;
/// Places that are looked up for one branch.
const BLOCK: usize = 8;

impl Prefilter {
    /// Prepares the literals; those of less than three bytes are never found.
    pub(super) fn new<'a>(literals: impl IntoIterator<Item = Literal<'a>>) -> Self {
        let literals: Vec<Entry> = literals.into_iter().map(Entry::new).collect();
        let spelled = (0_u32..)
            .zip(&literals)
            .flat_map(|(number, literal)| literal.spellings().map(move |three| (row(three), bit(three), number)));
        // The literals of each bit, in the order of the rows.
        let mut bits: Vec<(usize, u32, u32)> = Vec::with_capacity(8 * literals.len());
        bits.extend(spelled);
        bits.sort_unstable();
        bits.dedup();
        let mut rows = vec![0_u64; ROWS];
        let (mut starts, mut order) = (vec![0], Vec::with_capacity(bits.len()));
        for of_bit in bits.chunk_by(|left, right| (left.0, left.1) == (right.0, right.1)) {
            if let Some((row, bit, _)) = of_bit.first()
                && let Some(row) = rows.get_mut(*row)
            {
                *row |= 1 << bit;
            }
            order.extend(of_bit.iter().map(|(_, _, number)| *number));
            starts.push(u32::try_from(order.len()).unwrap_or(u32::MAX));
        }
        let mut ranks = Vec::with_capacity(ROWS);
        let mut set = 0;
        for row in &rows {
            ranks.push(set);
            set += row.count_ones();
        }
        Self { literals, rows, ranks, starts, order }
    }

    /// Calls `found` with the number and the start of each literal in `text`, by the place of its rarest bytes.
    pub(super) fn search(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let Ok(rows) = <&[u64; ROWS]>::try_from(self.rows.as_slice()) else { return };
        let look = |three: [u8; 3]| rows[row(three)] >> bit(three);
        let mut rest = text;
        while let Some(block) = rest.first_chunk::<{ BLOCK + 2 }>() {
            let seen = |place: usize| look([block[place], block[place + 1], block[place + 2]]);
            if (0..BLOCK).fold(0, |any, place| any | seen(place)) & 1 != 0 {
                let start = text.len() - rest.len();
                let mut places = (0..BLOCK).fold(0, |places, place| places | (seen(place) & 1) << place);
                while places != 0 {
                    let place = usize::try_from(places.trailing_zeros()).unwrap_or_default();
                    self.confirm(text, start + place, &mut found);
                    places &= places - 1;
                }
            }
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        (text.len() - rest.len()..text.len()).for_each(|at| self.confirm(text, at, &mut found));
    }

    /// Calls `found` for each literal whose rarest bytes stand at a place, if the rest of it stands around them.
    fn confirm(&self, text: &[u8], at: usize, found: &mut impl FnMut(usize, usize)) {
        let Some(three) = text.get(at..).and_then(|it| it.first_chunk::<3>()) else { return };
        for number in self.looked_for(*three) {
            let Ok(number) = usize::try_from(*number) else { continue };
            let Some(entry) = self.literals.get(number) else { continue };
            if let Some(start) = at.checked_sub(entry.before)
                && entry.is_at(text, start)
            {
                found(number, start);
            }
        }
    }

    /// The literals that are looked for by three bytes, and by others that share their bit.
    fn looked_for(&self, three: [u8; 3]) -> &[u32] {
        let set = self.rows.get(row(three)).copied().unwrap_or_default();
        let mark = 1_u64 << bit(three);
        if set & mark == 0 {
            return &[];
        }
        let rank = self.ranks.get(row(three)).map_or(0, |it| it + (set & (mark - 1)).count_ones());
        let start = |rank: u32| usize::try_from(*self.starts.get(usize::try_from(rank).ok()?)?).ok();
        let range = start(rank).zip(start(rank + 1));
        range.and_then(|(first, last)| self.order.get(first..last)).unwrap_or_default()
    }
}

#[inline]
fn row([first, second, _]: [u8; 3]) -> usize {
    usize::from(first & 0x7F) << 7 | usize::from(second & 0x7F)
}

#[inline]
fn bit([_, _, third]: [u8; 3]) -> u32 {
    u32::from(third & 0x3F)
}

/// The first eight bytes of a text as one number; zeros for what is beyond its end.
fn head(text: &[u8]) -> u64 {
    u64::from_le_bytes(text.first_chunk().copied().unwrap_or_else(|| {
        let mut head = [0; 8];
        head.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
        head
    }))
}

impl Entry {
    fn new(literal: Literal<'_>) -> Self {
        let Literal { bytes, any_case } = literal;
        let byte_wise = |of: fn(u8) -> u8| {
            let mut head = [0; 8];
            head.iter_mut().zip(bytes).for_each(|(to, from)| *to = of(*from));
            u64::from_le_bytes(head)
        };
        let small = if any_case { byte_wise(|it| if it.is_ascii_alphabetic() { 0x20 } else { 0 }) } else { 0 };
        let (head, mask) = (head(bytes) | small, byte_wise(|_| 0xFF));
        Self { bytes: bytes.to_vec(), any_case, before: rarest(literal), head, small, mask }
    }

    /// Whether it stands at a place of a text.
    fn is_at(&self, text: &[u8], start: usize) -> bool {
        let Some(rest) = text.get(start..) else { return false };
        if (head(rest) | self.small) & self.mask != self.head || rest.len() < self.bytes.len() {
            return false;
        }
        // Most are no longer than that.
        self.bytes.len() <= 8 || {
            let rest = rest.get(..self.bytes.len()).unwrap_or_default();
            if self.any_case { rest.eq_ignore_ascii_case(&self.bytes) } else { rest == self.bytes }
        }
    }

    /// The three bytes that it is looked for by, in all cases of their letters that count.
    fn spellings(&self) -> impl Iterator<Item = [u8; 3]> {
        let three = self.bytes.get(self.before..).and_then(|it| it.first_chunk::<3>()).copied();
        let cases = if self.any_case { 0..8 } else { 0..1 };
        three.into_iter().flat_map(move |three| cases.clone().map(move |case| spelled(three, case)))
    }
}

/// Three bytes in one of eight ways to spell them: as they are, or with some in the other case.
fn spelled(mut three: [u8; 3], case: u8) -> [u8; 3] {
    for (place, byte) in three.iter_mut().enumerate() {
        let is_letter = byte.is_ascii_alphabetic();
        *byte ^= if is_letter && case >> place & 1 != 0 { 0x20 } else { 0 };
    }
    three
}

/// Where the three bytes of a literal begin that are the rarest in source code.
fn rarest(literal: Literal<'_>) -> usize {
    let often = often();
    let cost = |three: &[u8; 3]| {
        let is_capital = !literal.any_case && three.iter().any(u8::is_ascii_uppercase);
        let small = number(three.map(|it| it.to_ascii_lowercase()));
        let often = often.binary_search_by_key(&small, |(three, _)| *three).ok().and_then(|it| often.get(it));
        let often = often.map_or(0, |(_, often)| *often);
        let letters = three.iter().filter(|it| it.is_ascii_alphabetic()).count();
        (if is_capital { often / CAPITAL } else { often }, letters)
    };
    let costs = literal.bytes.array_windows().map(cost).enumerate();
    costs.min_by_key(|(at, cost)| (*cost, *at)).map_or(0, |(at, _)| at)
}

/// Three bytes as one number.
fn number([first, second, third]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, first, second, third])
}

/// How much rarer capitals are than small letters.
const CAPITAL: usize = 3;

/// How often three bytes in small letters stand in source code: a rank, the higher the more often. Sorted by the bytes.
fn often() -> &'static [(u32, usize)] {
    static OFTEN: OnceLock<Vec<(u32, usize)>> = OnceLock::new();
    OFTEN.get_or_init(|| {
        let lines = include_str!("often.txt").lines().filter(|line| !line.starts_with('#'));
        let blank = |byte: u8| if byte == b'+' { b' ' } else { byte };
        let all = lines.flat_map(|line| line.as_bytes().as_chunks::<3>().0).map(|three| number(three.map(blank)));
        let mut ranks: Vec<_> = all.rev().zip(1..).collect();
        ranks.sort_unstable();
        ranks
    })
}

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
