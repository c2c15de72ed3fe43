//! JSON values written as YAML that a person likes to read: blocks, and quotes only where they are needed.

use serde_json::Value;

use super::node;
use super::yaml;

/// Appends a value that begins after a key or a dash, at this depth of indentation.
pub fn push(text: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                indent(text, depth);
                push_scalar(text, key);
                text.push(':');
                push_after(text, value, depth);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                // The first line of a block stands beside its dash.
                let mut block = String::new();
                push(&mut block, item, depth + 1);
                indent(text, depth);
                text.push_str("- ");
                text.push_str(block.get((depth + 1) * 2..).unwrap_or_default());
            }
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            indent(text, depth);
            push_leaf(text, value);
            text.push('\n');
        }
    }
}

/// Appends what stands after a key or a dash: a leaf on the same line, or a block below it.
pub fn push_after(text: &mut String, value: &Value, depth: usize) {
    let is_block =
        value.as_object().is_some_and(|it| !it.is_empty()) || value.as_array().is_some_and(|it| !it.is_empty());
    if is_block {
        text.push('\n');
        push(text, value, depth + 1);
    } else {
        text.push(' ');
        push_leaf(text, value);
        text.push('\n');
    }
}

fn push_leaf(text: &mut String, value: &Value) {
    match value {
        Value::String(it) => push_scalar(text, it),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            text.push_str(&value.to_string());
        }
    }
}

/// Appends a text, in quotes unless it reads the same without them.
pub fn push_scalar(text: &mut String, scalar: &str) {
    let is_tame = |it: char| it.is_alphanumeric() || matches!(it, ' ' | '_' | '-' | '.' | '/' | '@' | '(' | ')');
    let is_plain = !scalar.is_empty()
        && scalar.chars().all(is_tame)
        && scalar.starts_with(|it: char| it.is_alphanumeric() || it == '/')
        && !scalar.ends_with(' ')
        && reads_as_text(scalar);
    if is_plain {
        text.push_str(scalar);
    } else {
        // A JSON string is a double-quoted scalar of YAML.
        text.push_str(&Value::String(scalar.to_owned()).to_string());
    }
}

fn reads_as_text(scalar: &str) -> bool {
    // Words that YAML 1.1 reads as true or false are quoted too: other tools read the text as well.
    let is_word = matches!(scalar.to_ascii_lowercase().as_str(), "yes" | "no" | "on" | "off" | "y" | "n");
    let root = yaml::parse(scalar).0.into_iter().next().and_then(|it| it.root);
    !is_word && root.is_some_and(|it| it.value == node::Value::String(scalar.to_owned()))
}

fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn written(value: &Value) -> String {
        let mut text = String::new();
        push(&mut text, value, 0);
        text
    }

    #[test]
    fn blocks_and_quotes() {
        let value = json!({ "a": ["x y", "1.0", "*.sql"], "b": { "c": true, "d": [] }, "e": "off" });
        assert_eq!(written(&json!([{ "a": 1, "b": [[1, 2]] }])), "- a: 1\n  b:\n    - - 1\n      - 2\n");
        assert_eq!(written(&value), "a:\n  - x y\n  - \"1.0\"\n  - \"*.sql\"\nb:\n  c: true\n  d: []\ne: \"off\"\n");
    }

    proptest! {
        #[test]
        fn any_text_is_read_back(key in "\\PC{1,12}", value in "[\\PC\n\t]{0,20}") {
            let value = json!({ key.clone(): [value, { key: [[1, {}], "x"] }] });
            let text = written(&value);
            let root = yaml::parse(&text).0.into_iter().next().and_then(|it| it.root);
            prop_assert_eq!(root.map(|it| it.to_json()), Some(value), "{}", text);
        }
    }
}
