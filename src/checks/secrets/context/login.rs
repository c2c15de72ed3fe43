//! Calls that take a user and a password by their place: `SetBasicAuth("user", "…")`, `new PDO(place, "user", "…")`.

use super::Found;
use super::address::is_word_start;
use super::name::Name;
use super::quoted::{is_quote, quoted};
use super::view::{Literal, View, is_line_end, is_name};
use crate::checks::secrets::pair::{Binding, Syntax};

/// The longest argument that is no literal, in bytes.
const LONGEST: usize = 128;

/// The longest argument that is signed, in bytes.
const LONGEST_PAYLOAD: usize = 512;

/// Names of calls that take a user and a password, in small letters.
const LOGINS: &[&str] = &[
    "auth",
    "authenticate",
    "authorize",
    "basic_auth",
    "basic_authenticate",
    "basic_authorize",
    "basicauth",
    "basicauthentication",
    "basiccredentials",
    "http_basic",
    "httpbasic",
    "httpbasicauth",
    "httpdigestauth",
    "networkcredential",
    "passwordauthentication",
    "passwordcredentials",
    "plainauth",
    "setbasicauth",
    "usernamepasswordauthenticationtoken",
    "usernamepasswordcredentials",
    "withbasicauth",
];
/// Names of settings that are a user and a password, in small letters.
const PAIRS: &[&str] = &["auth", "basic_auth", "basicauth", "http_auth", "httpauth", "proxy_auth", "credentials"];

/// Whether a call of this name takes a user and a password.
pub(super) fn is_login(name: &str) -> bool {
    LOGINS.contains(&name.to_ascii_lowercase().as_str())
}

/// The password behind the user that a call takes first.
pub(super) fn second<'a>(view: View<'a>, user: &Literal<'a>, found: &mut Found<'_, 'a>) {
    if let Some(literal) = behind(view, user).filter(|it| is_end(view, it) || view.at(view.space(it.next)) == b',') {
        found(view.pair("basic".into(), literal, Binding::Basic));
    }
}

/// The literal behind another one and a comma.
fn behind<'a>(view: View<'a>, first: &Literal<'a>) -> Option<Literal<'a>> {
    let comma = view.space(first.next);
    (view.at(comma) == b',').then(|| quoted(view, view.space(comma + 1))).flatten()
}

/// Whether a list ends behind a literal.
fn is_end(view: View<'_>, literal: &Literal<'_>) -> bool {
    matches!(view.at(view.space(literal.next)), b')' | b']')
}

/// `auth=("user", "…")`, `'auth' => ['user', '…']`; whether that stands behind a name.
pub(super) fn two<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) -> bool {
    let open = view.blanks(after);
    if view.syntax != Syntax::Code || !matches!(view.at(open), b'(' | b'[') {
        return false;
    }
    let key = view.words(name.start, name.end).to_ascii_lowercase();
    if !PAIRS.contains(&key.as_str()) {
        return false;
    }
    let password = quoted(view, view.space(open + 1)).and_then(|user| behind(view, &user));
    let Some(literal) = password.filter(|it| is_end(view, it)) else { return false };
    found(view.pair("basic".into(), literal, Binding::Basic));
    true
}

/// `login("user", "…")`, `WiFi.begin("network", "…")`; the word begins at `at` and ends behind its parenthesis.
pub(super) fn call<'a>(view: View<'a>, (at, end): (usize, usize), found: &mut Found<'_, 'a>) {
    let is_own = !is_name(view.before(at)) || matches!(view.before(at), b'.' | b'_') || view.at(at) == b'L';
    if !is_own || view.syntax != Syntax::Code {
        return;
    }
    let Some(user) = quoted(view, view.space(end)) else { return };
    if view.has(at, b"login") {
        second(view, &user, found);
    } else if let Some(literal) = behind(view, &user) {
        found(view.pair("password".into(), literal, Binding::Argument));
    }
}

/// `jwt.sign(payload, "…")`: the second argument is the secret. The arguments begin at `start`.
pub(super) fn sign<'a>(view: View<'a>, start: usize, found: &mut Found<'_, 'a>) {
    if view.syntax != Syntax::Code {
        return;
    }
    let mut depth = 0_usize;
    let comma = view.slice(start, start + LONGEST_PAYLOAD).iter().position(|it| {
        match it {
            b'(' | b'{' | b'[' => depth += 1,
            b')' | b'}' | b']' if depth == 0 => return true,
            b')' | b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return true,
            _ => {}
        }
        false
    });
    let Some(comma) = comma.map(|it| start + it).filter(|it| view.at(*it) == b',') else { return };
    if let Some(literal) = quoted(view, view.space(comma + 1)) {
        found(view.pair("jwt_secret".into(), literal, Binding::Argument));
    }
}

/// `new PDO(place, "user", "…")`, `omniauth :place, "id", "…"`: the third argument is the password. The word begins at `at`,
/// the arguments at `start`.
pub(super) fn connect<'a>(view: View<'a>, (at, start): (usize, usize), found: &mut Found<'_, 'a>) {
    if view.syntax != Syntax::Code {
        return;
    }
    let key = if view.has(at, b"omniauth") { "client_secret" } else { "password" };
    let mut at = view.space(start);
    for number in 0..3 {
        if is_quote(view.at(at)) {
            let Some(literal) = quoted(view, at) else { return };
            if number == 2 {
                return found(view.pair(key.into(), literal, Binding::Argument));
            }
            at = literal.next;
        } else {
            at = view.skip(at, LONGEST, |it| !matches!(it, b',' | b')' | b';' | b'(') && !is_line_end(it));
        }
        at = view.space(at);
        if view.at(at) != b',' {
            return;
        }
        at = view.space(at + 1);
    }
}

/// Whether a word is not the end of another one.
pub(super) fn is_alone(view: View<'_>, at: usize) -> bool {
    is_word_start(view, at) || view.before(at) == b'/'
}
