//! The lossless tokenizer.
//!
//! It never fails: what is open at the end of the text ends there and is reported. It looks at each
//! byte a bounded number of times. What statements mean is not known here, but for the two that
//! change how the text goes on: `COPY … FROM stdin` and `DELIMITER`.

mod client;
mod quoted;

use super::dialect::Dialect;
use super::token::{Token, TokenKind};
use crate::formats::problem::Problem;
use crate::model::Span;

use client::CopyState;

/// Longest text in `${…}`, `{{…}}` and `{%…%}` that is taken for a placeholder, in bytes.
const LONGEST_PLACEHOLDER: usize = 400;

/// Cuts a text, or a range of it, into tokens.
#[derive(Debug)]
pub struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    end: usize,
    dialect: Dialect,
    /// What ends a statement where a `DELIMITER` line chose something else than `;`.
    delimiter: Option<&'a [u8]>,
    /// Where the version comment that is open began.
    version_comment: Option<usize>,
    copy: CopyState,
    problems: Vec<Problem>,
}

impl<'a> Lexer<'a> {
    /// Reads the whole text.
    #[must_use]
    pub fn new(source: &'a str, dialect: Dialect) -> Self {
        Self::within(source, Span::new(0, source.len()), dialect)
    }

    /// Reads a part of the text; spans count from the start of the text.
    pub(super) fn within(source: &'a str, part: Span, dialect: Dialect) -> Self {
        let end = part.end.min(source.len());
        Self {
            source,
            bytes: source.as_bytes(),
            at: part.start.min(end),
            end,
            dialect,
            delimiter: None,
            version_comment: None,
            copy: CopyState::Outside,
            problems: Vec::new(),
        }
    }

    /// What was open at the end of the text, after the last token was taken.
    #[must_use]
    pub fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// Whether a `DELIMITER` line chose something else than `;`.
    pub(super) fn has_delimiter(&self) -> bool {
        self.delimiter.is_some()
    }

    /// The byte so far ahead; zero after the end.
    fn ahead(&self, distance: usize) -> u8 {
        let at = self.at + distance;
        if at < self.end { self.bytes.get(at).copied().unwrap_or(0) } else { 0 }
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..self.end).unwrap_or_default()
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.source.get(start..end).unwrap_or_default()
    }

    /// Moves over all bytes that fit.
    fn skip_while(&mut self, fits: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.iter().position(|it| !fits(*it)).unwrap_or(rest.len());
    }

    fn skip_line(&mut self) {
        let rest = self.rest();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    fn open_at_the_end(&mut self, start: usize, what: &str) {
        self.problems.push(Problem::new(Span::new(start, self.end), format!("{what} is not closed")));
    }

    fn advance(&mut self, by: usize, kind: TokenKind) -> TokenKind {
        self.at = (self.at + by).min(self.end);
        kind
    }

    fn token(&mut self) -> TokenKind {
        if self.at_delimiter() {
            return self.advance(self.delimiter.map_or(1, <[u8]>::len), TokenKind::Terminator);
        }
        match self.ahead(0) {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
                self.skip_while(|it| matches!(it, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c));
                TokenKind::Blank
            }
            b'-' if self.ahead(1) == b'-' && self.opens_line_comment() => self.line_comment(),
            b'#' if self.dialect == Dialect::MySql => self.line_comment(),
            b'/' if self.ahead(1) == b'*' => self.block_comment(),
            b'*' if self.ahead(1) == b'/' && self.version_comment.take().is_some() => {
                self.advance(2, TokenKind::VersionClose)
            }
            b'\'' => self.text(b'\'', self.dialect == Dialect::MySql),
            b'"' if self.dialect.names_in_double_quotes() => self.quoted_name(b'"'),
            b'"' => self.text(b'"', true),
            b'`' if self.dialect.names_in_backticks() => self.quoted_name(b'`'),
            b'[' if self.dialect.names_in_brackets() => self.quoted_name(b']'),
            b'0'..=b'9' => self.number(),
            b'.' if self.ahead(1).is_ascii_digit() && !self.follows_a_name() => self.number(),
            b'$' => self.dollar(),
            b'{' => self.braces(0),
            b':' => self.colon(),
            b'@' if self.dialect != Dialect::Postgres => self.variable(),
            b'@' => self.extension_placeholder(),
            b'%' => self.percent(),
            b'?' if self.dialect != Dialect::Postgres => self.advance(1, TokenKind::Placeholder),
            b'\\' if self.dialect == Dialect::Postgres => self.backslash(),
            b';' if self.delimiter.is_some() => self.advance(1, TokenKind::Semicolon),
            b';' => self.advance(1, TokenKind::Terminator),
            b'(' => self.advance(1, TokenKind::Open),
            b')' => self.advance(1, TokenKind::Close),
            b',' => self.advance(1, TokenKind::Comma),
            b'.' => self.advance(1, TokenKind::Dot),
            byte if self.starts_word(byte) => self.word(),
            _ => self.advance(1, TokenKind::Operator),
        }
    }

    fn starts_word(&self, byte: u8) -> bool {
        byte.is_ascii_alphabetic() || byte == b'_' || 0x80 <= byte || byte == b'#' && self.is_transact()
    }

    fn is_transact(&self) -> bool {
        self.dialect == Dialect::SqlServer
    }

    /// Whether the character before is one of a name, so that a dot belongs to it.
    fn follows_a_name(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|it| self.bytes.get(it)).copied().unwrap_or(0);
        is_word(before) || matches!(before, b'"' | b'`' | b']' | b'}')
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        if let Some(kind) = self.prefixed_text() {
            return kind;
        }
        let is_transact = self.is_transact();
        self.skip_while(|it| is_word(it) || is_transact && matches!(it, b'#' | b'@'));
        if let Some(delimiter) = self.delimiter
            && let Some(at) = memchr::memmem::find(self.bytes.get(start..self.at).unwrap_or_default(), delimiter)
        {
            self.at = start + at.max(1);
        }
        self.client_word(start)
    }

    fn number(&mut self) -> TokenKind {
        let mut last = 0;
        while self.at < self.end {
            let byte = self.ahead(0);
            let is_sign = matches!(byte, b'+' | b'-') && matches!(last, b'e' | b'E') && self.ahead(1).is_ascii_digit();
            let is_point = byte == b'.' && self.ahead(1) != b'.';
            if !(byte.is_ascii_alphanumeric() || byte == b'_' || is_point || is_sign) {
                break;
            }
            last = byte;
            self.at += 1;
        }
        TokenKind::Number
    }

    fn dollar(&mut self) -> TokenKind {
        match self.ahead(1) {
            b'0'..=b'9' => {
                self.at += 1;
                self.skip_while(|it| it.is_ascii_digit());
                TokenKind::Placeholder
            }
            b'{' => self.braces(1),
            b'%' => self.fenced(b"%$", TokenKind::Placeholder),
            _ if self.dialect == Dialect::Postgres => self.dollar_text(),
            it if is_word(it) && it != b'$' => {
                self.at += 1;
                self.skip_while(is_word);
                TokenKind::Variable
            }
            _ => self.advance(1, TokenKind::Operator),
        }
    }

    /// `${x}`, `{{ x }}`, `{% x %}`, `$%x%$`; the brace stands so far ahead.
    fn braces(&mut self, ahead: usize) -> TokenKind {
        match (ahead, self.ahead(ahead + 1)) {
            (1, _) => self.fenced(b"}", TokenKind::Placeholder),
            (_, b'{') => self.fenced(b"}}", TokenKind::Placeholder),
            // What a tool does before there is any SQL: a server never sees it.
            (_, b'%') => self.fenced(b"%}", TokenKind::Template),
            _ => self.advance(1, TokenKind::Operator),
        }
    }

    /// All up to the closer, where that comes soon.
    fn fenced(&mut self, closer: &[u8], kind: TokenKind) -> TokenKind {
        let rest = self.rest();
        let window = rest.get(..rest.len().min(LONGEST_PLACEHOLDER)).unwrap_or_default();
        match memchr::memmem::find(window, closer) {
            Some(at) => self.advance(at + closer.len(), kind),
            None => self.advance(1, TokenKind::Operator),
        }
    }

    fn colon(&mut self) -> TokenKind {
        match self.ahead(1) {
            b':' | b'=' => self.advance(2, TokenKind::Operator),
            quote @ (b'\'' | b'"') if self.dialect == Dialect::Postgres => {
                self.at += 1;
                self.quoted(quote, false);
                TokenKind::Placeholder
            }
            it if it.is_ascii_alphabetic() || it == b'_' => {
                self.at += 1;
                self.skip_while(is_word);
                TokenKind::Placeholder
            }
            _ => self.advance(1, TokenKind::Operator),
        }
    }

    fn variable(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_while(|it| it == b'@');
        self.skip_while(|it| is_word(it) || matches!(it, b'#' | b'@'));
        if self.at == start + 1 && self.dialect == Dialect::MySql {
            return TokenKind::Operator;
        }
        TokenKind::Variable
    }

    /// `@extschema@` and `@extschema:name@` of scripts of extensions.
    fn extension_placeholder(&mut self) -> TokenKind {
        let fits = |it: &&u8| is_word(**it) || **it == b':';
        let length = self.rest().iter().skip(1).take(80).take_while(fits).count();
        if 0 < length && self.ahead(1 + length) == b'@' {
            return self.advance(2 + length, TokenKind::Placeholder);
        }
        self.advance(1, TokenKind::Operator)
    }

    /// `%s` and `%(name)s` of drivers; any other `%` is the remainder of a division or part of a cursor's name.
    fn percent(&mut self) -> TokenKind {
        if matches!(self.ahead(1), b's' | b'd') && !is_word(self.ahead(2)) && !self.follows_a_name() {
            return self.advance(2, TokenKind::Placeholder);
        }
        if self.ahead(1) == b'(' {
            let name = self.rest().iter().skip(2).take(64).take_while(|it| is_word(**it)).count();
            if 0 < name && self.ahead(2 + name) == b')' && self.ahead(3 + name) == b's' {
                return self.advance(4 + name, TokenKind::Placeholder);
            }
        }
        self.advance(1, TokenKind::Operator)
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        if self.end <= self.at {
            if let Some(start) = self.version_comment.take() {
                self.open_at_the_end(start, "a version comment");
            }
            return None;
        }
        let start = self.at;
        let kind = match self.copy_data() {
            Some(kind) => kind,
            None => self.token(),
        };
        // A step is always taken: whatever a branch above forgets, the text comes to its end.
        self.at = self.at.clamp(start + 1, self.end);
        self.follow_copy(kind, start);
        Some(Token { kind, span: Span::new(start, self.at) })
    }
}

/// Whether the byte may stand inside a name without quotes. Every byte of a character beyond ASCII does.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || 0x80 <= byte
}
