//! Our own reader of Git's object database: loose objects and packs, SHA-1 and SHA-256.
//!
//! It exists because what it reads was written by strangers: every size is checked before memory is
//! taken, every walk and every chain is bounded, and every object is verified against its name on
//! each read, blobs included. Damage is an error, never a hang and never other content.
//!
//! It reads only what a question needs: an index of a million objects costs a few reads of 4 KiB.
//! It never writes, fetches, runs a program or looks at configuration. `refs/replace` and grafts are
//! ignored: the verdict is about the objects that travel with a push. Multi-pack-indexes are not
//! needed, since Git keeps the index of each pack beside them.

mod alternates;
mod bulk;
mod cache;
mod commit;
mod delta;
mod error;
mod graph;
mod hash;
mod headers;
mod index;
mod inflate;
mod loose;
mod oid_table;
mod pack;
mod source;
mod stream;
mod tag;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::model::{Missing, ObjectId};

use cache::Cache;
use error::Flaw;
use graph::CommitGraph;
use hash::Care;
use oid_table::Prefix;
use pack::Pack;
use source::Source;

pub(in crate::git) use bulk::{Bulk, Grow, Harvest, Held, Marked, Number, TreeLog, inventory};
pub use commit::Walked;
pub(in crate::git) use commit::walked;
pub use error::{CloneKind, ObjectError};

pub use hash::{HashKind, blob_id, checksum};
pub use tag::TagObject;

/// The kind of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum ObjectKind {
    /// A commit.
    Commit,
    /// A folder.
    Tree,
    /// The content of a file.
    Blob,
    /// An annotated tag.
    Tag,
}

impl ObjectKind {
    /// Git's word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::Blob => "blob",
            Self::Tag => "tag",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Commit, Self::Tree, Self::Blob, Self::Tag].into_iter().find(|kind| kind.name() == name)
    }
}

/// An object: verified against its name.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its kind.
    pub kind: ObjectKind,
    /// Its content, without the header that Git hashes in front of it.
    pub data: Arc<[u8]>,
}

/// The largest object that is read unless another limit is set: 256 MiB.
pub const DEFAULT_LIMIT: u64 = 256 << 20;

/// Names that an abbreviation is resolved to at most.
const MOST_CANDIDATES: usize = 64;

/// The objects of a repository, those that it borrows through alternates included.
///
/// Shared by all threads. Files are opened when they are first needed and then kept, so that a
/// repacking Git does not take them away.
pub struct Objects {
    hash: HashKind,
    limit: u64,
    dirs: Vec<PathBuf>,
    packs: RwLock<Arc<[Arc<Pack>]>>,
    /// Position of the pack that answered last: the next answer is most often there too.
    recent: AtomicUsize,
    cache: Cache,
    held: RwLock<HashMap<ObjectId, Arc<[u8]>>>,
    holds_any: AtomicBool,
    shallow: BTreeSet<ObjectId>,
    graph: OnceLock<Option<CommitGraph>>,
}

impl Objects {
    /// Opens `<common git folder>/objects`, and what its `info/alternates` names.
    ///
    /// The boundary of a shallow clone is taken from `shallow` beside the folder.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(object_dir: &Path, hash: HashKind) -> Result<Self, ObjectError> {
        let io = |source| ObjectError::Io { path: object_dir.to_owned(), source };
        std::fs::metadata(object_dir).map_err(io)?;
        let mut objects = Self::in_memory(hash);
        objects.add(object_dir);
        objects.shallow = object_dir.parent().map(|it| alternates::shallow(&it.join("shallow"))).unwrap_or_default();
        Ok(objects)
    }

    /// A store without a folder: it has what [`Objects::hold`] puts into it.
    #[must_use]
    pub fn in_memory(hash: HashKind) -> Self {
        Self {
            hash,
            limit: DEFAULT_LIMIT,
            dirs: Vec::new(),
            packs: RwLock::new(Arc::from([])),
            recent: AtomicUsize::new(0),
            cache: Cache::new(),
            held: RwLock::default(),
            holds_any: AtomicBool::new(false),
            shallow: BTreeSet::new(),
            graph: OnceLock::new(),
        }
    }

    /// Also reads the objects of this folder and its alternates: `GIT_ALTERNATE_OBJECT_DIRECTORIES`
    /// of a hook. A folder that does not exist has no objects.
    #[must_use]
    pub fn with_alternate(mut self, object_dir: &Path) -> Self {
        self.add(object_dir);
        self
    }

    /// Sets the commits whose parents this clone does not have, in place of those that `open` found.
    #[must_use]
    pub fn with_shallow(mut self, boundary: BTreeSet<ObjectId>) -> Self {
        self.shallow = boundary;
        self
    }

    /// Sets the size in bytes from which on an object is not read.
    #[must_use]
    pub fn with_limit(mut self, bytes: u64) -> Self {
        self.limit = bytes;
        self
    }

    fn add(&mut self, object_dir: &Path) {
        alternates::follow(object_dir, &mut self.dirs);
        self.rescan();
    }

    /// The hash function of this repository.
    #[must_use]
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    /// The commits whose parents this clone does not have.
    #[must_use]
    pub fn shallow(&self) -> &BTreeSet<ObjectId> {
        &self.shallow
    }

    /// What kind of clone this is. Looks into the pack folders: ask when something went wrong.
    #[must_use]
    pub fn clone_kind(&self) -> CloneKind {
        CloneKind { shallow: !self.shallow.is_empty(), partial: self.dirs.iter().any(|it| alternates::is_partial(it)) }
    }

    /// An error in the user's terms, with the command that mends it in this kind of clone.
    #[must_use]
    pub fn missing(&self, error: &ObjectError) -> Missing {
        error.missing(self.clone_kind())
    }

    /// Keeps a blob in memory only, as the content of a file of the work tree, and names it.
    pub fn hold(&self, content: Arc<[u8]>) -> ObjectId {
        let id = blob_id(self.hash, &content);
        self.held.write().unwrap_or_else(PoisonError::into_inner).insert(id, content);
        self.holds_any.store(true, Ordering::Release);
        id
    }

    /// Whether a blob with this content has this name.
    #[must_use]
    pub fn is_blob(&self, id: &ObjectId, content: &[u8]) -> bool {
        hash::name(self.hash, ObjectKind::Blob, content, Care::Fast) == *id
    }

    /// Reads an object and verifies it against its name.
    ///
    /// # Errors
    /// When it is absent, damaged, too large, or the system refuses.
    pub fn read(&self, id: &ObjectId) -> Result<Object, ObjectError> {
        if let Some(data) = self.held(id) {
            return Ok(Object { kind: ObjectKind::Blob, data });
        }
        self.first_whole(
            id,
            |pack, offset| {
                let (kind, data) = pack.read(offset, self.limit, &self.cache)?;
                self.verified(id, kind, data, Care::Fast)
            },
            |source| {
                let (kind, data) = loose::read(source, self.limit)?;
                self.verified(id, kind, data.into(), Care::Detect)
            },
        )
    }

    /// The kind of an object and its size in bytes. Only the header is read: nothing is verified.
    ///
    /// # Errors
    /// When the object is absent, its header is damaged, or the system refuses.
    pub fn header(&self, id: &ObjectId) -> Result<(ObjectKind, u64), ObjectError> {
        if let Some(data) = self.held(id) {
            return Ok((ObjectKind::Blob, data.len() as u64));
        }
        self.first_whole(id, |pack, offset| pack.header(offset, &self.cache), loose::header)
    }

    /// Whether this clone has the object. It may still turn out to be damaged.
    #[must_use]
    pub fn contains(&self, id: &ObjectId) -> bool {
        self.held(id).is_some() || self.first_whole(id, |_, _| Ok(()), |_| Ok(())).is_ok()
    }

    /// The objects whose names start with these hexadecimal digits, sorted; at most 64.
    ///
    /// # Errors
    /// When the text is not at least four hexadecimal digits, or an index is damaged.
    pub fn resolve_prefix(&self, hex: &str) -> Result<Vec<ObjectId>, ObjectError> {
        let prefix = Prefix::parse(hex).filter(|_| hex.len() <= 2 * self.hash.id_len());
        let prefix = prefix.ok_or_else(|| ObjectError::NotAPrefix(hex.to_owned()))?;
        let mut found = BTreeSet::new();
        self.rescan();
        for pack in self.packs().iter() {
            let ids = pack.with_prefix(&prefix, MOST_CANDIDATES);
            found.extend(ids.map_err(|flaw| flaw.of(ObjectId::NONE, pack.path()))?);
        }
        for dir in &self.dirs {
            found.extend(loose::with_prefix(dir, &prefix, MOST_CANDIDATES));
        }
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        found.extend(held.keys().filter(|id| prefix.compare(id.as_bytes()).is_eq()));
        Ok(found.into_iter().filter(|id| HashKind::of(id) == self.hash).take(MOST_CANDIDATES).collect())
    }

    fn held(&self, id: &ObjectId) -> Option<Arc<[u8]>> {
        if !self.holds_any.load(Ordering::Acquire) {
            return None;
        }
        self.held.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// Asks each place that has the object until one gives a whole answer: packs, then loose files,
    /// then packs that appeared since. A damaged copy does not hide a good one.
    fn first_whole<T>(
        &self,
        id: &ObjectId,
        packed: impl Fn(&Pack, u64) -> Result<T, Flaw>,
        loose: impl Fn(&Source) -> Result<T, Flaw>,
    ) -> Result<T, ObjectError> {
        let mut error = None;
        let packs = self.packs();
        if let Some(answer) = self.ask_packs(&packs, id, &packed, &mut error) {
            return Ok(answer);
        }
        for dir in &self.dirs {
            let path = loose::path(dir, id);
            match loose::open(&path).and_then(|source| source.as_ref().map(&loose).transpose()) {
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(flaw) => note(&mut error, flaw.of(*id, &path)),
            }
        }
        let new: Vec<Arc<Pack>> = self.rescan();
        if let Some(answer) = self.ask_packs(&new, id, &packed, &mut error) {
            return Ok(answer);
        }
        Err(error.unwrap_or(ObjectError::Absent(*id)))
    }

    fn ask_packs<T>(
        &self,
        packs: &[Arc<Pack>],
        id: &ObjectId,
        packed: impl Fn(&Pack, u64) -> Result<T, Flaw>,
        error: &mut Option<ObjectError>,
    ) -> Option<T> {
        let recent = self.recent.load(Ordering::Relaxed);
        let order = packs.get(recent).map(|pack| (recent, pack)).into_iter();
        for (position, pack) in order.chain(packs.iter().enumerate().filter(|(position, _)| *position != recent)) {
            let answer = match pack.find(id) {
                Ok(None) => continue,
                Ok(Some(offset)) => packed(pack, offset),
                Err(flaw) => Err(flaw),
            };
            match answer {
                Ok(answer) => {
                    self.recent.store(position, Ordering::Relaxed);
                    return Some(answer);
                }
                Err(flaw) => note(error, flaw.of(*id, pack.path())),
            }
        }
        None
    }

    fn verified(&self, id: &ObjectId, kind: ObjectKind, data: Arc<[u8]>, care: Care) -> Result<Object, Flaw> {
        if hash::name(self.hash, kind, &data, care) == *id {
            Ok(Object { kind, data })
        } else {
            Err(Flaw::Bad("its content does not have its name"))
        }
    }

    fn packs(&self) -> Arc<[Arc<Pack>]> {
        Arc::clone(&self.packs.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks for packs that are new since the last look, and gives them.
    fn rescan(&self) -> Vec<Arc<Pack>> {
        let indexes = self.dirs.iter().flat_map(|dir| alternates::pack_indexes(dir));
        let indexes: Vec<PathBuf> = indexes.collect();
        let mut packs = self.packs.write().unwrap_or_else(PoisonError::into_inner);
        let is_known = |path: &PathBuf| packs.iter().any(|pack| pack.index_path() == path);
        let mut new = Vec::new();
        for path in indexes.into_iter().filter(|path| !is_known(path)) {
            let number = u32::try_from(packs.len().saturating_add(new.len())).unwrap_or(u32::MAX);
            new.push(Arc::new(Pack::new(number, self.hash, path)));
        }
        if !new.is_empty() {
            *packs = packs.iter().chain(&new).cloned().collect();
        }
        new
    }
}

/// Keeps the error that says most: anything says more than damage, and the first damage is kept.
fn note(kept: &mut Option<ObjectError>, error: ObjectError) {
    let says_more = matches!(error, ObjectError::TooLarge { .. });
    if kept.is_none() || says_more {
        *kept = Some(error);
    }
}
