//! The folders of an object store: packs, borrowed stores, and the boundary of a shallow clone.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::model::ObjectId;

/// Git follows alternates of alternates this deep.
const DEEPEST: usize = 5;
/// Folders of one repository at most.
const MOST_FOLDERS: usize = 64;
/// Bytes of `info/alternates` or `shallow` that are read at most.
const MOST_BYTES: u64 = 64 << 20;

/// Adds a store and all that it borrows from, each once.
///
/// An alternate may stand anywhere, as `git clone --shared` puts it; objects are verified against
/// their names, so that another store can withhold but not replace.
pub(super) fn follow(object_dir: &Path, dirs: &mut Vec<PathBuf>) {
    let mut open = vec![(object_dir.to_owned(), 0)];
    while let Some((dir, depth)) = open.pop() {
        let Ok(real) = dir.canonicalize() else { continue };
        if dirs.contains(&real) || dirs.len() >= MOST_FOLDERS || !real.is_dir() {
            continue;
        }
        if depth < DEEPEST {
            let listed = alternates(&real);
            open.extend(listed.into_iter().rev().map(|it| (it, depth + 1)));
        }
        dirs.push(real);
    }
}

fn alternates(object_dir: &Path) -> Vec<PathBuf> {
    let Some(bytes) = read(&object_dir.join("info").join("alternates")) else { return Vec::new() };
    let lines = bytes.split(|byte| *byte == b'\n').map(|it| it.strip_suffix(b"\r").unwrap_or(it));
    lines
        .filter(|line| !line.is_empty() && !line.starts_with(b"#"))
        .filter_map(path_from_bytes)
        .map(|path| object_dir.join(path))
        .collect()
}

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "on other systems a path must be text")]
fn path_from_bytes(raw: &[u8]) -> Option<PathBuf> {
    Some(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(raw)))
}

#[cfg(not(unix))]
fn path_from_bytes(raw: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(raw).ok().map(PathBuf::from)
}

/// The indexes of the packs of a store, sorted by name.
pub(super) fn pack_indexes(object_dir: &Path) -> Vec<PathBuf> {
    let mut found = with_extension(object_dir, "idx");
    found.sort();
    found
}

/// Whether a filter left objects of this store at the server.
pub(super) fn is_partial(object_dir: &Path) -> bool {
    !with_extension(object_dir, "promisor").is_empty()
}

fn with_extension(object_dir: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(files) = fs::read_dir(object_dir.join("pack")) else { return Vec::new() };
    let paths = files.filter_map(Result::ok).map(|file| file.path());
    paths.filter(|path| path.extension().is_some_and(|it| it == extension)).collect()
}

/// The commits of a `shallow` file; none when there is no such file. Lines that are no names are skipped.
pub(super) fn shallow(path: &Path) -> BTreeSet<ObjectId> {
    let text = read(path).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default();
    text.lines().filter_map(|line| line.trim_end().parse().ok()).collect()
}

fn read(path: &Path) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    // Opening a pipe would wait for a writer for ever.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    fs::File::open(path).ok()?.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
