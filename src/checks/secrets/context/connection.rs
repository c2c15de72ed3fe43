//! Connection strings: `Server=…;Password=…;`, `host=… password=…`.

use super::Found;
use super::name::Name;
use super::quoted::is_quote;
use super::view::{View, is_word};
use crate::checks::secrets::pair::{Binding, Writing};

/// How far around the name another part is looked for, in bytes.
const FAR: usize = 256;

/// Parts that make it a connection string.
const PARTS: &[&[u8]] = &[
    b"server=",
    b"host=",
    b"hostname=",
    b"data source=",
    b"datasource=",
    b"uid=",
    b"user id=",
    b"userid=",
    b"user=",
    b"username=",
    b"database=",
    b"initial catalog=",
    b"accountname=",
    b"endpoint=",
    b"driver=",
    b"dbname=",
    b"provider=",
    b"sharedaccesskeyname=",
    b"defaultendpointsprotocol=",
    b"address=",
    b"addr=",
    b"account=",
    b"dsn=",
    b"hostaddr=",
];

/// Reads the part of a connection string; whether it is one.
pub(super) fn part<'a>(view: View<'a>, name: &Name, after: usize, found: &mut Found<'_, 'a>) -> bool {
    if name.is_closed {
        return false;
    }
    let phrase = view.skip_back(name.outer, 24, |it| is_word(it) || it == b' ');
    let start = view.blanks(after);
    let (start, close) = match view.at(start) {
        b'\'' if view.before(phrase) == b';' => (start + 1, b'\''),
        b'{' => (start + 1, b'}'),
        _ => (start, 0),
    };
    let end = view.skip(start, 1024, |it| {
        if close > 0 {
            it != close && it != b'\n'
        } else {
            !matches!(it, b';' | b'"' | b'\'' | b'`' | b'<' | b'\n' | b'\r' | b'\\' | b'&')
        }
    });
    let begins = is_quote(view.before(phrase)) && view.at(end) == b';';
    let has_signs = (view.before(phrase) == b';' || begins) && start < end;
    let window = |from: usize, to: usize| (from..to).any(|at| view.at(at) == b'=' && is_part(view, at + 1, PARTS));
    let line = view.skip_back(name.outer, FAR, |it| it != b'\n' && it != b'\r');
    let line_end = view.skip(after, FAR, |it| it != b'\n' && it != b'\r');
    if has_signs {
        if !window(line, name.start) && !window(end, line_end) {
            return false;
        }
        let end = view.blanks_back(end);
        let Some(literal) = view.plain(start, end, Writing::Bare) else { return false };
        found(view.pair(name.phrase(view), literal, Binding::ConnectionString));
        return true;
    }
    if view.before(name.outer) == b',' && is_cache(view, line, name.outer) {
        let end = view.skip(after, 256, |it| it.is_ascii_graphic() && !matches!(it, b',' | b'"' | b'\'' | b'<' | b';'));
        let Some(literal) = view.plain(after, end, Writing::Bare) else { return false };
        found(view.pair(name.key(view), literal, Binding::ConnectionString));
        return true;
    }
    // The parts of libpq are separated by blanks.
    let is_apart = matches!(view.before(name.outer), b' ' | b'"' | b'\'') && start == after;
    let end = view.skip(start, end - start, |it| !it.is_ascii_whitespace());
    const LIBPQ: &[&[u8]] = &[b"host=", b"dbname=", b"hostaddr="];
    let is_libpq = || (line..line_end).any(|at| view.at(at) == b'=' && is_part(view, at + 1, LIBPQ));
    if !is_apart || !is_libpq() {
        return false;
    }
    let Some(literal) = view.plain(start, end, Writing::Bare) else { return false };
    found(view.pair(name.key(view), literal, Binding::ConnectionString));
    true
}

/// Whether `host:port` stands before the comma at `end`, as in the connection strings of caches: `host:6380,password=…`.
fn is_cache(view: View<'_>, line: usize, end: usize) -> bool {
    let text = view.slice(line, end - 1);
    let part = text.rsplit(|it| is_quote(*it) || matches!(it, b' ' | b'=' | b'>')).next().unwrap_or_default();
    part.split(|it| *it == b',').any(|it| {
        let port = it.rsplit(|it| *it == b':').next().unwrap_or_default();
        port.len() < it.len() && (2..6).contains(&port.len()) && port.iter().all(u8::is_ascii_digit)
    })
}

fn is_part(view: View<'_>, end: usize, parts: &[&[u8]]) -> bool {
    parts.iter().any(|it| view.has_before(end, it))
}
