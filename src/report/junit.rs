//! JUnit XML, in the shape that Jenkins and Surefire agree on: one suite, a test case for each rule.
//!
//! Only what closes the gate is a failure or an error: a rule at level `block`. Lighter findings
//! stand in the output of a passing case, because in JUnit there is nothing between red and green.

use std::io::{self, Write};

use super::escape::{visible_lines, xml};
use super::{place, standing};
use crate::model::{Level, Report, RuleResult, Settlement, Verdict};

/// Writes the report as JUnit XML.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut cases: Vec<Case> = report.results.iter().map(case).collect();
    cases.extend(run_cases(report));
    let of = |kind: fn(&End) -> bool| cases.iter().filter(|it| kind(&it.end)).count();
    let totals = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        cases.len(),
        of(|it| matches!(it, End::Failure(..))),
        of(|it| matches!(it, End::Error(..)))
    );
    let skipped = of(|it| matches!(it, End::Skipped(_)));
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"gatecheck\" {totals} time=\"0\">")?;
    let suite = text(&report.policy.source);
    writeln!(out, "  <testsuite name=\"{suite}\" {totals} skipped=\"{skipped}\" time=\"0\">")?;
    properties(report, out)?;
    cases.iter().try_for_each(|case| write_case(case, out))?;
    writeln!(out, "  </testsuite>\n</testsuites>")
}

/// How a test case ended.
enum End {
    Passed { output: String },
    Failure(String, String),
    Error(String, String),
    Skipped(String),
}

struct Case {
    class: String,
    name: String,
    end: End,
}

fn case(result: &RuleResult) -> Case {
    Case { class: format!("gatecheck.{}", result.check), name: result.rule.clone(), end: end(result) }
}

fn end(result: &RuleResult) -> End {
    if result.level == Level::Shadow {
        return End::Skipped(format!("in shadow, would be: {}", result.verdict.as_str()));
    }
    let blocks = result.level == Level::Block;
    match &result.verdict {
        Verdict::Fail if blocks => End::Failure(result.title.clone(), details(result)),
        Verdict::Unknown { missing } if blocks => {
            let what: Vec<&str> = missing.iter().map(|it| it.what.as_str()).collect();
            End::Error(what.join("; "), details(result))
        }
        Verdict::Unknown { missing } => {
            let what: Vec<&str> = missing.iter().map(|it| it.what.as_str()).collect();
            End::Skipped(format!("unknown: {}", what.join("; ")))
        }
        Verdict::Fail => End::Passed { output: details(result) },
        Verdict::Pass => End::Passed { output: String::new() },
        Verdict::Waived => End::Skipped(format!("waived: {}", accepted(result))),
        Verdict::NotApplicable { because } => End::Skipped(format!("not applicable: {because}")),
    }
}

/// How many findings were accepted, and by what.
fn accepted(result: &RuleResult) -> String {
    let of = |keep: fn(&Settlement) -> bool, name: &str| {
        let count = result.findings.iter().filter(|it| keep(&it.settlement)).count();
        (count > 0).then(|| format!("{count} by {name}"))
    };
    let parts = [
        of(|it| matches!(it, Settlement::Waived { .. }), "a waiver"),
        of(|it| matches!(it, Settlement::Suppressed { .. }), "a comment"),
        of(|it| matches!(it, Settlement::Baseline), "the baseline"),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn details(result: &RuleResult) -> String {
    let mut text = String::new();
    for settled in standing::open(result) {
        let place = place::words(&settled.finding.primary.place);
        text.push_str(&format!("{place}: {}\n", standing::paragraphs(settled)));
    }
    for missing in standing::gaps(result) {
        text.push_str(&format!("Unknown: {}\nHelp: {}\n", missing.what, missing.how));
    }
    text.push_str(&format!("Policy: {}\n", place::line(&result.policy)));
    text
}

/// A case for what made the run itself undecided, so that a broken run is not green.
fn run_cases(report: &Report) -> impl Iterator<Item = Case> {
    report.problems.iter().filter(|it| it.level == Level::Block).enumerate().map(|(index, problem)| Case {
        class: "gatecheck".to_owned(),
        name: format!("the run, problem {}", index + 1),
        end: End::Error(problem.message.clone(), problem.help.clone().unwrap_or_default()),
    })
}

fn properties(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let change = &report.change;
    let all = [
        ("gatecheck.version", &report.version),
        ("gatecheck.base", &change.base_name),
        ("gatecheck.head", &change.head_name),
        ("gatecheck.policy-digest", &report.policy.digest),
    ];
    writeln!(out, "    <properties>")?;
    for (name, value) in all {
        writeln!(out, "      <property name=\"{name}\" value=\"{}\"/>", text(value))?;
    }
    writeln!(out, "    </properties>")
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    let head = format!("    <testcase classname=\"{}\" name=\"{}\" time=\"0\"", text(&case.class), text(&case.name));
    match &case.end {
        End::Passed { output } if output.is_empty() => writeln!(out, "{head}/>"),
        End::Passed { output } => {
            writeln!(out, "{head}>\n      <system-out>{}</system-out>\n    </testcase>", body(output))
        }
        End::Failure(message, details) => ending(out, &head, "failure", message, details),
        End::Error(message, details) => ending(out, &head, "error", message, details),
        End::Skipped(message) => {
            writeln!(out, "{head}>\n      <skipped message=\"{}\"/>\n    </testcase>", text(message))
        }
    }
}

fn ending(out: &mut dyn Write, head: &str, kind: &str, message: &str, details: &str) -> io::Result<()> {
    let open = format!("<{kind} message=\"{}\" type=\"gatecheck\">", text(message));
    writeln!(out, "{head}>\n      {open}{}</{kind}>\n    </testcase>", body(details))
}

/// An attribute's value, on one line.
fn text(text: &str) -> String {
    xml(&super::escape::visible(text))
}

/// Element text, whose line breaks stay line breaks.
fn body(text: &str) -> String {
    let lines: Vec<String> = visible_lines(text).split('\n').map(xml).collect();
    lines.join("\n")
}
