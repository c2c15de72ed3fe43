//! Markdown for a job summary or a comment, within the budgets of the forges.
//!
//! Every text of a stranger is code or escaped prose; it can neither mention nor close anything.

use std::io::{self, Write};

use super::escape::{code_block, code_span, prose};
use super::{place, standing};
use crate::model::{
    Label, Level, Missing, Outcome, Place, Problem, Report, RuleResult, Settled, Verdict, WaiverState, WaiverStatus,
};

/// Bytes of a job summary that GitHub accepts; a larger one is dropped whole (`FileCommandManager.cs`).
pub const SUMMARY_LIMIT: usize = 1_048_576;
/// Characters of a comment that GitHub accepts; counted in bytes here, which is never more.
pub const COMMENT_LIMIT: usize = 65_536;
/// Room kept for what comes after the findings.
const TAIL: usize = 512;

/// Writes the report for a job summary.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    render_within(report, SUMMARY_LIMIT, out)
}

/// Writes the report in at most `limit` bytes. What does not fit is left out from the end, whole
/// findings at a time, and the last line says how much that is.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render_within(report: &Report, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut sheet = Sheet { out, left: limit.saturating_sub(TAIL), dropped: 0 };
    sheet.part(&head(report))?;
    for result in report.results.iter().filter(|it| it.level != Level::Shadow) {
        match &result.verdict {
            Verdict::Fail => rule(&mut sheet, result, badge(result.level))?,
            Verdict::Unknown { .. } => rule(&mut sheet, result, "❔ UNKNOWN")?,
            Verdict::Pass | Verdict::Waived | Verdict::NotApplicable { .. } => {}
        }
    }
    for status in &report.waivers {
        sheet.part(&waiver(status))?;
    }
    for it in &report.problems {
        sheet.part(&problem(it))?;
    }
    sheet.part(&lists(report))?;
    match sheet.dropped {
        0 => Ok(()),
        1 => writeln!(sheet.out, "\n_1 part is left out here for want of room; the log and `--format json` have all._"),
        many => {
            writeln!(
                sheet.out,
                "\n_{many} parts are left out here for want of room; the log and `--format json` have all._"
            )
        }
    }
}

/// Writes parts as long as there is room.
struct Sheet<'a> {
    out: &'a mut dyn Write,
    left: usize,
    dropped: usize,
}

impl Sheet<'_> {
    fn part(&mut self, text: &str) -> io::Result<()> {
        match self.left.checked_sub(text.len()) {
            // After the first part that does not fit nothing else is written: order says what weighs most.
            Some(left) if self.dropped == 0 => {
                self.left = left;
                self.out.write_all(text.as_bytes())
            }
            Some(_) | None => {
                self.dropped += usize::from(!text.is_empty());
                Ok(())
            }
        }
    }
}

fn head(report: &Report) -> String {
    let verdict = match report.outcome {
        Outcome::Passed => "✅ gatecheck: passed",
        Outcome::Blocked => "❌ gatecheck: blocked",
        Outcome::Undecided => "❔ gatecheck: undecided",
    };
    let change = &report.change;
    let commits = change.commits.map(|it| format!(", {it} commits")).unwrap_or_default();
    let range = code_span(&format!("{}…{}", change.base_name, change.head_name));
    let policy = prose(&report.policy.source);
    let size = format!("{} files{commits}", change.files);
    format!(
        "## {verdict}\n\n{}\n\n{range}, {size}, judged by {policy}, {} rules\n\n",
        counts(report),
        report.policy.rules
    )
}

fn counts(report: &Report) -> String {
    let it = &report.counts;
    let all = [
        (it.fail, "failed"),
        (it.warn, "warned"),
        (it.note, "noted"),
        (it.unknown, "unknown"),
        (it.waived, "waived"),
        (it.pass, "passed"),
        (it.elsewhere, "on the pull request"),
        (it.not_applicable, "not applicable"),
        (it.shadow, "in shadow"),
    ];
    let known: Vec<String> =
        all.iter().filter(|entry| entry.0 > 0).map(|(count, name)| format!("**{count}** {name}")).collect();
    known.join(", ")
}

fn badge(level: Level) -> &'static str {
    match level {
        Level::Block => "❌ FAIL",
        Level::Warn => "⚠️ WARN",
        Level::Note | Level::Shadow | Level::Off => "ℹ️ NOTE",
    }
}

/// A collapsible part for each rule; those that close the gate are open.
fn rule(sheet: &mut Sheet<'_>, result: &RuleResult, badge: &str) -> io::Result<()> {
    let open = if result.level == Level::Block { " open" } else { "" };
    let name = code_span(&result.rule).replace('`', "");
    let title = prose(&result.title.replace('`', "'"));
    let findings = standing::open(result).count();
    let number = if findings > 1 { format!(", {findings} findings") } else { String::new() };
    let start = format!("<details{open}><summary>{badge} <b>{}</b> {title}{number}</summary>\n\n", tagless(&name));
    let end = format!("{}\n</details>\n\n", source(result));
    // Room for the end is taken at once, so that nothing stays unclosed.
    let Some(left) = sheet.left.checked_sub(start.len() + end.len()).filter(|_| sheet.dropped == 0) else {
        sheet.dropped += 1;
        return Ok(());
    };
    sheet.left = left;
    sheet.out.write_all(start.as_bytes())?;
    for settled in standing::open(result) {
        sheet.part(&finding(settled))?;
    }
    for missing in standing::gaps(result) {
        sheet.part(&unknown(missing))?;
    }
    sheet.out.write_all(end.as_bytes())
}

fn tagless(text: &str) -> &str {
    text.strip_prefix("<code>").and_then(|it| it.strip_suffix("</code>")).unwrap_or(text)
}

fn source(result: &RuleResult) -> String {
    let explain = code_span(&format!("gatecheck explain {}", result.check));
    format!("<sub>{}, {explain}</sub>\n", code_span(&place::line(&result.policy)))
}

fn finding(settled: &Settled) -> String {
    let finding = &settled.finding;
    let mut text = format!("**{}**\n\n", prose(&finding.message));
    for label in std::iter::once(&finding.primary).chain(&finding.related) {
        text.push_str(&place_and_lines(label));
    }
    if let Some(because) = &finding.because {
        text.push_str(&format!("Why: {}\n\n", prose(because)));
    }
    if let Some(help) = &finding.help {
        text.push_str(&format!("Help: {}\n\n", prose(help)));
    }
    text
}

fn place_and_lines(label: &Label) -> String {
    if label.place == Place::Change {
        return String::new();
    }
    let mut text = code_span(&place::words(&label.place));
    if !label.text.is_empty() {
        text.push_str(&format!(" {}", prose(&label.text)));
    }
    text.push_str("\n\n");
    if let Some(snippet) = &label.snippet {
        text.push_str(&code_block(snippet.lines.iter().map(String::as_str)));
        text.push('\n');
    }
    text
}

fn unknown(missing: &Missing) -> String {
    format!("**Unknown:** {}\n\nHelp: {}\n\n", prose(&missing.what), prose(&missing.how))
}

fn waiver(status: &WaiverStatus) -> String {
    let waiver = &status.waiver;
    let day = waiver.expires;
    let state = match status.state {
        WaiverState::Used { findings } => format!("waived until {day}, {findings} of its findings"),
        WaiverState::Expired { findings } => {
            format!("the waiver expired on {day}; {findings} of its findings stand again")
        }
        WaiverState::TooLong { findings } => {
            format!("the waiver until {day} is longer than the policy allows; {findings} of its findings stand")
        }
        WaiverState::Unused => format!("the waiver until {day} covers nothing"),
        WaiverState::UnknownRule => "the waiver names a rule that the policy does not have".to_owned(),
    };
    let people = format!("{}, approved by {}", prose(&waiver.owner), prose(&waiver.approver));
    format!("- {}: {state}. {} ({people})\n", code_span(&waiver.rule), prose(&waiver.reason))
}

fn problem(problem: &Problem) -> String {
    let help = problem.help.as_ref().map(|it| format!(" {}", prose(it))).unwrap_or_default();
    format!("- {} {};{help}\n", badge(problem.level), prose(&problem.message))
}

/// Rules that nobody has to act on.
fn lists(report: &Report) -> String {
    let names = |keep: fn(&RuleResult) -> bool| {
        let kept = report.results.iter().filter(|it| it.level != Level::Shadow && keep(it));
        kept.map(|it| code_span(&it.rule)).collect::<Vec<_>>().join(", ")
    };
    let passed = names(|it| it.verdict == Verdict::Pass);
    let elsewhere = names(|it| it.judged_elsewhere);
    let mut text = String::new();
    if !elsewhere.is_empty() {
        text.push_str(&format!("\nJudged on the pull request: {elsewhere}\n"));
    }
    if !passed.is_empty() {
        text.push_str(&format!("\n<details><summary>Passed</summary>\n\n{passed}\n\n</details>\n"));
    }
    text
}
