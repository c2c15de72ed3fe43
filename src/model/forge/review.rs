//! Reviews and their threads.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Permission;
use crate::model::{AccountType, ObjectId, RepoPath, Timestamp};

/// What a review says now.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReviewState {
    /// A draft that only its author sees.
    Pending,
    /// Words without an opinion.
    Commented,
    /// Yes.
    Approved,
    /// No.
    ChangesRequested,
    /// It was an opinion, and was taken away.
    Dismissed,
}

/// A review as the forge has it now: a dismissed approval is `dismissed`, not `approved`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Review {
    /// Its number in the forge; later reviews have higher ones.
    pub id: u64,
    /// The login of whoever wrote it.
    pub user: String,
    /// Who stands behind that login.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub account_type: Option<AccountType>,
    /// What it says.
    pub state: ReviewState,
    /// When it was submitted; a draft was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub submitted_at: Option<Timestamp>,
    /// The commit that was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<ObjectId>,
    /// What its author may do in the repository now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The teams that it was asked of and speaks for: `org/team`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_behalf_of: Vec<String>,
    /// Who took it away, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dismissal: Option<Dismissal>,
}

/// How a review was dismissed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Dismissal {
    /// The login of whoever did it; nothing when the forge did it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The reason that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A thread of comments on the change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Thread {
    /// Its name in the forge.
    pub id: String,
    /// The login of whoever began it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Whether it was resolved.
    pub resolved: bool,
    /// Whether the lines that it is about have changed since.
    #[serde(default)]
    pub outdated: bool,
    /// The file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<RepoPath>,
    /// The line, one-based.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}
