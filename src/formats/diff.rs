//! Which lines differ between two texts.
//!
//! The algorithm is Myers with Git's indentation heuristic, the default of `git diff`, so that an
//! "added line" here is an added line there. Lines are compared with their line ends.

use imara_diff::{Algorithm, Diff, InternedInput};

use crate::model::{Hunk, LineRange, Text};

/// The hunks between two texts, in order.
#[must_use]
pub fn hunks(old: &Text, new: &Text) -> Vec<Hunk> {
    let mut input: InternedInput<&str> = InternedInput::default();
    input.update_before(old.lines_with_ends());
    input.update_after(new.lines_with_ends());
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    diff.hunks().map(|hunk| Hunk { old: range(&hunk.before), new: range(&hunk.after) }).collect()
}

fn range(tokens: &std::ops::Range<u32>) -> LineRange {
    LineRange { first: tokens.start.saturating_add(1), count: tokens.end.saturating_sub(tokens.start) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(old: &str, new: &str) -> Vec<u32> {
        let (old, new) = (Text::decode(old.as_bytes()), Text::decode(new.as_bytes()));
        hunks(&old, &new).iter().flat_map(|hunk| hunk.new.numbers()).collect()
    }

    #[test]
    fn added_lines_are_those_of_git() {
        assert_eq!(added("a\nb\nc\n", "a\nx\nb\nc\ny\n"), [2, 5]);
        assert_eq!(added("", "a\nb"), [1, 2]);
        assert_eq!(added("a\n", "a\n"), [] as [u32; 0]);
    }

    #[test]
    fn a_changed_line_end_is_a_change() {
        assert_eq!(added("a\nb\n", "a\nb\r\n"), [2]);
    }

    #[test]
    fn the_indentation_heuristic_keeps_a_function_whole() {
        let old = "fn a() {\n    1\n}\n\nfn c() {\n    3\n}\n";
        let new = "fn a() {\n    1\n}\n\nfn b() {\n    2\n}\n\nfn c() {\n    3\n}\n";
        assert_eq!(added(old, new), [5, 6, 7, 8]);
    }
}
