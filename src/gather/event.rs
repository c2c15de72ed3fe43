//! Event payloads of GitHub Actions, and of those who speak the same language (Gitea, Forgejo).
//!
//! Only the few fields that name the change and describe the pull request are read; a payload has hundreds.
//! A field that is absent is absent: an event that lacks what its kind promises is an error, not a guess.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::git::Request;
use crate::model::{AccountType, PullRequest, RefUpdate};

/// Payloads have some tens of kilobytes; GitHub caps them at 25 MB.
const LARGEST: u64 = 32 << 20;

/// Why a payload does not say what the change is.
#[derive(Debug, thiserror::Error)]
pub enum EventError {
    /// The file is not there, or not readable.
    #[error("the event file `{}` cannot be read: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No regular file, or an oversized one.
    #[error("the event file `{}` is no regular file of at most 32 MiB", .0.display())]
    NotAFile(PathBuf),
    /// Not the JSON of an event.
    #[error("the event file `{}` does not describe a `{event}` event: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The kind of event that was promised.
        event: String,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// A field that this kind of event has is absent.
    #[error("the `{event}` event has no `{field}`")]
    NoField {
        /// The kind of event.
        event: String,
        /// The field.
        field: &'static str,
    },
}

impl EventError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        "name the range with `--base` and `--head`, or run where `GITHUB_EVENT_PATH` names the event's own file"
            .to_owned()
    }
}

/// What an event tells.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Event {
    /// The change; nothing for events that this program does not know.
    pub request: Option<Request>,
    /// The pull request.
    pub pull_request: Option<PullRequest>,
}

#[derive(Deserialize)]
struct Payload {
    pull_request: Option<PullPayload>,
    merge_group: Option<GroupPayload>,
    before: Option<String>,
    after: Option<String>,
    #[serde(rename = "ref")]
    name: Option<String>,
}

#[derive(Deserialize)]
struct PullPayload {
    number: u64,
    title: String,
    body: Option<String>,
    user: Option<User>,
    labels: Option<Vec<Label>>,
    draft: Option<bool>,
    base: End,
    head: End,
    merge_commit_sha: Option<String>,
}

#[derive(Deserialize)]
struct User {
    login: String,
    #[serde(rename = "type")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize)]
struct End {
    #[serde(rename = "ref")]
    name: String,
    sha: String,
}

#[derive(Deserialize)]
struct GroupPayload {
    base_sha: String,
    head_sha: String,
    base_ref: Option<String>,
    head_ref: Option<String>,
}

/// Reads the payload of an event of this kind.
///
/// # Errors
/// When the file cannot be read, is no JSON, or lacks what its kind of event has.
pub fn read(path: &Path, event: &str) -> Result<Event, EventError> {
    let io = |source| EventError::Io { path: path.to_owned(), source };
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() || metadata.len() > LARGEST {
        return Err(EventError::NotAFile(path.to_owned()));
    }
    let raw = std::fs::read(path).map_err(io)?;
    let payload: Payload = serde_json::from_slice(&raw).map_err(|source| EventError::Json {
        path: path.to_owned(),
        event: event.to_owned(),
        source,
    })?;
    let missing = |field| EventError::NoField { event: event.to_owned(), field };
    if event.starts_with("pull_request") {
        let pull = payload.pull_request.ok_or_else(|| missing("pull_request"))?;
        return Ok(Event { request: Some(request(&pull)), pull_request: Some(pull.into_fact()) });
    }
    match event {
        "merge_group" => {
            let group = payload.merge_group.ok_or_else(|| missing("merge_group"))?;
            let base_ref = group.base_ref.map(|name| short(&name).to_owned());
            let (base_sha, head_sha, head_ref) = (group.base_sha, group.head_sha, group.head_ref);
            let request = Request::MergeGroup { base_sha, head_sha, base_ref, head_ref };
            Ok(Event { request: Some(request), pull_request: None })
        }
        "push" => {
            let id = |text: Option<String>, field| text.and_then(|it| it.parse().ok()).ok_or_else(|| missing(field));
            let update = RefUpdate {
                name: payload.name.ok_or_else(|| missing("ref"))?,
                old: id(payload.before, "before")?,
                new: id(payload.after, "after")?,
                fast_forward: None,
            };
            Ok(Event { request: Some(Request::Push(vec![update])), pull_request: None })
        }
        // These are about no change: the whole tree is what there is to judge.
        "schedule" | "workflow_dispatch" | "repository_dispatch" => {
            Ok(Event { request: Some(Request::All { head: None }), pull_request: None })
        }
        _ => Ok(Event::default()),
    }
}

fn request(pull: &PullPayload) -> Request {
    Request::PullRequest {
        base_ref: Some(pull.base.name.clone()),
        base_sha: Some(pull.base.sha.clone()),
        head_ref: Some(pull.head.name.clone()),
        head_sha: Some(pull.head.sha.clone()),
        merge_sha: pull.merge_commit_sha.clone(),
    }
}

impl PullPayload {
    fn into_fact(self) -> PullRequest {
        let mut labels: Vec<String> = self.labels.into_iter().flatten().map(|it| it.name).collect();
        labels.sort();
        let kind = self.user.as_ref().and_then(|it| it.kind.as_deref());
        PullRequest {
            number: self.number,
            title: self.title,
            body: self.body.unwrap_or_default(),
            author_type: match kind {
                Some("Bot") => Some(AccountType::Bot),
                Some("User") => Some(AccountType::User),
                Some(_) | None => None,
            },
            // GitHub shows a deleted account as `ghost`.
            author: self.user.map_or_else(|| "ghost".to_owned(), |it| it.login),
            labels,
            draft: self.draft.unwrap_or(false),
            head: self.head.sha.parse().ok(),
            base: self.base.sha.parse().ok(),
            source: self.head.name,
            target: self.base.name,
        }
    }
}

/// A branch without `refs/heads/`.
pub(super) fn short(name: &str) -> &str {
    name.strip_prefix("refs/heads/").unwrap_or(name)
}
