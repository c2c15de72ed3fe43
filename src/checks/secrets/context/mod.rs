//! Reads names and literals out of any text, around the words that make them interesting.
//!
//! Nothing is parsed as a whole: a reader starts at a word such as `password` and looks at its surroundings with what the
//! path says about the language. So it costs next to nothing where no such word stands, and a broken file hides nothing.

use super::pair::{Pair, Syntax};
use super::scan::Input;

/// Where pairs are looked for, in lower case; at least three bytes each. Case does not matter.
pub(super) const TRIGGERS: &[&str] = &["password"];

/// Calls `found` with each pair that the trigger with this number, at `at`, makes interesting.
pub(super) fn read<'a>(
    input: &Input<'a>,
    syntax: Syntax,
    (trigger, at): (usize, usize),
    found: &mut dyn FnMut(Pair<'a>),
) {
    let _ = (input, syntax, trigger, at, found);
}

/// The language that a path tells.
pub(super) fn syntax(path: &str) -> Syntax {
    let _ = path;
    Syntax::Code
}
