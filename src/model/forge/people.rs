//! Accounts, what they may do, their teams, and what they pushed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AccountType, ObjectId, Timestamp};

/// What an account or a team may do in the repository, the least first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Nothing that the public may not.
    None,
    /// Read. GitLab: guest, planner or reporter.
    Read,
    /// Read, and sort issues.
    Triage,
    /// Push. GitLab: developer.
    Write,
    /// Push, and manage the repository. GitLab: maintainer.
    Maintain,
    /// Everything. GitLab: owner.
    Admin,
}

impl Permission {
    /// The word that policies and facts use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Read => "read",
            Self::Triage => "triage",
            Self::Write => "write",
            Self::Maintain => "maintain",
            Self::Admin => "admin",
        }
    }
}

/// An account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Person {
    /// Its login.
    pub login: String,
    /// Who stands behind it.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub account_type: Option<AccountType>,
    /// What it may do in the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The e-mail addresses that the forge holds to be its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
}

/// A team or a group.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Team {
    /// Its full name: `org/team`, `group/subgroup`, or `group`.
    pub name: String,
    /// What the team as such may do in the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// The logins of its members; nothing when the forge did not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub members: Option<Vec<String>>,
}

/// Something that was pushed to the source branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Push {
    /// The login of whoever pushed.
    pub user: String,
    /// When.
    pub at: Timestamp,
    /// The head since then.
    pub head: ObjectId,
}
