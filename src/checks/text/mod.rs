//! Patterns that text must or must not contain.
//!
//! Matching is line by line for what is forbidden, over the whole file for what is required. Syntax
//! of any language is not known here.

mod search;

use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;

use self::search::{Budget, Exhausted, Finder, Then};
use super::scope::{Binary, Passage, Scope, Wanted, spread};
use super::unlisted::{Summary, Unlisted};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::formats::pattern::Pattern;
use crate::formats::size::ByteSize;
use crate::model::{Facts, File, FileMode, Finding, Line, Missing, Need, Place, RepoPath, Span, Stop};

pub(super) struct TextCheck;

/// Settings of `text`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// Patterns that must not be found.
    #[serde(default)]
    forbidden: Vec<Forbidden>,
    /// Patterns that every changed file must contain; with `scope: tree`, every file.
    #[serde(default)]
    required: Vec<Required>,
    /// What is searched for forbidden patterns.
    #[serde(default)]
    scope: Scope,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
    /// How many bytes all patterns together may read of one file before it counts as unknown.
    #[serde(default = "default_budget")]
    budget: ByteSize,
}

fn default_budget() -> ByteSize {
    ByteSize(256 << 20)
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Forbidden {
    /// What must not be found; matched line by line.
    pattern: Pattern,
    /// Text on the same line that makes a match acceptable; on a line longer than 8 KiB, text within 4 KiB of the match.
    #[serde(default)]
    unless: Option<Pattern>,
    /// Files in which it is forbidden; all of them when absent.
    #[serde(default)]
    paths: Option<Globs>,
    /// How many matches a file may hold: the first ones pass, each further one is a finding.
    #[serde(default)]
    allowed: u32,
    /// What is wrong when it is found. `{0}` is the matched text, `{1}` or `{name}` a group of the pattern.
    #[serde(default)]
    message: Option<String>,
    /// What to do instead; groups work as in `message`.
    #[serde(default)]
    help: Option<String>,
    /// The pattern for many lines at once, compiled on the first file that it is asked about.
    #[serde(skip)]
    #[schemars(skip)]
    many: OnceLock<Option<Regex>>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Required {
    /// What each file must contain; matched over the whole file, so `(?m)^` means a line's start and `\n` a line end.
    pattern: Pattern,
    /// Files that must contain it; every changed text file when absent.
    #[serde(default)]
    paths: Option<Globs>,
    /// Text in the file that frees it from the requirement.
    #[serde(default)]
    unless: Option<Pattern>,
    /// How many matches the file must hold at least: 1 when absent.
    #[serde(default = "one")]
    at_least: u32,
    /// What is wrong when it is absent.
    #[serde(default)]
    message: Option<String>,
    /// What to do.
    #[serde(default)]
    help: Option<String>,
}

fn one() -> u32 {
    1
}

/// Findings of one pattern in one file; the lines after them are summed up in one.
const LISTED: u32 = 100;
/// Bytes on either side of a match within which `unless` is looked for on a long line.
const NEAR: usize = 4 << 10;
/// Characters of a group that a message quotes.
const QUOTED: usize = 80;

impl Check for TextCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "text",
        summary: "text contains what it must and nothing that it must not",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "forbidden", title: "a forbidden pattern is found" },
            Hazard { id: "required", title: "a required pattern is absent" },
        ],
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        params.scope.needs()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        if params.forbidden.is_empty() && params.required.is_empty() {
            return Err(Stop::NotApplicable("neither `forbidden` nor `required` names a pattern".to_owned()));
        }
        let mut judged = Judged::default();
        forbidden(params, facts, &mut judged);
        required(params, facts, &mut judged);
        Ok(judged)
    }
}

fn forbidden(params: &Params, facts: &Facts, judged: &mut Judged) {
    let path = |path: &RepoPath| !params.except.is_match(path) && params.forbidden.iter().any(|it| it.is_about(path));
    let wanted = Wanted { path: &path, outline: |_| true, binary: Binary::Skipped };
    // A line that several versions of a file share is one offence. The head shows all of its own.
    let mut seen: BTreeSet<Offence> = BTreeSet::new();
    let remembers = params.scope == Scope::EveryBlob;
    let found = params.scope.search(facts, judged, &wanted, |facts, passage| {
        let (mut judged, mut lines) = (Judged::default(), Vec::new());
        search_passage(params, (facts, passage), &mut judged, &mut |index, line| {
            if remembers {
                lines.push(offence(index, passage.path, line));
            }
            true
        });
        (judged, lines)
    });
    for (of_file, lines) in found {
        judged.append(of_file);
        seen.extend(lines);
    }
    params.scope.each_transient(facts, judged, &wanted, &mut |judged, passage| {
        let is_new = &mut |index, line: &str| seen.insert(offence(index, passage.path, line));
        search_passage(params, (facts, passage), judged, is_new);
    });
}

/// The pattern's number, the file, and the line without the white space around it.
type Offence = (usize, RepoPath, String);

fn offence(index: usize, path: &RepoPath, line: &str) -> Offence {
    (index, path.clone(), line.trim().to_owned())
}

/// Searches for every pattern; a match counts when its line `is_new`.
fn search_passage(
    params: &Params,
    (facts, passage): (&Facts, &Passage<'_>),
    judged: &mut Judged,
    is_new: &mut dyn FnMut(usize, &str) -> bool,
) {
    let mut budget = Budget::new(params.budget.0);
    for (index, rule) in params.forbidden.iter().enumerate().filter(|(_, rule)| rule.is_about(passage.path)) {
        let mut is_new = |line: &str| is_new(index, line);
        if rule.search(passage, &mut budget, &mut is_new, &mut judged.findings).is_err() {
            judged.missing.push(exhausted(params, passage.path));
            break;
        }
    }
    // Many files that each keep to their budget still count towards the rule's.
    judged.keep(facts.spend(budget.spent()));
}

fn exhausted(params: &Params, path: &RepoPath) -> Missing {
    let what = format!(
        "the end of `{path}` was not searched: the patterns may read {} of one file and need more",
        params.budget
    );
    Missing::here(what, "leave the file out with `except`, make the patterns plainer, or raise `budget`")
}

impl Forbidden {
    fn is_about(&self, path: &RepoPath) -> bool {
        self.paths.as_ref().is_none_or(|globs| globs.is_match(path))
    }

    fn search(
        &self,
        passage: &Passage<'_>,
        budget: &mut Budget,
        is_new: &mut dyn FnMut(&str) -> bool,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Exhausted> {
        let many = self.many.get_or_init(|| search::many_lines(&self.pattern)).as_ref();
        let finder = Finder { pattern: &self.pattern, many };
        let mut count: u32 = 0;
        let mut unlisted = Unlisted::default();
        for range in &passage.lines {
            finder.search(passage.blob.text(), *range, budget, &mut |budget, line, span| {
                if self.is_excused(line, span, budget)? || !is_new(line.text) {
                    return Ok(Then::Continue);
                }
                count = count.saturating_add(1);
                if count <= self.allowed {
                    return Ok(Then::Continue);
                }
                if count - self.allowed > LISTED {
                    unlisted.add(line.text);
                    return Ok(Then::NextLine);
                }
                findings.push(self.finding(passage, line, span, count));
                Ok(Then::Continue)
            })?;
        }
        findings.extend(unlisted.summary().map(|it| self.and_more(passage, &it)));
        Ok(())
    }

    fn is_excused(&self, line: Line<'_>, span: Span, budget: &mut Budget) -> Result<bool, Exhausted> {
        let Some(unless) = &self.unless else { return Ok(false) };
        let mut around = line.text;
        if around.len() > 2 * NEAR {
            let start = search::border(around, span.start.saturating_sub(NEAR));
            let end = search::border(around, span.end.saturating_add(NEAR));
            around = around.get(start..end).unwrap_or(around);
        }
        budget.spend(around.len())?;
        Ok(unless.is_match(around))
    }

    fn finding(&self, passage: &Passage<'_>, line: Line<'_>, span: Span, count: u32) -> Finding {
        let label = passage.label(Span::new(line.start + span.start, line.start + span.end), "");
        let expand = |template: &String| expand(template, &self.pattern, line.text, span);
        let mut message = self.message.as_ref().map(expand).unwrap_or_else(|| self.default_message());
        if self.allowed > 0 {
            message = format!("{message} (match {count}, {} allowed in a file)", self.allowed);
        }
        let finding = Finding::new(label, message).hazard("forbidden");
        let help = self.help.as_ref().map(expand);
        match (&passage.commit, help) {
            (None, None) => {
                finding.help("take it out; what must stay is let through by `unless` or `paths` of the rule")
            }
            (None, Some(help)) => finding.help(help),
            (Some(commit), _) => finding
                .because(format!(
                    "commit {} brings it, and history keeps what a later commit takes away",
                    commit.short()
                ))
                .help("take it out of that commit with `git rebase --interactive`, or squash the commits"),
        }
    }

    /// The summary is itself only as long as its lines are: who accepts it accepts these and no later ones.
    fn and_more(&self, passage: &Passage<'_>, unlisted: &Summary) -> Finding {
        let what = self.message.clone().unwrap_or_else(|| self.default_message());
        let message = format!(
            "{LISTED} matches are listed, {} not: {what}",
            unlisted.further(["line with matches", "lines with matches"])
        );
        let key = format!("{}\0{}", self.pattern.as_str(), unlisted.digest);
        Finding::at(Place::file(passage.path), message).hazard("forbidden").key(key)
    }

    fn default_message(&self) -> String {
        format!("`{}` is forbidden here", self.pattern.as_str())
    }
}

/// The template with `{0}`, `{1}` and `{name}` replaced by what the groups of the match hold. Other braces stay.
fn expand(template: &str, pattern: &Pattern, line: &str, span: Span) -> String {
    if !template.contains('{') {
        return template.to_owned();
    }
    let end = search::border(line, span.end.saturating_add(NEAR));
    let Some(groups) = pattern.regex().captures_at(line.get(..end).unwrap_or(line), span.start) else {
        return template.to_owned();
    };
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let group = after.split_once('}').and_then(|(name, behind)| {
            let number = name.parse().ok().and_then(|number| groups.get(number));
            let known = pattern.regex().capture_names().flatten().any(|it| it == name)
                || name.parse::<usize>().is_ok_and(|number| number < groups.len());
            known.then(|| (number.or_else(|| groups.name(name)).map_or("", |it| it.as_str()), behind))
        });
        match group {
            Some((value, behind)) => {
                text.extend(value.chars().take(QUOTED));
                if value.chars().nth(QUOTED).is_some() {
                    text.push('…');
                }
                rest = behind;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

fn required(params: &Params, facts: &Facts, judged: &mut Judged) {
    if params.required.is_empty() {
        return;
    }
    let all = if params.scope == Scope::Tree {
        let Some(files) = judged.keep(facts.head.files(&RepoPath::root())) else { return };
        files
    } else {
        facts.change.files.iter().filter_map(|change| change.new.clone()).collect()
    };
    let files: Vec<&File> = all.iter().filter(|file| !params.except.is_match(&file.path)).collect();
    for of_file in spread(facts, &files, |facts, file| required_in(params, facts, file)) {
        judged.append(of_file);
    }
}

fn required_in(params: &Params, facts: &Facts, file: &File) -> Judged {
    let mut judged = Judged::default();
    let rules = params.required.iter().filter(|it| it.paths.as_ref().is_none_or(|globs| globs.is_match(&file.path)));
    let mut budget = Budget::new(params.budget.0);
    for rule in rules {
        let present = rule.is_met(facts, file, &mut budget);
        let present = present.map(|it| it.map_err(|Exhausted| exhausted(params, &file.path)));
        if judged.keep(present.and_then(|it| it)) == Some(false) {
            judged.findings.push(rule.finding(file));
        }
    }
    judged.keep(facts.spend(budget.spent()));
    judged
}

impl Required {
    /// Whether the file contains the pattern; links, submodules and files without text count as if they did.
    fn is_met(&self, facts: &Facts, file: &File, budget: &mut Budget) -> Result<Result<bool, Exhausted>, Missing> {
        match file.mode {
            FileMode::Regular | FileMode::Executable => {}
            FileMode::Symlink | FileMode::Gitlink => return Ok(Ok(true)),
        }
        let blob = facts.head_blob(file)?;
        Ok(if blob.is_binary() { Ok(true) } else { self.is_in(blob.text().as_str(), budget) })
    }

    fn is_in(&self, text: &str, budget: &mut Budget) -> Result<bool, Exhausted> {
        if let Some(unless) = &self.unless {
            budget.spend(text.len())?;
            if unless.is_match(text) {
                return Ok(true);
            }
        }
        let mut at = 0;
        for _ in 0..self.at_least {
            budget.spend(text.len().saturating_sub(at))?;
            let Some(hit) = pattern_at(&self.pattern, text, at) else { return Ok(false) };
            at = if hit.is_empty() { search::after(text, hit.end()) } else { hit.end() };
        }
        Ok(true)
    }

    fn finding(&self, file: &File) -> Finding {
        let message = self.message.clone().unwrap_or_else(|| match self.at_least {
            0 | 1 => format!("`{}` is required here and absent", self.pattern.as_str()),
            count => format!("`{}` is required here {count} times", self.pattern.as_str()),
        });
        let finding = Finding::at(Place::file(&file.path), message).hazard("required").key(self.pattern.as_str());
        match &self.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}

fn pattern_at<'t>(pattern: &Pattern, text: &'t str, at: usize) -> Option<regex::Match<'t>> {
    if at <= text.len() { pattern.regex().find_at(text, at) } else { None }
}
