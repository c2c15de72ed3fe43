//! What a client program reads before the server does: `\connect`, `DELIMITER`, `GO`, the data of `COPY`.

use super::Lexer;
use crate::formats::problem::Problem;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::token::TokenKind;
use crate::model::Span;

/// Longest text that a `DELIMITER` line may choose, in bytes.
const LONGEST_DELIMITER: usize = 16;

/// How far a statement `COPY … FROM stdin` was read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CopyState {
    /// At the start of a statement.
    Outside,
    /// In another statement.
    Other,
    /// After `COPY`.
    Copy,
    /// After `FROM`.
    From,
    /// After `STDIN`.
    Stdin,
    /// After the end of the statement: data follows on the next line.
    Data,
}

impl Lexer<'_> {
    pub(super) fn at_delimiter(&self) -> bool {
        self.delimiter.is_some_and(|it| self.rest().starts_with(it))
    }

    /// Only blanks stand between the start of the line and this place.
    pub(super) fn opens_a_line(&self, at: usize) -> bool {
        let before = self.bytes.get(..at).unwrap_or_default();
        let last = before.iter().rev().find(|it| !matches!(it, b' ' | b'\t'));
        last.is_none_or(|it| matches!(it, b'\n' | b'\r'))
    }

    /// What the word that ends here is to a client program; a plain word to most.
    pub(super) fn client_word(&mut self, start: usize) -> TokenKind {
        let word = self.slice(start, self.at);
        let is_batch = self.is_transact() && word.eq_ignore_ascii_case("GO");
        let is_delimiter = self.dialect == Dialect::MySql && word.eq_ignore_ascii_case("DELIMITER");
        if !(is_batch || is_delimiter) || !self.opens_a_line(start) {
            return TokenKind::Word;
        }
        if is_delimiter { self.choose_delimiter() } else { self.batch() }
    }

    fn batch(&mut self) -> TokenKind {
        let word_end = self.at;
        self.skip_while(|it| matches!(it, b' ' | b'\t'));
        let count_start = self.at;
        self.skip_while(|it| it.is_ascii_digit());
        let count_end = self.at;
        self.skip_while(|it| matches!(it, b' ' | b'\t' | b';'));
        let ends_here = self.end <= self.at || matches!(self.ahead(0), b'\n' | b'\r');
        if ends_here || self.rest().starts_with(b"--") || self.rest().starts_with(b"/*") {
            self.at = if count_start < count_end { count_end } else { word_end };
            return TokenKind::Batch;
        }
        self.at = word_end;
        TokenKind::Word
    }

    fn choose_delimiter(&mut self) -> TokenKind {
        if !matches!(self.ahead(0), b' ' | b'\t') {
            return TokenKind::Word;
        }
        let line_start = self.at;
        self.skip_line();
        let line = self.bytes.get(line_start..self.at).unwrap_or_default();
        let chosen = line.trim_ascii().split(u8::is_ascii_whitespace).next().unwrap_or_default();
        match chosen {
            b";" => self.delimiter = None,
            [] => {}
            _ if LONGEST_DELIMITER < chosen.len() => {
                let span = Span::new(line_start, self.at);
                self.problems.push(Problem::new(span, "the delimiter is too long to be one"));
            }
            _ => self.delimiter = Some(chosen),
        }
        TokenKind::ClientLine
    }

    /// Outside of literals a backslash speaks to psql, up to the end of the line.
    pub(super) fn backslash(&mut self) -> TokenKind {
        self.skip_line();
        TokenKind::ClientLine
    }

    /// The lines of data where they begin; nothing elsewhere.
    pub(super) fn copy_data(&mut self) -> Option<TokenKind> {
        if self.copy != CopyState::Data {
            return None;
        }
        let rest = self.rest();
        let blanks = rest.iter().take_while(|it| matches!(it, b' ' | b'\t' | b'\r')).count();
        if rest.get(blanks) != Some(&b'\n') {
            // The rest of the line of the statement holds a comment, or the text ends here.
            return None;
        }
        self.copy = CopyState::Outside;
        if rest.trim_ascii().is_empty() {
            return None;
        }
        let start = self.at;
        let ending = memchr::memmem::find_iter(rest, b"\n\\.").find(|at| {
            let after = rest.get(at + 3).copied().unwrap_or(b'\n');
            matches!(after, b'\n' | b'\r')
        });
        match ending {
            Some(at) => self.at += at + 3,
            None => {
                self.at = self.end;
                self.open_at_the_end(start, "the data of COPY");
            }
        }
        Some(TokenKind::CopyData)
    }

    /// Notes what this token says about data to come.
    pub(super) fn follow_copy(&mut self, kind: TokenKind, start: usize) {
        if self.dialect != Dialect::Postgres || kind.is_trivia() || kind == TokenKind::CopyData {
            return;
        }
        let state = self.copy;
        self.copy = match (kind, state) {
            (TokenKind::Terminator, CopyState::Stdin) => CopyState::Data,
            (TokenKind::Terminator | TokenKind::Batch | TokenKind::ClientLine, _) => CopyState::Outside,
            (_, CopyState::Data) => CopyState::Other,
            (TokenKind::Word, CopyState::Outside | CopyState::Copy | CopyState::From) => {
                let word = self.slice(start, self.at);
                let is = |it: &str| word.eq_ignore_ascii_case(it);
                match state {
                    CopyState::Outside if is("COPY") => CopyState::Copy,
                    CopyState::Outside => CopyState::Other,
                    _ if is("FROM") => CopyState::From,
                    CopyState::From if is("STDIN") => CopyState::Stdin,
                    _ => CopyState::Copy,
                }
            }
            (_, CopyState::Outside) => CopyState::Other,
            (_, CopyState::From) => CopyState::Copy,
            (_, other) => other,
        };
    }
}
