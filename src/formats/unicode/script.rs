//! Which script a character belongs to, as far as hidden characters need to know.
//!
//! Source: the blocks of the Unicode Character Database, version 16.0 (`Blocks.txt`). A block is
//! coarser than the script property, which is enough to tell whether a joiner has a purpose.

fn is_in(symbol: char, ranges: &[(u32, u32)]) -> bool {
    let code = u32::from(symbol);
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&code))
}

/// Hebrew, Arabic, Syriac, Thaana, N'Ko and the other scripts that run from right to left.
#[must_use]
pub fn is_right_to_left(symbol: char) -> bool {
    const RANGES: [(u32, u32); 6] = [
        (0x0590, 0x061B),
        (0x061D, 0x08FF),
        (0xFB1D, 0xFDFF),
        (0xFE70, 0xFEFC),
        (0x1_0800, 0x1_0FFF),
        (0x1_E800, 0x1_EFFF),
    ];
    is_in(symbol, &RANGES)
}

/// Scripts in which a joiner or non-joiner changes how letters are drawn: those that run from right
/// to left, the Indic ones, and those of South East Asia and Mongolia.
#[must_use]
pub fn is_complex(symbol: char) -> bool {
    const RANGES: [(u32, u32); 8] = [
        (0x0900, 0x109F),
        (0x1700, 0x18AF),
        (0x1900, 0x1CFF),
        (0xA800, 0xA8FF),
        (0xA900, 0xAADF),
        (0xABC0, 0xABFF),
        (0x1_1000, 0x1_1FFF),
        (0x1_6100, 0x1_613F),
    ];
    is_right_to_left(symbol) || is_in(symbol, &RANGES)
}

/// Thai, Lao, Myanmar, Khmer, Tai and Tibetan: scripts that mark the border of words with U+200B.
#[must_use]
pub fn is_southeast_asian(symbol: char) -> bool {
    const RANGES: [(u32, u32); 6] =
        [(0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x1AAF), (0xA9E0, 0xA9FF), (0xAA60, 0xAADF)];
    is_in(symbol, &RANGES)
}

/// Mongolian and Manchu letters.
#[must_use]
pub fn is_mongolian(symbol: char) -> bool {
    is_in(symbol, &[(0x1810, 0x18AF), (0x1_1660, 0x1_167F)])
}

/// Ideographs, of which each may carry one variation selector.
#[must_use]
pub fn is_han(symbol: char) -> bool {
    is_in(
        symbol,
        &[
            (0x2E80, 0x2FDF),
            (0x3005, 0x3007),
            (0x3400, 0x4DBF),
            (0x4E00, 0x9FFF),
            (0xF900, 0xFAFF),
            (0x2_0000, 0x3_FFFF),
        ],
    )
}

/// Symbols that have an emoji form; coarser than the property `Emoji`, which is enough here.
#[must_use]
pub fn is_pictographic(symbol: char) -> bool {
    const RANGES: [(u32, u32); 11] = [
        (0x00A9, 0x00A9),
        (0x00AE, 0x00AE),
        (0x203C, 0x203C),
        (0x2049, 0x2049),
        (0x2100, 0x27BF),
        (0x2900, 0x297F),
        (0x2B00, 0x2BFF),
        (0x3030, 0x303D),
        (0x3297, 0x3299),
        (0x1_F000, 0x1_F3FA),
        (0x1_F400, 0x1_FAFF),
    ];
    is_in(symbol, &RANGES)
}

/// Digits and signs that U+FE0F and U+20E3 make a keycap of.
#[must_use]
pub fn is_keycap_base(symbol: char) -> bool {
    symbol.is_ascii_digit() || matches!(symbol, '#' | '*')
}

/// The five skin tones that may follow an emoji.
#[must_use]
pub fn is_skin_tone(symbol: char) -> bool {
    is_in(symbol, &[(0x1_F3FB, 0x1_F3FF)])
}

/// Blocks with entries in `StandardizedVariants.txt` for U+FE00 to U+FE02, emoji left out.
#[must_use]
pub fn takes_standardized_variation(symbol: char) -> bool {
    const RANGES: [(u32, u32); 8] = [
        (0x0030, 0x0030),
        (0x1000, 0x109F),
        (0x2018, 0x201D),
        (0x2200, 0x22FF),
        (0x2A00, 0x2AFF),
        (0x3000, 0x303F),
        (0xA840, 0xA87F),
        (0xFF00, 0xFFEF),
    ];
    is_han(symbol) || is_in(symbol, &RANGES)
}
