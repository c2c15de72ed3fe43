//! What a person sees: failures first with the lines that offend, the counts, and the verdict last.
//!
//! Passing is short, nothing is printed twice, and nothing is cut without saying so.

mod page;
mod snippet;
mod style;
#[cfg(test)]
mod tests;

use std::io::{self, Write};
use std::time::Duration;

pub use style::{Color, Symbols};

use self::page::{INDENT, Page, Station};
use self::style::{Ink, Span, rich, span, whole, width_of};
use super::escape::visible;
use super::place;
use crate::model::{
    Evidence, Finding, Label, Level, Missing, Mode, Outcome, Problem, Report, RuleResult, Settled, Settlement, Verdict,
    WaiverState, WaiverStatus,
};

/// How the report is shown.
#[derive(Clone, Debug)]
pub struct Options {
    /// Columns of the terminal; text is wrapped to it and snippets are cut to it.
    pub width: usize,
    /// Whether to write colours.
    pub color: Color,
    /// With what to draw frames.
    pub symbols: Symbols,
    /// The URI of the repository's root, with a final slash, when places are to be hyperlinks (OSC 8).
    pub links: Option<String>,
    /// Whether rules that passed, do not apply or are at level `shadow` are listed, with all evidence.
    pub verbose: bool,
    /// The most findings of one rule that are shown; the rest is counted in a line.
    pub limit: Option<usize>,
    /// Whether a CI runner reads the log, so that no line may look like one of its commands.
    pub ci: bool,
    /// How long the run took.
    pub elapsed: Option<Duration>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 100,
            color: Color::None,
            symbols: Symbols::Unicode,
            links: None,
            verbose: false,
            limit: None,
            ci: false,
            elapsed: None,
        }
    }
}

/// Writes the report for a person.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page { options, out };
    header(&mut page, report)?;
    for result in report.results.iter().filter(|it| it.level != Level::Shadow) {
        match &result.verdict {
            Verdict::Fail => failure(&mut page, result)?,
            Verdict::Unknown { missing } => unknown(&mut page, result, missing)?,
            Verdict::Pass | Verdict::Waived | Verdict::NotApplicable { .. } => {}
        }
    }
    asides(&mut page, report)?;
    page.blank()?;
    counts(&mut page, report)?;
    page.line(&[verdict(report.outcome)])
}

fn header(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let change = &report.change;
    let range = match change.mode {
        Mode::All => visible(&change.head_name),
        Mode::Local
        | Mode::Staged
        | Mode::Range
        | Mode::PullRequest
        | Mode::MergeGroup
        | Mode::Push
        | Mode::Release => {
            let dots = page.options.symbols.pick("…", "...");
            format!("{}{dots}{}", visible(&change.base_name), visible(&change.head_name))
        }
    };
    let mut size = amount(change.files, "file");
    if let Some(commits) = change.commits {
        size.push_str(&format!(", {}", amount(commits, "commit")));
    }
    let policy = format!("{}, {}", visible(&report.policy.source), amount(report.policy.rules, "rule"));
    let gap = || span(Ink::Plain, "   ");
    let lead = [span(Ink::Strong, "gatecheck"), span(Ink::Plain, "  ")];
    let spans = [whole(Ink::Strong, &range), gap(), whole(Ink::Plain, &size), gap(), whole(Ink::Dim, &policy)];
    page.paragraph(&lead, 11, &spans)
}

/// The weight of a failing rule as a badge.
fn badge(level: Level) -> Span {
    match level {
        Level::Block => span(Ink::Fail, "FAIL"),
        Level::Warn => span(Ink::Warn, "WARN"),
        Level::Note => span(Ink::Note, "NOTE"),
        Level::Shadow | Level::Off => span(Ink::Dim, "SHADOW"),
    }
}

fn ink(level: Level) -> Ink {
    badge(level).ink
}

fn heading(page: &mut Page<'_>, badge: Span, result: &RuleResult) -> io::Result<()> {
    page.blank()?;
    let lead = [badge, span(Ink::Plain, "  ")];
    let indent = width_of(&lead);
    let mut spans = vec![span(Ink::Strong, visible(&result.rule)), span(Ink::Plain, "  ")];
    spans.extend(rich(Ink::Dim, &result.title));
    page.paragraph(&lead, indent, &spans)
}

fn failure(page: &mut Page<'_>, result: &RuleResult) -> io::Result<()> {
    heading(page, badge(result.level), result)?;
    let open: Vec<&Settled> = result.findings.iter().filter(|it| it.settlement == Settlement::Open).collect();
    let shown = page.options.limit.unwrap_or(open.len()).min(open.len());
    for (index, settled) in open.iter().take(shown).enumerate() {
        if index > 0 {
            page.blank()?;
        }
        let next = open.iter().take(shown).nth(index + 1).copied();
        finding(page, result, settled, next)?;
    }
    let hidden = open.len() - shown;
    if hidden > 0 {
        let dots = page.options.symbols.pick("…", "...");
        let text = format!("{dots} and {hidden} more (all are in `--format json`)");
        page.blank()?;
        page.paragraph(&margin(), INDENT, &rich(Ink::Dim, &text))?;
    }
    for missing in &result.missing {
        page.blank()?;
        let lead = [margin(), vec![span(Ink::Unknown, "UNKNOWN"), span(Ink::Plain, "  ")]].concat();
        page.paragraph(&lead, INDENT, &rich(Ink::Plain, &missing.what))?;
        page.frame(&[words("help", &missing.how)])?;
    }
    if page.options.verbose { evidence(page, &result.evidence) } else { Ok(()) }
}

fn margin() -> Vec<Span> {
    vec![span(Ink::Plain, " ".repeat(INDENT))]
}

fn words(name: &str, text: &str) -> Station<'static> {
    let mut spans = vec![span(Ink::Strong, format!("{name}:")), span(Ink::Plain, " ")];
    spans.extend(rich(Ink::Plain, text));
    Station::Words(spans)
}

/// One finding. What it shares with the next one is said once, at the last of them.
fn finding(page: &mut Page<'_>, result: &RuleResult, settled: &Settled, next: Option<&Settled>) -> io::Result<()> {
    let Finding { primary, related, message, because, help, evidence: facts, .. } = &settled.finding;
    page.paragraph(&margin(), INDENT, &rich(Ink::Strong, message))?;
    let mut stations = Vec::new();
    if primary.place != crate::model::Place::Change || primary.snippet.is_some() {
        stations.push(Station::Place { label: primary, ink: ink(result.level), primary: true });
    }
    stations.extend(related.iter().map(|label| Station::Place { label, ink: Ink::Second, primary: false }));
    if let Some(because) =
        because.as_ref().filter(|it| next.and_then(|next| next.finding.because.as_ref()) != Some(*it))
    {
        stations.push(words("why", because));
    }
    if let Some(help) = help.as_ref().filter(|it| next.and_then(|next| next.finding.help.as_ref()) != Some(*it)) {
        stations.push(words("help", help));
    }
    if page.options.verbose {
        stations.extend(facts.iter().map(|it| words(&visible(&it.name), &it.value)));
    }
    if next.is_none_or(|next| next.id != settled.id) {
        let policy = next.is_none().then_some(&result.policy);
        stations.push(source(policy, &settled.id));
    }
    page.frame(&stations)
}

/// The policy line that asks for the rule, and where to read more.
fn source(policy: Option<&Label>, id: &str) -> Station<'static> {
    let mut spans = Vec::new();
    if let Some(policy) = policy {
        spans.extend([span(Ink::Dim, place::line(policy)), span(Ink::Plain, "   ")]);
    }
    spans.push(span(Ink::Dim, format!("gatecheck explain {}", visible(id))));
    Station::Words(spans)
}

fn unknown(page: &mut Page<'_>, result: &RuleResult, missing: &[Missing]) -> io::Result<()> {
    heading(page, span(Ink::Unknown, "UNKNOWN"), result)?;
    for (index, it) in missing.iter().enumerate() {
        page.paragraph(&margin(), INDENT, &rich(Ink::Strong, &it.what))?;
        let mut stations = vec![words("help", &it.how)];
        if index + 1 == missing.len() {
            stations.push(source(Some(&result.policy), &result.check));
        }
        page.frame(&stations)?;
    }
    if page.options.verbose { evidence(page, &result.evidence) } else { Ok(()) }
}

fn evidence(page: &mut Page<'_>, facts: &[Evidence]) -> io::Result<()> {
    for fact in facts {
        let mut spans = vec![span(Ink::Dim, format!("{}: ", visible(&fact.name)))];
        spans.extend(rich(Ink::Dim, &fact.value));
        page.paragraph(&margin(), INDENT, &spans)?;
    }
    Ok(())
}

/// What stands beside the failures: waivers, words about the run, and rules that are judged elsewhere.
fn asides(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    if !report.waivers.is_empty() {
        page.blank()?;
    }
    report.waivers.iter().try_for_each(|status| waiver(page, status))?;
    report.problems.iter().try_for_each(|it| problem(page, it))?;
    if page.options.verbose {
        report.results.iter().try_for_each(|result| quiet(page, result))?;
    }
    let elsewhere: Vec<String> = report
        .results
        .iter()
        .filter(|it| it.judged_elsewhere && it.level != Level::Shadow)
        .map(|it| visible(&it.rule))
        .collect();
    if elsewhere.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let lead = [span(Ink::Strong, "On the pull request"), span(Ink::Plain, "  ")];
    page.paragraph(&lead, INDENT, &[span(Ink::Plain, elsewhere.join(", "))])
}

fn waiver(page: &mut Page<'_>, status: &WaiverStatus) -> io::Result<()> {
    let waiver = &status.waiver;
    let day = waiver.expires;
    let (badge, state) = match status.state {
        WaiverState::Used { findings } => {
            (span(Ink::Good, "WAIVED"), format!("{} until {day}", amount(findings, "finding")))
        }
        WaiverState::Expired { findings } => {
            (span(Ink::Warn, "EXPIRED"), format!("on {day}: {} stand again", amount(findings, "finding")))
        }
        WaiverState::TooLong { findings } => (
            span(Ink::Warn, "TOO LONG"),
            format!("until {day}, more than the policy allows: {} stand", amount(findings, "finding")),
        ),
        WaiverState::Unused => (span(Ink::Dim, "UNUSED"), format!("waiver until {day} covers nothing")),
        WaiverState::UnknownRule => {
            (span(Ink::Warn, "UNUSED"), "waiver names a rule that the policy does not have".to_owned())
        }
    };
    let lead = [badge, span(Ink::Plain, "  ")];
    let people = format!("{}, approved by {}", visible(&waiver.owner), visible(&waiver.approver));
    let rule = whole(Ink::Strong, &visible(&waiver.rule));
    let gap = || span(Ink::Plain, "  ");
    let spans = [rule, gap(), whole(Ink::Plain, &state), gap(), whole(Ink::Dim, &people)];
    page.paragraph(&lead, width_of(&lead), &spans)?;
    page.paragraph(&margin(), INDENT, &rich(Ink::Plain, &waiver.reason))
}

fn problem(page: &mut Page<'_>, problem: &Problem) -> io::Result<()> {
    let badge = match problem.level {
        // The run is undecided because of it; no rule failed.
        Level::Block => span(Ink::Unknown, "UNKNOWN"),
        Level::Warn | Level::Note | Level::Shadow | Level::Off => badge(problem.level),
    };
    page.blank()?;
    let lead = [badge, span(Ink::Plain, "  ")];
    page.paragraph(&lead, width_of(&lead), &rich(Ink::Strong, &problem.message))?;
    let mut stations = Vec::new();
    if let Some(label) = &problem.label {
        stations.push(Station::Place { label, ink: ink(problem.level), primary: true });
    }
    stations.extend(problem.help.as_ref().map(|it| words("help", it)));
    page.frame(&stations)
}

/// A rule that nobody has to act on, in one line.
fn quiet(page: &mut Page<'_>, result: &RuleResult) -> io::Result<()> {
    let shadow = result.level == Level::Shadow;
    let (badge, note) = match &result.verdict {
        Verdict::Fail if shadow => (badge(Level::Shadow), format!("would fail: {}", findings(result))),
        Verdict::Unknown { .. } if shadow => (badge(Level::Shadow), "would be unknown".to_owned()),
        Verdict::Pass | Verdict::Waived if shadow => (badge(Level::Shadow), "would pass".to_owned()),
        Verdict::Fail | Verdict::Unknown { .. } => return Ok(()),
        Verdict::Pass => (span(Ink::Good, "PASS"), visible(&result.title)),
        Verdict::Waived => (span(Ink::Good, "WAIVED"), findings(result)),
        Verdict::NotApplicable { because } => (span(Ink::Dim, "NOT APPLICABLE"), visible(because)),
    };
    page.blank()?;
    let lead = [badge, span(Ink::Plain, "  ")];
    let spans = [span(Ink::Strong, visible(&result.rule)), span(Ink::Plain, "  "), span(Ink::Dim, note)];
    page.paragraph(&lead, width_of(&lead), &spans)?;
    for settled in &result.findings {
        let place = format!("{}  ", place::words(&settled.finding.primary.place));
        let spans = [vec![span(Ink::Place, place)], rich(Ink::Plain, &settled.finding.message)].concat();
        page.paragraph(&margin(), INDENT, &spans)?;
    }
    evidence(page, &result.evidence)
}

fn findings(result: &RuleResult) -> String {
    amount(u32::try_from(result.findings.len()).unwrap_or(u32::MAX), "finding")
}

/// Everything, counted: rules by verdict, findings by settlement, time.
fn counts(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let it = &report.counts;
    let rules = [
        (it.fail, Ink::Fail, "failed"),
        (it.warn, Ink::Warn, "warned"),
        (it.note, Ink::Note, "noted"),
        (it.unknown, Ink::Unknown, "unknown"),
        (it.waived, Ink::Good, "waived"),
        (it.pass, Ink::Good, "passed"),
        (it.elsewhere, Ink::Plain, "on the pull request"),
        (it.not_applicable, Ink::Dim, "not applicable"),
        (it.shadow, Ink::Dim, "in shadow"),
    ];
    let settled = [
        (it.findings, Ink::Plain, if it.findings == 1 { "finding stands" } else { "findings stand" }),
        (it.waived_findings, Ink::Plain, "waived"),
        (it.suppressed_findings, Ink::Plain, "suppressed"),
        (it.baseline_findings, Ink::Plain, "in the baseline"),
    ];
    let mut lines = vec![list(rules), list(settled)];
    lines.retain(|line| !line.is_empty());
    if lines.is_empty() {
        lines.push(vec![span(Ink::Plain, "no rule was judged")]);
    }
    if let (Some(elapsed), Some(last)) = (page.options.elapsed, lines.last_mut()) {
        last.push(span(Ink::Plain, "   "));
        last.push(whole(Ink::Dim, &format!("in {}", duration(elapsed))));
    }
    lines.iter().try_for_each(|line| page.paragraph(&[], 0, line))
}

fn list<const N: usize>(entries: [(u32, Ink, &str); N]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for (count, ink, name) in entries.into_iter().filter(|entry| entry.0 > 0) {
        if !spans.is_empty() {
            spans.push(span(Ink::Dim, ", "));
        }
        spans.push(whole(ink, &format!("{count} {name}")));
    }
    spans
}

fn duration(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        0 => "under 1 ms".to_owned(),
        millis @ 1..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}

fn verdict(outcome: Outcome) -> Span {
    match outcome {
        Outcome::Passed => span(Ink::Good, "passed"),
        Outcome::Blocked => span(Ink::Fail, "blocked"),
        Outcome::Undecided => span(Ink::Unknown, "undecided"),
    }
}

fn amount(count: u32, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
