//! Hazards of statements other than `ALTER TABLE`.

use super::catalogue::Entry;
use super::{Bench, catalogue, shown};
use crate::checks::migrations::schema::{Schema, key};
use crate::checks::migrations::stream::{State, Step};
use crate::formats::sql::operation::{
    AlterObject, CreateIndex, DataChange, DataVerb, Drop, IndexKind, Maintenance, MaintenanceKind, ObjectChange,
    ObjectKind,
};
use crate::formats::sql::{Dialect, ObjectName, Operation};
use crate::model::Span;

impl Bench<'_> {
    pub(super) fn operation(&mut self, schema: &Schema, at: usize, step: &Step<'_>, operation: &Operation) {
        match operation {
            Operation::CreateIndex(index) => self.create_index(schema, step, index),
            Operation::Drop(drop) => self.drop(schema, at, step, drop),
            Operation::Data(change) => self.data(schema, step.span, change),
            Operation::Maintenance(work) => self.maintenance(schema, step, work),
            Operation::Alter(alter) => self.alter(step, alter),
            Operation::Rename(rename) => {
                let is_read =
                    matches!(rename.kind, ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView);
                let is_replaced = self.is_made_after(at, ObjectKind::Table, &rename.from)
                    || self.is_made_after(at, ObjectKind::View, &rename.from);
                if is_read && !is_replaced && !self.is_new(schema, &rename.from) {
                    let message = format!("`{}` is renamed to `{}`", shown(&rename.from), rename.to.name.text);
                    self.hit(&catalogue::RENAME_TABLE, rename.from.span, message);
                }
            }
            Operation::Lock(lock) => {
                let others = lock.tables.iter().find(|it| !self.is_new(schema, it));
                if let Some(table) = others {
                    self.strong_lock(step.span);
                    self.hit(&catalogue::LOCK_TABLE, step.span, format!("`{}` is locked by hand", shown(table)));
                }
            }
            Operation::Set(set) if matches!(set.name.as_str(), "lock_timeout" | "lock_wait_timeout") => {
                self.lock_told = set.value.is_some();
            }
            Operation::Execute(execute) => {
                if let Some(span) = execute.dynamic {
                    self.hit(&catalogue::DYNAMIC, span, "this statement is put together when it runs");
                }
            }
            Operation::Unknown => self.hit(&catalogue::UNPARSED, step.span, "this statement was not understood"),
            Operation::AlterTable(_)
            | Operation::CreateTable(_)
            | Operation::CreateView(_)
            | Operation::CreateType(_)
            | Operation::CreateRoutine(_)
            | Operation::CreateTrigger(_)
            | Operation::Create(_)
            | Operation::Comment(_)
            | Operation::Privileges(_)
            | Operation::Copy(_)
            | Operation::Query
            | Operation::Transaction(_)
            | Operation::Set(_)
            | Operation::Control
            | Operation::Client => {}
        }
    }

    pub(super) fn concurrently(&mut self, step: &Step<'_>, span: Span) {
        if matches!(step.transaction, State::Inside(_)) {
            self.hit(&catalogue::CONCURRENTLY, span, "`CONCURRENTLY` cannot run in the transaction that it stands in");
        }
    }

    fn create_index(&mut self, schema: &Schema, step: &Step<'_>, index: &CreateIndex) {
        if let Some(span) = index.concurrently {
            return self.concurrently(step, span);
        }
        let is_columnstore = index.kind == IndexKind::Special;
        if index.online.is_some() || index.only.is_some() || is_columnstore || self.is_new(schema, &index.table) {
            return;
        }
        self.strong_lock(step.span);
        let table = shown(&index.table);
        self.hit(&catalogue::CREATE_INDEX, step.span, format!("writes to `{table}` wait until the index is built"));
    }

    fn drop(&mut self, schema: &Schema, at: usize, step: &Step<'_>, drop: &Drop) {
        if let Some(span) = drop.concurrently {
            return self.concurrently(step, span);
        }
        for name in &drop.names {
            if let Some((entry, what)) = self.dropped(schema, at, drop, name) {
                if !matches!(entry.id, "drop-database" | "drop-schema") {
                    self.strong_lock(step.span);
                }
                let cascade = if drop.cascade.is_some() { ", and with `CASCADE` all that rests on it" } else { "" };
                self.hit(entry, name.span, format!("{what} `{}` is dropped{cascade}", shown(name)));
            }
        }
    }

    /// What is dangerous about dropping this one, and what it is called.
    fn dropped(
        &self,
        schema: &Schema,
        at: usize,
        drop: &Drop,
        name: &ObjectName,
    ) -> Option<(&'static Entry, &'static str)> {
        let is_made_again = || self.is_made_after(at, drop.kind, name);
        let had_other_name = || self.was_renamed_to(at, name);
        let is_own = || drop.table.as_ref().is_some_and(|table| self.is_new(schema, table));
        Some(match drop.kind {
            ObjectKind::Table | ObjectKind::ForeignTable => {
                // A table that takes over the name carries on where this one ends.
                let is_taken_over = self.plan.renamed_to.get(&key(name)).is_some_and(|renamed| at < *renamed);
                let is_tidying = drop.if_exists.is_some() && schema.table(name).is_none() && is_made_again();
                if self.is_new(schema, name) || had_other_name() || is_taken_over || is_tidying {
                    return None;
                }
                (&catalogue::DROP_TABLE, "the table")
            }
            ObjectKind::View | ObjectKind::MaterializedView => {
                if is_made_again() || had_other_name() || self.is_new(schema, name) {
                    return None;
                }
                (&catalogue::DROP_VIEW, "the view")
            }
            ObjectKind::Type | ObjectKind::Domain => {
                if had_other_name() || is_made_again() {
                    return None;
                }
                (&catalogue::DROP_TYPE, "the type")
            }
            ObjectKind::Trigger if !is_made_again() && !is_own() => (&catalogue::DROP_TRIGGER, "the trigger"),
            ObjectKind::Policy if !is_made_again() && !is_own() => (&catalogue::ROW_SECURITY, "the policy"),
            ObjectKind::Index => (&catalogue::DROP_INDEX, "the index"),
            ObjectKind::Extension => (&catalogue::DROP_EXTENSION, "the extension"),
            ObjectKind::Schema => (&catalogue::DROP_SCHEMA, "the schema"),
            ObjectKind::Database => (&catalogue::DROP_DATABASE, "the database"),
            _ => return None,
        })
    }

    fn data(&mut self, schema: &Schema, span: Span, change: &DataChange) {
        if !change.tables.is_empty() && change.tables.iter().all(|table| self.is_new(schema, table)) {
            return;
        }
        let table = change.tables.first().map_or_else(|| "a table".to_owned(), |it| format!("`{}`", shown(it)));
        let is_bounded = change.filter.is_some() || change.limit.is_some();
        match change.verb {
            DataVerb::Truncate => {
                let cascade =
                    if change.cascade.is_some() { ", and with `CASCADE` every table that points at it" } else { "" };
                self.hit(&catalogue::TRUNCATE, span, format!("{table} is emptied{cascade}"));
            }
            DataVerb::Update if !is_bounded => {
                self.hit(&catalogue::UPDATE_ALL, span, format!("every row of {table} is updated at once"));
            }
            DataVerb::Delete if !is_bounded => {
                self.hit(&catalogue::DELETE_ALL, span, format!("every row of {table} is deleted"));
            }
            DataVerb::Insert | DataVerb::Replace | DataVerb::Update | DataVerb::Delete | DataVerb::Merge => {}
        }
    }

    fn maintenance(&mut self, schema: &Schema, step: &Step<'_>, work: &Maintenance) {
        if let Some(span) = work.concurrently {
            // A view can be refreshed so in a transaction.
            if work.kind != MaintenanceKind::Refresh {
                self.concurrently(step, span);
            }
            return;
        }
        let is_own = !work.names.is_empty() && work.names.iter().all(|name| self.is_new(schema, name));
        if is_own {
            return;
        }
        let name = work.names.first().map_or_else(|| "everything".to_owned(), |it| format!("`{}`", shown(it)));
        match work.kind {
            MaintenanceKind::VacuumFull | MaintenanceKind::Cluster | MaintenanceKind::Repack => {
                self.hit(&catalogue::REWRITE, step.span, format!("{name} is written anew"));
            }
            MaintenanceKind::Reindex => {
                self.hit(&catalogue::REINDEX, step.span, format!("{name} is rebuilt under a lock"));
            }
            MaintenanceKind::Refresh => {
                self.hit(&catalogue::REFRESH, step.span, format!("nobody can read {name} while it is refreshed"));
            }
            MaintenanceKind::Vacuum
            | MaintenanceKind::Analyze
            | MaintenanceKind::Optimize
            | MaintenanceKind::Administer => {}
        }
    }

    fn alter(&mut self, step: &Step<'_>, alter: &AlterObject) {
        match &alter.change {
            ObjectChange::AddValue { value, .. } => {
                let State::Inside(transaction) = step.transaction else { return };
                if self.server.is_some_and(|it| it < 12) {
                    let message = format!(
                        "`{}` is added in a transaction, which PostgreSQL 12 is the first to allow",
                        value.text
                    );
                    self.hit(&catalogue::ENUM_VALUE, step.span, message);
                } else if self.dialect == Some(Dialect::Postgres) {
                    self.values.insert(value.text.clone(), transaction);
                }
            }
            ObjectChange::RenameValue { from, to } => {
                let message = format!("`{}` is renamed to `{}`", from.text, to.text);
                self.hit(&catalogue::RENAME_ENUM_VALUE, step.span, message);
            }
            ObjectChange::AddConstraint(constraint) if constraint.not_valid.is_none() => {
                let name = alter.name.as_ref().map(shown).unwrap_or_default();
                self.hit(
                    &catalogue::ADD_DOMAIN_CHECK,
                    step.span,
                    format!("every column of the domain `{name}` is checked at once"),
                );
            }
            _ => {}
        }
    }
}
