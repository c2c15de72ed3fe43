//! Untracked files that are not ignored, found folder by folder.
//!
//! Rules come from each `.gitignore` on the way, from `info/exclude` and from the user's own excludes.
//! An ignored folder is not entered, a link is not followed, and a folder with a `.git` of its own is
//! another repository: it is named and left alone.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rayon::prelude::*;

use crate::git::index::Index;
use crate::git::{GitError, Repository};
use crate::model::{Problem, RepoPath};

use super::observe::{name_bytes, on_disk};
use super::problem;

/// A file with rules is not larger than this.
const LARGEST_RULES: u64 = 1 << 20;
/// Untracked files and folders that are looked at, at most.
const MOST_FILES: usize = 2_000_000;
/// Folders inside folders, at most.
const DEEPEST: usize = 1024;

/// What was found.
#[derive(Default)]
pub(super) struct Untracked {
    pub(super) files: Vec<Vec<u8>>,
    pub(super) problems: Vec<Problem>,
}

/// The rules of one folder, and those of the folders above it.
struct Rules {
    /// Bytes of the folder's path with its slash.
    skip: usize,
    rules: Gitignore,
    above: Option<Arc<Rules>>,
}

struct Folder {
    path: Vec<u8>,
    rules: Option<Arc<Rules>>,
}

#[derive(Default)]
struct Listed {
    files: Vec<Vec<u8>>,
    folders: Vec<Folder>,
    problems: Vec<Problem>,
}

pub(super) fn untracked(repository: &Repository, root: &Path, index: &Index) -> Result<Untracked, GitError> {
    let mut found = Untracked::default();
    let mut level = vec![Folder { path: Vec::new(), rules: outer_rules(repository) }];
    for _ in 0..DEEPEST {
        let listed: Vec<Listed> = level.par_iter().map(|folder| list(root, folder, index)).collect();
        level = Vec::new();
        for mut each in listed {
            found.files.append(&mut each.files);
            found.problems.append(&mut each.problems);
            level.append(&mut each.folders);
        }
        if level.is_empty() {
            found.files.sort();
            return Ok(found);
        }
        if found.files.len() + level.len() > MOST_FILES {
            break;
        }
    }
    Err(GitError::broken(root, "it has more untracked files, or deeper folders, than are looked at"))
}

fn list(root: &Path, folder: &Folder, index: &Index) -> Listed {
    let mut listed = Listed::default();
    let Some(path) = on_disk(root, &folder.path) else { return listed };
    let entries = match std::fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) => {
            let name = RepoPath::from_bytes(&folder.path);
            listed.problems.push(problem(format!("the folder `{name}` was not looked at: {error}")));
            return listed;
        }
    };
    let mut names: Vec<(Vec<u8>, std::fs::FileType)> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| Some((name_bytes(&entry.file_name())?, entry.file_type().ok()?)))
        .collect();
    names.sort_by(|one, other| one.0.cmp(&other.0));
    if !folder.path.is_empty() && names.iter().any(|(name, _)| name == b".git") {
        let name = RepoPath::from_bytes(&folder.path);
        listed.problems.push(problem(format!("`{name}` is a repository of its own and was not looked at")));
        return listed;
    }
    let own = names.iter().find(|(name, kind)| name == b".gitignore" && kind.is_file());
    let skip = if folder.path.is_empty() { 0 } else { folder.path.len() + 1 };
    let rules = match own.and_then(|_| read_rules(&path.join(".gitignore"))) {
        Some(rules) => Some(Arc::new(Rules { skip, rules, above: folder.rules.clone() })),
        None => folder.rules.clone(),
    };
    for (name, kind) in names {
        if name == b".git" {
            continue;
        }
        let path = if skip == 0 { name } else { [folder.path.as_slice(), b"/", &name].concat() };
        if kind.is_dir() {
            if !index.holds_submodule(&path) && !is_ignored(rules.as_deref(), &path, true) {
                listed.folders.push(Folder { path, rules: rules.clone() });
            }
        } else if !index.holds(&path) && !is_ignored(rules.as_deref(), &path, false) {
            listed.files.push(path);
        }
    }
    listed
}

/// The nearest rule that speaks about a path decides.
fn is_ignored(mut rules: Option<&Rules>, path: &[u8], is_folder: bool) -> bool {
    while let Some(each) = rules {
        let inner = on_disk(Path::new(""), path.get(each.skip..).unwrap_or_default());
        let Some(inner) = inner else { return false };
        match each.rules.matched(&inner, is_folder) {
            Match::Ignore(_) => return true,
            Match::Whitelist(_) => return false,
            Match::None => rules = each.above.as_deref(),
        }
    }
    false
}

/// The rules that hold everywhere: the user's first, then the repository's own, which outweigh them.
fn outer_rules(repository: &Repository) -> Option<Arc<Rules>> {
    let chosen = repository.setting("core.excludesfile").map(|text| match text.strip_prefix("~/") {
        Some(rest) => repository.overrides.home.clone().unwrap_or_default().join(rest),
        None => PathBuf::from(text),
    });
    let user = chosen.or_else(|| repository.overrides.user_excludes.clone());
    let own = repository.is_trusted().then(|| repository.common_dir().join("info").join("exclude"));
    let mut above = None;
    for path in [user, own].into_iter().flatten() {
        if let Some(rules) = read_rules(&path) {
            above = Some(Arc::new(Rules { skip: 0, rules, above: above.take() }));
        }
    }
    above
}

/// The rules of one file. A line that is no rule is passed over, as Git does.
fn read_rules(path: &Path) -> Option<Gitignore> {
    // A pipe in the place of the file would be waited for.
    std::fs::metadata(path).ok().filter(|it| it.is_file() && it.len() <= LARGEST_RULES)?;
    let raw = std::fs::read(path).ok()?;
    let mut builder = GitignoreBuilder::new("");
    for line in String::from_utf8_lossy(&raw).lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().ok().filter(|rules| !rules.is_empty())
}
