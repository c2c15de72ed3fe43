//! What ran on the head: check runs and commit statuses.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{ObjectId, Timestamp};

/// How far a check run is, or how it ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// Not finished: requested, queued, waiting, in progress, pending.
    Pending,
    /// Finished well.
    Success,
    /// Finished, without a judgement.
    Neutral,
    /// Did not run, by a condition of its own.
    Skipped,
    /// Finished badly.
    Failure,
    /// Broke.
    Error,
    /// Was stopped.
    Cancelled,
    /// Took too long.
    TimedOut,
    /// Waits for a person.
    ActionRequired,
    /// Was given up by the forge.
    Stale,
    /// Could not start.
    StartupFailure,
}

/// A check run, or a commit status.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CheckRun {
    /// Its name; the context of a status.
    pub name: String,
    /// Its number in the forge: of several with one name the highest counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// How far it is.
    pub state: CheckState,
    /// The short name of the app that reported it; nothing for a status that a person or a token set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The number of that app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_id: Option<u64>,
    /// The commit that it ran on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<ObjectId>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Where a person finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
