//! What became of the pull request: dismissals, other targets, pushes, and who wrote its commits.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{Account, Crowd, FetchError, GitHub, PULLS, Part, Pull, login};
use crate::fetch::encoded;
use crate::model::{AccountType, Dismissal, Fact, Missing, ObjectId, Push, Timestamp};

const CONTENTS: &str = "`contents: read` for the repository that the branch is in";

/// GitHub lists no more commits of a pull request than these.
const MOST_COMMITS: usize = 250;

const AUTHORS: &str = "query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    commits(first: 100, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes { commit { authors(first: 50) { nodes { email user { login } } } } }
    }
  } }
}";

/// What the timeline tells.
pub(super) struct Timeline {
    retargets: Vec<Timestamp>,
    dismissals: BTreeMap<u64, Dismissal>,
}

impl Timeline {
    pub(super) fn dismissal(&self, review: u64) -> Option<Dismissal> {
        self.dismissals.get(&review).cloned()
    }

    pub(super) fn into_retargets(mut self) -> Vec<Timestamp> {
        self.retargets.sort();
        self.retargets
    }
}

/// An entry of the timeline. Its kinds have little in common; only those that matter here are looked at.
#[derive(Deserialize)]
struct Entry {
    event: Option<String>,
    actor: Option<Account>,
    created_at: Option<Timestamp>,
    dismissed_review: Option<Dismissed>,
}

#[derive(Deserialize)]
struct Dismissed {
    review_id: u64,
    dismissal_message: Option<String>,
}

#[derive(Deserialize)]
struct Activity {
    after: ObjectId,
    #[serde(rename = "ref")]
    name: String,
    timestamp: Timestamp,
    activity_type: String,
    actor: Option<Account>,
}

#[derive(Deserialize)]
struct Commit {
    commit: Written,
    author: Option<Value>,
    committer: Option<Value>,
}

/// An account, or `{}` where an address belongs to none.
type Value = serde_json::Value;

#[derive(Deserialize)]
struct Written {
    author: Option<Address>,
    committer: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    email: Option<String>,
}

#[derive(Deserialize)]
struct CommitNode {
    commit: CommitAuthors,
}

#[derive(Deserialize)]
struct CommitAuthors {
    authors: AuthorNodes,
}

#[derive(Deserialize)]
struct AuthorNodes {
    nodes: Vec<Option<Author>>,
}

#[derive(Deserialize)]
struct Author {
    email: Option<String>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct User {
    login: String,
}

impl GitHub {
    pub(super) fn timeline(&self) -> Result<Fact<Timeline>, FetchError> {
        let part = Part::new("whether the pull request had another target before", PULLS);
        let path = format!("{}/issues/{}/timeline?per_page=100", self.root, self.number);
        let entries: Vec<Entry> = match self.client.list(&part, &path)? {
            Ok(entries) => entries,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut timeline = Timeline { retargets: Vec::new(), dismissals: BTreeMap::new() };
        for entry in entries {
            match (entry.event.as_deref(), entry.created_at, entry.dismissed_review) {
                (Some("base_ref_changed" | "automatic_base_change_succeeded"), at, _) => {
                    let untimed =
                        || FetchError::Shape { url: self.client.url(&path), why: "an event has no time".to_owned() };
                    timeline.retargets.push(at.ok_or_else(untimed)?);
                }
                (Some("review_dismissed"), at, Some(review)) => {
                    let by = entry.actor.map(|it| it.login);
                    let dismissal = Dismissal { by, at, reason: review.dismissal_message };
                    timeline.dismissals.insert(review.review_id, dismissal);
                }
                _ => {}
            }
        }
        Ok(Ok(timeline))
    }

    /// What was pushed to the branch since it was made, by the list of activities of the repository that it is in.
    pub(super) fn pushes(&self, pull: &Pull, crowd: &mut Crowd) -> Result<Fact<Arc<[Push]>>, FetchError> {
        let part = Part::new("who pushed to the branch", CONTENTS);
        let Some(repository) = &pull.head.repo else {
            return Ok(Err(Missing::here(
                "who pushed to the branch: its repository is gone",
                "open the pull request anew",
            )));
        };
        let name = format!("refs/heads/{}", pull.head.name);
        let path = format!("/repos/{}/activity?per_page=100&ref={}", repository.full_name, encoded(&name));
        let is_start = |it: &Activity| it.name == name && it.activity_type == "branch_creation";
        let pages = match self.client.pages(&part, &path, |page: &Vec<Activity>| page.iter().any(is_start))? {
            Ok(pages) => pages,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut pushes = Vec::new();
        // The newest stands first. What was before the branch was made was another branch of that name.
        for activity in pages.all(0, None)?.into_iter().flatten().filter(|it| it.name == name) {
            if activity.activity_type == "branch_deletion" {
                break;
            }
            let Some(actor) = &activity.actor else {
                let what = format!("who pushed `{}`: the account is gone", activity.after.short());
                return Ok(Err(Missing::here(what, "push again")));
            };
            crowd.meet(&actor.login, actor.account_type());
            pushes.push(Push { user: actor.login.clone(), at: activity.timestamp, head: activity.after });
            if is_start(&activity) {
                break;
            }
        }
        if pushes.first().is_none_or(|last| last.head != pull.head.sha) {
            let told = "the list of pushes does not end with the head";
            return Ok(Err(Missing::here(
                format!("{}: {told}", part.what),
                "run `gatecheck facts fetch` again in a minute",
            )));
        }
        pushes.sort_by(|one, other| (one.at, &one.user, one.head).cmp(&(other.at, &other.user, other.head)));
        Ok(Ok(pushes.into()))
    }

    /// The accounts that the addresses of the commits belong to. Whom GitHub does not name here stays unknown.
    pub(super) fn writers(&self, pull: &Pull, crowd: &mut Crowd) -> Result<(), FetchError> {
        let part = Part::new("who wrote the commits", PULLS);
        let path = format!("{}/pulls/{}/commits?per_page=100", self.root, self.number);
        if let Ok(pages) = self.client.pages(&part, &path, |_: &Vec<Commit>| false)? {
            let have = pages.pages.iter().map(Vec::len).sum();
            for each in pages.all(have, Some(pull.commits.min(MOST_COMMITS)))?.into_iter().flatten() {
                note(crowd, each.author, each.commit.author);
                note(crowd, each.committer, each.commit.committer);
            }
        }
        let query = (AUTHORS, "/repository/pullRequest/commits");
        let told: Fact<Vec<CommitNode>> = match self.client.connection(&part, &self.graphql, query, &self.variables()) {
            // It counts more commits than it lists.
            Err(FetchError::Incomplete { .. }) if MOST_COMMITS < pull.commits => return Ok(()),
            other => other?,
        };
        for author in told.unwrap_or_default().into_iter().flat_map(|it| it.commit.authors.nodes).flatten() {
            if let (Some(email), Some(user)) = (author.email, author.user) {
                crowd.meet(&user.login, Some(AccountType::User));
                crowd.writes_from(&user.login, &email);
            }
        }
        Ok(())
    }
}

fn note(crowd: &mut Crowd, account: Option<Value>, address: Option<Address>) {
    let account = account.and_then(|it| serde_json::from_value::<Account>(it).ok());
    let (Some(account), Some(email)) = (account, address.and_then(|it| it.email)) else { return };
    let login = login(Some(&account));
    crowd.meet(&login, account.account_type());
    crowd.writes_from(&login, &email);
}
