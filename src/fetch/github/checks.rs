//! What ran on the head: check runs, and statuses that apps and tokens set.

use std::sync::Arc;

use serde::Deserialize;

use super::{Account, FetchError, GitHub, Part};
use crate::model::{CheckRun, CheckState, Fact, ObjectId, Timestamp};

const CHECKS: &str = "`checks: read` and `statuses: read` for this repository";

#[derive(Deserialize)]
struct RunPage {
    total_count: usize,
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    name: String,
    head_sha: ObjectId,
    status: String,
    conclusion: Option<String>,
    completed_at: Option<Timestamp>,
    html_url: Option<String>,
    app: Option<App>,
}

#[derive(Deserialize)]
struct App {
    id: u64,
    slug: Option<String>,
}

#[derive(Deserialize)]
struct Status {
    id: u64,
    context: String,
    state: String,
    target_url: Option<String>,
    updated_at: Option<Timestamp>,
    creator: Option<Account>,
}

impl GitHub {
    pub(super) fn checks(&self, head: ObjectId) -> Result<Fact<Arc<[CheckRun]>>, FetchError> {
        let part = Part::new("what ran in CI", CHECKS);
        let path = format!("{}/commits/{head}/check-runs?filter=all&per_page=100", self.root);
        let pages = match self.client.pages(&part, &path, |_: &RunPage| false)? {
            Ok(pages) => pages,
            Err(missing) => return Ok(Err(missing)),
        };
        let have = pages.pages.iter().map(|it| it.check_runs.len()).sum();
        let total = pages.pages.iter().map(|it| it.total_count).max();
        let mut runs: Vec<CheckRun> =
            pages.all(have, total)?.into_iter().flat_map(|it| it.check_runs).map(run).collect();
        let path = format!("{}/commits/{head}/statuses?per_page=100", self.root);
        let statuses: Vec<Status> = match self.client.list(&part, &path)? {
            Ok(statuses) => statuses,
            Err(missing) => return Ok(Err(missing)),
        };
        runs.extend(statuses.into_iter().map(|it| status(it, head)));
        runs.sort_by(|one, other| (&one.name, one.app_id, one.id).cmp(&(&other.name, other.app_id, other.id)));
        // One that moved to the next page while we turned it came twice.
        runs.dedup();
        Ok(Ok(runs.into()))
    }
}

fn run(run: Run) -> CheckRun {
    CheckRun {
        state: match (run.status.as_str(), run.conclusion.as_deref()) {
            ("completed", Some("success")) => CheckState::Success,
            ("completed", Some("neutral")) => CheckState::Neutral,
            ("completed", Some("skipped")) => CheckState::Skipped,
            ("completed", Some("failure")) => CheckState::Failure,
            ("completed", Some("cancelled")) => CheckState::Cancelled,
            ("completed", Some("timed_out")) => CheckState::TimedOut,
            ("completed", Some("action_required")) => CheckState::ActionRequired,
            ("completed", Some("stale")) => CheckState::Stale,
            ("completed", Some("startup_failure")) => CheckState::StartupFailure,
            // An end that is not known is no good one.
            ("completed", _) => CheckState::Error,
            _ => CheckState::Pending,
        },
        name: run.name,
        id: Some(run.id),
        app_id: run.app.as_ref().map(|it| it.id),
        app: run.app.and_then(|it| it.slug),
        commit: Some(run.head_sha),
        finished_at: run.completed_at,
        url: run.html_url,
    }
}

fn status(status: Status, head: ObjectId) -> CheckRun {
    // The account of an app is called after it: GitHub makes it from the app's short name.
    let app =
        status.creator.filter(|it| it.kind == "Bot").and_then(|it| it.login.strip_suffix("[bot]").map(str::to_owned));
    let state = match status.state.as_str() {
        "success" => CheckState::Success,
        "failure" => CheckState::Failure,
        "pending" => CheckState::Pending,
        _ => CheckState::Error,
    };
    CheckRun {
        name: status.context,
        id: Some(status.id),
        app,
        app_id: None,
        commit: Some(head),
        finished_at: status.updated_at.filter(|_| state != CheckState::Pending),
        url: status.target_url,
        state,
    }
}
