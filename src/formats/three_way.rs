//! Two sets of changes to one text, made together.
//!
//! Stricter than a merge tool: changes that touch each other are not joined, unless both are the same. Whoever asks
//! wants to know that a change came through as it was, not that it can be brought through.

use super::diff;
use crate::model::{Hunk, Text};

/// What `old` becomes when what `ours` and what `theirs` changed in it are both done; nothing when these meet.
#[must_use]
pub fn merge(old: &Text, ours: &Text, theirs: &Text) -> Option<String> {
    let (our_hunks, their_hunks) = (diff::hunks(old, ours), diff::hunks(old, theirs));
    let lines = |text| Text::lines_with_ends(text).collect::<Vec<&str>>();
    let (old, ours, theirs) = (lines(old), lines(ours), lines(theirs));
    let mut edits: Vec<Edit<'_>> = Vec::with_capacity(our_hunks.len() + their_hunks.len());
    for (hunks, lines) in [(our_hunks, &ours), (their_hunks, &theirs)] {
        for hunk in hunks {
            edits.push(Edit::of(hunk, lines)?);
        }
    }
    edits.sort_unstable();
    edits.dedup();
    let mut merged = String::new();
    let mut at = 0;
    for (index, edit) in edits.iter().enumerate() {
        // Touching counts as meeting: where two insertions go to one place, nobody can say which comes first.
        if index > 0 && edit.start <= at {
            return None;
        }
        merged.extend(old.get(at..edit.start)?.iter().copied());
        merged.extend(edit.lines.iter().copied());
        at = edit.end;
    }
    merged.extend(old.get(at..)?.iter().copied());
    Some(merged)
}

/// Lines of the old text, and what takes their place.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Edit<'a> {
    start: usize,
    end: usize,
    lines: &'a [&'a str],
}

impl<'a> Edit<'a> {
    fn of(hunk: Hunk, lines: &'a [&'a str]) -> Option<Self> {
        let start = |first: u32| usize::try_from(first).ok()?.checked_sub(1);
        let (old, new) = (start(hunk.old.first)?, start(hunk.new.first)?);
        let (gone, come) = (usize::try_from(hunk.old.count).ok()?, usize::try_from(hunk.new.count).ok()?);
        Some(Self { start: old, end: old.checked_add(gone)?, lines: lines.get(new..new.checked_add(come)?)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn merged(old: &str, ours: &str, theirs: &str) -> Option<String> {
        let text = |it: &str| Text::decode(it.as_bytes());
        merge(&text(old), &text(ours), &text(theirs))
    }

    #[test]
    fn changes_apart_from_each_other_are_both_made() {
        let (old, ours, theirs) = ("a\nb\nc\nd\ne\n", "a\nB\nc\nd\ne\n", "0\na\nb\nc\nd\nE\n");
        assert_eq!(merged(old, ours, theirs).as_deref(), Some("0\na\nB\nc\nd\nE\n"));
        assert_eq!(merged(old, old, theirs).as_deref(), Some(theirs));
        assert_eq!(merged("", "a\n", "").as_deref(), Some("a\n"));
    }

    #[test]
    fn changes_that_meet_or_touch_are_not_joined() {
        for (ours, theirs) in [
            ("a\nX\nc\n", "a\nY\nc\n"),
            ("a\nX\nc\n", "a\nb\nY\n"),
            ("a\nx\nb\nc\n", "a\ny\nb\nc\n"),
            ("a\nc\n", "a\nb\nx\nc\n"),
        ] {
            assert_eq!(merged("a\nb\nc\n", ours, theirs), None, "{ours:?} {theirs:?}");
        }
        assert_eq!(merged("", "a\n", "b\n"), None);
    }

    #[test]
    fn the_same_change_twice_is_made_once() {
        assert_eq!(merged("a\nb\n", "a\nX\n", "a\nX\n").as_deref(), Some("a\nX\n"));
    }

    proptest! {
        #[test]
        fn one_sided_changes_are_taken_as_they_are(old in "([ab]\n|\r|é){0,8}", new in "([ab]\n|\r|é){0,8}") {
            prop_assert_eq!(merged(&old, &new, &old), Some(new.clone()));
            prop_assert_eq!(merged(&old, &old, &new), Some(new.clone()));
            prop_assert_eq!(merged(&old, &new, &new), Some(new));
        }

        #[test]
        fn the_order_of_the_sides_does_not_matter(
            old in "([abc]\n){0,8}", ours in "([abc]\n){0,8}", theirs in "([abc]\n){0,8}",
        ) {
            prop_assert_eq!(merged(&old, &ours, &theirs), merged(&old, &theirs, &ours));
        }
    }
}
