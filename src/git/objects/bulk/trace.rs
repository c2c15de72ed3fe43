//! What a delta leaves as it was and what it makes anew: fresh ranges, and marks that are carried over.

use std::ops::Range;

use crate::git::objects::delta::Copied;
use crate::model::Mark;

use super::Grow;

/// Marks of one object that are carried at most. With more of them the whole object counts as fresh.
const MOST_MARKS: usize = 100_000;

/// What is known of how one object was made out of another one.
#[derive(Default)]
pub(super) struct Trace {
    /// In the order of the result; copies that continue each other on both sides are one.
    copies: Vec<Copied>,
    /// Sorted and apart.
    fresh: Vec<Range<usize>>,
}

impl Trace {
    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        self.copies.clear();
        self.fresh.clear();
    }

    /// Takes down the next copy.
    #[inline]
    pub(super) fn copy(&mut self, next: Copied) {
        match self.copies.last_mut() {
            Some(last) if last.from + last.len == next.from && last.to + last.len == next.to => last.len += next.len,
            Some(_) | None => self.copies.push(next),
        }
    }

    /// The fresh ranges of an object that was made without a base.
    pub(super) fn whole(&mut self, content: &[u8]) -> &[Range<usize>] {
        self.clear();
        self.fresh.push(0..content.len());
        &self.fresh
    }

    /// The fresh ranges of what was made out of a base of `base_len` bytes: what no copy brought, and the places
    /// where two copies meet that do not continue each other.
    pub(super) fn finish(&mut self, base_len: usize, content: &[u8], grow: Grow) -> &[Range<usize>] {
        let Self { copies, fresh } = self;
        fresh.clear();
        // A range that is grown by the margin, not yet to the ends of its lines: most often the next one meets it.
        let mut open: Option<Range<usize>> = None;
        let mut push = |range: Range<usize>| {
            let low = range.start.saturating_sub(grow.margin);
            let high = range.end.saturating_add(grow.margin).min(content.len());
            match &mut open {
                Some(open) if low <= open.end => open.end = open.end.max(high),
                Some(open) => grow.push(fresh, std::mem::replace(open, low..high), content),
                None => open = Some(low..high),
            }
        };
        // Where the bytes before stand in the base, and how far the result is covered.
        let (mut after, mut covered) = (0, 0);
        for copy in copies.iter() {
            if covered < copy.to || after != copy.from {
                push(covered..copy.to);
            }
            (after, covered) = (copy.from + copy.len, copy.to + copy.len);
        }
        if covered < content.len() || after != base_len {
            push(covered..content.len());
        }
        if let Some(open) = open {
            grow.push(fresh, open, content);
        }
        fresh
    }

    /// What was copied.
    pub(super) fn copies(&self) -> &[Copied] {
        &self.copies
    }

    /// The fresh ranges as they were last made.
    pub(super) fn fresh(&self) -> &[Range<usize>] {
        &self.fresh
    }

    /// Adds the marks of the base that stand unchanged in the result, outside of its fresh ranges. Without room for
    /// all of them it adds none and says no.
    #[must_use]
    pub(super) fn carry(&self, marks: &[Mark], out: &mut Vec<Mark>) -> bool {
        if marks.is_empty() {
            return true;
        }
        for copy in &self.copies {
            let end = copy.from + copy.len;
            let first = marks.partition_point(|mark| mark.span.start < copy.from);
            let inside = marks.get(first..).unwrap_or_default().iter().take_while(|mark| mark.span.start < end);
            for mark in inside.filter(|mark| mark.span.end <= end) {
                let span = copy.to + (mark.span.start - copy.from)..copy.to + (mark.span.end - copy.from);
                if !self.is_within_fresh(&span) {
                    out.push(Mark { span, tag: mark.tag });
                }
            }
            if out.len() > MOST_MARKS {
                out.clear();
                return false;
            }
        }
        true
    }

    fn is_within_fresh(&self, span: &Range<usize>) -> bool {
        let after = self.fresh.partition_point(|range| range.start <= span.start);
        let range = after.checked_sub(1).and_then(|before| self.fresh.get(before));
        range.is_some_and(|range| span.end <= range.end)
    }
}

impl Grow {
    /// Adds a range to sorted ranges, grown to the ends of its lines and joined with the last of them where they meet.
    fn push(self, fresh: &mut Vec<Range<usize>>, range: Range<usize>, content: &[u8]) {
        let covered = fresh.last().map_or(0, |last| last.end);
        let end = if range.end <= covered { covered } else { self.line_end(content, range.end) };
        match fresh.last_mut() {
            Some(last) if range.start <= last.end => last.end = end.max(last.end),
            Some(last) => match self.line_start(content, range.start) {
                start if start <= last.end => last.end = end.max(last.end),
                start => fresh.push(start..end),
            },
            None => fresh.push(self.line_start(content, range.start)..end),
        }
    }

    fn line_start(self, content: &[u8], at: usize) -> usize {
        let least = at.saturating_sub(self.line);
        let before = content.get(least..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(least, |newline| least + newline + 1)
    }

    fn line_end(self, content: &[u8], at: usize) -> usize {
        let most = at.saturating_add(self.line).min(content.len());
        let after = content.get(at..most).unwrap_or_default();
        memchr::memchr(b'\n', after).map_or(most, |newline| at + newline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Grow = Grow { carries: true, margin: 0, line: 0 };

    fn traced(copies: &[(usize, usize, usize)]) -> Trace {
        let mut trace = Trace::default();
        copies.iter().for_each(|(from, to, len)| trace.copy(Copied { from: *from, to: *to, len: *len }));
        trace
    }

    fn fresh(copies: &[(usize, usize, usize)], base_len: usize, content: &[u8], grow: Grow) -> Vec<(usize, usize)> {
        traced(copies).finish(base_len, content, grow).iter().map(|range| (range.start, range.end)).collect()
    }

    #[test]
    fn inserts_and_junctions_are_fresh_and_what_is_copied_in_one_piece_is_not() {
        let content = [b'x'; 20];
        assert_eq!(fresh(&[(0, 0, 8), (8, 8, 12)], 20, &content, NONE), []);
        assert_eq!(fresh(&[(0, 0, 8), (8, 10, 10)], 18, &content, NONE), [(8, 10)]);
        assert_eq!(fresh(&[(0, 0, 8), (9, 8, 12)], 21, &content, NONE), [(8, 8)]);
        assert_eq!(fresh(&[(1, 0, 20)], 21, &content, NONE), [(0, 0)]);
        assert_eq!(fresh(&[(0, 0, 20)], 21, &content, NONE), [(20, 20)]);
        assert_eq!(fresh(&[], 5, &content, NONE), [(0, 20)]);
        assert_eq!(fresh(&[], 5, &[], NONE), [(0, 0)]);
    }

    #[test]
    fn ranges_grow_to_line_ends_within_reach_and_join() {
        let content = b"one\ntwo\nthree\nfour\nfive\n";
        let grow = Grow { carries: true, margin: 1, line: 3 };
        assert_eq!(fresh(&[(0, 0, 5), (5, 6, 18)], 23, content, grow), [(4, 7)]);
        assert_eq!(fresh(&[(0, 0, 5), (5, 6, 3), (8, 10, 14)], 22, content, grow), [(4, 7), (8, 13)]);
        let long = [b'y'; 40];
        assert_eq!(fresh(&[(0, 0, 20), (21, 20, 20)], 41, &long, grow), [(16, 24)]);
    }

    #[test]
    fn marks_go_over_in_whole_copies_outside_of_what_is_fresh() {
        let mark = |start, end| Mark { span: start..end, tag: 7 };
        let marks = [mark(0, 3), mark(4, 6), mark(9, 12)];
        let mut trace = traced(&[(0, 0, 5), (8, 5, 10), (0, 15, 3)]);
        trace.finish(30, &[b'x'; 18], NONE);
        let mut out = Vec::new();
        assert!(trace.carry(&marks, &mut out));
        assert_eq!(out, [mark(0, 3), mark(6, 9), mark(15, 18)]);
        trace.finish(30, &[b'x'; 18], Grow { carries: true, margin: 4, line: 0 });
        out.clear();
        assert!(trace.carry(&marks, &mut out));
        assert_eq!(out, [mark(0, 3)]);
    }
}
