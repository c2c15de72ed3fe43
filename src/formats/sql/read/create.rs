//! `CREATE`, and the kinds of object that `CREATE`, `ALTER`, `DROP` and `COMMENT` know.

use super::{create_table, index, routine};
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::name::unquoted;
use crate::formats::sql::operation::{CreateObject, CreateType, CreateView, EnumValue, ObjectKind, Operation};
use crate::formats::sql::token::TokenKind;
use crate::model::Span;

/// What SQL calls the kinds of object; a longer name stands before its start.
const OBJECTS: [(&str, ObjectKind); 86] = [
    ("MATERIALIZED VIEW", ObjectKind::MaterializedView),
    ("FOREIGN TABLE", ObjectKind::ForeignTable),
    ("EXTERNAL TABLE", ObjectKind::ForeignTable),
    ("VIRTUAL TABLE", ObjectKind::VirtualTable),
    ("FOREIGN DATA WRAPPER", ObjectKind::Server),
    ("EXTERNAL DATA SOURCE", ObjectKind::Server),
    ("EXTERNAL FILE FORMAT", ObjectKind::Other),
    ("USER MAPPING", ObjectKind::Server),
    ("EVENT TRIGGER", ObjectKind::EventTrigger),
    ("EVENT SESSION", ObjectKind::System),
    ("EVENT NOTIFICATION", ObjectKind::Other),
    ("DEFAULT PRIVILEGES", ObjectKind::DefaultPrivileges),
    ("DEFAULT CONVERSION", ObjectKind::Other),
    ("TEXT SEARCH CONFIGURATION", ObjectKind::TextSearch),
    ("TEXT SEARCH DICTIONARY", ObjectKind::TextSearch),
    ("TEXT SEARCH PARSER", ObjectKind::TextSearch),
    ("TEXT SEARCH TEMPLATE", ObjectKind::TextSearch),
    ("FULLTEXT CATALOG", ObjectKind::Fulltext),
    ("FULLTEXT STOPLIST", ObjectKind::Fulltext),
    ("PARTITION FUNCTION", ObjectKind::PartitionScheme),
    ("PARTITION SCHEME", ObjectKind::PartitionScheme),
    ("OPERATOR CLASS", ObjectKind::Operator),
    ("OPERATOR FAMILY", ObjectKind::Operator),
    ("ACCESS METHOD", ObjectKind::Other),
    ("APPLICATION ROLE", ObjectKind::Role),
    ("SERVER ROLE", ObjectKind::Role),
    ("LARGE OBJECT", ObjectKind::Other),
    ("RESOURCE GROUP", ObjectKind::Other),
    ("RESOURCE GOVERNOR", ObjectKind::System),
    ("XML SCHEMA COLLECTION", ObjectKind::Type),
    ("COLUMN MASTER KEY", ObjectKind::Other),
    ("COLUMN ENCRYPTION KEY", ObjectKind::Other),
    ("SYMMETRIC KEY", ObjectKind::Other),
    ("ASYMMETRIC KEY", ObjectKind::Other),
    ("MASTER KEY", ObjectKind::Other),
    ("MESSAGE TYPE", ObjectKind::Other),
    ("SECURITY POLICY", ObjectKind::Policy),
    ("LOGFILE GROUP", ObjectKind::Tablespace),
    ("UNDO TABLESPACE", ObjectKind::Tablespace),
    ("AVAILABILITY GROUP", ObjectKind::System),
    ("SPATIAL REFERENCE SYSTEM", ObjectKind::Other),
    ("TABLE", ObjectKind::Table),
    ("VIEW", ObjectKind::View),
    ("INDEX", ObjectKind::Index),
    ("STATISTICS", ObjectKind::Statistics),
    ("SEQUENCE", ObjectKind::Sequence),
    ("SCHEMA", ObjectKind::Schema),
    ("DATABASE", ObjectKind::Database),
    ("TYPE", ObjectKind::Type),
    ("DOMAIN", ObjectKind::Domain),
    ("FUNCTION", ObjectKind::Function),
    ("PROCEDURE", ObjectKind::Procedure),
    ("PROC", ObjectKind::Procedure),
    ("ROUTINE", ObjectKind::Function),
    ("AGGREGATE", ObjectKind::Aggregate),
    ("OPERATOR", ObjectKind::Operator),
    ("TRIGGER", ObjectKind::Trigger),
    ("EVENT", ObjectKind::Event),
    ("POLICY", ObjectKind::Policy),
    ("RULE", ObjectKind::Rule),
    ("EXTENSION", ObjectKind::Extension),
    ("ROLE", ObjectKind::Role),
    ("USER", ObjectKind::Role),
    ("GROUP", ObjectKind::Role),
    ("LOGIN", ObjectKind::Role),
    ("PUBLICATION", ObjectKind::Publication),
    ("SUBSCRIPTION", ObjectKind::Subscription),
    ("SERVER", ObjectKind::Server),
    ("TABLESPACE", ObjectKind::Tablespace),
    ("COLLATION", ObjectKind::Collation),
    ("CONVERSION", ObjectKind::Other),
    ("CAST", ObjectKind::Cast),
    ("TRANSFORM", ObjectKind::Other),
    ("LANGUAGE", ObjectKind::Language),
    ("SYNONYM", ObjectKind::Synonym),
    ("SYSTEM", ObjectKind::System),
    ("INSTANCE", ObjectKind::System),
    ("COLUMN", ObjectKind::Column),
    ("CONSTRAINT", ObjectKind::Constraint),
    ("DEFAULT", ObjectKind::Other),
    ("ASSEMBLY", ObjectKind::Other),
    ("CERTIFICATE", ObjectKind::Other),
    ("CREDENTIAL", ObjectKind::Other),
    ("QUEUE", ObjectKind::Other),
    ("SERVICE", ObjectKind::Other),
    ("CONTRACT", ObjectKind::Other),
];
/// Words between `CREATE` and the kind that need no name here.
const PLAIN: [&str; 19] = [
    "GLOBAL",
    "LOCAL",
    "RECURSIVE",
    "CONSTRAINT TRIGGER",
    "TRUSTED",
    "PROCEDURAL",
    "PRIMARY",
    "SELECTIVE",
    "LOADABLE",
    "AGGREGATE FUNCTION",
    "NONCLUSTERED",
    "SHADOW",
    "FORCE",
    "ONLINE",
    "OFFLINE",
    "IGNORE",
    "PERSISTENT",
    "DATABASE SCOPED",
    "SERVER AUDIT",
];

/// What stands between `CREATE` and the name.
#[derive(Default, Clone, Copy)]
pub(super) struct Prefix {
    pub(super) replaces: Option<Span>,
    pub(super) temporary: Option<Span>,
    pub(super) unlogged: Option<Span>,
    pub(super) unique: Option<Span>,
    pub(super) fulltext: Option<Span>,
    pub(super) spatial: Option<Span>,
    pub(super) clustered: Option<Span>,
    pub(super) special: Option<Span>,
    pub(super) if_not_exists: Option<Span>,
}

/// Takes the kind of object that comes next.
pub(super) fn object_kind(cursor: &mut Cursor<'_>) -> Option<ObjectKind> {
    OBJECTS.iter().find_map(|(phrase, kind)| cursor.eat(phrase).map(|_| *kind))
}

pub(super) fn create(cursor: &mut Cursor<'_>) -> Vec<Operation> {
    cursor.bump();
    let mut prefix = Prefix { replaces: cursor.eat_any(&["OR REPLACE", "OR ALTER"]), ..Prefix::default() };
    prefixes(cursor, &mut prefix);
    let Some(kind) = object_kind(cursor) else { return Vec::new() };
    let concurrently = cursor.eat("CONCURRENTLY");
    prefix.if_not_exists = cursor.eat("IF NOT EXISTS");
    match kind {
        ObjectKind::Table | ObjectKind::ForeignTable | ObjectKind::VirtualTable => {
            create_table::create_table(cursor, kind, &prefix)
        }
        ObjectKind::Index => index::create_index(cursor, &prefix, concurrently),
        ObjectKind::View | ObjectKind::MaterializedView => view(cursor, kind, &prefix),
        ObjectKind::Type | ObjectKind::Domain => create_type(cursor, kind),
        ObjectKind::Function | ObjectKind::Procedure => routine::routine(cursor, kind, prefix.replaces),
        ObjectKind::Trigger => routine::trigger(cursor, prefix.replaces),
        _ => other(cursor, kind, &prefix),
    }
}

fn prefixes(cursor: &mut Cursor<'_>, prefix: &mut Prefix) {
    loop {
        let slot = match () {
            () if cursor.at_any(&["TEMP", "TEMPORARY"]) => &mut prefix.temporary,
            () if cursor.at("UNLOGGED") => &mut prefix.unlogged,
            () if cursor.at("UNIQUE") => &mut prefix.unique,
            () if cursor.at("FULLTEXT") && !cursor.at_any(&["FULLTEXT CATALOG", "FULLTEXT STOPLIST"]) => {
                &mut prefix.fulltext
            }
            () if cursor.at("SPATIAL INDEX") => &mut prefix.spatial,
            () if cursor.at("CLUSTERED") => &mut prefix.clustered,
            () if cursor.at_any(&["COLUMNSTORE", "XML INDEX", "VECTOR"]) => &mut prefix.special,
            () if cursor.at("CONSTRAINT TRIGGER") || cursor.eat_any(&PLAIN).is_some() => {
                cursor.eat("CONSTRAINT");
                continue;
            }
            () if cursor.eat("SQL SECURITY").is_some() => {
                cursor.bump();
                continue;
            }
            () if cursor.at_any(&["DEFINER =", "ALGORITHM ="]) => {
                let ends = ["SQL", "VIEW", "TRIGGER", "FUNCTION", "PROCEDURE", "EVENT", "DEFINER", "AGGREGATE"];
                cursor.bump();
                cursor.take_until(|it| it.at_any(&ends));
                continue;
            }
            () => return,
        };
        *slot = cursor.bump().map(|it| it.span);
    }
}

fn view(cursor: &mut Cursor<'_>, kind: ObjectKind, prefix: &Prefix) -> Vec<Operation> {
    let Some(name) = cursor.object() else { return Vec::new() };
    let columns = cursor.name_list();
    let materialized = (kind == ObjectKind::MaterializedView).then_some(name.span);
    cursor.take_until(|it| it.at("AS"));
    cursor.eat("AS");
    let query = cursor.skip_rest();
    let (replaces, if_not_exists) = (prefix.replaces, prefix.if_not_exists);
    vec![Operation::CreateView(CreateView { name, materialized, replaces, if_not_exists, columns, query })]
}

/// `ALTER VIEW v AS …` of MySQL and Transact-SQL.
pub(super) fn replaced_view(cursor: &mut Cursor<'_>, verb: Span) -> Vec<Operation> {
    view(cursor, ObjectKind::View, &Prefix { replaces: Some(verb), ..Prefix::default() })
}

fn create_type(cursor: &mut Cursor<'_>, kind: ObjectKind) -> Vec<Operation> {
    let Some(name) = cursor.object() else { return Vec::new() };
    let mut made = CreateType { name, kind, values: Vec::new(), columns: Vec::new(), base: None, rules: Vec::new() };
    cursor.eat("AS");
    if kind == ObjectKind::Domain {
        made.base = cursor.data_type();
        made.rules = super::column::rules(cursor);
    } else if cursor.eat("ENUM").is_some() {
        let mut values = cursor.group();
        while let Some(list) = values.as_mut().filter(|it| !it.is_empty()) {
            let mut item = list.item();
            made.values.extend(enum_value(&mut item));
        }
    } else if cursor.at("(") || cursor.eat("TABLE").is_some() {
        // `(INPUT = f, …)` of a base type holds no columns; the same brackets of a composite type do.
        let is_base = cursor.text_at(2) == "=";
        if let Some(group) = cursor.group().filter(|_| !is_base) {
            made.columns = create_table::elements(group, &made.name).columns;
        }
        cursor.skip_rest();
    } else if cursor.dialect == Dialect::SqlServer && cursor.eat("FROM").is_some() {
        made.base = cursor.data_type();
        made.rules = super::column::rules(cursor);
    } else {
        cursor.skip_rest();
    }
    vec![Operation::CreateType(made)]
}

/// A literal as a value of an enumeration.
pub(super) fn enum_value(cursor: &mut Cursor<'_>) -> Option<EnumValue> {
    let token = cursor.eat_kind(TokenKind::Text)?;
    Some(EnumValue { text: unquoted(cursor.text(token.span)), span: token.span })
}

fn other(cursor: &mut Cursor<'_>, kind: ObjectKind, prefix: &Prefix) -> Vec<Operation> {
    let has_no_name = matches!(kind, ObjectKind::Cast | ObjectKind::Operator) || cursor.at("FOR");
    let name = if has_no_name { None } else { cursor.object() };
    let table = match kind {
        ObjectKind::Policy => cursor.eat("ON").and_then(|_| cursor.object()),
        ObjectKind::Rule => {
            cursor.take_until(|it| it.at("TO"));
            cursor.eat("TO").and_then(|_| cursor.object())
        }
        ObjectKind::Statistics => {
            cursor.take_until(|it| it.at_any(&["FROM", "ON"]) && !it.word_at(1).is_empty());
            let source = if cursor.dialect == Dialect::SqlServer { "ON" } else { "FROM" };
            cursor.take_until(|it| it.at(source));
            cursor.eat(source).and_then(|_| cursor.object())
        }
        _ => None,
    };
    // What `CREATE SCHEMA` makes in the same breath counts.
    match kind {
        ObjectKind::Schema => cursor.take_until(|it| it.at_any(&["CREATE", "GRANT"])),
        _ => cursor.take_until(|_| false),
    };
    let (replaces, if_not_exists) = (prefix.replaces, prefix.if_not_exists);
    vec![Operation::Create(CreateObject { kind, name, table, replaces, if_not_exists })]
}
