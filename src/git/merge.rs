//! Merges tried in memory.
//!
//! libgit2 gets an object database of its own: the repository's objects to read, and a pack in memory that
//! takes what the merge writes. It sees no configuration and no ref of the repository, so that neither a
//! merge driver nor an owner check has a say, and nothing is written to disk.

use std::path::PathBuf;

use git2::{ObjectFormat, Odb, Oid};

use crate::git::objects::HashKind;
use crate::git::{GitError, Repository, bounded};
use crate::model::{MergeOutcome, ObjectId, RepoPath};

const LABEL: &str = "the trial merge";

impl Repository {
    /// What merging `source` into `target` gives.
    ///
    /// # Errors
    /// When an object is not in this clone, is damaged, or the merge does not end in time.
    pub fn try_merge(&self, target: ObjectId, source: ObjectId) -> Result<MergeOutcome, GitError> {
        let folders = self.object_folders();
        let format = match self.hash() {
            HashKind::Sha1 => ObjectFormat::Sha1,
            HashKind::Sha256 => ObjectFormat::Sha256,
        };
        bounded::run(LABEL, bounded::LIMIT, move || {
            merge(&folders, format, &target, &source)
                .map_err(|error| GitError::Library { label: LABEL, what: error.message().to_owned() })
        })
    }
}

fn merge(
    folders: &[PathBuf],
    format: ObjectFormat,
    target: &ObjectId,
    source: &ObjectId,
) -> Result<MergeOutcome, git2::Error> {
    let objects = Odb::new_ext(format)?;
    let _in_memory = objects.add_new_mempack_backend(1000)?;
    for folder in folders.iter().filter_map(|it| it.to_str()) {
        objects.add_disk_alternate(folder)?;
    }
    let repository = git2::Repository::from_odb(objects)?;
    let commit = |id: &ObjectId| repository.find_commit(Oid::from_bytes(id.as_bytes())?);
    let index = repository.merge_commits(&commit(target)?, &commit(source)?, None)?;
    if !index.has_conflicts() {
        return Ok(MergeOutcome::Clean);
    }
    let mut paths = Vec::new();
    for conflict in index.conflicts()? {
        let conflict = conflict?;
        let sides = [conflict.our, conflict.their, conflict.ancestor];
        paths.extend(sides.into_iter().flatten().map(|entry| RepoPath::from_bytes(&entry.path)));
    }
    paths.sort();
    paths.dedup();
    Ok(MergeOutcome::Conflicts { paths })
}
