//! The whole history: every blob that a ref has ever reached, for checks that look for things in it.
//!
//! Blobs are read as the packs hold them ([`crate::git::objects::Bulk`]), reachable or not. Two things are asked of the
//! trees and commits: whether all that they name is here ([`absent`]), since what is not here was not looked at; and, of
//! the few blobs in which something was found, where they come from ([`origins`]).

mod absent;
mod commits;
mod large;
mod memory;
mod named;
mod origins;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::git::objects::{Bulk, Grow, Harvest, ObjectError, ObjectKind, Objects, TreeLog, inventory};
use crate::git::{GitError, Repository, Tips};
use crate::model::{History, Missing, NameSeeker, Named, ObjectId, Origin, Piece, Scanned, Seeker, Telling};

use commits::Commits;
pub use memory::Memory;
use memory::{Name, Table, Walk};

/// Objects that cannot be read and are named one by one.
const MOST_NAMED: usize = 20;
/// How the fresh ranges of blobs are grown.
const OF_BLOBS: Grow = Grow { carries: true, margin: Piece::MARGIN, line: Piece::LINE };
/// Of commits nothing but the content is asked.
const EXACT: Grow = Grow { carries: false, margin: 0, line: 0 };

/// The history of one repository, as it was when it was first asked about.
pub struct WholeHistory {
    objects: Arc<Objects>,
    tips: Tips,
    telling: Telling,
    bulk: OnceLock<Bulk>,
    commits: OnceLock<Commits>,
    trees: OnceLock<TreeLog>,
    memory: Option<Arc<Memory>>,
    state: OnceLock<Option<Name>>,
    walk: Mutex<Walk>,
}

impl WholeHistory {
    /// The history of all refs of a repository. Nothing but the refs is read yet.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn of(repository: &Repository, telling: Telling) -> Result<Self, GitError> {
        Ok(Self::new(Arc::clone(repository.objects()), repository.tips()?, telling))
    }

    fn new(objects: Arc<Objects>, tips: Tips, telling: Telling) -> Self {
        let (bulk, commits, trees, state) = (OnceLock::new(), OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { objects, tips, telling, bulk, commits, trees, memory: None, state, walk: Mutex::default() }
    }

    /// The same with what earlier runs found; what this one finds is kept in there.
    #[must_use]
    pub fn with_memory(mut self, memory: Arc<Memory>) -> Self {
        let walk = self.state().and_then(|state| Walk::recall(&memory, &self.objects, &state));
        self.walk = Mutex::new(walk.unwrap_or_default());
        self.memory = Some(memory);
        self
    }

    fn bulk(&self) -> &Bulk {
        self.bulk.get_or_init(|| Bulk::open(Arc::clone(&self.objects)))
    }

    fn commits(&self) -> &Commits {
        self.commits.get_or_init(|| Commits::read(&self.objects, self.bulk(), &self.tips.ids))
    }

    fn trees(&self) -> &TreeLog {
        let roots = || self.commits().oldest_first.iter().map(|commit| commit.tree);
        self.trees.get_or_init(|| self.bulk().tree_log(roots(), self.telling))
    }

    /// What a scan cannot have seen, in the user's terms.
    fn missing(&self, errors: &[ObjectError]) -> Vec<Missing> {
        let mut missing: Vec<Missing> = errors.iter().take(MOST_NAMED).map(|it| self.objects.missing(it)).collect();
        if errors.len() > MOST_NAMED {
            missing.push(Missing::here(
                format!("{} more objects of the history", errors.len() - MOST_NAMED),
                "see what is damaged with `git fsck --full`, and clone the repository again",
            ));
        }
        missing
    }

    /// The refs that cannot be read: what only they lead to counts as unreachable.
    fn unread_refs(&self) -> Vec<Missing> {
        let how = "look at it with `git fsck`, and delete it or set it anew with `git update-ref`";
        let names = self.tips.unread.iter().take(MOST_NAMED);
        let mut missing: Vec<Missing> = names
            .map(|name| Missing::here(format!("what the ref `{name}` leads to: it cannot be read"), how))
            .collect();
        if self.tips.unread.len() > MOST_NAMED {
            let count = self.tips.unread.len() - MOST_NAMED;
            missing.push(Missing::here(format!("what {count} more refs lead to: they cannot be read"), how));
        }
        missing
    }

    fn beyond_the_boundary(&self) -> Option<Missing> {
        (!self.objects.shallow().is_empty()).then(|| {
            Missing::here(
                "the history before the boundary of this shallow clone",
                "fetch it with `git fetch --unshallow`, or set `fetch-depth: 0` on the checkout step",
            )
        })
    }
}

impl History for WholeHistory {
    fn scan(&self, seeker: &Seeker<'_>) -> Result<Scanned, Missing> {
        let kept = self.memory.as_deref().zip(seeker.name.as_ref());
        let known = kept.and_then(|(memory, finder)| Table::recall(memory, finder)).unwrap_or_default();
        // Before anything is looked at: what comes meanwhile belongs to another state.
        let state = kept.and_then(|_| self.state());
        if known.whole_at.is_some() && known.whole_at == state {
            return Ok(known.scanned());
        }
        let (mut table, harvest) = self.look(&known, seeker);
        let mut missing = self.missing(&harvest.errors);
        missing.extend(self.absent());
        missing.extend(self.unread_refs());
        missing.extend(self.beyond_the_boundary());
        missing.sort();
        missing.dedup();
        table.whole_at = state.filter(|_| missing.is_empty());
        if let Some((memory, finder)) = kept.filter(|_| table != known) {
            table.learn(memory, finder);
        }
        Ok(Scanned { fresh: harvest.fresh, missing, ..table.scanned() })
    }

    fn origins(&self, blobs: &BTreeSet<ObjectId>) -> Result<BTreeMap<ObjectId, Origin>, Missing> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        if !blobs.iter().all(|id| walk.origins.contains_key(id)) {
            let found = self.origins_of(blobs)?;
            walk.origins.extend(blobs.iter().map(|id| (*id, found.get(id).cloned())));
            self.learn(&walk);
        }
        Ok(blobs.iter().filter_map(|id| Some((*id, walk.origins.get(id)?.clone()?))).collect())
    }

    fn named(&self, seeker: &NameSeeker<'_>) -> Result<Named, Missing> {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(files) = seeker.name.and_then(|name| walk.named.get(&name)) {
            return Ok(Named { files: files.clone(), missing: Vec::new() });
        }
        let named = self.seek_named(seeker)?;
        if let Some(name) = seeker.name.filter(|_| named.missing.is_empty()) {
            walk.named.insert(name, named.files.clone());
            self.learn(&walk);
        }
        Ok(named)
    }

    fn read_large(&self, blob: &ObjectId, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>> {
        let is_large = self.objects.is_large_blob(blob);
        is_large.then(|| self.objects.stream_blob(blob, each).map_err(|error| self.objects.missing(&error)))
    }

    fn read(&self, blob: &ObjectId) -> Result<Arc<[u8]>, Missing> {
        self.objects.read_blob(blob).map_err(|error| self.objects.missing(&error))
    }
}

impl WholeHistory {
    /// Scans what is not known, and puts it together with what is known and still there.
    fn look(&self, known: &Table, seeker: &Seeker<'_>) -> (Table, Harvest) {
        let bulk = self.bulk();
        let mut there = bulk.none();
        let mut is_there = |id: &ObjectId| bulk.number(id).is_some_and(|number| there.add(number));
        let mut table = Table::default();
        table.sizes.extend(known.sizes.iter().filter(|(id, _)| is_there(id)));
        let is_there = |id: &ObjectId| bulk.number(id).is_some_and(|number| there.has(number));
        table.marks.extend(known.marks.iter().filter(|(_, id)| is_there(id)));
        let mut harvest = bulk.scan((ObjectKind::Blob, Some(&there)), OF_BLOBS, seeker.find);
        table.sizes.extend(harvest.sizes.iter().map(|(number, size)| (bulk.id(*number), *size)));
        table.marks.extend(harvest.holdings.iter().map(|(tag, number)| (*tag, bulk.id(*number))));
        harvest.errors = self.look_at_large(std::mem::take(&mut harvest.errors), &mut table, seeker);
        table.sizes.par_sort_unstable();
        table.marks.par_sort_unstable();
        (table, harvest)
    }

    /// A digest of everything on which an answer depends beside the finder: the objects, the refs and the boundary.
    /// Nothing when it cannot be told.
    fn state(&self) -> Option<Name> {
        *self.state.get_or_init(|| {
            let mut hash = Sha256::new();
            hash.update(inventory(&self.objects)?);
            for ids in [&self.tips.ids, self.objects.shallow()] {
                hash.update((ids.len() as u64).to_be_bytes());
                ids.iter().for_each(|id| hash.update(id.as_bytes()));
            }
            self.tips.unread.iter().for_each(|name| hash.update([name.as_bytes(), b"\0"].concat()));
            Some(hash.finalize().into())
        })
    }

    /// Keeps the origins that were found for the state in which they were.
    fn learn(&self, walk: &Walk) {
        if let Some((memory, state)) = self.memory.as_deref().zip(self.state()) {
            walk.learn(memory, &self.objects, &state);
        }
    }
}
