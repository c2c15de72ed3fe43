//! Gitea and Forgejo, whose API is much like an older one of GitHub.
//!
//! They do not tell who pushed what: that stays missing.

mod people;
mod reviews;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::{Client, Manners, Pages};
use super::crowd::Crowd;
use super::error::FetchError;
use super::part::Part;
use super::{Options, Source, Target, is_named_by};
use crate::model::{
    AccountType, CheckRun, CheckState, Fact, Forge, Missing, ObjectId, Protection, PullRequest, Timestamp,
};

const REPOSITORY: &str = "the scope `read:repository`, of somebody who may see this repository";
const ISSUE: &str = "the scope `read:issue`, of somebody who may see this repository";
const ADMIN: &str = "the scope `read:repository`, of an administrator of this repository";

/// The entries of a page that are asked for; a server may give fewer.
const PAGE: usize = 50;

/// The most pages of a list that does not say where it ends.
const MOST: usize = 500;

/// Gitea, asked about one pull request.
pub(super) struct Gitea {
    client: Client,
    /// `/repos/owner/name`.
    root: String,
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
    labels: Option<Vec<Label>>,
    draft: Option<bool>,
    head: End,
    base: End,
}

#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    name: String,
    sha: ObjectId,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Clone, Deserialize)]
struct Account {
    id: i64,
    login: String,
    email: Option<String>,
}

impl Account {
    /// Those that the program itself acts as have numbers below zero. Of others it tells no type: they log in, as
    /// accounts of people do.
    fn account_type(&self) -> AccountType {
        if self.id < 0 { AccountType::Bot } else { AccountType::User }
    }

    fn enter(&self, crowd: &mut Crowd) {
        crowd.meet(&self.login, Some(self.account_type()));
        if let Some(email) = &self.email {
            crowd.writes_from(&self.login, email);
        }
    }
}

fn login(account: Option<&Account>) -> String {
    account.map_or_else(|| "ghost".to_owned(), |it| it.login.clone())
}

#[derive(Deserialize)]
struct Status {
    id: u64,
    context: String,
    status: String,
    target_url: Option<String>,
    updated_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "type")]
    kind: String,
    created_at: Timestamp,
}

#[derive(Deserialize)]
struct Commit {
    commit: Written,
    author: Option<Account>,
    committer: Option<Account>,
}

#[derive(Deserialize)]
struct Written {
    author: Option<Address>,
    committer: Option<Address>,
}

#[derive(Deserialize)]
struct Address {
    email: Option<String>,
}

impl Gitea {
    pub(super) fn new(target: &Target, options: &Options) -> Result<Self, FetchError> {
        let manners = Manners { auth: ("authorization", "token "), accept: "application/json", extra: None };
        let client = Client::new(&target.api, manners, options)?;
        let root = format!("/repos/{}", target.repository);
        Ok(Self { client, root, name: target.repository.clone(), number: target.number })
    }

    /// A whole list. Some of these lists have no links between their pages, and some have no pages: it ends with an empty
    /// page, or with one that is the page before. The number of all entries is no measure: drafts of others count.
    fn list<T: DeserializeOwned>(&self, part: &Part, path: &str) -> Result<Fact<Vec<T>>, FetchError> {
        let sign = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{sign}limit={PAGE}");
        let ask = |path: &str| self.client.pages::<Option<Vec<Value>>>(part, path, |_| false);
        let first: Pages<Option<Vec<Value>>> = match ask(&path)? {
            Ok(first) => first,
            Err(missing) => return Ok(Err(missing)),
        };
        let url = self.client.url(&path);
        let has_links = 1 < first.pages.len();
        let total = first.total();
        let mut pages: Vec<Vec<Value>> = first.pages.into_iter().map(Option::unwrap_or_default).collect();
        // What is hidden from this token is counted all the same, and may have been all of a page.
        let is_last = |pages: &[Vec<Value>]| {
            pages.last().is_some_and(Vec::is_empty) && total.is_none_or(|total| total <= pages.len() * PAGE)
        };
        while !has_links && !is_last(&pages) {
            if MOST < pages.len() {
                let why = format!("its pages do not end, after {MOST} of them");
                return Err(FetchError::Incomplete { url, why });
            }
            let number = pages.len() + 1;
            let next = ask(&format!("{path}&page={number}"))?.map_err(|missing| {
                let why = format!("page {number} did not come: {}", missing.what);
                FetchError::Incomplete { url: url.clone(), why }
            })?;
            let page: Vec<Value> = next.pages.into_iter().flatten().flatten().collect();
            if Some(&page) == pages.last() && !page.is_empty() {
                break;
            }
            pages.push(page);
        }
        let entries: Result<Vec<T>, _> = pages.into_iter().flatten().map(serde_json::from_value).collect();
        let why = "a field of the list is absent or has another type";
        Ok(Ok(entries.map_err(|_| FetchError::Shape { url, why: why.to_owned() })?))
    }

    fn checks(&self, head: ObjectId) -> Result<Fact<Arc<[CheckRun]>>, FetchError> {
        let part = Part::new("what ran in CI", REPOSITORY);
        let told: Fact<Vec<Status>> = self.list(&part, &format!("{}/commits/{head}/statuses", self.root))?;
        Ok(told.map(|told| {
            let mut runs: Vec<CheckRun> = told.into_iter().map(|it| run(it, head)).collect();
            runs.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
            runs.dedup();
            runs.into()
        }))
    }

    fn retargets(&self) -> Result<Fact<Arc<[Timestamp]>>, FetchError> {
        let part = Part::new("whether the pull request had another target before", ISSUE);
        let path = format!("{}/issues/{}/timeline", self.root, self.number);
        let told: Fact<Vec<Entry>> = self.list(&part, &path)?;
        Ok(told.map(|told| {
            let mut times: Vec<Timestamp> =
                told.into_iter().filter(|it| it.kind == "change_target_branch").map(|it| it.created_at).collect();
            times.sort();
            times.into()
        }))
    }

    fn protection(&self, branch: &str) -> Result<Fact<Protection>, FetchError> {
        let part = Part::new("what protects the target branch", ADMIN);
        let told: Fact<Vec<BTreeMap<String, Value>>> =
            self.list(&part, &format!("{}/branch_protections", self.root))?;
        Ok(told.map(|told| {
            let reaches = |it: &BTreeMap<String, Value>| {
                let name = ["rule_name", "branch_name"].iter().filter_map(|key| it.get(*key)?.as_str());
                name.filter(|name| !name.is_empty()).any(|name| is_named_by(name, branch))
            };
            // A rule that names the branch goes before one with a pattern.
            let is_exact = |it: &BTreeMap<String, Value>| it.get("rule_name").and_then(Value::as_str) == Some(branch);
            let mut rules: Vec<_> = told.into_iter().filter(reaches).collect();
            rules.sort_by_key(|it| !is_exact(it));
            Protection { branch: Some(branch.to_owned()), classic: rules.into_iter().next(), ..Protection::default() }
        }))
    }

    /// The accounts that the addresses of the commits belong to.
    fn writers(&self, crowd: &mut Crowd) -> Result<(), FetchError> {
        let part = Part::new("who wrote the commits", REPOSITORY);
        let path = format!("{}/pulls/{}/commits?files=false&stat=false", self.root, self.number);
        let told: Fact<Vec<Commit>> = self.list(&part, &path)?;
        for commit in told.unwrap_or_default() {
            for (account, address) in
                [(commit.author, commit.commit.author), (commit.committer, commit.commit.committer)]
            {
                let (Some(account), Some(email)) = (account, address.and_then(|it| it.email)) else { continue };
                account.enter(crowd);
                crowd.writes_from(&account.login, &email);
            }
        }
        Ok(())
    }
}

fn run(status: Status, head: ObjectId) -> CheckRun {
    let state = match status.status.as_str() {
        "success" => CheckState::Success,
        "warning" => CheckState::Neutral,
        "skipped" => CheckState::Skipped,
        "failure" => CheckState::Failure,
        "pending" => CheckState::Pending,
        _ => CheckState::Error,
    };
    CheckRun {
        name: status.context,
        id: Some(status.id),
        app: None,
        app_id: None,
        commit: Some(head),
        finished_at: status.updated_at.filter(|_| state != CheckState::Pending),
        url: status.target_url.filter(|it| !it.is_empty()),
        state,
    }
}

impl Source for Gitea {
    type Pull = Pull;

    fn pull(&self) -> Result<Pull, FetchError> {
        let part = Part::new(format!("pull request {} of `{}`", self.number, self.name), REPOSITORY);
        let found = self.client.one(&part, &format!("{}/pulls/{}", self.root, self.number))?;
        found.map_err(|missing| FetchError::Refused { what: missing.what, help: missing.how })
    }

    fn request(&self, pull: &Pull) -> PullRequest {
        let mut labels: Vec<String> = pull.labels.iter().flatten().map(|it| it.name.clone()).collect();
        labels.sort();
        PullRequest {
            number: pull.number,
            title: pull.title.clone(),
            body: pull.body.clone().unwrap_or_default(),
            author: login(pull.user.as_ref()),
            author_type: pull.user.as_ref().map(Account::account_type),
            labels,
            // Before it was told for itself, only the title said it.
            draft: pull.draft.unwrap_or_else(|| pull.title.starts_with("WIP:") || pull.title.starts_with("[WIP]")),
            source: pull.head.name.clone(),
            target: pull.base.name.clone(),
            head: Some(pull.head.sha),
            base: Some(pull.base.sha),
        }
    }

    fn forge(&self, pull: &Pull) -> Result<Forge, FetchError> {
        let mut crowd = Crowd::default();
        if let Some(author) = &pull.user {
            author.enter(&mut crowd);
        }
        let (reviews, threads) = self.reviews(&mut crowd)?;
        self.writers(&mut crowd)?;
        let pushes =
            Part::new("who pushed to the branch", "let `independent-of` of the rule name authors and committers only");
        Ok(Forge {
            reviews,
            threads,
            checks: self.checks(pull.head.sha)?,
            people: Ok(self.people(crowd)?),
            teams: self.teams()?,
            pushes: Err(pushes.untold("Gitea and Forgejo do not tell it")),
            retargets: self.retargets()?,
            since: BTreeMap::new(),
            protection: self.protection(&pull.base.name)?.map(Arc::new),
            merge_queue: Ok(None),
        })
    }
}

/// A thing that could not be read, for a list that is made of several answers.
fn again(missing: &Missing, what: &str) -> Missing {
    Missing { what: format!("{what}: {}", missing.what), ..missing.clone() }
}
