//! The whole history of a repository, and the trait through which checks look for things in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::{Missing, ObjectId, RepoPath, Timestamp};

/// Every blob that the refs of a repository have ever reached, read in bulk.
///
/// A blob of a pack is most often stored as a change of another one. [`History::scan`] uses that: it shows each blob
/// together with the parts that are new in it, so that a finder need not look at the same line a thousand times.
pub trait History: Send + Sync {
    /// Calls [`Seeker::find`] for each blob that is not known from an earlier scan, from several threads and in no fixed order.
    ///
    /// `find` must return every mark that overlaps a fresh range of its piece. It may look at the rest of the content
    /// for that, and return other marks of it as well. A mark that a copy holds whole goes over into the blob that is
    /// made by it, unless it lies inside a fresh range, where `find` decides anew. So the marks of a blob are those of
    /// a search of all of it, as long as nothing farther away than the margin decides whether something is a mark.
    ///
    /// A blob that is too large to be held is shown in several pieces that overlap.
    ///
    /// The answer must depend on nothing but the piece: a blob may be shown again, with other fresh ranges, when a
    /// second copy of it is needed to make a third one.
    ///
    /// # Errors
    /// When nothing can be read at all. What single blobs lack is in [`Scanned::missing`].
    fn scan(&self, seeker: &Seeker<'_>) -> Result<Scanned, Missing>;

    /// Where blobs come from: for each the oldest commit that has it, and the path that it has there.
    ///
    /// Commits are ordered parents first, then by date, then by id; of several paths in one commit the first one
    /// counts. A blob that no ref reaches has no origin.
    ///
    /// # Errors
    /// When a commit or a tree on the way cannot be read.
    fn origins(&self, blobs: &BTreeSet<ObjectId>) -> Result<BTreeMap<ObjectId, Origin>, Missing>;

    /// The files in which a name finder finds something, each with the oldest commit that has it under that name; sorted
    /// by blob.
    ///
    /// Only names that [`Telling`] says yes to are looked at, whatever stands above them. Blobs that no ref reaches have no
    /// names and are not among it.
    ///
    /// # Errors
    /// When a commit or a tree on the way cannot be read.
    fn named(&self, seeker: &NameSeeker<'_>) -> Result<Named, Missing>;

    /// The content of one blob.
    ///
    /// # Errors
    /// When it is absent from this clone, corrupt or beyond the size limit.
    fn read(&self, blob: &ObjectId) -> Result<Arc<[u8]>, Missing>;

    /// Gives the content of a blob that is too large for [`History::read`], piece by piece; nothing for any other blob.
    ///
    /// # Errors
    /// When it cannot be read to its end. What was given before that counts for nothing.
    fn read_large(&self, blob: &ObjectId, each: &mut dyn FnMut(&[u8])) -> Option<Result<(), Missing>>;
}

/// What looks for marks.
pub struct Seeker<'a> {
    /// A digest that names what it looks for. Two seekers of one name find the same in every piece, whenever they are
    /// asked, as long as the program is the same; so what one has found may be remembered for the other. Without a name
    /// nothing is.
    pub name: Option<[u8; 32]>,
    /// Looks.
    pub find: &'a Find<'a>,
}

/// What [`History::scan`] asks of each piece.
pub type Find<'a> = dyn Fn(&Piece<'_>) -> Vec<Mark> + Sync + 'a;

/// Whether the name of a file tells that it may hold something, or the name of a folder that the files in it may: the last
/// part of a path, and whether it is a folder's. Handed in, so that Git need not know what is looked for.
pub type Telling = fn(name: &[u8], is_folder: bool) -> bool;

/// What looks for something in files whose names tell what they are.
pub struct NameSeeker<'a> {
    /// As [`Seeker::name`].
    pub name: Option<[u8; 32]>,
    /// Whether a file at this path is to be looked at.
    pub is_wanted: &'a (dyn Fn(&RepoPath) -> bool + Sync),
    /// Whether it holds something.
    pub holds: &'a (dyn Fn(&RepoPath, &[u8]) -> bool + Sync),
}

/// What a name finder found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// The files that hold something, and where they come from.
    pub files: Vec<(ObjectId, Origin)>,
    /// What could not be looked at.
    pub missing: Vec<Missing>,
}

/// A blob, and what of it is new.
#[derive(Debug)]
pub struct Piece<'a> {
    /// The blob.
    pub id: ObjectId,
    /// All of its content.
    pub content: &'a [u8],
    /// What no other blob that was shown already had: byte ranges, sorted, apart from each other. Where bytes were
    /// taken out the range is what then stands side by side. Each is grown by [`Piece::MARGIN`] bytes on both sides and
    /// on to the ends of the lines, these at most [`Piece::LINE`] bytes away.
    pub fresh: &'a [Range<usize>],
}

impl Piece<'_> {
    /// Bytes by which a fresh range is grown on both sides.
    pub const MARGIN: usize = 128;
    /// Bytes that the end of a line may be away from there; a longer line is cut.
    pub const LINE: usize = 4096;
}

/// Something found in a blob.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The bytes of the content that make it what it is.
    pub span: Range<usize>,
    /// The finder's own identity of what it found, such as a keyed hash of it.
    pub tag: u64,
}

/// What a scan of the whole history found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scanned {
    /// Every blob that holds a mark, sorted, by the tag of the mark. Blobs that no ref reaches are among them:
    /// [`History::origins`] knows which.
    pub holders: BTreeMap<u64, Vec<ObjectId>>,
    /// Number of blobs that were read.
    pub blobs: u64,
    /// Bytes of their contents.
    pub bytes: u64,
    /// Bytes of the fresh ranges.
    pub fresh: u64,
    /// What could not be looked at: absent, damaged, too large. Something could hide in there.
    pub missing: Vec<Missing>,
}

/// Where a blob comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Origin {
    /// Its path in the tree of that commit. The root when a ref names the blob itself.
    pub path: RepoPath,
    /// The oldest commit that has it; what the ref names where no commit has it.
    pub commit: ObjectId,
    /// When that was committed, by the committer's clock.
    pub time: Timestamp,
    /// The position of that commit among all of them. Many may have been committed in the same second.
    pub order: u64,
}
