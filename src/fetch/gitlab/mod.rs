//! GitLab: a merge request is its pull request, an approval its review.

mod approvals;
mod changes;
mod people;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use super::client::{Client, Manners};
use super::crowd::Crowd;
use super::error::FetchError;
use super::part::Part;
use super::{Options, Source, Target, encoded, is_named_by};
use crate::model::{
    CheckRun, CheckState, Fact, Forge, MergeQueue, Missing, ObjectId, Protection, PullRequest, Timestamp,
};

const API: &str = "the scope `read_api` and the role Reporter (the token of a job, `CI_JOB_TOKEN`, reads no merge \
                   requests: use a project access token)";
const DEVELOPER: &str = "the scope `read_api` and the role Developer";

/// GitLab, asked about one merge request.
pub(super) struct GitLab {
    client: Client,
    /// `/projects/ID`.
    root: String,
    number: u64,
    name: String,
}

/// An answer word for word.
type Exported = BTreeMap<String, Value>;

/// The settings of a project that protect its branches; others are nobody's business.
const PROTECTING: [&str; 3] =
    ["merge_method", "only_allow_merge_if_all_discussions_are_resolved", "only_allow_merge_if_pipeline_succeeds"];

/// The merge request.
#[derive(Deserialize)]
pub(super) struct Merge {
    iid: u64,
    title: String,
    description: Option<String>,
    author: Option<User>,
    labels: Vec<String>,
    draft: bool,
    source_branch: String,
    target_branch: String,
    sha: ObjectId,
    diff_refs: Option<DiffRefs>,
    /// Nothing when the fork is gone.
    source_project_id: Option<u64>,
}

#[derive(Deserialize)]
struct DiffRefs {
    start_sha: Option<ObjectId>,
}

#[derive(Clone, Deserialize)]
struct User {
    id: u64,
    username: String,
}

/// What GitLab shows in place of a deleted account.
fn login(user: Option<&User>) -> String {
    user.map_or_else(|| "ghost".to_owned(), |it| it.username.clone())
}

#[derive(Deserialize)]
struct Status {
    id: u64,
    sha: ObjectId,
    name: String,
    status: String,
    finished_at: Option<Timestamp>,
    target_url: Option<String>,
}

#[derive(Deserialize)]
struct Project {
    merge_trains_enabled: Option<bool>,
    merge_method: Option<String>,
    namespace: people::Namespace,
    #[serde(default)]
    shared_with_groups: Vec<people::Shared>,
}

impl GitLab {
    pub(super) fn new(target: &Target, options: &Options) -> Result<Self, FetchError> {
        let header = if options.is_job_token { "job-token" } else { "private-token" };
        let manners = Manners { auth: (header, ""), accept: "application/json", extra: None };
        let client = Client::new(&target.api, manners, options)?;
        let root = format!("/projects/{}", encoded(&target.repository));
        Ok(Self { client, root, number: target.number, name: target.repository.clone() })
    }

    /// The address of something about the merge request.
    fn of_merge(&self, rest: &str) -> String {
        format!("{}/merge_requests/{}/{rest}", self.root, self.number)
    }

    fn checks(&self, head: ObjectId) -> Result<Fact<Arc<[CheckRun]>>, FetchError> {
        let part = Part::new("what ran in CI", API);
        let path = format!("{}/repository/commits/{head}/statuses?all=true&per_page=100", self.root);
        let told: Fact<Vec<Status>> = self.client.list(&part, &path)?;
        Ok(told.map(|told| {
            let mut runs: Vec<CheckRun> = told.into_iter().map(run).collect();
            runs.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
            runs.dedup();
            runs.into()
        }))
    }

    fn protection(&self, branch: &str) -> Result<Fact<Protection>, FetchError> {
        let part = Part::new("what protects the target branch", DEVELOPER);
        let path = format!("{}/protected_branches?per_page=100", self.root);
        let told: Vec<Exported> = match self.client.list(&part, &path)? {
            Ok(told) => told,
            Err(missing) => return Ok(Err(missing)),
        };
        let reaches = |it: &Exported| it.get("name").and_then(Value::as_str).is_some_and(|it| is_named_by(it, branch));
        let mut reaching = told.into_iter().filter(reaches);
        let classic = match (reaching.next(), reaching.next()) {
            (None, _) => None,
            (Some(only), None) => Some(self.with_settings(only)?),
            (Some(_), Some(_)) => {
                return Ok(Err(Missing::here(
                    format!("what protects `{branch}`: several protected branches of GitLab match its name"),
                    "keep one of them that matches: of several, the most permissive one counts",
                )));
            }
        };
        Ok(Ok(Protection { branch: Some(branch.to_owned()), classic, ..Protection::default() }))
    }

    /// A protected branch with the settings of its project that protect it, too. What this plan of GitLab has not, or the
    /// token may not see, is left out: whoever asks for it is told.
    fn with_settings(&self, mut branch: Exported) -> Result<Exported, FetchError> {
        let part = Part::new("the settings of the project", API);
        if let Ok(mut project) = self.client.one::<Exported>(&part, &self.root)? {
            project.retain(|key, _| PROTECTING.contains(&key.as_str()));
            branch.insert("project".to_owned(), Value::Object(project.into_iter().collect()));
        }
        for key in ["approvals", "push_rule"] {
            if let Ok(told) = self.client.one::<Value>(&part, &format!("{}/{key}", self.root))? {
                branch.insert(key.to_owned(), told);
            }
        }
        let rules: Fact<Vec<Value>> = self.client.list(&part, &format!("{}/approval_rules?per_page=100", self.root))?;
        if let Ok(rules) = rules {
            branch.insert("approval_rules".to_owned(), Value::Array(rules));
        }
        Ok(branch)
    }

    fn project(&self) -> Result<Fact<Project>, FetchError> {
        self.client.one(&Part::new("the project", API), &self.root)
    }
}

fn run(status: Status) -> CheckRun {
    CheckRun {
        name: status.name,
        id: Some(status.id),
        state: match status.status.as_str() {
            "success" => CheckState::Success,
            "failed" => CheckState::Failure,
            "canceled" => CheckState::Cancelled,
            "skipped" => CheckState::Skipped,
            "manual" => CheckState::ActionRequired,
            // What is not known has not ended well.
            _ => CheckState::Pending,
        },
        app: None,
        app_id: None,
        commit: Some(status.sha),
        finished_at: status.finished_at,
        url: status.target_url,
    }
}

impl Source for GitLab {
    type Pull = Merge;

    fn pull(&self) -> Result<Merge, FetchError> {
        let part = Part::new(format!("merge request {} of `{}`", self.number, self.name), API);
        let found = self.client.one(&part, &format!("{}/merge_requests/{}", self.root, self.number))?;
        found.map_err(|missing| FetchError::Refused { what: missing.what, help: missing.how })
    }

    fn request(&self, merge: &Merge) -> PullRequest {
        let mut labels = merge.labels.clone();
        labels.sort();
        PullRequest {
            number: merge.iid,
            title: merge.title.clone(),
            body: merge.description.clone().unwrap_or_default(),
            author: login(merge.author.as_ref()),
            // Told with the people: a merge request does not say what its author is.
            author_type: None,
            labels,
            draft: merge.draft,
            source: merge.source_branch.clone(),
            target: merge.target_branch.clone(),
            head: Some(merge.sha),
            base: merge.diff_refs.as_ref().and_then(|it| it.start_sha),
        }
    }

    fn forge(&self, merge: &Merge) -> Result<Forge, FetchError> {
        let mut crowd = Crowd::default();
        let mut users: BTreeMap<u64, String> = BTreeMap::new();
        if let Some(author) = &merge.author {
            users.insert(author.id, author.username.clone());
        }
        let talk = self.talk()?;
        let reviews = self.reviews(talk.as_ref().ok(), &mut users)?;
        let pushes = self.pushes(merge, &mut users)?;
        let project = self.project()?;
        let people = self.people(&users, &mut crowd)?.map(|()| crowd.people());
        let mut trains = project.as_ref().map_err(Clone::clone).map(|it| {
            let method = it.merge_method.clone();
            it.merge_trains_enabled.unwrap_or(false).then(|| Arc::new(MergeQueue { method, group: Vec::new() }))
        });
        if let Err(missing) = &mut trains {
            missing.what = missing.what.replacen("the project", "the merge train", 1);
        }
        Ok(Forge {
            reviews,
            threads: talk.as_ref().map(|it| Arc::clone(&it.threads)).map_err(Clone::clone),
            checks: self.checks(merge.sha)?,
            people,
            teams: self.teams(project)?,
            pushes,
            retargets: talk
                .as_ref()
                .map(|it| it.retargets.iter().copied().collect::<BTreeSet<_>>().into_iter().collect())
                .map_err(Clone::clone),
            since: BTreeMap::new(),
            protection: self.protection(&merge.target_branch)?.map(Arc::new),
            merge_queue: trains,
        })
    }
}
