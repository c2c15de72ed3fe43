//! Which parts of a file are run, and in what transaction.

use std::ops::Range;

use super::layouts::{Layout, Parts};
use crate::model::Span;

/// A part of a file that is run as one: most files have one, Liquibase has one for each change.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::checks::migrations) struct Unit {
    pub(in crate::checks::migrations) span: Span,
    /// Whether the tool runs it in a transaction; nothing where nobody knows.
    pub(in crate::checks::migrations) in_transaction: Option<bool>,
}

/// The words of a line that is a comment, in lower case: without dashes and blanks before them.
pub(super) fn comment(line: &str) -> Option<String> {
    let line = line.trim_start_matches('\u{feff}').trim();
    line.starts_with("--").then(|| line.trim_start_matches('-').trim_start().to_ascii_lowercase())
}

/// The lines with their places.
fn lines(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start..at, line)
    })
}

impl Layout {
    /// The spans that are run, each with the comment that opens it.
    pub(super) fn spans(&self, text: &str) -> Vec<(Span, String)> {
        let mut spans: Vec<(Span, String)> = Vec::new();
        let mut open = match self.parts {
            Parts::Whole | Parts::Until(_) => Some((0, String::new())),
            Parts::Marked(..) | Parts::Several(_) => None,
        };
        let markers = lines(text).filter_map(|(range, line)| Some((range, comment(line)?)));
        for (range, words) in markers {
            let (opens, closes) = match self.parts {
                Parts::Whole => (false, false),
                Parts::Until(down) => (false, words.starts_with(down)),
                Parts::Marked(up, down) => (words.starts_with(up), words.starts_with(down)),
                Parts::Several(change) => (words.starts_with(change), words.starts_with(change)),
            };
            if closes && let Some((start, opened)) = open.take() {
                spans.push((Span::new(start, range.start), opened));
            }
            if opens && open.is_none() {
                open = Some((range.end, words));
            }
        }
        spans.extend(open.map(|(start, opened)| (Span::new(start, text.len()), opened)));
        spans
    }
}

/// The text with everything outside of the units blank, so that what is read keeps its place.
pub(in crate::checks::migrations) fn masked(text: &str, units: &[Unit]) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    let blank = |out: &mut String, range: Range<usize>| {
        let hidden = text.get(range).unwrap_or_default();
        out.extend(hidden.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
    };
    for unit in units {
        blank(&mut masked, at..unit.span.start);
        masked.push_str(text.get(unit.span.start..unit.span.end).unwrap_or_default());
        at = unit.span.end;
    }
    blank(&mut masked, at..text.len());
    masked
}
