//! Names that every system can hold, and that stay two names on every system.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Params, Scope, items, quoted, related};
use crate::checks::Judged;
use crate::checks::scope::unseen;
use crate::formats::unicode::{case_key, composed, notation};
use crate::model::{Child, Facts, Finding, Missing, Place, RepoPath};

/// What names every system can hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Names {
    /// The longest path in characters.
    max_length: Option<u32>,
    /// Whether Windows must be able to hold the names.
    windows: bool,
    /// Whether two names in one folder must differ in more than case and normal form.
    collisions: bool,
}

impl Default for Names {
    fn default() -> Self {
        Self { max_length: None, windows: true, collisions: true }
    }
}

pub(super) fn judge(params: &Params, facts: &Facts, judged: &mut Judged) {
    let Names { max_length, windows, collisions } = params.names;
    if max_length.is_none() && !windows && !collisions {
        return;
    }
    let Some(items) = judged.keep(items(params, facts)) else { return };
    let mut folders = Folders::default();
    let mut seen = HashSet::new();
    for item in items.iter().filter(|item| item.is_new) {
        let path = &item.file.path;
        judged.findings.extend(too_long(&params.names, path));
        for level in unseen(path, |level| seen.contains(level)) {
            seen.insert(level.clone());
            let found = judge_level(params, facts, &mut folders, (path, &level));
            let found = judged.keep(found).unwrap_or_default();
            judged.findings.extend(found);
        }
    }
}

fn too_long(names: &Names, path: &RepoPath) -> Option<Finding> {
    let limit = names.max_length?;
    let length = path.as_str().chars().count();
    if length <= usize::try_from(limit).unwrap_or(usize::MAX) {
        return None;
    }
    let message = format!("this path has {length} characters, {limit} are allowed");
    let help = format!("rename it: `git mv {} SHORTER`", quoted(path));
    Some(Finding::at(Place::file(path), message).hazard("path-length").help(help).key("length"))
}

fn judge_level(
    params: &Params,
    facts: &Facts,
    folders: &mut Folders,
    (path, level): (&RepoPath, &RepoPath),
) -> Result<Vec<Finding>, Missing> {
    // A folder that the base has is nobody's doing in this change.
    let is_old = || Ok::<bool, Missing>(!facts.base.children(level)?.is_empty() || facts.base.file(level)?.is_some());
    if params.scope == Scope::Change && is_old()? {
        return Ok(Vec::new());
    }
    let mut findings = Vec::new();
    let rename = || format!("rename it: `git mv {} NEW`", quoted(level));
    if let Some(why) = windows_objection(level.name()).filter(|_| params.names.windows) {
        let message = format!("Windows cannot hold `{}`: {why}", level.name());
        findings.push(
            Finding::at(Place::file(path), message)
                .hazard("windows-name")
                .because("a clone on Windows fails or loses the file")
                .help(rename())
                .key(level.as_str()),
        );
    }
    if params.names.collisions {
        for other in folders.twins(facts, level)? {
            findings.push(collision(path, level, &other).help(rename()));
        }
    }
    Ok(findings)
}

fn collision(path: &RepoPath, level: &RepoPath, other: &RepoPath) -> Finding {
    let (name, twin) = (level.name(), other.name());
    let (hazard, message) = if composed(name) == composed(twin) {
        let message = format!("`{name}` is there twice, once composed and once decomposed: {}", difference(name, twin));
        ("unicode-collision", message)
    } else {
        ("case-collision", format!("`{name}` and `{twin}` differ in nothing but case"))
    };
    Finding::at(Place::file(path), message)
        .hazard(hazard)
        .because("macOS and Windows hold only one of them, and the other is lost on checkout")
        .related(related(other, "the same name on such a system"))
        .key(format!("{level}\0{other}"))
}

fn difference(name: &str, other: &str) -> String {
    let different = name.chars().zip(other.chars()).find(|(a, b)| a != b);
    different.map_or_else(String::new, |(a, b)| format!("{} for {}", notation(a), notation(b)))
}

/// The names of folders by the key under which they collide; each folder is listed once.
#[derive(Default)]
struct Folders {
    names: BTreeMap<RepoPath, BTreeMap<String, Vec<RepoPath>>>,
    told: BTreeSet<[RepoPath; 2]>,
}

impl Folders {
    /// Names beside this one that fall together with it; each pair is told once.
    fn twins(&mut self, facts: &Facts, level: &RepoPath) -> Result<Vec<RepoPath>, Missing> {
        let Some(folder) = level.parent() else { return Ok(Vec::new()) };
        if !self.names.contains_key(&folder) {
            self.names.insert(folder.clone(), by_key(&facts.head.children(&folder)?));
        }
        let alike = self.names.get(&folder).and_then(|names| names.get(&case_key(level.name())));
        let mut twins = Vec::new();
        for other in alike.into_iter().flatten().filter(|other| *other != level) {
            let mut pair = [level.clone(), other.clone()];
            pair.sort();
            if self.told.insert(pair) {
                twins.push(other.clone());
            }
        }
        Ok(twins)
    }
}

fn by_key(children: &[Child]) -> BTreeMap<String, Vec<RepoPath>> {
    let mut names: BTreeMap<String, Vec<RepoPath>> = BTreeMap::new();
    for child in children {
        names.entry(case_key(child.path.name())).or_default().push(child.path.clone());
    }
    names
}

/// Why Windows cannot hold a name, by "Naming Files, Paths, and Namespaces" of its documentation.
fn windows_objection(name: &str) -> Option<String> {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    if let Some(symbol) = name.chars().find(|it| matches!(it, '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\\')) {
        return Some(format!("`{symbol}` is reserved there"));
    }
    if let Some(symbol) = name.chars().find(|it| u32::from(*it) < 0x20) {
        return Some(format!("{} is reserved there", notation(symbol)));
    }
    if name.ends_with(['.', ' ']) {
        return Some("a dot or space at the end is dropped there".to_owned());
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end().to_uppercase();
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT"));
    let is_port = port.is_some_and(|rest| {
        let mut digits = rest.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    (is_port || DEVICES.contains(&stem.as_str())).then(|| format!("`{stem}` is a device there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_names_are_told_from_their_neighbours() {
        for name in ["con", "NUL.txt", "com1.tar.gz", "LPT9", "aux .c", "a.", "a ", "a:b", "a\\b", "a\tb", "COM²"] {
            assert!(windows_objection(name).is_some(), "{name}");
        }
        for name in ["console", "com10", "com", "lpt", "null", ".con", "a.con", "a b", ".a", "…"] {
            assert!(windows_objection(name).is_none(), "{name}");
        }
    }
}
