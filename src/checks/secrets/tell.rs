//! From hits to findings: what is said about a secret, and what identifies it.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use super::hit::{Hit, Kind};
use super::large::Seen;
use super::mask;
use crate::checks::scope::Passage;
use crate::model::{Finding, Label, ObjectId, Origin, Place, Region, RepoPath, Snippet, Text};

/// A finding and the identity of its secret.
pub(super) struct Told {
    pub(super) identity: String,
    pub(super) finding: Finding,
}

/// A secret in the text of a passage; `all` are the hits of the whole text.
pub(super) fn in_passage(passage: &Passage<'_>, text: &Text, hit: &Hit, all: &[Hit]) -> Told {
    let mut label = passage.label(hit.span, "");
    if let Some(snippet) = &mut label.snippet {
        mask::mask(snippet, text, all);
    }
    told(label, hit, help(hit, passage.commit))
}

/// A secret somewhere in a file that is no text.
pub(super) fn in_binary(passage: &Passage<'_>, hit: &Hit) -> Told {
    let revision = passage.commit.map(|it| it.short());
    let place = Place::File { path: passage.path.clone(), region: None, revision };
    told(Label { place, snippet: None, text: String::new() }, hit, help(hit, passage.commit))
}

/// A file that is a secret as a whole.
pub(super) fn store(passage: &Passage<'_>, hit: &Hit) -> Told {
    let mut told = in_binary(passage, hit);
    told.finding.message = format!("{}, {}", hit.kind.title(), hit.tier.as_str());
    told
}

/// A secret that the head no longer has, in the text of the blob that a commit brought.
pub(super) fn in_the_past(origin: &Origin, text: &Text, hit: &Hit, all: &[Hit]) -> Told {
    let region = Some(text.region(hit.span));
    let place = Place::File { path: origin.path.clone(), region, revision: Some(origin.commit.short()) };
    let mut snippet = text.snippet(hit.span);
    mask::mask(&mut snippet, text, all);
    past(Label { place, snippet: Some(snippet), text: String::new() }, origin, hit)
}

/// A secret in a file that is too large to be held.
pub(super) fn in_large(path: &RepoPath, commit: Option<ObjectId>, seen: Seen) -> Told {
    let help = help(&seen.hit, commit);
    told(seen_at(path, commit, seen.region, seen.snippet), &seen.hit, help)
}

/// The same in a blob that the head no longer has.
pub(super) fn in_a_large_past(origin: &Origin, seen: Seen) -> Told {
    past(seen_at(&origin.path, Some(origin.commit), seen.region, seen.snippet), origin, &seen.hit)
}

fn seen_at(path: &RepoPath, commit: Option<ObjectId>, region: Option<Region>, snippet: Option<Snippet>) -> Label {
    let place = Place::File { path: path.clone(), region, revision: commit.map(|it| it.short()) };
    Label { place, snippet, text: String::new() }
}

/// The same in a blob that is no text.
pub(super) fn in_a_past_binary(origin: &Origin, hit: &Hit) -> Told {
    let place = Place::File { path: origin.path.clone(), region: None, revision: Some(origin.commit.short()) };
    past(Label { place, snippet: None, text: String::new() }, origin, hit)
}

/// The same for a file that is a secret as a whole.
pub(super) fn store_in_the_past(origin: &Origin, hit: &Hit) -> Told {
    let mut told = in_a_past_binary(origin, hit);
    told.finding.message = format!("{}, {}", hit.kind.title(), hit.tier.as_str());
    told
}

fn past(label: Label, origin: &Origin, hit: &Hit) -> Told {
    let help = format!(
        "{}; the head no longer has it, but every clone does: `git filter-repo --replace-text` takes it out of history, \
         and all who cloned must clone again",
        hit.kind.revoke()
    );
    let mut told = told(label, hit, help);
    told.finding = told.finding.evidence("in the head", "no");
    brought(told, origin)
}

/// Adds where a secret came from.
pub(super) fn brought(told: Told, origin: &Origin) -> Told {
    let finding = told.finding.evidence("brought by", origin.commit).evidence("on", origin.time.date());
    Told { finding, ..told }
}

fn help(hit: &Hit, commit: Option<ObjectId>) -> String {
    match commit {
        None => format!("{}; then take it out of the file", hit.kind.revoke()),
        Some(commit) => format!(
            "{}; commit {} brings it, and history keeps what a later commit takes away: `git rebase --interactive` takes \
             it out of that commit",
            hit.kind.revoke(),
            commit.short()
        ),
    }
}

fn told(label: Label, hit: &Hit, help: String) -> Told {
    let message = format!("{}, {} ({})", hit.kind.title(), hit.tier.as_str(), mask::spoken(hit));
    let mut because = format!("whoever has it {}", hit.kind.harm());
    if let Some(note) = &hit.note {
        let _ = write!(because, "; {note}");
    }
    let identity = identity(hit);
    let finding = Finding::new(label, message)
        .hazard(hit.kind.id())
        .because(because)
        .help(help)
        .evidence("confidence", hit.tier.as_str())
        .key_anywhere(identity.clone());
    let finding = match hit.kind.provider() {
        Some(provider) => finding.evidence("issued by", provider),
        None => finding,
    };
    Told { identity, finding }
}

/// What makes a secret itself: a digest with a key of its own, so that it is in no table of digests.
pub(super) fn identity(hit: &Hit) -> String {
    digest(hit).iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The same in short, to tell secrets apart within a run.
pub(super) fn tag(hit: &Hit) -> u64 {
    digest(hit).iter().take(8).fold(0, |tag, byte| tag << 8 | u64::from(*byte))
}

fn digest(hit: &Hit) -> Vec<u8> {
    let identity = match &hit.kind {
        Kind::Own(detector) => format!("custom/{}", detector.id),
        Kind::Known(..) | Kind::Placed(_) => hit.kind.id().to_owned(),
    };
    let mut hash = Sha256::new();
    for part in [b"gatecheck secret v1".as_slice(), identity.as_bytes(), &hit.secret.0] {
        hash.update(format!("{}:", part.len()).as_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
