//! The work tree: what is staged, overlaid with what differs on disk.
//!
//! A file whose times and size are those that the index remembers is the staged one; every other file is
//! hashed. Content is read raw: no filter, no line-end conversion. A file that differs from the staged
//! one only by its line ends counts as unchanged where `core.autocrlf` is on or the `.gitattributes` of the
//! root speaks about text; nothing else of attributes is looked at. Links are text and never followed,
//! neither as files nor as folders on the way. Pipes, sockets and devices are never opened.
//!
//! What is asked of a staged file is its blob. It is read from disk where the bytes there have the blob's id, which
//! costs a fraction of inflating it out of a pack, and from the objects otherwise.

mod ignored;
mod observe;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use crate::git::index::{self, Index, Staged};
use crate::git::{GitError, Repository};
use crate::model::{Change, ChangeKind, File, FileMode, Level, ObjectId, Problem, RepoPath, Tree as _};

pub use tree::WorkTree;

use observe::{Disk, Seen};

/// What differs on disk from what is staged, by path.
type Overlay = BTreeMap<RepoPath, State>;

/// A path on disk that differs from the index.
#[derive(Clone, PartialEq, Eq, Debug)]
enum State {
    /// Staged and not on disk.
    Gone,
    /// Other content or another mode, or not staged at all.
    Present { mode: FileMode, id: ObjectId, content: Content },
}

/// Where the content of a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Content {
    /// Read once and held beside the objects.
    Held,
    /// On disk, to be read again; too much is held already.
    OnDisk,
    /// Nowhere: beyond the limit.
    TooLarge,
}

/// Staged files of one piece of work; small enough that two cores end together.
const CHUNK: usize = 256;

/// Looks at every staged file and at every untracked one that is not ignored.
///
/// # Errors
/// When the repository is bare or a folder cannot be listed.
pub fn scan(repository: &Repository, index: Arc<Index>) -> Result<WorkTree, GitError> {
    let root = repository.work_tree().ok_or_else(|| GitError::Bare(repository.git_dir().to_owned()))?;
    let disk = Disk {
        root,
        repository,
        keeps_modes: repository.setting_flag("core.filemode").unwrap_or(cfg!(unix)),
        keeps_links: repository.setting_flag("core.symlinks").unwrap_or(true),
        converts_lines: observe::converts_lines(repository, root),
        held: AtomicU64::new(0),
    };
    let staged: Vec<Staged<'_>> = index.staged().collect();
    let (tracked, untracked) = rayon::join(
        || staged.par_chunks(CHUNK).map(|chunk| tracked(&disk, &index, chunk)).collect::<Vec<_>>(),
        || ignored::untracked(repository, root, &index),
    );
    let untracked = untracked?;
    let new: Vec<(RepoPath, Seen)> =
        untracked.files.par_iter().map(|path| (RepoPath::from_bytes(path), disk.observe(path, None))).collect();
    let mut overlay = Overlay::new();
    let mut problems = untracked.problems;
    let tracked = tracked.into_iter().flatten().map(|(path, seen)| (path, seen, Level::Block));
    // What Git itself cannot read, nobody can add: only a warning.
    let new = new.into_iter().map(|(path, seen)| (path, seen, Level::Warn));
    for (path, seen, level) in tracked.chain(new) {
        match seen {
            Seen::Same => {}
            Seen::Gone => _ = overlay.insert(path, State::Gone),
            Seen::Present(mode, id, content) => _ = overlay.insert(path, State::Present { mode, id, content }),
            Seen::Unread(why) => {
                problems.push(Problem { level, ..problem(format!("`{path}` was not read: {why}")) });
                overlay.insert(path, State::Gone);
            }
        }
    }
    problems.sort_by(|one, other| one.message.cmp(&other.message));
    Ok(WorkTree::new(root.to_owned(), index, Arc::clone(repository.objects()), overlay, problems))
}

fn tracked(disk: &Disk<'_>, index: &Index, chunk: &[Staged<'_>]) -> Vec<(RepoPath, Seen)> {
    let mut folders = observe::Folders::default();
    let mut found = Vec::new();
    for staged in chunk {
        let Some(mode) = staged.mode else { continue };
        let seen = disk.compare(index, staged, mode, &mut folders);
        // What was only announced and is not on disk is nowhere.
        let nowhere = staged.announced && seen == Seen::Gone;
        if seen != Seen::Same && !nowhere {
            found.push((RepoPath::from_bytes(staged.path), seen));
        }
    }
    found
}

fn problem(message: String) -> Problem {
    Problem { level: Level::Warn, message, help: None, label: None }
}

/// The files that differ between a tree (`None` is the empty one) and the work tree, sorted by path.
///
/// # Errors
/// When a tree cannot be read.
pub fn diff(repository: &Repository, base: Option<ObjectId>, work: &WorkTree) -> Result<Vec<Change>, GitError> {
    let staged = index::diff(repository.objects(), base, work.index())?;
    let mut sides: BTreeMap<RepoPath, (Option<File>, Option<File>)> =
        staged.into_iter().map(|change| (change.path().clone(), (change.old, change.new))).collect();
    for path in work.differing() {
        let new = work.file(path)?;
        let old = match sides.get(path) {
            Some((old, _)) => old.clone(),
            // Not among the differences: the index has what the base has.
            None => work.staged_file(path)?,
        };
        sides.insert(path.clone(), (old, new));
    }
    Ok(sides.into_values().filter_map(|(old, new)| change(old, new)).collect())
}

fn change(old: Option<File>, new: Option<File>) -> Option<Change> {
    let kind = match (&old, &new) {
        (None, None) => return None,
        (Some(old), Some(new)) if old == new => return None,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Deleted,
        (Some(_), Some(_)) => ChangeKind::Modified,
    };
    Some(Change { kind, old, new })
}
