//! Statements that change rows.

use super::session;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::operation::{Copy, DataChange, DataVerb, Operation};
use crate::formats::sql::token::TokenKind;

/// Words between the verb and the table.
const MODIFIERS: [&str; 13] = [
    "LOW_PRIORITY",
    "HIGH_PRIORITY",
    "DELAYED",
    "QUICK",
    "IGNORE",
    "OR REPLACE",
    "OR IGNORE",
    "OR ABORT",
    "OR FAIL",
    "OR ROLLBACK",
    "INTO",
    "ONLY",
    "OVERWRITE",
];
/// What may stand behind a condition.
const AFTER_FILTER: [&str; 6] = ["RETURNING", "LIMIT", "ORDER BY", "OPTION", "ON CONFLICT", "ON DUPLICATE"];

fn empty(verb: DataVerb) -> DataChange {
    DataChange { verb, tables: Vec::new(), columns: Vec::new(), filter: None, limit: None, cascade: None }
}

/// Takes the verb, the words behind it, and `TOP (n)`.
fn open(cursor: &mut Cursor<'_>, read: &mut DataChange) {
    cursor.bump();
    loop {
        if let Some(span) = cursor.eat("TOP") {
            cursor.skip_unit();
            cursor.eat("PERCENT");
            read.limit = Some(span);
        } else if cursor.eat_any(&MODIFIERS).is_none() {
            return;
        }
    }
}

/// Finds the condition and the limit in what is left, and takes all of it.
fn close(mut cursor: Cursor<'_>, read: &mut DataChange) {
    while !cursor.is_empty() {
        if cursor.eat("WHERE").is_some() {
            let filter = cursor.take_until(|it| it.at_any(&AFTER_FILTER));
            read.filter = Some(filter.span());
        } else if let Some(span) = cursor.eat("LIMIT") {
            read.limit = Some(span);
        } else {
            cursor.skip_unit();
        }
    }
}

pub(super) fn insert(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    inserted(cursor, DataVerb::Insert)
}

pub(super) fn replace(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    inserted(cursor, DataVerb::Replace)
}

fn inserted(cursor: &mut Cursor<'_>, verb: DataVerb) -> Vec<Operation> {
    let mut read = empty(verb);
    open(cursor, &mut read);
    let Some(table) = cursor.object() else { return Vec::new() };
    read.tables.push(table);
    cursor.eat("AS").and_then(|_| cursor.name());
    let is_query = cursor.peek_kind(0) == Some(TokenKind::Open) && cursor.word_at(1).eq_ignore_ascii_case("SELECT");
    if !is_query {
        read.columns = cursor.name_list();
    }
    cursor.skip_rest();
    vec![Operation::Data(read)]
}

pub(super) fn update(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let mut read = empty(DataVerb::Update);
    open(cursor, &mut read);
    let Some(table) = cursor.object() else { return Vec::new() };
    read.tables.push(table);
    cursor.take_until(|it| it.at("SET"));
    if cursor.eat("SET").is_none() {
        return Vec::new();
    }
    let ends = ["WHERE", "FROM", "RETURNING", "LIMIT", "ORDER BY", "OUTPUT"];
    let mut assignments = cursor.take_until(|it| it.at_any(&ends));
    while !assignments.is_empty() {
        let mut one = assignments.item();
        match one.peek_kind(0) {
            Some(TokenKind::Open) => read.columns.extend(one.name_list()),
            _ => read.columns.extend(one.object().map(|it| it.name)),
        }
    }
    close(*cursor, &mut read);
    cursor.skip_rest();
    vec![Operation::Data(read)]
}

pub(super) fn delete(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let mut read = empty(DataVerb::Delete);
    open(cursor, &mut read);
    cursor.eat("FROM");
    cursor.eat("ONLY");
    read.tables = cursor.objects();
    // `DELETE a FROM a JOIN b` names the table first and what it stands for later.
    close(*cursor, &mut read);
    cursor.skip_rest();
    if read.tables.is_empty() { Vec::new() } else { vec![Operation::Data(read)] }
}

pub(super) fn merge(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let mut read = empty(DataVerb::Merge);
    open(cursor, &mut read);
    let Some(table) = cursor.object() else { return Vec::new() };
    read.tables.push(table);
    cursor.take_until(|it| it.at("ON"));
    if cursor.eat("ON").is_some() {
        read.filter = Some(cursor.take_until(|it| it.at("WHEN")).span());
    }
    cursor.skip_rest();
    vec![Operation::Data(read)]
}

pub(super) fn truncate(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let mut read = empty(DataVerb::Truncate);
    cursor.bump();
    cursor.eat("TABLE");
    cursor.eat("IF EXISTS");
    while cursor.eat("ONLY").is_some() || !cursor.is_empty() {
        let Some(table) = cursor.object() else { break };
        read.tables.push(table);
        cursor.eat("*");
        if cursor.eat(",").is_none() {
            break;
        }
    }
    loop {
        if let Some(span) = cursor.eat("CASCADE") {
            read.cascade = Some(span);
        } else if cursor.eat("WITH").is_some() {
            cursor.skip_unit();
        } else if cursor.eat_any(&["RESTART IDENTITY", "CONTINUE IDENTITY", "RESTRICT", "NOWAIT"]).is_none() {
            break;
        }
    }
    if read.tables.is_empty() { Vec::new() } else { vec![Operation::Data(read)] }
}

pub(super) fn copy(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let table = cursor.object();
    let columns = if table.is_some() { cursor.name_list() } else { Vec::new() };
    if table.is_none() && cursor.group().is_none() {
        return Vec::new();
    }
    let into_table = cursor.eat("FROM");
    cursor.skip_rest();
    vec![Operation::Copy(Copy { table, columns, into_table })]
}

/// `LOAD DATA … INTO TABLE t` and `BULK INSERT t`.
pub(super) fn load(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let into_table = cursor.bump().map(|it| it.span);
    if cursor.eat("INSERT").is_none() {
        cursor.take_until(|it| it.at("INTO TABLE"));
        cursor.eat("INTO TABLE");
    }
    let table = cursor.object();
    cursor.skip_rest();
    vec![Operation::Copy(Copy { table, columns: Vec::new(), into_table })]
}

/// `WITH a AS (…) …`: what the parts in brackets change, then what the statement does.
pub(super) fn with(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let mut operations = Vec::new();
    let verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "TABLE"];
    cursor.bump();
    while !cursor.is_empty() && !cursor.at_any(&verbs) {
        let Some(mut part) = cursor.group() else {
            cursor.bump();
            continue;
        };
        operations.extend(changes(&mut part));
    }
    let main = changes(cursor);
    if main.is_empty() && !cursor.is_empty() {
        operations.extend(session::select(cursor));
    }
    operations.extend(main);
    operations
}

/// What a statement changes; nothing where it only asks.
fn changes(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    const VERBS: [(&str, super::Reader); 4] =
        [("INSERT", insert), ("UPDATE", update), ("DELETE", delete), ("MERGE", merge)];
    let found = VERBS.iter().find(|(verb, _)| cursor.at(verb));
    found.map(|(_, read)| read(cursor)).unwrap_or_default()
}
