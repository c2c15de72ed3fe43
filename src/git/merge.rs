//! Merges tried in memory.
//!
//! Most branches touch no file that the target touched too. That is told from three trees by our own reader, and
//! libgit2 is asked only when the two sides meet. What they meet in is read and verified first, because damage is
//! what makes libgit2 spin.
//!
//! libgit2 gets an object database of its own: the repository's objects to read, and a pack in memory that
//! takes what the merge writes. It sees no configuration and no ref of the repository, so that neither a
//! merge driver nor an owner check has a say, and nothing is written to disk.

use std::path::PathBuf;

use git2::{ObjectFormat, Odb, Oid};

use crate::git::objects::HashKind;
use crate::git::tree_diff::diff_trees;
use crate::git::{GitError, Repository, bounded, history};
use crate::model::{Change, Commit, FileMode, MergeOutcome, ObjectId, RepoPath};

const LABEL: &str = "the trial merge";

impl Repository {
    /// What merging `source` into `target` gives.
    ///
    /// # Errors
    /// When an object is not in this clone, is damaged, or the merge does not end in time.
    pub fn try_merge(&self, target: ObjectId, source: ObjectId) -> Result<MergeOutcome, GitError> {
        if self.sides_never_meet(&target, &source)? {
            return Ok(MergeOutcome::Clean);
        }
        let folders = self.object_folders();
        let format = self.object_format();
        bounded::run(LABEL, bounded::LIMIT, move || {
            merge(&folders, format, &target, &source)
                .map_err(|error| GitError::Library { label: LABEL, what: error.message().to_owned() })
        })
    }

    /// Whether a commit is a merge of two that brings nothing of its own: merging them in memory gives exactly its files.
    ///
    /// # Errors
    /// As [`Repository::try_merge`].
    pub fn is_plain_merge(&self, commit: &Commit) -> Result<bool, GitError> {
        let [ours, theirs] = *commit.parents.as_slice() else { return Ok(false) };
        // Reads and verifies what the two sides meet in.
        self.sides_never_meet(&ours, &theirs)?;
        let folders = self.object_folders();
        let format = self.object_format();
        let merged = bounded::run(LABEL, bounded::LIMIT, move || {
            in_memory(&folders, format, [&ours, &theirs], |repository, mut index| {
                if index.has_conflicts() {
                    return Ok(None);
                }
                Ok(Some(index.write_tree_to(repository)?.as_bytes().to_vec()))
            })
            .map_err(|error| GitError::Library { label: LABEL, what: error.message().to_owned() })
        })?;
        let tree = self.objects().tree_of(&commit.id)?;
        Ok(merged.is_some_and(|it| it == tree.as_bytes()))
    }

    fn object_format(&self) -> ObjectFormat {
        match self.hash() {
            HashKind::Sha1 => ObjectFormat::Sha1,
            HashKind::Sha256 => ObjectFormat::Sha256,
        }
    }

    /// Whether no path, and no folder that is a file on the other side, was changed by both. With several merge
    /// bases nobody can say so cheaply.
    fn sides_never_meet(&self, target: &ObjectId, source: &ObjectId) -> Result<bool, GitError> {
        let objects = self.objects();
        let bases = history::merge_bases(objects, target, source)?;
        let [base] = bases.as_slice() else { return Ok(false) };
        let base = objects.tree_of(base)?;
        let changed = |tip| diff_trees(objects, Some(base), Some(objects.tree_of(tip)?));
        let (ours, theirs) = (changed(target)?, changed(source)?);
        let met: Vec<&Change> = meeting(&ours, &theirs).chain(meeting(&theirs, &ours)).collect();
        for file in met.iter().flat_map(|change| [&change.old, &change.new]).flatten() {
            if file.mode != FileMode::Gitlink {
                objects.read_blob(&file.id)?;
            }
        }
        Ok(met.is_empty())
    }
}

/// The changes of one side at, above or below a path of the other. Both are sorted by path.
fn meeting<'a>(ones: &'a [Change], others: &'a [Change]) -> impl Iterator<Item = &'a Change> {
    let starts = |path: &RepoPath| others.partition_point(|it| it.path() < path);
    let at = move |path: &RepoPath| others.get(starts(path)).is_some_and(|it| it.path() == path);
    let below = move |path: &RepoPath| {
        let inside = path.join(&RepoPath::root());
        others.get(starts(&inside)).is_some_and(|it| it.path().is_within(path))
    };
    ones.iter().filter(move |change| {
        let above = std::iter::successors(Some(change.path().clone()), RepoPath::parent).filter(|it| !it.is_root());
        below(change.path()) || above.into_iter().any(|path| at(&path))
    })
}

fn merge(
    folders: &[PathBuf],
    format: ObjectFormat,
    target: &ObjectId,
    source: &ObjectId,
) -> Result<MergeOutcome, git2::Error> {
    in_memory(folders, format, [target, source], |_, index| outcome(&index))
}

/// Merges two commits and hands the index on; what is written goes to memory.
fn in_memory<T>(
    folders: &[PathBuf],
    format: ObjectFormat,
    [ours, theirs]: [&ObjectId; 2],
    then: impl FnOnce(&git2::Repository, git2::Index) -> Result<T, git2::Error>,
) -> Result<T, git2::Error> {
    let objects = Odb::new_ext(format)?;
    let _in_memory = objects.add_new_mempack_backend(1000)?;
    for folder in folders.iter().filter_map(|it| it.to_str()) {
        objects.add_disk_alternate(folder)?;
    }
    let repository = git2::Repository::from_odb(objects)?;
    let commit = |id: &ObjectId| repository.find_commit(Oid::from_bytes(id.as_bytes())?);
    let index = repository.merge_commits(&commit(ours)?, &commit(theirs)?, None)?;
    then(&repository, index)
}

fn outcome(index: &git2::Index) -> Result<MergeOutcome, git2::Error> {
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
