//! `gatecheck explain --why`: how a rule came to its verdict, held against golden text.

use serde_json::{Value, json};

use crate::support::{self, Run, TempRepo};

const POLICY: &str = "gatecheck: 1
rules:
  two-owners:
    check: reviews
    level: block
    title: Owners and two more approve
    when: { target: main, any: [{ paths: ['src/**'] }, { labels: [risky] }] }
    with:
      all:
        - { name: owners, approvals: 1, from: code-owners }
        - { name: two, approvals: 2 }
        - any:
            - { name: security, approvals: 1, from: { teams: [acme/security] }, when: { paths: ['src/pay/**'] } }
            - { name: docs, approvals: 1, when: { paths: ['docs/**'] } }
  floor:
    check: branch-protection
    level: warn
    with: { require: [no-force-push, signatures], approvals: 2 }
  no-shouting:
    check: text
    level: block
    when: { not: { labels: [loud] } }
    with: { forbidden: [{ pattern: '[A-Z]{5}', message: this is shouted }] }
  docs-only:
    check: text
    level: note
    when: { paths: ['docs/**'] }
    with: { forbidden: [{ pattern: maybe }] }
waivers:
  - rule: no-shouting
    paths: ['src/pay/**']
    reason: the protocol shouts
    owner: payments
    approver: leads
    expires: 2026-03-31
";

fn proposal() -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY);
    repo.write(".github/CODEOWNERS", "/src/ @acme/core\n/src/pay/ @bea\n");
    repo.write("src/pay/a.txt", "one\n");
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("src/pay/a.txt", "one\nHELLO\n");
    repo.write("src/b.txt", "two\nWORLD\n");
    repo.commit("Change");
    repo.write("src/b.txt", "two\nWORLD\nthree\n");
    repo.commit("Change more");
    repo
}

fn facts(repo: &TempRepo) -> Value {
    let head = repo.git(&["rev-parse", "topic"]);
    let before = repo.git(&["rev-parse", "topic~1"]);
    let review = |id: u64, user: &str, state: &str, commit: &str| {
        let at = format!("2026-01-02T04:0{id}:00Z");
        json!({ "id": id, "user": user, "state": state, "submitted-at": at, "commit": commit })
    };
    let person = |login: &str, permission: &str| json!({ "login": login, "type": "user", "permission": permission, "emails": [format!("{login}@example.com")] });
    let mut dismissed = review(5, "eve", "dismissed", &head);
    dismissed["dismissal"] = json!({ "by": "ana", "reason": "left the team" });
    let mut author = person("ana", "write");
    author["emails"] = json!(["author@example.com", "committer@example.com"]);
    json!({
        "schema": "gatecheck.facts/v1",
        "pull-request": { "known": {
            "number": 1, "title": "Change", "author": "ana", "source": "topic", "target": "main", "head": head,
        } },
        "forge": {
            "reviews": { "known": [
                review(1, "bea", "approved", &before),
                review(2, "cy", "approved", &head),
                review(3, "dee", "approved", &head),
                review(4, "flo", "commented", &head),
                dismissed,
                review(6, "gus", "changes-requested", &head),
                review(7, "ana", "approved", &head),
            ] },
            "people": { "known": [
                author, person("bea", "write"), person("cy", "write"), person("dee", "read"), person("eve", "write"),
                person("flo", "write"), person("gus", "write"), person("hal", "write"),
            ] },
            "teams": { "known": [
                { "name": "acme/core", "members": ["cy"] }, { "name": "acme/security", "members": ["hal"] },
            ] },
            "pushes": { "known": [
                { "user": "ana", "at": "2026-01-02T03:00:00Z", "head": before },
                { "user": "ana", "at": "2026-01-02T04:01:30Z", "head": head },
            ] },
            "retargets": { "known": [] },
            "protection": { "known": {
                "rulesets": [
                    { "name": "main", "enforcement": "active", "bypass": [],
                      "rules": [{ "type": "non_fast_forward" }] },
                    { "name": "trial", "enforcement": "evaluate", "bypass": [],
                      "rules": [{ "type": "required_signatures" }] },
                ],
                "classic": { "enforce_admins": { "enabled": false }, "required_signatures": { "enabled": false },
                    "allow_force_pushes": { "enabled": true }, "allow_deletions": { "enabled": false },
                    "required_pull_request_reviews": { "dismiss_stale_reviews": true, "require_code_owner_reviews": true,
                        "require_last_push_approval": false, "required_approving_review_count": 2 } },
            } },
        },
    })
}

fn why(repo: &TempRepo, rule: &str, more: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    std::fs::write(&file, facts(repo).to_string()).unwrap();
    let args = ["explain", "--why", rule, "--base", "main", "--head", "topic", "--now", "2026-01-03T00:00:00Z"];
    Run::of(repo.gatecheck(&[&args[..], &["--facts", file.to_str().unwrap()], more].concat()).env("CI", "true"))
}

#[test]
fn every_kind_of_rule_is_told_step_by_step() {
    let repo = proposal();
    for rule in ["two-owners", "floor", "no-shouting", "docs-only"] {
        let told = why(&repo, rule, &[]).exits(0);
        support::assert_current(&support::root().join(format!("fixtures/cli/why-{rule}.txt")), &told.stdout);
    }
}

#[test]
fn the_same_as_json() {
    let repo = proposal();
    let told = why(&repo, "two-owners", &["--json"]).exits(0).json();
    assert_eq!(told["schema"], "gatecheck.why/v1");
    let rule = &told["changes"][0]["rules"][0];
    assert_eq!(rule["result"]["rule"], "two-owners");
    assert_eq!(rule["when"][0]["answer"], "yes");
    let steps = rule["steps"].as_array().unwrap();
    let way = steps.iter().find(|it| it["what"] == "somebody can unblock it").unwrap();
    let because = way["because"].as_str().unwrap();
    assert!(because.contains("`hal` approves") && because.contains("`gus`, who requests changes"), "{way:#}");
}

#[test]
fn what_was_not_told_is_told_to_be_missing() {
    let repo = proposal();
    let run = Run::of(&mut repo.gatecheck(&["explain", "--why", "two-owners", "--base", "main", "--head", "topic"]));
    let told = run.exits(0);
    assert!(told.stdout.contains("not applicable: the pull request"), "{}", told.stdout);
    let wrong = Run::of(&mut repo.gatecheck(&["explain", "--why", "two-owner"])).exits(2);
    assert!(wrong.stderr.contains("did you mean `two-owners`?"), "{}", wrong.stderr);
}
