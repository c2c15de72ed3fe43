//! What a CI service tells through its variables: that this is one, which change it is about, and how history
//! is fetched there.
//!
//! Known: GitHub Actions (and those who set its variables), GitLab CI, Azure Pipelines, Bitbucket Pipelines,
//! Buildkite, Jenkins multibranch, and the pre-commit framework. Where nothing names a change the request is
//! the local one.

use std::path::Path;

use crate::gather::Environment;
use crate::gather::event::{self, EventError, short};
use crate::git::Request;
use crate::model::{PullRequest, RefUpdate};

/// A CI service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Service {
    /// GitHub Actions, Gitea, Forgejo.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
    /// Buildkite.
    Buildkite,
    /// Jenkins.
    Jenkins,
    /// Another one, known by `CI=true` only.
    Other,
}

/// What was found in the environment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detected {
    /// The service; nothing on a laptop or in a hook.
    pub service: Option<Service>,
    /// The change.
    pub request: Request,
    /// The name of the event, as the service has it.
    pub event: Option<String>,
    /// The pull request, as far as the event describes it.
    pub pull_request: Option<PullRequest>,
}

impl Service {
    /// How missing history is brought in there: an instruction.
    #[must_use]
    pub fn mend(self) -> &'static str {
        match self {
            Self::GitHub => {
                "set `fetch-depth: 0` on the `actions/checkout` step, or run `git fetch --unshallow origin`"
            }
            Self::GitLab => "set `GIT_DEPTH: 0` in the variables of the job, or run `git fetch --unshallow origin`",
            Self::Azure => "set `fetchDepth: 0` on the `checkout: self` step, or run `git fetch --unshallow origin`",
            Self::Bitbucket => "set `clone: depth: full` in the pipeline, or run `git fetch --unshallow origin`",
            Self::Jenkins => "take the shallow clone out of the checkout, or run `git fetch --unshallow origin`",
            Self::Buildkite | Self::Other => "fetch the history with `git fetch --unshallow origin`",
        }
    }
}

/// Finds the service and the change that it is about.
///
/// # Errors
/// When the service promises an event and its payload cannot be read.
pub fn detect(environment: &Environment) -> Result<Detected, EventError> {
    let service = service(environment);
    // The framework runs hooks in CI as well; the refs that it names are the more exact answer.
    if let Some(request) = pre_commit(environment) {
        return Ok(Detected { service, request, event: None, pull_request: None });
    }
    let (request, event) = match service {
        Some(Service::GitHub) => return github(environment),
        Some(Service::GitLab) => (gitlab(environment), environment.owned("CI_PIPELINE_SOURCE")),
        Some(Service::Azure) => (azure(environment), environment.owned("BUILD_REASON")),
        Some(Service::Bitbucket) => (bitbucket(environment), None),
        Some(Service::Buildkite) => (buildkite(environment), None),
        Some(Service::Jenkins) => (jenkins(environment), None),
        Some(Service::Other) | None => (None, None),
    };
    Ok(Detected { service, request: request.unwrap_or(Request::Local), event, pull_request: None })
}

pub(super) fn service(environment: &Environment) -> Option<Service> {
    let known = [
        (environment.is_true("GITHUB_ACTIONS"), Service::GitHub),
        (environment.is_true("GITLAB_CI"), Service::GitLab),
        (environment.is_true("TF_BUILD"), Service::Azure),
        (environment.get("BITBUCKET_BUILD_NUMBER").is_some(), Service::Bitbucket),
        (environment.is_true("BUILDKITE"), Service::Buildkite),
        // A server without a public address sets no `JENKINS_URL`.
        (environment.get("JENKINS_URL").or(environment.get("JENKINS_HOME")).is_some(), Service::Jenkins),
        (is_other(environment), Service::Other),
    ];
    known.into_iter().find(|(is_it, _)| *is_it).map(|(_, service)| service)
}

/// Another service: `CI` is `true` for most of them and the service's name for some, such as Woodpecker; a few set a
/// variable of their own instead.
fn is_other(environment: &Environment) -> bool {
    let says_no = |it: &str| ["false", "0", "no", "off"].iter().any(|no| it.eq_ignore_ascii_case(no));
    let own = ["TEAMCITY_VERSION", "CODEBUILD_BUILD_ID"];
    environment.get("CI").is_some_and(|it| !says_no(it)) || own.iter().any(|name| environment.get(name).is_some())
}

fn pre_commit(environment: &Environment) -> Option<Request> {
    let base = environment.owned("PRE_COMMIT_FROM_REF")?;
    Some(Request::Range { base, head: environment.owned("PRE_COMMIT_TO_REF") })
}

fn github(environment: &Environment) -> Result<Detected, EventError> {
    let name = environment.get("GITHUB_EVENT_NAME").unwrap_or_default();
    let found = match environment.get("GITHUB_EVENT_PATH") {
        Some(path) => event::read(Path::new(path), name)?,
        None => event::Event::default(),
    };
    Ok(Detected {
        service: Some(Service::GitHub),
        request: found.request.unwrap_or(Request::Local),
        event: environment.owned("GITHUB_EVENT_NAME"),
        pull_request: found.pull_request,
    })
}

fn gitlab(environment: &Environment) -> Option<Request> {
    if environment.get("CI_MERGE_REQUEST_IID").is_some() {
        // In a pipeline for merged results `CI_COMMIT_SHA` is the trial merge, and the source has its own variable.
        let commit = environment.owned("CI_COMMIT_SHA");
        let source = environment.owned("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        return Some(Request::PullRequest {
            base_ref: environment.owned("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
            base_sha: environment.owned("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
            head_ref: environment.owned("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"),
            merge_sha: commit.clone().filter(|_| source.is_some()),
            head_sha: source.or(commit),
        });
    }
    let name = match (environment.get("CI_COMMIT_BRANCH"), environment.get("CI_COMMIT_TAG")) {
        (Some(branch), _) => format!("refs/heads/{branch}"),
        (None, Some(tag)) => format!("refs/tags/{tag}"),
        (None, None) => return None,
    };
    let old = environment.get("CI_COMMIT_BEFORE_SHA")?.parse().ok()?;
    let new = environment.get("CI_COMMIT_SHA")?.parse().ok()?;
    let is_push = environment.get("CI_PIPELINE_SOURCE") == Some("push");
    is_push.then(|| Request::Push(vec![RefUpdate { name, old, new, fast_forward: None }]))
}

fn azure(environment: &Environment) -> Option<Request> {
    let target = environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH")?;
    Some(Request::PullRequest {
        base_ref: Some(short(target).to_owned()),
        base_sha: None,
        head_ref: environment.get("SYSTEM_PULLREQUEST_SOURCEBRANCH").map(|it| short(it).to_owned()),
        head_sha: environment.owned("SYSTEM_PULLREQUEST_SOURCECOMMITID"),
        merge_sha: environment.owned("BUILD_SOURCEVERSION"),
    })
}

fn bitbucket(environment: &Environment) -> Option<Request> {
    environment.get("BITBUCKET_PR_ID")?;
    Some(Request::PullRequest {
        base_ref: environment.owned("BITBUCKET_PR_DESTINATION_BRANCH"),
        base_sha: environment.owned("BITBUCKET_PR_DESTINATION_COMMIT"),
        head_ref: environment.owned("BITBUCKET_BRANCH"),
        head_sha: environment.owned("BITBUCKET_COMMIT"),
        merge_sha: None,
    })
}

fn buildkite(environment: &Environment) -> Option<Request> {
    environment.get("BUILDKITE_PULL_REQUEST").filter(|number| *number != "false")?;
    Some(Request::PullRequest {
        base_ref: environment.owned("BUILDKITE_PULL_REQUEST_BASE_BRANCH"),
        base_sha: None,
        head_ref: environment.owned("BUILDKITE_BRANCH"),
        head_sha: environment.owned("BUILDKITE_COMMIT").filter(|it| it != "HEAD"),
        merge_sha: None,
    })
}

fn jenkins(environment: &Environment) -> Option<Request> {
    environment.get("CHANGE_ID")?;
    Some(Request::PullRequest {
        base_ref: environment.owned("CHANGE_TARGET"),
        base_sha: None,
        head_ref: environment.owned("CHANGE_BRANCH"),
        // Depending on the strategy this is the head, or Jenkins' own merge of it: the merge base is the same.
        head_sha: environment.owned("GIT_COMMIT"),
        merge_sha: None,
    })
}
