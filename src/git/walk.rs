//! One walk through history: commits by number, flags that spread from child to parent, and a queue
//! of those to look at, newest first. What the flags mean is up to the question.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::git::objects::{ObjectError, Objects, Walked};
use crate::model::ObjectId;

/// Commits that one walk looks at, at most.
const MOST_COMMITS: usize = 20_000_000;
/// A commit as a walk knows it.
pub(super) struct Node {
    pub(super) id: ObjectId,
    pub(super) walked: Walked,
    pub(super) flags: u8,
    queued: bool,
}

/// Commits by number, and the queue of those to look at, newest first.
pub(super) struct Walk<'a> {
    objects: &'a Objects,
    numbers: HashMap<ObjectId, usize>,
    pub(super) nodes: Vec<Node>,
    queue: BinaryHeap<(i64, Reverse<usize>)>,
    /// Which commits must be looked at before the walk may end.
    is_open: fn(u8) -> bool,
    /// How many of them are queued.
    pub(super) open: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn new(objects: &'a Objects, is_open: fn(u8) -> bool) -> Self {
        Self { objects, numbers: HashMap::new(), nodes: Vec::new(), queue: BinaryHeap::new(), is_open, open: 0 }
    }

    /// Adds flags to a commit, and queues it when that is news.
    pub(super) fn mark(&mut self, id: &ObjectId, flags: u8) -> Result<(), ObjectError> {
        let number = match self.numbers.get(id) {
            Some(number) => *number,
            None => self.add(id)?,
        };
        let Some(node) = self.nodes.get_mut(number) else { return Ok(()) };
        if node.flags & flags == flags {
            return Ok(());
        }
        let was_open = node.queued && (self.is_open)(node.flags);
        node.flags |= flags;
        self.open = self.open.saturating_sub(usize::from(was_open)) + usize::from((self.is_open)(node.flags));
        if !node.queued {
            node.queued = true;
            self.queue.push((node.walked.time, Reverse(number)));
        }
        Ok(())
    }

    fn add(&mut self, id: &ObjectId) -> Result<usize, ObjectError> {
        if self.nodes.len() >= MOST_COMMITS {
            return Err(ObjectError::Beyond { what: "the number of commits", limit: MOST_COMMITS as u64 });
        }
        let walked = self.objects.commit_parents_and_time(id)?;
        let number = self.nodes.len();
        self.numbers.insert(*id, number);
        self.nodes.push(Node { id: *id, walked, flags: 0, queued: false });
        Ok(number)
    }

    /// The date of the commit that is next.
    pub(super) fn newest(&self) -> Option<i64> {
        self.queue.peek().map(|(time, _)| *time)
    }

    /// Takes the newest queued commit and passes flags on to its parents. Gives its number.
    pub(super) fn step(&mut self, pass: impl Fn(u8) -> u8) -> Result<Option<usize>, ObjectError> {
        let Some((_, Reverse(number))) = self.queue.pop() else { return Ok(None) };
        let Some(node) = self.nodes.get_mut(number) else { return Ok(None) };
        node.queued = false;
        self.open = self.open.saturating_sub(usize::from((self.is_open)(node.flags)));
        let flags = pass(node.flags);
        let parents = std::mem::take(&mut node.walked.parents);
        let marked = parents.iter().try_for_each(|parent| self.mark(parent, flags));
        if let Some(node) = self.nodes.get_mut(number) {
            node.walked.parents = parents;
        }
        marked.map(|()| Some(number))
    }

    pub(super) fn flags(&self, id: &ObjectId) -> u8 {
        self.numbers.get(id).and_then(|number| self.nodes.get(*number)).map_or(0, |node| node.flags)
    }

    /// A commit with such flags whose parents this clone does not have.
    pub(super) fn boundary(&self, wanted: impl Fn(u8) -> bool) -> Option<ObjectId> {
        let shallow = self.objects.shallow();
        self.nodes.iter().find(|node| wanted(node.flags) && shallow.contains(&node.id)).map(|node| node.id)
    }

    /// The commits with such flags, newest first, each after all of its children.
    pub(super) fn sorted(&self, wanted: impl Fn(u8) -> bool) -> Vec<ObjectId> {
        let chosen = |id: &ObjectId| {
            let number = *self.numbers.get(id)?;
            self.nodes.get(number).filter(|node| wanted(node.flags)).map(|_| number)
        };
        let mut children = vec![0_usize; self.nodes.len()];
        let nodes = || self.nodes.iter().enumerate().filter(|(_, node)| wanted(node.flags));
        for parent in nodes().flat_map(|(_, node)| &node.walked.parents).filter_map(chosen) {
            if let Some(count) = children.get_mut(parent) {
                *count += 1;
            }
        }
        let is_tip = |(number, _): &(usize, &Node)| children.get(*number) == Some(&0);
        let mut ready: BinaryHeap<_> =
            nodes().filter(is_tip).map(|(number, node)| (node.walked.time, Reverse(number))).collect();
        let mut order = Vec::new();
        while let Some((_, Reverse(number))) = ready.pop() {
            let Some(node) = self.nodes.get(number) else { continue };
            order.push(node.id);
            for parent in node.walked.parents.iter().filter_map(chosen) {
                let Some(count) = children.get_mut(parent) else { continue };
                *count = count.saturating_sub(1);
                if let (0, Some(node)) = (*count, self.nodes.get(parent)) {
                    ready.push((node.walked.time, Reverse(parent)));
                }
            }
        }
        order
    }
}
