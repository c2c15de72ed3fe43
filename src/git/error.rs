//! Why a repository, a revision or a range cannot be had, and the command that mends it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::git::objects::ObjectError;
use crate::model::{Missing, ObjectId};

/// Why Git's side of a run failed. Each has a remedy: [`GitError::help`].
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// No repository at the path or above it.
    #[error("`{}` is not inside a Git repository", .0.display())]
    NotARepository(PathBuf),
    /// There is a repository, and its layout is broken.
    #[error("the repository at `{}` is broken: {what}", path.display())]
    Broken {
        /// The repository, or the file in it.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A repository format that gatecheck does not read.
    #[error("the repository uses `{0}`, which gatecheck does not read")]
    UnsupportedFormat(String),
    /// The files of the repository stand in another folder than the one that was found.
    #[error("the repository sets `core.worktree` to `{named}`, and `{}` is judged", .found.display())]
    OtherWorkTree {
        /// The setting.
        named: String,
        /// The folder in which the repository was found.
        found: PathBuf,
    },
    /// The repository belongs to somebody else, and the caller asked not to read such.
    #[error("the repository at `{}` belongs to another user", .0.display())]
    ForeignOwner(PathBuf),
    /// The run needs files on disk and the repository has none.
    #[error("the repository at `{}` is bare: it has no work tree", .0.display())]
    Bare(PathBuf),
    /// A revision that names nothing here.
    #[error("revision `{revision}` is not in this clone")]
    UnknownRevision {
        /// As the user gave it.
        revision: String,
        /// Whether history ends at a boundary.
        shallow: bool,
        /// The command that mends it, when the environment knows a better one than the general one.
        mend: Option<String>,
    },
    /// Text that is no revision, or of a kind that gatecheck does not evaluate.
    #[error("`{0}` is not a revision that gatecheck reads")]
    NotARevision(String),
    /// An abbreviated id that fits several objects.
    #[error("`{0}` is the beginning of several object names")]
    Ambiguous(String),
    /// A short name that a tag and a branch share, at different commits.
    #[error("`{0}` names a tag and a branch, which are at different commits")]
    TagAndBranch(String),
    /// The clone is too shallow for the range.
    #[error("history between `{base}` and `{head}` is not in this shallow clone")]
    TooShallow {
        /// The base as the user would say it.
        base: String,
        /// The head.
        head: String,
        /// The command that mends it.
        mend: String,
    },
    /// No branch from which the change could have started.
    #[error("there is no commit yet")]
    Unborn,
    /// Standard input of a hook is not what Git writes there.
    #[error("line {line} of standard input is not a ref update: `{text}`")]
    NotAnUpdate {
        /// One-based number.
        line: usize,
        /// The line.
        text: String,
    },
    /// The index cannot be read.
    #[error("the index `{}` cannot be read: {what}", path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A step that must end in time did not.
    #[error("{label} did not end within {} seconds", limit.as_secs())]
    Hung {
        /// What was tried.
        label: &'static str,
        /// The limit.
        limit: Duration,
    },
    /// The `git` program was needed, and it is absent or it failed.
    #[error("`git {arguments}` failed: {what}")]
    Program {
        /// Its first arguments.
        arguments: String,
        /// Its own words, or why it was not started.
        what: String,
    },
    /// A commit of another repository, for its policy, cannot be had.
    #[error("the policy of `{url}` at {} cannot be had: {what}", rev.short())]
    Unfetched {
        /// The address, as the policy writes it.
        url: String,
        /// The commit.
        rev: ObjectId,
        /// Why.
        what: String,
        /// What to do.
        how: String,
        /// Whether the repository was reached and has no such commit: then the policy is wrong, not the world.
        is_absent: bool,
    },
    /// libgit2 refused.
    #[error("{label} failed: {what}")]
    Library {
        /// What was tried.
        label: &'static str,
        /// Its own words.
        what: String,
    },
    /// An object cannot be read.
    #[error(transparent)]
    Object(#[from] ObjectError),
    /// A tree cannot be read.
    #[error("{}", .0.what)]
    Missing(Missing),
    /// The operating system refused.
    #[error("cannot read `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl GitError {
    /// A refusal of the operating system at `path`.
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }

    /// A broken layout at `path`.
    pub(crate) fn broken(path: &Path, what: impl Into<String>) -> Self {
        Self::Broken { path: path.to_owned(), what: what.into() }
    }

    /// What to do about it: an instruction, with the exact command where there is one.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::NotARepository(_) => "run gatecheck inside a clone, or name one with `--repo DIR`".into(),
            Self::Broken { .. } => "look for damage with `git fsck`, and clone the repository again".into(),
            Self::UnsupportedFormat(_) => {
                "run gatecheck on a clone without this extension: `git clone --ref-format=files`".into()
            }
            Self::OtherWorkTree { .. } => {
                "say which folder is meant: `GIT_DIR=.git GIT_WORK_TREE=DIR gatecheck check`".into()
            }
            Self::ForeignOwner(path) => {
                format!("trust it by hand: `git config --global --add safe.directory {}`", path.display())
            }
            Self::Bare(_) => "name the range with `--base` and `--head`".into(),
            Self::UnknownRevision { mend: Some(mend), .. } => mend.clone(),
            Self::UnknownRevision { revision, shallow: true, .. } => {
                format!(
                    "the clone is shallow; fetch the rest with `git fetch --unshallow origin`, then look with `git rev-parse {revision}`"
                )
            }
            Self::UnknownRevision { .. } => {
                "fetch it with `git fetch origin`, and see the names with `git branch --all`".into()
            }
            Self::NotARevision(_) => {
                "give a branch, a tag, an object name or `HEAD`, with `~N`, `^N` or `^{commit}` after it where needed"
                    .into()
            }
            Self::Ambiguous(_) => "give more digits of the object name".into(),
            Self::TagAndBranch(name) => {
                format!("write `refs/tags/{name}`, or the whole name of the branch: `refs/heads/…`, `refs/remotes/…`")
            }
            Self::TooShallow { mend, .. } => mend.clone(),
            Self::Unborn => "make the first commit, or judge the index with `--staged`".into(),
            Self::NotAnUpdate { .. } => {
                "feed what Git gives to the hook: four fields a line for pre-push, three for pre-receive".into()
            }
            Self::Index { .. } => "write it anew with `git reset` (it keeps your files)".into(),
            Self::Hung { .. } => "look for damaged objects with `git fsck --full`".into(),
            Self::Program { what, .. } if what != crate::git::scrubbed::NOT_INSTALLED => {
                "run the command yourself; `git fsck` finds what is damaged, `git reset` writes an index anew".into()
            }
            Self::Program { .. } => "install Git, or convert the repository so that gatecheck reads it alone".into(),
            Self::Unfetched { how, .. } => how.clone(),
            Self::Library { .. } => "look for damage with `git fsck --full`".into(),
            Self::Object(error) => error.missing(crate::git::objects::CloneKind::default()).how,
            Self::Missing(missing) => missing.how.clone(),
            Self::Io { .. } => "check that it exists and that you may read it".into(),
        }
    }

    /// The same as a missing fact.
    #[must_use]
    pub fn missing(&self) -> Missing {
        match self {
            Self::Missing(missing) => missing.clone(),
            other => Missing::here(other.to_string(), other.help()),
        }
    }

    /// Whether an argument or the policy is at fault. Otherwise waiting or fetching may mend it: such a run is
    /// undecided.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(
            self,
            Self::NotARepository(_)
                | Self::NotARevision(_)
                | Self::Ambiguous(_)
                | Self::TagAndBranch(_)
                | Self::Bare(_)
                | Self::Unfetched { is_absent: true, .. }
        )
    }
}

impl From<Missing> for GitError {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}
