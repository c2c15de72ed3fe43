//! The commit-graph: parents and dates of commits without inflating them.

use crate::model::ObjectId;

use super::{Objects, Walked};

pub(super) struct CommitGraph {}
impl CommitGraph {
    pub(super) fn commit(&self, _: &ObjectId) -> Option<Walked> {
        None
    }
}
impl Objects {
    pub(super) fn graph(&self) -> Option<&CommitGraph> {
        self.graph.get_or_init(|| None).as_ref()
    }
}
