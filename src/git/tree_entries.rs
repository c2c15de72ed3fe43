//! Trees as Git stores them: a parser that yields what can be read, and a validator that tells what
//! an honest Git would not have written.
//!
//! libgit2 and most tools accept hostile trees in silence. Here reading goes on as far as it can, so
//! that nothing hides behind a malformed entry, and [`validate`] says what is wrong.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use crate::git::objects::HashKind;
use crate::model::{FileMode, ObjectId, RepoPath};

/// What an entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum EntryKind {
    /// Another tree.
    Folder,
    /// A file, a symbolic link or a submodule.
    File(FileMode),
}

/// One entry of a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TreeEntry<'a> {
    /// The mode as it stands there.
    pub mode: u32,
    /// The name: bytes, unchecked.
    pub name: &'a [u8],
    /// The blob, the tree, or the commit of a submodule.
    pub id: ObjectId,
    /// Whether the mode is written with leading zeros.
    padded: bool,
}

impl<'a> TreeEntry<'a> {
    /// What the mode means, as Git reads it: an unknown type counts as a submodule.
    #[must_use]
    pub fn kind(&self) -> EntryKind {
        match self.mode & 0o170_000 {
            0o040_000 => EntryKind::Folder,
            0o120_000 => EntryKind::File(FileMode::Symlink),
            0o100_000 if self.mode & 0o100 != 0 => EntryKind::File(FileMode::Executable),
            0o100_000 => EntryKind::File(FileMode::Regular),
            _ => EntryKind::File(FileMode::Gitlink),
        }
    }

    /// Git's order of entries: by name, where the name of a folder ends in a slash.
    #[must_use]
    pub fn order(&self, other: &TreeEntry<'_>) -> Ordering {
        let common = self.name.len().min(other.name.len());
        let start = |name: &'a [u8]| name.get(..common).unwrap_or_default();
        let theirs = other.name.get(..common).unwrap_or_default();
        let order = start(self.name).cmp(theirs).then_with(|| self.after(common).cmp(&other.after(common)));
        order.then(self.name.len().cmp(&other.name.len()))
    }

    /// The byte at `index`; a folder has a slash after its name.
    fn after(&self, index: usize) -> u8 {
        let end = if self.kind() == EntryKind::Folder { b'/' } else { 0 };
        self.name.get(index).copied().unwrap_or(end)
    }
}

/// Iterates over the entries of a tree. After an error it is over: the rest cannot be told apart.
#[derive(Clone, Debug)]
pub struct TreeEntries<'a> {
    rest: &'a [u8],
    id_len: usize,
}

impl<'a> TreeEntries<'a> {
    /// The entries of a tree with this content.
    #[must_use]
    pub fn new(data: &'a [u8], hash: HashKind) -> Self {
        Self { rest: data, id_len: hash.id_len() }
    }

    /// Bytes that are still to be parsed.
    pub(super) fn left(&self) -> usize {
        self.rest.len()
    }

    fn entry(&mut self) -> Result<TreeEntry<'a>, &'static str> {
        const EARLY: &str = "an entry ends early";
        let space = self.rest.iter().take(16).position(|byte| *byte == b' ').ok_or("an entry has no mode")?;
        let (mode, rest) = self.rest.split_at_checked(space).ok_or(EARLY)?;
        let rest = rest.get(1..).unwrap_or_default();
        let value = octal(mode).ok_or("an entry has no octal mode")?;
        let end = memchr::memchr(0, rest).ok_or(EARLY)?;
        let (name, rest) = rest.split_at_checked(end).ok_or(EARLY)?;
        let (raw, rest) = rest.get(1..).and_then(|it| it.split_at_checked(self.id_len)).ok_or(EARLY)?;
        self.rest = rest;
        let id = ObjectId::from_bytes(raw).ok_or(EARLY)?;
        Ok(TreeEntry { mode: value, name, id, padded: mode.starts_with(b"0") })
    }
}

impl<'a> Iterator for TreeEntries<'a> {
    type Item = Result<TreeEntry<'a>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.entry();
        if entry.is_err() {
            self.rest = &[];
        }
        Some(entry)
    }
}

fn octal(digits: &[u8]) -> Option<u32> {
    let valid = !digits.is_empty() && digits.len() <= 7 && digits.iter().all(|it| matches!(it, b'0'..=b'7'));
    valid.then(|| digits.iter().fold(0, |value, digit| value * 8 + u32::from(digit - b'0')))
}

/// Something in a tree that an honest Git would not have written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct TreeProblem {
    /// The entry, or the folder when its bytes cannot be read.
    pub path: RepoPath,
    /// What is wrong.
    pub kind: TreeProblemKind,
}

/// What is wrong with an entry of a tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum TreeProblemKind {
    /// The bytes stop being entries here.
    Unreadable,
    /// No name at all.
    EmptyName,
    /// `.` or `..`.
    DotName,
    /// A slash in a name: it stands for another path on disk.
    Slash,
    /// A backslash in a name: another path on Windows.
    Backslash,
    /// `.git`, or a name that some file system takes for it.
    DotGit,
    /// A symbolic link that Git would read as its own configuration, such as `.gitmodules`.
    SpecialSymlink,
    /// Two entries of one name.
    Duplicate,
    /// Not in Git's order.
    Unsorted,
    /// A mode that Git does not write.
    Mode,
    /// The all-zero object name.
    NullId,
}

impl fmt::Display for TreeProblemKind {
    /// A fragment that fits after "the entry `path` ".
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Unreadable => "stands in a tree whose bytes cannot be read",
            Self::EmptyName => "has no name",
            Self::DotName => "is named `.` or `..`",
            Self::Slash => "has a slash in its name",
            Self::Backslash => "has a backslash in its name, which is another path on Windows",
            Self::DotGit => "is named `.git`, or so that some file system takes it for `.git`",
            Self::SpecialSymlink => "is a symbolic link in the place of a file that configures Git",
            Self::Duplicate => "stands twice in its folder",
            Self::Unsorted => "is not in the order that Git keeps",
            Self::Mode => "has a mode that Git does not write",
            Self::NullId => "names no object",
        })
    }
}

/// Tells what is wrong with a tree, entry by entry. `folder` is where the tree stands.
#[must_use]
pub fn validate(data: &[u8], hash: HashKind, folder: &RepoPath) -> Vec<TreeProblem> {
    let mut problems = Vec::new();
    let mut names = BTreeSet::new();
    let mut previous: Option<TreeEntry<'_>> = None;
    for entry in TreeEntries::new(data, hash) {
        let Ok(entry) = entry else {
            problems.push(TreeProblem { path: folder.clone(), kind: TreeProblemKind::Unreadable });
            break;
        };
        let mut found = name_problems(&entry);
        if !names.insert(entry.name) {
            found.push(TreeProblemKind::Duplicate);
        }
        if previous.is_some_and(|previous| previous.order(&entry) == Ordering::Greater) {
            found.push(TreeProblemKind::Unsorted);
        }
        if entry.padded || !matches!(entry.mode, 0o040_000 | 0o100_644 | 0o100_664 | 0o100_755 | 0o120_000 | 0o160_000)
        {
            found.push(TreeProblemKind::Mode);
        }
        if entry.id.is_zero() {
            found.push(TreeProblemKind::NullId);
        }
        let path = || folder.join(&RepoPath::from_bytes(entry.name));
        problems.extend(found.into_iter().map(|kind| TreeProblem { path: path(), kind }));
        previous = Some(entry);
    }
    problems
}

fn name_problems(entry: &TreeEntry<'_>) -> Vec<TreeProblemKind> {
    let name = entry.name;
    let is_symlink = entry.kind() == EntryKind::File(FileMode::Symlink);
    let special = ["modules", "attributes", "ignore"];
    let checks = [
        (name.is_empty(), TreeProblemKind::EmptyName),
        (matches!(name, b"." | b".."), TreeProblemKind::DotName),
        (name.contains(&b'/'), TreeProblemKind::Slash),
        (name.contains(&b'\\'), TreeProblemKind::Backslash),
        (is_dot_git(name), TreeProblemKind::DotGit),
        (is_symlink && special.iter().any(|it| is_dot_git_file(name, it)), TreeProblemKind::SpecialSymlink),
    ];
    checks.into_iter().filter(|(wrong, _)| *wrong).map(|(_, kind)| kind).collect()
}

/// Whether some file system takes this name for `.git`: without regard to case, with code points
/// that HFS+ ignores, as the short name `git~1`, or with the tails that NTFS drops.
#[must_use]
pub fn is_dot_git(name: &[u8]) -> bool {
    let plain = without_ignorable(name);
    plain.eq_ignore_ascii_case(b".git")
        || name.split(|byte| *byte == b'\\').any(|part| {
            let part = without_ntfs_tail(part);
            part.eq_ignore_ascii_case(b".git") || part.eq_ignore_ascii_case(b"git~1")
        })
}

/// Whether some file system takes this name for `.git` plus `stem`, such as `.gitmodules`.
#[must_use]
pub fn is_dot_git_file(name: &[u8], stem: &str) -> bool {
    let full = format!(".git{stem}");
    let plain = without_ntfs_tail(name);
    // The short names of NTFS: `gitmod~1` to `gitmod~4`.
    let short = stem.get(..3).map(|start| format!("git{start}~")).unwrap_or_default();
    let is_short = plain.len() == short.len() + 1
        && plain.get(..short.len()).is_some_and(|it| it.eq_ignore_ascii_case(short.as_bytes()))
        && matches!(plain.last(), Some(b'1'..=b'4'));
    is_short
        || plain.eq_ignore_ascii_case(full.as_bytes())
        || without_ignorable(name).eq_ignore_ascii_case(full.as_bytes())
}

/// NTFS drops spaces and dots at the end of a name, and reads what follows a colon as a stream.
fn without_ntfs_tail(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|byte| *byte == b':').unwrap_or(name.len());
    let mut name = name.get(..end).unwrap_or_default();
    while let [rest @ .., b' ' | b'.'] = name {
        name = rest;
    }
    name
}

/// The name without the code points that HFS+ ignores.
fn without_ignorable(name: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        let mut buffer = [0; 4];
        for symbol in chunk.valid().chars().filter(|it| !is_ignorable(*it)) {
            kept.extend_from_slice(symbol.encode_utf8(&mut buffer).as_bytes());
        }
        kept.extend_from_slice(chunk.invalid());
    }
    kept
}

fn is_ignorable(symbol: char) -> bool {
    matches!(symbol, '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{206A}'..='\u{206F}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::git::scratch::{Scratch, raw_entry};

    fn id() -> ObjectId {
        ObjectId::from_bytes(&[7; 20]).unwrap()
    }

    fn problems(entries: &[(&str, &[u8])]) -> Vec<TreeProblemKind> {
        let raw: Vec<u8> = entries.iter().flat_map(|(mode, name)| raw_entry(mode, name, &id())).collect();
        validate(&raw, HashKind::Sha1, &RepoPath::root()).into_iter().map(|it| it.kind).collect()
    }

    #[test]
    fn a_tree_that_git_wrote_has_no_problem() {
        let scratch = Scratch::new();
        for path in ["a", "a.b", "a-b", "ab/c", "a.d/x", ".gitignore", ".gitattributes", "g\u{200d}it", "git~2x", "..."]
        {
            scratch.write(path, path);
        }
        scratch.write("name with space", "x");
        scratch.commit("one");
        let tree = scratch.objects().read(&scratch.id("HEAD^{tree}")).unwrap();
        assert_eq!(validate(&tree.data, HashKind::Sha1, &RepoPath::root()), []);
    }

    #[test]
    fn every_disguise_of_dot_git_is_seen_and_other_names_are_not() {
        let disguises = [
            ".git",
            ".GIT",
            ".Git",
            ".git ",
            ".git.",
            ".git . .",
            "git~1",
            "GIT~1",
            ".git:stream",
            ".git::$INDEX_ALLOCATION",
            ".g\u{200c}it",
            "\u{feff}.git",
            ".gi\u{206f}T",
            "x\\.git",
            ".git\\x",
        ];
        for name in disguises {
            assert!(is_dot_git(name.as_bytes()), "{name:?}");
        }
        for name in
            ["git", ".gitignore", ".gi", "git~2", ".git2", "x.git", ".git-blame-ignore-revs", "..git", "\u{e9}.git"]
        {
            assert!(!is_dot_git(name.as_bytes()), "{name:?}");
        }
    }

    #[test]
    fn each_problem_is_told() {
        assert_eq!(problems(&[("100644", b"")]), [TreeProblemKind::EmptyName]);
        assert_eq!(problems(&[("100644", b"..")]), [TreeProblemKind::DotName]);
        assert_eq!(problems(&[("40000", b".")]), [TreeProblemKind::DotName]);
        assert_eq!(problems(&[("100644", b"a/b")]), [TreeProblemKind::Slash]);
        assert_eq!(problems(&[("100644", b"a\\b")]), [TreeProblemKind::Backslash]);
        assert_eq!(problems(&[("40000", b".GIT")]), [TreeProblemKind::DotGit]);
        assert_eq!(problems(&[("120000", b".gitmodules")]), [TreeProblemKind::SpecialSymlink]);
        assert_eq!(problems(&[("120000", b"GITMOD~1")]), [TreeProblemKind::SpecialSymlink]);
        assert_eq!(problems(&[("100644", b"a"), ("100644", b"a")]), [TreeProblemKind::Duplicate]);
        assert_eq!(problems(&[("100644", b"a"), ("100644", b"a.b"), ("40000", b"a")]), [TreeProblemKind::Duplicate]);
        assert_eq!(problems(&[("100644", b"b"), ("100644", b"a")]), [TreeProblemKind::Unsorted]);
        assert_eq!(problems(&[("40000", b"a"), ("100644", b"a.b")]), [TreeProblemKind::Unsorted]);
        for mode in ["100600", "100777", "10644", "040000", "0", "107777"] {
            assert_eq!(problems(&[(mode, b"a")]), [TreeProblemKind::Mode], "{mode}");
        }
        let null = raw_entry("100644", b"a", &ObjectId::NONE);
        assert_eq!(validate(&null, HashKind::Sha1, &RepoPath::root()).len(), 1);
    }

    #[test]
    fn what_stands_before_a_broken_entry_is_still_read() {
        let good = raw_entry("100644", b"a", &id());
        for tail in [
            &b"100644 b\0short"[..],
            b"100644",
            b" b\0",
            b"1006x4 b\0aaaaaaaaaaaaaaaaaaaa",
            b"77777777 b\0aaaaaaaaaaaaaaaaaaaa",
        ] {
            let raw = [good.as_slice(), tail].concat();
            let entries: Vec<_> = TreeEntries::new(&raw, HashKind::Sha1).collect();
            assert!(matches!(entries.as_slice(), [Ok(first), Err(_)] if first.name == b"a"), "{tail:?}");
            let kinds: Vec<_> =
                validate(&raw, HashKind::Sha1, &RepoPath::root()).into_iter().map(|it| it.kind).collect();
            assert_eq!(kinds, [TreeProblemKind::Unreadable]);
        }
    }

    proptest! {
        #[test]
        fn no_tree_bytes_panic(raw in proptest::collection::vec(any::<u8>(), 0..200), position in 0_usize..80, byte: u8) {
            let mut near: Vec<u8> = [raw_entry("100644", b"a", &id()), raw_entry("40000", b"b", &id())].concat();
            if let Some(at) = near.get_mut(position) {
                *at = byte;
            }
            for bytes in [raw, near] {
                let _ = validate(&bytes, HashKind::Sha1, &RepoPath::root());
                let _ = validate(&bytes, HashKind::Sha256, &RepoPath::root());
            }
        }

        #[test]
        fn the_order_of_entries_is_total(names in proptest::collection::vec("[a./]{0,3}", 3), folders: [bool; 3]) {
            let entry = |index: usize| TreeEntry {
                mode: if folders[index] { 0o040_000 } else { 0o100_644 },
                name: names[index].as_bytes(),
                id: id(),
                padded: false,
            };
            let (one, two, three) = (entry(0), entry(1), entry(2));
            prop_assert_eq!(one.order(&two), two.order(&one).reverse());
            if one.order(&two).is_le() && two.order(&three).is_le() {
                prop_assert!(one.order(&three).is_le());
            }
        }
    }
}
