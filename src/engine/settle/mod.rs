//! Waivers, suppressions and the baseline: which findings stand.
//!
//! A finding is accepted by the first that covers it: a waiver, an inline suppression, the baseline.
//! What covers it besides is not called unused for that. Nothing here accepts what is missing: a rule
//! that could not be judged stays unknown, whatever was waived.

mod baseline;
mod suppressions;
mod waivers;

pub(super) use baseline::entries as baseline_entries;
pub(super) use waivers::recount_lapsed;

use super::fingerprint::{Prints, fingerprints};
use super::head::Head;
use super::run::{End, Raw};
use crate::checks::{Judged, Remark};
use crate::model::{Facts, Finding, Problem, RuleResult, Settled, Settlement, Verdict, WaiverStatus};
use crate::policy::{Policy, Rule};

/// Results with every finding settled, and what became of the waivers.
pub(super) struct Settlements {
    pub(super) results: Vec<RuleResult>,
    pub(super) waivers: Vec<WaiverStatus>,
    pub(super) problems: Vec<Problem>,
}

/// A finding with all that may decide whether it stands.
struct Offence<'a> {
    rule: &'a Rule,
    finding: &'a Finding,
    prints: &'a Prints,
}

impl Offence<'_> {
    /// Whether an id means it: the rule or the check, alone or with the hazard.
    fn is_called(&self, id: &str) -> bool {
        let (stem, hazard) = id.split_once('/').map_or((id, None), |(stem, hazard)| (stem, Some(hazard)));
        let is_hazard = hazard.is_none_or(|hazard| self.finding.hazard.as_deref() == Some(hazard));
        (stem == self.rule.id || stem == self.rule.check.meta.id) && is_hazard
    }
}

pub(super) fn settle(policy: &Policy, facts: &Facts, raw: Vec<Raw<'_>>) -> Settlements {
    let mut head = Head::new(facts);
    let mut waivers = waivers::Waivers::new(policy, facts);
    let mut suppressions = suppressions::Suppressions::new(policy, &mut head);
    let mut baseline = baseline::Baseline::new(policy, facts);
    let mut results = Vec::with_capacity(raw.len());
    let mut remarked = Vec::new();
    for Raw { rule, end } in raw {
        let (mut result, prints) = result(rule, end, &mut head, &mut remarked);
        for (settled, prints) in result.findings.iter_mut().zip(&prints) {
            let offence = Offence { rule, finding: &settled.finding, prints };
            let waiver = waivers.covering(&offence);
            let suppression = suppressions.covering(&offence, &mut head);
            let is_old = baseline.accepts(&offence);
            settled.settlement = match (waiver, suppression) {
                (Some(waiver), _) => Settlement::Waived { waiver },
                (None, Some(reason)) => Settlement::Suppressed { reason },
                (None, None) if is_old => Settlement::Baseline,
                (None, None) => {
                    waivers.stands(&offence);
                    Settlement::Open
                }
            };
        }
        result.verdict = verdict(result.verdict, &result.findings, &result.missing);
        results.push(result);
    }
    let mut problems = suppressions.finish(&results);
    problems.extend(remarked);
    problems.extend(baseline.finish(&results));
    let (waivers, more) = waivers.finish();
    problems.extend(more);
    Settlements { results, waivers, problems }
}

/// The result of a rule as if every finding stood.
fn result(rule: &Rule, end: End, head: &mut Head<'_>, remarked: &mut Vec<Problem>) -> (RuleResult, Vec<Prints>) {
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
    let Judged { mut findings, mut missing, evidence, remarks } = match end {
        End::NotApplicable { because, elsewhere } => {
            result.verdict = Verdict::NotApplicable { because };
            result.judged_elsewhere = elsewhere;
            return (result, Vec::new());
        }
        End::Judged(judged) => judged,
    };
    remarked.extend(remarks.into_iter().map(|Remark { level, message, help }| Problem {
        level,
        message: format!("`{}`: {message}", rule.id),
        help: Some(help),
        label: Some(rule.label.clone()),
    }));
    findings.sort();
    findings.dedup();
    missing.sort();
    missing.dedup();
    let prints = fingerprints(&result.check, &findings, head);
    result.findings = findings
        .into_iter()
        .zip(&prints)
        .map(|(finding, prints)| Settled {
            id: finding.hazard.as_ref().map_or_else(|| result.check.clone(), |it| format!("{}/{it}", result.check)),
            finding,
            fingerprint: prints.own.clone(),
            settlement: Settlement::Open,
        })
        .collect();
    result.missing = missing;
    result.evidence = evidence;
    (result, prints)
}

fn verdict(before: Verdict, findings: &[Settled], missing: &[crate::model::Missing]) -> Verdict {
    match before {
        Verdict::NotApplicable { .. } => before,
        Verdict::Pass | Verdict::Fail | Verdict::Waived | Verdict::Unknown { .. } => {
            if findings.iter().any(|it| it.settlement == Settlement::Open) {
                Verdict::Fail
            } else if !missing.is_empty() {
                Verdict::Unknown { missing: missing.to_vec() }
            } else if findings.is_empty() {
                Verdict::Pass
            } else {
                Verdict::Waived
            }
        }
    }
}
