//! Why an object cannot be read, and how a person mends it.

use std::io;
use std::path::PathBuf;

use crate::model::{Missing, ObjectId};

/// Why an object, or an answer that rests on objects, cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// No store of this clone has the object.
    #[error("object {0} is not in this clone")]
    Absent(ObjectId),
    /// The object is there, and its bytes are not what its name promises.
    #[error("object {id} is corrupt: {what}")]
    Corrupt {
        /// The object.
        id: ObjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The object is larger than the limit.
    #[error("object {id} has {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// The object.
        id: ObjectId,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The object is larger than the limit, and packed in a way that allows no reading in parts.
    #[error("object {id} has {size} bytes, and beyond {limit} bytes a change of another object cannot be read")]
    LargeDelta {
        /// The object.
        id: ObjectId,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// A pack of which nothing can be read.
    #[error("the pack `{path}` cannot be used: {what}")]
    Pack {
        /// The pack.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A tree that breaks Git's format so that its entries cannot be told apart.
    #[error("tree {id} is malformed: {what}")]
    MalformedTree {
        /// The tree.
        id: ObjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The object is not of the kind that is needed at this place.
    #[error("object {id} is a {found}, where a {wanted} is needed")]
    WrongKind {
        /// The object.
        id: ObjectId,
        /// What it is.
        found: &'static str,
        /// What it should be.
        wanted: &'static str,
    },
    /// A limit that keeps hostile repositories from using up time and memory.
    #[error("{what} is beyond the limit of {limit}")]
    Beyond {
        /// What was counted.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// The abbreviation cannot name an object.
    #[error("`{0}` is not an abbreviated object name of at least 4 hexadecimal digits")]
    NotAPrefix(String),
    /// The operating system refused.
    #[error("cannot read `{path}`: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What kind of clone the objects belong to; it decides how an absent object is fetched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CloneKind {
    /// History ends at a boundary.
    pub shallow: bool,
    /// Objects were left at the server by a filter.
    pub partial: bool,
}

impl ObjectError {
    /// The same in the user's terms, with the command that mends it.
    #[must_use]
    pub fn missing(&self, clone: CloneKind) -> Missing {
        Missing::here(self.to_string(), self.how(clone))
    }

    fn how(&self, clone: CloneKind) -> String {
        match self {
            Self::Absent(_) if clone.partial => {
                "this is a partial clone; fetch what it lacks with `git fetch --refetch --no-filter`".into()
            }
            Self::Absent(_) if clone.shallow => {
                "this is a shallow clone; run `git fetch --unshallow`, or set `fetch-depth: 0` on the checkout step"
                    .into()
            }
            Self::Absent(_) => "fetch it with `git fetch --refetch`, and look for damage with `git fsck`".into(),
            Self::Corrupt { .. } | Self::Pack { .. } => {
                "see what is damaged with `git fsck --full`, and clone the repository again".into()
            }
            Self::TooLarge { .. } => "keep files of this size out of Git, for example in Git LFS".into(),
            Self::LargeDelta { .. } => {
                "have it packed whole: `git -c core.bigFileThreshold=256m repack -a -d -F`, or keep such files out of Git"
                    .into()
            }
            Self::MalformedTree { id, .. } => {
                format!("look at it with `git ls-tree {id}`, and write the commit again without it")
            }
            Self::WrongKind { id, .. } => format!("look at it with `git cat-file -t {id}`"),
            Self::Beyond { .. } => "judge a smaller range".into(),
            Self::NotAPrefix(_) => "give the full name of the object".into(),
            Self::Io { .. } => "check that the file exists and that you may read it".into(),
        }
    }
}

/// What is wrong inside one file of the store; it becomes an [`ObjectError`] where the object's name is known.
#[derive(Debug)]
pub(super) enum Flaw {
    Io(io::Error),
    Bad(&'static str),
    TooLarge { size: u64, limit: u64 },
}

impl Flaw {
    pub(super) fn of(self, id: ObjectId, path: &std::path::Path) -> ObjectError {
        match self {
            Self::Io(source) => ObjectError::Io { path: path.to_owned(), source },
            Self::Bad(what) => ObjectError::Corrupt { id, what },
            Self::TooLarge { size, limit } => ObjectError::TooLarge { id, size, limit },
        }
    }
}

impl Flaw {
    /// What is wrong, where it does not belong to one object.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Io(source) => source.to_string(),
            Self::Bad(what) => (*what).to_owned(),
            Self::TooLarge { size, limit } => format!("it has {size} bytes, more than the limit of {limit}"),
        }
    }
}

impl From<io::Error> for Flaw {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Bad("the file ends early"),
            _ => Self::Io(error),
        }
    }
}
