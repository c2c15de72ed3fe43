//! Patterns that text must or must not contain.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::formats::pattern::Pattern;
use crate::model::{Change, Facts, File, FileMode, Finding, Missing, Need, Place, RepoPath, Span, Stop};

pub(super) struct TextCheck;

/// Settings of `text`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// Patterns that must not be found.
    #[serde(default)]
    forbidden: Vec<Forbidden>,
    /// Patterns that every file must contain.
    #[serde(default)]
    required: Vec<Required>,
    /// What is searched for forbidden patterns.
    #[serde(default)]
    scope: Scope,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Forbidden {
    /// What must not be found; matched line by line.
    pattern: Pattern,
    /// Text on the same line that makes a match acceptable.
    #[serde(default)]
    unless: Option<Pattern>,
    /// Files in which it is forbidden; all of them when absent.
    #[serde(default)]
    paths: Option<Globs>,
    /// What is wrong when it is found.
    #[serde(default)]
    message: Option<String>,
    /// What to do instead.
    #[serde(default)]
    help: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Required {
    /// What each file must contain; matched over the whole file, so `(?m)^` means a line's start.
    pattern: Pattern,
    /// Files that must contain it; every changed text file when absent.
    #[serde(default)]
    paths: Option<Globs>,
    /// What is wrong when it is absent.
    #[serde(default)]
    message: Option<String>,
    /// What to do.
    #[serde(default)]
    help: Option<String>,
}

/// What is searched.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    /// The lines that the change adds.
    #[default]
    AddedLines,
    /// The whole of each file that the change adds or modifies.
    ChangedFiles,
    /// Every file of the head.
    Tree,
}

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

    fn needs(_: &Params) -> Vec<Need> {
        Vec::new()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        match params.scope {
            Scope::AddedLines => added_lines(params, facts, &mut judged),
            Scope::ChangedFiles => {
                let files = facts.change.files.iter().filter_map(|change| change.new.as_ref());
                whole_files(params, facts, files, &mut judged);
            }
            Scope::Tree => {
                let files = facts.head.files(&RepoPath::root())?;
                whole_files(params, facts, files.iter(), &mut judged);
            }
        }
        required(params, facts, &mut judged);
        Ok(judged)
    }
}

fn added_lines(params: &Params, facts: &Facts, judged: &mut Judged) {
    for change in &facts.change.files {
        if params.except.is_match(change.path()) {
            continue;
        }
        let mut found = Vec::new();
        let searched = facts.each_added_line(change, |blob, line| {
            for rule in rules_for(params, change.path()) {
                let Some(span) = rule.find(line.text) else { continue };
                if !blob.is_binary() {
                    let span = Span::new(line.start + span.start, line.start + span.end);
                    found.push(rule.finding(blob.label(change.path(), span, "")));
                }
            }
        });
        if judged.keep(searched).is_some() {
            judged.findings.append(&mut found);
        }
    }
}

fn whole_files<'a>(params: &Params, facts: &Facts, files: impl Iterator<Item = &'a File>, judged: &mut Judged) {
    for file in files {
        let mut rules = rules_for(params, &file.path).peekable();
        if file.mode == FileMode::Gitlink || params.except.is_match(&file.path) || rules.peek().is_none() {
            continue;
        }
        let Some(blob) = judged.keep(facts.head_blob(file)) else { continue };
        if blob.is_binary() {
            continue;
        }
        for rule in rules {
            let hits = blob.text().lines().filter_map(|line| rule.find(line.text).map(|span| (line.start, span)));
            let spans = hits.map(|(start, span)| Span::new(start + span.start, start + span.end));
            judged.findings.extend(spans.map(|span| rule.finding(blob.label(&file.path, span, ""))));
        }
    }
}

fn rules_for<'a>(params: &'a Params, path: &'a RepoPath) -> impl Iterator<Item = &'a Forbidden> {
    params.forbidden.iter().filter(|rule| rule.paths.as_ref().is_none_or(|globs| globs.is_match(path)))
}

impl Forbidden {
    fn find(&self, line: &str) -> Option<Span> {
        let hit = self.pattern.regex().find(line)?;
        let excused = self.unless.as_ref().is_some_and(|unless| unless.is_match(line));
        (!excused).then(|| Span::new(hit.start(), hit.end()))
    }

    fn finding(&self, label: crate::model::Label) -> Finding {
        let message = self.message.clone().unwrap_or_else(|| format!("`{}` is forbidden here", self.pattern.as_str()));
        let finding = Finding::new(label, message).hazard("forbidden");
        match &self.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}

fn required(params: &Params, facts: &Facts, judged: &mut Judged) {
    for rule in &params.required {
        for change in &facts.change.files {
            let applies = rule.paths.as_ref().is_none_or(|globs| globs.is_match(change.path()));
            if !applies || params.except.is_match(change.path()) {
                continue;
            }
            let present = contains(rule, facts, change);
            if judged.keep(present) == Some(false) {
                judged.findings.push(rule.finding(change));
            }
        }
    }
}

/// Whether the head's file contains the pattern; files without text count as if they did.
fn contains(rule: &Required, facts: &Facts, change: &Change) -> Result<bool, Missing> {
    let blob = facts.new_blob(change)?;
    Ok(blob.is_none_or(|blob| blob.is_binary() || rule.pattern.is_match(blob.text().as_str())))
}

impl Required {
    fn finding(&self, change: &Change) -> Finding {
        let message =
            self.message.clone().unwrap_or_else(|| format!("`{}` is required here and absent", self.pattern.as_str()));
        let finding = Finding::at(Place::file(change.path()), message).hazard("required").key(self.pattern.as_str());
        match &self.help {
            Some(help) => finding.help(help),
            None => finding,
        }
    }
}
