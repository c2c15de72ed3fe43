//! One test for each way of naming a change.

use std::collections::BTreeSet;

use crate::gather::{Surroundings, facts, sides};
use crate::git::range::{self, Request, Side, Span};
use crate::git::{GitError, Overrides};
use crate::model::{Level, MergeOutcome, Mode, Problem};

use super::{Sandbox, gather, range_of, shown, subjects, surroundings};

#[test]
fn local_is_the_merge_base_against_the_work_tree_with_untracked_files() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b", "1"), ("c", "1"), (".gitignore", "*.log\n")]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("committed", "x")], "feature");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("only-on-main", "x")], "main goes on");
    sandbox.git(&["switch", "--quiet", "feature"]);
    sandbox.write("a", "staged");
    sandbox.git(&["add", "a"]);
    sandbox.write("b", "changed");
    sandbox.write("new/untracked", "x");
    sandbox.write("new/noise.log", "x");
    std::fs::remove_file(sandbox.root.join("c")).unwrap();
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["M a", "M b", "D c", "A committed", "A new/untracked"]);
    assert_eq!(super::content(&gathered, "new/untracked"), "x");
    assert_eq!(subjects(&gathered), ["feature"]);
    let refs = &gathered.facts.refs;
    assert_eq!((refs.source.as_deref(), refs.target.as_deref()), (Ok("feature"), Ok("main")));
    assert_eq!(refs.behind, Ok(1));
    assert_eq!(refs.merge, Ok(MergeOutcome::Clean));
}

#[test]
fn local_on_an_unborn_branch_is_everything_on_disk() {
    let sandbox = Sandbox::new();
    sandbox.write("a", "1");
    sandbox.write("b/c", "1");
    sandbox.git(&["add", "a"]);
    assert_eq!(sandbox.changes(&Request::Local), ["A a", "A b/c"]);
    assert_eq!(sandbox.changes(&Request::Staged), ["A a"]);
}

#[test]
fn local_without_a_default_branch_says_that_only_uncommitted_files_were_judged() {
    let sandbox = Sandbox::with(&["--initial-branch=work"]);
    sandbox.commit(&[("a", "1")], "start");
    sandbox.write("a", "2");
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["M a"]);
    assert!(gathered.problems.iter().any(|it| it.message.contains("no default branch")));
}

/// The weight of what a run says about itself, in CI and at home.
fn said(sandbox: &Sandbox) -> [Option<Level>; 2] {
    let repository = sandbox.open();
    let range = range::resolve(&repository, &Request::Local, None).unwrap().remove(0);
    [true, false].map(|ci| {
        let sides = sides(&repository, &range).unwrap();
        let surroundings = Surroundings { ci, ..surroundings() };
        let gathered = facts(&repository, &range, sides, &BTreeSet::new(), &surroundings);
        let is_about_it = |it: &&Problem| it.help.as_ref().is_some_and(|help| help.contains("--base"));
        gathered.problems.iter().filter(is_about_it).map(|it| it.level).max()
    })
}

#[test]
fn a_ci_job_that_is_not_told_what_changed_passes_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.commit(&[("a", "2")], "pushed");
    assert_eq!(said(&sandbox), [Some(Level::Block), None], "on the default branch");
    sandbox.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(said(&sandbox), [Some(Level::Block), Some(Level::Note)], "at its tip");
    sandbox.git(&["switch", "--quiet", "--detach", "HEAD~1"]);
    assert_eq!(said(&sandbox), [Some(Level::Block), Some(Level::Note)], "at an older commit of it");
}

#[test]
fn a_ci_job_with_something_to_judge_is_not_silent() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["switch", "--quiet", "-c", "topic"]);
    assert_eq!(said(&sandbox), [None, None], "a new branch brings nothing");
    sandbox.commit(&[("a", "2")], "topic");
    sandbox.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(said(&sandbox), [None, None], "a commit that the default branch lacks");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.write("generated", "x");
    assert_eq!(said(&sandbox), [Some(Level::Block), None], "what the job wrote is not what was pushed");
    sandbox.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(said(&sandbox), [Some(Level::Block), Some(Level::Note)], "and the commit is still not judged");
}

#[test]
fn staged_is_head_against_the_index_and_nothing_of_the_disk() {
    let sandbox = Sandbox::with_files(&[("a", "1\n2\n3\n"), ("d/b", "other"), ("d/e/c", "1"), ("f/g", "1")]);
    sandbox.write("a", "1\nstaged\n3\n");
    sandbox.git(&["add", "a"]);
    sandbox.write("a", "1\nstaged\nnot staged\n");
    sandbox.write("untracked", "x");
    sandbox.git(&["rm", "--quiet", "d/b"]);
    sandbox.git(&["mv", "f/g", "f/h"]);
    let gathered = sandbox.gather(&Request::Staged);
    assert_eq!(shown(&gathered), ["M a", "D d/b", "R f/g > f/h"]);
    assert_eq!(super::content(&gathered, "a"), "1\nstaged\n3\n");
    assert_eq!(subjects(&gathered), Vec::<String>::new());
}

#[test]
fn a_hook_of_a_partial_commit_reads_the_index_that_git_names() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b", "1")]);
    sandbox.write("a", "2");
    sandbox.git(&["add", "a"]);
    let other = sandbox.outside().join("next-index");
    std::fs::copy(sandbox.root.join(".git/index"), &other).unwrap();
    sandbox.git(&["reset", "--quiet"]);
    assert_eq!(sandbox.changes(&Request::Staged), Vec::<String>::new());
    let overrides = Overrides { git_dir: Some(".git".into()), index_file: Some(other), ..Overrides::default() };
    let gathered = gather(&sandbox.open_with(overrides), &Request::Staged).unwrap();
    assert_eq!(shown(&gathered), ["M a"]);
}

#[test]
fn a_range_starts_at_the_merge_base() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let start = sandbox.id("HEAD");
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("b", "1")], "feature");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("c", "1")], "main");
    sandbox.write("untracked", "x");
    assert_eq!(sandbox.changes(&range_of("main", "feature")), ["A b"]);
    assert_eq!(sandbox.changes(&range_of(start.get(..10).unwrap(), "HEAD")), ["A c"]);
    assert_eq!(sandbox.changes(&Request::Range { base: "HEAD~1".into(), head: None }), ["A c"]);
}

#[test]
fn conflicts_of_the_trial_merge_are_named_and_nothing_is_written() {
    let sandbox = Sandbox::with_files(&[("a", "1\n"), ("auto", "1\n2\n3\n4\n5\n6\n7\n8\n")]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("a", "feature\n"), ("auto", "ONE\n2\n3\n4\n5\n6\n7\n8\n")], "feature");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("a", "main\n"), ("auto", "1\n2\n3\n4\n5\n6\n7\nEIGHT\n")], "main");
    let before = sandbox.git(&["count-objects"]);
    let gathered = sandbox.gather(&range_of("main", "feature"));
    assert_eq!(gathered.facts.refs.merge, Ok(MergeOutcome::Conflicts { paths: vec!["a".into_path()] }));
    assert_eq!(sandbox.git(&["count-objects"]), before);
}

#[test]
fn a_merge_group_is_its_base_against_its_head() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let base_sha = sandbox.id("HEAD");
    let head_sha = sandbox.commit(&[("b", "1")], "queued");
    let request = Request::MergeGroup { base_sha, head_sha, base_ref: Some("main".into()), head_ref: None };
    let gathered = sandbox.gather(&request);
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(gathered.facts.run.mode, Mode::MergeGroup);
    assert_eq!(gathered.facts.refs.target.as_deref(), Ok("main"));
}

#[test]
fn all_is_everything_against_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1"), ("b/c", "1")]);
    sandbox.write("untracked", "x");
    assert_eq!(sandbox.changes(&Request::All { head: None }), ["A a", "A b/c", "A untracked"]);
    assert_eq!(sandbox.changes(&Request::All { head: Some("HEAD".into()) }), ["A a", "A b/c"]);
}

#[test]
fn a_push_to_an_existing_branch_is_old_against_new() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let old = sandbox.id("HEAD");
    let new = sandbox.commit(&[("b", "1")], "more");
    let repository = sandbox.open();
    let zero = "0".repeat(40);
    let updates = repository
        .parse_updates(&format!(
            "refs/heads/main {new} refs/heads/main {old}\nrefs/tags/v1 {new} refs/tags/v1 {zero}\n\
             (delete) {zero} refs/heads/old {old}\n"
        ))
        .unwrap();
    let ranges = range::resolve(&repository, &Request::Push(updates), None).unwrap();
    let [range] = ranges.as_slice() else { panic!("one commit is one range: {ranges:?}") };
    let names: Vec<&str> = range.updates.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["refs/heads/main", "refs/tags/v1", "refs/heads/old"]);
    assert_eq!(range.updates.first().unwrap().fast_forward, Some(true));
    let gathered = super::gather_range(&repository, range, &super::ALL_NEEDS).unwrap();
    assert_eq!(shown(&gathered), ["A b"]);
    let tags = gathered.facts.tags.unwrap();
    let judged: Vec<(&str, bool, Vec<String>)> =
        tags.iter().map(|it| (it.name.as_str(), it.judged, it.branches.clone())).collect();
    assert_eq!(judged, [("v1", true, vec!["main".to_owned()])]);
}

#[test]
fn a_push_of_a_first_branch_is_everything_and_never_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let new = sandbox.commit(&[("b", "1")], "more");
    let repository = sandbox.open();
    let line = format!("refs/heads/main {new} refs/heads/main {}", "0".repeat(40));
    let updates = repository.parse_updates(&line).unwrap();
    let gathered = gather(&repository, &Request::Push(updates)).unwrap();
    assert_eq!(shown(&gathered), ["A a", "A b"]);
    assert_eq!(subjects(&gathered), ["more", "start"]);
}

#[test]
fn a_push_of_a_new_branch_starts_where_it_left_the_fetched_default_branch() {
    let origin = Sandbox::with_files(&[("a", "1")]);
    let sandbox = origin.clone_to("clone", &[]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    let new = sandbox.commit(&[("b", "1")], "more");
    let repository = sandbox.open();
    let line = format!("refs/heads/feature {new} refs/heads/feature {}", "0".repeat(40));
    let updates = repository.parse_updates(&line).unwrap();
    let gathered = gather(&repository, &Request::Push(updates)).unwrap();
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(subjects(&gathered), ["more"]);
}

#[test]
fn a_receiving_repository_reads_new_objects_from_quarantine() {
    let source = Sandbox::with_files(&[("a", "1")]);
    let old = source.id("HEAD");
    let bare = source.clone_to("bare.git", &["--bare"]);
    let new = source.commit(&[("b", "1")], "pushed");
    let incoming = bare.outside().join("incoming");
    copy_folder(&source.root.join(".git/objects"), &incoming);
    let text = format!("{old} {new} refs/heads/main\n");
    let plain = bare.open();
    let updates = plain.parse_updates(&text).unwrap();
    assert!(matches!(gather(&plain, &Request::Push(updates.clone())), Err(GitError::Object(_))));
    let overrides = Overrides {
        git_dir: Some(".".into()),
        object_dir: Some(incoming),
        alternates: vec![bare.root.join("objects")],
        ..Overrides::default()
    };
    let gathered = gather(&bare.open_with(overrides), &Request::Push(updates)).unwrap();
    assert_eq!(shown(&gathered), ["A b"]);
}

#[test]
fn a_push_that_only_deletes_brings_nothing_and_keeps_its_update() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let repository = sandbox.open();
    let line = format!("{} {} refs/heads/old", sandbox.id("HEAD"), "0".repeat(40));
    let gathered = gather(&repository, &Request::Push(repository.parse_updates(&line).unwrap())).unwrap();
    assert_eq!(shown(&gathered), Vec::<String>::new());
    assert_eq!(gathered.facts.refs.updates.len(), 1);
}

#[test]
fn standard_input_that_is_no_update_is_refused_with_its_line() {
    let repository = Sandbox::new().open();
    let id = "1".repeat(40);
    for text in ["rubbish", "a b c", &format!("{id} {id} ../../config"), &format!("x {id} refs/heads/a short")] {
        let text = format!("{id} {id} refs/heads/main\n{text}\n");
        assert!(matches!(repository.parse_updates(&text), Err(GitError::NotAnUpdate { line: 2, .. })), "{text}");
    }
    assert_eq!(repository.parse_updates("\n").map(|it| it.len()).ok(), Some(0));
}

#[test]
fn a_release_goes_from_the_version_before_it() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["tag", "v1.9.0"]);
    sandbox.commit(&[("b", "1")], "two");
    sandbox.git(&["tag", "--annotate", "--message", "ten", "v1.10.0"]);
    sandbox.git(&["tag", "v2.0.0-rc.1"]);
    sandbox.commit(&[("c", "1")], "three");
    sandbox.git(&["tag", "v2.0.0"]);
    let release = |from: Option<&str>, to: &str| Request::Release { from: from.map(str::to_owned), to: to.to_owned() };
    assert_eq!(sandbox.changes(&release(None, "v2.0.0")), ["A c"]);
    assert_eq!(sandbox.changes(&release(Some("v1.9.0"), "v2.0.0")), ["A b", "A c"]);
    assert_eq!(sandbox.changes(&release(None, "v1.9.0")), ["A a"]);
    let gathered = sandbox.gather(&release(None, "v1.10.0"));
    assert_eq!(shown(&gathered), ["A b"]);
    let tags = gathered.facts.tags.unwrap();
    let ten = tags.iter().find(|it| it.judged).unwrap();
    assert_eq!(ten.annotation.as_ref().map(|it| it.message.trim()), Some("ten"));
}

#[test]
fn a_pull_request_with_whole_history_starts_at_the_merge_base() {
    let origin = Sandbox::with_files(&[("a", "1")]);
    let base_sha = origin.id("HEAD");
    origin.git(&["switch", "--quiet", "-c", "feature"]);
    let head_sha = origin.commit(&[("b", "1")], "feature");
    origin.git(&["switch", "--quiet", "main"]);
    origin.commit(&[("c", "1")], "main goes on");
    let sandbox = origin.clone_to("clone", &[]);
    let request = Request::PullRequest {
        base_ref: Some("main".into()),
        base_sha: Some(base_sha),
        head_ref: Some("feature".into()),
        head_sha: Some(head_sha),
        merge_sha: None,
    };
    let gathered = sandbox.gather(&request);
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(gathered.facts.refs.behind, Ok(1), "the branch counts, not the id of an old event");
}

#[test]
fn a_resolved_range_says_its_sides() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let ranges = range::resolve(&sandbox.open(), &Request::Staged, None).unwrap();
    let range = ranges.first().unwrap();
    assert!(matches!(range.base, Side::Commit { .. }));
    assert_eq!((range.head, range.span), (Side::Index, Span::Empty));
}

trait IntoPath {
    fn into_path(self) -> crate::model::RepoPath;
}

impl IntoPath for &str {
    fn into_path(self) -> crate::model::RepoPath {
        crate::model::RepoPath::new(self)
    }
}

fn copy_folder(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
