//! Regular expressions that a user writes: linear time, bounded size, compiled once.

use std::borrow::Cow;

use regex::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

/// The largest compiled program, in bytes, that one pattern may need.
const SIZE_LIMIT: usize = 1 << 20;

/// A regular expression in the syntax of the `regex` crate, compiled when the policy is read.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// When the text is no regular expression or would need more than a mebibyte; the error says which.
    pub fn new(text: &str) -> Result<Self, String> {
        let compiled = RegexBuilder::new(text).size_limit(SIZE_LIMIT).dfa_size_limit(SIZE_LIMIT).build();
        compiled.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(limit) => {
                format!("`{text}` needs more than {limit} bytes once compiled; make it smaller")
            }
            other => format!("`{text}` is not a regular expression: {}", last_line(&other.to_string())),
        })
    }

    /// The compiled expression.
    #[must_use]
    pub fn regex(&self) -> &Regex {
        &self.0
    }

    /// The text as the user wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Whether the pattern is found anywhere in `text`.
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

/// The crate prints the pattern with carets over several lines and says the reason in the last one.
fn last_line(error: &str) -> &str {
    error.lines().next_back().unwrap_or(error).trim_start_matches("error: ")
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Pattern {
    fn schema_name() -> Cow<'static, str> {
        "Pattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "description": "A regular expression (syntax of the Rust crate `regex`)." })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_pattern_says_why_in_one_line() {
        let error = Pattern::new("a(b").err().unwrap_or_default();
        assert!(error.contains("`a(b`") && error.contains("unclosed group") && !error.contains('\n'), "{error}");
    }

    #[test]
    fn a_bomb_is_refused() {
        assert!(Pattern::new("(a{1000}){1000}").err().unwrap_or_default().contains("more than"));
    }
}
