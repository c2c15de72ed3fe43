//! Whole sample repositories: two trees, the arguments, and everything that gatecheck says about them.
//!
//! `fixtures/<scenario>/` holds `base/` and `head/`, committed on `main` and on the branch `change`, and
//! `run.yaml`. Every scenario runs with every rule that it names; an extra finding in the difference is a
//! false alarm to mend or a truth to bless.

use std::fs;

use serde::Deserialize;

use crate::support::{TempRepo, assert_current, folders, root};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Scenario {
    /// What the scenario shows, for the reader.
    #[serde(rename = "shows")]
    _shows: String,
    /// The message of the commit on the branch.
    message: String,
    /// Arguments besides the formats.
    arguments: Vec<String>,
    /// The exit code.
    exit: i32,
}

/// The formats whose output every scenario keeps.
const FORMATS: [(&str, &str); 4] =
    [("terminal", "terminal.txt"), ("sarif", "report.sarif"), ("junit", "junit.xml"), ("markdown", "report.md")];

#[test]
fn every_scenario_says_what_it_said() {
    for folder in folders(&root().join("fixtures/scenarios")) {
        let scenario: Scenario = serde_yaml::from_str(&fs::read_to_string(folder.join("run.yaml")).unwrap()).unwrap();
        let repo = TempRepo::new();
        repo.copy_from(&folder.join("base"));
        repo.commit("Lay the ground");
        repo.git(&["checkout", "--quiet", "-b", "change"]);
        repo.copy_from(&folder.join("head"));
        repo.commit(&scenario.message);
        for (format, file) in FORMATS {
            let mut arguments = vec!["--format", format, "--now", "2026-01-03T00:00:00Z"];
            arguments.extend(scenario.arguments.iter().map(String::as_str));
            let run = repo.check(&arguments).exits(scenario.exit);
            assert_eq!(run.stderr, "", "{}", folder.display());
            assert_current(&folder.join("expected").join(file), &normalised(&run.stdout));
        }
    }
}

/// The report with the time that it took left out.
fn normalised(output: &str) -> String {
    let took = regex::Regex::new(r"in [0-9.]+ (ms|s)\b").unwrap();
    took.replace_all(output, "in TIME").replace(env!("CARGO_PKG_VERSION"), "VERSION")
}
