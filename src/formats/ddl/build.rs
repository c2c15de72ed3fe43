//! Operations out of the values of a host language.

use std::collections::BTreeMap;

use super::Step;
use super::host::{Argument, Call, Host, Node, NodeKind, Value, ValueKind};
use crate::formats::sql::operation::{
    Action, ActionKind, AlterTable, Column, ColumnRule, ColumnRuleKind, Constraint, ConstraintKind, CreateIndex,
    CreateObject, CreateTable, Drop, Execute, IndexKey, IndexKind, ObjectKind, Reference,
};
use crate::formats::sql::{
    DataType, Dialect, Expression, Name, ObjectName, Operation, Shape, expression_in, parse_part,
};
use crate::model::Span;

/// What names stand for: those that are given one literal, once.
pub(super) type Bindings<'a> = BTreeMap<&'a str, Option<&'a Value>>;

/// Calls that change nothing about what SQL in their receiver means.
const TRIMMERS: [&str; 9] =
    ["squish", "strip", "strip_heredoc", "freeze", "dedent", "chomp", "lstrip", "rstrip", "html_safe"];

/// A text in its host language with the dialect that its operations are for.
#[derive(Clone, Copy)]
pub(super) struct Builder<'a> {
    pub(super) host: &'a Host,
    pub(super) dialect: Dialect,
    pub(super) bindings: &'a Bindings<'a>,
}

/// Gathers what names are given, in classes and routines too.
pub(super) fn bind<'a>(host: &'a Host, nodes: &'a [Node]) -> Bindings<'a> {
    let mut bindings = Bindings::new();
    let mut open: Vec<&[Node]> = vec![nodes];
    while let Some(nodes) = open.pop() {
        for node in nodes {
            match &node.kind {
                NodeKind::Assign { name, value } => {
                    let known = bindings.entry(host.text(*name));
                    known.and_modify(|it| *it = None).or_insert(Some(value));
                }
                NodeKind::Class { body, .. } | NodeKind::Routine { body, .. } | NodeKind::Branch { body, .. } => {
                    open.push(body);
                }
                NodeKind::Value(_) => {}
            }
        }
    }
    bindings
}

impl<'a> Builder<'a> {
    /// The value itself, or what its name stands for.
    pub(super) fn resolve(&self, value: &'a Value) -> &'a Value {
        let mut value = value;
        for _ in 0..4 {
            let Some(call) = value.as_call() else { break };
            let name = self.host.text(call.name);
            let next = match &call.receiver {
                Some(receiver) if TRIMMERS.contains(&name) && call.arguments.is_empty() => Some(receiver),
                Some(_) if name == "dedent" => call.nth(0),
                None if !call.is_called => self.bindings.get(name).copied().flatten(),
                None if matches!(name, "dedent" | "text" | "_") => call.nth(0),
                _ => None,
            };
            let Some(next) = next else { break };
            value = next;
        }
        value
    }

    /// The text of a literal or a symbol.
    pub(super) fn text(&self, value: &'a Value) -> Option<&'a str> {
        let value = self.resolve(value);
        match value.kind {
            ValueKind::Text(literal) if literal.is_templated => None,
            _ => value.content().map(|it| self.host.text(it)),
        }
    }

    pub(super) fn called(&self, call: &Call) -> &'a str {
        self.host.text(call.name)
    }

    /// The value behind a key.
    pub(super) fn keyword(&self, call: &'a Call, key: &str) -> Option<&'a Value> {
        self.entry(&call.arguments, key)
    }

    pub(super) fn entry(&self, arguments: &'a [Argument], key: &str) -> Option<&'a Value> {
        arguments.iter().find(|it| it.key.is_some_and(|at| self.host.text(at) == key)).map(|it| &it.value)
    }

    /// Where a key is set to true.
    pub(super) fn flag(&self, call: &'a Call, key: &str) -> Option<Span> {
        self.keyword(call, key).filter(|it| it.is_true()).map(|it| it.span)
    }

    pub(super) fn name_of(&self, text: &str, span: Span) -> Name {
        Name::quoted(text, span, self.dialect)
    }

    /// A value as a name; one that is put together at run time is known to nobody.
    pub(super) fn name(&self, value: &'a Value) -> Name {
        let value = self.resolve(value);
        match self.text(value) {
            Some(text) => self.name_of(text, value.content().unwrap_or(value.span)),
            None => Name { is_templated: true, ..self.name_of(self.host.text(value.span), value.span) },
        }
    }

    /// The same with the schema that stands before a dot.
    pub(super) fn object(&self, value: &'a Value) -> ObjectName {
        let name = self.name(value);
        match name.text.split_once('.') {
            Some((schema, table)) if !name.is_templated => {
                let schema = Name::quoted(schema.trim_matches('"'), name.span, self.dialect);
                let is_default = self.dialect.default_schema() == Some(schema.text.as_str());
                let table = Name::quoted(table.trim_matches('"'), name.span, self.dialect);
                ObjectName { schema: (!is_default).then_some(schema), span: name.span, name: table }
            }
            _ => ObjectName::bare(name),
        }
    }

    pub(super) fn names(&self, value: &'a Value) -> Vec<Name> {
        self.resolve(value).items().iter().map(|it| self.name(it)).collect()
    }

    pub(super) fn key(&self, name: Name) -> IndexKey {
        IndexKey { span: name.span, column: Some(name), prefix: None }
    }

    pub(super) fn data_type(&self, name: &str, span: Span, arguments: Vec<String>) -> DataType {
        DataType { span, name: name.to_owned(), arguments, is_array: false, unsigned: None, charset: None }
    }

    /// SQL in a literal as an expression; what is no literal is known to nobody.
    pub(super) fn sql_expression(&self, value: &'a Value) -> Expression {
        let value = self.resolve(value);
        match &value.kind {
            ValueKind::Text(literal) if !literal.is_torn => {
                expression_in(&self.host.masked, literal.content, self.dialect)
            }
            _ => Expression { span: value.span, shape: Shape::Other, calls: Vec::new() },
        }
    }

    /// A value that the framework writes as a literal of SQL.
    pub(super) fn literal(&self, value: &'a Value) -> Expression {
        let value = self.resolve(value);
        let shape = match &value.kind {
            ValueKind::Null => Shape::Null,
            ValueKind::Text(literal) if literal.is_templated => Shape::Other,
            ValueKind::Call(_) | ValueKind::Lambda(_) | ValueKind::Other => Shape::Other,
            _ => Shape::Constant,
        };
        Expression { span: value.span, shape, calls: Vec::new() }
    }

    /// The statements of SQL in a literal, each at its place.
    pub(super) fn sql(&self, value: &'a Value) -> Vec<Step> {
        let value = self.resolve(value);
        let ValueKind::Text(literal) = value.kind else { return vec![dynamic(value.span)] };
        if literal.is_torn {
            return vec![dynamic(value.span)];
        }
        let script = parse_part(&self.host.masked, literal.content, self.dialect);
        let steps = script.statements.into_iter();
        steps.map(|statement| Step { statement, assured: None, condition: None, guessed: None }).collect()
    }
}

/// Code that runs with the migration and that nobody can read.
pub(super) fn dynamic(span: Span) -> Step {
    Step::new(span, vec![Operation::Execute(Execute { name: None, dynamic: Some(span) })])
}

pub(super) fn alter(table: ObjectName, span: Span, kinds: Vec<ActionKind>) -> Operation {
    let actions = kinds.into_iter().map(|kind| Action { span, kind }).collect();
    Operation::AlterTable(AlterTable { table, kind: ObjectKind::Table, if_exists: None, only: None, actions })
}

pub(super) fn rule(span: Span, kind: ColumnRuleKind) -> ColumnRule {
    ColumnRule { span, name: None, kind }
}

pub(super) fn constraint(span: Span, name: Option<Name>, kind: ConstraintKind) -> Constraint {
    Constraint { span, name, kind, not_valid: None, not_enforced: None, deferrable: None }
}

pub(super) fn column(span: Span, name: Name, data_type: Option<DataType>) -> Column {
    Column { span, name, data_type, rules: Vec::new() }
}

pub(super) fn reference(span: Span, table: ObjectName, columns: Vec<Name>) -> Reference {
    Reference { span, table, columns, on_delete: None, on_update: None }
}

pub(super) fn table(name: ObjectName) -> CreateTable {
    CreateTable {
        name,
        kind: ObjectKind::Table,
        if_not_exists: None,
        temporary: None,
        unlogged: None,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
        like: Vec::new(),
        partition_of: None,
        partition_by: None,
        query: None,
        options: None,
    }
}

pub(super) fn index(table: ObjectName, name: Option<Name>, keys: Vec<IndexKey>) -> CreateIndex {
    CreateIndex {
        name: name.map(ObjectName::bare),
        table,
        only: None,
        unique: None,
        concurrently: None,
        if_not_exists: None,
        kind: IndexKind::Plain,
        method: None,
        keys,
        include: Vec::new(),
        filter: None,
        online: None,
        algorithm: None,
        lock: None,
    }
}

pub(super) fn drop(kind: ObjectKind, names: Vec<ObjectName>) -> Drop {
    Drop { kind, names, table: None, if_exists: None, concurrently: None, cascade: None }
}

pub(super) fn create(kind: ObjectKind, name: ObjectName) -> CreateObject {
    CreateObject { kind, name: Some(name), table: None, replaces: None, if_not_exists: None }
}
