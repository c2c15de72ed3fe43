//! Indexes: of their own, and declared with their table.

use super::create::Prefix;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::ObjectName;
use crate::formats::sql::operation::{CreateIndex, IndexKey, IndexKind, Operation};
use crate::formats::sql::token::TokenKind;
use crate::model::Span;

/// What an index begins with where it is declared with its table.
const INLINE: [&str; 9] = [
    "INDEX",
    "KEY",
    "FULLTEXT INDEX",
    "FULLTEXT KEY",
    "FULLTEXT",
    "SPATIAL INDEX",
    "SPATIAL KEY",
    "SPATIAL",
    "VECTOR INDEX",
];

/// `CREATE INDEX`, from its name on.
pub(super) fn create_index(cursor: &mut Cursor<'_>, prefix: &Prefix, concurrently: Option<Span>) -> Vec<Operation> {
    let name = if cursor.at("ON") { None } else { cursor.object() };
    method(cursor);
    if cursor.eat("ON").is_none() {
        return Vec::new();
    }
    let only = cursor.eat("ONLY");
    let Some(table) = cursor.object() else { return Vec::new() };
    let mut index = empty(table, prefix);
    index.name = name;
    index.only = only;
    index.concurrently = concurrently;
    rest(cursor, &mut index);
    vec![Operation::CreateIndex(index)]
}

fn empty(table: ObjectName, prefix: &Prefix) -> CreateIndex {
    let kind = match () {
        () if prefix.fulltext.is_some() => IndexKind::Fulltext,
        () if prefix.spatial.is_some() => IndexKind::Spatial,
        () if prefix.clustered.is_some() => IndexKind::Clustered,
        () if prefix.special.is_some() => IndexKind::Special,
        () => IndexKind::Plain,
    };
    CreateIndex {
        name: None,
        table,
        only: None,
        unique: prefix.unique,
        concurrently: None,
        if_not_exists: prefix.if_not_exists,
        kind,
        method: None,
        keys: Vec::new(),
        include: Vec::new(),
        filter: None,
        online: None,
        algorithm: None,
        lock: None,
    }
}

fn method(cursor: &mut Cursor<'_>) -> Option<crate::formats::sql::name::Name> {
    cursor.eat("USING").and_then(|_| cursor.name())
}

/// From the access method to the end.
fn rest(cursor: &mut Cursor<'_>, index: &mut CreateIndex) {
    index.method = method(cursor);
    index.keys = cursor.group().map(keys).unwrap_or_default();
    while !cursor.is_empty() {
        if cursor.eat_any(&["INCLUDE", "STORING", "COVERING"]).is_some() {
            index.include = cursor.name_list();
        } else if cursor.eat("WHERE").is_some() {
            let ends: &[&str] = if cursor.dialect == Dialect::SqlServer { &["WITH", "ON"] } else { &[] };
            index.filter = Some(cursor.expression_until(ends));
        } else if cursor.eat("WITH PARSER").is_some() {
            cursor.skip_unit();
        } else if cursor.eat("WITH").is_some() {
            options(cursor, index);
        } else if cursor.eat("USING").is_some() {
            index.method = cursor.name();
        } else if cursor.eat("ALGORITHM").is_some() {
            index.algorithm = value(cursor);
        } else if cursor.eat("LOCK").is_some() {
            index.lock = value(cursor);
        } else if cursor.eat_any(&["NULLS NOT DISTINCT", "NULLS DISTINCT", "VISIBLE", "INVISIBLE"]).is_some()
            || cursor.eat_any(&["IGNORED", "NOT IGNORED", "NOT VISIBLE"]).is_some()
        {
        } else if cursor.eat_any(&["COMMENT", "TABLESPACE", "ON", "KEY_BLOCK_SIZE", "FILESTREAM_ON"]).is_some() {
            cursor.eat("=");
            if cursor.name().is_none() {
                cursor.skip_unit();
            }
            cursor.group();
        } else {
            return;
        }
    }
}

/// `WITH (…)`: parameters of storage, and `ONLINE` of Transact-SQL.
fn options(cursor: &mut Cursor<'_>, index: &mut CreateIndex) {
    let Some(group) = cursor.group() else {
        cursor.skip_unit();
        return;
    };
    index.online = online(group);
}

/// Where `ONLINE = ON` stands.
pub(super) fn online(mut group: Cursor<'_>) -> Option<Span> {
    while !group.is_empty() {
        let mut item = group.item();
        if let Some(span) = item.eat("ONLINE = ON") {
            return Some(span);
        }
    }
    None
}

/// `= x` or `x`, in lower case.
pub(super) fn value(cursor: &mut Cursor<'_>) -> Option<String> {
    cursor.eat("=");
    let token = cursor.bump()?;
    Some(cursor.text(token.span).to_ascii_lowercase())
}

/// The keys in the brackets of an index.
pub(super) fn keys(mut group: Cursor<'_>) -> Vec<IndexKey> {
    let mut keys = Vec::new();
    while !group.is_empty() {
        let mut item = group.item();
        let span = item.span();
        let mut key = IndexKey { span, column: None, prefix: None };
        let is_call = item.peek_kind(1) == Some(TokenKind::Open);
        let is_prefix = is_call && item.peek_kind(2) == Some(TokenKind::Number) && item.dialect == Dialect::MySql;
        if is_prefix {
            key.column = item.name();
            key.prefix = item.group().map(|it| it.span());
        } else if !is_call && item.peek_kind(0) != Some(TokenKind::Open) && !is_operated(&item) {
            key.column = item.name();
        }
        keys.push(key);
    }
    keys
}

/// Whether an operator follows the first name, so that it is no plain column.
fn is_operated(item: &Cursor<'_>) -> bool {
    matches!(item.peek_kind(1), Some(TokenKind::Operator)) && item.text_at(1) != "="
}

pub(super) fn at_inline_index(cursor: &Cursor<'_>) -> bool {
    // A column may be called `key` or `index`; then its type follows, and no brackets soon.
    let is_named_so = match cursor.peek_kind(1) {
        Some(TokenKind::Open) => false,
        Some(TokenKind::QuotedName | TokenKind::Placeholder) => false,
        _ => !has_brackets(cursor),
    };
    cursor.at_any(&INLINE) && !is_named_so
}

/// `INDEX name (…)`, `INDEX name TYPE (…)`, `INDEX name UNIQUE (…)`, `INDEX IF NOT EXISTS name (…)`.
fn has_brackets(cursor: &Cursor<'_>) -> bool {
    let words = ["USING", "UNIQUE", "CLUSTERED", "NONCLUSTERED", "IF", "INDEX", "KEY"];
    let is_length = matches!(cursor.peek_kind(3), Some(TokenKind::Number | TokenKind::Text));
    cursor.peek_kind(2) == Some(TokenKind::Open) && !is_length
        || words
            .iter()
            .any(|it| cursor.word_at(1).eq_ignore_ascii_case(it) || cursor.word_at(2).eq_ignore_ascii_case(it))
}

/// An index inside of `CREATE TABLE` or behind `ADD`.
pub(super) fn inline_index(cursor: &mut Cursor<'_>, table: &ObjectName) -> Option<CreateIndex> {
    let mut prefix = Prefix { unique: cursor.eat("UNIQUE"), ..Prefix::default() };
    prefix.fulltext = cursor.eat("FULLTEXT");
    prefix.spatial = cursor.eat_any(&["SPATIAL", "VECTOR"]);
    cursor.eat_any(&["INDEX", "KEY"]);
    prefix.if_not_exists = cursor.eat("IF NOT EXISTS");
    let has_name = cursor.peek_kind(0) != Some(TokenKind::Open) && !cursor.at("USING");
    let name = if has_name { Some(cursor.object()?) } else { None };
    prefix.unique = prefix.unique.or(cursor.eat("UNIQUE"));
    prefix.clustered = cursor.eat("CLUSTERED");
    cursor.eat("NONCLUSTERED");
    let mut index = empty(table.clone(), &prefix);
    index.name = name;
    rest(cursor, &mut index);
    Some(index)
}
