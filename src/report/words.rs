//! Words that several formats for people share.

use crate::model::Counts;

/// A number with its noun: `1 file`, `7 files`.
pub(super) fn amount(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// What rules came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tally {
    Failed,
    Warned,
    Noted,
    Unknown,
    Waived,
    Passed,
    Elsewhere,
    NotApplicable,
    Shadow,
}

impl Tally {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Warned => "warned",
            Self::Noted => "noted",
            Self::Unknown => "unknown",
            Self::Waived => "waived",
            Self::Passed => "passed",
            Self::Elsewhere => "on the pull request",
            Self::NotApplicable => "not applicable",
            Self::Shadow => "in shadow",
        }
    }
}

/// The rules of a run by what they came to, without zeros, the heaviest first.
pub(super) fn rules(counts: &Counts) -> Vec<(u32, Tally)> {
    let all = [
        (counts.fail, Tally::Failed),
        (counts.warn, Tally::Warned),
        (counts.note, Tally::Noted),
        (counts.unknown, Tally::Unknown),
        (counts.waived, Tally::Waived),
        (counts.pass, Tally::Passed),
        (counts.elsewhere, Tally::Elsewhere),
        (counts.not_applicable, Tally::NotApplicable),
        (counts.shadow, Tally::Shadow),
    ];
    all.into_iter().filter(|entry| entry.0 > 0).collect()
}

/// The findings of a run by what was settled about them, without zeros; empty when there are none.
pub(super) fn findings(counts: &Counts) -> Vec<String> {
    let stand = if counts.findings == 1 { "finding stands" } else { "findings stand" };
    let all = [
        (counts.findings, stand),
        (counts.waived_findings, "waived"),
        (counts.suppressed_findings, "suppressed"),
        (counts.baseline_findings, "in the baseline"),
    ];
    all.into_iter().filter(|entry| entry.0 > 0).map(|(count, name)| format!("{count} {name}")).collect()
}
