//! Path patterns that carry a part of one path over to another: `src/{name}.rs` → `tests/{name}.rs`.
//!
//! The dialect of `globs` with two things added: `{name}` stands for one component or a part of one,
//! like `*`, and `{name/**}` for any number of whole components, like `**`. Braces with a comma stay
//! alternatives. A pattern that only uses what was captured is an ordinary glob once it is filled in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use regex::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::globs::Globs;
use crate::model::RepoPath;

/// What the captures of a pattern stand for in one path.
pub type Captured = BTreeMap<String, String>;

/// A path pattern with captures.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    pieces: Vec<Piece>,
    regex: Regex,
}

#[derive(Clone, Debug)]
enum Piece {
    /// Glob syntax, passed on as it is.
    Glob(String),
    /// `{name}`, and with `deep` `{name/**}`.
    Capture { name: String, deep: bool },
}

impl PathPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// When it is empty, is no glob, or names one capture twice.
    pub fn new(text: &str) -> Result<Self, String> {
        if text.starts_with('!') {
            return Err(format!("`{text}` takes something back; here a pattern can only name paths"));
        }
        let pieces = pieces(text);
        let names: Vec<&str> = names(&pieces).collect();
        if let Some(twice) =
            names.iter().enumerate().find(|(index, name)| names.iter().take(*index).any(|it| it == *name))
        {
            return Err(format!("`{text}` captures `{}` twice", twice.1));
        }
        // What globs refuse is refused here with the same words.
        let plain: String = pieces.iter().map(|it| it.as_glob(None)).collect();
        Globs::new([&plain]).map_err(|error| error.replace(&plain, text))?;
        let regex = RegexBuilder::new(&regex_of(text, &pieces)).size_limit(1 << 20).build();
        let regex = regex.map_err(|_| format!("`{text}` is not a path pattern"))?;
        Ok(Self { text: text.to_owned(), pieces, regex })
    }

    /// The pattern as the user wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names that it captures.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        names(&self.pieces)
    }

    /// What the captures stand for, when the path is matched.
    #[must_use]
    pub fn captured(&self, path: &RepoPath) -> Option<Captured> {
        let groups = self.regex.captures(path.as_str())?;
        let value = |name: &str| groups.name(name).map_or("", |it| it.as_str()).trim_end_matches('/').to_owned();
        Some(self.names().map(|name| (name.to_owned(), value(name))).collect())
    }

    /// The glob that this pattern is with the captures of another pattern filled in. A capture that
    /// the other pattern does not have stands for anything.
    #[must_use]
    pub fn filled(&self, captured: &Captured) -> String {
        self.pieces.iter().map(|piece| piece.as_glob(Some(captured))).collect()
    }

    /// The one path that the filled-in pattern names, when it has no wildcard.
    #[must_use]
    pub fn path(&self, captured: &Captured) -> Option<RepoPath> {
        let mut path = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Glob(text) if text.contains(['*', '?', '[', '{', '\\', '!']) => return None,
                Piece::Glob(text) => path.push_str(text),
                Piece::Capture { name, deep } => {
                    let value = captured.get(name)?;
                    path.push_str(value);
                    if *deep && !value.is_empty() {
                        path.push('/');
                    }
                }
            }
        }
        // Without a slash a glob means a name at any depth.
        (path.contains('/') && !path.ends_with('/')).then(|| RepoPath::new(&path))
    }
}

fn names(pieces: &[Piece]) -> impl Iterator<Item = &str> {
    pieces.iter().filter_map(|piece| match piece {
        Piece::Glob(_) => None,
        Piece::Capture { name, .. } => Some(name.as_str()),
    })
}

impl Piece {
    fn as_glob(&self, captured: Option<&Captured>) -> String {
        match self {
            Self::Glob(text) => text.clone(),
            Self::Capture { name, deep } => match (captured.and_then(|it| it.get(name)), deep) {
                (None, false) => "*".to_owned(),
                (None, true) => "**/".to_owned(),
                (Some(value), true) if value.is_empty() => String::new(),
                (Some(value), false) => escaped(value),
                (Some(value), true) => format!("{}/", escaped(value)),
            },
        }
    }
}

fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for symbol in value.chars() {
        if matches!(symbol, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | ',') {
            text.push('\\');
        }
        text.push(symbol);
    }
    text
}

/// Splits at `{name}` and `{name/**}/`; the slash behind a deep capture belongs to it.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut glob = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        glob.push_str(before);
        let inside = after.split_once('}');
        let capture = inside.and_then(|(body, behind)| {
            let (name, deep) = body.strip_suffix("/**").map_or((body, false), |name| (name, true));
            let is_name = name.starts_with(|it: char| it.is_ascii_alphabetic())
                && name.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_');
            let behind = if deep { behind.strip_prefix('/')? } else { behind };
            (is_name && !before.ends_with('\\')).then(|| (Piece::Capture { name: name.to_owned(), deep }, behind))
        });
        match capture {
            Some((piece, behind)) => {
                pieces.push(Piece::Glob(std::mem::take(&mut glob)));
                pieces.push(piece);
                rest = behind;
            }
            None => {
                glob.push('{');
                rest = after;
            }
        }
    }
    glob.push_str(rest);
    pieces.push(Piece::Glob(glob));
    pieces
}

fn regex_of(text: &str, pieces: &[Piece]) -> String {
    let mut regex = String::from("^");
    let whole = text.trim_start_matches("./");
    if !whole.contains('/') {
        regex.push_str("(?:.*/)?");
    }
    let mut opens = true;
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Glob(glob) => {
                let skipped = if index == 0 { glob.trim_start_matches("./").trim_start_matches('/') } else { glob };
                push_glob(&mut regex, skipped, opens);
                opens = glob.is_empty() && opens;
            }
            Piece::Capture { name, deep: false } => {
                regex.push_str(&format!("(?P<{name}>[^/]+)"));
                opens = false;
            }
            Piece::Capture { name, deep: true } => {
                regex.push_str(&format!("(?P<{name}>(?:[^/]+/)*)"));
                opens = true;
            }
        }
    }
    if whole.ends_with('/') {
        regex.push_str(".*");
    }
    regex.push('$');
    regex
}

/// Translates glob syntax. `opens` says whether a component begins where this text begins.
fn push_glob(regex: &mut String, glob: &str, opens: bool) {
    let mut depth = 0_usize;
    let mut before = if opens { '/' } else { 'x' };
    let mut rest = glob.chars().peekable();
    while let Some(symbol) = rest.next() {
        match symbol {
            '*' if rest.peek() == Some(&'*') => {
                let mut stars = 1;
                while rest.next_if_eq(&'*').is_some() {
                    stars += 1;
                }
                // Only a whole component of two stars crosses folders.
                if stars > 2 || before != '/' || rest.peek().is_some_and(|it| *it != '/') {
                    regex.push_str("[^/]*");
                } else if rest.next_if_eq(&'/').is_some() {
                    regex.push_str("(?:.*/)?");
                    before = '/';
                    continue;
                } else {
                    regex.push_str(".*");
                }
            }
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '\\' => regex.push_str(&regex::escape(&rest.next().unwrap_or('\\').to_string())),
            '[' => push_class(regex, &mut rest),
            '{' => {
                depth += 1;
                regex.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                regex.push(')');
            }
            ',' if depth > 0 => regex.push('|'),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
        before = symbol;
    }
}

fn push_class(regex: &mut String, rest: &mut std::iter::Peekable<std::str::Chars<'_>>) {
    regex.push('[');
    if rest.next_if(|it| matches!(it, '!' | '^')).is_some() {
        regex.push_str("^/");
    }
    let mut first = true;
    for symbol in rest.by_ref() {
        match symbol {
            ']' if !first => break,
            '-' => regex.push('-'),
            other => regex.push_str(&regex::escape(other.encode_utf8(&mut [0; 4]))),
        }
        first = false;
    }
    regex.push(']');
}

impl<'de> Deserialize<'de> for PathPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for PathPattern {
    fn schema_name() -> Cow<'static, str> {
        "PathPattern".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "minLength": 1,
            "description": "A path glob; `{name}` captures a part of a component, `{name/**}/` whole folders.",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn carried(from: &str, path: &str, to: &str) -> Option<String> {
        let captured = PathPattern::new(from).ok()?.captured(&RepoPath::new(path))?;
        Some(PathPattern::new(to).ok()?.filled(&captured))
    }

    #[test]
    fn parts_are_carried_over() {
        let carry = |path| carried("src/{dir/**}/{name}.rs", path, "tests/{dir/**}/{name}_test.rs");
        assert_eq!(carry("src/a/b/pay.rs").as_deref(), Some("tests/a/b/pay_test.rs"));
        assert_eq!(carry("src/pay.rs").as_deref(), Some("tests/pay_test.rs"));
        assert_eq!(carry("lib/pay.rs"), None);
        assert_eq!(carried("{name}.go", "a/b.go", "**/{name}_test.go").as_deref(), Some("**/b_test.go"));
        assert_eq!(carried("api/**", "api/v1/x.json", "CHANGELOG.md").as_deref(), Some("CHANGELOG.md"));
        assert_eq!(carried("a/{x}.md", "a/[1].md", "b/{x}.md").as_deref(), Some(r"b/\[1\].md"));
    }

    #[test]
    fn a_filled_pattern_without_wildcards_is_a_path() {
        let captured = Captured::from([("name".to_owned(), "pay".to_owned())]);
        let path = |text: &str| PathPattern::new(text).ok().and_then(|it| it.path(&captured)).map(|it| it.to_string());
        assert_eq!(path("tests/{name}.rs").as_deref(), Some("tests/pay.rs"));
        assert_eq!(path("tests/**/{name}.rs"), None);
        assert_eq!(path("{name}.rs"), None);
        assert_eq!(path("tests/{other}.rs"), None);
    }

    #[test]
    fn a_capture_twice_is_refused() {
        assert!(PathPattern::new("{a}/{a}.rs").err().unwrap_or_default().contains("twice"));
        assert!(PathPattern::new("").is_err());
        assert!(PathPattern::new("a[").is_err());
    }

    proptest! {
        #[test]
        fn without_captures_it_matches_what_a_glob_matches(
            parts in proptest::collection::vec(prop_oneof![
                Just("a"), Just("b"), Just("*"), Just("?"), Just("/"), Just("/**/"), Just("{a,b}"), Just("[ab]"), Just("b."),
            ], 1..6),
            path in "[ab]{1,2}(/[ab.]{1,2}){0,3}",
        ) {
            let text = parts.concat().replace("//", "/").replace("//", "/").replace("**/**/", "**/");
            let path = RepoPath::new(&path);
            if let (Ok(globs), Ok(pattern)) = (Globs::new([&text]), PathPattern::new(&text)) {
                prop_assert_eq!(pattern.captured(&path).is_some(), globs.is_match(&path), "{} {}", text, path);
            }
        }
    }
}
