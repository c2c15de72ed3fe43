//! The calls by which migrations of Rails change a schema.

use super::Reader;
use super::column::{Declared, plural, singular};
use crate::formats::ddl::Step;
use crate::formats::ddl::build::{alter, column, constraint, create, drop, rule, table};
use crate::formats::ddl::host::{Call, Node, NodeKind, Value, ValueKind};
use crate::formats::sql::operation::{
    ActionKind, AlterObject, Column, ColumnChange, ColumnRuleKind, Constraint, ConstraintKind, CreateType, CreateView,
    DataChange, DataVerb, Drop, DroppedConstraint, EnumValue, ObjectChange, ObjectKind, Rename, TypeChange,
};
use crate::formats::sql::{Dialect, Name, ObjectName, Operation};
use crate::model::Span;

impl<'a> Reader<'a> {
    /// What a call changes; nothing for one that is not known.
    pub(super) fn schema(&self, call: &'a Call, name: &str, span: Span) -> Option<Step> {
        let operations = match name {
            "create_table" => return self.create_table(call, span),
            "change_table" => return self.change_table(call, span),
            "create_virtual_table" => {
                let mut made = table(self.object(call, 0)?);
                made.kind = ObjectKind::VirtualTable;
                vec![Operation::CreateTable(made)]
            }
            "create_join_table" => return self.create_join_table(call, span),
            "drop_join_table" => vec![Operation::Drop(drop(ObjectKind::Table, vec![self.join_table(call)?]))],
            "enable_extension" => {
                vec![Operation::Create(create(ObjectKind::Extension, self.object(call, 0)?))]
            }
            "disable_extension" => vec![Operation::Drop(drop(ObjectKind::Extension, vec![self.object(call, 0)?]))],
            "create_schema" => vec![Operation::Create(create(ObjectKind::Schema, self.object(call, 0)?))],
            "drop_schema" => vec![Operation::Drop(drop(ObjectKind::Schema, vec![self.object(call, 0)?]))],
            "create_enum" | "drop_enum" | "add_enum_value" | "rename_enum_value" | "rename_enum" => {
                self.enumeration(call, name)?
            }
            "create_view" | "update_view" | "replace_view" | "drop_view" => self.view(call, name)?,
            "drop_table" => vec![Operation::Drop(self.drop_tables(call))],
            "rename_table" => {
                let to = self.object(call, 1)?;
                vec![alter(self.object(call, 0)?, span, vec![ActionKind::RenameTable { to }])]
            }
            "rename_index" => {
                let (from, to) = (self.object(call, 1)?, self.object(call, 2)?);
                let table = Some(self.object(call, 0)?);
                vec![Operation::Rename(Rename { kind: ObjectKind::Index, from, to, table })]
            }
            "remove_index" => vec![Operation::Drop(self.drop_index(self.object(call, 0)?, call, 1, span)?)],
            "change_table_comment" => vec![Operation::Comment(ObjectKind::Table)],
            "change_column_comment" => vec![Operation::Comment(ObjectKind::Column)],
            "add_index" => {
                let table = self.object(call, 0)?;
                let names = self.build.names(call.nth(1)?);
                vec![Operation::CreateIndex(self.index(&table, names, span, &call.arguments))]
            }
            _ => return self.table_call(call, name, span),
        };
        Some(Step::new(span, operations))
    }

    fn object(&self, call: &'a Call, at: usize) -> Option<ObjectName> {
        call.nth(at).map(|it| self.build.object(it))
    }

    /// `add_column :table, …` and its like: the first argument is the table.
    fn table_call(&self, call: &'a Call, name: &str, span: Span) -> Option<Step> {
        let table = self.object(call, 0)?;
        let rest: Vec<&'a Value> = call.positional().skip(1).collect();
        let mut guessed = None;
        let declared = match name {
            "add_column" | "add_columns" => {
                let kind = if name == "add_columns" { self.build.keyword(call, "type")? } else { rest.get(1)? };
                let names = if name == "add_columns" { rest.as_slice() } else { rest.get(..1)? };
                let text = self.build.text(kind).unwrap_or("unknown");
                self.columns(&table, names, (text, kind.span), call)
            }
            "add_reference" | "add_belongs_to" => self.references(&table, rest.get(..1)?, call, span),
            "add_timestamps" => Declared { columns: self.timestamps(call, span), ..Declared::default() },
            "add_foreign_key" => {
                let to = self.build.object(rest.first()?);
                let column = self.build.keyword(call, "column").map(|it| self.build.names(it));
                let from = column.unwrap_or_else(|| {
                    guessed = Some(span);
                    vec![self.build.name_of(&format!("{}_id", singular(&to.name.text)), to.span)]
                });
                let key = self.foreign_key(span, to, from, &call.arguments);
                Declared { constraints: vec![key], ..Declared::default() }
            }
            "add_check_constraint" | "add_unique_constraint" | "add_exclusion_constraint" => Declared {
                constraints: vec![self.constraint(call, name, rest.first().copied(), span)],
                ..Declared::default()
            },
            _ => {
                let actions = self.actions(call, name, &rest, span)?;
                let mut operations = vec![alter(table.clone(), span, actions)];
                operations.splice(0..0, self.backfill(call, name, &rest, &table));
                return Some(Step::new(span, operations));
            }
        };
        let mut step = Step::new(span, Self::added(table, declared, span));
        step.guessed = guessed;
        Some(step)
    }

    /// The statements that add what is declared to a table that exists.
    fn added(table: ObjectName, declared: Declared, span: Span) -> Vec<Operation> {
        let columns = declared.columns.into_iter().map(|column| ActionKind::AddColumn { column, if_not_exists: None });
        let actions: Vec<ActionKind> =
            columns.chain(declared.constraints.into_iter().map(ActionKind::AddConstraint)).collect();
        let mut operations = Vec::new();
        if !actions.is_empty() {
            operations.push(alter(table, span, actions));
        }
        operations.extend(declared.indexes.into_iter().map(Operation::CreateIndex));
        operations
    }

    fn constraint(&self, call: &'a Call, name: &str, what: Option<&'a Value>, span: Span) -> Constraint {
        let kind = match (name, what) {
            ("add_check_constraint" | "check_constraint", Some(it)) => {
                ConstraintKind::Check(self.build.sql_expression(it))
            }
            ("add_unique_constraint" | "unique_constraint", it) => {
                let columns = it.map(|it| self.build.names(it)).unwrap_or_default();
                let columns = columns.into_iter().map(|it| self.build.key(it)).collect();
                let using_index = self.build.keyword(call, "using_index").map(|it| self.build.name(it));
                ConstraintKind::Unique { columns, using_index }
            }
            ("add_exclusion_constraint" | "exclusion_constraint", _) => ConstraintKind::Exclude,
            _ => ConstraintKind::Other,
        };
        let given = self.build.keyword(call, "name").map(|it| self.build.name(it));
        let mut read = constraint(span, given, kind);
        let validate = self.build.keyword(call, "validate");
        read.not_valid = validate.filter(|it| it.kind == ValueKind::False).map(|it| it.span);
        read
    }

    /// What changes about columns and constraints that exist.
    fn actions(&self, call: &'a Call, name: &str, rest: &[&'a Value], span: Span) -> Option<Vec<ActionKind>> {
        let first = || rest.first().map(|it| self.build.name(it));
        let change = |change: ColumnChange| first().map(|name| vec![ActionKind::AlterColumn { name, change }]);
        let given = || self.build.keyword(call, "name").map(|it| self.build.name(it));
        let if_exists = self.build.flag(call, "if_exists");
        let removed = |name: Name| ActionKind::DropColumn { name, if_exists, cascade: None };
        Some(match name {
            "remove_column" => vec![removed(first()?)],
            "remove_columns" => rest.iter().flat_map(|it| self.build.names(it)).map(removed).collect(),
            "remove_timestamps" => {
                ["created_at", "updated_at"].iter().map(|it| removed(self.build.name_of(it, span))).collect()
            }
            "remove_reference" | "remove_belongs_to" => {
                let base = first()?;
                let polymorphic = self.build.flag(call, "polymorphic").map(|_| "_type");
                let suffixes = std::iter::once("_id").chain(polymorphic);
                let full = |it: &str| Name {
                    is_templated: base.is_templated,
                    ..self.build.name_of(&format!("{}{it}", base.text), base.span)
                };
                suffixes.map(|it| removed(full(it))).collect()
            }
            "rename_column" => vec![ActionKind::RenameColumn { from: first()?, to: self.build.name(rest.get(1)?) }],
            "change_column" => self.change_column(call, rest)?,
            "change_column_null" => {
                let nullable = rest.get(1).map(|it| &it.kind)?;
                change(if *nullable == ValueKind::False {
                    ColumnChange::SetNotNull
                } else {
                    ColumnChange::DropNotNull
                })?
            }
            "change_column_default" => {
                let to = self.build.keyword(call, "to").or_else(|| match rest.get(1).map(|it| &it.kind) {
                    Some(ValueKind::Pairs(entries)) => self.build.entry(entries, "to"),
                    Some(_) => rest.get(1).copied(),
                    // A hash without brackets is the default itself.
                    None => call.arguments.iter().find(|it| it.key.is_some()).map(|it| &it.value),
                })?;
                change(if to.kind == ValueKind::Null {
                    ColumnChange::DropDefault
                } else {
                    ColumnChange::SetDefault(self.default(to))
                })?
            }
            "validate_foreign_key" | "validate_check_constraint" | "validate_constraint" => {
                let named = given().or_else(|| (name == "validate_constraint").then(first).flatten());
                vec![ActionKind::ValidateConstraint(named.unwrap_or_else(|| self.unknown_name(span)))]
            }
            "remove_foreign_key"
            | "remove_check_constraint"
            | "remove_unique_constraint"
            | "remove_exclusion_constraint" => {
                let kind = match name {
                    "remove_foreign_key" => DroppedConstraint::ForeignKey,
                    "remove_check_constraint" => DroppedConstraint::Check,
                    _ => DroppedConstraint::Any,
                };
                let name = given().unwrap_or_else(|| self.unknown_name(span));
                vec![ActionKind::DropConstraint { kind, name: Some(name), if_exists, cascade: None }]
            }
            _ => return None,
        })
    }

    /// A name that the framework makes up of a checksum.
    fn unknown_name(&self, span: Span) -> Name {
        Name { is_templated: true, ..self.build.name_of(self.build.host.text(span), span) }
    }

    /// `change_column_null` with a value for the rows that hold none writes them first.
    fn backfill(&self, call: &'a Call, name: &str, rest: &[&'a Value], table: &ObjectName) -> Option<Operation> {
        let (column, value) = (rest.first()?, rest.get(2)?);
        if name != "change_column_null" || value.kind == ValueKind::Null {
            return None;
        }
        Some(Operation::Data(DataChange {
            verb: DataVerb::Update,
            tables: vec![table.clone()],
            columns: vec![self.build.name(column)],
            filter: Some(call.name),
            limit: None,
            cascade: None,
        }))
    }

    fn change_column(&self, call: &'a Call, rest: &[&'a Value]) -> Option<Vec<ActionKind>> {
        let name = self.build.name(rest.first()?);
        let kind = rest.get(1)?;
        let data_type = self.data_type(self.build.text(kind).unwrap_or("unknown"), kind.span, &call.arguments);
        if self.build.dialect != Dialect::Postgres {
            let span = Span::new(call.name.start, kind.span.end);
            let column = self.column(name.clone(), data_type, call, span);
            return Some(vec![ActionKind::RedefineColumn { from: name, column }]);
        }
        let using = self.build.keyword(call, "using").map(|it| self.build.sql_expression(it));
        let collate = self.build.keyword(call, "collation").map(|it| self.build.object(it));
        let mut changes = vec![ColumnChange::Type(Box::new(TypeChange { data_type, using, collate }))];
        match self.build.keyword(call, "default") {
            Some(value) if value.kind == ValueKind::Null => changes.push(ColumnChange::DropDefault),
            Some(value) => changes.push(ColumnChange::SetDefault(self.default(value))),
            None => {}
        }
        match self.build.keyword(call, "null").map(|it| &it.kind) {
            Some(ValueKind::False) => changes.push(ColumnChange::SetNotNull),
            Some(_) => changes.push(ColumnChange::DropNotNull),
            None => {}
        }
        Some(changes.into_iter().map(|change| ActionKind::AlterColumn { name: name.clone(), change }).collect())
    }

    fn drop_tables(&self, call: &'a Call) -> Drop {
        let mut read = drop(ObjectKind::Table, call.positional().map(|it| self.build.object(it)).collect());
        read.if_exists = self.build.flag(call, "if_exists");
        let force = self.build.keyword(call, "force");
        read.cascade = force.filter(|it| self.build.text(it) == Some("cascade")).map(|it| it.span);
        read
    }

    fn drop_index(&self, table: ObjectName, call: &'a Call, at: usize, span: Span) -> Option<Drop> {
        let columns = call.nth(at).or_else(|| self.build.keyword(call, "column"));
        let name = match self.build.keyword(call, "name") {
            Some(name) => self.build.name(name),
            None => self.index_name(&table, &self.build.names(columns?), span),
        };
        let mut read = drop(ObjectKind::Index, vec![ObjectName::bare(name)]);
        read.table = Some(table);
        read.if_exists = self.build.flag(call, "if_exists");
        let algorithm = self.build.keyword(call, "algorithm");
        read.concurrently = algorithm.filter(|it| self.build.text(it) == Some("concurrently")).map(|it| it.span);
        Some(read)
    }

    fn enumeration(&self, call: &'a Call, name: &str) -> Option<Vec<Operation>> {
        let value =
            |it: &'a Value| EnumValue { text: self.build.text(it).unwrap_or_default().to_owned(), span: it.span };
        let object = self.object(call, 0)?;
        let option = |key: &str, at: usize| self.build.keyword(call, key).or_else(|| call.nth(at));
        let change = match name {
            "create_enum" => {
                let values = call.nth(1).map(|it| self.build.resolve(it).items()).unwrap_or_default();
                return Some(vec![Operation::CreateType(CreateType {
                    name: object,
                    kind: ObjectKind::Type,
                    values: values.iter().map(value).collect(),
                    columns: Vec::new(),
                    base: None,
                    rules: Vec::new(),
                })]);
            }
            "drop_enum" => return Some(vec![Operation::Drop(drop(ObjectKind::Type, vec![object]))]),
            "rename_enum" => {
                let to = self.build.object(option("to", 1)?);
                return Some(vec![Operation::Rename(Rename { kind: ObjectKind::Type, from: object, to, table: None })]);
            }
            "rename_enum_value" => {
                ObjectChange::RenameValue { from: value(option("from", 1)?), to: value(option("to", 2)?) }
            }
            _ => {
                let position = self.build.keyword(call, "before").or_else(|| self.build.keyword(call, "after"));
                ObjectChange::AddValue {
                    value: value(call.nth(1)?),
                    position: position.map(|it| it.span),
                    if_not_exists: self.build.flag(call, "if_not_exists"),
                }
            }
        };
        Some(vec![Operation::Alter(AlterObject { kind: ObjectKind::Type, name: Some(object), table: None, change })])
    }

    fn view(&self, call: &'a Call, name: &str) -> Option<Vec<Operation>> {
        let object = self.object(call, 0)?;
        let materialized = self.build.keyword(call, "materialized");
        let materialized = materialized.filter(|it| it.kind != ValueKind::False).map(|it| it.span);
        if name == "drop_view" {
            let kind = if materialized.is_some() { ObjectKind::MaterializedView } else { ObjectKind::View };
            return Some(vec![Operation::Drop(drop(kind, vec![object]))]);
        }
        Some(vec![Operation::CreateView(CreateView {
            name: object,
            materialized,
            replaces: (name != "create_view").then_some(call.name),
            if_not_exists: None,
            columns: Vec::new(),
            query: self.build.keyword(call, "sql_definition").map(|it| it.span),
        })])
    }

    fn join_table(&self, call: &'a Call) -> Option<ObjectName> {
        if let Some(given) = self.build.keyword(call, "table_name") {
            return Some(self.build.object(given));
        }
        let mut names = [self.build.name(call.nth(0)?), self.build.name(call.nth(1)?)];
        names.sort_by(|a, b| a.text.cmp(&b.text));
        let is_templated = names.iter().any(|it| it.is_templated);
        let text = names.map(|it| it.text).join("_");
        Some(ObjectName::bare(Name { is_templated, ..self.build.name_of(&text, call.name) }))
    }

    fn create_join_table(&self, call: &'a Call, span: Span) -> Option<Step> {
        let mut read = table(self.join_table(call)?);
        for value in call.positional().take(2) {
            let name = self.build.name(value);
            let id = self.build.name_of(&format!("{}_id", singular(&name.text)), name.span);
            let data_type = self.data_type("bigint", value.span, &[]);
            let mut made = column(value.span, id, Some(data_type));
            made.rules.push(rule(value.span, ColumnRuleKind::NotNull));
            read.columns.push(made);
        }
        let mut declared = Declared::default();
        let unread = self.block(call, &read.name, &mut declared);
        read.columns.extend(declared.columns);
        read.constraints.extend(declared.constraints);
        let mut operations = vec![Operation::CreateTable(read)];
        operations.extend(declared.indexes.into_iter().map(Operation::CreateIndex));
        let mut step = Step::new(span, operations);
        step.statement.unparsed = unread;
        Some(step)
    }

    fn create_table(&self, call: &'a Call, span: Span) -> Option<Step> {
        let mut read = table(self.object(call, 0)?);
        read.if_not_exists = self.build.flag(call, "if_not_exists");
        read.temporary = self.build.flag(call, "temporary");
        read.options = self.build.keyword(call, "options").map(|it| it.span);
        let id = self.build.keyword(call, "id");
        let key = self.build.keyword(call, "primary_key").filter(|it| it.kind != ValueKind::False);
        let composite = key.filter(|it| matches!(it.kind, ValueKind::List(_)));
        if let Some(keys) = composite {
            let columns = self.build.names(keys).into_iter().map(|it| self.build.key(it)).collect();
            let kind = ConstraintKind::PrimaryKey { columns, using_index: None };
            read.constraints.push(constraint(keys.span, None, kind));
        } else if id.is_none_or(|it| it.kind != ValueKind::False) {
            let name = key.map_or_else(|| self.build.name_of("id", call.name), |it| self.build.name(it));
            read.columns.push(self.primary_key(name, id));
        }
        let mut declared = Declared::default();
        let unread = self.block(call, &read.name, &mut declared);
        read.columns.extend(declared.columns);
        read.constraints.extend(declared.constraints);
        let mut operations = Vec::new();
        if let Some(force) = self.build.keyword(call, "force").filter(|it| it.kind != ValueKind::False) {
            // The table that is there goes first.
            let mut before = drop(ObjectKind::Table, vec![read.name.clone()]);
            before.if_exists = Some(force.span);
            before.cascade = (self.build.text(force) == Some("cascade")).then_some(force.span);
            operations.push(Operation::Drop(before));
        }
        operations.push(Operation::CreateTable(read));
        operations.extend(declared.indexes.into_iter().map(Operation::CreateIndex));
        let mut step = Step::new(span, operations);
        step.statement.unparsed = unread;
        Some(step)
    }

    fn primary_key(&self, name: Name, id: Option<&'a Value>) -> Column {
        let place = id.map_or(name.span, |it| it.span);
        let modern = self.version.is_none_or(|it| (5, 1) <= it);
        let kind = id.and_then(|it| self.build.text(it)).filter(|it| *it != "primary_key");
        let counted = |modern: bool| if modern { "bigint" } else { "integer" };
        let data_type = self.data_type(kind.unwrap_or(counted(modern)), place, &[]);
        let mut made = column(place, name, Some(data_type));
        if kind.is_none_or(|it| matches!(it, "bigint" | "integer" | "bigserial" | "serial")) {
            made.rules.push(rule(place, ColumnRuleKind::AutoIncrement));
        }
        made.rules.push(rule(place, ColumnRuleKind::PrimaryKey));
        made
    }

    fn change_table(&self, call: &'a Call, span: Span) -> Option<Step> {
        let table = self.object(call, 0)?;
        let mut operations = Vec::new();
        let mut unread = Vec::new();
        for (inner, place) in self.table_calls(call, &mut unread) {
            let name = self.build.called(inner);
            let mut declared = Declared::default();
            if self.declare(inner, place, &table, &mut declared) {
                operations.extend(Self::added(table.clone(), declared, place));
                continue;
            }
            let name = match name {
                "remove" => "remove_columns".to_owned(),
                "rename" | "change" => format!("{name}_column"),
                "change_default" | "change_null" => name.replace("change_", "change_column_"),
                _ => name.to_owned(),
            };
            if name == "remove_index" {
                operations.extend(self.drop_index(table.clone(), inner, 0, place).map(Operation::Drop));
                continue;
            }
            let rest: Vec<&'a Value> = inner.positional().collect();
            match self.actions(inner, &name, &rest, place) {
                Some(actions) => operations.push(alter(table.clone(), place, actions)),
                None => unread.push(place),
            }
        }
        if operations.is_empty() {
            return Some(Step::unknown(span));
        }
        let mut step = Step::new(span, operations);
        step.statement.unparsed = unread;
        Some(step)
    }

    /// The calls on the table in the block of `create_table` and its like; what is no such call is noted.
    fn table_calls(&self, call: &'a Call, unread: &mut Vec<Span>) -> Vec<(&'a Call, Span)> {
        let Some(block) = &call.block else { return Vec::new() };
        let parameter = block.parameter.map(|it| self.build.host.text(it));
        let mut calls = Vec::new();
        let mut open: Vec<&'a Node> = block.body.iter().rev().collect();
        while let Some(node) = open.pop() {
            match &node.kind {
                NodeKind::Branch { body, .. } => open.extend(body.iter().rev()),
                NodeKind::Value(Value { kind: ValueKind::Call(inner), span }) => {
                    let receiver = inner.receiver.as_ref().map(|it| self.build.host.text(it.span));
                    match &inner.block {
                        Some(block) if receiver != parameter => open.extend(block.body.iter().rev()),
                        _ if receiver.is_some() && receiver == parameter => calls.push((&**inner, *span)),
                        _ => unread.push(*span),
                    }
                }
                NodeKind::Assign { .. } => {}
                _ => unread.push(node.span),
            }
        }
        calls
    }

    /// What the block of `create_table` declares; gives what is not understood in it.
    fn block(&self, call: &'a Call, table: &ObjectName, declared: &mut Declared) -> Vec<Span> {
        let mut unread = Vec::new();
        for (inner, place) in self.table_calls(call, &mut unread) {
            if !self.declare(inner, place, table, declared) {
                unread.push(place);
            }
        }
        unread
    }

    /// One call on a table that adds to it; says whether it is one.
    fn declare(&self, call: &'a Call, span: Span, table: &ObjectName, to: &mut Declared) -> bool {
        let name = self.build.called(call);
        let names: Vec<&'a Value> = call.positional().collect();
        match name {
            "timestamps" => to.columns.extend(self.timestamps(call, span)),
            "references" | "belongs_to" => {
                let read = self.references(table, &names, call, span);
                to.columns.extend(read.columns);
                to.indexes.extend(read.indexes);
                to.constraints.extend(read.constraints);
            }
            "index" => {
                let columns = names.first().map(|it| self.build.names(it)).unwrap_or_default();
                to.indexes.push(self.index(table, columns, span, &call.arguments));
            }
            "check_constraint" | "unique_constraint" | "exclusion_constraint" => {
                to.constraints.push(self.constraint(call, name, names.first().copied(), span));
            }
            "foreign_key" => {
                let Some(target) = names.first().map(|it| self.build.object(it)) else { return false };
                let column = self.build.keyword(call, "column").map(|it| self.build.names(it));
                let from = column.unwrap_or_else(|| {
                    vec![self.build.name_of(&format!("{}_id", singular(&target.name.text)), target.span)]
                });
                to.constraints.push(self.foreign_key(span, target, from, &call.arguments));
            }
            "primary_key" => {
                let Some(name) = names.first().map(|it| self.build.name(it)) else { return false };
                to.columns.push(self.primary_key(name, names.get(1).copied()));
            }
            "column" => {
                let Some(kind) = names.get(1) else { return false };
                let text = self.build.text(kind).unwrap_or("unknown");
                let read = self.columns(table, names.get(..1).unwrap_or_default(), (text, kind.span), call);
                to.columns.extend(read.columns);
                to.indexes.extend(read.indexes);
            }
            _ if names.is_empty() || is_change(name) => return false,
            _ => {
                let read = self.columns(table, &names, (name, call.name), call);
                to.columns.extend(read.columns);
                to.indexes.extend(read.indexes);
            }
        }
        true
    }
}

/// Calls on a table that declare nothing.
fn is_change(name: &str) -> bool {
    ["remove", "rename", "change", "add_"].iter().any(|it| name.starts_with(it)) || name == plural("exist")
}
