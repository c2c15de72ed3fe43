//! The command line from outside: exit codes, streams, words, and every subcommand.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use gatecheck::checks;
use serde_json::Value;

use crate::support::{Run, TempRepo, assert_current, clean, root};

const POLICY: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                      forbidden: [{ pattern: OFFENCE }]\n";

/// A repository whose `main` has the policy.
fn sound() -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY.replace("OFFENCE", "'OFFEN[C]E'"));
    repo.commit("Lay the ground");
    repo
}

/// The same, with an offence in the work tree.
fn offending() -> TempRepo {
    let repo = sound();
    repo.write("bad.txt", "OFFENCE\n");
    repo
}

#[test]
fn exit_codes_say_how_it_ended() {
    let (sound, offending) = (sound(), offending());
    let broken = TempRepo::new();
    broken.write("gatecheck.yaml", "gatecheck: 1\nrules:\n  a: { check: nothing }\n");
    let none = tempfile::tempdir().unwrap();
    let nowhere = ["-C", none.path().to_str().unwrap()];
    let cases: [(&TempRepo, &[&str], i32); 33] = [
        (&sound, &[], 0),
        (&sound, &["check"], 0),
        (&sound, &["--all"], 0),
        (&sound, &["--history"], 0),
        (&offending, &["--history"], 1),
        (&sound, &["--history", "--all"], 2),
        (&sound, &["--history", "--base", "main"], 2),
        (&sound, &["--history", "--staged"], 2),
        (&offending, &[], 1),
        (&offending, &["check", "--quiet"], 1),
        (&offending, &["--staged"], 0),
        (&offending, &["--exit-zero"], 0),
        (&offending, &["--format", "sarif"], 1),
        (&offending, &["--frmat", "json"], 2),
        (&offending, &["--format", "jsn"], 2),
        (&offending, &["--rule", "no-offense"], 2),
        (&offending, &["--pack", "defalt"], 2),
        (&offending, &["--policy", "absent.yaml"], 2),
        (&offending, &["--now", "noon"], 2),
        (&offending, &["--head", "main"], 2),
        (&offending, &["--staged", "--all"], 2),
        (&offending, &["--since", "v1"], 2),
        (&offending, &["--release", "v1..v2", "--since", "v1"], 2),
        (&offending, &["--release", "v1...v2"], 2),
        (&offending, &["--output", "json"], 2),
        (&offending, &["--output", "json=a", "--output", "sarif=a"], 2),
        (&offending, &["-C", "absent"], 2),
        (&sound, &nowhere, 2),
        (&broken, &[], 2),
        (&broken, &["--exit-zero"], 2),
        (&offending, &["--base", "absent"], 3),
        (&offending, &["--base", "absent", "--exit-zero"], 3),
        (&offending, &["--output", "json=absent/report.json"], 3),
    ];
    for (repo, args, code) in cases {
        let run = repo.check(args);
        assert_eq!(run.code, Some(code), "{args:?}: {run:?}");
        assert_eq!(run.stderr.is_empty(), code < 2, "{args:?}: {run:?}");
        assert!(!run.stderr.contains("panicked"), "{args:?}: {run:?}");
    }
}

#[test]
fn a_misspelt_name_comes_with_the_nearest_one() {
    let repo = offending();
    let cases: [(&[&str], &str); 11] = [
        (&["--frmat", "json"], "'--format'"),
        (&["--format", "jsn"], "did you mean `json`?"),
        (&["--output", "sarf=a"], "did you mean `sarif`?"),
        (&["--rule", "no-offense"], "did you mean `no-offence`?"),
        (&["--pack", "defalt"], "did you mean `default`?"),
        (&["explain", "comits"], "did you mean `commits`?"),
        (&["explain", "commits/subject-lenth"], "did you mean `commits/subject-length`?"),
        (&["explane"], "'explain'"),
        (&["schema", "polcy"], "'policy'"),
        (&["--head", "main"], "add `--base REV`"),
        (&["--output", "json"], "`--output sarif=gatecheck.sarif`"),
    ];
    for (args, words) in cases {
        let run = repo.check(args).exits(2);
        assert!(run.stderr.contains(words), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let none = tempfile::tempdir().unwrap();
    let run = repo.check(&["-C", none.path().to_str().unwrap()]).exits(2);
    assert!(run.stderr.contains("is not inside a Git repository") && run.stderr.contains("`--repo DIR`"));
}

#[test]
fn the_help_says_what_the_command_can_do() {
    let repo = TempRepo::new();
    for (args, file) in [(["--help"].as_slice(), "help.txt"), (&["-h"], "help-short.txt")] {
        let run = repo.check(args).exits(0);
        assert_eq!(run.stderr, "");
        let text: String = run.stdout.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        assert_current(&root().join("fixtures/cli").join(file), &text);
        for code in ["  0  ", "  1  ", "  2  ", "  3  "] {
            assert!(text.contains(code), "{text}");
        }
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let formats = gatecheck::report::FORMATS.map(gatecheck::report::Format::as_str);
        let (last, first) = formats.split_last().unwrap();
        assert!(words.contains(&format!("standard output: {} or {last}", first.join(", "))), "{words}");
    }
    let help = repo.check(&["--help"]).stdout;
    let (_, examples) = help.split_once("Examples:\n").unwrap();
    for example in examples.lines().filter(|line| line.contains("gatecheck explain ")) {
        let id = example.split_whitespace().nth(2).unwrap();
        repo.check(&["explain", id]).exits(0);
    }
    let version = format!("gatecheck {}\n", env!("CARGO_PKG_VERSION"));
    for flag in ["--version", "-V"] {
        assert_eq!(repo.check(&[flag]).exits(0).stdout, version);
    }
    for subcommand in ["check", "init", "explain", "checks", "test", "schema", "policy", "completions", "man"] {
        let run = repo.check(&[subcommand, "--help"]).exits(0);
        assert!(run.stdout.contains("Usage: gatecheck "), "{}", run.stdout);
    }
}

#[test]
fn several_reports_are_written_in_one_run_and_leave_nothing_else() {
    let repo = offending();
    let folder = tempfile::tempdir().unwrap();
    let formats = ["terminal", "markdown", "json", "sarif", "junit", "github", "gitlab", "rdjson", "csv"];
    let mut args = vec!["--format".to_owned(), "json".to_owned()];
    for format in formats {
        args.extend(["--output".to_owned(), format!("{format}={}", folder.path().join(format).display())]);
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let run = repo.check(&args).exits(1);
    for format in formats {
        let text = fs::read_to_string(folder.path().join(format)).unwrap();
        assert!(text.contains("bad.txt"), "{format}: {text}");
        assert!(format != "json" || text == run.stdout);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), formats.len());
}

#[test]
fn a_report_that_cannot_be_written_is_undecided_and_leaves_the_old_one() {
    let repo = offending();
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("report.json");
    fs::write(&old, "old").unwrap();
    let output = format!("json={}", old.display());
    // The file beside it that is written first cannot be renamed into a folder.
    let blocked = folder.path().join("folder");
    fs::create_dir(&blocked).unwrap();
    let run = repo.check(&["--output", &format!("sarif={}", blocked.display()), "--output", &output]).exits(3);
    assert!(run.stderr.contains("cannot be written"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    repo.check(&["--output", &output]).exits(1);
    assert!(fs::read_to_string(&old).unwrap().starts_with('{'));
}

#[cfg(unix)]
#[test]
fn a_link_is_written_through_and_stays_a_link() {
    let repo = offending();
    let folder = tempfile::tempdir().unwrap();
    let (link, target) = (folder.path().join("link"), folder.path().join("target"));
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    repo.check(&["--output", &format!("json={}", link.display())]).exits(1);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&target).unwrap().starts_with('{'));
}

#[cfg(target_os = "linux")]
#[test]
fn devices_and_pipes_are_written_to_as_they_are() {
    let repo = offending();
    let run = repo.check(&["--output", "json=/dev/full"]).exits(3);
    assert!(run.stderr.contains("`/dev/full` cannot be written"), "{}", run.stderr);
    let full = || Stdio::from(fs::File::options().write(true).open("/dev/full").unwrap());
    let mut command = repo.gatecheck(&[]);
    let code = command.stdout(full()).stderr(Stdio::null()).status().unwrap().code();
    assert_eq!(code, Some(3), "standard output on a full disk");
    let code = repo.gatecheck(&["--base", "absent"]).stderr(full()).status().unwrap().code();
    assert_eq!(code, Some(3), "standard error on a full disk");

    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(clean("mkfifo", folder.path()).arg(&pipe).status().unwrap().success());
    let reader = clean("cat", folder.path()).arg(&pipe).stdout(Stdio::piped()).spawn().unwrap();
    repo.check(&["--output", &format!("json={}", pipe.display())]).exits(1);
    let read = reader.wait_with_output().unwrap().stdout;
    assert!(serde_json::from_slice::<Value>(&read).is_ok());

    // `/dev/stdout` stays what it is, and what it leads to gets both.
    let file = folder.path().join("file");
    let mut command = repo.gatecheck(&["--output", "json=/dev/stdout", "--quiet"]);
    let status = command.stdout(fs::File::options().append(true).create(true).open(&file).unwrap()).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with('{') && text.ends_with("blocked\n"), "{text}");
}

#[test]
fn a_reader_that_goes_away_changes_no_verdict() {
    let repo = offending();
    for index in 0..2_000 {
        repo.write(&format!("many/{index}.txt"), "OFFENCE\n");
    }
    for (args, code) in [
        (["--format", "json"].as_slice(), 1),
        (&["--verbose"], 1),
        (&["--exit-zero"], 0),
        (&["explain", "commits"], 0),
        (&["checks"], 0),
        (&["schema"], 0),
        (&["man"], 0),
        (&["completions", "zsh"], 0),
        (&["--help"], 0),
    ] {
        let mut child = repo.gatecheck(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), stderr.as_ref()), (Some(code), ""), "{args:?}");
    }
}

#[test]
fn colors_come_when_they_are_wanted() {
    let repo = offending();
    let colored = |args: &[&str], variables: &[(&str, &str)]| {
        let mut command = repo.gatecheck(args);
        command.envs(variables.iter().copied());
        Run::of(&mut command).exits(1).stdout.contains('\u{1b}')
    };
    assert!(!colored(&[], &[]), "no terminal, no color");
    assert!(colored(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colored(&["--color", "never"], &[("FORCE_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1")]));
    assert!(!colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
    assert!(colored(&[], &[("FORCE_COLOR", "1"), ("NO_COLOR", "")]));
    assert!(!colored(&["--format", "json"], &[("FORCE_COLOR", "1")]));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.txt");
    assert!(colored(&["--color", "always", "--output", &format!("terminal={}", file.display())], &[]));
    assert!(!fs::read_to_string(&file).unwrap().contains('\u{1b}'), "a file is never colored");
}

#[test]
fn the_report_fits_the_width_and_the_characters_of_the_terminal() {
    let repo = offending();
    repo.write("bad.txt", format!("{} OFFENCE {}\n", "left ".repeat(60), "right ".repeat(60)));
    for columns in [40, 60, 100, 140] {
        let mut command = repo.gatecheck(&[]);
        let run = Run::of(command.env("COLUMNS", columns.to_string())).exits(1);
        // Commands and places are never broken: they are copied.
        let long = run.stdout.lines().filter(|line| line.chars().count() > columns && !line.contains("explain"));
        assert_eq!(long.collect::<Vec<_>>(), [""; 0], "{columns}");
        assert!(run.stdout.contains("OFFENCE"), "the offence itself is shown at {columns} columns");
    }
    let run = Run::of(repo.gatecheck(&[]).env("LC_ALL", "C")).exits(1);
    assert!(run.stdout.is_ascii(), "{}", run.stdout);
    let run = repo.check(&["--quiet"]).exits(1);
    assert_eq!(run.stdout, "blocked\n");
    let run = repo.check(&["--verbose"]).exits(1);
    assert_eq!(run.stdout.lines().last(), Some("blocked"));
}

#[test]
fn every_check_and_every_finding_is_explained() {
    let repo = TempRepo::new();
    let table = repo.check(&["checks"]).exits(0).stdout;
    let listed = repo.check(&["checks", "--json"]).exits(0).json();
    assert_eq!(listed.as_array().unwrap().len(), checks::ALL.len());
    for check in checks::ALL {
        let id = check.meta.id;
        assert!(table.lines().any(|line| line.starts_with(id) && line.ends_with(check.meta.summary)), "{table}");
        let entry = listed.as_array().unwrap().iter().find(|it| it["id"] == id).unwrap();
        assert_eq!(entry["findings"].as_array().unwrap().len(), check.meta.hazards.len());
        let page = repo.check(&["explain", id]).exits(0).stdout;
        for part in ["## What it checks", "## Why", "## How to fix", "## Settings", "## Findings"] {
            assert!(page.contains(part), "{id} lacks `{part}`");
        }
        assert!(!page.contains("## Cases"), "{id}");
        for hazard in check.meta.hazards {
            let page = repo.check(&["explain", &format!("{id}/{}", hazard.id)]).exits(0).stdout;
            assert!(page.starts_with(&format!("{id}/{}: {}\n", hazard.id, hazard.title)), "{page}");
        }
    }
}

#[test]
fn completions_and_the_manual_are_printed() {
    let repo = TempRepo::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = repo.check(&["completions", shell]).exits(0).stdout;
        for word in ["gatecheck", "explain", "exit-zero"] {
            assert!(script.contains(word), "{shell} knows no `{word}`");
        }
    }
    let run = Run::of(clean("bash", repo.path()).args(["-n", "-c", &repo.check(&["completions", "bash"]).stdout]));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let manual = repo.check(&["man"]).exits(0).stdout;
    assert!(manual.contains(".TH gatecheck 1") && manual.contains("Exit codes"), "{manual}");
}

#[test]
fn the_printed_schemas_are_the_published_ones() {
    let repo = TempRepo::new();
    for (kind, file) in [
        ("policy", "policies/schema.json"),
        ("report", "src/report/golden/report.schema.json"),
        ("facts", "policies/facts.schema.json"),
    ] {
        let printed = repo.check(&["schema", kind]).exits(0).json();
        let published: Value = serde_json::from_str(&fs::read_to_string(root().join(file)).unwrap()).unwrap();
        assert!(printed == published, "{file} is out of date");
        assert!(jsonschema::meta::is_valid(&printed), "{kind}");
    }
    let report = repo.check(&["schema", "report"]).exits(0).json();
    let validator = jsonschema::validator_for(&report).unwrap();
    let judged = offending().check(&["--format", "json"]).exits(1).json();
    let errors: Vec<String> = validator.iter_errors(&judged).map(|it| it.to_string()).collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn init_writes_a_policy_that_the_repository_passes() {
    let stacks: [&[&str]; 7] = [
        &[],
        &["Cargo.toml", "Cargo.lock", "src/lib.rs", "CHANGELOG.md"],
        &["package.json", "package-lock.json", "src/index.js", "commitlint.config.js", ".github/workflows/ci.yml"],
        &["pyproject.toml", "uv.lock", "app/main.py", "alembic/versions/1.py", ".gitlab-ci.yml"],
        &["go.mod", "go.sum", "main.go", "Dockerfile", "db/migrations/1.sql"],
        &["Gemfile", "Gemfile.lock", "db/migrate/1.rb", ".github/CODEOWNERS", "CHANGES.md"],
        &["pom.xml", "main.tf", "src/main/java/A.java", "prisma/migrations/1/m.sql", "migrations/1.sql"],
    ];
    for files in stacks {
        let repo = TempRepo::new();
        for file in files {
            repo.write(file, "something\n");
        }
        repo.commit("Lay the ground");
        let shown = repo.check(&["init", "--dry-run"]).exits(0).stdout;
        let path = repo.path().join("gatecheck.yaml");
        assert!(!path.exists(), "a dry run writes nothing");
        let told = repo.check(&["init"]).exits(0).stdout;
        assert_eq!(fs::read_to_string(&path).unwrap(), shown);
        for file in files.iter().filter(|it| !it.starts_with("src") && it.ends_with("toml")) {
            assert!(told.contains(file), "{told}");
        }
        for args in [[].as_slice(), &["--all"], &["--staged"], &["policy", "show"], &["policy", "show", "--effective"]]
        {
            let run = repo.check(args).exits(0);
            assert_eq!(run.stderr, "", "{files:?}");
        }
        let listed = repo.check(&["policy", "show"]).exits(0).stdout;
        assert!(listed.contains("conflict-markers") && listed.contains("change-size"), "{listed}");
        repo.check(&["init"]).exits(2);
        repo.write("gatecheck.yaml", "nothing");
        let run = repo.check(&["init"]).exits(2);
        assert!(run.stderr.contains("`--force` replaces it"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&path).unwrap(), "nothing");
        repo.check(&["init", "--force"]).exits(0);
        assert_eq!(fs::read_to_string(&path).unwrap(), shown);
        repo.commit("Set up");
        repo.check(&["--base", "HEAD~1"]).exits(0);
    }
}

#[test]
fn the_policy_in_force_is_shown_and_its_text_loads_again() {
    let repo = sound();
    let listed = repo.check(&["policy", "show"]).exits(0).stdout;
    assert!(listed.starts_with("gatecheck.yaml\n") && listed.contains("block   no-offence"), "{listed}");
    let effective = repo.check(&["policy", "show", "--effective"]).exits(0).stdout;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gatecheck.yaml");
    fs::write(&path, &effective).unwrap();
    repo.write("bad.txt", "OFFENCE\n");
    repo.check(&["--policy", path.to_str().unwrap()]).exits(1);
    let pack = repo.check(&["policy", "show", "--pack", "default"]).exits(0).stdout;
    assert!(pack.contains("conflict-markers"), "{pack}");
    repo.write("gatecheck.yaml", "gatecheck: 1\nrules: 7\n");
    let run = repo.check(&["policy", "show"]).exits(2);
    assert!(run.stderr.contains("gatecheck.yaml:2:8"), "{}", run.stderr);
}

#[test]
fn the_examples_of_detectors_are_policy_tests() {
    let repo = TempRepo::new();
    let policy = "gatecheck: 1\nrules:\n  no-secrets:\n    check: secrets\n    level: block\n    with:\n      detectors:\n        \
                  acme:\n          pattern: 'acme_[a-z0-9]{24}'\n          hits: ['acme_{lower:24}']\n          misses: \
                  [acme_short]\n";
    repo.write("gatecheck.yaml", policy);
    let junit = repo.path().join("junit.xml");
    let run = repo.check(&["test", "--require-failing-case", "--junit", junit.to_str().unwrap()]).exits(0);
    assert_eq!(run.stdout, "2 passed, 0 failed\n");
    assert!(fs::read_to_string(&junit).unwrap().contains("no-secrets: acme: hit 1: acme_{lower:24}"));

    repo.write("gatecheck.yaml", policy.replace("acme_short", "'acme_{lower:30}'"));
    let run = repo.check(&["test"]).exits(1);
    assert!(run.stdout.contains("FAIL  gatecheck.yaml:3  no-secrets: acme: miss 1"), "{}", run.stdout);
    assert!(run.stdout.contains("  - not found\n  + found\n1 passed, 1 failed\n"), "{}", run.stdout);
    repo.check(&["test", "--update"]).exits(1);
}

const CASES: &str = "# Ours\n\n## Cases\n\n### An offence\n\n```text head:a.txt\nOFFENCE\n```\n\n```text verdict\n\
                     fail text/forbidden a.txt:1:1-7: `OFFENCE` is forbidden here\n```\n\n### Another word\n\n\
                     ```text head:a.txt\nfence\n```\n\n```text verdict\npass\n```\n";

#[test]
fn policy_tests_hold_fail_and_are_written_anew() {
    let repo = sound();
    let run = repo.check(&["test"]).exits(2);
    assert!(run.stderr.contains("`gatecheck/tests/`"), "{}", run.stderr);
    let cases = CASES.replace("`OFFENCE` is", "`OFFEN[C]E` is");
    repo.write("gatecheck/tests/offences.md", &cases);
    let path = repo.path().join("gatecheck/tests/offences.md");
    let junit = repo.path().join("junit.xml");
    let run = repo.check(&["test", "--require-failing-case", "--junit", junit.to_str().unwrap()]);
    if run.code != Some(0) {
        // The words of the verdict belong to the check; that they are written is what matters here.
        repo.check(&["test", "--update"]).exits(0);
    }
    let held = fs::read_to_string(&path).unwrap();
    let run = repo.check(&["test", "--require-failing-case", "--junit", junit.to_str().unwrap()]).exits(0);
    assert_eq!(run.stdout, "2 passed, 0 failed\n");
    assert!(fs::read_to_string(&junit).unwrap().contains("tests=\"2\" failures=\"0\""));

    repo.write("gatecheck/tests/offences.md", held.replace("\npass\n", "\nfail text/forbidden a.txt:1: no\n"));
    let run = repo.check(&["test", "--junit", junit.to_str().unwrap()]).exits(1);
    assert!(run.stdout.contains("FAIL  gatecheck/tests/offences.md:15  Another word"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 passed, 1 failed\n"), "{}", run.stdout);
    assert!(fs::read_to_string(&junit).unwrap().contains("failures=\"1\""));
    repo.check(&["test", "--update"]).exits(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), held);

    let rule = "  never:\n    check: text\n    with: { forbidden: [{ pattern: NEVER }] }\n";
    repo.write("gatecheck.yaml", format!("{}{rule}", fs::read_to_string(repo.path().join("gatecheck.yaml")).unwrap()));
    let run = repo.check(&["test", "--update"]).exits(0);
    assert!(run.stdout.contains("no case sees these rules fail: never"), "{}", run.stdout);
    repo.check(&["test", "--require-failing-case"]).exits(1);
    named_from_elsewhere(&repo, &path);
}

/// Named files are tested wherever the command is started.
fn named_from_elsewhere(repo: &TempRepo, path: &Path) {
    let run = repo.check(&["test", path.to_str().unwrap()]).exits(0);
    assert!(run.stdout.contains("2 passed"), "{}", run.stdout);
    repo.write("gatecheck/tests/broken.md", "## Cases\n\n### One\n\n```text hed:a\n```\n\n```text verdict\n```\n");
    let run = repo.check(&["test"]).exits(2);
    assert!(run.stderr.contains("broken.md:5") && run.stderr.contains("did you mean"), "{}", run.stderr);
}

/// What a file of tests says and nothing runs would look like a test that holds.
#[test]
fn cases_that_would_not_be_run_are_errors_and_a_link_leads_nowhere() {
    let repo = sound();
    let case = |heading: &str, fence: &str, close: &str| {
        format!("{heading}\n\n### One\n\n{fence}text head:a.txt\nOFFENCE\n{close}\n\n```text verdict\npass\n```\n")
    };
    for (text, told) in [
        (String::new(), "there is no case"),
        ("# Words\n".to_owned(), "there is no case"),
        (case("## cases", "```", "```"), "a.md:9: this verdict is in no case"),
        (case("Cases\n-----", "```", "```"), "this verdict is in no case"),
        (case("## Cases", "~~~", "~~~"), "a.md:5: this fence is not read"),
        (case("## Cases", "  ```", "  ```"), "a.md:5: this fence is not read"),
        (case("## Cases", "```", "~~~").replace("```\n", ""), "has no verdict"),
        ("## Cases\n\n### One\n".to_owned(), "a.md:3: the case `One` has no verdict"),
    ] {
        repo.write("gatecheck/tests/a.md", &text);
        let run = repo.check(&["test"]).exits(2);
        assert!(run.stderr.contains(told), "{text}\n{}", run.stderr);
    }
    // A longer fence closes as well: the next case is not swallowed.
    repo.write("gatecheck/tests/a.md", case("## Cases", "```", "`````").replace("OFFENCE", "fine"));
    repo.check(&["test"]).exits(0);
    a_link_is_not_followed(&repo, &case("## Cases", "```", "```"));
}

#[cfg(unix)]
fn a_link_is_not_followed(repo: &TempRepo, case: &str) {
    let elsewhere = tempfile::tempdir().unwrap();
    let path = elsewhere.path().join("a.md");
    fs::write(&path, case).unwrap();
    fs::remove_dir_all(repo.path().join("gatecheck/tests")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), repo.path().join("gatecheck/tests")).unwrap();
    let run = repo.check(&["test", "--update"]).exits(2);
    assert!(run.stderr.contains("leads out of the repository"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), case);
}

#[cfg(not(unix))]
fn a_link_is_not_followed(_: &TempRepo, _: &str) {}
