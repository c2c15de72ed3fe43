//! Files of the head as settling looks at them: their lines, which of them are new, and which are alike.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::model::{Blob, Change, ChangeKind, Facts, Finding, Hunk, Place, Region, RepoPath, Sign};

/// The head, each file looked at once. A file that cannot be read is as good as none: what would
/// have been accepted because of it stands.
pub(super) struct Head<'a> {
    pub(super) facts: &'a Facts,
    changes: BTreeMap<&'a RepoPath, &'a Change>,
    files: BTreeMap<RepoPath, Option<HeadFile>>,
}

/// A text file of the head.
pub(super) struct HeadFile {
    pub(super) blob: Arc<Blob>,
    /// Nothing when the change leaves the file alone.
    hunks: Option<Arc<[Hunk]>>,
    /// A hash of each line with its white space folded; empty until somebody asks.
    hashes: Vec<u64>,
    /// The lines that have this hash.
    lines: BTreeMap<u64, Vec<u32>>,
    /// For a run of lines, the rank of each place at which it stands.
    ranks: BTreeMap<Vec<u64>, BTreeMap<u32, u32>>,
}

/// A line longer than this is no line that a person wrote; it is not taken whole for anything.
const LONGEST_LINE: usize = 1000;
/// Most lines of a region that identify what stands there.
const MOST_LINES: u32 = 6;

impl<'a> Head<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        let changes = facts.change.files.iter().filter(|it| it.new.is_some()).map(|it| (it.path(), it)).collect();
        Self { facts, changes, files: BTreeMap::new() }
    }

    /// The paths of changed text files whose head shows the sign. Compares nothing with the base.
    pub(super) fn changed_paths_with(&self, sign: Sign) -> Vec<RepoPath> {
        let shows = |change: &Change| {
            let outline = self.facts.new_outline(change).ok().flatten();
            outline.is_some_and(|it| !it.is_binary && it.shows(sign))
        };
        let found = self.changes.iter().filter(|(_, change)| shows(change));
        found.map(|(path, _)| (*path).clone()).collect()
    }

    /// Where the file stood before this change renamed it.
    pub(super) fn renamed_from(&self, path: &RepoPath) -> Option<&'a RepoPath> {
        let change = self.changes.get(path)?;
        match change.kind {
            ChangeKind::Renamed(_) => change.old.as_ref().map(|file| &file.path),
            ChangeKind::Added | ChangeKind::Deleted | ChangeKind::Modified | ChangeKind::Copied(_) => None,
        }
    }

    pub(super) fn file(&mut self, path: &RepoPath) -> Option<&mut HeadFile> {
        if !self.files.contains_key(path) {
            let file = self.read(path);
            self.files.insert(path.clone(), file);
        }
        self.files.get_mut(path)?.as_mut()
    }

    fn read(&self, path: &RepoPath) -> Option<HeadFile> {
        let change = self.changes.get(path).copied();
        let blob = match change {
            Some(change) => self.facts.new_blob(change).ok()??,
            None => {
                let file = self.facts.head.file(path).ok()??;
                self.facts.head_blob(&file).ok()?
            }
        };
        if blob.is_binary() {
            return None;
        }
        let hunks = change.map(|change| self.facts.hunks(change)).transpose().ok()?;
        Some(HeadFile { blob, hunks, hashes: Vec::new(), lines: BTreeMap::new(), ranks: BTreeMap::new() })
    }
}

impl HeadFile {
    /// Whether the change adds this line.
    pub(super) fn is_added(&self, line: u32) -> bool {
        let Some(hunks) = &self.hunks else { return false };
        let after = hunks.partition_point(|hunk| hunk.new.first <= line);
        after.checked_sub(1).and_then(|index| hunks.get(index)).is_some_and(|hunk| hunk.new.numbers().contains(&line))
    }

    /// The lines of a region with white space folded; nothing when one of them is too long.
    pub(super) fn folded(&self, region: Region) -> Option<String> {
        let mut words = Vec::new();
        for number in lines_of(region) {
            let line = self.blob.text().line(number)?;
            if LONGEST_LINE < line.text.len() {
                return None;
            }
            words.extend(line.text.split_whitespace());
        }
        Some(words.join(" "))
    }

    /// How many runs of lines alike to those of the region stand before it.
    ///
    /// Lines that the change leaves alone come before those that it adds, so that of two that are
    /// alike the new one is the second, wherever it was put.
    pub(super) fn rank(&mut self, region: Region) -> Option<u32> {
        if self.hashes.is_empty() {
            self.hashes = self.blob.text().lines().map(|line| hash(line.text)).collect();
            for (hash, line) in self.hashes.iter().zip(1..) {
                self.lines.entry(*hash).or_default().push(line);
            }
        }
        let range = lines_of(region);
        let start = index(range.start)?;
        let run = self.hashes.get(start..index(range.end)?)?.to_vec();
        if !self.ranks.contains_key(&run) {
            let ranks = self.places(&run);
            self.ranks.insert(run.clone(), ranks);
        }
        self.ranks.get(&run)?.get(&range.start).copied()
    }

    fn places(&self, run: &[u64]) -> BTreeMap<u32, u32> {
        let is_alike = |line: &u32| {
            let start = index(*line).unwrap_or(usize::MAX);
            self.hashes.get(start..start.saturating_add(run.len())) == Some(run)
        };
        let firsts = run.first().and_then(|first| self.lines.get(first)).map(Vec::as_slice).unwrap_or_default();
        let mut places: Vec<(bool, u32)> =
            firsts.iter().copied().filter(is_alike).map(|line| (self.is_added(line), line)).collect();
        places.sort_unstable();
        places.into_iter().map(|(_, line)| line).zip(0..).collect()
    }
}

/// The region of a finding, when it stands in a file of the head.
pub(super) fn region_in_head(finding: &Finding) -> Option<(&RepoPath, Region)> {
    match &finding.primary.place {
        Place::File { path, region: Some(region), revision: None } => Some((path, *region)),
        Place::File { .. } | Place::Commit { .. } | Place::Ref { .. } | Place::PullRequest { .. } | Place::Change => {
            None
        }
    }
}

/// The numbers of the region's lines, the first few of them.
fn lines_of(region: Region) -> std::ops::Range<u32> {
    let (start, end) = (region.start, region.end);
    let ends_before = u32::from(end.column <= 1 && start.line < end.line);
    let after = end.line.max(start.line).saturating_add(1).saturating_sub(ends_before);
    start.line..after.min(start.line.saturating_add(MOST_LINES))
}

fn index(line: u32) -> Option<usize> {
    usize::try_from(line).ok()?.checked_sub(1)
}

/// The hasher's keys are fixed, and the hash never leaves the run.
fn hash(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for word in line.split_whitespace() {
        word.hash(&mut hasher);
    }
    hasher.finish()
}
