//! What the history names and this clone does not have.
//!
//! The packs of a clone only tell what is there. A blob that a filter left at the server, or that was lost, shows in the
//! trees that name it. Each tree is looked at where it differs from the one that it was made from, so that this costs
//! little. Trees that no ref reaches may rightly have lost what they name: if anything is absent at all, it is found out
//! which of it a ref reaches.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use crate::git::folder::is_empty_tree;
use crate::git::objects::{ObjectError, ObjectKind};
use crate::model::{Missing, ObjectId};

use super::{EXACT, MOST_NAMED, WholeHistory, trees};

impl WholeHistory {
    /// What a ref reaches and no store has.
    pub(super) fn absent(&self) -> Vec<Missing> {
        let commits = self.commits();
        let (named, mut errors) = self.named_in_vain();
        errors.extend(commits.absent.iter().map(|id| ObjectError::Absent(*id)));
        let mut missing = self.missing(&commits.errors);
        missing.extend(self.missing(&errors));
        if named.is_empty() {
            return missing;
        }
        match self.origins_of(&named) {
            Ok(reached) => {
                for (id, origin) in reached.iter().take(MOST_NAMED) {
                    let how = self.objects.missing(&ObjectError::Absent(*id)).how;
                    let what =
                        format!("`{}` of commit {}: it is not in this clone", origin.path, origin.commit.short());
                    missing.push(Missing::here(what, how));
                }
                if let Some((id, _)) = reached.iter().nth(MOST_NAMED) {
                    let how = self.objects.missing(&ObjectError::Absent(*id)).how;
                    let count = reached.len() - MOST_NAMED;
                    missing.push(Missing::here(format!("{count} more files and folders of the history"), how));
                }
            }
            Err(error) => missing.push(self.objects.missing(&error)),
        }
        missing
    }

    /// What trees and commits name and no store has, reached or not; and trees that cannot be read.
    fn named_in_vain(&self) -> (BTreeSet<ObjectId>, Vec<ObjectError>) {
        let (bulk, hash) = (self.bulk(), self.objects.hash());
        let (absent, malformed) = (Mutex::new(BTreeSet::new()), Mutex::new(BTreeMap::new()));
        let note = |id: ObjectId| {
            absent.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        };
        let is_absent = |id: &ObjectId| bulk.number(id).is_none() && !is_empty_tree(id);
        let harvest = bulk.scan(ObjectKind::Tree, EXACT, &|piece| {
            let mut fresh = piece.fresh.iter().peekable();
            let parsed = trees::each(piece.content, hash, |entry, span| {
                while fresh.next_if(|range| range.end <= span.start).is_some() {}
                let is_fresh = fresh.peek().is_some_and(|range| range.start < span.end);
                if is_fresh && !trees::is_submodule(entry) && is_absent(&entry.id) {
                    note(entry.id);
                }
            });
            if let Err(what) = parsed {
                malformed.lock().unwrap_or_else(PoisonError::into_inner).insert(piece.id, what);
            }
            Vec::new()
        });
        let roots = self.commits().oldest_first.iter().map(|commit| commit.tree);
        roots.filter(is_absent).for_each(note);
        let malformed = malformed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut errors = harvest.errors;
        errors.extend(malformed.into_iter().map(|(id, what)| ObjectError::MalformedTree { id, what }));
        (absent.into_inner().unwrap_or_else(PoisonError::into_inner), errors)
    }
}
