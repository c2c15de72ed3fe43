//! A change: base tree, head tree, and the commits between them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{File, ObjectId, RepoPath, Timestamp};

/// What happened to a path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// New at the head.
    Added,
    /// Gone at the head.
    Deleted,
    /// Other content, or another mode, at the same path.
    Modified,
    /// Gone from one path and new at another, alike by this per cent (50 to 100).
    Renamed(u8),
    /// New at the head, alike to a file that the base has and the head keeps, by this per cent.
    Copied(u8),
}

/// One file of a change. At least one side is present.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The file at the base.
    pub old: Option<File>,
    /// The file at the head.
    pub new: Option<File>,
}

impl Change {
    /// The path at the head, or at the base for a deleted file.
    #[must_use]
    pub fn path(&self) -> &RepoPath {
        static ROOT: std::sync::OnceLock<RepoPath> = std::sync::OnceLock::new();
        self.new.as_ref().or(self.old.as_ref()).map_or_else(|| ROOT.get_or_init(RepoPath::root), |file| &file.path)
    }

    /// Every path that the change touches: for a rename the old one and the new one.
    ///
    /// Path rules look at all of them, so that a rename cannot carry a file past a rule.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        let old = self.old.as_ref().filter(|_| !matches!(self.kind, ChangeKind::Copied(_)));
        let new = self.new.as_ref();
        let same = old.map(|it| &it.path) == new.map(|it| &it.path);
        old.filter(|_| !same).into_iter().chain(new).map(|file| &file.path)
    }
}

/// A run of lines that differ.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Hunk {
    /// The lines that are gone, at the base.
    pub old: LineRange,
    /// The lines that are new, at the head.
    pub new: LineRange,
}

/// A run of lines: the one-based number of the first, and how many.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct LineRange {
    /// One-based number of the first line; for an empty run, of the line after it.
    pub first: u32,
    /// Number of lines.
    pub count: u32,
}

impl LineRange {
    /// The numbers of the lines.
    #[must_use]
    pub fn numbers(&self) -> std::ops::Range<u32> {
        self.first..self.first.saturating_add(self.count)
    }
}

/// A file that a commit inside the range brought and that the head no longer has.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TransientFile {
    /// The file as that commit has it.
    pub file: File,
    /// The commit.
    pub commit: ObjectId,
}

/// The files that differ between base and head. Commits are a fact of their own.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSet {
    /// The files, sorted by path.
    pub files: Vec<Change>,
}

/// A person as a commit or tag names them. Names are claims, not identities.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Identity {
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: String,
    /// When they wrote it, by their own clock.
    #[serde(default)]
    pub time: Timestamp,
}

/// A signature as the object carries it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Signature {
    /// The armoured signature.
    pub armor: String,
    /// The bytes that it signs: the object without its signature.
    #[serde(with = "super::stored")]
    #[schemars(with = "super::Stored")]
    pub signed: Vec<u8>,
}

/// A commit of the range.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Commit {
    /// Its name; all zeros for the commit that is about to be made, which has none yet.
    pub id: ObjectId,
    /// Its parents, in order.
    #[serde(default)]
    pub parents: Vec<ObjectId>,
    /// Who wrote it.
    pub author: Identity,
    /// Who committed it.
    pub committer: Identity,
    /// The whole message.
    pub message: String,
    /// Its signature, if it carries one.
    #[serde(default)]
    pub signature: Option<Signature>,
    /// Whether it is a merge that brings nothing of its own: merging its parents gives exactly its files. False for
    /// every other commit, and where nobody tried.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub brings_nothing: bool,
}

impl Commit {
    /// The first line of the message.
    #[must_use]
    pub fn subject(&self) -> &str {
        self.message.lines().next().unwrap_or_default()
    }

    /// Whether it is about to be made: only its message can still be judged, and changed.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.id.is_zero()
    }

    /// Whether it has more than one parent.
    #[must_use]
    pub fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }
}
