//! The two sides of a range: their files, and which of them differ.

use std::sync::Arc;

use crate::git::index::{self, Index, IndexTree};
use crate::git::object_tree::ObjectTree;
use crate::git::{GitError, Range, Repository, Side, renames, tree_diff, worktree};
use crate::model::{Change, EmptyTree, Level, ObjectId, Problem, RepoPath, Tree};

/// What stands at both sides.
pub struct Sides {
    /// All files of the base.
    pub base: Arc<dyn Tree>,
    /// All files of the head.
    pub head: Arc<dyn Tree>,
    /// The files that differ, renames joined.
    pub changes: Vec<Change>,
    /// What a person should know about them.
    pub problems: Vec<Problem>,
}

/// Malformed entries that are named one by one; hostile trees have thousands.
const MOST_NAMED: usize = 20;

pub(super) fn read(repository: &Repository, range: &Range) -> Result<Sides, GitError> {
    let objects = repository.objects();
    let mut problems = Vec::new();
    let base_tree = tree_of(range.base);
    let (head, changes): (Arc<dyn Tree>, Vec<Change>) = match range.head {
        Side::Empty => (Arc::new(EmptyTree), tree_diff::diff_trees(objects, base_tree, None)?),
        Side::Commit { tree, .. } => {
            problems.extend(malformed(repository, base_tree, tree)?);
            let changes = tree_diff::diff_trees(objects, base_tree, Some(tree))?;
            (Arc::new(ObjectTree::new(Arc::clone(objects), Some(tree))), changes)
        }
        Side::Index => {
            let index = Arc::new(Index::read(repository)?);
            problems.extend(unmerged(&index, Level::Block));
            let changes = index::diff(objects, base_tree, &index)?;
            (Arc::new(IndexTree::new(index, Arc::clone(objects))), changes)
        }
        Side::WorkTree => {
            let index = Arc::new(Index::read(repository)?);
            problems.extend(unmerged(&index, Level::Warn));
            let work = worktree::scan(repository, index)?;
            problems.extend_from_slice(work.problems());
            let changes = worktree::diff(repository, base_tree, &work)?;
            (Arc::new(work), changes)
        }
    };
    let base: Arc<dyn Tree> = match base_tree {
        Some(tree) => Arc::new(ObjectTree::new(Arc::clone(objects), Some(tree))),
        None => Arc::new(EmptyTree),
    };
    let changes = renames::detect(objects, changes);
    Ok(Sides { base, head, changes, problems })
}

fn tree_of(side: Side) -> Option<ObjectId> {
    match side {
        Side::Commit { tree, .. } => Some(tree),
        Side::Empty | Side::Index | Side::WorkTree => None,
    }
}

/// What an honest Git would not have written. Such a tree means one thing here and another where it is checked out.
fn malformed(repository: &Repository, base: Option<ObjectId>, head: ObjectId) -> Result<Vec<Problem>, GitError> {
    let found = tree_diff::malformed_trees(repository.objects(), base, Some(head))?;
    let named = found.iter().take(MOST_NAMED).map(|it| Problem {
        level: Level::Block,
        message: format!("the tree is malformed at `{}`: {}", it.path, it.kind),
        help: Some("see it with `git fsck`, and write the commit anew".to_owned()),
        label: None,
    });
    let mut problems: Vec<Problem> = named.collect();
    if found.len() > MOST_NAMED {
        problems.push(Problem {
            level: Level::Block,
            message: format!("the tree is malformed in {} more places", found.len() - MOST_NAMED),
            help: None,
            label: None,
        });
    }
    Ok(problems)
}

fn unmerged(index: &Index, level: Level) -> Vec<Problem> {
    let problem = |path: RepoPath| Problem {
        level,
        message: format!("`{path}` has a conflict that is not resolved"),
        help: Some("resolve it and stage the result with `git add`".to_owned()),
        label: None,
    };
    index.unmerged().into_iter().map(problem).collect()
}
