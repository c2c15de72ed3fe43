//! Migrations of Rails.

use super::*;
use crate::formats::ddl::Reversal;
use crate::formats::sql::Shape;
use crate::formats::sql::operation::{
    ColumnChange, ConstraintKind, DataVerb, DroppedConstraint, ObjectChange, ObjectKind,
};

#[test]
fn a_table_has_its_columns_indexes_and_keys() {
    let read = rails(
        "create_table :orders, id: :uuid do |t|
           t.string :code, :note, limit: 20, null: false
           t.decimal :total, precision: 10, scale: 2, default: 0
           t.references :customer, null: false, foreign_key: true
           t.references :source, polymorphic: true, index: false
           t.text :tags, array: true
           t.column :state, 'varchar(12)'
           t.jsonb :meta, default: -> { \"'{}'::jsonb\" }
           t.integer :big, limit: 8, index: { unique: true }
           t.timestamps
           t.index [:code, :note], unique: true, name: 'codes'
           t.check_constraint 'total >= 0', name: 'positive'
         end",
    );
    let made = table(&read[0]);
    assert_eq!(made.name.name.text, "orders");
    assert_eq!(
        columns(made),
        [
            "id uuid key",
            "code character varying(20) not-null",
            "note character varying(20) not-null",
            "total numeric(10,2) default",
            "customer_id bigint not-null",
            "source_id bigint",
            "source_type character varying",
            "tags text[]",
            "state varchar(12)",
            "meta jsonb default",
            "big bigint",
            "created_at timestamp without time zone not-null",
            "updated_at timestamp without time zone not-null",
        ]
    );
    let ConstraintKind::ForeignKey { columns, reference } = &made.constraints[0].kind else { panic!("{made:#?}") };
    assert_eq!((columns[0].text.as_str(), reference.table.name.text.as_str()), ("customer_id", "customers"));
    assert!(matches!(&made.constraints[1].kind, ConstraintKind::Check(it) if it.shape == Shape::Other));
    let names: Vec<_> = read[1..].iter().map(|it| index(it).name.as_ref().unwrap().name.text.as_str()).collect();
    assert_eq!(names, ["index_orders_on_customer_id", "index_orders_on_big", "codes"]);
    assert!(index(&read[2]).unique.is_some() && index(&read[1]).unique.is_none());
}

#[test]
fn a_table_without_a_key_has_none() {
    assert!(table(&rails("create_table :a, id: false")[0]).columns.is_empty());
    let read = rails("create_table :a, primary_key: [:x, :y] do |t|\n t.integer :x\nend");
    assert!(
        matches!(&table(&read[0]).constraints[0].kind, ConstraintKind::PrimaryKey { columns, .. } if columns.len() == 2)
    );
    let read = rails("create_table :a, force: :cascade");
    assert!(matches!(&read[0], Operation::Drop(it) if it.cascade.is_some() && it.if_exists.is_some()));
}

#[test]
fn columns_are_added_removed_and_renamed() {
    let read = actions(&rails("add_column :users, :age, :integer, null: false, default: 0"), "users");
    let [ActionKind::AddColumn { column, .. }] = read.as_slice() else { panic!("{read:#?}") };
    assert_eq!((column.name.text.as_str(), column.not_null().is_some()), ("age", true));
    assert_eq!(column.default().unwrap().shape, Shape::Constant);
    let read = actions(&rails("add_column(:users, :at, :datetime, default: -> { 'now()' })"), "users");
    let [ActionKind::AddColumn { column, .. }] = read.as_slice() else { panic!("{read:#?}") };
    assert_eq!(column.default().unwrap().calls, ["now"]);
    let dropped = |lines: &str| -> Vec<String> {
        let read = actions(&rails(lines), "users").into_iter().map(|it| match it {
            ActionKind::DropColumn { name, .. } => name.text,
            other => panic!("{other:#?}"),
        });
        read.collect()
    };
    assert_eq!(dropped("remove_column :users, :age, :integer"), ["age"]);
    assert_eq!(dropped("remove_columns :users, :a, :b, type: :text"), ["a", "b"]);
    assert_eq!(dropped("remove_reference :users, :team, polymorphic: true"), ["team_id", "team_type"]);
    assert_eq!(dropped("remove_timestamps :users"), ["created_at", "updated_at"]);
    let read = actions(&rails("rename_column 'users', 'a', 'b'\nrename_table :users, :people"), "users");
    assert!(matches!(&read[0], ActionKind::RenameColumn { from, to } if from.text == "a" && to.text == "b"));
    assert!(matches!(&read[1], ActionKind::RenameTable { to } if to.name.text == "people"));
}

#[test]
fn columns_change() {
    let read = actions(
        &rails(
            "change_column :t, :a, :bigint, null: false
             change_column_null :t, :b, true
             change_column_default :t, :c, from: 1, to: nil
             change_column_default :t, :c, 'x'",
        ),
        "t",
    );
    let changes: Vec<_> = read
        .iter()
        .map(|it| match it {
            ActionKind::AlterColumn { change, .. } => change,
            other => panic!("{other:#?}"),
        })
        .collect();
    assert!(matches!(changes[0], ColumnChange::Type(it) if it.data_type.name == "bigint"));
    assert_eq!(*changes[1], ColumnChange::SetNotNull);
    assert_eq!(*changes[2], ColumnChange::DropNotNull);
    assert_eq!(*changes[3], ColumnChange::DropDefault);
    assert!(matches!(changes[4], ColumnChange::SetDefault(it) if it.shape == Shape::Constant));
    let read = rails("change_column_null :t, :b, false, 0");
    assert!(matches!(&read[0], Operation::Data(it) if it.verb == DataVerb::Update && it.columns[0].text == "b"));
}

#[test]
fn indexes_say_how_they_are_made() {
    let read = rails("add_index :t, [:a, :b], unique: true, algorithm: :concurrently, where: 'a IS NOT NULL'");
    let made = index(&read[0]);
    assert!(made.unique.is_some() && made.concurrently.is_some() && made.filter.is_some());
    assert_eq!(made.keys.iter().filter_map(|it| it.column.as_ref()).count(), 2);
    let read = rails("add_index :t, 'lower(a)', name: :i");
    assert!(index(&read[0]).keys[0].column.is_none() && index(&read[0]).concurrently.is_none());
    let read = rails("remove_index :t, column: [:a, :b], algorithm: :concurrently");
    let Operation::Drop(gone) = &read[0] else { panic!("{read:#?}") };
    assert_eq!((gone.kind, gone.names[0].name.text.as_str()), (ObjectKind::Index, "index_t_on_a_and_b"));
    assert!(gone.concurrently.is_some());
}

#[test]
fn constraints_are_added_validated_and_dropped() {
    let read = actions(
        &rails(
            "add_foreign_key :posts, :people, column: :author_id, validate: false, on_delete: :cascade
             add_check_constraint :posts, 'a > 0', name: 'c', validate: false
             validate_check_constraint :posts, name: 'c'
             validate_foreign_key :posts, :people
             remove_foreign_key :posts, name: 'f'",
        ),
        "posts",
    );
    assert!(matches!(&read[0], ActionKind::AddConstraint(it) if it.not_valid.is_some()
        && matches!(&it.kind, ConstraintKind::ForeignKey { columns, .. } if columns[0].text == "author_id")));
    assert!(matches!(&read[1], ActionKind::AddConstraint(it) if it.not_valid.is_some() && it.name.is_some()));
    assert!(matches!(&read[2], ActionKind::ValidateConstraint(it) if it.text == "c"));
    // Rails makes its name up of a checksum.
    assert!(matches!(&read[3], ActionKind::ValidateConstraint(it) if it.is_templated));
    assert!(matches!(&read[4], ActionKind::DropConstraint { kind: DroppedConstraint::ForeignKey, .. }));
    let (_, read) = change("add_foreign_key :posts, :users");
    assert!(read.up[0].guessed.is_some());
}

#[test]
fn other_objects_are_known() {
    let read = rails(
        "enable_extension 'citext'
         create_enum :mood, %w[sad happy]
         add_enum_value :mood, 'angry', after: 'sad'
         drop_table :old, if_exists: true
         drop_join_table :roles, :users
         create_view :v, materialized: true
         rename_index :t, :a, :b",
    );
    assert!(matches!(&read[0], Operation::Create(it) if it.kind == ObjectKind::Extension));
    assert!(matches!(&read[1], Operation::CreateType(it) if it.values[1].text == "happy"));
    assert!(
        matches!(&read[2], Operation::Alter(it) if matches!(&it.change, ObjectChange::AddValue { position: Some(_), .. }))
    );
    assert!(matches!(&read[3], Operation::Drop(it) if it.if_exists.is_some()));
    assert!(matches!(&read[4], Operation::Drop(it) if it.names[0].name.text == "roles_users"));
    assert!(matches!(&read[5], Operation::CreateView(it) if it.materialized.is_some()));
    assert!(matches!(&read[6], Operation::Rename(it) if it.kind == ObjectKind::Index));
}

#[test]
fn a_table_changes_by_a_block() {
    let read =
        rails("change_table :t, bulk: true do |t|\n t.remove :a, :b\n t.rename :c, :d\n t.string :e\n t.index :e\nend");
    assert_eq!(actions(&read[..3], "t").len(), 4);
    assert!(matches!(&read[3], Operation::CreateIndex(_)));
}

#[test]
fn sql_is_read_where_it_stands() {
    let (text, read) = change(
        "execute <<~SQL.squish
           ALTER TABLE users DROP COLUMN age;
           UPDATE users SET a = 1
         SQL
         execute \"ALTER TABLE \\\"Users\\\" DROP COLUMN b\"
         execute \"UPDATE #{table} SET c = 1\"",
    );
    let read = read.up;
    assert_eq!(read.len(), 4);
    assert_eq!(at(&text, read[0].statement.span), "ALTER TABLE users DROP COLUMN age");
    assert!(matches!(&read[1].statement.operations[0], Operation::Data(_)));
    let dropped = actions(&read[2].statement.operations, "Users");
    assert!(matches!(&dropped[0], ActionKind::DropColumn { name, .. } if at(&text, name.span) == "b"));
    let Operation::Data(change) = &read[3].statement.operations[0] else { panic!("{read:#?}") };
    assert!(change.tables[0].name.is_templated);
}

#[test]
fn up_and_down_are_kept_apart() {
    let text = "class A < ActiveRecord::Migration[6.0]
  disable_ddl_transaction!
  TABLE = :users
  class User < ActiveRecord::Base; end

  def up
    add_column TABLE, :a, :text unless column_exists?(TABLE, :a)
    safety_assured { remove_column :users, :b }
    helper
    say 'done'
  end

  def down
    remove_column :users, :a
  end

  private

  def helper
    add_index :users, :c
  end
end
";
    let read = read_rails(text, Dialect::Postgres).unwrap();
    assert_eq!(read.version.as_deref(), Some("6.0"));
    assert_eq!(at(text, read.no_transaction.unwrap()), "disable_ddl_transaction!");
    assert_eq!((read.up.len(), read.down.len(), read.reversal), (3, 1, Reversal::Written));
    assert_eq!(actions(&read.up[0].statement.operations, "users").len(), 1);
    assert!(read.up[0].condition.is_some() && read.up[1].condition.is_none());
    assert_eq!(at(text, read.up[1].assured.unwrap()), "safety_assured");
    assert!(matches!(&read.up[2].statement.operations[0], Operation::CreateIndex(_)));
    operations(&read.up);
}

#[test]
fn reversible_has_both_ways() {
    let (_, read) = change(
        "reversible do |dir|
           dir.up { execute 'DROP VIEW v' }
           dir.down do
             execute 'CREATE VIEW v AS SELECT 1'
           end
         end
         up_only { add_column :t, :a, :text }",
    );
    assert_eq!((read.up.len(), read.down.len(), read.reversal), (2, 1, Reversal::Derived));
}

#[test]
fn a_way_down_that_raises_is_none() {
    let text = "class A < ActiveRecord::Migration[6.0]\n def up\n drop_table :a\n end\n def down\n  raise ActiveRecord::IrreversibleMigration\n end\nend";
    let read = read_rails(text, Dialect::Postgres).unwrap();
    assert_eq!((read.reversal, read.down.len()), (Reversal::Missing, 0));
}

#[test]
fn nothing_is_dropped_in_silence() {
    let (text, read) =
        change("add_magic :users, :a\nUser.update_all(a: 1)\nx + add_column(:t, :a, :text)\nadd_column t, c, :text");
    let [magic, model, sum, named] = read.up.as_slice() else { panic!("{:#?}", read.up) };
    assert_eq!(at(&text, magic.statement.unparsed[0]), "add_magic :users, :a");
    assert!(matches!(&model.statement.operations[0], Operation::Execute(it) if it.dynamic.is_some()));
    assert_eq!(sum.statement.operations, [Operation::Unknown]);
    let Operation::AlterTable(alter) = &named.statement.operations[0] else { panic!("{named:#?}") };
    assert!(alter.table.name.is_templated);
    let (text, read) = change("create_table :t do |t|\n t.string :a\n t.remove :b\nend");
    assert_eq!(at(&text, read.up[0].statement.unparsed[0]), "t.remove :b");
}

#[test]
fn other_classes_are_no_migrations() {
    assert_eq!(read_rails("class User < ApplicationRecord\nend\n", Dialect::Postgres), None);
    assert_eq!(read_rails("", Dialect::Postgres), None);
}
