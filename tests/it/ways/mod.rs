//! Every way of naming a change, end to end: real hooks of real `git` commands, checkouts as CI makes them.

mod frameworks;
mod hooks;
pub(crate) mod http;
pub(crate) mod services;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::support::{Run, TempRepo, clean};

/// Looks at what the change adds.
pub(crate) const ADDED: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                     forbidden: [{ pattern: OFFENCE }]\n";
/// Looks at what came and went, too.
const EVERY_BLOB: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                          scope: every-blob\n      forbidden: [{ pattern: OFFENCE }]\n";
/// A repository whose `main` has this policy.
fn with_policy(policy: &str) -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", policy);
    repo.write("kept.txt", "nothing to see\n");
    repo.write(".gitignore", "ignored.txt\n");
    repo.commit("Lay the ground");
    repo
}

/// The paths of all findings, and of the files of the change that have none, from the report in JSON.
fn found(run: &Run) -> Vec<String> {
    let report = run.json();
    let results = report["results"].as_array().unwrap();
    let findings = results.iter().flat_map(|result| result["findings"].as_array().unwrap());
    let path = |it: &Value| it["finding"]["primary"]["place"]["file"]["path"].as_str().unwrap().to_owned();
    let mut paths: Vec<String> = findings.map(path).collect();
    paths.sort();
    paths
}

/// Judges in JSON.
fn judge(repo: &TempRepo, args: &[&str]) -> Run {
    repo.check(&[&["--format", "json"], args].concat())
}

/// Runs git where it may fail.
pub(crate) fn git(dir: &Path, args: &[&str]) -> Run {
    Run::of(clean("git", dir).args(args))
}

#[cfg(unix)]
pub(crate) fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
pub(crate) fn executable(_: &Path) {}

#[test]
fn local_sees_commits_staged_unstaged_and_untracked_files_and_not_ignored_ones() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("committed.txt", "OFFENCE\n");
    repo.commit("Add");
    repo.write("staged.txt", "OFFENCE\n");
    repo.git(&["add", "staged.txt"]);
    repo.write("kept.txt", "OFFENCE\n");
    repo.write("untracked/file.txt", "OFFENCE\n");
    repo.write("ignored.txt", "OFFENCE\n");
    let run = judge(&repo, &[]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "kept.txt", "staged.txt", "untracked/file.txt"]);
    let run = judge(&repo, &["--staged"]).exits(1);
    assert_eq!(found(&run), ["staged.txt"]);
    let run = judge(&repo, &["--base", "main"]).exits(1);
    assert_eq!(found(&run), ["committed.txt"]);
    let run = judge(&repo, &["--all"]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "gatecheck.yaml", "kept.txt", "staged.txt", "untracked/file.txt"]);
    let run = judge(&repo, &["--all", "--head", "HEAD"]).exits(1);
    assert_eq!(found(&run), ["committed.txt", "gatecheck.yaml"]);
}

#[test]
fn a_run_from_a_folder_inside_judges_the_whole_change() {
    let repo = with_policy(ADDED);
    repo.write("deep/er/file.txt", "OFFENCE\n");
    repo.write("beside.txt", "OFFENCE\n");
    let mut command = repo.gatecheck(&["--format", "json"]);
    let run = Run::of(command.current_dir(repo.path().join("deep/er"))).exits(1);
    assert_eq!(found(&run), ["beside.txt", "deep/er/file.txt"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = repo.gatecheck(&["--format", "json", "-C", repo.path().to_str().unwrap()]);
    let run = Run::of(command.current_dir(elsewhere.path())).exits(1);
    assert_eq!(found(&run), ["beside.txt", "deep/er/file.txt"]);
}

#[test]
fn a_release_is_judged_from_the_one_before_it_or_from_the_one_that_is_named() {
    let repo = with_policy(ADDED);
    for version in ["v1.0.0", "v1.1.0", "v1.2.0"] {
        repo.write(&format!("{version}.txt"), "OFFENCE\n");
        repo.commit(version);
        repo.git(&["tag", version]);
    }
    assert_eq!(found(&judge(&repo, &["--release", "v1.2.0"]).exits(1)), ["v1.2.0.txt"]);
    let run = judge(&repo, &["--release", "v1.2.0", "--since", "v1.0.0"]).exits(1);
    assert_eq!(found(&run), ["v1.1.0.txt", "v1.2.0.txt"]);
    for range in ["v1.0.0..v1.2.0", "v1.0.0.."] {
        assert_eq!(found(&judge(&repo, &["--release", range]).exits(1)), found(&run), "{range}");
    }
    let run = judge(&repo, &["--release", "v9"]).exits(3);
    assert!(run.stderr.contains("revision `v9` is not in this clone"), "{}", run.stderr);
}

#[test]
fn a_bare_repository_and_one_of_sha256_are_judged_alike() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    let bare = TempRepo::new();
    fs::remove_dir_all(bare.path().join(".git")).unwrap();
    bare.git(&["clone", "--quiet", "--bare", repo.path().to_str().unwrap(), "."]);
    assert_eq!(found(&judge(&bare, &["--base", "main", "--head", "topic"]).exits(1)), ["bad.txt"]);
    let run = judge(&bare, &[]).exits(2);
    assert!(run.stderr.contains("is bare") && run.stderr.contains("`--base` and `--head`"), "{}", run.stderr);

    let long = TempRepo::new();
    fs::remove_dir_all(long.path().join(".git")).unwrap();
    long.git(&["init", "--quiet", "--initial-branch=main", "--object-format=sha256"]);
    long.write("gatecheck.yaml", ADDED);
    long.commit("Lay the ground");
    long.git(&["checkout", "--quiet", "-b", "topic"]);
    long.write("bad.txt", "OFFENCE\n");
    long.commit("Offend");
    for args in [["--base", "main"].as_slice(), &[]] {
        assert_eq!(found(&judge(&long, args).exits(1)), ["bad.txt"]);
    }
}

#[test]
fn unborn_detached_and_unrelated_heads_are_judged() {
    let unborn = TempRepo::new();
    unborn.write("gatecheck.yaml", ADDED);
    unborn.write("bad.txt", "OFFENCE\n");
    assert_eq!(found(&judge(&unborn, &[]).exits(1)), ["bad.txt", "gatecheck.yaml"]);

    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "--detach"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    assert_eq!(found(&judge(&repo, &[]).exits(1)), ["bad.txt"]);

    repo.git(&["checkout", "--quiet", "--orphan", "island"]);
    repo.write("kept.txt", "OFFENCE\n");
    repo.commit("Begin anew");
    let run = judge(&repo, &["--base", "main"]).exits(1);
    assert_eq!(found(&run), ["bad.txt", "gatecheck.yaml", "kept.txt"]);
    assert!(run.json()["problems"].to_string().contains("share no commit"));
}

#[test]
fn text_that_came_and_went_inside_the_range_is_seen() {
    let repo = with_policy(EVERY_BLOB);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("settings.txt", "OFFENCE\n");
    repo.commit("Add settings");
    repo.write("settings.txt", "taken back\n");
    repo.commit("Take it back");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["settings.txt"]);
    fs::remove_file(repo.path().join("settings.txt")).unwrap();
    repo.commit("Remove the file");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["settings.txt"]);
}

#[test]
fn what_a_merge_slips_in_is_seen() {
    let repo = with_policy(EVERY_BLOB);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("topic.txt", "fine\n");
    repo.commit("Work");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.write("main.txt", "fine\n");
    repo.commit("Work beside it");
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.git(&["merge", "--quiet", "--no-commit", "--no-ff", "main"]);
    repo.write("evil.txt", "OFFENCE\n");
    repo.commit("Merge main");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["evil.txt"]);
    fs::remove_file(repo.path().join("evil.txt")).unwrap();
    repo.commit("Tidy up");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), ["evil.txt"]);
}

#[test]
fn attributes_hide_nothing() {
    let repo = with_policy(ADDED);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    let attributes = "*.a -diff\n*.b binary\n*.c diff=other\n*.d -text\n*.e linguist-generated\n*.f export-ignore\n";
    repo.write(".gitattributes", attributes);
    for name in ["x.a", "x.b", "x.c", "x.d", "x.e", "x.f"] {
        repo.write(name, "OFFENCE\n");
    }
    let all = ["x.a", "x.b", "x.c", "x.d", "x.e", "x.f"];
    assert_eq!(found(&judge(&repo, &[]).exits(1)), all);
    repo.commit("Hide");
    assert_eq!(found(&judge(&repo, &["--base", "main"]).exits(1)), all);
}

/// Everything in a repository's settings that makes Git start a program.
const PROGRAMS: [&str; 16] = [
    "core.fsmonitor",
    "core.sshCommand",
    "core.editor",
    "core.pager",
    "core.askPass",
    "core.gitProxy",
    "diff.external",
    "diff.canary.command",
    "diff.canary.textconv",
    "filter.canary.clean",
    "filter.canary.smudge",
    "filter.canary.process",
    "merge.canary.driver",
    "credential.helper",
    "gpg.program",
    "gpg.ssh.program",
];

#[test]
fn no_program_that_the_repository_names_is_started() {
    let repo = with_policy(EVERY_BLOB);
    repo.write(".gitattributes", "* filter=canary diff=canary merge=canary\n");
    repo.commit("Name drivers");
    repo.git(&["tag", "v1.0.0"]);
    let start = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("new.txt", "OFFENCE\n");
    repo.commit("Offend");
    repo.git(&["tag", "v1.1.0"]);
    let tip = repo.git(&["rev-parse", "HEAD"]);

    let folder = tempfile::tempdir().unwrap();
    let (canary, sung) = (folder.path().join("canary"), folder.path().join("sung"));
    fs::write(&canary, format!("#!/bin/sh\necho \"$0 $*\" >> '{}'\ncat\n", sung.display())).unwrap();
    executable(&canary);
    let program = canary.to_str().unwrap();
    for key in PROGRAMS {
        repo.git(&["config", key, program]);
    }
    for key in ["alias.status", "alias.diff", "alias.log", "alias.rev-parse"] {
        repo.git(&["config", key, &format!("!{program}")]);
    }
    let hooks = folder.path().join("hooks");
    fs::create_dir(&hooks).unwrap();
    for name in ["pre-commit", "post-index-change", "fsmonitor-watchman", "reference-transaction", "post-checkout"] {
        for place in [hooks.join(name), repo.path().join(".git/hooks").join(name)] {
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::copy(&canary, &place).unwrap();
        }
    }
    repo.git(&["config", "core.hooksPath", hooks.to_str().unwrap()]);
    let _ = fs::remove_file(&sung);
    repo.write("kept.txt", "changed on disk\n");
    repo.write("fresh.txt", "new on disk\n");

    let updates = format!("{start} {tip} refs/heads/topic\n");
    let modes: [&[&str]; 7] = [
        &[],
        &["--staged"],
        &["--all"],
        &["--base", "main"],
        &["--release", "v1.1.0"],
        &["--trust-owner"],
        &["--push"],
    ];
    for mode in modes {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), &updates).unwrap();
        let mut command = repo.gatecheck(mode);
        command.stdin(fs::File::open(file.path()).unwrap());
        let code = Run::of(&mut command).code;
        assert!(matches!(code, Some(0 | 1)), "{mode:?}: {code:?}");
        assert!(!sung.exists(), "{mode:?} started a program: {}", fs::read_to_string(&sung).unwrap_or_default());
    }
    for other in [["policy", "show"].as_slice(), &["init", "--dry-run"], &["policy", "lock"]] {
        repo.check(other).exits(0);
        assert!(!sung.exists(), "{other:?} started a program");
    }
}

#[test]
fn a_work_tree_that_stands_elsewhere_is_not_mistaken_for_the_folder_around_it() {
    let repo = with_policy(ADDED);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.txt"), "OFFENCE\n").unwrap();
    fs::copy(repo.path().join("gatecheck.yaml"), folder.path().join("gatecheck.yaml")).unwrap();
    let elsewhere = folder.path().to_str().unwrap();
    repo.git(&["config", "core.worktree", elsewhere]);
    let run = repo.check(&[]).exits(3);
    assert!(run.stderr.contains(elsewhere) && run.stderr.contains("GIT_WORK_TREE=DIR"), "{}", run.stderr);
    let mut named = repo.gatecheck(&["--format", "json"]);
    let run = Run::of(named.env("GIT_DIR", ".git").env("GIT_WORK_TREE", elsewhere)).exits(1);
    assert_eq!(found(&run), ["bad.txt"]);
    repo.git(&["config", "core.worktree", ".."]);
    repo.check(&[]).exits(0);
}

/// A split index is read by `git` itself, which compares files on disk through the filters of the repository.
#[test]
fn a_split_index_starts_no_filter_and_what_is_announced_in_it_is_no_content() {
    let repo = with_policy(ADDED);
    repo.write(".gitattributes", "* filter=canary\n");
    repo.commit("Name a filter");
    repo.git(&["update-index", "--split-index"]);
    repo.write("announced.txt", "OFFENCE\n");
    repo.git(&["add", "--intent-to-add", "announced.txt"]);
    let sung = repo.path().join(".git/sung");
    repo.git(&["config", "filter.canary.clean", "sh -c 'touch .git/sung; cat'"]);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    for file in ["kept.txt", "gatecheck.yaml", "announced.txt"] {
        fs::File::options().write(true).open(repo.path().join(file)).unwrap().set_modified(later).unwrap();
    }
    repo.check(&["--staged"]).exits(0);
    assert!(!sung.exists(), "a filter of the repository was started");
    repo.git(&["config", "--unset", "filter.canary.clean"]);
    repo.git(&["add", "announced.txt"]);
    assert_eq!(found(&repo.check(&["--staged", "--format", "json"]).exits(1)), ["announced.txt"]);
    for file in fs::read_dir(repo.path().join(".git")).unwrap().map(|it| it.unwrap().path()) {
        if file.file_name().unwrap().to_string_lossy().starts_with("sharedindex.") {
            fs::remove_file(file).unwrap();
        }
    }
    let run = repo.check(&["--staged"]).exits(3);
    assert!(run.stderr.contains("`git reset`") && !run.stderr.contains("install"), "{}", run.stderr);
}

#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_read_as_data() {
    use std::os::unix::fs::MetadataExt as _;
    let repo = with_policy(ADDED);
    repo.write("bad.txt", "OFFENCE\n");
    let me = fs::metadata(repo.path()).unwrap().uid();
    if me != 0 {
        // Only root can give files away.
        return;
    }
    for entry in walkdir::WalkDir::new(repo.path()).into_iter().map(Result::unwrap) {
        std::os::unix::fs::lchown(entry.path(), Some(12_345), Some(12_345)).unwrap();
    }
    for args in [[].as_slice(), &["--trust-owner"], &["--all"]] {
        assert!(found(&judge(&repo, args).exits(1)).contains(&"bad.txt".to_owned()), "{args:?}");
    }
}

#[test]
fn a_tag_with_the_name_of_a_branch_does_not_become_the_base() {
    let origin = with_policy(ADDED);
    let clone = TempRepo::new();
    clone.git(&["fetch", "--quiet", origin.path().to_str().unwrap(), "main:refs/remotes/origin/main"]);
    clone.git(&["checkout", "--quiet", "-b", "topic", "origin/main"]);
    clone.git(&["tag", "origin/main"]);
    judge(&clone, &["--base", "origin/main"]).exits(0);
    clone.write("bad.txt", "OFFENCE\n");
    clone.commit("Offend");
    judge(&clone, &["--base", "origin/main"]).exits(1);
    for name in ["origin/main", "main"] {
        clone.git(&["tag", "--force", name]);
        let run = judge(&clone, &["--base", name]).exits(2);
        let told = format!("`{name}` names a tag and a branch");
        assert!(run.stderr.contains(&told) && run.stderr.contains("refs/remotes/"), "{}", run.stderr);
    }
    judge(&clone, &["--base", "refs/remotes/origin/main"]).exits(1);
}

#[test]
fn a_release_is_the_tag_should_a_branch_have_its_name() {
    let repo = with_policy(ADDED);
    repo.git(&["tag", "v1"]);
    repo.write("bad.txt", "OFFENCE\n");
    repo.commit("Offend");
    repo.git(&["tag", "v2"]);
    repo.git(&["branch", "v2", "v1"]);
    assert_eq!(found(&judge(&repo, &["--release", "v2"]).exits(1)), ["bad.txt"]);
}
