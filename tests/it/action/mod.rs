//! What a job on GitHub gets: the action, the annotations, the summary and the outputs of the step.

mod comment;
mod events;
mod install;
mod runner;

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::{Run, TempRepo, assert_current, root};
use crate::tools::tools;

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
    let conditions = steps(&action).iter().filter_map(|it| it["if"].as_str());
    assert!(
        conditions.clone().eq(["inputs.forge-facts == 'true'", "inputs.sticky-comment == 'true'"]),
        "{:?}",
        conditions.collect::<Vec<_>>()
    );
    let ids: BTreeSet<&str> = steps(&action).iter().filter_map(|it| it["id"].as_str()).collect();
    let named = used.iter().filter_map(|it| it.strip_prefix("steps.")?.split('.').next());
    named.for_each(|id| assert!(ids.contains(id), "{id}"));
    for name in ["inputs", "outputs"] {
        for (name, it) in action[name].as_object().unwrap() {
            assert!(it["description"].as_str().is_some_and(|it| it.len() > 20), "{name} says what it is");
        }
    }
    let scripts: String = SCRIPTS.iter().map(|it| fs::read_to_string(root().join(it)).unwrap()).collect();
    let variables = steps(&action).iter().flat_map(|it| it["env"].as_object().unwrap().keys());
    for name in variables.filter(|it| !["CODE", "ACTION_PATH"].contains(&it.as_str())) {
        assert!(
            scripts.contains(&format!("${name}")) || scripts.contains(&format!("${{{name}:-}}")),
            "nobody reads {name}"
        );
    }
}

/// The rows of a table, as the document has it.
fn table(action: &Value, part: &str) -> String {
    let row = |(name, it): (&String, &Value)| {
        let default = it["default"].as_str().filter(|it| !it.is_empty());
        let default = default.map(|it| format!("; `{it}` when absent")).unwrap_or_default();
        format!("| `{name}` | {}{default} |\n", it["description"].as_str().unwrap())
    };
    let rows: String = action[part].as_object().unwrap().iter().map(row).collect();
    format!("| {part} | |\n|---|---|\n{rows}")
}

#[test]
fn the_document_has_every_input_and_output() {
    let path = root().join("docs/github-action.md");
    let mut text = fs::read_to_string(&path).unwrap();
    for part in ["inputs", "outputs"] {
        let (start, end) = (format!("<!-- {part} -->\n"), format!("<!-- end of {part} -->"));
        let (before, rest) = text.split_once(&start).unwrap();
        let (_, after) = rest.split_once(&end).unwrap();
        text = format!("{before}{start}{}{end}{after}", table(&action(), part));
    }
    assert_current(&path, &text);
}

#[test]
fn no_workflow_of_the_documents_can_be_gone_around() {
    let commit = "1f0c3a5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a";
    for document in ["README.md", "docs/github-action.md"] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let blocks = text.split("```yaml\n").skip(1).map(|it| it.split("```").next().unwrap());
        let workflows: Vec<&str> = blocks.filter(|it| it.starts_with("on: ")).collect();
        assert!(!workflows.is_empty(), "{document}");
        for workflow in workflows {
            let repo = TempRepo::new();
            let named = workflow.replace("OWNER", "acme").replace("COMMIT", commit);
            repo.write(".github/workflows/gate.yml", &named);
            repo.write("gatecheck.yaml", "gatecheck: 1\nextends: [default]\n");
            repo.commit("Lay the ground");
            let run = repo.check(&["doctor"]);
            assert!(!run.stdout.contains("gate.yml"), "{document}: {workflow}{}", run.stdout);
            let inputs: Value = serde_yaml::from_str(&named).unwrap();
            let steps = inputs["jobs"]["gatecheck"]["steps"].as_array().unwrap().iter();
            let with = steps.filter(|it| it["uses"].as_str().is_some_and(|it| it.starts_with("acme/gatecheck@")));
            for name in with.filter_map(|it| it["with"].as_object()).flat_map(serde_json::Map::keys) {
                assert!(action()["inputs"][name].is_object(), "{document}: there is no input {name}");
            }
        }
    }
}

/// The scripts of the action.
const SCRIPTS: [&str; 5] = [
    ".github/action/install.sh",
    ".github/action/fetch.sh",
    ".github/action/ask.sh",
    ".github/action/judge.sh",
    ".github/action/comment.sh",
];

#[test]
fn the_scripts_of_the_action_and_of_ci_are_clean() {
    let Some(tools) = tools() else { return };
    let mut shellcheck = crate::support::clean(tools.program("shellcheck").to_str().unwrap(), root());
    Run::of(shellcheck.args([".ci/run"]).args(SCRIPTS)).exits(0);
}

#[test]
fn gatecheck_gets_no_token() {
    let action = action();
    let judges = steps(&action).iter().find(|it| it["id"] == "judge").unwrap();
    assert!(!judges["env"].to_string().contains("token"), "{judges}");
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

    /// The step of the action that judges, with these inputs.
    fn action(&self, inputs: &[(&str, &str)]) -> Run {
        let mut command = crate::support::clean("bash", self.files.path());
        command.arg(root().join(".github/action/judge.sh"));
        for name in ["POLICY", "PACK", "PROFILE", "RULES", "FACTS", "FORGE_FACTS", "TOLD", "SARIF", "STICKY_COMMENT"] {
            command.env(name, "");
        }
        command.env("ARGUMENTS", "");
        command.env("PROGRAM", env!("CARGO_BIN_EXE_gatecheck")).env("FOLDER", self.files.path());
        command.env("REPOSITORY", self.repository.path()).envs(inputs.iter().copied());
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
fn a_change_that_passes_has_a_summary_and_outputs() {
    let job = Job::new("fn a() {}\n");
    let run = job.action(&[]).exits(0);
    assert!(!run.stdout.contains("::error"), "{}", run.stdout);
    let output = job.read("output");
    assert!(output.starts_with("verdict=passed\nfailed=0\n") && output.contains("\nexit-code=0\n"), "{output}");
    assert!(job.read("summary.md").contains("passed"), "{}", job.read("summary.md"));
}

#[test]
fn a_change_that_fails_is_annotated_and_its_exit_code_is_an_output() {
    let job = Job::new("// TODO\n");
    let run = job.action(&[("SARIF", "found.sarif")]).exits(0);
    let verdict = run.stdout.lines().position(|it| it == "blocked").unwrap();
    let annotation = run.stdout.lines().position(|it| it.starts_with("::error file=a b.rs,line=1,")).unwrap();
    assert!(verdict < annotation, "{}", run.stdout);
    let output = job.read("output");
    assert!(output.starts_with("verdict=blocked\nfailed=1\n") && output.contains("\nexit-code=1\n"), "{output}");
    assert!(output.ends_with("/report.md\nsarif=found.sarif\n"), "{output}");
    assert!(job.read("summary.md").contains("no-todo") && job.read("found.sarif").contains("no-todo"));
}

#[test]
fn each_line_of_an_input_is_one_argument_and_nothing_is_expanded() {
    let job = Job::new("// TODO\n");
    let arguments = ("ARGUMENTS", "--exit-zero\n\n--output=sarif=$(touch ran).sarif\n");
    let run = job.action(&[arguments, ("RULES", "no-todo\n\n")]).exits(0);
    assert!(run.stdout.contains("blocked") && run.stdout.contains("::error"), "{}", run.stdout);
    assert!(job.read("$(touch ran).sarif").contains("no-todo"));
    assert!(job.read("output").contains("verdict=blocked\n") && job.read("output").contains("exit-code=0\n"));
    assert!(!job.file("ran").exists());
}

#[test]
fn inputs_are_options_and_wrong_ones_end_the_run() {
    let outcome = |inputs: &[(&str, &str)]| {
        let job = Job::new("// TODO\n");
        let run = job.action(inputs).exits(0);
        let output = job.read("output");
        let code = output.lines().find_map(|it| it.strip_prefix("exit-code=")).unwrap().to_owned();
        assert!(["0", "1"].contains(&code.as_str()) != output.contains("verdict=undecided\n"), "{output}");
        (code, format!("{}{}", run.stdout, run.stderr))
    };
    assert_eq!(outcome(&[("PACK", "default")]).0, "0");
    for (name, wrong, said) in [
        ("POLICY", "absent.yaml", "absent.yaml"),
        ("PACK", "--help", "--help"),
        ("RULES", "no-todo\nno-such", "no-such"),
        ("FACTS", "absent.json", "absent.json"),
        ("ARGUMENTS", "--no-such", "--no-such"),
        ("STICKY_COMMENT", "yes", "true or false"),
        ("PROFILE", "a\nverdict=passed", "more than one line"),
        ("SARIF", "a\nverdict=passed", "more than one line"),
        ("REPOSITORY", "/absent", "absent"),
    ] {
        let (code, text) = outcome(&[(name, wrong)]);
        assert!(["2", "3"].contains(&code.as_str()) && text.contains(said), "{name}={wrong}: {code} {text}");
    }
}

#[test]
fn outside_of_github_nothing_is_added_and_a_chosen_format_stands_alone() {
    let job = Job::new("// TODO\n");
    let run = job.check(&["--format", "json"]).exits(1);
    run.json();
    assert!(!job.file("summary.md").exists());
    assert!(job.read("output").starts_with("verdict=blocked\n"), "later steps can ask for it all the same");
    let plain = job.repository.check(&["--base", "main"]).exits(1);
    assert!(!plain.stdout.contains("::error"), "{}", plain.stdout);
    let quiet = job.check(&["--quiet"]).exits(1);
    assert_eq!(quiet.stdout, "blocked\n");
    let beside = job.check(&["--output", &format!("json={}", job.file("report.json").display())]).exits(1);
    assert!(beside.stdout.contains("::error file=a b.rs"), "a file beside it takes nothing away: {}", beside.stdout);
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
