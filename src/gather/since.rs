//! What became of a change since one of its earlier heads: the files whose part of it is another one by now.
//!
//! An approval is about what was looked at. A rebase that carries the change over as it was leaves it alone; an edit on
//! the way does not, however small, and neither does a base that undid or moved what the change rests on. A file's part
//! is the same when it goes from the same content to the same content, or when what was approved, made to the base of
//! today, gives exactly what the head has.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::formats::three_way;
use crate::git::object_tree::ObjectTree;
use crate::git::objects::{ObjectError, Objects};
use crate::git::tree_diff::diff_trees;
use crate::git::{Range, Repository, Side, history, range};
use crate::model::{Change, Fact, File, FileMode, Forge, Missing, ObjectId, RepoPath, Text, Tree};

/// Earlier heads that are compared at the most; beyond that nobody looked at them one by one either.
const MOST: usize = 200;

/// What the forge told, with what Git tells about each commit that it names as a head.
#[must_use]
pub fn since(repository: &Repository, range: &Range, forge: &Forge) -> Forge {
    let reviews = forge.reviews.iter().flat_map(|it| it.iter()).filter_map(|it| it.commit);
    let pushes = forge.pushes.iter().flat_map(|it| it.iter()).map(|it| it.head);
    let heads: BTreeSet<ObjectId> = reviews.chain(pushes).collect();
    let mut forge = forge.clone();
    let comparison = Comparison::new(repository, range);
    for (index, head) in heads.into_iter().enumerate() {
        let changed = match &comparison {
            Ok(comparison) if index < MOST => comparison.changed_since(head),
            Ok(_) => Err(Missing::here(
                format!("what the change was at `{}`: it is one of more than {MOST} earlier heads", head.short()),
                "approve the head of today",
            )),
            Err(missing) => Err(missing.clone()),
        };
        let told = forge.since.remove(&head);
        // A commit that is not in this clone may have been looked at where it was.
        let changed = changed.or_else(|missing| told.and_then(Result::ok).ok_or(missing));
        forge.since.insert(head, changed);
    }
    forge
}

/// The change as it is now.
struct Comparison<'a> {
    objects: &'a Objects,
    /// All of the head.
    head: ObjectTree,
    /// What the change goes to.
    target: ObjectId,
    /// The commit that is proposed.
    tip: ObjectId,
    now: BTreeMap<RepoPath, Change>,
}

impl<'a> Comparison<'a> {
    fn new(repository: &'a Repository, range: &Range) -> Fact<Self> {
        let objects = repository.objects();
        let (Side::Commit { tree: base, .. }, Side::Commit { commit, tree: head }) = (range.base, range.head) else {
            return Err(Missing::pull_request("what the change was when it was looked at"));
        };
        let target = range.target_tip.ok_or_else(|| Missing::pull_request("the branch that the change goes to"))?;
        let now = diff_trees(objects, Some(base), Some(head)).map_err(|error| objects.missing(&error))?;
        let head = ObjectTree::new(Arc::clone(objects), Some(head));
        Ok(Self { objects, head, target, tip: range.source_tip.unwrap_or(commit), now: by_path(now) })
    }

    fn changed_since(&self, earlier: ObjectId) -> Fact<Arc<[RepoPath]>> {
        if earlier == self.tip {
            return Ok(Arc::from([]));
        }
        if !self.objects.contains(&earlier) {
            return Err(Missing::here(
                format!("what the change was at `{}`: that commit is not in this clone", earlier.short()),
                format!("fetch it with `git fetch origin {earlier}`; where the forge has it no more, approve again"),
            ));
        }
        self.compare(earlier).map_err(|why| Missing {
            what: format!("what the change was at `{}`: {}", earlier.short(), why.what),
            ..why
        })
    }

    fn missing(&self, error: &ObjectError) -> Missing {
        self.objects.missing(error)
    }

    fn compare(&self, earlier: ObjectId) -> Fact<Arc<[RepoPath]>> {
        let then = self.change_at(earlier).map_err(|error| self.missing(&error))?;
        let paths: BTreeSet<&RepoPath> = then.keys().chain(self.now.keys()).collect();
        let mut changed = Vec::new();
        for path in paths {
            if !self.is_same(then.get(path), self.now.get(path))? {
                changed.push(path.clone());
            }
        }
        Ok(changed.into())
    }

    /// The change as it was when this commit was the head.
    fn change_at(&self, earlier: ObjectId) -> Result<BTreeMap<RepoPath, Change>, ObjectError> {
        let bases = history::merge_bases(self.objects, &self.target, &earlier)?;
        let base = range::newest(self.objects, &bases)?;
        let base = base.map(|id| self.objects.tree_of(&id)).transpose()?;
        Ok(by_path(diff_trees(self.objects, base, Some(self.objects.tree_of(&earlier)?))?))
    }

    fn is_same(&self, then: Option<&Change>, now: Option<&Change>) -> Fact<bool> {
        match (then, now) {
            (None, None) => Ok(true),
            (None, Some(_)) => Ok(false),
            // What was approved has landed in the target meanwhile, or the change no longer has it.
            (Some(then), None) => {
                let head = self.head.file(then.path())?;
                Ok(head.as_ref().map(content) == then.new.as_ref().map(content))
            }
            (Some(then), Some(now)) => {
                let sides = |it: &Change| (it.old.as_ref().map(content), it.new.as_ref().map(content));
                let is_carried = || self.is_carried_over(then, now).map_err(|error| self.missing(&error));
                Ok(sides(then) == sides(now) || is_carried()?)
            }
        }
    }

    /// Whether what was approved, made to the base of today, gives exactly what the head has.
    fn is_carried_over(&self, then: &Change, now: &Change) -> Result<bool, ObjectError> {
        let (Some(old), Some(ours)) = (&then.old, &then.new) else { return Ok(false) };
        let (Some(theirs), Some(result)) = (&now.old, &now.new) else { return Ok(false) };
        let is_file = |it: &&File| matches!(it.mode, FileMode::Regular | FileMode::Executable);
        if ![old, ours, theirs, result].iter().all(is_file) || !is_mode_carried([old, ours, theirs, result]) {
            return Ok(false);
        }
        let text = |file: &File| -> Result<Option<Text>, ObjectError> {
            let bytes = self.objects.read_blob(&file.id)?;
            let text = Text::decode(&bytes);
            // Only what is text through and through can be compared by its lines.
            Ok((text.as_str().as_bytes() == &*bytes && !bytes.contains(&0)).then_some(text))
        };
        let (Some(old), Some(ours), Some(theirs)) = (text(old)?, text(ours)?, text(theirs)?) else { return Ok(false) };
        let Some(merged) = three_way::merge(&old, &ours, &theirs) else { return Ok(false) };
        Ok(self.objects.read_blob(&result.id)?.as_ref() == merged.as_bytes())
    }
}

/// Whether the executable bit is what the approved change and the base of today make of it together.
fn is_mode_carried([old, ours, theirs, result]: [&File; 4]) -> bool {
    let wanted = if ours.mode == old.mode { theirs.mode } else { ours.mode };
    result.mode == wanted
}

fn content(file: &File) -> (FileMode, ObjectId) {
    (file.mode, file.id)
}

fn by_path(changes: Vec<Change>) -> BTreeMap<RepoPath, Change> {
    changes.into_iter().map(|change| (change.path().clone(), change)).collect()
}
