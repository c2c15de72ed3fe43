//! The baseline: accepted old findings, each by its fingerprint.

use std::collections::BTreeMap;

use super::Offence;
use super::suppressions::is_decided;
use crate::model::{
    BaselineEntry, Facts, Fingerprint, Level, Mode, Place, Problem, Report, RuleResult, Settled, Settlement,
};
use crate::policy::Policy;

/// The entries of a policy's baseline, and which of them were met.
pub(super) struct Baseline<'a> {
    entries: BTreeMap<&'a str, BTreeMap<&'a Fingerprint, Met<'a>>>,
    policy: &'a Policy,
    /// Whether a finding that was not met is gone: only a run over everything can tell.
    sees_everything: bool,
    /// Whether that holds for what only history has, too.
    sees_history: bool,
}

struct Met<'a> {
    entry: &'a BaselineEntry,
    is_met: bool,
}

impl<'a> Baseline<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &Facts) -> Self {
        let mut entries: BTreeMap<&str, BTreeMap<&Fingerprint, Met<'_>>> = BTreeMap::new();
        for entry in &policy.baseline {
            let of_rule = entries.entry(&entry.rule).or_default();
            let met = of_rule.entry(&entry.fingerprint).or_insert(Met { entry, is_met: false });
            // Of two places of one value, that in the head can be told about in every run.
            if met.entry.past {
                met.entry = entry;
            }
        }
        Self { entries, policy, sees_everything: facts.run.mode == Mode::All, sees_history: facts.run.history }
    }

    pub(super) fn accepts(&mut self, offence: &Offence<'_>) -> bool {
        let Some(entries) = self.entries.get_mut(offence.rule.id.as_str()) else { return false };
        let prints = [Some(&offence.prints.own), offence.prints.before_rename.as_ref()];
        let mut is_accepted = false;
        for print in prints.into_iter().flatten() {
            if let Some(met) = entries.get_mut(print) {
                met.is_met = true;
                is_accepted = true;
            }
        }
        is_accepted
    }

    pub(super) fn finish(self, results: &[RuleResult]) -> Vec<Problem> {
        if !self.sees_everything {
            return Vec::new();
        }
        let mut problems = Vec::new();
        for (rule, entries) in self.entries {
            let mut judged = results.iter().filter(|it| it.rule == rule).peekable();
            let has_rule = judged.peek().is_some();
            let is_off = !has_rule && self.policy.rules.iter().any(|it| it.id == rule);
            // A rule that could not be judged may still have the finding.
            if !is_off && judged.all(is_decided) {
                let gone = entries.into_values().filter(|met| !met.is_met && (!met.entry.past || self.sees_history));
                problems.extend(gone.map(|met| problem(met.entry, has_rule)));
            }
        }
        problems
    }
}

fn problem(entry: &BaselineEntry, has_rule: bool) -> Problem {
    let BaselineEntry { rule, id, path, fingerprint, past } = entry;
    let place = path.as_ref().map_or_else(String::new, |path| format!(" in `{path}`"));
    let message = if has_rule {
        format!("the baseline accepts a finding `{id}`{place} of the rule `{rule}` that is gone ({fingerprint})")
    } else {
        format!("the baseline accepts a finding of the rule `{rule}`, which the policy does not have ({fingerprint})")
    };
    let scope = if *past { "--history" } else { "--all" };
    let help = Some(format!("write the baseline anew: `gatecheck {scope} --write-baseline FILE`"));
    Problem { level: Level::Note, message, help, label: None }
}

/// The entries that accept what stands in a report, and what the baseline accepted already.
pub(in crate::engine) fn entries(report: &Report) -> Vec<BaselineEntry> {
    let is_old = |settled: &&Settled| match settled.settlement {
        Settlement::Open | Settlement::Baseline => true,
        Settlement::Waived { .. } | Settlement::Suppressed { .. } => false,
    };
    let mut entries: Vec<BaselineEntry> = report
        .results
        .iter()
        .flat_map(|result| {
            result.findings.iter().filter(is_old).map(|settled| BaselineEntry {
                rule: result.rule.clone(),
                id: settled.id.clone(),
                path: settled.finding.primary.place.path().map(ToString::to_string),
                fingerprint: settled.fingerprint.clone(),
                past: matches!(settled.finding.primary.place, Place::File { revision: Some(_), .. }),
            })
        })
        .collect();
    entries.sort();
    entries.dedup();
    entries
}
