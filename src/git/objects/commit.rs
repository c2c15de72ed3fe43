//! Commits: parsed whole, or only as far as a walk needs.

use std::sync::Arc;

use crate::model::{Commit, ObjectId};

use super::headers::{self, Headers};
use super::{HashKind, Object, ObjectError, ObjectKind, Objects};

/// Parents of one commit at most; real ones have some tens.
pub(super) const MOST_PARENTS: usize = 10_000;

/// What a walk through history needs to know of a commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Walked {
    /// Its tree.
    pub tree: ObjectId,
    /// Its parents, in order; none at the boundary of a shallow clone.
    pub parents: Vec<ObjectId>,
    /// When it was committed, in seconds since 1970, by the committer's clock.
    pub time: i64,
    /// One more than the largest generation among its parents, when a commit-graph knows it.
    pub generation: Option<u32>,
}

impl Objects {
    /// Reads and parses a commit. Its parents are those that it names, at a shallow boundary too.
    ///
    /// # Errors
    /// When it cannot be read, is not a commit, or names no tree.
    pub fn commit(&self, id: &ObjectId) -> Result<Commit, ObjectError> {
        let object = self.read_kind(id, ObjectKind::Commit)?;
        let cut = Headers::parse(&object.data);
        let walked = parse(&cut, self.hash()).map_err(|what| ObjectError::Corrupt { id: *id, what })?;
        let (armor, signed) = headers::signature(&object.data, self.hash());
        Ok(Commit {
            id: *id,
            parents: walked.parents,
            author: cut.identity(cut.get("author").unwrap_or_default()),
            committer: cut.identity(cut.get("committer").unwrap_or_default()),
            message: cut.text(cut.message),
            signature: headers::signature_of(&armor, signed),
            brings_nothing: false,
        })
    }

    /// The same as [`Objects::commit_parents_and_time`], from the commit-graph where that knows the commit. Nothing
    /// proves what a commit-graph says: it is a hint where to look, never an answer.
    ///
    /// # Errors
    /// When it cannot be read, is not a commit, or names no tree.
    pub(in crate::git) fn glance(&self, id: &ObjectId) -> Result<Walked, ObjectError> {
        let known = self.graph().and_then(|graph| graph.commit(id));
        known.map_or_else(|| self.commit_parents_and_time(id), Ok)
    }

    /// The tree, the parents and the time of a commit, from the commit itself.
    ///
    /// # Errors
    /// When it cannot be read, is not a commit, or names no tree.
    pub fn commit_parents_and_time(&self, id: &ObjectId) -> Result<Walked, ObjectError> {
        let object = self.read_kind(id, ObjectKind::Commit)?;
        let cut = Headers::parse(&object.data);
        let mut walked = parse(&cut, self.hash()).map_err(|what| ObjectError::Corrupt { id: *id, what })?;
        if self.shallow().contains(id) {
            walked.parents.clear();
        }
        Ok(walked)
    }

    /// The tree of a commit, of a tag of one, or the tree itself.
    ///
    /// # Errors
    /// When an object on the way cannot be read, or leads to a blob.
    pub fn tree_of(&self, id: &ObjectId) -> Result<ObjectId, ObjectError> {
        let (id, kind) = self.peel(id)?;
        match kind {
            ObjectKind::Tree => Ok(id),
            ObjectKind::Commit => Ok(self.commit_parents_and_time(&id)?.tree),
            ObjectKind::Blob | ObjectKind::Tag => {
                Err(ObjectError::WrongKind { id, found: kind.name(), wanted: "commit" })
            }
        }
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// When it cannot be read, or is not a blob.
    pub fn read_blob(&self, id: &ObjectId) -> Result<Arc<[u8]>, ObjectError> {
        Ok(self.read_kind(id, ObjectKind::Blob)?.data)
    }

    /// Reads an object that must be of this kind.
    pub(in crate::git) fn read_kind(&self, id: &ObjectId, kind: ObjectKind) -> Result<Object, ObjectError> {
        let object = self.read(id)?;
        if object.kind == kind {
            Ok(object)
        } else {
            Err(ObjectError::WrongKind { id: *id, found: object.kind.name(), wanted: kind.name() })
        }
    }
}

/// What the content of a commit says to a walk.
pub(in crate::git) fn walked(data: &[u8], hash: HashKind) -> Result<Walked, &'static str> {
    parse(&Headers::parse(data), hash)
}

fn parse(cut: &Headers<'_>, hash: HashKind) -> Result<Walked, &'static str> {
    let tree = cut.get("tree").and_then(|raw| object_id(raw, hash)).ok_or("it names no tree")?;
    let mut parents = Vec::new();
    for raw in cut.all("parent") {
        if parents.len() >= MOST_PARENTS {
            return Err("it has more than 10000 parents");
        }
        parents.push(object_id(raw, hash).ok_or("it names a parent that is no object name")?);
    }
    let committer = cut.get("committer").unwrap_or_default();
    let date = committer.iter().rposition(|byte| *byte == b'>').map_or(0, |end| end.saturating_add(1));
    let time = headers::seconds(committer.get(date..).unwrap_or_default());
    Ok(Walked { tree, parents, time, generation: None })
}

/// A full object name of this repository's hash function.
pub(super) fn object_id(raw: &[u8], hash: HashKind) -> Option<ObjectId> {
    let text = std::str::from_utf8(raw).ok().filter(|it| it.len() == 2 * hash.id_len())?;
    text.parse().ok()
}
