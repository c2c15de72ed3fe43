//! What the readers of migrations make of texts.

mod django;
mod hostile;
mod rails;

use super::{DjangoState, Migration, Step, read_django, read_rails};
use crate::formats::sql::operation::{Action, ActionKind, ColumnRuleKind, CreateIndex, CreateTable};
use crate::formats::sql::{Dialect, Operation};
use crate::model::Span;

fn at(text: &str, span: Span) -> &str {
    text.get(span.start..span.end).unwrap()
}

/// A migration of Rails whose `change` holds these lines.
#[track_caller]
fn change(lines: &str) -> (String, Migration) {
    let text = format!("class Change < ActiveRecord::Migration[7.1]\n  def change\n{lines}\n  end\nend\n");
    let read = read_rails(&text, Dialect::Postgres).unwrap();
    (text, read)
}

/// The operations of the only step of a `change`.
#[track_caller]
fn rails(lines: &str) -> Vec<Operation> {
    let (_, read) = change(lines);
    operations(&read.up)
}

/// The operations of all steps, each of which is understood as a whole.
#[track_caller]
fn operations(steps: &[Step]) -> Vec<Operation> {
    for step in steps {
        assert!(step.statement.unparsed.is_empty(), "{step:#?}");
        assert!(!step.statement.operations.is_empty(), "{step:#?}");
    }
    steps.iter().flat_map(|it| it.statement.operations.clone()).collect()
}

/// A migration of the app `shop` with these operations, read with what was there before.
#[track_caller]
fn django_with(state: &mut DjangoState, lines: &str) -> (String, Migration) {
    let text = format!(
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
         dependencies = [(\"shop\", \"0001_initial\")]\n\n    operations = [\n{lines}\n    ]\n"
    );
    let read = read_django(&text, Dialect::Postgres, state).unwrap();
    (text, read)
}

#[track_caller]
fn django(lines: &str) -> Vec<Operation> {
    let (_, read) = django_with(&mut DjangoState::new("shop"), lines);
    operations(&read.up)
}

/// The actions of operations that all alter one table.
#[track_caller]
fn actions(operations: &[Operation], table: &str) -> Vec<ActionKind> {
    let mut kinds = Vec::new();
    for operation in operations {
        let Operation::AlterTable(alter) = operation else { panic!("no `ALTER TABLE`: {operation:#?}") };
        assert_eq!(alter.table.name.text, table);
        kinds.extend(alter.actions.iter().map(|it: &Action| it.kind.clone()));
    }
    kinds
}

#[track_caller]
fn table(operation: &Operation) -> &CreateTable {
    let Operation::CreateTable(table) = operation else { panic!("no `CREATE TABLE`: {operation:#?}") };
    table
}

#[track_caller]
fn index(operation: &Operation) -> &CreateIndex {
    let Operation::CreateIndex(index) = operation else { panic!("no `CREATE INDEX`: {operation:#?}") };
    index
}

/// The columns of a table as `name type(arguments) rule…`, in short.
fn columns(table: &CreateTable) -> Vec<String> {
    let columns = table.columns.iter().map(|column| {
        let mut text = column.name.text.clone();
        if let Some(data_type) = &column.data_type {
            text.push_str(&format!(" {}", data_type.name));
            if !data_type.arguments.is_empty() {
                text.push_str(&format!("({})", data_type.arguments.join(",")));
            }
            if data_type.is_array {
                text.push_str("[]");
            }
        }
        for rule in &column.rules {
            text.push_str(match rule.kind {
                ColumnRuleKind::NotNull => " not-null",
                ColumnRuleKind::Default(_) => " default",
                ColumnRuleKind::PrimaryKey => " key",
                ColumnRuleKind::Unique => " unique",
                ColumnRuleKind::References(_) => " references",
                ColumnRuleKind::AutoIncrement => " counted",
                _ => "",
            });
        }
        text
    });
    columns.collect()
}
