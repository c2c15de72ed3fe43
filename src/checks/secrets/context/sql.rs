//! Passwords that SQL statements set.

use std::borrow::Cow;

use super::Found;
use super::name::Name;
use super::quoted::{is_quote, one};
use super::view::{View, is_name, is_word};
use crate::checks::secrets::pair::{Binding, Writing};

/// `IDENTIFIED BY '…'`, `IDENTIFIED WITH plugin BY '…'`; the word begins at `at` and ends at `end`.
pub(super) fn identified<'a>(view: View<'a>, at: usize, end: usize, found: &mut Found<'_, 'a>) {
    let mut place = view.space(end);
    if view.has(place, b"with ") {
        place = view.space(view.skip(view.space(place + 5), 64, |it| is_word(it) || is_quote(it)));
    }
    if !view.has(place, b"by") && !view.has(place, b"as") || is_word(view.at(place + 2)) {
        return;
    }
    let key = view.words(at, place + 2);
    place = view.space(place + 2);
    if view.has(place, b"password ") || view.has(place, b"values ") {
        place = view.space(view.skip(place, 9, |it| it.is_ascii_alphabetic()));
    }
    let literal = one(view, place).or_else(|| {
        let end = view.skip(place, 128, |it| is_word(it) || matches!(it, b'$' | b'#'));
        let is_end =
            matches!(view.at(view.blanks(end)), b';' | b'\n' | b'\r' | b'"' | b'\'' | 0) || view.at(end) == b' ';
        view.plain(place, end, Writing::Bare).filter(|_| is_end && view.is_a(&["sql", "sh", "ddl"]))
    });
    if let Some(literal) = literal {
        let key = if key.contains(['\n', '\r']) { Cow::Borrowed("IDENTIFIED BY") } else { key };
        found(view.pair(key, literal, Binding::Sql));
    }
}

/// The columns that are read of a statement.
const MOST_COLUMNS: usize = 32;

/// `INSERT INTO users (name, password) VALUES ('…', '…')`; the word begins at `at` and ends at `end`.
pub(super) fn insert<'a>(view: View<'a>, at: usize, end: usize, found: &mut Found<'_, 'a>) {
    if !is_name(view.at(end)) && !is_quote(view.at(end)) || is_word(view.before(at)) {
        return;
    }
    let open = view.skip(end, 128, |it| is_name(it) || is_quote(it) || matches!(it, b' ' | b'[' | b']'));
    if view.at(open) != b'(' {
        return;
    }
    let close = view.skip(open + 1, 1024, |it| it != b')' && it != b'\'');
    let values = view.space(close + 1);
    if view.at(close) != b')' || !view.has(values, b"values") {
        return;
    }
    let columns = view.words(open + 1, close);
    let is_password = |it: &str| {
        let name = it.trim().trim_matches(['"', '`', '[', ']']).to_ascii_lowercase();
        ["password", "passwd", "pass", "pwd", "user_pass", "user_password", "secret", "api_key", "token"]
            .contains(&name.as_str())
    };
    let Some(wanted) = columns.split(',').take(MOST_COLUMNS).position(is_password) else { return };
    let key = columns.split(',').nth(wanted).unwrap_or_default().trim().trim_matches(['"', '`', '[', ']']).to_owned();
    let mut place = view.space(values + b"values".len());
    if view.at(place) != b'(' {
        return;
    }
    for column in 0..=wanted {
        place = view.space(place + 1);
        place = view.skip(place, 1, |it| it == b'N' || it == b'E');
        if is_quote(view.at(place)) {
            let Some(literal) = one(view, place) else { return };
            place = view.space(literal.next);
            if column == wanted {
                return found(view.pair(key.into(), literal, Binding::Assignment));
            }
        } else {
            place = view.skip(place, 128, |it| !matches!(it, b',' | b')' | b';' | b'('));
        }
        if view.at(place) != b',' {
            return;
        }
    }
}

/// `PASSWORD '…'` of `CREATE USER` and its kin; whether it is one.
pub(super) fn password<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) -> bool {
    let is_open = matches!(view.at(after), b'\'' | b'"' | b'\\') || view.has(after, b"E'");
    if !is_open || !view.slice(name.start, name.end).eq_ignore_ascii_case(b"password") {
        return false;
    }
    let statement = after.saturating_sub(256);
    let words: &[&[u8]] = &[b"user ", b"role ", b"login ", b"encrypted ", b"group "];
    if !words.iter().any(|it| view.find(statement, name.start, it).is_some()) {
        return false;
    }
    let after = if view.has(after, b"E'") { after + 1 } else { after };
    let Some(literal) = one(view, after) else { return false };
    found(view.pair(name.key(view), literal, Binding::Sql));
    true
}
