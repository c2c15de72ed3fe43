//! `DROP`, `RENAME TABLE`, `COMMENT ON`, `GRANT` and `REVOKE`.

use super::create::object_kind;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::operation::{Drop, ObjectKind, Operation, Privileges, Rename, Toggle};

/// `DROP`, also of objects that belong to a table.
pub(super) fn drop(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    if cursor.eat("OWNED BY").is_some() {
        cursor.skip_rest();
        let empty = Drop {
            kind: ObjectKind::Other,
            names: Vec::new(),
            table: None,
            if_exists: None,
            concurrently: None,
            cascade: None,
        };
        return vec![Operation::Drop(empty)];
    }
    while cursor.eat_any(&["TEMPORARY", "TEMP", "TRUSTED", "PROCEDURAL", "FULLTEXT INDEX", "PREPARE"]).is_some() {}
    let Some(kind) = object_kind(cursor) else { return Vec::new() };
    let concurrently = cursor.eat("CONCURRENTLY");
    let if_exists = cursor.eat("IF EXISTS");
    let mut read = Drop { kind, names: Vec::new(), table: None, if_exists, concurrently, cascade: None };
    if matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate) {
        while let Some(name) = cursor.object() {
            read.names.push(name);
            cursor.group();
            if cursor.eat(",").is_none() {
                break;
            }
        }
    } else if !matches!(kind, ObjectKind::Cast | ObjectKind::Operator | ObjectKind::Server) {
        cursor.eat("FOR");
        read.names = cursor.objects();
        if kind == ObjectKind::Role {
            cursor.skip_rest();
        }
    } else {
        cursor.take_until(|it| it.at("CASCADE"));
    }
    if cursor.eat("ON").is_some() {
        read.table = cursor.object();
        transact_lists(cursor, &mut read);
    }
    tail(cursor, &mut read);
    vec![Operation::Drop(read)]
}

/// `DROP INDEX a ON t, b ON u` of Transact-SQL: the further tables are all that can be told of them.
fn transact_lists(cursor: &mut Cursor<'_>, read: &mut Drop) {
    while cursor.eat(",").is_some() {
        read.names.extend(cursor.object());
        if cursor.eat("ON").is_some() {
            cursor.object();
        }
    }
}

fn tail(cursor: &mut Cursor<'_>, read: &mut Drop) {
    loop {
        if let Some(span) = cursor.eat("CASCADE") {
            read.cascade = Some(span);
        } else if cursor.eat_any(&["ALGORITHM", "LOCK"]).is_some() {
            cursor.eat("=");
            cursor.bump();
        } else if cursor.eat_any(&["WITH", "USING"]).is_some() {
            cursor.skip_unit();
        } else if cursor.eat_any(&["RESTRICT", "FORCE", "CONSTRAINTS"]).is_none() {
            return;
        }
    }
}

/// `RENAME TABLE a TO b, c TO d` of MySQL.
pub(super) fn rename_tables(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    cursor.bump();
    cursor.eat("IF EXISTS");
    let mut renames = Vec::new();
    while let Some(from) = cursor.object() {
        cursor.eat_any(&["WAIT", "NOWAIT"]);
        let Some(to) = cursor.eat("TO").and_then(|_| cursor.object()) else { break };
        renames.push(Operation::Rename(Rename { kind: ObjectKind::Table, from, to, table: None }));
        if cursor.eat(",").is_none() {
            break;
        }
    }
    renames
}

pub(super) fn comment(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.eat("COMMENT ON");
    let kind = object_kind(cursor).unwrap_or(ObjectKind::Other);
    cursor.skip_rest();
    vec![Operation::Comment(kind)]
}

pub(super) fn grant(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    privileges(cursor, Toggle::On)
}

pub(super) fn revoke(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    privileges(cursor, Toggle::Off)
}

/// `GRANT`, `REVOKE` and `DENY`, also behind `ALTER DEFAULT PRIVILEGES`.
pub(super) fn privileges(cursor: &mut Cursor<'_>, toggle: Toggle) -> Vec<Operation> {
    cursor.bump();
    cursor.eat("GRANT OPTION FOR");
    let ends = ["ON", "TO", "FROM"];
    let what = cursor.take_until(|it| it.at_any(&ends)).span();
    let mut objects = Vec::new();
    if cursor.eat("ON").is_some() {
        let is_all = cursor.at("ALL");
        if !is_all {
            let ahead = *cursor;
            let kind = object_kind(cursor);
            // A table may be called like a kind of object.
            if kind.is_none() || cursor.at_any(&ends) {
                *cursor = ahead;
            }
            cursor.eat(": :");
            cursor.eat("::");
            objects = cursor.objects();
        }
        cursor.take_until(|it| it.at_any(&["TO", "FROM"]));
    }
    cursor.eat_any(&["TO", "FROM"]);
    let mut grantees = Vec::new();
    loop {
        cursor.eat_any(&["GROUP", "ROLE"]);
        let Some(name) = cursor.name() else { break };
        grantees.push(name);
        if cursor.eat(",").is_none() {
            break;
        }
    }
    cursor.skip_rest();
    vec![Operation::Privileges(Privileges { toggle, what, objects, grantees })]
}
