//! YAML: scalars in every style, what encloses a key, and the Secret of Kubernetes.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::name::Name;
use super::quoted::{is_quote, is_yaml, quoted};
use super::view::{LONGEST, LONGEST_BARE, Literal, View, is_line_end, is_name};
use super::{Found, block};
use crate::checks::secrets::pair::{Binding, Pair, Syntax, Writing};

/// How far back enclosing names are looked for, in bytes.
const FAR: usize = 2048;
/// The most items of a list and keys of a Secret.
const MOST_ITEMS: usize = 32;

/// The scalars that are assigned to the key that begins at `first`.
pub(super) fn value<'a>(view: View<'a>, (first, after): (usize, usize), found: &mut dyn FnMut(Literal<'a>)) {
    let mut at = view.blanks(after);
    if view.before(after) == b':'
        && at == after
        && !is_line_end(view.at(at))
        && view.at(at) != 0
        && !is_quote(view.at(at))
    {
        return;
    }
    for _ in 0..2 {
        match view.at(at) {
            b'&' => at = view.blanks(view.skip(at, 64, |it| !it.is_ascii_whitespace())),
            b'!' => {
                let end = view.skip(at, 64, |it| !it.is_ascii_whitespace());
                // Other tags call something: `!Ref`, `!env`, `!secret`.
                if ![b"!!str".as_slice(), b"!!binary", b"!str", b"!vault", b"!unsafe", b"!Sub"]
                    .contains(&view.slice(at, end))
                {
                    return;
                }
                at = view.blanks(end);
            }
            _ => break,
        }
    }
    let column = first - view.line_start(first);
    match view.at(at) {
        b'*' | b'%' => {}
        b'|' | b'>' => block::scalar(view, at, column).into_iter().for_each(found),
        b'[' => flow_list(view, at + 1, found),
        b'{' if view.at(at + 1) != b'{' => {}
        b'#' | b'\n' | b'\r' | 0 => below(view, at, column, found),
        _ => scalar(view, first, at).into_iter().for_each(found),
    }
}

/// What stands below a key: a scalar or a list.
fn below<'a>(view: View<'a>, at: usize, column: usize, found: &mut dyn FnMut(Literal<'a>)) {
    let mut line = view.next_line(view.line_end(at));
    for _ in 0..MOST_ITEMS {
        let text = view.blanks(line);
        let is_item = view.at(text) == b'-' && view.at(text + 1) == b' ';
        if is_line_end(view.at(text)) || text - line < column || text - line == column && !is_item {
            return;
        }
        let start = if is_item { view.blanks(text + 1) } else { text };
        let Some(literal) = scalar(view, start, start) else { return };
        let is_key = literal.value.contains(": ") || literal.value.ends_with(':') || view.at(literal.next) == b':';
        line = view.next_line(view.line_end(literal.next));
        if is_key {
            return;
        }
        found(literal);
        if !is_item {
            return;
        }
    }
}

/// The items of `[a, "b"]`.
fn flow_list<'a>(view: View<'a>, at: usize, found: &mut dyn FnMut(Literal<'a>)) {
    let mut at = view.space(at);
    for _ in 0..MOST_ITEMS {
        let literal = if is_quote(view.at(at)) {
            quoted(view, at)
        } else {
            let end = view.skip(at, 256, |it| !matches!(it, b',' | b']' | b'[' | b'{' | b'#') && !is_line_end(it));
            view.plain(at, view.blanks_back(end), Writing::Bare)
        };
        let Some(literal) = literal else { return };
        let next = view.space(literal.next);
        found(literal);
        if view.at(next) != b',' {
            return;
        }
        at = view.space(next + 1);
    }
}

/// A quoted or plain scalar.
fn scalar(view: View<'_>, first: usize, at: usize) -> Option<Literal<'_>> {
    if matches!(view.at(at), b'"' | b'\'') {
        return quoted(view, at);
    }
    let line = view.slice(view.line_start(first), first);
    let is_flow = line.iter().rposition(|it| *it == b'{') > line.iter().rposition(|it| *it == b'}');
    let line = view.skip(at, LONGEST_BARE, |it| !(is_line_end(it) || is_flow && matches!(it, b',' | b'}')));
    let comment = view.slice(at, line).windows(2).position(|it| matches!(it, [b' ' | b'\t', b'#']));
    let end = view.blanks_back(comment.map_or(line, |it| at + it));
    view.plain(at, end, Writing::Bare)
}

/// The names of what encloses a place, outermost first: by indentation in YAML, the section in INI and TOML.
pub(super) fn parents(view: View<'_>, at: usize) -> Vec<Cow<'_, str>> {
    if view.syntax != Syntax::Config {
        return Vec::new();
    }
    let window = at.saturating_sub(FAR);
    let mut parents = Vec::new();
    let mut line = view.line_start(at);
    let mut column = at - line;
    let is_yaml = is_yaml(view);
    while line > window && parents.len() < 8 && (column > 0 || !is_yaml) {
        let end = line.saturating_sub(if view.before(line) == b'\n' && view.before(line - 1) == b'\r' { 2 } else { 1 });
        // A line that is too long to be looked through encloses nothing.
        if end == line || !is_line_end(view.before(line)) {
            break;
        }
        line = view.line_start(end);
        let text = view.skip(view.blanks(line), 64, |it| matches!(it, b'-' | b' '));
        if !is_yaml {
            if view.at(text) == b'[' {
                let open = view.skip(text, 2, |it| it == b'[');
                let close = view.skip(open, 128, |it| it != b']' && !is_line_end(it));
                parents.push(view.words(open, close));
                break;
            }
            continue;
        }
        let depth = text - line;
        if depth >= column || is_line_end(view.at(text)) || view.at(text) == b'#' {
            continue;
        }
        let text = view.skip(text, 1, is_quote);
        let name = view.skip(text, 128, is_name);
        let colon = view.skip(name, 1, is_quote);
        if view.at(colon) == b':' {
            parents.push(view.words(text, name));
            column = depth;
        }
    }
    parents.reverse();
    parents
}

/// Reads the entries of a Kubernetes Secret around its `kind: Secret`; whether the name is that.
pub(super) fn kubernetes<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) -> bool {
    let kind = view.blanks_back(name.first(view));
    if !view.has_before(kind, b"kind:") || view.words(name.start, name.end) != "Secret" || !is_yaml(view) {
        return false;
    }
    let kind = kind - 5;
    let line = view.line_start(kind);
    let indent = kind - line;
    let start = document_start(view, line);
    let end = view.find(kind, kind + LONGEST, b"\n---").unwrap_or(kind + LONGEST).min(view.text.len());
    let mut at = start;
    while at < end {
        let text = at + indent;
        let is_encoded = view.has(text, b"data:");
        let next = view.next_line(view.line_end(at));
        if next <= at {
            break;
        }
        at = next;
        if (is_encoded || view.has(text, b"stringData:")) && view.blanks(text) == text {
            at = entries(view, (at, end, indent), is_encoded, found).max(next);
        }
    }
    true
}

/// Whether a place stands in the `data` of a Kubernetes Secret: [`kubernetes`] reads it.
pub(super) fn is_in_secret(view: View<'_>, pair: &Pair<'_>) -> bool {
    let is_data = pair.parents.last().is_some_and(|it| it == "data" || it == "stringData");
    if !is_data || !is_yaml(view) {
        return false;
    }
    let at = pair.span.start;
    let end = view.find(at, at + LONGEST, b"\n---").unwrap_or(at + LONGEST);
    let start = document_start(view, at);
    view.find(start, end, b"kind: Secret").is_some_and(|kind| !is_name(view.at(kind + 12)) && end - start < 2 * LONGEST)
}

/// Whether a literal is the name of a secret that is kept elsewhere: an item of `secrets:` in a Compose file.
pub(super) fn is_name_of_secret(view: View<'_>, pair: &Pair<'_>) -> bool {
    let is_item = view.before(view.blanks_back(pair.span.start - usize::from(pair.writing == Writing::Quoted))) == b'-';
    is_item && pair.key == "secrets" && is_yaml(view)
}

fn document_start(view: View<'_>, at: usize) -> usize {
    let window = at.saturating_sub(LONGEST / 2);
    let back = view.slice(window, at).windows(4).rposition(|it| it == b"\n---");
    let start = back.map_or(window, |it| window + it + 1);
    if start == 0 || back.is_some() { start } else { view.next_line(view.line_end(start)) }
}

fn entries<'a>(
    view: View<'a>,
    (start, end, indent): (usize, usize, usize),
    is_encoded: bool,
    found: &mut Found<'_, 'a>,
) -> usize {
    let mut line = start;
    for _ in 0..MOST_ITEMS {
        let text = view.blanks(line);
        if line >= end || text - line <= indent && !is_line_end(view.at(text)) {
            break;
        }
        let first = view.skip(text, 1, is_quote);
        let name = view.skip(first, 256, |it| is_name(it) || it == b'/');
        let colon = view.skip(name, 1, is_quote);
        let mut next = view.next_line(view.line_end(line));
        if view.at(colon) == b':' && view.at(text) != b'#' {
            value(view, (text, colon + 1), &mut |literal| {
                next = view.next_line(view.line_end(literal.next)).max(next);
                if literal.writing == Writing::Block {
                    next = literal.next;
                }
                let mut pair = view.pair(view.words(first, name), literal, Binding::Assignment);
                pair.parents =
                    vec![Cow::Borrowed("Secret"), Cow::Borrowed(if is_encoded { "data" } else { "stringData" })];
                if is_encoded && let Some(text) = decoded(&pair.value) {
                    pair.value = Cow::Owned(text);
                }
                found(pair);
            });
        }
        if next <= line {
            break;
        }
        line = next;
    }
    line
}

fn decoded(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    String::from_utf8(STANDARD.decode(text).ok()?).ok().filter(|it| !it.is_empty())
}
