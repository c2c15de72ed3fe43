//! A policy document: its text, and where it came from.

use std::fmt;
use std::sync::Arc;

use crate::model::{Label, Place, RepoPath, Span, Text};

/// Where a document came from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// The judged repository.
    Repository,
    /// A pack that gatecheck ships.
    Pack,
    /// Another repository, at a commit.
    Git {
        /// Its address.
        url: String,
        /// The full id of the commit.
        rev: String,
    },
}

/// The revision that labels of shipped packs name; no ref has a space in its name.
pub const PACK_REVISION: &str = concat!("gatecheck ", env!("CARGO_PKG_VERSION"));

/// A policy document as it was read.
#[derive(Debug)]
pub struct Document {
    /// Where it came from.
    pub origin: Origin,
    /// Its path there.
    pub path: RepoPath,
    /// The revision of the judged repository that it was read at, as a person would say it.
    pub revision: Option<String>,
    /// Its text.
    pub text: Text,
}

impl Document {
    /// A name that is the same wherever and whenever the document is read: part of the policy's digest.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.origin {
            Origin::Repository => self.path.to_string(),
            Origin::Pack => format!("pack:{}", self.path),
            Origin::Git { url, rev } => format!("git:{url}@{rev}:{}", self.path),
        }
    }

    /// A label for a span of this document.
    #[must_use]
    pub fn label(&self, span: Span, text: impl Into<String>) -> Label {
        let region = Some(self.text.region(span));
        let (path, revision) = match &self.origin {
            Origin::Repository => (self.path.clone(), self.revision.clone()),
            Origin::Pack => (
                RepoPath::new("policies").join(&RepoPath::new(&format!("{}.yaml", self.path))),
                Some(PACK_REVISION.to_owned()),
            ),
            Origin::Git { url, rev } => {
                (self.path.clone(), Some(format!("{url} {}", rev.chars().take(12).collect::<String>())))
            }
        };
        let place = Place::File { path, region, revision };
        Label { place, snippet: Some(self.text.snippet(span)), text: text.into() }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.origin, &self.revision) {
            (Origin::Repository, Some(revision)) => write!(out, "{} of {revision}", self.path),
            (Origin::Repository, None) => write!(out, "{}", self.path),
            (Origin::Pack, _) => write!(out, "pack {}", self.path),
            (Origin::Git { url, rev }, _) => {
                write!(out, "{} of {url} at {}", self.path, rev.chars().take(12).collect::<String>())
            }
        }
    }
}

/// A value of a policy and where it is written.
#[derive(Clone, Debug)]
pub(super) struct Written<T> {
    pub(super) value: T,
    pub(super) mark: Mark,
}

/// A place in a document.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) document: Arc<Document>,
    pub(super) span: Span,
}

impl Mark {
    pub(super) fn label(&self, text: impl Into<String>) -> Label {
        self.document.label(self.span, text)
    }
}

/// One thing that is wrong with a policy, while it is being read.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// The first one is where the fault is; the others explain it.
    pub(super) marks: Vec<(Mark, String)>,
    /// Whether nothing is wrong with the policy that is known: it could not be read.
    pub(super) unread: bool,
}

impl Fault {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, marks: Vec::new(), unread: false }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn at(mut self, mark: &Mark, text: impl Into<String>) -> Self {
        self.marks.push((mark.clone(), text.into()));
        self
    }
}
