//! Hazards of what `ALTER TABLE` does.

use super::catalogue::Entry;
use super::{Bench, catalogue, shown};
use crate::checks::migrations::schema::{Schema, key};
use crate::checks::migrations::stream::{State, Step};
use crate::formats::sql::ObjectName;
use crate::formats::sql::operation::{
    Action, ActionKind, AlterTable, Constraint, ConstraintKind, ObjectKind, PartitionChange, Toggle,
};
use crate::model::Span;

impl Bench<'_> {
    pub(super) fn action(
        &mut self,
        schema: &Schema,
        at: usize,
        step: &Step<'_>,
        (alter, action): (&AlterTable, &Action),
    ) {
        let table = &alter.table;
        if matches!(action.kind, ActionKind::Other) {
            self.hit(
                &catalogue::UNPARSED,
                action.span,
                format!("this change of `{}` was not understood", shown(table)),
            );
        }
        if let ActionKind::Partition(PartitionChange::Detach { concurrently: Some(span), .. }) = &action.kind {
            self.concurrently(step, *span);
        }
        let is_table = matches!(alter.kind, ObjectKind::Table | ObjectKind::View | ObjectKind::MaterializedView);
        if !is_table || self.is_new(schema, table) {
            return;
        }
        if !matches!(action.kind, ActionKind::ValidateConstraint(_) | ActionKind::Neutral) {
            self.strong_lock(action.span);
        }
        match &action.kind {
            ActionKind::AddColumn { column, .. } => self.add_column(schema, table, column),
            ActionKind::AlterColumn { name, change } => self.alter_column(schema, (table, name), change, action.span),
            ActionKind::RedefineColumn { from, column } => self.redefine(schema, (table, from), column, action.span),
            ActionKind::AddConstraint(constraint) => self.add_constraint(step, table, constraint),
            ActionKind::ValidateConstraint(name) => {
                let State::Inside(transaction) = step.transaction else { return };
                if self.unproved.get(&(key(table), name.text.clone())) == Some(&transaction) {
                    let message = format!("`{}` is validated in the transaction that adds it", name.text);
                    self.hit(&catalogue::VALIDATE_AT_ONCE, action.span, message);
                }
            }
            ActionKind::RenameColumn { from, to } => {
                if !self.is_new_column(schema, table, &from.text) {
                    let message = format!("`{}.{}` is renamed to `{}`", shown(table), from.text, to.text);
                    self.hit(&catalogue::RENAME_COLUMN, action.span, message);
                }
            }
            ActionKind::DropColumn { name, .. } => self.drop_column(schema, table, &name.text, action.span),
            _ => self.whole_table(at, table, action),
        }
    }

    /// Actions that are about the table as a whole.
    fn whole_table(&mut self, at: usize, table: &ObjectName, action: &Action) {
        let name = shown(table);
        let (entry, message): (&'static Entry, String) = match &action.kind {
            // Whoever renames a table away and makes another one of its name, or a view, leaves the name in use.
            ActionKind::RenameTable { .. } if self.is_replaced(at, table) => return,
            ActionKind::RenameTable { to } => {
                (&catalogue::RENAME_TABLE, format!("`{name}` is renamed to `{}`", to.name.text))
            }
            ActionKind::SetSchema(to) => (&catalogue::RENAME_TABLE, format!("`{name}` is moved to `{}`", to.text)),
            ActionKind::SetLogged(_) | ActionKind::SetAccessMethod | ActionKind::SetTablespace => {
                (&catalogue::REWRITE, format!("`{name}` is written anew"))
            }
            ActionKind::ConvertCharset => (&catalogue::CONVERT_CHARSET, format!("`{name}` is copied as a whole")),
            ActionKind::Trigger(Toggle::Off) => {
                if self.plan.enabled.get(&key(table)).is_some_and(|on| at < *on) {
                    return;
                }
                (&catalogue::DROP_TRIGGER, format!("a trigger of `{name}` is disabled and stays so"))
            }
            ActionKind::RowSecurity(toggle) => {
                let what = match toggle {
                    Toggle::On => "enabled",
                    Toggle::Off => "disabled",
                };
                (&catalogue::ROW_SECURITY, format!("row level security of `{name}` is {what}"))
            }
            ActionKind::Partition(PartitionChange::Detach { partition, concurrently: None, finalize: None }) => (
                &catalogue::DETACH,
                format!("`{}` is detached from `{name}` under the strongest lock", shown(partition)),
            ),
            ActionKind::Partition(PartitionChange::Drop | PartitionChange::Truncate) => {
                (&catalogue::TRUNCATE, format!("a partition of `{name}` goes with its rows"))
            }
            _ => return,
        };
        self.hit(entry, action.span, message);
    }

    fn is_replaced(&self, at: usize, table: &ObjectName) -> bool {
        let kinds = [ObjectKind::Table, ObjectKind::View];
        kinds.iter().any(|kind| self.is_made_after(at, *kind, table))
            || self.plan.renamed_to.get(&key(table)).is_some_and(|renamed| at < *renamed)
    }

    fn is_new_column(&self, schema: &Schema, table: &ObjectName, column: &str) -> bool {
        schema.column(table, column).is_some_and(|it| self.window.contains(&it.made_at))
    }

    fn drop_column(&mut self, schema: &Schema, table: &ObjectName, column: &str, span: Span) {
        if self.is_new_column(schema, table, column) {
            return;
        }
        let name = shown(table);
        self.hit(&catalogue::DROP_COLUMN, span, format!("`{name}.{column}` is dropped"));
        if self.plan.grown.contains(&key(table)) && self.shrunk.insert(key(table)) {
            let message = format!("`{name}` gets a column and loses one in the same migration");
            self.hit(&catalogue::MIXED_PHASES, span, message);
        }
    }

    fn add_constraint(&mut self, step: &Step<'_>, table: &ObjectName, constraint: &Constraint) {
        let at = shown(table);
        if constraint.not_valid.is_some() {
            if let (State::Inside(transaction), Some(name)) = (step.transaction, &constraint.name) {
                self.unproved.insert((key(table), name.text.clone()), transaction);
            }
            return;
        }
        if constraint.not_enforced.is_some() {
            return;
        }
        let (entry, message): (&'static Entry, String) = match &constraint.kind {
            ConstraintKind::PrimaryKey { using_index: None, .. } | ConstraintKind::Unique { using_index: None, .. } => {
                (&catalogue::ADD_UNIQUE, format!("nobody can use `{at}` while the index of the key is built"))
            }
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Default { .. } => {
                return;
            }
            ConstraintKind::ForeignKey { reference, .. } => {
                let message = format!("every row of `{at}` is looked up in `{}` at once", shown(&reference.table));
                (&catalogue::ADD_FOREIGN_KEY, message)
            }
            ConstraintKind::Check(_) => (&catalogue::ADD_CHECK, format!("every row of `{at}` is checked at once")),
            ConstraintKind::Exclude => {
                (&catalogue::ADD_EXCLUSION, format!("nobody can use `{at}` while the index of the constraint is built"))
            }
            ConstraintKind::NotNull(column) => {
                (&catalogue::SET_NOT_NULL, format!("`{at}.{}` is made required", column.text))
            }
            ConstraintKind::Other => (&catalogue::UNPARSED, "this constraint was not understood".to_owned()),
        };
        self.hit(entry, constraint.span, message);
    }
}
