//! What makes a finding itself, whatever line it stands on.
//!
//! A fingerprint is made of:
//! - the check and the hazard, not the rule: a rule can be renamed;
//! - the place: the path of a file; subject, author and author date of a commit; the name of a ref; the
//!   field of a pull request;
//! - the finding's key or, without one, the whole offending lines with white space folded, or, where
//!   there are no lines, the message;
//! - which of several alike it is: see below.
//!
//! So it survives moved lines, re-indentation, other line ends, rebases, cherry-picks, and squashes
//! as far as files go. It changes with the offending text, with the path, and with what a check calls
//! its hazard or key. While a change renames a file, its findings carry the fingerprint of the old
//! path as a second one, so that what was accepted stays accepted until the baseline is written anew.
//!
//! **Of several alike**, those on lines that the change leaves alone come first, then those that it
//! adds. A second copy of an accepted offence so gets a number of its own wherever it is put, even in
//! a run that sees only the added lines. Findings with a key of their own are numbered as they come. A key that
//! counts anywhere leaves place and number out: whoever accepts a value accepts all its copies, and no other value.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::head::{Head, region_in_head};
use crate::model::{Facts, Finding, Fingerprint, Key, ObjectId, Place, RepoPath};

/// The fingerprints of one finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Prints {
    pub(super) own: Fingerprint,
    /// What it was before this change renamed the file.
    pub(super) before_rename: Option<Fingerprint>,
}

impl Prints {
    pub(super) fn any(&self, is_meant: impl Fn(&Fingerprint) -> bool) -> bool {
        is_meant(&self.own) || self.before_rename.as_ref().is_some_and(is_meant)
    }
}

/// The fingerprints of a rule's findings, which are in the order of their places.
pub(super) fn fingerprints(check: &str, findings: &[Finding], head: &mut Head<'_>) -> Vec<Prints> {
    let mut seen: BTreeMap<(Vec<String>, u32), u32> = BTreeMap::new();
    let mut prints = Vec::with_capacity(findings.len());
    for finding in findings {
        if let Some(Key::Anywhere(key)) = &finding.key {
            let own = anywhere(check, finding.hazard.as_deref().unwrap_or_default(), key);
            prints.push(Prints { own, before_rename: None });
            continue;
        }
        let content = content(finding, head);
        let identity = vec![
            check.to_owned(),
            finding.hazard.clone().unwrap_or_default(),
            place(&finding.primary.place, head.facts),
            content.text,
        ];
        let twin = *seen.entry((identity.clone(), content.rank)).and_modify(|count| *count += 1).or_insert(0);
        let copy = format!("{}.{twin}", content.rank);
        let old = finding.primary.place.path().and_then(|path| head.renamed_from(path));
        let before_rename = old.map(|path| {
            let mut identity = identity.clone();
            if let Some(place) = identity.get_mut(2) {
                *place = of_path(path);
            }
            digest(&identity, &copy)
        });
        prints.push(Prints { own: digest(&identity, &copy), before_rename });
    }
    prints
}

/// The fingerprint of every finding of a check and hazard with a key that counts anywhere.
#[must_use]
pub fn anywhere(check: &str, hazard: &str, key: &str) -> Fingerprint {
    digest(&[check.to_owned(), hazard.to_owned(), "anywhere".to_owned(), format!("key {key}")], "0.0")
}

struct Content {
    text: String,
    rank: u32,
}

fn content(finding: &Finding, head: &mut Head<'_>) -> Content {
    if let Some(Key::Here(key) | Key::Anywhere(key)) = &finding.key {
        return Content { text: format!("key {key}"), rank: 0 };
    }
    if let Some((path, region)) = region_in_head(finding)
        && let Some(file) = head.file(path)
        && let Some(text) = file.folded(region)
    {
        return Content { text: format!("text {text}"), rank: file.rank(region).unwrap_or(0) };
    }
    let shown = finding.primary.snippet.as_ref().map(|snippet| {
        let words: Vec<&str> = snippet.lines.iter().flat_map(|line| line.split_whitespace()).collect();
        format!("text {}", words.join(" "))
    });
    Content { text: shown.unwrap_or_else(|| format!("message {}", finding.message)), rank: 0 }
}

fn place(place: &Place, facts: &Facts) -> String {
    match place {
        Place::File { path, revision: None, .. } => of_path(path),
        Place::File { path, revision: Some(_), .. } => format!("{} before", of_path(path)),
        Place::Commit { id, subject, .. } => format!("commit {subject}\n{}", author(*id, facts)),
        Place::Ref { name } => format!("ref {name}"),
        Place::PullRequest { field } => format!("pull request {field}"),
        Place::Change => "change".to_owned(),
    }
}

fn of_path(path: &RepoPath) -> String {
    format!("file {}", path.as_str())
}

/// Who wrote a commit and when: both outlive a rebase, unlike its name.
fn author(id: ObjectId, facts: &Facts) -> String {
    let commits = facts.commits.as_ref().map(AsRef::as_ref).unwrap_or_default();
    let commit = commits.iter().find(|commit| commit.id == id);
    commit.map_or_else(String::new, |it| format!("{} {}", it.author.email.to_lowercase(), it.author.time))
}

fn digest(identity: &[String], copy: &str) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in identity.iter().map(String::as_str).chain([copy]) {
        // Lengths keep the parts apart: no text can pass for the end of one part and the start of the next.
        hash.update(format!("{}:", part.len()).as_bytes());
        hash.update(part.as_bytes());
    }
    let mut text = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    Fingerprint(text)
}
