//! From the root of a tree of deltas down to its leaves, with few objects in memory.

use crate::git::objects::error::Flaw;

use super::entry::Maker;
use super::forest::{Forest, Row, Weights};
use super::reader::{Object, Reader};
use super::trace::Trace;
use super::{Harvest, Number, Task};

/// Bytes of objects that one thread holds at most. What would need more is read by itself.
const MOST_HELD: usize = 512 << 20;
/// Buffers that are kept for the next object, and the largest of them.
const SPARE: usize = 16;
const LARGEST_SPARE: usize = 4 << 20;

/// Reads trees of deltas, one after the other.
pub(super) struct Worker<'a, R: Reader> {
    task: &'a Task<'a, R>,
    forest: &'a Forest,
    weights: &'a Weights,
    /// Objects of the packs before this one.
    before: Number,
    maker: Maker,
    trace: Trace,
    spare: Vec<Vec<u8>>,
    held: usize,
    pub(super) harvest: Harvest,
    pub(super) found: R::Found,
}

/// An object from which others are still to be made.
struct Base<K> {
    content: Vec<u8>,
    kept: K,
    /// The heaviest comes first and is taken last.
    children: Vec<u32>,
}

impl<'a, R: Reader> Worker<'a, R> {
    pub(super) fn new(task: &'a Task<'a, R>, (forest, weights): (&'a Forest, &'a Weights), before: Number) -> Self {
        Self {
            task,
            forest,
            weights,
            before,
            maker: Maker::new(task.objects.hash, task.objects.limit),
            trace: Trace::default(),
            spare: Vec::new(),
            held: 0,
            harvest: Harvest::default(),
            found: R::Found::default(),
        }
    }

    /// Reads the tree below one root.
    pub(super) fn descend(&mut self, root: u32) {
        let mut open: Vec<Base<R::Kept>> = Vec::new();
        let made = self.make(root, None);
        self.go_on(root, made, &mut open);
        while let Some(mut base) = open.pop() {
            let Some(child) = base.children.pop() else {
                self.release(base.content);
                continue;
            };
            if self.task.is_over() {
                return;
            }
            let made = self.make(child, Some(&base));
            // A base goes before its last child is descended into: only branches are held.
            if base.children.is_empty() {
                self.release(base.content);
            } else {
                open.push(base);
            }
            self.go_on(child, made, &mut open);
        }
    }

    fn go_on(&mut self, row: u32, made: Result<(Vec<u8>, R::Kept), Flaw>, open: &mut Vec<Base<R::Kept>>) {
        let Ok((content, kept)) = made else { return self.give_up(row, true) };
        let mut children: Vec<u32> = self.forest.children(row).filter(|child| self.weights.of(*child) > 0).collect();
        if children.is_empty() {
            self.release(content);
        } else if self.held > MOST_HELD {
            self.release(content);
            self.give_up(row, false);
        } else {
            children.sort_by_key(|child| (std::cmp::Reverse(self.weights.of(*child)), std::cmp::Reverse(*child)));
            open.push(Base { content, kept, children });
        }
    }

    /// Makes an object and shows it.
    fn make(&mut self, number: u32, base: Option<&Base<R::Kept>>) -> Result<(Vec<u8>, R::Kept), Flaw> {
        let forest = self.forest;
        let row = forest.row(number).ok_or(Flaw::Bad("its entry is gone"))?;
        let mut content = self.spare.pop().unwrap_or_default();
        match base {
            None => self.maker.whole(forest, row, &mut content)?,
            Some(base) => self.maker.delta((forest, row), &base.content, &mut content, &mut self.trace)?,
        }
        self.held = self.held.saturating_add(content.capacity());
        let kept = self.show(row, &content, base);
        Ok((content, kept))
    }

    fn show(&mut self, row: &Row, content: &[u8], base: Option<&Base<R::Kept>>) -> R::Kept {
        let id = self.forest.listing.ids.id(row.name);
        let number = self.before.saturating_add(row.name);
        let is_again = row.is_again || self.task.is_known(number);
        let object = Object { id, number, content, is_again };
        let base = base.map(|base| (base.content.len(), &base.kept));
        let told = self.task.reader.look(&object, base, &mut self.trace, &mut self.found);
        self.task.charge(content.len(), told.held);
        if !is_again {
            self.harvest.add(content.len() as u64, told.fresh as u64);
        }
        told.kept
    }

    /// Leaves everything below a row, and the row itself if so said, to be read by itself.
    fn give_up(&mut self, row: u32, itself: bool) {
        let mut open: Vec<u32> = if itself { vec![row] } else { self.forest.children(row).collect() };
        while let Some(number) = open.pop() {
            let Some(row) = self.forest.row(number) else { continue };
            if !row.is_again && !self.task.is_known(self.before.saturating_add(row.name)) {
                self.harvest.again.push(self.forest.listing.ids.id(row.name));
            }
            open.extend(self.forest.children(number));
        }
    }

    /// Keeps the memory of an object for the next one.
    fn release(&mut self, content: Vec<u8>) {
        self.held = self.held.saturating_sub(content.capacity());
        if self.spare.len() < SPARE && content.capacity() <= LARGEST_SPARE {
            self.spare.push(content);
        }
    }
}
