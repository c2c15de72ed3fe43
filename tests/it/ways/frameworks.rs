//! The hooks that pre-commit and prek find in `.pre-commit-hooks.yaml`, run by both.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{ADDED, git, with_policy};
use crate::support::{Run, TempRepo, clean, root};
use crate::tools::{Tools, tools};

/// Subjects have a type.
const WORDED: &str = "  words:\n    check: commits\n    level: block\n    with: { conventional: {} }\n";

/// The manifest as a repository of hooks: its hooks run the gatecheck of these tests. What the language `rust` adds is
/// a `cargo install` of this very repository.
fn hooks() -> TempRepo {
    let manifest = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    assert_eq!(manifest.matches("language: rust\n").count(), 3);
    let repo = TempRepo::new();
    repo.write(".pre-commit-hooks.yaml", manifest.replace("language: rust\n", "language: system\n"));
    repo.commit("Offer hooks");
    repo
}

/// A repository whose configuration names all hooks, installed by a framework.
struct Project {
    repo: TempRepo,
    home: tempfile::TempDir,
    _hooks: TempRepo,
}

impl Project {
    fn new(tools: &Tools, framework: &str) -> Self {
        let hooks = hooks();
        let repo = with_policy(&format!("{ADDED}{WORDED}"));
        let configuration = format!(
            "default_install_hook_types: [pre-commit, commit-msg, pre-push]\nrepos:\n  - repo: {}\n    rev: {}\n    \
             hooks: [{{ id: gatecheck }}, {{ id: gatecheck-message }}, {{ id: gatecheck-push }}]\n",
            hooks.path().display(),
            hooks.git(&["rev-parse", "HEAD"])
        );
        repo.write(".pre-commit-config.yaml", configuration);
        repo.commit("chore: choose hooks");
        let project = Self { repo, home: tempfile::tempdir().unwrap(), _hooks: hooks };
        project.run(clean(tools.program(framework).to_str().unwrap(), project.repo.path()).arg("install")).exits(0);
        project
    }

    /// A command with the frameworks' own folders, and gatecheck, where it finds them.
    fn run(&self, command: &mut Command) -> Run {
        let program = Path::new(env!("CARGO_BIN_EXE_gatecheck")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        Run::of(command.env("HOME", self.home.path()).env("PATH", path))
    }

    fn git(&self, args: &[&str]) -> Run {
        self.run(clean("git", self.repo.path()).args(args))
    }
}

#[track_caller]
fn says(run: &Run, words: &str) {
    let text = format!("{}{}", run.stdout, run.stderr);
    assert!(text.contains(words), "{words}: {text}");
}

#[test]
fn pre_commit_and_prek_run_every_hook_of_the_manifest() {
    let Some(tools) = tools() else { return };
    for framework in ["pre-commit", "prek"] {
        let project = Project::new(tools, framework);
        let origin = TempRepo::new();
        fs::remove_dir_all(origin.path().join(".git")).unwrap();
        origin.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
        project.repo.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
        let tip = |name: &str| git(origin.path(), &["rev-parse", "--verify", "--quiet", name]).stdout;
        project.git(&["push", "origin", "main"]).exits(0);
        project.repo.git(&["remote", "set-head", "origin", "main"]);

        // What is staged.
        project.repo.write("bad.txt", "OFFENCE\n");
        project.repo.git(&["add", "bad.txt"]);
        let run = project.git(&["commit", "-m", "feat: offend"]).exits(1);
        says(&run, "bad.txt:1:1");
        says(&run, "exit code: 1");
        project.repo.write("bad.txt", "mended\n");
        project.repo.git(&["add", "bad.txt"]);

        // The message.
        let run = project.git(&["commit", "-m", "offend"]).exits(1);
        says(&run, "the new commit");
        project.git(&["commit", "-m", "feat: mend"]).exits(0);
        project.git(&["push", "origin", "main"]).exits(0);
        let before = tip("main");

        // What is pushed: a commit that went around the hooks before.
        project.repo.write("bad.txt", "OFFENCE\n");
        project.git(&["commit", "--no-verify", "-a", "-m", "feat: go around"]).exits(0);
        let run = project.git(&["push", "origin", "main"]).exits(1);
        says(&run, "bad.txt:1:1");
        project.git(&["push", "origin", "main:topic"]).exits(1);
        assert_eq!((tip("main"), tip("topic")), (before, String::new()), "{framework}: nothing was taken");

        // What cannot be decided lets nothing through.
        project.repo.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
        project.repo.write("gatecheck.yaml", "gatecheck: 1\nrules: 7\n");
        project.repo.git(&["add", "gatecheck.yaml"]);
        says(&project.git(&["commit", "-m", "feat: break the policy"]).exits(1), "exit code: 2");
    }
}

#[test]
fn the_manifest_is_one_that_pre_commit_accepts() {
    let Some(tools) = tools() else { return };
    let mut validate = clean(tools.program("pre-commit").to_str().unwrap(), root());
    let home = tempfile::tempdir().unwrap();
    Run::of(validate.env("HOME", home.path()).args(["validate-manifest", ".pre-commit-hooks.yaml"])).exits(0);
}
