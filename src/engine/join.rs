//! Several reports of one run, as one: a push of several branches is one push.

use std::collections::BTreeMap;

use super::{settle, summary};
use crate::model::{Report, RuleResult, Settled, Settlement, Verdict, WaiverState, WaiverStatus};

/// Joins the reports of one run; nothing when there are none.
///
/// A rule's verdict is its heaviest one. A finding that two ranges share stands once. A waiver counts
/// everything that it covered.
#[must_use]
pub fn join(reports: Vec<Report>) -> Option<Report> {
    let mut rest = reports.into_iter();
    let mut joined = rest.next()?;
    let mut others = 0;
    for report in rest {
        others += 1;
        joined.change.files = joined.change.files.saturating_add(report.change.files);
        joined.change.commits = joined.change.commits.zip(report.change.commits).map(|(a, b)| a.saturating_add(b));
        // The waivers of each report are those of one policy, in one order, unless the policy differs between the
        // targets; then the indexes of the later ones are moved behind.
        let moved = waivers(&mut joined.waivers, report.waivers);
        results(&mut joined.results, report.results, &moved);
        joined.problems.extend(report.problems);
    }
    if others > 0 {
        recount(&mut joined);
        joined.change.head_name = format!("{} and {others} more", joined.change.head_name);
        summary::conclude(&mut joined);
    }
    Some(joined)
}

/// Counts anew what was counted for each range alone: a finding that two ranges share is one.
fn recount(joined: &mut Report) {
    joined.policy.rules = u32::try_from(joined.results.len()).unwrap_or(u32::MAX);
    let mut covered = vec![0_u32; joined.waivers.len()];
    for settled in joined.results.iter().flat_map(|it| &it.findings) {
        if let Settlement::Waived { waiver } = settled.settlement
            && let Some(count) = covered.get_mut(waiver)
        {
            *count = count.saturating_add(1);
        }
    }
    for (status, count) in joined.waivers.iter_mut().zip(covered) {
        if let WaiverState::Used { findings } = &mut status.state {
            *findings = count;
        }
    }
    settle::recount_lapsed(joined);
}

/// Adds waivers and gives, for each of them, where it stands now.
fn waivers(joined: &mut Vec<WaiverStatus>, others: Vec<WaiverStatus>) -> Vec<usize> {
    let mut moved = Vec::new();
    for other in others {
        match joined.iter().position(|it| it.waiver == other.waiver) {
            Some(index) => {
                if let Some(status) = joined.get_mut(index) {
                    status.state = heavier(&status.state, &other.state);
                }
                moved.push(index);
            }
            None => {
                moved.push(joined.len());
                joined.push(other);
            }
        }
    }
    moved
}

/// A waiver that some range needs is needed. What two ranges count may be the same findings; see [`recount`].
fn heavier(a: &WaiverState, b: &WaiverState) -> WaiverState {
    let most = |a: &u32, b: &u32| *a.max(b);
    match (a, b) {
        (WaiverState::Used { findings: a }, WaiverState::Used { findings: b }) => {
            WaiverState::Used { findings: most(a, b) }
        }
        (WaiverState::Expired { findings: a }, WaiverState::Expired { findings: b }) => {
            WaiverState::Expired { findings: most(a, b) }
        }
        (WaiverState::TooLong { findings: a }, WaiverState::TooLong { findings: b }) => {
            WaiverState::TooLong { findings: most(a, b) }
        }
        (WaiverState::Unused | WaiverState::UnknownRule, other) | (other, _) => other.clone(),
    }
}

fn results(joined: &mut Vec<RuleResult>, others: Vec<RuleResult>, moved: &[usize]) {
    let places: BTreeMap<String, usize> =
        joined.iter().enumerate().map(|(index, result)| (key(result), index)).collect();
    for mut other in others {
        for settled in &mut other.findings {
            if let Settlement::Waived { waiver } = &mut settled.settlement {
                *waiver = moved.get(*waiver).copied().unwrap_or(*waiver);
            }
        }
        match places.get(&key(&other)).and_then(|index| joined.get_mut(*index)) {
            Some(result) => join_result(result, other),
            None => joined.push(other),
        }
    }
}

/// The same rule of the same policy line.
fn key(result: &RuleResult) -> String {
    format!("{}\0{:?}", result.rule, result.policy.place)
}

fn join_result(result: &mut RuleResult, other: RuleResult) {
    if weight(&other.verdict) < weight(&result.verdict) {
        result.verdict = other.verdict.clone();
        result.judged_elsewhere = other.judged_elsewhere;
    }
    result.findings.extend(other.findings);
    let order = |it: &Settled| (it.id.clone(), it.fingerprint.clone(), it.settlement.clone());
    result.findings.sort_by(|a, b| a.finding.cmp(&b.finding).then_with(|| order(a).cmp(&order(b))));
    result.findings.dedup();
    result.missing.extend(other.missing);
    result.missing.sort();
    result.missing.dedup();
    result.evidence.extend(other.evidence);
    result.evidence.sort();
    result.evidence.dedup();
    if let Verdict::Unknown { missing } = &mut result.verdict {
        missing.clone_from(&result.missing);
    }
}

fn weight(verdict: &Verdict) -> u8 {
    match verdict {
        Verdict::Fail => 0,
        Verdict::Unknown { .. } => 1,
        Verdict::Waived => 2,
        Verdict::Pass => 3,
        Verdict::NotApplicable { .. } => 4,
    }
}
