//! Approvals through real histories: a policy, a repository, and what a forge told.

use serde_json::{Value, json};

use crate::support::{Run, TempRepo};

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
