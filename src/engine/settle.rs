//! Waivers, suppressions and the baseline: which findings stand.

use super::fingerprint::fingerprints;
use super::run::{End, Raw};
use crate::model::{Facts, Problem, RuleResult, Settled, Settlement, Verdict, WaiverStatus};
use crate::policy::Policy;

/// Results with every finding settled, and what became of the waivers.
pub(super) struct Settlements {
    pub(super) results: Vec<RuleResult>,
    pub(super) waivers: Vec<WaiverStatus>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn settle(_policy: &Policy, _facts: &Facts, raw: Vec<Raw<'_>>) -> Settlements {
    let results = raw.into_iter().map(result).collect();
    Settlements { results, waivers: Vec::new(), problems: Vec::new() }
}

fn result(raw: Raw<'_>) -> RuleResult {
    let rule = raw.rule;
    let mut result = RuleResult {
        rule: rule.id.clone(),
        check: rule.check.meta.id.to_owned(),
        level: rule.level,
        title: rule.title.clone(),
        controls: rule.controls.clone(),
        policy: rule.label.clone(),
        verdict: Verdict::Pass,
        judged_elsewhere: false,
        findings: Vec::new(),
        missing: Vec::new(),
        evidence: Vec::new(),
    };
    match raw.end {
        End::NotApplicable { because, elsewhere } => {
            result.verdict = Verdict::NotApplicable { because };
            result.judged_elsewhere = elsewhere;
        }
        End::Judged { mut findings, missing, evidence } => {
            findings.sort();
            findings.dedup();
            let marks = fingerprints(rule.check.meta.id, &findings);
            result.findings = findings
                .into_iter()
                .zip(marks)
                .map(|(finding, fingerprint)| Settled {
                    id: finding
                        .hazard
                        .as_ref()
                        .map_or_else(|| result.check.clone(), |it| format!("{}/{it}", result.check)),
                    finding,
                    fingerprint,
                    settlement: Settlement::Open,
                })
                .collect();
            result.missing = missing;
            result.evidence = evidence;
            result.verdict = verdict(&result);
        }
    }
    result
}

fn verdict(result: &RuleResult) -> Verdict {
    if result.findings.iter().any(|it| it.settlement == Settlement::Open) {
        Verdict::Fail
    } else if !result.missing.is_empty() {
        Verdict::Unknown { missing: result.missing.clone() }
    } else if result.findings.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Waived
    }
}
