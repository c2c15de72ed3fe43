//! Reviews and their threads.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::changes::Timeline;
use super::{Account, Crowd, FetchError, GitHub, PULLS, Part, login};
use crate::model::{Fact, ObjectId, RepoPath, Review, ReviewState, Thread, Timestamp};

const BEHALF: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviews(first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { fullDatabaseId onBehalfOf(first: 20) { nodes { combinedSlug } } }
    }
  } }
}";

const THREADS: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviewThreads(first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { id isResolved isOutdated path line comments(first: 1) { nodes { author { __typename login } } } }
    }
  } }
}";

#[derive(Deserialize)]
struct Told {
    id: u64,
    user: Option<Account>,
    state: State,
    submitted_at: Option<Timestamp>,
    commit_id: Option<ObjectId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum State {
    Pending,
    Commented,
    Approved,
    ChangesRequested,
    Dismissed,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Behalf {
    /// A number that does not fit into the numbers of GraphQL.
    full_database_id: Option<String>,
    on_behalf_of: Nodes<Slug>,
}

#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Vec<Option<T>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Slug {
    combined_slug: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ToldThread {
    id: String,
    is_resolved: bool,
    is_outdated: bool,
    path: String,
    line: Option<u32>,
    comments: Nodes<Comment>,
}

#[derive(Deserialize)]
struct Comment {
    author: Option<Author>,
}

#[derive(Deserialize)]
struct Author {
    login: String,
}

impl GitHub {
    pub(super) fn reviews(
        &self,
        timeline: Option<&Timeline>,
        crowd: &mut Crowd,
    ) -> Result<Fact<Arc<[Review]>>, FetchError> {
        let part = Part::new("the reviews", PULLS);
        let path = format!("{}/pulls/{}/reviews?per_page=100", self.root, self.number);
        let told: Vec<Told> = match self.client.list(&part, &path)? {
            Ok(told) => told,
            Err(missing) => return Ok(Err(missing)),
        };
        let behalf = self.behalf(&part)?;
        let mut reviews: Vec<Review> = told.into_iter().map(|it| review(&it, timeline, &behalf, crowd)).collect();
        reviews.sort_by_key(|it| it.id);
        Ok(Ok(reviews.into()))
    }

    /// The teams that each review speaks for. They only add to what the lists of members say.
    fn behalf(&self, part: &Part) -> Result<BTreeMap<u64, Vec<String>>, FetchError> {
        let query = (BEHALF, "/repository/pullRequest/reviews");
        let told: Fact<Vec<Behalf>> = self.client.connection(part, &self.graphql, query, &self.variables())?;
        let mut behalf = BTreeMap::new();
        for each in told.unwrap_or_default() {
            let Some(id) = each.full_database_id.and_then(|it| it.parse::<u64>().ok()) else { continue };
            let mut teams: Vec<String> =
                each.on_behalf_of.nodes.into_iter().flatten().map(|it| it.combined_slug).collect();
            teams.sort();
            behalf.insert(id, teams);
        }
        Ok(behalf)
    }

    pub(super) fn threads(&self) -> Result<Fact<Arc<[Thread]>>, FetchError> {
        let part = Part::new("the review threads", PULLS);
        let query = (THREADS, "/repository/pullRequest/reviewThreads");
        let told: Fact<Vec<ToldThread>> = self.client.connection(&part, &self.graphql, query, &self.variables())?;
        Ok(told.map(|told| {
            let thread = |it: ToldThread| Thread {
                id: it.id,
                author: it.comments.nodes.into_iter().flatten().find_map(|it| it.author).map(|it| it.login),
                resolved: it.is_resolved,
                outdated: it.is_outdated,
                path: Some(RepoPath::new(&it.path)),
                line: it.line,
            };
            let mut threads: Vec<Thread> = told.into_iter().map(thread).collect();
            threads.sort_by(|one, other| one.id.cmp(&other.id));
            threads.into()
        }))
    }
}

fn review(told: &Told, timeline: Option<&Timeline>, behalf: &BTreeMap<u64, Vec<String>>, crowd: &mut Crowd) -> Review {
    let user = login(told.user.as_ref());
    let account_type = told.user.as_ref().and_then(Account::account_type);
    crowd.meet(&user, account_type);
    Review {
        id: told.id,
        user,
        account_type,
        state: match told.state {
            State::Pending => ReviewState::Pending,
            State::Commented => ReviewState::Commented,
            State::Approved => ReviewState::Approved,
            State::ChangesRequested => ReviewState::ChangesRequested,
            State::Dismissed => ReviewState::Dismissed,
        },
        submitted_at: told.submitted_at,
        commit: told.commit_id,
        permission: None,
        on_behalf_of: behalf.get(&told.id).cloned().unwrap_or_default(),
        dismissal: timeline.and_then(|it| it.dismissal(told.id)),
    }
}
