//! The `git` program, for the few layouts that only Git itself reads: reftable and unusual indexes.
//!
//! It is found by an absolute path outside of the work tree, gets an empty environment, reads neither
//! the user's nor the system's configuration, and every setting through which a repository could
//! make it run something is switched off. It is never started in a repository of another user.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::git::{GitError, Repository, bounded};

/// Where a system keeps its programs, in case the caller named no folder.
const USUAL: [&str; 4] = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/bin"];
#[cfg(windows)]
const PROGRAM: &str = "git.exe";
#[cfg(not(windows))]
const PROGRAM: &str = "git";
#[cfg(windows)]
pub(super) const NOTHING: &str = "NUL";
#[cfg(not(windows))]
pub(super) const NOTHING: &str = "/dev/null";

/// What is said where no `git` is found.
pub(super) const NOT_INSTALLED: &str = "it is not installed";

/// Settings that could start a program, each set to nothing.
const HARMLESS: [&str; 7] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.alternateRefsCommand=true",
    "diff.external=",
    "protocol.allow=never",
];

/// Runs `git` with the arguments and returns what it wrote. An ordinary "no" of Git (exit code 1) is empty output.
///
/// # Errors
/// When the repository is not trusted, `git` is not installed, it fails, or it does not end in time.
pub(super) fn git(repository: &Repository, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
    let shown = arguments.iter().take(2).copied().collect::<Vec<_>>().join(" ");
    let fail = |what: String| GitError::Program { arguments: shown.clone(), what };
    if !repository.is_trusted() {
        return Err(GitError::ForeignOwner(repository.git_dir().to_owned()));
    }
    let program = find(&repository.overrides.program_path, &repository.places());
    let program = program.ok_or_else(|| fail(NOT_INSTALLED.to_owned()))?;
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null()).current_dir(repository.work_tree().unwrap_or(repository.git_dir()));
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", NOTHING),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_OPTIONAL_LOCKS", "0"),
        ("GIT_NO_LAZY_FETCH", "1"),
        ("GIT_NO_REPLACE_OBJECTS", "1"),
        ("LC_ALL", "C"),
    ] {
        command.env(name, value);
    }
    command.env("GIT_DIR", repository.git_dir());
    command.env("GIT_INDEX_FILE", repository.index_file());
    if let Some(work_tree) = repository.work_tree() {
        command.env("GIT_WORK_TREE", work_tree);
    }
    HARMLESS.iter().for_each(|setting| _ = command.args(["-c", setting]));
    command.args(arguments);
    let output = bounded::run("the `git` program", bounded::LIMIT, move || {
        command.output().map_err(|error| GitError::Program { arguments: String::new(), what: error.to_string() })
    })?;
    match output.status.code() {
        Some(0) => Ok(output.stdout),
        Some(1) if output.stderr.is_empty() => Ok(Vec::new()),
        _ => Err(fail(String::from_utf8_lossy(&output.stderr).trim().chars().take(400).collect())),
    }
}

/// A `git` that no checkout can have put there: in one of these folders or where systems keep it, and below none of
/// `places`.
pub(super) fn find(program_path: &[PathBuf], places: &[PathBuf]) -> Option<PathBuf> {
    let named = program_path.iter().map(PathBuf::as_path);
    let usual = USUAL.iter().map(Path::new);
    let folders = named.chain(usual).filter(|folder| folder.is_absolute());
    folders
        .filter_map(|folder| std::fs::canonicalize(folder.join(PROGRAM)).ok())
        .find(|program| program.is_file() && !places.iter().any(|place| program.starts_with(place)))
}
