//! GitHub: REST for what it has, GraphQL for threads, teams that a review speaks for, and co-authors.

mod changes;
mod checks;
mod people;
mod protection;
mod reviews;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

use self::changes::Timeline;
use super::client::{Client, Manners};
use super::crowd::Crowd;
use super::error::FetchError;
use super::part::Part;
use super::{Options, Source, Target, account_type};
use crate::model::{AccountType, Forge, ObjectId, PullRequest};

const PULLS: &str = "`pull-requests: read` for this repository";

/// GitHub, asked about one pull request.
pub(super) struct GitHub {
    client: Client,
    /// `/repos/owner/name`.
    root: String,
    graphql: String,
    owner: String,
    name: String,
    number: u64,
}

/// The pull request.
#[derive(Deserialize)]
pub(super) struct Pull {
    number: u64,
    title: String,
    body: Option<String>,
    user: Option<Account>,
    labels: Vec<Label>,
    draft: Option<bool>,
    head: End,
    base: End,
    commits: usize,
}

#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    name: String,
    sha: ObjectId,
    /// Nothing when the fork is gone.
    repo: Option<Repository>,
}

#[derive(Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// An account; nothing where it was deleted.
#[derive(Clone, Deserialize)]
struct Account {
    login: String,
    #[serde(rename = "type")]
    kind: String,
}

impl Account {
    fn account_type(&self) -> Option<AccountType> {
        account_type(&self.kind)
    }
}

/// What GitHub shows in place of a deleted account.
fn login(account: Option<&Account>) -> String {
    account.map_or_else(|| "ghost".to_owned(), |it| it.login.clone())
}

impl GitHub {
    pub(super) fn new(target: &Target, options: &Options) -> Result<Self, FetchError> {
        let manners = Manners {
            auth: ("authorization", "Bearer "),
            accept: "application/vnd.github+json",
            extra: Some(("x-github-api-version", "2022-11-28")),
        };
        let (owner, name) = target.repository.split_once('/').unwrap_or_default();
        let client = Client::new(&target.api, manners, options)?;
        // github.com has both side by side, an Enterprise Server `/api/v3` and `/api/graphql`.
        let api = target.api.trim_end_matches('/');
        let graphql = format!("{}/graphql", api.strip_suffix("/v3").unwrap_or(api));
        let root = format!("/repos/{}", target.repository);
        let (owner, name) = (owner.to_owned(), name.to_owned());
        Ok(Self { client, root, graphql, owner, name, number: target.number })
    }

    /// The variables of every GraphQL query about the pull request.
    fn variables(&self) -> Map<String, Value> {
        Map::from_iter([
            ("owner".to_owned(), self.owner.clone().into()),
            ("name".to_owned(), self.name.clone().into()),
            ("number".to_owned(), self.number.into()),
        ])
    }
}

impl Source for GitHub {
    type Pull = Pull;

    fn pull(&self) -> Result<Pull, FetchError> {
        let part = Part::new(format!("pull request {} of `{}/{}`", self.number, self.owner, self.name), PULLS);
        let found = self.client.one(&part, &format!("{}/pulls/{}", self.root, self.number))?;
        found.map_err(|missing| FetchError::Refused { what: missing.what, help: missing.how })
    }

    fn request(&self, pull: &Pull) -> PullRequest {
        let mut labels: Vec<String> = pull.labels.iter().map(|it| it.name.clone()).collect();
        labels.sort();
        PullRequest {
            number: pull.number,
            title: pull.title.clone(),
            body: pull.body.clone().unwrap_or_default(),
            author: login(pull.user.as_ref()),
            author_type: pull.user.as_ref().and_then(Account::account_type),
            labels,
            draft: pull.draft.unwrap_or(false),
            source: pull.head.name.clone(),
            target: pull.base.name.clone(),
            head: Some(pull.head.sha),
            base: Some(pull.base.sha),
        }
    }

    fn forge(&self, pull: &Pull) -> Result<Forge, FetchError> {
        let mut crowd = Crowd::default();
        if let Some(author) = &pull.user {
            crowd.meet(&author.login, author.account_type());
        }
        let timeline = self.timeline()?;
        let reviews = self.reviews(timeline.as_ref().ok(), &mut crowd)?;
        let pushes = self.pushes(pull, &mut crowd)?;
        self.writers(pull, &mut crowd)?;
        let people = self.people(crowd)?;
        Ok(Forge {
            reviews,
            threads: self.threads()?,
            checks: self.checks(pull.head.sha)?,
            people: Ok(people),
            teams: self.teams()?,
            pushes,
            retargets: timeline.map(Timeline::into_retargets).map(Arc::from),
            since: std::collections::BTreeMap::new(),
            protection: self.protection(&pull.base.name)?.map(Arc::new),
            merge_queue: self.merge_queue(&pull.base.name)?.map(|it| it.map(Arc::new)),
        })
    }
}
