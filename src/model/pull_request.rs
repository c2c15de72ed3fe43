//! The pull request, as far as it was gathered.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ObjectId;

/// Who stands behind an account.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountType {
    /// A person.
    User,
    /// A bot or an app.
    Bot,
}

/// A pull or merge request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PullRequest {
    /// Its number in the forge.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// Its description.
    #[serde(default)]
    pub body: String,
    /// The login that opened it.
    pub author: String,
    /// Who stands behind that login.
    #[serde(default)]
    pub author_type: Option<AccountType>,
    /// Its labels, sorted.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Whether it is a draft.
    #[serde(default)]
    pub draft: bool,
    /// The branch it comes from.
    pub source: String,
    /// The branch it goes to.
    pub target: String,
    /// The commit at the tip of the branch that it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<ObjectId>,
    /// The commit that the forge compares it with: the tip of the target, which may have moved on since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<ObjectId>,
}
