//! Files whose names tell what they are: where each of them comes from under such a name.
//!
//! A blob has no name of its own. The log of all trees notes, while it is made, which blobs and folders ever had a name that
//! tells; the commits are then gone through from the oldest on, as in [`super::origins`], and only the trees on the way to
//! such a blob are read.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::git::folder::{Folder, joined};
use crate::git::objects::{Marked, Number, ObjectError};
use crate::git::tree_entries::EntryKind;
use crate::model::{FileMode, Missing, NameSeeker, Named, ObjectId, Origin, RepoPath};

use super::WholeHistory;
use super::commits::Reached;
use super::origins::Paths;

/// Names under which an object is still to be found.
type Pending = BTreeMap<Number, BTreeSet<Vec<u8>>>;

impl WholeHistory {
    /// As [`crate::model::History::named`], without what earlier runs found.
    pub(super) fn seek_named(&self, seeker: &NameSeeker<'_>) -> Result<Named, Missing> {
        let mut files: BTreeSet<(ObjectId, Origin)> = BTreeSet::new();
        for (id, origin) in self.origins_of_names()? {
            // A folder whose files are told by it.
            match Folder::read(&self.objects, Some(id)) {
                Ok(folder) => files.extend(self.inside(&folder, &origin)?),
                Err(ObjectError::WrongKind { .. }) => _ = files.insert((id, origin)),
                Err(error) => return Err(self.objects.missing(&error)),
            }
        }
        files.retain(|(_, origin)| (seeker.is_wanted)(&origin.path));
        let files: Vec<(ObjectId, Origin)> = files.into_iter().collect();
        let look = |(id, origin): &(ObjectId, Origin)| {
            self.objects.read_blob(id).map(|content| (seeker.holds)(&origin.path, &content))
        };
        let looked: Vec<Result<bool, ObjectError>> = files.par_iter().map(look).collect();
        let mut named = Named::default();
        let mut errors = Vec::new();
        for (file, looked) in files.into_iter().zip(looked) {
            match looked {
                Ok(true) => named.files.push(file),
                Ok(false) => {}
                Err(error) => errors.push(error),
            }
        }
        named.missing = self.missing(&errors);
        Ok(named)
    }

    fn inside(&self, folder: &Folder, origin: &Origin) -> Result<Vec<(ObjectId, Origin)>, Missing> {
        let entries = folder.entries(self.objects.hash()).map_err(|error| self.objects.missing(&error))?;
        let path = origin.path.to_bytes();
        let files = entries
            .iter()
            .filter(|it| matches!(it.kind(), EntryKind::File(FileMode::Regular | FileMode::Executable)))
            .map(|it| (it.id, Origin { path: RepoPath::from_bytes(&joined(&path, it.name)), ..origin.clone() }));
        Ok(files.collect())
    }

    /// Of each blob or folder under each name that tells: the oldest commit that has it under that name.
    fn origins_of_names(&self) -> Result<Vec<(ObjectId, Origin)>, Missing> {
        let (bulk, log) = (self.bulk(), self.trees());
        let mut pending = Pending::new();
        for (number, name) in log.named() {
            pending.entry(*number).or_default().insert(name.clone());
        }
        let wanted: BTreeSet<ObjectId> = pending.keys().map(|number| bulk.id(*number)).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let paths = self.paths_to(&wanted)?;
        let mut seen = log.none();
        let mut found = Vec::new();
        for commit in &self.commits().oldest_first {
            if pending.is_empty() {
                break;
            }
            let new = paths.new_trees(commit, &mut seen, &pending);
            if !new.is_empty() {
                let named = self.named_by(&paths, (commit, new), &mut pending);
                found.extend(named.map_err(|error| self.objects.missing(&error))?);
            }
        }
        Ok(found)
    }

    /// What a commit has under a pending name in trees that no commit before had.
    fn named_by(
        &self,
        paths: &Paths<'_>,
        (commit, mut new): (&Reached, BTreeSet<Number>),
        pending: &mut Pending,
    ) -> Result<Vec<(ObjectId, Origin)>, ObjectError> {
        let mut found = Vec::new();
        let mut open = vec![(commit.tree, Vec::new())];
        while let Some((id, path)) = open.pop() {
            if !paths.number(&id).is_some_and(|number| new.remove(&number)) {
                continue;
            }
            let folder = Folder::read(&self.objects, Some(id))?;
            for entry in folder.entries(self.objects.hash())?.iter().rev() {
                let Some(number) = paths.number(&entry.id) else { continue };
                if new.contains(&number) {
                    open.push((entry.id, joined(&path, entry.name)));
                }
                let Some(names) = pending.get_mut(&number) else { continue };
                if names.remove(entry.name) {
                    found.push((entry.id, commit.brings(&joined(&path, entry.name))));
                }
                if names.is_empty() {
                    pending.remove(&number);
                }
            }
        }
        Ok(found)
    }
}

impl Paths<'_> {
    /// The trees of a commit that no commit before had and that lead to something wanted; none when nothing in them is
    /// pending.
    fn new_trees(&self, commit: &Reached, seen: &mut Marked, pending: &Pending) -> BTreeSet<Number> {
        let (mut new, mut is_due) = (BTreeSet::new(), false);
        let mut open: Vec<Number> = self.number(&commit.tree).into_iter().collect();
        while let Some(number) = open.pop() {
            let named = self.held.of(number);
            if !named.is_empty() && seen.add(number) {
                new.insert(number);
                is_due |= named.iter().any(|it| pending.contains_key(it));
                open.extend(named);
            }
        }
        if is_due { new } else { BTreeSet::new() }
    }
}
