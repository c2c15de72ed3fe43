//! The texts and attributes of an XML file with the elements that lead to them.

use std::ops::Range;

use super::File;
use super::formats::{Wanted, wanted};

/// Deepest nesting whose elements are kept.
const DEEPEST: usize = 64;
/// The longest tag that is read.
const LONGEST_TAG: usize = 8192;

/// Takes the wanted texts and attributes of a file.
///
/// An attribute is named `@name`; the value of `<add key="NAME" value="…"/>` is named `=name`; an element with
/// `encoding="base64"` is named `name#base64`.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    let text = file.text;
    let mut path: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.iter().position(|it| *it == b'<')).map(|it| at + it) {
        let last = text.len().min(start.saturating_add(LONGEST_TAG));
        let tag = text.get(start + 1..last).unwrap_or_default();
        if tag.starts_with(b"!--") {
            let rest = text.get(start..).unwrap_or_default();
            at = rest.windows(3).position(|it| it == b"-->").map_or(text.len(), |it| start + it + 3);
            continue;
        }
        let end = start + 1 + tag.iter().position(|it| *it == b'>').unwrap_or(tag.len());
        at = end + 1;
        if tag.starts_with(b"/") {
            path.pop();
            continue;
        }
        let inner = text.get(start + 1..end).unwrap_or_default();
        let name = inner.split(|it| it.is_ascii_whitespace() || *it == b'/').next().unwrap_or_default();
        let mut name = String::from_utf8_lossy(name).to_ascii_lowercase();
        let attributes = attributes(inner, start + 1);
        let value_of = |wanted: &str| {
            attributes.iter().find(|(name, _)| name == wanted).map(|(_, range)| file.at(range).to_ascii_lowercase())
        };
        if value_of("encoding").as_deref() == Some(b"base64") {
            name.push_str("#base64");
        }
        let named = value_of("key").or_else(|| value_of("name")).map(|it| String::from_utf8_lossy(&it).into_owned());
        path.push(name);
        for (attribute, range) in attributes {
            let name = match &named {
                Some(named) if attribute == "value" => format!("={named}"),
                Some(_) | None => format!("@{attribute}"),
            };
            take(file, wants, &path, Some(&name), range);
        }
        let is_empty = inner.ends_with(b"/") || inner.starts_with(b"?") || inner.starts_with(b"!");
        if is_empty || DEEPEST < path.len() {
            path.pop();
            continue;
        }
        let length = text.get(at..).unwrap_or_default().iter().position(|it| *it == b'<').unwrap_or(0);
        take(file, wants, &path, None, at..at + length);
    }
}

fn take(file: &mut File<'_>, wants: &[Wanted], path: &[String], attribute: Option<&str>, range: Range<usize>) {
    let keys: Vec<&str> = path.iter().map(String::as_str).chain(attribute).collect();
    if let Some(want) = wanted(wants, &keys) {
        file.take(want, range);
    }
}

/// The attributes of a tag, and where their values stand.
fn attributes(tag: &[u8], start: usize) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(equals) = tag.get(at..).and_then(|rest| rest.iter().position(|it| *it == b'=')).map(|it| at + it) {
        let left = tag.get(at..equals).unwrap_or_default().trim_ascii();
        let name = left.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
        let rest = tag.get(equals + 1..).unwrap_or_default();
        let space = rest.iter().take_while(|it| it.is_ascii_whitespace()).count();
        let Some(quote @ (b'"' | b'\'')) = rest.get(space) else {
            at = equals + 1;
            continue;
        };
        let value = equals + 1 + space + 1;
        let Some(length) = tag.get(value..).and_then(|rest| rest.iter().position(|it| it == quote)) else { break };
        found.push((String::from_utf8_lossy(name).to_ascii_lowercase(), start + value..start + value + length));
        at = value + length + 1;
    }
    found
}
