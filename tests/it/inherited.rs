//! Policies of other repositories: locked, fetched once, read from the cache, and refused when anything differs.

use std::fs;
use std::path::Path;

use crate::support::{Run, TempRepo};

const SHARED: &str = "gatecheck: 1
rules:
  no-todo: { check: text, with: { forbidden: [{ pattern: 'TO[D]O' }] } }
";

/// A repository whose policy comes from another one, and the cache of who judges it.
struct Circle {
    shared: TempRepo,
    own: TempRepo,
    cache: tempfile::TempDir,
    rev: String,
}

impl Circle {
    fn new() -> Self {
        let (shared, own) = (TempRepo::new(), TempRepo::new());
        shared.write("policies/base.yaml", SHARED);
        let rev = shared.commit("shared policy");
        let circle = Self { shared, own, cache: tempfile::tempdir().unwrap(), rev };
        circle.own.write("gatecheck.yaml", circle.policy(&circle.rev));
        circle
    }

    fn url(&self) -> String {
        format!("file://{}", self.shared.path().display())
    }

    fn policy(&self, rev: &str) -> String {
        format!("gatecheck: 1\nextends:\n  - git: {}\n    rev: {rev}\n    path: policies/base.yaml\n", self.url())
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.own.gatecheck(arguments).env("GATECHECK_CACHE_DIR", self.cache.path()))
    }

    /// Locks, commits that to `main`, and adds a file on `topic`.
    fn locked(&self) {
        self.run(&["policy", "lock"]).exits(0);
        self.own.commit("policy");
        self.own.git(&["switch", "--quiet", "-c", "topic"]);
    }

    fn check(&self) -> Run {
        self.run(&["--base", "main", "--head", "topic"])
    }
}

/// Text without its line breaks and frames.
fn joined(text: &str) -> String {
    text.replace('│', " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Everything below a folder, as one text.
fn listing(folder: &Path) -> String {
    let entries = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    entries.map(|entry| format!("{}\n", entry.path().display())).collect()
}

#[test]
fn a_policy_of_another_repository_judges_and_is_fetched_once() {
    let circle = Circle::new();
    circle.locked();
    circle.own.write("a.rs", "// TODO\n");
    circle.own.commit("a change");
    let before = listing(circle.cache.path());
    let blocked = circle.check().exits(1);
    assert!(blocked.stdout.contains("no-todo"), "{}", blocked.stdout);
    // The other repository is gone: what was fetched is enough, for every subcommand.
    fs::remove_dir_all(circle.shared.path().join(".git")).unwrap();
    assert_eq!(circle.check().exits(1).stdout.lines().last(), blocked.stdout.lines().last());
    let shown = circle.run(&["policy", "show", "--effective"]).exits(0).stdout;
    assert!(shown.contains("  # policies/base.yaml:3 at file://"), "{shown}");
    circle.run(&["policy", "lock"]).exits(0);
    assert_eq!(listing(circle.cache.path()), before);
    assert_eq!(circle.own.git(&["status", "--porcelain"]), "", "nothing is written to the repository");
}

#[test]
fn a_source_that_is_not_locked_names_the_command_that_locks_it() {
    let circle = Circle::new();
    circle.own.commit("policy");
    let refused = circle.run(&[]).exits(2);
    assert!(refused.stderr.contains("is not in `gatecheck.lock`"), "{}", refused.stderr);
    assert!(refused.stderr.contains("gatecheck policy lock"), "{}", refused.stderr);
    assert!(refused.stderr.contains("gatecheck.yaml:3:"), "{}", refused.stderr);
}

#[test]
fn a_lock_file_that_says_otherwise_is_refused_at_both_places() {
    let circle = Circle::new();
    circle.run(&["policy", "lock"]).exits(0);
    let lock = fs::read_to_string(circle.own.path().join("gatecheck.lock")).unwrap();
    let (before, digest) = lock.split_once("sha256:").unwrap();
    let turned: String = digest.chars().map(|it| if it == '0' { '1' } else { it }).collect();
    circle.own.write("gatecheck.lock", format!("{before}sha256:{}", turned.replace('a', "b")));
    circle.own.commit("policy");
    let refused = circle.run(&[]).exits(2);
    for part in ["is not what `gatecheck.lock` says it is", "gatecheck.yaml:3:", "gatecheck.lock:6:", "policy lock"] {
        assert!(refused.stderr.contains(part), "{part}: {}", refused.stderr);
    }
}

#[test]
fn what_the_policy_names_wrongly_is_its_fault_and_what_is_out_of_reach_is_nobody_s() {
    let circle = Circle::new();
    circle.own.write("gatecheck.yaml", circle.policy(&"9".repeat(40)));
    let absent = circle.run(&["policy", "lock"]).exits(2);
    assert!(
        joined(&absent.stderr).contains("no such commit") && absent.stderr.contains("git ls-remote"),
        "{}",
        absent.stderr
    );
    assert!(absent.stderr.contains("gatecheck.yaml:3:"), "{}", absent.stderr);
    circle.own.write("gatecheck.yaml", circle.policy(&circle.rev).replace("base.yaml", "other.yaml"));
    let absent = circle.run(&["policy", "lock"]).exits(2);
    assert!(absent.stderr.contains("there is no file `policies/other.yaml`"), "{}", absent.stderr);
    circle.own.write("gatecheck.yaml", circle.policy(&circle.rev).replace("file://", "file:///nowhere"));
    let unreachable = circle.run(&["policy", "lock"]).exits(3);
    assert!(unreachable.stderr.contains("git ls-remote file:///nowhere"), "{}", unreachable.stderr);
    assert!(!circle.own.path().join("gatecheck.lock").exists());
}

#[test]
fn the_policies_of_folders_are_locked_with_the_others() {
    let circle = Circle::new();
    circle.own.write(
        "gatecheck.yaml",
        "gatecheck: 1\nrules:\n  own: { check: text, with: { forbidden: [{ pattern: XXX }] } }\n",
    );
    circle.own.write("services/pay/gatecheck.yaml", circle.policy(&circle.rev));
    circle.locked();
    circle.own.write("services/pay/a.rs", "// TODO\n");
    circle.own.commit("a change");
    assert!(circle.check().exits(1).stdout.contains("no-todo"));
}

#[test]
fn a_policy_file_of_the_user_s_choice_has_its_own_lock() {
    let circle = Circle::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.yaml");
    fs::write(&file, circle.policy(&circle.rev)).unwrap();
    let file = file.to_str().unwrap();
    circle.own.write("gatecheck.yaml", "gatecheck: 1\nextends: default\n");
    circle.own.commit("start");
    circle.run(&["--policy", file]).exits(2);
    circle.run(&["policy", "lock", "--policy", file]).exits(0);
    circle.own.write("a.rs", "// TODO\n");
    assert!(circle.run(&["--policy", file]).exits(1).stdout.contains("no-todo"));
}

#[test]
fn a_change_does_not_choose_what_is_fetched() {
    let circle = Circle::new();
    circle.locked();
    let other = TempRepo::new();
    other.write("policies/base.yaml", SHARED);
    let rev = other.commit("another policy");
    let url = format!("file://{}", other.path().display());
    circle.own.write("gatecheck.yaml", circle.policy(&rev).replace(&circle.url(), &url));
    circle.own.commit("from elsewhere");
    let before = listing(circle.cache.path());
    let checked = circle.check().exits(0);
    assert!(joined(&checked.stdout).contains("is not fetched before it is approved"), "{}", checked.stdout);
    assert_eq!(listing(circle.cache.path()), before);
    // Another commit of a repository that the base inherits from is asked for, and compared.
    circle.shared.write("policies/base.yaml", SHARED.replace("check: text,", "check: text, level: warn,"));
    let rev = circle.shared.commit("weaker");
    circle.own.write("gatecheck.yaml", circle.policy(&rev));
    circle.run(&["policy", "lock"]).exits(0);
    circle.own.commit("update");
    let checked = circle.check().exits(0);
    assert!(checked.stdout.contains("lowers the rule `no-todo` from `block` to `warn`"), "{}", checked.stdout);
}

#[test]
fn a_broken_lock_file_is_refused_at_its_place() {
    let circle = Circle::new();
    circle.run(&["policy", "lock"]).exits(0);
    let lock = fs::read_to_string(circle.own.path().join("gatecheck.lock")).unwrap();
    let entry: String = lock.lines().skip(3).map(|line| format!("{line}\n")).collect();
    for (broken, message, place) in [
        ("lock: [\n".to_owned(), "is not YAML", "gatecheck.lock:1:"),
        (lock.replace("lock: 1", "lock: 2"), "lock files that say `lock: 1`", "gatecheck.lock:2:"),
        (lock.replace("lock: 1\n", ""), "lock files that say `lock: 1`", "gatecheck.lock:2:"),
        (format!("{lock}{entry}"), "names this source twice", "gatecheck.lock:9:"),
        (lock.replace("    digest", "    # digest"), "this source lacks `digest`", "gatecheck.lock:4:"),
        (lock.replace(&circle.rev, "abc"), "`rev` takes the full id of a commit", "gatecheck.lock:5:"),
    ] {
        circle.own.write("gatecheck.lock", &broken);
        let refused = circle.run(&[]).exits(2);
        let told = joined(&refused.stderr);
        assert!(told.contains(message) && told.contains(place), "{broken}: {}", refused.stderr);
        assert!(!told.contains("is not in `gatecheck.lock`"), "{}", refused.stderr);
    }
}

#[test]
fn the_lock_file_of_the_base_judges_and_what_the_head_makes_of_it_is_told() {
    let circle = Circle::new();
    circle.locked();
    let lock = fs::read_to_string(circle.own.path().join("gatecheck.lock")).unwrap();
    for (changed, told) in [
        (None, "is not in `gatecheck.lock`"),
        (Some(lock.replace("sha256:", "sha256:0")), "is not what `gatecheck.lock` says it is"),
        (Some("lock: [\n".to_owned()), "is not YAML"),
    ] {
        circle.own.git(&["switch", "--quiet", "-C", "topic", "main"]);
        circle.own.write("a.rs", "// TODO\n");
        match changed {
            Some(text) => circle.own.write("gatecheck.lock", text),
            None => fs::remove_file(circle.own.path().join("gatecheck.lock")).unwrap(),
        }
        circle.own.commit("another lock");
        let checked = joined(&circle.check().exits(3).stdout);
        assert!(checked.contains("FAIL no-todo"), "{checked}");
        assert!(checked.contains(told), "{checked}");
    }
}
