//! The name of what encloses a place between braces or brackets: `"Jwt": { "Key": … }`, `'crypt' => ['key' => …]`.

use std::borrow::Cow;

use super::quoted::is_quote;
use super::view::{View, is_name};

/// How far back the brace is looked for, in bytes.
const FAR: usize = 512;

/// The name before the brace that encloses a place, if one has a name.
pub(super) fn parent(view: View<'_>, at: usize) -> Option<Cow<'_, str>> {
    let mut depth = 0_usize;
    let mut place = at;
    let least = at.saturating_sub(FAR);
    loop {
        place = place.checked_sub(1).filter(|it| least <= *it)?;
        match view.at(place) {
            b'}' | b']' | b')' => depth += 1,
            b'{' | b'[' | b'(' if depth == 0 => break,
            b'{' | b'[' | b'(' => depth -= 1,
            _ => {}
        }
    }
    let mut end = view.space_back(place);
    // `'crypt' => array(`, `jwt = new Jwt {`: a word may stand between.
    end = view.skip_back(end, 16, |it| it.is_ascii_alphabetic());
    end = view.space_back(end);
    let sign = view.skip_back(end, 2, |it| matches!(it, b':' | b'=' | b'>'));
    if sign == end {
        return None;
    }
    let last = view.skip_back(view.blanks_back(sign), 1, is_quote);
    let first = view.skip_back(last, 64, is_name);
    (first < last).then(|| view.words(first, last))
}
