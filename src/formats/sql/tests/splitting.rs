//! Where statements end.

use super::{Dialect, Operation, at, parse, pieces};

#[test]
fn terminators_in_texts_and_comments_end_nothing() {
    let text = "SELECT ';' /* ; */ -- ;\n, $$ ; $$;;\nSELECT 2";
    assert_eq!(pieces(text, Dialect::Postgres), ["SELECT ';' /* ; */ -- ;\n, $$ ; $$", "SELECT 2"]);
    assert_eq!(at(text, parse(text, Dialect::Postgres).statements[0].whole).chars().last(), Some(';'));
}

#[test]
fn mysql_chooses_its_delimiter() {
    let text = "DELIMITER $$\nCREATE PROCEDURE p() BEGIN SELECT 1; END$$\nDROP TABLE a$$\nDELIMITER ;\nDROP TABLE b;";
    let found = pieces(text, Dialect::MySql);
    assert_eq!(
        found,
        ["DELIMITER $$", "CREATE PROCEDURE p() BEGIN SELECT 1; END", "DROP TABLE a", "DELIMITER ;", "DROP TABLE b"]
    );
}

#[test]
fn bodies_of_mysql_hold_together_without_a_delimiter() {
    let text = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN IF NEW.a IS NULL THEN SET NEW.a = \
                CASE WHEN 1 THEN 2 END; END IF; WHILE x DO SET x = 1; END WHILE; END; DROP TABLE t";
    assert_eq!(pieces(text, Dialect::MySql).len(), 2);
    let text = "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW IF NEW.a THEN SET NEW.b = 1; END IF; SELECT 1";
    assert_eq!(pieces(text, Dialect::MySql).len(), 2);
}

#[test]
fn triggers_of_sqlite_and_atomic_bodies_hold_together() {
    let text = "CREATE TRIGGER g AFTER UPDATE ON t BEGIN UPDATE t SET a = CASE WHEN 1 THEN 2 END; DELETE FROM u; END;\n\
                DROP TABLE t;";
    assert_eq!(pieces(text, Dialect::Sqlite).len(), 2);
    let text = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; SELECT 2; END; SELECT 3";
    assert_eq!(pieces(text, Dialect::Postgres).len(), 2);
}

#[test]
fn actions_of_a_rule_stand_in_its_brackets() {
    let text = "CREATE RULE r AS ON INSERT TO v DO INSTEAD (INSERT INTO a VALUES (1); DELETE FROM b;); DROP TABLE c";
    assert_eq!(pieces(text, Dialect::Postgres).len(), 2);
}

#[test]
fn batches_of_transact_sql_end_everything() {
    let text =
        "CREATE PROCEDURE p AS\nBEGIN\n  SELECT 1;\n  SELECT 2\nEND\nGO\nDROP TABLE a\nDROP TABLE b\ngo 5\nSELECT GO";
    let found = pieces(text, Dialect::SqlServer);
    assert!(found[0].ends_with("END"), "{found:#?}");
    assert_eq!(found[1..], ["DROP TABLE a", "DROP TABLE b", "SELECT GO"]);
}

#[test]
fn what_is_called_like_a_routine_is_none() {
    let text = "CREATE TYPE event FROM INT\nDROP TABLE a\nALTER TABLE trigger ADD a INT\nDROP TABLE b";
    assert_eq!(pieces(text, Dialect::SqlServer).len(), 4);
}

#[test]
fn transact_sql_needs_no_terminators() {
    let text = "SET NOCOUNT ON\nUPDATE [dbo].[t]\nSET a = 1\nWHERE b = 2\n\
                IF COL_LENGTH('t', 'c') IS NULL\nBEGIN\n    ALTER TABLE dbo.t\n    ADD c INT NULL\nEND\nELSE\n\
                ALTER TABLE t\n    DROP COLUMN c\n\
                INSERT INTO t (a)\nSELECT a FROM u\nUNION ALL\nSELECT 1\n\
                ;WITH x AS (SELECT 1 a)\nDELETE FROM x\n\
                IF EXISTS (SELECT 1 FROM t) DROP TABLE IF EXISTS t\n\
                ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET NULL ON UPDATE CASCADE\n\
                MERGE t USING u ON t.a = u.a WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (a) VALUES (1);\n\
                EXEC p @a = 1\nDECLARE @x INT = 1";
    let heads: Vec<String> = pieces(text, Dialect::SqlServer)
        .iter()
        .map(|it| it.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
        .collect();
    let wanted = [
        "SET NOCOUNT",
        "UPDATE [dbo].[t]",
        "IF COL_LENGTH('t',",
        "BEGIN",
        "ALTER TABLE",
        "END",
        "ELSE",
        "ALTER TABLE",
        "INSERT INTO",
        "WITH x",
        "IF EXISTS",
        "DROP TABLE",
        "ALTER TABLE",
        "MERGE t",
        "EXEC p",
        "DECLARE @x",
    ];
    assert_eq!(heads, wanted);
    let script = parse(text, Dialect::SqlServer);
    assert!(script.walk().all(|it| it.unparsed.is_empty()), "{script:#?}");
}

#[test]
fn clients_lines_and_data_are_no_statements_of_the_server() {
    let text = "\\set ON_ERROR_STOP on\nCOPY t (a) FROM stdin;\nDROP TABLE x;\n\\.\nSELECT 1 \\gexec\nDROP TABLE y;";
    let script = parse(text, Dialect::Postgres);
    let operations: Vec<&Operation> = script.statements.iter().flat_map(|it| &it.operations).collect();
    assert!(matches!(
        operations.as_slice(),
        [
            Operation::Client,
            Operation::Copy(_),
            Operation::Client,
            Operation::Query,
            Operation::Client,
            Operation::Drop(_)
        ]
    ));
    assert!(script.problems.is_empty());
}

#[test]
fn breakpoints_end_statements_and_markers_are_comments() {
    let text = "CREATE TABLE a (id int)--> statement-breakpoint\nDROP TABLE b;--> statement-breakpoint\n\
                -- +goose Down\nDROP TABLE c;";
    for dialect in Dialect::ALL {
        let script = parse(text, dialect);
        assert_eq!(script.statements.len(), 3, "{dialect:?}");
        let comments: Vec<&str> = script.comments.iter().map(|it| at(text, *it)).collect();
        assert_eq!(comments, ["-- +goose Down"]);
    }
}
