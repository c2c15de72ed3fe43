//! Object names: hashing, and the names of contents that no store has yet.

use sha2::Digest as _;

use crate::model::ObjectId;

use super::ObjectKind;

/// The hash function of a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum HashKind {
    /// 20 bytes.
    Sha1,
    /// 32 bytes.
    Sha256,
}

impl HashKind {
    /// Length of a raw object name in bytes.
    #[must_use]
    pub fn id_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    /// The hash function that makes names as long as `id`.
    #[must_use]
    pub fn of(id: &ObjectId) -> Self {
        if id.as_bytes().len() == 32 { Self::Sha256 } else { Self::Sha1 }
    }
}

/// How much a SHA-1 name is trusted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Care {
    /// Content that Git itself has not hashed on this machine, or may not have: collisions are
    /// looked for, as Git does, and a colliding content gets another name than its own.
    Detect,
    /// Content of a pack: Git looked for collisions when it indexed the pack. Four times as fast.
    Fast,
}

/// The name of an object with this kind and content.
pub(super) fn name(hash: HashKind, kind: ObjectKind, content: &[u8], care: Care) -> ObjectId {
    let mut naming = Naming::new(hash, kind, content.len() as u64, care);
    naming.update(content);
    naming.finish()
}

/// The name of an object whose content comes piece by piece.
pub(super) enum Naming {
    Sha1(Box<sha1_checked::Sha1>),
    Sha256(sha2::Sha256),
}

impl Naming {
    /// Of an object whose content has `size` bytes.
    pub(super) fn new(hash: HashKind, kind: ObjectKind, size: u64, care: Care) -> Self {
        let mut naming = match hash {
            HashKind::Sha1 => {
                let state = sha1_checked::Sha1::builder().detect_collision(care == Care::Detect).build();
                Self::Sha1(Box::new(state))
            }
            HashKind::Sha256 => Self::Sha256(sha2::Sha256::new()),
        };
        naming.update(format!("{} {size}\0", kind.name()).as_bytes());
        naming
    }

    pub(super) fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Sha1(state) => sha1_checked::Digest::update(state.as_mut(), piece),
            Self::Sha256(state) => state.update(piece),
        }
    }

    pub(super) fn finish(self) -> ObjectId {
        let raw = match self {
            Self::Sha1(state) => ObjectId::from_bytes(&sha1_checked::Digest::finalize(*state)),
            Self::Sha256(state) => ObjectId::from_bytes(&state.finalize()),
        };
        raw.unwrap_or(ObjectId::NONE)
    }
}

/// The plain digest of a content: what Git writes at the end of its own files, such as the index.
#[must_use]
pub fn checksum(hash: HashKind, content: &[u8]) -> ObjectId {
    let raw = match hash {
        HashKind::Sha1 => {
            let mut state = sha1_checked::Sha1::builder().detect_collision(false).build();
            sha1_checked::Digest::update(&mut state, content);
            ObjectId::from_bytes(&sha1_checked::Digest::finalize(state))
        }
        HashKind::Sha256 => ObjectId::from_bytes(&sha2::Sha256::digest(content)),
    };
    raw.unwrap_or(ObjectId::NONE)
}

/// The name that Git gives to a blob with this content. It is not stored anywhere.
///
/// SHA-1 collisions are detected: a colliding content gets a name that no ordinary content has.
#[must_use]
pub fn blob_id(hash: HashKind, content: &[u8]) -> ObjectId {
    name(hash, ObjectKind::Blob, content, Care::Detect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_blob_has_gits_names() {
        assert_eq!(blob_id(HashKind::Sha1, b"").to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
        assert_eq!(
            blob_id(HashKind::Sha256, b"").to_string(),
            "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"
        );
    }

    #[test]
    fn ordinary_content_has_the_same_name_with_and_without_collision_detection() {
        for content in [&b""[..], b"a", &[7; 5000]] {
            let careful = name(HashKind::Sha1, ObjectKind::Tree, content, Care::Detect);
            assert_eq!(careful, name(HashKind::Sha1, ObjectKind::Tree, content, Care::Fast));
        }
    }
}
