//! Sort once, count once, decide once.

use std::collections::BTreeSet;

use super::settle::Settlements;
use crate::checks;
use crate::model::{
    ChangeSummary, Counts, Facts, Kind, Level, Outcome, PolicySummary, Problem, Report, RuleResult, Settlement, Verdict,
};
use crate::policy::Policy;

pub(super) fn report(policy: &Policy, facts: &Facts, settled: Settlements) -> Report {
    let Settlements { results, waivers, mut problems } = settled;
    problems.extend(policy.problems.iter().cloned());
    let mut report = Report {
        schema: "gatecheck.report/v1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        change: ChangeSummary {
            mode: facts.run.mode,
            base_name: facts.run.base_name.clone(),
            head_name: facts.run.head_name.clone(),
            files: number(facts.change.files.len()),
            commits: facts.commits.as_ref().ok().map(|commits| number(commits.len())),
            facts_digest: None,
        },
        policy: PolicySummary {
            source: policy.source.clone(),
            digest: policy.digest.clone(),
            rules: number(results.len()),
        },
        outcome: Outcome::Undecided,
        counts: Counts::default(),
        kinds: Vec::new(),
        results,
        waivers,
        problems,
    };
    conclude(&mut report);
    report
}

/// Sorts the results and the problems, and counts and decides by them.
pub(super) fn conclude(report: &mut Report) {
    report.problems.sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.cmp(b)));
    report.problems.dedup();
    report.results.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.rule.cmp(&b.rule)));
    report.counts = Counts::default();
    report.results.iter().for_each(|result| count(result, &mut report.counts));
    report.kinds = kinds(&report.results);
    report.outcome = outcome(&report.results, &report.problems);
}

/// What the checks say about the kinds of findings that occur, so that a stored report explains itself.
fn kinds(results: &[RuleResult]) -> Vec<Kind> {
    let ids: BTreeSet<(&str, &str)> = results
        .iter()
        .flat_map(|result| result.findings.iter().map(|it| (it.id.as_str(), result.check.as_str())))
        .collect();
    ids.into_iter()
        .filter_map(|(id, check)| {
            let check = checks::find(check)?;
            let meta = check.meta;
            let name = id.strip_prefix(meta.id).and_then(|it| it.strip_prefix('/')).unwrap_or_default();
            let hazard = meta.hazards.iter().find(|it| it.id == name);
            let title = hazard.map_or(meta.summary, |it| it.title).to_owned();
            Some(Kind { id: id.to_owned(), title, help: check.advice(name) })
        })
        .collect()
}

/// Failures first, then what is unknown, the heavier level before the lighter one.
fn order(result: &RuleResult) -> (u8, std::cmp::Reverse<Level>) {
    let shadow = u8::from(result.level == Level::Shadow) * 8;
    let weight = match result.verdict {
        Verdict::Fail => 0,
        Verdict::Unknown { .. } => 1,
        Verdict::Waived => 2,
        Verdict::Pass => 3,
        Verdict::NotApplicable { .. } => 4,
    };
    (shadow + weight, std::cmp::Reverse(result.level))
}

fn count(result: &RuleResult, counts: &mut Counts) {
    if result.level == Level::Shadow {
        counts.shadow += 1;
        return;
    }
    let rules = match &result.verdict {
        Verdict::Pass => &mut counts.pass,
        Verdict::Fail => match result.level {
            Level::Block => &mut counts.fail,
            Level::Warn => &mut counts.warn,
            Level::Note | Level::Shadow | Level::Off => &mut counts.note,
        },
        Verdict::Waived => &mut counts.waived,
        Verdict::Unknown { .. } => &mut counts.unknown,
        Verdict::NotApplicable { .. } if result.judged_elsewhere => &mut counts.elsewhere,
        Verdict::NotApplicable { .. } => &mut counts.not_applicable,
    };
    *rules += 1;
    for settled in &result.findings {
        let findings = match settled.settlement {
            Settlement::Open => &mut counts.findings,
            Settlement::Waived { .. } => &mut counts.waived_findings,
            Settlement::Suppressed { .. } => &mut counts.suppressed_findings,
            Settlement::Baseline => &mut counts.baseline_findings,
        };
        *findings += 1;
    }
}

/// An incomplete run outranks a failed one: what is missing could hide more.
fn outcome(results: &[RuleResult], problems: &[Problem]) -> Outcome {
    let of_rules = results.iter().filter(|result| result.level == Level::Block).map(|result| match &result.verdict {
        Verdict::Unknown { .. } => Outcome::Undecided,
        Verdict::Fail if !result.missing.is_empty() => Outcome::Undecided,
        Verdict::Fail => Outcome::Blocked,
        Verdict::Pass | Verdict::Waived | Verdict::NotApplicable { .. } => Outcome::Passed,
    });
    let of_problems = problems.iter().filter(|it| it.level == Level::Block).map(|_| Outcome::Undecided);
    of_rules.chain(of_problems).max().unwrap_or(Outcome::Passed)
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
