//! Whole repositories, made with the `git` command in an empty environment, gathered in every way there is.

mod content;
mod history;
mod modes;
mod oddities;
mod services;
mod since;
mod work_tree;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::formats::diff::hunks;
use crate::git::range::{self, Range, Request};
use crate::git::{GitError, Overrides, Repository, Trust};
use crate::model::{ChangeKind, Need, RepoPath, Timestamp};

use super::{Gathered, Surroundings, facts};

/// Where `git` is.
const PATH: &str = match option_env!("PATH") {
    Some(path) => path,
    None => "/usr/local/bin:/usr/bin:/bin",
};

/// Everything that costs something.
const ALL_NEEDS: [Need; 7] =
    [Need::Commits, Need::TransientFiles, Need::Behind, Need::Merge, Need::Tags, Need::PullRequest, Need::History];

/// A repository in a temporary folder.
struct Sandbox {
    folder: tempfile::TempDir,
    root: PathBuf,
}

impl Sandbox {
    /// A new repository with the branch `main` and no commit.
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("work");
        let arguments = [&["init", "--quiet", "--initial-branch=main"], options, &[root.to_str().unwrap()]].concat();
        run(folder.path(), &arguments);
        Self { folder, root }
    }

    /// A repository whose `main` has one commit with these files.
    fn with_files(files: &[(&str, &str)]) -> Self {
        let sandbox = Self::new();
        sandbox.commit(files, "start");
        sandbox
    }

    /// A clone of this one beside it.
    fn clone_to(&self, name: &str, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join(name);
        let url = format!("file://{}", self.root.display());
        run(folder.path(), &[&["clone", "--quiet"], options, &[&url, root.to_str().unwrap()]].concat());
        Self { folder, root }
    }

    fn git(&self, arguments: &[&str]) -> String {
        run(&self.root, arguments)
    }

    fn write(&self, path: &str, content: &str) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn commit(&self, files: &[(&str, &str)], message: &str) -> String {
        for (path, content) in files {
            self.write(path, content);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    fn id(&self, revision: &str) -> String {
        self.git(&["rev-parse", revision])
    }

    /// The `git` of the tests is the one that the reader falls back to: the system's own may be older.
    fn open(&self) -> Repository {
        let program_path = std::env::split_paths(PATH).collect();
        self.open_with(Overrides { program_path, ..Overrides::default() })
    }

    fn open_with(&self, overrides: Overrides) -> Repository {
        Repository::discover_with(&self.root, Trust::AsData, overrides).unwrap()
    }

    fn gather(&self, request: &Request) -> Gathered {
        gather(&self.open(), request).unwrap()
    }

    /// The changes as `A path`, `R old > new`.
    fn changes(&self, request: &Request) -> Vec<String> {
        shown(&self.gather(request))
    }

    fn outside(&self) -> &Path {
        self.folder.path()
    }
}

fn gather(repository: &Repository, request: &Request) -> Result<Gathered, GitError> {
    let ranges = range::resolve(repository, request, None)?;
    gather_range(repository, ranges.first().unwrap(), &ALL_NEEDS)
}

fn gather_range(repository: &Repository, range: &Range, needs: &[Need]) -> Result<Gathered, GitError> {
    let sides = super::sides(repository, range)?;
    Ok(facts(repository, range, sides, &needs.iter().copied().collect(), &surroundings()))
}

fn surroundings() -> Surroundings {
    Surroundings {
        ci: false,
        now: Timestamp(0),
        profile: None,
        event: None,
        pull_request: None,
        history: false,
        history_cache: None,
        telling: |_, _| false,
        pending: None,
        differ: hunks,
    }
}

fn shown(gathered: &Gathered) -> Vec<String> {
    let files = &gathered.facts.change.files;
    let line = |change: &crate::model::Change| match change.kind {
        ChangeKind::Added => format!("A {}", change.path()),
        ChangeKind::Deleted => format!("D {}", change.path()),
        ChangeKind::Modified => format!("M {}", change.path()),
        ChangeKind::Renamed(_) => format!("R {} > {}", change.old.as_ref().unwrap().path, change.path()),
        ChangeKind::Copied(_) => format!("C {} > {}", change.old.as_ref().unwrap().path, change.path()),
    };
    files.iter().map(line).collect()
}

/// The content of a file of the head.
fn content(gathered: &Gathered, path: &str) -> String {
    let head = &gathered.facts.head;
    let file = head.file(&RepoPath::new(path)).unwrap().unwrap();
    String::from_utf8(head.read(&file).unwrap().to_vec()).unwrap()
}

fn transient(gathered: &Gathered) -> Vec<String> {
    let found = gathered.facts.transient.as_ref().unwrap();
    found.iter().map(|it| it.file.path.to_string()).collect()
}

fn subjects(gathered: &Gathered) -> Vec<String> {
    gathered.facts.commits.as_ref().unwrap().iter().map(|it| it.subject().to_owned()).collect()
}

fn range_of(base: &str, head: &str) -> Request {
    Request::Range { base: base.to_owned(), head: Some(head.to_owned()) }
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let (stdout, stderr, done) = try_run(folder, arguments);
    assert!(done, "git {arguments:?}: {stderr}");
    stdout
}

fn try_run(folder: &Path, arguments: &[&str]) -> (String, String, bool) {
    let mut command = Command::new("git");
    command.current_dir(folder).env_clear();
    command.env("PATH", PATH);
    for (name, value) in [
        ("HOME", "/nonexistent"),
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_AUTHOR_NAME", "Ana"),
        ("GIT_AUTHOR_EMAIL", "ana@example.com"),
        ("GIT_COMMITTER_NAME", "Ana"),
        ("GIT_COMMITTER_EMAIL", "ana@example.com"),
        ("GIT_AUTHOR_DATE", "1700000000 +0000"),
        ("GIT_COMMITTER_DATE", "1700000000 +0000"),
        ("GIT_ALLOW_PROTOCOL", "file"),
    ] {
        command.env(name, value);
    }
    command.args(["-c", "core.autocrlf=false", "-c", "safe.directory=*"]).args(arguments);
    let output = command.output().unwrap();
    let text = |raw: &[u8]| String::from_utf8_lossy(raw).trim_end().to_owned();
    (text(&output.stdout), text(&output.stderr), output.status.success())
}
