//! What earlier migrations made, replayed: enough of it to tell a harmless step from a dangerous one.

use std::collections::{BTreeMap, BTreeSet};

use super::stream::Does;
use crate::formats::sql::operation::{
    ActionKind, AlterTable, Column, ColumnChange, ColumnRuleKind, Constraint, ConstraintKind, CreateTable, ObjectKind,
};
use crate::formats::sql::{DataType, Expression, ObjectName, Operation};

/// A name as two objects are compared.
pub(super) type Key = (Option<String>, String);

pub(super) fn key(name: &ObjectName) -> Key {
    let (schema, name) = name.key();
    (schema.map(str::to_owned), name.to_owned())
}

/// Tables as far as the migrations tell of them.
#[derive(Default)]
pub(super) struct Schema {
    tables: BTreeMap<Key, Table>,
    domains: BTreeSet<Key>,
    /// Which migration is replayed: the first is 0.
    pub(super) at: usize,
}

/// A table, or a materialized view.
#[derive(Default)]
pub(super) struct Table {
    /// The migration that made it; nothing where none did.
    pub(super) made_at: Option<usize>,
    columns: BTreeMap<String, ColumnState>,
    /// Checks that say `column IS NOT NULL`, by their names; one without has an empty one.
    proofs: BTreeMap<String, Proof>,
}

/// A column as it is so far.
#[derive(Clone)]
pub(super) struct ColumnState {
    /// Its type; nothing where none was told.
    pub(super) data_type: Option<DataType>,
    pub(super) is_required: bool,
    /// The migration that brought it.
    pub(super) made_at: usize,
}

struct Proof {
    column: String,
    is_valid: bool,
}

impl Schema {
    pub(super) fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.get(&key(name))
    }

    /// A column so far, where a migration told of it.
    pub(super) fn column(&self, table: &ObjectName, column: &str) -> Option<&ColumnState> {
        self.table(table)?.columns.get(column)
    }

    /// Whether a check that was validated shows that the column holds no NULL.
    pub(super) fn is_proved(&self, table: &ObjectName, column: &str) -> bool {
        let proofs = self.table(table).into_iter().flat_map(|it| it.proofs.values());
        proofs.filter(|it| it.is_valid).any(|it| it.column == column)
    }

    /// Whether the type is a domain that demands something of its values.
    pub(super) fn is_constrained_domain(&self, data_type: &DataType) -> bool {
        let (schema, name) = match data_type.name.rsplit_once('.') {
            Some((schema, name)) => (Some(schema.to_owned()), name),
            None => (None, data_type.name.as_str()),
        };
        self.domains.contains(&(schema, name.to_owned()))
    }

    /// Takes over what a step does.
    pub(super) fn apply(&mut self, source: &str, does: Does<'_>) {
        match does {
            Does::Action(alter, action) => self.alter(source, alter, &action.kind),
            Does::Operation(operation) => self.operate(source, operation),
        }
    }

    fn operate(&mut self, source: &str, operation: &Operation) {
        match operation {
            Operation::CreateTable(create) => self.create(source, create),
            Operation::CreateView(view) if view.materialized.is_some() => {
                let made = Table { made_at: Some(self.at), ..Table::default() };
                self.tables.entry(key(&view.name)).or_insert(made);
            }
            Operation::CreateType(made) if made.kind == ObjectKind::Domain => {
                let demands =
                    |kind: &ColumnRuleKind| matches!(kind, ColumnRuleKind::NotNull | ColumnRuleKind::Check(_));
                if made.rules.iter().any(|it| demands(&it.kind)) {
                    self.domains.insert(key(&made.name));
                }
            }
            Operation::Drop(drop) if matches!(drop.kind, ObjectKind::Table | ObjectKind::MaterializedView) => {
                for name in &drop.names {
                    self.tables.remove(&key(name));
                }
            }
            Operation::Rename(rename) if rename.kind == ObjectKind::Table => self.rename(&rename.from, &rename.to),
            _ => {}
        }
    }

    fn create(&mut self, source: &str, create: &CreateTable) {
        if create.if_not_exists.is_some() && self.tables.contains_key(&key(&create.name)) {
            return;
        }
        let mut table = Table { made_at: Some(self.at), ..Table::default() };
        for column in &create.columns {
            table.add(source, column, self.at);
        }
        for constraint in &create.constraints {
            table.constrain(source, constraint);
        }
        self.tables.insert(key(&create.name), table);
    }

    fn rename(&mut self, from: &ObjectName, to: &ObjectName) {
        if let Some(table) = self.tables.remove(&key(from)) {
            // `RENAME TO b` leaves the table in its schema.
            let schema = to.schema.as_ref().or(from.schema.as_ref()).map(|it| it.text.clone());
            self.tables.insert((schema, to.name.text.clone()), table);
        }
    }

    fn alter(&mut self, source: &str, alter: &AlterTable, kind: &ActionKind) {
        if let ActionKind::RenameTable { to } = kind {
            return self.rename(&alter.table, to);
        }
        let at = self.at;
        let table = self.tables.entry(key(&alter.table)).or_default();
        match kind {
            ActionKind::AddColumn { column, .. } => table.add(source, column, at),
            ActionKind::DropColumn { name, .. } => {
                table.columns.remove(&name.text);
                table.proofs.retain(|_, it| it.column != name.text);
            }
            ActionKind::RenameColumn { from, to } => {
                if let Some(column) = table.columns.remove(&from.text) {
                    table.columns.insert(to.text.clone(), column);
                }
                for proof in table.proofs.values_mut().filter(|it| it.column == from.text) {
                    proof.column.clone_from(&to.text);
                }
            }
            ActionKind::RedefineColumn { from, column } => {
                let made_at = table.columns.remove(&from.text).map_or(at, |it| it.made_at);
                table.add(source, column, made_at);
            }
            ActionKind::AlterColumn { name, change: ColumnChange::Type(change) } => {
                if let Some(column) = table.columns.get_mut(&name.text) {
                    column.data_type = Some(change.data_type.clone());
                }
            }
            ActionKind::AlterColumn { name, change: ColumnChange::SetNotNull } => table.require(&name.text, true),
            ActionKind::AlterColumn { name, change: ColumnChange::DropNotNull } => table.require(&name.text, false),
            ActionKind::AddConstraint(constraint) => table.constrain(source, constraint),
            ActionKind::ValidateConstraint(name) => {
                if let Some(proof) = table.proofs.get_mut(&name.text) {
                    proof.is_valid = true;
                }
            }
            ActionKind::DropConstraint { name: Some(name), .. } => {
                table.proofs.remove(&name.text);
            }
            _ => {}
        }
    }
}

impl Table {
    fn add(&mut self, source: &str, column: &Column, made_at: usize) {
        let is_required = column.not_null().is_some();
        let state = ColumnState { data_type: column.data_type.clone(), is_required, made_at };
        self.columns.insert(column.name.text.clone(), state);
        for rule in &column.rules {
            if let ColumnRuleKind::Check(check) = &rule.kind {
                let name = rule.name.as_ref().map_or("", |it| it.text.as_str());
                self.prove(source, check, name, true);
            }
        }
    }

    fn require(&mut self, column: &str, is_required: bool) {
        if let Some(column) = self.columns.get_mut(column) {
            column.is_required = is_required;
        }
    }

    fn constrain(&mut self, source: &str, constraint: &Constraint) {
        let name = constraint.name.as_ref().map_or("", |it| it.text.as_str());
        let is_valid = constraint.not_valid.is_none() && constraint.not_enforced.is_none();
        match &constraint.kind {
            ConstraintKind::Check(check) => self.prove(source, check, name, is_valid),
            ConstraintKind::NotNull(column) => {
                self.proofs.insert(name.to_owned(), Proof { column: column.text.clone(), is_valid });
            }
            _ => {}
        }
    }

    fn prove(&mut self, source: &str, check: &Expression, name: &str, is_valid: bool) {
        let text = source.get(check.span.start..check.span.end).unwrap_or_default();
        let words: Vec<&str> = text.split([' ', '\t', '\r', '\n', '(', ')']).filter(|it| !it.is_empty()).collect();
        if let [column, is, not, null] = words.as_slice()
            && format!("{is} {not} {null}").eq_ignore_ascii_case("is not null")
        {
            let column = match column.strip_prefix('"').and_then(|it| it.strip_suffix('"')) {
                Some(quoted) => quoted.to_owned(),
                None => column.to_ascii_lowercase(),
            };
            self.proofs.insert(name.to_owned(), Proof { column, is_valid });
        }
    }
}
