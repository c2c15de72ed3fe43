//! Which files differ between a tree and the index, at the cost of what differs: folders that the
//! cache tree knows to equal the tree's are passed over, trees and entries alike.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::git::GitError;
use crate::git::folder::{Budget, Folder, joined};
use crate::git::objects::Objects;
use crate::git::tree_diff::diff_trees;
use crate::git::tree_entries::EntryKind;
use crate::model::{Change, ChangeKind, File, FileMode, ObjectId, RepoPath};

use super::Index;

/// A folder to compare.
struct Pair {
    folder: Vec<u8>,
    tree: Option<ObjectId>,
    entries: Range<usize>,
    cached: Option<usize>,
    depth: usize,
}

/// The two sides at one name.
#[derive(Default)]
struct Sides {
    old_file: Option<(FileMode, ObjectId)>,
    new_file: Option<(FileMode, ObjectId)>,
    old_tree: Option<ObjectId>,
    /// A folder of the index.
    entries: Option<Range<usize>>,
    /// A folder that a sparse index names only by its tree.
    sparse: Option<ObjectId>,
}

/// The files that differ between a tree (`None` is the empty one) and what is staged, sorted by path.
///
/// # Errors
/// When a tree cannot be read or a limit is passed.
pub fn diff(objects: &Objects, base: Option<ObjectId>, index: &Index) -> Result<Vec<Change>, GitError> {
    let mut found = Vec::new();
    let mut budget = Budget::default();
    let whole = 0..index.entries.all().len();
    let root = index.cache.as_ref().map(|_| 0);
    let mut open = vec![Pair { folder: Vec::new(), tree: base, entries: whole, cached: root, depth: 0 }];
    while let Some(pair) = open.pop() {
        if index.equals(&pair) {
            continue;
        }
        let sides = sides(objects, index, &pair, &mut budget)?;
        for (name, side) in sides {
            let path = joined(&pair.folder, &name);
            found.extend(file_change(&path, &side));
            budget.count(found.len())?;
            if let Some(tree) = side.sparse {
                found.extend(below(&path, diff_trees(objects, side.old_tree, Some(tree))?));
            } else if side.old_tree.is_some() || side.entries.is_some() {
                let cached = pair.cached.and_then(|parent| index.cache.as_ref()?.child(parent, &name));
                let entries = side.entries.unwrap_or(0..0);
                open.push(Pair { folder: path, tree: side.old_tree, entries, cached, depth: pair.depth + 1 });
            }
        }
    }
    found.sort_by(|one, other| one.path().cmp(other.path()).then_with(|| one.cmp(other)));
    Ok(found)
}

impl Index {
    /// Whether the cache tree says that the folder's entries are this tree.
    fn equals(&self, pair: &Pair) -> bool {
        let known = pair.cached.and_then(|position| self.cache.as_ref()?.known(position));
        known.is_some_and(|known| Some(known.id) == pair.tree && known.entries == pair.entries.len())
    }
}

fn sides(
    objects: &Objects,
    index: &Index,
    pair: &Pair,
    budget: &mut Budget,
) -> Result<BTreeMap<Vec<u8>, Sides>, GitError> {
    let mut sides: BTreeMap<Vec<u8>, Sides> = BTreeMap::new();
    let tree = Folder::read(objects, pair.tree)?;
    let entries = tree.entries(objects.hash())?;
    budget.spend(entries.len(), pair.depth)?;
    for entry in &entries {
        let side = sides.entry(entry.name.to_vec()).or_default();
        match entry.kind() {
            EntryKind::Folder => side.old_tree = Some(entry.id),
            EntryKind::File(mode) => side.old_file = Some((mode, entry.id)),
        }
    }
    let skip = if pair.folder.is_empty() { 0 } else { pair.folder.len() + 1 };
    let mut position = pair.entries.start;
    while position < pair.entries.end {
        let Some(entry) = index.entries.all().get(position) else { break };
        let path = index.entries.path(entry);
        let rest = path.get(skip..).unwrap_or_default();
        let Some(slash) = rest.iter().position(|it| *it == b'/') else {
            if let Some(mode) = entry.file_mode().filter(|_| entry.is_content()) {
                sides.entry(rest.to_vec()).or_default().new_file = Some((mode, index.entries.id(entry)));
            }
            position += 1;
            continue;
        };
        let name = rest.get(..slash).unwrap_or_default();
        let side = sides.entry(name.to_vec()).or_default();
        if slash + 1 == rest.len() {
            side.sparse = Some(index.entries.id(entry));
            position += 1;
            continue;
        }
        let prefix = path.get(..=skip + slash).unwrap_or_default();
        let range = index.entries.range_in(position..pair.entries.end, prefix);
        position = range.end.max(position + 1);
        side.entries = Some(range);
    }
    budget.spend(sides.len(), pair.depth)?;
    Ok(sides)
}

fn file_change(path: &[u8], side: &Sides) -> Option<Change> {
    if side.old_file == side.new_file {
        return None;
    }
    let file = |(mode, id)| File { path: RepoPath::from_bytes(path), mode, id };
    let kind = match (side.old_file, side.new_file) {
        (None, _) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Deleted,
        (Some(_), Some(_)) => ChangeKind::Modified,
    };
    Some(Change { kind, old: side.old_file.map(file), new: side.new_file.map(file) })
}

/// The changes of a folder, with their paths from the root.
fn below(folder: &[u8], changes: Vec<Change>) -> impl Iterator<Item = Change> {
    let folder = RepoPath::from_bytes(folder);
    changes.into_iter().map(move |change| {
        let moved = |file: File| File { path: folder.join(&file.path), ..file };
        Change { kind: change.kind, old: change.old.map(moved), new: change.new.map(moved) }
    })
}
