//! Statements inside of a statement.

use super::Statement;
use crate::model::Span;

/// The statements that a routine, a trigger, a `DO` block or a text to execute holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Body {
    /// Where it stands, without quotes.
    pub span: Span,
    /// When they run.
    pub runs: Runs,
    /// The statements, one after the other, words of the procedural language among them.
    pub statements: Vec<Statement>,
}

/// When the statements of a body run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Runs {
    /// With the statement that holds them.
    Now,
    /// Whenever somebody calls the routine or a trigger fires.
    WhenCalled,
}
