//! The name around a trigger, and what kind of place it stands in.

use std::borrow::Cow;
use std::ops::Range;

use super::quoted::{Quote, is_quote};
use super::view::{View, is_line_end, is_name, is_word};
use super::words::{Reads, WORDS};
use super::{Found, address, assign, compared, flag, markup, named, table, yaml};
use crate::checks::secrets::pair::Syntax;

/// The most bytes of a name before and after the trigger.
const MOST: usize = 64;

/// A name in the text.
#[derive(Clone, Copy)]
pub(super) struct Name {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where it begins with the dashes of a flag, `$` and `:`.
    pub(super) outer: usize,
    pub(super) dashes: usize,
    /// The quote right before it.
    pub(super) quote: Option<Quote>,
    /// The quote right before it or its phrase is closed right behind it.
    pub(super) is_closed: bool,
    /// Behind the name and its quote.
    pub(super) next: usize,
}

/// Reads the pairs that the name around a trigger makes.
pub(super) fn read<'a>(view: View<'a>, (word, reads): (Range<usize>, Reads), found: &mut Found<'_, 'a>) {
    // A sign such as that of `psw=` belongs to the trigger and not to the name.
    let word = word.start..word.end - usize::from(!is_name(view.before(word.end)));
    if !goes_on(view, &word, reads) {
        return;
    }
    let end = view.skip(word.end, MOST, is_name);
    if table::read(view, word.start, found) {
        return;
    }
    if compared::read(view, &word, end, found) || !may_follow(view, word.start, end) {
        return;
    }
    let Some(name) = Name::around(view, &word, end) else { return };
    // `.*Password=` is part of an expression that looks for passwords.
    let is_pattern = view.before(name.outer) == b'*' && view.before(name.outer - 1) == b'.';
    if is_pattern || is_label(view, &name) || is_any_key(view, &name) {
        return;
    }
    let mut once = |pair| {
        // Of several triggers in a name the first one speaks.
        if !has_trigger_before(view, name.start, word.start) {
            found(pair);
        }
    };
    let found: &mut Found<'_, 'a> = &mut once;
    match view.before(name.outer) {
        b'<' => return markup::element(view, &name, found),
        b'/' if view.before(name.outer - 1) == b'<' => return,
        b'>' if view.at(name.next) == b'<' => return markup::named_by_text(view, &name, found),
        b'?' | b'&' | b';' if view.at(name.end) == b'=' && address::parameter(view, &name, found) => return,
        b':' if view.syntax == Syntax::Markup && is_word(view.before(name.outer - 1)) => {
            markup::element(view, &name, found);
        }
        _ => {}
    }
    if flag::is_source(view, &name) {
        return;
    }
    if name.dashes > 0 && flag::option(view, &name, found) {
        return;
    }
    if !named::read(view, &name, found) && !yaml::kubernetes(view, &name, found) {
        assign::read(view, &name, found);
    }
}

/// Whether the name is the `key` that has another name for its value: `<add key="…"`, `<key>…</key>`.
fn is_label(view: View<'_>, name: &Name) -> bool {
    name.end - name.start == 3
        && view.has(name.start, b"key")
        && (view.syntax == Syntax::Markup || view.before(name.start) == b'<')
}

/// Whether the name is `key` and no word before it says what for: the most frequent name in code, and it speaks for nothing
/// unless what encloses it does, which is looked at for long literals only.
fn is_any_key(view: View<'_>, name: &Name) -> bool {
    name.end - name.start == 3
        && view.has(name.start, b"key")
        && name.phrase(view).len() == 3
        && !has_long_literal(view, name.next)
}

/// Whether so long a literal follows a name that it may be a key: letters and digits without a blank.
fn has_long_literal(view: View<'_>, at: usize) -> bool {
    const LONG: usize = 24;
    let start = view.skip(at, 8, |it| matches!(it, b' ' | b':' | b'=' | b'>' | b'"' | b'\''));
    start > at
        && view
            .skip(start, LONG, |it| it.is_ascii_graphic() && !is_quote(it) && !matches!(it, b'(' | b'.' | b'{' | b'$'))
            == start + LONG
        && view.slice(start, start + LONG).iter().any(u8::is_ascii_digit)
}

/// Whether the letters behind a trigger leave it a word of its own. The first test, as most triggers end here.
fn goes_on(view: View<'_>, word: &Range<usize>, reads: Reads) -> bool {
    let (last, next) = (view.before(word.end), view.at(word.end));
    if !next.is_ascii_alphabetic() || next.is_ascii_uppercase() && !last.is_ascii_uppercase() {
        return true;
    }
    let lower = next.to_ascii_lowercase();
    match reads {
        Reads::NameEnd => lower == b's' && !view.at(word.end + 1).is_ascii_lowercase(),
        _ => match (view.at(word.start).to_ascii_lowercase(), lower) {
            (b'p', b'w' | b'p' | b'c' | b'k' | b'd' | b'o') => true,
            (b'p', b'i') => view.has(word.end, b"in "),
            (b'p', b'e' | b't' | b'a' | b'j'..=b'n' | b'q'..=b'v') => view.has(word.start, b"parol"),
            (b'a', b'o') => view.has(word.end, b"orization") || view.has(word.end, b"orisation"),
            (b'a', b'e') => view.has(word.end, b"entication"),
            _ => true,
        },
    }
}

/// Whether what follows a name can bind it to a literal. Most names end here, so it looks at a few bytes only.
fn may_follow(view: View<'_>, word: usize, end: usize) -> bool {
    let at = view.blanks(end);
    let (next, after) = (view.at(at), view.at(at + 1));
    match next {
        b'=' => after != b'~',
        b':' => after != b':' || view.has(at, b"::new("),
        b'"' | b'\'' | b'`' | 0xEF => true,
        b'!' | b'+' | b'.' => after == b'=',
        b'?' => matches!(after, b'?' | b':' | b'=' | b'.'),
        b'|' => after == b'|' || view.syntax == Syntax::Prose,
        b'<' => matches!(after, b'-' | b'/' | b'>'),
        b'>' => true,
        b'\\' => is_quote(after) || after == b'\\',
        b'-' => after == b'>' || view.is_a(&["ps1", "psm1"]),
        b',' => quotes_begin(view, view.space(at + 1)),
        b'(' => at == end && quotes_begin(view, view.space(at + 1)),
        b'[' if at == end => view.at(view.skip(at + 1, 32, is_word)) == b']',
        b'{' if view.syntax == Syntax::Code => {
            let inner = view.space(at + 1);
            quotes_begin(view, inner) || view.has(inner, b"get;")
        }
        b']' | b'}' | b')' => matches!(view.at(view.blanks(at + 1)), b'=' | b'|' | b'?' | b':' | b'!'),
        b'*' if view.syntax == Syntax::Prose => true,
        b'i' if view.syntax == Syntax::Prose => view.has(at, b"is ") && at > end,
        // The name ends its line: `name: DB_PASSWORD`.
        b'\n' | b'\r' | 0 => view.syntax == Syntax::Config,
        _ if at == end => false,
        _ if matches!(view.syntax, Syntax::Config | Syntax::Shell) => true,
        b'[' | b'*' => view.syntax == Syntax::Code,
        // `or`, `eq`, `ne`, `is`, `string`, `As`.
        b'o' | b'e' | b'n' | b'i' | b's' | b'a' | b'A' | b'S' if view.syntax == Syntax::Code => matches!(
            (next, after),
            (b'o', b'r') | (b'e', b'q') | (b'n', b'e') | (b'i', b's') | (b's' | b'S', b't') | (b'a' | b'A', b's')
        ),
        // The attributes of an element, or what stands behind the option of a command.
        next => {
            let start = view.skip_back(word, MOST, is_name);
            let is_tag = matches!(view.before(start), b'<' | b':') && view.syntax != Syntax::Prose;
            is_tag
                || view.at(start) == b'-'
                    && (next.is_ascii_alphanumeric() || matches!(next, b'$' | b'/' | b'<' | b'@' | b'%'))
        }
    }
}

/// Whether a literal between quotes begins at a place, perhaps with a prefix.
pub(super) fn quotes_begin(view: View<'_>, at: usize) -> bool {
    is_quote(view.at(view.skip(at, 3, |it| it == b'@' || it == b'\\' || it.is_ascii_alphabetic())))
}

pub(super) fn has_trigger_before(view: View<'_>, start: usize, end: usize) -> bool {
    (start..end).any(|at| {
        let first = view.at(at).to_ascii_lowercase();
        WORDS.iter().any(|(word, reads)| {
            word.as_bytes().first() == Some(&first)
                && matches!(reads, Reads::Name | Reads::NameEnd)
                && view.has(at, word.as_bytes())
                && goes_on(view, &(at..at + word.len()), *reads)
        })
    })
}

impl Name {
    fn around(view: View<'_>, word: &Range<usize>, end: usize) -> Option<Self> {
        let mut outer = view.skip_back(word.start, MOST, is_name);
        if word.start - outer == MOST || end - word.end == MOST {
            return None;
        }
        while (0x80..0xC0).contains(&view.at(outer)) && outer < word.start {
            outer += 1;
        }
        let start = view.skip(outer, word.start - outer, |it| matches!(it, b'-' | b'.' | b'$'));
        let end = view.skip_back(end, end - word.end, |it| matches!(it, b'-' | b'.' | b'$'));
        let dashes = view.skip(outer, start - outer, |it| it == b'-') - outer;
        let sign = view.before(outer);
        if matches!(sign, b':' | b'@' | b'%') && !is_word(view.before(outer - 1)) && view.before(outer - 1) != b':'
            || sign == b'#' && is_quote(view.before(outer - 1))
        {
            outer -= 1;
        }
        if view.syntax == Syntax::Code && !is_last_part(view, word.end, end) {
            return None;
        }
        let mut name = Self { start, end, outer, dashes, quote: None, is_closed: false, next: end };
        name.close(view);
        Some(name)
    }

    fn close(&mut self, view: View<'_>) {
        self.quote = Quote::before(view, self.outer).map(|(quote, _)| quote);
        let Some((after, next)) = Quote::at(view, self.end) else { return };
        if self.quote == Some(after) {
            self.is_closed = true;
            self.next = next;
        } else if self.quote.is_none() && matches!(view.before(self.outer), b' ' | b'/') {
            // A phrase between quotes: `"admin password": …`.
            let phrase = view.skip_back(self.outer, 40, |it| is_word(it) || matches!(it, b' ' | b'/' | b'-'));
            if Quote::before(view, phrase).is_some_and(|(quote, _)| quote == after) {
                (self.quote, self.is_closed, self.next) = (Some(after), true, next);
            }
        }
    }

    /// The name as written.
    pub(super) fn key<'a>(&self, view: View<'a>) -> Cow<'a, str> {
        view.words(self.start, self.end)
    }

    /// Where it begins with its quote.
    pub(super) fn first(&self, view: View<'_>) -> usize {
        match self.quote {
            Some(_) if self.is_closed => Quote::before(view, self.outer).map_or(self.outer, |(_, start)| start),
            _ => self.outer,
        }
    }

    /// The name with the words before it on its line: `API key` is more than `key`.
    pub(super) fn phrase<'a>(&self, view: View<'a>) -> Cow<'a, str> {
        let words = view.skip_back(self.start, 24, |it| is_word(it) || it == b' ');
        let is_whole = is_line_end(view.before(words)) || !is_word(view.before(words));
        let start = if is_whole { words } else { self.start };
        let start = view.skip(start, self.start - start, |it| it == b' ');
        view.words(start, self.end)
    }
}

/// Whether what is assigned is the part of a path that the trigger stands in: `token.kind = "…"` sets no token.
fn is_last_part(view: View<'_>, from: usize, end: usize) -> bool {
    let rest = view.slice(from, end);
    match rest.iter().rposition(|it| *it == b'.') {
        None => true,
        Some(dot) => {
            const SAME: &[&[u8]] =
                &[b"equals", b"equalsignorecase", b"value", b"text", b"default", b"compareto", b"eq", b"content"];
            let part = rest.get(dot + 1..).unwrap_or_default();
            SAME.iter().any(|it| it.eq_ignore_ascii_case(part))
        }
    }
}
