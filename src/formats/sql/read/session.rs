//! Settings, locks, maintenance, and queries that set something.

use super::create::object_kind;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::unquoted;
use crate::formats::sql::operation::{Lock, Maintenance, MaintenanceKind, ObjectKind, Operation, Set, SetScope};
use crate::formats::sql::token::TokenKind;
use crate::model::Span;

/// A query, or `SELECT set_config(…)`, which is a `SET`.
pub(super) fn select(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let config = set_config(*cursor);
    cursor.skip_rest();
    vec![config.map_or(Operation::Query, Operation::Set)]
}

fn set_config(mut cursor: Cursor<'_>) -> Option<Set> {
    cursor.eat("SELECT")?;
    let function = cursor.object()?;
    let mut arguments = cursor.group().filter(|_| function.name.text == "set_config")?;
    let name = arguments.item().eat_kind(TokenKind::Text)?;
    let value = arguments.item().span();
    let is_local = arguments.at("TRUE") || arguments.text_at(0).trim_matches('\'').eq_ignore_ascii_case("true");
    let scope = if is_local { SetScope::Local } else { SetScope::Session };
    let text = unquoted(cursor.text(name.span)).to_lowercase();
    Some(Set { scope, name: text, span: name.span, value: Some(value) })
}

pub(super) fn set(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let scope = scope(cursor);
    if cursor.at_any(&["TRANSACTION ISOLATION", "TRANSACTION READ", "CONSTRAINTS", "CHARACTERISTICS"]) {
        cursor.eat("CHARACTERISTICS AS");
    }
    let mut sets = Vec::new();
    while !cursor.is_empty() {
        let mut item = if sets.is_empty() && cursor.dialect != Dialect::MySql {
            cursor.take_until(|_| false)
        } else {
            cursor.item()
        };
        let scope = if sets.is_empty() { scope } else { self::scope(&mut item) };
        let Some(read) = setting(&mut item, scope) else { break };
        sets.push(Operation::Set(read));
    }
    sets
}

fn scope(cursor: &mut Cursor<'_>) -> SetScope {
    if cursor.eat("LOCAL").is_some() {
        return SetScope::Local;
    }
    if cursor.eat_any(&["GLOBAL", "PERSIST", "PERSIST_ONLY"]).is_some() {
        return SetScope::Global;
    }
    cursor.eat("SESSION");
    SetScope::Session
}

fn setting(item: &mut Cursor<'_>, scope: SetScope) -> Option<Set> {
    let parts = item.parts();
    let (first, last) = parts.first().zip(parts.last())?;
    let span = Span::new(first.span.start, last.span.end);
    let joined: Vec<&str> = parts.iter().map(|it| it.text.as_str()).collect();
    // `@@session.x`, `@@x` and `@x` are `x`.
    let name = joined.join(".").trim_start_matches('@').to_lowercase();
    let name = ["session.", "local."].iter().find_map(|it| name.strip_prefix(it)).unwrap_or(&name).to_owned();
    let (name, scope) = match name.strip_prefix("global.") {
        Some(rest) => (rest.to_owned(), SetScope::Global),
        None => (name, scope),
    };
    item.eat_any(&["=", "TO", ":="]);
    let value = item.skip_rest();
    Some(Set { scope, name, span, value })
}

pub(super) fn reset(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let set = setting(cursor, SetScope::Session);
    set.map(|it| Operation::Set(Set { value: None, ..it })).into_iter().collect()
}

/// `PRAGMA name`, `PRAGMA name = value`, `PRAGMA name(value)`.
pub(super) fn pragma(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let Some(name) = cursor.object() else { return Vec::new() };
    cursor.eat("=");
    let value = cursor.skip_rest();
    vec![Operation::Set(Set { scope: SetScope::Session, name: name.name.text.to_lowercase(), span: name.span, value })]
}

pub(super) fn use_database(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let Some(verb) = cursor.bump() else { return Vec::new() };
    let value = cursor.skip_rest();
    vec![Operation::Set(Set { scope: SetScope::Session, name: "database".to_owned(), span: verb.span, value })]
}

/// `LOCK TABLE a, b IN x MODE`, `LOCK TABLES a WRITE, b READ`, `UNLOCK TABLES`.
pub(super) fn lock(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let is_unlock = cursor.at("UNLOCK");
    cursor.bump();
    cursor.eat_any(&["TABLES", "TABLE", "INSTANCE"]);
    cursor.eat("ONLY");
    let mut read = Lock { tables: Vec::new(), mode: None };
    if is_unlock {
        cursor.skip_rest();
        return vec![Operation::Lock(read)];
    }
    let modes = ["IN", "READ", "WRITE", "LOW_PRIORITY", "NOWAIT", "FOR"];
    while let Some(table) = cursor.object() {
        read.tables.push(table);
        cursor.eat("AS");
        if !cursor.at_any(&modes) && cursor.peek_kind(0) != Some(TokenKind::Comma) {
            cursor.name();
        }
        let mode = cursor.take_until(|it| it.peek_kind(0) == Some(TokenKind::Comma));
        if !mode.is_empty() {
            read.mode = Some(mode.span());
        }
        cursor.eat(",");
    }
    cursor.skip_rest();
    vec![Operation::Lock(read)]
}

/// Work on what is stored: options, what kind of thing, and names.
pub(super) fn maintenance(cursor: &mut Cursor<'_>, kind: MaintenanceKind) -> Vec<Operation> {
    let whole = *cursor;
    cursor.bump();
    let mut read = Maintenance { kind, object: ObjectKind::Table, names: Vec::new(), concurrently: None };
    if kind == MaintenanceKind::Refresh {
        cursor.eat("MATERIALIZED");
    }
    // Words and brackets of options come before the names: `VACUUM (FULL, ANALYZE) t`.
    if let Some(mut options) = cursor.group() {
        while !options.is_empty() {
            let mut option = options.item();
            let span = option.span();
            let is_off =
                option.word_at(1).eq_ignore_ascii_case("FALSE") || option.word_at(1).eq_ignore_ascii_case("OFF");
            if option.eat("FULL").is_some() && !is_off && kind == MaintenanceKind::Vacuum {
                read.kind = MaintenanceKind::VacuumFull;
            } else if option.eat("CONCURRENTLY").is_some() && !is_off {
                read.concurrently = Some(span);
            }
        }
    }
    while cursor
        .eat_any(&["FULL", "FREEZE", "VERBOSE", "ANALYZE", "NO_WRITE_TO_BINLOG", "LOCAL", "STATISTICS"])
        .is_some()
    {}
    if let Some(object) = named_kind(cursor) {
        read.object = object;
    }
    read.concurrently = read.concurrently.or(cursor.eat("CONCURRENTLY"));
    cursor.eat("ONLY");
    read.names = cursor.objects();
    // `CLUSTER i ON t` is how it was written once.
    if let Some(table) = cursor.eat("ON").and_then(|_| cursor.object()) {
        read.names = vec![table];
    }
    cursor.skip_rest();
    if read.names.iter().any(|it| it.name.text.is_empty()) {
        whole.note(whole.span());
    }
    vec![Operation::Maintenance(read)]
}

/// The kind of object, where the word is not the name itself.
fn named_kind(cursor: &mut Cursor<'_>) -> Option<ObjectKind> {
    let mut ahead = *cursor;
    ahead.eat("TABLES");
    let kind = object_kind(&mut ahead)?;
    if ahead.is_empty() && kind != ObjectKind::Database && kind != ObjectKind::System {
        return None;
    }
    *cursor = ahead;
    Some(kind)
}

/// What administers a server and changes no schema.
pub(super) fn administration(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.skip_rest();
    let kind = MaintenanceKind::Administer;
    vec![Operation::Maintenance(Maintenance { kind, object: ObjectKind::Other, names: Vec::new(), concurrently: None })]
}
