//! Reviews, and the threads that their comments make.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{Account, Crowd, FetchError, Gitea, Part, REPOSITORY, again, login};
use crate::model::{Fact, ObjectId, RepoPath, Review, ReviewState, Thread, Timestamp};

#[derive(Deserialize)]
struct Told {
    id: u64,
    user: Option<Account>,
    state: String,
    dismissed: bool,
    submitted_at: Option<Timestamp>,
    /// Empty where nothing was looked at.
    commit_id: Option<String>,
    comments_count: Option<u64>,
}

#[derive(Deserialize)]
struct Comment {
    id: u64,
    user: Option<Account>,
    resolver: Option<Account>,
    path: String,
    position: u32,
    original_position: u32,
}

impl Gitea {
    #[expect(clippy::type_complexity, reason = "two facts out of one walk")]
    pub(super) fn reviews(&self, crowd: &mut Crowd) -> Result<(Fact<Arc<[Review]>>, Fact<Arc<[Thread]>>), FetchError> {
        let part = Part::new("the reviews", REPOSITORY);
        let path = format!("{}/pulls/{}/reviews", self.root, self.number);
        let told: Vec<Told> = match self.list(&part, &path)? {
            Ok(told) => told,
            Err(missing) => return Ok((Err(missing.clone()), Err(again(&missing, "the review threads")))),
        };
        let mut reviews = Vec::new();
        for each in &told {
            let Some(state) = state(each, &self.client.url(&path))? else { continue };
            if let Some(user) = &each.user {
                user.enter(crowd);
            }
            reviews.push(Review {
                id: each.id,
                user: login(each.user.as_ref()),
                account_type: each.user.as_ref().map(Account::account_type),
                state,
                submitted_at: each.submitted_at,
                commit: each.commit_id.as_deref().and_then(|it| it.parse::<ObjectId>().ok()),
                permission: None,
                on_behalf_of: Vec::new(),
                dismissal: None,
            });
        }
        reviews.sort_by_key(|it| it.id);
        Ok((Ok(reviews.into()), self.threads(&told)?))
    }

    /// Comments at one line are one thread; the first of them says whether it is resolved.
    fn threads(&self, reviews: &[Told]) -> Result<Fact<Arc<[Thread]>>, FetchError> {
        let part = Part::new("the review threads", REPOSITORY);
        let mut comments: BTreeMap<u64, Comment> = BTreeMap::new();
        for review in reviews.iter().filter(|it| it.comments_count != Some(0)) {
            let path = format!("{}/pulls/{}/reviews/{}/comments", self.root, self.number, review.id);
            let told: Vec<Comment> = match self.list(&part, &path)? {
                Ok(told) => told,
                Err(missing) => return Ok(Err(missing)),
            };
            comments.extend(told.into_iter().map(|it| (it.id, it)));
        }
        let mut threads: BTreeMap<(String, u32, u32), Thread> = BTreeMap::new();
        for (id, comment) in comments {
            let place = (comment.path.clone(), comment.position, comment.original_position);
            threads.entry(place).or_insert_with(|| Thread {
                id: id.to_string(),
                author: comment.user.map(|it| it.login),
                resolved: comment.resolver.is_some(),
                // Not told; a line that is only on the old side has no position either.
                outdated: false,
                path: Some(RepoPath::new(&comment.path)),
                line: Some(comment.position).filter(|it| *it != 0),
            });
        }
        Ok(Ok(threads.into_values().collect()))
    }
}

/// What a review says; nothing for one that was only asked for.
fn state(review: &Told, url: &str) -> Result<Option<ReviewState>, FetchError> {
    let state = match review.state.as_str() {
        "APPROVED" => ReviewState::Approved,
        "REQUEST_CHANGES" => ReviewState::ChangesRequested,
        "COMMENT" => ReviewState::Commented,
        "PENDING" => ReviewState::Pending,
        "REQUEST_REVIEW" => return Ok(None),
        _ => {
            let why = "a review has a state that is not documented".to_owned();
            return Err(FetchError::Shape { url: url.to_owned(), why });
        }
    };
    let is_opinion = matches!(state, ReviewState::Approved | ReviewState::ChangesRequested);
    Ok(Some(if review.dismissed && is_opinion { ReviewState::Dismissed } else { state }))
}
