//! CODEOWNERS files: whose word a file needs.
//!
//! GitHub: the last line that matches a path decides, alone. GitLab: the last one of each section, and every section
//! counts. Gitea and Forgejo: patterns are expressions for
//! whole paths, and every line that matches counts. All leave out what they cannot read; so does this, and tells it. Who the owners are, and whether they may
//! approve, nobody can tell from the file.

mod parse;
mod pattern;
#[cfg(test)]
mod tests;

use self::pattern::Pattern;
use crate::formats::name_pattern::NamePattern;
use crate::model::{Permission, RepoPath, Span};

pub use parse::parse;

/// The largest file that GitHub loads, in bytes. A larger one counts there as if it were absent.
pub const LARGEST: usize = 3 << 20;

/// Whose rules a file follows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Dialect {
    /// One list of lines.
    GitHub,
    /// Sections, exclusions, roles.
    GitLab,
    /// Expressions for whole paths; each line is one of its own.
    Gitea,
}

impl Dialect {
    /// Where the file is looked for; the first one that is there counts.
    #[must_use]
    pub fn places(self) -> [&'static str; 3] {
        match self {
            Self::GitHub => [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
            Self::GitLab => ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
            Self::Gitea => ["CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS"],
        }
    }
}

/// An owner, as a line names it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Owner {
    /// `@name`: an account; on GitLab it may be a group as well.
    Account(String),
    /// `@org/team`.
    Team(String),
    /// The account with this address.
    Email(String),
    /// `@@maintainer`: everybody with exactly this permission.
    Role(Permission),
}

impl std::fmt::Display for Owner {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Account(name) | Self::Team(name) => write!(out, "@{name}"),
            Self::Email(address) => out.write_str(address),
            Self::Role(Permission::Write) => out.write_str("@@developer"),
            Self::Role(Permission::Maintain) => out.write_str("@@maintainer"),
            Self::Role(Permission::Admin) => out.write_str("@@owner"),
            Self::Role(other) => write!(out, "@@{}", other.as_str()),
        }
    }
}

/// A line that gives paths to owners.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The pattern as it stands there.
    pub pattern: String,
    matcher: Matcher,
    /// Its owners, those of its section's heading where it names none; nobody has to approve where there are none.
    pub owners: Vec<Owner>,
    /// Whether it takes paths out of its section.
    pub excludes: bool,
    /// Whether a part of the line could not be read. GitHub leaves such a line out; what it meant is not known.
    pub is_broken: bool,
    /// The line, without white space around it.
    pub span: Span,
}

impl Entry {
    /// Whether its pattern matches a path.
    #[must_use]
    pub fn is_match(&self, path: &RepoPath) -> bool {
        self.matcher.is_match(path.as_str())
    }
}

/// What a pattern is.
#[derive(Clone, Debug)]
enum Matcher {
    Glob(Pattern),
    /// An expression for the whole path; with `!` before it for all that it does not match.
    Expression {
        pattern: NamePattern,
        is_negated: bool,
    },
}

impl Matcher {
    fn is_match(&self, path: &str) -> bool {
        match self {
            Self::Glob(pattern) => pattern.is_match(path),
            Self::Expression { pattern, is_negated } => pattern.is_match(path) != *is_negated,
        }
    }
}

/// A section. A file without sections is a single one, without a name.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name, as the first heading writes it.
    pub name: Option<String>,
    /// Whether nobody has to approve.
    pub is_optional: bool,
    /// How many owners must approve.
    pub approvals: u32,
    /// Its lines, in order.
    pub entries: Vec<Entry>,
}

impl Section {
    /// The line that decides about a path; nothing when none matches, or when one takes the path out.
    #[must_use]
    pub fn entry(&self, path: &RepoPath) -> Option<&Entry> {
        if self.entries.iter().any(|entry| entry.excludes && entry.is_match(path)) {
            return None;
        }
        self.entries.iter().rev().find(|entry| !entry.excludes && entry.is_match(path))
    }
}

/// A file.
#[derive(Clone, Debug)]
pub struct CodeOwners {
    /// Its sections, in order; the one without a name comes first.
    pub sections: Vec<Section>,
}

impl CodeOwners {
    /// The lines that decide about a path, one a section.
    pub fn entries(&self, path: &RepoPath) -> impl Iterator<Item = (&Section, &Entry)> {
        self.sections.iter().filter_map(|section| Some((section, section.entry(path)?)))
    }

    /// Number of lines with patterns: what it costs to look up a path.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sections.iter().map(|section| section.entries.len()).sum()
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
