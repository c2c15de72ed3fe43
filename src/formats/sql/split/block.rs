//! What is open inside of a statement: brackets, `CASE`, and the blocks of a routine's body.

use super::{is_any, word};
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::token::{Token, TokenKind};

/// The kinds of object whose definition may hold statements.
const ROUTINES: [&str; 6] = ["PROCEDURE", "PROC", "FUNCTION", "TRIGGER", "EVENT", "PACKAGE"];
/// The kinds of object that hold none, and may be called like those that do.
const OTHERS: [&str; 16] = [
    "TABLE",
    "INDEX",
    "VIEW",
    "ON",
    "DATABASE",
    "TYPE",
    "DOMAIN",
    "SEQUENCE",
    "SYNONYM",
    "SCHEMA",
    "USER",
    "ROLE",
    "LOGIN",
    "STATISTICS",
    "EXTENSION",
    "POLICY",
];
/// How many tokens into a statement the kind of its object stands at most: `DEFINER = a @ b` comes before it.
const LATEST_KIND: usize = 14;

/// The same for `RULE`: only `CREATE OR REPLACE` comes before it.
const LATEST_RULE: usize = 4;

/// The nesting at one place of a statement.
#[derive(Default, Clone, Copy, Debug)]
pub(super) struct Block {
    brackets: usize,
    /// Open `CASE`s of expressions.
    cases: usize,
    /// Open blocks of a body, `CASE` among them.
    blocks: usize,
    is_routine: bool,
    /// In `CREATE RULE`, whose actions stand in brackets with terminators between them.
    is_rule: bool,
    follows_end: bool,
}

impl Block {
    /// Whether a terminator ends the statement here.
    pub(super) fn is_closed(&self) -> bool {
        self.blocks == 0 && !(self.is_rule && 0 < self.brackets)
    }

    /// Whether the place is outside of brackets and of `CASE`.
    pub(super) fn is_flat(&self) -> bool {
        self.brackets == 0 && self.cases == 0
    }

    /// Whether the place is outside of brackets.
    pub(super) fn is_outside_brackets(&self) -> bool {
        self.brackets == 0
    }

    /// Whether the statement defines a routine.
    pub(super) fn is_routine(&self) -> bool {
        self.is_routine
    }

    /// Takes in the token that comes after these.
    pub(super) fn follow(&mut self, tokens: &[Token], token: Token, source: &str, dialect: Dialect) {
        match token.kind {
            TokenKind::Open => self.brackets += 1,
            TokenKind::Close => self.brackets = self.brackets.saturating_sub(1),
            // Brackets that nobody closed do not reach over the end of a statement.
            TokenKind::Terminator | TokenKind::Semicolon if !self.is_rule => self.brackets = 0,
            _ => {}
        }
        let text = word(source, token);
        let follows_end = std::mem::take(&mut self.follows_end);
        if text.is_empty() {
            return;
        }
        let before = tokens.last().map_or("", |it| word(source, *it));
        if tokens.len() < LATEST_KIND && self.brackets == 0 && is_any(text, &ROUTINES) {
            self.is_routine |= is_defined_here(tokens, source);
        }
        if tokens.len() < LATEST_RULE && text.eq_ignore_ascii_case("RULE") {
            self.is_rule |= is_defined_here(tokens, source);
        }
        if text.eq_ignore_ascii_case("CASE") && !follows_end && !tokens.is_empty() {
            self.cases += 1;
        } else if text.eq_ignore_ascii_case("END") {
            self.cases = self.cases.saturating_sub(1);
        }
        if !self.is_routine || dialect == Dialect::SqlServer {
            return;
        }
        if text.eq_ignore_ascii_case("END") {
            self.blocks = self.blocks.saturating_sub(1);
            self.follows_end = true;
        } else if !follows_end && opens_a_block(text, before, tokens.last()) {
            self.blocks += 1;
        }
    }
}

/// `CREATE` or `ALTER` stands first, and nothing else is being made: a type may be called `event`.
fn is_defined_here(tokens: &[Token], source: &str) -> bool {
    let mut words = tokens.iter().map(|it| word(source, *it));
    let verb = words.next().unwrap_or_default();
    is_any(verb, &["CREATE", "ALTER"]) && !words.any(|it| is_any(it, &OTHERS))
}

fn opens_a_block(text: &str, before: &str, last: Option<&Token>) -> bool {
    if is_any(text, &["BEGIN", "CASE"]) {
        return true;
    }
    let ends_a_statement = last.is_some_and(|it| {
        matches!(it.kind, TokenKind::Terminator | TokenKind::Semicolon | TokenKind::Operator | TokenKind::Close)
    });
    let is_at_the_start = ends_a_statement || is_any(before, &["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", "ROW"]);
    is_at_the_start && is_any(text, &["IF", "WHILE", "LOOP", "REPEAT"])
}
