//! Annotated tags, and the way from a tag to what it names.

use crate::model::{Annotation, ObjectId};

use super::headers::{self, Headers};
use super::{ObjectError, ObjectKind, Objects, commit};

/// Tags of tags are followed this far.
const DEEPEST: usize = 32;

/// The lines that a signature at the end of a tag begins with.
const ARMORS: [&[u8]; 4] = [
    b"-----BEGIN PGP SIGNATURE-----",
    b"-----BEGIN PGP MESSAGE-----",
    b"-----BEGIN SIGNED MESSAGE-----",
    b"-----BEGIN SSH SIGNATURE-----",
];

/// An annotated tag.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TagObject {
    /// The object that it names.
    pub target: ObjectId,
    /// What kind of object that is, by the tag's own words.
    pub kind: ObjectKind,
    /// The name that it was made with: the ref may have another one.
    pub name: String,
    /// Who made it, why, and its signature.
    pub annotation: Annotation,
}

impl Objects {
    /// Reads and parses an annotated tag.
    ///
    /// # Errors
    /// When it cannot be read, is not a tag, or names no object.
    pub fn tag(&self, id: &ObjectId) -> Result<TagObject, ObjectError> {
        let object = self.read_kind(id, ObjectKind::Tag)?;
        let corrupt = |what| ObjectError::Corrupt { id: *id, what };
        let (content, armor) = object.data.split_at_checked(armor_start(&object.data)).unwrap_or((&object.data, &[]));
        let cut = Headers::parse(content);
        let target = cut.get("object").and_then(|raw| commit::object_id(raw, self.hash()));
        let kind = cut.get("type").and_then(|raw| std::str::from_utf8(raw).ok()).and_then(ObjectKind::from_name);
        let (_, signed) = headers::signature(content, self.hash());
        Ok(TagObject {
            target: target.ok_or_else(|| corrupt("it names no object"))?,
            kind: kind.ok_or_else(|| corrupt("it names no kind of object"))?,
            name: cut.text(cut.get("tag").unwrap_or_default()),
            annotation: Annotation {
                tagger: cut.get("tagger").map(|raw| cut.identity(raw)),
                message: cut.text(cut.message),
                signature: headers::signature_of(armor, signed),
            },
        })
    }

    /// The commit that a commit or a chain of tags names at last.
    ///
    /// # Errors
    /// When an object on the way cannot be read, or it is not a commit in the end.
    pub fn peel_to_commit(&self, id: &ObjectId) -> Result<ObjectId, ObjectError> {
        let (id, kind) = self.peel(id)?;
        match kind {
            ObjectKind::Commit => Ok(id),
            ObjectKind::Tree | ObjectKind::Blob | ObjectKind::Tag => {
                Err(ObjectError::WrongKind { id, found: kind.name(), wanted: "commit" })
            }
        }
    }

    /// Follows tags to the first object that is none.
    pub(in crate::git) fn peel(&self, id: &ObjectId) -> Result<(ObjectId, ObjectKind), ObjectError> {
        let mut id = *id;
        for _ in 0..DEEPEST {
            let (kind, _) = self.header(&id)?;
            if kind != ObjectKind::Tag {
                return Ok((id, kind));
            }
            id = self.tag(&id)?.target;
        }
        Err(ObjectError::Beyond { what: "a chain of tags of tags", limit: DEEPEST as u64 })
    }
}

/// Where the signature begins: at the last line that begins an armour, as Git decides.
fn armor_start(data: &[u8]) -> usize {
    let mut start = data.len();
    let mut rest = data;
    while !rest.is_empty() {
        if ARMORS.iter().any(|armor| rest.starts_with(armor)) {
            start = data.len() - rest.len();
        }
        rest = headers::split_line(rest).1;
    }
    start
}
