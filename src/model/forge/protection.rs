//! What protects the target branch: rulesets, classic branch protection, the merge queue.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Everything that protects the target branch.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Protection {
    /// The rulesets that reach the branch, of the repository and of those above it.
    #[serde(default)]
    pub rulesets: Vec<Ruleset>,
    /// Classic branch protection, as the forge exports it; nothing when there is none.
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
    /// How much it weighs.
    pub enforcement: Enforcement,
    /// Who may pass it by; nothing when the token was not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bypass: Option<Vec<BypassActor>>,
    /// Its rules.
    #[serde(default)]
    pub rules: Vec<RulesetRule>,
}

/// Who may pass a ruleset by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BypassActor {
    /// The kind: `Team`, `Integration`, `RepositoryRole`, `OrganizationAdmin`, `DeployKey`.
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
