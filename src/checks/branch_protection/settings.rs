//! Settings of `branch-protection`: the floor that the forge's own settings must not fall below.

use schemars::JsonSchema;
use serde::Deserialize;

use super::demand::{Demand, demands};

/// Settings of `branch-protection`: what the forge must hold a branch to.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params {
    pub(super) parts: Parts,
    /// What the parts come to, one by one.
    pub(super) demands: Vec<Demand>,
}

/// The settings as they are written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::checks) struct Parts {
    /// The branch; the one that the change goes to when absent, or else the default branch.
    #[serde(default)]
    pub(super) branch: Option<String>,
    /// What the forge must hold the branch to.
    #[serde(default)]
    pub(super) require: Vec<Switch>,
    /// The fewest approvals that a pull request needs.
    #[serde(default)]
    pub(super) approvals: Option<u32>,
    /// Check runs and statuses without which nothing is merged.
    #[serde(default)]
    pub(super) checks: Vec<RequiredCheck>,
    /// That the jobs that run gatecheck, by the workflows of GitHub at the head, are among the required checks, and come from
    /// GitHub Actions.
    #[serde(default)]
    pub(super) gate: bool,
    /// The only ways in which a pull request may be merged.
    #[serde(default)]
    pub(super) merge_methods: Vec<MergeMethod>,
    /// That pull requests are merged by a queue.
    #[serde(default)]
    pub(super) merge_queue: Option<QueueFloor>,
    /// Environments to which a change must have been deployed before it is merged.
    #[serde(default)]
    pub(super) deployments: Vec<String>,
    /// Workflows that must pass, taken from where the change cannot edit them.
    #[serde(default)]
    pub(super) workflows: Vec<Workflow>,
    /// Who may pass all this by; nobody when absent.
    #[serde(default)]
    pub(super) bypass: Vec<Allowed>,
}

/// Something that is on or off.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) enum Switch {
    /// What is merged comes by a pull request.
    PullRequest,
    /// An approval ends when the change becomes another one.
    DismissStale,
    /// Somebody else than whoever pushed last approves.
    LastPushApproval,
    /// Owners of changed files approve.
    CodeOwnerReview,
    /// Every review thread is resolved.
    ResolvedConversations,
    /// The required checks ran on the newest state of the branch.
    UpToDate,
    /// No merge commits.
    LinearHistory,
    /// Commits are signed.
    Signatures,
    /// Nobody rewrites the branch.
    NoForcePush,
    /// Nobody deletes it.
    NoDeletion,
    /// Only those who may bypass create it.
    NoCreation,
    /// Only those who may bypass push to it.
    NoUpdate,
}

/// A check run or status that must have passed.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::checks) struct RequiredCheck {
    /// Its whole name: that of the job, or the context of a status.
    pub(super) name: String,
    /// The number of the app that it must come from; 15368 is GitHub Actions. Without it everybody who may set a status can
    /// set this one.
    #[serde(default)]
    pub(super) app: Option<u64>,
}

/// The number of GitHub Actions among the apps of GitHub.
pub(super) const GITHUB_ACTIONS: u64 = 15368;

/// A way to merge a pull request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) enum MergeMethod {
    /// A merge commit.
    Merge,
    /// One commit that has it all.
    Squash,
    /// Its commits anew.
    Rebase,
}

impl MergeMethod {
    /// Every method.
    pub(super) const ALL: [Self; 3] = [Self::Merge, Self::Squash, Self::Rebase];

    /// The word that policies use, and GitHub in lower case.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Merge => "merge",
            Self::Squash => "squash",
            Self::Rebase => "rebase",
        }
    }
}

/// What is asked of a merge queue.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::checks) struct QueueFloor {
    /// How it must merge.
    #[serde(default)]
    pub(super) method: Option<MergeMethod>,
    /// Of which commits of a group the checks must pass.
    #[serde(default)]
    pub(super) grouping: Option<Grouping>,
}

/// Of which commits of a merge group the checks must pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) enum Grouping {
    /// Of each.
    AllGreen,
    /// Of the last; those between may be broken.
    HeadGreen,
}

impl Grouping {
    /// GitHub's word.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::AllGreen => "ALLGREEN",
            Self::HeadGreen => "HEADGREEN",
        }
    }
}

/// A workflow that must pass.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::checks) struct Workflow {
    /// Its path: `.github/workflows/gate.yml`.
    pub(super) path: String,
    /// The number of the repository that it is taken from.
    pub(super) repository: u64,
    /// The ref that it is taken from: `refs/heads/main`.
    #[serde(default)]
    pub(super) git_ref: Option<String>,
}

/// Somebody who may pass the floor by.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(in crate::checks) struct Allowed {
    /// What kind of actor.
    #[serde(rename = "type")]
    pub(super) kind: ActorType,
    /// Its number in the forge: of the team, the app, the role (2 maintains, 4 writes, 5 administers) or the user. Without
    /// it every one of this type.
    #[serde(default)]
    pub(super) id: Option<u64>,
    /// Its login or short name, where the forge tells that and no number, as classic protection does.
    #[serde(default)]
    pub(super) name: Option<String>,
    /// The most that it may do.
    #[serde(default)]
    pub(super) mode: Mode,
}

/// What kind of actor may pass by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) enum ActorType {
    /// A team.
    Team,
    /// An app.
    App,
    /// Whoever has a role in the repository.
    Role,
    /// Owners of the organization.
    OrganizationAdmin,
    /// Deploy keys.
    DeployKey,
    /// An account.
    User,
}

/// How far somebody may go, the least first.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(in crate::checks) enum Mode {
    /// By merging a pull request that does not meet it.
    PullRequest,
    /// By pushing, too.
    #[default]
    Always,
    /// Without a trace: nothing is even judged.
    Exempt,
}

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        if parts.approvals == Some(0) {
            return Err("`approvals` is at least 1; `require: [pull-request]` asks for none".to_owned());
        }
        if parts.require.contains(&Switch::UpToDate) && parts.checks.is_empty() {
            return Err(
                "`up-to-date` says on what the required checks run: name at least one under `checks`".to_owned()
            );
        }
        if parts.require.contains(&Switch::LinearHistory) && parts.merge_methods == [MergeMethod::Merge] {
            return Err(
                "with `linear-history` no merge commit gets in, and `merge-methods` allows nothing else".to_owned()
            );
        }
        let demands = demands(&parts);
        if demands.is_empty() && !parts.gate {
            return Err(
                "nothing is asked for: say what to `require`, or how many `approvals`, or which `checks`".to_owned()
            );
        }
        Ok(Self { parts, demands })
    }
}
