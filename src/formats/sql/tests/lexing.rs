//! Tokens: nothing is lost, and each dialect quotes in its own way.

use proptest::prelude::*;

use super::{Dialect, Lexer, Operation, Token, TokenKind, at, parse};

fn tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    Lexer::new(text, dialect).collect()
}

/// The significant tokens, as kinds and texts.
fn significant(text: &str, dialect: Dialect) -> Vec<(TokenKind, &str)> {
    let all = tokens(text, dialect).into_iter().filter(|it| !it.kind.is_trivia());
    all.map(|it| (it.kind, at(text, it.span))).collect()
}

#[track_caller]
fn assert_lossless(text: &str) {
    for dialect in Dialect::ALL {
        let mut end = 0;
        for token in tokens(text, dialect) {
            assert_eq!(token.span.start, end, "{dialect:?}: a gap");
            assert!(token.span.start < token.span.end, "{dialect:?}: an empty token");
            assert!(text.is_char_boundary(token.span.end), "{dialect:?}: half a character");
            end = token.span.end;
        }
        assert_eq!(end, text.len(), "{dialect:?}: the end is missing");
    }
}

/// Pieces that mean something to a tokenizer; what lies between them is found by chance.
const PIECES: &str = "(?:[ -~\\n]{0,6}|é|'|''|\"|`|\\[|\\]|\\$\\$|\\$a\\$|/\\*|\\*/|/\\*!40000 |--|#|\\\\|;|\\(|\\)|,|\
    \\nGO\\n|\\nDELIMITER //\\n|//|COPY t FROM stdin;\\n|\\n\\\\\\.\\n|BEGIN |END|END;|CASE |IF |THEN |LOOP |AS |\
    CREATE FUNCTION f\\(\\) |CREATE TRIGGER g |CREATE TABLE t |ALTER TABLE t |ADD COLUMN a int |DO \\$\\$|SELECT |\
    UPDATE t SET a = 1 |INSERT INTO t |WITH |EXECUTE 'DROP TABLE t'|DROP TABLE |\\{\\{|\\}\\}|\\$\\{|\\{%|%s|E'|U&\"|@|:)";

proptest! {
    #[test]
    fn tokens_put_together_are_the_text(raw in proptest::collection::vec(any::<u8>(), 0..200)) {
        assert_lossless(&String::from_utf8_lossy(&raw));
    }

    #[test]
    fn any_mix_of_sql_is_read_without_losing_a_statement(parts in proptest::collection::vec(PIECES, 0..40)) {
        let text = parts.concat();
        assert_lossless(&text);
        for dialect in Dialect::ALL {
            let script = parse(&text, dialect);
            let mut end = 0;
            for statement in &script.statements {
                prop_assert!(end <= statement.whole.start, "{dialect:?}: statements overlap");
                prop_assert!(!statement.operations.is_empty());
                prop_assert!(
                    !statement.operations.contains(&Operation::Unknown) || !statement.unparsed.is_empty(),
                    "{dialect:?}: an unknown statement that nobody is told of"
                );
                let between = tokens(&text, dialect).into_iter().filter(|it| {
                    end <= it.span.start && it.span.end <= statement.whole.start && !it.kind.is_trivia()
                });
                for token in between {
                    prop_assert!(
                        matches!(token.kind, TokenKind::Terminator | TokenKind::Batch),
                        "{dialect:?}: {token:?} belongs to no statement"
                    );
                }
                end = statement.whole.end;
            }
        }
    }
}

#[test]
fn what_each_dialect_takes_for_a_name_and_for_a_text() {
    let kinds = |text, dialect| -> Vec<TokenKind> { significant(text, dialect).into_iter().map(|it| it.0).collect() };
    let (name, text) = (TokenKind::QuotedName, TokenKind::Text);
    assert_eq!(kinds(r#""a" 'b'"#, Dialect::Postgres), [name, text]);
    assert_eq!(kinds(r#""a" `b` 'c'"#, Dialect::MySql), [text, name, text]);
    assert_eq!(kinds("[a b] `c` \"d\"", Dialect::Sqlite), [name, name, name]);
    assert_eq!(kinds("[a]]b] N'c' @d #e", Dialect::SqlServer), [name, text, TokenKind::Variable, TokenKind::Word]);
    assert_eq!(kinds("E'a\\'b' U&'c' U&\"d\" X'1F'", Dialect::Postgres), [text, text, name, text]);
    assert_eq!(kinds("'a\\' 'b'", Dialect::Postgres), [text, text]);
    assert_eq!(kinds("'a\\' b'", Dialect::MySql), [text]);
}

#[test]
fn dollar_quotes_end_at_their_own_tag() {
    let text = "$a$ $$ $b$ $a$ $$;$$ $1 a$b";
    let found: Vec<&str> = significant(text, Dialect::Postgres).into_iter().map(|it| it.1).collect();
    assert_eq!(found, ["$a$ $$ $b$ $a$", "$$;$$", "$1", "a$b"]);
}

#[test]
fn comments_of_each_dialect() {
    let left = |text, dialect| -> Vec<&str> { significant(text, dialect).into_iter().map(|it| it.1).collect() };
    assert_eq!(left("a /* /* */ b */ c -- d", Dialect::Postgres), ["a", "c"]);
    assert_eq!(left("a /* /* */ b # c", Dialect::MySql), ["a", "b"]);
    assert_eq!(left("1--1", Dialect::MySql), ["1", "-", "-", "1"]);
    assert_eq!(left("1--1", Dialect::Sqlite), ["1"]);
    assert_eq!(left("--split\na", Dialect::MySql), ["a"]);
    assert_eq!(left("/*!40101 SET a=1 */; /*M!100 b */", Dialect::MySql), ["SET", "a", "=", "1", ";", "b"]);
}

#[test]
fn what_tools_fill_in_is_one_token() {
    let text = "${a} {{ b }} %s %(c)s :d $1 $%E%$ {% for f in g %}";
    let found = significant(text, Dialect::Postgres);
    assert!(found.iter().all(|it| it.0 == TokenKind::Placeholder), "{found:?}");
    assert_eq!(found.len(), 7);
    assert_eq!(significant("a::int", Dialect::Postgres)[1], (TokenKind::Operator, "::"));
    assert_eq!(significant("a ? b", Dialect::Postgres)[1], (TokenKind::Operator, "?"));
    assert_eq!(significant("a = ?", Dialect::MySql)[2], (TokenKind::Placeholder, "?"));
}

#[test]
fn what_is_left_open_ends_with_the_text_and_is_told() {
    for (text, dialect, what) in [
        ("a 'b", Dialect::Postgres, "a literal is not closed"),
        ("a \"b", Dialect::Postgres, "a quoted name is not closed"),
        ("a $$ b", Dialect::Postgres, "a dollar-quoted text is not closed"),
        ("a /* b", Dialect::Sqlite, "a comment is not closed"),
        ("/*!40101 a", Dialect::MySql, "a version comment is not closed"),
        ("COPY t FROM stdin;\n1\t2\n", Dialect::Postgres, "the data of COPY is not closed"),
        (
            "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1;",
            Dialect::Sqlite,
            "the body of this statement is not closed",
        ),
    ] {
        let script = parse(text, dialect);
        let told: Vec<&str> = script.problems.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(told, [what], "{text}");
    }
}

/// Each text repeats what could be read again and again.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    for part in [
        "(",
        "'",
        "$a$",
        "{{",
        "/*",
        "BEGIN ",
        "CASE ",
        "[",
        "\\",
        "CREATE TRIGGER ",
        "WITH a AS (",
        "a,",
        "IF ",
        "GO ",
        "SET ",
        "ALTER TABLE t ADD (",
        "EXECUTE 'a' ",
        "DO $$ ",
        "DELIMITER x\n",
        "SELECT ",
        "UPDATE (",
        "%(",
        "${",
        "a.",
        "COPY t FROM stdin;\n",
        "CREATE PROCEDURE p AS ",
        "ADD ",
        "DEFAULT ",
        "@",
        "-- \n",
    ] {
        let text = part.repeat(40_000 / part.len());
        for dialect in Dialect::ALL {
            for start in ["", "ALTER TABLE t ", "CREATE TABLE t ("] {
                let text = format!("{start}{text}");
                assert!(parse(&text, dialect).statements.len() <= text.len());
            }
        }
    }
}
