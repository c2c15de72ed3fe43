//! Histories that are not a line, and clones that do not have all of theirs.

use crate::git::GitError;
use crate::git::range::{self, Request};
use crate::model::{Level, Need, Seeker};

use super::{Sandbox, Surroundings, gather, range_of, shown, subjects, transient};

#[test]
fn a_file_that_came_and_went_inside_the_range_is_seen() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.commit(&[("secret", "x")], "add");
    std::fs::remove_file(sandbox.root.join("secret")).unwrap();
    sandbox.commit(&[("b", "1")], "remove");
    let gathered = sandbox.gather(&range_of("HEAD~2", "HEAD"));
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(transient(&gathered), ["secret"]);
}

#[test]
fn a_file_that_was_committed_and_is_gone_on_disk_came_and_went() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("secret", "x"), ("kept", "x")], "add");
    std::fs::remove_file(sandbox.root.join("secret")).unwrap();
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["A kept"]);
    assert_eq!(transient(&gathered), ["secret"]);
}

#[test]
fn what_an_evil_merge_slips_in_is_seen_though_it_is_removed_again() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let start = sandbox.id("HEAD");
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    sandbox.commit(&[("b", "1")], "feature");
    sandbox.git(&["switch", "--quiet", "main"]);
    sandbox.commit(&[("c", "1")], "main");
    sandbox.git(&["merge", "--quiet", "--no-commit", "--no-ff", "feature"]);
    sandbox.write("evil", "x");
    sandbox.git(&["add", "evil"]);
    sandbox.git(&["commit", "--quiet", "--message", "merge"]);
    assert_eq!(sandbox.changes(&range_of(&start, "HEAD")), ["A b", "A c", "A evil"]);
    sandbox.git(&["rm", "--quiet", "evil"]);
    sandbox.commit(&[], "hide");
    let gathered = sandbox.gather(&range_of(&start, "HEAD"));
    assert_eq!(shown(&gathered), ["A b", "A c"]);
    assert_eq!(transient(&gathered), ["evil"]);
}

#[test]
fn a_criss_cross_has_one_base_on_every_machine_and_loses_nothing() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["switch", "--quiet", "-c", "feature"]);
    let one = sandbox.commit(&[("one", "1")], "one");
    sandbox.git(&["switch", "--quiet", "main"]);
    let two = sandbox.commit(&[("two", "1")], "two");
    sandbox.git(&["merge", "--quiet", "--no-ff", "--message", "m", &one]);
    sandbox.git(&["switch", "--quiet", "feature"]);
    sandbox.git(&["merge", "--quiet", "--no-ff", "--message", "f", &two]);
    sandbox.commit(&[("new", "1")], "new");
    let bases = sandbox.git(&["merge-base", "--all", "main", "feature"]);
    assert_eq!(bases.lines().count(), 2);
    let first = sandbox.changes(&range_of("main", "feature"));
    assert!(first.contains(&"A new".to_owned()), "{first:?}");
    assert_eq!(first, sandbox.changes(&range_of("main", "feature")));
    assert_eq!(subjects(&sandbox.gather(&range_of("main", "feature"))), ["new", "f"]);
}

#[test]
fn an_octopus_is_a_range_like_any_other() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    for name in ["x", "y", "z"] {
        sandbox.git(&["switch", "--quiet", "-c", name, "main"]);
        sandbox.commit(&[(name, "1")], name);
    }
    sandbox.git(&["switch", "--quiet", "-c", "all", "main"]);
    sandbox.git(&["merge", "--quiet", "--message", "octopus", "x", "y", "z"]);
    let gathered = sandbox.gather(&range_of("main", "all"));
    assert_eq!(shown(&gathered), ["A x", "A y", "A z"]);
    assert_eq!(gathered.facts.commits.unwrap().iter().map(|it| it.parents.len()).max(), Some(3));
}

#[test]
fn unrelated_histories_count_as_new_and_are_said() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.git(&["switch", "--quiet", "--orphan", "island"]);
    sandbox.commit(&[("b", "1")], "island");
    let gathered = sandbox.gather(&range_of("main", "island"));
    assert_eq!(shown(&gathered), ["A b"]);
    assert_eq!(subjects(&gathered), ["island"]);
    assert!(gathered.problems.iter().any(|it| it.level == Level::Warn && it.message.contains("share no commit")));
}

/// A forge's pull request: a feature branch, `main` that went on, and the trial merge under its ref.
fn forge() -> (Sandbox, String, String) {
    let origin = Sandbox::with_files(&[("a", "1")]);
    origin.git(&["switch", "--quiet", "-c", "feature"]);
    origin.commit(&[("b", "1")], "one");
    let head = origin.commit(&[("d", "1")], "two");
    origin.git(&["switch", "--quiet", "main"]);
    origin.commit(&[("c", "1")], "main goes on");
    origin.git(&["switch", "--quiet", "--detach"]);
    origin.git(&["merge", "--quiet", "--no-ff", "--message", "trial", "feature"]);
    let merge = origin.id("HEAD");
    origin.git(&["update-ref", "refs/pull/7/merge", &merge]);
    origin.git(&["switch", "--quiet", "main"]);
    (origin, head, merge)
}

/// What `actions/checkout` leaves behind.
fn checkout(origin: &Sandbox, depth: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git(&["remote", "add", "origin", &format!("file://{}", origin.root.display())]);
    sandbox.git(&["fetch", "--quiet", "--no-tags", depth, "origin", "+refs/pull/7/merge:refs/remotes/pull/7/merge"]);
    sandbox.git(&["checkout", "--quiet", "--force", "refs/remotes/pull/7/merge"]);
    sandbox
}

fn pull_request(head: &str, merge: &str) -> Request {
    Request::PullRequest {
        base_ref: Some("main".into()),
        base_sha: None,
        head_ref: Some("feature".into()),
        head_sha: Some(head.to_owned()),
        merge_sha: Some(merge.to_owned()),
    }
}

#[test]
fn a_checkout_of_depth_two_gives_the_net_change_of_the_trial_merge() {
    let (origin, head, merge) = forge();
    let sandbox = checkout(&origin, "--depth=2");
    let gathered = sandbox.gather(&pull_request(&head, &merge));
    assert_eq!(shown(&gathered), ["A b", "A d"]);
    let missing = gathered.facts.commits.unwrap_err();
    assert!(missing.how.contains("fetch-depth: 0"), "{missing}");
    assert!(gathered.facts.transient.is_err());
}

#[test]
fn a_checkout_of_depth_one_is_never_no_changes() {
    let (origin, head, merge) = forge();
    let sandbox = checkout(&origin, "--depth=1");
    let repository = sandbox.open();
    let mend = crate::gather::ci::Service::GitHub.mend();
    let error = range::resolve(&repository, &pull_request(&head, &merge), Some(mend)).unwrap_err();
    assert!(matches!(error, GitError::TooShallow { .. }), "{error}");
    assert!(error.help().contains("fetch-depth: 0"), "{}", error.help());
}

#[test]
fn a_whole_checkout_of_the_trial_merge_starts_at_the_merge_base() {
    let (origin, head, merge) = forge();
    let sandbox = checkout(&origin, "--depth=1000000");
    let gathered = sandbox.gather(&pull_request(&head, &merge));
    assert_eq!(shown(&gathered), ["A b", "A d"]);
    assert_eq!(subjects(&gathered), ["two", "one"]);
    assert_eq!(gathered.facts.refs.behind, Ok(1));
}

#[test]
fn a_shallow_clone_without_the_merge_base_names_the_command() {
    let origin = Sandbox::with_files(&[("a", "1")]);
    origin.git(&["switch", "--quiet", "-c", "feature"]);
    origin.commit(&[("b", "1")], "one");
    origin.commit(&[("c", "1")], "two");
    origin.git(&["switch", "--quiet", "main"]);
    origin.commit(&[("d", "1")], "main");
    origin.commit(&[("e", "1")], "main");
    let sandbox = origin.clone_to("clone", &["--depth=1", "--no-single-branch"]);
    let error = gather(&sandbox.open(), &range_of("origin/main", "origin/feature")).err().unwrap();
    assert_eq!(error.help(), "fetch the history with `git fetch --unshallow origin`");
    let error = gather(&sandbox.open(), &range_of("HEAD~1", "HEAD")).err().unwrap();
    assert!(error.help().contains("--unshallow"), "{error}: {}", error.help());
}

#[test]
fn a_head_that_was_not_fetched_is_unknown_with_the_command() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    let absent = "12".repeat(20);
    let error = gather(&sandbox.open(), &pull_request(&absent, &absent)).err().unwrap();
    assert!(matches!(error, GitError::UnknownRevision { .. }), "{error}");
    assert!(error.help().contains(&format!("git fetch origin {absent}")), "{}", error.help());
}

#[test]
fn a_detached_head_is_a_head() {
    let sandbox = Sandbox::with_files(&[("a", "1")]);
    sandbox.commit(&[("b", "1")], "more");
    sandbox.git(&["switch", "--quiet", "--detach", "HEAD"]);
    sandbox.git(&["branch", "--force", "main", "HEAD~1"]);
    let gathered = sandbox.gather(&Request::Local);
    assert_eq!(shown(&gathered), ["A b"]);
    assert!(gathered.facts.refs.source.is_err());
}

#[test]
fn the_whole_history_is_known_where_the_run_is_about_it_and_a_rule_needs_it() {
    let sandbox = Sandbox::with_files(&[("a", "gone")]);
    sandbox.commit(&[("a", "here")], "two");
    let repository = sandbox.open();
    let ranges = range::resolve(&repository, &Request::All { head: None }, None).unwrap();
    let range = ranges.first().unwrap();
    let gathered = |history: bool, needs: &[Need]| {
        let sides = crate::gather::sides(&repository, range).unwrap();
        let surroundings = Surroundings { history, ..super::surroundings() };
        crate::gather::facts(&repository, range, sides, &needs.iter().copied().collect(), &surroundings).facts
    };
    let facts = gathered(true, &[Need::History]);
    assert!(facts.run.history);
    let scanned = facts.history.unwrap().scan(&Seeker { name: None, find: &|_| Vec::new() }).unwrap();
    assert_eq!((scanned.blobs, scanned.missing), (2, Vec::new()));
    assert!(gathered(true, &[]).history.is_err());
    let missing = gathered(false, &[Need::History]).history.err().unwrap();
    assert!(missing.how.contains("--history"), "{missing}");
}
