//! Where a folder goes that has a policy of its own: its policy goes with it until the change is merged.
//!
//! Otherwise whoever renames the folder would free what is new in it from the rules that it stands under.

use std::collections::BTreeSet;

use super::proposal::is_policy_file;
use crate::model::{Change, ChangeKind, ChildKind, RepoPath, Tree};

/// What a change takes away, and what it renames.
#[derive(Clone, Debug, Default)]
pub struct Moves {
    gone: BTreeSet<RepoPath>,
    /// Old paths and new ones.
    renames: Vec<(RepoPath, RepoPath)>,
}

/// A folder of the head, and the one of the base that it was.
pub(super) type Moved = (RepoPath, RepoPath);

impl Moves {
    /// The moves of a change.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        let stays: BTreeSet<&RepoPath> = changes.iter().filter_map(|it| it.new.as_ref().map(|it| &it.path)).collect();
        let is_move = |change: &&Change| !matches!(change.kind, ChangeKind::Copied(_));
        let old = changes.iter().filter(is_move).filter_map(|it| it.old.as_ref().map(|it| &it.path));
        let renames = changes.iter().filter(is_move).filter_map(|change| {
            let (old, new) = (change.old.as_ref()?, change.new.as_ref()?);
            (old.path != new.path).then(|| (old.path.clone(), new.path.clone()))
        });
        Self { gone: old.filter(|it| !stays.contains(it)).cloned().collect(), renames: renames.collect() }
    }

    /// The folders that this one becomes, if the change takes its policy away or leaves nothing else in it.
    ///
    /// These are the folder to which its policy file goes, and those which the base does not have and to which one
    /// of its files goes, as far up as the names stay the same.
    pub(super) fn of_folder(&self, folder: &RepoPath, policy: &RepoPath, base: &dyn Tree) -> Vec<Moved> {
        let leaves = |(old, new): &&(RepoPath, RepoPath)| old.is_within(folder) && !new.is_within(folder);
        let leaving: Vec<_> = self.renames.iter().filter(leaves).collect();
        if leaving.is_empty() || !(self.gone.contains(policy) || self.empties(folder, base)) {
            return Vec::new();
        }
        let places: BTreeSet<Moved> =
            leaving.into_iter().filter_map(|(old, new)| place(old, new, folder, base)).collect();
        places.into_iter().collect()
    }

    /// Whether only policies are left of a folder.
    fn empties(&self, folder: &RepoPath, base: &dyn Tree) -> bool {
        let mut open = vec![folder.clone()];
        while let Some(folder) = open.pop() {
            let Ok(children) = base.children(&folder) else { return false };
            for child in children {
                match child.kind {
                    ChildKind::Folder => open.push(child.path),
                    ChildKind::File(..) if self.gone.contains(&child.path) || is_policy_file(&child.path) => {}
                    ChildKind::File(..) => return false,
                }
            }
        }
        true
    }
}

fn place(old: &RepoPath, new: &RepoPath, folder: &RepoPath, base: &dyn Tree) -> Option<Moved> {
    let (mut from, mut to) = (old.parent()?, new.parent()?);
    if from == *folder && is_policy_file(old) && is_policy_file(new) {
        return Some((to, from));
    }
    let mut found = None;
    // What cannot be read may be new.
    while base.children(&to).is_ok_and(|it| it.is_empty()) || base.children(&to).is_err() {
        found = Some((to.clone(), from.clone()));
        if from == *folder || from.name() != to.name() {
            break;
        }
        (from, to) = (from.parent()?, to.parent()?);
    }
    found
}
