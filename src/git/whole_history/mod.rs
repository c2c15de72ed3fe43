//! The whole history: every blob that a ref has ever reached, for checks that look for things in it.
//!
//! Blobs are read as the packs hold them ([`crate::git::objects::Bulk`]), reachable or not. Two things are asked of the
//! trees and commits: whether all that they name is here ([`absent`]), since what is not here was not looked at; and, of
//! the few blobs in which something was found, where they come from ([`origins`]).

mod absent;
mod commits;
mod origins;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use crate::git::objects::{Bulk, Grow, ObjectError, ObjectKind, Objects, TreeLog};
use crate::git::{GitError, Repository, Tips};
use crate::model::{Find, History, Missing, ObjectId, Origin, Piece, Scanned};

use commits::Commits;

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
    bulk: OnceLock<Bulk>,
    commits: OnceLock<Commits>,
    trees: OnceLock<TreeLog>,
}

impl WholeHistory {
    /// The history of all refs of a repository. Nothing but the refs is read yet.
    ///
    /// # Errors
    /// When the refs cannot be read.
    pub fn of(repository: &Repository) -> Result<Self, GitError> {
        Ok(Self::new(Arc::clone(repository.objects()), repository.tips()?))
    }

    fn new(objects: Arc<Objects>, tips: Tips) -> Self {
        Self { objects, tips, bulk: OnceLock::new(), commits: OnceLock::new(), trees: OnceLock::new() }
    }

    fn bulk(&self) -> &Bulk {
        self.bulk.get_or_init(|| Bulk::open(Arc::clone(&self.objects)))
    }

    fn commits(&self) -> &Commits {
        self.commits.get_or_init(|| Commits::read(&self.objects, self.bulk(), &self.tips.ids))
    }

    fn trees(&self) -> &TreeLog {
        let roots = || self.commits().oldest_first.iter().map(|commit| commit.tree);
        self.trees.get_or_init(|| self.bulk().tree_log(roots()))
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
    fn scan(&self, find: &Find<'_>) -> Result<Scanned, Missing> {
        let bulk = self.bulk();
        let harvest = bulk.scan(ObjectKind::Blob, OF_BLOBS, find);
        let mut holders: BTreeMap<u64, Vec<ObjectId>> = BTreeMap::new();
        for (tag, number) in &harvest.holdings {
            holders.entry(*tag).or_default().push(bulk.id(*number));
        }
        // Numbers follow the names only within one pack.
        holders.values_mut().for_each(|ids| ids.sort_unstable());
        let mut missing = self.missing(&harvest.errors);
        missing.extend(self.absent());
        missing.extend(self.unread_refs());
        missing.extend(self.beyond_the_boundary());
        missing.sort();
        missing.dedup();
        Ok(Scanned { holders, blobs: harvest.count, bytes: harvest.bytes, fresh: harvest.fresh, missing })
    }

    fn origins(&self, blobs: &BTreeSet<ObjectId>) -> Result<BTreeMap<ObjectId, Origin>, Missing> {
        self.origins_of(blobs)
    }

    fn read(&self, blob: &ObjectId) -> Result<Arc<[u8]>, Missing> {
        self.objects.read_blob(blob).map_err(|error| self.objects.missing(&error))
    }
}
