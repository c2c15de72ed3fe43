//! What everybody who reviewed thinks now.
//!
//! The last opinion of a person counts and no other. A comment is none. A dismissed opinion leaves its author without
//! one: it does not bring an older approval back.

use std::collections::BTreeMap;

use crate::model::{Fact, Missing, Review, ReviewState};

/// What somebody thinks.
#[derive(Clone, Copy, Debug)]
pub(super) enum Opinion<'a> {
    /// The last word was yes.
    Approves(&'a Review),
    /// The last word was no.
    Objects(&'a Review),
}

/// The opinion of each account, by its login in lower case; those without one are left out.
pub(super) fn opinions(reviews: &[Review]) -> BTreeMap<String, Fact<Opinion<'_>>> {
    let mut by_user: BTreeMap<String, Vec<&Review>> = BTreeMap::new();
    for review in reviews {
        match review.state {
            ReviewState::Pending | ReviewState::Commented => {}
            ReviewState::Approved | ReviewState::ChangesRequested | ReviewState::Dismissed => {
                by_user.entry(review.user.to_lowercase()).or_default().push(review);
            }
        }
    }
    by_user.into_iter().filter_map(|(user, reviews)| Some((user, latest(&reviews)?))).collect()
}

/// The last of one person's opinions; nothing when that was dismissed.
fn latest<'a>(reviews: &[&'a Review]) -> Option<Fact<Opinion<'a>>> {
    let last = reviews.iter().max_by_key(|it| (it.submitted_at, it.id))?;
    let opinion = match last.state {
        ReviewState::Approved => Some(Opinion::Approves(last)),
        ReviewState::ChangesRequested => Some(Opinion::Objects(last)),
        ReviewState::Dismissed | ReviewState::Pending | ReviewState::Commented => None,
    };
    // Without its time nobody can say which of several opinions is the last, unless all are the same.
    let is_timed = reviews.iter().all(|it| it.submitted_at.is_some());
    let is_one = reviews.iter().all(|it| it.state == last.state);
    if !is_timed && !is_one {
        let what = format!("which opinion of `{}` is the last one: a review has no time", last.user);
        return Some(Err(Missing::here(what, "record when each review was submitted")));
    }
    opinion.map(Ok)
}
