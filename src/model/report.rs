//! The settled run: the only thing that a renderer receives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Evidence, Finding, Fingerprint, Label, Level, Missing, Mode, Verdict, WaiverStatus};

/// The settled run. Sorted, counted and decided; renderers only write it down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// `gatecheck.report/v1`.
    pub schema: String,
    /// Version of the program.
    pub version: String,
    /// What was judged.
    pub change: ChangeSummary,
    /// By which policy.
    pub policy: PolicySummary,
    /// How it ended.
    pub outcome: Outcome,
    /// Rules by verdict, and findings by settlement.
    pub counts: Counts,
    /// Every rule that is not off: the heaviest failures first, then by id.
    pub results: Vec<RuleResult>,
    /// The kinds of findings that occur, by id.
    #[serde(default)]
    pub kinds: Vec<Kind>,
    /// Every waiver of the policy.
    pub waivers: Vec<WaiverStatus>,
    /// What a person should know about the run itself, such as a stale baseline entry.
    pub problems: Vec<Problem>,
}

/// A kind of finding, described once for all findings of the report.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Kind {
    /// Check and hazard: `commits/subject-length`.
    pub id: String,
    /// What is wrong, in general; a fragment without a full stop.
    pub title: String,
    /// Why it matters and how to mend it, in Markdown; may be empty.
    pub help: String,
}

/// What was judged.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChangeSummary {
    /// How the change was named.
    pub mode: Mode,
    /// The base as a person would say it.
    pub base_name: String,
    /// The head as a person would say it.
    pub head_name: String,
    /// Number of changed files.
    pub files: u32,
    /// Number of commits, when known.
    pub commits: Option<u32>,
    /// Digest of everything that was gathered.
    pub facts_digest: Option<String>,
}

/// By which policy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PolicySummary {
    /// Where it was found: `gatecheck.yaml of main`, `pack default`.
    pub source: String,
    /// SHA-256 of the effective policy.
    pub digest: String,
    /// Number of rules that are not off.
    pub rules: u32,
}

/// How a run ended. The order is that of weight.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// No blocking rule failed, and none is unknown.
    Passed,
    /// A blocking rule failed; all blocking rules were decided.
    Blocked,
    /// A blocking rule is unknown, or a part of the run failed.
    Undecided,
}

impl Outcome {
    /// The exit code: 0 passed, 1 blocked, 3 undecided. Usage and policy errors, 2, never make a report.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Blocked => 1,
            Self::Undecided => 3,
        }
    }
}

/// Numbers of a run. Rules at level `shadow` count only in `shadow`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Rules that passed.
    pub pass: u32,
    /// Rules that failed at level `block`.
    pub fail: u32,
    /// Rules that failed at level `warn`.
    pub warn: u32,
    /// Rules that failed at level `note`.
    pub note: u32,
    /// Rules whose findings are all waived.
    pub waived: u32,
    /// Rules that are unknown.
    pub unknown: u32,
    /// Rules that do not speak about this change.
    pub not_applicable: u32,
    /// Rules that are judged on the pull request or in CI.
    pub elsewhere: u32,
    /// Rules at level `shadow`, whatever they came to.
    pub shadow: u32,
    /// Findings that stand.
    pub findings: u32,
    /// Findings that a waiver covers.
    pub waived_findings: u32,
    /// Findings that an inline comment suppresses.
    pub suppressed_findings: u32,
    /// Findings that the baseline accepts.
    pub baseline_findings: u32,
}

/// One rule and what it came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RuleResult {
    /// The rule's id.
    pub rule: String,
    /// The check that judged it.
    pub check: String,
    /// How much it weighs.
    pub level: Level,
    /// The rule's title, or the check's summary.
    pub title: String,
    /// Ids of controls that it serves.
    pub controls: Vec<String>,
    /// The policy line that asks for it.
    pub policy: Label,
    /// What it came to.
    pub verdict: Verdict,
    /// Where the rule will be judged, when it is not applicable here but elsewhere.
    pub judged_elsewhere: bool,
    /// Its findings, in the order of their places.
    pub findings: Vec<Settled>,
    /// What was missing although the verdict is decided, such as one unreadable file beside a failure.
    pub missing: Vec<Missing>,
    /// Facts that the verdict rests on.
    pub evidence: Vec<Evidence>,
}

/// A finding and what was settled about it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Settled {
    /// The finding.
    pub finding: Finding,
    /// Its check and hazard: `commits/subject-length`.
    pub id: String,
    /// What identifies it.
    pub fingerprint: Fingerprint,
    /// Whether it stands.
    pub settlement: Settlement,
}

/// Whether a finding stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Settlement {
    /// It stands.
    Open,
    /// This waiver of the report covers it.
    Waived {
        /// Index into the report's waivers.
        waiver: usize,
    },
    /// An inline comment suppresses it.
    Suppressed {
        /// The comment's reason.
        reason: String,
    },
    /// The baseline accepts it.
    Baseline,
}

/// Something about the run itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Problem {
    /// How much it weighs: `block` makes the run undecided.
    pub level: Level,
    /// What happened; one sentence without a full stop.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where, if somewhere.
    pub label: Option<Label>,
}

/// One accepted old finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct BaselineEntry {
    /// The rule's id.
    pub rule: String,
    /// Check and hazard, for the reader.
    pub id: String,
    /// Path, for the reader.
    pub path: Option<String>,
    /// What identifies the finding.
    pub fingerprint: Fingerprint,
    /// Whether only history has it: a run over the files of the head cannot tell that it is gone.
    #[serde(default, skip_serializing_if = "is_no")]
    pub past: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is that of serde")]
fn is_no(flag: &bool) -> bool {
    !flag
}
