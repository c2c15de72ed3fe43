//! The README shows what happens: its run is the scenario's, its policy loads, its commands are executed.

use std::fs;

use crate::support::{TempRepo, assert_current, root};

/// The fenced blocks of a document in a language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).map(|rest| rest.split("\n```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_run_is_that_of_the_scenario() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let run = fs::read_to_string(root().join("fixtures/scenarios/pay-retry/expected/terminal.txt")).unwrap();
    let run = run.replace("VERSION", env!("CARGO_PKG_VERSION")).replace("in TIME", "in 7 ms");
    let (before, rest) = text.split_once("<!-- run -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end of run -->").unwrap();
    assert_current(&path, &format!("{before}<!-- run -->\n```text\n{run}```\n<!-- end of run -->{after}"));
}

#[test]
fn the_policy_loads_and_judges() {
    let policy = blocks("README.md", "yaml").into_iter().find(|block| block.starts_with("gatecheck: 1")).unwrap();
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", policy);
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("src/main.rs", "fn main() { dbg!(1); }\n");
    let report = repo.check(&["--format", "json"]).exits(1).json();
    let result = |rule: &str| {
        let results = report["results"].as_array().unwrap();
        results.iter().find(|result| result["rule"] == rule).unwrap().clone()
    };
    assert_eq!(result("no-debugging")["verdict"], "fail");
    // Its labels are known on the pull request only.
    assert_eq!(result("changelog")["judged-elsewhere"], true);
}

#[test]
fn every_policy_of_the_documents_loads() {
    for document in ["docs/policy.md", "docs/accepting-findings.md", "docs/coming-from-other-scanners.md"] {
        let policies = blocks(document, "yaml").into_iter().filter(|block| block.contains("gatecheck: 1"));
        for policy in policies {
            let repo = TempRepo::new();
            repo.write("gatecheck.yaml", &policy);
            let shown = repo.check(&["policy", "show", "--effective"]);
            assert_eq!(shown.code, Some(0), "{document}:\n{policy}\n{}", shown.stderr);
        }
    }
}

#[test]
fn every_command_runs() {
    let ci = fs::read_to_string(root().join(".ci/run")).unwrap();
    let repo = TempRepo::new();
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nextends: [default]\nrules:\n  sizes: { check: diff, with: { limits: { files: 9 } } }\n",
    );
    repo.write(
        "gatecheck/tests/sizes.md",
        "# sizes\n\n## Cases: sizes\n\n### One file\n\n```text head:a\nx\n```\n\n```text verdict\npass\n```\n",
    );
    repo.commit("Lay the ground");
    let mut executed = 0;
    for command in blocks("README.md", "sh").iter().flat_map(|block| block.lines()) {
        let command = command.split("  #").next().unwrap().trim();
        let arguments: Vec<&str> = match command {
            // The test command is the one that protects main, to the letter.
            "cargo test --locked" => {
                assert!(ci.lines().any(|line| line == command), "`.ci/run` does not run `{command}`");
                continue;
            }
            "cargo install --locked --path ." => continue,
            // The binary under test is what this would build.
            "cargo run --release --locked" => Vec::new(),
            other => other
                .strip_prefix("gatecheck")
                .unwrap_or_else(|| panic!("`{other}` is not tried"))
                .split_whitespace()
                .collect(),
        };
        repo.check(&arguments).exits(0);
        executed += 1;
    }
    assert!(executed >= 4, "the README lost its commands");
}
