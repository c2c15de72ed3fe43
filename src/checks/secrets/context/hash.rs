//! Passwords hashed for storage: a word list gives away the weak ones.

use std::borrow::Cow;

use super::Found;
use super::view::View;
use crate::checks::secrets::pair::{Binding, Writing};

/// The shortest hash with its parameters and salt, in bytes.
const SHORTEST: usize = 26;

/// `$6$salt$…`, `{SSHA}…`: the trigger begins at `at`.
pub(super) fn read<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) {
    let before = view.before(at);
    if before.is_ascii_alphanumeric() || before == b'$' || before == b'\\' {
        return;
    }
    let end = view.skip(at, 512, |it| {
        it.is_ascii_alphanumeric()
            || matches!(it, b'$' | b'.' | b'/' | b'+' | b'=' | b',' | b'-' | b'{' | b'}' | b'_' | b':')
    });
    // What ends an entry of `passwd` files begins the next field.
    let text = view.slice(at, end);
    let colon = text.iter().position(|it| *it == b':').filter(|_| !view.has(at, b"scram"));
    let end = colon.map_or(end, |it| at + it);
    let text = view.slice(at, end);
    let last = text.rsplit(|it| matches!(it, b'$' | b'}' | b':')).next().unwrap_or_default();
    if text.len() < SHORTEST || last.len() < 20 {
        return;
    }
    if let Some(literal) = view.plain(at, end, Writing::Bare) {
        found(view.pair(Cow::Borrowed(""), literal, Binding::Assignment));
    }
}
