//! A tolerant front end for SQL: any text becomes statements and operations with their places.
//!
//! # The words
//!
//! - A **token** is a piece of the text. The tokens, put together, are the text ([`Lexer`]).
//! - A **statement** is what a server runs at a time ([`Statement`]). A body (a function, a trigger, a `DO` block)
//!   belongs to one statement and holds statements of its own ([`Body`]).
//! - An **operation** is what a statement asks of the database ([`Operation`]). Most statements ask one thing; some
//!   ask several: `RENAME TABLE a TO b, c TO d`, or a `WITH` whose parts change rows.
//! - An **action** is a step of `ALTER TABLE` ([`Action`](operation::Action)).
//! - A **span** is a place in bytes of the text that was parsed. Each statement, operation's name, action, column and
//!   option has one, so that a finding can point at it and a fix can edit it.
//!
//! # What holds
//!
//! Reading never fails and never stops early. What is open at the end of the text ends there and is a
//! [`Problem`]. A statement with an unknown head is [`Operation::Unknown`], and a part that is not understood is in
//! [`Statement::unparsed`]: nothing is dropped in silence. The time is linear in the length of the text, and no
//! function calls itself but for bodies in bodies, which end at a small depth.
//!
//! What is *not* known here: whether an operation is dangerous, which tables exist, what a transaction spans, and how
//! tools of migrations mark their files.

mod body;
mod cursor;
mod data_type;
mod dialect;
mod expression;
mod lex;
mod name;
pub mod operation;
mod read;
mod split;
mod token;

#[cfg(test)]
mod tests;

use std::cell::Cell;

use crate::formats::problem::Problem;
use crate::model::Span;

pub use body::{Body, Runs};
pub use data_type::DataType;
pub use dialect::Dialect;
pub use expression::{Expression, Shape};
pub use lex::Lexer;
pub use name::{Name, ObjectName};
pub use operation::Operation;
pub use token::{Token, TokenKind};

use cursor::Cursor;
use split::{Piece, PieceKind, Place, Splitter};

/// How many bodies may lie in each other; what lies deeper is noted as unparsed.
const DEEPEST_BODY: usize = 4;

/// A text of SQL, read.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Script {
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// The comments, in order; those in bodies too.
    pub comments: Vec<Span>,
    /// What was left open.
    pub problems: Vec<Problem>,
}

/// One statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Statement {
    /// From its first token to its last.
    pub span: Span,
    /// The same with its terminator.
    pub whole: Span,
    /// What it asks of the database; never empty.
    pub operations: Vec<Operation>,
    /// The parts that were not understood, in order.
    pub unparsed: Vec<Span>,
    /// The statements that it holds.
    pub body: Option<Body>,
}

/// Reads a text.
#[must_use]
pub fn parse(source: &str, dialect: Dialect) -> Script {
    parse_part(source, Span::new(0, source.len()), dialect)
}

/// Reads a part of a text, such as a literal of a program; spans count from the start of the text.
#[must_use]
pub fn parse_part(source: &str, part: Span, dialect: Dialect) -> Script {
    let mut script = Script::default();
    script.statements = statements(source, part, Nested { dialect, place: Place::Script, depth: 0 }, &mut script);
    script.comments.sort_unstable();
    script.comments.dedup();
    // What is open in a body is open in the statement that holds it.
    script.problems.sort_by_key(|it| it.span);
    script.problems.dedup();
    script
}

/// Reads a part of a text as one expression, as [`parse_part`] reads statements.
#[must_use]
pub fn expression_in(source: &str, part: Span, dialect: Dialect) -> Expression {
    let mut tokens = Vec::new();
    let mut splitter = Splitter::new(source, part, dialect, Place::Script);
    splitter.next_piece(&mut tokens);
    let unparsed = Cell::new(Vec::new());
    expression::expression(Cursor::new(source, dialect, &tokens, &unparsed))
}

impl Script {
    /// Every statement, those of bodies right after the one that holds them.
    pub fn walk(&self) -> impl Iterator<Item = &Statement> {
        let mut open: Vec<&Statement> = self.statements.iter().rev().collect();
        std::iter::from_fn(move || {
            let statement = open.pop()?;
            open.extend(statement.body.iter().flat_map(|it| it.statements.iter().rev()));
            Some(statement)
        })
    }
}

/// In what a part of the text lies.
#[derive(Clone, Copy)]
struct Nested {
    dialect: Dialect,
    place: Place,
    depth: usize,
}

fn statements(source: &str, part: Span, nested: Nested, script: &mut Script) -> Vec<Statement> {
    let mut splitter = Splitter::new(source, part, nested.dialect, nested.place);
    let mut tokens = Vec::new();
    let mut statements = Vec::new();
    while let Some(piece) = splitter.next_piece(&mut tokens) {
        statements.push(statement(source, &tokens, piece, nested, script));
    }
    let (comments, problems) = splitter.finish();
    script.comments.extend(comments);
    script.problems.extend(problems);
    statements
}

fn statement(source: &str, tokens: &[Token], piece: Piece, nested: Nested, script: &mut Script) -> Statement {
    let unparsed = Cell::new(Vec::new());
    let all = Cursor::new(source, nested.dialect, tokens, &unparsed);
    let span = all.span();
    let operations = match piece.kind {
        PieceKind::Plain => read::read(&mut all.clone()),
        PieceKind::Control => vec![Operation::Control],
        PieceKind::Client => vec![Operation::Client],
    };
    let body = match piece.kind {
        PieceKind::Plain => read::body(all, &operations),
        PieceKind::Control | PieceKind::Client => None,
    };
    let body = body.and_then(|it| {
        if DEEPEST_BODY <= nested.depth {
            all.note(it.span);
            return None;
        }
        let inside = Nested { place: it.place, depth: nested.depth + 1, ..nested };
        Some(Body { span: it.span, runs: it.runs, statements: statements(source, it.span, inside, script) })
    });
    Statement { span, whole: piece.whole, operations, unparsed: unparsed.take(), body }
}
