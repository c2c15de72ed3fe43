//! A report as the lines of a verdict block.

use std::collections::BTreeSet;

use super::facts::Show;
use crate::model::{Place, Report, RuleResult, Settlement, Verdict};

/// One line a finding, or one line for a rule without any. With several rules, each line begins with the rule's id.
///
/// With `about`, only the rules that it names are told. Without it, what there is to say about the
/// run itself follows the rules.
pub(super) fn of(report: &Report, about: &BTreeSet<String>, show: &[Show]) -> String {
    let told: Vec<&RuleResult> = told(report, about).collect();
    let mut lines: Vec<String> = told
        .iter()
        .flat_map(|result| {
            let prefix = if told.len() > 1 { format!("{}: ", result.rule) } else { String::new() };
            lines(result, show).into_iter().map(move |line| format!("{prefix}{line}"))
        })
        .collect();
    let problems = report.problems.iter().filter(|_| about.is_empty());
    lines.extend(problems.map(|problem| {
        let place = problem.label.as_ref().map_or_else(String::new, |label| format!("{}: ", place(&label.place)));
        format!("{}: {place}{}", problem.level.as_str(), problem.message)
    }));
    lines.join("\n")
}

/// The results of the rules that a case is about; all of them when it names none.
pub(super) fn told<'a>(report: &'a Report, about: &'a BTreeSet<String>) -> impl Iterator<Item = &'a RuleResult> {
    report.results.iter().filter(|it| about.is_empty() || about.contains(&it.rule))
}

fn lines(result: &RuleResult, show: &[Show]) -> Vec<String> {
    let mut lines: Vec<String> = result
        .findings
        .iter()
        .flat_map(|settled| {
            let word = match settled.settlement {
                Settlement::Open => "fail",
                Settlement::Waived { .. } => "waived",
                Settlement::Suppressed { .. } => "suppressed",
                Settlement::Baseline => "baseline",
            };
            let message = &settled.finding.message;
            let line = format!("{word} {} {}: {message}", settled.id, place(&settled.finding.primary.place));
            let help = settled.finding.help.as_ref().filter(|_| show.contains(&Show::Help));
            std::iter::once(line).chain(help.map(|help| format!("  help: {help}")))
        })
        .collect();
    lines.extend(result.missing.iter().map(|missing| format!("unknown: {missing}")));
    match &result.verdict {
        Verdict::NotApplicable { because } => lines.push(format!("not applicable: {because}")),
        Verdict::Pass => lines.push("pass".to_owned()),
        Verdict::Fail | Verdict::Waived | Verdict::Unknown { .. } => {}
    }
    lines
}

fn place(place: &Place) -> String {
    let region = place.region().map_or_else(String::new, |region| {
        let (start, end) = (region.start, region.end);
        if start.line == end.line {
            format!(":{}:{}-{}", start.line, start.column, end.column)
        } else {
            format!(":{}:{}-{}:{}", start.line, start.column, end.line, end.column)
        }
    });
    match place {
        Place::File { path, revision: None, .. } => format!("{path}{region}"),
        Place::File { path, revision: Some(revision), .. } => format!("{path} at {revision}{region}"),
        Place::Commit { subject, .. } => format!("commit `{subject}`{region}"),
        Place::Ref { name } => format!("ref `{name}`"),
        Place::PullRequest { field } => format!("pull request {field}"),
        Place::Change => "change".to_owned(),
    }
}
