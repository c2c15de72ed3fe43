//! Statements in a body of PL/pgSQL, of MySQL's and MariaDB's programs, and of SQLite's triggers.

use super::block::Block;
use super::{Splitter, is_any};
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::token::{Token, TokenKind};

/// Words that are a statement of their own: what follows is the next one.
const ALONE: [&str; 6] = ["BEGIN", "ELSE", "LOOP", "REPEAT", "EXCEPTION", "ATOMIC"];
/// Words that open a condition, which `THEN` ends.
const CONDITIONS: [&str; 5] = ["IF", "ELSIF", "ELSEIF", "WHEN", "CASE"];
/// Words that open a loop, whose head `LOOP` or `DO` ends.
const LOOPS: [&str; 3] = ["FOR", "FOREACH", "WHILE"];
/// Words that open a statement of the procedural language up to its terminator.
const STATEMENTS: [&str; 23] = [
    "END", "RETURN", "RAISE", "EXIT", "CONTINUE", "NULL", "GET", "OPEN", "FETCH", "MOVE", "CLOSE", "ASSERT", "PERFORM",
    "DECLARE", "SIGNAL", "RESIGNAL", "LEAVE", "ITERATE", "UNTIL", "IF", "CASE", "WHILE", "FOR",
];

impl Splitter<'_> {
    /// Whether the tokens so far are a complete part of the procedural language.
    pub(super) fn is_procedural_control(&mut self, tokens: &[Token], block: &Block) -> bool {
        let Some((first, last)) = tokens.first().zip(tokens.last()) else { return false };
        let (first_word, last_word) = (self.word(*first), self.word(*last));
        if self.is_declaring {
            self.is_declaring = !(tokens.len() == 1 && first_word.eq_ignore_ascii_case("BEGIN"));
            return !self.is_declaring;
        }
        if block.is_routine() {
            return false;
        }
        if tokens.len() == 1 {
            let declares = self.dialect == Dialect::Postgres && first_word.eq_ignore_ascii_case("DECLARE");
            self.is_declaring = declares;
            return declares || is_any(first_word, &ALONE);
        }
        let is_label = match last.kind {
            TokenKind::Operator if tokens.len() == 2 => first.kind == TokenKind::Word && self.is_operator(*last, ":"),
            // `<<label>>`
            TokenKind::Operator => tokens.len() == 5 && self.is_operator(*first, "<") && self.is_operator(*last, ">"),
            _ => false,
        };
        is_label
            || block.is_flat() && last_word.eq_ignore_ascii_case("THEN") && is_any(first_word, &CONDITIONS)
            || block.is_outside_brackets() && is_any(last_word, &["LOOP", "DO"]) && is_any(first_word, &LOOPS)
            // `DECLARE EXIT HANDLER FOR … BEGIN`
            || last_word.eq_ignore_ascii_case("BEGIN") && first_word.eq_ignore_ascii_case("DECLARE")
    }

    /// Whether a statement that came to its terminator is one of the procedural language.
    pub(super) fn is_procedural_statement(&self, tokens: &[Token]) -> bool {
        let first = tokens.first().map_or("", |it| self.word(*it));
        if is_any(first, &STATEMENTS) {
            return true;
        }
        // `x := …`, `NEW.x = …`, `x[1] := …`: no statement of SQL has such a sign so early.
        let early = tokens.iter().take(8).skip(1);
        let mut signs = early.filter(|it| it.kind == TokenKind::Operator);
        if signs.clone().any(|it| self.is_operator(*it, ":=")) {
            return true;
        }
        let is_second = |it: &Token| tokens.get(1) == Some(it) || tokens.get(3) == Some(it);
        self.dialect == Dialect::Postgres
            && !first.eq_ignore_ascii_case("SET")
            && signs.next().is_some_and(|it| self.is_operator(*it, "=") && is_second(it))
    }

    pub(super) fn is_operator(&self, token: Token, text: &str) -> bool {
        self.source.get(token.span.start..token.span.end) == Some(text)
    }
}
