//! What a CI service tells about its forge: where its API is, and which pull request this is.

use super::Environment;
use super::ci::{self, Service};
use super::event::EventError;

/// What the service says; each may be absent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clues {
    /// The address of the API.
    pub api: Option<String>,
    /// The repository that the change goes to.
    pub repository: Option<String>,
    /// The number of the pull request.
    pub number: Option<u64>,
}

/// Reads the variables of GitHub Actions (Gitea and Forgejo set them as well) and of GitLab CI.
///
/// # Errors
/// When the service promises an event and its payload cannot be read.
pub fn clues(environment: &Environment) -> Result<Clues, EventError> {
    let detected = ci::detect(environment)?;
    Ok(match detected.service {
        Some(Service::GitHub) => Clues {
            api: environment.owned("GITHUB_API_URL"),
            repository: environment.owned("GITHUB_REPOSITORY"),
            // In a merge queue the group is about one pull request, too.
            number: detected.pull_request.map(|it| it.number).or_else(|| detected.request.queued()),
        },
        Some(Service::GitLab) => Clues {
            api: environment.owned("CI_API_V4_URL"),
            // Where the change comes from a fork, the pipeline may run there.
            repository: environment
                .owned("CI_MERGE_REQUEST_PROJECT_PATH")
                .or_else(|| environment.owned("CI_PROJECT_PATH")),
            number: environment.get("CI_MERGE_REQUEST_IID").and_then(|it| it.parse().ok()),
        },
        Some(Service::Azure | Service::Bitbucket | Service::Buildkite | Service::Jenkins | Service::Other) | None => {
            Clues::default()
        }
    })
}
