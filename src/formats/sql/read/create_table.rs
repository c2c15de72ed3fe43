//! `CREATE TABLE`.

use super::create::Prefix;
use super::{column, constraint, index};
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::name::ObjectName;
use crate::formats::sql::operation::{Column, Constraint, CreateIndex, CreateTable, ObjectKind, Operation};
use crate::formats::sql::token::TokenKind;

/// What stands between the brackets of a table.
#[derive(Default)]
pub(super) struct Elements {
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<CreateIndex>,
    pub(super) like: Vec<ObjectName>,
}

pub(super) fn create_table(cursor: &mut Cursor<'_>, kind: ObjectKind, prefix: &Prefix) -> Vec<Operation> {
    let Some(name) = cursor.object() else { return Vec::new() };
    // `#t` of Transact-SQL goes with its session.
    let is_temporary = name.name.text.starts_with('#') || name.schema.as_ref().is_some_and(|it| it.text == "pg_temp");
    let mut table = CreateTable {
        temporary: prefix.temporary.or_else(|| is_temporary.then_some(name.name.span)),
        name,
        kind,
        if_not_exists: prefix.if_not_exists,
        unlogged: prefix.unlogged,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        like: Vec::new(),
        partition_of: None,
        partition_by: None,
        query: None,
        options: None,
    };
    if kind == ObjectKind::VirtualTable {
        table.options = cursor.skip_rest();
        return vec![Operation::CreateTable(table)];
    }
    if cursor.eat("PARTITION OF").is_some() {
        table.partition_of = cursor.object();
    } else if cursor.eat("LIKE").is_some() {
        table.like.extend(cursor.object());
    } else if cursor.eat("OF").is_some() {
        cursor.object();
    }
    if let Some(group) = cursor.group() {
        if group.at_any(&["SELECT", "WITH"]) {
            table.query = Some(group.span());
        } else {
            let read = elements(group, &table.name);
            table.columns = read.columns;
            table.constraints = read.constraints;
            table.indexes = read.indexes;
            table.like.extend(read.like);
        }
    }
    tail(cursor, &mut table);
    vec![Operation::CreateTable(table)]
}

/// What stands behind the columns.
fn tail(cursor: &mut Cursor<'_>, table: &mut CreateTable) {
    if !cursor.is_empty() {
        table.options = Some(cursor.span());
    }
    while !cursor.is_empty() {
        let start = *cursor;
        if cursor.eat("INHERITS").is_some() {
            if let Some(mut parents) = cursor.group() {
                table.like.extend(parents.objects());
            }
        } else if cursor.eat("PARTITION BY").is_some() {
            cursor.take_until(|it| it.at_any(&["AS SELECT", "SELECT", "AS WITH"]));
            table.partition_by = Some(cursor.since(&start));
        } else if cursor.eat("AS").is_some() || is_query(cursor) {
            table.query = cursor.skip_rest();
        } else {
            cursor.skip_unit();
        }
    }
}

fn is_query(cursor: &Cursor<'_>) -> bool {
    cursor.at("SELECT") || cursor.at("WITH") && cursor.peek_kind(1) != Some(TokenKind::Open)
}

/// Reads columns, constraints and indexes with commas between them.
pub(super) fn elements(mut group: Cursor<'_>, table: &ObjectName) -> Elements {
    let mut read = Elements::default();
    while !group.is_empty() {
        let mut item = group.item();
        if item.at("LIKE") && item.peek_kind(1) != Some(TokenKind::Open) {
            item.bump();
            read.like.extend(item.object());
            item.skip_rest();
        } else if item.at("PERIOD FOR") {
            item.skip_rest();
        } else if constraint::at_constraint(&item) {
            read.constraints.push(constraint::constraint(&mut item));
        } else if index::at_inline_index(&item) {
            read.indexes.extend(index::inline_index(&mut item, table));
        } else if !item.is_empty() {
            read.columns.extend(column::column(&mut item));
        }
        item.leave();
    }
    read
}
