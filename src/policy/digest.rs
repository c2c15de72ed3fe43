//! What identifies a policy.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::Document;
use super::library::hex;

/// SHA-256 over every document that a policy is made of: for each, in the order of their ids, the id
/// and the text, both with their length before them.
pub(super) fn of(documents: &[Arc<Document>]) -> String {
    let mut parts: Vec<(String, &str)> = documents.iter().map(|it| (it.id(), it.text.as_str())).collect();
    parts.sort();
    parts.dedup();
    let mut hash = Sha256::new();
    hash.update(b"gatecheck.policy/v1\0");
    for (id, text) in parts {
        for part in [id.as_bytes(), text.as_bytes()] {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
    }
    hex(&hash.finalize())
}
