//! Inline suppressions: which comments there are, which of them count, and what became of each.

use std::collections::BTreeMap;

use super::Offence;
use crate::engine::head::{Head, HeadFile, region_in_head};
use crate::formats::{suggest, suppression};
use crate::model::{Label, Level, Mode, Problem, RepoPath, RuleResult, Run, Sign, Span, Verdict};
use crate::policy::{Policy, Rule, Suppressions as Setting};

/// The comments of the files that a run is about.
pub(super) struct Suppressions<'a> {
    policy: &'a Policy,
    run: &'a Run,
    files: BTreeMap<RepoPath, Vec<Comment>>,
}

struct Comment {
    label: Label,
    reason: Option<String>,
    ids: Vec<Named>,
    /// The lines whose findings it is about.
    lines: std::ops::RangeInclusive<u32>,
    /// Whether the change adds it, or a line that it is about.
    is_new: bool,
}

/// An id that a comment names, and what came of it.
struct Named {
    id: String,
    /// How many findings it accepts.
    used: u32,
    /// Rules that have a finding at its place and do not let it count, with the reason.
    refused: BTreeMap<String, String>,
}

impl<'a> Suppressions<'a> {
    pub(super) fn new(policy: &'a Policy, head: &mut Head<'a>) -> Self {
        let mut found = Self { policy, run: &head.facts.run, files: BTreeMap::new() };
        for path in head.changed_paths_with(Sign::Suppression) {
            found.file(&path, head);
        }
        found
    }

    /// The reason of the comment that accepts the offence.
    pub(super) fn covering(&mut self, offence: &Offence<'_>, head: &mut Head<'_>) -> Option<String> {
        let (path, region) = region_in_head(offence.finding)?;
        let (policy, run) = (self.policy, self.run);
        let mut accepted = None;
        for comment in self.file(path, head).iter_mut().filter(|it| it.lines.contains(&region.start.line)) {
            let is_new = comment.is_new;
            for named in comment.ids.iter_mut().filter(|it| offence.is_called(&it.id)) {
                match refusal(policy.settling.suppressions, offence.rule, run, is_new) {
                    _ if comment.reason.is_none() => {}
                    Some(why) => {
                        named.refused.insert(offence.rule.id.clone(), why);
                    }
                    None => {
                        named.used += 1;
                        accepted = accepted.or_else(|| comment.reason.clone());
                    }
                }
            }
        }
        accepted
    }

    fn file(&mut self, path: &RepoPath, head: &mut Head<'_>) -> &mut Vec<Comment> {
        self.files
            .entry(path.clone())
            .or_insert_with(|| head.file(path).map(|file| comments(path, file)).unwrap_or_default())
    }

    pub(super) fn finish(self, results: &[RuleResult]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for comment in self.files.values().flatten() {
            self.comment(comment, results, &mut problems);
        }
        problems
    }

    fn comment(&self, comment: &Comment, results: &[RuleResult], problems: &mut Vec<Problem>) {
        // Where none counts, one that somebody relies on is worth a word, and any other is ordinary text.
        let is_relied_on = comment.ids.iter().any(|named| !named.refused.is_empty());
        if self.policy.settling.suppressions == Setting::Off && !is_relied_on {
            return;
        }
        let is_looked_at = comment.is_new || self.run.mode == Mode::All;
        let mut say = |level, message: String, help: String| {
            problems.push(Problem { level, message, help: Some(help), label: Some(comment.label.clone()) });
        };
        let form = "write `gatecheck: allow <rule> -- <reason>`";
        if comment.ids.is_empty() {
            say(Level::Warn, "this suppression names no rule, and does not count".to_owned(), form.to_owned());
        }
        for named in &comment.ids {
            let id = &named.id;
            let Some(reason) = &comment.reason else {
                say(
                    Level::Warn,
                    format!("the suppression of `{id}` gives no reason, and does not count"),
                    form.to_owned(),
                );
                continue;
            };
            for (rule, why) in &named.refused {
                let help = "mend the finding, or have a waiver approved and written into the policy";
                say(Level::Warn, format!("a suppression of `{rule}` does not count: {why}"), help.to_owned());
            }
            if 0 < named.used && is_proposal(self.run.mode) && comment.is_new {
                let message = format!("this change adds a suppression of `{id}`: {reason}");
                say(Level::Note, message, "see in the review whether the reason holds".to_owned());
            }
            if !is_looked_at || 0 < named.used || !named.refused.is_empty() {
                continue;
            }
            match self.meant(id) {
                Meant::Nothing(nearest) => {
                    let help = nearest.map_or_else(|| form.to_owned(), |it| format!("did you mean `{it}`?"));
                    say(
                        Level::Warn,
                        format!("`{id}` is no rule of the policy, and its suppression does not count"),
                        help,
                    );
                }
                Meant::Rules(rules) if results.iter().any(|it| rules.contains(&it.rule.as_str()) && is_decided(it)) => {
                    say(
                        Level::Note,
                        format!("the suppression of `{id}` covers nothing"),
                        "remove the comment".to_owned(),
                    );
                }
                Meant::Rules(_) => {}
            }
        }
    }

    fn meant(&self, id: &str) -> Meant<'a> {
        let rules = &self.policy.rules;
        let (stem, hazard) = id.split_once('/').map_or((id, None), |(stem, hazard)| (stem, Some(hazard)));
        let has = |rule: &&Rule, hazard: &str| rule.check.meta.hazards.iter().any(|it| it.id == hazard);
        let meant: Vec<&Rule> = rules
            .iter()
            .filter(|rule| rule.id == stem || rule.check.meta.id == stem)
            .filter(|rule| hazard.is_none_or(|hazard| has(rule, hazard)))
            .collect();
        if !meant.is_empty() {
            return Meant::Rules(meant.into_iter().map(|rule| rule.id.as_str()).collect());
        }
        let names = rules.iter().flat_map(|rule| {
            let hazards = rule.check.meta.hazards.iter().filter(|_| hazard.is_some());
            let with_hazard = hazards.map(|it| format!("{}/{}", rule.id, it.id));
            with_hazard.chain([rule.id.clone(), rule.check.meta.id.to_owned()])
        });
        let names: Vec<String> = names.collect();
        Meant::Nothing(suggest::nearest(id, names.iter().map(String::as_str)).map(str::to_owned))
    }
}

enum Meant<'a> {
    Rules(Vec<&'a str>),
    /// No rule; perhaps this one.
    Nothing(Option<String>),
}

/// Whether a rule came to a judgement, so that a comment which it did not need is needless.
pub(super) fn is_decided(result: &RuleResult) -> bool {
    match result.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::Waived => result.missing.is_empty(),
        Verdict::NotApplicable { .. } | Verdict::Unknown { .. } => false,
    }
}

/// Why a comment does not count for a rule, when it does not.
fn refusal(setting: Setting, rule: &Rule, run: &Run, is_new: bool) -> Option<String> {
    let is_from_the_change = is_new && is_proposal(run.mode);
    let is_at_home = !run.ci && matches!(run.mode, Mode::Local | Mode::Staged);
    match setting {
        _ if !rule.is_waivable => Some("the rule is not waivable".to_owned()),
        Setting::Off => Some("the policy takes no inline suppressions".to_owned()),
        Setting::BaseOnly if is_from_the_change => {
            Some("the change itself adds it, and the policy takes those of the base only".to_owned())
        }
        Setting::ByLevel if is_from_the_change && !is_at_home && rule.level == Level::Block => {
            Some("the change itself adds it, and the rule is at level `block`".to_owned())
        }
        Setting::ByLevel | Setting::BaseOnly | Setting::Honoured => None,
    }
}

/// Whether the run judges what somebody proposes, and not what has been accepted before.
fn is_proposal(mode: Mode) -> bool {
    match mode {
        Mode::Local | Mode::Staged | Mode::Range | Mode::PullRequest | Mode::MergeGroup | Mode::Push => true,
        Mode::All | Mode::Release => false,
    }
}

fn comments(path: &RepoPath, file: &HeadFile) -> Vec<Comment> {
    if !file.blob.outline().shows(Sign::Suppression) {
        return Vec::new();
    }
    let text = file.blob.text();
    let mut comments: Vec<Comment> = Vec::new();
    // Comments alone on their lines, one below the other, are about the line below the last of them.
    let mut stacked = 0;
    for line in text.lines() {
        let Some(found) = suppression::parse(line.text) else {
            stacked = 0;
            continue;
        };
        stacked = if found.is_alone { stacked + 1 } else { 0 };
        let last = if found.is_alone { line.number.saturating_add(1) } else { line.number };
        let above = comments.len().saturating_sub(if found.is_alone { stacked - 1 } else { 0 });
        for comment in comments.iter_mut().skip(above) {
            comment.lines = *comment.lines.start()..=last;
        }
        let span = Span::new(line.start + found.span.start, line.start + found.span.end);
        comments.push(Comment {
            label: file.blob.label(path, span, ""),
            reason: found.reason,
            ids: found.ids.into_iter().map(|id| Named { id, used: 0, refused: BTreeMap::new() }).collect(),
            lines: line.number..=last,
            is_new: false,
        });
    }
    for comment in &mut comments {
        comment.is_new = comment.lines.clone().any(|line| file.is_added(line));
    }
    comments
}
