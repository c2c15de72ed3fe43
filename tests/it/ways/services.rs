//! Checkouts as CI services make them, with the events and variables that they give.

use std::fs;

use serde_json::{Value, json};

use super::{ADDED, EVERY_BLOB, found, judge, with_policy};
use crate::support::{Run, TempRepo};

/// An origin with a pull request whose trial merge is at `refs/pull/1/merge`, as a forge has it.
pub(crate) struct Forge {
    pub(crate) origin: TempRepo,
    pub(crate) base: String,
    pub(crate) head: String,
    pub(crate) merge: String,
}

pub(crate) fn forge(policy: &str) -> Forge {
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
    pub(crate) fn checkout(&self, name: &str, depth: u32) -> TempRepo {
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
    pub(crate) fn pull_request(&self) -> Value {
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

/// A workflow that checks out the repository of a fork has the fork's branches as `origin/…`: one that is called like
/// the target is the head itself. After the merge the target has the head as well.
#[test]
fn a_target_that_has_the_head_already_does_not_empty_the_pull_request() {
    let forge = forge(ADDED);
    let mut payload = forge.pull_request();
    payload["pull_request"]["head"]["ref"] = "main".into();
    let clone = forge.checkout("refs/pull/1/head", 0);
    clone.git(&["fetch", "--quiet", "origin", "refs/pull/1/merge"]);
    for tip in [&forge.head, &forge.merge] {
        clone.git(&["update-ref", "refs/remotes/origin/main", tip]);
        let run = on_github(&clone, "pull_request", &payload, &[]).exits(1);
        assert_eq!(found(&run), ["two.txt"]);
    }
    payload["pull_request"]["base"]["sha"] = "1".repeat(40).into();
    let run = on_github(&clone, "pull_request", &payload, &[]).exits(3);
    assert!(run.stderr.contains(&format!("git fetch origin {}", "1".repeat(40))), "{}", run.stderr);
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
fn what_a_job_left_in_its_work_tree_is_no_judgement_of_what_was_pushed() {
    let repo = with_policy(ADDED);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    let run = |repo: &TempRepo| Run::of(repo.gatecheck(&[]).env("CI", "true"));
    for _ in ["on the branch", "detached"] {
        run(&repo).exits(3);
        repo.write("left.txt", "built\n");
        run(&repo).exits(3);
        repo.git(&["clean", "--quiet", "--force"]);
        repo.git(&["checkout", "--quiet", "--detach"]);
    }
}

#[test]
fn a_head_that_is_a_merge_does_not_choose_its_own_base() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("other.txt", "fine\n");
    let base = repo.commit("Go on");
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["merge", "--quiet", "-m", "Merge main", "main"]);
    repo.git(&["checkout", "--quiet", "--detach"]);
    let head = repo.git(&["rev-parse", "HEAD"]);
    let payload = json!({ "pull_request": {
        "number": 1, "title": "x", "merge_commit_sha": head,
        "base": { "ref": "main", "sha": base }, "head": { "ref": "topic", "sha": head },
    } });
    assert_eq!(found(&on_github(&repo, "pull_request", &payload, &[]).exits(1)), ["bad.txt"]);
}
