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
use super::words::{self, Tally, amount};
use super::{place, standing};
use crate::model::{
    Evidence, Finding, Label, Level, Missing, Mode, Outcome, Place, Problem, Report, RuleResult, Settled, Verdict,
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
    let open: Vec<&Settled> = standing::open(result).collect();
    let shown = page.options.limit.unwrap_or(open.len()).min(open.len());
    let groups: Vec<&[&Settled]> =
        open.get(..shown).unwrap_or_default().chunk_by(|a, b| standing::says_the_same(a, b)).collect();
    for (index, group) in groups.iter().enumerate() {
        if index > 0 {
            page.blank()?;
        }
        let next = groups.get(index + 1).and_then(|it| it.first()).copied();
        findings(page, result, group, next)?;
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
        page.paragraph(&lead, width_of(&lead), &rich(Ink::Plain, &missing.what))?;
        page.frame(&[note("help", &missing.how)])?;
    }
    if page.options.verbose { evidence(page, &result.evidence) } else { Ok(()) }
}

fn margin() -> Vec<Span> {
    vec![span(Ink::Plain, " ".repeat(INDENT))]
}

fn note(name: &str, text: &str) -> Station<'static> {
    let mut spans = vec![span(Ink::Strong, format!("{name}:")), span(Ink::Plain, " ")];
    spans.extend(rich(Ink::Plain, text));
    Station::Words(spans)
}

/// Findings that say the same, in one frame. What they share with the next ones is said at the last of them.
fn findings(page: &mut Page<'_>, result: &RuleResult, group: &[&Settled], next: Option<&Settled>) -> io::Result<()> {
    let Some(first) = group.first() else { return Ok(()) };
    page.paragraph(&margin(), INDENT, &rich(Ink::Strong, &first.finding.message))?;
    let mut stations = Vec::new();
    for settled in group {
        places(&mut stations, result, &settled.finding);
        if page.options.verbose {
            stations.extend(settled.finding.evidence.iter().map(|it| note(&visible(&it.name), &it.value)));
        }
    }
    let Finding { because, help, .. } = &first.finding;
    if let Some(because) =
        because.as_ref().filter(|it| next.and_then(|next| next.finding.because.as_ref()) != Some(*it))
    {
        stations.push(note("why", because));
    }
    if let Some(help) = help.as_ref().filter(|it| next.and_then(|next| next.finding.help.as_ref()) != Some(*it)) {
        stations.push(note("help", help));
    }
    if next.is_none_or(|next| next.id != first.id) {
        let policy = next.is_none().then_some(&result.policy);
        stations.push(source(policy, &first.id));
    }
    page.frame(&stations)
}

fn places<'a>(stations: &mut Vec<Station<'a>>, result: &RuleResult, finding: &'a Finding) {
    let primary = &finding.primary;
    if primary.place != Place::Change || primary.snippet.is_some() {
        stations.push(Station::Place { label: primary, ink: ink(result.level), primary: true });
    }
    stations.extend(finding.related.iter().map(|label| Station::Place { label, ink: Ink::Second, primary: false }));
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
        let mut stations = vec![note("help", &it.how)];
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
    // What is wrong with a waiver is told among the words about the run; one that nothing needs is no news.
    let told = |it: &&WaiverStatus| page.options.verbose || matches!(it.state, WaiverState::Used { .. });
    let waivers: Vec<&WaiverStatus> = report.waivers.iter().filter(told).collect();
    if !waivers.is_empty() {
        page.blank()?;
    }
    waivers.into_iter().try_for_each(|status| waiver(page, status))?;
    for (index, it) in report.problems.iter().enumerate() {
        problem(page, it, report.problems.get(index + 1))?;
    }
    if page.options.verbose {
        page.blank()?;
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
        WaiverState::TooLong { findings } => {
            let stand = amount(findings, "finding");
            (span(Ink::Warn, "TOO LONG"), format!("until {day}, longer than the policy allows: {stand} stand"))
        }
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

/// A word about the run. Advice that it shares with the next one is given there.
fn problem(page: &mut Page<'_>, problem: &Problem, next: Option<&Problem>) -> io::Result<()> {
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
    let help = problem.help.as_ref().filter(|it| next.and_then(|next| next.help.as_ref()) != Some(*it));
    stations.extend(help.map(|it| note("help", it)));
    page.frame(&stations)
}

/// A rule that nobody has to act on, in one line.
fn quiet(page: &mut Page<'_>, result: &RuleResult) -> io::Result<()> {
    let shadow = result.level == Level::Shadow;
    let (badge, note) = match &result.verdict {
        Verdict::Fail if shadow => (badge(Level::Shadow), format!("would fail: {}", number_of_findings(result))),
        Verdict::Unknown { .. } if shadow => (badge(Level::Shadow), "would be unknown".to_owned()),
        Verdict::Pass | Verdict::Waived if shadow => (badge(Level::Shadow), "would pass".to_owned()),
        Verdict::Fail | Verdict::Unknown { .. } => return Ok(()),
        Verdict::NotApplicable { .. } if result.judged_elsewhere => return Ok(()),
        Verdict::Pass => (span(Ink::Good, "PASS"), visible(&result.title)),
        Verdict::Waived => (span(Ink::Good, "WAIVED"), number_of_findings(result)),
        Verdict::NotApplicable { because } => (span(Ink::Dim, "NOT APPLICABLE"), visible(because)),
    };
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

fn number_of_findings(result: &RuleResult) -> String {
    amount(u32::try_from(result.findings.len()).unwrap_or(u32::MAX), "finding")
}

/// Everything, counted: rules by verdict, findings by settlement, time.
fn counts(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    let rules = words::rules(&report.counts).into_iter();
    let rules = rules.map(|(count, tally)| whole(tally_ink(tally), &format!("{count} {}", tally.as_str())));
    let findings = words::findings(&report.counts).into_iter().map(|it| whole(Ink::Plain, &it));
    let elapsed = page.options.elapsed.map(|it| whole(Ink::Dim, &format!("in {}", duration(it))));
    let mut parts = vec![listed(rules), listed(findings)];
    parts.retain(|part| !part.is_empty());
    if report.results.is_empty() {
        parts.insert(0, vec![span(Ink::Plain, "no rule was judged")]);
    }
    let gap = span(Ink::Plain, "   ");
    // The room that the time takes must not depend on the time: the same report has the same lines.
    let room = if elapsed.is_some() { LONGEST_TIME } else { 0 };
    if width_of(&parts.join(&gap)) + room <= page.options.width {
        parts = vec![parts.join(&gap)];
    }
    if let Some(last) = parts.last_mut() {
        last.extend(elapsed.into_iter().flat_map(|it| [gap.clone(), it]));
    }
    parts.iter().try_for_each(|part| page.paragraph(&[], 0, part))
}

/// Columns of a gap and `in 999.9 s`.
const LONGEST_TIME: usize = 13;

fn tally_ink(tally: Tally) -> Ink {
    match tally {
        Tally::Failed => Ink::Fail,
        Tally::Warned => Ink::Warn,
        Tally::Noted => Ink::Note,
        Tally::Unknown => Ink::Unknown,
        Tally::Waived | Tally::Passed => Ink::Good,
        Tally::Elsewhere => Ink::Plain,
        Tally::NotApplicable | Tally::Shadow => Ink::Dim,
    }
}

fn listed(entries: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for entry in entries {
        if let Some(last) = spans.last_mut() {
            last.text.push(',');
            spans.push(span(Ink::Plain, " "));
        }
        spans.push(entry);
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
