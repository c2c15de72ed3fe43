//! The tokens of Python.

use super::Literal;
use super::token::{Lexed, Mask, Token, TokenKind, join};
use crate::formats::problem::Problem;
use crate::model::Span;

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    mask: Mask,
    comments: Vec<Span>,
    problems: Vec<Problem>,
    /// Brackets that are open: line ends mean nothing in them.
    brackets: usize,
    /// How far the lines are indented, outermost first.
    indents: Vec<usize>,
}

pub(super) fn lex(source: &str) -> Lexed {
    let mut lexer = Lexer {
        bytes: source.as_bytes(),
        at: 0,
        tokens: Vec::new(),
        mask: Mask::new(source),
        comments: Vec::new(),
        problems: Vec::new(),
        brackets: 0,
        indents: Vec::new(),
    };
    lexer.indentation();
    while lexer.at < lexer.bytes.len() {
        lexer.next();
    }
    let tokens = join(lexer.tokens, &mut lexer.mask);
    Lexed { tokens, masked: lexer.mask.finish(), comments: lexer.comments, problems: lexer.problems }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

impl Lexer<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, self.at) });
    }

    fn one(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at += 1;
        self.push(kind, start);
    }

    fn next(&mut self) {
        let start = self.at;
        match self.byte(0) {
            b'\n' => {
                self.at += 1;
                if self.brackets == 0 {
                    if self.tokens.last().is_some_and(|it| !is_line_end(it.kind)) {
                        self.push(TokenKind::Newline, start);
                    }
                    self.indentation();
                }
            }
            b' ' | b'\t' | b'\r' | 0x0c => self.at += 1,
            b'\\' => self.at = (self.at + 1 + usize::from(self.byte(1) == b'\r') + 1).min(self.bytes.len()),
            b'#' => {
                self.at += memchr::memchr(b'\n', self.rest()).unwrap_or(self.rest().len());
                self.comments.push(Span::new(start, self.at));
            }
            b'"' | b'\'' => self.literal(start),
            b'0'..=b'9' => {
                while matches!(self.byte(0), b'0'..=b'9' | b'_' | b'.' | b'a'..=b'z' | b'A'..=b'Z') {
                    self.at += 1;
                }
                self.push(TokenKind::Number, start);
            }
            byte if is_word(byte) => {
                while is_word(self.byte(0)) && self.at < self.bytes.len() {
                    self.at += 1;
                }
                if matches!(self.byte(0), b'"' | b'\'') && self.is_prefix(start) {
                    return self.literal(start);
                }
                self.push(TokenKind::Word, start);
            }
            open @ (b'(' | b'[' | b'{') => {
                self.brackets += 1;
                self.one(TokenKind::Open(open));
            }
            b')' | b']' | b'}' => {
                self.brackets = self.brackets.saturating_sub(1);
                self.one(TokenKind::Close);
            }
            b',' => self.one(TokenKind::Comma),
            b';' if self.brackets == 0 => self.one(TokenKind::Newline),
            _ => {
                const LONG: [&[u8]; 8] = [b"**", b"==", b"!=", b"<=", b">=", b"+=", b":=", b"->"];
                let length = LONG.iter().find(|it| self.rest().starts_with(it)).map_or(1, |it| it.len());
                self.at += length;
                self.push(TokenKind::Sign, start);
            }
        }
    }

    fn is_prefix(&self, start: usize) -> bool {
        let word = self.bytes.get(start..self.at).unwrap_or_default();
        word.len() <= 2 && word.iter().all(|it| b"rRbBfFuUtT".contains(it))
    }

    /// A literal whose quotes come next, behind its prefix.
    fn literal(&mut self, start: usize) {
        let prefix = self.bytes.get(start..self.at).unwrap_or_default().to_ascii_lowercase();
        let quote = self.byte(0);
        let is_long = self.byte(1) == quote && self.byte(2) == quote;
        let length = if is_long { 3 } else { 1 };
        let is_raw = prefix.contains(&b'r');
        let is_templated = prefix.contains(&b'f') || prefix.contains(&b't');
        self.at += length;
        let content_start = self.at;
        self.mask.open();
        while self.at < self.bytes.len() {
            let byte = self.byte(0);
            if byte == b'\\' {
                if !is_raw {
                    self.mask.escape(self.at);
                }
                self.at = (self.at + 2).min(self.bytes.len());
            } else if byte == quote && (!is_long || self.byte(1) == quote && self.byte(2) == quote) {
                let content = Span::new(content_start, self.at);
                self.at += length;
                let has_hole =
                    is_templated && self.bytes.get(content_start..content.end).is_some_and(|it| it.contains(&b'{'));
                return self.push(TokenKind::Text(Literal { content, is_templated: has_hole, is_torn: false }), start);
            } else if byte == b'\n' && !is_long {
                break;
            } else {
                self.at += 1;
            }
        }
        let content = Span::new(content_start, self.at);
        self.problems.push(Problem::new(Span::new(start, self.at), "the literal is not closed"));
        self.push(TokenKind::Text(Literal { content, is_templated, is_torn: false }), start);
    }

    /// At the start of a line: how far it goes in. Lines without code do not count.
    fn indentation(&mut self) {
        let blanks = self.rest().iter().take_while(|it| matches!(it, b' ' | b'\t')).count();
        if matches!(self.byte(blanks), b'\n' | b'\r' | b'#' | 0) {
            return;
        }
        let span = Span::new(self.at, self.at + blanks);
        self.at += blanks;
        if self.indents.last().copied().unwrap_or(0) < blanks {
            self.indents.push(blanks);
            self.tokens.push(Token { kind: TokenKind::Indent, span });
            return;
        }
        while self.indents.last().is_some_and(|it| blanks < *it) {
            self.indents.pop();
            self.tokens.push(Token { kind: TokenKind::Dedent, span });
        }
    }
}

fn is_line_end(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Newline | TokenKind::Indent | TokenKind::Dedent)
}
