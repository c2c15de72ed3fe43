//! What statements say, part by part.

use super::{ActionKind, Dialect, Operation, Shape, action, actions, at, one, operation, parse};
use crate::formats::sql::operation::{
    Column, ColumnChange, ColumnRuleKind, ConstraintKind, DataVerb, DroppedConstraint, ObjectChange, ObjectKind,
    ReferentialAction, SetScope,
};

#[track_caller]
fn column(text: &str, dialect: Dialect) -> Column {
    match action(&format!("ALTER TABLE t ADD {text}"), dialect) {
        ActionKind::AddColumn { column, .. } => column,
        other => panic!("no column: {other:#?}"),
    }
}

#[test]
fn names_are_folded_as_the_server_folds_them() {
    let key = |text, dialect| match operation(text, dialect) {
        Operation::Drop(drop) => {
            let (schema, name) = drop.names[0].key();
            (schema.map(str::to_owned), name.to_owned())
        }
        other => panic!("{other:#?}"),
    };
    let bare = |name: &str| (None, name.to_owned());
    assert_eq!(key("DROP TABLE Public.Users", Dialect::Postgres), bare("users"));
    assert_eq!(key("DROP TABLE \"Us\"\"ers\"", Dialect::Postgres), bare("Us\"ers"));
    assert_eq!(key("DROP TABLE app.users", Dialect::Postgres), (Some("app".to_owned()), "users".to_owned()));
    assert_eq!(key("DROP TABLE `Users`", Dialect::MySql), bare("users"));
    assert_eq!(key("DROP TABLE [dbo].[Users]", Dialect::SqlServer), bare("users"));
    assert_eq!(key("DROP TABLE db..Users", Dialect::SqlServer).1, "users");
    let Operation::Drop(drop) = operation("DROP TABLE ${p}_users", Dialect::Postgres) else { panic!() };
    assert!(drop.names[0].name.is_templated);
    assert_eq!(drop.names[0].name.text, "${p}_users");
}

#[test]
fn columns_with_their_rules() {
    let found =
        column("a varchar(20) COLLATE \"C\" DEFAULT 'x'::varchar NOT NULL CONSTRAINT u UNIQUE", Dialect::Postgres);
    let data_type = found.data_type.as_ref().unwrap();
    assert_eq!((data_type.name.as_str(), &data_type.arguments[..]), ("varchar", &["20".to_owned()][..]));
    assert_eq!(data_type.canonical(Dialect::Postgres), "character varying");
    assert!(found.not_null().is_some());
    assert_eq!(found.default().unwrap().shape, Shape::Constant);
    assert_eq!(found.rules.last().unwrap().name.as_ref().unwrap().text, "u");
    let found = column("a timestamp(3) with time zone DEFAULT now() + interval '1 day' NOT NULL", Dialect::Postgres);
    assert_eq!(found.data_type.unwrap().name, "timestamp with time zone");
    let default = column("a uuid DEFAULT public.gen_random_uuid()", Dialect::Postgres);
    assert_eq!(default.default().unwrap().calls, ["gen_random_uuid"]);
    assert_eq!(default.default().unwrap().shape, Shape::Calls);
    assert_eq!(column("a int DEFAULT NULL", Dialect::Postgres).default().unwrap().shape, Shape::Null);
    assert!(column("a text[] NOT NULL DEFAULT ARRAY[]::text[]", Dialect::Postgres).data_type.unwrap().is_array);
    let found = column("a int unsigned NULL ON UPDATE CURRENT_TIMESTAMP COMMENT 'x' AFTER b", Dialect::MySql);
    assert!(found.data_type.as_ref().unwrap().unsigned.is_some());
    assert!(matches!(&found.rules.last().unwrap().kind, ColumnRuleKind::After(name) if name.text == "b"));
    let found = column("a AS (b * 2) PERSISTED", Dialect::SqlServer);
    assert!(matches!(&found.rules[0].kind, ColumnRuleKind::Generated(it) if it.stored.is_some()));
    assert!(column("a int IDENTITY(1,1) NOT NULL", Dialect::SqlServer).generated().is_some());
}

#[test]
fn actions_and_their_spans() {
    let text = "ALTER TABLE IF EXISTS ONLY s.t ADD COLUMN IF NOT EXISTS a int, DROP b CASCADE, ALTER c SET NOT NULL";
    let found = actions(text, Dialect::Postgres);
    let shown: Vec<&str> = found.iter().map(|it| at(text, it.span)).collect();
    assert_eq!(shown, ["ADD COLUMN IF NOT EXISTS a int", "DROP b CASCADE", "ALTER c SET NOT NULL"]);
    assert!(matches!(&found[0].kind, ActionKind::AddColumn { if_not_exists: Some(_), .. }));
    assert!(matches!(&found[1].kind, ActionKind::DropColumn { cascade: Some(_), .. }));
    assert!(matches!(&found[2].kind, ActionKind::AlterColumn { change: ColumnChange::SetNotNull, .. }));
    let Operation::AlterTable(alter) = operation(text, Dialect::Postgres) else { panic!() };
    assert!(alter.only.is_some() && alter.if_exists.is_some());
    assert_eq!(at(text, alter.table.span), "s.t");
}

#[test]
fn type_changes_keep_what_decides_about_a_rewrite() {
    let ActionKind::AlterColumn { change: ColumnChange::Type(found), .. } =
        action("ALTER TABLE t ALTER COLUMN a TYPE numeric(10, 2) COLLATE c USING a::numeric(10, 2)", Dialect::Postgres)
    else {
        panic!()
    };
    assert_eq!(found.data_type.arguments, ["10", "2"]);
    assert!(found.using.is_some() && found.collate.is_some());
    let ActionKind::RedefineColumn { from, column } =
        action("ALTER TABLE t CHANGE a b ENUM('x','y') NOT NULL", Dialect::MySql)
    else {
        panic!()
    };
    assert_eq!((from.text.as_str(), column.name.text.as_str()), ("a", "b"));
    assert_eq!(column.data_type.unwrap().arguments, ["'x'", "'y'"]);
}

#[test]
fn constraints_and_what_they_leave_out() {
    let ActionKind::AddConstraint(found) = action(
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES s.p (c, d) ON DELETE SET NULL DEFERRABLE NOT VALID",
        Dialect::Postgres,
    ) else {
        panic!()
    };
    assert!(found.not_valid.is_some() && found.deferrable.is_some());
    let ConstraintKind::ForeignKey { columns, reference } = found.kind else { panic!() };
    assert_eq!((columns.len(), reference.columns.len()), (2, 2));
    assert_eq!(reference.on_delete, Some(ReferentialAction::SetNull));
    let text = "ALTER TABLE t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0)";
    assert!(matches!(action(text, Dialect::SqlServer), ActionKind::AddConstraint(it) if it.not_valid.is_some()));
    let text = "ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i";
    let ActionKind::AddConstraint(found) = action(text, Dialect::Postgres) else { panic!() };
    assert!(matches!(found.kind, ConstraintKind::Unique { using_index: Some(name), .. } if name.text == "i"));
    let text = "ALTER TABLE t DROP FOREIGN KEY f";
    assert!(matches!(
        action(text, Dialect::MySql),
        ActionKind::DropConstraint { kind: DroppedConstraint::ForeignKey, .. }
    ));
}

#[test]
fn what_a_schema_is_made_with_is_told() {
    let text = "CREATE SCHEMA s AUTHORIZATION u CREATE TABLE t (a int)";
    let script = parse(text, Dialect::Postgres);
    assert_eq!(at(text, script.statements[0].unparsed[0]), "CREATE TABLE t (a int)");
    one("CREATE SCHEMA IF NOT EXISTS s AUTHORIZATION u", Dialect::Postgres);
}

#[test]
fn mysql_says_how_it_wants_to_work() {
    let text = "ALTER TABLE t ADD a INT NOT NULL, ALGORITHM=INSTANT, LOCK = NONE, COMMENT = 'x' AUTO_INCREMENT = 5";
    let found: Vec<ActionKind> = actions(text, Dialect::MySql).into_iter().map(|it| it.kind).collect();
    assert!(matches!(
        &found[..],
        [
            ActionKind::AddColumn { .. },
            ActionKind::Algorithm(algorithm),
            ActionKind::LockOption(lock),
            ActionKind::TableOption(_),
            ActionKind::TableOption(_)
        ] if algorithm == "instant" && lock == "none"
    ));
    let Operation::CreateIndex(index) =
        operation("CREATE INDEX i ON t (a) ALGORITHM=INPLACE LOCK=NONE", Dialect::MySql)
    else {
        panic!()
    };
    assert_eq!((index.algorithm.as_deref(), index.lock.as_deref()), (Some("inplace"), Some("none")));
}

#[test]
fn lists_of_one_verb() {
    let added = actions("ALTER TABLE t ADD a INT NULL, b INT NULL, CONSTRAINT c CHECK (a > 0)", Dialect::SqlServer);
    assert!(matches!(
        added.iter().map(|it| &it.kind).collect::<Vec<_>>()[..],
        [ActionKind::AddColumn { .. }, ActionKind::AddColumn { .. }, ActionKind::AddConstraint(_)]
    ));
    let dropped = actions("ALTER TABLE t DROP CONSTRAINT c, COLUMN a, b", Dialect::SqlServer);
    assert!(matches!(
        dropped.iter().map(|it| &it.kind).collect::<Vec<_>>()[..],
        [ActionKind::DropConstraint { .. }, ActionKind::DropColumn { .. }, ActionKind::DropColumn { .. }]
    ));
    assert_eq!(actions("ALTER TABLE t ADD COLUMN (a INT, b INT)", Dialect::MySql).len(), 2);
}

#[test]
fn tables_with_all_that_they_declare() {
    let text = "CREATE TABLE IF NOT EXISTS t (id bigint unsigned NOT NULL AUTO_INCREMENT, `key` varchar(20), \
                PRIMARY KEY (id), UNIQUE KEY u (`key`(5)), KEY k (a, b DESC), FULLTEXT KEY (c), \
                CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)) ENGINE=InnoDB COMMENT='x' PARTITION BY HASH (id)";
    let Operation::CreateTable(table) = operation(text, Dialect::MySql) else { panic!() };
    let columns: Vec<&str> = table.columns.iter().map(|it| it.name.text.as_str()).collect();
    assert_eq!(columns, ["id", "key"]);
    assert_eq!((table.constraints.len(), table.indexes.len()), (3, 2));
    assert!(table.partition_by.is_some() && table.options.is_some());
    let ConstraintKind::Unique { columns, .. } = &table.constraints[1].kind else { panic!() };
    assert!(columns[0].prefix.is_some());
    let text = "CREATE TABLE x PARTITION OF t (CONSTRAINT c CHECK (a > 0)) FOR VALUES FROM (1) TO (2)";
    let Operation::CreateTable(table) = operation(text, Dialect::Postgres) else { panic!() };
    assert_eq!(table.partition_of.unwrap().name.text, "t");
    let Operation::CreateTable(table) = operation("CREATE TABLE x AS SELECT 1", Dialect::Postgres) else { panic!() };
    assert!(table.query.is_some());
}

#[test]
fn indexes_with_their_conditions() {
    let text = "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY s.t USING gin (lower(a), b DESC) \
                INCLUDE (c) WHERE d IS NULL";
    let Operation::CreateIndex(index) = operation(text, Dialect::Postgres) else { panic!() };
    assert!(index.unique.is_some() && index.concurrently.is_some() && index.only.is_some());
    assert_eq!(index.keys.iter().map(|it| it.column.is_some()).collect::<Vec<_>>(), [false, true]);
    assert_eq!(index.method.unwrap().text, "gin");
    assert_eq!(at(text, index.filter.unwrap().span), "d IS NULL");
    let text =
        "CREATE NONCLUSTERED INDEX i ON t (a) INCLUDE (b) WHERE a > 1 WITH (FILLFACTOR = 80, ONLINE = ON) ON [PRIMARY]";
    let Operation::CreateIndex(index) = operation(text, Dialect::SqlServer) else { panic!() };
    assert_eq!(at(text, index.online.unwrap()), "ONLINE = ON");
    let Operation::CreateIndex(index) = operation("CREATE INDEX ON t (a)", Dialect::Postgres) else { panic!() };
    assert!(index.name.is_none() && index.concurrently.is_none());
}

#[test]
fn rows_that_change_and_whether_all_of_them_do() {
    let data = |text: &str| match operation(text, Dialect::Postgres) {
        Operation::Data(data) => data,
        other => panic!("{other:#?}"),
    };
    assert!(data("UPDATE t SET a = 1, b = 2").filter.is_none());
    let found = data("UPDATE t AS x SET (a, b) = (1, 2), c = 3 FROM u WHERE x.id = u.id RETURNING 1");
    assert_eq!(found.columns.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(found.filter.is_some());
    // A condition inside of a query is none of the statement.
    assert!(data("DELETE FROM t USING (SELECT 1 WHERE true) x").filter.is_none());
    let found = data("TRUNCATE TABLE a, ONLY b RESTART IDENTITY CASCADE");
    assert_eq!((found.verb, found.cascade.is_some()), (DataVerb::Truncate, true));
    let text = "WITH d AS (DELETE FROM a WHERE b RETURNING *) INSERT INTO c (e) SELECT * FROM d";
    let verbs: Vec<DataVerb> = one(text, Dialect::Postgres)
        .operations
        .iter()
        .filter_map(|it| match it {
            Operation::Data(data) => Some(data.verb),
            _ => None,
        })
        .collect();
    assert_eq!(verbs, [DataVerb::Delete, DataVerb::Insert]);
    let Operation::Data(found) = operation("DELETE TOP (10) FROM t", Dialect::SqlServer) else { panic!() };
    assert!(found.limit.is_some());
}

#[test]
fn settings_by_their_names() {
    let set = |text: &str, dialect| match operation(text, dialect) {
        Operation::Set(set) => (set.name, set.scope, set.value.map(|it| at(text, it).to_owned())),
        other => panic!("{other:#?}"),
    };
    let lock = |scope, value: &str| ("lock_timeout".to_owned(), scope, Some(value.to_owned()));
    assert_eq!(set("SET lock_timeout = '5s'", Dialect::Postgres), lock(SetScope::Session, "'5s'"));
    assert_eq!(set("SET LOCAL lock_timeout TO '1min'", Dialect::Postgres), lock(SetScope::Local, "'1min'"));
    let text = "SELECT pg_catalog.set_config('lock_timeout', '1s', true)";
    assert_eq!(set(text, Dialect::Postgres), lock(SetScope::Local, "'1s'"));
    assert_eq!(set("SET @@session.lock_wait_timeout = 5", Dialect::MySql).0, "lock_wait_timeout");
    assert_eq!(set("SET GLOBAL a = 5", Dialect::MySql).1, SetScope::Global);
    assert_eq!(set("PRAGMA foreign_keys = OFF", Dialect::Sqlite).0, "foreign_keys");
    assert_eq!(one("SET a = 1, b = 2", Dialect::MySql).operations.len(), 2);
}

#[test]
fn new_names_for_old_ones() {
    let found = action("EXEC sp_rename N'dbo.t.a', N'b', N'COLUMN'", Dialect::SqlServer);
    assert!(matches!(found, ActionKind::RenameColumn { from, to } if from.text == "a" && to.text == "b"));
    let Operation::Rename(found) = operation("EXEC sp_rename 'dbo.t', 'u'", Dialect::SqlServer) else { panic!() };
    assert_eq!((found.kind, found.from.key(), found.to.key()), (ObjectKind::Table, (None, "t"), (None, "u")));
    assert_eq!(one("RENAME TABLE a TO b, c TO d", Dialect::MySql).operations.len(), 2);
    let Operation::Alter(found) = operation("ALTER TYPE e RENAME VALUE 'a' TO 'b'", Dialect::Postgres) else {
        panic!()
    };
    assert!(matches!(found.change, ObjectChange::RenameValue { from, to } if from.text == "a" && to.text == "b"));
    assert!(matches!(action("ALTER TABLE t RENAME a TO b", Dialect::Postgres), ActionKind::RenameColumn { .. }));
    assert!(matches!(action("ALTER TABLE t RENAME TO b", Dialect::Postgres), ActionKind::RenameTable { .. }));
}

#[test]
fn privileges_name_who_gets_them() {
    let text = "REVOKE SELECT, INSERT ON TABLE s.a, b FROM PUBLIC, \"Reader\" CASCADE";
    let Operation::Privileges(found) = operation(text, Dialect::Postgres) else { panic!() };
    assert_eq!(found.objects.len(), 2);
    assert_eq!(found.grantees.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), ["public", "Reader"]);
}

#[test]
fn what_is_not_understood_is_told_where_it_stands() {
    let text = "FROBNICATE t; ALTER TABLE t FROBNICATE a, DROP COLUMN b; CREATE TABLE u (a int FROBNICATE)";
    let script = parse(text, Dialect::Postgres);
    let told: Vec<&str> = script.walk().flat_map(|it| &it.unparsed).map(|it| at(text, *it)).collect();
    assert_eq!(told, ["FROBNICATE t", "FROBNICATE a", "FROBNICATE"]);
    assert_eq!(script.statements[0].operations, [Operation::Unknown]);
    let Operation::AlterTable(alter) = &script.statements[1].operations[0] else { panic!() };
    assert!(matches!(alter.actions[1].kind, ActionKind::DropColumn { .. }));
    // A terminator that somebody forgot shows.
    let script = parse("DROP TABLE a DROP TABLE b; ALTER TABLE t ADD a int ADD b int", Dialect::Postgres);
    assert!(script.statements.iter().all(|it| !it.unparsed.is_empty()));
}
