//! Indexes and constraints as models declare them.

use super::{Reader, Stored};
use crate::formats::ddl::build::{alter, constraint, index};
use crate::formats::ddl::host::{Call, Value, ValueKind};
use crate::formats::sql::operation::{ActionKind, ConstraintKind, IndexKey};
use crate::formats::sql::{Expression, Name, ObjectName, Operation, Shape};
use crate::model::Span;

/// Classes of indexes of PostgreSQL with their access methods.
const METHODS: [(&str, &str); 6] = [
    ("GinIndex", "gin"),
    ("GistIndex", "gist"),
    ("BrinIndex", "brin"),
    ("BTreeIndex", "btree"),
    ("HashIndex", "hash"),
    ("SpGistIndex", "spgist"),
];

impl<'a> Reader<'a, '_> {
    /// The columns of fields that are named by literals; a minus before a name orders it.
    pub(super) fn keys(&self, model: &str, fields: &'a Value) -> Vec<IndexKey> {
        let items = self.build.resolve(fields).items().iter();
        items.map(|it| self.build.key(self.column_name(model, it).0)).collect()
    }

    /// The column of a field, and whether the field was declared in what was read.
    pub(super) fn column_name(&self, model: &str, field: &'a Value) -> (Name, bool) {
        let Some(text) = self.build.text(field) else { return (self.build.name(field), false) };
        let text = text.trim_start_matches('-');
        let at = Self::place(field);
        match self.state.stored(model, text) {
            Some(Stored::Column(column)) => (self.build.name_of(column, at), true),
            Some(Stored::Table(_) | Stored::Nowhere) => (self.build.name_of(text, at), true),
            None => (self.build.name_of(text, at), false),
        }
    }

    /// `models.Index(…)`; nothing where no call stands.
    pub(super) fn index(&self, model: &str, table: ObjectName, value: &'a Value) -> Option<Operation> {
        let call = self.build.resolve(value).as_call()?;
        let mut keys = self.build.keyword(call, "fields").map(|it| self.keys(model, it)).unwrap_or_default();
        keys.extend(call.positional().map(|it| IndexKey { span: it.span, column: None, prefix: None }));
        let name = self.build.keyword(call, "name").map(|it| self.build.name(it));
        let mut read = index(table, name, keys);
        let class = self.build.called(call);
        let method = METHODS.iter().find(|(of, _)| *of == class);
        read.method = method.map(|(_, method)| self.build.name_of(method, call.name));
        let include = self.build.keyword(call, "include").map(|it| self.build.resolve(it).items());
        read.include = include.unwrap_or_default().iter().map(|it| self.column_name(model, it).0).collect();
        read.filter = self.build.keyword(call, "condition").map(|it| unread(it.span));
        Some(Operation::CreateIndex(read))
    }

    /// `UniqueConstraint(…)`, `CheckConstraint(…)` and `ExclusionConstraint(…)`; nothing where none stands.
    pub(super) fn constraint(
        &self,
        model: &str,
        table: ObjectName,
        value: &'a Value,
        not_valid: Option<Span>,
    ) -> Option<Operation> {
        let call = self.build.resolve(value).as_call()?;
        let name = self.build.keyword(call, "name").map(|it| self.build.name(it));
        let kind = match self.build.called(call) {
            "UniqueConstraint" => {
                let fields = self.build.keyword(call, "fields");
                let mut keys = fields.map(|it| self.keys(model, it)).unwrap_or_default();
                let condition = self.build.keyword(call, "condition").filter(|it| it.kind != ValueKind::Null);
                let is_built = call.positional().next().is_some();
                let is_index = is_built || self.is_any(call, &["include", "opclasses"]) || condition.is_some();
                if is_index {
                    // The server knows no such constraint: Django makes an index.
                    keys.extend(call.positional().map(|it| IndexKey { span: it.span, column: None, prefix: None }));
                    let mut read = index(table, name, keys);
                    read.unique = Some(call.name);
                    read.filter = condition.map(|it| unread(it.span));
                    return Some(Operation::CreateIndex(read));
                }
                ConstraintKind::Unique { columns: keys, using_index: None }
            }
            "CheckConstraint" => {
                let check = self.build.keyword(call, "condition").or_else(|| self.build.keyword(call, "check"));
                ConstraintKind::Check(unread(check.map_or(value.span, |it| it.span)))
            }
            "ExclusionConstraint" => ConstraintKind::Exclude,
            _ => ConstraintKind::Other,
        };
        let mut read = constraint(value.span, name, kind);
        read.not_valid = not_valid;
        read.deferrable = self.build.keyword(call, "deferrable").map(|it| it.span);
        Some(alter(table, value.span, vec![ActionKind::AddConstraint(read)]))
    }

    fn is_any(&self, call: &'a Call, keys: &[&str]) -> bool {
        keys.iter().any(|it| self.build.keyword(call, it).is_some())
    }

    /// The sets of `unique_together`, of which a single one may stand without a list around it.
    pub(super) fn sets(&self, value: &'a Value) -> Vec<&'a Value> {
        let value = self.build.resolve(value);
        let items: Vec<&'a Value> = match &value.kind {
            ValueKind::List(items) => items.iter().collect(),
            ValueKind::Pairs(entries) => entries.iter().map(|it| &it.value).collect(),
            // `set([("a", "b")])`
            ValueKind::Call(call) => return call.nth(0).map(|it| self.sets(it)).unwrap_or_default(),
            _ => return Vec::new(),
        };
        if items.first().is_some_and(|it| it.content().is_some()) { vec![value] } else { items }
    }

    /// One constraint for each set of fields.
    pub(super) fn unique_sets(&self, model: &str, value: &'a Value) -> Vec<ActionKind> {
        let sets = self.sets(value).into_iter().map(|set| {
            let kind = ConstraintKind::Unique { columns: self.keys(model, set), using_index: None };
            ActionKind::AddConstraint(constraint(set.span, None, kind))
        });
        sets.collect()
    }
}

/// A condition in the words of Django.
fn unread(span: Span) -> Expression {
    Expression { span, shape: Shape::Other, calls: Vec::new() }
}
