//! Credentials without a mark of their own: a form of the catalogue in a place that a provider's word names.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use crate::checks::secrets::catalogue::{self, Anchor, Credential, Provider};
use crate::checks::secrets::hit::Kind;
use crate::checks::secrets::input::Input;
use crate::checks::secrets::pair::Pair;
use crate::checks::secrets::prefilter::{Literal, Prefilter};
use crate::checks::secrets::proof::Grade;
use crate::checks::secrets::tier::Tier;

/// Every entry of the catalogue that is found by words, ready to be looked up.
struct Index {
    words: Prefilter,
    /// The entry of each word.
    owners: Vec<usize>,
    entries: Vec<Entry>,
}

struct Entry {
    provider: &'static Provider,
    credential: &'static Credential,
    /// The form, for a whole value; compiled when a word of it was found.
    form: OnceLock<Option<Regex>>,
}

/// Lines before the one of a literal in which the words of a provider count.
const LINES_BEFORE: usize = 5;
/// Bytes of context that are read on either side.
const REACH: usize = 600;

/// The credential that a literal is by the words around it, with its tier and note. The nearest word counts: one in the
/// name before one in what encloses it, in the same line, in the lines before.
pub(super) fn keyed(input: &Input<'_>, pair: &Pair<'_>) -> Option<(Kind, Tier, Option<String>)> {
    static INDEX: OnceLock<Index> = OnceLock::new();
    let index = INDEX.get_or_init(|| Index::new(catalogue::all()));
    let entry = index.find(input.text, pair)?;
    let grade = entry.credential.proof.map(|proof| (proof.grade)(&pair.value, input.now));
    let Grade { tier, note } = grade.unwrap_or(Grade { tier: entry.credential.tier, note: None });
    Some((Kind::Known(entry.provider, entry.credential), tier, note))
}

impl Index {
    fn new(all: impl Iterator<Item = (&'static Provider, &'static Credential)>) -> Self {
        let mut entries = Vec::new();
        let mut owners = Vec::new();
        let mut literals = Vec::new();
        for (provider, credential) in all {
            let Anchor::Key(words) = credential.anchor else { continue };
            for word in words {
                literals.push(Literal { bytes: word.as_bytes(), any_case: false });
                owners.push(entries.len());
            }
            entries.push(Entry { provider, credential, form: OnceLock::new() });
        }
        Self { words: Prefilter::new(literals), owners, entries }
    }

    fn find(&self, text: &[u8], pair: &Pair<'_>) -> Option<&Entry> {
        if self.entries.is_empty() {
            return None;
        }
        self.in_text(pair.key.as_bytes(), pair).or_else(|| {
            pair.parents
                .iter()
                .rev()
                .find_map(|parent| self.in_text(parent.as_bytes(), pair))
                .or_else(|| around(text, pair).into_iter().find_map(|part| self.in_text(text.get(part)?, pair)))
        })
    }

    /// The entry with the longest word in a text whose form the literal has.
    fn in_text(&self, text: &[u8], pair: &Pair<'_>) -> Option<&Entry> {
        let kept = text.iter().filter(|it| !matches!(it, b'_' | b'-' | b'.'));
        let folded: Vec<u8> = kept.map(u8::to_ascii_lowercase).collect();
        let mut found: Vec<usize> = Vec::new();
        self.words.search(&folded, |number, _| found.extend(self.owners.get(number).copied()));
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|owner| self.entries.get(owner)).find(|entry| entry.matches(&pair.value))
    }
}

impl Entry {
    fn matches(&self, value: &str) -> bool {
        let compile = || Regex::new(&format!(r"\A(?:{})\z", self.credential.form)).ok();
        self.form.get_or_init(compile).as_ref().is_some_and(|form| form.is_match(value.trim()))
    }
}

/// The line of a literal without the literal, then the lines before.
fn around(text: &[u8], pair: &Pair<'_>) -> [Range<usize>; 3] {
    let (start, end) = (pair.span.start, pair.span.end);
    let before = text.get(start.saturating_sub(REACH)..start).unwrap_or_default();
    let after = text.get(end..text.len().min(end.saturating_add(REACH))).unwrap_or_default();
    let from = start - before.len();
    let mut breaks = before.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| from + at + 1);
    let line = breaks.next().unwrap_or(from);
    let first = breaks.nth(LINES_BEFORE - 1).unwrap_or(from);
    let rest = after.iter().position(|byte| *byte == b'\n').unwrap_or(after.len());
    [line..start, end..end + rest, first.min(line)..line]
}
