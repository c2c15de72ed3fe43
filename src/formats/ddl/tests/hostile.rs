//! Texts that nobody would write.

use proptest::prelude::*;

use super::{Dialect, DjangoState, read_django, read_rails};

const RAILS: &str = "class A < ActiveRecord::Migration[7.0]\n  def change\n    ";
const DJANGO: &str = "class Migration(migrations.Migration):\n    operations = [\n        ";

fn read_both(text: &str) {
    for dialect in Dialect::ALL {
        let _ = read_rails(text, dialect);
        let _ = read_django(text, dialect, &mut DjangoState::new("a"));
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC{0,200}") {
        read_both(&text);
        read_both(&format!("{RAILS}{text}"));
        read_both(&format!("{DJANGO}{text}"));
    }

    #[test]
    fn any_pieces_are_read(pieces in prop::collection::vec(prop::sample::select(vec![
        "create_table", "t", ".", "string", ":a", "do", "end", "{", "}", "|t|", "(", ")", "[", "]", ",", "\n", " ", "\"",
        "'", "<<~SQL", "SQL", "#{", "\\", "=>", "a:", "if", "def", "class", "migrations.AddField(", "name=", "models",
        "CharField(", "->", "%w[", "=begin", "\"\"\"", "f'", "    ", ":", "execute", "RunSQL(", "# x", "é", "lambda", "*",
        "SeparateDatabaseAndState(", "CreateModel(", "fields=", "1.5", "-", "?", "remove_column", "add_index", "/",
    ]), 0..120)) {
        let text = pieces.concat();
        read_both(&format!("{RAILS}{text}"));
        read_both(&format!("{DJANGO}{text}"));
    }
}

#[test]
fn what_lies_deep_is_read_in_linear_time() {
    for piece in [
        "(",
        "[",
        "{",
        "foo(",
        "foo ",
        "-> { ",
        "if x\n",
        "do |t|\n",
        "begin\n",
        "def x\n",
        "class X\n",
        "a.",
        "\"#{",
        "x do\n",
        "- ",
        "* ",
        "not ",
        "x = ",
        "a: ",
        "[{",
        "migrations.RunSQL(",
        "lambda: ",
        "if x: ",
        "(a, ",
        "{'a': ",
        "::",
        "a[",
        "<<~A\n",
        "<<A ",
        "%w(",
        "safety_assured { ",
        "\\",
        "\"a\" ",
        "'a' 'b' ",
        "/",
        "SeparateDatabaseAndState([",
        "unless y ",
        "case z\n",
    ] {
        let many = piece.repeat(40_000 / piece.len());
        let lines: String = (0..200).map(|it| format!("{}{piece}\n", " ".repeat(it))).collect();
        for text in [many, lines] {
            let _ = read_rails(&format!("{RAILS}{text}"), Dialect::Postgres);
            let _ = read_django(&format!("{DJANGO}{text}"), Dialect::Postgres, &mut DjangoState::new("a"));
        }
    }
}

#[test]
fn routines_that_call_each_other_end() {
    let calls = "    again\n".repeat(200);
    let text =
        format!("class A < ActiveRecord::Migration[7.0]\n  def up\n{calls}  end\n  def again\n{calls}  end\nend\n");
    assert!(read_rails(&text, Dialect::Postgres).is_some_and(|it| !it.up.is_empty()));
}

#[test]
fn what_is_open_at_the_end_is_a_problem() {
    for text in
        [format!("{RAILS}execute \"SELECT"), format!("{RAILS}execute <<~SQL\n  SELECT"), format!("{RAILS}x %w[a b")]
    {
        assert_eq!(read_rails(&text, Dialect::Postgres).unwrap().problems.len(), 1, "{text}");
    }
    let text = format!("{DJANGO}migrations.RunSQL('SELECT");
    assert_eq!(read_django(&text, Dialect::Postgres, &mut DjangoState::new("a")).unwrap().problems.len(), 1);
}
