//! Recognises statements by their heads and reads them into operations.
//!
//! A reader takes what it knows and leaves the rest: what is left of a statement whose parts all count is
//! noted as unparsed, what is left of one that is opaque by nature (a query, the options of a function) is
//! skipped. No reader calls itself.

mod action;
mod alter;
mod alter_column;
mod body;
mod column;
mod constraint;
mod create;
mod create_table;
mod data;
mod heads;
mod index;
mod object;
mod routine;
mod session;

use super::cursor::Cursor;
use super::operation::Operation;
use super::token::TokenKind;

pub(super) use body::find as body;

/// Reads a statement from its head; nothing can be read twice.
pub(super) type Reader = fn(&mut Cursor<'_>) -> Vec<Operation>;

/// What the statement does. An unknown head gives [`Operation::Unknown`], all of it noted as unparsed.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    if cursor.peek_kind(0) == Some(TokenKind::Open) {
        cursor.skip_rest();
        return vec![Operation::Query];
    }
    let whole = cursor.span();
    let mut operations = match heads::HEADS.iter().find(|it| cursor.at(it.0)) {
        Some((_, read)) => read(cursor),
        None => routine::bare_call(cursor).into_iter().collect(),
    };
    if operations.is_empty() {
        // A reader that gave up may have taken some of it: none of it is known.
        cursor.skip_rest();
        cursor.note(whole);
        operations.push(Operation::Unknown);
    }
    cursor.leave();
    operations
}
