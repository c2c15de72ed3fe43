//! The text around a trigger, read byte by byte within bounds.

use std::borrow::Cow;

use crate::checks::secrets::pair::{Binding, Pair, Syntax, Writing};
use crate::model::Span;

/// The longest literal, in bytes.
pub(super) const LONGEST: usize = 4096;
/// The longest literal without quotes, in bytes; what is longer is cut.
pub(super) const LONGEST_BARE: usize = 2048;
/// How far back the start of a line is looked for, in bytes.
const LONGEST_LINE: usize = 512;
/// The most blanks between two words.
const MOST_BLANKS: usize = 128;

/// The text, and what the path says about it.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) text: &'a [u8],
    pub(super) path: &'a str,
    pub(super) syntax: Syntax,
}

/// A literal of the text.
pub(super) struct Literal<'a> {
    /// With escapes undone.
    pub(super) value: Cow<'a, str>,
    /// Without quotes.
    pub(super) span: Span,
    pub(super) writing: Writing,
    /// Behind the literal and its closing quote.
    pub(super) next: usize,
}

impl<'a> View<'a> {
    /// The byte at a place; zero outside of the text.
    pub(super) fn at(self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    /// The byte before a place; zero at the start of the text.
    pub(super) fn before(self, at: usize) -> u8 {
        at.checked_sub(1).map_or(0, |it| self.at(it))
    }

    /// The bytes of a range; none when it does not lie in the text.
    pub(super) fn slice(self, start: usize, end: usize) -> &'a [u8] {
        self.text.get(start..end.min(self.text.len())).unwrap_or_default()
    }

    /// The bytes of a range as text.
    pub(super) fn words(self, start: usize, end: usize) -> Cow<'a, str> {
        let bytes = self.slice(start, end);
        // The usual case at a multiple of the speed.
        std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
    }

    /// Whether these bytes stand at a place, in any case.
    pub(super) fn has(self, at: usize, bytes: &[u8]) -> bool {
        self.slice(at, at.saturating_add(bytes.len())).eq_ignore_ascii_case(bytes)
    }

    /// Whether these bytes end before a place, in any case.
    pub(super) fn has_before(self, at: usize, bytes: &[u8]) -> bool {
        at.checked_sub(bytes.len()).is_some_and(|start| self.has(start, bytes))
    }

    /// The first place from `at` on where `wanted` does not hold, at most `most` bytes on.
    pub(super) fn skip(self, at: usize, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.slice(at, at.saturating_add(most));
        at + rest.iter().take_while(|it| wanted(**it)).count()
    }

    /// The place behind which, up to `at`, `wanted` holds, at most `most` bytes back.
    pub(super) fn skip_back(self, at: usize, most: usize, wanted: impl Fn(u8) -> bool) -> usize {
        let rest = self.slice(at.saturating_sub(most), at);
        at - rest.iter().rev().take_while(|it| wanted(**it)).count()
    }

    /// Behind spaces and tabs.
    pub(super) fn blanks(self, at: usize) -> usize {
        self.skip(at, MOST_BLANKS, |it| matches!(it, b' ' | b'\t'))
    }

    /// Behind spaces, tabs and line ends.
    pub(super) fn space(self, at: usize) -> usize {
        self.skip(at, MOST_BLANKS, |it| it.is_ascii_whitespace())
    }

    /// Before spaces and tabs.
    pub(super) fn blanks_back(self, at: usize) -> usize {
        self.skip_back(at, MOST_BLANKS, |it| matches!(it, b' ' | b'\t'))
    }

    /// Before spaces, tabs and line ends.
    pub(super) fn space_back(self, at: usize) -> usize {
        self.skip_back(at, MOST_BLANKS, |it| it.is_ascii_whitespace())
    }

    /// Where the line of a place begins, or as far back as is looked.
    pub(super) fn line_start(self, at: usize) -> usize {
        self.skip_back(at, LONGEST_LINE, |it| !is_line_end(it))
    }

    /// Where the line of a place ends, or as far on as is looked.
    pub(super) fn line_end(self, at: usize) -> usize {
        self.skip(at, LONGEST, |it| !is_line_end(it))
    }

    /// Behind the line end at a place.
    pub(super) fn next_line(self, at: usize) -> usize {
        match (self.at(at), self.at(at + 1)) {
            (b'\r', b'\n') => at + 2,
            (b'\r' | b'\n', _) => at + 1,
            _ => at,
        }
    }

    /// The first place of a word in a range, in any case.
    pub(super) fn find(self, start: usize, end: usize, word: &[u8]) -> Option<usize> {
        let first = word.first()?.to_ascii_lowercase();
        let range = self.slice(start, end);
        let is_here =
            |it: &[u8]| it.first().is_some_and(|it| it.to_ascii_lowercase() == first) && it.eq_ignore_ascii_case(word);
        range.windows(word.len()).position(is_here).map(|it| start + it)
    }

    /// Whether the path ends in `.` and one of these extensions.
    pub(super) fn is_a(self, extensions: &[&str]) -> bool {
        let extension = self.path.rsplit_once('.').map_or("", |(_, it)| it);
        extensions.iter().any(|it| it.eq_ignore_ascii_case(extension))
    }

    /// A literal that stands in the text as it is.
    pub(super) fn plain(self, start: usize, end: usize, writing: Writing) -> Option<Literal<'a>> {
        (start < end).then(|| Literal {
            value: self.words(start, end),
            span: Span::new(start, end),
            writing,
            next: end,
        })
    }

    /// A pair in the language of the file.
    pub(super) fn pair(self, key: Cow<'a, str>, literal: Literal<'a>, binding: Binding) -> Pair<'a> {
        let Literal { value, span, writing, next: _ } = literal;
        Pair { key, parents: Vec::new(), value, span, binding, writing, syntax: self.syntax }
    }
}

pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Whether a byte belongs to a name. Letters of two bytes (Latin, Greek, Cyrillic) do.
pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | 0x80..=0xBF | 0xC3..=0xDF)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
