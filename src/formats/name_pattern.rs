//! Regular expressions for names: of branches, tags, types and scopes.
//!
//! A name pattern must match the whole name. Searching inside of it, as a plain pattern does, would let
//! `main` protect `feature/main-menu` and `feature/.+` accept `my-feature/x`.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::pattern::Pattern;

/// A regular expression that must match a whole name.
#[derive(Clone, Debug)]
pub struct NamePattern {
    text: String,
    anchored: Pattern,
}

impl NamePattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// As [`Pattern::new`].
    pub fn new(text: &str) -> Result<Self, String> {
        // Compiled alone first, so that an error shows the user's own text and `a)(b` cannot close our group.
        Pattern::new(text)?;
        Ok(Self { text: text.to_owned(), anchored: Pattern::new(&format!("^(?:{text})$"))? })
    }

    /// The pattern as the user wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it matches the whole of `name`.
    #[must_use]
    pub fn is_match(&self, name: &str) -> bool {
        self.anchored.is_match(name)
    }

    /// What the group `group` matches in `name`, when the whole of `name` matches.
    #[must_use]
    pub fn group<'a>(&self, name: &'a str, group: &str) -> Option<&'a str> {
        self.anchored.regex().captures(name)?.name(group).map(|it| it.as_str())
    }
}

/// Name patterns, one of which must match.
#[derive(Clone, Debug, Default)]
pub struct NamePatterns(Vec<NamePattern>);

impl NamePatterns {
    /// Compiles patterns.
    ///
    /// # Errors
    /// As [`Pattern::new`], for the first that does not compile.
    pub fn new(texts: &[&str]) -> Result<Self, String> {
        texts.iter().map(|text| NamePattern::new(text)).collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them matches the whole of `name`.
    #[must_use]
    pub fn is_match(&self, name: &str) -> bool {
        self.0.iter().any(|it| it.is_match(name))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The patterns as the user wrote them, in backticks, joined by commas.
    #[must_use]
    pub fn listed(&self) -> String {
        let quoted: Vec<String> = self.0.iter().map(|it| format!("`{}`", it.as_str())).collect();
        quoted.join(", ")
    }
}

impl<'de> Deserialize<'de> for NamePattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for NamePatterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Vec::deserialize(deserializer)?))
    }
}

impl JsonSchema for NamePattern {
    fn schema_name() -> Cow<'static, str> {
        "NamePattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A regular expression (syntax of the Rust crate `regex`) that must match the whole name.",
        })
    }
}

impl JsonSchema for NamePatterns {
    fn schema_name() -> Cow<'static, str> {
        "NamePatterns".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "string" },
            "description": "Regular expressions, one of which must match the whole name.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_name_must_match() {
        let pattern = NamePattern::new("main|release/.+");
        assert!(pattern.as_ref().is_ok_and(|it| it.is_match("main") && it.is_match("release/1.4")));
        assert!(pattern.is_ok_and(|it| !it.is_match("main-menu") && !it.is_match("my-main")));
    }

    #[test]
    fn a_pattern_cannot_leave_its_group() {
        assert!(NamePattern::new("a)|(b").err().unwrap_or_default().contains("`a)|(b`"));
    }

    #[test]
    fn groups_are_read_from_whole_matches_only() {
        let pattern = NamePattern::new("(?:(?<series>[a-z]+)/)?v(?<version>.+)");
        assert_eq!(pattern.as_ref().ok().and_then(|it| it.group("api/v1.2.0", "version")), Some("1.2.0"));
        assert_eq!(pattern.ok().and_then(|it| it.group("x api/v1.2.0", "version")), None);
    }
}
