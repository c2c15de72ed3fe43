//! The operations of migrations of Django.

use super::field::{Field, field, joining};
use super::state::{Model, Stored};
use super::{Reader, Step};
use crate::formats::ddl::build::{alter, create, drop, index, rule, table};
use crate::formats::ddl::host::{Argument, Call, Value, ValueKind};
use crate::formats::sql::operation::{
    ActionKind, ColumnChange, ColumnRuleKind, CreateIndex, DroppedConstraint, IndexKey, ObjectKind, Rename,
};
use crate::formats::sql::{Name, ObjectName, Operation};
use crate::model::Span;

/// Operations that change only what Django knows.
const NEUTRAL: [&str; 5] =
    ["AlterModelOptions", "AlterModelManagers", "AlterOrderWithRespectTo", "AlterModelTableComment", "AlterModelBases"];
/// Operations that add an extension of PostgreSQL.
const EXTENSIONS: [(&str, &str); 8] = [
    ("BtreeGinExtension", "btree_gin"),
    ("BtreeGistExtension", "btree_gist"),
    ("CITextExtension", "citext"),
    ("CryptoExtension", "pgcrypto"),
    ("HStoreExtension", "hstore"),
    ("TrigramExtension", "pg_trgm"),
    ("UnaccentExtension", "unaccent"),
    ("BloomExtension", "bloom"),
];

/// What an operation is about: a model with its table.
struct Target<'a> {
    model: &'a str,
    table: ObjectName,
    is_known: bool,
    is_unmanaged: bool,
}

impl<'a> Reader<'a, '_> {
    /// What one operation asks of the database; nothing where it asks nothing.
    pub(super) fn operation(&mut self, call: &'a Call, name: &str, span: Span) -> Option<Step> {
        if NEUTRAL.contains(&name) {
            return None;
        }
        let extension = EXTENSIONS.iter().find(|(of, _)| *of == name).map(|(_, extension)| *extension);
        let extension = extension.map(|it| self.build.name_of(it, span)).or_else(|| {
            let given = call.nth(0).or_else(|| self.build.keyword(call, "name"));
            (name == "CreateExtension").then(|| given.map(|it| self.build.name(it))).flatten()
        });
        if let Some(extension) = extension {
            let made = create(ObjectKind::Extension, ObjectName::bare(extension));
            return Some(Step::new(span, vec![Operation::Create(made)]));
        }
        let keyword = |key: &str| self.build.keyword(call, key);
        let about =
            keyword("model_name").or_else(|| call.nth(0)).or_else(|| keyword("old_name")).or_else(|| keyword("name"));
        let Some(target) = about.and_then(|it| self.target(it)) else { return Some(Step::unknown(span)) };
        let is_unmanaged = target.is_unmanaged;
        let is_known = target.is_known;
        let step = match name {
            "CreateModel" => self.create_model(call, &target, span),
            "DeleteModel" => {
                self.state.models.remove(&target.model.to_lowercase());
                let gone = drop(ObjectKind::Table, vec![target.table]);
                Some(guess(Step::new(span, vec![Operation::Drop(gone)]), is_known, span))
            }
            "RenameModel" => self.rename_model(call, &target, span),
            "AlterModelTable" => self.alter_table(call, &target, span),
            "AddField" => self.add_field(call, &target, span),
            "RemoveField" => self.remove_field(call, &target, span),
            "AlterField" => self.alter_field(call, &target, span),
            "RenameField" => self.rename_field(call, &target, span),
            "AlterUniqueTogether" | "AlterIndexTogether" => self.together(call, name, &target, span),
            _ => return self.index_operation(call, name, &target, span).or_else(|| Some(Step::unknown(span))),
        };
        match step {
            Some(step) if step.statement.operations.is_empty() || is_unmanaged => None,
            Some(step) => Some(step),
            None => Some(Step::unknown(span)),
        }
    }

    /// An argument by its place or its name.
    fn at(&self, call: &'a Call, index: usize, key: &str) -> Option<&'a Value> {
        self.build.keyword(call, key).or_else(|| call.nth(index))
    }

    fn target(&self, value: &'a Value) -> Option<Target<'a>> {
        let model = self.build.text(value)?;
        let (table, is_known) = self.state.table(model);
        let is_unmanaged = self.state.models.get(&model.to_lowercase()).is_some_and(|it| it.is_unmanaged);
        let table = ObjectName::bare(self.build.name_of(&table, Self::place(value)));
        Some(Target { model, table, is_known, is_unmanaged })
    }

    fn create_model(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let fields = self.at(call, 1, "fields")?;
        let options: &'a [Argument] = match self.at(call, 2, "options").map(|it| &it.kind) {
            Some(ValueKind::Pairs(entries)) => entries,
            _ => &[],
        };
        let option = |key: &str| self.build.entry(options, key);
        let given = option("db_table").and_then(|it| Some((self.build.text(it)?, Self::place(it))));
        let is_unmanaged = option("managed").is_some_and(|it| it.kind == ValueKind::False)
            || option("proxy").is_some_and(Value::is_true);
        let (unique_sets, indexes, constraints) = (option("unique_together"), option("indexes"), option("constraints"));
        let made = Model { table: given.map(|(it, _)| it.to_owned()), is_unmanaged, ..Model::default() };
        *self.state.model(target.model) = made;
        let name = match given {
            Some((text, at)) => ObjectName::bare(self.build.name_of(text, at)),
            None => target.table.clone(),
        };
        let mut read = table(name.clone());
        let mut rest = Vec::new();
        let mut unread = Vec::new();
        for item in self.build.resolve(fields).items() {
            let parts = match &item.kind {
                ValueKind::List(parts) => parts.as_slice(),
                _ => &[],
            };
            let [field_name, value] = parts else {
                unread.push(item.span);
                continue;
            };
            let Some(field) = field(self.build, self.state, target.model, field_name, value) else {
                unread.push(item.span);
                continue;
            };
            self.store(target.model, field_name, &field);
            rest.extend(self.beside(&name, target.model, &field, field_name));
            read.columns.extend(field.column);
        }
        let sets = unique_sets.map(|it| self.unique_sets(target.model, it)).unwrap_or_default();
        self.state.model(target.model).unique_sets = sets.len();
        read.constraints.extend(sets.into_iter().filter_map(|it| match it {
            ActionKind::AddConstraint(constraint) => Some(constraint),
            _ => None,
        }));
        for value in indexes.map(|it| self.build.resolve(it).items()).unwrap_or_default() {
            rest.extend(self.index(target.model, name.clone(), value));
        }
        for value in constraints.map(|it| self.build.resolve(it).items()).unwrap_or_default() {
            rest.extend(self.constraint(target.model, name.clone(), value, None));
        }
        if is_unmanaged {
            return Some(Step::new(span, Vec::new()));
        }
        rest.insert(0, Operation::CreateTable(read));
        let mut step = Step::new(span, rest);
        step.statement.unparsed = unread;
        Some(step)
    }

    fn store(&mut self, model: &str, name: &'a Value, field: &Field) {
        if let Some(name) = self.build.text(name) {
            self.state.model(model).fields.insert(name.to_owned(), field.stored.clone());
        }
    }

    /// What a field needs beside its column: an index, or a table of its own.
    fn beside(&self, table_name: &ObjectName, model: &str, field: &Field, name: &'a Value) -> Option<Operation> {
        if let Stored::Table(own) = &field.stored {
            let mut read = table(ObjectName::bare(self.build.name_of(own, Self::place(name))));
            read.columns = joining(self.build, model, field, name);
            return Some(Operation::CreateTable(read));
        }
        let (column, span) = (field.column.as_ref()?, field.index?);
        let keys = vec![IndexKey { span, column: Some(column.name.clone()), prefix: None }];
        Some(Operation::CreateIndex(index(table_name.clone(), None, keys)))
    }

    fn add_field(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let (name, value) = (self.at(call, 1, "name")?, self.at(call, 2, "field")?);
        let mut field = field(self.build, self.state, target.model, name, value)?;
        self.store(target.model, name, &field);
        let beside = self.beside(&target.table, target.model, &field, name);
        let mut operations = Vec::new();
        if let Some(mut column) = field.column.take() {
            let mut actions = Vec::new();
            let after = field.passing_default.take().map(|default| {
                let kind = ColumnRuleKind::Default(default.clone());
                column.rules.push(rule(default.span, kind));
                // The default is for the rows that exist; the server forgets it at once.
                ActionKind::AlterColumn { name: column.name.clone(), change: ColumnChange::DropDefault }
            });
            actions.push(ActionKind::AddColumn { column, if_not_exists: None });
            actions.extend(after);
            operations.extend(actions.into_iter().map(|it| alter(target.table.clone(), span, vec![it])));
        }
        operations.extend(beside);
        Some(guess(Step::new(span, operations), target.is_known, span))
    }

    fn remove_field(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let name = self.at(call, 1, "name")?;
        let (column, is_known) = self.column_name(target.model, name);
        let stored = self.build.text(name).and_then(|it| self.state.model(target.model).fields.remove(it));
        let operations = match stored {
            Some(Stored::Nowhere) => Vec::new(),
            Some(Stored::Table(own)) => {
                let own = ObjectName::bare(self.build.name_of(&own, Self::place(name)));
                vec![Operation::Drop(drop(ObjectKind::Table, vec![own]))]
            }
            Some(Stored::Column(_)) | None => {
                let gone = ActionKind::DropColumn { name: column, if_exists: None, cascade: None };
                vec![alter(target.table.clone(), span, vec![gone])]
            }
        };
        Some(guess(Step::new(span, operations), is_known, name.span))
    }

    fn alter_field(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let (name, value) = (self.at(call, 1, "name")?, self.at(call, 2, "field")?);
        let (from, is_known) = self.column_name(target.model, name);
        let field = field(self.build, self.state, target.model, name, value)?;
        self.store(target.model, name, &field);
        let operations = field.column.map(|column| {
            let from = if is_known { from } else { column.name.clone() };
            alter(target.table.clone(), span, vec![ActionKind::RedefineColumn { from, column }])
        });
        Some(guess(Step::new(span, operations.into_iter().collect()), is_known, name.span))
    }

    fn rename_field(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let (old, new) = (self.at(call, 1, "old_name")?, self.at(call, 2, "new_name")?);
        let (from, is_known) = self.column_name(target.model, old);
        let (old_text, new_text) = (self.build.text(old)?, self.build.text(new)?);
        let fields = &mut self.state.model(target.model).fields;
        let stored = fields.remove(old_text);
        let (to, is_same) = match &stored {
            Some(Stored::Column(column)) if *column == format!("{old_text}_id") => (format!("{new_text}_id"), false),
            // The column was given a name of its own, which stays.
            Some(Stored::Column(column)) if column != old_text => (column.clone(), true),
            Some(Stored::Nowhere) => (new_text.to_owned(), true),
            Some(Stored::Column(_) | Stored::Table(_)) | None => (new_text.to_owned(), false),
        };
        let renamed = match &stored {
            Some(Stored::Table(own)) => {
                let base = own.strip_suffix(old_text).unwrap_or(own);
                Stored::Table(format!("{base}{new_text}"))
            }
            Some(Stored::Nowhere) => Stored::Nowhere,
            _ => Stored::Column(to.clone()),
        };
        if stored.is_some() {
            fields.insert(new_text.to_owned(), renamed.clone());
        }
        let operations = match (stored, renamed) {
            _ if is_same => Vec::new(),
            (Some(Stored::Table(from)), Stored::Table(to)) => {
                let named = |text: &str, at: &Value| ObjectName::bare(self.build.name_of(text, Self::place(at)));
                vec![alter(named(&from, old), span, vec![ActionKind::RenameTable { to: named(&to, new) }])]
            }
            _ => {
                let to = self.build.name_of(&to, Self::place(new));
                vec![alter(target.table.clone(), span, vec![ActionKind::RenameColumn { from, to }])]
            }
        };
        Some(guess(Step::new(span, operations), is_known, old.span))
    }

    fn rename_model(&mut self, call: &'a Call, _: &Target<'a>, span: Span) -> Option<Step> {
        let (old, new) = (self.at(call, 0, "old_name")?, self.at(call, 1, "new_name")?);
        let target = self.target(old)?;
        let new_text = self.build.text(new)?;
        let mut operations = Vec::new();
        let moved = self.state.models.remove(&target.model.to_lowercase());
        let keeps_table = moved.as_ref().is_some_and(|it| it.table.is_some() || it.is_unmanaged);
        if let Some(moved) = moved {
            self.state.models.insert(new_text.to_lowercase(), moved);
        }
        if !keeps_table {
            let to = self.build.name_of(&self.state.default_table(new_text), Self::place(new));
            let to = ObjectName::bare(to);
            if to.name.text != target.table.name.text {
                operations.push(alter(target.table, span, vec![ActionKind::RenameTable { to }]));
            }
        }
        Some(guess(Step::new(span, operations), target.is_known, old.span))
    }

    fn alter_table(&mut self, call: &'a Call, target: &Target<'a>, span: Span) -> Option<Step> {
        let value = self.at(call, 1, "table")?;
        let given = self.build.text(value).map(str::to_owned);
        let new = given.clone().unwrap_or_else(|| self.state.default_table(target.model));
        self.state.model(target.model).table = given;
        let to = ObjectName::bare(self.build.name_of(&new, Self::place(value)));
        let is_same = to.name.text == target.table.name.text;
        let renamed = alter(target.table.clone(), span, vec![ActionKind::RenameTable { to }]);
        let operations = if is_same { Vec::new() } else { vec![renamed] };
        Some(guess(Step::new(span, operations), target.is_known, span))
    }

    fn together(&mut self, call: &'a Call, name: &str, target: &Target<'a>, span: Span) -> Option<Step> {
        let is_unique = name == "AlterUniqueTogether";
        let value = self.at(call, 1, if is_unique { "unique_together" } else { "index_together" })?;
        if !is_unique {
            let made = self.sets(value).into_iter().map(|set| {
                let keys = self.keys(target.model, set);
                Operation::CreateIndex(CreateIndex { ..index(target.table.clone(), None, keys) })
            });
            return Some(Step::new(span, made.collect()));
        }
        let added = self.unique_sets(target.model, value);
        let count = added.len();
        let gone = std::mem::replace(&mut self.state.model(target.model).unique_sets, count);
        // Django makes up the names of a checksum.
        let made_up = Name { is_templated: true, ..self.build.name_of(self.build.host.text(value.span), value.span) };
        let dropped = ActionKind::DropConstraint {
            kind: DroppedConstraint::Any,
            name: Some(made_up),
            if_exists: None,
            cascade: None,
        };
        let nothing_known = count == 0 && gone == 0 && !target.is_known;
        let drops = if nothing_known { 1 } else { gone };
        let actions: Vec<ActionKind> = std::iter::repeat_n(dropped, drops).chain(added).collect();
        let operations = if actions.is_empty() { Vec::new() } else { vec![alter(target.table.clone(), span, actions)] };
        Some(guess(Step::new(span, operations), target.is_known, span))
    }

    /// Operations on indexes and constraints; nothing for one that is not known.
    fn index_operation(&self, call: &'a Call, name: &str, target: &Target<'a>, span: Span) -> Option<Step> {
        let named = |at: usize, key: &str| self.at(call, at, key).map(|it| self.build.name(it));
        let table = target.table.clone();
        let operation = match name {
            "AddIndex" | "AddIndexConcurrently" => {
                let mut read = self.index(target.model, table, self.at(call, 1, "index")?)?;
                if let (Operation::CreateIndex(index), "AddIndexConcurrently") = (&mut read, name) {
                    index.concurrently = Some(call.name);
                }
                read
            }
            "RemoveIndex" | "RemoveIndexConcurrently" => {
                let mut gone = drop(ObjectKind::Index, vec![ObjectName::bare(named(1, "name")?)]);
                gone.table = Some(table);
                gone.concurrently = (name == "RemoveIndexConcurrently").then_some(call.name);
                Operation::Drop(gone)
            }
            "RenameIndex" => {
                let to = ObjectName::bare(named(1, "new_name")?);
                let old = self.build.keyword(call, "old_name").map(|it| self.build.name(it));
                let from = old.unwrap_or_else(|| Name {
                    is_templated: true,
                    ..self.build.name_of(self.build.host.text(span), span)
                });
                let from = ObjectName::bare(from);
                Operation::Rename(Rename { kind: ObjectKind::Index, from, to, table: Some(table) })
            }
            "AddConstraint" | "AddConstraintNotValid" => {
                let not_valid = (name == "AddConstraintNotValid").then_some(call.name);
                self.constraint(target.model, table, self.at(call, 1, "constraint")?, not_valid)?
            }
            "RemoveConstraint" => {
                let kind = DroppedConstraint::Any;
                let gone = ActionKind::DropConstraint { kind, name: named(1, "name"), if_exists: None, cascade: None };
                alter(table, span, vec![gone])
            }
            "ValidateConstraint" => alter(table, span, vec![ActionKind::ValidateConstraint(named(1, "name")?)]),
            "AlterConstraint" => alter(table, span, vec![ActionKind::AlterConstraint(named(1, "name")?)]),
            _ => return None,
        };
        Some(Step::new(span, vec![operation]))
    }
}

/// Notes that a name was derived without having seen what it is derived from.
fn guess(step: Step, is_known: bool, at: Span) -> Step {
    Step { guessed: (!is_known).then_some(at), ..step }
}
