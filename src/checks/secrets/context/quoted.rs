//! Literals between quotes.

use std::borrow::Cow;

use super::view::{LONGEST, Literal, View, is_line_end, is_word};
use crate::checks::secrets::pair::{Syntax, Writing};
use crate::model::Span;

/// A quote as it stands in the text: within another literal it has backslashes before it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) slashes: usize,
    pub(super) byte: u8,
}

/// Most literals that are joined into one.
const MOST_JOINED: usize = 64;

impl Quote {
    /// The quote that begins at a place, and where it ends.
    pub(super) fn at(view: View<'_>, at: usize) -> Option<(Self, usize)> {
        let quote = view.skip(at, 7, |it| it == b'\\');
        let byte = view.at(quote);
        is_quote(byte).then_some((Self { slashes: quote - at, byte }, quote + 1))
    }

    /// The quote that ends before a place, and where it begins.
    pub(super) fn before(view: View<'_>, at: usize) -> Option<(Self, usize)> {
        let byte = view.before(at);
        if !is_quote(byte) {
            return None;
        }
        let start = view.skip_back(at - 1, 7, |it| it == b'\\');
        Some((Self { slashes: at - 1 - start, byte }, start))
    }
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The literal that begins at a place, with a prefix such as `r`, `b` or `@` and its neighbours that are joined to it.
pub(super) fn quoted(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let mut literal = one(view, at)?;
    if !matches!(view.syntax, Syntax::Code | Syntax::Prose) || literal.writing == Writing::Block {
        return Some(literal);
    }
    for _ in 0..MOST_JOINED {
        let Some((next, is_joined)) = neighbour(view, literal.next) else { break };
        match one(view, next) {
            Some(other) => {
                literal.value.to_mut().push_str(&other.value);
                literal.span.end = other.span.end;
                literal.next = other.next;
            }
            None if is_joined && (is_word(view.at(next)) || view.at(next) == b'$') => {
                // What is joined is not known: the value is as good as one with a variable in it.
                let end = view.skip(next, 64, |it| is_word(it) || it == b'.');
                let name = view.words(next, end);
                literal.value.to_mut().push_str(&format!("${{{name}}}"));
                break;
            }
            None => break,
        }
    }
    Some(literal)
}

/// Where what is joined to a literal begins, and whether a sign joins it.
fn neighbour(view: View<'_>, at: usize) -> Option<(usize, bool)> {
    let mut at = view.space(at);
    if view.at(at) == b'\\' && is_line_end(view.at(at + 1)) {
        at = view.space(at + 1);
    }
    let length = match (view.at(at), view.at(at + 1)) {
        (b'+', b'+') | (b'.', b'.') | (b'<', b'>') => 2,
        (b'+' | b'&', b' ' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | b'@') => 1,
        (b'.', b' ' | b'"' | b'\'' | b'$' | b'\n') if view.is_a(&["php", "pl", "pm", "phtml", "inc", "cgi"]) => 1,
        (b'+', next) if next.is_ascii_alphabetic() => 1,
        (b'"', _) if view.before(at) != b'"' || view.is_a(&["c", "h", "cc", "cpp", "hpp", "m", "py"]) => {
            return view.is_a(JOINING).then_some((at, false));
        }
        (b'\'', _) => return view.is_a(&["py"]).then_some((at, false)),
        _ => return None,
    };
    Some((view.space(at + length), true))
}

/// Where literals that follow each other are one.
const JOINING: &[&str] = &["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "m", "mm", "py", "pyi", "rb", "dart", "d"];

/// One literal, not joined to others.
pub(super) fn one(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let (open, is_raw) = prefix(view, at)?;
    if view.has(open, b"&quot;") {
        let start = open + 6;
        let end = view.find(start, view.line_end(start).min(start + LONGEST), b"&quot;")?;
        return made(view, (start, end), end + 6, Escapes::Entities);
    }
    let (quote, start) = Quote::at(view, open)?;
    if quote.slashes > 0 {
        return escaped(view, quote, start);
    }
    let three = [quote.byte; 3];
    if view.has(open, &three) && (quote.byte != b'`' || view.syntax == Syntax::Prose) {
        return thrice(view, &three, (open + 3, is_raw));
    }
    if is_raw && view.at(start) == b'(' && view.is_a(&["cc", "cpp", "cxx", "hpp", "hh", "h", "mm", "r"]) {
        let end = view.find(start + 1, start + 1 + LONGEST, b")\"")?;
        return made(view, (start + 1, end), end + 2, Escapes::None);
    }
    let hashes = open.saturating_sub(view.skip_back(open, 8, |it| it == b'#'));
    let style = Style::of(view, quote.byte, is_raw);
    let mut at = start;
    let mut has_escapes = false;
    let limit = (start + LONGEST).min(view.text.len());
    while at < limit {
        let byte = view.at(at);
        if byte == quote.byte {
            if style.doubles && view.at(at + 1) == byte {
                has_escapes = true;
                at += 2;
                continue;
            }
            if hashes == 0 || view.skip(at + 1, hashes, |it| it == b'#') == at + 1 + hashes {
                let escapes = if has_escapes { style.escapes } else { Escapes::None };
                let is_entity = view.syntax == Syntax::Markup && !has_escapes;
                let escapes = if is_entity { Escapes::Entities } else { escapes };
                return made(view, (start, at), at + 1 + hashes, escapes);
            }
        }
        if byte == style.escape {
            has_escapes = true;
            at += 1;
        } else if is_line_end(byte) && !style.spans_lines {
            return None;
        }
        at += 1;
    }
    None
}

/// Where the quote of a literal begins behind its prefix, and whether backslashes mean nothing in it.
fn prefix(view: View<'_>, at: usize) -> Option<(usize, bool)> {
    let first = view.at(at);
    if is_quote(first) || first == b'\\' || first == b'&' {
        return Some((at, false));
    }
    let letters = view.skip(at, 3, |it| {
        matches!(
            it,
            b'r' | b'R' | b'b' | b'B' | b'u' | b'U' | b'f' | b'F' | b'L' | b'@' | b'$' | b'8' | b'c' | b'q' | b'N'
        )
    });
    let quote = view.skip(letters, 8, |it| it == b'#');
    if !is_quote(view.at(quote)) {
        return None;
    }
    let prefix = view.slice(at, letters);
    let verbatim = prefix.contains(&b'@') && view.is_a(&["cs", "csx", "cshtml", "fs"]);
    Some((quote, quote > letters || verbatim || prefix.iter().any(|it| matches!(it, b'r' | b'R'))))
}

/// How a literal is written between its quotes.
#[derive(Clone, Copy)]
struct Style {
    /// What takes the next byte as it is; zero for nothing.
    escape: u8,
    /// Two quotes stand for one.
    doubles: bool,
    spans_lines: bool,
    escapes: Escapes,
}

/// What is undone in a literal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    None,
    Backslash,
    /// Only what a shell takes away between double quotes.
    Shell,
    Doubled(u8),
    Entities,
}

impl Style {
    fn of(view: View<'_>, quote: u8, is_raw: bool) -> Self {
        let plain = Self { escape: 0, doubles: false, spans_lines: quote == b'`', escapes: Escapes::None };
        let doubled = Self { doubles: true, escapes: Escapes::Doubled(quote), ..plain };
        if is_raw || view.syntax == Syntax::Markup {
            return if view.is_a(&["cs", "csx"]) { doubled } else { plain };
        }
        let backslash = Self { escape: b'\\', escapes: Escapes::Backslash, ..plain };
        let is_yaml = is_yaml(view);
        match (view.syntax, quote) {
            _ if view.is_a(&["vb", "vbs", "bas", "frm", "vba", "pas", "csv"]) => doubled,
            _ if view.is_a(&["ps1", "psm1", "psd1"]) && quote == b'\'' => doubled,
            _ if view.is_a(&["ps1", "psm1", "psd1"]) => Self { escape: b'`', escapes: Escapes::Shell, ..plain },
            (_, b'\'') if is_yaml => Self { spans_lines: true, ..doubled },
            (_, b'"') if is_yaml => Self { spans_lines: true, ..backslash },
            (_, b'\'') if view.is_a(&["sql", "ddl", "dml", "psql", "pgsql"]) => doubled,
            (Syntax::Shell, b'\'') | (Syntax::Config, b'\'') => plain,
            (Syntax::Shell, _) => Self { escapes: Escapes::Shell, ..backslash },
            _ => backslash,
        }
    }
}

pub(super) fn is_yaml(view: View<'_>) -> bool {
    view.is_a(&["yaml", "yml", "sls", "eyaml"])
}

/// A literal within another literal: its quotes have backslashes before them.
fn escaped(view: View<'_>, quote: Quote, start: usize) -> Option<Literal<'_>> {
    let limit = view.line_end(start).min(start + LONGEST);
    let mut at = start;
    while at < limit {
        if view.at(at) == b'\\' {
            let end = view.skip(at, 16, |it| it == b'\\');
            if view.at(end) == quote.byte && end - at == quote.slashes {
                return made(view, (start, at), end + 1, Escapes::Backslash);
            }
            at = end;
        } else if view.at(at) == quote.byte {
            return None;
        }
        at += 1;
    }
    None
}

/// A literal between three quotes, on one line or many.
fn thrice<'a>(view: View<'a>, three: &[u8], (start, is_raw): (usize, bool)) -> Option<Literal<'a>> {
    let end = view.find(start, start + LONGEST, three)?;
    let (first, last) = (view.space(start).min(end), view.space_back(end).max(start));
    let escapes =
        if is_raw || three.starts_with(b"'''") && view.is_a(&["toml"]) { Escapes::None } else { Escapes::Backslash };
    let mut literal = made(view, (first, last.max(first)), end + 3, escapes)?;
    if view.slice(start, end).iter().any(|it| is_line_end(*it)) {
        literal.writing = Writing::Block;
    }
    Some(literal)
}

fn made(view: View<'_>, (start, end): (usize, usize), next: usize, escapes: Escapes) -> Option<Literal<'_>> {
    if end <= start {
        return None;
    }
    let text = view.words(start, end);
    let value = match escapes {
        Escapes::None => text,
        Escapes::Backslash => unescaped(text),
        Escapes::Shell => Cow::Owned(shell_unescaped(&text)),
        Escapes::Doubled(quote) => {
            let quote = char::from(quote);
            Cow::Owned(text.replace(&format!("{quote}{quote}"), &quote.to_string()))
        }
        Escapes::Entities => super::markup::without_entities(text),
    };
    Some(Literal { value, span: Span::new(start, end), writing: Writing::Quoted, next })
}

fn shell_unescaped(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(it) = characters.next() {
        let goes =
            matches!(it, '\\' | '`') && characters.peek().is_some_and(|next| matches!(next, '"' | '\\' | '$' | '`'));
        value.push(if goes { characters.next().unwrap_or(it) } else { it });
    }
    value
}

/// The text with the escapes undone that most languages share; those it does not know stay.
pub(super) fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('\\') {
        return text;
    }
    let mut value = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('\\') {
        value.push_str(before);
        let mut characters = after.chars();
        let undone = match characters.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('0') => Some('\0'),
            Some(same @ ('\\' | '"' | '\'' | '`' | '/' | '$' | '#' | ':' | '=' | '!' | ' ' | '@' | '%')) => Some(same),
            Some('\n') => {
                rest = characters.as_str().trim_start_matches([' ', '\t']);
                continue;
            }
            _ => None,
        };
        if let Some(undone) = undone {
            value.push(undone);
            rest = characters.as_str();
        } else if let Some((point, behind)) = code_point(after) {
            value.push(point);
            rest = behind;
        } else {
            value.push('\\');
            rest = after;
        }
    }
    value.push_str(rest);
    Cow::Owned(value)
}

/// The character of `xHH`, `uHHHH`, `u{H…}` or `UHHHHHHHH`, and what stands behind it.
fn code_point(text: &str) -> Option<(char, &str)> {
    let (digits, rest) = match text.chars().next()? {
        'x' => text.get(1..).and_then(|it| it.split_at_checked(2))?,
        'u' if text.get(1..2) == Some("{") => text.get(2..).and_then(|it| it.split_once('}'))?,
        'u' => text.get(1..).and_then(|it| it.split_at_checked(4))?,
        'U' => text.get(1..).and_then(|it| it.split_at_checked(8))?,
        _ => return None,
    };
    let point = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)?;
    Some((point, rest))
}
