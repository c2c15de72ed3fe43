//! Elements and attributes.

use std::borrow::Cow;

use super::Found;
use super::name::Name;
use super::view::{LONGEST, Literal, View, is_name, is_word};
use crate::checks::secrets::pair::{Binding, Writing};
use crate::model::Span;

/// The longest tag, in bytes.
const LONGEST_TAG: usize = 512;

/// `<password>…</password>`; the name is that of the tag.
pub(super) fn element<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) {
    if !matches!(view.at(name.end), b'>' | b' ' | b'\t' | b'\n' | b'\r') {
        return;
    }
    let key = name.key(view);
    if let Some(literal) = tag_end(view, name.end).and_then(|behind| content(view, behind)) {
        return found(view.pair(key, literal, Binding::Assignment));
    }
    let tag = view.skip(name.end, LONGEST_TAG, |it| it != b'>');
    if let Some(literal) = attribute(view, name.end, tag) {
        found(view.pair(key, literal, Binding::Assignment));
    }
}

/// `<key>PASSWORD</key><string>…</string>`; the name is the text of an element.
pub(super) fn named_by_text<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) {
    if view.at(name.next + 1) != b'/' {
        return;
    }
    let end = view.skip(name.next + 2, 64, is_name);
    let tag = view.slice(name.next + 2, end);
    let open = view.space(end + 1);
    let other = view.skip(open + 1, 64, is_name);
    if view.at(end) != b'>' || view.at(open) != b'<' || view.slice(open + 1, other) == tag {
        return;
    }
    if let Some(literal) = tag_end(view, other).and_then(|behind| content(view, behind)) {
        found(view.pair(name.key(view), literal, Binding::NameAndValue));
    }
}

/// Behind the tag whose name or attributes end at `at`; nothing for an empty element.
pub(super) fn tag_end(view: View<'_>, at: usize) -> Option<usize> {
    let end = view.skip(at, LONGEST_TAG, |it| it != b'>' && it != b'<');
    (view.at(end) == b'>' && view.before(end) != b'/' && view.before(end) != b'-').then_some(end + 1)
}

/// The text of an element, or that of the one element in it.
pub(super) fn content(view: View<'_>, behind: usize) -> Option<Literal<'_>> {
    let mut start = view.space(behind);
    if view.has(start, b"<![CDATA[") {
        let start = start + 9;
        let end = view.find(start, start + LONGEST, b"]]>")?;
        return view.plain(start, end, Writing::Element);
    }
    if view.at(start) == b'<' && is_word(view.at(start + 1)) {
        start = view.space(tag_end(view, start + 1)?);
    }
    let end = view.skip(start, LONGEST, |it| it != b'<' && it != b'>');
    if view.at(end) != b'<' || view.at(end + 1) != b'/' {
        return None;
    }
    let end = view.space_back(end);
    let value = without_entities(view.words(start, end));
    (start < end).then_some(Literal { value, span: Span::new(start, end), writing: Writing::Element, next: end })
}

/// The attribute of a tag that holds a value.
fn attribute(view: View<'_>, start: usize, end: usize) -> Option<Literal<'_>> {
    let at = view.find(start, end, b" value=")?;
    super::quoted::one(view, at + 7)
}

/// The text with the entities undone that XML knows, and numbered ones.
pub(super) fn without_entities(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('&') {
        return text;
    }
    let mut value = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        value.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match entity.and_then(|(name, behind)| Some((entity_of(name)?, behind))) {
            Some((character, behind)) => {
                value.push(character);
                rest = behind;
            }
            None => {
                value.push('&');
                rest = after;
            }
        }
    }
    value.push_str(rest);
    Cow::Owned(value)
}

fn entity_of(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let digits = name.strip_prefix('#')?;
            let point = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(point)?
        }
    })
}
