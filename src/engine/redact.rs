//! No report shows a secret, whichever rule found something beside it.
//!
//! The lines that a finding shows are masked by what stands in the whole file, so that the middle of a long key is
//! known for one. Everything else that may quote the repository is searched by itself. Fingerprints are made before:
//! they rest on the text as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::checks::{self, HiddenSecret};
use crate::model::{
    Blob, Facts, Finding, Label, Level, Place, Position, Region, RepoPath, Report, Settlement, Snippet, Span, Text,
    WaiverStatus,
};
use crate::policy::{PACK_REVISION, Policy};

/// Values shorter than this are not looked for in sentences: they would match by chance.
const SHORTEST_VALUE: usize = 6;
/// Parts of values that are looked for in sentences: a line of a long key, what an expression takes out of a token.
const SHORTEST_PART: usize = 12;
/// Bytes of values whose parts are looked for in one sentence.
const MOST_PARTS: usize = 1 << 20;
/// The check whose findings are the secrets themselves.
const SECRETS: &str = "secrets";
/// What stands in the place of a secret in a sentence.
const MASK: &str = "***";

/// Masks the secrets in everything of a report that quotes the repository.
pub(super) fn redact(report: &mut Report, policy: &Policy, facts: &Facts) {
    let mut redactor = Redactor { policy, facts, files: BTreeMap::new() };
    for result in &mut report.results {
        // What the check of secrets says quotes none, and names kinds with words that passwords are made of.
        let quotes = result.check != SECRETS;
        for settled in &mut result.findings {
            redactor.finding(&mut settled.finding, quotes);
            if let Settlement::Suppressed { reason } = &mut settled.settlement {
                redactor.sentence(reason, &[]);
            }
        }
        redactor.label(&mut result.policy);
    }
    for WaiverStatus { waiver, .. } in &mut report.waivers {
        redactor.sentence(&mut waiver.reason, &[]);
        redactor.label(&mut waiver.label);
    }
    for problem in &mut report.problems {
        let values = problem.label.as_mut().map(|label| redactor.label(label)).unwrap_or_default();
        redactor.sentence(&mut problem.message, &values);
    }
}

struct Redactor<'a> {
    policy: &'a Policy,
    facts: &'a Facts,
    /// By path and revision; nothing for what cannot be read.
    files: BTreeMap<(RepoPath, Option<String>), Option<Arc<Known>>>,
}

/// The secrets of a file, sorted by place.
struct Known(Vec<Hidden>);

struct Hidden {
    region: Region,
    shown: u32,
    value: String,
}

impl Redactor<'_> {
    fn finding(&mut self, finding: &mut Finding, quotes: bool) {
        let mut values = self.label(&mut finding.primary);
        for label in &mut finding.related {
            values.extend(self.label(label));
        }
        values.retain(|_| quotes);
        let texts = [&mut finding.message].into_iter().chain(&mut finding.because).chain(&mut finding.help);
        texts.for_each(|text| self.sentence(text, &values));
        for label in [&mut finding.primary].into_iter().chain(&mut finding.related) {
            self.sentence(&mut label.text, &values);
        }
        finding.evidence.iter_mut().for_each(|it| self.sentence(&mut it.value, &values));
    }

    /// Masks the lines of a label, and gives the secrets that stood there.
    fn label(&mut self, label: &mut Label) -> Vec<String> {
        let file = match &mut label.place {
            // What gatecheck ships quotes nobody, and most runs find nothing else to look at.
            Place::File { revision: Some(revision), .. } if revision == PACK_REVISION => return Vec::new(),
            Place::File { path, revision, .. } => self.file(path, revision.as_deref()),
            Place::Commit { subject, .. } => {
                self.sentence(subject, &[]);
                None
            }
            Place::Ref { .. } | Place::PullRequest { .. } | Place::Change => None,
        };
        let Some(snippet) = label.snippet.as_mut() else { return Vec::new() };
        let Some(file) = file else {
            self.alone(snippet, label.place.path());
            return Vec::new();
        };
        let in_sight = file.in_sight(snippet);
        in_sight.iter().for_each(|it| snippet.mask(it.region, it.shown));
        in_sight.iter().map(|it| it.value.clone()).filter(|it| SHORTEST_VALUE <= it.len()).collect()
    }

    fn file(&mut self, path: &RepoPath, revision: Option<&str>) -> Option<Arc<Known>> {
        let key = (path.clone(), revision.map(str::to_owned));
        if let Some(known) = self.files.get(&key) {
            return known.clone();
        }
        let known = self.read(path, revision).map(|blob| Arc::new(self.known(path, &blob)));
        self.files.insert(key, known.clone());
        known
    }

    fn read(&self, path: &RepoPath, revision: Option<&str>) -> Option<Arc<Blob>> {
        let facts = self.facts;
        let Some(revision) = revision else {
            let file = facts.head.file(path).ok()??;
            return facts.head_blob(&file).ok();
        };
        let transient = facts.transient.as_ref().ok();
        let came =
            transient.and_then(|all| all.iter().find(|it| it.file.path == *path && it.commit.short() == revision));
        match came {
            Some(found) => facts.head_blob(&found.file).ok(),
            None => {
                // Of the base or of the target: where both have one and they differ nobody can say which.
                let (base, target) = (facts.base.file(path).ok()?, facts.target.file(path).ok().flatten());
                match (base, target) {
                    (Some(base), Some(target)) if base.id != target.id => None,
                    (Some(base), _) => facts.base_blob(&base).ok(),
                    (None, target) => facts.target_blob(&target?).ok(),
                }
            }
        }
    }

    /// Masks lines whose file is not at hand.
    fn alone(&self, snippet: &mut Snippet, path: Option<&RepoPath>) {
        let root = RepoPath::root();
        let text = Text::decode(snippet.lines.join("\n").as_bytes());
        let (down, right) = (snippet.first_line.saturating_sub(1), snippet.clipped_left);
        let moved =
            |it: Position| Position { line: it.line.saturating_add(down), column: it.column.saturating_add(right) };
        for hidden in self.hidden(path.unwrap_or(&root), text.as_str()) {
            let region = text.region(hidden.span);
            snippet.mask(Region { start: moved(region.start), end: moved(region.end) }, hidden.shown);
        }
    }

    /// Masks the values of a file, and whatever else is a secret, in a sentence.
    fn sentence(&self, text: &mut String, values: &[String]) {
        for value in values {
            if text.contains(value.as_str()) {
                *text = text.replace(value.as_str(), MASK);
            }
        }
        mask_parts(text, values);
        let hidden = self.hidden(&RepoPath::root(), text);
        for HiddenSecret { span, .. } in hidden.iter().rev() {
            if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) {
                text.replace_range(span.start..span.end, MASK);
            }
        }
    }

    fn known(&self, path: &RepoPath, blob: &Blob) -> Known {
        let text = blob.text();
        let hidden = self.hidden(path, text.as_str()).into_iter().map(|it| Hidden {
            region: text.region(it.span),
            shown: it.shown,
            value: text.as_str().get(it.span.start..it.span.end).unwrap_or_default().to_owned(),
        });
        Known(hidden.collect())
    }

    /// The secrets of a text, sorted by place and without overlaps: those that are one anywhere, and those that the
    /// policy's own rules know.
    fn hidden(&self, path: &RepoPath, text: &str) -> Vec<HiddenSecret> {
        let mut all = checks::hidden_secrets(path, text, self.facts.run.now);
        let rules = self.policy.rules.iter().filter(|rule| rule.level != Level::Off);
        all.extend(rules.flat_map(|rule| rule.bound.hidden(path, text, self.facts.run.now)));
        all.sort_by_key(|it| (it.span, it.shown));
        let mut apart: Vec<HiddenSecret> = Vec::with_capacity(all.len());
        for it in all {
            match apart.last_mut().filter(|last| it.span.start < last.span.end) {
                Some(last) if last.span == it.span => last.shown = last.shown.min(it.shown),
                Some(last) => {
                    // What may be shown of one may be the middle of the other.
                    let shown = if last.span.start == it.span.start { last.shown.min(it.shown) } else { 0 };
                    let span = Span::new(last.span.start, last.span.end.max(it.span.end));
                    *last = HiddenSecret { span, shown };
                }
                None => apart.push(it),
            }
        }
        apart
    }
}

/// Masks what a sentence shows of the inside of values. With too many of them, every long word is masked.
fn mask_parts(text: &mut String, values: &[String]) {
    let all: usize = values.iter().map(String::len).sum();
    if all < SHORTEST_PART || text.len() < SHORTEST_PART {
        return;
    }
    if MOST_PARTS < all {
        let word = |it: &str| if it.len() < SHORTEST_PART { it.to_owned() } else { MASK.to_owned() };
        *text = text.split(' ').map(word).collect::<Vec<_>>().join(" ");
        return;
    }
    let mut places: BTreeMap<&[u8], Vec<usize>> = BTreeMap::new();
    for (at, part) in text.as_bytes().windows(SHORTEST_PART).enumerate() {
        places.entry(part).or_default().push(at);
    }
    let parts = values.iter().flat_map(|it| it.as_bytes().windows(SHORTEST_PART));
    let found: BTreeSet<usize> = parts.filter_map(|it| places.remove(it)).flatten().collect();
    let mut spans: Vec<Span> = Vec::new();
    for at in found {
        match spans.last_mut().filter(|it| at <= it.end) {
            Some(last) => last.end = at + SHORTEST_PART,
            None => spans.push(Span::new(at, at + SHORTEST_PART)),
        }
    }
    for span in spans.iter().rev() {
        let start = (0..=span.start).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
        let end = (span.end..=text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len());
        text.replace_range(start..end, MASK);
    }
}

impl Known {
    /// The secrets on the lines that a snippet shows.
    fn in_sight(&self, snippet: &Snippet) -> &[Hidden] {
        let after = snippet.first_line.saturating_add(u32::try_from(snippet.lines.len()).unwrap_or(u32::MAX));
        let first = self.0.partition_point(|it| it.region.end.line < snippet.first_line);
        let last = self.0.partition_point(|it| it.region.start.line < after);
        self.0.get(first..last).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_values_are_masked_and_nothing_else() {
        let masked = |text: &str, values: &[&str]| {
            let mut text = text.to_owned();
            mask_parts(&mut text, &values.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
            text
        };
        let value = "0123456789abcdefghij\u{e4}klmn";
        assert_eq!(masked("found 456789abcdefghi here, and 789abc", &[value]), "found *** here, and 789abc");
        assert_eq!(masked("xcdefghij\u{e4}klmny", &[value]), "x***y");
        assert_eq!(masked("0123456789ab 0123456789ab", &[value, "z"]), "*** ***");
        assert_eq!(masked("nothing of it is here", &[value]), "nothing of it is here");
        let many = vec![value; MOST_PARTS / 20];
        assert_eq!(masked("found zzzzzzzzzzzz here", &many), "found *** here");
    }
}
