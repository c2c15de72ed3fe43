//! What a reading does with the objects: shows them to a finder and gathers who holds which mark.

use crate::model::{Find, Mark, ObjectId, Piece};

use super::trace::Trace;
use super::{Grow, Number};

/// What is done with each object of a reading.
pub(super) trait Reader: Sync {
    /// What is kept of an object for those that are made from it.
    type Kept;
    /// What one thread gathers.
    type Found: Default + Send;
    /// How much all threads may hold at most, in the unit of [`Told::held`], and what that is.
    const MOST: (u64, &'static str);

    /// Looks at one object. `trace` knows how it was made when it has a base.
    fn look(
        &self,
        object: &Object<'_>,
        base: Option<(usize, &Self::Kept)>,
        trace: &mut Trace,
        found: &mut Self::Found,
    ) -> Told<Self::Kept>;
}

/// An object that was just made.
pub(super) struct Object<'a> {
    pub(super) id: ObjectId,
    pub(super) number: Number,
    pub(super) content: &'a [u8],
    /// An earlier pack holds it as well, or it is known: it is only needed for what is made from it.
    pub(super) is_again: bool,
}

/// What one look gave.
pub(super) struct Told<K> {
    pub(super) kept: K,
    /// Bytes that were new.
    pub(super) fresh: usize,
    /// What was added to what is gathered.
    pub(super) held: usize,
}

/// What a finder saw.
#[derive(Default)]
pub(super) struct Sightings {
    /// Each tag with an object that holds it.
    pub(super) holdings: Vec<(u64, Number)>,
    /// Each object that was looked at, with its size in bytes.
    pub(super) sizes: Vec<(Number, u64)>,
}

/// Calls a finder for each object.
pub(super) struct Marker<'a> {
    pub(super) grow: Grow,
    pub(super) find: &'a Find<'a>,
}

impl Reader for Marker<'_> {
    type Kept = Vec<Mark>;
    type Found = Sightings;
    const MOST: (u64, &'static str) = (10_000_000, "what is found in the whole history");

    fn look(
        &self,
        object: &Object<'_>,
        base: Option<(usize, &Vec<Mark>)>,
        trace: &mut Trace,
        found: &mut Self::Found,
    ) -> Told<Vec<Mark>> {
        let mut marks = Vec::new();
        let fresh = match base {
            None => trace.whole(object.content),
            Some((base_len, base_marks)) => {
                trace.finish(base_len, object.content, self.grow);
                if !self.grow.carries || trace.carry(base_marks, &mut marks) {
                    trace.fresh()
                } else {
                    trace.whole(object.content)
                }
            }
        };
        marks.extend((self.find)(&Piece { id: object.id, content: object.content, fresh }));
        marks.sort_unstable_by_key(|mark| (mark.span.start, mark.span.end, mark.tag));
        marks.dedup();
        let fresh = fresh.iter().map(ExactSizeIterator::len).sum();
        let before = found.holdings.len();
        if !object.is_again {
            found.sizes.push((object.number, object.content.len() as u64));
            let mut tags: Vec<u64> = marks.iter().map(|mark| mark.tag).collect();
            tags.sort_unstable();
            tags.dedup();
            found.holdings.extend(tags.into_iter().map(|tag| (tag, object.number)));
        }
        Told { kept: marks, fresh, held: found.holdings.len() - before }
    }
}
