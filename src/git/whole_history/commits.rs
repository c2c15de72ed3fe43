//! All commits at once, and the order in which they came.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::{Mutex, PoisonError};

use crate::git::objects::{Bulk, ObjectError, ObjectKind, Objects, walked};
use crate::model::{ObjectId, Origin, RepoPath, Timestamp};

use super::EXACT;

/// What the refs reach.
#[derive(Default)]
pub(super) struct Commits {
    /// Parents first, then by date, then by id.
    pub(super) oldest_first: Vec<Reached>,
    /// Trees and blobs that refs name without a commit.
    pub(super) bare: Vec<(ObjectId, ObjectKind)>,
    /// What could not be read of the commits.
    pub(super) errors: Vec<ObjectError>,
    /// Objects that a ref or a commit names and no store has.
    pub(super) absent: BTreeSet<ObjectId>,
}

/// A commit that a ref reaches.
pub(super) struct Reached {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) time: i64,
    /// Its position.
    pub(super) order: u64,
}

impl Reached {
    /// Where something comes from that this commit brings.
    pub(super) fn brings(&self, path: &[u8]) -> Origin {
        let (path, time) = (RepoPath::from_bytes(path), Timestamp(self.time));
        Origin { path, commit: self.id, time, order: self.order }
    }
}

struct Node {
    id: ObjectId,
    tree: ObjectId,
    time: i64,
    parents: Vec<ObjectId>,
}

impl Commits {
    pub(super) fn read(objects: &Objects, bulk: &Bulk, tips: &BTreeSet<ObjectId>) -> Self {
        let (nodes, errors) = all(objects, bulk);
        let mut commits = Self { errors, ..Self::default() };
        let mut open: Vec<ObjectId> = Vec::new();
        for tip in tips {
            match objects.peel(tip) {
                Ok((id, ObjectKind::Commit)) => open.push(id),
                Ok((id, kind)) => commits.bare.push((id, kind)),
                Err(ObjectError::Absent(id)) => drop(commits.absent.insert(id)),
                Err(error) => commits.errors.push(error),
            }
        }
        let positions = positions(&nodes, bulk);
        let position = |id: &ObjectId| {
            let number = usize::try_from(bulk.number(id)?).ok()?;
            usize::try_from(*positions.get(number)?).ok().filter(|it| *it < nodes.len())
        };
        let mut reached = vec![false; nodes.len()];
        while let Some(id) = open.pop() {
            let Some(position) = position(&id) else {
                commits.absent.insert(id);
                continue;
            };
            let (Some(reached), Some(node)) = (reached.get_mut(position), nodes.get(position)) else { continue };
            if !std::mem::replace(reached, true) && !objects.shallow().contains(&id) {
                open.extend(&node.parents);
            }
        }
        commits.oldest_first = sorted(&nodes, &reached, position);
        commits
    }
}

/// For each object its position among the commits; one beyond the end for what is none.
fn positions(nodes: &[Node], bulk: &Bulk) -> Vec<u32> {
    let mut positions = Vec::new();
    for (node, position) in nodes.iter().zip(0..) {
        let Some(number) = bulk.number(&node.id).and_then(|it| usize::try_from(it).ok()) else { continue };
        if positions.len() <= number {
            positions.resize(number.saturating_add(1), u32::MAX);
        }
        if let Some(it) = positions.get_mut(number) {
            *it = position;
        }
    }
    positions
}

/// Every commit of the store, sorted by name, and what cannot be read.
fn all(objects: &Objects, bulk: &Bulk) -> (Vec<Node>, Vec<ObjectError>) {
    let found = Mutex::new((Vec::new(), BTreeMap::new()));
    let harvest = bulk.scan((ObjectKind::Commit, None), EXACT, &|piece| {
        let parsed = walked(piece.content, objects.hash());
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        match parsed {
            Ok(it) => found.0.push(Node { id: piece.id, tree: it.tree, time: it.time, parents: it.parents }),
            Err(what) => drop(found.1.insert(piece.id, what)),
        }
        Vec::new()
    });
    let (mut nodes, broken) = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    nodes.sort_unstable_by_key(|node| node.id);
    nodes.dedup_by_key(|node| node.id);
    let mut errors = harvest.errors;
    errors.extend(broken.into_iter().map(|(id, what)| ObjectError::Corrupt { id, what }));
    (nodes, errors)
}

fn sorted(nodes: &[Node], reached: &[bool], position: impl Fn(&ObjectId) -> Option<usize>) -> Vec<Reached> {
    let is_reached = |position: &usize| reached.get(*position).copied().unwrap_or(false);
    let chosen = |id: &ObjectId| position(id).filter(is_reached);
    let mut waiting = vec![0_usize; nodes.len()];
    let mut children: Vec<(usize, usize)> = Vec::new();
    let mut ready = BinaryHeap::new();
    for (child, node) in nodes.iter().enumerate().filter(|(position, _)| is_reached(position)) {
        let before = children.len();
        children.extend(node.parents.iter().filter_map(chosen).map(|parent| (parent, child)));
        match (children.len() - before, waiting.get_mut(child)) {
            (0, _) => ready.push(Reverse((node.time, child))),
            (count, Some(waiting)) => *waiting = count,
            (_, None) => {}
        }
    }
    children.sort_unstable();
    let mut order = Vec::new();
    while let Some(Reverse((_, number))) = ready.pop() {
        let Some(node) = nodes.get(number) else { continue };
        order.push(Reached { id: node.id, tree: node.tree, time: node.time, order: order.len() as u64 });
        let first = children.partition_point(|(parent, _)| *parent < number);
        let own = children.get(first..).unwrap_or_default().iter().take_while(|(parent, _)| *parent == number);
        for (_, child) in own {
            let Some(waiting) = waiting.get_mut(*child) else { continue };
            *waiting = waiting.saturating_sub(1);
            if let (0, Some(node)) = (*waiting, nodes.get(*child)) {
                ready.push(Reverse((node.time, *child)));
            }
        }
    }
    order
}
