//! Written exemptions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Date, Label};

/// A written exemption from a rule. Every field but the scope is mandatory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Waiver {
    /// The rule's id, or `rule/hazard`.
    pub rule: String,
    /// What of the rule's findings it covers.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// Who approved it.
    pub approver: String,
    /// The last day on which it holds, in UTC.
    pub expires: Date,
    /// Where it is written.
    pub label: Label,
}

/// What a waiver covers; every given part must match.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Scope {
    /// Globs, one of which must match the finding's path. All paths, and findings without one, when empty.
    pub paths: Vec<String>,
    /// Fingerprints, one of which must be the finding's. All when empty.
    pub fingerprints: Vec<String>,
}

/// What became of a waiver in this run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum WaiverState {
    /// It covers this many findings.
    Used {
        /// How many.
        findings: u32,
    },
    /// It covers nothing of this run.
    Unused,
    /// It lapsed; it would have covered this many findings, and they stand again.
    Expired {
        /// How many.
        findings: u32,
    },
    /// It runs longer than the policy allows, and covers nothing until it is shortened.
    TooLong {
        /// How many findings it would have covered.
        findings: u32,
    },
    /// It names a rule that the policy does not have, or a hazard that the rule's check does not have.
    UnknownRule,
}

/// A waiver and what became of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WaiverStatus {
    /// The waiver.
    pub waiver: Waiver,
    /// What became of it.
    pub state: WaiverState,
}
