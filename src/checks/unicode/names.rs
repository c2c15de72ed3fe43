//! The names of files and folders: nothing hidden, no mixed words, no two that look alike.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::grammar::Grammar;
use super::line::{Lens, Offence};
use super::words::{imitator, lookalike, words};
use super::{Kind, Params};
use crate::checks::Judged;
use crate::checks::scope::{Scope, unseen};
use crate::formats::unicode;
use crate::model::{ChangeKind, Child, Facts, Finding, Missing, Place, RepoPath, is_plain};

pub(super) fn judge(params: &Params, facts: &Facts, judged: &mut Judged) {
    let Some(paths) = judged.keep(named_paths(params, facts)) else { return };
    let mut seen = HashSet::new();
    let mut folders = Folders::default();
    for path in paths.iter().filter(|path| !params.except.is_match(path)) {
        for name in unseen(path, |level| seen.contains(level)) {
            let found = judge_name(params, facts, path, &name);
            let found = judged.keep(found).unwrap_or_default();
            judged.findings.extend(found);
            if params.wants(Kind::ConfusableName) && judged.keep(is_judged(params, facts, &name)) == Some(true) {
                let twins = judged.keep(folders.twins(facts, &name)).unwrap_or_default();
                judged.findings.extend(twins.iter().map(|other| confusable(path, &name, other)));
            }
            seen.insert(name);
        }
    }
}

/// The paths whose names are judged: new ones, or all of them when the rule asks about the tree.
fn named_paths(params: &Params, facts: &Facts) -> Result<Vec<RepoPath>, Missing> {
    if params.scope == Scope::Tree {
        return Ok(facts.head.files(&RepoPath::root())?.into_iter().map(|file| file.path).collect());
    }
    let is_new = |kind: ChangeKind| match kind {
        ChangeKind::Added | ChangeKind::Renamed(_) | ChangeKind::Copied(_) => true,
        ChangeKind::Modified | ChangeKind::Deleted => false,
    };
    Ok(facts.change.files.iter().filter(|it| is_new(it.kind)).map(|it| it.path().clone()).collect())
}

fn judge_name(params: &Params, facts: &Facts, path: &RepoPath, level: &RepoPath) -> Result<Vec<Finding>, Missing> {
    let name = level.name();
    let mut findings = Vec::new();
    if !is_plain(name.as_bytes()) && is_judged(params, facts, level)? {
        // Direction controls and look-alikes have no place in a name, so a name is never prose.
        let lens = Lens { prose: false, grammar: Grammar::Other, allow: &params.allow };
        let mut offences = lens.offences(name);
        offences.retain(|it| it.kind != Kind::Lookalike);
        offences.extend(words(name).filter_map(|(start, word)| lookalike(start, word)));
        let imitators: Vec<Offence> = words(name)
            .filter(|it| it.1.chars().nth(1).is_some())
            .filter_map(|(start, word)| imitator(start, word))
            .collect();
        if !imitators.is_empty() && !params.prose.is_match(path) && !has_letters_of_its_own(facts, level)? {
            offences.extend(imitators);
        }
        for offence in offences.into_iter().filter(|it| params.wants(it.kind)) {
            let message = format!("in the name of this file: {}", offence.message);
            let finding = Finding::at(Place::file(path), message).hazard(offence.kind.id());
            findings.push(finding.key(offence.caret).help(format!("rename it: `git mv {} NEW`", quoted(level))));
        }
    }
    Ok(findings)
}

/// Whether the path, or a name beside it, shows that it is written in another script: a word of look-alikes is at home
/// there.
fn has_letters_of_its_own(facts: &Facts, level: &RepoPath) -> Result<bool, Missing> {
    let shows = |text: &str| text.chars().any(unicode::shows_its_script);
    let Some(folder) = level.parent().filter(|_| !shows(level.as_str())) else { return Ok(true) };
    Ok(facts.head.children(&folder)?.iter().any(|child| shows(child.path.name())))
}

/// Whether the base has neither a file nor a folder of this name, or the rule asks about the whole tree.
fn is_judged(params: &Params, facts: &Facts, level: &RepoPath) -> Result<bool, Missing> {
    Ok(params.scope == Scope::Tree || facts.base.file(level)?.is_none() && facts.base.children(level)?.is_empty())
}

/// Folders with the names in them by what the eye reads; each is listed once.
#[derive(Default)]
struct Folders {
    names: BTreeMap<RepoPath, BTreeMap<String, Vec<String>>>,
    told: BTreeSet<(RepoPath, [String; 2])>,
}

impl Folders {
    /// Names beside this one that the eye cannot tell from it. Two spellings of the same characters
    /// are the business of the check `files`.
    fn twins(&mut self, facts: &Facts, level: &RepoPath) -> Result<Vec<String>, Missing> {
        let Some(folder) = level.parent() else { return Ok(Vec::new()) };
        if !self.names.contains_key(&folder) {
            self.names.insert(folder.clone(), by_skeleton(&facts.head.children(&folder)?));
        }
        let name = level.name();
        let names = self.names.get(&folder).filter(|names| !names.is_empty());
        let alike = names.and_then(|names| names.get(&unicode::skeleton(name)));
        let mut twins = Vec::new();
        for other in alike.into_iter().flatten().filter(|other| unicode::composed(other) != unicode::composed(name)) {
            let mut pair = [name.to_owned(), other.clone()];
            pair.sort();
            if self.told.insert((folder.clone(), pair)) {
                twins.push(other.clone());
            }
        }
        Ok(twins)
    }
}

/// Empty for a folder of ASCII names: none of them is a look-alike.
fn by_skeleton(children: &[Child]) -> BTreeMap<String, Vec<String>> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if children.iter().all(|child| child.path.name().is_ascii()) {
        return names;
    }
    for child in children {
        let name = child.path.name();
        names.entry(unicode::skeleton(name)).or_default().push(name.to_owned());
    }
    names
}

fn confusable(path: &RepoPath, level: &RepoPath, other: &str) -> Finding {
    let name = level.name();
    let message = format!("`{name}` looks like `{other}` beside it: {}", difference(name, other));
    Finding::at(Place::file(path), message)
        .hazard(Kind::ConfusableName.id())
        .because("a person who opens one of them takes it for the other")
        .help(format!("rename it: `git mv {} NEW`", quoted(level)))
        .key(format!("{name}\0{other}"))
}

fn difference(name: &str, other: &str) -> String {
    let different = name.chars().zip(other.chars()).find(|(a, b)| a != b);
    different.map_or_else(String::new, |(a, b)| format!("{} for {}", unicode::notation(a), unicode::notation(b)))
}

fn quoted(path: &RepoPath) -> String {
    let text = path.to_string();
    if text.chars().any(|it| unicode::hidden(it).is_some()) {
        return "OLD".to_owned();
    }
    // `-x` would be an option to the command that it is pasted into.
    let folder = if text.starts_with('-') { "./" } else { "" };
    format!("'{folder}{}'", text.replace('\'', r"'\''"))
}
