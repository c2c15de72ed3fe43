//! Expressions of a policy over bytes: parsed when the policy loads, compiled when they are first needed.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::literals;
use crate::model::RepoPath;

/// The largest compiled expression, in bytes.
const LARGEST: usize = 4 << 20;
/// Deepest nesting of groups.
const DEEPEST: u32 = 100;
/// States above which an expression is compiled at once, to see whether it fits.
const MANY: u64 = 10_000;

/// A regular expression over bytes, in the syntax of the `regex` crate; classes such as `\w` are those of ASCII.
pub(crate) struct Expression {
    text: String,
    /// Literals of which each match has one, in small letters; empty when none are known.
    pub(super) required: Vec<Vec<u8>>,
    compiled: OnceLock<Option<Regex>>,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// When it is none, needs too much memory, or finds the empty text.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let mut parser = ParserBuilder::new().unicode(false).utf8(false).nest_limit(DEEPEST).build();
        let hir = parser.parse(text).map_err(|error| {
            let error = error.to_string();
            let why = error.lines().next_back().unwrap_or_default().trim_start_matches("error: ");
            format!("`{text}` is not a regular expression: {why}")
        })?;
        let new = Self { text: text.to_owned(), required: literals::required(&hir), compiled: OnceLock::new() };
        if states(&hir) > MANY && new.regex().is_none() {
            return Err(format!("`{text}` needs more than {LARGEST} bytes once compiled; make it smaller"));
        }
        if hir.properties().minimum_len().is_none_or(|least| least == 0) {
            return Err(format!("`{text}` finds the empty text, which is everywhere"));
        }
        Ok(new)
    }

    /// The compiled expression.
    pub(super) fn regex(&self) -> Option<&Regex> {
        let compile = || {
            RegexBuilder::new(&self.text)
                .unicode(false)
                .size_limit(LARGEST)
                .dfa_size_limit(LARGEST)
                .nest_limit(DEEPEST)
                .build()
        };
        self.compiled.get_or_init(|| compile().ok()).as_ref()
    }

    /// Whether it is found in a path.
    pub(super) fn is_in(&self, path: &RepoPath) -> bool {
        self.regex().is_some_and(|it| it.is_match(path.as_str().as_bytes()))
    }

    /// Whether it was needed and could not be compiled.
    pub(super) fn is_broken(&self) -> bool {
        self.compiled.get().is_some_and(Option::is_none)
    }
}

/// About how many states an expression has.
fn states(hir: &Hir) -> u64 {
    let all = |parts: &[Hir]| parts.iter().map(states).fold(1, u64::saturating_add);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => 1,
        HirKind::Literal(literal) => u64::try_from(literal.0.len()).unwrap_or(u64::MAX),
        HirKind::Class(Class::Bytes(class)) => u64::try_from(class.ranges().len()).unwrap_or(u64::MAX),
        HirKind::Class(Class::Unicode(class)) => {
            u64::try_from(class.ranges().len()).unwrap_or(u64::MAX).saturating_mul(4)
        }
        HirKind::Repetition(it) => {
            states(&it.sub).saturating_mul(u64::from(it.max.unwrap_or(it.min).max(1))).saturating_add(1)
        }
        HirKind::Capture(it) => states(&it.sub).saturating_add(2),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Expression {
    fn schema_name() -> Cow<'static, str> {
        "ByteExpression".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "description": "A regular expression (syntax of the Rust crate `regex`); classes such as `\\w` are those of ASCII.",
        })
    }
}
