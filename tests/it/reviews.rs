//! Approvals through real histories: a policy, a repository, and what a forge told.

use serde_json::{Value, json};

use crate::support::{Run, TempRepo, clean};

const POLICY: &str = "gatecheck: 1
rules:
  approved:
    check: reviews
    level: block
    with: { approvals: 1, independent-of: [authors] }
";

const LINES: &str = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";

/// `main` with a policy and a file, `topic` with a change to it; gives the head that was looked at.
fn proposal() -> (TempRepo, String) {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY);
    repo.write("pay.txt", LINES);
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("pay.txt", LINES.replace("five", "FIVE"));
    let head = repo.commit("Change the fifth line");
    (repo, head)
}

/// What the forge tells about the head of today: `bea` approved another one.
fn told(repo: &TempRepo, looked_at: &str) -> Value {
    json!({
        "schema": "gatecheck.facts/v1",
        "pull-request": { "known": {
            "number": 1, "title": "Change", "author": "ana", "source": "topic", "target": "main",
            "head": repo.git(&["rev-parse", "topic"]),
        } },
        "forge": {
            "reviews": { "known": [
                { "id": 1, "user": "bea", "state": "approved", "submitted-at": "2026-01-02T04:00:00Z", "commit": looked_at },
            ] },
            "people": { "known": [
                { "login": "bea", "type": "user", "permission": "write" },
                { "login": "ana", "type": "user", "permission": "write", "emails": ["author@example.com"] },
            ] },
            "retargets": { "known": [] },
        },
    })
}

fn judge(repo: &TempRepo, facts: &Value) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    std::fs::write(&file, facts.to_string()).unwrap();
    let args = ["--base", "main", "--head", "topic", "--now", "2026-01-03T00:00:00Z", "--facts"];
    Run::of(repo.gatecheck(&[&args[..], &[file.to_str().unwrap()]].concat()).env("CI", "true"))
}

#[test]
fn an_approval_lives_through_a_rebase_and_ends_with_an_edit() {
    let (repo, head) = proposal();
    judge(&repo, &told(&repo, &head)).exits(0);
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("pay.txt", LINES.replace("one", "ONE"));
    repo.commit("Meanwhile");
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["rebase", "--quiet", "main"]);
    judge(&repo, &told(&repo, &head)).exits(0);
    repo.write("pay.txt", LINES.replace("one", "ONE").replace("five", "FIVE").replace("nine", "NINE"));
    repo.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    let stale = judge(&repo, &told(&repo, &head)).exits(1);
    assert!(stale.stdout.contains("is stale: `pay.txt` changed after it"), "{}", stale.stdout);
    assert!(stale.stdout.contains("`bea` (by approving again)"), "{}", stale.stdout);
}

#[test]
fn what_a_forge_did_not_tell_closes_the_gate() {
    let (repo, head) = proposal();
    for key in ["reviews", "people", "retargets"] {
        let mut facts = told(&repo, &head);
        facts["forge"].as_object_mut().unwrap().remove(key);
        judge(&repo, &facts).exits(3);
    }
    let gone = judge(&repo, &told(&repo, &"ab".repeat(20))).exits(3);
    assert!(gone.stdout.contains("git fetch origin abab"), "{}", gone.stdout);
    let mut silent = told(&repo, &head);
    silent.as_object_mut().unwrap().remove("forge");
    judge(&repo, &silent).exits(3);
}

#[test]
fn approvals_of_another_head_are_refused() {
    let (repo, head) = proposal();
    let facts = told(&repo, &head);
    repo.write("pay.txt", LINES.replace("five", "evil"));
    repo.commit("More");
    let refused = judge(&repo, &facts).exits(3);
    assert!(refused.stderr.contains("the facts are about the head"), "{}", refused.stderr);
}

/// Merges `main` into the branch that is checked out, as somebody else would; gives the new head.
fn update_branch(repo: &TempRepo, edit: Option<&str>) -> String {
    let mut merge = clean("git", repo.path());
    merge.args(["merge", "--quiet", "--no-ff", "--no-commit", "main"]);
    assert!(merge.output().unwrap().status.success());
    if let Some(text) = edit {
        repo.write("pay.txt", text);
        repo.git(&["add", "pay.txt"]);
    }
    let mut commit = clean("git", repo.path());
    for who in ["AUTHOR", "COMMITTER"] {
        commit.env(format!("GIT_{who}_NAME"), "bea").env(format!("GIT_{who}_EMAIL"), "bea@example.com");
    }
    assert!(
        commit.args(["commit", "--quiet", "-m", "Merge branch 'main' into topic"]).output().unwrap().status.success()
    );
    repo.git(&["rev-parse", "HEAD"])
}

/// The same facts with `bea` as an author of her own, and every hand counted.
fn with_bea(repo: &TempRepo, looked_at: &str, first: &str) -> Value {
    let mut facts = told(repo, looked_at);
    facts["forge"]["people"]["known"][0]["emails"] = json!(["bea@example.com"]);
    facts["forge"]["people"]["known"][1]["emails"] = json!(["author@example.com", "committer@example.com"]);
    facts["forge"]["pushes"] = json!({ "known": [
        { "user": "ana", "at": "2026-01-02T03:00:00Z", "head": first },
        { "user": "bea", "at": "2026-01-02T03:30:00Z", "head": repo.git(&["rev-parse", "topic"]) },
    ] });
    facts
}

#[test]
fn bringing_a_branch_up_to_date_is_no_hand_in_it_and_an_edit_on_the_way_is() {
    let ground = |policy: &str| {
        let (repo, head) = proposal();
        repo.git(&["checkout", "--quiet", "main"]);
        repo.write("gatecheck.yaml", policy);
        repo.write("pay.txt", LINES.replace("one", "ONE"));
        repo.commit("Meanwhile");
        repo.git(&["checkout", "--quiet", "topic"]);
        (repo, head)
    };
    let policy = POLICY.replace(", independent-of: [authors]", "");
    let (repo, first) = ground(&policy);
    let head = update_branch(&repo, None);
    judge(&repo, &with_bea(&repo, &head, &first)).exits(0);
    let (repo, first) = ground(&policy);
    let both = LINES.replace("one", "ONE").replace("five", "FIVE");
    let head = update_branch(&repo, Some(&both.replace("nine", "NEIN")));
    let evil = judge(&repo, &with_bea(&repo, &head, &first)).exits(1);
    assert!(evil.stdout.contains("`bea` wrote commit"), "{}", evil.stdout);
}

/// Judges a merge group, as its event tells it.
fn judge_group(repo: &TempRepo, facts: &Value, branch: &str) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let (file, event) = (folder.path().join("facts.json"), folder.path().join("event.json"));
    std::fs::write(&file, facts.to_string()).unwrap();
    let group = json!({ "merge_group": {
        "base_sha": repo.git(&["rev-parse", "main"]), "head_sha": repo.git(&["rev-parse", "queue"]),
        "base_ref": "refs/heads/main", "head_ref": format!("refs/heads/gh-readonly-queue/main/{branch}"),
    } });
    std::fs::write(&event, group.to_string()).unwrap();
    let mut run = repo.gatecheck(&["--now", "2026-01-03T00:00:00Z", "--facts", file.to_str().unwrap()]);
    run.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "merge_group");
    Run::of(run.env("GITHUB_EVENT_PATH", &event))
}

#[test]
fn in_a_merge_group_approvals_are_of_the_head_of_its_pull_request() {
    let (repo, head) = proposal();
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("pay.txt", LINES.replace("one", "ONE"));
    repo.commit("Meanwhile");
    repo.git(&["checkout", "--quiet", "-b", "queue", "main"]);
    repo.git(&["merge", "--quiet", "--squash", "topic"]);
    repo.commit("Change the fifth line (#1)");
    let facts = told(&repo, &head);
    judge_group(&repo, &facts, &format!("pr-1-{head}")).exits(0);
    // Of another pull request, and of one that nobody names, they say nothing.
    judge_group(&repo, &facts, &format!("pr-2-{head}")).exits(3);
    judge_group(&repo, &facts, "elsewhere").exits(3);
    // What the queue made is not what was approved.
    repo.write("pay.txt", LINES.replace("one", "ONE").replace("five", "FIVE").replace("nine", "NEIN"));
    repo.git(&["commit", "--quiet", "--all", "--amend", "--no-edit"]);
    let stale = judge_group(&repo, &facts, &format!("pr-1-{head}")).exits(1);
    assert!(stale.stdout.contains("is stale: `pay.txt` changed after it"), "{}", stale.stdout);
}

#[test]
fn a_second_pull_request_with_the_same_head_into_another_branch_lends_no_approvals() {
    let (repo, head) = proposal();
    let mut facts = told(&repo, &head);
    facts["pull-request"]["known"]["target"] = json!("next");
    let run = judge(&repo, &facts).exits(3);
    assert!(run.stderr.contains("into `next`"), "{}", run.stderr);
}

#[test]
fn on_a_laptop_what_only_a_forge_knows_is_never_a_pass() {
    let (repo, _) = proposal();
    let policy = "gatecheck: 1
rules:
  reviews: { check: reviews, with: { approvals: 1 } }
  request: { check: pull-request, with: { draft: fail } }
  status: { check: ci-status, with: { required: [{ name: build }] } }
  floor: { check: branch-protection, with: { require: [signatures] } }
";
    repo.write("gatecheck.yaml", policy);
    let report = repo.check(&["--format", "json"]).json();
    for result in report["results"].as_array().unwrap() {
        let (rule, verdict) = (&result["rule"], &result["verdict"]);
        assert!(verdict.get("not-applicable").is_some() && result["judged-elsewhere"] == true, "{rule}: {verdict}");
    }
    // Where the same runs in CI it closes the gate.
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("gatecheck.yaml");
    std::fs::write(&outside, policy).unwrap();
    Run::of(repo.gatecheck(&["--policy", outside.to_str().unwrap()]).env("CI", "true")).exits(3);
}
