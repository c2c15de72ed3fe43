//! Commands that are given a password without an option for it.

use super::Found;
use super::login::is_alone;
use super::quoted::is_quote;
use super::view::{View, is_line_end, is_name};
use crate::checks::secrets::pair::{Binding, Syntax, Writing};

/// How much of a command is read, in bytes.
const LONGEST: usize = 256;
/// The most words of a command before its password.
const MOST_WORDS: usize = 8;

/// `sqlplus user/…@database`, `jdbc:oracle:thin:user/…@host`; the word begins at `at` and ends at `end`.
pub(super) fn oracle<'a>(view: View<'a>, (at, end): (usize, usize), found: &mut Found<'_, 'a>) {
    if !is_alone(view, at) {
        return;
    }
    let mut start = end;
    if view.at(at).eq_ignore_ascii_case(&b'j') {
        start = view.skip(end, 16, |it| it.is_ascii_alphanumeric());
        if view.at(start) != b':' {
            return;
        }
        start += 1;
    } else {
        // Options stand before the user.
        for _ in 0..MOST_WORDS {
            start = view.skip(start, LONGEST, |it| it == b' ' || is_quote(it));
            if view.at(start) != b'-' {
                break;
            }
            start = view.skip(start, 16, |it| it != b' ' && !is_line_end(it));
        }
    }
    let slash = view.skip(start, 64, is_name);
    let last = view.skip(slash + 1, LONGEST, |it| it != b'@' && !it.is_ascii_whitespace() && !is_quote(it));
    if slash == start || view.at(slash) != b'/' || view.at(last) != b'@' {
        return;
    }
    if let Some(literal) = view.plain(slash + 1, last, Writing::Bare) {
        found(view.pair("oracle".into(), literal, Binding::Userinfo));
    }
}

/// `echo user:… | chpasswd`, `echo … | docker login --password-stdin`; the word begins at `at`.
pub(super) fn piped<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) {
    if !matches!(view.syntax, Syntax::Shell | Syntax::Config | Syntax::Prose | Syntax::Code) {
        return;
    }
    let line = view.skip_back(at, LONGEST, |it| !is_line_end(it));
    let Some(pipe) = view.slice(line, at).iter().rposition(|it| *it == b'|').map(|it| line + it) else { return };
    let end = view.blanks_back(pipe);
    let Some(echo) = view.slice(line, end).windows(5).rposition(|it| it == b"echo ").map(|it| line + it) else {
        return;
    };
    let mut start = view.blanks(echo + 5);
    while view.at(start) == b'-' {
        start = view.blanks(view.skip(start, 8, |it| it != b' '));
    }
    let has_quotes = is_quote(view.at(start)) && view.before(end) == view.at(start) && start + 1 < end;
    let (mut start, end) = if has_quotes { (start + 1, end - 1) } else { (start, end) };
    let is_free = |it: u8| it != b' ' && it != b'\t' && it != b'\\' && !is_quote(it);
    if start >= end || view.skip(start, end - start, is_free) < end {
        return;
    }
    if view.has(at, b"chpasswd") {
        let Some(colon) = view.slice(start, end).iter().position(|it| *it == b':') else { return };
        start += colon + 1;
    }
    if let Some(literal) = view.plain(start, end, Writing::Bare) {
        found(view.pair("-p".into(), literal, Binding::Flag));
    }
}

/// `net user name …`, `net use drive path …`, `mc alias set name address user …`, `vault login …`, `msg nickserv identify …`,
/// `rabbitmqctl add_user name …`, `htpasswd -b file name …`, `wpa_passphrase name …`.
pub(super) fn operand<'a>(view: View<'a>, (word, at): (&str, usize), found: &mut Found<'_, 'a>) {
    if !is_alone(view, at) || matches!(view.syntax, Syntax::Markup | Syntax::Data) {
        return;
    }
    let mut start = at + word.len();
    let mut skipped = match word {
        "vault login " | "nickserv identify " => 0,
        // The path, and the drive where one is named.
        "net use " => 1 + usize::from(!view.has(view.blanks(start), b"\\\\")),
        "mc alias set " | "mc config host add " => 3,
        _ => 1,
    };
    if word.starts_with("htpasswd") {
        let options = view.skip(start, 12, |it| it.is_ascii_alphabetic());
        let has = |option: u8| view.slice(start, options).contains(&option);
        if !has(b'b') {
            return;
        }
        skipped = if has(b'n') { 1 } else { 2 };
        start = options;
    }
    for _ in 0..skipped {
        start = view.blanks(start);
        start = view.skip(start, 64, |it| !it.is_ascii_whitespace());
    }
    let start = view.blanks(start);
    let (first, end) = if is_quote(view.at(start)) {
        let quote = view.at(start);
        (start + 1, view.skip(start + 1, LONGEST, |it| it != quote && !is_line_end(it)))
    } else {
        (
            start,
            view.skip(start, LONGEST, |it| {
                !it.is_ascii_whitespace() && !is_quote(it) && !matches!(it, b';' | b'|' | b'&' | b'>' | b')')
            }),
        )
    };
    if matches!(view.at(first), b'/' | b'-' | b'<' | b'*') {
        return;
    }
    if let Some(literal) = view.plain(first, end, Writing::Bare) {
        found(view.pair("-p".into(), literal, Binding::Flag));
    }
}
