//! What the forge holds a branch to: rulesets that are written, and judged again.

use serde_json::{Value, json};

use crate::support::{Run, TempRepo};

const POLICY: &str = "gatecheck: 1
rules:
  floor:
    check: branch-protection
    level: block
    with:
      branch: main
      require: [pull-request, dismiss-stale, last-push-approval, code-owner-review, resolved-conversations, up-to-date,
        linear-history, signatures, no-force-push, no-deletion, no-creation, no-update]
      approvals: 2
      checks: [{ name: gatecheck, app: 15368 }, { name: build }]
      merge-methods: [squash]
      merge-queue: { method: squash, grouping: all-green }
      deployments: [staging]
      workflows: [{ path: .github/workflows/gate.yml, repository: 42, git-ref: refs/heads/main }]
      bypass: [{ type: team, id: 7, mode: pull-request }, { type: organization-admin }, { type: deploy-key }]
";

fn repository(policy: &str) -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", policy);
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("a.txt", "words\n");
    repo.commit("Change");
    repo
}

fn ruleset(repo: &TempRepo) -> Value {
    Run::of(&mut repo.gatecheck(&["policy", "ruleset"])).exits(0).json()
}

fn judge(repo: &TempRepo, protection: &Value) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("facts.json");
    // What protects a branch is about no head.
    let facts = json!({ "schema": "gatecheck.facts/v1", "forge": { "protection": { "known": protection } } });
    std::fs::write(&file, facts.to_string()).unwrap();
    let args = ["--base", "main", "--head", "topic", "--facts", file.to_str().unwrap()];
    Run::of(repo.gatecheck(&args).env("CI", "true"))
}

#[test]
fn the_ruleset_that_is_written_meets_the_rule_that_it_was_written_by() {
    let repo = repository(POLICY);
    let written = ruleset(&repo);
    judge(&repo, &json!({ "exported": [written] })).exits(0);
}

#[test]
fn every_rule_of_the_written_ruleset_is_needed_and_so_is_its_weight() {
    let repo = repository(POLICY);
    let written = ruleset(&repo);
    let rules = written["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 11, "{written:#}");
    for index in 0..rules.len() {
        let mut less = written.clone();
        less["rules"].as_array_mut().unwrap().remove(index);
        judge(&repo, &json!({ "exported": [less] })).exits(1);
    }
    for parameter in rules.iter().filter_map(|it| it["parameters"].as_object()).flat_map(|it| it.keys()) {
        // What is not told is not known, and never met; these four no policy speaks about.
        let is_free = ["max_entries", "min_entries", "check_response", "update_allows", "allowed_merge"];
        if is_free.iter().any(|it| parameter.starts_with(it)) {
            continue;
        }
        let mut less = written.clone();
        for rule in less["rules"].as_array_mut().unwrap() {
            if let Some(parameters) = rule["parameters"].as_object_mut() {
                parameters.remove(parameter);
            }
        }
        judge(&repo, &json!({ "exported": [less] })).exits(3);
    }
    for (key, value) in [("enforcement", json!("evaluate")), ("target", json!("tag"))] {
        let mut less = written.clone();
        less[key] = value;
        judge(&repo, &json!({ "exported": [less] })).exits(1);
    }
    let mut more = written.clone();
    more["bypass_actors"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "actor_type": "Team", "actor_id": 8, "bypass_mode": "always" }));
    let told = judge(&repo, &json!({ "exported": [more] })).exits(1);
    assert!(told.stdout.contains("the team 8 may bypass the ruleset `floor`"), "{}", told.stdout);
}

#[test]
fn a_ruleset_says_what_keeps_it_from_being_written() {
    let none =
        repository("gatecheck: 1\nrules: { no-words: { check: text, with: { forbidden: [{ pattern: words }] } } }\n");
    let run = Run::of(&mut none.gatecheck(&["policy", "ruleset"])).exits(2);
    assert!(run.stderr.contains("no rule of the policy has the check `branch-protection`"), "{}", run.stderr);
    let several = repository(&format!(
        "{POLICY}  other: {{ check: branch-protection, with: {{ require: [signatures], bypass: [{{ type: team }}] }} }}\n"
    ));
    let run = Run::of(&mut several.gatecheck(&["policy", "ruleset"])).exits(2);
    assert!(run.stderr.contains("--rule"), "{}", run.stderr);
    let run = Run::of(&mut several.gatecheck(&["policy", "ruleset", "--rule", "other"])).exits(2);
    assert!(run.stderr.contains("without its number"), "{}", run.stderr);
    Run::of(&mut several.gatecheck(&["policy", "ruleset", "--rule", "floor", "--enforcement", "evaluate"])).exits(0);
}
