//! A name that is itself a value: `{"name": "DB_PASSWORD", "value": "…"}`, `<add key="DbPassword" value="…"/>`.

use super::Found;
use super::markup;
use super::name::Name;
use super::quoted::{is_quote, quoted};
use super::view::{Literal, View, is_line_end, is_word};
use crate::checks::secrets::pair::{Binding, Syntax, Writing};

/// How far from the name its value may stand, in bytes.
const FAR: usize = 320;

const LABELS: &[&[u8]] = &[
    b"name",
    b"key",
    b"id",
    b"variable",
    b"var",
    b"env",
    b"field",
    b"property",
    b"parameter",
    b"param",
    b"parameterkey",
    b"parameter_key",
    b"envname",
    b"env_name",
    b"header",
    b"setting",
    b"option",
    b"k",
    b"variable_name",
    b"secretname",
];
const VALUES: &[&[u8]] = &[
    b"value",
    b"val",
    b"content",
    b"default",
    b"defaultvalue",
    b"default_value",
    b"parametervalue",
    b"parameter_value",
    b"v",
    b"data",
    b"string",
    b"secretstring",
];

/// Reads the value that belongs to a name that is a value itself; whether the name is one.
pub(super) fn read<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) -> bool {
    let first = name.first(view);
    let operator = view.blanks_back(first);
    let sign = view.before(operator);
    if !matches!(sign, b':' | b'=') {
        return false;
    }
    let end = view.blanks_back(operator - 1);
    let end = view.skip_back(end, 4, |it| is_quote(it) || it == b'\\');
    let start = view.skip_back(end, 32, is_word);
    if !LABELS.iter().any(|it| it.eq_ignore_ascii_case(view.slice(start, end))) {
        return false;
    }
    let is_item = view.at(view.blanks_back(start).saturating_sub(1)) == b'-';
    let value = after(view, name.next, is_item).or_else(|| before(view, start));
    let is_found = value.is_some();
    if let Some(literal) = value {
        found(view.pair(name.key(view), literal, Binding::NameAndValue));
    }
    is_found
}

/// The value behind the name, in the same object, tag or item.
fn after(view: View<'_>, start: usize, is_item: bool) -> Option<Literal<'_>> {
    let mut at = start;
    let end = (start + FAR).min(view.text.len());
    while at < end {
        match view.at(at) {
            b'}' | b'{' | b')' | b'<' => return None,
            b'>' if view.before(at) == b'/' => return None,
            // The text of the element.
            b'>' => {
                return (view.syntax == Syntax::Markup || view.before(at) == b'"')
                    .then(|| markup::content(view, at + 1))?;
            }
            b'\n' if is_end(view, at, is_item) => return None,
            it if is_word(it) && !is_word(view.before(at)) => {
                let word = view.skip(at, 32, is_word);
                if let Some(literal) = value(view, at, word) {
                    return Some(literal);
                }
                at = word.max(at + 1);
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Whether the next line is another item of a list, or in settings another section.
fn is_end(view: View<'_>, at: usize, is_item: bool) -> bool {
    let text = view.blanks(at + 1);
    let is_separate = view.at(text) == b'-' || is_line_end(view.at(text)) || view.at(text) == b'[';
    view.syntax == Syntax::Config && is_separate || is_item && view.at(text) == b'-'
}

/// The value before the name, in the same object, tag or item.
fn before(view: View<'_>, end: usize) -> Option<Literal<'_>> {
    let start = view.skip_back(end, FAR, |it| !matches!(it, b'{' | b'}' | b'<' | b'>' | b'('));
    if start + FAR == end {
        return None;
    }
    let window = view.slice(start, end);
    let item = window.windows(2).rposition(|it| it == b"- ").filter(|_| view.syntax == Syntax::Config);
    let mut at = item.map_or(start, |it| start + it);
    if view.syntax == Syntax::Config && item.is_none() && view.before(start) != b'{' {
        return None;
    }
    while at < end {
        if is_word(view.at(at)) && !is_word(view.before(at)) {
            let word = view.skip(at, 32, is_word);
            if let Some(literal) = value(view, at, word) {
                return (literal.next <= end).then_some(literal);
            }
            at = word;
        }
        at += 1;
    }
    None
}

/// The literal of `value: …` when the word is one of those that mean it.
fn value(view: View<'_>, start: usize, end: usize) -> Option<Literal<'_>> {
    if !VALUES.iter().any(|it| it.eq_ignore_ascii_case(view.slice(start, end))) {
        return None;
    }
    let at = view.skip(end, 4, |it| is_quote(it) || it == b'\\');
    let at = view.blanks(at);
    let sign = view.at(at);
    if !matches!(sign, b':' | b'=') || matches!(view.at(at + 1), b'=' | b':') {
        return None;
    }
    let at = view.space(if view.at(at + 1) == b'>' { at + 2 } else { at + 1 });
    if let Some(literal) = quoted(view, at) {
        return Some(literal);
    }
    if view.syntax == Syntax::Config
        && sign == b':'
        && !matches!(view.at(at), b'!' | b'*' | b'&' | b'{' | b'[' | b'|' | b'>')
    {
        let line = view.skip(at, 1024, |it| !is_line_end(it) && !matches!(it, b',' | b'}'));
        return view.plain(at, view.blanks_back(line), Writing::Bare);
    }
    None
}
