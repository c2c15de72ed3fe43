//! Branches, tags and `HEAD`: read from loose files and `packed-refs`, or asked of Git for reftable.
//!
//! One name costs one small file and a binary search; all refs are listed only when a question is
//! about all of them. Names are checked by Git's own rules before they become paths.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::git::repository::{RefFormat, read_small};
use crate::git::{GitError, Repository, scrubbed};
use crate::model::ObjectId;

/// What `HEAD` is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Head {
    /// On a branch, by its full name; without an id when the branch has no commit yet.
    Branch {
        /// Full name: `refs/heads/main`.
        name: String,
        /// Its commit.
        id: Option<ObjectId>,
    },
    /// At a commit, on no branch.
    Detached(ObjectId),
}

impl Head {
    /// The commit, unless none was made yet.
    #[must_use]
    pub fn id(&self) -> Option<ObjectId> {
        match self {
            Self::Branch { id, .. } => *id,
            Self::Detached(id) => Some(*id),
        }
    }

    /// The branch by its short name.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        match self {
            Self::Branch { name, .. } => Some(name.strip_prefix("refs/heads/").unwrap_or(name)),
            Self::Detached(_) => None,
        }
    }
}

/// All refs.
#[derive(Default)]
pub(super) struct Listed {
    /// By full name; symbolic ones are resolved.
    refs: BTreeMap<String, ObjectId>,
    /// Where refs stand whose names are no UTF-8.
    pub(super) nameless: BTreeSet<ObjectId>,
    /// What should be a ref or a folder of refs and cannot be read, by name.
    pub(super) unread: BTreeSet<String>,
}

impl Listed {
    /// Everything that a ref stands at.
    pub(super) fn ids(&self) -> impl Iterator<Item = ObjectId> + '_ {
        self.refs.values().chain(&self.nameless).copied()
    }
}

/// Symbolic refs are followed this often, as in Git.
const DEEPEST: usize = 5;
/// Refs of one repository that are listed at most, and folders that are walked for them.
const MOST_REFS: usize = 4_000_000;
/// Names that the default branch has where nothing says so.
const USUAL_DEFAULTS: [&str; 4] = ["main", "master", "trunk", "develop"];
/// The largest `packed-refs`.
const PACKED_FILE: u64 = 1 << 30;

pub(super) enum Value {
    Id(ObjectId),
    Symbolic(String),
}

impl Repository {
    /// What `HEAD` is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn head(&self) -> Result<Head, GitError> {
        let broken = || GitError::broken(&self.git_dir.join("HEAD"), "it names neither a branch nor a commit");
        match self.value("HEAD")?.ok_or_else(broken)? {
            Value::Id(id) => Ok(Head::Detached(id)),
            Value::Symbolic(name) => Ok(Head::Branch { id: self.find_ref(&name)?, name }),
        }
    }

    /// The commits that are being merged into HEAD.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn merge_heads(&self) -> Result<Vec<ObjectId>, GitError> {
        let path = self.git_dir.join("MERGE_HEAD");
        let text = read_small(&path)?.unwrap_or_default();
        let ids = text.lines().map(|line| line.trim().parse::<ObjectId>());
        ids.collect::<Result<_, _>>().map_err(|_| GitError::broken(&path, "it names no commits"))
    }

    /// The id that a ref with this full name stands at; nothing when there is no such ref.
    ///
    /// # Errors
    /// When the ref cannot be read.
    pub fn find_ref(&self, full_name: &str) -> Result<Option<ObjectId>, GitError> {
        let mut name = full_name.to_owned();
        for _ in 0..=DEEPEST {
            match self.value(&name)? {
                None => return Ok(None),
                Some(Value::Id(id)) => return Ok(Some(id)),
                Some(Value::Symbolic(next)) => name = next,
            }
        }
        Err(GitError::broken(&self.git_dir, format!("`{full_name}` is a symbolic ref without an end")))
    }

    /// The full name of the default branch: what the remote calls its `HEAD`, else the usual names, at
    /// the remote first. Nothing when there is none.
    ///
    /// # Errors
    /// When refs cannot be read.
    pub fn default_branch(&self) -> Result<Option<String>, GitError> {
        if let Some(Value::Symbolic(name)) = self.value("refs/remotes/origin/HEAD")?
            && self.find_ref(&name)?.is_some()
        {
            return Ok(Some(name));
        }
        // Where branches are received, `HEAD` is the default branch: nobody checks out another one there.
        if self.is_bare()
            && let Some(Value::Symbolic(name)) = self.value("HEAD")?
            && self.find_ref(&name)?.is_some()
        {
            return Ok(Some(name));
        }
        let chosen = self.setting("init.defaultbranch");
        for prefix in ["refs/remotes/origin/", "refs/heads/"] {
            for name in chosen.as_deref().into_iter().chain(USUAL_DEFAULTS) {
                let name = format!("{prefix}{name}");
                if self.find_ref(&name)?.is_some() {
                    return Ok(Some(name));
                }
            }
        }
        Ok(None)
    }

    /// All refs with a prefix such as `refs/tags/`, by full name. Costs the number of refs.
    ///
    /// # Errors
    /// When refs cannot be read.
    pub fn refs_below<'a>(
        &'a self,
        prefix: &'a str,
    ) -> Result<impl Iterator<Item = (&'a str, ObjectId)> + 'a, GitError> {
        let all = &self.listed()?.refs;
        let range = all.range(prefix.to_owned()..).take_while(move |(name, _)| name.starts_with(prefix));
        Ok(range.map(|(name, id)| (name.as_str(), *id)))
    }

    pub(super) fn listed(&self) -> Result<&Listed, GitError> {
        if let Some(listed) = self.listed_refs.get() {
            return Ok(listed);
        }
        let listed = match self.ref_format() {
            RefFormat::Files => self.list_files()?,
            RefFormat::Reftable => self.list_with_git()?,
        };
        Ok(self.listed_refs.get_or_init(|| listed))
    }

    fn value(&self, name: &str) -> Result<Option<Value>, GitError> {
        if !is_ref_name(name) {
            return Ok(None);
        }
        if self.ref_format() == RefFormat::Reftable {
            return self.value_with_git(name);
        }
        let folder = if is_per_work_tree(name) { &self.git_dir } else { &self.common_dir };
        match read_small(&folder.join(name))? {
            Some(text) => {
                parse_value(&text).map(Some).ok_or_else(|| GitError::broken(&folder.join(name), "it is no ref"))
            }
            None => Ok(self.packed(name)?.map(Value::Id)),
        }
    }

    fn packed_refs(&self) -> Result<&[u8], GitError> {
        if let Some(raw) = self.packed_refs.get() {
            return Ok(raw);
        }
        let path = self.common_dir.join("packed-refs");
        let raw = match std::fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() && metadata.len() <= PACKED_FILE => {
                std::fs::read(&path).map_err(|error| GitError::io(&path, error))?
            }
            Ok(_) => return Err(GitError::broken(&path, "it is no regular file, or too large")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(GitError::io(&path, error)),
        };
        Ok(self.packed_refs.get_or_init(|| raw))
    }

    fn packed(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        let raw = self.packed_refs()?;
        let found = if raw.starts_with(b"# pack-refs") && header(raw).contains(" sorted") {
            search(raw, name.as_bytes())
        } else {
            lines(raw).find(|(_, it)| *it == name.as_bytes()).map(|(id, _)| id)
        };
        Ok(found)
    }

    fn list_files(&self) -> Result<Listed, GitError> {
        let mut listed = Listed::default();
        for line in self.packed_refs()?.split(|it| *it == b'\n') {
            match parse_line(line) {
                Some((id, name)) => match std::str::from_utf8(name) {
                    Ok(name) => _ = listed.refs.insert(name.to_owned(), id),
                    Err(_) => _ = listed.nameless.insert(id),
                },
                // The header, a peeled id, or nothing.
                None if matches!(line.first(), None | Some(b'#' | b'^' | b'\r')) => {}
                None => _ = listed.unread.insert("packed-refs".to_owned()),
            }
        }
        self.walk_refs(&self.common_dir, "refs", &mut listed)?;
        Ok(listed)
    }

    /// Adds the loose refs below a folder such as `refs`. Those that each work tree has for itself are left out, unless
    /// it is their folder.
    pub(super) fn walk_refs(&self, git_dir: &Path, top: &str, listed: &mut Listed) -> Result<(), GitError> {
        let takes_own = is_per_work_tree(&format!("{top}/"));
        let mut open = vec![top.to_owned()];
        let mut seen = 0_usize;
        while let Some(folder) = open.pop() {
            let entries = match std::fs::read_dir(git_dir.join(&folder)) {
                Ok(entries) => entries,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(_) => {
                    listed.unread.insert(folder);
                    continue;
                }
            };
            for entry in entries {
                seen += 1;
                if seen > MOST_REFS {
                    return Err(GitError::broken(Path::new("refs"), "it has more refs than are read"));
                }
                let Ok((name, kind)) = entry.and_then(|it| Ok((it.file_name(), it.file_type()?))) else {
                    listed.unread.insert(folder.clone());
                    continue;
                };
                match (name.to_str().map(|name| format!("{folder}/{name}")), kind.is_dir()) {
                    (Some(name), true) => open.push(name),
                    (Some(name), false) if takes_own || !is_per_work_tree(&name) => {
                        self.list_loose(git_dir, name, listed);
                    }
                    (Some(_), false) => {}
                    (None, is_folder) => {
                        let value = read_small(&git_dir.join(&folder).join(&name)).ok().flatten();
                        match value.as_deref().and_then(parse_value) {
                            Some(Value::Id(id)) if !is_folder => _ = listed.nameless.insert(id),
                            _ => _ = listed.unread.insert(format!("{folder}/{}", name.to_string_lossy())),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds one loose ref. One that is broken is left out and noted; who asks for it by name gets the error.
    fn list_loose(&self, git_dir: &Path, name: String, listed: &mut Listed) {
        let value = if is_per_work_tree(&name) {
            let text = read_small(&git_dir.join(&name));
            text.map(|text| text.as_deref().and_then(parse_value)).and_then(|value| match value {
                Some(Value::Id(id)) => Ok(Some(id)),
                Some(Value::Symbolic(target)) => self.find_ref(&target),
                None => Err(GitError::broken(&git_dir.join(&name), "it is no ref")),
            })
        } else {
            self.find_ref(&name)
        };
        match value {
            Ok(Some(id)) => _ = listed.refs.insert(name, id),
            // What Git takes for no ref, or one that leads to none.
            Ok(None) => {}
            Err(_) => _ = listed.unread.insert(name),
        }
    }

    fn list_with_git(&self) -> Result<Listed, GitError> {
        let raw = scrubbed::git(self, &["for-each-ref", "--format=%(objectname) %(refname)"])?;
        let mut listed = Listed::default();
        for (id, name) in String::from_utf8_lossy(&raw).lines().filter_map(|line| line.split_once(' ')) {
            match id.parse() {
                Ok(id) => _ = listed.refs.insert(name.to_owned(), id),
                Err(_) => _ = listed.unread.insert(name.to_owned()),
            }
        }
        Ok(listed)
    }

    fn value_with_git(&self, name: &str) -> Result<Option<Value>, GitError> {
        let raw = scrubbed::git(self, &["symbolic-ref", "--quiet", name])?;
        let target = String::from_utf8_lossy(&raw).trim().to_owned();
        if !target.is_empty() {
            return Ok(Some(Value::Symbolic(target)));
        }
        if let Some(id) = self.listed()?.refs.get(name) {
            return Ok(Some(Value::Id(*id)));
        }
        if name.starts_with("refs/") {
            return Ok(None);
        }
        let raw = scrubbed::git(self, &["rev-parse", "--quiet", "--verify", name])?;
        Ok(String::from_utf8_lossy(&raw).trim().parse().ok().map(Value::Id))
    }
}

pub(super) fn parse_value(text: &str) -> Option<Value> {
    let text = text.trim_end();
    match text.strip_prefix("ref:") {
        Some(target) => Some(target.trim()).filter(|it| is_ref_name(it)).map(|it| Value::Symbolic(it.to_owned())),
        // `FETCH_HEAD` has words after the id.
        None => text.split_whitespace().next()?.parse().ok().map(Value::Id),
    }
}

fn header(raw: &[u8]) -> String {
    String::from_utf8_lossy(raw.split(|it| *it == b'\n').next().unwrap_or_default()).into_owned()
}

/// The lines that name a ref; the header and the peeled ids are passed over.
fn lines(raw: &[u8]) -> impl Iterator<Item = (ObjectId, &[u8])> {
    raw.split(|it| *it == b'\n').filter_map(parse_line)
}

fn parse_line(line: &[u8]) -> Option<(ObjectId, &[u8])> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let space = line.iter().position(|it| *it == b' ')?;
    let id = std::str::from_utf8(line.get(..space)?).ok()?.parse().ok()?;
    Some((id, line.get(space + 1..)?))
}

/// Binary search over lines of different lengths: probe in the middle, go back to the line's start.
fn search(raw: &[u8], name: &[u8]) -> Option<ObjectId> {
    let (mut low, mut high) = (0, raw.len());
    while low < high {
        let (start, end) = line_around(raw, low + (high - low) / 2);
        let line = raw.get(start..end).unwrap_or_default();
        match parse_line(line) {
            Some((id, found)) if found == name => return Some(id),
            Some((_, found)) if found < name => low = end + 1,
            Some(_) => high = start,
            // The header or a peeled id: the line before it decides. Near the lower end there is none left.
            None => match previous(raw, low, start) {
                Some((_, found)) if found == name => return previous(raw, low, start).map(|(id, _)| id),
                Some((_, found)) if found > name => high = start,
                Some(_) | None => low = end + 1,
            },
        }
    }
    None
}

fn previous(raw: &[u8], low: usize, start: usize) -> Option<(ObjectId, &[u8])> {
    let before = start.checked_sub(1).filter(|it| *it > low)?;
    let (start, end) = line_around(raw, before - 1);
    parse_line(raw.get(start..end)?)
}

/// The bounds of the line that holds `offset`, without its line end.
fn line_around(raw: &[u8], offset: usize) -> (usize, usize) {
    let before = raw.get(..offset).unwrap_or_default();
    let start = before.iter().rposition(|it| *it == b'\n').map_or(0, |it| it + 1);
    let rest = raw.get(offset..).unwrap_or_default();
    let end = rest.iter().position(|it| *it == b'\n').map_or(raw.len(), |it| offset + it);
    (start, end)
}

/// Whether each work tree has its own ref of this name.
fn is_per_work_tree(name: &str) -> bool {
    !name.starts_with("refs/")
        || ["refs/bisect/", "refs/worktree/", "refs/rewritten/"].iter().any(|prefix| name.starts_with(prefix))
}

/// Git's rules for ref names (`git check-ref-format`), with the pseudo-refs of the top level, such as `HEAD`.
pub(crate) fn is_ref_name(name: &str) -> bool {
    let pseudo = !name.is_empty() && name.bytes().all(|it| it.is_ascii_uppercase() || it == b'_');
    let component =
        |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.ends_with(".lock");
    let symbol = |it: char| it.is_control() || matches!(it, ' ' | '~' | '^' | ':' | '?' | '*' | '[' | '\\');
    let clean = !name.contains(symbol) && !name.contains("..") && !name.contains("@{");
    pseudo || (name.starts_with("refs/") && clean && name.len() < 4096 && name.split('/').all(component))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(count: usize, peeled: bool) -> Vec<u8> {
        let mut text = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
        for number in 0..count {
            text.push_str(&format!("{number:040x} refs/tags/v{number:05}\n"));
            if peeled && number % 3 != 0 {
                text.push_str(&format!("^{:040x}\n", number + 7));
            }
        }
        text.into_bytes()
    }

    #[test]
    fn every_packed_ref_is_found_and_no_other() {
        for (count, peeled) in [(0, false), (1, true), (2, true), (3, false), (50, true), (257, true)] {
            let raw = packed(count, peeled);
            for number in 0..count {
                let found = search(&raw, format!("refs/tags/v{number:05}").as_bytes());
                assert_eq!(found.map(|it| it.to_string()), Some(format!("{number:040x}")), "{number} of {count}");
            }
            for absent in ["refs/heads/a", "refs/tags/v", "refs/tags/v00000x", "refs/tags/v99999", "refs/z"] {
                assert_eq!(search(&raw, absent.as_bytes()), None, "{absent} of {count}");
            }
        }
    }

    #[test]
    fn broken_packed_refs_end_the_search() {
        for raw in ["", "\n\n\n", "^^^", "# x", "abc refs/a\n^\n\n", "no line end"] {
            assert_eq!(search(raw.as_bytes(), b"refs/heads/main"), None, "{raw:?}");
        }
    }

    #[test]
    fn names_that_leave_the_folder_are_no_ref_names() {
        for name in ["refs/heads/main", "refs/heads/a/b.c", "HEAD", "ORIG_HEAD", "refs/tags/größe"] {
            assert!(is_ref_name(name), "{name}");
        }
        for name in [
            "",
            "refs/",
            "refs/heads/../../config",
            "refs/heads/.a",
            "refs/heads/a.lock",
            "refs//a",
            "config",
            "refs/heads/a b",
            "refs/heads/@{-1}",
            "refs/heads/a\u{1b}",
            "../HEAD",
            "refs/heads/:/((",
            "head",
        ] {
            assert!(!is_ref_name(name), "{name:?}");
        }
    }
}
