//! A set of objects, by number.

use super::{Number, index};

/// A set of objects, by number.
pub(in crate::git) struct Marked(Vec<u64>);

impl Marked {
    /// An empty set with room for so many objects.
    pub(super) fn none(objects: usize) -> Self {
        Self(vec![0; objects.div_ceil(64)])
    }

    /// Adds an object, and tells whether it is new.
    pub(in crate::git) fn add(&mut self, number: Number) -> bool {
        let Some(word) = self.0.get_mut(index(number) / 64) else { return false };
        let before = *word;
        *word |= 1 << (number % 64);
        before != *word
    }

    /// Whether an object is in the set.
    pub(in crate::git) fn has(&self, number: Number) -> bool {
        self.0.get(index(number) / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}
