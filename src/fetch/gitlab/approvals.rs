//! Who approves, who wants changes, and what they looked at.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;

use super::changes::Talk;
use super::{API, FetchError, GitLab, Part, User};
use crate::model::{Fact, ObjectId, Review, ReviewState, Timestamp};

#[derive(Deserialize)]
struct Approvals {
    approved_by: Vec<Approval>,
}

#[derive(Deserialize)]
struct Approval {
    user: User,
    approved_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Reviewer {
    user: User,
    state: String,
}

/// A state of the branch that the merge request had.
#[derive(Deserialize)]
struct Version {
    head_commit_sha: ObjectId,
    created_at: Timestamp,
}

impl GitLab {
    /// What everybody thinks now. GitLab keeps no past opinions, and none that was taken back.
    pub(super) fn reviews(
        &self,
        talk: Option<&Talk>,
        users: &mut BTreeMap<u64, String>,
    ) -> Result<Fact<Arc<[Review]>>, FetchError> {
        let part = Part::new("the approvals", API);
        let approvals: Approvals = match self.client.one(&part, &self.of_merge("approvals"))? {
            Ok(approvals) => approvals,
            Err(missing) => return Ok(Err(missing)),
        };
        let part = Part::new("who wants changes", API);
        let reviewers: Vec<Reviewer> = match self.client.list(&part, &self.of_merge("reviewers?per_page=100"))? {
            Ok(reviewers) => reviewers,
            Err(missing) => return Ok(Err(missing)),
        };
        let part = Part::new("what was approved", API);
        // Without it an approval has no commit, and whether it still holds is unknown.
        let versions: Fact<Vec<Version>> = self.client.list(&part, &self.of_merge("versions?per_page=100"))?;
        let versions = versions.unwrap_or_default();
        let said = |user: &str, words: &str| talk.and_then(|it| it.last_said(user, words));
        let mut opinions: Vec<(Option<Timestamp>, String, ReviewState)> = Vec::new();
        let mut objecting: BTreeSet<u64> = BTreeSet::new();
        for reviewer in reviewers {
            users.insert(reviewer.user.id, reviewer.user.username.clone());
            if reviewer.state == "requested_changes" {
                objecting.insert(reviewer.user.id);
                let at = said(&reviewer.user.username, "requested changes");
                opinions.push((at, reviewer.user.username, ReviewState::ChangesRequested));
            }
        }
        // Who wants changes now approves no more, whatever the list of approvals says.
        for Approval { user, approved_at } in approvals.approved_by {
            users.insert(user.id, user.username.clone());
            if !objecting.contains(&user.id) {
                let at = approved_at.or_else(|| said(&user.username, "approved this merge request"));
                opinions.push((at, user.username, ReviewState::Approved));
            }
        }
        opinions.sort();
        let review = |(id, (at, user, state)): (u64, (Option<Timestamp>, String, ReviewState))| Review {
            id,
            user,
            account_type: None,
            state,
            submitted_at: at,
            commit: at.and_then(|at| looked_at(&versions, at)),
            permission: None,
            on_behalf_of: Vec::new(),
            dismissal: None,
        };
        Ok(Ok((1..).zip(opinions).map(review).collect()))
    }
}

/// The head before a moment. Of a push in the same second nobody knows whether it came first: it was not looked at.
fn looked_at(versions: &[Version], at: Timestamp) -> Option<ObjectId> {
    versions.iter().filter(|it| it.created_at < at).max_by_key(|it| it.created_at).map(|it| it.head_commit_sha)
}
