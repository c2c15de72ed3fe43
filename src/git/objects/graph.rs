//! The commit-graph: trees, parents, dates and generations of commits without inflating them.
//!
//! Git keeps it in `info/commit-graph`, or in a chain of layers in `info/commit-graphs`. It is only a
//! shortcut: without one, or with a damaged one, the commits themselves are read. A shallow clone
//! does without it, since it cannot know about the boundary.
//!
//! A commit is verified against its name; nothing ties a row of this file to its commit. So no tree, no
//! merge base and no range rests on it, only the search for the way from one commit down to another.

use std::path::{Path, PathBuf};

use crate::model::ObjectId;

use super::error::Flaw;
use super::oid_table::{Layout, OidTable, big_endian};
use super::source::Source;
use super::{HashKind, Objects, Walked, checksum, commit};

/// Layers of a chain at most; Git merges them long before.
const MOST_LAYERS: usize = 64;
/// Chunks of a layer at most; Git knows ten kinds.
const MOST_CHUNKS: u8 = 64;
/// Bytes of a layer at most: some four million commits.
const LARGEST: u64 = 256 << 20;
/// "No such parent", in place of a position.
const NO_PARENT: u32 = 0x7000_0000;
/// Marks a position in the list of further parents, and its last entry.
const TOP_BIT: u32 = 0x8000_0000;
/// Generations stop counting here.
const LAST_GENERATION: u32 = 0x3FFF_FFFF;

/// A commit-graph with all its layers.
pub(super) struct CommitGraph {
    /// The base comes first.
    layers: Vec<Layer>,
    id_len: usize,
}

struct Layer {
    source: Source,
    table: OidTable,
    /// Commits in the layers below this one.
    below: u32,
    data: u64,
    /// Offset and length of the list of further parents.
    edges: Option<(u64, u64)>,
}

impl Objects {
    /// The commit-graph, opened when it is first asked for.
    pub(super) fn graph(&self) -> Option<&CommitGraph> {
        let open = || {
            let usable = self.shallow().is_empty();
            usable.then(|| self.dirs.iter().find_map(|dir| CommitGraph::open(dir, self.hash())))?
        };
        self.graph.get_or_init(open).as_ref()
    }
}

impl CommitGraph {
    /// Opens the commit-graph of a store, if it has one that can be used.
    fn open(object_dir: &Path, hash: HashKind) -> Option<Self> {
        let single = object_dir.join("info").join("commit-graph");
        let paths = if single.is_file() { vec![single] } else { chain(object_dir, hash)? };
        let mut layers = Vec::new();
        let mut below = 0_u32;
        for path in &paths {
            let layer = Layer::read(whole(path, hash)?, hash, below).ok()?;
            below = below.checked_add(layer.table.len()).filter(|it| *it < NO_PARENT)?;
            layers.push(layer);
        }
        Some(Self { layers, id_len: hash.id_len() }).filter(|it| !it.layers.is_empty())
    }

    /// What the graph knows of a commit; nothing when it does not hold it, or holds nonsense.
    pub(super) fn commit(&self, id: &ObjectId) -> Option<Walked> {
        self.layers.iter().rev().find_map(|layer| {
            let position = layer.table.find(&layer.source, id.as_bytes()).ok()??;
            self.walked(layer, position).ok()
        })
    }

    fn walked(&self, layer: &Layer, position: u32) -> Result<Walked, Flaw> {
        let mut row = [0; 32 + 16];
        let row = row.get_mut(..self.id_len + 16).unwrap_or_default();
        let at = u64::from(position).saturating_mul(row.len() as u64);
        layer.source.read_exact_at(layer.data.saturating_add(at), row)?;
        let (tree, rest) = row.split_at_checked(self.id_len).unwrap_or_default();
        let word = |index: usize| big_endian(rest.get(4 * index..).unwrap_or_default());
        let generation = Some(word(2) >> 2).filter(|it| (1..LAST_GENERATION).contains(it));
        Ok(Walked {
            tree: ObjectId::from_bytes(tree).ok_or(Flaw::Bad("a commit-graph names no tree"))?,
            parents: self.parents(layer, word(0), word(1))?,
            time: i64::from(word(2) & 3) << 32 | i64::from(word(3)),
            generation,
        })
    }

    fn parents(&self, layer: &Layer, first: u32, second: u32) -> Result<Vec<ObjectId>, Flaw> {
        let mut parents = Vec::new();
        if first != NO_PARENT {
            parents.push(self.id(first)?);
        }
        if second & TOP_BIT == 0 {
            if second != NO_PARENT {
                parents.push(self.id(second)?);
            }
            return Ok(parents);
        }
        let (start, length) = layer.edges.ok_or(Flaw::Bad("a commit-graph lacks its further parents"))?;
        let mut at = u64::from(second & !TOP_BIT).saturating_mul(4);
        while at.saturating_add(4) <= length && parents.len() < commit::MOST_PARENTS {
            let edge = u32::from_be_bytes(layer.source.read_array(start.saturating_add(at))?);
            parents.push(self.id(edge & !TOP_BIT)?);
            if edge & TOP_BIT != 0 {
                return Ok(parents);
            }
            at = at.saturating_add(4);
        }
        Err(Flaw::Bad("a commit-graph lacks its further parents"))
    }

    /// The commit at a position counted through all layers.
    fn id(&self, position: u32) -> Result<ObjectId, Flaw> {
        let layer = self.layers.iter().rev().find(|layer| layer.below <= position);
        let layer = layer.ok_or(Flaw::Bad("a commit-graph names a commit that it does not have"))?;
        layer.table.id(&layer.source, position - layer.below)
    }
}

impl Layer {
    fn read(source: Source, hash: HashKind, below: u32) -> Result<Self, Flaw> {
        const UNKNOWN: Flaw = Flaw::Bad("a commit-graph of an unknown form");
        let id_len = hash.id_len();
        let [b'C', b'G', b'P', b'H', 1, hash_version, chunk_count, _] = source.read_array(0)? else {
            return Err(UNKNOWN);
        };
        if usize::from(hash_version) * 12 + 8 != id_len || chunk_count > MOST_CHUNKS {
            return Err(UNKNOWN);
        }
        let chunks = chunks(&source, chunk_count)?;
        let find =
            |name: &[u8; 4]| chunks.iter().find(|(id, ..)| id == name).map(|(_, start, length)| (*start, *length));
        let (fanout, _) = find(b"OIDF").ok_or(UNKNOWN)?;
        let (names, names_length) = find(b"OIDL").ok_or(UNKNOWN)?;
        let (data, data_length) = find(b"CDAT").ok_or(UNKNOWN)?;
        let table = OidTable::read(&source, fanout, names, Layout { stride: id_len, skip: 0, id_len })?;
        let count = u64::from(table.len());
        if names_length / (id_len as u64) < count || data_length / (id_len as u64 + 16) < count {
            return Err(Flaw::Bad("a commit-graph ends early"));
        }
        Ok(Self { edges: find(b"EDGE"), source, table, below, data })
    }
}

/// A file whose checksum is right.
fn whole(path: &Path, hash: HashKind) -> Option<Source> {
    let bytes = Source::read_all(path, LARGEST).ok()?;
    let (content, sum) = bytes.split_at_checked(bytes.len().checked_sub(hash.id_len())?)?;
    let is_sound = checksum(hash, content).as_bytes() == sum;
    is_sound.then_some(Source::Memory(bytes))
}

/// Name, offset and length of each chunk.
fn chunks(source: &Source, count: u8) -> Result<Vec<([u8; 4], u64, u64)>, Flaw> {
    let mut found = Vec::new();
    for index in 0..u64::from(count) {
        let [row, next] = [8 + 12 * index, 20 + 12 * index];
        let name: [u8; 4] = source.read_array(row)?;
        let start = u64::from_be_bytes(source.read_array(row + 4)?);
        let end = u64::from_be_bytes(source.read_array(next + 4)?);
        let length = end.checked_sub(start).filter(|_| end <= source.len());
        found.push((name, start, length.ok_or(Flaw::Bad("a commit-graph ends early"))?));
    }
    Ok(found)
}

/// The files of the layers of a chain, the base first.
fn chain(object_dir: &Path, hash: HashKind) -> Option<Vec<PathBuf>> {
    let dir = object_dir.join("info").join("commit-graphs");
    let source = Source::open_index(&dir.join("commit-graph-chain")).ok()?;
    let Source::Memory(bytes) = source else { return None };
    let text = String::from_utf8(bytes).ok()?;
    let names: Option<Vec<PathBuf>> = text
        .lines()
        .map(|line| commit::object_id(line.trim_end().as_bytes(), hash).map(|id| dir.join(format!("graph-{id}.graph"))))
        .collect();
    names.filter(|it| it.len() <= MOST_LAYERS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::history;
    use crate::git::scratch::Scratch;

    fn with_graph(hash: HashKind) -> (Scratch, Vec<ObjectId>) {
        let scratch = Scratch::with_hash(hash);
        let mut ids: Vec<ObjectId> = (0..4).map(|it| scratch.commit(&it.to_string())).collect();
        let tree = scratch.git(&["rev-parse", "HEAD^{tree}"]);
        let parents: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let mut arguments = vec!["commit-tree", "-m", "octopus", &tree];
        parents.iter().for_each(|it| arguments.extend(["-p", it]));
        ids.push(scratch.git(&arguments).parse().unwrap());
        scratch.git(&["update-ref", "refs/heads/octopus", &ids[4].to_string()]);
        scratch.git(&["commit-graph", "write", "--reachable"]);
        (scratch, ids)
    }

    #[test]
    fn the_graph_says_of_each_commit_what_the_commit_says() {
        for hash in [HashKind::Sha1, HashKind::Sha256] {
            let (scratch, ids) = with_graph(hash);
            let with = scratch.objects();
            assert!(with.graph().is_some());
            let known: Vec<Walked> = ids.iter().map(|id| with.graph().unwrap().commit(id).unwrap()).collect();
            assert_eq!(known[4].parents.len(), 4);
            assert_eq!(known.iter().map(|it| it.generation).collect::<Vec<_>>(), [1, 2, 3, 4, 5].map(Some));
            std::fs::remove_dir_all(scratch.object_dir().join("info")).unwrap();
            let without = scratch.objects();
            assert!(without.graph().is_none());
            for (id, known) in ids.iter().zip(known) {
                let read = without.glance(id).unwrap();
                assert_eq!(read, Walked { generation: None, ..known });
            }
        }
    }

    #[test]
    fn a_chain_of_layers_is_one_graph() {
        let (scratch, ids) = with_graph(HashKind::Sha1);
        scratch.git(&["checkout", "--quiet", "octopus"]);
        let newer = scratch.commit("newer");
        scratch.git(&["update-ref", "refs/heads/newer", &newer.to_string()]);
        scratch.git(&["commit-graph", "write", "--reachable", "--split=no-merge"]);
        let objects = scratch.objects();
        let graph = objects.graph().unwrap();
        assert_eq!(graph.layers.len(), 2);
        assert_eq!(graph.commit(&newer).unwrap().parents, ids[4..]);
        assert_eq!(graph.commit(&ids[4]).unwrap().parents, ids[..4]);
    }

    /// Writes another first parent and another tree into the row of a commit, and the checksum that fits.
    fn forge(scratch: &Scratch, commit: &ObjectId, (tree, parent): (&ObjectId, &ObjectId)) {
        let path = scratch.object_dir().join("info/commit-graph");
        let mut bytes = std::fs::read(&path).unwrap();
        let layer = Layer::read(Source::Memory(bytes.clone()), HashKind::Sha1, 0).unwrap();
        let position = |id: &ObjectId| layer.table.find(&layer.source, id.as_bytes()).unwrap().unwrap();
        let row = usize::try_from(layer.data).unwrap() + 36 * position(commit) as usize;
        bytes[row..row + 20].copy_from_slice(tree.as_bytes());
        bytes[row + 20..row + 24].copy_from_slice(&position(parent).to_be_bytes());
        let end = bytes.len() - 20;
        let sum = checksum(HashKind::Sha1, &bytes[..end]);
        bytes[end..].copy_from_slice(sum.as_bytes());
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }

    #[test]
    fn a_graph_that_lies_changes_no_tree_no_range_and_makes_nobody_an_ancestor() {
        let scratch = Scratch::new();
        let mut commit = |name: &str| {
            scratch.write("a", name);
            scratch.commit(name)
        };
        let [base, hidden, head] = ["base", "hidden", "head"].map(&mut commit);
        scratch.git(&["checkout", "--quiet", "-b", "side", &base.to_string()]);
        let side = scratch.commit("side");
        scratch.git(&["commit-graph", "write", "--reachable"]);
        let [tree, other] = [&head, &base].map(|id| scratch.id(&format!("{id}^{{tree}}")));
        forge(&scratch, &head, (&other, &side));
        let objects = scratch.objects();
        assert_eq!(objects.graph().unwrap().commit(&head).unwrap().parents, [side], "the lie is told");
        assert_eq!(objects.tree_of(&head).unwrap(), tree);
        assert_eq!(history::range(&objects, &base, &head).unwrap(), [head, hidden]);
        assert_eq!(history::merge_bases(&objects, &side, &head).unwrap(), [base]);
        assert!(!history::is_ancestor(&objects, &side, &head).unwrap());
        assert!(history::is_ancestor(&objects, &base, &head).unwrap());
    }

    #[test]
    fn a_damaged_graph_is_not_asked() {
        let (scratch, _) = with_graph(HashKind::Sha1);
        let path = scratch.object_dir().join("info/commit-graph");
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, bytes).unwrap();
        assert!(scratch.objects().graph().is_none());
    }

    #[test]
    fn a_shallow_clone_does_without_the_graph() {
        let (scratch, ids) = with_graph(HashKind::Sha1);
        let objects = Objects::open(&scratch.object_dir(), HashKind::Sha1).unwrap().with_shallow([ids[2]].into());
        assert!(objects.graph().is_none());
        assert_eq!(objects.commit_parents_and_time(&ids[2]).unwrap().parents, []);
        assert_eq!(objects.commit(&ids[2]).unwrap().parents, [ids[1]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_graph_bytes_panic(position in 0_usize..1500, byte: u8, length in 0_usize..4000) {
            static GRAPH: std::sync::OnceLock<(Vec<u8>, Vec<ObjectId>)> = std::sync::OnceLock::new();
            let (bytes, ids) = GRAPH.get_or_init(|| {
                let (scratch, ids) = with_graph(HashKind::Sha1);
                (std::fs::read(scratch.object_dir().join("info/commit-graph")).unwrap(), ids)
            });
            let mut raw = bytes.clone();
            raw.truncate(length);
            if let Some(at) = raw.get_mut(position) {
                *at = byte;
            }
            if let Ok(layer) = Layer::read(Source::Memory(raw), HashKind::Sha1, 0) {
                let graph = CommitGraph { layers: vec![layer], id_len: 20 };
                ids.iter().for_each(|id| drop(graph.commit(id)));
            }
        }
    }
}
