//! What is scanned: one text, and which parts of it.

use std::ops::Range;

use super::watch::Watch;
use crate::model::{RepoPath, Timestamp};

/// One text to scan.
#[derive(Clone, Copy)]
pub(crate) struct Input<'a> {
    /// Where it stands: the path tells its format.
    pub(crate) path: &'a RepoPath,
    /// The text, decoded as far as it can be.
    pub(crate) text: &'a [u8],
    /// The parts to look at; others are context.
    pub(crate) within: Within<'a>,
    /// The day of the run: tokens expire.
    pub(crate) now: Timestamp,
    /// What is noticed besides.
    pub(crate) watch: Option<&'a Watch<'a>>,
}

/// The path of a text whose path is not known yet: a format in which a bare word may be a secret, in a folder that Git
/// cannot have.
const NOWHERE: &str = "\0/unknown.conf";

/// The path of a text whose path is not known yet.
pub(crate) fn nowhere() -> RepoPath {
    RepoPath::new(NOWHERE)
}

impl Input<'_> {
    /// Whether its path is not known yet.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.path.as_str() == NOWHERE
    }
}

/// Which parts of a text are looked at.
#[derive(Clone, Copy)]
pub(crate) enum Within<'a> {
    /// All of it.
    Whole,
    /// The parts around what a change adds. A file of a known format is still read as a whole.
    Near(&'a [Range<usize>]),
    /// The parts that are new in a blob of the history, whose path is not known.
    Fresh(&'a [Range<usize>]),
}
