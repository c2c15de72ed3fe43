//! A place in the tokens of one statement, from which a reader goes on.

use std::cell::Cell;

use super::dialect::Dialect;
use super::token::{Token, TokenKind};
use crate::model::Span;

/// Where a reader stands. Copies are cheap: to look ahead, copy it and throw the copy away.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) source: &'a str,
    pub(super) dialect: Dialect,
    tokens: &'a [Token],
    unparsed: &'a Cell<Vec<Span>>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(source: &'a str, dialect: Dialect, tokens: &'a [Token], unparsed: &'a Cell<Vec<Span>>) -> Self {
        Self { source, dialect, tokens, unparsed }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(super) fn tokens(&self) -> &'a [Token] {
        self.tokens
    }

    /// The next token, left where it is.
    pub(super) fn peek(&self) -> Option<Token> {
        self.tokens.first().copied()
    }

    pub(super) fn peek_kind(&self, ahead: usize) -> Option<TokenKind> {
        self.tokens.get(ahead).map(|it| it.kind)
    }

    /// Takes the next token.
    pub(super) fn bump(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(*first)
    }

    pub(super) fn text(&self, span: Span) -> &'a str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    /// The text of the token so far ahead; empty after the end.
    pub(super) fn text_at(&self, ahead: usize) -> &'a str {
        self.tokens.get(ahead).map_or("", |it| self.text(it.span))
    }

    /// The word so far ahead; empty where something else stands.
    pub(super) fn word_at(&self, ahead: usize) -> &'a str {
        match self.peek_kind(ahead) {
            Some(TokenKind::Word) => self.text_at(ahead),
            _ => "",
        }
    }

    /// Where the next token stands; an empty span at the end of the text read so far is never asked for.
    pub(super) fn here(&self) -> Span {
        self.tokens.first().map_or(Span::default(), |it| it.span)
    }

    /// All that is left.
    pub(super) fn span(&self) -> Span {
        match (self.tokens.first(), self.tokens.last()) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            _ => Span::default(),
        }
    }

    /// From where an earlier copy stood to the last token taken since.
    pub(super) fn since(&self, start: &Cursor<'_>) -> Span {
        let taken = start.tokens.len().saturating_sub(self.tokens.len());
        let last = taken.checked_sub(1).and_then(|it| start.tokens.get(it));
        let first = start.tokens.first();
        match (first, last) {
            (Some(first), Some(last)) => Span::new(first.span.start, last.span.end),
            (Some(first), None) => Span::new(first.span.start, first.span.start),
            _ => Span::default(),
        }
    }

    /// Whether the words and signs of the phrase come next, in any case.
    pub(super) fn at(&self, phrase: &str) -> bool {
        self.length(phrase).is_some()
    }

    /// Whether one of the phrases comes next.
    pub(super) fn at_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|it| self.at(it))
    }

    /// How many tokens the phrase takes up, where it comes next.
    #[inline]
    fn length(&self, phrase: &str) -> Option<usize> {
        // Most phrases differ in their first letter.
        let first = *self.source.as_bytes().get(self.tokens.first()?.span.start)?;
        match phrase.as_bytes().first() {
            Some(it) if it | 0x20 == first | 0x20 => self.whole_length(phrase),
            _ => None,
        }
    }

    fn whole_length(&self, phrase: &str) -> Option<usize> {
        let mut length = 0;
        for part in phrase.as_bytes().split(|it| *it == b' ') {
            let token = self.tokens.get(length)?;
            let is_quoted = matches!(token.kind, TokenKind::QuotedName | TokenKind::Text | TokenKind::DollarText);
            if is_quoted || !self.text(token.span).as_bytes().eq_ignore_ascii_case(part) {
                return None;
            }
            length += 1;
        }
        Some(length)
    }

    /// Takes the phrase if it comes next, and says where it stands.
    pub(super) fn eat(&mut self, phrase: &str) -> Option<Span> {
        let length = self.length(phrase)?;
        let start = *self;
        self.tokens = self.tokens.get(length..).unwrap_or_default();
        Some(self.since(&start))
    }

    /// Takes the first of the phrases that comes next.
    pub(super) fn eat_any(&mut self, phrases: &[&str]) -> Option<Span> {
        phrases.iter().find_map(|it| self.eat(it))
    }

    /// Takes the next token if it is of this kind.
    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> Option<Token> {
        if self.peek_kind(0) == Some(kind) { self.bump() } else { None }
    }

    /// What stands in the brackets that open here; nothing where none do. Moves behind them.
    pub(super) fn group(&mut self) -> Option<Cursor<'a>> {
        if self.peek_kind(0) != Some(TokenKind::Open) {
            return None;
        }
        let length = self.unit();
        let inner = self.tokens.get(1..length).unwrap_or_default();
        let inner = match inner.last() {
            Some(last) if last.kind == TokenKind::Close => inner.get(..inner.len() - 1).unwrap_or_default(),
            _ => inner,
        };
        self.tokens = self.tokens.get(length..).unwrap_or_default();
        Some(Cursor { tokens: inner, ..*self })
    }

    /// How many tokens the next one spans: all up to the closing bracket, or to the `END` of a `CASE`, where it
    /// opens one.
    pub(super) fn unit(&self) -> usize {
        if self.at("CASE") {
            return self.case();
        }
        if self.peek_kind(0) != Some(TokenKind::Open) {
            return self.tokens.len().min(1);
        }
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate() {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return index + 1;
            }
        }
        self.tokens.len()
    }

    fn case(&self) -> usize {
        let mut depth = 0_usize;
        for (index, token) in self.tokens.iter().enumerate().filter(|(_, it)| it.kind == TokenKind::Word) {
            let word = self.text(token.span);
            if word.eq_ignore_ascii_case("CASE") {
                depth += 1;
            } else if word.eq_ignore_ascii_case("END") {
                depth -= 1;
            }
            if depth == 0 {
                return index + 1;
            }
        }
        self.tokens.len()
    }

    /// Takes the next token, or the brackets that it opens.
    pub(super) fn skip_unit(&mut self) {
        self.tokens = self.tokens.get(self.unit()..).unwrap_or_default();
    }

    /// Takes everything up to the first place outside of brackets that fits, and gives it.
    pub(super) fn take_until(&mut self, fits: impl Fn(&Cursor<'a>) -> bool) -> Cursor<'a> {
        let all = self.tokens;
        while !self.is_empty() && !fits(self) {
            self.skip_unit();
        }
        let length = all.len() - self.tokens.len();
        Cursor { tokens: all.get(..length).unwrap_or_default(), ..*self }
    }

    /// Takes everything up to the next comma outside of brackets, and the comma.
    pub(super) fn item(&mut self) -> Cursor<'a> {
        let item = self.take_until(|it| it.peek_kind(0) == Some(TokenKind::Comma));
        self.eat_kind(TokenKind::Comma);
        item
    }

    /// Takes the rest, as something that nobody needs to understand.
    pub(super) fn skip_rest(&mut self) -> Option<Span> {
        let span = (!self.is_empty()).then(|| self.span());
        self.tokens = &[];
        span
    }

    /// Takes the rest and notes that it was not understood.
    pub(super) fn leave(&mut self) {
        if let Some(span) = self.skip_rest() {
            self.note(span);
        }
    }

    /// Notes that something was not understood.
    pub(super) fn note(&self, span: Span) {
        let mut noted = self.unparsed.take();
        noted.push(span);
        self.unparsed.set(noted);
    }

    /// Where the phrase stands outside of brackets, if it does anywhere in what is left.
    pub(super) fn find(&self, phrase: &str) -> Option<Cursor<'a>> {
        let mut at = *self;
        at.take_until(|it| it.at(phrase));
        (!at.is_empty()).then_some(at)
    }
}
