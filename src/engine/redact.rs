//! No report shows a secret, whichever rule found something beside it.
//!
//! The lines that a finding shows are masked by what stands in the whole file, so that the middle of a long key is
//! known for one. Everything else that may quote the repository is searched by itself. Fingerprints are made before:
//! they rest on the text as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::checks::{self, HiddenSecret};
use crate::model::{Blob, Facts, Finding, Label, Place, Position, Region, RepoPath, Report, Snippet, Text};

/// Values shorter than this are not looked for in sentences: they would match by chance.
const SHORTEST_VALUE: usize = 6;
/// What stands in the place of a secret in a sentence.
const MASK: &str = "***";

/// Masks the secrets in everything of a report that quotes the repository.
pub(super) fn redact(report: &mut Report, facts: &Facts) {
    let mut redactor = Redactor { facts, files: BTreeMap::new() };
    let findings = report.results.iter_mut().flat_map(|it| &mut it.findings);
    findings.for_each(|settled| redactor.finding(&mut settled.finding));
    for problem in &mut report.problems {
        let values = problem.label.as_mut().map(|label| redactor.label(label)).unwrap_or_default();
        redactor.sentence(&mut problem.message, &values);
    }
}

struct Redactor<'a> {
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
    fn finding(&mut self, finding: &mut Finding) {
        let mut values = self.label(&mut finding.primary);
        for label in &mut finding.related {
            values.extend(self.label(label));
        }
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
        let known = self.read(path, revision).map(|blob| Arc::new(Known::new(path, &blob, self.facts)));
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
            None => facts.base_blob(&facts.base.file(path).ok()??).ok(),
        }
    }

    /// Masks lines whose file is not at hand.
    fn alone(&self, snippet: &mut Snippet, path: Option<&RepoPath>) {
        let root = RepoPath::root();
        let text = Text::decode(snippet.lines.join("\n").as_bytes());
        let (down, right) = (snippet.first_line.saturating_sub(1), snippet.clipped_left);
        let moved =
            |it: Position| Position { line: it.line.saturating_add(down), column: it.column.saturating_add(right) };
        for hidden in checks::hidden_secrets(path.unwrap_or(&root), text.as_str(), self.facts.run.now) {
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
        let hidden = checks::hidden_secrets(&RepoPath::root(), text, self.facts.run.now);
        for HiddenSecret { span, .. } in hidden.iter().rev() {
            if text.is_char_boundary(span.start) && text.is_char_boundary(span.end) {
                text.replace_range(span.start..span.end, MASK);
            }
        }
    }
}

impl Known {
    fn new(path: &RepoPath, blob: &Blob, facts: &Facts) -> Self {
        let text = blob.text();
        let hidden = checks::hidden_secrets(path, text.as_str(), facts.run.now).into_iter().map(|it| Hidden {
            region: text.region(it.span),
            shown: it.shown,
            value: text.as_str().get(it.span.start..it.span.end).unwrap_or_default().to_owned(),
        });
        Self(hidden.collect())
    }

    /// The secrets on the lines that a snippet shows.
    fn in_sight(&self, snippet: &Snippet) -> &[Hidden] {
        let after = snippet.first_line.saturating_add(u32::try_from(snippet.lines.len()).unwrap_or(u32::MAX));
        let first = self.0.partition_point(|it| it.region.end.line < snippet.first_line);
        let last = self.0.partition_point(|it| it.region.start.line < after);
        self.0.get(first..last).unwrap_or_default()
    }
}
