//! What another tool accepted, as entries of a baseline: by value where the value is known, by place where it is not.
//!
//! Nothing is accepted that is not reported: what matches no finding is told, and needs no entry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::names;
use crate::checks::Sighting;
use crate::cli::error::CliError;
use crate::engine;
use crate::formats::gitleaks::report::Secret;
use crate::git::Repository;
use crate::git::object_tree::ObjectTree;
use crate::git::objects::{HashKind, checksum};
use crate::model::{BaselineEntry, FileMode, Level, Missing, ObjectId, RepoPath, Span, Text, Timestamp, Tree};
use crate::policy::{Policy, Rule};

/// A finding that was accepted.
pub(super) struct Accepted {
    /// The number of the file that says so, and where.
    pub(super) place: (usize, Span),
    /// The id of the rule of gitleaks, when it is one.
    pub(super) rule: Option<String>,
    pub(super) commit: Option<String>,
    pub(super) path: RepoPath,
    /// The first and the last line.
    pub(super) lines: Option<(u32, u32)>,
    pub(super) value: Value,
}

/// What is known of its value.
pub(super) enum Value {
    /// Nothing.
    Unknown,
    /// All of it.
    Text(Secret),
    /// Its SHA-1, in small hexadecimal digits.
    Sha1(String),
    /// The SHA-1 of the line that begins a private key, which many keys share.
    Sha1OfHeader(String),
}

impl Value {
    /// The SHA-1 of what is known.
    fn sha1(&self) -> Option<String> {
        match self {
            Self::Unknown => None,
            Self::Text(secret) => Some(sha1(secret.bytes())),
            Self::Sha1(sha1) | Self::Sha1OfHeader(sha1) => Some(sha1.clone()),
        }
    }

    /// Whether one of the two is a part of the other.
    fn is_about(&self, sighting: &Sighting) -> bool {
        let Self::Text(secret) = self else { return false };
        let has =
            |whole: &[u8], part: &[u8]| SHORTEST_PART <= part.len() && memchr::memmem::find(whole, part).is_some();
        sighting.is_spelt(|it| has(it, secret.bytes()) || has(secret.bytes(), it))
    }
}

fn sha1(value: &[u8]) -> String {
    checksum(HashKind::Sha1, value).to_string()
}

/// Values shorter than this are part of others by chance.
const SHORTEST_PART: usize = 8;

/// Finds the findings that are meant.
pub(super) struct Finder<'a> {
    repository: &'a Repository,
    tree: Arc<dyn Tree>,
    rules: Vec<&'a Rule>,
    now: Timestamp,
    /// Files that only list what was found.
    read: BTreeSet<RepoPath>,
    files: BTreeMap<(Option<ObjectId>, RepoPath), Option<Arc<Seen>>>,
    everything: Option<Everything>,
}

/// The findings of the work tree.
#[derive(Default)]
struct Everything {
    /// The entries that accept a value, by the SHA-1 of each of its spellings.
    entries: BTreeMap<String, Vec<BaselineEntry>>,
    /// A file for each value, by its key.
    paths: BTreeMap<String, RepoPath>,
}

/// The findings of a file.
struct Seen {
    path: RepoPath,
    found: Vec<Found>,
}

#[derive(Clone)]
struct Found {
    rule: String,
    lines: (u32, u32),
    sighting: Sighting,
    /// Of each spelling of the value.
    sha1s: Vec<String>,
}

impl<'a> Finder<'a> {
    /// A finder of what the secret rules of a policy report in a repository.
    pub(super) fn new(
        repository: &'a Repository,
        tree: Arc<dyn Tree>,
        policy: &'a Policy,
        now: Timestamp,
        read: BTreeSet<RepoPath>,
    ) -> Self {
        let rules = policy.rules.iter().filter(|it| it.check.meta.id == "secrets" && it.level != Level::Off);
        Self { repository, tree, rules: rules.collect(), now, read, files: BTreeMap::new(), everything: None }
    }

    /// Whether a rule looks for secrets at all.
    pub(super) fn has_rules(&self) -> bool {
        !self.rules.is_empty()
    }

    /// The entries that accept a finding, or why there are none.
    pub(super) fn entries(&mut self, accepted: &Accepted) -> Result<Result<Vec<BaselineEntry>, String>, CliError> {
        let here = match self.file(accepted) {
            Ok(seen) => seen,
            Err(why) if matches!(accepted.value, Value::Unknown) => return Ok(Err(why)),
            Err(_) => None,
        };
        let found = match &here {
            Some(seen) => of_file(seen, accepted),
            None if matches!(accepted.value, Value::Unknown) => Err(format!("`{}` is no file there", accepted.path)),
            None => Ok(Vec::new()),
        };
        let found = match found {
            Err(why) => return Ok(Err(why)),
            Ok(found) => found,
        };
        let path = here.map_or_else(RepoPath::root, |seen| seen.path.clone());
        if found.is_empty() && matches!(accepted.value, Value::Text(_) | Value::Sha1(_)) {
            return self.anywhere(accepted);
        }
        if found.is_empty() {
            return Ok(Err("gatecheck reports nothing there".to_owned()));
        }
        let is_old = accepted.commit.is_some();
        let mut entries = Vec::new();
        for it in found {
            let in_head = if is_old { self.in_head(&it)? } else { Some(path.clone()) };
            entries.push(entry(&it, in_head.as_ref().unwrap_or(&path), in_head.is_none()));
        }
        Ok(Ok(entries))
    }

    /// The findings of the file that is meant; nothing when there is none. An error says why it cannot be seen.
    fn file(&mut self, accepted: &Accepted) -> Result<Option<Arc<Seen>>, String> {
        let commit = accepted.commit.as_deref().map(|it| self.commit(it)).transpose()?;
        let path = self.relative(&accepted.path);
        let key = (commit, path.clone());
        if let Some(seen) = self.files.get(&key) {
            return Ok(seen.clone());
        }
        let tree: Arc<dyn Tree> = match commit {
            None => Arc::clone(&self.tree),
            Some(commit) => {
                let objects = self.repository.objects();
                let root =
                    objects.tree_of(&commit).map_err(|_| format!("commit {} is not in this clone", commit.short()))?;
                Arc::new(ObjectTree::new(Arc::clone(objects), Some(root)))
            }
        };
        let seen = self.seen(tree.as_ref(), &path).map_err(|missing| missing.to_string())?.map(Arc::new);
        self.files.insert(key, seen.clone());
        Ok(seen)
    }

    /// A path from the root of the work tree: a scan of a folder writes down what it was given.
    fn relative(&self, path: &RepoPath) -> RepoPath {
        let root =
            self.repository.work_tree().and_then(|it| it.to_str()).map(|it| RepoPath::new(&it.replace('\\', "/")));
        let below = root.and_then(|it| path.as_str().strip_prefix(it.as_str())?.strip_prefix('/').map(RepoPath::new));
        below.unwrap_or_else(|| path.clone())
    }

    fn commit(&self, name: &str) -> Result<ObjectId, String> {
        let objects = self.repository.objects();
        let absent = || format!("commit {} is not in this clone", name.get(..12).unwrap_or(name));
        if let Ok(id) = name.parse::<ObjectId>() {
            return if objects.contains(&id) { Ok(id) } else { Err(absent()) };
        }
        match objects.resolve_prefix(name).map_err(|_| absent())?.as_slice() {
            [only] => Ok(*only),
            [] => Err(absent()),
            [..] => Err(format!("several objects begin with `{name}`")),
        }
    }

    fn seen(&self, tree: &dyn Tree, path: &RepoPath) -> Result<Option<Seen>, Missing> {
        let is_file = |mode: FileMode| matches!(mode, FileMode::Regular | FileMode::Executable);
        let Some(file) = tree.file(path)?.filter(|it| is_file(it.mode)) else { return Ok(None) };
        let text = Text::decode(&tree.read(&file)?);
        let mut found = Vec::new();
        for rule in self.rules.iter().filter(|rule| path.is_within(&rule.folder)) {
            for sighting in rule.bound.sightings(path, &text, self.now) {
                let region = text.region(sighting.span);
                // A secret that ends with a line end ends on its line.
                let last = if region.end.column <= 1 { region.end.line.saturating_sub(1) } else { region.end.line };
                let lines = (region.start.line, last.max(region.start.line));
                let sha1s = sighting.digests(sha1);
                found.push(Found { rule: rule.id.clone(), lines, sighting, sha1s });
            }
        }
        Ok(Some(Seen { path: path.clone(), found }))
    }

    /// The findings of every file of the work tree.
    fn everything(&mut self) -> Result<&Everything, CliError> {
        if self.everything.is_none() {
            let undecided = |missing: Missing| CliError::undecided(missing.what).help(missing.how);
            let mut files = self.tree.files(&RepoPath::root()).map_err(undecided)?;
            files.retain(|it| !self.read.contains(&it.path));
            let (this, tree) = (&*self, self.tree.as_ref());
            let seen: Result<Vec<Option<Seen>>, Missing> =
                files.par_iter().map(|file| this.seen(tree, &file.path)).collect();
            let mut everything = Everything::default();
            for Seen { path, found } in seen.map_err(undecided)?.into_iter().flatten() {
                for it in found {
                    for sha1 in &it.sha1s {
                        everything.entries.entry(sha1.clone()).or_default().push(entry(&it, &path, false));
                    }
                    everything.paths.entry(it.sighting.key).or_insert_with(|| path.clone());
                }
            }
            self.everything = Some(everything);
        }
        Ok(self.everything.get_or_insert_default())
    }

    /// Accepts a value that no longer stands where it was accepted, if it stands elsewhere.
    fn anywhere(&mut self, accepted: &Accepted) -> Result<Result<Vec<BaselineEntry>, String>, CliError> {
        let sha1 = accepted.value.sha1().unwrap_or_default();
        let entries = self.everything()?.entries.get(&sha1).cloned();
        Ok(entries.ok_or_else(|| "its value is nothing that gatecheck reports".to_owned()))
    }

    /// A file of the work tree that has the value.
    fn in_head(&mut self, found: &Found) -> Result<Option<RepoPath>, CliError> {
        Ok(self.everything()?.paths.get(&found.sighting.key).cloned())
    }
}

/// The findings of a file that are meant; none when its value is not among them.
fn of_file(seen: &Seen, accepted: &Accepted) -> Result<Vec<Found>, String> {
    let is_there = |it: &Found| accepted.lines.is_none_or(|(first, last)| it.lines.0 <= last && first <= it.lines.1);
    let is_one = |found: &[Found]| found.iter().map(|it| &it.sighting.key).collect::<BTreeSet<_>>().len() <= 1;
    let wanted = accepted.value.sha1();
    let is_spelt = |it: &&Found| wanted.as_ref().is_some_and(|sha1| it.sha1s.contains(sha1));
    let several = || "several secrets stand there, and which one was accepted cannot be told".to_owned();
    match &accepted.value {
        Value::Unknown => {
            let there: Vec<Found> = seen.found.iter().filter(|it| is_there(it)).cloned().collect();
            if is_one(&there) {
                return Ok(there);
            }
            let kinds = accepted.rule.as_deref().map(names::kinds).unwrap_or_default();
            let is_meant = |it: &Found| {
                kinds.contains(&it.sighting.hazard) || accepted.rule.as_deref() == Some(it.sighting.name.as_str())
            };
            let meant: Vec<Found> = there.into_iter().filter(is_meant).collect();
            if meant.is_empty() { Err(several()) } else { Ok(meant) }
        }
        Value::Sha1OfHeader(_) => {
            let spelt = seen.found.iter().filter(is_spelt).filter(|it| is_there(it));
            let spelt: Vec<Found> = spelt.cloned().collect();
            if is_one(&spelt) { Ok(spelt) } else { Err(several()) }
        }
        Value::Text(_) | Value::Sha1(_) => {
            let spelt: Vec<Found> = seen.found.iter().filter(is_spelt).cloned().collect();
            if !spelt.is_empty() {
                return Ok(spelt);
            }
            Ok(seen.found.iter().filter(|it| is_there(it) && accepted.value.is_about(&it.sighting)).cloned().collect())
        }
    }
}

fn entry(found: &Found, path: &RepoPath, past: bool) -> BaselineEntry {
    let Found { rule, sighting, .. } = found;
    BaselineEntry {
        rule: rule.clone(),
        id: format!("secrets/{}", sighting.hazard),
        path: Some(path.to_string()),
        fingerprint: engine::fingerprint_anywhere("secrets", sighting.hazard, &sighting.key),
        past,
    }
}
