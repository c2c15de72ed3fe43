//! Declarations of columns.

use super::constraint;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::operation::{Column, ColumnRule, ColumnRuleKind, Generated};
use crate::formats::sql::token::TokenKind;

/// Where the value of a default ends: what can be said next about a column.
pub(super) const STOPS: [&str; 34] = [
    "NOT NULL",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "CHECK",
    "REFERENCES",
    "CONSTRAINT",
    "GENERATED",
    "COLLATE",
    "COMMENT",
    "ON UPDATE",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "IDENTITY",
    "AFTER",
    "FIRST",
    "KEY",
    "STORED",
    "VIRTUAL",
    "PERSISTED",
    "DEFERRABLE",
    "NOT DEFERRABLE",
    "INITIALLY",
    "WITH",
    "FOR",
    "VISIBLE",
    "INVISIBLE",
    "ROWGUIDCOL",
    "NOT FOR",
    "STORAGE",
    "COLUMN_FORMAT",
    "CHARACTER SET",
    "USING",
];

/// What can be said about a column that changes neither its values nor its locks, each with how many
/// tokens or brackets follow it.
const OPTIONS: [(&str, usize); 37] = [
    ("COMMENT", 1),
    ("STORAGE", 1),
    ("COMPRESSION", 1),
    ("COLUMN_FORMAT", 1),
    ("NOT FOR REPLICATION", 0),
    ("NOT DEFERRABLE", 0),
    ("NOT ENFORCED", 0),
    ("NOT VALID", 0),
    ("NOT VISIBLE", 0),
    ("NO INHERIT", 0),
    ("DEFERRABLE", 0),
    ("INITIALLY DEFERRED", 0),
    ("INITIALLY IMMEDIATE", 0),
    ("ENFORCED", 0),
    ("NULLS NOT DISTINCT", 0),
    ("NULLS DISTINCT", 0),
    ("ON CONFLICT", 1),
    ("ON", 1),
    ("WITH VALUES", 0),
    ("WITH", 1),
    ("USING INDEX TABLESPACE", 1),
    ("SRID", 1),
    ("VISIBLE", 0),
    ("INVISIBLE", 0),
    ("ROWGUIDCOL", 0),
    ("SPARSE", 0),
    ("FILESTREAM", 0),
    ("HIDDEN", 0),
    ("NONCLUSTERED", 0),
    ("CLUSTERED", 0),
    ("MASKED WITH", 1),
    ("ENCRYPTED WITH", 1),
    ("OPTIONS", 1),
    ("ASC", 0),
    ("DESC", 0),
    ("CHARACTER SET", 1),
    ("CHARSET", 1),
];

/// A column: its name, its type, and what is said about it. What is not understood is noted.
pub(super) fn column(cursor: &mut Cursor<'_>) -> Option<Column> {
    let start = *cursor;
    let name = cursor.name()?;
    let data_type = cursor.data_type();
    let rules = rules(cursor);
    Some(Column { span: cursor.since(&start), name, data_type, rules })
}

/// All that is said about a column up to the end.
pub(super) fn rules(cursor: &mut Cursor<'_>) -> Vec<ColumnRule> {
    let mut rules = Vec::new();
    while !cursor.is_empty() {
        let start = *cursor;
        let name = cursor.eat("CONSTRAINT").and_then(|_| cursor.name());
        let kind = rule(cursor).unwrap_or(ColumnRuleKind::Other);
        if kind == ColumnRuleKind::Other {
            let unknown = cursor.here();
            cursor.skip_unit();
            cursor.note(unknown);
        }
        rules.push(ColumnRule { span: cursor.since(&start), name, kind });
    }
    rules
}

fn rule(cursor: &mut Cursor<'_>) -> Option<ColumnRuleKind> {
    let kind = if cursor.eat("NOT NULL").is_some() {
        ColumnRuleKind::NotNull
    } else if cursor.eat("NULL").is_some() {
        ColumnRuleKind::Null
    } else if cursor.eat("DEFAULT").is_some() {
        ColumnRuleKind::Default(cursor.expression_until(&STOPS))
    } else if cursor.eat_any(&["PRIMARY KEY", "PRIMARY"]).is_some() {
        key_tail(cursor);
        ColumnRuleKind::PrimaryKey
    } else if cursor.eat_any(&["UNIQUE KEY", "UNIQUE"]).is_some() {
        key_tail(cursor);
        ColumnRuleKind::Unique
    } else if cursor.eat("CHECK").is_some() {
        cursor.eat("NOT FOR REPLICATION");
        ColumnRuleKind::Check(cursor.bracketed()?)
    } else if cursor.at_any(&["REFERENCES", "FOREIGN KEY"]) {
        // Transact-SQL lets a column repeat its own name: `FOREIGN KEY (a) REFERENCES …`.
        cursor.eat("FOREIGN KEY").and_then(|_| cursor.group());
        ColumnRuleKind::References(constraint::reference(cursor)?)
    } else if cursor.eat_any(&["AUTO_INCREMENT", "AUTOINCREMENT"]).is_some() {
        ColumnRuleKind::AutoIncrement
    } else if cursor.eat("IDENTITY").is_some() {
        cursor.group();
        ColumnRuleKind::Identity
    } else if cursor.at("GENERATED") || cursor.at("AS") {
        return generated(cursor);
    } else if cursor.eat("COLLATE").is_some() {
        cursor.eat("=");
        ColumnRuleKind::Collate(cursor.object()?)
    } else if cursor.eat("ON UPDATE").is_some() {
        ColumnRuleKind::OnUpdate(cursor.expression_until(&STOPS))
    } else if cursor.eat("FIRST").is_some() {
        ColumnRuleKind::First
    } else if cursor.eat("AFTER").is_some() {
        ColumnRuleKind::After(cursor.name()?)
    } else if cursor.dialect == Dialect::MySql && cursor.eat("KEY").is_some() {
        ColumnRuleKind::PrimaryKey
    } else {
        return option(cursor);
    };
    Some(kind)
}

fn option(cursor: &mut Cursor<'_>) -> Option<ColumnRuleKind> {
    // `a int INDEX i CLUSTERED (a)` of Transact-SQL.
    if cursor.dialect == Dialect::SqlServer && cursor.eat("INDEX").is_some() {
        cursor.name();
        cursor.eat("UNIQUE");
        key_tail(cursor);
        return Some(ColumnRuleKind::Option);
    }
    let (_, operands) = OPTIONS.iter().find(|(phrase, _)| cursor.eat(phrase).is_some())?;
    for _ in 0..*operands {
        cursor.eat("=");
        cursor.skip_unit();
    }
    Some(ColumnRuleKind::Option)
}

/// What SQLite and Transact-SQL put behind a key of one column.
fn key_tail(cursor: &mut Cursor<'_>) {
    while cursor.eat_any(&["ASC", "DESC", "CLUSTERED", "NONCLUSTERED"]).is_some() {}
    if cursor.dialect == Dialect::SqlServer && cursor.peek_kind(0) == Some(TokenKind::Open) {
        cursor.skip_unit();
    }
}

/// `GENERATED ALWAYS AS IDENTITY`, `GENERATED ALWAYS AS (x) STORED`, `AS (x) PERSISTED`.
fn generated(cursor: &mut Cursor<'_>) -> Option<ColumnRuleKind> {
    cursor.eat_any(&["GENERATED ALWAYS", "GENERATED BY DEFAULT ON NULL", "GENERATED BY DEFAULT"]);
    cursor.eat("AS")?;
    if cursor.eat("IDENTITY").is_some() {
        cursor.group();
        return Some(ColumnRuleKind::Identity);
    }
    // Columns of a period of Transact-SQL: the server fills them in.
    if cursor.eat_any(&["ROW START", "ROW END"]).is_some() {
        return Some(ColumnRuleKind::Option);
    }
    let value = match cursor.bracketed() {
        Some(value) => value,
        None => cursor.expression_until(&STOPS),
    };
    let stored = cursor.eat_any(&["STORED", "PERSISTED", "PERSISTENT"]);
    let computed = cursor.eat("VIRTUAL");
    Some(ColumnRuleKind::Generated(Generated { value, stored, computed }))
}
