//! What the front end makes of texts.

mod bodies;
mod lexing;
mod reading;
mod reference;
mod splitting;

use super::operation::{Action, ActionKind};
use super::{Dialect, Lexer, Operation, Shape, Statement, Token, TokenKind, parse};
use crate::model::Span;

/// The only statement of a text that is understood as a whole.
#[track_caller]
fn one(text: &str, dialect: Dialect) -> Statement {
    let script = parse(text, dialect);
    assert!(script.problems.is_empty(), "{:?}", script.problems);
    let [statement] = script.statements.as_slice() else { panic!("not one statement: {:#?}", script.statements) };
    assert!(statement.unparsed.is_empty(), "{text}: {:?}", statement.unparsed);
    statement.clone()
}

/// The only operation of a text.
#[track_caller]
fn operation(text: &str, dialect: Dialect) -> Operation {
    let statement = one(text, dialect);
    let [operation] = statement.operations.as_slice() else { panic!("not one operation: {statement:#?}") };
    operation.clone()
}

/// The actions of the only statement of a text.
#[track_caller]
fn actions(text: &str, dialect: Dialect) -> Vec<Action> {
    match operation(text, dialect) {
        Operation::AlterTable(alter) => alter.actions,
        other => panic!("no `ALTER TABLE`: {other:#?}"),
    }
}

/// The action of a statement with one.
#[track_caller]
fn action(text: &str, dialect: Dialect) -> ActionKind {
    let actions = actions(text, dialect);
    let [action] = actions.as_slice() else { panic!("not one action: {actions:#?}") };
    action.kind.clone()
}

fn at(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap()
}

/// The statements of a text as they are written, without their terminators.
fn pieces(text: &str, dialect: Dialect) -> Vec<String> {
    parse(text, dialect).statements.iter().map(|it| at(text, it.span).to_owned()).collect()
}
