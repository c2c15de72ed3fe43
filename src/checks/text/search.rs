//! Finds a pattern in many lines, with work bounded by a budget.
//!
//! A single search of the `regex` crate is linear, but finding all matches of a hostile file is not:
//! each search may read far beyond the match that it returns. Text is therefore searched in chunks
//! of whole lines and long lines in windows, and every search is charged the bytes that it may read.

use regex::{Regex, RegexBuilder};

use crate::formats::pattern::Pattern;
use crate::model::{Line, LineRange, Span, Text};

/// Longest line that is searched in one piece, in bytes; longer ones are searched in windows of this size.
const WINDOW: usize = 64 << 10;
/// How far two windows overlap, in bytes: a match up to this long is found wherever it stands.
const OVERLAP: usize = 8 << 10;
/// Bytes of whole lines that are searched at once.
const CHUNK: usize = 16 << 10;
/// Hits in one chunk after which its other lines are searched one by one.
const DENSE: u32 = 8;
/// Matches on one line and pattern that are told apart.
const PER_LINE: u32 = 100;
/// The same on a line that needs windows: finding the column of each costs the whole line.
const PER_LONG_LINE: u32 = 10;

/// Bytes that searches may still read. Counted, not timed: the verdict is the same on every machine.
pub(super) struct Budget {
    limit: u64,
    left: u64,
}

/// The budget is used up.
pub(super) struct Exhausted;

/// Which match the caller wants next.
#[derive(PartialEq, Eq)]
pub(super) enum Then {
    Continue,
    /// The first one of another line.
    NextLine,
}

impl Budget {
    pub(super) fn new(bytes: u64) -> Self {
        Self { limit: bytes, left: bytes }
    }

    /// How much was read.
    pub(super) fn spent(&self) -> u64 {
        self.limit.saturating_sub(self.left)
    }

    pub(super) fn spend(&mut self, bytes: usize) -> Result<(), Exhausted> {
        let left = u64::try_from(bytes).ok().and_then(|bytes| self.left.checked_sub(bytes));
        self.left = left.ok_or(Exhausted)?;
        Ok(())
    }
}

/// An expression that finds every line on which `pattern` may match when it is run over many lines at
/// once. None for a pattern whose meaning depends on where the text begins or how lines are told apart.
pub(super) fn many_lines(pattern: &Pattern) -> Option<Regex> {
    let text = pattern.as_str();
    let depends = ["\\A", "\\z", "(?"].iter().any(|it| text.contains(it));
    let only_ignores_case = text.matches("(?").count() == text.matches("(?i)").count() + text.matches("(?:").count();
    if depends && !(only_ignores_case && !text.contains("\\A") && !text.contains("\\z")) {
        return None;
    }
    RegexBuilder::new(text).multi_line(true).crlf(true).size_limit(1 << 20).dfa_size_limit(1 << 20).build().ok()
}

/// A pattern ready to be searched line by line.
pub(super) struct Finder<'a> {
    pub(super) pattern: &'a Pattern,
    /// The same pattern for many lines, when there is one.
    pub(super) many: Option<&'a Regex>,
}

/// Receives each match: the line and the span inside it.
pub(super) type OnMatch<'a> = dyn FnMut(&mut Budget, Line<'_>, Span) -> Result<Then, Exhausted> + 'a;

impl Finder<'_> {
    /// Searches the lines of `range`, in order.
    pub(super) fn search(
        &self,
        text: &Text,
        range: LineRange,
        budget: &mut Budget,
        found: &mut OnMatch<'_>,
    ) -> Result<(), Exhausted> {
        let end = range.numbers().end;
        let mut next = range.first;
        while next < end {
            let chunk = chunk(text, next..end);
            next = chunk.end;
            self.search_chunk(text, chunk, budget, found)?;
        }
        Ok(())
    }

    fn search_chunk(
        &self,
        text: &Text,
        chunk: std::ops::Range<u32>,
        budget: &mut Budget,
        found: &mut OnMatch<'_>,
    ) -> Result<(), Exhausted> {
        let mut number = chunk.start;
        let mut hits = 0;
        while number < chunk.end {
            if chunk.len() > 1 && hits < DENSE {
                let Some(candidate) = self.candidate(text, number..chunk.end, budget)? else { break };
                number = candidate;
                hits += 1;
            }
            let Some(line) = text.line(number) else { break };
            self.search_line(line, budget, found)?;
            number += 1;
        }
        Ok(())
    }

    /// The first of these lines on which the pattern may match.
    fn candidate(
        &self,
        text: &Text,
        lines: std::ops::Range<u32>,
        budget: &mut Budget,
    ) -> Result<Option<u32>, Exhausted> {
        let Some(many) = self.many else { return Ok(Some(lines.start)) };
        let (Some(first), Some(last)) = (text.line(lines.start), text.line(lines.end.saturating_sub(1))) else {
            return Ok(None);
        };
        let haystack = text.as_str().get(first.start..last.start + last.text.len()).unwrap_or_default();
        budget.spend(haystack.len())?;
        let Some(hit) = many.find(haystack) else { return Ok(None) };
        let offset = first.start + hit.start();
        let (mut low, mut high) = (lines.start, lines.end);
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match text.line(middle) {
                Some(line) if line.start <= offset => low = middle,
                Some(_) | None => high = middle,
            }
        }
        Ok(Some(low))
    }

    fn search_line(&self, line: Line<'_>, budget: &mut Budget, found: &mut OnMatch<'_>) -> Result<(), Exhausted> {
        let regex = self.pattern.regex();
        let length = line.text.len();
        let (mut at, mut end) = (0, border(line.text, WINDOW));
        let (mut count, mut last_end) = (0, None);
        let most = if length > WINDOW { PER_LONG_LINE } else { PER_LINE };
        while at <= length && count < most {
            budget.spend(end.saturating_sub(at) + 1)?;
            let window = line.text.get(..end).unwrap_or(line.text);
            let hit = if at <= window.len() { regex.find_at(window, at) } else { None };
            match hit {
                // What touches the border may go on behind it: look again from its start.
                Some(hit) if hit.end() == end && end < length && hit.len() < OVERLAP => {
                    at = hit.start();
                    end = border(line.text, at + WINDOW);
                }
                // An empty match where the last one ended is part of it.
                Some(hit) if hit.is_empty() && last_end == Some(hit.end()) => at = after(line.text, hit.end()),
                Some(hit) => {
                    count += 1;
                    last_end = Some(hit.end());
                    if found(budget, line, Span::new(hit.start(), hit.end()))? == Then::NextLine {
                        break;
                    }
                    at = if hit.is_empty() { after(line.text, hit.end()) } else { hit.end() };
                }
                None if end >= length => break,
                None => {
                    at = at.max(border(line.text, end.saturating_sub(OVERLAP)));
                    end = border(line.text, at + WINDOW);
                }
            }
        }
        Ok(())
    }
}

/// As many whole lines as fit into a chunk, at least one.
fn chunk(text: &Text, lines: std::ops::Range<u32>) -> std::ops::Range<u32> {
    let Some(first) = text.line(lines.start) else { return lines };
    let mut end = lines.start + 1;
    while end < lines.end && text.line(end).is_some_and(|line| line.start + line.text.len() - first.start <= CHUNK) {
        end += 1;
    }
    lines.start..end
}

/// The last character border at or before `offset`.
pub(super) fn border(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The next character border after `offset`; past the end there is one more, where nothing matches.
pub(super) fn after(text: &str, offset: usize) -> usize {
    let next = text.get(offset..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    offset + next
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(pattern: &str, text: &str, budget: u64) -> Option<Vec<(u32, usize, usize)>> {
        let pattern = Pattern::new(pattern).ok()?;
        let many = many_lines(&pattern);
        let text = Text::decode(text.as_bytes());
        let mut hits = Vec::new();
        let finder = Finder { pattern: &pattern, many: many.as_ref() };
        let range = LineRange { first: 1, count: text.line_count() };
        let done = finder.search(&text, range, &mut Budget::new(budget), &mut |_, line, span| {
            hits.push((line.number, span.start, span.end));
            Ok(Then::Continue)
        });
        done.ok().map(|_| hits)
    }

    fn plainly(pattern: &str, text: &str) -> Vec<(u32, usize, usize)> {
        let Ok(regex) = Regex::new(pattern) else { return Vec::new() };
        let text = Text::decode(text.as_bytes());
        let lines: Vec<_> = text.lines().collect();
        let found =
            lines.iter().flat_map(|line| regex.find_iter(line.text).map(|it| (line.number, it.start(), it.end())));
        found.collect()
    }

    proptest! {
        #[test]
        fn chunks_find_what_each_line_alone_would_give(
            lines in proptest::collection::vec("[ab x\t]{0,12}", 0..60),
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
            pattern in prop_oneof![
                Just("^a+"), Just("b$"), Just(r"a\s+b"), Just("[^x]*x"), Just("^$"), Just(r"\bx\b"), Just(r"\Aa"), Just("(?i)B+"),
                Just("x*"), Just(r"b\z"), Just("a.b"), Just("(?s)a.b"), Just("(?:ab|x)+"),
            ],
        ) {
            let text = lines.join(end);
            prop_assert_eq!(all(pattern, &text, u64::MAX), Some(plainly(pattern, &text)));
        }
    }

    #[test]
    fn a_match_across_a_window_border_is_found_once() {
        for shift in 0..12 {
            let line = format!("{}needle {} needle", "é".repeat((WINDOW - shift) / 2), "x".repeat(WINDOW * 2));
            assert_eq!(all("needle", &line, u64::MAX), Some(plainly("needle", &line)), "{shift}");
        }
    }

    #[test]
    fn anchors_hold_only_at_real_line_ends() {
        let line = "x".repeat(WINDOW * 2);
        assert_eq!(all("x$", &line, u64::MAX), Some(vec![(1, WINDOW * 2 - 1, WINDOW * 2)]));
        assert_eq!(all("^x", &line, u64::MAX), Some(vec![(1, 0, 1)]));
        assert_eq!(all("^$", "", u64::MAX), Some(vec![(1, 0, 0)]));
    }

    #[test]
    fn hostile_work_ends_at_the_budget() {
        let line = "A".repeat(1 << 20);
        assert_eq!(all(".*[^A-Z]|[A-Z]", &format!("{line}\n").repeat(8), 1 << 20), None);
    }
}
