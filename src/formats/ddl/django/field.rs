//! Fields of models as columns.

use super::{DjangoState, Stored};
use crate::formats::ddl::build::{Builder, column, reference, rule};
use crate::formats::ddl::host::{Call, Value, ValueKind};
use crate::formats::sql::operation::{Column, ColumnRuleKind, Generated};
use crate::formats::sql::{DataType, Dialect, Expression, Name, ObjectName, Shape};
use crate::model::Span;

/// A field, read.
pub(super) struct Field {
    pub(super) stored: Stored,
    /// The column, where it has one.
    pub(super) column: Option<Column>,
    /// Where an index of its own is asked for.
    pub(super) index: Option<Span>,
    /// A default that the framework gives to rows that exist and takes away again.
    pub(super) passing_default: Option<Expression>,
    /// The model that it points at, as `app.Model`.
    pub(super) target: Option<ObjectName>,
}

/// Fields with what PostgreSQL, MySQL, SQLite and SQL Server call their columns.
const TYPES: [(&str, [&str; 4]); 32] = [
    ("AutoField", ["integer", "int", "integer", "int"]),
    ("BigAutoField", ["bigint", "bigint", "integer", "bigint"]),
    ("SmallAutoField", ["smallint", "smallint", "integer", "smallint"]),
    ("BooleanField", ["boolean", "tinyint", "bool", "bit"]),
    ("NullBooleanField", ["boolean", "tinyint", "bool", "bit"]),
    ("CharField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("EmailField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("SlugField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("URLField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("FileField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("ImageField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("FilePathField", ["varchar", "varchar", "varchar", "nvarchar"]),
    ("TextField", ["text", "longtext", "text", "nvarchar"]),
    ("IntegerField", ["integer", "int", "integer", "int"]),
    ("BigIntegerField", ["bigint", "bigint", "bigint", "bigint"]),
    ("SmallIntegerField", ["smallint", "smallint", "smallint", "smallint"]),
    ("PositiveIntegerField", ["integer", "int", "integer", "int"]),
    ("PositiveBigIntegerField", ["bigint", "bigint", "bigint", "bigint"]),
    ("PositiveSmallIntegerField", ["smallint", "smallint", "smallint", "smallint"]),
    ("FloatField", ["double precision", "double", "real", "float"]),
    ("DecimalField", ["numeric", "decimal", "decimal", "decimal"]),
    ("DateField", ["date", "date", "date", "date"]),
    ("DateTimeField", ["timestamp with time zone", "datetime", "datetime", "datetimeoffset"]),
    ("TimeField", ["time", "time", "time", "time"]),
    ("DurationField", ["interval", "bigint", "bigint", "bigint"]),
    ("UUIDField", ["uuid", "char", "char", "char"]),
    ("BinaryField", ["bytea", "longblob", "blob", "varbinary"]),
    ("JSONField", ["jsonb", "json", "text", "nvarchar"]),
    ("GenericIPAddressField", ["inet", "char", "char", "nvarchar"]),
    ("HStoreField", ["hstore", "hstore", "hstore", "hstore"]),
    ("CITextField", ["citext", "longtext", "text", "nvarchar"]),
    ("SearchVectorField", ["tsvector", "text", "text", "text"]),
];
/// Lengths of fields that say none.
const LENGTHS: [(&str, &str); 6] = [
    ("EmailField", "254"),
    ("SlugField", "50"),
    ("URLField", "200"),
    ("FileField", "100"),
    ("ImageField", "100"),
    ("FilePathField", "100"),
];
/// Fields that are no column.
const NOWHERE: [&str; 3] = ["GenericForeignKey", "GenericRelation", "CompositePrimaryKey"];

/// Whether the field points at one row of another model.
fn is_relation(kind: &str) -> bool {
    ["ForeignKey", "OneToOneField", "ParentalKey"].iter().any(|it| kind.ends_with(it))
}

/// Reads a field; nothing where no call stands.
pub(super) fn field<'a>(
    build: Builder<'a>,
    state: &DjangoState,
    model: &str,
    name: &'a Value,
    value: &'a Value,
) -> Option<Field> {
    let call = build.resolve(value).as_call()?;
    let kind = build.called(call);
    let field_name = build.text(name)?;
    if NOWHERE.contains(&kind) {
        return Some(Field { stored: Stored::Nowhere, column: None, index: None, passing_default: None, target: None });
    }
    let target = || call.nth(0).or_else(|| build.keyword(call, "to")).map(|it| table_of(build, state, model, it));
    if kind.ends_with("ManyToManyField") {
        let own = build.keyword(call, "through").map_or_else(
            || {
                let given = build.keyword(call, "db_table").and_then(|it| build.text(it)).map(str::to_owned);
                Stored::Table(given.unwrap_or_else(|| format!("{}_{field_name}", state.table(model).0)))
            },
            |_| Stored::Nowhere,
        );
        return Some(Field { stored: own, column: None, index: None, passing_default: None, target: target() });
    }
    let given = build.keyword(call, "db_column").and_then(|it| build.text(it)).map(str::to_owned);
    let column_name = given.unwrap_or_else(|| match is_relation(kind) {
        true => format!("{field_name}_id"),
        false => field_name.to_owned(),
    });
    let span = Span::new(name.span.start, value.span.end);
    let written = name.content().unwrap_or(name.span);
    let mut read = column(span, build.name_of(&column_name, written), data_type(build, call, kind, value.span));
    let target = if is_relation(kind) { target() } else { None };
    rules(build, call, kind, &mut read, target.as_ref());
    let is_unique = read.rule(|it| matches!(it, ColumnRuleKind::Unique | ColumnRuleKind::PrimaryKey)).is_some();
    let index = match build.keyword(call, "db_index") {
        _ if is_unique => None,
        Some(value) => value.is_true().then_some(value.span),
        None => (is_relation(kind) || kind == "SlugField").then_some(value.span),
    };
    let passing_default = passing_default(build, call, kind, value.span);
    Some(Field { stored: Stored::Column(column_name), column: Some(read), index, passing_default, target })
}

/// The table that `to=` names: `app.Model`, `Model` or `self`.
fn table_of<'a>(build: Builder<'a>, state: &DjangoState, model: &str, to: &'a Value) -> ObjectName {
    let place = to.content().unwrap_or(to.span);
    let Some(text) = build.text(to) else { return ObjectName::bare(build.name(to)) };
    let table = match text.split_once('.') {
        Some((app, name)) if app == state.app => state.table(name).0,
        Some((app, name)) => format!("{app}_{}", name.to_lowercase()),
        None if text == "self" => state.table(model).0,
        None => state.table(text).0,
    };
    ObjectName::bare(build.name_of(&table, place))
}

fn data_type<'a>(build: Builder<'a>, call: &'a Call, kind: &str, span: Span) -> Option<DataType> {
    if kind == "ArrayField" {
        let base = call.nth(0).or_else(|| build.keyword(call, "base_field"))?;
        let inner = base.as_call()?;
        // An array of arrays is the same type.
        let inner = if build.called(inner) == "ArrayField" { inner.nth(0)?.as_call()? } else { inner };
        let read = simple_type(build, inner, build.called(inner), span)?;
        return Some(DataType { is_array: true, ..read });
    }
    if kind == "GeneratedField" {
        let output = build.keyword(call, "output_field")?.as_call()?;
        return simple_type(build, output, build.called(output), span);
    }
    simple_type(build, call, kind, span)
}

fn simple_type<'a>(build: Builder<'a>, call: &'a Call, kind: &str, span: Span) -> Option<DataType> {
    let at = Dialect::ALL.iter().position(|it| *it == build.dialect)?;
    let name = *TYPES.iter().find(|(of, _)| *of == kind)?.1.get(at)?;
    let option = |key: &str| build.keyword(call, key).map(|it| build.host.text(it.span).to_owned());
    let length = LENGTHS.iter().find(|(of, _)| *of == kind).map(|(_, length)| (*length).to_owned());
    let arguments = match name {
        "varchar" | "nvarchar" => option("max_length").or(length).into_iter().collect(),
        "numeric" | "decimal" => option("max_digits").into_iter().chain(option("decimal_places")).collect(),
        "tinyint" => vec!["1".to_owned()],
        "char" => vec![if kind == "UUIDField" { "32" } else { "39" }.to_owned()],
        "datetime" | "time" if build.dialect == Dialect::MySql => vec!["6".to_owned()],
        _ => Vec::new(),
    };
    let mut read = build.data_type(name, span, arguments);
    if read.name == "varchar" {
        "character varying".clone_into(&mut read.name);
    }
    if build.dialect != Dialect::Postgres && read.name == "character varying" {
        "varchar".clone_into(&mut read.name);
    }
    if build.dialect == Dialect::Postgres && read.name == "time" {
        "time without time zone".clone_into(&mut read.name);
    }
    let is_unsigned = build.dialect == Dialect::MySql && kind.starts_with("Positive");
    read.unsigned = is_unsigned.then_some(span);
    Some(read)
}

fn rules<'a>(build: Builder<'a>, call: &'a Call, kind: &str, column: &mut Column, target: Option<&ObjectName>) {
    let span = column.span;
    let mut add = |at: Span, kind: ColumnRuleKind| column.rules.push(rule(at, kind));
    match build.flag(call, "null") {
        Some(at) => add(at, ColumnRuleKind::Null),
        None if kind == "NullBooleanField" => add(span, ColumnRuleKind::Null),
        None => add(span, ColumnRuleKind::NotNull),
    }
    if let Some(at) = build.flag(call, "primary_key") {
        add(at, ColumnRuleKind::PrimaryKey);
    }
    if let Some(at) = build.flag(call, "unique") {
        add(at, ColumnRuleKind::Unique);
    } else if kind.ends_with("OneToOneField") {
        add(span, ColumnRuleKind::Unique);
    }
    if kind.ends_with("AutoField") {
        add(span, ColumnRuleKind::AutoIncrement);
    }
    if let Some(value) = build.keyword(call, "db_default") {
        add(value.span, ColumnRuleKind::Default(database_default(build, value)));
    }
    if kind == "GeneratedField" {
        let persisted = build.flag(call, "db_persist");
        let at = build.keyword(call, "expression").map_or(span, |it| it.span);
        let value = Expression { span: at, shape: Shape::Other, calls: Vec::new() };
        add(at, ColumnRuleKind::Generated(Generated { value, stored: persisted, computed: None }));
    }
    let has_key = build.keyword(call, "db_constraint").is_none_or(|it| it.kind != ValueKind::False);
    if let (Some(table), true) = (target, has_key) {
        add(table.span, ColumnRuleKind::References(reference(table.span, table.clone(), Vec::new())));
    }
}

/// `db_default=`: a literal, or a function of the database.
fn database_default<'a>(build: Builder<'a>, value: &'a Value) -> Expression {
    match value.as_call() {
        Some(call) if build.called(call) == "Value" => {
            call.nth(0).map_or_else(|| build.literal(value), |it| build.literal(it))
        }
        Some(call) => {
            let name = build.called(call).to_lowercase();
            Expression { span: value.span, shape: Shape::Calls, calls: vec![name] }
        }
        None => build.literal(value),
    }
}

/// The default that rows which exist get while the column is added: Python works it out once.
fn passing_default<'a>(build: Builder<'a>, call: &'a Call, kind: &str, span: Span) -> Option<Expression> {
    if build.keyword(call, "db_default").is_some() {
        return None;
    }
    let constant = |span: Span| Expression { span, shape: Shape::Constant, calls: Vec::new() };
    if let Some(value) = build.keyword(call, "default") {
        return (value.kind != ValueKind::Null).then(|| constant(value.span));
    }
    let is_text = ["CharField", "TextField", "EmailField", "SlugField", "URLField", "FileField", "ImageField"];
    let is_filled = build.flag(call, "blank").is_some() && is_text.contains(&kind)
        || build.flag(call, "auto_now").is_some()
        || build.flag(call, "auto_now_add").is_some();
    (is_filled && build.flag(call, "null").is_none()).then(|| constant(span))
}

/// The table of its own that a field of many models needs.
pub(super) fn joining<'a>(build: Builder<'a>, model: &str, field: &Field, name: &'a Value) -> Vec<Column> {
    let at = name.content().unwrap_or(name.span);
    let plain = |text: &str| -> Name { build.name_of(text, at) };
    let target = field.target.as_ref().map_or("", |it| it.name.text.as_str());
    let target = target.rsplit('_').next().unwrap_or_default();
    let model = model.to_lowercase();
    let (from, to) = match model == target {
        true => (format!("from_{model}_id"), format!("to_{model}_id")),
        false => (format!("{model}_id"), format!("{target}_id")),
    };
    let mut columns = Vec::new();
    for text in ["id", &from, &to] {
        let mut read = column(at, plain(text), None);
        read.rules.push(rule(at, if text == "id" { ColumnRuleKind::PrimaryKey } else { ColumnRuleKind::NotNull }));
        columns.push(read);
    }
    columns
}
