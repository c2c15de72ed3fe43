//! What earlier scans of a history found, kept in the user's cache.
//!
//! A scan depends on nothing but the content of a blob and on what looks at it. So a file of the cache says for the program
//! and the settings that its name is a digest of: these blobs were looked at, and these hold marks. A blob is named by its
//! object id, and a mark is the finder's own tag of it: nothing of a content is kept, and nothing that stands in a
//! repository decides what is kept about it.
//!
//! A cache can be deleted at any time. A file that is damaged, foreign, too large or made by another program or for other
//! settings counts as none. What cannot be written is not written, and nobody is told: the next run is as slow as this one.

mod table;
mod walk;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};

pub(super) use table::Table;
pub(super) use walk::Walk;

/// A digest that names what a cached answer depends on.
pub(super) type Name = [u8; 32];

/// How a file of the cache begins; another layout has another number.
const MAGIC: &[u8; 20] = b"gatecheck history 1\n";
/// The largest file that is written or read: about four million blobs.
const LARGEST: u64 = 128 << 20;
/// Bytes of all files together; the oldest are deleted first.
const MOST_BYTES: u64 = 512 << 20;
/// The ending of a file that is being written.
const UNFINISHED: &str = "tmp";

/// The part of the user's cache that knows the history of one repository.
#[derive(Debug)]
pub struct Memory {
    folder: PathBuf,
    /// The program and the repository.
    about: Name,
    /// What is to be written, by name.
    learned: Mutex<BTreeMap<Name, Vec<u8>>>,
}

impl Memory {
    /// The memory of `program`, told by a digest or by its bytes, in a folder for caches.
    #[must_use]
    pub fn new(cache: &Path, program: &[u8]) -> Self {
        Self { folder: cache.join("history"), about: Sha256::digest(program).into(), learned: Mutex::default() }
    }

    /// The name of an answer: of what kind it is, and what it depends on besides the program.
    fn name(&self, kind: &str, of: &[u8]) -> Name {
        let mut hash = Sha256::new();
        for part in [MAGIC.as_slice(), &self.about, kind.as_bytes(), of] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn path(&self, name: &Name) -> PathBuf {
        let hex = name.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        self.folder.join(hex)
    }

    /// What is kept under a name, if it is whole.
    fn recall(&self, name: &Name) -> Option<Vec<u8>> {
        let path = self.path(name);
        if !is_own(&self.folder) || !is_own(&path) {
            return None;
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(&path).ok()?;
        bytes.reserve_exact(usize::try_from(file.metadata().ok()?.len().min(LARGEST)).ok()?);
        file.take(LARGEST + 1).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 > LARGEST {
            return None;
        }
        let (whole, sum) = bytes.split_last_chunk::<32>()?;
        let body = whole.strip_prefix(MAGIC)?.strip_prefix(name)?.to_vec();
        (Sha256::digest(whole).as_slice() == sum).then_some(body)
    }

    /// Keeps an answer until [`Memory::write`].
    fn learn(&self, name: Name, body: Vec<u8>) {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner).insert(name, body);
    }

    /// Writes down what was learned. What the system refuses stays unwritten.
    pub fn write(&self) {
        let learned = std::mem::take(&mut *self.learned.lock().unwrap_or_else(PoisonError::into_inner));
        if learned.is_empty() || make_folder(&self.folder).is_err() || !is_own(&self.folder) {
            return;
        }
        for (name, body) in learned {
            let whole = [MAGIC.as_slice(), &name, &body].concat();
            if (whole.len() as u64).saturating_add(32) <= LARGEST {
                let _ = replace(&self.path(&name), &[&whole, Sha256::digest(&whole).as_slice()]);
            }
        }
        make_room(&self.folder);
    }
}

/// Writes a file beside its place and moves it there: nobody sees half of it.
fn replace(path: &Path, parts: &[&[u8]]) -> io::Result<()> {
    let beside = path.with_extension(format!("{}.{UNFINISHED}", std::process::id()));
    let written = create(&beside).and_then(|mut file| {
        parts.iter().try_for_each(|part| file.write_all(part))?;
        drop(file);
        fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Deletes the oldest files until the rest is small enough, and what a run left unfinished long ago.
fn make_room(folder: &Path) {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
        let Some(metadata) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        files.push((metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH), metadata.len(), entry.path()));
    }
    files.sort();
    let mut total: u64 = files.iter().map(|(_, size, _)| *size).sum();
    for (_, size, path) in &files {
        if total <= MOST_BYTES {
            break;
        }
        if fs::remove_file(path).is_ok() {
            total = total.saturating_sub(*size);
        }
    }
}

/// Whether a file or folder belongs to whoever runs this, is no link, and nobody else may write to it.
#[cfg(unix)]
fn is_own(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::symlink_metadata(path)
        .is_ok_and(|it| !it.is_symlink() && it.uid() == rustix::process::geteuid().as_raw() && it.mode() & 0o022 == 0)
}

#[cfg(not(unix))]
fn is_own(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|it| !it.is_symlink())
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<fs::File> {
    fs::File::create(path)
}

/// Reads the parts of an answer, one after the other; nothing when it ends early.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A count of things that take at least one byte each.
    fn count(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok().filter(|count| *count <= self.0.len())
    }
}
