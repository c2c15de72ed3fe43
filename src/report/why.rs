//! Why a rule came to its verdict: as text for a person, and as JSON.

use std::io::{self, Write};

use super::escape::visible;
use super::place;
use super::words::amount;
use crate::model::{
    RuleResult, Settled, Settlement, Step, Verdict, WaiverState, WaiverStatus, Why, WhyChange, WhyRule,
};

/// Deepest nesting that is shown.
const DEEPEST: usize = 12;

/// Writes it as indented JSON with a final line feed.
///
/// # Errors
/// When `out` cannot be written to.
pub fn json(why: &Why, out: &mut dyn Write) -> io::Result<()> {
    super::json::write(why, out)
}

/// Writes it for a person.
///
/// # Errors
/// When `out` cannot be written to.
pub fn text(why: &Why, out: &mut dyn Write) -> io::Result<()> {
    for (index, change) in why.changes.iter().enumerate() {
        if index > 0 {
            writeln!(out)?;
        }
        for rule in &change.rules {
            self::rule(change, rule, out)?;
        }
    }
    Ok(())
}

fn rule(change: &WhyChange, rule: &WhyRule, out: &mut dyn Write) -> io::Result<()> {
    let WhyRule { result, when, files, steps } = rule;
    let verdict = result.verdict.as_str();
    writeln!(out, "{}  {verdict}, {}  {}", visible(&result.rule), result.level.as_str(), visible(&result.title))?;
    writeln!(out, "  the check `{}`, asked for by {}", result.check, place::line(&result.policy))?;
    let summary = &change.change;
    let commits = summary.commits.map_or_else(String::new, |it| format!(", {}", amount(it, "commit")));
    let (base, head) = (visible(&summary.base_name), visible(&summary.head_name));
    writeln!(out, "  judged {base}…{head}: {}{commits}", amount(summary.files, "changed file"))?;
    writeln!(out, "\nwhen")?;
    if when.is_empty() {
        writeln!(out, "  yes      it has no condition")?;
    }
    self::steps(when, 1, out)?;
    if let Verdict::NotApplicable { because } = &result.verdict {
        writeln!(out, "\nnot applicable: {}", visible(because))?;
    } else {
        writeln!(out, "  it looks at {files} of {}", amount(summary.files, "changed file"))?;
    }
    if !steps.is_empty() {
        writeln!(out, "\nweighed")?;
        self::steps(steps, 1, out)?;
    }
    findings(result, out)?;
    waivers(&result.rule, &change.waivers, out)
}

/// Steps below each other; the words of the answers stand in a column.
fn steps(all: &[Step], depth: usize, out: &mut dyn Write) -> io::Result<()> {
    if depth > DEEPEST {
        return writeln!(out, "{:width$}…", "", width = 2 * depth);
    }
    for step in all {
        let because = if step.because.is_empty() { String::new() } else { format!(": {}", visible(&step.because)) };
        let (answer, what) = (step.answer.as_str(), visible(&step.what));
        writeln!(out, "{:width$}{answer:7}  {what}{because}", "", width = 2 * depth)?;
        steps(&step.steps, depth + 1, out)?;
    }
    Ok(())
}

fn findings(result: &RuleResult, out: &mut dyn Write) -> io::Result<()> {
    if !result.findings.is_empty() {
        writeln!(out, "\nfound")?;
    }
    for Settled { finding, id, settlement, .. } in &result.findings {
        let settled = match settlement {
            Settlement::Open => "stands",
            Settlement::Waived { .. } => "waived",
            Settlement::Suppressed { .. } => "suppressed",
            Settlement::Baseline => "accepted",
        };
        let place = place::words(&finding.primary.place);
        writeln!(out, "  {settled:10}  {}  {place}: {}", visible(id), visible(&finding.message))?;
        let more = [("because", &finding.because), ("help", &finding.help)];
        for (name, text) in more.into_iter().filter_map(|(name, text)| text.as_ref().map(|it| (name, it))) {
            writeln!(out, "              {name}: {}", visible(text))?;
        }
        if let Settlement::Suppressed { reason } = settlement {
            writeln!(out, "              by a comment: {}", visible(reason))?;
        }
    }
    // Of an unknown verdict the result names them as well.
    if !result.missing.is_empty() {
        writeln!(out, "\nnot known")?;
    }
    for missing in &result.missing {
        writeln!(out, "  {}\n    {}", visible(&missing.what), visible(&missing.how))?;
    }
    if !result.evidence.is_empty() {
        writeln!(out, "\nrests on")?;
    }
    result.evidence.iter().try_for_each(|it| writeln!(out, "  {}: {}", visible(&it.name), visible(&it.value)))
}

/// The waivers of the rule, whether they cover anything or not.
fn waivers(rule: &str, all: &[WaiverStatus], out: &mut dyn Write) -> io::Result<()> {
    let is_of = |it: &&WaiverStatus| it.waiver.rule.split('/').next() == Some(rule);
    let mut waivers = all.iter().filter(is_of).peekable();
    if waivers.peek().is_some() {
        writeln!(out, "\nwaivers")?;
    }
    for WaiverStatus { waiver, state } in waivers {
        let state = match state {
            WaiverState::Used { findings } => format!("covers {}", amount(*findings, "finding")),
            WaiverState::Unused => "covers nothing here".to_owned(),
            WaiverState::Expired { findings } => format!("expired, would cover {}", amount(*findings, "finding")),
            WaiverState::TooLong { findings } => {
                format!("runs too long, would cover {}", amount(*findings, "finding"))
            }
            WaiverState::UnknownRule => "names no rule of the policy".to_owned(),
        };
        let (reason, owner) = (visible(&waiver.reason), visible(&waiver.owner));
        writeln!(out, "  until {}, {owner}: {reason}\n    {state}; {}", waiver.expires, place::line(&waiver.label))?;
    }
    Ok(())
}
