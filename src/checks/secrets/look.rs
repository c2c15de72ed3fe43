//! How a run of a rule looks at files.

use super::Params;
use super::input::{Input, Within};
use super::watch::Watch;
use crate::model::{RepoPath, Timestamp};

/// The settings, the day, and what is noticed on the way.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) params: &'a Params,
    pub(super) now: Timestamp,
    pub(super) watch: &'a Watch<'a>,
}

impl<'a> Look<'a> {
    /// A text that is looked at.
    pub(super) fn at<'t>(&self, path: &'t RepoPath, text: &'t [u8], within: Within<'t>) -> Input<'t>
    where
        'a: 't,
    {
        Input { path, text, within, now: self.now, watch: Some(self.watch) }
    }
}
