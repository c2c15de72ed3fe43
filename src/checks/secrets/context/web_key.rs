//! JSON Web Keys: their private members have names of one letter.

use std::borrow::Cow;

use super::Found;
use super::quoted::{is_quote, one};
use super::view::View;
use crate::checks::secrets::pair::Binding;

/// How far the other members may stand from the type, in bytes: a modulus of 4096 bits has 683 characters.
const FAR: usize = 2048;

/// Reads the private member of the key whose `"kty"` stands at `at`.
pub(super) fn read<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) {
    let start = view.skip_back(at, FAR, |it| it != b'{' && it != b'}');
    if view.before(start) != b'{' {
        return;
    }
    let end = view.skip(at, 2 * FAR, |it| it != b'{' && it != b'}');
    for name in [b'd', b'k'] {
        let Some(member) = member(view, (start, end), name) else { continue };
        let colon = view.space(view.skip(member + 1, 1, is_quote));
        if view.at(colon) != b':' {
            continue;
        }
        if let Some(literal) = one(view, view.space(colon + 1)) {
            let mut pair = view.pair(view.words(member, member + 1), literal, Binding::Assignment);
            pair.parents = vec![Cow::Borrowed("jwk")];
            return found(pair);
        }
    }
}

/// Where the name of one letter stands in a range, with quotes around it or without.
fn member(view: View<'_>, (start, end): (usize, usize), name: u8) -> Option<usize> {
    (start..end.min(view.text.len())).find(|at| {
        let (before, after) = (view.before(*at), view.at(at + 1));
        let is_named = is_quote(before) && after == before
            || after == b':' && (before.is_ascii_whitespace() || matches!(before, b'{' | b','));
        view.at(*at) == name && is_named
    })
}
