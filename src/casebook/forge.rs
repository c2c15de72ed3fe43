//! What the forge knows, from the block `forge` of a case.
//!
//! A case that has the block is about a forge that told everything, and nothing happened there but what the block says.
//! What a case is about not knowing, it lists under `unknown`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Deserializer};

use super::facts::{NOON, id_of};
use crate::model::{
    AccountType, CheckRun, CheckState, Commit, Dismissal, Fact, Forge, Identity, MergeQueue, Missing, ObjectId,
    Permission, Person, Protection, PullRequest, Push, RepoPath, Review, ReviewState, Team, Thread, Timestamp,
};

/// The block `forge`: the facts' own schema, with every list known and most fields filled.
#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct ForgeBlock {
    reviews: Vec<ReviewBlock>,
    threads: Vec<ThreadBlock>,
    checks: Vec<CheckBlock>,
    people: Vec<PersonBlock>,
    teams: Vec<Team>,
    pushes: Option<Vec<PushBlock>>,
    retargets: Vec<Timestamp>,
    since: BTreeMap<String, Vec<RepoPath>>,
    protection: Protection,
    merge_queue: Option<MergeQueue>,
    unknown: BTreeSet<Unknown>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Unknown {
    Reviews,
    Threads,
    Checks,
    People,
    Teams,
    Pushes,
    Retargets,
    Since,
    Protection,
    MergeQueue,
    Commits,
}

/// A commit by its id, or by any name that the case gives it; the head is called `head`.
#[derive(Clone, Copy)]
struct Named(ObjectId);

impl Named {
    fn new(text: &str) -> Self {
        Self(text.parse().unwrap_or_else(|_| id_of(text.as_bytes())))
    }

    fn head() -> Self {
        Self::new("head")
    }
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ReviewBlock {
    user: String,
    state: ReviewState,
    #[serde(default)]
    id: Option<u64>,
    #[serde(default, rename = "type")]
    account_type: Option<AccountType>,
    /// Minutes after the first review by default, in the order of the list; `null` for a review without a time.
    #[serde(default = "in_order")]
    submitted_at: Option<Timestamp>,
    #[serde(default = "some_head")]
    commit: Option<Named>,
    #[serde(default)]
    permission: Option<Permission>,
    #[serde(default)]
    on_behalf_of: Vec<String>,
    #[serde(default)]
    dismissal: Option<Dismissal>,
}

/// Stands for "in the order of the list".
const IN_ORDER: Timestamp = Timestamp(i64::MIN);

#[expect(clippy::unnecessary_wraps, reason = "the default of a field that may be absent")]
fn in_order() -> Option<Timestamp> {
    Some(IN_ORDER)
}

#[expect(clippy::unnecessary_wraps, reason = "the default of a field that may be absent")]
fn some_head() -> Option<Named> {
    Some(Named::head())
}

#[expect(clippy::unnecessary_wraps, reason = "the default of a field that may be absent")]
fn write() -> Option<Permission> {
    Some(Permission::Write)
}

impl ReviewBlock {
    fn into_review(self, index: usize) -> Review {
        let number = u64::try_from(index).unwrap_or(u64::MAX).saturating_add(1);
        let minutes = i64::try_from(index).unwrap_or(i64::MAX / 60).saturating_mul(60);
        let at = |at: Timestamp| if at == IN_ORDER { Timestamp(NOON.0 - 1800 + minutes) } else { at };
        Review {
            id: self.id.unwrap_or(number),
            account_type: self.account_type,
            user: self.user,
            state: self.state,
            submitted_at: self.submitted_at.map(at),
            commit: self.commit.map(|it| it.0),
            permission: self.permission,
            on_behalf_of: self.on_behalf_of,
            dismissal: self.dismissal,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PersonBlock {
    login: String,
    /// What the login looks like by default; `null` for a type that the forge did not tell.
    #[serde(default, rename = "type", deserialize_with = "told")]
    account_type: Option<Option<AccountType>>,
    #[serde(default = "write")]
    permission: Option<Permission>,
    /// `login@example.com` by default.
    #[serde(default)]
    emails: Option<Vec<String>>,
}

/// Keeps `null` apart from nothing.
fn told<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<AccountType>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl PersonBlock {
    fn plain(login: &str) -> Self {
        Self { login: login.to_owned(), account_type: None, permission: write(), emails: None }
    }

    fn into_person(self) -> Person {
        let told = if self.login.ends_with("[bot]") { AccountType::Bot } else { AccountType::User };
        Person {
            account_type: self.account_type.unwrap_or(Some(told)),
            permission: self.permission,
            emails: self.emails.unwrap_or_else(|| vec![format!("{}@example.com", self.login)]),
            login: self.login,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct PushBlock {
    user: String,
    /// An hour before noon by default.
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    head: Option<Named>,
}

impl PushBlock {
    fn into_push(self) -> Push {
        Push {
            user: self.user,
            at: self.at.unwrap_or(Timestamp(NOON.0 - 3600)),
            head: self.head.unwrap_or_else(Named::head).0,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct ThreadBlock {
    #[serde(default)]
    author: Option<String>,
    #[serde(default)]
    resolved: bool,
    #[serde(default)]
    outdated: bool,
    #[serde(default)]
    path: Option<RepoPath>,
    #[serde(default)]
    line: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CheckBlock {
    name: String,
    state: CheckState,
    #[serde(default)]
    id: Option<u64>,
    #[serde(default)]
    app: Option<String>,
    #[serde(default)]
    app_id: Option<u64>,
    #[serde(default = "some_head")]
    commit: Option<Named>,
}

impl ForgeBlock {
    /// The facts, about a pull request of this author.
    pub(super) fn into_forge(self, author: &str) -> Forge {
        let unknown = |which: Unknown, what: &str| match self.unknown.contains(&which) {
            true => Err(Missing::here(format!("{what} is not known"), "the case says so")),
            false => Ok(()),
        };
        let reviews: Vec<Review> =
            self.reviews.into_iter().enumerate().map(|(index, block)| block.into_review(index)).collect();
        let pushes = self.pushes.unwrap_or_else(|| vec![PushBlock { user: author.to_owned(), at: None, head: None }]);
        let pushes: Vec<Push> = pushes.into_iter().map(PushBlock::into_push).collect();
        let mut people: Vec<Person> = self.people.into_iter().map(PersonBlock::into_person).collect();
        let named = reviews.iter().map(|it| it.user.as_str()).chain(pushes.iter().map(|it| it.user.as_str()));
        let members = self.teams.iter().flat_map(|it| it.members.iter().flatten().map(String::as_str));
        let named: BTreeSet<&str> = named.chain(members).chain([author]).collect();
        for login in named {
            if !people.iter().any(|it| it.login == login) {
                people.push(PersonBlock::plain(login).into_person());
            }
        }
        let mut since: BTreeMap<ObjectId, Fact<Arc<[RepoPath]>>> =
            self.since.into_iter().map(|(name, changed)| (Named::new(&name).0, Ok(Arc::from(changed)))).collect();
        since.insert(Named::head().0, Ok(Arc::from([])));
        if self.unknown.contains(&Unknown::Since) {
            since.clear();
        }
        Forge {
            reviews: unknown(Unknown::Reviews, "the list of reviews").map(|()| Arc::from(reviews)),
            threads: unknown(Unknown::Threads, "the list of review threads").map(|()| threads(self.threads)),
            checks: unknown(Unknown::Checks, "what ran in CI").map(|()| checks(self.checks)),
            people: unknown(Unknown::People, "who has which permission").map(|()| Arc::from(people)),
            teams: unknown(Unknown::Teams, "who is in which team").map(|()| Arc::from(self.teams)),
            pushes: unknown(Unknown::Pushes, "who pushed to the branch").map(|()| Arc::from(pushes)),
            retargets: unknown(Unknown::Retargets, "whether the target was another one before")
                .map(|()| Arc::from(self.retargets)),
            since,
            protection: unknown(Unknown::Protection, "what protects the target branch")
                .map(|()| Arc::new(self.protection)),
            merge_queue: unknown(Unknown::MergeQueue, "the merge queue").map(|()| self.merge_queue.map(Arc::new)),
        }
    }

    /// Whether the case is about not knowing the commits.
    pub(super) fn knows_commits(&self) -> bool {
        !self.unknown.contains(&Unknown::Commits)
    }
}

fn threads(blocks: Vec<ThreadBlock>) -> Arc<[Thread]> {
    let threads = blocks.into_iter().enumerate().map(|(index, block)| Thread {
        id: format!("{}", index + 1),
        author: block.author,
        resolved: block.resolved,
        outdated: block.outdated,
        path: block.path,
        line: block.line,
    });
    threads.collect()
}

fn checks(blocks: Vec<CheckBlock>) -> Arc<[CheckRun]> {
    let checks = blocks.into_iter().map(|block| CheckRun {
        name: block.name,
        id: block.id,
        state: block.state,
        app: block.app,
        app_id: block.app_id,
        commit: block.commit.map(|it| it.0),
        finished_at: None,
        url: None,
    });
    checks.collect()
}

/// The block `pull-request`, of which nothing has to be said that does not matter.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct PullRequestBlock {
    number: u64,
    title: String,
    body: String,
    author: String,
    author_type: Option<AccountType>,
    labels: Vec<String>,
    draft: bool,
    source: String,
    target: String,
    head: Option<ObjectId>,
    base: Option<ObjectId>,
}

impl Default for PullRequestBlock {
    fn default() -> Self {
        Self {
            number: 1,
            title: "A change".to_owned(),
            body: String::new(),
            author: "ana".to_owned(),
            author_type: None,
            labels: Vec::new(),
            draft: false,
            source: "topic".to_owned(),
            target: "main".to_owned(),
            head: None,
            base: None,
        }
    }
}

impl PullRequestBlock {
    /// The pull request; `head` is the commit at its tip, unless the block names another one.
    pub(super) fn into_pull_request(self, head: Option<ObjectId>) -> PullRequest {
        PullRequest {
            number: self.number,
            title: self.title,
            body: self.body,
            author: self.author,
            author_type: self.author_type,
            labels: self.labels,
            draft: self.draft,
            source: self.source,
            target: self.target,
            head: self.head.or(head),
            base: self.base,
        }
    }
}

/// The commit that a case calls `head`.
pub(super) fn head() -> ObjectId {
    Named::head().0
}

/// The commits of a case that has a forge and no word about commits: one, by the author.
pub(super) fn commits_by(author: &str) -> Arc<[Commit]> {
    let who = Identity { name: author.to_owned(), email: format!("{author}@example.com"), time: NOON };
    Arc::from([Commit {
        id: Named::head().0,
        parents: vec![id_of(b"parent")],
        author: who.clone(),
        committer: who,
        message: "A change".to_owned(),
        signature: None,
        brings_nothing: false,
    }])
}
