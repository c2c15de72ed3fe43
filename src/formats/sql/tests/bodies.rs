//! Statements inside of statements.

use super::{Dialect, Operation, Statement, at, one, parse};
use crate::formats::sql::Runs;

/// The statements of a body as they are written, those of the procedural language left out.
fn inside<'a>(text: &'a str, statement: &Statement) -> Vec<&'a str> {
    let body = statement.body.as_ref().expect("a body");
    let held = body.statements.iter().filter(|it| it.operations != [Operation::Control]);
    held.map(|it| at(text, it.span)).collect()
}

#[test]
fn a_do_block_runs_its_statements_at_once() {
    let text = "DO $body$\nDECLARE r record; n int := 0;\nBEGIN\n  IF EXISTS (SELECT 1) THEN\n    ALTER TABLE t DROP COLUMN a;\n  \
                ELSE\n    RAISE NOTICE 'x';\n  END IF;\n  FOR r IN SELECT * FROM t LOOP\n    UPDATE t SET a = 1 WHERE b = r.b;\n    \
                n := n + 1;\n  END LOOP;\nEXCEPTION WHEN duplicate_object THEN\n  NULL;\nEND $body$;";
    let statement = one(text, Dialect::Postgres);
    assert_eq!(inside(text, &statement), ["ALTER TABLE t DROP COLUMN a", "UPDATE t SET a = 1 WHERE b = r.b"]);
    assert_eq!(statement.body.map(|it| it.runs), Some(Runs::Now));
}

#[test]
fn functions_run_when_they_are_called() {
    let text = "CREATE OR REPLACE FUNCTION s.f(a int) RETURNS trigger LANGUAGE plpgsql AS $$\n<<l>>\nBEGIN\n  \
                NEW.a = 1;\n  CASE a WHEN 1 THEN DELETE FROM t; ELSE INSERT INTO t VALUES (1); END CASE;\n  RETURN NEW;\nEND $$;";
    let statement = one(text, Dialect::Postgres);
    assert_eq!(inside(text, &statement), ["DELETE FROM t", "INSERT INTO t VALUES (1)"]);
    assert_eq!(statement.body.as_ref().map(|it| it.runs), Some(Runs::WhenCalled));
    let Operation::CreateRoutine(routine) = &statement.operations[0] else { panic!("{statement:#?}") };
    assert_eq!(routine.name.key(), (Some("s"), "f"));
    assert_eq!(routine.language.as_deref(), Some("plpgsql"));
    assert!(routine.replaces.is_some());
}

#[test]
fn other_languages_are_left_alone() {
    let text = "CREATE FUNCTION f() RETURNS int AS $$ return plpy.execute('x') $$ LANGUAGE plpython3u;";
    assert_eq!(one(text, Dialect::Postgres).body, None);
}

#[test]
fn blocks_of_other_languages_are_left_alone() {
    assert_eq!(one("DO LANGUAGE plperl $$ DROP TABLE t; $$;", Dialect::Postgres).body, None);
    assert!(one("DO LANGUAGE plpgsql $$ BEGIN DROP TABLE t; END $$;", Dialect::Postgres).body.is_some());
}

#[test]
fn bodies_of_the_other_dialects_are_read() {
    let text =
        "CREATE PROCEDURE p() BEGIN DECLARE x INT; IF x THEN DROP TABLE a; END IF; l: LOOP LEAVE l; END LOOP; END;";
    assert_eq!(inside(text, &one(text, Dialect::MySql)), ["DROP TABLE a"]);
    let text = "CREATE TRIGGER g AFTER DELETE ON t BEGIN DELETE FROM u WHERE a = OLD.a; END;";
    assert_eq!(inside(text, &one(text, Dialect::Sqlite)), ["DELETE FROM u WHERE a = OLD.a"]);
    let text = "CREATE PROCEDURE p @a AS INT, @b INT = 1 WITH EXECUTE AS OWNER AS\nBEGIN TRY\n DELETE FROM t\n UPDATE t SET a = 1\n\
                END TRY\nBEGIN CATCH\n THROW\nEND CATCH";
    assert_eq!(inside(text, &one(text, Dialect::SqlServer)), ["DELETE FROM t", "UPDATE t SET a = 1"]);
}

#[test]
fn texts_that_are_executed_are_read_where_they_are_one_literal() {
    let text = "DO $$ BEGIN EXECUTE 'DROP TABLE t'; EXECUTE format('DROP TABLE %I', x); END $$";
    let script = parse(text, Dialect::Postgres);
    let drops: Vec<&str> = script
        .walk()
        .filter(|it| matches!(it.operations[..], [Operation::Drop(_)]))
        .map(|it| at(text, it.span))
        .collect();
    assert_eq!(drops, ["DROP TABLE t"]);
    let dynamic: Vec<&str> = script
        .walk()
        .filter_map(|it| match &it.operations[..] {
            [Operation::Execute(execute)] => execute.dynamic,
            _ => None,
        })
        .map(|it| at(text, it))
        .collect();
    assert_eq!(dynamic, ["format('DROP TABLE %I', x)"]);
    for (text, dialect) in [
        ("EXEC('DROP TABLE t')", Dialect::SqlServer),
        ("EXEC sp_executesql N'DROP TABLE t'", Dialect::SqlServer),
        ("PREPARE s FROM 'DROP TABLE t'", Dialect::MySql),
    ] {
        assert_eq!(inside(text, &one(text, dialect)), ["DROP TABLE t"], "{text}");
    }
}

#[test]
fn bodies_in_bodies_end_at_a_depth() {
    let mut text = "SELECT 1".to_owned();
    for depth in 0..8 {
        text = format!("DO $a{depth}$ BEGIN {text}; END $a{depth}$");
    }
    let script = parse(&text, Dialect::Postgres);
    let unparsed: Vec<_> = script.walk().flat_map(|it| &it.unparsed).collect();
    assert_eq!(unparsed.len(), 1, "what lies deeper is told");
}
