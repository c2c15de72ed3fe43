//! The same change, the same bytes: whatever the threads, the place, the language and the hour.

use std::fs;
use std::process::Command;

use crate::support::{Run, TempRepo, clean, root};

/// The repository of the scenario `pay-retry`, on its branch.
fn repository() -> TempRepo {
    let folder = root().join("fixtures/scenarios/pay-retry");
    let repo = TempRepo::new();
    repo.copy_from(&folder.join("base"));
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.copy_from(&folder.join("head"));
    repo.commit("Retry payments that the provider refused for a moment, so that customers do not see an error");
    repo
}

/// Everything that a run says, with the time that it took left out of the line for people.
fn said(mut command: Command, outputs: &tempfile::TempDir) -> [String; 4] {
    let run = Run::of(&mut command).exits(1);
    assert_eq!(run.stderr, "");
    let took = regex::Regex::new(r"in [0-9.]+ (ms|s)\b").unwrap();
    assert_eq!(took.find_iter(&run.stdout).count(), 1, "{}", run.stdout);
    let file = |name: &str| fs::read_to_string(outputs.path().join(name)).unwrap();
    [took.replace(&run.stdout, "in TIME").into_owned(), file("report.json"), file("report.sarif"), file("report.md")]
}

fn arguments(outputs: &tempfile::TempDir, threads: &str) -> Vec<String> {
    let mut arguments: Vec<String> =
        ["--base", "main", "--verbose", "--now", "2026-01-03T00:00:00Z", "--threads", threads]
            .map(str::to_owned)
            .into();
    for (format, name) in [("json", "report.json"), ("sarif", "report.sarif"), ("markdown", "report.md")] {
        arguments.extend(["--output".to_owned(), format!("{format}={}", outputs.path().join(name).display())]);
    }
    arguments
}

#[test]
fn thirty_runs_write_the_same_bytes() {
    let repo = repository();
    let outputs = tempfile::tempdir().unwrap();
    let plain = || {
        let mut command = repo.gatecheck(&[]);
        command.args(arguments(&outputs, "2"));
        said(command, &outputs)
    };
    let first = plain();
    assert!(first[1].contains("\"outcome\": \"blocked\""));
    for time in ["2026-01-03T", "elapsed", "duration"] {
        assert!(!first[1].contains(time), "the JSON report holds a time that varies");
    }
    for round in 0..27 {
        let mut command = repo.gatecheck(&[]);
        command.args(arguments(&outputs, ["1", "2", "8"][round % 3]));
        command.env("TZ", ["UTC", "Asia/Kathmandu", "America/St_Johns"][round / 3 % 3]);
        let locale = ["C.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"][round / 9 % 3];
        command.env("LC_ALL", locale).env("LANG", locale);
        assert_eq!(said(command, &outputs), first, "round {round}");
    }
    let mut inside = repo.gatecheck(&[]);
    inside.args(arguments(&outputs, "2")).current_dir(repo.path().join("src/bin"));
    assert_eq!(said(inside, &outputs), first, "from a folder inside");
    repo.git(&["gc", "--quiet", "--aggressive"]);
    assert_eq!(plain(), first, "after `git gc`");
    let copy = TempRepo::new();
    fs::remove_dir_all(copy.path().join(".git")).unwrap();
    copy.git(&["clone", "--quiet", repo.path().to_str().unwrap(), "."]);
    copy.git(&["branch", "main", "origin/main"]);
    let mut elsewhere = copy.gatecheck(&[]);
    elsewhere.args(arguments(&outputs, "2"));
    assert_eq!(said(elsewhere, &outputs), first, "in a clone at another place");
}

#[cfg(unix)]
#[test]
fn the_umask_changes_the_mode_of_files_and_nothing_in_them() {
    let repo = repository();
    let outputs = tempfile::tempdir().unwrap();
    let mut runs = Vec::new();
    for umask in ["022", "077", "000"] {
        let mut command = clean("sh", repo.path());
        command.args(["-c", &format!("umask {umask}; exec \"$@\""), "sh", env!("CARGO_BIN_EXE_gatecheck")]);
        command.args(arguments(&outputs, "2"));
        runs.push(said(command, &outputs));
    }
    assert!(runs.iter().all(|run| *run == runs[0]));
}
