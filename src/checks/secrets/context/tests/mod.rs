//! One row a form: path, text, key, value, binding, writing.

use crate::checks::secrets::input::Within;
use proptest::prelude::*;

use super::*;
use crate::checks::secrets::pair::{Binding, Writing};
use crate::model::{RepoPath, Timestamp};

use Binding::{
    Argument, Assignment, Basic, Comparison, ConnectionString, Flag, Header, NameAndValue, Query, Sql, Userinfo,
};
use Writing::{Bare, Block, Element, Quoted};

/// Key, value, binding, writing and span of a pair.
type Seen = (String, String, Binding, Writing, (usize, usize));

/// Every pair of a text, without repetitions, by place.
fn pairs(path: &str, text: &[u8]) -> Vec<Seen> {
    let path = RepoPath::new(path);
    let input = Input { path: &path, text, within: Within::Fresh(&[]), now: Timestamp(0), watch: None };
    let syntax = syntax(path.as_str());
    let mut pairs = Vec::new();
    for (number, trigger) in TRIGGERS.iter().enumerate() {
        for (at, window) in text.windows(trigger.len()).enumerate() {
            if window.eq_ignore_ascii_case(trigger.as_bytes()) {
                read(&input, syntax, (number, at), &mut |pair| {
                    let place = (pair.span.start, pair.span.end);
                    pairs.push((pair.key.into(), pair.value.into(), pair.binding, pair.writing, place));
                });
            }
        }
    }
    pairs.sort_by_key(|it| it.4);
    pairs.dedup();
    pairs
}

type Row = (&'static str, &'static str, &'static str, &'static str, Binding, Writing);

fn assert_rows(rows: &[Row]) {
    let mut wrong = String::new();
    for (path, text, key, value, binding, writing) in rows {
        let found = pairs(path, text.as_bytes());
        let found: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.1.as_str(), it.2, it.3)).collect();
        if found != [(*key, *value, *binding, *writing)] {
            wrong.push_str(&format!(
                "{path}: {text}\n  wanted {:?}\n  found  {found:?}\n",
                (key, value, binding, writing)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

mod code;
mod commands;
mod places;
mod settings;

#[test]
fn every_trigger_is_lower_case_and_long_enough() {
    for (number, word) in TRIGGERS.iter().enumerate() {
        assert!(word.len() >= 3 && *word == word.to_ascii_lowercase(), "{word}");
        assert!(!TRIGGERS.iter().take(number).any(|it| it == word), "`{word}` stands there twice");
    }
}

/// Work for one word does not grow with the file.
#[test]
fn many_words_in_one_file_are_read_in_bounded_time() {
    let words = [
        "password=\"",
        "{\"name\": \"key\", ",
        "kind: Secret\n",
        "Password=a;",
        " key:\n",
        "curl -u ",
        "://a:b",
        "<key ",
    ];
    for word in words {
        for path in ["a.py", "a.yaml", "a.md"] {
            pairs(path, word.repeat(400).as_bytes());
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let words = "password|PWD|token|key|auth|secret|://|basic |bearer |identified |\"kty\"|mysql |curl -u |login |--|kind: Secret|data:|name|value|<|</|>|/>|=|:| |\n|\t|\"|'|`|\\\\|\\$|\\{|\\}|\\(|\\)|\\[|\\]|,|;|&|\\?|\\||#|!|EOF|<<|\\$6\\$|é|密码|：|[ -~]{0,5}|\\PC{0,3}";
    proptest::collection::vec(words, 0..40).prop_map(|it| it.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics_and_every_span_lies_in_the_text(text in pieces(), path in 0..10_usize) {
        let paths = ["a.py", "a.yaml", "a.json", "a.xml", "a.sh", ".env", "a.properties", "a.md", "a.ps1", "a.c"];
        for pair in pairs(paths.get(path).unwrap_or(&"x"), text.as_bytes()) {
            let (start, end) = pair.4;
            prop_assert!(start < end && end <= text.len(), "{:?}", pair);
            prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end), "{:?}", pair);
        }
    }
}
