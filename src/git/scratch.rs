//! Small repositories made by `git` itself, for tests.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::git::objects::{HashKind, Objects};
use crate::model::ObjectId;

/// A repository in a folder of its own that goes away with it.
pub(in crate::git) struct Scratch {
    dir: tempfile::TempDir,
    hash: HashKind,
    clock: std::cell::Cell<u64>,
}

impl Scratch {
    pub(in crate::git) fn new() -> Self {
        Self::with_hash(HashKind::Sha1)
    }

    pub(in crate::git) fn with_hash(hash: HashKind) -> Self {
        let scratch = Self::empty(hash);
        let format = match hash {
            HashKind::Sha1 => "--object-format=sha1",
            HashKind::Sha256 => "--object-format=sha256",
        };
        scratch.git(&["init", "--quiet", "--initial-branch=main", format]);
        scratch
    }

    /// A folder without a repository, to clone into.
    pub(in crate::git) fn empty(hash: HashKind) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), hash, clock: std::cell::Cell::new(1_700_000_000) }
    }

    pub(in crate::git) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(in crate::git) fn object_dir(&self) -> PathBuf {
        self.path().join(".git/objects")
    }

    pub(in crate::git) fn objects(&self) -> Arc<Objects> {
        Arc::new(Objects::open(&self.object_dir(), self.hash).unwrap())
    }

    pub(in crate::git) fn git(&self, arguments: &[&str]) -> String {
        let output = self.git_raw(arguments, b"");
        String::from_utf8(output).unwrap().trim_end().to_owned()
    }

    /// Runs git with this input and gives its output; panics when it fails.
    pub(in crate::git) fn git_raw(&self, arguments: &[&str], input: &[u8]) -> Vec<u8> {
        let date = format!("{} +0000", self.clock.get());
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.path()).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_AUTHOR_NAME", "Ana").env("GIT_AUTHOR_EMAIL", "ana@example.com").env("GIT_AUTHOR_DATE", &date);
        command.env("GIT_COMMITTER_NAME", "Bo").env("GIT_COMMITTER_EMAIL", "bo@example.com");
        command.env("GIT_COMMITTER_DATE", &date);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    pub(in crate::git) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub(in crate::git) fn remove(&self, path: &str) {
        std::fs::remove_file(self.path().join(path)).unwrap();
    }

    /// Commits everything in the work tree, one minute later than before.
    pub(in crate::git) fn commit(&self, message: &str) -> ObjectId {
        self.tick();
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.id("HEAD")
    }

    pub(in crate::git) fn tick(&self) {
        self.clock.set(self.clock.get() + 60);
    }

    pub(in crate::git) fn id(&self, revision: &str) -> ObjectId {
        self.git(&["rev-parse", revision]).parse().unwrap()
    }

    /// Writes an object that Git would refuse to write.
    pub(in crate::git) fn literal(&self, kind: &str, content: &[u8]) -> ObjectId {
        let arguments = ["hash-object", "-t", kind, "-w", "--stdin", "--literally"];
        String::from_utf8(self.git_raw(&arguments, content)).unwrap().trim_end().parse().unwrap()
    }

    /// Content that differs from line to line, so that deltas are worth making.
    pub(in crate::git) fn lines(seed: u32, count: u32) -> String {
        (0..count).map(|number| format!("{seed} line {number} {}\n", number.wrapping_mul(2_654_435_761))).collect()
    }
}

/// The raw form of one entry of a tree.
pub(in crate::git) fn raw_entry(mode: &str, name: &[u8], id: &ObjectId) -> Vec<u8> {
    [mode.as_bytes(), b" ", name, b"\0", id.as_bytes()].concat()
}
