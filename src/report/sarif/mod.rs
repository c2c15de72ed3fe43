//! SARIF 2.1.0 that GitHub's code scanning keeps: within its limits, with every field that it reads.
//!
//! A SARIF rule is a check or a hazard, not a policy rule, so that alerts keep their identity when a
//! policy is renamed. Rules at level `shadow` are left out: an alert would look like a failure.

mod log;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};

use self::log::{
    ArtifactLocation, AutomationDetails, Configuration, Driver, Fingerprints, Help, Invocation, Location, Log, Message,
    Notice, Notification, PhysicalLocation, Reference, Rule, RuleProperties, Run, SarifRegion, SarifResult,
    Suppression, Tool,
};
use super::escape::{clipped, uri, visible, visible_lines};
use super::{json, place, standing};
use crate::model::{
    Label, Level, Outcome, Place, Position, Region, RepoPath, Report, RuleResult, Settled, Settlement, Verdict,
};

/// Results of a run that code scanning keeps; it counts 25,000 and drops the rest of them.
const MOST_RESULTS: usize = 5_000;
/// Tags of a rule that code scanning keeps.
const MOST_TAGS: usize = 10;
/// Characters of a name.
const LONGEST_NAME: usize = 255;
/// Characters of a description.
const LONGEST_DESCRIPTION: usize = 1_024;

/// Writes the report as SARIF.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let (kept, cut) = kept(report);
    let mut rules = Rules::default();
    let baseline = report.counts.baseline_findings > 0;
    let results = kept.iter().map(|(rule, settled)| result(report, rule, settled, baseline, &mut rules)).collect();
    let run = Run {
        tool: Tool {
            driver: Driver {
                name: "gatecheck",
                version: report.version.clone(),
                semantic_version: report.version.clone(),
                rules: rules.list,
                notifications: notices(),
            },
        },
        // Code scanning takes the part before the last slash for the category.
        automation_details: AutomationDetails { id: "gatecheck/".to_owned() },
        invocations: [invocation(report, cut)],
        column_kind: "unicodeCodePoints",
        results,
        properties: properties(report),
    };
    json::write(&Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, out)
}

/// The findings that are written, open ones before accepted ones, and how many are cut.
fn kept(report: &Report) -> (Vec<(&RuleResult, &Settled)>, usize) {
    let shown = || report.results.iter().filter(|it| it.level != Level::Shadow);
    let all = || shown().flat_map(|rule| rule.findings.iter().map(move |it| (rule, it)));
    let stands = |it: &(&RuleResult, &Settled)| it.1.settlement == Settlement::Open;
    let mut kept: Vec<_> = all().filter(stands).collect();
    kept.extend(all().filter(|it| !stands(it)));
    let cut = kept.len().saturating_sub(MOST_RESULTS);
    kept.truncate(MOST_RESULTS);
    (kept, cut)
}

/// The rules that results name, each once.
#[derive(Default)]
struct Rules {
    list: Vec<Rule>,
    index: BTreeMap<String, usize>,
}

impl Rules {
    fn index_of(&mut self, report: &Report, result: &RuleResult, id: &str) -> usize {
        match self.index.get(id) {
            Some(index) => *index,
            None => {
                let index = self.list.len();
                self.index.insert(id.to_owned(), index);
                self.list.push(rule(report, result, id));
                index
            }
        }
    }
}

fn rule(report: &Report, result: &RuleResult, id: &str) -> Rule {
    let kind = report.kinds.iter().find(|it| it.id == id);
    let title = sentence(kind.map_or(&result.title, |it| &it.title), id);
    let more = format!("Read more with: gatecheck explain {}", visible(id));
    let about = kind.map(|it| it.help.trim()).filter(|it| !it.is_empty()).unwrap_or(&title);
    let tags = ["policy", &result.check].into_iter().map(str::to_owned).chain(result.controls.iter().cloned());
    Rule {
        id: visible(id),
        name: clipped(&pascal_case(id), LONGEST_NAME).into_owned(),
        short_description: message(clipped(&title, LONGEST_DESCRIPTION).into_owned()),
        full_description: message(clipped(&format!("{title} {more}."), LONGEST_DESCRIPTION).into_owned()),
        help: Help {
            text: format!("{about}\n\n{more}"),
            markdown: format!("{about}\n\nRead more with `gatecheck explain {}`.", visible(id)),
        },
        default_configuration: Configuration { level: level(result.level) },
        properties: RuleProperties {
            tags: tags.map(|it| visible(&it)).take(MOST_TAGS).collect(),
            // A policy says what it wants; there is nothing to guess.
            precision: "very-high",
            severity: match result.level {
                Level::Block => "error",
                Level::Warn => "warning",
                Level::Note | Level::Shadow | Level::Off => "recommendation",
            },
        },
    }
}

/// A fragment as a sentence. Code scanning refuses an empty description.
fn sentence(fragment: &str, fallback: &str) -> String {
    let shown = visible(if fragment.trim().is_empty() { fallback } else { fragment });
    let mut symbols = shown.chars();
    let first: String = symbols.next().map(|it| it.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", symbols.as_str().trim_end_matches('.'))
}

/// `migrations/drop-column` as `MigrationsDropColumn`, the form that the standard advises for names.
fn pascal_case(id: &str) -> String {
    let words = id.split(|symbol: char| !symbol.is_alphanumeric()).filter(|word| !word.is_empty());
    let name: String = words
        .flat_map(|word| {
            let mut symbols = word.chars();
            let first: String = symbols.next().map(|it| it.to_uppercase().collect()).unwrap_or_default();
            [first, symbols.as_str().to_owned()]
        })
        .collect();
    // The standard forbids a name that is the id again.
    if name.eq_ignore_ascii_case(id) || name.is_empty() { format!("{name}Check") } else { name }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Block => "error",
        Level::Warn => "warning",
        Level::Note => "note",
        Level::Shadow | Level::Off => "none",
    }
}

fn message(text: String) -> Message {
    Message { text }
}

/// Text of a message, in which a stranger's brackets make no link (§3.11.6).
fn plain(text: &str) -> String {
    let shown = visible_lines(text);
    if shown.contains("](") { shown.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]") } else { shown }
}

fn result(report: &Report, rule: &RuleResult, settled: &Settled, baseline: bool, rules: &mut Rules) -> SarifResult {
    let finding = &settled.finding;
    let (path, region, own) = place::file(&finding.primary, &rule.policy);
    let mut text = standing::paragraphs(settled);
    if !own {
        let at = place::words(&finding.primary.place);
        let line =
            if path.is_some() { ". It has no file, so this is the policy line that asks for the rule." } else { "" };
        text.push_str(&format!("\nAt: {at}{line}"));
    }
    let related = finding.related.iter().filter(|it| it.place.path().is_some()).enumerate();
    let accepted = settled.settlement == Settlement::Baseline;
    SarifResult {
        rule_id: visible(&settled.id),
        rule_index: rules.index_of(report, rule, &settled.id),
        level: level(rule.level),
        message: message(plain(&text)),
        locations: [location(path, region, None, "")],
        related_locations: related.map(|(index, it)| related_location(index, it)).collect(),
        partial_fingerprints: Fingerprints { primary_location_line_hash: settled.fingerprint.to_string() },
        suppressions: suppression(report, &settled.settlement).map(|it| [it]),
        // The standard wants the state on every result or on none.
        baseline_state: baseline.then_some(if accepted { "unchanged" } else { "new" }),
        properties: BTreeMap::from([("rule", visible(&rule.rule)), ("policy", place::line(&rule.policy))]),
    }
}

fn related_location(index: usize, label: &Label) -> Location {
    let words = if label.text.is_empty() { place::words(&label.place) } else { label.text.clone() };
    let revision = match &label.place {
        Place::File { revision: Some(revision), .. } => format!(" (at {revision})"),
        Place::File { .. } | Place::Commit { .. } | Place::Ref { .. } | Place::PullRequest { .. } | Place::Change => {
            String::new()
        }
    };
    location(label.place.path(), label.place.region(), Some(index + 1), &format!("{words}{revision}"))
}

fn location(path: Option<&RepoPath>, region: Option<Region>, id: Option<usize>, text: &str) -> Location {
    let first = Position { line: 1, column: 1 };
    // Code scanning wants a region; the start of the file stands for the whole of it.
    let region = place::ordered(region.unwrap_or(Region { start: first, end: first }));
    Location {
        id,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation {
                uri: path.map_or_else(|| place::NO_FILE.to_owned(), uri),
                uri_base_id: "%SRCROOT%",
            },
            region: SarifRegion {
                start_line: region.start.line,
                start_column: region.start.column,
                end_line: region.end.line,
                end_column: region.end.column,
            },
        },
        message: Some(text).filter(|it| !it.is_empty()).map(|it| message(plain(it))),
    }
}

fn suppression(report: &Report, settlement: &Settlement) -> Option<Suppression> {
    let (kind, justification) = match settlement {
        Settlement::Open => return None,
        Settlement::Waived { waiver } => {
            let waiver = report.waivers.get(*waiver).map(|it| &it.waiver);
            let text = waiver.map(|it| {
                format!("{} (until {}, by {}, approved by {})", it.reason, it.expires, it.owner, it.approver)
            });
            ("external", text.unwrap_or_else(|| "waived".to_owned()))
        }
        Settlement::Suppressed { reason } => ("inSource", reason.clone()),
        Settlement::Baseline => ("external", "accepted by the baseline".to_owned()),
    };
    Some(Suppression { kind, status: "accepted", justification: visible(&justification) })
}

/// What kinds of notifications there are. Code scanning wants the same of them as of rules.
fn notices() -> Vec<Notice> {
    let all = [
        (
            "unknown",
            "MissingFact",
            "Something that a rule needs is not known.",
            "Supply what is missing; what is not known never counts as passed.",
        ),
        ("run", "RunNotice", "Something about the run itself.", "Read the message; it says what to do."),
        (
            "cut",
            "ResultsLeftOut",
            "Results are left out for want of room.",
            "Run `gatecheck --format json` for all of them.",
        ),
    ];
    let notice = |(id, name, title, help): (&'static str, &'static str, &str, &str)| Notice {
        id,
        name,
        short_description: message(title.to_owned()),
        full_description: message(format!("{title} {help}")),
        help: Help { text: help.to_owned(), markdown: help.to_owned() },
    };
    all.into_iter().map(notice).collect()
}

fn invocation(report: &Report, cut: usize) -> Invocation {
    let mut notifications: Vec<Notification> = standing::missing(report)
        .map(|(rule, missing)| {
            let decides = matches!(rule.verdict, Verdict::Unknown { .. } | Verdict::Fail) && rule.level == Level::Block;
            let text = format!("{}: {}\nHelp: {}", rule.rule, missing.what, missing.how);
            notification("unknown", if decides { "error" } else { "warning" }, &text)
        })
        .collect();
    notifications.extend(report.problems.iter().map(|it| {
        let help = it.help.as_ref().map(|help| format!("\nHelp: {help}")).unwrap_or_default();
        notification("run", level(it.level), &format!("{}{help}", it.message))
    }));
    if cut > 0 {
        let text = format!("{cut} results are left out: code scanning keeps {MOST_RESULTS}. `--format json` has all");
        notifications.push(notification("cut", "warning", &text));
    }
    Invocation {
        execution_successful: report.outcome != Outcome::Undecided,
        exit_code: report.outcome.exit_code(),
        tool_execution_notifications: notifications,
    }
}

fn notification(id: &'static str, level: &'static str, text: &str) -> Notification {
    Notification { descriptor: Reference { id }, level, message: message(plain(text)) }
}

fn properties(report: &Report) -> BTreeMap<&'static str, String> {
    let mut all = BTreeMap::from([
        ("base", visible(&report.change.base_name)),
        ("head", visible(&report.change.head_name)),
        ("policy", visible(&report.policy.source)),
        ("policyDigest", visible(&report.policy.digest)),
    ]);
    all.extend(report.change.facts_digest.as_ref().map(|it| ("factsDigest", visible(it))));
    all
}
