//! `gatecheck.lock`: what the policies of other repositories said when somebody last looked.
//!
//! A commit id already names its content. The digest beside it is SHA-256 over the documents that were
//! really read, so that a broken mirror, a replaced object or a collision of SHA-1 does not pass.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::{Document, Fault};
use super::extends::GitSource;
use super::library::{Library, hex};
use super::reader::Reader;
use crate::formats::node::{Node, Value};
use crate::formats::yaml;
use crate::model::{RepoPath, Span};

/// Where the lock file stands.
pub const PATH: &str = "gatecheck.lock";
/// The version of the format.
const VERSION: i64 = 1;
/// How to mend whatever is wrong with the lock file.
const MEND: &str = "read the policy of that commit, then run `gatecheck policy lock` and commit `gatecheck.lock`";

/// The text of the lock file for what was read.
pub(super) fn text(library: &Library<'_>) -> String {
    let mut text = format!("# Written by `gatecheck policy lock`. Commit it.\nlock: {VERSION}\nsources:");
    if library.foreign.is_empty() {
        text.push_str(" []");
    }
    text.push('\n');
    for (source, digest) in digests(library) {
        let url = serde_json::Value::String(source.url.clone());
        let _ = writeln!(text, "  - git: {url}\n    rev: \"{}\"\n    digest: sha256:{digest}", source.rev);
    }
    text
}

/// Compares what was read with the lock file.
pub(super) fn verify(library: &mut Library<'_>, faults: &mut Vec<Fault>) {
    if library.foreign.is_empty() {
        return;
    }
    let path = RepoPath::new(PATH);
    let is_there = library.sources.tree.file(&path).is_ok_and(|it| it.is_some());
    let before = faults.len();
    let document = if is_there { library.of_repository(&path, None, faults) } else { None };
    let entries = document.as_ref().map(|it| read(it, faults)).unwrap_or_default();
    // What a broken lock file lacks is no news.
    if faults.len() != before {
        return;
    }
    for (source, digest) in digests(library) {
        let Some((mark, _)) = library.foreign.get(&source) else { continue };
        match entries.get(&source) {
            Some((locked, _)) if *locked == digest => {}
            Some((_, span)) => {
                let message = format!("the policy of `{}` is not what `{PATH}` says it is", source.url);
                let mut fault =
                    Fault::new(message).at(mark, format!("read with the digest sha256:{digest}")).help(MEND);
                if let Some(document) = &document {
                    let lock = super::document::Mark { document: Arc::clone(document), span: *span };
                    fault = fault.at(&lock, "another digest here");
                }
                faults.push(fault);
            }
            None => {
                let message = format!("`{}` at {} is not in `{PATH}`", source.url, source.rev.short());
                faults.push(Fault::new(message).at(mark, "not locked").help(MEND));
            }
        }
    }
}

fn digests(library: &Library<'_>) -> BTreeMap<GitSource, String> {
    let digest = |files: &std::collections::BTreeSet<(String, String)>| {
        let listing: String = files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
        hex(&Sha256::digest(listing.as_bytes()))
    };
    library.foreign.iter().map(|(source, (_, files))| (source.clone(), digest(files))).collect()
}

/// The locked digests, and where each is written.
fn read(document: &Arc<Document>, faults: &mut Vec<Fault>) -> BTreeMap<GitSource, (String, Span)> {
    let (documents, problems) = yaml::parse(document.text.as_str());
    let mut reader = Reader { document, faults };
    for problem in problems {
        reader.fault(problem.span, "here", problem.message, MEND);
    }
    let mut locked = BTreeMap::new();
    let Some(root) = documents.into_iter().next().and_then(|it| it.root) else { return locked };
    let Some(fields) = reader.fields(&root, "the lock file", &["lock", "sources"]) else { return locked };
    let field = |key: &str| fields.iter().find(|it| it.key == key).map(|it| &it.value);
    if !matches!(field("lock").map(|it| &it.value), Some(Value::Int(VERSION))) {
        let span = reader.first_line(field("lock").unwrap_or(&root));
        let message = format!("this program reads lock files that say `lock: {VERSION}`");
        reader.fault(span, "another version, or none", message, MEND);
    }
    for node in field("sources").and_then(|it| reader.items(it, "`sources`")).unwrap_or_default() {
        let Some((source, digest, span)) = entry(&mut reader, node) else { continue };
        if locked.insert(source, (digest, span)).is_some() {
            reader.fault(span, "second time", "the lock file names this source twice", MEND);
        }
    }
    locked
}

fn entry(reader: &mut Reader<'_>, node: &Node) -> Option<(GitSource, String, Span)> {
    const KEYS: [&str; 3] = ["git", "rev", "digest"];
    let fields = reader.fields(node, "a locked source", &KEYS)?;
    let field = |key: &str| fields.iter().find(|it| it.key == key).map(|it| &it.value);
    if let Some(missing) = KEYS.into_iter().find(|key| field(key).is_none()) {
        let span = reader.first_line(node);
        reader.fault(span, "in this source", format!("this source lacks `{missing}`"), MEND);
        return None;
    }
    let (url, rev, digest) = (field("git")?, field("rev")?, field("digest")?);
    let text = reader.text(digest, "`digest`")?;
    let (id, url) = (reader.text(rev, "`rev`")?, reader.text(url, "`git`")?.to_owned());
    let Ok(id) = id.parse() else {
        reader.fault(rev.span, "not such an id", "`rev` takes the full id of a commit", MEND);
        return None;
    };
    let digits = text.strip_prefix("sha256:").unwrap_or(text).to_owned();
    Some((GitSource { url, rev: id }, digits, digest.span))
}
