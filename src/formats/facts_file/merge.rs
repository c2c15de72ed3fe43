//! Laying the facts of a file over those that were gathered.

use std::sync::Arc;

use super::replay::trees;
use super::{FactsFile, FactsFileError, ForgePart, Judged, Known};
use crate::formats::diff;
use crate::model::{Contents, Fact, Facts, Mode, ObjectId, PullRequest, Refs};

/// The commits between which a run judges. A work tree and an index are no commits.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Ends {
    /// The commit at the base.
    pub base: Option<ObjectId>,
    /// The commit at the head.
    pub head: Option<ObjectId>,
    /// The commit that is proposed. The head may be the forge's trial merge of it.
    pub tip: Option<ObjectId>,
    /// The pull request that a merge group adds. Its own head is not that of the group.
    pub queued: Option<u64>,
}

impl Ends {
    /// Whether this is the commit at the head, or the one that is proposed by it.
    fn is_head(&self, commit: ObjectId) -> bool {
        [self.head, self.tip].contains(&Some(commit))
    }

    fn judged_head(&self) -> Judged {
        self.tip.or(self.head).map_or(Judged::NoCommit, Judged::Commit)
    }
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
        if let Some(recorded) = self.base.filter(|it| Some(*it) != judged.base) {
            let judged = judged.base.map_or(Judged::NoCommit, Judged::Commit);
            return Err(FactsFileError::OtherChange { side: "base", recorded, judged });
        }
        self.is_about_head(judged)?;
        self.is_about_request(&gathered)?;
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
            [facts.base, facts.head, facts.target] = trees(files);
            facts.contents = Arc::new(Contents::new(diff::hunks));
        }
        lay(&mut facts.commits, self.commits.as_ref(), Arc::from);
        lay(&mut facts.transient, self.transient.as_ref(), Arc::from);
        lay(&mut facts.tags, self.tags.as_ref(), Arc::from);
        lay(&mut facts.pull_request, self.pull_request.as_ref(), Arc::new);
        if let Some(part) = &self.forge {
            facts.forge = Arc::new(part.over(&facts.forge));
        }
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

    fn request(&self) -> Option<&PullRequest> {
        match &self.pull_request {
            Some(Known::Known(request)) => Some(request),
            Some(Known::Missing(_)) | None => None,
        }
    }

    /// Approvals are about a commit: those of another one say nothing about this one.
    fn is_about_head(&self, judged: Ends) -> Result<(), FactsFileError> {
        let named = [self.head, self.request().and_then(|it| it.head)];
        // In a merge group what was said about a pull request is about its own head. What became of that on the way is
        // told by comparing the two, and of two pull requests with one head by the number.
        let own = self.request().filter(|it| judged.queued == Some(it.number)).and_then(|it| it.head);
        let is_own = |it: &ObjectId| own == Some(*it);
        if let Some(recorded) = named.into_iter().flatten().find(|it| !judged.is_head(*it) && !is_own(it)) {
            return Err(FactsFileError::OtherChange { side: "head", recorded, judged: judged.judged_head() });
        }
        let is_about_no_head = self.forge.as_ref().is_none_or(ForgePart::is_about_no_head);
        if !is_about_no_head && named == [None, None] {
            return Err(FactsFileError::NoHead(judged.judged_head()));
        }
        Ok(())
    }

    /// Two pull requests can have one head. Where the run knows which one it judges, and into what, the file must say
    /// the same: a pull request that goes elsewhere by now has a change that nobody approved.
    fn is_about_request(&self, gathered: &Facts) -> Result<(), FactsFileError> {
        let Some(recorded) = self.request() else { return Ok(()) };
        let other = |recorded: String, judged: String| FactsFileError::OtherPullRequest { recorded, judged };
        if let Some(judged) = gathered.pull_request.as_ref().ok().filter(|it| it.number != recorded.number) {
            return Err(other(format!("pull request {}", recorded.number), format!("{}", judged.number)));
        }
        match gathered.run.mode {
            // Where the target is known, a pull request with the same head into another branch is another one.
            Mode::PullRequest | Mode::MergeGroup | Mode::Range => {}
            Mode::Local | Mode::Staged | Mode::Push | Mode::All | Mode::Release => return Ok(()),
        }
        match gathered.refs.target.as_ref().ok().filter(|it| **it != recorded.target) {
            Some(target) => {
                Err(other(format!("a pull request into `{}`", recorded.target), format!("one into `{target}`")))
            }
            None => Ok(()),
        }
    }
}

pub(super) fn lay<T: Clone, U>(fact: &mut Fact<U>, known: Option<&Known<T>>, shape: impl FnOnce(T) -> U) {
    if let Some(Known::Known(value)) = known {
        *fact = Ok(shape(value.clone()));
    }
}
