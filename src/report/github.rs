//! What a runner of GitHub reads: workflow commands that annotate the run, within its budget, and outputs of the step.

use std::io::{self, Write};

use super::escape::{clipped, command_data, command_property};
use super::{place, standing};
use crate::model::{Counts, Label, Level, Missing, Outcome, Place, Report, RuleResult, Settled};

/// Annotations of each type that the runner keeps for a step (`ExecutionContext.cs`); the rest only scrolls by.
const BUDGET: usize = 10;
/// Characters of a message that the runner keeps.
const LONGEST: usize = 4096;
/// Characters of a title that the API of check runs accepts.
const LONGEST_TITLE: usize = 255;

/// Types of annotations, and how many of each were written and left out.
#[derive(Default)]
struct Spent {
    error: usize,
    warning: usize,
    notice: usize,
    left_out: usize,
}

/// Writes open findings and what is unknown as `::error`, `::warning` and `::notice` commands.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut spent = Spent::default();
    for (result, settled) in standing::findings(report) {
        if let Some(kind) = spent.take(result.level) {
            finding(out, kind, result, settled)?;
        }
    }
    for (result, missing) in standing::missing(report) {
        if let Some(kind) = spent.take(result.level) {
            unknown(out, kind, result, missing)?;
        }
    }
    for problem in &report.problems {
        if let Some(kind) = spent.take(problem.level) {
            let text = [Some(problem.message.clone()), problem.help.as_ref().map(|it| format!("Help: {it}"))];
            let text: Vec<String> = text.into_iter().flatten().collect();
            let place = problem.label.as_ref().map(location).unwrap_or_default();
            command(out, kind, &format!("{place}title=gatecheck"), &text.join("\n"))?;
        }
    }
    if spent.left_out == 0 {
        return Ok(());
    }
    let text =
        format!("{} more are in the log and in the job summary; GitHub shows {BUDGET} of a kind", spent.left_out);
    command(out, "notice", "title=gatecheck", &text)
}

/// Writes what later steps of the job can ask for, one `name=value` a line. The values are words of ours and numbers: text
/// of a stranger could end a line and set an output of its own.
///
/// # Errors
/// When `out` cannot be written to.
pub fn outputs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match report.outcome {
        Outcome::Passed => "passed",
        Outcome::Blocked => "blocked",
        Outcome::Undecided => "undecided",
    };
    let Counts { fail, warn, note, unknown, waived, findings, .. } = report.counts;
    writeln!(out, "verdict={verdict}\nfailed={fail}\nwarned={warn}\nnoted={note}")?;
    writeln!(out, "unknown={unknown}\nwaived={waived}\nfindings={findings}")
}

impl Spent {
    /// The type of annotation for a level, if the budget has room. One notice is kept for the last word.
    fn take(&mut self, level: Level) -> Option<&'static str> {
        let (count, most, kind) = match level {
            Level::Block => (&mut self.error, BUDGET, "error"),
            Level::Warn => (&mut self.warning, BUDGET, "warning"),
            Level::Note => (&mut self.notice, BUDGET - 1, "notice"),
            Level::Shadow | Level::Off => return None,
        };
        if *count == most {
            self.left_out += 1;
            return None;
        }
        *count += 1;
        Some(kind)
    }
}

fn finding(out: &mut dyn Write, kind: &str, result: &RuleResult, settled: &Settled) -> io::Result<()> {
    let primary = &settled.finding.primary;
    let mut text = standing::paragraphs(settled);
    if primary.place.path().is_none() && primary.place != Place::Change {
        text.push_str(&format!("\nAt: {}", place::words(&primary.place)));
    }
    text.push_str(&format!("\nPolicy: {}, gatecheck explain {}", place::line(&result.policy), settled.id));
    let title = title(&format!("{}: {}", result.rule, result.title));
    command(out, kind, &format!("{}title={title}", location(primary)), &text)
}

fn unknown(out: &mut dyn Write, kind: &str, result: &RuleResult, missing: &Missing) -> io::Result<()> {
    let title = title(&format!("{} is unknown: {}", result.rule, result.title));
    let text = format!("{}\nHelp: {}", missing.what, missing.how);
    command(out, kind, &format!("title={title}"), &text)
}

fn title(text: &str) -> String {
    command_property(&clipped(text, LONGEST_TITLE))
}

fn command(out: &mut dyn Write, kind: &str, properties: &str, text: &str) -> io::Result<()> {
    writeln!(out, "::{kind} {properties}::{}", shortened(command_data(text)))
}

/// The place as properties. Without a line the runner drops columns, and with several lines too.
fn location(label: &Label) -> String {
    let Place::File { path, region, revision } = &label.place else { return String::new() };
    let mut text = format!("file={},", command_property(&path.to_string()));
    // Lines of another revision would point at something else in this one.
    let Some(region) = region.filter(|_| revision.is_none()).map(place::ordered) else { return text };
    text.push_str(&format!("line={},endLine={},", region.start.line, region.end.line));
    if region.start.line == region.end.line {
        text.push_str(&format!("col={},endColumn={},", region.start.column, region.end.column));
    }
    text
}

/// At most [`LONGEST`] characters of escaped data, never cut inside of an escape.
fn shortened(data: String) -> String {
    if data.chars().count() <= LONGEST {
        return data;
    }
    let mut kept: String = data.chars().take(LONGEST - 1).collect();
    if let Some(start) = kept.rfind('%').filter(|start| kept.len() - start < 3) {
        kept.truncate(start);
    }
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn lines(report: &Report) -> Vec<String> {
        let mut out = Vec::new();
        assert!(render(report, &mut out).is_ok());
        String::from_utf8_lossy(&out).lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_budget_is_kept_and_the_last_notice_counts_the_rest() {
        let lines = lines(&sample::many(25));
        assert_eq!(lines.iter().filter(|it| it.starts_with("::error ")).count(), BUDGET);
        let last = "::notice title=gatecheck::15 more are in the log and in the job summary; GitHub shows 10 of a kind";
        assert_eq!(lines.last().map(String::as_str), Some(last));
        assert_eq!(lines.len(), BUDGET + 1);
    }

    #[test]
    fn outputs_are_words_of_ours_and_numbers() {
        let mut out = Vec::new();
        assert!(outputs(&sample::report(), &mut out).is_ok());
        let wanted = "verdict=undecided\nfailed=3\nwarned=1\nnoted=1\nunknown=1\nwaived=1\nfindings=10\n";
        assert_eq!(String::from_utf8_lossy(&out), wanted);
    }

    #[test]
    fn a_long_message_is_cut_between_escapes() {
        for extra in 0..4 {
            let data = command_data(&format!("{}{}", "x".repeat(extra), "\n".repeat(4_000)));
            let cut = shortened(data);
            assert!(cut.chars().count() <= LONGEST);
            let rest = cut.trim_end_matches('…').trim_start_matches('x').replace("%0A", "");
            assert_eq!(rest, "");
        }
    }

    #[test]
    fn columns_stand_only_on_one_line() {
        let lines = lines(&sample::report());
        let of = |path: &str| lines.iter().find(|it| it.contains(path)).cloned().unwrap_or_default();
        assert!(of("file=src/pay.rs").contains("line=1041,endLine=1044,title="));
        assert!(of("file=db/migrate").contains("line=1,endLine=1,col=31,endColumn=40,"));
        assert!(!lines.iter().any(|it| it.contains("licence")), "rules in shadow are silent");
    }
}
