//! Every way of naming a change, end to end: real hooks of real `git` commands, checkouts as CI makes them.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Run, TempRepo, clean};

/// Looks at what the change adds.
const ADDED: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                     forbidden: [{ pattern: OFFENCE }]\n";
/// Looks at what came and went, too.
const EVERY_BLOB: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                          scope: every-blob\n      forbidden: [{ pattern: OFFENCE }]\n";
/// The same, and `main` is protected.
const PROTECTED: &str = "gatecheck: 1\nrules:\n  trunk:\n    check: branch\n    level: block\n    with:\n      \
                         protected: { branches: [main], direct-push: allowed }\n";

/// A repository whose `main` has this policy.
fn with_policy(policy: &str) -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", policy);
    repo.write("kept.txt", "nothing to see\n");
    repo.write(".gitignore", "ignored.txt\n");
    repo.commit("Lay the ground");
    repo
}

/// The paths of all findings, and of the files of the change that have none, from the report in JSON.
fn found(run: &Run) -> Vec<String> {
    let report = run.json();
    let results = report["results"].as_array().unwrap();
    let findings = results.iter().flat_map(|result| result["findings"].as_array().unwrap());
    let path = |it: &Value| it["finding"]["primary"]["place"]["file"]["path"].as_str().unwrap().to_owned();
    let mut paths: Vec<String> = findings.map(path).collect();
    paths.sort();
    paths
}

/// Judges in JSON.
fn judge(repo: &TempRepo, args: &[&str]) -> Run {
    repo.check(&[&["--format", "json"], args].concat())
}

/// Runs git where it may fail.
fn git(dir: &Path, args: &[&str]) -> Run {
    Run::of(clean("git", dir).args(args))
}

fn hook(git_dir: &Path, name: &str, arguments: &str) {
    let path = git_dir.join("hooks").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, format!("#!/bin/sh\nexec '{}' {arguments}\n", env!("CARGO_BIN_EXE_gatecheck"))).unwrap();
    executable(&path);
}

#[cfg(unix)]
fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn executable(_: &Path) {}

#[test]
fn local_sees_commits_staged_unstaged_and_untracked_files_and_not_ignored_ones() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("committed.txt", "OFFENCE\n");
    repo.commit("Add");
    repo.write("staged.txt", "OFFENCE\n");
    repo.git(&["add", "staged.txt"]);
    repo.write("kept.txt", "OFFENCE\n");
    repo.write("untracked/file.txt", "OFFENCE\n");
    repo.write("ignored.txt", "OFFENCE\n");
    let run = judge(&repo, &[]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "kept.txt", "staged.txt", "untracked/file.txt"]);
    let run = judge(&repo, &["--staged"]).exits(1);
    assert_eq!(found(&run), ["staged.txt"]);
    let run = judge(&repo, &["--base", "main"]).exits(1);
    assert_eq!(found(&run), ["committed.txt"]);
    let run = judge(&repo, &["--all"]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "gatecheck.yaml", "kept.txt", "staged.txt", "untracked/file.txt"]);
    let run = judge(&repo, &["--all", "--head", "HEAD"]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "gatecheck.yaml"]);
}

#[test]
fn a_run_from_a_folder_inside_judges_the_whole_change() {
    let repo = with_policy(ADDED);
    repo.write("deep/er/file.txt", "OFFENCE\n");
    repo.write("beside.txt", "OFFENCE\n");
    let mut command = repo.gatecheck(&["--format", "json"]);
    let run = Run::of(command.current_dir(repo.path().join("deep/er"))).exits(1);
    assert_eq!(found(&run), ["beside.txt", "deep/er/file.txt"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = repo.gatecheck(&["--format", "json", "-C", repo.path().to_str().unwrap()]);
    let run = Run::of(command.current_dir(elsewhere.path())).exits(1);
    assert_eq!(found(&run), ["beside.txt", "deep/er/file.txt"]);
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

/// An origin with a pull request whose trial merge is at `refs/pull/1/merge`, as a forge has it.
struct Forge {
    origin: TempRepo,
    base: String,
    head: String,
    merge: String,
}

fn forge(policy: &str) -> Forge {
    let origin = with_policy(policy);
    let start = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["checkout", "--quiet", "-b", "topic"]);
    for (file, content) in [("one.txt", "fine\n"), ("two.txt", "OFFENCE\n"), ("three.txt", "fine\n")] {
        origin.write(file, content);
        origin.commit(&format!("Add {file}"));
    }
    let head = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["checkout", "--quiet", "main"]);
    for file in ["later.txt", "latest.txt"] {
        // What the target got meanwhile is not the pull request's.
        origin.write(file, "OFFENCE\n");
        origin.commit("Work beside it");
    }
    let base = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["checkout", "--quiet", "--detach", "main"]);
    origin.git(&["merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic"]);
    let merge = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["update-ref", "refs/pull/1/merge", &merge]);
    origin.git(&["update-ref", "refs/pull/1/head", &head]);
    origin.git(&["checkout", "--quiet", "main"]);
    assert_ne!(start, base);
    Forge { origin, base, head, merge }
}

impl Forge {
    /// What `actions/checkout` leaves: one ref at a depth, `HEAD` detached; with depth 0 all branches and tags.
    fn checkout(&self, name: &str, depth: u32) -> TempRepo {
        let clone = TempRepo::new();
        clone.git(&["remote", "add", "origin", &format!("file://{}", self.origin.path().display())]);
        let here = format!("refs/remotes/{}", name.trim_start_matches("refs/").trim_start_matches("heads/"));
        let spec = format!("+{name}:{here}");
        match depth {
            0 => clone.git(&["fetch", "--quiet", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*", &spec]),
            depth => clone.git(&["fetch", "--quiet", "--no-tags", &format!("--depth={depth}"), "origin", &spec]),
        };
        clone.git(&["checkout", "--quiet", "--detach", &here]);
        clone
    }

    /// The payload of a `pull_request` event, as far as any tool reads it.
    fn pull_request(&self) -> Value {
        json!({
            "action": "synchronize",
            "number": 1,
            "pull_request": {
                "number": 1, "state": "open", "title": "Add files", "body": null, "draft": false,
                "user": { "login": "ana", "id": 1, "type": "User" },
                "labels": [{ "id": 7, "name": "chore", "color": "ededed" }],
                "base": { "label": "acme:main", "ref": "main", "sha": self.base },
                "head": { "label": "acme:topic", "ref": "topic", "sha": self.head },
                "merge_commit_sha": self.merge, "merged": false,
            },
            "repository": { "id": 1, "full_name": "acme/pay", "default_branch": "main" },
            "sender": { "login": "ana", "type": "User" },
        })
    }
}

/// gatecheck as a step of a workflow on GitHub.
fn on_github(repo: &TempRepo, event: &str, payload: &Value, args: &[&str]) -> Run {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), payload.to_string()).unwrap();
    let mut command = repo.gatecheck(&[&["--format", "json"], args].concat());
    command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", event);
    Run::of(command.env("GITHUB_EVENT_PATH", file.path()))
}

#[test]
fn a_pull_request_on_github_is_judged_at_any_depth_that_can_tell() {
    let forge = forge(ADDED);
    let payload = forge.pull_request();
    for depth in [0, 2] {
        let clone = forge.checkout("refs/pull/1/merge", depth);
        let run = on_github(&clone, "pull_request", &payload, &[]).exits(1);
        assert_eq!(found(&run), ["two.txt"], "depth {depth}");
        assert_eq!(run.json()["change"]["files"], 3, "depth {depth}");
    }
    let clone = forge.checkout("refs/pull/1/merge", 1);
    let run = on_github(&clone, "pull_request", &payload, &[]).exits(3);
    assert!(run.stdout.is_empty() && run.stderr.contains("fetch-depth: 0"), "{}", run.stderr);
}

#[test]
fn a_fact_that_a_shallow_checkout_cannot_tell_is_unknown_with_the_way_to_get_it() {
    let forge = forge(EVERY_BLOB);
    let clone = forge.checkout("refs/pull/1/merge", 2);
    let clean = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                 scope: every-blob\n      forbidden: [{ pattern: NOWHERE }]\n";
    let policy = tempfile::tempdir().unwrap();
    let path = policy.path().join("gatecheck.yaml");
    fs::write(&path, clean).unwrap();
    let run = on_github(&clone, "pull_request", &forge.pull_request(), &["--policy", path.to_str().unwrap()]).exits(3);
    let missing = run.json()["results"][0]["verdict"]["unknown"]["missing"].to_string();
    assert!(missing.contains("fetch"), "{missing}");
}

#[test]
fn a_pull_request_target_needs_the_head_and_says_how_to_fetch_it() {
    let forge = forge(ADDED);
    let clone = forge.checkout("refs/heads/main", 0);
    clone.git(&["update-ref", "-d", "refs/remotes/origin/topic"]);
    clone.git(&["reflog", "expire", "--expire=now", "--all"]);
    clone.git(&["gc", "--quiet", "--prune=now"]);
    let run = on_github(&clone, "pull_request_target", &forge.pull_request(), &[]).exits(3);
    assert!(run.stderr.contains(&format!("git fetch origin {}", forge.head)), "{}", run.stderr);
    clone.git(&["fetch", "--quiet", "origin", "refs/pull/1/head"]);
    let run = on_github(&clone, "pull_request_target", &forge.pull_request(), &[]).exits(1);
    assert_eq!(found(&run), ["two.txt"]);
}

#[test]
fn the_other_events_of_github_name_their_changes() {
    let forge = forge(ADDED);
    let zero = "0".repeat(40);
    let start = forge.origin.git(&["rev-parse", "main~2"]);
    let clone = forge.checkout("refs/pull/1/merge", 0);
    let group = json!({
        "action": "checks_requested",
        "merge_group": {
            "head_sha": forge.merge, "head_ref": "refs/heads/gh-readonly-queue/main/pr-1-abc",
            "base_sha": forge.base, "base_ref": "refs/heads/main",
            "head_commit": { "id": forge.merge, "message": "Merge topic" },
        },
    });
    assert_eq!(found(&on_github(&clone, "merge_group", &group, &[]).exits(1)), ["two.txt"]);

    let push = |name: &str, before: &str, after: &str| {
        json!({ "ref": name, "before": before, "after": after, "created": before == zero, "deleted": after == zero,
                "forced": false, "commits": [], "head_commit": { "id": after } })
    };
    let main = push("refs/heads/main", &start, &forge.base);
    assert_eq!(found(&on_github(&clone, "push", &main, &[]).exits(1)), ["later.txt", "latest.txt"]);
    let one = push("refs/heads/main", &forge.origin.git(&["rev-parse", "main~1"]), &forge.base);
    assert_eq!(found(&on_github(&clone, "push", &one, &[]).exits(1)), ["latest.txt"]);
    clone.git(&["remote", "set-head", "origin", "main"]);
    let branch = push("refs/heads/topic", &zero, &forge.head);
    assert_eq!(found(&on_github(&clone, "push", &branch, &[]).exits(1)), ["two.txt"]);
    let tag = push("refs/tags/v1", &zero, &forge.head);
    assert_eq!(found(&on_github(&clone, "push", &tag, &[]).exits(1)), ["two.txt"]);
    on_github(&clone, "push", &push("refs/heads/topic", &forge.head, &zero), &[]).exits(0);

    // Nothing is proposed: everything that is there is judged.
    let at_main = forge.checkout("refs/heads/main", 0);
    for (event, payload) in
        [("schedule", json!({ "schedule": "0 4 * * 1" })), ("workflow_dispatch", json!({ "inputs": null }))]
    {
        let all = on_github(&at_main, event, &payload, &[]).exits(1);
        assert_eq!(found(&all), ["gatecheck.yaml", "later.txt", "latest.txt"], "{event}");
    }
}

#[test]
fn a_payload_that_cannot_be_read_is_undecided() {
    let repo = with_policy(ADDED);
    let run = on_github(&repo, "pull_request", &json!({ "action": "opened" }), &[]).exits(3);
    assert!(run.stderr.contains("pull_request") && run.stderr.contains("--base"), "{}", run.stderr);
    let mut command = repo.gatecheck(&[]);
    command.env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "push");
    let run = Run::of(command.env("GITHUB_EVENT_PATH", "/nonexistent/event.json")).exits(3);
    assert!(run.stderr.contains("/nonexistent/event.json"), "{}", run.stderr);
}

#[test]
fn a_merge_request_on_gitlab_is_judged_and_a_shallow_one_says_how_to_go_on() {
    let forge = forge(ADDED);
    let run = |clone: &TempRepo| {
        let mut command = clone.gatecheck(&["--format", "json"]);
        for (name, value) in [
            ("CI", "true"),
            ("GITLAB_CI", "true"),
            ("CI_PIPELINE_SOURCE", "merge_request_event"),
            ("CI_MERGE_REQUEST_IID", "1"),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "topic"),
            ("CI_COMMIT_SHA", &forge.head),
        ] {
            command.env(name, value);
        }
        Run::of(&mut command)
    };
    let whole = forge.checkout("refs/pull/1/head", 0);
    assert_eq!(found(&run(&whole).exits(1)), ["two.txt"]);
    let shallow = forge.checkout("refs/pull/1/head", 2);
    let run = run(&shallow).exits(3);
    assert!(run.stderr.contains("GIT_DEPTH: 0"), "{}", run.stderr);
}

#[test]
fn a_release_is_judged_from_the_one_before_it_or_from_the_one_that_is_named() {
    let repo = with_policy(ADDED);
    for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
        repo.write(&format!("{version}.txt"), "OFFENCE\n");
        repo.commit(version);
        repo.git(&["tag", version]);
    }
    assert_eq!(found(&judge(&repo, &["--release", "v1.2.0"]).exits(1)), ["v1.2.0.txt"]);
    let run = judge(&repo, &["--release", "v1.2.0", "--since", "v1.0.0"]).exits(1);
    assert_eq!(found(&run), ["v1.1.0.txt", "v1.2.0.txt"]);
    let run = judge(&repo, &["--release", "v9"]).exits(3);
    assert!(run.stderr.contains("revision `v9` is not in this clone"), "{}", run.stderr);
}

#[test]
fn a_bare_repository_and_one_of_sha256_are_judged_alike() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    let bare = TempRepo::new();
    fs::remove_dir_all(bare.path().join(".git")).unwrap();
    bare.git(&["clone", "--quiet", "--bare", repo.path().to_str().unwrap(), "."]);
    assert_eq!(found(&judge(&bare, &["--base", "main", "--head", "topic"]).exits(1)), ["bad.txt"]);
    let run = judge(&bare, &[]).exits(2);
    assert!(run.stderr.contains("is bare") && run.stderr.contains("`--base` and `--head`"), "{}", run.stderr);

    let long = TempRepo::new();
    fs::remove_dir_all(long.path().join(".git")).unwrap();
    long.git(&["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
    long.write("gatecheck.yaml", ADDED);
    long.commit("Lay the ground");
    long.git(&["checkout", "--quiet", "-b", "topic"]);
    long.write("bad.txt", "OFFENCE\n");
    long.commit("Offend");
    for args in [["--base", "main"].as_slice(), &[]] {
        assert_eq!(found(&judge(&long, args).exits(1)), ["bad.txt"]);
    }
}

#[test]
fn a_shallow_clone_is_undecided_with_the_command_that_mends_it() {
    let forge = forge(ADDED);
    let clone = forge.checkout("refs/heads/topic", 1);
    clone.git(&["fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    let run = judge(&clone, &["--base", "origin/main"]).exits(3);
    assert!(run.stderr.contains("git fetch --unshallow origin"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    clone.git(&["fetch", "--quiet", "--unshallow", "origin"]);
    assert_eq!(found(&judge(&clone, &["--base", "origin/main"]).exits(1)), ["two.txt"]);
}

#[test]
fn unborn_detached_and_unrelated_heads_are_judged() {
    let unborn = TempRepo::new();
    unborn.write("gatecheck.yaml", ADDED);
    unborn.write("bad.txt", "OFFENCE\n");
    assert_eq!(found(&judge(&unborn, &[]).exits(1)), ["bad.txt", "gatecheck.yaml"]);

    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "--detach"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    assert_eq!(found(&judge(&repo, &[]).exits(1)), ["bad.txt"]);

    repo.git(&["checkout", "--quiet", "--orphan", "island"]);
    repo.write("kept.txt", "OFFENCE\n");
    repo.commit("Begin anew");
    let run = judge(&repo, &["--base", "main"]).exits(1);
    assert_eq!(found(&run), ["bad.txt", "gatecheck.yaml", "kept.txt"]);
    assert!(run.json()["problems"].to_string().contains("share no commit"));
}

#[test]
fn text_that_came_and_went_inside_the_range_is_seen() {
    let repo = with_policy(EVERY_BLOB);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("settings.txt", "OFFENCE\n");
    repo.commit("Add settings");
    repo.write("settings.txt", "taken back\n");
    repo.commit("Take it back");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["settings.txt"]);
    fs::remove_file(repo.path().join("settings.txt")).unwrap();
    repo.commit("Remove the file");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["settings.txt"]);
}

#[test]
fn what_a_merge_slips_in_is_seen() {
    let repo = with_policy(EVERY_BLOB);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("topic.txt", "fine\n");
    repo.commit("Work");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main.txt", "fine\n");
    repo.commit("Work beside it");
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    repo.write("evil.txt", "OFFENCE\n");
    repo.commit("Merge main");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["evil.txt"]);
    fs::remove_file(repo.path().join("evil.txt")).unwrap();
    repo.commit("Tidy up");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["evil.txt"]);
}

#[test]
fn attributes_hide_nothing() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    let attributes = "*.a -diff\n*.b binary\n*.c diff=other\n*.d -text\n*.e linguist-generated\n*.f export-ignore\n";
    repo.write(".gitattributes", attributes);
    for name in ["x.a", "x.b", "x.c", "x.d", "x.e", "x.f"] {
        repo.write(name, "OFFENCE\n");
    }
    let all = ["x.a", "x.b", "x.c", "x.d", "x.e", "x.f"];
    assert_eq!(found(&judge(&repo, &[]).exits(1)), all);
    repo.commit("Hide");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), all);
}

/// Everything in a repository's settings that makes Git start a program.
const PROGRAMS: [&str; 16] = [
    "core.fsmonitor",
    "core.sshCommand",
    "core.editor",
    "core.pager",
    "core.askPass",
    "core.gitProxy",
    "diff.external",
    "diff.canary.command",
    "diff.canary.textconv",
    "filter.canary.clean",
    "filter.canary.smudge",
    "filter.canary.process",
    "merge.canary.driver",
    "credential.helper",
    "gpg.program",
    "gpg.ssh.program",
];

#[test]
fn no_program_that_the_repository_names_is_started() {
    let repo = with_policy(EVERY_BLOB);
    repo.write(".gitattributes", "* filter=canary diff=canary merge=canary\n");
    repo.commit("Name drivers");
    repo.git(&["tag", "v1.0.0"]);
    let start = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("new.txt", "OFFENCE\n");
    repo.commit("Offend");
    repo.git(&["tag", "v1.1.0"]);
    let tip = repo.git(&["rev-parse", "HEAD"]);

    let folder = tempfile::tempdir().unwrap();
    let (canary, sung) = (folder.path().join("canary"), folder.path().join("sung"));
    fs::write(&canary, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", sung.display())).unwrap();
    executable(&canary);
    let program = canary.to_str().unwrap();
    for key in PROGRAMS {
        repo.git(&["config", key, program]);
    }
    for key in ["alias.status", "alias.diff", "alias.log", "alias.rev-parse"] {
        repo.git(&["config", key, &format!("!{program}")]);
    }
    let hooks = folder.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for name in ["pre-commit", "post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"] {
        for place in [hooks.join(name), repo.path().join(".git/hooks").join(name)] {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(&canary, &place).unwrap();
        }
    }
    repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    let _ = fs::remove_file(&sung);
    repo.write("kept.txt", "changed on disk\n");
    repo.write("fresh.txt", "new on disk\n");

    let updates = format!("{start} {tip} refs/heads/topic\n");
    let modes: [&[&str]; 7] = [
        &[],
        &["--staged"],
        &["--all"],
        &["--base", "main"],
        &["--release", "v1.1.0"],
        &["--trust-owner"],
        &["--push"],
    ];
    for mode in modes {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &updates).unwrap();
        let mut command = repo.gatecheck(mode);
        command.stdin(fs::File::open(file.path()).unwrap());
        let code = Run::of(&mut command).code;
        assert!(matches!(code, Some(0 | 1)), "{mode:?}: {code:?}");
        assert!(!sung.exists(), "{mode:?} started a program: {}", fs::read_to_string(&sung).unwrap_or_default());
    }
    for other in [["policy", "show"].as_slice(), &["init", "--dry-run"], &["policy", "lock"]] {
        repo.check(other).exits(0);
        assert!(!sung.exists(), "{other:?} started a program");
    }
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_read_as_data() {
    use std::os::unix::fs::MetadataExt as _;
    let repo = with_policy(ADDED);
    repo.write("bad.txt", "OFFENCE\n");
    let me = fs::metadata(repo.path()).unwrap().uid();
    if me != 0 {
        // Only root can give files away.
        return;
    }
    for entry in walkdir::WalkDir::new(repo.path()).into_iter().map(Result::unwrap) {
        std::os::unix::fs::lchown(entry.path(), Some(12_345), Some(12_345)).unwrap();
    }
    for args in [[].as_slice(), &["--trust-owner"], &["--all"]] {
        assert!(found(&judge(&repo, args).exits(1)).contains(&"bad.txt".to_owned()), "{args:?}");
    }
}
