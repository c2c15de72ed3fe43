//! Options of commands.

use super::name::Name;
use super::quoted::{Quote, is_quote, one, quoted};
use super::view::{Literal, View, is_line_end, is_name};
use super::{Found, address, header};
use crate::checks::secrets::pair::{Binding, Syntax, Writing};
use crate::model::Span;

/// How much of a command is read, in bytes.
const LONGEST_COMMAND: usize = 512;

/// The shortest user without a password that is a token, in bytes.
const SHORTEST_TOKEN: usize = 20;

/// `--password=…`, `--password …`; whether the name is that of an option with a value.
pub(super) fn option<'a>(view: View<'a>, name: &Name, found: &mut Found<'_, 'a>) -> bool {
    let outer = view.before(name.outer);
    if !(outer.is_ascii_whitespace() || is_quote(outer) || matches!(outer, 0 | b'[' | b'(' | b',' | b'=')) {
        return false;
    }
    let at = name.next;
    let literal = match view.at(at) {
        b'=' => argument(view, at + 1),
        b',' if name.is_closed => quoted(view, view.space(at + 1)).or_else(|| default(view, at)),
        b' ' if name.is_closed => quoted(view, view.blanks(at)),
        b' ' | b'\t' if view.syntax != Syntax::Code || name.quote.is_some() || is_power_shell(view) => {
            let next = view.blanks(at);
            let is_value = !matches!(view.at(next), b'-' | b'[' | b']' | b'=' | b'|' | b':');
            is_value.then(|| argument(view, next)).flatten()
        }
        b'\n' | b'\r' => item_below(view, name),
        _ => None,
    };
    let Some(literal) = literal.and_then(|it| without_source(view, it)) else { return false };
    found(view.pair(name.key(view), literal, Binding::Flag));
    true
}

fn is_power_shell(view: View<'_>) -> bool {
    view.is_a(&["ps1", "psm1", "psd1"])
}

/// The value that an option takes when it is not given: `add_argument("--password", default="…")`.
fn default(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let end = view.skip(at, LONGEST_COMMAND, |it| !matches!(it, b')' | b'{' | b'}' | b';'));
    let word = view.find(at, end, b"default").filter(|it| !is_name(view.before(*it)))?;
    let sign = view.blanks(word + b"default".len());
    matches!(view.at(sign), b'=' | b':').then(|| quoted(view, view.space(sign + 1))).flatten()
}

/// The next item of a list whose item is an option: `- --password`, then `- …`.
fn item_below<'a>(view: View<'a>, name: &Name) -> Option<Literal<'a>> {
    let item = |at: usize| view.at(at) == b'-' && view.at(at + 1) == b' ';
    let start = view.line_start(name.outer);
    let first = view.blanks(start);
    let below = view.next_line(view.line_end(name.next));
    let next = view.blanks(below);
    if !item(first) || !item(next) || next - below != first - start {
        return None;
    }
    Some(argument(view, view.blanks(next + 1))?).filter(|it| !it.value.starts_with('-'))
}

/// One argument, which also ends where the literal around the command does.
fn argument(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    if Quote::at(view, at).is_some()
        && let Some(literal) = one(view, at)
    {
        return Some(literal);
    }
    let free = |it: u8| {
        !it.is_ascii_whitespace() && !is_quote(it) && !matches!(it, b';' | b'|' | b'&' | b')' | b']' | b'\\' | b',' | 0)
    };
    let mut end = view.skip(at, 1024, free);
    // The user and the password of lftp.
    if view.at(end) == b',' && view.has_before(at, b"-u ") {
        end = view.skip(end + 1, 1024, free);
    }
    view.plain(at, end, Writing::Bare)
}

/// The password of `pass:…` as OpenSSL takes it.
fn without_source<'a>(view: View<'a>, literal: Literal<'a>) -> Option<Literal<'a>> {
    if !literal.value.starts_with("pass:") {
        return Some(literal);
    }
    let start = literal.span.start + 5;
    let mut inner = view.plain(start, literal.span.end, literal.writing)?;
    inner.next = literal.next;
    Some(inner)
}

/// Whether the name is the `pass` of `-passin pass:…`: the option is read for it.
pub(super) fn is_source(view: View<'_>, name: &Name) -> bool {
    if view.at(name.end) != b':' || view.before(name.outer) != b' ' || !view.has(name.start, b"pass:") {
        return false;
    }
    let option = view.skip_back(view.blanks_back(name.outer), 16, is_name);
    view.has(option, b"-pass")
}

/// How an option carries a password.
#[derive(Clone, Copy)]
enum Form {
    /// `-p secret`.
    Next,
    /// `-psecret`.
    Attached,
    /// Both.
    Either,
    /// `-u user:secret`, with the sign between the two.
    Behind(u8),
}

/// The options of a program that carry a password.
type Options = &'static [(&'static [u8], Form)];

/// Programs by the start of their trigger, and their options.
const PROGRAMS: &[(&str, Options)] = &[
    (
        "curl ",
        &[
            (b"-u", Form::Behind(b':')),
            (b"--user", Form::Behind(b':')),
            (b"-U", Form::Behind(b':')),
            (b"--proxy-user", Form::Behind(b':')),
        ],
    ),
    ("mysql", &[(b"-p", Form::Attached)]),
    ("mariadb", &[(b"-p", Form::Attached)]),
    ("sshpass ", &[(b"-p", Form::Either)]),
    ("login ", &[(b"-p", Form::Next)]),
    ("redis-cli ", &[(b"-a", Form::Next)]),
    ("ldap", &[(b"-w", Form::Either)]),
    ("sqlcmd", &[(b"-P", Form::Either)]),
    ("mongo", &[(b"-p", Form::Next)]),
    ("plink ", &[(b"-pw", Form::Next)]),
    ("pscp ", &[(b"-pw", Form::Next)]),
    ("smbclient ", &[(b"-U", Form::Behind(b'%'))]),
    ("zip -", &[(b"-P", Form::Either)]),
    ("7z ", &[(b"-p", Form::Attached)]),
    ("twine upload", &[(b"-p", Form::Next)]),
    ("mosquitto_", &[(b"-P", Form::Next)]),
    (
        "skopeo ",
        &[
            (b"--creds", Form::Behind(b':')),
            (b"--src-creds", Form::Behind(b':')),
            (b"--dest-creds", Form::Behind(b':')),
        ],
    ),
    ("xfreerdp ", &[(b"/p:", Form::Attached)]),
    ("lftp ", &[(b"-u", Form::Behind(b','))]),
    ("ipmitool ", &[(b"-P", Form::Next)]),
    ("openssl enc ", &[(b"-k", Form::Next)]),
    ("rpcclient ", &[(b"-U", Form::Behind(b'%'))]),
    ("unzip -", &[(b"-P", Form::Either)]),
    ("winexe ", &[(b"-U", Form::Behind(b'%'))]),
    ("ncftp", &[(b"-p", Form::Next)]),
];

/// Reads the options of a program that is known to take a password behind one.
pub(super) fn program<'a>(view: View<'a>, (word, at): (&str, usize), found: &mut Found<'_, 'a>) {
    if !address::is_word_start(view, at) && view.before(at) != b'/' {
        return;
    }
    let Some((_, options)) = PROGRAMS.iter().find(|(program, _)| word.starts_with(program)) else { return };
    let name = view.skip(at + word.trim_end_matches([' ', '-']).len(), 16, is_name);
    if view.at(name) != b' ' {
        return;
    }
    let end = command_end(view, name);
    let mut place = name;
    while place < end {
        place = view.skip(place, end - place, |it| it != b' ');
        let start = view.skip(place, 32, |it| matches!(it, b' ' | b'\\' | b'\n' | b'\r' | b'\t'));
        if start == place {
            break;
        }
        place = start;
        let Some((option, form)) = options
            .iter()
            .filter(|(option, _)| view.slice(start, start + option.len()) == *option)
            .max_by_key(|(option, _)| option.len())
        else {
            continue;
        };
        let behind = start + option.len();
        let next = view.blanks(behind);
        let is_apart = next > behind || view.at(behind) == b'=';
        let value = match form {
            Form::Attached if !is_apart => argument(view, behind),
            Form::Next if is_apart => argument(view, next.max(behind + 1)),
            Form::Either | Form::Behind(_) => argument(view, if view.at(next) == b'=' { next + 1 } else { next }),
            Form::Attached | Form::Next => None,
        };
        let Some(literal) = value.and_then(|it| part(view, it, *form)) else { continue };
        if literal.value.starts_with('-') || header::is_scheme(&literal.value) {
            continue;
        }
        let key = view.words(start, behind).trim_start_matches(['-', '/']).trim_end_matches(':').to_owned();
        found(view.pair(key.into(), literal, Binding::Flag));
        return;
    }
}

/// What stands behind the user.
fn part<'a>(view: View<'a>, literal: Literal<'a>, form: Form) -> Option<Literal<'a>> {
    let Form::Behind(sign) = form else { return Some(literal) };
    let text = view.slice(literal.span.start, literal.span.end);
    let at = text.iter().position(|it| *it == sign)?;
    // A token may stand where the user does, with no password: `-u token:`.
    if at + 1 == text.len() && SHORTEST_TOKEN <= at {
        return view.plain(literal.span.start, literal.span.start + at, literal.writing);
    }
    let start = literal.span.start + at + 1;
    let value = literal.value.split_once(char::from(sign))?.1.to_owned();
    let span = Span::new(start, literal.span.end);
    (!value.is_empty()).then(|| Literal { value: value.into(), span, writing: literal.writing, next: literal.next })
}

/// Where a command ends: at its line's end, which a backslash takes away.
fn command_end(view: View<'_>, start: usize) -> usize {
    let mut end = start;
    while end - start < LONGEST_COMMAND {
        end = view.skip(end, LONGEST_COMMAND, |it| !is_line_end(it) && !matches!(it, b'|' | b';'));
        if view.before(end) != b'\\' {
            break;
        }
        end = view.next_line(end).max(end + 1);
    }
    end.min(start + LONGEST_COMMAND)
}
