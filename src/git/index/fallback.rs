//! Indexes that only Git reads, such as split ones: Git lists the entries, and they are read as an index.

use std::path::Path;

use crate::git::{GitError, Repository, scrubbed};
use crate::model::ObjectId;

use super::{Index, damaged};

/// Reads what `git ls-files --stage` says. Nothing is known of the files on disk then: each is hashed.
pub(super) fn read(repository: &Repository, path: &Path) -> Result<Index, GitError> {
    let listed = scrubbed::git(repository, &["ls-files", "--stage", "--full-name", "-z"])?;
    let announced = scrubbed::git(repository, &["diff-files", "--name-only", "--diff-filter=A", "-z"])?;
    let announced: Vec<&[u8]> = announced.split(|it| *it == 0).collect();
    let broken = || damaged(path, "`git ls-files --stage` wrote something else than entries");
    let mut body = Vec::new();
    let mut count = 0_u32;
    for line in listed.split(|it| *it == 0).filter(|it| !it.is_empty()) {
        let tab = line.iter().position(|it| *it == b'\t').ok_or_else(broken)?;
        let (fields, name) = line.split_at_checked(tab).ok_or_else(broken)?;
        let name = name.get(1..).unwrap_or_default();
        let fields = String::from_utf8_lossy(fields);
        let mut fields = fields.split(' ');
        let mode = fields.next().and_then(|it| u32::from_str_radix(it, 8).ok()).ok_or_else(broken)?;
        let id: ObjectId = fields.next().and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        let stage: u16 = fields.next().and_then(|it| it.parse().ok()).ok_or_else(broken)?;
        if announced.contains(&name) {
            continue;
        }
        write_entry(&mut body, mode, &id, stage, name);
        count += 1;
    }
    let zeros = vec![0; repository.hash().id_len()];
    let raw = [b"DIRC".as_slice(), &[0, 0, 0, 2], &count.to_be_bytes(), &body, &zeros].concat();
    Index::parse(raw, repository.hash()).map_err(|_| broken())
}

/// One version 2 entry without anything about the file on disk.
fn write_entry(body: &mut Vec<u8>, mode: u32, id: &ObjectId, stage: u16, name: &[u8]) {
    let start = body.len();
    body.extend_from_slice(&[0; 24]);
    body.extend_from_slice(&mode.to_be_bytes());
    body.extend_from_slice(&[0; 12]);
    body.extend_from_slice(id.as_bytes());
    let length = u16::try_from(name.len()).unwrap_or(0xFFF).min(0xFFF);
    body.extend_from_slice(&((stage << 12) | length).to_be_bytes());
    body.extend_from_slice(name);
    let written = body.len() - start;
    body.resize(start + ((written + 8) & !7), 0);
}
