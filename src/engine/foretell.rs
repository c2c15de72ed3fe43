//! What a policy that does not judge yet would say.

use crate::model::{Facts, Level, Problem, Report, RuleResult, Verdict};
use crate::policy::Policy;

/// Rules that are named.
const NAMED: usize = 10;

/// Judges by a policy that a change brings where there was none, and says what that would come to: a note, since it
/// does not judge the change that brings it.
#[must_use]
pub fn foretell(policy: &Policy, facts: &Facts) -> Problem {
    let report = super::judge(policy, facts);
    let message =
        format!("once merged, `{}` judges instead of the shipped pack; {}", policy.source, verdict_of(&report));
    let help = "see it in full with `gatecheck --policy FILE`, where FILE is that policy".to_owned();
    Problem { level: Level::Note, message, help: Some(help), label: None }
}

fn verdict_of(report: &Report) -> String {
    let is_shown = |it: &&RuleResult| it.level != Level::Shadow;
    let named = |wanted: fn(&Verdict) -> bool| -> Vec<String> {
        let results = report.results.iter().filter(is_shown).filter(|it| wanted(&it.verdict));
        results.map(|it| format!("`{}` ({}, {})", it.rule, it.level.as_str(), counted(it))).collect()
    };
    let failed = named(|it| matches!(it, Verdict::Fail));
    let unknown = named(|it| matches!(it, Verdict::Unknown { .. }));
    let rules = match report.results.len() {
        1 => "its one rule".to_owned(),
        many => format!("its {many} rules"),
    };
    match (failed.as_slice(), unknown.as_slice()) {
        ([], []) => format!("this change passes {rules}"),
        (failed, []) => format!("of {rules}, this change fails {}", some(failed)),
        ([], unknown) => format!("of {rules}, these cannot be decided here: {}", some(unknown)),
        (failed, unknown) => format!(
            "of {rules}, this change fails {}, and these cannot be decided here: {}",
            some(failed),
            some(unknown)
        ),
    }
}

fn counted(result: &RuleResult) -> String {
    match result.findings.len() {
        1 => "1 finding".to_owned(),
        many => format!("{many} findings"),
    }
}

fn some(names: &[String]) -> String {
    let named = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        left => format!("{named} and {left} more"),
    }
}
