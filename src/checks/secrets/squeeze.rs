//! Text with zero bytes in it: what it says without them.
//!
//! A zero byte between the letters of a password is shown by no terminal and by few editors. Where it is the wide character
//! of a program's strings, or where somebody put it there, the secret is the same.

use std::ops::Range;

use super::hit::Hit;
use super::input::{Input, Within};
use crate::model::Span;

/// Bytes that are squeezed at a time, and by how many two such parts overlap.
const PART: usize = 4 << 20;
const OVERLAP: usize = 64 << 10;

/// What `scan` finds in a part of a text without its zero bytes, at its places in the text; nothing when it has none.
pub(super) fn hits(input: &Input<'_>, part: Range<usize>, scan: impl Fn(&Input<'_>) -> Vec<Hit>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for start in part.clone().step_by(PART) {
        add(&mut hits, of_part(input, start..part.end.min(start + PART + OVERLAP), &scan));
    }
    hits
}

fn of_part(input: &Input<'_>, part: Range<usize>, scan: impl Fn(&Input<'_>) -> Vec<Hit>) -> Vec<Hit> {
    let start = part.start;
    let Some(text) = input.text.get(part) else { return Vec::new() };
    if memchr::memchr(0, text).is_none() {
        return Vec::new();
    }
    let bytes: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
    let found = scan(&Input { text: &bytes, within: Within::Whole, ..*input });
    if found.is_empty() {
        return found;
    }
    let places: Vec<usize> = (start..).zip(text).filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
    let placed = |mut hit: Hit| {
        let first = *places.get(hit.span.start)?;
        let last = hit.span.end.checked_sub(1).and_then(|last| places.get(last)).copied()?;
        hit.span = Span::new(first, last + 1);
        Some(hit)
    };
    found.into_iter().filter_map(placed).collect()
}

/// Adds hits that overlap none that are there. All are sorted by place.
pub(super) fn add(hits: &mut Vec<Hit>, more: Vec<Hit>) {
    let is_free = |hit: &Hit| {
        let next = hits.partition_point(|it| it.span.end <= hit.span.start);
        hits.get(next).is_none_or(|it| hit.span.end <= it.span.start)
    };
    let free: Vec<Hit> = more.into_iter().filter(is_free).collect();
    hits.extend(free);
    hits.sort_by_key(|hit| hit.span);
}
