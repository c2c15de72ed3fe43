//! The right side of an assignment, by the language around it.

use super::delimited::delimited;
use super::quoted::{is_quote, is_yaml, quoted, unescaped};
use super::view::{LONGEST, LONGEST_BARE, Literal, View, is_line_end, is_word};
use super::{block, yaml};
use crate::checks::secrets::pair::{Syntax, Writing};
use crate::model::Span;

/// The most literals of a list.
const MOST_ITEMS: usize = 16;

/// Calls `found` with each literal that is assigned, and the language that it stands in. The name begins at `first`, the
/// right side at `after`.
pub(super) fn each<'a>(
    view: View<'a>,
    (first, after, has_colon): (usize, usize, bool),
    found: &mut dyn FnMut(Literal<'a>, Syntax),
) {
    let syntax = view.syntax;
    match syntax {
        Syntax::Code | Syntax::Data | Syntax::Markup => code(view, (first, after, has_colon), found),
        Syntax::Config if is_yaml(view) => yaml::value(view, (first, after), &mut |it| found(it, syntax)),
        Syntax::Config if view.is_a(&["toml", "tf", "hcl", "tfvars", "nomad", "bicep", "nix", "jsonnet"]) => {
            code(view, (first, after, has_colon), found);
        }
        Syntax::Config => settings(view, (first, after)).into_iter().for_each(|it| found(it, syntax)),
        Syntax::Shell => shell(view, after).into_iter().for_each(|it| found(it, syntax)),
        Syntax::Prose => prose(view, after).into_iter().for_each(|it| found(it, syntax)),
    }
}

/// Source code: a literal is quoted or a number.
fn code<'a>(
    view: View<'a>,
    (first, after, has_colon): (usize, usize, bool),
    found: &mut dyn FnMut(Literal<'a>, Syntax),
) {
    let syntax = view.syntax;
    let at = unwrapped(view, view.space(after));
    if let Some(literal) = quoted(view, at).or_else(|| long_bracket(view, at)).or_else(|| delimited(view, at)) {
        return found(literal, syntax);
    }
    match view.at(at) {
        b'<' if view.has(at, b"<<") => {
            return block::here_document(view, at).into_iter().for_each(|it| found(it, syntax));
        }
        b'{' if nested(view, at + 1, found) => return,
        b'[' | b'(' | b'{' => return list(view, at + 1, found),
        b'0'..=b'9' => return number(view, at).into_iter().for_each(|it| found(it, syntax)),
        _ => {}
    }
    if has_colon && syntax == Syntax::Code {
        let end = view.skip(at, 48, |it| {
            is_word(it)
                || matches!(
                    it,
                    b' ' | b'.' | b'<' | b'>' | b'?' | b'|' | b'&' | b'\'' | b'[' | b']' | b':' | b'!' | b'*'
                )
        });
        if view.at(end) == b'=' && !matches!(view.at(end + 1), b'=' | b'>') {
            return code(view, (first, end + 1, false), found);
        }
    }
    if is_comment(view, first) {
        prose(view, after).into_iter().for_each(|it| found(it, Syntax::Prose));
    }
}

/// `[[…]]` of Lua.
fn long_bracket(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    if !view.has(at, b"[[") || !view.is_a(&["lua"]) {
        return None;
    }
    let end = view.find(at + 2, at + LONGEST, b"]]")?;
    view.plain(at + 2, end, Writing::Quoted)
}

/// Behind what turns a literal into a string, bytes or a secret.
fn unwrapped(view: View<'_>, at: usize) -> usize {
    const WRAPPERS: &[&[u8]] = &[
        b"[]byte(",
        b"string::from(",
        b"string(",
        b"new string(",
        b"secretstr(",
        b"secret(",
        b"some(",
        b"bytes(",
        b"str(",
        b"_t(",
        b"text(",
        b"strdup(",
        b"buffer.from(",
        b"optional.of(",
        b"securestring(",
        b"new guardedstring(",
        b"convertto-securestring ",
        b"pydantic.secretstr(",
        b"secretstring(",
        b"new securestring(",
        b"just(",
        b"&",
        b"string.valueof(",
        b"new text(",
        b"cow::borrowed(",
        b"cow::from(",
        b"(const char *)",
        b"(const char*)",
        b"(char *)",
        b"(char*)",
        b"(uint8_t *)",
        b"(unsigned char *)",
        b"(const unsigned char *)",
        b"(string)",
        b"(str)",
        b"fernet(",
        b"expandable.newsecurestring(",
        b"secretstring::from(",
        b"secretstring::new(",
        b"qstringliteral(",
        b"qstring(",
        b"std::string(",
        b"std::string{",
        b"f(",
        b"<string>",
        b"ptr.to(",
        b"to.ptr(",
        b"pointer.string(",
        b"pointer.to(",
        b"aws.string(",
        b"proto.string(",
        b"pulumi.string(",
        b"secretvalue.unsafeplaintext(",
        b"field(default=",
    ];
    if !matches!(view.at(at), b'A'..=b'Z' | b'a'..=b'z' | b'[' | b'(' | b'&' | b'_' | b'<') {
        return at;
    }
    let wrapper = WRAPPERS.iter().find(|it| view.has(at, it));
    let Some(wrapper) = wrapper else { return at };
    let inner = view.space(at + wrapper.len());
    let inner = if view.has(inner, b"-string ") { view.blanks(inner + 8) } else { inner };
    if quoted_begins(view, inner) { inner } else { at }
}

fn quoted_begins(view: View<'_>, at: usize) -> bool {
    is_quote(view.at(view.skip(at, 4, |it| matches!(it, b'@' | b'b' | b'r' | b'L' | b'u' | b'f' | b'\\'))))
}

/// `{"value": "…"}`, `{"default": "…"}`: what parameters and schemas put around a literal. Whether that stands there.
fn nested<'a>(view: View<'a>, at: usize, found: &mut dyn FnMut(Literal<'a>, Syntax)) -> bool {
    let mut at = view.space(at);
    for _ in 0..3 {
        let start = view.skip(at, 1, is_quote);
        let end = view.skip(start, 24, is_word);
        let sign = view.space(view.skip(end, 1, is_quote));
        if start == end || !matches!(view.at(sign), b':' | b'=') {
            return false;
        }
        let Some(literal) = quoted(view, view.space(sign + 1)) else { return false };
        const VALUES: &[&[u8]] = &[b"value", b"default", b"defaultvalue"];
        if VALUES.iter().any(|it| it.eq_ignore_ascii_case(view.slice(start, end))) {
            found(literal, view.syntax);
            return true;
        }
        let comma = view.space(literal.next);
        if view.at(comma) != b',' || !view.slice(start, end).eq_ignore_ascii_case(b"type") {
            return false;
        }
        at = view.space(comma + 1);
    }
    false
}

/// The literal that holds where a variable is not set: that of `${PLACE:literal}` and `${PLACE:-literal}`.
pub(super) fn fallback<'a>(view: View<'a>, literal: Literal<'a>) -> Literal<'a> {
    let default =
        literal.value.strip_prefix("${").and_then(|it| it.strip_suffix('}')).and_then(|it| it.split_once(':'));
    let Some((place, default)) = default else { return literal };
    let default = default.strip_prefix(['-', '=']).unwrap_or(default);
    let is_place = place.bytes().all(|it| is_word(it) || matches!(it, b'.' | b'-'));
    let is_plain = !default.is_empty() && !default.starts_with(['+', '?', '$', '{', '#']) && !default.contains("${");
    let end = literal.span.end.saturating_sub(1);
    let start = end.saturating_sub(default.len());
    if !is_place || !is_plain || view.slice(start, end) != default.as_bytes() {
        return literal;
    }
    let writing = literal.writing;
    view.plain(start, end, writing).map_or(literal, |inner| Literal { next: end + 1, ..inner })
}

/// The quoted literals of a list.
fn list<'a>(view: View<'a>, at: usize, found: &mut dyn FnMut(Literal<'a>, Syntax)) {
    let mut at = view.space(at);
    for _ in 0..MOST_ITEMS {
        let Some(literal) = quoted(view, at) else { return };
        let next = view.space(literal.next);
        // What has a colon behind it is a name.
        if matches!(view.at(next), b':' | b'=') {
            return;
        }
        found(literal, view.syntax);
        if view.at(next) != b',' {
            return;
        }
        at = view.space(next + 1);
    }
}

/// A number of at least four digits that stands alone.
fn number(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let end = view.skip(at, 64, |it| it.is_ascii_digit());
    let is_alone = !is_word(view.at(end)) && !matches!(view.at(end), b'.' | b'*' | b'/' | b'-' | b'+' | b'%');
    view.plain(at, end, Writing::Bare).filter(|it| is_alone && it.value.len() >= 4)
}

/// Whether a place stands in a comment that takes a whole line.
fn is_comment(view: View<'_>, at: usize) -> bool {
    let start = view.blanks(view.line_start(at));
    let marks: &[&[u8]] = &[b"//", b"#", b"*", b"/*", b"--", b";", b"<!--", b"%", b"rem "];
    start < at && marks.iter().any(|it| view.has(start, it))
}

/// Settings: to the end of the line, without a comment.
fn settings(view: View<'_>, (first, after): (usize, usize)) -> Option<Literal<'_>> {
    let at = view.blanks(after);
    let is_properties = view.is_a(&["properties"]);
    if !is_properties
        && let Some(literal) = quoted(view, at)
        && matches!(view.at(view.blanks(literal.next)), b'\n' | b'\r' | 0 | b'#' | b';' | b',' | b'}' | b')' | b']')
    {
        return Some(literal);
    }
    // An assignment among others on one line ends where the next begins.
    let is_nested = matches!(view.before(view.blanks_back(first)), b'{' | b',' | b'(');
    let line = view.skip(at, LONGEST_BARE, |it| !(is_line_end(it) || is_nested && matches!(it, b',' | b'}' | b')')));
    if is_properties {
        return continued(view, at, line);
    }
    let comment = view.slice(at, line).windows(2).position(|it| matches!(it, [b' ' | b'\t', b'#' | b';']));
    let end = view.blanks_back(comment.map_or(line, |it| at + it));
    let env = view.path.rsplit('/').next().is_some_and(|it| it.contains(".env")) || view.is_a(&["env", "ini"]);
    let end = if !env && view.before(end) == b';' { end - 1 } else { end };
    view.plain(at, end, Writing::Bare)
}

/// A value of Java properties: a backslash joins lines, others are escapes.
fn continued(view: View<'_>, at: usize, line: usize) -> Option<Literal<'_>> {
    let mut text = view.words(at, line);
    let mut end = line;
    while text.ends_with('\\') && !text.ends_with("\\\\") && end - at < LONGEST {
        let start = view.blanks(view.next_line(end));
        end = view.line_end(start);
        let text = text.to_mut();
        text.pop();
        text.push_str(&view.words(start, end));
        if start == end {
            break;
        }
    }
    let value = unescaped(text);
    let value = if value.trim_end() == value { value } else { value.trim_end().to_owned().into() };
    let writing = if end > line { Writing::Block } else { Writing::Bare };
    (!value.is_empty()).then(|| Literal { value, span: Span::new(at, view.blanks_back(end)), writing, next: end })
}

/// The right side in a shell: a word right behind the operator, or a list.
fn shell(view: View<'_>, after: usize) -> Option<Literal<'_>> {
    if view.has(after, b"<<") {
        return block::here_document(view, after);
    }
    let at = view.blanks(after);
    if at > after && !matches!(view.before(after), b':' | b'=') {
        return None;
    }
    if view.at(at) == b'(' {
        return shell_word(view, view.space(at + 1));
    }
    shell_word(view, at)
}

/// One word of a shell.
pub(super) fn shell_word(view: View<'_>, start: usize) -> Option<Literal<'_>> {
    if let Some(literal) = quoted(view, start)
        && !is_in_word(view.at(literal.next))
    {
        return Some(literal);
    }
    let limit = start + 1024;
    let mut at = start;
    let mut value = Vec::new();
    while at < limit && is_in_word(view.at(at)) {
        let byte = view.at(at);
        if let Some(literal) = is_quote(byte).then(|| super::quoted::one(view, at)).flatten() {
            value.extend_from_slice(literal.value.as_bytes());
            at = literal.next;
            continue;
        }
        if matches!(byte, b'"' | b'\'') {
            break;
        }
        if byte == b'$' && matches!(view.at(at + 1), b'(' | b'{') {
            let close = if view.at(at + 1) == b'(' { b')' } else { b'}' };
            let end = view.skip(at, 256, |it| it != close && !is_line_end(it));
            value.extend_from_slice(view.slice(at, end + 1));
            at = end + 1;
            continue;
        }
        if byte == b'\\' && !is_line_end(view.at(at + 1)) {
            at += 1;
        }
        value.push(view.at(at));
        at += 1;
    }
    let end = at.min(view.text.len());
    let value = String::from_utf8_lossy(&value).into_owned();
    (!value.is_empty()).then(|| Literal {
        value: value.into(),
        span: Span::new(start, end),
        writing: Writing::Bare,
        next: end,
    })
}

fn is_in_word(byte: u8) -> bool {
    !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'|' | b'&' | b'<' | b'>' | b')' | 0)
}

/// Text that people read: one word and nothing behind it that goes on.
pub(super) fn prose(view: View<'_>, after: usize) -> Option<Literal<'_>> {
    let at = view.blanks(after);
    let at = view.blanks(view.skip(at, 2, |it| it == b'*'));
    let (open, close) = (view.at(at), view.at(at + 1));
    if is_quote(open) && open != close {
        return quoted(view, at);
    }
    let mut end = view.skip(at, 512, |it| !it.is_ascii_whitespace() && !matches!(it, b'"' | b'`' | b'|'));
    // `Authorization: token …`.
    if [b"token ".as_slice(), b"apikey ", b"api-key "].iter().any(|it| view.has(at, it))
        && view.has_before(after, b"authorization:")
    {
        end = view.skip(end + 1, 512, |it| it.is_ascii_graphic() && !matches!(it, b'"' | b'`' | b'|'));
    }
    // `file.c:120` is a place.
    if at == after
        && view.before(after) == b':'
        && view.skip(at, end - at, |it| it.is_ascii_digit() || it == b':') == end
    {
        return None;
    }
    let bare = view.skip_back(end, end - at, |it| matches!(it, b',' | b';' | b'.' | b')' | b'*' | b'\'' | b']'));
    let behind = view.blanks(end);
    let is_alone = end > bare || behind == end || is_line_end(view.at(behind)) || view.at(behind) == 0;
    let is_shell = view.before(after) == b'=' && at == after;
    view.plain(at, bare, Writing::Bare)
        .filter(|_| is_alone || is_shell || matches!(view.at(behind), b'(' | b'/' | b'|'))
}
