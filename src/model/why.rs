//! Why a rule came to its verdict, step by step.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ChangeSummary, RuleResult, WaiverStatus};

/// Why one rule came to its verdict, for each change that was judged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Why {
    /// `gatecheck.why/v1`.
    pub schema: String,
    /// The version of gatecheck.
    pub version: String,
    /// The changes; a push can bring several.
    pub changes: Vec<WhyChange>,
}

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WhyChange {
    /// The change.
    pub change: ChangeSummary,
    /// The rules of this id: several where policies of folders set it anew.
    pub rules: Vec<WhyRule>,
    /// Every waiver of the run; findings name them by their index.
    pub waivers: Vec<WaiverStatus>,
}

/// One rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WhyRule {
    /// What it came to, with its findings.
    pub result: RuleResult,
    /// Its condition, part by part; empty for a rule about every change.
    pub when: Vec<Step>,
    /// How many of the changed files it looks at.
    pub files: u32,
    /// What the check weighed, where it can tell.
    pub steps: Vec<Step>,
}

/// A step on the way to a verdict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// What was asked.
    pub what: String,
    /// The answer.
    pub answer: StepAnswer,
    /// Why; a clause, empty where the question says it all.
    pub because: String,
    /// What it rests on.
    pub steps: Vec<Self>,
}

/// The answer to a step.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StepAnswer {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// Nobody knows.
    Unknown,
    /// It was not asked: the change is none that it is about.
    Skipped,
}

impl StepAnswer {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
        }
    }
}

impl Step {
    /// A step that rests on nothing else.
    #[must_use]
    pub fn new(what: impl Into<String>, answer: StepAnswer, because: impl Into<String>) -> Self {
        Self { what: what.into(), answer, because: because.into(), steps: Vec::new() }
    }

    /// The same step, resting on others.
    #[must_use]
    pub fn on(mut self, steps: Vec<Self>) -> Self {
        self.steps = steps;
        self
    }
}
