//! Hazards of columns.

use super::{Bench, catalogue, shown, types};
use crate::checks::migrations::schema::Schema;
use crate::formats::sql::operation::{Column, ColumnChange, ColumnRuleKind, Generated, TypeChange};
use crate::formats::sql::{DataType, Dialect, Name, ObjectName, Shape};
use crate::model::Span;

/// Types that count up by themselves.
const SERIAL: [&str; 3] = ["serial", "bigserial", "smallserial"];

impl Bench<'_> {
    /// A column is added to a table that others use.
    pub(super) fn add_column(&mut self, schema: &Schema, table: &ObjectName, column: &Column) {
        let at = format!("{}.{}", shown(table), column.name.text);
        let is_serial = column.data_type.as_ref().is_some_and(|it| SERIAL.contains(&it.canonical(Dialect::Postgres)));
        let has_value = column.default().is_some_and(|it| it.shape != Shape::Null);
        if let Some(span) = column.not_null()
            && !has_value
            && !is_serial
            && column.generated().is_none()
        {
            let message = format!("`{at}` is required from the start and has no default");
            self.hit(&catalogue::ADD_REQUIRED_COLUMN, span, message);
        }
        if let Some(why) = self.rewrites(schema, column, is_serial) {
            self.hit(
                &catalogue::ADD_COLUMN_REWRITE,
                column.span,
                format!("adding `{at}` writes the whole table anew: {why}"),
            );
        }
        for rule in &column.rules {
            let what = match &rule.kind {
                ColumnRuleKind::Check(_) => "every row is checked",
                ColumnRuleKind::Unique | ColumnRuleKind::PrimaryKey => "an index is built",
                ColumnRuleKind::References(_) if has_value => "every row is looked up",
                _ => continue,
            };
            self.hit(&catalogue::ADD_COLUMN_SCAN, rule.span, format!("{what} while `{at}` is added"));
        }
    }

    /// Why PostgreSQL writes the table anew for a new column; nothing where it does not.
    fn rewrites(&self, schema: &Schema, column: &Column, is_serial: bool) -> Option<String> {
        if is_serial {
            return Some("each row gets a number".to_owned());
        }
        for rule in &column.rules {
            match &rule.kind {
                ColumnRuleKind::Identity => return Some("each row gets a number".to_owned()),
                ColumnRuleKind::Generated(it) if self.is_stored(it) => {
                    return Some("its value is computed for each row".to_owned());
                }
                ColumnRuleKind::Default(value) => {
                    if let Some(call) = types::unsettled(&value.calls) {
                        return Some(format!("its default calls `{call}`, which may differ from row to row"));
                    }
                    if self.server.is_some_and(|it| it < 11) && value.shape != Shape::Null {
                        return Some("before PostgreSQL 11 every default does".to_owned());
                    }
                }
                _ => {}
            }
        }
        let data_type = column.data_type.as_ref().filter(|it| schema.is_constrained_domain(it))?;
        Some(format!("the domain `{}` is checked for each row", data_type.name))
    }

    /// Without a word PostgreSQL stores such a column before version 18 and computes it from then on.
    fn is_stored(&self, generated: &Generated) -> bool {
        let is_old = self.server.is_none_or(|it| it < 18);
        generated.stored.is_some() || generated.computed.is_none() && is_old
    }

    /// `ALTER COLUMN` of a table that others use.
    pub(super) fn alter_column(
        &mut self,
        schema: &Schema,
        (table, column): (&ObjectName, &Name),
        change: &ColumnChange,
        span: Span,
    ) {
        let at = format!("{}.{}", shown(table), column.text);
        match change {
            ColumnChange::Type(change) => self.change_type(schema, (table, column), change, span),
            ColumnChange::SetNotNull => {
                // Before PostgreSQL 12 the table is scanned all the same.
                let is_proved = schema.is_proved(table, &column.text) && self.server.is_none_or(|it| 12 <= it);
                if !is_proved && !schema.column(table, &column.text).is_some_and(|it| it.is_required) {
                    self.hit(
                        &catalogue::SET_NOT_NULL,
                        span,
                        format!("`{at}` is made required, and no valid check shows it is"),
                    );
                }
            }
            ColumnChange::DropDefault => {
                self.hit(&catalogue::DROP_DEFAULT, span, format!("`{at}` loses its default"));
            }
            ColumnChange::Other => self.hit(&catalogue::UNPARSED, span, "this change of a column was not understood"),
            ColumnChange::DropNotNull
            | ColumnChange::SetDefault(_)
            | ColumnChange::Identity
            | ColumnChange::DropIdentity
            | ColumnChange::SetExpression(_)
            | ColumnChange::DropExpression
            | ColumnChange::Option => {}
        }
    }

    fn change_type(&mut self, schema: &Schema, place: (&ObjectName, &Name), change: &TypeChange, span: Span) {
        let old = schema.column(place.0, &place.1.text).and_then(|it| it.data_type.as_ref());
        let converts = change.using.as_ref().is_some_and(|using| {
            let text = self.source.get(using.span.start..using.span.end).unwrap_or_default();
            let name = text.split("::").next().unwrap_or_default().trim_matches(['(', ')', '"', ' ', '\n', '\t']);
            !name.eq_ignore_ascii_case(&place.1.text)
        });
        let is_free = old.is_some_and(|old| types::is_free(old, &change.data_type, self.dialect));
        if !is_free || converts {
            self.type_hit(place, old, &change.data_type, span);
        }
    }

    fn type_hit(&mut self, (table, column): (&ObjectName, &Name), old: Option<&DataType>, new: &DataType, span: Span) {
        let spelt = |it: &DataType| {
            let arguments =
                if it.arguments.is_empty() { String::new() } else { format!("({})", it.arguments.join(", ")) };
            format!("{}{arguments}{}", it.name, if it.is_array { "[]" } else { "" })
        };
        let from = old.map_or_else(|| "a type that no migration tells".to_owned(), |it| format!("`{}`", spelt(it)));
        let message = format!("`{}.{}` goes from {from} to `{}`", shown(table), column.text, spelt(new));
        self.hit(&catalogue::CHANGE_TYPE, span, message);
    }

    /// `MODIFY`, `CHANGE`, and `ALTER COLUMN c type` of Transact-SQL, of a table that others use.
    pub(super) fn redefine(
        &mut self,
        schema: &Schema,
        (table, from): (&ObjectName, &Name),
        column: &Column,
        span: Span,
    ) {
        let at = format!("{}.{}", shown(table), from.text);
        if from.text != column.name.text {
            let message = format!("`{at}` is renamed to `{}`", column.name.text);
            self.hit(&catalogue::RENAME_COLUMN, span, message);
        }
        let old = schema.column(table, &from.text);
        let old_type = old.and_then(|it| it.data_type.as_ref());
        if let Some(new) = &column.data_type
            && !old_type.is_some_and(|old| types::is_free(old, new, self.dialect))
        {
            self.type_hit((table, from), old_type, new, span);
        }
        if column.not_null().is_some() && old.is_some_and(|it| !it.is_required) {
            self.hit(&catalogue::SET_NOT_NULL, span, format!("`{at}` is made required"));
        }
    }
}
