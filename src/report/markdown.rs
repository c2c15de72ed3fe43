//! Markdown for a job summary or a comment, within the budgets of the forges.
//!
//! Every text of a stranger is code or escaped prose; it can neither mention nor close anything.

use std::io::{self, Write};

use super::escape::{code_block, code_span, prose};
use super::words::{self, amount};
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
    // What is wrong with a waiver is told among the words about the run; one that nothing needs is no news.
    let used = report.waivers.iter().filter(|it| matches!(it.state, WaiverState::Used { .. }));
    let asides: Vec<String> = used.map(waiver).chain(problems(report)).collect();
    for it in &asides {
        sheet.part(it)?;
    }
    if !asides.is_empty() {
        sheet.part("\n")?;
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
    let commits = change.commits.map(|it| format!(", {}", amount(it, "commit"))).unwrap_or_default();
    let range = code_span(&format!("{}…{}", change.base_name, change.head_name));
    let policy = prose(&report.policy.source);
    let size = format!("{}{commits}", amount(change.files, "file"));
    let rules = amount(report.policy.rules, "rule");
    format!("## {verdict}\n\n{}\n\n{range}, {size}, judged by {policy}, {rules}\n\n", counts(report))
}

fn counts(report: &Report) -> String {
    let rules: Vec<String> =
        words::rules(&report.counts).iter().map(|(count, tally)| format!("**{count}** {}", tally.as_str())).collect();
    let findings = words::findings(&report.counts);
    let lines: Vec<String> = [rules, findings].iter().map(|it| it.join(", ")).filter(|it| !it.is_empty()).collect();
    lines.join("; ")
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
    let open: Vec<&Settled> = standing::open(result).collect();
    for group in open.chunk_by(|a, b| standing::says_the_same(a, b)) {
        same(sheet, group)?;
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

/// Findings that say the same: the words once, and every place.
fn same(sheet: &mut Sheet<'_>, group: &[&Settled]) -> io::Result<()> {
    let Some(first) = group.first().map(|it| &it.finding) else { return Ok(()) };
    sheet.part(&format!("**{}**\n\n", prose(&first.message)))?;
    for finding in group.iter().map(|it| &it.finding) {
        let labels = std::iter::once(&finding.primary).chain(&finding.related);
        sheet.part(&labels.map(place_and_lines).collect::<String>())?;
    }
    let because = first.because.as_ref().map(|it| format!("Why: {}\n\n", prose(it)));
    let help = first.help.as_ref().map(|it| format!("Help: {}\n\n", prose(it)));
    sheet.part(&[because, help].into_iter().flatten().collect::<String>())
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
        let cut = if snippet.clipped_left > 0 { "…" } else { "" };
        let lines: Vec<String> = snippet.lines.iter().map(|line| format!("{cut}{line}")).collect();
        text.push_str(&code_block(lines.iter().map(String::as_str)));
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
        WaiverState::Used { findings } => format!("{} waived until {day}", amount(findings, "finding")),
        WaiverState::Expired { findings } => {
            format!("the waiver expired on {day}: {} stand again", amount(findings, "finding"))
        }
        WaiverState::TooLong { findings } => {
            let stand = amount(findings, "finding");
            format!("the waiver until {day} runs longer than the policy allows: {stand} stand")
        }
        WaiverState::Unused => format!("the waiver until {day} covers nothing"),
        WaiverState::UnknownRule => "the waiver names a rule that the policy does not have".to_owned(),
    };
    let people = format!("{}, approved by {}", prose(&waiver.owner), prose(&waiver.approver));
    format!("- {}: {state}: {} ({people})\n", code_span(&waiver.rule), prose(&waiver.reason))
}

/// Words about the run. Advice that several in a row share is given at the last of them.
fn problems(report: &Report) -> impl Iterator<Item = String> {
    let next = report.problems.iter().skip(1).map(Some).chain([None]);
    report.problems.iter().zip(next).map(|(it, next)| problem(it, next))
}

fn problem(problem: &Problem, next: Option<&Problem>) -> String {
    let own = problem.help.as_ref().filter(|it| next.and_then(|next| next.help.as_ref()) != Some(*it));
    let help = own.map(|it| format!("; {}", prose(it))).unwrap_or_default();
    let badge = match problem.level {
        // The run is undecided because of it; no rule failed.
        Level::Block => "❔ UNKNOWN",
        Level::Warn | Level::Note | Level::Shadow | Level::Off => badge(problem.level),
    };
    format!("- {badge} {}{help}\n", prose(&problem.message))
}

/// Rules that nobody has to act on.
fn lists(report: &Report) -> String {
    let names = |keep: fn(&RuleResult) -> bool| {
        let kept = report.results.iter().filter(|it| it.level != Level::Shadow && keep(it));
        kept.map(|it| code_span(&it.rule)).collect::<Vec<_>>().join(", ")
    };
    let passed = names(|it| it.verdict == Verdict::Pass);
    let elsewhere = names(|it| it.judged_elsewhere);
    let elsewhere = (!elsewhere.is_empty()).then(|| format!("Judged on the pull request: {elsewhere}\n"));
    let passed =
        (!passed.is_empty()).then(|| format!("<details><summary>Passed</summary>\n\n{passed}\n\n</details>\n"));
    elsewhere.into_iter().chain(passed).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn within(report: &Report, limit: usize) -> String {
        let mut out = Vec::new();
        assert!(render_within(report, limit, &mut out).is_ok());
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Whether what is opened is closed, by the lines that open and close it.
    fn is_whole(text: &str) -> bool {
        let lines = |keep: fn(&str) -> bool| text.lines().filter(|line| keep(line)).count();
        lines(|it| it.starts_with("<details")) == lines(|it| it.ends_with("</details>") && !it.contains('`'))
            && lines(|it| it.starts_with("```")) % 2 == 0
    }

    #[test]
    fn a_summary_stays_within_its_limit_and_says_what_it_leaves_out() {
        let many = sample::many(3_000);
        let text = within(&many, COMMENT_LIMIT);
        assert!(text.len() <= COMMENT_LIMIT && text.len() > COMMENT_LIMIT * 9 / 10, "{}", text.len());
        assert!(
            text.trim_end()
                .ends_with("parts are left out here for want of room; the log and `--format json` have all._")
        );
        assert!(is_whole(&text));
    }

    #[test]
    fn every_limit_leaves_whole_parts() {
        let report = sample::report();
        for limit in (600..6_000).step_by(97) {
            let text = within(&report, limit);
            assert!(text.len() <= limit, "{} of {limit}", text.len());
            assert!(is_whole(&text), "{text}");
        }
    }

    #[test]
    fn nothing_is_left_out_when_all_fits() {
        assert!(!within(&sample::report(), SUMMARY_LIMIT).contains("left out"));
    }
}
