//! What a reader of text cannot see, and what deceives the eye: facts about single characters.
//!
//! Compact tables, each with its source. Whether a character is wrong where it stands is for a check
//! to judge.

mod fold;
mod hidden;
mod lookalike;
mod script;

pub use fold::{case_key, composed};
pub use hidden::{Bidi, Hidden, Kind, hidden, space_name};
pub use lookalike::{Mixture, imitation, looks_like, mixture, operator_lookalike, shows_its_script, skeleton};
pub use script::{
    is_complex, is_han, is_keycap_base, is_mongolian, is_pictographic, is_right_to_left, is_skin_tone,
    is_southeast_asian, takes_standardized_variation,
};

/// Whether nothing in these bytes needs a closer look: printable ASCII, tab, line ends and form feed.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    // Whole blocks without an early exit, so that the compiler can use wide registers.
    bytes.chunks(64).all(|block| block.iter().fold(true, |plain, byte| plain & is_plain_byte(*byte)))
}

fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r' | 0x0C)
}

/// The character as the Unicode standard writes it: `U+202E`.
#[must_use]
pub fn notation(symbol: char) -> String {
    format!("U+{:04X}", u32::from(symbol))
}
