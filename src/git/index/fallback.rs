//! Indexes that only Git reads, such as split ones: Git lists the entries, and they are read as an index.

use std::collections::BTreeSet;
use std::path::Path;

use crate::git::objects::HashKind;
use crate::git::{GitError, Repository, scrubbed};
use crate::model::ObjectId;

use super::{Index, damaged};

/// Reads what `git ls-files --stage` says. Nothing is known of the files on disk then: each is hashed.
pub(super) fn read(repository: &Repository, path: &Path) -> Result<Index, GitError> {
    let listed = scrubbed::git(repository, &["ls-files", "--stage", "--full-name", "-z"])?;
    // What stands in no file yet (`git add --intent-to-add`) is absent here. The index is compared with nothing, and
    // not with the files on disk: Git would start the repository's own filters to compare those.
    let arguments = ["diff-index", "--cached", "--ita-invisible-in-index", "--no-renames", "--name-only", "-z"];
    let real = scrubbed::git(repository, &[arguments.as_slice(), &[empty_tree(repository.hash())]].concat())?;
    let real: BTreeSet<&[u8]> = real.split(|it| *it == 0).collect();
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
        if !real.contains(name) {
            continue;
        }
        write_entry(&mut body, mode, &id, stage, name);
        count += 1;
    }
    let zeros = vec![0; repository.hash().id_len()];
    let raw = [b"DIRC".as_slice(), &[0, 0, 0, 2], &count.to_be_bytes(), &body, &zeros].concat();
    Index::parse(raw, repository.hash()).map_err(|_| broken())
}

/// The name of the tree without entries, which Git knows without having it.
fn empty_tree(hash: HashKind) -> &'static str {
    match hash {
        HashKind::Sha1 => "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        HashKind::Sha256 => "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
    }
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
