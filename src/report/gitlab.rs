//! GitLab's code quality report: the widget of a merge request.

use std::io::{self, Write};

use serde::Serialize;

use super::escape::visible;
use super::standing::Gap;
use super::{json, place, standing};
use crate::model::{Level, Report, RuleResult, Settled};

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Writes the open findings, and what keeps the run undecided, as a code quality report: an empty one is read
/// as a passing run. What has no file stands at its policy line.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let findings = standing::findings(report).map(|(result, settled)| issue(result, settled));
    let issues: Vec<Issue> = findings.chain(standing::undecided(report).map(|it| gap(&it))).collect();
    json::write(&issues, out)
}

fn issue(result: &RuleResult, settled: &Settled) -> Issue {
    let finding = &settled.finding;
    let (path, region, own) = place::file(&finding.primary, &result.policy);
    let elsewhere = if own { String::new() } else { format!(" ({})", place::words(&finding.primary.place)) };
    Issue {
        description: visible(&format!("{}: {}{elsewhere}", result.rule, finding.message)),
        check_name: visible(&settled.id),
        // Two rules may use one check; GitLab drops issues whose fingerprint it has seen.
        fingerprint: format!("{}:{}", visible(&result.rule), settled.fingerprint),
        severity: severity(result.level),
        location: Location {
            path: path.map(|it| visible(&it.to_string())).unwrap_or_else(|| place::NO_FILE.to_owned()),
            lines: Lines { begin: region.map_or(1, |it| place::ordered(it).start.line) },
        },
    }
}

fn gap(gap: &Gap<'_>) -> Issue {
    let path = gap.label.and_then(place::of_this_repository);
    let region = gap.label.filter(|_| path.is_some()).and_then(|it| it.place.region());
    Issue {
        description: visible(&format!("{}: {}", gap.name(), gap.message())),
        check_name: visible(gap.rule.map_or("gatecheck", |it| &it.check)),
        fingerprint: visible(&format!("{}:{}", gap.name(), gap.message())),
        severity: severity(gap.level),
        location: Location {
            path: path.map_or_else(|| place::NO_FILE.to_owned(), |it| visible(&it.to_string())),
            lines: Lines { begin: region.map_or(1, |it| place::ordered(it).start.line) },
        },
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Block => "blocker",
        Level::Warn => "major",
        Level::Note | Level::Shadow | Level::Off => "info",
    }
}
