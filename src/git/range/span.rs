//! The commits of a range.

use std::cmp::Reverse;
use std::collections::HashSet;

use crate::git::objects::ObjectError;
use crate::git::{GitError, Repository, history};
use crate::model::ObjectId;

use super::UNSHALLOW;

/// Which commits belong to a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Span {
    /// None.
    Empty,
    /// Those that the head has and the base lacks.
    Between {
        /// Everything that this one has is left out.
        base: ObjectId,
        /// The newest.
        head: ObjectId,
    },
    /// All that the head has.
    UpTo(ObjectId),
}

/// Commits of one range at most.
const MOST_COMMITS: usize = 1_000_000;

impl Repository {
    /// The commits of a span, newest first.
    ///
    /// # Errors
    /// When a commit on the way is not in this clone, or there are too many.
    pub fn commits(&self, span: &Span) -> Result<Vec<ObjectId>, GitError> {
        match span {
            Span::Empty => Ok(Vec::new()),
            Span::Between { base, head } => Ok(history::range(self.objects(), base, head)?),
            Span::UpTo(head) => self.all_commits(head),
        }
    }

    fn all_commits(&self, head: &ObjectId) -> Result<Vec<ObjectId>, GitError> {
        let mut seen = HashSet::from([*head]);
        let mut open = vec![*head];
        let mut found = Vec::new();
        while let Some(id) = open.pop() {
            let walked = self.objects().commit_parents_and_time(&id)?;
            if found.len() >= MOST_COMMITS {
                return Err(ObjectError::Beyond { what: "the number of commits", limit: MOST_COMMITS as u64 }.into());
            }
            found.push((Reverse(walked.time), id));
            open.extend(walked.parents.into_iter().filter(|parent| seen.insert(*parent)));
        }
        if self.shallow().iter().any(|id| seen.contains(id)) {
            return Err(GitError::TooShallow {
                base: "the first commit".to_owned(),
                head: head.short(),
                mend: UNSHALLOW.to_owned(),
            });
        }
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }
}
