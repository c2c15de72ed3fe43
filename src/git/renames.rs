//! Renames: which deleted file and which new one are the same file at another place.
//!
//! A rename is cosmetic. It joins two changes into one, so that a person reads less and so that only
//! the lines that really differ count as added; no path is ever lost by it, and a rule about paths
//! looks at both. What cannot be read or is too much work simply stays a deletion and an addition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::git::objects::Objects;
use crate::model::{Change, ChangeKind, File, FileMode, ObjectId};

/// Alike enough to be the same file, in per cent; Git's default.
const ALIKE: u8 = 50;
/// Alike enough when the names say so too; Git's own middle way.
const ALIKE_BY_NAME: u8 = 75;
/// Pairs that are compared at most: more than Git's default limit of 1000 by 1000 never are.
const MOST_PAIRS: usize = 1_000_000;
/// Files that are compared at most on each side, because their contents are held in memory.
const MOST_FILES: usize = 4_000;
/// A larger file is only compared by id.
const LARGEST: u64 = 4 << 20;
/// Lines longer than this count as several.
const LONGEST_CHUNK: usize = 64;

/// Joins deletions and additions of the same file into renames. The answer is sorted by path.
#[must_use]
pub fn detect(objects: &Objects, changes: Vec<Change>) -> Vec<Change> {
    let is = |kind: ChangeKind| changes.iter().any(|change| change.kind == kind);
    if !is(ChangeKind::Deleted) || !is(ChangeKind::Added) {
        return changes;
    }
    let mut pairing = Pairing::new(changes);
    pairing.by_id();
    if pairing.has_work() {
        let prints = pairing.fingerprints(objects);
        pairing.by_name(&prints);
        pairing.by_content(&prints);
    }
    pairing.finish()
}

/// Deleted and new files that have no partner yet.
struct Pairing {
    kept: Vec<Change>,
    gone: BTreeMap<usize, File>,
    new: BTreeMap<usize, File>,
}

type Fingerprints = BTreeMap<ObjectId, Fingerprint>;

impl Pairing {
    fn new(changes: Vec<Change>) -> Self {
        let mut pairing = Self { kept: Vec::new(), gone: BTreeMap::new(), new: BTreeMap::new() };
        for (number, change) in changes.into_iter().enumerate() {
            match (change.kind, change.old, change.new) {
                (ChangeKind::Deleted, Some(file), None) => drop(pairing.gone.insert(number, file)),
                (ChangeKind::Added, None, Some(file)) => drop(pairing.new.insert(number, file)),
                (kind, old, new) => pairing.kept.push(Change { kind, old, new }),
            }
        }
        pairing
    }

    fn has_work(&self) -> bool {
        !self.gone.is_empty() && !self.new.is_empty()
    }

    fn pair(&mut self, gone: usize, new: usize, percent: u8) {
        if !self.gone.contains_key(&gone) || !self.new.contains_key(&new) {
            return;
        }
        let (old, new) = (self.gone.remove(&gone), self.new.remove(&new));
        self.kept.push(Change { kind: ChangeKind::Renamed(percent), old, new });
    }

    /// Pairs files of one content; those of one name first.
    fn by_id(&mut self) {
        let mut sources: BTreeMap<(ObjectId, bool), Vec<usize>> = BTreeMap::new();
        for (number, file) in &self.gone {
            sources.entry((file.id, is_regular(file))).or_default().push(*number);
        }
        let mut pairs = Vec::new();
        for same_name in [true, false] {
            let taken: BTreeSet<usize> = pairs.iter().map(|(_, new)| *new).collect();
            for (number, file) in self.new.iter().filter(|(number, _)| !taken.contains(number)) {
                let Some(candidates) = sources.get_mut(&(file.id, is_regular(file))) else { continue };
                let fits = |gone: &File| {
                    (is_regular(file) || gone.mode == file.mode) && (!same_name || gone.path.name() == file.path.name())
                };
                // A bounded look, so that thousands of empty files do not cost their square.
                let found = candidates.iter().take(64).position(|it| self.gone.get(it).is_some_and(fits));
                if let Some(position) = found {
                    pairs.push((candidates.remove(position), *number));
                }
            }
        }
        pairs.into_iter().for_each(|(gone, new)| self.pair(gone, new, 100));
    }

    /// What the remaining regular files are made of. Unreadable and huge ones have no fingerprint.
    fn fingerprints(&self, objects: &Objects) -> Fingerprints {
        let files = |side: &BTreeMap<usize, File>| {
            let regular = side.values().filter(|file| is_regular(file)).take(MOST_FILES);
            regular.map(|file| file.id).collect::<BTreeSet<_>>()
        };
        let ids: Vec<ObjectId> = files(&self.gone).union(&files(&self.new)).copied().collect();
        let print = |id: &ObjectId| {
            let (_, size) = objects.header(id).ok()?;
            let data = (0 < size && size <= LARGEST).then(|| objects.read_blob(id).ok())??;
            Some((*id, Fingerprint::of(&data)))
        };
        ids.par_iter().filter_map(print).collect()
    }

    /// Pairs files whose names occur once on each side, as when a file moves to another folder.
    fn by_name(&mut self, prints: &Fingerprints) {
        let (gone, new) = (only_of_name(&self.gone), only_of_name(&self.new));
        let mut pairs = Vec::new();
        for (name, gone) in &gone {
            if let (Some(gone), Some(Some(new))) = (gone, new.get(name)) {
                pairs.push((*gone, *new));
            }
        }
        for (gone, new) in pairs {
            let (Some(old_file), Some(new_file)) = (self.gone.get(&gone), self.new.get(&new)) else { continue };
            let (Some(one), Some(two)) = (prints.get(&old_file.id), prints.get(&new_file.id)) else { continue };
            let percent = one.likeness(two);
            if percent >= ALIKE_BY_NAME {
                self.pair(gone, new, percent);
            }
        }
    }

    /// Pairs what is left by content, the most alike first.
    fn by_content(&mut self, prints: &Fingerprints) {
        let printed = |side: &BTreeMap<usize, File>| -> Vec<(usize, File)> {
            side.iter()
                .filter(|(_, it)| prints.contains_key(&it.id))
                .map(|(number, it)| (*number, it.clone()))
                .collect()
        };
        let (gone, new) = (printed(&self.gone), printed(&self.new));
        if gone.len().saturating_mul(new.len()) > MOST_PAIRS {
            return;
        }
        let compare = |(target, file): &(usize, File)| {
            let print = prints.get(&file.id);
            let mut found = Vec::new();
            for (source, old) in &gone {
                let percent = prints.get(&old.id).zip(print).map_or(0, |(one, two)| one.likeness(two));
                if percent >= ALIKE {
                    let other_name = old.path.name() != file.path.name();
                    found.push((std::cmp::Reverse(percent), other_name, *source, *target));
                }
            }
            found
        };
        let mut candidates: Vec<_> = new.par_iter().flat_map_iter(compare).collect();
        candidates.sort_unstable();
        for (percent, _, gone, new) in candidates {
            self.pair(gone, new, percent.0);
        }
    }

    fn finish(self) -> Vec<Change> {
        let deleted = self.gone.into_values().map(|it| Change { kind: ChangeKind::Deleted, old: Some(it), new: None });
        let added = self.new.into_values().map(|it| Change { kind: ChangeKind::Added, old: None, new: Some(it) });
        let mut changes: Vec<Change> = self.kept.into_iter().chain(deleted).chain(added).collect();
        changes.sort_by(|one, other| one.path().cmp(other.path()).then_with(|| one.cmp(other)));
        changes
    }
}

fn is_regular(file: &File) -> bool {
    match file.mode {
        FileMode::Regular | FileMode::Executable => true,
        FileMode::Symlink | FileMode::Gitlink => false,
    }
}

/// The files by name; `None` where more than one has it.
fn only_of_name(files: &BTreeMap<usize, File>) -> BTreeMap<String, Option<usize>> {
    let mut names: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (number, file) in files.iter().filter(|(_, file)| is_regular(file)) {
        names.entry(file.path.name().to_owned()).and_modify(|it| *it = None).or_insert(Some(*number));
    }
    names
}

/// What a file is made of: how many bytes stand in chunks of each kind. A chunk is a line, or a part
/// of a long one.
struct Fingerprint {
    size: u64,
    /// Sorted by hash.
    chunks: Arc<[(u64, u32)]>,
}

impl Fingerprint {
    fn of(data: &[u8]) -> Self {
        // As in Git, the carriage return of a text's line ends does not count as a difference.
        let is_text = !data.iter().take(8000).any(|byte| *byte == 0);
        let mut chunks: Vec<(u64, u32)> = Vec::new();
        for line in data.split_inclusive(|byte| *byte == b'\n') {
            for chunk in line.chunks(LONGEST_CHUNK) {
                let content = match chunk {
                    [rest @ .., b'\r', b'\n'] if is_text => hash(hash(SEED, rest), b"\n"),
                    chunk => hash(SEED, chunk),
                };
                chunks.push((content, u32::try_from(chunk.len()).unwrap_or(0)));
            }
        }
        chunks.sort_unstable();
        chunks.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
        Self { size: data.len() as u64, chunks: chunks.into() }
    }

    /// How much of the larger file the other one holds, in per cent.
    fn likeness(&self, other: &Self) -> u8 {
        let (small, large) = (self.size.min(other.size), self.size.max(other.size));
        if small.saturating_mul(100) < large.saturating_mul(u64::from(ALIKE)) {
            return 0;
        }
        let (mut one, mut two) = (self.chunks.iter().peekable(), other.chunks.iter().peekable());
        let mut common = 0_u64;
        while let (Some((mine, my_bytes)), Some((theirs, their_bytes))) = (one.peek(), two.peek()) {
            if mine == theirs {
                common = common.saturating_add(u64::from(*my_bytes.min(their_bytes)));
            }
            let order = mine.cmp(theirs);
            if order.is_le() {
                one.next();
            }
            if order.is_ge() {
                two.next();
            }
        }
        u8::try_from(common.saturating_mul(100).checked_div(large).unwrap_or(0).min(100)).unwrap_or(100)
    }
}

const SEED: u64 = 0xCBF2_9CE4_8422_2325;

/// FNV-1a. Who makes two chunks collide gains a wrong rename, which hides nothing.
fn hash(state: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(state, |state, byte| (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scratch::Scratch;
    use crate::git::tree_diff;
    use crate::model::RepoPath;

    fn changes(scratch: &Scratch) -> Vec<(ChangeKind, Vec<String>)> {
        let objects = scratch.objects();
        let tree = |revision: &str| Some(scratch.id(&format!("{revision}^{{tree}}")));
        let plain = tree_diff::diff_trees(&objects, tree("HEAD~1"), tree("HEAD")).unwrap();
        let touched =
            |changes: &[Change]| -> BTreeSet<RepoPath> { changes.iter().flat_map(Change::paths).cloned().collect() };
        let joined = detect(&objects, plain.clone());
        assert_eq!(touched(&plain), touched(&joined), "a rename lost a path");
        joined.iter().map(|it| (it.kind, it.paths().map(ToString::to_string).collect())).collect()
    }

    fn names(of: &[&str]) -> Vec<String> {
        of.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn moved_files_are_renames_and_new_ones_are_not() {
        let scratch = Scratch::new();
        for (path, seed) in [("exact", 1), ("edited", 2), ("rewritten", 3)] {
            scratch.write(path, Scratch::lines(seed, 40));
        }
        scratch.commit("base");
        ["exact", "edited", "rewritten"].iter().for_each(|it| scratch.remove(it));
        scratch.write("dir/exact", Scratch::lines(1, 40));
        scratch.write("other", Scratch::lines(2, 40).replacen("line 7", "LINE 7", 1));
        scratch.write("rewritten2", Scratch::lines(99, 40));
        scratch.commit("head");
        let found = changes(&scratch);
        let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
        assert!(
            matches!(
                kinds.as_slice(),
                [ChangeKind::Renamed(100), ChangeKind::Renamed(90..=99), ChangeKind::Deleted, ChangeKind::Added]
            ),
            "{kinds:?}"
        );
        let paths: Vec<_> = found.into_iter().map(|(_, paths)| paths).collect();
        assert_eq!(paths[..2], [names(&["exact", "dir/exact"]), names(&["edited", "other"])]);
    }

    #[test]
    fn one_deleted_file_becomes_one_rename_only_and_its_name_decides() {
        let scratch = Scratch::new();
        scratch.write("a/same.txt", Scratch::lines(1, 30));
        scratch.commit("base");
        scratch.remove("a/same.txt");
        scratch.write("b/aaa.txt", Scratch::lines(1, 30));
        scratch.write("b/same.txt", Scratch::lines(1, 30));
        scratch.commit("head");
        let expected = [
            (ChangeKind::Added, names(&["b/aaa.txt"])),
            (ChangeKind::Renamed(100), names(&["a/same.txt", "b/same.txt"])),
        ];
        assert_eq!(changes(&scratch), expected);
    }

    #[test]
    fn likeness_counts_lines_and_forgives_their_ends() {
        let unix = Fingerprint::of(b"one\ntwo\nthree\n");
        assert_eq!(unix.likeness(&Fingerprint::of(b"one\ntwo\nthree\n")), 100);
        assert!(unix.likeness(&Fingerprint::of(b"one\r\ntwo\r\nthree\r\n")) > 70);
        assert!(unix.likeness(&Fingerprint::of(b"four\nfive\nsix\n")) < 10);
        assert_eq!(unix.likeness(&Fingerprint::of(b"one\n")), 0);
    }
}
