//! Addresses: the password before the host, and parameters.

use std::borrow::Cow;

use super::name::Name;
use super::view::{Literal, View, is_word};
use super::{Found, header};
use crate::checks::secrets::pair::{Binding, Writing};
use crate::model::Span;

/// The longest user and password, in bytes.
const LONGEST: usize = 512;

/// `scheme://user:password@host`, from its `://`.
pub(super) fn userinfo<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) {
    let start = at + 3;
    let end = view.skip(start, LONGEST, |it| !is_end(it) && !matches!(it, b'/' | b'?' | b'#'));
    let mut part = view.slice(start, end);
    let mut host = part.iter().rposition(|it| *it == b'@');
    if host.is_none() && !part.contains(&b':') {
        return;
    }
    let scheme_start =
        view.skip_back(at, 32, |it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'-' | b'.' | b':'));
    let scheme = view.words(scheme_start, at);
    if host.is_none()
        && part.contains(&b':')
        && !scheme.starts_with("http")
        && matches!(view.at(end), b'/' | b'?' | b'#')
    {
        // Signs of a password that should have been encoded.
        let end = view.skip(start, LONGEST, |it| !is_end(it));
        part = view.slice(start, end);
        let colon = part.iter().position(|it| *it == b':').unwrap_or(0);
        let is_port = part.get(colon + 1..).unwrap_or_default().split(|it| *it == b'/').next();
        if is_port.is_some_and(|it| it.iter().all(u8::is_ascii_digit)) {
            return;
        }
        host = part.iter().position(|it| *it == b'@');
    }
    let Some(host) = host else { return };
    let info = part.get(..host).unwrap_or_default();
    let colon = info.iter().position(|it| *it == b':');
    let (first, last) = match colon {
        // The user of an address without a password, or with a dummy, may be a token.
        None => (0, host),
        Some(colon) if colon + 1 == host || info.ends_with(b":x-oauth-basic") => (0, colon),
        Some(colon) => (colon + 1, host),
    };
    if first == last || first == 0 && last < 16 {
        return;
    }
    let span = Span::new(start + first, start + last);
    let value = percent_decoded(view.words(span.start, span.end));
    let literal = Literal { value, span, writing: Writing::Bare, next: span.end };
    found(view.pair(scheme, literal, Binding::Userinfo));
}

/// `user:password@tcp(host)`, as drivers of Go take it; the sign begins at `at`.
pub(super) fn driver<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) {
    let start = view.skip_back(at, LONGEST, |it| !is_end(it) && it != b'=');
    let Some(colon) = view.slice(start, at).iter().position(|it| *it == b':') else { return };
    if let Some(literal) = view.plain(start + colon + 1, at, Writing::Bare).filter(|_| colon > 0) {
        found(view.pair("mysql".into(), literal, Binding::Userinfo));
    }
}

/// `?token=…`, `&token=…`; whether the name is that of a parameter.
pub(super) fn parameter<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) -> bool {
    if view.before(name.outer) == b';' && !view.has_before(name.outer, b"&amp;") {
        return false;
    }
    let start = name.end + 1;
    let end = view.skip(start, 2048, |it| !is_end(it) && !matches!(it, b'&' | b'#' | b';' | b',' | b'('));
    if start == end || view.at(start) == b'=' {
        return false;
    }
    let value = percent_decoded(view.words(start, end));
    if header::is_scheme(&value) {
        return true;
    }
    let literal = Literal { value, span: Span::new(start, end), writing: Writing::Bare, next: end };
    found(view.pair(name.key(view), literal, Binding::Query));
    true
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b'\\' | b')' | b'|' | 0)
}

/// The text with `%HH` undone.
fn percent_decoded(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('%') {
        return text;
    }
    let bytes = text.as_bytes();
    let mut value = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%').and_then(|it| std::str::from_utf8(it).ok());
        let digits = digits.filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|it| u8::from_str_radix(it, 16).ok()) {
            Some(byte) => {
                value.push(byte);
                at += 3;
            }
            None => {
                value.push(*byte);
                at += 1;
            }
        }
    }
    Cow::Owned(String::from_utf8_lossy(&value).into_owned())
}

/// Whether a word stands alone before a place.
pub(super) fn is_word_start(view: View<'_>, at: usize) -> bool {
    !is_word(view.before(at)) && !matches!(view.before(at), b'.' | b'/' | b'-')
}
