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
#[cfg(test)]
mod tests;
mod trace;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use super::{ObjectError, ObjectKind, Objects};
use crate::model::{Find, ObjectId, Piece};
use descent::Worker;
use forest::Forest;

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
/// Marks in objects that one reading remembers at most.
const MOST_HOLDINGS: u64 = 10_000_000;
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

/// What reading all objects of a kind gave.
#[derive(Default)]
pub(in crate::git) struct Harvest {
    /// Each tag with each object that holds it; sorted.
    pub(in crate::git) holdings: Vec<(u64, Number)>,
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
struct Task<'a> {
    objects: &'a Objects,
    kind: ObjectKind,
    grow: Grow,
    find: &'a Find<'a>,
    bytes: AtomicU64,
    holdings: AtomicU64,
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

    /// Reads every object of a kind, calls `find` for each as [`crate::model::History::scan`] says, and gathers who
    /// holds which tag.
    pub(in crate::git) fn scan(&self, kind: ObjectKind, grow: Grow, find: &Find<'_>) -> Harvest {
        let (bytes, holdings) = (AtomicU64::new(0), AtomicU64::new(0));
        let task = Task { objects: &self.objects, kind, grow, find, bytes, holdings };
        let mut harvest = Harvest::default();
        for (number, forest) in self.forests.iter().enumerate() {
            let before = self.forests.iter().take(number).map(|it| it.listing.ids.len()).sum();
            self.scan_pack(&task, forest, before, &mut harvest);
        }
        let strays = self
            .forests
            .iter()
            .flat_map(|forest| forest.strays().filter(|row| !row.is_again).map(|row| forest.listing.ids.id(row.name)));
        let mut alone: Vec<ObjectId> = std::mem::take(&mut harvest.again);
        alone.extend(strays);
        let loose = self.loose.iter().filter(|(_, found)| found.is_none_or(|found| found == kind));
        alone.extend(loose.map(|(id, _)| *id));
        alone.sort_unstable();
        alone.dedup();
        let read: Vec<_> = alone.par_iter().map(|id| task.alone(id)).collect();
        for (id, read) in alone.iter().zip(read) {
            match read {
                Ok(Some((bytes, tags))) => harvest.add(self.number(id).unwrap_or(Number::MAX), bytes, bytes, tags),
                Ok(None) => {}
                Err(error) => harvest.errors.push(error),
            }
        }
        let unusable = self.unusable.iter().map(|(path, what)| (path.clone(), what.clone()));
        harvest.errors.extend(unusable.map(|(path, what)| ObjectError::Pack { path, what }));
        harvest.errors.extend(task.beyond());
        harvest.holdings.sort_unstable();
        harvest.holdings.dedup();
        harvest
    }

    fn scan_pack(&self, task: &Task<'_>, forest: &Forest, before: Number, harvest: &mut Harvest) {
        let weights = forest.weights(task.kind);
        let roots = forest.roots(&weights);
        let idle: Mutex<Vec<Worker<'_>>> = Mutex::default();
        roots.par_chunks(SHARE).for_each(|roots| {
            let worker = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let mut worker = worker.unwrap_or_else(|| Worker::new(task, forest, &weights, before));
            roots.iter().for_each(|root| worker.descend(*root));
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        });
        for worker in idle.into_inner().unwrap_or_else(PoisonError::into_inner) {
            harvest.merge(worker.harvest);
        }
    }
}

impl Task<'_> {
    /// Counts what is made. No more is read once it is too much.
    fn charge(&self, bytes: usize, holdings: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.holdings.fetch_add(holdings as u64, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.beyond().is_some()
    }

    fn beyond(&self) -> Option<ObjectError> {
        if self.bytes.load(Ordering::Relaxed) > MOST_BYTES {
            return Some(ObjectError::Beyond { what: "the size of the whole history", limit: MOST_BYTES });
        }
        let is_much = self.holdings.load(Ordering::Relaxed) > MOST_HOLDINGS;
        is_much.then_some(ObjectError::Beyond { what: "what is found in the whole history", limit: MOST_HOLDINGS })
    }

    /// Reads one object by itself and shows all of it; nothing when it is of another kind.
    fn alone(&self, id: &ObjectId) -> Result<Option<(u64, Vec<u64>)>, ObjectError> {
        if self.is_over() {
            return Ok(None);
        }
        let object = self.objects.read(id)?;
        if object.kind != self.kind {
            return Ok(None);
        }
        let whole = 0..object.data.len();
        let marks = (self.find)(&Piece { id: *id, content: &object.data, fresh: std::slice::from_ref(&whole) });
        let tags: Vec<u64> = marks.iter().map(|mark| mark.tag).collect();
        self.charge(object.data.len(), tags.len());
        Ok(Some((object.data.len() as u64, tags)))
    }
}

impl Harvest {
    fn add(&mut self, number: Number, bytes: u64, fresh: u64, tags: Vec<u64>) {
        self.count += 1;
        self.bytes += bytes;
        self.fresh += fresh;
        self.holdings.extend(tags.into_iter().map(|tag| (tag, number)));
    }

    fn merge(&mut self, other: Self) {
        self.holdings.extend(other.holdings);
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
