//! One path on disk: whether it is the staged file, and what it is otherwise.

use std::collections::HashMap;
use std::fs::Metadata;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::git::index::{Index, Staged};
use crate::git::objects::{DEFAULT_LIMIT, blob_id};
use crate::git::{Head, Repository, Trust};
use crate::model::{FileMode, ObjectId};

use super::Content;

/// Bytes of changed files that are held in memory together; further ones are read again when needed.
const MOST_HELD: u64 = 256 << 20;

/// What a path on disk is, seen from the index.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Seen {
    Same,
    Gone,
    Present(FileMode, ObjectId, Content),
    /// It is there, and it is nothing that can be read.
    Unread(String),
}

/// How this work tree is read.
pub(super) struct Disk<'a> {
    pub(super) root: &'a Path,
    pub(super) repository: &'a Repository,
    pub(super) keeps_modes: bool,
    pub(super) keeps_links: bool,
    pub(super) converts_lines: bool,
    pub(super) held: AtomicU64,
}

/// The staged file at a path, as far as it matters for the one on disk.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    mode: FileMode,
    id: ObjectId,
}

/// Folders that were looked at, with where each leads.
#[derive(Default)]
pub(super) struct Folders(HashMap<Vec<u8>, Way>);

/// Whether every folder above a path is a real one.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Way {
    Open,
    /// Something is no folder, or a link, which leads out of the tree.
    Elsewhere,
    /// Nobody can tell: the reason.
    Unknown(String),
}

impl Way {
    fn of(metadata: std::io::Result<Metadata>) -> Self {
        match metadata {
            Ok(metadata) if metadata.is_dir() => Self::Open,
            Ok(_) => Self::Elsewhere,
            Err(error) if is_absence(&error) => Self::Elsewhere,
            Err(error) => Self::Unknown(error.to_string()),
        }
    }
}

/// Whether the system says that there is nothing, or could hold nothing of this name, and not that it will not tell.
fn is_absence(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename)
}

impl Folders {
    /// The way to `path`.
    fn lead_to(&mut self, root: &Path, path: &[u8]) -> Way {
        let Some(slash) = path.iter().rposition(|it| *it == b'/') else { return Way::Open };
        let folder = path.get(..slash).unwrap_or_default();
        if let Some(known) = self.0.get(folder) {
            return known.clone();
        }
        let mut way = Way::Open;
        for (at, _) in folder.iter().enumerate().filter(|(_, it)| **it == b'/').chain([(folder.len(), &b'/')]) {
            let part = folder.get(..at).unwrap_or_default();
            let look = || on_disk(root, part).map_or(Way::Elsewhere, |it| Way::of(std::fs::symlink_metadata(it)));
            way = self.0.entry(part.to_vec()).or_insert_with(look).clone();
            if way != Way::Open {
                break;
            }
        }
        self.0.insert(folder.to_vec(), way.clone());
        way
    }
}

impl Disk<'_> {
    /// Compares a staged file with the one on disk.
    pub(super) fn compare(&self, index: &Index, staged: &Staged<'_>, mode: FileMode, folders: &mut Folders) -> Seen {
        let absent = if staged.skipped { Seen::Same } else { Seen::Gone };
        match folders.lead_to(self.root, staged.path) {
            Way::Open => {}
            Way::Elsewhere => return absent,
            Way::Unknown(why) => return Seen::Unread(why),
        }
        let Some(path) = on_disk(self.root, staged.path) else { return Seen::Unread("its name".to_owned()) };
        let metadata = match std::fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if is_absence(&error) => return absent,
            Err(error) => return Seen::Unread(error.to_string()),
        };
        if mode == FileMode::Gitlink {
            return submodule(&path, &metadata, staged.id);
        }
        let settled = staged.stage == 0 && !staged.announced;
        if settled && self.same_mode(mode, &metadata) && staged.stat.fits(&metadata) && !index.is_racy(&staged.stat) {
            return Seen::Same;
        }
        self.observe_at(&path, &metadata, settled.then_some(Wanted { mode, id: staged.id }))
    }

    /// What stands at a path; with a staged file, only what differs from it.
    pub(super) fn observe(&self, path: &[u8], staged: Option<Wanted>) -> Seen {
        let Some(path) = on_disk(self.root, path) else { return Seen::Unread("its name".to_owned()) };
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) => self.observe_at(&path, &metadata, staged),
            Err(error) if is_absence(&error) => Seen::Gone,
            Err(error) => Seen::Unread(error.to_string()),
        }
    }

    fn observe_at(&self, path: &Path, metadata: &Metadata, staged: Option<Wanted>) -> Seen {
        if metadata.is_dir() {
            return Seen::Gone;
        }
        let Some(mode) = self.mode(metadata, staged.map(|it| it.mode)) else {
            return Seen::Unread("it is neither a file nor a link".to_owned());
        };
        if metadata.len() > DEFAULT_LIMIT {
            // No content, yet a name of its own, so that nobody takes two such files for one.
            let name = [b"too large\0".as_slice(), path.as_os_str().as_encoded_bytes()].concat();
            return Seen::Present(mode, blob_id(self.repository.hash(), &name), Content::TooLarge);
        }
        let content = match read(path, metadata) {
            Ok(content) => content,
            Err(error) if is_absence(&error) => return Seen::Gone,
            Err(error) => return Seen::Unread(error.to_string()),
        };
        let id = blob_id(self.repository.hash(), &content);
        if staged.is_some_and(|it| it.mode == mode && (it.id == id || self.same_lines(&it.id, &content))) {
            return Seen::Same;
        }
        let size = u64::try_from(content.len()).unwrap_or(u64::MAX);
        if self.held.fetch_add(size, Ordering::Relaxed).saturating_add(size) > MOST_HELD {
            return Seen::Present(mode, id, Content::OnDisk);
        }
        Seen::Present(mode, self.repository.objects().hold(Arc::from(content)), Content::Held)
    }

    fn same_mode(&self, mode: FileMode, metadata: &Metadata) -> bool {
        self.mode(metadata, Some(mode)) == Some(mode)
    }

    fn mode(&self, metadata: &Metadata, staged: Option<FileMode>) -> Option<FileMode> {
        if metadata.is_symlink() {
            return Some(FileMode::Symlink);
        }
        if !metadata.is_file() {
            return None;
        }
        Some(match staged {
            Some(FileMode::Symlink) if !self.keeps_links => FileMode::Symlink,
            Some(mode @ (FileMode::Regular | FileMode::Executable)) if !self.keeps_modes => mode,
            _ if self.keeps_modes && is_executable(metadata) => FileMode::Executable,
            _ => FileMode::Regular,
        })
    }

    /// Whether the content is the staged one but for CR before LF, where Git would take these away.
    fn same_lines(&self, id: &ObjectId, content: &[u8]) -> bool {
        if !self.converts_lines || content.contains(&0) || !content.windows(2).any(|it| it == b"\r\n") {
            return false;
        }
        let mut plain = Vec::with_capacity(content.len());
        for (at, byte) in content.iter().enumerate() {
            if *byte != b'\r' || content.get(at + 1) != Some(&b'\n') {
                plain.push(*byte);
            }
        }
        blob_id(self.repository.hash(), &plain) == *id
    }
}

/// Whether Git converts line ends in this work tree, as far as one look tells.
pub(super) fn converts_lines(repository: &Repository, root: &Path) -> bool {
    let setting = repository.setting("core.autocrlf").unwrap_or_default().to_ascii_lowercase();
    if !matches!(setting.as_str(), "" | "false" | "no" | "off" | "0") {
        return true;
    }
    let path = root.join(".gitattributes");
    let small = std::fs::symlink_metadata(&path).is_ok_and(|it| it.is_file() && it.len() < 1 << 20);
    let text = if small { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
    let words = text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(str::split_whitespace);
    words.into_iter().any(|it| it == "text" || it.starts_with("text=") || it.starts_with("eol=") || it == "crlf")
}

/// A submodule: the commit that is checked out there.
fn submodule(path: &Path, metadata: &Metadata, staged: ObjectId) -> Seen {
    if !metadata.is_dir() {
        return Seen::Gone;
    }
    let real = std::fs::canonicalize(path).ok();
    let inner = Repository::discover(path, Trust::AsData).ok().filter(|it| it.work_tree() == real.as_deref());
    match inner.and_then(|it| it.head().ok()).as_ref().and_then(Head::id) {
        Some(id) if id != staged => Seen::Present(FileMode::Gitlink, id, Content::Held),
        // Not checked out, or as staged.
        Some(_) | None => Seen::Same,
    }
}

/// The raw content of a file, or the target of a link.
pub(super) fn read(path: &Path, expected: &Metadata) -> std::io::Result<Vec<u8>> {
    if expected.is_symlink() {
        return Ok(link_bytes(std::fs::read_link(path)?));
    }
    let file = open(path)?;
    let opened = file.metadata()?;
    if !opened.is_file() || opened.len() > DEFAULT_LIMIT {
        return Err(std::io::Error::other("it changed while it was read"));
    }
    let mut content = Vec::with_capacity(usize::try_from(opened.len()).unwrap_or(0));
    file.take(DEFAULT_LIMIT).read_to_end(&mut content)?;
    Ok(content)
}

/// Gives the content of a regular file piece by piece, if nobody writes to it meanwhile.
pub(super) fn read_in_pieces(path: &Path, each: &mut dyn FnMut(&[u8])) -> std::io::Result<()> {
    let mut file = open(path)?;
    let before = file.metadata()?;
    let mut piece = vec![0; 256 << 10];
    let mut total = 0_u64;
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => {
                total = total.saturating_add(count as u64);
                each(piece.get(..count).unwrap_or_default());
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let after = file.metadata()?;
    let is_same = before.is_file() && before.len() == total && before.modified()? == after.modified()?;
    if is_same { Ok(()) } else { Err(std::io::Error::other("it changed while it was read")) }
}

/// The content of a regular file of this size; nothing for anything else.
pub(super) fn read_sized(path: &Path, size: u64) -> Option<Arc<[u8]>> {
    let mut file = open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() != size || size > DEFAULT_LIMIT {
        return None;
    }
    let mut content: Arc<[u8]> = std::iter::repeat_n(0, usize::try_from(size).ok()?).collect();
    file.read_exact(Arc::get_mut(&mut content)?).ok()?;
    Some(content)
}

/// Opens without following a link and without waiting, should the file have become a link or a pipe by now.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    std::fs::OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::File::open(path)
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
fn link_bytes(target: PathBuf) -> Vec<u8> {
    std::os::unix::ffi::OsStringExt::into_vec(target.into_os_string())
}

#[cfg(not(unix))]
fn link_bytes(target: PathBuf) -> Vec<u8> {
    target.to_string_lossy().replace('\\', "/").into_bytes()
}

/// The place of a path of the repository; nothing for a name that this system cannot have.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "on other systems a name must be text")]
pub(super) fn on_disk(root: &Path, path: &[u8]) -> Option<PathBuf> {
    Some(root.join(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(path)))
}

#[cfg(not(unix))]
pub(super) fn on_disk(root: &Path, path: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(path).ok().map(|it| root.join(it))
}

/// The bytes of a name on disk; nothing for a name that Git cannot store.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "on other systems a name may not be text")]
pub(super) fn name_bytes(name: &std::ffi::OsStr) -> Option<Vec<u8>> {
    Some(std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec())
}

#[cfg(not(unix))]
pub(super) fn name_bytes(name: &std::ffi::OsStr) -> Option<Vec<u8>> {
    name.to_str().map(|it| it.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_may_not_be_looked_into_is_not_absent() {
        let way = |kind: ErrorKind| Way::of(Err(kind.into()));
        assert_eq!([way(ErrorKind::NotFound), way(ErrorKind::NotADirectory)], [Way::Elsewhere, Way::Elsewhere]);
        for kind in [ErrorKind::PermissionDenied, ErrorKind::TimedOut, ErrorKind::Other] {
            assert!(matches!(way(kind), Way::Unknown(_)), "{kind}");
        }
    }
}
