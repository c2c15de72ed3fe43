//! Objects that were read lately: the bases of deltas, and trees and commits that walks meet again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::ObjectKind;

/// The pack, and the offset in it.
pub(super) type Key = (u32, u64);

/// An object without its name.
pub(super) type Entry = (ObjectKind, Arc<[u8]>);

/// A bounded cache for many threads. Each shard has two generations; the old one is dropped when the
/// young one is full, which is nearly as good as counting uses and costs nothing on a hit.
pub(super) struct Cache {
    shards: Vec<Mutex<Shard>>,
}

#[derive(Default)]
struct Shard {
    young: HashMap<Key, Entry>,
    old: HashMap<Key, Entry>,
    young_bytes: usize,
}

const SHARDS: usize = 16;
/// Bytes of all generations of all shards together.
const TOTAL: usize = 64 << 20;
const GENERATION: usize = TOTAL / SHARDS / 2;
/// A larger object is not kept: it would push out all the others.
const LARGEST: usize = GENERATION / 4;
/// What an entry costs beside its bytes.
const OVERHEAD: usize = 96;

impl Cache {
    pub(super) fn new() -> Self {
        Self { shards: (0..SHARDS).map(|_| Mutex::default()).collect() }
    }

    pub(super) fn get(&self, key: Key) -> Option<Entry> {
        let mut shard = self.shard(key)?.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = shard.young.get(&key) {
            return Some(entry.clone());
        }
        let entry = shard.old.remove(&key)?;
        shard.put(key, entry.clone());
        Some(entry)
    }

    pub(super) fn put(&self, key: Key, kind: ObjectKind, data: &Arc<[u8]>) {
        if data.len() > LARGEST {
            return;
        }
        if let Some(shard) = self.shard(key) {
            shard.lock().unwrap_or_else(PoisonError::into_inner).put(key, (kind, Arc::clone(data)));
        }
    }

    fn shard(&self, key: Key) -> Option<&Mutex<Shard>> {
        // Neighbouring offsets differ in their low bits only; the multiplication spreads them.
        let mixed = (key.1 ^ u64::from(key.0) << 48).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.shards.get(usize::try_from(mixed >> 60).unwrap_or(0))
    }
}

impl Shard {
    fn put(&mut self, key: Key, entry: Entry) {
        let cost = entry.1.len().saturating_add(OVERHEAD);
        if self.young_bytes.saturating_add(cost) > GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(key, entry).is_none() {
            self.young_bytes = self.young_bytes.saturating_add(cost);
        }
    }
}
