//! Expressions: read as far as a migration's hazards ask, and no further.

use super::cursor::Cursor;
use super::token::TokenKind;
use crate::model::Span;

/// An expression at its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Expression {
    /// Where it stands.
    pub span: Span,
    /// What it is at a glance.
    pub shape: Shape,
    /// The functions that it calls, in lower case, each once, in order; `current_timestamp` and its like
    /// are calls without brackets. A schema before a name is left out.
    pub calls: Vec<String>,
}

/// What an expression is at a glance.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// `NULL`, also with a cast.
    Null,
    /// Literals, casts and operators: the same value for each row.
    Constant,
    /// It calls functions and names no column.
    Calls,
    /// It names columns, holds a query, or is filled in by a tool.
    Other,
}

/// Functions that are called without brackets.
const BARE_CALLS: [&str; 9] = [
    "CURRENT_TIMESTAMP",
    "CURRENT_DATE",
    "CURRENT_TIME",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "CURRENT_USER",
    "SESSION_USER",
    "USER",
    "CURRENT_ROLE",
];
/// Words that are no column: values, operators, and the names of types behind a cast.
const NO_COLUMNS: [&str; 47] = [
    "CAST",
    "NULL",
    "TRUE",
    "FALSE",
    "AND",
    "OR",
    "NOT",
    "IS",
    "IN",
    "AT",
    "TIME",
    "ZONE",
    "INTERVAL",
    "ARRAY",
    "DATE",
    "TIMESTAMP",
    "TIMESTAMPTZ",
    "AS",
    "WITH",
    "WITHOUT",
    "BETWEEN",
    "LIKE",
    "VARYING",
    "CHARACTER",
    "PRECISION",
    "DAY",
    "HOUR",
    "MINUTE",
    "SECOND",
    "MONTH",
    "YEAR",
    "ON",
    "OFF",
    "UNSIGNED",
    "SIGNED",
    "CHAR",
    "VARCHAR",
    "TEXT",
    "INT",
    "INTEGER",
    "BIGINT",
    "NUMERIC",
    "DECIMAL",
    "BOOLEAN",
    "JSON",
    "JSONB",
    "UUID",
];

/// The expression that all of these tokens make.
pub(super) fn expression(all: Cursor<'_>) -> Expression {
    let mut calls: Vec<String> = Vec::new();
    let mut is_other = all.is_empty();
    let mut after_cast = false;
    let mut at = all;
    while let Some(token) = at.bump() {
        let text = at.text(token.span);
        match token.kind {
            TokenKind::Placeholder | TokenKind::Variable => is_other = true,
            TokenKind::Word if after_cast || at.peek_kind(0) == Some(TokenKind::Dot) => {}
            TokenKind::Word | TokenKind::QuotedName => {
                let is_call = at.peek_kind(0) == Some(TokenKind::Open);
                let is_listed = |list: &[&str]| list.iter().any(|it| it.eq_ignore_ascii_case(text));
                if is_listed(&["SELECT", "CASE"]) {
                    is_other = true;
                } else if is_call && !is_listed(&NO_COLUMNS) || is_listed(&BARE_CALLS) {
                    let name = text.trim_matches(['"', '`', '[', ']']).to_ascii_lowercase();
                    if !calls.contains(&name) && calls.len() < 16 {
                        calls.push(name);
                    }
                } else if !is_listed(&NO_COLUMNS) && !after_cast {
                    is_other = true;
                }
            }
            _ => {}
        }
        after_cast = text == "::" || after_cast && matches!(token.kind, TokenKind::Word | TokenKind::Dot);
    }
    let is_null = all.at("NULL") && (all.tokens().len() == 1 || all.text_at(1) == "::");
    let shape = match (is_other, calls.is_empty()) {
        _ if is_null => Shape::Null,
        (true, _) => Shape::Other,
        (false, false) => Shape::Calls,
        (false, true) => Shape::Constant,
    };
    Expression { span: all.span(), shape, calls }
}

impl Cursor<'_> {
    /// The expression in the brackets that open here.
    pub(super) fn bracketed(&mut self) -> Option<Expression> {
        self.group().map(expression)
    }

    /// The expression up to the first of the phrases outside of brackets; the first token always belongs to it.
    pub(super) fn expression_until(&mut self, stops: &[&str]) -> Expression {
        let start = *self;
        self.skip_unit();
        self.take_until(|it| it.peek_kind(0) == Some(TokenKind::Comma) || it.at_any(stops) && !it.at("WITH TIME"));
        let mut whole = start;
        let rest = self.tokens().len();
        expression(whole.take_until(|it| it.tokens().len() <= rest))
    }
}
