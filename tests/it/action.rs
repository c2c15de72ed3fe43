//! What a job on GitHub gets: the action, the annotations and the summary of the step.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Run, TempRepo, root};

fn action() -> Value {
    serde_yaml::from_str(&fs::read_to_string(root().join("action.yml")).unwrap()).unwrap()
}

fn steps(action: &Value) -> &[Value] {
    action["runs"]["steps"].as_array().unwrap()
}

/// What stands in `${{ … }}` anywhere in a value.
fn expressions(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let parts = text.split("${{").skip(1).filter_map(|it| it.split_once("}}"));
            found.extend(parts.map(|(expression, _)| expression.trim().to_owned()));
        }
        Value::Array(items) => items.iter().for_each(|it| expressions(it, found)),
        Value::Object(fields) => fields.values().for_each(|it| expressions(it, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[test]
fn no_text_of_a_stranger_becomes_part_of_a_script() {
    let action = action();
    assert_eq!(action["runs"]["using"], "composite");
    for step in steps(&action) {
        assert_eq!(step["shell"], "bash", "{step}");
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
    }
}

#[test]
fn inputs_outputs_and_steps_that_are_used_exist() {
    let action = action();
    let mut used = BTreeSet::new();
    expressions(&action, &mut used);
    let inputs: BTreeSet<&str> = used.iter().filter_map(|it| it.strip_prefix("inputs.")).collect();
    let declared: BTreeSet<&str> = action["inputs"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(inputs, declared);
    let ids: BTreeSet<&str> = steps(&action).iter().filter_map(|it| it["id"].as_str()).collect();
    let named = used.iter().filter_map(|it| it.strip_prefix("steps.")?.split('.').next());
    named.for_each(|id| assert!(ids.contains(id), "{id}"));
    assert_eq!(action["outputs"]["exit-code"]["value"], "${{ steps.judge.outputs.exit-code }}");
}

#[test]
fn the_program_is_built_from_the_revision_of_the_action_in_its_own_folder() {
    let action = action();
    let build = steps(&action)[0]["run"].as_str().unwrap();
    assert!(build.contains("cargo install --locked"), "{build}");
    let lines: Vec<&str> = build.lines().map(str::trim).collect();
    let at = |start: &str| lines.iter().position(|it| it.starts_with(start)).unwrap();
    assert!(at("cd \"$ACTION_PATH\"") < at("cargo install"), "{build}");
}

/// A job with a repository and the files that its runner reads.
struct Job {
    repository: TempRepo,
    files: tempfile::TempDir,
}

impl Job {
    /// A pull request that brings `content`.
    fn new(content: &str) -> Self {
        let repository = TempRepo::new();
        let policy = "gatecheck: 1\nrules:\n  no-todo: { check: text, with: { forbidden: [{ pattern: 'TO[D]O' }] } }\n";
        repository.write("gatecheck.yaml", policy);
        repository.commit("start");
        repository.git(&["switch", "--quiet", "-c", "topic"]);
        repository.write("a b.rs", content);
        repository.commit("a change");
        let job = Self { repository, files: tempfile::tempdir().unwrap() };
        let (base, head) = (job.repository.git(&["rev-parse", "main"]), job.repository.git(&["rev-parse", "topic"]));
        let event = serde_json::json!({ "number": 7, "pull_request": {
            "number": 7, "title": "a change", "body": null, "user": { "login": "ana", "type": "User" }, "labels": [],
            "draft": false, "base": { "ref": "main", "sha": base }, "head": { "ref": "topic", "sha": head },
        }});
        fs::write(job.file("event.json"), event.to_string()).unwrap();
        job
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// The step of the action that judges.
    fn action(&self, arguments: &str) -> Run {
        let action = action();
        let step = steps(&action).iter().find(|it| it["id"] == "judge").unwrap();
        let mut command = crate::support::clean("bash", self.files.path());
        command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"].as_str().unwrap()]);
        command.env("PROGRAM", env!("CARGO_BIN_EXE_gatecheck")).env("ARGUMENTS", arguments);
        command.env("REPOSITORY", self.repository.path());
        self.run(command)
    }

    fn check(&self, arguments: &[&str]) -> Run {
        self.run(self.repository.gatecheck(arguments))
    }

    fn run(&self, mut command: std::process::Command) -> Run {
        command.env("CI", "true").env("GITHUB_ACTIONS", "true").env("GITHUB_EVENT_NAME", "pull_request");
        command.env("GITHUB_EVENT_PATH", self.file("event.json"));
        command.env("GITHUB_OUTPUT", self.file("output"));
        if !self.file("no-summary").exists() {
            command.env("GITHUB_STEP_SUMMARY", self.file("summary.md"));
        }
        Run::of(&mut command)
    }
}

#[test]
fn a_change_that_passes_leaves_the_step_green_with_a_summary() {
    let job = Job::new("fn a() {}\n");
    let run = job.action("").exits(0);
    assert!(!run.stdout.contains("::error"), "{}", run.stdout);
    assert_eq!(job.read("output"), "exit-code=0\n");
    assert!(job.read("summary.md").contains("passed"), "{}", job.read("summary.md"));
}

#[test]
fn a_change_that_fails_is_annotated_and_its_exit_code_is_an_output() {
    let job = Job::new("// TODO\n");
    let run = job.action("").exits(1);
    let verdict = run.stdout.lines().position(|it| it == "blocked").unwrap();
    let annotation = run.stdout.lines().position(|it| it.starts_with("::error file=a b.rs,line=1,")).unwrap();
    assert!(verdict < annotation, "{}", run.stdout);
    assert_eq!(job.read("output"), "exit-code=1\n");
    assert!(job.read("summary.md").contains("no-todo"));
}

#[test]
fn each_line_of_the_input_is_one_argument_and_nothing_is_expanded() {
    let job = Job::new("// TODO\n");
    let run = job.action("--exit-zero\n\n--output=json=$(touch ran).json\n").exits(0);
    assert!(run.stdout.contains("blocked") && !run.stdout.contains("::error"), "{}", run.stdout);
    assert!(job.read("$(touch ran).json").contains("no-todo"));
    assert!(!job.file("ran").exists() && !job.file("summary.md").exists());
}

#[test]
fn outside_of_github_and_with_formats_of_one_s_own_nothing_is_added() {
    let job = Job::new("// TODO\n");
    let run = job.check(&["--format", "json"]).exits(1);
    run.json();
    assert!(!job.file("summary.md").exists());
    let plain = job.repository.check(&["--base", "main"]).exits(1);
    assert!(!plain.stdout.contains("::error"), "{}", plain.stdout);
    let quiet = job.check(&["--quiet"]).exits(1);
    assert_eq!(quiet.stdout, "blocked\n");
}

#[test]
fn the_summary_is_appended_within_its_budget_and_never_changes_the_verdict() {
    let job = Job::new("// TODO\n");
    fs::write(job.file("summary.md"), "an earlier step\n").unwrap();
    job.check(&[]).exits(1);
    let summary = job.read("summary.md");
    assert!(summary.starts_with("an earlier step\n") && summary.contains("no-todo"), "{summary}");
    let full = "x".repeat(1_048_570);
    fs::write(job.file("summary.md"), &full).unwrap();
    let run = job.check(&[]).exits(1);
    assert!(run.stderr.contains("earlier steps left no room"), "{}", run.stderr);
    assert_eq!(job.read("summary.md"), full);
    fs::remove_file(job.file("summary.md")).unwrap();
    fs::create_dir(job.file("summary.md")).unwrap();
    let run = job.check(&[]).exits(1);
    assert!(run.stderr.contains("the summary of the step cannot be written"), "{}", run.stderr);
    fs::write(job.file("no-summary"), "").unwrap();
    assert_eq!(job.check(&[]).exits(1).stderr, "");
}
