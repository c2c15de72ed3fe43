//! Where a statement of Transact-SQL begins: most scripts write no terminators.

use super::block::Block;
use super::{Splitter, is_any, word};
use crate::formats::sql::token::{Token, TokenKind};

/// Words that begin a statement wherever they do not continue one.
const STARTS: [&str; 43] = [
    "ALTER",
    "BACKUP",
    "BEGIN",
    "BREAK",
    "CLOSE",
    "COMMIT",
    "CONTINUE",
    "CREATE",
    "DBCC",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DENY",
    "DROP",
    "ELSE",
    "END",
    "EXEC",
    "EXECUTE",
    "FETCH",
    "GRANT",
    "IF",
    "INSERT",
    "KILL",
    "MERGE",
    "OPEN",
    "PRINT",
    "RAISERROR",
    "RECONFIGURE",
    "RESTORE",
    "RETURN",
    "REVERT",
    "REVOKE",
    "ROLLBACK",
    "SAVE",
    "SELECT",
    "SET",
    "THROW",
    "TRUNCATE",
    "UPDATE",
    "USE",
    "WAITFOR",
    "WHILE",
    "GOTO",
];
/// Words after which the next one continues the statement.
const CONTINUED: [&str; 24] = [
    "AS",
    "UNION",
    "ALL",
    "EXCEPT",
    "INTERSECT",
    "FOR",
    "AFTER",
    "OF",
    "THEN",
    "GRANT",
    "DENY",
    "REVOKE",
    "WITH",
    "BY",
    "INTO",
    "NOT",
    "OR",
    "AND",
    "INSTEAD",
    "BULK",
    "COLUMN",
    "ROWS",
    "ROW",
    "WHEN",
];
/// Words after which `IF` belongs to `IF EXISTS`.
const OBJECTS: [&str; 17] = [
    "TABLE",
    "VIEW",
    "INDEX",
    "COLUMN",
    "CONSTRAINT",
    "PROCEDURE",
    "PROC",
    "FUNCTION",
    "TRIGGER",
    "SCHEMA",
    "DATABASE",
    "TYPE",
    "SEQUENCE",
    "SYNONYM",
    "USER",
    "ROLE",
    "STATISTICS",
];
/// First words of what is procedural as a whole.
const CONTROL: [&str; 26] = [
    "IF",
    "ELSE",
    "WHILE",
    "END",
    "BREAK",
    "CONTINUE",
    "DECLARE",
    "PRINT",
    "RAISERROR",
    "RETURN",
    "THROW",
    "WAITFOR",
    "OPEN",
    "FETCH",
    "CLOSE",
    "DEALLOCATE",
    "GOTO",
    "DBCC",
    "KILL",
    "RECONFIGURE",
    "REVERT",
    "BACKUP",
    "RESTORE",
    "CHECKPOINT",
    "RECEIVE",
    "SHUTDOWN",
];

/// Whether the word begins a statement that is procedural or administrative as a whole.
pub(super) fn is_control_word(first: &str) -> bool {
    is_any(first, &CONTROL)
}

impl Splitter<'_> {
    /// Whether this token begins the statement after these tokens.
    pub(super) fn begins_transact(&mut self, token: Token, tokens: &[Token], block: &Block) -> bool {
        let text = self.word(token);
        let Some(last) = tokens.last() else { return false };
        if text.is_empty()
            || !block.is_flat()
            || !is_any(text, &STARTS)
            || defines_to_the_end(tokens, self.source, block)
        {
            return false;
        }
        let before = self.word(*last);
        let is_in_expression = match last.kind {
            TokenKind::Comma | TokenKind::Dot | TokenKind::Open => true,
            TokenKind::Operator => self.source.get(last.span.start..last.span.end) != Some("*"),
            // `SET NOCOUNT ON` ends there; `ON UPDATE CASCADE` does not.
            _ if before.eq_ignore_ascii_case("ON") => !main_word(tokens, self.source).eq_ignore_ascii_case("SET"),
            _ => is_any(before, &CONTINUED),
        };
        !is_in_expression && !self.continues(text, before, tokens)
    }

    fn continues(&mut self, text: &str, before: &str, tokens: &[Token]) -> bool {
        let head = main_word(tokens, self.source);
        let source = self.source;
        let has = |it: &str| tokens.iter().skip(1).any(|token| word(source, *token).eq_ignore_ascii_case(it));
        let is = |it: &str| text.eq_ignore_ascii_case(it);
        let head_is = |it: &str| head.eq_ignore_ascii_case(it);
        if is("IF") {
            return is_any(before, &OBJECTS);
        }
        if is("SET") {
            return is_any(before, &["UPDATE", "DELETE"])
                || head_is("UPDATE") && !has("SET")
                || head_is("ALTER") && names_only(tokens)
                || self.peek_kind() == Some(TokenKind::Open);
        }
        if is("UPDATE") && self.peek_kind() == Some(TokenKind::Open) {
            return true;
        }
        if head_is("INSERT") && is_any(text, &["SELECT", "EXEC", "EXECUTE"]) {
            return !["SELECT", "VALUES", "EXEC", "EXECUTE"].iter().any(|it| has(it));
        }
        if head_is("WITH") {
            return is_any(text, &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"]);
        }
        if head_is("RETURN") && is("SELECT") {
            return tokens.len() == 1;
        }
        is_any(text, &["ALTER", "DROP"]) && head_is("ALTER") && names_only(tokens)
    }

    /// Whether the tokens so far are a word that stands alone.
    pub(super) fn is_transact_control(&mut self, tokens: &[Token]) -> bool {
        let word = tokens.first().map_or("", |it| self.word(*it));
        match tokens.len() {
            1 if word.eq_ignore_ascii_case("ELSE") => true,
            1 if word.eq_ignore_ascii_case("BEGIN") => {
                let next = self.peek_word();
                !is_any(next, &["TRAN", "TRANSACTION", "TRY", "CATCH", "DISTRIBUTED", "CONVERSATION", "DIALOG"])
            }
            1 if word.eq_ignore_ascii_case("END") => {
                let next = self.peek_word();
                !is_any(next, &["TRY", "CATCH", "CONVERSATION"])
            }
            // A label: `again:`
            2 if !word.is_empty() && tokens.last().is_some_and(|it| self.is_operator(*it, ":")) => true,
            2 if is_any(word, &["BEGIN", "END"]) => {
                let second = tokens.last().map_or("", |it| self.word(*it));
                is_any(second, &["TRY", "CATCH"])
            }
            _ => false,
        }
    }
}

/// Routines and views reach to the end of their batch.
fn defines_to_the_end(tokens: &[Token], source: &str, block: &Block) -> bool {
    let first = tokens.first().map_or("", |it| word(source, *it));
    let early = tokens.iter().take(6).skip(1);
    is_any(first, &["CREATE", "ALTER"])
        && (block.is_routine() || early.into_iter().any(|it| word(source, *it).eq_ignore_ascii_case("VIEW")))
}

/// The word that says what the statement does; behind `WITH …` it comes late.
fn main_word<'a>(tokens: &[Token], source: &'a str) -> &'a str {
    let first = tokens.first().map_or("", |it| word(source, *it));
    if !first.eq_ignore_ascii_case("WITH") {
        return first;
    }
    let mut depth = 0_usize;
    for token in tokens {
        match token.kind {
            TokenKind::Open => depth += 1,
            TokenKind::Close => depth = depth.saturating_sub(1),
            _ if depth == 0 && is_any(word(source, *token), &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"]) => {
                return word(source, *token);
            }
            _ => {}
        }
    }
    first
}

/// `ALTER TABLE a.b` and nothing more.
fn names_only(tokens: &[Token]) -> bool {
    let name = tokens.get(2..).unwrap_or_default();
    let is_name = |it: &Token| matches!(it.kind, TokenKind::Word | TokenKind::QuotedName | TokenKind::Placeholder);
    name.len() % 2 == 1
        && name.iter().enumerate().all(|(index, it)| match index % 2 {
            0 => is_name(it),
            _ => it.kind == TokenKind::Dot,
        })
}
