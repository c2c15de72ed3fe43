//! Reading every object of a kind: pack by pack, each delta right after the object that it is made from.
//!
//! [`Objects::read`] makes an object out of its whole chain of deltas and hashes it. That is right for some objects, and
//! twenty times too slow for all of them. Here each entry of a pack is inflated once, and an object is kept only as long
//! as something is made from it. Since the heaviest branch comes last, few objects are held at a time.
//!
//! What is verified: the CRC of each entry against the index, the checksum of each compressed stream, the sizes that
//! entries and deltas promise, and that the pack is the one of the index. Names of packed objects are not
//! computed again: that would take several times as long as all the rest, and Git has computed them when it wrote the
//! index. Whatever fails a test is read again by [`Objects::read`], name and all, from wherever there is a good copy;
//! when there is none, the object is reported and never left out in silence. Loose objects, and those of a pack whose
//! index is of version 1 and has no CRCs, are always read that way.

mod descent;
mod entry;
mod forest;
mod log;
mod marked;
mod reader;
#[cfg(test)]
mod tests;
mod trace;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{ObjectError, ObjectKind, Objects};
use crate::model::{Find, ObjectId};
use descent::Worker;
use forest::Forest;
use reader::{Marker, Object, Reader};
use trace::Trace;

pub(in crate::git) use log::{Held, TreeLog};
pub(in crate::git) use marked::Marked;

/// How an object is shown that was made out of another one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::git) struct Grow {
    /// Whether marks go over into what is made by copies. Without it a finder must return all marks of the content.
    pub(in crate::git) carries: bool,
    /// Bytes on both sides.
    pub(in crate::git) margin: usize,
    /// Bytes that the end of a line may be away from there.
    pub(in crate::git) line: usize,
}

/// Bytes that one reading makes at most. The largest histories there are have less; a pack of some kilobytes can
/// promise more.
const MOST_BYTES: u64 = 1 << 40;
/// Roots that a thread takes at a time.
const SHARE: usize = 32;

/// The position of an object among all objects of the store.
pub(in crate::git) type Number = u32;

/// All objects of a store, laid out for reading all of a kind. A snapshot: what comes later is not in it.
pub(in crate::git) struct Bulk {
    objects: Arc<Objects>,
    forests: Vec<Forest>,
    /// Sorted by name; those that no pack has. The kind is absent where the head cannot be read.
    loose: Vec<(ObjectId, Option<ObjectKind>)>,
    /// Packs that cannot be used at all, and why.
    unusable: Vec<(PathBuf, String)>,
}

/// A digest that tells which objects a store has, without reading them: the same as long as no pack and no loose object
/// comes or goes. Nothing when a pack cannot be used.
pub(in crate::git) fn inventory(objects: &Objects) -> Option<[u8; 32]> {
    objects.rescan();
    let mut packs = Vec::new();
    for pack in objects.packs().iter() {
        packs.push((pack.index()?.checksums(objects.hash).ok()?, pack.source().ok()?.len()));
    }
    packs.sort_unstable();
    let loose: BTreeSet<ObjectId> = objects.dirs.iter().flat_map(|dir| loose_names(dir)).collect();
    let mut hash = Sha256::new();
    hash.update((packs.len() as u64).to_be_bytes());
    for (checksums, size) in packs {
        hash.update(checksums);
        hash.update(size.to_be_bytes());
    }
    loose.iter().for_each(|id| hash.update(id.as_bytes()));
    Some(hash.finalize().into())
}

/// What reading all objects of a kind gave.
#[derive(Default)]
pub(in crate::git) struct Harvest {
    /// Each tag with each object that holds it; sorted.
    pub(in crate::git) holdings: Vec<(u64, Number)>,
    /// Each object that was read, with its size in bytes; sorted.
    pub(in crate::git) sizes: Vec<(Number, u64)>,
    /// Objects that were read.
    pub(in crate::git) count: u64,
    /// Bytes of them.
    pub(in crate::git) bytes: u64,
    /// Bytes of their fresh ranges.
    pub(in crate::git) fresh: u64,
    /// What could not be read; sorted by name.
    pub(in crate::git) errors: Vec<ObjectError>,
    /// Packed objects to be read again by themselves.
    again: Vec<ObjectId>,
}

/// What all threads of one reading share.
struct Task<'a, R> {
    objects: &'a Objects,
    kind: ObjectKind,
    /// Objects that are not wanted.
    known: Option<&'a Marked>,
    reader: &'a R,
    bytes: AtomicU64,
    held: AtomicU64,
}

impl Bulk {
    /// Reads all indexes and all packs, once from end to end, and inflates nothing yet.
    pub(in crate::git) fn open(objects: Arc<Objects>) -> Self {
        objects.rescan();
        let (mut forests, mut unusable) = (Vec::new(), Vec::new());
        for pack in objects.packs().iter() {
            match Forest::read(pack, objects.hash) {
                Ok(forest) => forests.push(forest),
                Err(flaw) => unusable.push((pack.path().to_owned(), flaw.text())),
            }
        }
        mark_again(&mut forests);
        let mut bulk = Self { objects, forests, loose: Vec::new(), unusable };
        bulk.loose = bulk.loose();
        bulk
    }

    fn loose(&self) -> Vec<(ObjectId, Option<ObjectKind>)> {
        let found: BTreeSet<ObjectId> = self.objects.dirs.par_iter().flat_map_iter(|dir| loose_names(dir)).collect();
        let of_this_store = |id: &ObjectId| id.as_bytes().len() == self.objects.hash.id_len();
        let ids: Vec<ObjectId> =
            found.into_iter().filter(|id| of_this_store(id) && self.packed(id).is_none()).collect();
        ids.into_par_iter().map(|id| (id, self.objects.header(&id).ok().map(|(kind, _)| kind))).collect()
    }

    fn packed(&self, id: &ObjectId) -> Option<Number> {
        let mut before = 0_u32;
        for forest in &self.forests {
            if let Some(position) = forest.listing.ids.find(id.as_bytes()) {
                return before.checked_add(position);
            }
            before = before.saturating_add(forest.listing.ids.len());
        }
        None
    }

    /// The number of an object; nothing when the store does not have it.
    pub(in crate::git) fn number(&self, id: &ObjectId) -> Option<Number> {
        self.packed(id).or_else(|| {
            let position = self.loose.binary_search_by_key(id, |(id, _)| *id).ok()?;
            let before: u32 = self.forests.iter().map(|it| it.listing.ids.len()).sum();
            before.checked_add(u32::try_from(position).ok()?)
        })
    }

    /// The name of the object with this number.
    pub(in crate::git) fn id(&self, number: Number) -> ObjectId {
        let mut rest = number;
        for forest in &self.forests {
            match rest.checked_sub(forest.listing.ids.len()) {
                Some(after) => rest = after,
                None => return forest.listing.ids.id(rest),
            }
        }
        let position = usize::try_from(rest).unwrap_or(usize::MAX);
        self.loose.get(position).map(|(id, _)| *id).unwrap_or_default()
    }

    /// One more than the last number.
    fn total(&self) -> Number {
        let packed: u32 = self.forests.iter().map(|it| it.listing.ids.len()).sum();
        packed.saturating_add(u32::try_from(self.loose.len()).unwrap_or(u32::MAX))
    }

    /// Reads every object of a kind, calls `find` for each as [`crate::model::History::scan`] says, and gathers who
    /// holds which tag. Objects that are known are read and shown only as far as others are made from them, and are not in
    /// the harvest.
    pub(in crate::git) fn scan(&self, what: (ObjectKind, Option<&Marked>), grow: Grow, find: &Find<'_>) -> Harvest {
        let (mut harvest, found) = self.read_all(what, &Marker { grow, find });
        for mut it in found {
            harvest.holdings.append(&mut it.holdings);
            harvest.sizes.append(&mut it.sizes);
        }
        harvest.holdings.sort_unstable();
        harvest.holdings.dedup();
        harvest.sizes.sort_unstable();
        harvest
    }

    /// A set without any object of this store in it.
    pub(in crate::git) fn none(&self) -> Marked {
        Marked::none(index(self.total()))
    }

    /// Reads every object of a kind. What the threads gathered comes in no fixed order.
    fn read_all<R: Reader>(
        &self,
        (kind, known): (ObjectKind, Option<&Marked>),
        reader: &R,
    ) -> (Harvest, Vec<R::Found>) {
        let (bytes, held) = (AtomicU64::new(0), AtomicU64::new(0));
        let task = Task { objects: &self.objects, kind, known, reader, bytes, held };
        let (mut harvest, mut gathered) = (Harvest::default(), Vec::new());
        for (number, forest) in self.forests.iter().enumerate() {
            let before = self.forests.iter().take(number).map(|it| it.listing.ids.len()).sum();
            for (read, found) in scan_pack(&task, forest, before) {
                harvest.merge(read);
                gathered.push(found);
            }
        }
        let strays = |forest: &'_ Forest| -> Vec<ObjectId> {
            forest.strays().filter(|row| !row.is_again).map(|row| forest.listing.ids.id(row.name)).collect()
        };
        let mut alone: Vec<ObjectId> = std::mem::take(&mut harvest.again);
        alone.extend(self.forests.iter().flat_map(strays));
        let loose = self.loose.iter().filter(|(_, found)| found.is_none_or(|found| found == kind));
        alone.extend(loose.map(|(id, _)| *id));
        alone.sort_unstable();
        alone.dedup();
        let number = |id: &ObjectId| self.number(id).unwrap_or(Number::MAX);
        alone.retain(|id| !task.is_known(number(id)));
        let read: Vec<_> = alone.par_iter().map(|id| task.alone(*id, number(id))).collect();
        for read in read {
            match read {
                Ok(Some((bytes, found))) => {
                    harvest.add(bytes, bytes);
                    gathered.push(found);
                }
                Ok(None) => {}
                Err(error) => harvest.errors.push(error),
            }
        }
        let unusable = self.unusable.iter().map(|(path, what)| (path.clone(), what.clone()));
        harvest.errors.extend(unusable.map(|(path, what)| ObjectError::Pack { path, what }));
        harvest.errors.extend(task.beyond());
        (harvest, gathered)
    }
}

fn scan_pack<R: Reader>(task: &Task<'_, R>, forest: &Forest, before: Number) -> Vec<(Harvest, R::Found)> {
    let weights = forest.weights(|row| !row.is_again && !task.is_known(before.saturating_add(row.name)));
    let roots = forest.roots(task.kind, &weights);
    let idle: Mutex<Vec<Worker<'_, R>>> = Mutex::default();
    roots.par_chunks(SHARE).for_each(|roots| {
        let worker = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = worker.unwrap_or_else(|| Worker::new(task, (forest, &weights), before));
        roots.iter().for_each(|root| worker.descend(*root));
        idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
    });
    let workers = idle.into_inner().unwrap_or_else(PoisonError::into_inner);
    workers.into_iter().map(|worker| (worker.harvest, worker.found)).collect()
}

impl<R: Reader> Task<'_, R> {
    /// Counts what is made. No more is read once it is too much.
    fn charge(&self, bytes: usize, held: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        if held > 0 {
            self.held.fetch_add(held as u64, Ordering::Relaxed);
        }
    }

    /// Whether an object is not wanted.
    fn is_known(&self, number: Number) -> bool {
        self.known.is_some_and(|known| known.has(number))
    }

    fn is_over(&self) -> bool {
        self.beyond().is_some()
    }

    fn beyond(&self) -> Option<ObjectError> {
        if self.bytes.load(Ordering::Relaxed) > MOST_BYTES {
            return Some(ObjectError::Beyond { what: "the size of the whole history", limit: MOST_BYTES });
        }
        let (limit, what) = R::MOST;
        (self.held.load(Ordering::Relaxed) > limit).then_some(ObjectError::Beyond { what, limit })
    }

    /// Reads one object by itself and shows all of it; nothing when it is of another kind.
    fn alone(&self, id: ObjectId, number: Number) -> Result<Option<(u64, R::Found)>, ObjectError> {
        if self.is_over() {
            return Ok(None);
        }
        let object = self.objects.read(&id)?;
        if object.kind != self.kind {
            return Ok(None);
        }
        let mut found = R::Found::default();
        let shown = Object { id, number, content: &object.data, is_again: false };
        let told = self.reader.look(&shown, None, &mut Trace::default(), &mut found);
        self.charge(object.data.len(), told.held);
        Ok(Some((object.data.len() as u64, found)))
    }
}

impl Harvest {
    fn add(&mut self, bytes: u64, fresh: u64) {
        self.count += 1;
        self.bytes += bytes;
        self.fresh += fresh;
    }

    fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.bytes += other.bytes;
        self.fresh += other.fresh;
        self.again.extend(other.again);
        self.errors.extend(other.errors);
    }
}

/// Finds the objects that several packs have: the first one counts.
fn mark_again(forests: &mut [Forest]) {
    if forests.len() < 2 {
        return;
    }
    let mut all: Vec<(ObjectId, usize, u32)> = Vec::new();
    for (number, forest) in forests.iter().enumerate() {
        all.extend((0..forest.listing.ids.len()).map(|position| (forest.listing.ids.id(position), number, position)));
    }
    all.par_sort_unstable();
    let again = all.windows(2).filter_map(|pair| match pair {
        [(before, ..), (id, number, position)] if before == id => Some((*number, *position)),
        _ => None,
    });
    let again: BTreeSet<(usize, u32)> = again.collect();
    for (number, forest) in forests.iter_mut().enumerate() {
        forest.set_again(|name| again.contains(&(number, name)));
    }
}

/// The names of the loose objects of a folder.
fn loose_names(dir: &Path) -> Vec<ObjectId> {
    let folder = |first: u8| {
        let first = format!("{first:02x}");
        let files = fs::read_dir(dir.join(&first)).into_iter().flatten().filter_map(Result::ok);
        let names = files.filter_map(|file| file.file_name().into_string().ok());
        names.filter_map(|rest| format!("{first}{rest}").parse().ok()).collect::<Vec<ObjectId>>()
    };
    (0..=u8::MAX).flat_map(folder).collect()
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
