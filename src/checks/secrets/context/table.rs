//! Tables of fields with signs between them: the names stand in the first line.

use super::Found;
use super::view::{View, is_line_end};
use crate::checks::secrets::pair::{Binding, Syntax, Writing};

/// The most lines that are read for a column.
const MOST_LINES: usize = 256;
/// The longest first line, in bytes.
const LONGEST_HEAD: usize = 512;

/// Reads the column whose name has a trigger at `at`; whether that stands in the first line of a table.
pub(super) fn read<'a>(view: View<'a>, at: usize, found: &mut Found<'_, 'a>) -> bool {
    if view.syntax != Syntax::Data || at >= LONGEST_HEAD || !view.is_a(&["csv", "tsv"]) || view.line_start(at) != 0 {
        return false;
    }
    let head = view.slice(0, view.line_end(0));
    let Some(sign) = [b',', b'\t', b';', b'|'].into_iter().find(|it| head.contains(it)) else { return false };
    let number = view.slice(0, at).iter().filter(|it| **it == sign).count();
    let Some(name) = head.split(|it| *it == sign).nth(number) else { return false };
    let key = String::from_utf8_lossy(name).trim_matches(['"', '\'', ' ']).to_owned();
    let mut line = view.next_line(view.line_end(0));
    for _ in 0..MOST_LINES {
        let end = view.line_end(line);
        let mut start = line;
        for _ in 0..number {
            start = view.skip(start, end - start, |it| it != sign) + 1;
        }
        let last = view.skip(start, end.saturating_sub(start), |it| it != sign && !is_line_end(it));
        let is_within = |it: &usize| view.at(*it) == b'"' && view.before(last) == b'"' && *it + 1 < last;
        let (start, last) = if is_within(&start) { (start + 1, last - 1) } else { (start, last) };
        if let Some(literal) = view.plain(start, last, Writing::Bare).filter(|it| it.span.end <= end) {
            found(view.pair(key.clone().into(), literal, Binding::Assignment));
        }
        let next = view.next_line(end);
        if next <= line || next == end {
            break;
        }
        line = next;
    }
    true
}
