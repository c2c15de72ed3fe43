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

/// The character as the Unicode standard writes it: `U+202E`.
#[must_use]
pub fn notation(symbol: char) -> String {
    format!("U+{:04X}", u32::from(symbol))
}
