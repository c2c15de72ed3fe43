//! Real hooks of real `git commit` and `git push`.

use std::fs;
use std::path::Path;

use super::{ADDED, executable, git, with_policy};
use crate::support::{Run, TempRepo};

/// `main` is protected.
const PROTECTED: &str = "gatecheck: 1\nrules:\n  trunk:\n    check: branch\n    level: block\n    with:\n      \
                         protected: { branches: [main], direct-push: allowed }\n";

fn hook(git_dir: &Path, name: &str, arguments: &str) {
    let path = git_dir.join("hooks").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\nexec '{}' {arguments}\n", env!("CARGO_BIN_EXE_gatecheck"))).unwrap();
    executable(&path);
}

#[test]
fn a_pre_commit_hook_judges_what_the_commit_would_bring() {
    let repo = with_policy(ADDED);
    hook(&repo.path().join(".git"), "pre-commit", "--staged");
    let commits = || repo.git(&["rev-list", "--count", "HEAD"]);

    repo.write("bad.txt", "OFFENCE\n");
    repo.git(&["add", "bad.txt"]);
    let run = git(repo.path(), &["commit", "-m", "staged"]).exits(1);
    assert!(run.stderr.contains("bad.txt:1:1") || run.stdout.contains("bad.txt:1:1"), "{run:?}");

    // A partial commit has an index of its own.
    repo.write("kept.txt", "still nothing\n");
    git(repo.path(), &["commit", "-m", "partial", "kept.txt"]).exits(0);
    assert_eq!(commits(), "2");
    git(repo.path(), &["commit", "-m", "partial", "bad.txt"]).exits(1);

    // What is on disk only does not count, and `-a` stages it.
    repo.git(&["rm", "--quiet", "--cached", "bad.txt"]);
    repo.write("kept.txt", "OFFENCE\n");
    git(repo.path(), &["commit", "--allow-empty", "-m", "nothing staged"]).exits(0);
    git(repo.path(), &["commit", "-a", "-m", "all"]).exits(1);
    repo.write("kept.txt", "good again\n");
    git(repo.path(), &["commit", "-a", "-m", "all"]).exits(0);

    repo.write("kept.txt", "OFFENCE\n");
    git(repo.path(), &["commit", "-a", "--amend", "--no-edit"]).exits(1);
    repo.write("kept.txt", "and better\n");
    git(repo.path(), &["commit", "-a", "--amend", "--no-edit"]).exits(0);
    assert_eq!(commits(), "4");
}

#[test]
fn a_pre_commit_hook_works_in_a_linked_work_tree_and_before_the_first_commit() {
    let repo = with_policy(ADDED);
    hook(&repo.path().join(".git"), "pre-commit", "--staged");
    let folder = tempfile::tempdir().unwrap();
    let linked = folder.path().join("linked");
    repo.git(&["worktree", "add", "--quiet", "-b", "side", linked.to_str().unwrap()]);
    fs::write(linked.join("bad.txt"), "OFFENCE\n").unwrap();
    git(&linked, &["add", "bad.txt"]).exits(0);
    git(&linked, &["commit", "-m", "bad"]).exits(1);
    fs::write(linked.join("bad.txt"), "mended\n").unwrap();
    git(&linked, &["commit", "-am", "good"]).exits(0);

    let unborn = TempRepo::new();
    hook(&unborn.path().join(".git"), "pre-commit", "--staged");
    unborn.write("gatecheck.yaml", ADDED);
    unborn.write("bad.txt", "OFFENCE\n");
    unborn.git(&["add", "bad.txt", "gatecheck.yaml"]);
    git(unborn.path(), &["commit", "-m", "first"]).exits(1);
    unborn.write("bad.txt", "mended\n");
    unborn.write("gatecheck.yaml", ADDED.replace("OFFENCE", "'OFFEN[C]E'"));
    unborn.git(&["add", "bad.txt", "gatecheck.yaml"]);
    git(unborn.path(), &["commit", "-m", "first"]).exits(0);
}

/// A bare repository that receives, and a clone of it that has `main` with the policy.
fn receiving(policy: &str) -> (TempRepo, TempRepo) {
    let origin = TempRepo::new();
    fs::remove_dir_all(origin.path().join(".git")).unwrap();
    origin.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    origin.git(&["config", "receive.denyDeleteCurrent", "ignore"]);
    let clone = with_policy(policy);
    clone.git(&["remote", "add", "origin", origin.path().to_str().unwrap()]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    clone.git(&["remote", "set-head", "origin", "main"]);
    (origin, clone)
}

/// The pushes that every gate decides alike, whichever side it stands on.
fn pushes_are_judged(origin: &TempRepo, clone: &TempRepo) {
    let push = |args: &[&str]| git(clone.path(), &[&["push", "origin"], args].concat());
    let tip = |name: &str| git(origin.path(), &["rev-parse", "--verify", "--quiet", name]).stdout;
    let before = tip("main");

    clone.write("bad.txt", "OFFENCE\n");
    clone.commit("Offend");
    let run = push(&["main"]).exits(1);
    assert!(run.stderr.contains("bad.txt:1:1") || run.stdout.contains("bad.txt:1:1"), "{run:?}");
    assert!(run.stderr.contains("blocked") || run.stdout.contains("blocked"), "{run:?}");
    assert_eq!(tip("main"), before, "a rejected push leaves the branch where it was");
    push(&["main:refs/heads/topic"]).exits(1);
    push(&["main:refs/tags/v1"]).exits(1);

    clone.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    clone.write("good.txt", "fine\n");
    clone.commit("Please");
    push(&["main"]).exits(0);
    assert_ne!(tip("main"), before);
    push(&["main"]).exits(0);
    push(&["main:refs/heads/topic"]).exits(0);
    clone.git(&["tag", "-m", "one", "v1"]);
    push(&["v1"]).exits(0);

    // Several refs: one that offends is enough.
    clone.git(&["checkout", "--quiet", "-b", "mixed"]);
    clone.write("other.txt", "fine\n");
    clone.commit("Please again");
    clone.git(&["branch", "bad"]);
    clone.git(&["checkout", "--quiet", "bad"]);
    clone.write("bad.txt", "OFFENCE\n");
    clone.commit("Offend");
    push(&["mixed", "bad"]).exits(1);
    assert_eq!((tip("mixed"), tip("bad")), (String::new(), String::new()));
    push(&["mixed", "main:refs/heads/third"]).exits(0);

    // History rewritten: what is new counts.
    clone.git(&["checkout", "--quiet", "-B", "topic", "main~1"]);
    clone.write("rewritten.txt", "fine\n");
    clone.commit("Rewrite");
    push(&["--force", "topic"]).exits(0);
    clone.write("rewritten.txt", "OFFENCE\n");
    clone.git(&["commit", "--quiet", "--all", "--amend", "-m", "Rewrite with an offence"]);
    push(&["--force", "topic"]).exits(1);
    push(&["--delete", "topic"]).exits(0);
    assert_eq!(tip("topic"), "");

    // A history of its own, with a policy of its own, is judged by the one of the default branch.
    clone.git(&["checkout", "--quiet", "--orphan", "stranger"]);
    clone.write("gatecheck.yaml", "gatecheck: 1\nrules: {}\n");
    clone.write("rewritten.txt", "OFFENCE\n");
    clone.commit("Begin anew");
    push(&["stranger"]).exits(1);
}

#[test]
fn a_pre_receive_hook_rejects_what_offends_and_takes_the_rest() {
    let (origin, clone) = receiving(ADDED);
    hook(origin.path(), "pre-receive", "--push");
    pushes_are_judged(&origin, &clone);
}

#[test]
fn a_pre_push_hook_rejects_what_offends_and_lets_the_rest_go() {
    let (origin, clone) = receiving(ADDED);
    hook(&clone.path().join(".git"), "pre-push", "--push");
    pushes_are_judged(&origin, &clone);
}

#[test]
fn a_protected_branch_is_neither_deleted_nor_rewritten_by_a_push() {
    for receives in [true, false] {
        let (origin, clone) = receiving(PROTECTED);
        match receives {
            true => hook(origin.path(), "pre-receive", "--push"),
            false => hook(&clone.path().join(".git"), "pre-push", "--push"),
        }
        let push = |args: &[&str]| git(clone.path(), &[&["push", "origin"], args].concat());
        clone.write("one.txt", "one\n");
        clone.commit("One");
        push(&["main", "main:refs/heads/topic"]).exits(0);
        push(&["--delete", "main"]).exits(1);
        push(&["--delete", "main", "topic"]).exits(1);
        clone.git(&["commit", "--quiet", "--amend", "-m", "Another one"]);
        push(&["--force", "main"]).exits(1);
        push(&["--force", "main:refs/heads/topic"]).exits(0);
        push(&["--delete", "topic"]).exits(0);
    }
}

/// What a pre-receive hook says about these updates: `old new name`.
fn received(repo: &TempRepo, updates: &[(&str, &str, &str)]) -> Run {
    let lines: String = updates.iter().map(|(old, new, name)| format!("{old} {new} {name}\n")).collect();
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), lines).unwrap();
    Run::of(repo.gatecheck(&["--push"]).stdin(fs::File::open(input.path()).unwrap()))
}

#[test]
fn a_push_of_nothing_says_so() {
    let repo = with_policy(ADDED);
    let run = received(&repo, &[]).exits(0);
    let said = format!("{}{}", run.stdout, run.stderr);
    assert!(said.contains("standard input names no ref update"), "{said}");
}

/// The id of a ref that is not there.
const NO_REF: &str = "0000000000000000000000000000000000000000";

#[test]
fn a_branch_is_judged_by_its_own_rules_whatever_is_pushed_beside_it() {
    let (origin, clone) = receiving(&ADDED.replace("    with:", "    when: { target: main }\n    with:"));
    let old = clone.git(&["rev-parse", "HEAD"]);
    clone.write("bad.txt", "OFFENCE\n");
    let new = clone.commit("Offend");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    let beside = (NO_REF, new.as_str(), "refs/heads/beside");
    received(&origin, &[beside]).exits(0);
    received(&origin, &[beside, (&old, &new, "refs/heads/main")]).exits(1);
}

#[test]
fn a_mild_branch_does_not_judge_what_is_pushed_beside_it() {
    let (origin, clone) = receiving(ADDED);
    let main = clone.git(&["rev-parse", "HEAD"]);
    clone.write("gatecheck.yaml", ADDED.replace("OFFENCE", "OTHER"));
    let mild = clone.commit("Be mild");
    clone.write("bad.txt", "OFFENCE\n");
    let bad = clone.commit("Offend");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    let beside = (mild.as_str(), bad.as_str(), "refs/heads/beside");
    received(&origin, &[beside]).exits(0);
    for other in [
        (main.as_str(), bad.as_str(), "refs/heads/main"),
        (NO_REF, &bad, "refs/tags/v1"),
        (&mild, &bad, "refs/tags/v1"),
        (NO_REF, &bad, "refs/remotes/x/main"),
    ] {
        received(&origin, &[other]).exits(1);
        received(&origin, &[beside, other]).exits(1);
    }
}

#[test]
fn the_default_branch_of_a_receiving_repository_is_its_head() {
    let (origin, clone) = receiving(ADDED);
    origin.git(&["branch", "--move", "main", "trunk"]);
    clone.write("gatecheck.yaml", ADDED.replace("OFFENCE", "OTHER"));
    clone.write("bad.txt", "OFFENCE\n");
    let new = clone.commit("Be mild");
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/there"]);
    received(&origin, &[(NO_REF, &new, "refs/heads/beside")]).exits(1);
    clone.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    received(&origin, &[(NO_REF, &new, "refs/heads/beside")]).exits(1);
}
