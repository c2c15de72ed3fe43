//! Blobs beyond the limit, piece by piece, in little memory.
//!
//! Git keeps files of this size whole, loose or packed. One that is packed as a change of another one cannot be made
//! without holding both; it is told and not read.

use crate::model::ObjectId;

use super::error::Flaw;
use super::hash::Naming;
use super::{Care, ObjectError, ObjectKind, Objects, loose};

/// The largest blob that is read at all: 64 GiB. A pack of some megabytes can promise more.
const LARGEST: u64 = 64 << 30;

/// What became of an entry of a pack.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Streamed {
    /// All of it was given.
    Whole(ObjectKind),
    /// It is a change of another object: nothing was given.
    IsDelta,
}

impl Objects {
    /// Whether a blob is here and too large for [`Objects::read`].
    #[must_use]
    pub fn is_large_blob(&self, id: &ObjectId) -> bool {
        self.header(id).is_ok_and(|(kind, size)| kind == ObjectKind::Blob && size > self.limit)
    }

    /// Calls `each` with the pieces of a blob, however large, and verifies it against its name at the end: what was given
    /// before an error counts for nothing.
    ///
    /// # Errors
    /// When it is absent or damaged, or packed as a change of another object.
    pub fn stream_blob(&self, id: &ObjectId, each: &mut dyn FnMut(&[u8])) -> Result<(), ObjectError> {
        let (kind, size) = self.header(id)?;
        if kind != ObjectKind::Blob {
            return Err(ObjectError::WrongKind { id: *id, found: kind.name(), wanted: ObjectKind::Blob.name() });
        }
        if size > LARGEST {
            return Err(ObjectError::TooLarge { id: *id, size, limit: LARGEST });
        }
        let packs = self.packs();
        for pack in packs.iter() {
            let Ok(Some(offset)) = pack.find(id) else { continue };
            let mut naming = Naming::new(self.hash, kind, size, Care::Fast);
            let streamed = pack.stream(offset, size, &mut |piece| {
                naming.update(piece);
                each(piece);
            });
            return match streamed.map_err(|flaw| flaw.of(*id, pack.path()))? {
                Streamed::IsDelta => Err(ObjectError::LargeDelta { id: *id, size, limit: self.limit }),
                Streamed::Whole(ObjectKind::Blob) if naming.finish() == *id => Ok(()),
                Streamed::Whole(_) => Err(self.misnamed(id)),
            };
        }
        for dir in &self.dirs {
            let path = loose::path(dir, id);
            let Some(source) = loose::open(&path).map_err(|flaw| flaw.of(*id, &path))? else { continue };
            let mut naming = Naming::new(self.hash, kind, size, Care::Detect);
            let streamed = loose::stream(&source, size, &mut |piece| {
                naming.update(piece);
                each(piece);
            });
            streamed.map_err(|flaw| flaw.of(*id, &path))?;
            return if naming.finish() == *id { Ok(()) } else { Err(self.misnamed(id)) };
        }
        Err(ObjectError::Absent(*id))
    }

    fn misnamed(&self, id: &ObjectId) -> ObjectError {
        let path = self.dirs.first().cloned().unwrap_or_default();
        Flaw::Bad("its content does not have its name").of(*id, &path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::scratch::Scratch;

    fn streamed(objects: &Objects, id: &ObjectId) -> Result<Vec<u8>, ObjectError> {
        let mut all = Vec::new();
        objects.stream_blob(id, &mut |piece| all.extend(piece)).map(|()| all)
    }

    #[test]
    fn a_large_blob_is_given_whole_unless_it_is_a_change_of_another_one_or_damaged() {
        let scratch = Scratch::new();
        // Hardly to be compressed, and longer than one piece.
        let content: Vec<u8> = (0..700_000_u32).flat_map(|it| it.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        scratch.write("large", &content);
        scratch.commit("one");
        let id = scratch.id("HEAD:large");
        let open = || Objects::open(&scratch.object_dir(), super::super::HashKind::Sha1).unwrap().with_limit(1000);
        assert!(open().is_large_blob(&id) && open().read(&id).is_err());
        assert_eq!(streamed(&open(), &id).unwrap(), content);
        scratch.write("large", [&content, b"and more".as_slice()].concat());
        scratch.commit("two");
        scratch.git(&["repack", "-adfq"]);
        let ids = [id, scratch.id("HEAD:large")];
        let told = ids.map(|id| streamed(&open(), &id));
        let is_delta = |it: &&Result<_, _>| matches!(it, Err(ObjectError::LargeDelta { .. }));
        assert_eq!(told.iter().filter(is_delta).count(), 1);
        assert_eq!(told.iter().filter(|it| it.is_ok()).count(), 1);
        scratch.git(&["config", "core.bigFileThreshold", "1m"]);
        scratch.git(&["repack", "-adfq"]);
        assert!(ids.iter().all(|id| streamed(&open(), id).is_ok()));
        let none = ObjectId::from_bytes(&[9; 20]).unwrap();
        assert!(matches!(streamed(&open(), &none), Err(ObjectError::Absent(_))));
    }
}
