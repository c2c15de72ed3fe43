//! Files that came and went inside a range: a secret that one commit adds and the next one removes
//! is in no difference of two trees, and in every clone.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::git::folder::{Budget, Folder, joined};
use crate::git::objects::{ObjectError, Objects};
use crate::git::tree_entries::{EntryKind, TreeEntry};
use crate::model::{File, ObjectId, RepoPath, TransientFile};

/// The files that some commit of the range brought, and that neither the base nor the head has at
/// their path; sorted by path, each path and blob once, at the oldest commit that brought it.
///
/// A merge brings what none of its parents has, so that what was slipped into a merge is seen. The
/// range is newest first, as [`crate::git::history::range`] gives it.
///
/// # Errors
/// When a commit or a tree cannot be read, or there are more files than the limit.
pub fn transient_files(
    objects: &Objects,
    base_tree: Option<ObjectId>,
    head_tree: Option<ObjectId>,
    range: &[ObjectId],
) -> Result<Vec<TransientFile>, ObjectError> {
    let collected = AtomicUsize::new(0);
    let brought = |commit: &ObjectId| {
        let walked = objects.commit_parents_and_time(commit)?;
        let mut known = vec![base_tree, head_tree];
        for parent in true_parents(objects, commit, walked.parents)? {
            known.push(Some(objects.tree_of(&parent)?));
        }
        files_new_to_all(objects, walked.tree, known, &collected).map(|files| (*commit, files))
    };
    let brought: Result<Vec<(ObjectId, Vec<File>)>, ObjectError> = range.par_iter().map(brought).collect();
    let mut found = BTreeMap::new();
    for (commit, files) in brought?.into_iter().rev() {
        for file in files {
            found.entry((file.path.clone(), file.id)).or_insert(TransientFile { file, commit });
        }
    }
    Ok(found.into_values().collect())
}

/// The parents that a commit names: at a shallow boundary they are unknown, which is not the same as none.
fn true_parents(objects: &Objects, commit: &ObjectId, parents: Vec<ObjectId>) -> Result<Vec<ObjectId>, ObjectError> {
    if objects.shallow().contains(commit) { Ok(objects.commit(commit)?.parents) } else { Ok(parents) }
}

/// The files of a tree that none of the other trees has at the same path. Subtrees that one of them
/// has are not opened.
fn files_new_to_all(
    objects: &Objects,
    tree: ObjectId,
    known: Vec<Option<ObjectId>>,
    collected: &AtomicUsize,
) -> Result<Vec<File>, ObjectError> {
    let mut budget = Budget::default();
    let mut found = Vec::new();
    let mut open = vec![(tree, known, Vec::new(), 0)];
    while let Some((tree, known, folder, depth)) = open.pop() {
        if known.contains(&Some(tree)) {
            continue;
        }
        let content = Folder::read(objects, Some(tree))?;
        let others: Result<Vec<Folder>, _> =
            known.into_iter().flatten().map(|id| Folder::read(objects, Some(id))).collect();
        let others = others?;
        let others: Result<Vec<Vec<TreeEntry<'_>>>, _> = others.iter().map(|it| it.entries(objects.hash())).collect();
        let others = others?;
        let entries = content.entries(objects.hash())?;
        budget.spend(entries.len(), depth)?;
        for entry in &entries {
            let twins = others.iter().filter_map(|it| twin(it, entry));
            if twins.clone().any(|it| it.id == entry.id && it.kind() == entry.kind()) {
                continue;
            }
            let path = joined(&folder, entry.name);
            match entry.kind() {
                EntryKind::Folder => open.push((entry.id, twins.map(|it| Some(it.id)).collect(), path, depth + 1)),
                EntryKind::File(mode) => {
                    budget.count(collected.fetch_add(1, Ordering::Relaxed))?;
                    found.push(File { path: RepoPath::from_bytes(&path), mode, id: entry.id });
                }
            }
        }
    }
    Ok(found)
}

/// The entry of the same name, if it is of the same sort.
fn twin<'a>(sorted: &'a [TreeEntry<'a>], entry: &TreeEntry<'_>) -> Option<&'a TreeEntry<'a>> {
    sorted.binary_search_by(|it| it.order(entry)).ok().and_then(|position| sorted.get(position))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::history;
    use crate::git::scratch::Scratch;

    /// Path and subject of the commit that brought each transient file between two revisions.
    fn found(scratch: &Scratch, base: &str, head: &str) -> Vec<(String, String)> {
        let objects = scratch.objects();
        let range = history::range(&objects, &scratch.id(base), &scratch.id(head)).unwrap();
        let tree = |revision: &str| Some(scratch.id(&format!("{revision}^{{tree}}")));
        let files = transient_files(&objects, tree(base), tree(head), &range).unwrap();
        let subject = |it: &TransientFile| objects.commit(&it.commit).unwrap().subject().to_owned();
        files.iter().map(|it| (it.file.path.to_string(), subject(it))).collect()
    }

    fn pair(path: &str, subject: &str) -> (String, String) {
        (path.to_owned(), subject.to_owned())
    }

    #[test]
    fn what_was_added_and_removed_is_found_and_what_stays_is_not() {
        let scratch = Scratch::new();
        scratch.write("kept", "1");
        scratch.commit("base");
        scratch.write("dir/secret", "s");
        scratch.write("stays", "x");
        scratch.commit("adds");
        scratch.write("kept", "2");
        scratch.commit("edits");
        scratch.write("kept", "1");
        scratch.remove("dir/secret");
        scratch.commit("removes");
        assert_eq!(found(&scratch, "HEAD~3", "HEAD"), [pair("dir/secret", "adds"), pair("kept", "edits")]);
        assert_eq!(found(&scratch, "HEAD~3", "HEAD~2"), []);
    }

    #[test]
    fn a_merge_brings_only_what_none_of_its_parents_has() {
        let scratch = Scratch::new();
        scratch.write("a", "a");
        scratch.commit("base");
        scratch.git(&["branch", "base"]);
        scratch.git(&["checkout", "--quiet", "-b", "topic"]);
        scratch.write("topic", "t");
        scratch.commit("topic");
        scratch.git(&["checkout", "--quiet", "main"]);
        scratch.write("main", "m");
        scratch.commit("main");
        scratch.tick();
        scratch.git(&["merge", "--quiet", "--no-commit", "topic"]);
        scratch.write("evil", "e");
        scratch.commit("evil merge");
        scratch.remove("evil");
        scratch.remove("topic");
        scratch.commit("hides");
        let expected = [pair("evil", "evil merge"), pair("topic", "topic")];
        assert_eq!(found(&scratch, "base", "HEAD"), expected);
        assert_eq!(found(&scratch, "HEAD~1", "HEAD"), []);
    }
}
