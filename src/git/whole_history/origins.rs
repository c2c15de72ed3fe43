//! Where blobs come from.
//!
//! From the bottom up: which trees name one of the blobs, which trees name those, and so on, each step one reading of the
//! log of all trees. Then from the oldest commit on: a commit whose tree leads to a blob that no older one has is its
//! origin. So only the trees on the way to a blob are looked at by themselves, and the walk ends when all are found.

use std::collections::{BTreeMap, BTreeSet};

use crate::git::folder::{DEEPEST, Folder, joined};
use crate::git::objects::{Bulk, Held, Marked, Number, ObjectError, ObjectKind, TreeLog};
use crate::git::tree_entries::EntryKind;
use crate::model::{FileMode, Missing, ObjectId, Origin};

use super::{WholeHistory, commits::Reached};

/// Trees and what they name, as far as it leads to something wanted.
pub(super) struct Paths<'a> {
    bulk: &'a Bulk,
    log: &'a TreeLog,
    /// What is wanted itself.
    wanted: Marked,
    pub(super) held: Held,
}

impl WholeHistory {
    /// As [`crate::model::History::origins`]; for trees as well.
    pub(super) fn origins_of(&self, wanted: &BTreeSet<ObjectId>) -> Result<BTreeMap<ObjectId, Origin>, Missing> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let paths = self.paths_to(wanted)?;
        let commits = self.commits();
        let mut seen = paths.log.none();
        let mut found = BTreeMap::new();
        let mut bring = |commit: &Reached, found: &mut _| {
            self.bring(&paths, commit, &mut seen, found).map_err(|error| self.objects.missing(&error))
        };
        for commit in &commits.oldest_first {
            if found.len() == wanted.len() {
                break;
            }
            bring(commit, &mut found)?;
        }
        for ((id, kind), order) in commits.bare.iter().zip(commits.oldest_first.len() as u64..) {
            let origin = Reached { id: *id, tree: *id, time: 0, order };
            if *kind == ObjectKind::Tree {
                bring(&origin, &mut found)?;
            } else if wanted.contains(id) {
                found.entry(*id).or_insert_with(|| origin.brings(b""));
            }
        }
        Ok(found)
    }

    /// The trees that lead to something wanted.
    pub(super) fn paths_to(&self, wanted: &BTreeSet<ObjectId>) -> Result<Paths<'_>, Missing> {
        let (bulk, log) = (self.bulk(), self.trees());
        if let Some(error) = log.errors.iter().find(|error| !matches!(error, ObjectError::MalformedTree { .. })) {
            return Err(self.objects.missing(error));
        }
        let (mut themselves, mut leading) = (log.none(), log.none());
        for number in wanted.iter().filter_map(|id| log.number(bulk, id)) {
            themselves.add(number);
            leading.add(number);
        }
        for _ in 0..=DEEPEST {
            let held = log.holding(&leading).map_err(|error| self.objects.missing(&error))?;
            if held.trees().filter(|tree| leading.add(*tree)).count() == 0 {
                return Ok(Paths { bulk, log, wanted: themselves, held });
            }
        }
        let error = ObjectError::Beyond { what: "the depth of folders inside folders", limit: DEEPEST as u64 };
        Err(self.objects.missing(&error))
    }

    /// Gives a commit the wanted objects that it has and no commit before had.
    fn bring(
        &self,
        paths: &Paths<'_>,
        commit: &Reached,
        seen: &mut Marked,
        found: &mut BTreeMap<ObjectId, Origin>,
    ) -> Result<(), ObjectError> {
        let Some(root) = paths.log.number(paths.bulk, &commit.tree) else { return Ok(()) };
        let new = paths.new_below(root, seen);
        if !new.iter().any(|number| paths.wanted.has(*number)) {
            return Ok(());
        }
        let mut new: BTreeSet<ObjectId> = new.into_iter().map(|number| paths.log.id(paths.bulk, number)).collect();
        let mut origin = |id: ObjectId, path: &[u8]| {
            found.entry(id).or_insert_with(|| commit.brings(path));
        };
        let is_wanted = |id: &ObjectId| paths.log.number(paths.bulk, id).is_some_and(|it| paths.wanted.has(it));
        // A tree is new as a whole, so that names lead to all of it.
        let mut open = vec![(commit.tree, Vec::new())];
        while let Some((id, path)) = open.pop() {
            if !new.remove(&id) {
                continue;
            }
            if is_wanted(&id) {
                origin(id, &path);
                continue;
            }
            let folder = Folder::read(&self.objects, Some(id))?;
            let entries = folder.entries(self.objects.hash())?;
            let ahead = entries
                .iter()
                .rev()
                .filter(|it| new.contains(&it.id) && it.kind() != EntryKind::File(FileMode::Gitlink));
            open.extend(ahead.map(|entry| (entry.id, joined(&path, entry.name))));
        }
        Ok(())
    }
}

impl Paths<'_> {
    pub(super) fn number(&self, id: &ObjectId) -> Option<Number> {
        self.log.number(self.bulk, id)
    }

    /// Everything on the way to something wanted that is below `root`, itself included, and was not seen before.
    fn new_below(&self, root: Number, seen: &mut Marked) -> Vec<Number> {
        let mut new = Vec::new();
        let mut open = vec![root];
        while let Some(number) = open.pop() {
            let named = self.held.of(number);
            if (!named.is_empty() || self.wanted.has(number)) && seen.add(number) {
                new.push(number);
                open.extend(named);
            }
        }
        new
    }
}
