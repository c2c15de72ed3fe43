//! Hostile content: what hides, what is broken, and what would like to be run.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::git::range::{self, Request};
use crate::git::{Overrides, Repository, Trust};
use crate::model::{Level, Need};

use super::{Sandbox, content, gather, range_of, shown};

#[test]
fn attributes_hide_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let attributes = "*.env -diff\n*.bin binary\n*.md diff=x export-ignore linguist-generated\n* filter=evil\n";
    sandbox
        .commit(&[(".gitattributes", attributes), ("x.env", "one\n"), ("x.bin", "two\n"), ("x.md", "three\n")], "hide");
    let gathered = sandbox.gather(&range_of("HEAD~1", "HEAD"));
    let mut lines = Vec::new();
    for change in &gathered.facts.change.files {
        gathered.facts.each_added_line(change, |_, line| lines.push(line.text.to_owned())).unwrap();
    }
    for text in ["one", "two", "three"] {
        assert!(lines.iter().any(|it| it == text), "{text}: {lines:?}");
    }
}

#[test]
fn nothing_that_the_repository_configures_is_run() {
    let sandbox = Sandbox::with_files(&[("a", "1"), (".gitattributes", "* filter=evil diff=evil merge=evil\n")]);
    let canary = sandbox.outside().join("canary");
    let script = sandbox.outside().join("evil.sh");
    std::fs::write(&script, format!("#!/bin/sh\ntouch {}\n", canary.display())).unwrap();
    super::run(sandbox.outside(), &["--version"]);
    let command = format!("sh {}", script.display());
    for key in [
        "core.fsmonitor",
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.evil.command",
        "diff.external",
        "merge.evil.driver",
        "core.sshCommand",
        "core.pager",
        "gpg.program",
        "core.alternateRefsCommand",
        "core.askPass",
        "uploadpack.packObjectsHook",
    ] {
        sandbox.git(&["config", key, &command]);
    }
    std::fs::create_dir_all(sandbox.root.join(".git/hooks")).unwrap();
    for hook in ["post-index-change", "fsmonitor-watchman", "reference-transaction"] {
        std::fs::copy(&script, sandbox.root.join(".git/hooks").join(hook)).unwrap();
    }
    let raw = std::fs::read(sandbox.root.join(".git/index")).unwrap();
    sandbox.write("a", "2");
    for request in [Request::Local, Request::Staged, Request::All { head: None }, range_of("HEAD", "HEAD")] {
        gather(&sandbox.open(), &request).unwrap();
    }
    assert!(!canary.exists());
    assert_eq!(std::fs::read(sandbox.root.join(".git/index")).unwrap(), raw, "the index is not written");
}

#[test]
fn a_git_inside_the_work_tree_is_never_started() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let canary = sandbox.outside().join("canary");
    sandbox.write("bin/git", &format!("#!/bin/sh\ntouch {}\n", canary.display()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(sandbox.root.join("bin/git"), mode).unwrap();
    }
    sandbox.git(&["update-index", "--split-index"]);
    let program_path = vec![sandbox.root.join("bin"), PathBuf::from("bin"), PathBuf::from("")];
    let overrides = Overrides { program_path, ..Overrides::default() };
    let gathered = gather(&sandbox.open_with(overrides), &Request::Staged);
    assert!(gathered.is_ok_and(|it| shown(&it).is_empty()));
    assert!(!canary.exists());
}

/// The loose object of a name.
fn loose(sandbox: &Sandbox, id: &str) -> PathBuf {
    let (folder, name) = id.split_at(2);
    sandbox.root.join(".git/objects").join(folder).join(name)
}

fn truncate(path: &PathBuf) {
    let raw = std::fs::read(path).unwrap();
    let _ = std::fs::remove_file(path);
    std::fs::write(path, &raw[..raw.len() / 2]).unwrap();
}

#[test]
fn a_truncated_blob_is_missing_and_the_rest_goes_on() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let long: String = (0..2000).map(|number| format!("{number}\n")).collect();
    sandbox.commit(&[("b", &long), ("c", "fine")], "more");
    truncate(&loose(&sandbox, &sandbox.id("HEAD:b")));
    let gathered = sandbox.gather(&range_of("HEAD~1", "HEAD"));
    assert_eq!(shown(&gathered), ["A b", "A c"]);
    assert_eq!(content(&gathered, "c"), "fine");
    let broken = gathered.facts.change.files.first().unwrap();
    assert!(gathered.facts.new_blob(broken).is_err());
}

#[test]
fn a_truncated_tree_or_commit_is_an_error_and_never_a_hang() {
    for object in ["HEAD^{tree}", "HEAD"] {
        let sandbox = Sandbox::with_files(&[("a", "1")]);
        let names: Vec<String> = (0..40).map(|number| format!("file-{number}")).collect();
        let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), name.as_str())).collect();
        let head = sandbox.commit(&files, "more");
        let base = sandbox.id("HEAD~1");
        truncate(&loose(&sandbox, &sandbox.id(object)));
        let error = gather(&sandbox.open(), &range_of(&base, &head)).err().unwrap();
        assert!(error.help().contains("git fsck"), "{object}: {error}: {}", error.help());
    }
}

#[test]
fn a_trial_merge_over_a_truncated_object_ends() {
    let sandbox = Sandbox::with_files(&[("a", "1\n2\n3\n4\n5\n6\n")]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("a", "one\n2\n3\n4\n5\n6\n")], "feature");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("a", "1\n2\n3\n4\n5\nsix\n")], "main");
    truncate(&loose(&sandbox, &sandbox.id("feature:a")));
    let repository = sandbox.open();
    let ranges = range::resolve(&repository, &range_of("main", "feature"), None).unwrap();
    let gathered = super::gather_range(&repository, ranges.first().unwrap(), &[Need::Merge]).unwrap();
    assert!(gathered.facts.refs.merge.is_err());
}

#[test]
fn an_absent_object_is_missing_and_never_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.commit(&[("d/b", "1")], "more");
    let (base, head, tree) = (sandbox.id("HEAD~1"), sandbox.id("HEAD"), sandbox.id("HEAD:d"));
    std::fs::remove_file(loose(&sandbox, &tree)).unwrap();
    let error = gather(&sandbox.open(), &range_of(&base, &head)).err().unwrap();
    assert!(error.to_string().contains(&tree), "{error}");
}

#[test]
fn a_malformed_tree_closes_the_gate() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let base = sandbox.id("HEAD");
    let blob = sandbox.id("HEAD:a");
    let mut raw = b"100644 .git\0".to_vec();
    raw.extend_from_slice(blob.parse::<crate::model::ObjectId>().unwrap().as_bytes());
    let tree = write_object(&sandbox, "tree", &raw);
    let head = sandbox.git(&["commit-tree", &tree, "-p", &base, "-m", "hostile"]);
    let gathered = gather(&sandbox.open(), &range_of(&base, &head)).unwrap();
    let problem = gathered.problems.iter().find(|it| it.message.contains("malformed")).unwrap();
    assert_eq!(problem.level, Level::Block);
    let clean = gather(&sandbox.open(), &range_of(&base, &base)).unwrap();
    assert!(clean.problems.is_empty());
}

fn write_object(sandbox: &Sandbox, kind: &str, raw: &[u8]) -> String {
    let mut child = Command::new("git")
        .current_dir(&sandbox.root)
        .args(["hash-object", "-w", "--literally", "--stdin", "-t", kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(raw).unwrap();
    let output = child.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[cfg(unix)]
#[test]
fn pipes_in_the_place_of_gits_own_files_are_not_waited_for() {
    for name in ["commondir", "config", "packed-refs", "shallow", "index", "refs/heads/main"] {
        let sandbox = Sandbox::with_files(&[("a", "1")]);
        let path = sandbox.root.join(".git").join(name);
        let _ = std::fs::remove_file(&path);
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        // Whatever comes of it, it comes.
        if let Ok(repository) = Repository::discover(&sandbox.root, Trust::AsData) {
            let _ = gather(&repository, &Request::Staged);
        }
    }
}
