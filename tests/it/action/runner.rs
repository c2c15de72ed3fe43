//! Runs the action in a job, by a workflow runner.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::support::{Run, clean, root};
use crate::tools::Tools;

/// The commit by which the workflow names the action.
const COMMIT: &str = "1f0c3a5e7b9d2f4a6c8e0b1d3f5a7c9e1b3d5f7a";
const TARGETS: [&str; 5] = [
    "x86_64-unknown-linux-musl",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "aarch64-apple-darwin",
    "x86_64-pc-windows-msvc",
];
pub(super) const TABLE: &str = ".github/action/releases.txt";
const SCRIPTS: [&str; 5] = ["install.sh", "fetch.sh", "ask.sh", "judge.sh", "comment.sh"];

/// A job with one use of the action, not yet run.
pub(super) struct Job {
    folder: tempfile::TempDir,
    event: &'static str,
    with: Map<String, Value>,
    environment: Vec<(String, String)>,
}

/// How a job ended.
pub(super) struct Ended {
    pub(super) green: bool,
    /// The outputs of the action, as the next step sees them.
    pub(super) outputs: Value,
    /// `error`, `warning` and `notice` commands as the runner read them: kind, file, line, title, text.
    pub(super) annotations: Vec<Annotation>,
    /// The names of all other commands that the runner obeyed.
    pub(super) commands: Vec<String>,
    pub(super) summary: String,
    /// What the next step sees of the clone: its head, its branches, its changes, its files.
    pub(super) clone: String,
    pub(super) log: String,
}

#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) kind: String,
    pub(super) properties: Value,
    pub(super) text: String,
}

/// A program that passes on to the gatecheck of these tests, and leaves a trace of having run.
pub(super) fn stand_in(folder: &Path) -> PathBuf {
    let path = folder.join("stand-in");
    let text = format!(
        "#!/bin/sh\ntouch '{}'\nexec '{}' \"$@\"\n",
        folder.join("ran").display(),
        env!("CARGO_BIN_EXE_gatecheck")
    );
    fs::write(&path, text).unwrap();
    path
}

/// The SHA-256 of a file in hexadecimal digits.
pub(super) fn digest(file: &Path) -> String {
    Sha256::digest(fs::read(file).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A table that names one program for every runner.
pub(super) fn table(url: &str, digest: &str) -> String {
    let row = |target: &str| format!("{} {target} {digest} {url}\n", env!("CARGO_PKG_VERSION"));
    TARGETS.iter().map(|target| row(target)).collect()
}

impl Job {
    /// The action of this revision, whose table names a stand-in for the program.
    pub(super) fn new(event: &'static str, payload: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let action = folder.path().join("action");
        fs::create_dir_all(action.join(".github/action")).unwrap();
        for file in ["action.yml", "Cargo.toml"] {
            fs::copy(root().join(file), action.join(file)).unwrap();
        }
        for script in SCRIPTS {
            let path = Path::new(".github/action").join(script);
            fs::copy(root().join(&path), action.join(&path)).unwrap();
        }
        fs::write(folder.path().join("event.json"), payload.to_string()).unwrap();
        let stand_in = stand_in(folder.path());
        let job = Self { folder, event, with: Map::new(), environment: Vec::new() };
        job.table(&table(&format!("file://{}", stand_in.display()), &digest(&stand_in)))
    }

    pub(super) fn table(self, rows: &str) -> Self {
        fs::write(self.folder.path().join("action").join(TABLE), rows).unwrap();
        self
    }

    pub(super) fn with(mut self, input: &str, value: &str) -> Self {
        self.with.insert(input.to_owned(), value.into());
        self
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A folder that is there before and after.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether the program that the table names was started.
    pub(super) fn program_ran(&self) -> bool {
        self.folder.path().join("ran").exists()
    }

    fn workflow(&self) -> Value {
        let look = "printf '%s' \"$OUTPUTS\" >\"$SEEN/outputs\"\n{ git rev-parse HEAD; git for-each-ref; git status \
                    --porcelain --ignored; ls; } >\"$SEEN/clone\" 2>&1\n";
        json!({
            "on": { (self.event): {} },
            "jobs": { "gate": { "runs-on": "ubuntu-latest", "steps": [
                { "uses": "actions/checkout@v4" },
                { "id": "gate", "uses": format!("acme/gatecheck@{COMMIT}"), "with": self.with },
                { "if": "always()", "shell": "bash", "run": look,
                  "env": { "OUTPUTS": "${{ toJSON(steps.gate.outputs) }}" } },
            ] } },
        })
    }

    /// Runs the job over a clone, which stays as it is.
    pub(super) fn run(&self, tools: &Tools, clone: &Path) -> Ended {
        let folder = self.folder.path();
        let at = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        fs::write(at("workflow.yml"), self.workflow().to_string()).unwrap();
        fs::write(at("empty"), "").unwrap();
        let mut act = clean(tools.program("act").to_str().unwrap(), clone);
        act.env("HOME", folder).env("XDG_CACHE_HOME", folder.join("cache"));
        act.args([
            self.event,
            "--json",
            "--action-offline-mode",
            "--no-cache-server",
            "-P",
            "ubuntu-latest=-self-hosted",
        ]);
        act.args(["-W", &at("workflow.yml"), "-e", &at("event.json"), "-s", "GITHUB_TOKEN=a-token-of-this-job"]);
        act.args(["--env-file", &at("empty"), "--secret-file", &at("empty"), "--input-file", &at("empty")]);
        act.args(["--local-repository", &format!("acme/gatecheck@{COMMIT}={}", at("action"))]);
        act.args(["--env", &format!("SEEN={}", folder.display()), "--env", "GITHUB_REPOSITORY=acme/pay"]);
        for (name, value) in &self.environment {
            act.args(["--env", &format!("{name}={value}")]);
        }
        Ended::of(&Run::of(&mut act), folder)
    }
}

impl Ended {
    fn of(run: &Run, folder: &Path) -> Self {
        let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
        let log = format!("{}{}", run.stdout, run.stderr);
        let outputs = serde_json::from_str(&read("outputs")).unwrap_or_else(|error| panic!("{error}\n{log}"));
        let mut ended = Self {
            green: run.code == Some(0),
            outputs,
            annotations: Vec::new(),
            commands: Vec::new(),
            summary: String::new(),
            clone: read("clone"),
            log,
        };
        for line in log_lines(run).filter(|it| it["stepID"][0] == "gate") {
            let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
            match line["command"].as_str() {
                Some("summary") if line["stepID"][1] == "judge" => ended.summary = text("content"),
                Some("summary") | None => {}
                Some(kind @ ("error" | "warning" | "notice")) => ended.annotations.push(Annotation {
                    kind: kind.to_owned(),
                    properties: line["kvPairs"].clone(),
                    text: text("arg"),
                }),
                Some(other) => ended.commands.push(format!("{other} {}", text("name"))),
            }
        }
        ended
    }

    /// An output of the action.
    pub(super) fn output(&self, name: &str) -> &str {
        self.outputs[name].as_str().unwrap_or_default()
    }

    /// The exit code and the verdict that the next step sees, and whether the job is green, which must fit.
    #[track_caller]
    pub(super) fn ends(&self, code: &str, verdict: &str) {
        assert_eq!((self.output("exit-code"), self.output("verdict")), (code, verdict), "{}", self.log);
        assert_eq!(self.green, code == "0", "{}", self.log);
    }

    /// The places of the annotations of a kind.
    pub(super) fn places(&self, kind: &str) -> Vec<String> {
        let found = self.annotations.iter().filter(|it| it.kind == kind);
        found.map(|it| it.properties["file"].as_str().unwrap_or("none").to_owned()).collect()
    }

    /// Whether an annotation of a kind has these words.
    pub(super) fn says(&self, kind: &str, words: &str) -> bool {
        self.annotations.iter().any(|it| it.kind == kind && it.text.contains(words))
    }
}

fn log_lines(run: &Run) -> impl Iterator<Item = Value> {
    run.stdout.lines().filter_map(|line| serde_json::from_str(line).ok())
}
