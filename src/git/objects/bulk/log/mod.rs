//! Which tree names which object, for all trees at once.
//!
//! A tree is most often stored as a change of another one, and differs from it in an entry or two. So only those entries
//! are parsed and looked up that no copy brought whole, and only they are written down, with those that the copies left
//! out. Who holds an object is then told by following these changes from tree to tree: no tree is read again.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use crate::git::folder::is_empty_tree;
use crate::git::objects::delta::Copied;
use crate::git::objects::{HashKind, ObjectError, ObjectKind};
use crate::git::tree_entries::{EntryKind, TreeEntries, TreeEntry};
use crate::model::{FileMode, ObjectId, Telling};

use super::reader::{Object, Reader, Told};
use super::trace::Trace;
use super::{Bulk, Marked, Number, index};

/// Stands for what no object of this repository is: submodules, the empty tree.
const NONE: Number = Number::MAX;
/// Names that were looked up lately and are remembered: what trees nearby name is mostly the same.
const RECENT: usize = 1 << 14;
/// Names of which each thread remembers whether they tell.
const MOST_TOLD: usize = 1 << 16;
/// Trees after which a thread begins to remember.
const MANY: usize = 64;
/// Wanted entries that the states of all trees hold at most.
const MOST_HELD: usize = 1 << 26;

/// The entries of all trees.
pub(in crate::git) struct TreeLog {
    parts: Vec<Part>,
    /// What is named and no store has, sorted; their numbers follow those of all objects.
    absent: Vec<ObjectId>,
    /// The first number of these.
    total: Number,
    /// The blobs and folders that ever had a name that tells, each with every such name.
    named: BTreeSet<(Number, Vec<u8>)>,
    /// What could not be read.
    pub(in crate::git) errors: Vec<ObjectError>,
}

/// One tree as a change of another one.
#[derive(Clone, Copy)]
struct Step {
    tree: Number,
    /// The position in its part of the step that it was made from.
    base: u32,
    added: u32,
    removed: u32,
}

/// For each tree what it names of the wanted.
pub(in crate::git) struct Held {
    /// The step of each tree, sorted by tree.
    trees: Vec<(Number, u32)>,
    spans: Vec<(u32, u32)>,
    pool: Vec<Number>,
}

/// What one thread writes down.
#[derive(Default)]
pub(super) struct Part {
    /// Each after the one that it was made from.
    steps: Vec<Step>,
    /// What is added, then what is removed, step by step.
    changes: Vec<Number>,
    malformed: Vec<(ObjectId, &'static str)>,
    named: BTreeSet<(Number, Vec<u8>)>,
    /// Names of files and of folders, and whether they tell.
    told: HashMap<Vec<u8>, bool>,
    told_folders: HashMap<Vec<u8>, bool>,
    /// Kept for its memory.
    runs: Vec<Range<usize>>,
    /// Names that were looked up lately, each at a place that its first bytes say.
    recent: Vec<Option<(ObjectId, Number)>>,
}

/// A tree whose entries are known.
pub(super) struct Parsed {
    /// In the order of the tree.
    entries: Vec<Entry>,
    /// Where the last of them ends.
    end: usize,
    step: u32,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u32,
    child: Number,
}

/// Parses trees and looks up what they name.
struct Lister<'a> {
    bulk: &'a Bulk,
    hash: HashKind,
    total: Number,
    telling: Telling,
    absent: Mutex<BTreeMap<ObjectId, Number>>,
}

impl Bulk {
    /// Reads every tree and writes down what it names. `roots` are trees that are named otherwise; they may be absent
    /// too.
    pub(in crate::git) fn tree_log(&self, roots: impl Iterator<Item = ObjectId>, telling: Telling) -> TreeLog {
        let (hash, total) = (self.objects.hash, self.total());
        let lister = Lister { bulk: self, hash, total, telling, absent: Mutex::default() };
        let (harvest, parts) = self.read_all((ObjectKind::Tree, None), &lister);
        for root in roots {
            lister.number(&root);
        }
        let absent = lister.absent.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut log = TreeLog { parts, absent: Vec::new(), total, named: BTreeSet::new(), errors: harvest.errors };
        let mut malformed = BTreeMap::new();
        for part in &mut log.parts {
            part.recent = Vec::new();
            (part.told, part.told_folders) = (HashMap::new(), HashMap::new());
            log.named.append(&mut part.named);
            part.changes.shrink_to_fit();
            part.steps.shrink_to_fit();
            malformed.extend(std::mem::take(&mut part.malformed));
        }
        log.errors.extend(malformed.into_iter().map(|(id, what)| ObjectError::MalformedTree { id, what }));
        log.name_absent(absent);
        log
    }
}

impl TreeLog {
    /// Numbers what is absent by name, no longer in the order in which the threads came upon it.
    fn name_absent(&mut self, absent: BTreeMap<ObjectId, Number>) {
        let mut ranks = vec![0; absent.len()];
        for (rank, number) in (self.total..).zip(absent.values()) {
            if let Some(it) = ranks.get_mut(index(number.saturating_sub(self.total))) {
                *it = rank;
            }
        }
        for change in self.parts.iter_mut().flat_map(|part| &mut part.changes) {
            if let Some(rank) = change.checked_sub(self.total).and_then(|it| ranks.get(index(it))) {
                *change = *rank;
            }
        }
        self.absent = absent.into_keys().collect();
    }

    /// What trees and commits name and no store has, reached or not; sorted.
    pub(in crate::git) fn absent(&self) -> &[ObjectId] {
        &self.absent
    }

    /// The blobs and folders that some tree has under a name that tells, reached or not, with that name.
    pub(in crate::git) fn named(&self) -> &BTreeSet<(Number, Vec<u8>)> {
        &self.named
    }

    /// The number of an object, there or absent; nothing when no tree names it either.
    pub(in crate::git) fn number(&self, bulk: &Bulk, id: &ObjectId) -> Option<Number> {
        bulk.number(id).or_else(|| {
            let position = self.absent.binary_search(id).ok()?;
            self.total.checked_add(u32::try_from(position).ok()?)
        })
    }

    /// The name of what has a number here.
    pub(in crate::git) fn id(&self, bulk: &Bulk, number: Number) -> ObjectId {
        let absent = number.checked_sub(self.total).and_then(|it| self.absent.get(index(it)));
        absent.copied().unwrap_or_else(|| bulk.id(number))
    }

    /// A set without anything in it.
    pub(in crate::git) fn none(&self) -> Marked {
        Marked::none(index(self.total) + self.absent.len())
    }

    /// Tells for each tree what it names of the wanted.
    pub(in crate::git) fn holding(&self, wanted: &Marked) -> Result<Held, ObjectError> {
        let mut held = Held { trees: Vec::new(), spans: Vec::new(), pool: Vec::new() };
        for part in &self.parts {
            held.follow(part, wanted)?;
        }
        held.trees.sort_unstable();
        Ok(held)
    }
}

impl Held {
    /// The trees that name anything of it, sorted.
    pub(in crate::git) fn trees(&self) -> impl Iterator<Item = Number> + '_ {
        self.trees.iter().map(|(tree, _)| *tree)
    }

    /// What a tree names of it, sorted.
    pub(in crate::git) fn of(&self, tree: Number) -> &[Number] {
        let found = self.trees.binary_search_by_key(&tree, |(tree, _)| *tree).ok();
        let step = found.and_then(|found| self.trees.get(found)).map(|(_, step)| index(*step));
        let span = step.and_then(|step| self.spans.get(step)).copied().unwrap_or_default();
        self.pool.get(index(span.0)..index(span.1)).unwrap_or_default()
    }

    fn follow(&mut self, part: &Part, wanted: &Marked) -> Result<(), ObjectError> {
        let before = self.spans.len();
        let mut rest = part.changes.as_slice();
        let mut take = |count: u32| {
            let (taken, after) = rest.split_at_checked(index(count)).unwrap_or_default();
            rest = after;
            taken.iter().copied().filter(|it| wanted.has(*it)).collect::<Vec<Number>>()
        };
        self.spans.reserve(part.steps.len());
        for step in &part.steps {
            let (added, mut removed) = (take(step.added), take(step.removed));
            let base = before.saturating_add(index(step.base));
            let base = self.spans.get(base).copied().unwrap_or_default();
            let span = if added.is_empty() && removed.is_empty() {
                base
            } else {
                removed.sort_unstable();
                self.change(base, &added, &removed)?
            };
            if span.0 < span.1 {
                self.trees.push((step.tree, u32::try_from(self.spans.len()).unwrap_or(u32::MAX)));
            }
            self.spans.push(span);
        }
        Ok(())
    }

    /// Writes down what is left of a base, both lists sorted, with what is added.
    fn change(&mut self, base: (u32, u32), added: &[Number], removed: &[Number]) -> Result<(u32, u32), ObjectError> {
        let start = self.pool.len();
        let mut removed = removed.iter().peekable();
        for at in index(base.0)..index(base.1) {
            let Some(item) = self.pool.get(at).copied() else { break };
            while removed.next_if(|gone| **gone < item).is_some() {}
            // What is named twice is removed as often as it is told.
            if removed.next_if(|gone| **gone == item).is_none() {
                self.pool.push(item);
            }
        }
        self.pool.extend(added);
        if self.pool.len() > MOST_HELD {
            let what = "the number of folders that lead to what was found";
            return Err(ObjectError::Beyond { what, limit: MOST_HELD as u64 });
        }
        self.pool.get_mut(start..).unwrap_or_default().sort_unstable();
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Ok((place(start), place(self.pool.len())))
    }
}

impl Reader for Lister<'_> {
    type Kept = Parsed;
    type Found = Part;
    const MOST: (u64, &'static str) = (1 << 28, "the number of changes to folders in the whole history");

    fn look(
        &self,
        object: &Object<'_>,
        base: Option<(usize, &Parsed)>,
        trace: &mut Trace,
        part: &mut Part,
    ) -> Told<Parsed> {
        let base = base.map(|(_, base)| base);
        let before = part.changes.len();
        let (mut entries, mut at, mut fresh) = (Vec::with_capacity(base.map_or(0, |it| it.entries.len() + 1)), 0, 0);
        let mut copies = trace.copies().iter().peekable();
        part.runs.clear();
        while at < object.content.len() {
            while copies.next_if(|copy| copy.to + copy.len <= at).is_some() {}
            let run = base.and_then(|base| base.run(copies.peek()?, at).map(|run| (base, run)));
            if let Some((base, run)) = run {
                let end = base.append(run.clone(), at, &mut entries);
                part.runs.push(run);
                at = end;
                continue;
            }
            match self.entry(object.content, at, part) {
                Ok((entry, end)) => {
                    entries.push(entry);
                    part.add(entry.child);
                    fresh += end - at;
                    at = end;
                }
                Err(what) => {
                    part.malformed.push((object.id, what));
                    break;
                }
            }
        }
        let step = part.close(object.number, base, before);
        Told { kept: Parsed { entries, end: at, step }, fresh, held: part.changes.len() - before }
    }
}

impl Lister<'_> {
    /// Parses the entry at a place, and gives where it ends.
    fn entry(&self, content: &[u8], at: usize, part: &mut Part) -> Result<(Entry, usize), &'static str> {
        let mut entries = TreeEntries::new(content.get(at..).unwrap_or_default(), self.hash);
        let entry = entries.next().unwrap_or(Err("an entry ends early"))?;
        let start = u32::try_from(at).map_err(|_| "it is larger than any tree can be")?;
        let child = self.child(&entry, part);
        if child < self.total && self.tells(&entry, part) {
            part.named.insert((child, entry.name.to_vec()));
        }
        Ok((Entry { start, child }, content.len() - entries.left()))
    }

    /// Whether the name of an entry tells what it is. Most names come again and again.
    fn tells(&self, entry: &TreeEntry<'_>, part: &mut Part) -> bool {
        let is_folder = match entry.kind() {
            EntryKind::Folder => true,
            EntryKind::File(FileMode::Regular | FileMode::Executable) => false,
            EntryKind::File(FileMode::Symlink | FileMode::Gitlink) => return false,
        };
        let known = if is_folder { &mut part.told_folders } else { &mut part.told };
        if let Some(tells) = known.get(entry.name) {
            return *tells;
        }
        let tells = (self.telling)(entry.name, is_folder);
        if known.len() < MOST_TOLD {
            known.insert(entry.name.to_vec(), tells);
        }
        tells
    }

    fn child(&self, entry: &TreeEntry<'_>, part: &mut Part) -> Number {
        if entry.kind() == EntryKind::File(FileMode::Gitlink) {
            return NONE;
        }
        if part.recent.is_empty() && part.steps.len() > MANY {
            part.recent.resize(RECENT, None);
        }
        let place = entry.id.as_bytes().first_chunk().map_or(0, |first| usize::from(u16::from_be_bytes(*first)));
        match part.recent.get_mut(place % RECENT) {
            Some(Some((id, number))) if *id == entry.id => *number,
            Some(it) => it.insert((entry.id, self.number(&entry.id))).1,
            None => self.number(&entry.id),
        }
    }

    /// The number of an object; a new one when no store has it.
    fn number(&self, id: &ObjectId) -> Number {
        let absent = || {
            if is_empty_tree(id) {
                return NONE;
            }
            let mut absent = self.absent.lock().unwrap_or_else(PoisonError::into_inner);
            let next = self.total.saturating_add(u32::try_from(absent.len()).unwrap_or(NONE));
            *absent.entry(*id).or_insert(next)
        };
        self.bulk.number(id).unwrap_or_else(absent)
    }
}

impl Parsed {
    /// The entries that a copy brings whole, where the first of them is to stand at `at`. What an entry is depends on
    /// nothing but its own bytes, so that they are the same there.
    fn run(&self, copy: &Copied, at: usize) -> Option<Range<usize>> {
        let from = copy.from + at.checked_sub(copy.to)?;
        let most = copy.from + copy.len;
        let first = self.entries.binary_search_by(|it| index(it.start).cmp(&from)).ok()?;
        let begun = self.entries.partition_point(|it| index(it.start) <= most);
        let end = if begun == self.entries.len() && self.end <= most { begun } else { begun.saturating_sub(1) };
        (first < end).then_some(first..end)
    }

    /// Adds a run of entries that begins at `at`, and gives where it ends.
    fn append(&self, run: Range<usize>, at: usize, to: &mut Vec<Entry>) -> usize {
        let end = self.entries.get(run.end).map_or(self.end, |it| index(it.start));
        let entries = self.entries.get(run).unwrap_or_default();
        let from = entries.first().map_or(0, |it| it.start);
        let to_start = u32::try_from(at).unwrap_or(u32::MAX);
        let moved = |it: &Entry| Entry { start: it.start.wrapping_sub(from).wrapping_add(to_start), ..*it };
        to.extend(entries.iter().map(moved));
        at + (end - index(from))
    }
}

impl Part {
    fn add(&mut self, child: Number) {
        if child != NONE {
            self.changes.push(child);
        }
    }

    /// Writes down a tree whose new entries were added since `before`: what several runs brought is added as well, and
    /// what no run brought is removed.
    fn close(&mut self, tree: Number, base: Option<&Parsed>, before: usize) -> u32 {
        let mut runs = std::mem::take(&mut self.runs);
        if !runs.is_sorted_by_key(|run| run.start) {
            runs.sort_unstable_by_key(|run| run.start);
        }
        let entries = base.map_or(&[][..], |base| &base.entries);
        let mut covered = 0;
        for run in &runs {
            self.extend(entries, run.start..run.end.min(covered));
            covered = covered.max(run.end);
        }
        let added = self.changes.len() - before;
        covered = 0;
        for run in &runs {
            self.extend(entries, covered..run.start);
            covered = covered.max(run.end);
        }
        self.extend(entries, covered..entries.len());
        let removed = self.changes.len() - before - added;
        self.runs = runs;
        let count = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
        let step = count(self.steps.len());
        let base = base.map_or(u32::MAX, |base| base.step);
        self.steps.push(Step { tree, base, added: count(added), removed: count(removed) });
        step
    }

    fn extend(&mut self, entries: &[Entry], range: Range<usize>) {
        let entries = entries.get(range).unwrap_or_default();
        self.changes.extend(entries.iter().map(|it| it.child).filter(|it| *it != NONE));
    }
}
