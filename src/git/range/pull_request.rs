//! Pull requests: the event tells ids, the clone tells what is there.

use crate::git::{GitError, Head, history};
use crate::model::{Commit, Mode, ObjectId};

use super::{Range, Request, Resolver, Side, Span, blank};

impl Resolver<'_> {
    /// The range of a pull request.
    ///
    /// With whole history: the merge base of the target's tip and the head, against the head. When history is cut
    /// and the forge's trial merge is checked out: that merge against its first parent, which is the net change.
    pub(super) fn pull_request(&self, request: &Request) -> Result<Range, GitError> {
        let Request::PullRequest { base_ref, base_sha, head_ref, head_sha, merge_sha } = request else {
            return self.local();
        };
        let merge = self.trial_merge(head_sha.as_deref(), merge_sha.as_deref())?;
        let head_id = match (&merge, head_sha) {
            (Some((_, _, source)), _) => *source,
            (None, Some(sha)) => self.fetched(sha)?,
            (None, None) => self.revision("HEAD")?,
        };
        let base_id = match &merge {
            Some((_, target, _)) => *target,
            None => self.target_without(&head_id, base_ref.as_deref(), base_sha.as_deref())?,
        };
        let base_name = base_ref.clone().unwrap_or_else(|| base_id.short());
        let head_name = head_ref.clone().unwrap_or_else(|| head_id.short());
        let mut range = match (self.between((&base_id, &base_name), (&head_id, &head_name)), &merge) {
            (Ok(between), _) => between.into_range(Mode::PullRequest),
            (Err(GitError::TooShallow { .. }), Some((commit, target, _))) if self.has(target) => Range {
                base: self.side(*target)?,
                head: self.side(commit.id)?,
                span: Span::Between { base: base_id, head: head_id },
                ..blank(Mode::PullRequest)
            },
            (Err(error), _) => return Err(error),
        };
        range.base_name = base_name;
        range.head_name = head_name;
        range.source.clone_from(head_ref);
        range.target.clone_from(base_ref);
        range.target_tip = Some(base_id);
        range.source_tip = Some(head_id);
        Ok(range)
    }

    /// The forge's merge of target and source, when that is what is checked out.
    fn trial_merge(
        &self,
        head_sha: Option<&str>,
        merge_sha: Option<&str>,
    ) -> Result<Option<(Commit, ObjectId, ObjectId)>, GitError> {
        let Head::Detached(id) = self.repository.head()? else { return Ok(None) };
        let commit = self.repository.objects().commit(&id)?;
        let [target, source] = *commit.parents.as_slice() else { return Ok(None) };
        // A head that is a merge itself, or the merge of an older head, is not the trial merge of this one: whoever
        // wrote it chose its first parent.
        let fits = match (head_sha, merge_sha) {
            (Some(head), _) => head.eq_ignore_ascii_case(&source.to_string()),
            (None, Some(merge)) => merge.eq_ignore_ascii_case(&id.to_string()),
            (None, None) => false,
        };
        Ok(fits.then_some((commit, target, source)))
    }

    /// The tip of the target. The event's id may be older than the branch, so that the branch comes first.
    fn target(&self, name: Option<&str>, sha: Option<&str>) -> Result<ObjectId, GitError> {
        let found = name.map(|name| self.repository.resolve_branch(name));
        match (found, sha) {
            (Some(Ok(id)), _) => Ok(id),
            (Some(Err(GitError::UnknownRevision { .. })) | None, Some(sha)) => self.fetched(sha),
            (Some(Err(error)), _) => Err(self.advise(error)),
            (None, None) => Err(GitError::NotARevision("the target of the pull request".to_owned())),
        }
    }

    /// The same, for a head. A branch that has the head already leaves nothing to judge: the request was merged since,
    /// or the checkout is one of a fork, whose branch of this name is the head itself. The event's id counts then.
    fn target_without(&self, head: &ObjectId, name: Option<&str>, sha: Option<&str>) -> Result<ObjectId, GitError> {
        let tip = self.target(name, sha)?;
        let objects = self.repository.objects();
        match sha {
            // What a shallow clone cannot tell is told where the merge base is looked for.
            Some(sha) if history::is_ancestor(objects, head, &tip).unwrap_or(false) => self.fetched(sha),
            Some(_) | None => Ok(tip),
        }
    }

    /// A commit that an event names; a checkout of something else does not have it.
    fn fetched(&self, sha: &str) -> Result<ObjectId, GitError> {
        match self.repository.resolve_branch(sha) {
            Err(GitError::UnknownRevision { revision, shallow: false, .. }) => {
                let mend = Some(format!("fetch it with `git fetch origin {revision}`"));
                Err(GitError::UnknownRevision { revision, shallow: false, mend })
            }
            Err(error) => Err(self.advise(error)),
            Ok(id) => Ok(id),
        }
    }

    fn has(&self, commit: &ObjectId) -> bool {
        matches!(self.side(*commit), Ok(Side::Commit { .. }))
    }
}
