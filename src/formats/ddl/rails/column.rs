//! Columns as migrations of Rails declare them.

use super::Reader;
use crate::formats::ddl::build::{column, constraint, index, reference, rule};
use crate::formats::ddl::host::{Argument, Call, NodeKind, Value, ValueKind};
use crate::formats::sql::operation::{
    Column, ColumnRuleKind, Constraint, ConstraintKind, CreateIndex, Generated, IndexKey, ReferentialAction,
};
use crate::formats::sql::{DataType, Dialect, Expression, Name, ObjectName};
use crate::model::Span;

/// What calls declare of a table.
#[derive(Default)]
pub(super) struct Declared {
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<CreateIndex>,
}

/// Types of Rails with what PostgreSQL, MySQL, SQLite and SQL Server call them.
const TYPES: [(&str, [&str; 4]); 15] = [
    ("string", ["character varying", "varchar", "varchar", "nvarchar"]),
    ("text", ["text", "text", "text", "nvarchar"]),
    ("integer", ["integer", "int", "integer", "int"]),
    ("bigint", ["bigint", "bigint", "bigint", "bigint"]),
    ("float", ["double precision", "float", "float", "float"]),
    ("decimal", ["numeric", "decimal", "decimal", "decimal"]),
    ("numeric", ["numeric", "decimal", "decimal", "decimal"]),
    ("datetime", ["timestamp without time zone", "datetime", "datetime", "datetime2"]),
    ("timestamp", ["timestamp without time zone", "timestamp", "datetime", "datetime2"]),
    ("timestamptz", ["timestamp with time zone", "timestamptz", "timestamptz", "datetimeoffset"]),
    ("time", ["time without time zone", "time", "time", "time"]),
    ("date", ["date", "date", "date", "date"]),
    ("binary", ["bytea", "blob", "blob", "varbinary"]),
    ("boolean", ["boolean", "tinyint", "boolean", "bit"]),
    ("uuid", ["uuid", "char", "varchar", "uniqueidentifier"]),
];

/// The name of one of several things of that name, by the common rules of English.
pub(super) fn singular(name: &str) -> String {
    let stems = [("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x"), ("ss", "ss"), ("s", "")];
    let name = name.rsplit('.').next().unwrap_or(name);
    let found = stems.iter().find_map(|(end, stem)| Some(format!("{}{stem}", name.strip_suffix(end)?)));
    found.unwrap_or_else(|| name.to_owned())
}

/// The name of several things of that name.
pub(super) fn plural(name: &str) -> String {
    if name.ends_with("ss") || ["x", "ch", "sh"].iter().any(|it| name.ends_with(it)) {
        return format!("{name}es");
    }
    if name.ends_with('s') {
        return name.to_owned();
    }
    match name.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{name}s"),
    }
}

impl<'a> Reader<'a> {
    /// The type that a symbol or a text names.
    pub(super) fn data_type(&self, kind: &str, span: Span, options: &'a [Argument]) -> DataType {
        let option = |key: &str| self.build.entry(options, key).map(|it| self.build.host.text(it.span).to_owned());
        let kind = match kind {
            "enum" => self.build.entry(options, "enum_type").and_then(|it| self.build.text(it)).unwrap_or(kind),
            "virtual" => self.build.entry(options, "type").and_then(|it| self.build.text(it)).unwrap_or(kind),
            _ => kind,
        };
        let dialect = self.build.dialect;
        let at = Dialect::ALL.iter().position(|it| *it == dialect).unwrap_or(0);
        let known = TYPES.iter().find(|(of, _)| *of == kind).and_then(|(_, names)| names.get(at));
        let limit = option("limit");
        let (precision, scale) = (option("precision"), option("scale"));
        let (name, arguments) = match (known, kind, limit.as_deref()) {
            (Some(_), "integer", Some("5" | "6" | "7" | "8")) => ("bigint", Vec::new()),
            (Some(_), "integer", Some("1" | "2")) => ("smallint", Vec::new()),
            (Some(name), "integer" | "bigint" | "boolean" | "float" | "uuid", _) => (*name, Vec::new()),
            (Some(name), "string", None) if dialect == Dialect::MySql => (*name, vec!["255".to_owned()]),
            (Some(name), "string" | "text" | "binary", limit) => {
                (*name, limit.map(str::to_owned).into_iter().collect())
            }
            (Some(name), ..) => (*name, precision.into_iter().chain(scale).collect()),
            (None, written, limit) => {
                let (name, rest) = written.split_once('(').unwrap_or((written, ""));
                let inner = rest.split(')').next().unwrap_or_default();
                let inner = inner.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned);
                let limit = limit.map(str::to_owned);
                return self.finished(&name.trim().to_lowercase(), span, inner.chain(limit).collect(), options);
            }
        };
        self.finished(name, span, arguments, options)
    }

    fn finished(&self, name: &str, span: Span, arguments: Vec<String>, options: &'a [Argument]) -> DataType {
        let mut data_type = self.build.data_type(name, span, arguments);
        data_type.is_array = self.build.entry(options, "array").is_some_and(Value::is_true);
        data_type.unsigned = self.build.entry(options, "unsigned").filter(|it| it.is_true()).map(|it| it.span);
        data_type
    }

    /// A default: a literal, or SQL in a lambda.
    pub(super) fn default(&self, value: &'a Value) -> Expression {
        match &value.kind {
            ValueKind::Lambda(body) => match body.as_slice() {
                [node] => match &node.kind {
                    NodeKind::Value(value) => self.build.sql_expression(value),
                    _ => self.build.literal(value),
                },
                _ => self.build.literal(value),
            },
            _ => self.build.literal(value),
        }
    }

    /// A column with its options.
    pub(super) fn column(&self, name: Name, data_type: DataType, call: &'a Call, span: Span) -> Column {
        let mut read = column(span, name, Some(data_type));
        for argument in &call.arguments {
            let Some(key) = argument.key else { continue };
            let value = &argument.value;
            let place = Span::new(key.start, value.span.end);
            let kind = match self.build.host.text(key) {
                "null" if value.kind == ValueKind::False => ColumnRuleKind::NotNull,
                "null" if value.is_true() => ColumnRuleKind::Null,
                "default" if value.kind != ValueKind::Null => ColumnRuleKind::Default(self.default(value)),
                "primary_key" if value.is_true() => ColumnRuleKind::PrimaryKey,
                "as" => {
                    let stored = self.build.flag(call, "stored");
                    ColumnRuleKind::Generated(Generated {
                        value: self.build.sql_expression(value),
                        stored,
                        computed: None,
                    })
                }
                "collation" => ColumnRuleKind::Collate(self.build.object(value)),
                _ => continue,
            };
            read.rules.push(rule(place, kind));
        }
        read
    }

    /// The columns of `t.string :a, :b, null: false` and `add_column`, with the index that their options ask for.
    pub(super) fn columns(
        &self,
        table: &ObjectName,
        names: &[&'a Value],
        kind: (&str, Span),
        call: &'a Call,
    ) -> Declared {
        let mut declared = Declared::default();
        for name in names.iter().flat_map(|it| it.items()) {
            let data_type = self.data_type(kind.0, kind.1, &call.arguments);
            let name = self.build.name(name);
            let span = Span::new(call.name.start, call.arguments.last().map_or(call.name.end, |it| it.value.span.end));
            self.index_option(table, vec![name.clone()], call, &mut declared);
            declared.columns.push(self.column(name, data_type, call, span));
        }
        declared
    }

    /// `index: true` and `index: { … }` of a column.
    fn index_option(&self, table: &ObjectName, names: Vec<Name>, call: &'a Call, declared: &mut Declared) {
        let Some(value) = self.build.keyword(call, "index") else { return };
        match &value.kind {
            ValueKind::True => declared.indexes.push(self.index(table, names, value.span, &[])),
            ValueKind::Pairs(options) => declared.indexes.push(self.index(table, names, value.span, options)),
            _ => {}
        }
    }

    /// An index with the name that Rails gives it.
    pub(super) fn index(
        &self,
        table: &ObjectName,
        names: Vec<Name>,
        span: Span,
        options: &'a [Argument],
    ) -> CreateIndex {
        let option = |key: &str| self.build.entry(options, key);
        let name = match option("name") {
            Some(value) => self.build.name(value),
            None => self.index_name(table, &names, span),
        };
        // An expression stands where names could.
        let is_name = |it: &Name| !it.text.contains(['(', ' ', ',']);
        let keys = names.into_iter().map(|it| match is_name(&it) {
            true => self.build.key(it),
            false => IndexKey { span: it.span, column: None, prefix: None },
        });
        let mut read = index(table.clone(), Some(name), keys.collect());
        read.unique = option("unique").filter(|it| it.is_true()).map(|it| it.span);
        let algorithm = option("algorithm").and_then(|it| Some((self.build.text(it)?, it.span)));
        match algorithm {
            Some(("concurrently", place)) => read.concurrently = Some(place),
            Some((other, _)) => read.algorithm = Some(other.to_lowercase()),
            None => {}
        }
        read.if_not_exists = option("if_not_exists").filter(|it| it.is_true()).map(|it| it.span);
        read.method = option("using").map(|it| self.build.name(it));
        read.include = option("include").map(|it| self.build.names(it)).unwrap_or_default();
        read.filter = option("where").map(|it| self.build.sql_expression(it));
        read
    }

    pub(super) fn index_name(&self, table: &ObjectName, names: &[Name], span: Span) -> Name {
        let columns: Vec<&str> = names.iter().map(|it| it.text.as_str()).collect();
        let text = format!("index_{}_on_{}", table.name.text, columns.join("_and_"));
        let is_templated = table.name.is_templated || names.iter().any(|it| it.is_templated);
        Name { is_templated, ..self.build.name_of(&text, span) }
    }

    /// `t.references :owner, foreign_key: true` and `add_reference`.
    pub(super) fn references(&self, table: &ObjectName, names: &[&'a Value], call: &'a Call, span: Span) -> Declared {
        let mut declared = Declared::default();
        let modern = self.version.is_none_or(|it| (5, 1) <= it);
        let kind = self.build.keyword(call, "type").and_then(|it| self.build.text(it));
        let kind = kind.unwrap_or(if modern { "bigint" } else { "integer" });
        for value in names {
            let base = self.build.name(value);
            let id = self.suffixed(&base, "_id");
            let data_type = self.data_type(kind, value.span, &[]);
            declared.columns.push(self.column(id.clone(), data_type, call, span));
            let mut indexed = vec![id.clone()];
            if self.build.keyword(call, "polymorphic").is_some_and(|it| it.kind != ValueKind::False) {
                let of = self.suffixed(&base, "_type");
                let data_type = self.data_type("string", value.span, &[]);
                declared.columns.push(self.column(of.clone(), data_type, call, span));
                indexed.insert(0, of);
            }
            let index = self.build.keyword(call, "index");
            match index.map(|it| &it.kind) {
                Some(ValueKind::False) => {}
                // Since Rails 5 a reference has an index unless told otherwise.
                None if self.version.is_none_or(|it| it < (5, 0)) => {}
                Some(ValueKind::Pairs(options)) => {
                    declared.indexes.push(self.index(table, indexed, index.map_or(span, |it| it.span), options));
                }
                _ => declared.indexes.push(self.index(table, indexed, index.map_or(span, |it| it.span), &[])),
            }
            declared.constraints.extend(self.reference_key(&base, id, call));
        }
        declared
    }

    fn suffixed(&self, base: &Name, suffix: &str) -> Name {
        Name { is_templated: base.is_templated, ..self.build.name_of(&format!("{}{suffix}", base.text), base.span) }
    }

    /// The foreign key that `foreign_key:` of a reference asks for.
    fn reference_key(&self, base: &Name, id: Name, call: &'a Call) -> Option<Constraint> {
        let value = self.build.keyword(call, "foreign_key")?;
        let options: &'a [Argument] = match &value.kind {
            ValueKind::True => &[],
            ValueKind::Pairs(options) => options,
            _ => return None,
        };
        let target = match self.build.entry(options, "to_table") {
            Some(table) => self.build.object(table),
            None => ObjectName::bare(self.build.name_of(&plural(&base.text), base.span)),
        };
        Some(self.foreign_key(value.span, target, vec![id], options))
    }

    pub(super) fn foreign_key(
        &self,
        span: Span,
        to: ObjectName,
        from: Vec<Name>,
        options: &'a [Argument],
    ) -> Constraint {
        let option = |key: &str| self.build.entry(options, key);
        let columns = option("primary_key").map(|it| self.build.names(it)).unwrap_or_default();
        let mut target = reference(span, to, columns);
        let action = |key: &str| match option(key).and_then(|it| self.build.text(it))? {
            "cascade" => Some(ReferentialAction::Cascade),
            "nullify" => Some(ReferentialAction::SetNull),
            "restrict" => Some(ReferentialAction::Restrict),
            _ => None,
        };
        target.on_delete = action("on_delete");
        target.on_update = action("on_update");
        let name = option("name").map(|it| self.build.name(it));
        let mut read = constraint(span, name, ConstraintKind::ForeignKey { columns: from, reference: target });
        read.not_valid = option("validate").filter(|it| it.kind == ValueKind::False).map(|it| it.span);
        read.deferrable = option("deferrable").filter(|it| it.kind != ValueKind::False).map(|it| it.span);
        read
    }

    /// `t.timestamps` and `add_timestamps`.
    pub(super) fn timestamps(&self, call: &'a Call, span: Span) -> Vec<Column> {
        let has_null = self.build.keyword(call, "null").is_some();
        let names = ["created_at", "updated_at"];
        let columns = names.iter().map(|name| {
            let data_type = self.data_type("datetime", span, &call.arguments);
            let mut read = self.column(self.build.name_of(name, span), data_type, call, span);
            // Since Rails 5 they hold no NULL unless told otherwise.
            if !has_null && self.version.is_some_and(|it| (5, 0) <= it) {
                read.rules.push(rule(span, ColumnRuleKind::NotNull));
            }
            read
        });
        columns.collect()
    }
}
