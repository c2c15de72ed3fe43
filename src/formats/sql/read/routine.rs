//! Routines, triggers, and code that is run.

use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::{Name, ObjectName, unquoted};
use crate::formats::sql::operation::{
    Action, ActionKind, AlterTable, CreateRoutine, CreateTrigger, Execute, ObjectKind, Operation, Rename, Toggle,
};
use crate::formats::sql::token::TokenKind;
use crate::model::Span;

/// `CREATE FUNCTION` and `CREATE PROCEDURE`, from the name on. The body is found elsewhere.
pub(super) fn routine(cursor: &mut Cursor<'_>, kind: ObjectKind, replaces: Option<Span>) -> Vec<Operation> {
    cursor.eat("IF EXISTS");
    let Some(name) = cursor.object() else { return Vec::new() };
    let arguments = *cursor;
    let arguments = cursor.group().map(|_| cursor.since(&arguments));
    let language = cursor.find("LANGUAGE").and_then(|mut it| {
        it.bump();
        let token = it.bump()?;
        Some(it.text(token.span).trim_matches(['\'', '"']).to_lowercase())
    });
    cursor.skip_rest();
    vec![Operation::CreateRoutine(CreateRoutine { name, kind, replaces, arguments, language })]
}

/// `CREATE TRIGGER`, from the name on.
pub(super) fn trigger(cursor: &mut Cursor<'_>, replaces: Option<Span>) -> Vec<Operation> {
    let Some(name) = cursor.object() else { return Vec::new() };
    // `BEFORE UPDATE OF a ON t`: the first `ON` names the table.
    cursor.take_until(|it| it.at("ON"));
    let is_table = cursor.eat("ON").is_some() && !cursor.at_any(&["ALL SERVER", "DATABASE"]);
    let table = if is_table { cursor.object() } else { None };
    cursor.skip_rest();
    vec![Operation::CreateTrigger(CreateTrigger { name, table, replaces })]
}

/// `ENABLE TRIGGER a ON t` of Transact-SQL.
pub(super) fn toggle_trigger(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    let start = *cursor;
    let toggle = if cursor.at("ENABLE") { Toggle::On } else { Toggle::Off };
    cursor.take_until(|it| it.at("ON"));
    let Some(table) = cursor.eat("ON").and_then(|_| cursor.object()) else { return Vec::new() };
    let actions = vec![Action { span: cursor.since(&start), kind: ActionKind::Trigger(toggle) }];
    let (kind, if_exists, only) = (ObjectKind::Table, None, None);
    vec![Operation::AlterTable(AlterTable { table, kind, if_exists, only, actions })]
}

/// `DO $$ … $$`, and `DO` of MySQL, which calls functions.
pub(super) fn run(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.skip_rest();
    vec![Operation::Execute(Execute { name: None, dynamic: None })]
}

pub(super) fn call(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let name = cursor.object();
    cursor.skip_rest();
    vec![Operation::Execute(Execute { name, dynamic: None })]
}

/// `EXECUTE 'text'` of PL/pgSQL, `EXECUTE IMMEDIATE`, `EXEC procedure` and `EXEC ('text')` of Transact-SQL.
pub(super) fn execute(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    cursor.eat("IMMEDIATE");
    if let Some(rename) = sp_rename(*cursor) {
        cursor.skip_rest();
        return vec![rename];
    }
    // `EXEC @result = procedure`
    if cursor.peek_kind(0) == Some(TokenKind::Variable) && cursor.text_at(1) == "=" {
        cursor.bump();
        cursor.bump();
    }
    let is_named = matches!(cursor.peek_kind(0), Some(TokenKind::Word | TokenKind::QuotedName))
        && cursor.text_at(1) != "("
        && cursor.text_at(1) != "|";
    let name = if is_named { cursor.object() } else { None };
    let runs_text = name.as_ref().is_none_or(|it| it.name.text == "sp_executesql");
    let dynamic = if runs_text && !super::body::is_one_text(cursor) { Some(cursor.span()) } else { None };
    cursor.skip_rest();
    vec![Operation::Execute(Execute { name, dynamic })]
}

/// A procedure that the first statement of a batch calls without `EXEC`, and a label: `p @a = 1`, `again:`.
pub(super) fn bare_call(cursor: &mut Cursor<'_>) -> Option<Operation> {
    if cursor.dialect != Dialect::SqlServer {
        return None;
    }
    let mut ahead = *cursor;
    let name = ahead.object()?;
    if ahead.eat(":").is_some() {
        *cursor = ahead;
        return Some(Operation::Control);
    }
    if ahead.peek_kind(0) != Some(TokenKind::Variable) {
        return None;
    }
    cursor.skip_rest();
    Some(Operation::Execute(Execute { name: Some(name), dynamic: None }))
}

/// `PREPARE s FROM 'text'` of MySQL, `PREPARE s AS …` of PostgreSQL.
pub(super) fn prepare(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let name = cursor.object();
    let is_text = cursor.eat("FROM").is_some();
    let dynamic = if is_text && !super::body::is_one_text(cursor) { Some(cursor.span()) } else { None };
    cursor.skip_rest();
    vec![Operation::Execute(Execute { name, dynamic })]
}

/// `sp_rename 'dbo.t.a', 'b', 'COLUMN'` as what it does.
fn sp_rename(mut cursor: Cursor<'_>) -> Option<Operation> {
    let start = cursor;
    let procedure = cursor.object().filter(|_| cursor.dialect == Dialect::SqlServer)?;
    if procedure.name.text != "sp_rename" {
        return None;
    }
    let (old, new) = (argument(&mut cursor.item())?, argument(&mut cursor.item())?);
    let kind = argument(&mut cursor.item()).map(|it| it.1.to_ascii_uppercase());
    let mut parts = parts(&old.1, old.0, cursor.dialect);
    let to = name(&new.1, new.0, cursor.dialect);
    let from = parts.pop()?;
    let table = parts.pop();
    let schema = parts.pop().filter(|it| cursor.dialect.default_schema() != Some(it.text.as_str()));
    let span = Span::new(start.here().start, start.span().end);
    match (kind.as_deref(), table) {
        (Some("COLUMN"), Some(table)) => {
            let table = ObjectName { schema, name: table, span: old.0 };
            let actions = vec![Action { span, kind: ActionKind::RenameColumn { from, to } }];
            let (if_exists, only) = (None, None);
            Some(Operation::AlterTable(AlterTable { table, kind: ObjectKind::Table, if_exists, only, actions }))
        }
        (kind, table) => {
            let object = match kind {
                Some("INDEX") => ObjectKind::Index,
                Some("USERDATATYPE") => ObjectKind::Type,
                _ => ObjectKind::Table,
            };
            let is_index = object == ObjectKind::Index;
            let owner = table.clone().filter(|_| is_index).map(ObjectName::bare);
            let schema = table.filter(|it| !is_index && cursor.dialect.default_schema() != Some(it.text.as_str()));
            let from = ObjectName { schema, name: from, span: old.0 };
            Some(Operation::Rename(Rename { kind: object, from, to: ObjectName::bare(to), table: owner }))
        }
    }
}

/// The text of `'x'` or `@objname = N'x'`.
fn argument(item: &mut Cursor<'_>) -> Option<(Span, String)> {
    if item.eat_kind(TokenKind::Variable).is_some() {
        item.eat("=");
    }
    let token = item.eat_kind(TokenKind::Text).or_else(|| item.eat_kind(TokenKind::QuotedName))?;
    Some((token.span, unquoted(item.text(token.span))))
}

fn name(text: &str, span: Span, dialect: Dialect) -> Name {
    let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
    Name { text: dialect.fold(bare, true), span, is_quoted: true, is_templated: false }
}

fn parts(text: &str, span: Span, dialect: Dialect) -> Vec<Name> {
    text.split('.').map(|it| name(it, span, dialect)).collect()
}
