//! The secrets that a change brings.

use std::borrow::Cow;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::Params;
use super::files;
use super::hit::{Hit, Kind, Secret};
use super::scan::{Input, Within};
use super::tell::{self, Told};
use super::tier::Tier;
use super::value;
use super::watch::Watch;
use crate::checks::Judged;
use crate::checks::scope::{Binary, Passage, Wanted};
use crate::model::{Facts, LineRange, RepoPath, Span, Text};

/// Everything that the change brings and that is sure enough, in the order of the files.
pub(super) fn search(params: &Params, facts: &Facts, watch: &Watch<'_>, judged: &mut Judged) -> Vec<Told> {
    let keep = |path: &RepoPath| !params.except.is_match(path);
    let wanted = Wanted { path: &keep, outline: |_| true, binary: Binary::Given };
    let found = params.scope.search(facts, judged, &wanted, |facts, passage| of_passage(params, facts, watch, passage));
    let mut told: Vec<Told> = found.into_iter().flatten().collect();
    params.scope.each_transient(facts, judged, &wanted, &mut |_, passage| {
        told.extend(of_passage(params, facts, watch, passage));
    });
    told
}

fn of_passage(params: &Params, facts: &Facts, watch: &Watch<'_>, passage: &Passage<'_>) -> Vec<Told> {
    if passage.lines.is_empty() {
        return of_binary(params, facts, watch, passage);
    }
    let text = passage.blob.text();
    let bytes = text.as_str().as_bytes();
    let near = near(text, &passage.lines);
    let input =
        Input { path: passage.path, text: bytes, within: Within::Near(&near), now: facts.run.now, watch: Some(watch) };
    let hits = params.own.scan(&input);
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

/// Credentials with a form of their own, anywhere in a file that is no text. Zero bytes are left out: they stand between
/// the characters of wide strings.
fn of_binary(params: &Params, facts: &Facts, watch: &Watch<'_>, passage: &Passage<'_>) -> Vec<Told> {
    let bytes = passage.blob.bytes();
    let mut found = Vec::new();
    if let Some(placed) = files::stores(passage.path, bytes) {
        let secret = Secret(Sha256::digest(bytes).to_vec());
        let kind = Kind::Placed(placed);
        let is_rehearsal = value::is_rehearsal(passage.path.as_str());
        let tier = if is_rehearsal { Tier::Possible } else { Tier::Likely };
        let note = is_rehearsal.then(|| "the file lies among tests or examples".to_owned());
        let hit = Hit { span: Span::new(0, 0), kind, tier, note, secret, matched: None };
        let input =
            Input { path: passage.path, text: b"", within: Within::Whole, now: facts.run.now, watch: Some(watch) };
        return if params.own.reports(&input, &hit) { vec![tell::store(passage, &hit)] } else { Vec::new() };
    }
    for text in [Cow::Borrowed(bytes), Cow::Owned(bytes.iter().copied().filter(|it| *it != 0).collect::<Vec<u8>>())] {
        let input =
            Input { path: passage.path, text: &text, within: Within::Whole, now: facts.run.now, watch: Some(watch) };
        for hit in params.own.scan_binary(&input) {
            let told = tell::in_binary(passage, &hit);
            if params.own.reports(&input, &hit) && found.iter().all(|it: &Told| it.identity != told.identity) {
                found.push(told);
            }
        }
    }
    found
}
