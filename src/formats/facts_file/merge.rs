//! Laying the facts of a file over those that were gathered.

use std::sync::Arc;

use super::replay::trees;
use super::{FactsFile, FactsFileError, Judged, Known};
use crate::formats::diff;
use crate::model::{Contents, Fact, Facts, ObjectId, Refs};

/// The commits between which a run judges. A work tree and an index are no commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// The commit at the base.
    pub base: Option<ObjectId>,
    /// The commit at the head.
    pub head: Option<ObjectId>,
}

impl FactsFile {
    /// The gathered facts with those of the file over them.
    ///
    /// What the file knows wins. What it says to be missing does not: gathering may know it. Where the run
    /// happens and when stays as it is, unless the file says so.
    ///
    /// # Errors
    /// When the file names a base or a head that is not the judged one, or holds files of none. A file
    /// without files that names none is taken for what it says.
    pub fn over(&self, gathered: Facts, judged: Ends) -> Result<Facts, FactsFileError> {
        for (side, recorded, judged) in [("base", self.base, judged.base), ("head", self.head, judged.head)] {
            if let Some(recorded) = recorded.filter(|_| recorded != judged) {
                let judged = judged.map_or(Judged::NoCommit, Judged::Commit);
                return Err(FactsFileError::OtherChange { side, recorded, judged });
            }
        }
        for (side, recorded, judged) in [("base", self.base, judged.base), ("head", self.head, judged.head)] {
            if let Some(judged) = judged.filter(|_| self.files.is_some() && recorded.is_none()) {
                return Err(FactsFileError::NoChange { side, judged });
            }
        }
        let mut facts = gathered;
        if let Some(run) = &self.run {
            facts.run = run.clone();
        }
        if let Some(files) = &self.files {
            facts.change = Arc::new(files.change.clone());
            (facts.base, facts.head) = trees(files);
            facts.contents = Arc::new(Contents::new(diff::hunks));
        }
        lay(&mut facts.commits, self.commits.as_ref(), Arc::from);
        lay(&mut facts.transient, self.transient.as_ref(), Arc::from);
        lay(&mut facts.tags, self.tags.as_ref(), Arc::from);
        lay(&mut facts.pull_request, self.pull_request.as_ref(), Arc::new);
        if let Some(part) = &self.refs {
            let mut refs: Refs = facts.refs.as_ref().clone();
            lay(&mut refs.source, part.source.as_ref(), |it| it);
            lay(&mut refs.target, part.target.as_ref(), |it| it);
            lay(&mut refs.default, part.default.as_ref(), |it| it);
            lay(&mut refs.behind, part.behind.as_ref(), |it| it);
            lay(&mut refs.merge, part.merge.as_ref(), |it| it);
            if let Some(updates) = &part.updates {
                refs.updates.clone_from(updates);
            }
            facts.refs = Arc::new(refs);
        }
        Ok(facts)
    }
}

fn lay<T: Clone, U>(fact: &mut Fact<U>, known: Option<&Known<T>>, shape: impl FnOnce(T) -> U) {
    if let Some(Known::Known(value)) = known {
        *fact = Ok(shape(value.clone()));
    }
}
