//! Comments, literals and names in quotes.

use super::{Lexer, is_word};
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::token::TokenKind;

/// What a comment says that Drizzle puts between two statements.
const BREAKPOINT: &[u8] = b"--> statement-breakpoint";

impl Lexer<'_> {
    /// In MySQL `--` opens a comment before a blank only: `a--1` is an expression there. Tools of migrations write
    /// `--split` and `--changeset` at the start of a line, where no expression goes on.
    pub(super) fn opens_line_comment(&self) -> bool {
        self.dialect != Dialect::MySql
            || self.ahead(2) <= b' '
            || self.rest().starts_with(BREAKPOINT)
            || self.opens_a_line(self.at)
    }

    pub(super) fn line_comment(&mut self) -> TokenKind {
        let is_breakpoint = self.rest().starts_with(BREAKPOINT);
        self.skip_line();
        if is_breakpoint { TokenKind::Batch } else { TokenKind::LineComment }
    }

    pub(super) fn block_comment(&mut self) -> TokenKind {
        if self.dialect == Dialect::MySql && self.opens_version_comment() {
            return TokenKind::VersionOpen;
        }
        let start = self.at;
        self.at += 2;
        let mut depth = 1_usize;
        while 0 < depth {
            let rest = self.rest();
            let Some(at) = memchr::memchr2(b'*', b'/', rest) else {
                self.at = self.end;
                self.open_at_the_end(start, "a comment");
                break;
            };
            self.at += at;
            match (self.ahead(0), self.ahead(1)) {
                (b'*', b'/') => depth -= 1,
                (b'/', b'*') if self.dialect.nests_comments() => depth += 1,
                _ => {
                    self.at += 1;
                    continue;
                }
            }
            self.at += 2;
        }
        TokenKind::BlockComment
    }

    /// `/*!` or `/*M!` with the version behind it.
    fn opens_version_comment(&mut self) -> bool {
        let mark = if self.ahead(2) == b'M' { 3 } else { 2 };
        if self.ahead(mark) != b'!' || self.version_comment.is_some() {
            return false;
        }
        self.version_comment = Some(self.at);
        self.at += mark + 1;
        self.skip_while(|it| it.is_ascii_digit());
        true
    }

    /// `E'…'`, `N'…'`, `B'…'`, `X'…'`, `U&'…'` and `U&"…"` where the next bytes are one.
    pub(super) fn prefixed_text(&mut self) -> Option<TokenKind> {
        let prefix = self.ahead(0).to_ascii_lowercase();
        match (prefix, self.ahead(1)) {
            (b'e', b'\'') if self.dialect == Dialect::Postgres => {
                self.at += 1;
                Some(self.text(b'\'', true))
            }
            (b'n' | b'b' | b'x', b'\'') => {
                self.at += 1;
                Some(self.text(b'\'', self.dialect == Dialect::MySql))
            }
            (b'u', b'&') if self.dialect == Dialect::Postgres => match self.ahead(2) {
                b'\'' => {
                    self.at += 2;
                    Some(self.text(b'\'', false))
                }
                b'"' => {
                    self.at += 2;
                    Some(self.quoted_name(b'"'))
                }
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn text(&mut self, quote: u8, has_escapes: bool) -> TokenKind {
        self.quoted(quote, has_escapes);
        TokenKind::Text
    }

    pub(super) fn quoted_name(&mut self, closer: u8) -> TokenKind {
        self.quoted(closer, false);
        TokenKind::QuotedName
    }

    /// Moves behind a quoted thing that opens here; a doubled closer stands for itself.
    pub(super) fn quoted(&mut self, closer: u8, has_escapes: bool) {
        let start = self.at;
        self.at += 1;
        loop {
            let rest = self.rest();
            let found = if has_escapes { memchr::memchr2(closer, b'\\', rest) } else { memchr::memchr(closer, rest) };
            let Some(found) = found else {
                self.at = self.end;
                let what = if closer == b'\'' { "a literal" } else { "a quoted name" };
                self.open_at_the_end(start, what);
                return;
            };
            self.at += found;
            if self.ahead(0) != closer || self.ahead(1) == closer {
                self.at = self.escaped_end();
                continue;
            }
            self.at += 1;
            return;
        }
    }

    /// After `\x` or a doubled quote, at the next boundary of a character.
    fn escaped_end(&self) -> usize {
        let mut at = self.at + 2;
        while at < self.end && !self.source.is_char_boundary(at) {
            at += 1;
        }
        at.min(self.end)
    }

    /// `$tag$ … $tag$`, or the lone sign where no tag follows.
    pub(super) fn dollar_text(&mut self) -> TokenKind {
        let start = self.at;
        let tag_length = self.rest().iter().skip(1).take_while(|it| is_word(**it) && **it != b'$').count();
        if self.ahead(1 + tag_length) != b'$' {
            return self.advance(1, TokenKind::Operator);
        }
        let fence = self.bytes.get(start..start + tag_length + 2).unwrap_or_default();
        self.at += fence.len();
        match memchr::memmem::find(self.rest(), fence) {
            Some(at) => self.at += at + fence.len(),
            None => {
                self.at = self.end;
                self.open_at_the_end(start, "a dollar-quoted text");
            }
        }
        TokenKind::DollarText
    }
}
