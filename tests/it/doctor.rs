//! `gatecheck doctor`: whether the gate itself stands.

use serde_json::json;

use crate::support::{Run, TempRepo, clean};

const WORKFLOW: &str = "on: pull_request\njobs:\n  gate:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: \
                        actions/checkout@v4\n        with: { fetch-depth: 0 }\n      - uses: \
                        acme/gatecheck@1f0c3a5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a\n";

fn doctor(repo: &TempRepo) -> Run {
    Run::of(clean(env!("CARGO_BIN_EXE_gatecheck"), repo.path()).arg("doctor"))
}

#[test]
fn a_repository_without_a_gate_is_told_what_it_lacks() {
    let repo = TempRepo::new();
    repo.write("a.txt", "words\n");
    repo.commit("start");
    let run = doctor(&repo).exits(1);
    for said in ["nothing in this repository runs the gate", "has no policy", "no hook of this clone"] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
}

#[test]
fn a_repository_with_a_gate_is_well_until_somebody_goes_around_it() {
    let repo = TempRepo::new();
    repo.write(".github/workflows/gate.yml", WORKFLOW);
    // The doctor asks about the gate; what the policy says is for changes.
    repo.write(
        ".github/gatecheck.yaml",
        "gatecheck: 1\nrules:\n  no-words: { check: text, with: { forbidden: [{ pattern: words }] } }\n",
    );
    repo.write("a.txt", "words\n");
    repo.commit("start");
    Run::of(clean(env!("CARGO_BIN_EXE_gatecheck"), repo.path()).args(["hook", "install"])).exits(0);
    let run = doctor(&repo).exits(0);
    for said in ["has no policy", "no hook of this clone", "is shallow"] {
        assert!(!run.stdout.contains(said), "{said}: {run:?}");
    }
    repo.write(".github/workflows/gate.yml", WORKFLOW.replace("  gate:\n", "  gate:\n    continue-on-error: true\n"));
    let run = doctor(&repo).exits(1);
    assert!(run.stdout.contains(".github/workflows/gate.yml:4:5"), "{run:?}");
}

#[test]
fn the_settings_of_the_forge_are_looked_at_where_they_are_told() {
    let repo = TempRepo::new();
    repo.write(".github/workflows/gate.yml", WORKFLOW);
    repo.commit("start");
    let remote = |name: &str| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("facts.json");
        let facts = json!({
            "schema": "gatecheck.facts/v1",
            // What else is told is about a head that is not looked at here.
            "pull-request": { "known": { "number": 1, "title": "Change", "author": "ana", "source": "topic",
                "target": "main", "head": "ab".repeat(20) } },
            "forge": { "reviews": { "known": [] }, "protection": { "known": { "rulesets": [{
                "name": "main", "enforcement": "active", "bypass": [{ "type": "Team", "id": 7, "mode": "always" }],
                "rules": [
                    { "type": "required_status_checks", "parameters": { "strict_required_status_checks_policy": false,
                        "required_status_checks": [{ "context": name, "integration_id": 15368 }] } },
                    { "type": "pull_request", "parameters": { "required_approving_review_count": 0,
                        "dismiss_stale_reviews_on_push": false, "require_code_owner_review": false,
                        "require_last_push_approval": false, "required_review_thread_resolution": false } },
                ],
            }] } } },
        });
        std::fs::write(&file, facts.to_string()).unwrap();
        let mut run = clean(env!("CARGO_BIN_EXE_gatecheck"), repo.path());
        Run::of(run.args(["doctor", "--remote", "--facts", file.to_str().unwrap()]))
    };
    let run = remote("gate").exits(1);
    assert!(run.stdout.contains("the team 7 may bypass the ruleset `main`"), "{run:?}");
    assert!(!run.stdout.contains("nothing makes sure"), "{run:?}");
    let run = remote("old-name").exits(1);
    assert!(run.stdout.contains("nothing makes sure that `gate` of the app 15368 passes"), "{run:?}");
    assert!(run.stdout.contains("the ruleset `main` requires `old-name`"), "{run:?}");
    let bare = clean(env!("CARGO_BIN_EXE_gatecheck"), repo.path()).args(["doctor", "--remote"]).output().unwrap();
    assert_eq!(bare.status.code(), Some(2));
}
