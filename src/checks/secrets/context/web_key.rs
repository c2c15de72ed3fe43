//! JSON Web Keys: their private members have names of one letter.

use std::borrow::Cow;

use super::Found;
use super::quoted::one;
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
    for name in [b"\"d\"".as_slice(), b"\"k\""] {
        let Some(member) = view.find(start, end, name) else { continue };
        let colon = view.space(member + 3);
        if view.at(colon) != b':' {
            continue;
        }
        if let Some(literal) = one(view, view.space(colon + 1)) {
            let mut pair = view.pair(view.words(member + 1, member + 2), literal, Binding::Assignment);
            pair.parents = vec![Cow::Borrowed("jwk")];
            return found(pair);
        }
    }
}
