//! Migrations of Django.

use super::*;
use crate::formats::ddl::Reversal;
use crate::formats::sql::operation::{ColumnChange, ConstraintKind, ObjectKind};

const ORDER: &str = r#"
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=20, unique=True)),
                ("slug", models.SlugField()),
                ("note", models.TextField(null=True, blank=True)),
                ("total", models.DecimalField(max_digits=10, decimal_places=2, default=0)),
                ("customer", models.ForeignKey(on_delete=models.CASCADE, to="shop.Customer")),
                ("owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, db_constraint=False)),
                ("tags", models.ManyToManyField(to="shop.Tag")),
                ("labels", ArrayField(base_field=models.IntegerField())),
            ],
            options={"unique_together": {("code", "customer")}, "indexes": [models.Index(fields=["-total"], name="i")]},
        ),
"#;

#[test]
fn a_model_is_a_table() {
    let read = django(ORDER);
    let made = table(&read[0]);
    assert_eq!(made.name.name.text, "shop_order");
    assert_eq!(
        columns(made),
        [
            "id bigint not-null key counted",
            "code character varying(20) not-null unique",
            "slug character varying(50) not-null",
            "note text",
            "total numeric(10,2) not-null",
            "customer_id not-null references",
            "owner_id not-null",
            "labels integer[] not-null",
        ]
    );
    let ConstraintKind::Unique { columns: keys, .. } = &made.constraints[0].kind else { panic!("{made:#?}") };
    assert_eq!(keys[1].column.as_ref().unwrap().text, "customer_id");
    let joined = read.iter().find_map(|it| match it {
        Operation::CreateTable(it) if it.name.name.text == "shop_order_tags" => Some(columns(it)),
        _ => None,
    });
    assert_eq!(joined.unwrap(), ["id key", "order_id not-null", "tag_id not-null"]);
    assert_eq!(read.iter().filter(|it| matches!(it, Operation::CreateIndex(_))).count(), 4);
}

#[test]
fn fields_come_and_go_under_their_columns() {
    let mut state = DjangoState::new("shop");
    django_with(&mut state, ORDER);
    let lines = r#"
        migrations.RemoveField("Order", "customer"),
        migrations.RenameField(model_name="order", old_name="owner", new_name="buyer"),
        migrations.RemoveField(model_name="order", name="tags"),
        migrations.AlterField("order", "code", models.CharField(max_length=40, null=True)),"#;
    let (text, read) = django_with(&mut state, lines);
    assert!(read.up.iter().all(|it| it.guessed.is_none()));
    let read = operations(&read.up);
    let gone = actions(&read[..1], "shop_order");
    assert!(
        matches!(&gone[0], ActionKind::DropColumn { name, .. } if name.text == "customer_id" && at(&text, name.span) == "customer")
    );
    let renamed = actions(&read[1..2], "shop_order");
    assert!(
        matches!(&renamed[0], ActionKind::RenameColumn { from, to } if from.text == "owner_id" && to.text == "buyer_id")
    );
    assert!(matches!(&read[2], Operation::Drop(it) if it.names[0].name.text == "shop_order_tags"));
    let altered = actions(&read[3..], "shop_order");
    let ActionKind::RedefineColumn { from, column } = &altered[0] else { panic!("{altered:#?}") };
    assert_eq!((from.text.as_str(), column.not_null()), ("code", None));
    // Without the file that declares it, the name is a guess, and says so.
    let (_, read) = django_with(&mut DjangoState::new("shop"), "migrations.RemoveField('Order', 'customer'),");
    assert!(read.up[0].guessed.is_some());
}

#[test]
fn a_default_of_python_does_not_stay() {
    let read = actions(&django("migrations.AddField('Order', 'age', models.IntegerField(default=3)),"), "shop_order");
    assert!(
        matches!(&read[0], ActionKind::AddColumn { column, .. } if column.default().is_some() && column.not_null().is_some())
    );
    assert!(matches!(&read[1], ActionKind::AlterColumn { change: ColumnChange::DropDefault, .. }));
    let read =
        actions(&django("migrations.AddField('Order', 'at', models.DateTimeField(db_default=Now())),"), "shop_order");
    let [ActionKind::AddColumn { column, .. }] = read.as_slice() else { panic!("{read:#?}") };
    assert_eq!(column.default().unwrap().calls, ["now"]);
    let read = actions(&django("migrations.AddField('Order', 'age', models.IntegerField(null=True)),"), "shop_order");
    assert!(
        matches!(read.as_slice(), [ActionKind::AddColumn { column, .. }] if column.not_null().is_none() && column.default().is_none())
    );
}

#[test]
fn models_are_renamed_and_dropped() {
    let read = django(
        "migrations.RenameModel(old_name='A', new_name='B'),\nmigrations.AlterModelTable('B', 'bees'),\nmigrations.DeleteModel(name='B'),",
    );
    assert!(matches!(&actions(&read[..1], "shop_a")[0], ActionKind::RenameTable { to } if to.name.text == "shop_b"));
    assert!(matches!(&actions(&read[1..2], "shop_b")[0], ActionKind::RenameTable { to } if to.name.text == "bees"));
    assert!(matches!(&read[2], Operation::Drop(it) if it.names[0].name.text == "bees"));
    let mut state = DjangoState::new("shop");
    let lines = "migrations.CreateModel('P', [], {'proxy': True}),\nmigrations.CreateModel('Q', [], {'db_table': 'q'}),\nmigrations.RenameModel('Q', 'R'),";
    let (_, read) = django_with(&mut state, lines);
    let read = operations(&read.up);
    assert_eq!((read.len(), table(&read[0]).name.name.text.as_str()), (1, "q"));
}

#[test]
fn indexes_and_constraints_are_known() {
    let read = django(
        "AddIndexConcurrently('order', models.Index(fields=['a', 'b'], name='i', condition=Q(a=1))),
         migrations.AddIndex('order', GinIndex(fields=['c'], name='g')),
         RemoveIndexConcurrently('order', 'i'),
         migrations.AddConstraint('order', models.UniqueConstraint(fields=['a'], name='u')),
         migrations.AddConstraint('order', models.UniqueConstraint(fields=['a'], name='p', condition=Q(b=2))),
         AddConstraintNotValid(model_name='order', constraint=models.CheckConstraint(check=Q(a__gt=1), name='c')),
         ValidateConstraint('order', 'c'),
         migrations.RemoveConstraint(model_name='order', name='c'),
         migrations.AlterUniqueTogether('order', {('a', 'b')}),
         TrigramExtension(),",
    );
    assert!(index(&read[0]).concurrently.is_some() && index(&read[0]).filter.is_some());
    assert!(
        index(&read[1]).concurrently.is_none() && index(&read[1]).method.as_ref().is_some_and(|it| it.text == "gin")
    );
    assert!(matches!(&read[2], Operation::Drop(it) if it.concurrently.is_some() && it.kind == ObjectKind::Index));
    assert!(matches!(&actions(&read[3..4], "shop_order")[0], ActionKind::AddConstraint(it) if it.not_valid.is_none()));
    assert!(index(&read[4]).unique.is_some());
    let rest = actions(&read[5..9], "shop_order");
    assert!(
        matches!(&rest[0], ActionKind::AddConstraint(it) if it.not_valid.is_some() && matches!(it.kind, ConstraintKind::Check(_)))
    );
    assert!(matches!(&rest[1], ActionKind::ValidateConstraint(it) if it.text == "c"));
    assert!(matches!(&rest[2], ActionKind::DropConstraint { .. }));
    assert!(
        matches!(&rest[3], ActionKind::AddConstraint(it) if matches!(&it.kind, ConstraintKind::Unique { columns, .. } if columns.len() == 2))
    );
    assert!(matches!(&read[9], Operation::Create(it) if it.name.as_ref().unwrap().name.text == "pg_trgm"));
}

#[test]
fn sql_and_code_are_told_apart() {
    let (text, read) = django_with(
        &mut DjangoState::new("shop"),
        "migrations.RunSQL(\"ALTER TABLE a \" \"DROP COLUMN b\", reverse_sql=migrations.RunSQL.noop),
         migrations.RunSQL([\"UPDATE a SET b = 1\", (\"DELETE FROM a\", [])], reverse_sql='UPDATE a SET b = 2'),
         migrations.RunPython(forwards, migrations.RunPython.noop),",
    );
    assert_eq!((read.up.len(), read.down.len(), read.reversal), (4, 1, Reversal::Derived));
    assert!(
        matches!(&actions(&read.up[0].statement.operations, "a")[0], ActionKind::DropColumn { name, .. } if at(&text, name.span) == "b")
    );
    assert!(matches!(&read.up[3].statement.operations[0], Operation::Execute(it) if it.dynamic.is_some()));
    let (_, read) = django_with(&mut DjangoState::new("shop"), "migrations.RunPython(forwards),");
    assert_eq!(read.reversal, Reversal::Missing);
}

#[test]
fn state_alone_asks_nothing_of_the_database() {
    let mut state = DjangoState::new("shop");
    let lines = "migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL('SELECT 1', '')],
            state_operations=[migrations.AddField('order', 'a', models.ForeignKey('shop.B', models.CASCADE))],
        ),
        migrations.RemoveField('order', 'a'),";
    let (_, read) = django_with(&mut state, lines);
    let read = operations(&read.up);
    assert_eq!(read.len(), 2);
    assert!(
        matches!(&actions(&read[1..], "shop_order")[0], ActionKind::DropColumn { name, .. } if name.text == "a_id")
    );
}

#[test]
fn the_class_says_order_and_transaction() {
    let text = "class Migration(migrations.Migration):\n    atomic = False\n    initial = True\n    replaces = [('shop', '0001_a')]\n    \
                dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ('base', '0002_b')]\n    operations = []\n";
    let read = read_django(text, Dialect::Postgres, &mut DjangoState::new("shop")).unwrap();
    assert_eq!(at(text, read.no_transaction.unwrap()), "atomic = False");
    assert_eq!((read.replaces[0].name.as_str(), read.dependencies[0].app.as_str()), ("0001_a", "base"));
    assert_eq!(DjangoState::at("src/shop/orders/migrations/0001_a.py"), DjangoState::new("orders"));
    assert_eq!(read_django("class A:\n    pass\n", Dialect::Postgres, &mut DjangoState::new("shop")), None);
}

#[test]
fn nothing_is_dropped_in_silence() {
    let lines = "custom.Magic('order'),\n*more,\nmigrations.AddField('order', NAME, models.IntegerField()),";
    let (_, read) = django_with(&mut DjangoState::new("shop"), lines);
    assert_eq!(read.up.len(), 3);
    assert!(read.up.iter().all(|it| it.statement.operations == [Operation::Unknown]));
    let text = "class Migration(migrations.Migration):\n    operations = [x for x in y]\n    operations += z\n";
    let read = read_django(text, Dialect::Postgres, &mut DjangoState::new("shop")).unwrap();
    assert_eq!(read.up.len(), 2);
}

#[test]
fn operations_under_a_condition_say_so() {
    let text = "class Migration(migrations.Migration):\n    if vendor == 'mysql':\n        operations = [\n            \
                migrations.RunSQL('DROP TABLE a', ''),\n        ]\n    else:\n        operations = []\n";
    let read = read_django(text, Dialect::Postgres, &mut DjangoState::new("shop")).unwrap();
    assert_eq!((read.up.len(), at(text, read.up[0].condition.unwrap())), (1, "vendor == 'mysql'"));
}
