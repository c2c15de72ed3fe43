//! Constraints of tables and domains.

use super::index;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::name::Name;
use crate::formats::sql::operation::{Constraint, ConstraintKind, IndexKey, Reference, ReferentialAction};
use crate::formats::sql::token::TokenKind;

/// What a constraint begins with where it has no name.
const STARTS: [&str; 13] = [
    "CONSTRAINT",
    "PRIMARY KEY",
    "UNIQUE (",
    "UNIQUE KEY",
    "UNIQUE INDEX",
    "UNIQUE CLUSTERED",
    "UNIQUE NONCLUSTERED",
    "UNIQUE USING",
    "UNIQUE NULLS",
    "FOREIGN KEY",
    "CHECK (",
    "EXCLUDE USING",
    "EXCLUDE (",
];
const ACTIONS: [(&str, ReferentialAction); 5] = [
    ("NO ACTION", ReferentialAction::NoAction),
    ("RESTRICT", ReferentialAction::Restrict),
    ("CASCADE", ReferentialAction::Cascade),
    ("SET NULL", ReferentialAction::SetNull),
    ("SET DEFAULT", ReferentialAction::SetDefault),
];

/// What a constraint may end with that needs no attention.
const SILENT: [&str; 8] = [
    "NOT DEFERRABLE",
    "INITIALLY DEFERRED",
    "INITIALLY IMMEDIATE",
    "ENFORCED",
    "NO INHERIT",
    "NOT FOR REPLICATION",
    "VISIBLE",
    "INVISIBLE",
];

/// Whether a constraint comes next, and no column that is called like one.
pub(super) fn at_constraint(cursor: &Cursor<'_>) -> bool {
    cursor.at_any(&STARTS)
        // `UNIQUE name (…)` of MySQL: a column called `unique` would have a type and no brackets of names.
        || cursor.at("UNIQUE") && cursor.peek_kind(2) == Some(TokenKind::Open)
}

/// A constraint, with its name where it has one.
pub(super) fn constraint(cursor: &mut Cursor<'_>) -> Constraint {
    let start = *cursor;
    let mut name = None;
    if cursor.eat("CONSTRAINT").is_some() && !cursor.at_any(&["PRIMARY KEY", "UNIQUE (", "FOREIGN KEY", "CHECK ("]) {
        cursor.eat("IF NOT EXISTS");
        name = cursor.name();
    }
    let kind = kind(cursor, &mut name);
    let mut read = Constraint { span: start.here(), name, kind, not_valid: None, not_enforced: None, deferrable: None };
    tail(cursor, &mut read);
    read.span = cursor.since(&start);
    read
}

fn kind(cursor: &mut Cursor<'_>, name: &mut Option<Name>) -> ConstraintKind {
    if cursor.eat("PRIMARY KEY").is_some() {
        let (columns, using_index) = keys(cursor, name);
        return ConstraintKind::PrimaryKey { columns, using_index };
    }
    if cursor.eat_any(&["UNIQUE KEY", "UNIQUE INDEX", "UNIQUE"]).is_some() {
        let (columns, using_index) = keys(cursor, name);
        return ConstraintKind::Unique { columns, using_index };
    }
    if cursor.eat("FOREIGN KEY").is_some() {
        cursor.eat("IF NOT EXISTS");
        if cursor.peek_kind(0) != Some(TokenKind::Open) {
            let index = cursor.name();
            *name = name.take().or(index);
        }
        let columns = cursor.name_list();
        if let Some(reference) = reference(cursor) {
            return ConstraintKind::ForeignKey { columns, reference };
        }
        return ConstraintKind::Other;
    }
    if cursor.eat("CHECK").is_some() {
        cursor.eat("NOT FOR REPLICATION");
        return cursor.bracketed().map_or(ConstraintKind::Other, ConstraintKind::Check);
    }
    if cursor.eat("EXCLUDE").is_some() {
        cursor.take_until(|it| it.at_any(&["DEFERRABLE", "INITIALLY"]));
        return ConstraintKind::Exclude;
    }
    if cursor.eat("NOT NULL").is_some() {
        return cursor.name().map_or(ConstraintKind::Other, ConstraintKind::NotNull);
    }
    if cursor.eat("DEFAULT").is_some() {
        let value = cursor.expression_until(&["FOR"]);
        let column = cursor.eat("FOR").and_then(|_| cursor.name());
        cursor.eat("WITH VALUES");
        return ConstraintKind::Default { value, column };
    }
    ConstraintKind::Other
}

/// The columns of a key, or the index that it is made of.
fn keys(cursor: &mut Cursor<'_>, name: &mut Option<Name>) -> (Vec<IndexKey>, Option<Name>) {
    if cursor.eat("USING INDEX").is_some() {
        return (Vec::new(), cursor.name());
    }
    cursor.eat_any(&["NULLS NOT DISTINCT", "NULLS DISTINCT", "CLUSTERED", "NONCLUSTERED"]);
    cursor.eat("IF NOT EXISTS");
    if cursor.peek_kind(0) != Some(TokenKind::Open) && !cursor.at("USING") {
        let index = cursor.name();
        *name = name.take().or(index);
    }
    if cursor.eat("USING").is_some() {
        cursor.bump();
    }
    let columns = cursor.group().map(index::keys).unwrap_or_default();
    (columns, None)
}

/// What comes after any constraint.
fn tail(cursor: &mut Cursor<'_>, read: &mut Constraint) {
    while !cursor.is_empty() {
        if let Some(span) = cursor.eat("NOT VALID") {
            read.not_valid = Some(span);
        } else if let Some(span) = cursor.eat("NOT ENFORCED") {
            read.not_enforced = Some(span);
        } else if let Some(span) = cursor.eat("DEFERRABLE") {
            read.deferrable = Some(span);
        } else if cursor.eat_any(&SILENT).is_some() {
        } else if cursor.eat_any(&["USING INDEX TABLESPACE", "ON CONFLICT", "COMMENT", "USING", "INCLUDE"]).is_some()
            || cursor.eat_any(&["WITH PARSER", "WITH", "ON", "KEY_BLOCK_SIZE"]).is_some()
        {
            cursor.eat("=");
            cursor.eat("FILLFACTOR =");
            cursor.skip_unit();
        } else if cursor.eat("WHERE").is_some() {
            cursor.skip_unit();
        } else {
            return;
        }
    }
}

/// `REFERENCES t (c) ON DELETE …`.
pub(super) fn reference(cursor: &mut Cursor<'_>) -> Option<Reference> {
    let start = *cursor;
    cursor.eat("REFERENCES")?;
    let table = cursor.object()?;
    let columns = cursor.name_list();
    let mut read = Reference { span: table.span, table, columns, on_delete: None, on_update: None };
    loop {
        if cursor.eat("ON DELETE").is_some() {
            read.on_delete = action(cursor);
        } else if cursor.eat("ON UPDATE").is_some() {
            read.on_update = action(cursor);
        } else if cursor.eat("MATCH").is_some() {
            cursor.bump();
        } else {
            break;
        }
    }
    read.span = cursor.since(&start);
    Some(read)
}

fn action(cursor: &mut Cursor<'_>) -> Option<ReferentialAction> {
    let (_, action) = ACTIONS.iter().find(|(phrase, _)| cursor.eat(phrase).is_some())?;
    if matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault) {
        cursor.group();
    }
    Some(*action)
}
