//! What makes a finding itself, whatever line it stands on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::model::{Finding, Fingerprint, Label, Place};

/// The fingerprints of a rule's findings, in their order.
///
/// A fingerprint is made of the check and hazard, the path, and the finding's key or, without one,
/// the offending lines with white space folded. Line numbers and commits take no part, so that it
/// survives moved lines and rewritten history. The second finding that looks the same gets a
/// number, so that a second copy of an accepted offence is not accepted with it.
pub(super) fn fingerprints(check: &str, findings: &[Finding]) -> Vec<Fingerprint> {
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let identity = identity(check, finding);
            let copy = seen.entry(identity.clone()).and_modify(|count| *count += 1).or_insert(0);
            digest(&format!("{identity}\0{copy}"))
        })
        .collect()
}

fn identity(check: &str, finding: &Finding) -> String {
    let hazard = finding.hazard.as_deref().unwrap_or_default();
    let place = match &finding.primary.place {
        Place::File { path, .. } => path.as_str().to_owned(),
        Place::Commit { subject, .. } => format!("commit {subject}"),
        Place::Ref { name } => format!("ref {name}"),
        Place::PullRequest { field } => format!("pull request {field}"),
        Place::Change => String::new(),
    };
    let key = finding
        .key
        .clone()
        .unwrap_or_else(|| offending_text(&finding.primary).unwrap_or_else(|| finding.message.clone()));
    format!("{check}\0{hazard}\0{place}\0{key}")
}

fn offending_text(label: &Label) -> Option<String> {
    let words: Vec<&str> = label.snippet.as_ref()?.lines.iter().flat_map(|line| line.split_whitespace()).collect();
    Some(words.join(" "))
}

fn digest(identity: &str) -> Fingerprint {
    let hash = Sha256::digest(identity.as_bytes());
    let mut text = String::with_capacity(32);
    for byte in hash.iter().take(16) {
        let _ = write!(text, "{byte:02x}");
    }
    Fingerprint(text)
}
