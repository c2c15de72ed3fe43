//! What a migration does, step by step.

use super::framework::Migration;
use crate::formats::sql::operation::{Action, AlterTable, Transaction};
use crate::formats::sql::{Operation, Runs, Statement};
use crate::model::Span;

/// One step: an operation, or one action of an `ALTER TABLE`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) does: Does<'a>,
    /// Where it stands.
    pub(super) span: Span,
    /// Parts of the statement that were not understood; told at its first step.
    pub(super) unparsed: &'a [Span],
    pub(super) transaction: State,
    /// Which unit of the migration it belongs to.
    pub(super) unit: usize,
}

/// What a step does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does<'a> {
    Operation(&'a Operation),
    Action(&'a AlterTable, &'a Action),
}

/// The transaction that a step runs in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    /// Each statement is one.
    Outside,
    /// Steps with the same number are in the same one.
    Inside(u32),
    /// Nobody knows whether the tool opens one.
    Unknown,
}

/// The steps of a migration, in order.
pub(super) fn steps(migration: &Migration) -> Vec<Step<'_>> {
    let mut reader = Reader { steps: Vec::new(), state: State::Unknown, opened: 0 };
    let mut unit = None;
    for statement in &migration.script.statements {
        let at = migration.units.partition_point(|it| it.span.end <= statement.span.start);
        if unit != Some(at) {
            unit = Some(at);
            reader.enter(migration.units.get(at).and_then(|it| it.in_transaction));
        }
        reader.read(statement, at);
    }
    reader.steps
}

struct Reader<'a> {
    steps: Vec<Step<'a>>,
    state: State,
    opened: u32,
}

impl<'a> Reader<'a> {
    fn enter(&mut self, in_transaction: Option<bool>) {
        self.state = match in_transaction {
            Some(true) => self.begin(),
            Some(false) => State::Outside,
            None => State::Unknown,
        };
    }

    fn begin(&mut self) -> State {
        self.opened += 1;
        State::Inside(self.opened)
    }

    fn read(&mut self, statement: &'a Statement, unit: usize) {
        for operation in &statement.operations {
            if let Operation::Transaction(step) = operation {
                self.state = match step {
                    Transaction::Begin => self.begin(),
                    Transaction::Commit | Transaction::Rollback => State::Outside,
                    Transaction::Savepoint | Transaction::Release | Transaction::RollbackTo => self.state,
                };
            }
        }
        let outer = self.state;
        let body = statement.body.as_ref().filter(|it| it.runs == Runs::Now);
        if body.is_some() && self.state == State::Outside {
            self.state = self.begin();
        }
        self.steps_of(statement, unit);
        // Bodies lie in each other to a small depth only.
        for inner in body.iter().flat_map(|it| &it.statements) {
            self.read(inner, unit);
        }
        if body.is_some() {
            self.state = outer;
        }
    }

    fn steps_of(&mut self, statement: &'a Statement, unit: usize) {
        let mut unparsed: &[Span] = &statement.unparsed;
        for operation in &statement.operations {
            let mut push = |does, span| {
                let unparsed = std::mem::take(&mut unparsed);
                self.steps.push(Step { does, span, unparsed, transaction: self.state, unit });
            };
            match operation {
                Operation::AlterTable(alter) if !alter.actions.is_empty() => {
                    for action in &alter.actions {
                        push(Does::Action(alter, action), action.span);
                    }
                }
                _ => push(Does::Operation(operation), statement.span),
            }
        }
    }
}
