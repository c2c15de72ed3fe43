//! Migrations in the languages of frameworks, as the operations that they ask of the database.
//!
//! A migration of Rails or Django names what it changes by calls and literals. They are read here, without running
//! anything, into the same [`Statement`]s that the SQL front end makes, with spans in the file of the migration. SQL in a
//! literal is read where it stands.
//!
//! # What holds
//!
//! Reading never fails. A call that nobody here understands becomes [`Operation::Unknown`] with its place in
//! [`Statement::unparsed`]; code that runs with the migration and that nobody can read becomes
//! [`Operation::Execute`] with `dynamic`. A name that is put together at run time is a
//! [`Name`](crate::formats::sql::Name) with `is_templated`.
//! What the framework itself turns round in order to go down is not turned round here: see [`Reversal`].

mod build;
mod django;
mod host;
mod rails;

#[cfg(test)]
mod tests;

use crate::formats::problem::Problem;
use crate::formats::sql::{Operation, Statement};
use crate::model::Span;

pub use django::{DjangoState, read as read_django};
pub use rails::read as read_rails;

/// A migration, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Migration {
    /// The version of the framework that the migration was written for, as `7.1`; Rails says it.
    pub version: Option<String>,
    /// What runs on the way up, in order.
    pub up: Vec<Step>,
    /// What is written for the way down, in order.
    pub down: Vec<Step>,
    /// How the migration goes down.
    pub reversal: Reversal,
    /// Where it is said that no transaction spans the migration. Nothing: the framework opens one where the
    /// server can undo changes of tables.
    pub no_transaction: Option<Span>,
    /// The migrations that have to run before, in order; Django says them.
    pub dependencies: Vec<MigrationRef>,
    /// The migrations that this one stands for, in order; Django says them.
    pub replaces: Vec<MigrationRef>,
    /// Comments, in order.
    pub comments: Vec<Span>,
    /// What was left open.
    pub problems: Vec<Problem>,
}

/// Another migration, by its name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MigrationRef {
    /// The app that it belongs to.
    pub app: String,
    /// Its file without the ending.
    pub name: String,
    /// Where it is named.
    pub span: Span,
}

/// How a migration goes down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reversal {
    /// By the steps of [`Migration::down`] alone.
    Written,
    /// The framework turns the steps up round, as far as it can; [`Migration::down`] adds to that.
    Derived,
    /// Not at all.
    Missing,
}

/// What one call asks of the database.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The same as the statement of a script.
    pub statement: Statement,
    /// Where a person vouches for it: `safety_assured`.
    pub assured: Option<Span>,
    /// The condition or the loop that it runs under.
    pub condition: Option<Span>,
    /// A name that the framework derives, where what it is derived from was not seen: it may be another one.
    pub guessed: Option<Span>,
}

impl Step {
    fn new(span: Span, operations: Vec<Operation>) -> Self {
        let statement = Statement { span, whole: span, operations, unparsed: Vec::new(), body: None };
        Self { statement, assured: None, condition: None, guessed: None }
    }

    /// A call that nobody here understands.
    fn unknown(span: Span) -> Self {
        let mut step = Self::new(span, vec![Operation::Unknown]);
        step.statement.unparsed.push(span);
        step
    }
}
