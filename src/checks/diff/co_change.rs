//! Files that change together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Touch, listed, touches};
use crate::checks::Judged;
use crate::formats::captures::{Captured, PathPattern};
use crate::formats::globs::Globs;
use crate::formats::suggest::nearest;
use crate::model::{Change, Facts, Finding, Missing, Place, RepoPath};

/// When these files change, those do too.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Settings")]
pub(super) struct CoChange(Settings);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// Files whose change asks for others. `{name}` captures a part of a component, `{name/**}/` whole folders.
    when: Vec<PathPattern>,
    /// What must happen to them to ask; anything when absent. A rename deletes one path and adds another.
    #[serde(default = "any_touch")]
    kinds: Vec<Touch>,
    /// Files that ask for nothing although `when` names them.
    #[serde(default)]
    except: Globs,
    /// A change that touches one of these is free of the rule.
    #[serde(default)]
    unless: Globs,
    /// Files that are asked for; captures of `when` stand for what they captured.
    then: Vec<PathPattern>,
    /// Whether each pattern of `then` is asked for, or one of them.
    #[serde(default)]
    need: Quantity,
    /// Whether the files must change too, or be there.
    #[serde(default)]
    must: Must,
    /// What is wrong when they do not.
    #[serde(default)]
    message: Option<String>,
    /// What to do.
    #[serde(default)]
    help: Option<String>,
}

fn any_touch() -> Vec<Touch> {
    vec![Touch::Added, Touch::Modified, Touch::Deleted]
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Quantity {
    /// Each pattern.
    #[default]
    All,
    /// One of the patterns.
    Any,
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Must {
    /// Be part of the change.
    #[default]
    Change,
    /// Be there at the head, changed or not.
    Exist,
}

impl TryFrom<Settings> for CoChange {
    type Error = String;

    fn try_from(settings: Settings) -> Result<Self, String> {
        if settings.when.is_empty() || settings.then.is_empty() {
            return Err("`when` and `then` each name at least one pattern".to_owned());
        }
        for name in settings.then.iter().flat_map(PathPattern::names) {
            if let Some(lacking) = settings.when.iter().find(|pattern| pattern.names().all(|it| it != name)) {
                let known = lacking.names();
                let hint = nearest(name, known).map_or_else(String::new, |it| format!("; did you mean `{{{it}}}`?"));
                return Err(format!("`then` uses `{{{name}}}`, which `{}` does not capture{hint}", lacking.as_str()));
            }
        }
        Ok(Self(settings))
    }
}

/// A path that asks, and what it captured.
struct Trigger<'a> {
    touch: Touch,
    path: &'a RepoPath,
    captured: Captured,
}

impl CoChange {
    pub(super) fn judge(&self, facts: &Facts, judged: &mut Judged) {
        let rule = &self.0;
        let touched: Vec<&RepoPath> = facts.change.files.iter().flat_map(Change::paths).collect();
        if touched.iter().any(|path| rule.unless.is_match(path)) {
            return;
        }
        // Paths that ask for the same files are one finding.
        let mut asked: BTreeMap<Vec<String>, Vec<Trigger<'_>>> = BTreeMap::new();
        for trigger in self.triggers(facts) {
            let wanted = rule.then.iter().map(|pattern| pattern.filled(&trigger.captured)).collect();
            asked.entry(wanted).or_default().push(trigger);
        }
        for (wanted, triggers) in asked {
            let Some(first) = triggers.first() else { continue };
            let absent: Result<Vec<&String>, Missing> = rule
                .then
                .iter()
                .zip(&wanted)
                .filter_map(|(pattern, glob)| match is_there(rule.must, facts, &touched, (pattern, glob, first)) {
                    Ok(true) => None,
                    Ok(false) => Some(Ok(glob)),
                    Err(missing) => Some(Err(missing)),
                })
                .collect();
            let Some(absent) = judged.keep(absent) else { continue };
            let is_met = match rule.need {
                Quantity::All => absent.is_empty(),
                Quantity::Any => absent.len() < wanted.len(),
            };
            if !is_met {
                judged.findings.push(self.finding(first, triggers.len(), &absent));
            }
        }
    }

    fn triggers<'a>(&self, facts: &'a Facts) -> Vec<Trigger<'a>> {
        let all = facts.change.files.iter().flat_map(touches);
        let asking = all.filter(|(touch, path)| self.0.kinds.contains(touch) && !self.0.except.is_match(path));
        asking
            .filter_map(|(touch, path)| {
                let captured = self.0.when.iter().find_map(|pattern| pattern.captured(path))?;
                Some(Trigger { touch, path, captured })
            })
            .collect()
    }

    fn finding(&self, first: &Trigger<'_>, count: usize, absent: &[&String]) -> Finding {
        let rule = &self.0;
        let conjunction = match rule.need {
            Quantity::All => "and",
            Quantity::Any => "or",
        };
        let files = listed(absent, conjunction);
        let happened = match first.touch {
            Touch::Added => "is added",
            Touch::Modified => "changes",
            Touch::Deleted => "is deleted",
        };
        let others = match count {
            1 => String::new(),
            2 => " (and 1 other file)".to_owned(),
            more => format!(" (and {} other files)", more - 1),
        };
        let (verb, verbs, help) = match rule.must {
            Must::Change => ("changes", "change", format!("change {files} as well")),
            Must::Exist => ("exists", "exist", format!("add {files}")),
        };
        let lacks = match (rule.need, absent.len()) {
            (Quantity::All | Quantity::Any, 1) => format!("{files} does not {verbs}"),
            (Quantity::All, _) => format!("{files} do not {verbs}"),
            (Quantity::Any, _) => format!("none of {files} {verb}"),
        };
        let what = format!("`{}` {happened}{others}, but {lacks}", first.path);
        let message = rule.message.as_ref().map_or_else(|| what.clone(), |message| format!("{message}: {what}"));
        let wanted: Vec<&str> = absent.iter().map(|it| it.as_str()).collect();
        Finding::at(Place::file(first.path), message)
            .hazard("co-change")
            .help(rule.help.clone().unwrap_or(help))
            .key(wanted.join("\0"))
    }
}

fn is_there(
    must: Must,
    facts: &Facts,
    touched: &[&RepoPath],
    (pattern, glob, trigger): (&PathPattern, &str, &Trigger<'_>),
) -> Result<bool, Missing> {
    let globs = Globs::new([glob]).unwrap_or_default();
    match must {
        Must::Change => Ok(touched.iter().any(|path| globs.is_match(path))),
        Must::Exist => match pattern.path(&trigger.captured) {
            Some(path) => Ok(facts.head.file(&path)?.is_some()),
            None => Ok(facts.head.files(&folder_of(glob))?.iter().any(|file| globs.is_match(&file.path))),
        },
    }
}

/// The folder below which everything lies that the glob can match.
fn folder_of(glob: &str) -> RepoPath {
    let plain = glob.split(['*', '?', '[', '{', '\\']).next().unwrap_or_default();
    plain.rsplit_once('/').map_or_else(RepoPath::root, |(folder, _)| RepoPath::new(folder))
}
