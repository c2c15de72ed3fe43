//! What protects the target branch: rulesets, classic branch protection, the merge queue.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that protects the target branch.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Protection {
    /// The branch that the forge was asked about; the target of the pull request where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The rulesets that reach the branch, of the repository and of those above it. Those with conditions may be about
    /// other branches.
    #[serde(default)]
    pub rulesets: Vec<Ruleset>,
    /// Rulesets word for word as GitHub tells them: each an answer of `GET /repos/O/R/rulesets/ID` or a file that its page
    /// exports; also the list of `GET /repos/O/R/rules/branches/B`, which does not say who may bypass. The list of
    /// `GET /repos/O/R/rulesets` has no rules and is not enough.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exported: Vec<Value>,
    /// Classic branch protection, as the forge exports it; nothing when there is none. GitHub:
    /// `GET /repos/O/R/branches/B/protection`. Gitea: `GET /repos/O/R/branch_protections/B`. GitLab:
    /// `GET /projects/P/protected_branches/B`, with the answers about the project, its approvals, its approval rules and
    /// its push rules in the keys `project`, `approvals`, `approval_rules` and `push_rule`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classic: Option<BTreeMap<String, Value>>,
}

/// How much a ruleset weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// Not at all.
    Disabled,
    /// Recorded, never blocking.
    Evaluate,
    /// It blocks.
    Active,
}

/// A ruleset. Its rules keep the forge's own words, so that what this version does not know is seen all the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Ruleset {
    /// Its name.
    pub name: String,
    /// Its number in the forge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// Where it is kept: `Repository`, `Organization`, `Enterprise`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What it is about: `branch`, `tag`, `push`, `repository`; branches where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Which branches it reaches; where nothing is said, the one that the forge was asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refs: Option<RefNames>,
    /// How much it weighs.
    pub enforcement: Enforcement,
    /// Who may pass it by; nothing when the token was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bypass: Option<Vec<BypassActor>>,
    /// Its rules.
    #[serde(default)]
    pub rules: Vec<RulesetRule>,
}

/// Names of refs, in GitHub's words: patterns of whole names such as `refs/heads/release/*`, `~DEFAULT_BRANCH`, `~ALL`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RefNames {
    /// Patterns, one of which must match.
    #[serde(default)]
    pub include: Vec<String>,
    /// Patterns, none of which may match.
    #[serde(default)]
    pub exclude: Vec<String>,
}

/// Who may pass a ruleset by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BypassActor {
    /// The kind: `Team`, `Integration`, `RepositoryRole`, `OrganizationAdmin`, `DeployKey`, `User`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number in the forge; some kinds have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<u64>,
    /// When: `always`, `pull_request`, `exempt`.
    pub mode: String,
}

/// A rule of a ruleset, in the forge's own words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RulesetRule {
    /// Its type: `pull_request`, `required_status_checks`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its parameters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
}

/// The merge queue of the target branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct MergeQueue {
    /// How it merges: `MERGE`, `SQUASH`, `REBASE`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The numbers of the pull requests in the group that is judged, in their order.
    #[serde(default)]
    pub group: Vec<u64>,
}
