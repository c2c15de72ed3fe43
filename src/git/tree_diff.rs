//! Which files differ between two trees. Costs what changed: equal subtrees are never opened.
//!
//! Only names and ids are compared here. Attributes, configuration and contents have no say, so that
//! nothing that a change brings along can hide a part of it.

use std::cmp::Ordering;

use crate::git::folder::{Budget, Folder, joined};
use crate::git::objects::{ObjectError, Objects};
use crate::git::tree_entries::{self, EntryKind, TreeEntry, TreeProblem};
use crate::model::{Change, ChangeKind, File, ObjectId, RepoPath};

/// The files that differ between two trees, sorted by path; `None` is the empty tree.
///
/// A file that became a folder, or the reverse, is a deletion and additions. Renames are left to
/// [`crate::git::renames::detect`].
///
/// # Errors
/// When a tree on the way cannot be read, or the trees are larger or deeper than the limits.
pub fn diff_trees(
    objects: &Objects,
    base: Option<ObjectId>,
    head: Option<ObjectId>,
) -> Result<Vec<Change>, ObjectError> {
    let mut found = Vec::new();
    walk_pairs(objects, base, head, |event| {
        if let Event::Changed(change) = event {
            found.push(change);
        }
        found.len()
    })?;
    found.sort_by(|one, other| one.path().cmp(other.path()).then_with(|| one.cmp(other)));
    Ok(found)
}

/// What an honest Git would not have written in the folders that differ between two trees, sorted.
///
/// # Errors
/// As for [`diff_trees`], but for trees whose entries cannot be told apart: those are in the answer.
pub fn malformed_trees(
    objects: &Objects,
    base: Option<ObjectId>,
    head: Option<ObjectId>,
) -> Result<Vec<TreeProblem>, ObjectError> {
    let mut found = Vec::new();
    let walked = walk_pairs(objects, base, head, |event| {
        if let Event::NewTree(folder, data) = event {
            found.extend(tree_entries::validate(data, objects.hash(), &RepoPath::from_bytes(folder)));
        }
        found.len()
    });
    match walked {
        Err(ObjectError::MalformedTree { .. }) if !found.is_empty() => {}
        other => other?,
    }
    found.sort();
    Ok(found)
}

enum Event<'a> {
    /// A folder of the head that the base does not have like this: its path and its content.
    NewTree(&'a [u8], &'a [u8]),
    Changed(Change),
}

struct Pair {
    base: Option<ObjectId>,
    head: Option<ObjectId>,
    folder: Vec<u8>,
    depth: usize,
}

/// Walks both trees side by side. `visit` says how much it has collected.
fn walk_pairs(
    objects: &Objects,
    base: Option<ObjectId>,
    head: Option<ObjectId>,
    mut visit: impl FnMut(Event<'_>) -> usize,
) -> Result<(), ObjectError> {
    let mut budget = Budget::default();
    let mut open = vec![Pair { base, head, folder: Vec::new(), depth: 0 }];
    while let Some(pair) = open.pop() {
        if pair.base == pair.head {
            continue;
        }
        let (old, new) = (Folder::read(objects, pair.base)?, Folder::read(objects, pair.head)?);
        if let Some(data) = &new.data {
            visit(Event::NewTree(&pair.folder, data));
        }
        let (old, new) = (old.entries(objects.hash())?, new.entries(objects.hash())?);
        budget.spend(old.len() + new.len(), pair.depth)?;
        for (old, new) in Joined::new(&old, &new) {
            if let (Some(old), Some(new)) = (old, new)
                && old.id == new.id
                && old.kind() == new.kind()
            {
                continue;
            }
            let Some(name) = new.or(old).map(|it| it.name) else { continue };
            let path = joined(&pair.folder, name);
            let tree = |it: Option<&TreeEntry<'_>>| it.filter(|it| it.kind() == EntryKind::Folder).map(|it| it.id);
            let (old_tree, new_tree) = (tree(old), tree(new));
            if let Some(change) = change(&path, old, new) {
                budget.count(visit(Event::Changed(change)))?;
            }
            if old_tree.is_some() || new_tree.is_some() {
                open.push(Pair { base: old_tree, head: new_tree, folder: path, depth: pair.depth + 1 });
            }
        }
    }
    Ok(())
}

/// The change of the file entries at one path, if there is any.
fn change(path: &[u8], old: Option<&TreeEntry<'_>>, new: Option<&TreeEntry<'_>>) -> Option<Change> {
    let (old, new) = (old.and_then(|it| file(path, it)), new.and_then(|it| file(path, it)));
    let kind = match (&old, &new) {
        (None, None) => return None,
        (None, Some(_)) => ChangeKind::Added,
        (Some(_), None) => ChangeKind::Deleted,
        (Some(_), Some(_)) => ChangeKind::Modified,
    };
    Some(Change { kind, old, new })
}

fn file(path: &[u8], entry: &TreeEntry<'_>) -> Option<File> {
    match entry.kind() {
        EntryKind::Folder => None,
        EntryKind::File(mode) => Some(File { path: RepoPath::from_bytes(path), mode, id: entry.id }),
    }
}

/// Pairs the entries of two sorted lists by name and by being a folder.
struct Joined<'a> {
    old: &'a [TreeEntry<'a>],
    new: &'a [TreeEntry<'a>],
}

impl<'a> Joined<'a> {
    fn new(old: &'a [TreeEntry<'a>], new: &'a [TreeEntry<'a>]) -> Self {
        Self { old, new }
    }
}

impl<'a> Iterator for Joined<'a> {
    type Item = (Option<&'a TreeEntry<'a>>, Option<&'a TreeEntry<'a>>);

    fn next(&mut self) -> Option<Self::Item> {
        let order = match (self.old.first(), self.new.first()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(old), Some(new)) => old.order(new),
        };
        let (mut old, mut new) = (None, None);
        if order != Ordering::Greater {
            (old, self.old) = self.old.split_first().map_or((None, self.old), |(first, rest)| (Some(first), rest));
        }
        if order != Ordering::Less {
            (new, self.new) = self.new.split_first().map_or((None, self.new), |(first, rest)| (Some(first), rest));
        }
        Some((old, new))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::folder::{DEEPEST, MOST_ENTRIES, MOST_FILES};
    use crate::git::scratch::{Scratch, raw_entry};
    use crate::model::FileMode;

    /// The changes as `git diff-tree --raw` writes them, sorted.
    fn raw(changes: &[Change]) -> Vec<String> {
        let mode = |file: &Option<File>| match file.as_ref().map(|it| it.mode) {
            None => "000000",
            Some(FileMode::Regular) => "100644",
            Some(FileMode::Executable) => "100755",
            Some(FileMode::Symlink) => "120000",
            Some(FileMode::Gitlink) => "160000",
        };
        let id = |file: &Option<File>| file.as_ref().map_or(ObjectId::NONE, |it| it.id);
        let line = |it: &Change| {
            format!(":{} {} {} {}\t{}", mode(&it.old), mode(&it.new), id(&it.old), id(&it.new), it.path())
        };
        let mut lines: Vec<String> = changes.iter().map(line).collect();
        lines.sort();
        lines
    }

    fn same_as_git(scratch: &Scratch, base: &str, head: &str) -> Vec<Change> {
        let objects = scratch.objects();
        let tree = |revision: &str| Some(scratch.id(&format!("{revision}^{{tree}}")));
        let changes = diff_trees(&objects, tree(base), tree(head)).unwrap();
        let text = scratch.git(&["diff-tree", "-r", "--raw", "--no-renames", "--no-abbrev", base, head]);
        let mut expected: Vec<String> = text
            .lines()
            .map(|line| {
                let (facts, path) = line.split_once('\t').unwrap();
                format!("{}\t{path}", facts.rsplit_once(' ').unwrap().0)
            })
            .collect();
        expected.sort();
        assert_eq!(raw(&changes), expected);
        assert!(changes.is_sorted_by(|one, next| one.path() <= next.path()));
        changes
    }

    #[cfg(unix)]
    #[test]
    fn every_sort_of_change_is_seen_as_git_sees_it() {
        let scratch = Scratch::new();
        for path in
            ["same/deep/a", "edited", "gone/x", "gone/y", "file-to-folder", "folder-to-file/a", "a", "a.b", "mode"]
        {
            scratch.write(path, path);
        }
        scratch.write("link", "was a file");
        scratch.commit("base");
        scratch.write("edited", "other");
        for path in ["gone/x", "gone/y", "file-to-folder", "folder-to-file/a", "link", "a"] {
            scratch.remove(path);
        }
        std::fs::remove_dir(scratch.path().join("folder-to-file")).unwrap();
        scratch.write("file-to-folder/inside", "x");
        scratch.write("folder-to-file", "y");
        scratch.write("a/b", "z");
        std::os::unix::fs::symlink("/etc/passwd", scratch.path().join("link")).unwrap();
        std::os::unix::fs::PermissionsExt::set_mode(
            &mut std::fs::metadata(scratch.path().join("mode")).unwrap().permissions(),
            0o755,
        );
        scratch.git(&["update-index", "--chmod=+x", "mode"]);
        scratch.git(&["add", "--all"]);
        scratch.git(&["update-index", "--chmod=+x", "mode"]);
        let commit = scratch.id("HEAD");
        scratch.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},sub")]);
        scratch.git(&["commit", "--quiet", "--message", "head"]);
        let changes = same_as_git(&scratch, "HEAD~1", "HEAD");
        assert_eq!(changes.len(), 12);
        assert!(changes.iter().all(|it| !it.path().as_str().starts_with("same")));
        same_as_git(&scratch, "HEAD", "HEAD~1");
    }

    #[test]
    fn names_that_are_no_text_and_the_empty_tree_compare() {
        let scratch = Scratch::new();
        let blob = scratch.literal("blob", b"x");
        let tree = scratch.literal("tree", &raw_entry("100644", b"caf\xe9\n", &blob));
        let objects = scratch.objects();
        let changes = diff_trees(&objects, None, Some(tree)).unwrap();
        assert_eq!(changes.iter().map(|it| it.path().to_bytes()).collect::<Vec<_>>(), [b"caf\xe9\n"]);
        let empty: ObjectId = "4b825dc642cb6eb9a060e54bf8d69288fbee4904".parse().unwrap();
        assert_eq!(diff_trees(&objects, Some(empty), Some(tree)).unwrap(), changes);
        assert_eq!(diff_trees(&objects, Some(tree), Some(tree)).unwrap(), []);
    }

    #[test]
    fn nothing_hides_in_a_tree_with_wrong_order_and_duplicates() {
        let scratch = Scratch::new();
        let (one, two) = (scratch.literal("blob", b"1"), scratch.literal("blob", b"2"));
        let honest = scratch.literal("tree", &raw_entry("100644", b"b", &one));
        let raw = [raw_entry("100644", b"b", &one), raw_entry("100644", b"b", &two), raw_entry("100644", b"a", &two)];
        let hostile = scratch.literal("tree", &raw.concat());
        let objects = scratch.objects();
        let changes = diff_trees(&objects, Some(honest), Some(hostile)).unwrap();
        let paths: Vec<&str> = changes.iter().map(|it| it.path().as_str()).collect();
        assert_eq!(paths, ["a", "b"]);
        assert!(changes.iter().all(|it| it.new.as_ref().map(|it| it.id) == Some(two)));
        let problems = malformed_trees(&objects, Some(honest), Some(hostile)).unwrap();
        let kinds: Vec<_> = problems.iter().map(|it| it.kind).collect();
        use tree_entries::TreeProblemKind;
        assert_eq!(kinds, [TreeProblemKind::Unsorted, TreeProblemKind::Duplicate]);
        assert_eq!(malformed_trees(&objects, Some(hostile), Some(honest)).unwrap(), []);
    }

    #[test]
    fn a_tree_that_cannot_be_read_is_an_error_and_a_problem() {
        let scratch = Scratch::new();
        let broken = scratch.literal("tree", b"100644 a\0short");
        let root = scratch.literal("tree", &raw_entry("40000", b"sub", &broken));
        let objects = scratch.objects();
        assert!(
            matches!(diff_trees(&objects, None, Some(root)), Err(ObjectError::MalformedTree { id, .. }) if id == broken)
        );
        let problems = malformed_trees(&objects, None, Some(root)).unwrap();
        assert_eq!(problems.iter().map(|it| it.path.as_str()).collect::<Vec<_>>(), ["sub"]);
    }

    #[test]
    fn folders_that_multiply_themselves_end_in_an_error() {
        let scratch = Scratch::new();
        let blob = scratch.literal("blob", b"x");
        let names: Vec<String> = (0..100).map(|it| format!("{it:03}")).collect();
        let level = |mode, id| names.iter().flat_map(|name| raw_entry(mode, name.as_bytes(), &id)).collect::<Vec<u8>>();
        let mut folders = scratch.literal("tree", &[]);
        let mut files = scratch.literal("tree", &level("100644", blob));
        for _ in 0..6 {
            folders = scratch.literal("tree", &level("40000", folders));
            files = scratch.literal("tree", &level("40000", files));
        }
        for (bomb, limit) in [(folders, MOST_ENTRIES), (files, MOST_FILES)] {
            let walked = diff_trees(&scratch.objects(), None, Some(bomb));
            assert!(matches!(walked, Err(ObjectError::Beyond { limit: it, .. }) if it == limit), "{walked:?}");
        }
        assert_eq!(diff_trees(&scratch.objects(), Some(files), Some(files)).unwrap(), []);
    }

    #[test]
    fn folders_as_deep_as_git_allows_are_read_and_deeper_ones_are_not() {
        let objects_of = |depth: usize| {
            let scratch = Scratch::new();
            let blob = scratch.literal("blob", b"x");
            let mut tree = raw_entry("100644", b"x", &blob);
            let dir = scratch.object_dir();
            for _ in 0..depth {
                let id = loose_tree(&dir, &tree);
                tree = raw_entry("40000", b"d", &id);
            }
            let root = loose_tree(&dir, &tree);
            diff_trees(&scratch.objects(), None, Some(root))
        };
        assert_eq!(objects_of(DEEPEST).unwrap().len(), 1);
        assert!(matches!(objects_of(DEEPEST + 1), Err(ObjectError::Beyond { .. })));
    }

    /// Writes a tree without starting git for each one.
    fn loose_tree(dir: &std::path::Path, content: &[u8]) -> ObjectId {
        let mut raw = format!("tree {}\0", content.len()).into_bytes();
        raw.extend_from_slice(content);
        let id = ObjectId::from_bytes(&sha1_checked::Digest::finalize(sha1_checked::Digest::chain_update(
            sha1_checked::Sha1::new(),
            &raw,
        )))
        .unwrap();
        let hex = id.to_string();
        let (first, rest) = hex.split_at(2);
        std::fs::create_dir_all(dir.join(first)).unwrap();
        let file = std::fs::File::create(dir.join(first).join(rest)).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut zlib, &raw).unwrap();
        zlib.finish().unwrap();
        id
    }
}
