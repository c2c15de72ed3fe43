//! `ALTER` of tables and of everything else.

use super::create::{self, object_kind};
use super::{action, constraint, index, object, routine};
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::ObjectName;
use crate::formats::sql::operation::{AlterObject, AlterTable, ObjectChange, ObjectKind, Operation, Rename, Toggle};
use crate::formats::sql::token::TokenKind;

pub(super) fn alter(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let Some(verb) = cursor.bump() else { return Vec::new() };
    while cursor.eat_any(&["ONLINE", "IGNORE", "OFFLINE"]).is_some() {}
    if cursor.at_any(&["DEFINER =", "ALGORITHM =", "SQL SECURITY"]) {
        cursor.take_until(|it| it.at_any(&["VIEW", "EVENT"]));
    }
    let Some(kind) = object_kind(cursor) else { return server_wide(cursor) };
    match kind {
        ObjectKind::Table | ObjectKind::ForeignTable => alter_table(cursor, kind),
        ObjectKind::DefaultPrivileges => default_privileges(cursor),
        ObjectKind::View if has_body(cursor) => create::replaced_view(cursor, verb.span),
        ObjectKind::Function | ObjectKind::Procedure if cursor.dialect == Dialect::SqlServer => {
            routine::routine(cursor, kind, Some(verb.span))
        }
        ObjectKind::Trigger if cursor.dialect == Dialect::SqlServer => routine::trigger(cursor, Some(verb.span)),
        _ => alter_object(cursor, kind),
    }
}

/// `ALTER` of what belongs to the server or to nobody here.
fn server_wide(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    if !cursor.at_any(&["AUTHORIZATION", "WORKLOAD", "SERVICE", "REMOTE", "ENDPOINT", "BROKER"]) {
        return Vec::new();
    }
    cursor.skip_rest();
    let (name, table) = (None, None);
    vec![Operation::Alter(AlterObject { kind: ObjectKind::System, name, table, change: ObjectChange::Settings })]
}

fn has_body(cursor: &Cursor<'_>) -> bool {
    cursor.find("AS").is_some() && !cursor.at("IF EXISTS")
}

fn alter_table(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Vec<Operation> {
    let if_exists = cursor.eat("IF EXISTS");
    let only = cursor.eat("ONLY");
    if cursor.at("ALL IN TABLESPACE") {
        cursor.skip_rest();
        let (name, table) = (None, None);
        return vec![Operation::Alter(AlterObject { kind, name, table, change: ObjectChange::Settings })];
    }
    let Some(table) = cursor.object() else { return Vec::new() };
    cursor.eat("*");
    cursor.eat_any(&["NOWAIT"]);
    let actions = action::actions(cursor, &table);
    vec![Operation::AlterTable(AlterTable { table, kind, if_exists, only, actions })]
}

fn default_privileges(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.take_until(|it| it.at_any(&["GRANT", "REVOKE"]));
    let toggle = if cursor.at("GRANT") { Toggle::On } else { Toggle::Off };
    object::privileges(cursor, toggle)
}

fn alter_object(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Vec<Operation> {
    if cursor.eat("ALL IN TABLESPACE").is_some() || kind == ObjectKind::System {
        cursor.skip_rest();
        let (name, table) = (None, None);
        return vec![Operation::Alter(AlterObject { kind, name, table, change: ObjectChange::Settings })];
    }
    cursor.eat("IF EXISTS");
    cursor.eat("FOR");
    let is_all = cursor.at("ALL ON");
    let name = if matches!(kind, ObjectKind::Operator) { None } else { cursor.object() };
    let name = name.filter(|_| !is_all);
    if matches!(kind, ObjectKind::Function | ObjectKind::Procedure | ObjectKind::Aggregate) {
        cursor.group();
    }
    let table = cursor.eat("ON").and_then(|_| cursor.object());
    if let Some(rename) = rename(cursor, kind, name.as_ref(), table.as_ref()) {
        return vec![rename];
    }
    if is_relation(kind) && cursor.dialect == Dialect::Postgres && is_table_action(cursor) {
        // PostgreSQL takes most actions of tables for views, indexes and sequences.
        let Some(table) = name else { return Vec::new() };
        let actions = action::actions(cursor, &table);
        return vec![Operation::AlterTable(AlterTable { table, kind, if_exists: None, only: None, actions })];
    }
    let change = change(cursor, kind);
    vec![Operation::Alter(AlterObject { kind, name, table, change })]
}

fn is_relation(kind: ObjectKind) -> bool {
    matches!(kind, ObjectKind::View | ObjectKind::MaterializedView | ObjectKind::Index | ObjectKind::Sequence)
}

fn is_table_action(cursor: &Cursor<'_>) -> bool {
    cursor.at_any(&[
        "ALTER",
        "SET SCHEMA",
        "SET TABLESPACE",
        "SET (",
        "RESET (",
        "OWNER",
        "RENAME COLUMN",
        "CLUSTER ON",
        "ATTACH PARTITION",
        "SET ACCESS METHOD",
        "SET LOGGED",
        "SET UNLOGGED",
        "SET WITHOUT",
    ]) || cursor.at("RENAME") && cursor.word_at(2).eq_ignore_ascii_case("TO")
}

fn rename(
    cursor: &mut Cursor<'_>,
    kind: ObjectKind,
    name: Option<&ObjectName>,
    table: Option<&ObjectName>,
) -> Option<Operation> {
    let mut ahead = *cursor;
    let is_constraint = ahead.eat("RENAME CONSTRAINT").is_some();
    let is_attribute = !is_constraint && ahead.eat("RENAME ATTRIBUTE").is_some();
    let from = match is_constraint || is_attribute {
        true => ahead.object()?,
        false => name?.clone(),
    };
    if !is_constraint && !is_attribute {
        ahead.eat("RENAME")?;
    }
    ahead.eat_any(&["TO", "AS"])?;
    let to = ahead.object()?;
    ahead.eat_any(&["CASCADE", "RESTRICT"]);
    *cursor = ahead;
    let kind = match () {
        () if is_constraint => ObjectKind::Constraint,
        () if is_attribute => ObjectKind::Column,
        () => kind,
    };
    Some(Operation::Rename(Rename { kind, from, to, table: table.cloned() }))
}

fn change(cursor: &mut Cursor<'_>, kind: ObjectKind) -> ObjectChange {
    let known = known_change(cursor, kind);
    known.unwrap_or_else(|| {
        cursor.skip_rest();
        ObjectChange::Settings
    })
}

fn known_change(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Option<ObjectChange> {
    if kind == ObjectKind::Type && cursor.eat("ADD VALUE").is_some() {
        let if_not_exists = cursor.eat("IF NOT EXISTS");
        let value = create::enum_value(cursor)?;
        return Some(ObjectChange::AddValue { value, position: cursor.skip_rest(), if_not_exists });
    }
    if kind == ObjectKind::Type && cursor.eat("RENAME VALUE").is_some() {
        let from = create::enum_value(cursor)?;
        cursor.eat("TO")?;
        return Some(ObjectChange::RenameValue { from, to: create::enum_value(cursor)? });
    }
    if kind == ObjectKind::Domain {
        return domain_change(cursor);
    }
    if cursor.eat("SET SCHEMA").is_some() {
        return cursor.name().map(ObjectChange::SetSchema);
    }
    if cursor.at("OWNER TO") {
        cursor.skip_rest();
        return Some(ObjectChange::Owner);
    }
    if kind == ObjectKind::Index && cursor.eat_any(&["REBUILD", "REORGANIZE"]).is_some() {
        let mut ahead = *cursor;
        ahead.take_until(|it| it.at("WITH") && it.peek_kind(1) == Some(TokenKind::Open));
        ahead.eat("WITH");
        let online = ahead.group().and_then(index::online);
        cursor.skip_rest();
        return Some(ObjectChange::Rebuild { online });
    }
    if kind == ObjectKind::Index && cursor.eat("ATTACH PARTITION").is_some() {
        return cursor.object().map(ObjectChange::AttachPartition);
    }
    None
}

fn domain_change(cursor: &mut Cursor<'_>) -> Option<ObjectChange> {
    if cursor.eat("ADD").is_some() {
        return Some(ObjectChange::AddConstraint(Box::new(constraint::constraint(cursor))));
    }
    if cursor.eat("DROP CONSTRAINT").is_some() {
        cursor.eat("IF EXISTS");
        let name = cursor.name()?;
        cursor.eat_any(&["CASCADE", "RESTRICT"]);
        return Some(ObjectChange::DropConstraint(name));
    }
    if cursor.eat("VALIDATE CONSTRAINT").is_some() {
        return cursor.name().map(ObjectChange::ValidateConstraint);
    }
    if cursor.eat("SET DEFAULT").is_some() {
        return Some(ObjectChange::SetDefault(cursor.expression_until(&[])));
    }
    if cursor.eat("SET SCHEMA").is_some() {
        return cursor.name().map(ObjectChange::SetSchema);
    }
    let simple = [
        ("SET NOT NULL", ObjectChange::SetNotNull),
        ("DROP NOT NULL", ObjectChange::DropNotNull),
        ("DROP DEFAULT", ObjectChange::DropDefault),
    ];
    simple.into_iter().find_map(|(phrase, change)| cursor.eat(phrase).map(|_| change))
}
