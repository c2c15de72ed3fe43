//! Where blobs come from, in one state of a repository.

use std::collections::BTreeMap;

use crate::git::folder::{Folder, joined};
use crate::git::objects::Objects;
use crate::model::{ObjectId, Origin, RepoPath, Timestamp};

use super::{Memory, Name, Parts};

/// The origins of blobs. Those of another state may differ: a branch can bring an older commit.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::git::whole_history) struct Walk {
    /// Of each blob that was asked about; nothing for one that no ref reaches.
    pub(in crate::git::whole_history) origins: BTreeMap<ObjectId, Option<Origin>>,
    /// By the name of the finder: the blobs that it found something in because of their names.
    pub(in crate::git::whole_history) named: BTreeMap<Name, Vec<(ObjectId, Origin)>>,
}

impl Walk {
    /// What is kept for a state. A path is kept as the positions of its parts in their folders, so that it is checked by
    /// being read, and no text of the repository is kept.
    pub(in crate::git::whole_history) fn recall(memory: &Memory, objects: &Objects, state: &Name) -> Option<Self> {
        let body = memory.recall(&memory.name("walk", state))?;
        let mut parts = Parts(&body);
        let mut walk = Self::default();
        for _ in 0..parts.count()? {
            let id = id(&mut parts)?;
            let origin = match parts.byte()? {
                0 => None,
                _ => Some(origin(&mut parts, objects, &id)?),
            };
            walk.origins.insert(id, origin);
        }
        for _ in 0..parts.count()? {
            let finder = parts.array()?;
            let mut found = Vec::new();
            for _ in 0..parts.count()? {
                let id = id(&mut parts)?;
                found.push((id, origin(&mut parts, objects, &id)?));
            }
            walk.named.insert(finder, found);
        }
        parts.0.is_empty().then_some(walk)
    }

    /// Keeps all of it for a state.
    pub(in crate::git::whole_history) fn learn(&self, memory: &Memory, objects: &Objects, state: &Name) {
        if let Some(body) = self.body(objects) {
            memory.learn(memory.name("walk", state), body);
        }
    }

    fn body(&self, objects: &Objects) -> Option<Vec<u8>> {
        let mut body = Vec::new();
        put(&mut body, self.origins.len());
        for (id, origin) in &self.origins {
            put_id(&mut body, id);
            body.push(u8::from(origin.is_some()));
            if let Some(origin) = origin {
                put_origin(&mut body, objects, origin)?;
            }
        }
        put(&mut body, self.named.len());
        for (finder, found) in &self.named {
            body.extend(finder);
            put(&mut body, found.len());
            for (id, origin) in found {
                put_id(&mut body, id);
                put_origin(&mut body, objects, origin)?;
            }
        }
        Some(body)
    }
}

fn put(body: &mut Vec<u8>, count: usize) {
    body.extend((count as u64).to_le_bytes());
}

fn put_id(body: &mut Vec<u8>, id: &ObjectId) {
    body.push(if id.as_bytes().len() == 32 { 32 } else { 20 });
    body.extend(id.as_bytes());
}

fn id(parts: &mut Parts<'_>) -> Option<ObjectId> {
    let length = usize::from(parts.byte()?);
    ObjectId::from_bytes(parts.take(length)?)
}

fn put_origin(body: &mut Vec<u8>, objects: &Objects, origin: &Origin) -> Option<()> {
    let mut positions: Vec<u64> = Vec::new();
    if !origin.path.is_root() {
        let mut at = objects.tree_of(&origin.commit).ok()?;
        for part in origin.path.to_bytes().split(|it| *it == b'/') {
            let folder = Folder::read(objects, Some(at)).ok()?;
            let entries = folder.entries(objects.hash()).ok()?;
            let position = entries.iter().position(|entry| entry.name == part)?;
            positions.push(position as u64);
            at = entries.get(position)?.id;
        }
    }
    put_id(body, &origin.commit);
    body.extend(origin.time.0.to_le_bytes());
    body.extend(origin.order.to_le_bytes());
    put(body, positions.len());
    positions.iter().for_each(|it| body.extend(it.to_le_bytes()));
    Some(())
}

/// The origin of a blob; nothing when that commit has another object there.
fn origin(parts: &mut Parts<'_>, objects: &Objects, blob: &ObjectId) -> Option<Origin> {
    let commit = id(parts)?;
    let (time, order) = (Timestamp(i64::from_le_bytes(parts.array()?)), parts.number()?);
    let depth = parts.count()?;
    if depth == 0 {
        return (commit == *blob).then(|| Origin { path: RepoPath::root(), commit, time, order });
    }
    let mut at = objects.tree_of(&commit).ok()?;
    let mut path = Vec::new();
    for _ in 0..depth {
        let position = usize::try_from(parts.number()?).ok()?;
        let folder = Folder::read(objects, Some(at)).ok()?;
        let entries = folder.entries(objects.hash()).ok()?;
        let entry = entries.get(position)?;
        path = joined(&path, entry.name);
        at = entry.id;
    }
    (at == *blob).then(|| Origin { path: RepoPath::from_bytes(&path), commit, time, order })
}
