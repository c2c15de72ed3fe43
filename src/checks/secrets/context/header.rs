//! Headers of HTTP requests.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

use super::Found;
use super::view::{self, Literal, View};
use crate::checks::secrets::pair::{Binding, Pair, Writing};
use crate::model::Span;

/// `Authorization: Basic …`: the word begins at `at` and ends at `end`.
pub(super) fn basic<'a>(view: View<'a>, at: usize, end: usize, found: &mut Found<'_, 'a>) {
    let start = view.blanks(end);
    let last = view.skip(start, 1024, |it| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/' | b'-' | b'_'));
    let padded = view.skip(last, 2, |it| it == b'=');
    if last - start < 4 || (padded - start) % 4 == 1 {
        return;
    }
    let token = view.slice(start, padded);
    let bytes =
        STANDARD.decode(token).or_else(|_| STANDARD_NO_PAD.decode(token)).or_else(|_| URL_SAFE_NO_PAD.decode(token));
    let Some(text) = bytes.ok().and_then(|it| String::from_utf8(it).ok()) else { return };
    if text.chars().any(char::is_control) {
        return;
    }
    let value = match text.split_once(':') {
        Some((_, password)) => password.to_owned(),
        None if named(view, at).is_some() => text,
        None => return,
    };
    if value.is_empty() {
        return;
    }
    let literal =
        Literal { value: Cow::Owned(value), span: Span::new(start, padded), writing: Writing::Bare, next: padded };
    found(view.pair(named(view, at).unwrap_or(Cow::Borrowed("Authorization")), literal, Binding::Basic));
}

/// `Authorization: Bearer …`.
pub(super) fn bearer<'a>(view: View<'a>, at: usize, end: usize, found: &mut Found<'_, 'a>) {
    let start = view.blanks(end);
    let last = view.skip(start, 4096, |it| {
        it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/' | b'-' | b'_' | b'.' | b'~' | b'=' | b'|')
    });
    let name = named(view, at);
    let token = view.slice(start, last);
    if token.len() < 8 || name.is_none() && !token.iter().any(u8::is_ascii_digit) {
        return;
    }
    let Some(literal) = view.plain(start, last, Writing::Bare) else { return };
    // `"value": "Bearer …"`: what names the header stands elsewhere.
    let name = name.filter(|it| it.to_ascii_lowercase().contains("auth"));
    found(view.pair(name.unwrap_or(Cow::Borrowed("Authorization")), literal, Binding::Header));
}

/// The name of the header whose value begins at a place.
fn named(view: View<'_>, at: usize) -> Option<Cow<'_, str>> {
    let signs = view.skip_back(at, 12, |it| {
        matches!(it, b':' | b'=' | b' ' | b'"' | b'\'' | b',' | b'`' | b'>' | b'\\' | b'[' | b']' | b'(')
    });
    let start = view.skip_back(signs, 48, view::is_name);
    let has_sign = view.slice(signs, at).iter().any(|it| matches!(it, b':' | b'=' | b','));
    (start < signs && has_sign).then(|| view.words(start, signs))
}

/// Whether a value begins with a scheme that has a trigger of its own.
pub(super) fn is_scheme(value: &str) -> bool {
    let begins = |scheme: &str| value.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    begins("basic ") || begins("bearer ")
}

/// Whether a name is that of the header that says who asks.
pub(super) fn is_authorization(key: &str) -> bool {
    key.eq_ignore_ascii_case("authorization") || key.eq_ignore_ascii_case("proxy-authorization")
}

/// Whether a name is that of a header that carries a secret.
pub(super) fn is_name(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower == "authorization"
        || lower == "proxy-authorization"
        || lower == "private-token"
        || lower == "job-token"
        || lower.starts_with("x-")
        || lower == "cookie"
        || lower == "set-cookie"
        || lower == "api-key"
}

/// The pair without the scheme before its secret: `token …`, `ApiKey …`.
pub(super) fn without_scheme(pair: Pair<'_>) -> Pair<'_> {
    let is_cookie = pair.key.eq_ignore_ascii_case("cookie") || pair.key.eq_ignore_ascii_case("set-cookie");
    if pair.binding == Binding::Header && is_cookie { of_cookie(pair) } else { behind_scheme(pair) }
}

/// The value of the first cookie.
fn of_cookie(mut pair: Pair<'_>) -> Pair<'_> {
    let is_whole = pair.span.end - pair.span.start == pair.value.len();
    let Some((name, rest)) = pair.value.split_once('=').filter(|_| is_whole) else { return pair };
    let value = rest.split(';').next().unwrap_or(rest).trim_end().to_owned();
    if !value.is_empty() {
        pair.span.start += name.len() + 1;
        pair.span.end = pair.span.start + value.len();
        pair.value = Cow::Owned(value);
    }
    pair
}

/// What stands behind the scheme.
fn behind_scheme(mut pair: Pair<'_>) -> Pair<'_> {
    if pair.binding != Binding::Header || !pair.key.to_ascii_lowercase().ends_with("authorization") {
        return pair;
    }
    let length = pair.span.end - pair.span.start;
    let Some((scheme, rest)) = pair.value.split_once(' ') else { return pair };
    let rest = rest.trim_start();
    if rest.contains(' ')
        || rest.is_empty()
        || length != pair.value.len()
        || !scheme.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-')
    {
        return pair;
    }
    pair.span.start = pair.span.end - rest.len();
    pair.value = Cow::Owned(rest.to_owned());
    pair
}
