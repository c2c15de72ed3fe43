//! Where blobs come from.
//!
//! From the bottom up: which trees name one of the blobs, which trees name those, and so on, each step one reading of all
//! trees. Then from the oldest commit on: a commit whose tree leads to a blob that no older one has is its origin. So
//! only the trees on the way to a blob are looked at by themselves, and the walk ends when all are found.

use std::collections::{BTreeMap, BTreeSet};

use crate::git::folder::{DEEPEST, Folder, joined};
use crate::git::objects::{ObjectError, ObjectKind};
use crate::model::{ObjectId, Origin, RepoPath, Timestamp};

use super::trees::{self, Wanted};
use super::{WholeHistory, commits::Reached};

/// Trees and what they name, as far as it leads to something wanted. Each object has a place in `ids`.
struct Paths {
    ids: Vec<ObjectId>,
    places: BTreeMap<ObjectId, usize>,
    /// How many come first that are wanted themselves.
    wanted: usize,
    /// A tree and what it names; sorted.
    edges: Vec<(usize, usize)>,
}

impl WholeHistory {
    /// As [`crate::model::History::origins`]; for trees as well.
    pub(super) fn origins_of(&self, wanted: &BTreeSet<ObjectId>) -> Result<BTreeMap<ObjectId, Origin>, ObjectError> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let paths = self.paths_to(wanted)?;
        let commits = self.commits();
        let mut seen = vec![false; paths.ids.len()];
        let mut found = BTreeMap::new();
        for commit in &commits.oldest_first {
            if found.len() == wanted.len() {
                break;
            }
            self.bring(&paths, commit, &mut seen, &mut found)?;
        }
        for (id, kind) in &commits.bare {
            let origin = Reached { id: *id, tree: *id, time: 0 };
            if *kind == ObjectKind::Tree {
                self.bring(&paths, &origin, &mut seen, &mut found)?;
            } else if wanted.contains(id) {
                let origin = Origin { path: RepoPath::root(), commit: *id, time: Timestamp(0) };
                found.entry(*id).or_insert(origin);
            }
        }
        Ok(found)
    }

    fn paths_to(&self, wanted: &BTreeSet<ObjectId>) -> Result<Paths, ObjectError> {
        let mut paths = Paths {
            ids: wanted.iter().copied().collect(),
            places: wanted.iter().copied().zip(0..).collect(),
            wanted: wanted.len(),
            edges: Vec::new(),
        };
        let mut done = 0;
        let mut depth = 0;
        while done < paths.ids.len() {
            let new = paths.ids.get(done..).unwrap_or_default().iter().copied().zip(done as u64..);
            let step = Wanted::new(new.collect());
            done = paths.ids.len();
            let harvest = trees::complete(trees::holding(self.bulk(), self.objects.hash(), &step))?;
            for (child, tree) in harvest.holdings {
                let tree = paths.place(self.bulk().id(tree));
                paths.edges.push((tree, usize::try_from(child).unwrap_or(usize::MAX)));
            }
            depth += 1;
            if depth > DEEPEST {
                return Err(ObjectError::Beyond { what: "the depth of folders inside folders", limit: DEEPEST as u64 });
            }
        }
        paths.edges.sort_unstable();
        Ok(paths)
    }

    /// Gives a commit the wanted objects that it has and no commit before had.
    fn bring(
        &self,
        paths: &Paths,
        commit: &Reached,
        seen: &mut [bool],
        found: &mut BTreeMap<ObjectId, Origin>,
    ) -> Result<(), ObjectError> {
        let Some(root) = paths.places.get(&commit.tree) else { return Ok(()) };
        let new = paths.new_below(*root, seen);
        if !new.iter().any(|place| *place < paths.wanted) {
            return Ok(());
        }
        let mut new: BTreeSet<ObjectId> = new.iter().filter_map(|place| paths.ids.get(*place)).copied().collect();
        let mut origin = |id: ObjectId, path: &[u8]| {
            let origin = Origin { path: RepoPath::from_bytes(path), commit: commit.id, time: Timestamp(commit.time) };
            found.entry(id).or_insert(origin);
        };
        let is_wanted = |id: &ObjectId| paths.places.get(id).is_some_and(|place| *place < paths.wanted);
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
            let ahead = entries.iter().rev().filter(|it| new.contains(&it.id) && !trees::is_submodule(it));
            open.extend(ahead.map(|entry| (entry.id, joined(&path, entry.name))));
        }
        Ok(())
    }
}

impl Paths {
    fn place(&mut self, id: ObjectId) -> usize {
        let Self { ids, places, .. } = self;
        *places.entry(id).or_insert_with(|| {
            ids.push(id);
            ids.len() - 1
        })
    }

    /// Everything on the way to something wanted that is below `root`, itself included, and was not seen before.
    fn new_below(&self, root: usize, seen: &mut [bool]) -> Vec<usize> {
        let mut new = Vec::new();
        let mut open = vec![root];
        while let Some(place) = open.pop() {
            let Some(seen) = seen.get_mut(place) else { continue };
            if std::mem::replace(seen, true) {
                continue;
            }
            new.push(place);
            let first = self.edges.partition_point(|(tree, _)| *tree < place);
            let own = self.edges.get(first..).unwrap_or_default().iter().take_while(|(tree, _)| *tree == place);
            open.extend(own.map(|(_, child)| *child));
        }
        new
    }
}
