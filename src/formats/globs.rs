//! Path globs that a user writes.
//!
//! One dialect everywhere: `*`, `?` and `[a-z]` stay inside a component, `**` crosses them, `{a,b}` and
//! `[!a]` work as in a shell, and a leading `!` takes back what an earlier glob matched. A glob
//! without a slash matches the name at any depth; one that ends in a slash matches everything below
//! that folder. Matching is case-sensitive on every system.

use std::borrow::Cow;
use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher};
use regex::bytes::{Regex, RegexBuilder};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use crate::model::RepoPath;

/// The longest glob, in bytes: as long as a path may be, and short enough to be compiled whatever it holds.
const LONGEST: usize = 4096;

/// A list of globs, in order; the last one that matches decides.
#[derive(Clone, Debug, Default)]
pub struct Globs {
    globs: Vec<Glob>,
}

#[derive(Clone, Debug)]
struct Glob {
    text: String,
    matcher: Matcher,
    negated: bool,
}

/// A compiled glob whose `*`, `?` and `[…]` stay inside a component.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// `name` at any depth: most globs name a file or an extension and need no expression.
    Name(String),
    /// `*.ext` at any depth: how the path ends.
    Ending(String),
    Plain(Box<Plain>),
    /// A glob with a class in it, from which the slash is taken out.
    Classes(Regex),
}

/// A glob that is compiled when it is first asked: most globs of a policy are asked nothing about a small change.
#[derive(Clone, Debug)]
pub(super) struct Plain {
    glob: globset::Glob,
    matcher: OnceLock<GlobMatcher>,
}

impl Matcher {
    /// The matcher of a glob without a slash, when it needs nothing of the dialect but a star at its start.
    fn simple(body: &str) -> Option<Self> {
        let is_literal = |text: &str| !text.contains(['*', '?', '[', ']', '{', '}', '\\', '/']);
        match body.strip_prefix('*') {
            Some(ending) => (!ending.is_empty() && is_literal(ending)).then(|| Self::Ending(ending.to_owned())),
            None => is_literal(body).then(|| Self::Name(body.to_owned())),
        }
    }

    /// Compiles a glob that is anchored at both ends.
    ///
    /// # Errors
    /// When it is no glob; the error says why.
    pub(super) fn new(glob: &str) -> Result<Self, String> {
        let built = GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build();
        let built = built.map_err(|error| error.kind().to_string())?;
        if !glob.contains('[') {
            return Ok(Self::Plain(Box::new(Plain { glob: built, matcher: OnceLock::new() })));
        }
        // Whole paths only, as the library itself compiles it: a name may hold a line end.
        let regex = RegexBuilder::new(&without_slash_in_classes(built.regex())).dot_matches_new_line(true).build();
        regex.map(Self::Classes).map_err(|error| error.to_string())
    }

    pub(super) fn is_match(&self, path: &str) -> bool {
        match self {
            Self::Name(name) => path.rsplit('/').next() == Some(name),
            Self::Ending(ending) => path.ends_with(ending.as_str()),
            Self::Plain(plain) => plain.matcher.get_or_init(|| plain.glob.compile_matcher()).is_match(path),
            Self::Classes(regex) => regex.is_match(path.as_bytes()),
        }
    }
}

/// The expression of a glob with the slash taken out of each class: `literal_separator` speaks of `*` and `?`
/// only, while in a shell and in Git `[!a]` does not match it either. Brackets of names are escaped in it.
fn without_slash_in_classes(regex: &str) -> String {
    let mut out = String::with_capacity(regex.len() + 16);
    let (mut escaped, mut inside) = (false, false);
    for symbol in regex.chars() {
        let opens = symbol == '[' && !escaped && !inside;
        let closes = symbol == ']' && !escaped && inside;
        if opens {
            out.push('[');
        }
        out.push(symbol);
        if closes {
            out.push_str("&&[^/]]");
        }
        inside = (inside || opens) && !closes;
        escaped = symbol == '\\' && !escaped;
    }
    out
}

impl Globs {
    /// Compiles globs.
    ///
    /// # Errors
    /// When one of them is no glob; the error names it.
    pub fn new<S: AsRef<str>>(texts: impl IntoIterator<Item = S>) -> Result<Self, String> {
        texts.into_iter().map(|text| Glob::new(text.as_ref())).collect::<Result<_, _>>().map(|globs| Self { globs })
    }

    /// Whether there is no glob at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.globs.is_empty()
    }

    /// Whether the path is matched. An empty list matches nothing; a list of negations only
    /// matches everything else.
    #[must_use]
    pub fn is_match(&self, path: &RepoPath) -> bool {
        let starts_open = self.globs.first().is_some_and(|glob| glob.negated);
        self.globs.iter().fold(
            starts_open,
            |matched, glob| {
                if glob.matcher.is_match(path.as_str()) { !glob.negated } else { matched }
            },
        )
    }

    /// Whether no path at all can match, because everything is taken back: `["!**"]`, `[a, "!a"]`.
    #[must_use]
    pub fn is_void(&self) -> bool {
        let takes_all = |glob: &Glob| glob.negated && matches!(glob.body(), "**" | "*" | "/**" | "**/*" | "**/**");
        let is_taken_back = |(index, glob): (usize, &Glob)| {
            let later = self.globs.iter().skip(index);
            glob.negated || later.filter(|it| it.negated).any(|it| takes_all(it) || it.body() == glob.body())
        };
        let starts_open = self.globs.first().is_some_and(|glob| glob.negated);
        self.globs.iter().enumerate().all(is_taken_back) && (!starts_open || self.globs.iter().any(takes_all))
    }

    /// The globs as the user wrote them.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.globs.iter().map(|glob| glob.text.as_str())
    }
}

impl Glob {
    /// Without the sign that takes back.
    fn body(&self) -> &str {
        self.text.strip_prefix('!').unwrap_or(&self.text)
    }

    fn new(text: &str) -> Result<Self, String> {
        let (negated, body) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        if body.is_empty() {
            return Err("an empty glob matches nothing; `**` matches every path".to_owned());
        }
        if LONGEST < body.len() {
            return Err(format!("a glob of more than {LONGEST} bytes matches no path that a system could hold"));
        }
        if let Some(matcher) = Matcher::simple(body) {
            return Ok(Self { text: text.to_owned(), matcher, negated });
        }
        let mut expanded = body.trim_start_matches("./").to_owned();
        if expanded.ends_with('/') {
            expanded.push_str("**");
        }
        if let Some(anchored) = expanded.strip_prefix('/') {
            expanded = anchored.to_owned();
        } else if !expanded.contains('/') {
            expanded = format!("**/{expanded}");
        }
        let matcher = Matcher::new(&expanded).map_err(|error| format!("`{text}` is not a glob: {error}"))?;
        Ok(Self { text: text.to_owned(), matcher, negated })
    }
}

impl<'de> Deserialize<'de> for Globs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(Vec::<String>::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Globs {
    fn schema_name() -> Cow<'static, str> {
        "Globs".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": { "type": "string", "minLength": 1 },
            "description": "Path globs; the last one that matches decides, `!` takes back.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(globs: &[&str], path: &str) -> bool {
        Globs::new(globs).is_ok_and(|it| it.is_match(&RepoPath::new(path)))
    }

    #[test]
    fn components_and_depth() {
        assert!(matches(&["src/**"], "src/a/b.rs"));
        assert!(matches(&["*.sql"], "db/migrate/1.sql"));
        assert!(matches(&["docs/"], "docs/a/b.md"));
        assert!(matches(&["/README.md"], "README.md"));
        assert!(!matches(&["/README.md"], "docs/README.md"));
        assert!(!matches(&["src/*"], "src/a/b.rs"));
        assert!(!matches(&["SRC/**"], "src/a.rs"));
        assert!(!matches(&[], "a"));
    }

    #[test]
    fn simple_globs_match_as_their_expressions_do() {
        for glob in ["name", "*.ext", "*name", ".env", "*.tar.gz", "a,b", "a b", "é", "*-"] {
            let (simple, expression) = (Matcher::simple(glob), Matcher::new(&format!("**/{glob}")));
            let exact = glob.trim_start_matches('*');
            for path in ["", "x", "x/", "a/b/", "a/b/x", "x\n", ".", "x."].map(|it| format!("{it}{exact}")) {
                for path in [path.clone(), format!("{path}/y"), format!("{path}y"), path.to_uppercase()] {
                    let simply = simple.as_ref().map(|it| it.is_match(&path));
                    assert_eq!(simply, expression.as_ref().ok().map(|it| it.is_match(&path)), "{glob} {path:?}");
                }
            }
        }
        for glob in ["*", "**", "a*", "*.{a,b}", "[ab]", "a?", "a\\*", "a/b", "/a", "a/"] {
            assert!(Matcher::simple(glob).is_none(), "{glob}");
        }
    }

    #[test]
    fn a_class_stays_inside_a_component() {
        for (glob, inside, across) in [
            ("src/a[!b]c", "src/axc", "src/a/c"),
            ("src/a[^b]c", "src/axc", "src/a/c"),
            ("src/a[+-9]c", "src/a0c", "src/a/c"),
            ("src/a[!]-]c", "src/axc", "src/a/c"),
            ("src/a[!a-]c", "src/axc", "src/a/c"),
            ("src/{a,[!b]}c", "src/xc", "src//c"),
            ("src[!a]*.rs", "src-x.rs", "src/x.rs"),
        ] {
            assert!(matches(&[glob], inside) && !matches(&[glob], across), "{glob}");
        }
        assert!(!matches(&["src/a[/]c"], "src/a/c"));
        assert!(matches(&["src/[!a]*/**"], "src/b/c/d") && !matches(&["src/[!a]*/**"], "src/a/c/d"));
        assert!(matches(&[r"src/\[a]"], "src/[a]") && matches(&["src/[[]a]"], "src/[a]"));
        assert!(!matches(&["src/[a-c]"], "src/d") && matches(&["src/[a-c]"], "src/b"));
        assert!(matches(&["[!a]*"], "b/c") && !matches(&["/[!a]"], "a"));
        assert!(Globs::new(["src/[z-a]"]).is_err() && Globs::new(["src/[a"]).is_err());
    }

    #[test]
    fn a_list_that_takes_everything_back_is_void() {
        let is_void = |globs: &[&str]| Globs::new(globs).is_ok_and(|it| it.is_void());
        for globs in [&["!**"][..], &["!*"], &["src/**", "!**"], &["!a", "b", "!**/*"], &["a", "b", "!b", "!a"]] {
            assert!(is_void(globs), "{globs:?}");
        }
        for globs in [&["!a"][..], &["**", "!a"], &["!**", "src/**"], &["!a", "a"], &["a", "!a", "a"], &["!**/*.md"]] {
            assert!(!is_void(globs), "{globs:?}");
        }
    }

    #[test]
    fn the_longest_globs_are_compiled_and_longer_ones_are_refused() {
        for unit in ["?", "*", "é?", "{a,?}", "**/", "[!a]"] {
            let glob = unit.repeat(LONGEST / unit.len());
            let globs = Globs::new([&glob]);
            assert!(globs.is_ok_and(|it| !it.is_match(&RepoPath::new("b/c"))) || unit.contains('*'), "{unit}");
        }
        let refused = Globs::new(["?".repeat(LONGEST + 1)]);
        assert!(refused.is_err_and(|it| it.contains("4096")));
    }

    #[test]
    fn the_last_match_decides() {
        assert!(!matches(&["src/**", "!src/gen/**"], "src/gen/a.rs"));
        assert!(matches(&["src/**", "!src/gen/**", "src/gen/keep.rs"], "src/gen/keep.rs"));
        assert!(matches(&["!vendor/**"], "src/a.rs"));
        assert!(!matches(&["!vendor/**"], "vendor/a.rs"));
    }
}
