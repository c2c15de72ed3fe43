//! What each CI service says, by the names of its own documentation.

use crate::gather::Environment;
use crate::gather::ci::{Detected, Service, detect};
use crate::git::Request;
use crate::model::AccountType;

fn detected(pairs: &[(&str, &str)]) -> Detected {
    detect(&Environment::from_pairs(pairs.iter().copied())).unwrap()
}

fn pull_request(
    base: &str,
    base_sha: Option<&str>,
    head: &str,
    head_sha: Option<&str>,
    merge: Option<&str>,
) -> Request {
    let owned = |it: Option<&str>| it.map(str::to_owned);
    Request::PullRequest {
        base_ref: Some(base.to_owned()),
        base_sha: owned(base_sha),
        head_ref: Some(head.to_owned()),
        head_sha: owned(head_sha),
        merge_sha: owned(merge),
    }
}

fn github(event: &str, payload: &str) -> Result<Detected, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("event.json");
    std::fs::write(&path, payload).unwrap();
    let pairs =
        [("GITHUB_ACTIONS", "true"), ("GITHUB_EVENT_NAME", event), ("GITHUB_EVENT_PATH", path.to_str().unwrap())];
    detect(&Environment::from_pairs(pairs)).map_err(|error| error.to_string())
}

#[test]
fn nothing_is_the_local_request() {
    let found = detected(&[("HOME", "/home/ana")]);
    assert_eq!((found.service, found.request), (None, Request::Local));
    for pair in [("CI", "true"), ("CI", "woodpecker"), ("TEAMCITY_VERSION", "2026.1"), ("CODEBUILD_BUILD_ID", "a:b")] {
        assert_eq!(detected(&[pair]).service, Some(Service::Other), "{pair:?}");
    }
    assert_eq!(detected(&[("JENKINS_HOME", "/var/lib/jenkins")]).service, Some(Service::Jenkins));
    for value in ["false", "0", ""] {
        assert_eq!(detected(&[("CI", value)]).service, None, "{value}");
    }
}

#[test]
fn a_github_pull_request_is_read_from_its_payload() {
    let payload = r#"{"action":"opened","number":7,"pull_request":{"number":7,"title":"Pay","body":null,
        "user":{"login":"dependabot[bot]","type":"Bot"},"labels":[{"name":"b"},{"name":"a"}],"draft":true,
        "base":{"ref":"main","sha":"aa"},"head":{"ref":"fix/é","sha":"bb"},"merge_commit_sha":"cc"}}"#;
    for event in ["pull_request", "pull_request_target", "pull_request_review"] {
        let found = github(event, payload).unwrap();
        assert_eq!(found.request, pull_request("main", Some("aa"), "fix/é", Some("bb"), Some("cc")));
        let facts = found.pull_request.unwrap();
        assert_eq!((facts.number, facts.author_type, facts.draft), (7, Some(AccountType::Bot), true));
        assert_eq!((facts.labels, facts.body), (vec!["a".to_owned(), "b".to_owned()], String::new()));
    }
}

#[test]
fn the_ends_of_a_pull_request_are_those_of_its_event() {
    let (base, head) = ("1".repeat(40), "2".repeat(40));
    let payload = format!(
        r#"{{"pull_request":{{"number":7,"title":"Pay","user":{{"login":"ana"}},
        "base":{{"ref":"main","sha":"{base}"}},"head":{{"ref":"fix","sha":"{head}"}}}}}}"#
    );
    let facts = github("pull_request_review", &payload).unwrap().pull_request.unwrap();
    assert_eq!((facts.base, facts.head), (base.parse().ok(), head.parse().ok()));
    assert!(facts.head.is_some());
}

#[test]
fn what_a_forge_leaves_out_or_says_is_null_is_not_there() {
    let payload = r#"{"pull_request":{"number":7,"title":"Pay","user":null,"labels":null,"draft":null,
        "base":{"ref":"main","sha":"aa"},"head":{"ref":"fix","sha":"bb"}}}"#;
    let facts = github("pull_request", payload).unwrap().pull_request.unwrap();
    assert_eq!((facts.labels.len(), facts.draft, facts.author.as_str()), (0, false, "ghost"));
}

#[test]
fn a_github_merge_group_push_and_schedule_are_told_apart() {
    let group = r#"{"merge_group":{"base_sha":"aa","head_sha":"bb","base_ref":"refs/heads/main"}}"#;
    let expected = Request::MergeGroup {
        base_sha: "aa".into(),
        head_sha: "bb".into(),
        base_ref: Some("main".into()),
        head_ref: None,
    };
    assert_eq!(github("merge_group", group).unwrap().request, expected);
    let (old, new) = ("0".repeat(40), "1".repeat(40));
    let push = format!(r#"{{"ref":"refs/heads/main","before":"{old}","after":"{new}"}}"#);
    let Request::Push(updates) = github("push", &push).unwrap().request else { panic!("a push") };
    assert!(updates.first().is_some_and(|it| it.old.is_zero() && it.new.to_string() == new));
    assert_eq!(github("schedule", "{}").unwrap().request, Request::All { head: None });
}

#[test]
fn a_payload_without_what_its_event_promises_is_an_error() {
    for (event, payload) in [("pull_request", "{}"), ("merge_group", "{}"), ("push", "{}"), ("pull_request", "no json")]
    {
        assert!(github(event, payload).is_err(), "{event} {payload}");
    }
}

#[test]
fn gitlab_merge_requests_and_pushes() {
    let common = [("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_IID", "3")];
    let names = [
        ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "fix"),
        ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "aa"),
        ("CI_COMMIT_SHA", "bb"),
    ];
    let detached = detected(&[common.as_slice(), &names].concat());
    assert_eq!(detached.request, pull_request("main", Some("aa"), "fix", Some("bb"), None));
    let merged = detected(&[common.as_slice(), &names, &[("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "cc")]].concat());
    assert_eq!(merged.request, pull_request("main", Some("aa"), "fix", Some("cc"), Some("bb")));
    let (old, new) = ("1".repeat(40), "2".repeat(40));
    let push = detected(&[
        ("GITLAB_CI", "true"),
        ("CI_PIPELINE_SOURCE", "push"),
        ("CI_COMMIT_BRANCH", "main"),
        ("CI_COMMIT_BEFORE_SHA", &old),
        ("CI_COMMIT_SHA", &new),
    ]);
    assert!(
        matches!(push.request, Request::Push(updates) if updates.first().is_some_and(|it| it.name == "refs/heads/main"))
    );
}

#[test]
fn the_other_services_name_their_pull_requests() {
    let azure = detected(&[
        ("TF_BUILD", "True"),
        ("SYSTEM_PULLREQUEST_TARGETBRANCH", "refs/heads/main"),
        ("SYSTEM_PULLREQUEST_SOURCEBRANCH", "refs/heads/fix"),
        ("SYSTEM_PULLREQUEST_SOURCECOMMITID", "bb"),
        ("BUILD_SOURCEVERSION", "cc"),
    ]);
    assert_eq!(azure.request, pull_request("main", None, "fix", Some("bb"), Some("cc")));
    let bitbucket = detected(&[
        ("BITBUCKET_BUILD_NUMBER", "1"),
        ("BITBUCKET_PR_ID", "2"),
        ("BITBUCKET_PR_DESTINATION_BRANCH", "main"),
        ("BITBUCKET_PR_DESTINATION_COMMIT", "aa"),
        ("BITBUCKET_BRANCH", "fix"),
        ("BITBUCKET_COMMIT", "bb"),
    ]);
    assert_eq!(bitbucket.request, pull_request("main", Some("aa"), "fix", Some("bb"), None));
    let buildkite = [
        ("BUILDKITE", "true"),
        ("BUILDKITE_PULL_REQUEST_BASE_BRANCH", "main"),
        ("BUILDKITE_BRANCH", "fix"),
        ("BUILDKITE_COMMIT", "bb"),
    ];
    let with = |number| detected(&[buildkite.as_slice(), &[("BUILDKITE_PULL_REQUEST", number)]].concat()).request;
    assert_eq!(with("5"), pull_request("main", None, "fix", Some("bb"), None));
    assert_eq!(with("false"), Request::Local);
    let jenkins = detected(&[
        ("JENKINS_URL", "https://ci.example.com"),
        ("CHANGE_ID", "5"),
        ("CHANGE_TARGET", "main"),
        ("CHANGE_BRANCH", "fix"),
        ("GIT_COMMIT", "bb"),
    ]);
    assert_eq!(jenkins.request, pull_request("main", None, "fix", Some("bb"), None));
}

#[test]
fn the_refs_of_the_pre_commit_framework_come_first() {
    let found = detected(&[("CI", "true"), ("PRE_COMMIT_FROM_REF", "aa"), ("PRE_COMMIT_TO_REF", "bb")]);
    assert_eq!(found.request, Request::Range { base: "aa".into(), head: Some("bb".into()) });
}
