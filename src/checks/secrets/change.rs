//! The secrets that a change brings.

use std::ops::Range;

use super::blob;
use super::hit::Hit;
use super::input::Within;
use super::large;
use super::look::Look;
use super::tell::{self, Told};
use crate::checks::Judged;
use crate::checks::scope::{Binary, Passage, Wanted};
use crate::model::{Facts, LineRange, RepoPath, Text};

/// Everything that the change brings and that is sure enough, in the order of the files.
pub(super) fn search(look: &Look<'_>, facts: &Facts, judged: &mut Judged) -> Vec<Told> {
    let params = look.params;
    let keep = |path: &RepoPath| !params.except.is_match(path);
    let wanted = Wanted { path: &keep, outline: |_| true, binary: Binary::Given };
    let before = judged.missing.len();
    let found = params.scope.search(facts, judged, &wanted, |_, passage| of_passage(look, passage));
    let mut told: Vec<Told> = found.into_iter().flatten().collect();
    params.scope.each_transient(facts, judged, &wanted, &mut |_, passage| {
        told.extend(of_passage(look, passage));
    });
    told.extend(large::search(look, facts, judged, before));
    told
}

fn of_passage(look: &Look<'_>, passage: &Passage<'_>) -> Vec<Told> {
    if passage.lines.is_empty() {
        return of_binary(look, passage);
    }
    let params = look.params;
    let text = passage.blob.text();
    let bytes = text.as_str().as_bytes();
    let near = near(text, &passage.lines);
    let input = look.at(passage.path, bytes, Within::Near(&near));
    let hits = blob::of_text(params, &input);
    let sure = hits.iter().filter(|hit| params.own.reports(&input, hit) && is_within(text, hit, &passage.lines));
    sure.map(|hit| tell::in_passage(passage, text, hit, &hits)).collect()
}

/// Bytes before a judged line in which the mark of a secret may stand that reaches to it: the head of a long key.
const BEFORE: usize = 8 << 10;
/// Bytes behind a judged line in which the mark of a secret on it may stand: a name behind its value.
const BEHIND: usize = 1 << 10;

/// The parts of a text in which what stands on these lines can be found: a small change of a large file costs little.
fn near(text: &Text, lines: &[LineRange]) -> Vec<Range<usize>> {
    if matches!(lines, [all] if all.first == 1 && all.count == text.line_count()) {
        let all = 0..text.as_str().len();
        return vec![all];
    }
    let mut parts: Vec<Range<usize>> = Vec::new();
    for range in lines {
        let numbers = range.numbers();
        let first = text.line(numbers.start).map_or(0, |line| line.start);
        let end = text.line(numbers.end).map_or(text.as_str().len(), |line| line.start);
        let (from, to) = (first.saturating_sub(BEFORE), end.saturating_add(BEHIND).min(text.as_str().len()));
        match parts.last_mut() {
            Some(last) if from <= last.end => last.end = last.end.max(to),
            Some(_) | None => parts.push(from..to),
        }
    }
    parts
}

/// Whether a line of the secret is one that is judged.
fn is_within(text: &Text, hit: &Hit, lines: &[LineRange]) -> bool {
    let region = text.region(hit.span);
    let meets = |range: &LineRange| range.first <= region.end.line && region.start.line < range.numbers().end;
    lines.iter().any(meets)
}

fn of_binary(look: &Look<'_>, passage: &Passage<'_>) -> Vec<Told> {
    let input = look.at(passage.path, passage.blob.bytes(), Within::Whole);
    if let Some(store) = blob::as_store(&input) {
        return if look.params.own.reports(&input, &store) { vec![tell::store(passage, &store)] } else { Vec::new() };
    }
    blob::of_binary(look.params, &input).iter().map(|hit| tell::in_binary(passage, hit)).collect()
}
