//! A table for spreadsheets: a row for each finding, one for each rule without findings, and one for each problem
//! that keeps the run undecided.

use std::io::{self, Write};

use super::escape::{break_commands, csv, visible};
use super::place;
use crate::model::{Level, Missing, Problem, Report, RuleResult, Settled, Settlement, Verdict};

const HEADER: [&str; 15] = [
    "rule",
    "check",
    "level",
    "verdict",
    "id",
    "settlement",
    "path",
    "line",
    "column",
    "place",
    "message",
    "because",
    "help",
    "fingerprint",
    "controls",
];

/// Writes the report as CSV (RFC 4180).
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    record(out, &HEADER.map(str::to_owned))?;
    for result in &report.results {
        for settled in &result.findings {
            record(out, &finding(result, settled))?;
        }
        for missing in &result.missing {
            record(out, &unknown(result, missing))?;
        }
        if result.findings.is_empty() && result.missing.is_empty() {
            record(out, &rule(result))?;
        }
    }
    let blocks = |it: &&Problem| it.level == Level::Block;
    report.problems.iter().filter(blocks).try_for_each(|it| record(out, &of_the_run(it)))
}

fn record(out: &mut dyn Write, fields: &[String; 15]) -> io::Result<()> {
    let fields: Vec<String> = fields.iter().map(|field| csv(&break_commands(&visible(field)))).collect();
    write!(out, "{}\r\n", fields.join(","))
}

fn rule(result: &RuleResult) -> [String; 15] {
    let because = match &result.verdict {
        Verdict::NotApplicable { because } => because.clone(),
        Verdict::Pass | Verdict::Fail | Verdict::Waived | Verdict::Unknown { .. } => String::new(),
    };
    let mut fields: [String; 15] = std::array::from_fn(|_| String::new());
    let known = [&result.rule, &result.check, result.level.as_str(), result.verdict.as_str(), &result.check];
    fields.iter_mut().zip(known).for_each(|(field, text)| text.clone_into(field));
    fields[11] = because;
    fields[14] = result.controls.join(" ");
    fields
}

fn unknown(result: &RuleResult, missing: &Missing) -> [String; 15] {
    let mut fields = rule(result);
    "unknown".clone_into(&mut fields[3]);
    fields[10].clone_from(&missing.what);
    fields[12].clone_from(&missing.how);
    fields
}

fn of_the_run(problem: &Problem) -> [String; 15] {
    let mut fields: [String; 15] = std::array::from_fn(|_| String::new());
    problem.level.as_str().clone_into(&mut fields[2]);
    "unknown".clone_into(&mut fields[3]);
    if let Some(label) = &problem.label {
        fields[9] = place::words(&label.place);
    }
    fields[10].clone_from(&problem.message);
    fields[12] = problem.help.clone().unwrap_or_default();
    fields
}

fn finding(result: &RuleResult, settled: &Settled) -> [String; 15] {
    let finding = &settled.finding;
    let region = finding.primary.place.region();
    let mut fields = rule(result);
    fields[4].clone_from(&settled.id);
    fields[5] = match &settled.settlement {
        Settlement::Open => "open".to_owned(),
        Settlement::Waived { .. } => "waived".to_owned(),
        Settlement::Suppressed { .. } => "suppressed".to_owned(),
        Settlement::Baseline => "baseline".to_owned(),
    };
    fields[6] = finding.primary.place.path().map(ToString::to_string).unwrap_or_default();
    fields[7] = region.map(|it| it.start.line.to_string()).unwrap_or_default();
    fields[8] = region.map(|it| it.start.column.to_string()).unwrap_or_default();
    fields[9] = place::words(&finding.primary.place);
    fields[10].clone_from(&finding.message);
    fields[11] = finding.because.clone().unwrap_or_default();
    fields[12] = finding.help.clone().unwrap_or_default();
    fields[13] = settled.fingerprint.to_string();
    fields
}
