//! `gatecheck doctor`: whether the gate itself stands.

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
