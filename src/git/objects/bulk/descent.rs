//! From the root of a tree of deltas down to its leaves, with few objects in memory.

use crate::git::objects::error::Flaw;
use crate::model::{Mark, Piece};

use super::entry::Maker;
use super::forest::{Forest, Row, Weights};
use super::trace::Trace;
use super::{Harvest, Number, Task};

/// Bytes of objects that one thread holds at most. What would need more is read by itself.
const MOST_HELD: usize = 512 << 20;
/// Buffers that are kept for the next object, and the largest of them.
const SPARE: usize = 16;
const LARGEST_SPARE: usize = 4 << 20;

/// Reads trees of deltas, one after the other.
pub(super) struct Worker<'a> {
    task: &'a Task<'a>,
    forest: &'a Forest,
    weights: &'a Weights,
    /// Objects of the packs before this one.
    before: Number,
    maker: Maker,
    trace: Trace,
    spare: Vec<Vec<u8>>,
    held: usize,
    pub(super) harvest: Harvest,
}

/// An object from which others are still to be made.
struct Base {
    content: Vec<u8>,
    marks: Vec<Mark>,
    /// The heaviest comes first and is taken last.
    children: Vec<u32>,
}

impl<'a> Worker<'a> {
    pub(super) fn new(task: &'a Task<'a>, forest: &'a Forest, weights: &'a Weights, before: Number) -> Self {
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
        }
    }

    /// Reads the tree below one root.
    pub(super) fn descend(&mut self, root: u32) {
        let mut open: Vec<Base> = Vec::new();
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

    fn go_on(&mut self, row: u32, made: Result<(Vec<u8>, Vec<Mark>), Flaw>, open: &mut Vec<Base>) {
        let Ok((content, marks)) = made else { return self.give_up(row, true) };
        let mut children: Vec<u32> = self.forest.children(row).filter(|child| self.weights.of(*child) > 0).collect();
        if children.is_empty() {
            self.release(content);
        } else if self.held > MOST_HELD {
            self.release(content);
            self.give_up(row, false);
        } else {
            children.sort_by_key(|child| (std::cmp::Reverse(self.weights.of(*child)), std::cmp::Reverse(*child)));
            open.push(Base { content, marks, children });
        }
    }

    /// Makes an object and shows it.
    fn make(&mut self, number: u32, base: Option<&Base>) -> Result<(Vec<u8>, Vec<Mark>), Flaw> {
        let forest = self.forest;
        let row = forest.row(number).ok_or(Flaw::Bad("its entry is gone"))?;
        let mut content = self.spare.pop().unwrap_or_default();
        match base {
            None => self.maker.whole(forest, row, &mut content)?,
            Some(base) => self.maker.delta((forest, row), &base.content, &mut content, &mut self.trace)?,
        }
        self.held = self.held.saturating_add(content.capacity());
        let marks = self.show(row, &content, base);
        Ok((content, marks))
    }

    fn show(&mut self, row: &Row, content: &[u8], base: Option<&Base>) -> Vec<Mark> {
        let mut marks = Vec::new();
        let fresh = match base {
            None => self.trace.whole(content),
            Some(base) => {
                self.trace.finish(base.content.len(), content, self.task.grow);
                if !self.task.grow.carries || self.trace.carry(&base.marks, &mut marks) {
                    self.trace.fresh()
                } else {
                    self.trace.whole(content)
                }
            }
        };
        marks.extend((self.task.find)(&Piece { id: self.forest.listing.ids.id(row.name), content, fresh }));
        marks.sort_unstable_by_key(|mark| (mark.span.start, mark.span.end, mark.tag));
        marks.dedup();
        let fresh: usize = fresh.iter().map(ExactSizeIterator::len).sum();
        if !row.is_again {
            let mut tags: Vec<u64> = marks.iter().map(|mark| mark.tag).collect();
            tags.sort_unstable();
            tags.dedup();
            self.task.charge(content.len(), tags.len());
            self.harvest.add(self.before.saturating_add(row.name), content.len() as u64, fresh as u64, tags);
        } else {
            self.task.charge(content.len(), 0);
        }
        marks
    }

    /// Leaves everything below a row, and the row itself if so said, to be read by itself.
    fn give_up(&mut self, row: u32, itself: bool) {
        let mut open: Vec<u32> = if itself { vec![row] } else { self.forest.children(row).collect() };
        while let Some(number) = open.pop() {
            let Some(row) = self.forest.row(number) else { continue };
            if !row.is_again {
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
