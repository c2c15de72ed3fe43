//! The `TREE` extension: which folders of the index are known to equal a tree, so that they can be skipped.

use crate::git::objects::HashKind;
use crate::model::ObjectId;

/// The folders, each before its own folders.
pub(super) struct CacheTree {
    nodes: Vec<Node>,
}

struct Node {
    name: Vec<u8>,
    /// Nothing when something below changed since the tree was written.
    known: Option<Known>,
    /// Position after the last folder below this one.
    end: usize,
}

/// A folder that equals a tree.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub(super) id: ObjectId,
    /// How many entries the folder has.
    pub(super) entries: usize,
}

impl CacheTree {
    /// Parses the extension. It only saves work: when it is damaged there is none.
    pub(super) fn parse(raw: &[u8], hash: HashKind) -> Option<Self> {
        let mut nodes: Vec<Node> = Vec::new();
        // Open folders, with how many of their folders are still to come.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let mut rest = raw;
        loop {
            let (name, after) = until(rest, 0)?;
            let (count, after) = until(after, b' ')?;
            let (folders, after) = until(after, b'\n')?;
            let count: i64 = std::str::from_utf8(count).ok()?.parse().ok()?;
            let folders: usize = std::str::from_utf8(folders).ok()?.parse().ok()?;
            rest = after;
            let mut known = None;
            if let Ok(entries) = usize::try_from(count) {
                let (id, after) = rest.split_at_checked(hash.id_len())?;
                known = Some(Known { id: ObjectId::from_bytes(id)?, entries });
                rest = after;
            }
            nodes.push(Node { name: name.to_vec(), known, end: 0 });
            open.push((nodes.len() - 1, folders));
            while let Some((position, left)) = open.last_mut() {
                if let Some(fewer) = left.checked_sub(1) {
                    *left = fewer;
                    break;
                }
                let end = nodes.len();
                nodes.get_mut(*position)?.end = end;
                open.pop();
            }
            if open.is_empty() {
                return Some(Self { nodes });
            }
        }
    }

    /// What is known of a folder, by its position.
    pub(super) fn known(&self, position: usize) -> Option<Known> {
        self.nodes.get(position)?.known
    }

    /// The position of a folder in the folder at `parent`.
    pub(super) fn child(&self, parent: usize, name: &[u8]) -> Option<usize> {
        let end = self.nodes.get(parent)?.end;
        let mut position = parent + 1;
        while position < end {
            let node = self.nodes.get(position)?;
            if node.name == name {
                return Some(position);
            }
            position = node.end.max(position + 1);
        }
        None
    }
}

fn until(raw: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let end = raw.iter().position(|it| *it == byte)?;
    Some((raw.get(..end)?, raw.get(end + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_folders_are_found_and_damage_gives_nothing() {
        let id = [7_u8; 20];
        let raw = [b"\x00-1 2\n".as_slice(), b"a\x003 1\n", &id, b"b\x002 0\n", &id, b"c\x00-1 0\n"].concat();
        let cache = CacheTree::parse(&raw, HashKind::Sha1).map(|cache| {
            let a = cache.child(0, b"a");
            let b = a.and_then(|a| cache.child(a, b"b"));
            let entries = |it: Option<usize>| it.and_then(|it| cache.known(it)).map(|it| it.entries);
            (cache.known(0).is_none(), entries(a), entries(b), cache.child(0, b"b"), cache.child(0, b"c"))
        });
        assert_eq!(cache, Some((true, Some(3), Some(2), None, Some(3))));
        for length in 0..raw.len() {
            assert!(CacheTree::parse(raw.get(..length).unwrap_or_default(), HashKind::Sha1).is_none(), "{length}");
        }
    }
}
