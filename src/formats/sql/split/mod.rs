//! Cuts a stream of tokens into statements.
//!
//! A statement ends at its terminator, and a terminator inside of a body ends none. In a body, and in
//! Transact-SQL everywhere, a statement also ends where the words say so: `THEN`, `BEGIN`, or the first
//! word of the next one. Nested blocks are not built: `IF … THEN`, `ELSE` and `END IF` are statements
//! of their own, one after the other.

mod block;
mod procedural;
mod transact;

use super::dialect::Dialect;
use super::lex::Lexer;
use super::token::{Token, TokenKind};
use crate::formats::problem::Problem;
use crate::model::Span;

use block::Block;

/// Where the text that is cut comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// A script, as a client sends it.
    Script,
    /// The body of a function, a procedure, a trigger or a `DO` block.
    Body,
}

/// One statement, before it is understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// From its first token to the end of its terminator.
    pub(super) whole: Span,
    /// What the splitter knows about it already.
    pub(super) kind: PieceKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PieceKind {
    /// A statement to read.
    Plain,
    /// A word or a condition of a procedural language.
    Control,
    /// A line for the client program, or data.
    Client,
}

/// Gives one statement after the other.
#[derive(Debug)]
pub(super) struct Splitter<'a> {
    lexer: Lexer<'a>,
    source: &'a str,
    dialect: Dialect,
    place: Place,
    /// Tokens that were looked at and not taken, the next one last.
    pending: Vec<Token>,
    /// Between `DECLARE` and `BEGIN` of PL/pgSQL.
    is_declaring: bool,
    comments: Vec<Span>,
    problems: Vec<Problem>,
}

impl<'a> Splitter<'a> {
    pub(super) fn new(source: &'a str, part: Span, dialect: Dialect, place: Place) -> Self {
        Self {
            lexer: Lexer::within(source, part, dialect),
            source,
            dialect,
            place,
            pending: Vec::new(),
            is_declaring: false,
            comments: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The comments that were passed, and what was left open.
    pub(super) fn finish(self) -> (Vec<Span>, Vec<Problem>) {
        let mut problems = self.problems;
        problems.extend(self.lexer.into_problems());
        (self.comments, problems)
    }

    /// Fills in the significant tokens of the next statement, its terminator left out.
    pub(super) fn next_piece(&mut self, tokens: &mut Vec<Token>) -> Option<Piece> {
        tokens.clear();
        let mut block = Block::default();
        let mut end = None;
        while let Some(token) = self.take() {
            match token.kind {
                TokenKind::Terminator if tokens.is_empty() => continue,
                TokenKind::Batch if tokens.is_empty() => continue,
                TokenKind::Batch => {
                    end = Some(token.span.end);
                    break;
                }
                TokenKind::Terminator if self.ends_at_terminators(&block) => {
                    end = Some(token.span.end);
                    break;
                }
                TokenKind::ClientLine | TokenKind::CopyData if tokens.is_empty() => {
                    tokens.push(token);
                    return Some(Piece { whole: token.span, kind: PieceKind::Client });
                }
                TokenKind::ClientLine | TokenKind::CopyData => {
                    self.pending.push(token);
                    break;
                }
                _ if self.begins_the_next(token, tokens, &block) => {
                    self.pending.push(token);
                    break;
                }
                _ => {}
            }
            block.follow(tokens, token, self.source, self.dialect);
            tokens.push(token);
            if self.is_control(tokens, &block) {
                return Some(self.piece(tokens, token.span.end, PieceKind::Control));
            }
        }
        if tokens.is_empty() {
            return None;
        }
        let last = tokens.last().map_or(0, |it| it.span.end);
        if end.is_none() && !block.is_closed() {
            let start = tokens.first().map_or(0, |it| it.span.start);
            self.problems.push(Problem::new(Span::new(start, last), "the body of this statement is not closed"));
        }
        let kind = self.kind(tokens);
        Some(self.piece(tokens, end.unwrap_or(last), kind))
    }

    fn piece(&self, tokens: &[Token], end: usize, kind: PieceKind) -> Piece {
        Piece { whole: Span::new(tokens.first().map_or(end, |it| it.span.start), end), kind }
    }

    /// The next token that a server sees.
    fn take(&mut self) -> Option<Token> {
        if let Some(token) = self.pending.pop() {
            return Some(token);
        }
        loop {
            let token = self.lexer.next()?;
            if !token.kind.is_trivia() {
                return Some(token);
            }
            if token.kind.is_comment() {
                self.comments.push(token.span);
            }
        }
    }

    fn ends_at_terminators(&self, block: &Block) -> bool {
        match self.dialect {
            // A routine reaches to the end of its batch.
            Dialect::SqlServer => !block.is_routine(),
            _ => block.is_closed() || self.lexer.has_delimiter(),
        }
    }

    /// The next token that a server sees, left where it is.
    fn peek(&mut self) -> Option<Token> {
        let next = self.take()?;
        self.pending.push(next);
        Some(next)
    }

    fn peek_word(&mut self) -> &'a str {
        self.peek().map_or("", |it| self.word(it))
    }

    fn peek_kind(&mut self) -> Option<TokenKind> {
        self.peek().map(|it| it.kind)
    }

    /// The text of a word; nothing for any other token.
    fn word(&self, token: Token) -> &'a str {
        word(self.source, token)
    }

    fn begins_the_next(&mut self, token: Token, tokens: &[Token], block: &Block) -> bool {
        self.dialect == Dialect::SqlServer && self.begins_transact(token, tokens, block)
    }

    fn is_control(&mut self, tokens: &[Token], block: &Block) -> bool {
        match (self.dialect, self.place) {
            (Dialect::SqlServer, _) => self.is_transact_control(tokens),
            (_, Place::Body) => self.is_procedural_control(tokens, block),
            (_, Place::Script) => false,
        }
    }

    fn kind(&self, tokens: &[Token]) -> PieceKind {
        let is_control = match (self.dialect, self.place) {
            (Dialect::SqlServer, _) => transact::is_control_word(tokens.first().map_or("", |it| self.word(*it))),
            (_, Place::Body) => self.is_declaring || self.is_procedural_statement(tokens),
            (_, Place::Script) => false,
        };
        if is_control { PieceKind::Control } else { PieceKind::Plain }
    }
}

pub(super) fn word(source: &str, token: Token) -> &str {
    match token.kind {
        TokenKind::Word => source.get(token.span.start..token.span.end).unwrap_or_default(),
        _ => "",
    }
}

/// Whether the word is one of these, in any case.
pub(super) fn is_any(word: &str, words: &[&str]) -> bool {
    let Some(first) = word.as_bytes().first() else { return false };
    // Most words differ in their first letter.
    let may_be = |it: &&&str| it.as_bytes().first().is_some_and(|it| it | 0x20 == first | 0x20);
    words.iter().filter(may_be).any(|it| it.eq_ignore_ascii_case(word))
}
