//! The Reviewdog Diagnostic Format: `DiagnosticResult` as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::{visible, visible_lines};
use super::standing::Gap;
use super::{json, place, standing};
use crate::model::{Label, Level, Region, Report, RuleResult, Settled};

#[derive(Serialize)]
struct DiagnosticResult {
    source: Source,
    diagnostics: Vec<Diagnostic>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Location,
    severity: &'static str,
    code: Code,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Location {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<Position>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

/// Writes the open findings, and what keeps the run undecided, as diagnostics: none is read as a passing run.
/// What has no file stands at its policy line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = standing::findings(report).map(|(result, settled)| diagnostic(result, settled));
    let diagnostics = findings.chain(standing::undecided(report).map(|it| gap(&it))).collect();
    json::write(&DiagnosticResult { source: Source { name: "gatecheck" }, diagnostics }, out)
}

fn diagnostic(result: &RuleResult, settled: &Settled) -> Diagnostic {
    let primary = &settled.finding.primary;
    let (path, region, own) = place::file(primary, &result.policy);
    let mut message = visible_lines(&standing::paragraphs(settled));
    if !own {
        message.push_str(&format!("\nAt: {}", place::words(&primary.place)));
    }
    Diagnostic {
        message,
        location: Location {
            path: path.map_or_else(|| place::NO_FILE.to_owned(), |it| visible(&it.to_string())),
            range: region.map(|it| range(place::ordered(it), Some(primary).filter(|_| own))),
        },
        severity: severity(result.level),
        code: Code { value: visible(&settled.id) },
    }
}

fn gap(gap: &Gap<'_>) -> Diagnostic {
    let path = gap.label.and_then(place::of_this_repository);
    let region = gap.label.filter(|_| path.is_some()).and_then(|it| it.place.region());
    let help = gap.how.map_or_else(String::new, |how| format!("\nHelp: {how}"));
    Diagnostic {
        message: visible_lines(&format!("{}: {}{help}", gap.name(), gap.message())),
        location: Location {
            path: path.map_or_else(|| place::NO_FILE.to_owned(), |it| visible(&it.to_string())),
            range: region.map(|it| range(place::ordered(it), None)),
        },
        severity: severity(gap.level),
        code: Code { value: visible(gap.rule.map_or("gatecheck", |it| &it.check)) },
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Block => "ERROR",
        Level::Warn => "WARNING",
        Level::Note | Level::Shadow | Level::Off => "INFO",
    }
}

/// Columns of this format count bytes, so they are known only for lines that the label carries whole.
fn range(region: Region, label: Option<&Label>) -> Range {
    let bytes = |line: u32, column: u32| bytes_before(label?, line, column).map(|it| it + 1);
    let (start, end) = (region.start, region.end);
    let columns = bytes(start.line, start.column).zip(bytes(end.line, end.column));
    Range {
        start: Position { line: start.line, column: columns.map(|it| it.0) },
        end: Some(Position { line: end.line, column: columns.map(|it| it.1) }),
    }
}

fn bytes_before(label: &Label, line: u32, column: u32) -> Option<usize> {
    let snippet = label.snippet.as_ref().filter(|it| it.clipped_left == 0)?;
    let index = usize::try_from(line.checked_sub(snippet.first_line)?).ok()?;
    let characters = usize::try_from(column.checked_sub(1)?).ok()?;
    let text = snippet.lines.get(index).filter(|it| it.chars().count() >= characters)?;
    Some(text.chars().take(characters).map(char::len_utf8).sum())
}
