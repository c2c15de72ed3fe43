//! What the formats that know only "problems" show: the open findings of the rules that failed.

use crate::model::{Label, Level, Missing, Problem, Report, RuleResult, Settled, Settlement, Verdict};

/// Open findings with their rules, in the report's order. Rules at level `shadow` never fail.
pub(super) fn findings(report: &Report) -> impl Iterator<Item = (&RuleResult, &Settled)> {
    let failed = report.results.iter().filter(|it| it.level != Level::Shadow && it.verdict == Verdict::Fail);
    failed.flat_map(|result| open(result).map(move |settled| (result, settled)))
}

/// The open findings of a rule.
pub(super) fn open(result: &RuleResult) -> impl Iterator<Item = &Settled> {
    result.findings.iter().filter(|it| it.settlement == Settlement::Open)
}

/// What is missing, with the rules that miss it.
pub(super) fn missing(report: &Report) -> impl Iterator<Item = (&RuleResult, &Missing)> {
    let shown = report.results.iter().filter(|it| it.level != Level::Shadow);
    shown.flat_map(|result| gaps(result).map(move |missing| (result, missing)))
}

/// What a rule misses, whatever it came to.
pub(super) fn gaps(result: &RuleResult) -> impl Iterator<Item = &Missing> {
    let unknown = match &result.verdict {
        Verdict::Unknown { missing } => missing.as_slice(),
        Verdict::Pass | Verdict::Fail | Verdict::Waived | Verdict::NotApplicable { .. } => result.missing.as_slice(),
    };
    unknown.iter()
}

/// Something that keeps a run from being decided, for formats that would be empty without it.
pub(super) struct Gap<'a> {
    /// The rule; nothing for what went wrong with the run itself.
    pub(super) rule: Option<&'a RuleResult>,
    pub(super) level: Level,
    /// What is missing or went wrong, and what to do.
    pub(super) what: &'a str,
    pub(super) how: Option<&'a str>,
    /// The policy line that asks for it, or the place of the problem.
    pub(super) label: Option<&'a Label>,
}

impl Gap<'_> {
    /// The rule's id, or the program's name.
    pub(super) fn name(&self) -> &str {
        self.rule.map_or("gatecheck", |it| &it.rule)
    }

    /// The whole message without what to do.
    pub(super) fn message(&self) -> String {
        match self.rule {
            Some(_) => format!("unknown: {}", self.what),
            None => self.what.to_owned(),
        }
    }
}

/// What is missing, and what went wrong with the run itself: neither may look like a passing run.
pub(super) fn undecided(report: &Report) -> impl Iterator<Item = Gap<'_>> {
    let of_rules = missing(report).map(|(rule, it)| Gap {
        rule: Some(rule),
        level: rule.level,
        what: &it.what,
        how: Some(&it.how),
        label: Some(&rule.policy),
    });
    let blocks = |it: &&Problem| it.level == Level::Block;
    of_rules.chain(report.problems.iter().filter(blocks).map(|it| Gap {
        rule: None,
        level: it.level,
        what: &it.message,
        how: it.help.as_deref(),
        label: it.label.as_ref(),
    }))
}

/// Whether two findings differ in nothing but their places.
pub(super) fn says_the_same(a: &Settled, b: &Settled) -> bool {
    let (one, other) = (&a.finding, &b.finding);
    a.id == b.id && one.message == other.message && one.because == other.because && one.help == other.help
}

/// The whole message of a finding on lines of their own: what, why, what to do.
pub(super) fn paragraphs(settled: &Settled) -> String {
    let finding = &settled.finding;
    let because = finding.because.as_ref().map(|it| format!("Why: {it}"));
    let help = finding.help.as_ref().map(|it| format!("Help: {it}"));
    let parts: Vec<String> = [Some(finding.message.clone()), because, help].into_iter().flatten().collect();
    parts.join("\n")
}
