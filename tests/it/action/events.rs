//! The action in a real workflow runner, on real payloads of every event that it is for.
#![cfg(unix)]

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::runner::{Ended, Job};
use crate::forge::GITHUB;
use crate::loopback::{Response, Server};
use crate::support::TempRepo;
use crate::tools::{Tools, tools};
use crate::ways::ADDED;
use crate::ways::http::backend;
use crate::ways::services::{Forge, forge};

/// A payload that GitHub has sent, about the pull request of a repository of ours.
pub(super) fn pull_request(tools: &Tools, event: &str, action: &str, forge: &Forge) -> Value {
    let payloads = tools.payloads(event);
    let mut payload = payloads.into_iter().find(|it| it["action"] == action).unwrap();
    let ours = forge.pull_request();
    for field in ["number", "title", "merge_commit_sha"] {
        payload["pull_request"][field] = ours["pull_request"][field].clone();
    }
    for (side, field) in [("base", "ref"), ("base", "sha"), ("head", "ref"), ("head", "sha")] {
        payload["pull_request"][side][field] = ours["pull_request"][side][field].clone();
    }
    payload
}

/// Blocked by what the pull request brings, and told in every way.
#[track_caller]
fn is_blocked(ended: &Ended, places: &[&str]) {
    ended.ends("1", "blocked");
    assert_eq!(ended.places("error"), places, "{}", ended.log);
    assert_eq!((ended.output("failed"), ended.output("unknown")), ("1", "0"), "{}", ended.log);
    assert_eq!(ended.output("findings"), places.len().to_string(), "{}", ended.log);
    assert!(ended.summary.contains("gatecheck: blocked"), "{}", ended.summary);
    assert!(places.iter().all(|it| ended.summary.contains(it)), "{}", ended.summary);
    only_ours(ended);
}

/// The runner obeyed no command but ours.
#[track_caller]
fn only_ours(ended: &Ended) {
    let action = super::action();
    let outputs = action["outputs"].as_object().unwrap().keys().map(String::as_str);
    let own: Vec<&str> = outputs.chain(["folder", "program"]).collect();
    let is_own = |it: &&String| it.strip_prefix("set-output ").is_some_and(|name| own.contains(&name));
    let strangers: Vec<&String> = ended.commands.iter().filter(|it| !is_own(it)).collect();
    assert!(strangers.is_empty() && !ended.commands.is_empty(), "{strangers:?}: {}", ended.log);
    assert!(ended.annotations.iter().all(|it| it.properties["title"].as_str().is_some()), "{:?}", ended.annotations);
}

#[test]
fn a_pull_request_is_judged_from_what_the_checkout_brought() {
    let Some(tools) = tools() else { return };
    let forge = forge(ADDED);
    for (event, action, depth) in
        [("pull_request", "opened", 2), ("pull_request", "synchronize", 0), ("pull_request_review", "submitted", 0)]
    {
        let payload = pull_request(tools, event, action, &forge);
        let clone = forge.checkout("refs/pull/1/merge", depth);
        let ended = Job::new(event, &payload).with("sarif", "found.sarif").run(tools, clone.path());
        is_blocked(&ended, &["two.txt"]);
        assert_eq!(ended.annotations[0].properties["line"], "1");
        assert_eq!(ended.output("sarif"), "found.sarif");
        assert!(ended.clone.contains("?? found.sarif"), "{}", ended.clone);
        assert_eq!(ended.output("comment"), "", "nothing was asked for, so nothing was tried");
    }
}

#[test]
fn a_pull_request_that_is_fine_passes_and_one_that_cannot_be_told_is_undecided() {
    let Some(tools) = tools() else { return };
    let fine = forge(&ADDED.replace("OFFENCE", "NOWHERE"));
    let payload = pull_request(tools, "pull_request", "opened", &fine);
    let clone = fine.checkout("refs/pull/1/merge", 0);
    let ended = Job::new("pull_request", &payload).run(tools, clone.path());
    ended.ends("0", "passed");
    assert!(ended.annotations.is_empty() && ended.summary.contains("gatecheck: passed"), "{}", ended.log);
    assert_eq!(ended.output("failed"), "0");

    // The checkout of GitHub's own default: one commit.
    let shallow = fine.checkout("refs/pull/1/merge", 1);
    let ended = Job::new("pull_request", &payload).run(tools, shallow.path());
    ended.ends("3", "undecided");
    assert!(ended.log.contains("fetch-depth: 0"), "{}", ended.log);
    assert_eq!((ended.output("json"), ended.output("failed")), ("", ""), "{}", ended.log);

    let ended = Job::new("pull_request", &payload).with("policy", "absent.yaml").run(tools, clone.path());
    assert!(["2", "3"].contains(&ended.output("exit-code")) && !ended.green, "{}", ended.log);
    assert_eq!(ended.output("verdict"), "undecided");
}

#[test]
fn what_only_the_forge_knows_is_asked_for() {
    let Some(tools) = tools() else { return };
    let policy = format!(
        "{}  seen: {{ check: ci-status, with: {{ required: [{{ name: test }}] }} }}\n",
        ADDED.replace("OFFENCE", "NOWHERE")
    );
    let forge = forge(&policy);
    let mut payload = pull_request(tools, "pull_request", "opened", &forge);
    payload["pull_request"]["number"] = json!(7);
    let clone = forge.checkout("refs/pull/1/merge", 0);
    let double = GITHUB.double((&forge.head, &forge.base));
    let job = |api: &str| {
        let job = Job::new("pull_request", &payload).with("forge-facts", "true").with("token", "a-token-of-this-job");
        job.env("GITHUB_API_URL", api).env("GITHUB_REPOSITORY", "acme/app").run(tools, clone.path())
    };
    let ended = job(&format!("{}/api/v3", double.base));
    assert_eq!(ended.output("unknown"), "0", "{}", ended.log);
    assert!(double.asked().iter().all(|it| it.headers["authorization"] == "Bearer a-token-of-this-job"));
    assert!(!ended.log.contains("a-token-of-this-job"), "{}", ended.log);

    // Nobody is there: what needs it is undecided, the rest is judged.
    let ended = job("http://127.0.0.1:1/api/v3");
    ended.ends("3", "undecided");
    assert_eq!((ended.output("unknown"), ended.output("failed")), ("1", "0"), "{}", ended.log);
    assert!(ended.log.contains("The forge did not tell all"), "{}", ended.log);
}

/// The head lives in a fork: the origin has it as `refs/pull/1/head` only.
fn forked() -> Forge {
    let forge = forge(ADDED);
    forge.origin.git(&["branch", "--quiet", "-D", "topic"]);
    forge
}

#[test]
fn on_pull_request_target_the_head_comes_as_objects_and_is_never_checked_out() {
    let Some(tools) = tools() else { return };
    // By the oldest protocol a forge gives no commit by its id: then the branch of the pull request does.
    for protocol in ["2", "0"] {
        let forge = forked();
        let clone = forge.checkout("refs/heads/main", 0);
        clone.git(&["config", "protocol.version", protocol]);
        let refs = clone.git(&["for-each-ref"]);
        let has = ["cat-file", "-e", &forge.head];
        assert!(crate::ways::git(clone.path(), &has).code.is_none_or(|it| it != 0), "the clone has no head yet");
        // A hook of the clone would run with the rights of the base.
        clone.write(".git/hooks/reference-transaction", "#!/bin/sh\ntouch hook-ran\n");
        crate::ways::executable(&clone.path().join(".git/hooks/reference-transaction"));
        let payload = pull_request(tools, "pull_request", "opened", &forge);
        let ended = Job::new("pull_request_target", &payload).run(tools, clone.path());
        is_blocked(&ended, &["two.txt"]);
        assert!(ended.clone.starts_with(&forge.base) && ended.clone.contains(&refs), "{}", ended.clone);
        let files: Vec<&str> = ended.clone.lines().rev().take(4).collect();
        assert_eq!(files, ["latest.txt", "later.txt", "kept.txt", "gatecheck.yaml"], "{}", ended.clone);
    }
    // Where nobody has the head any more, nothing is decided.
    let forge = forked();
    let clone = forge.checkout("refs/heads/main", 0);
    clone.git(&["config", "protocol.version", "0"]);
    forge.origin.git(&["update-ref", "-d", "refs/pull/1/head"]);
    let payload = pull_request(tools, "pull_request", "opened", &forge);
    let ended = Job::new("pull_request_target", &payload).run(tools, clone.path());
    ended.ends("3", "undecided");
    assert!(ended.log.contains("could not be fetched"), "{}", ended.log);
}

#[test]
fn the_head_of_a_private_repository_is_fetched_with_the_token_where_the_checkout_kept_none() {
    let Some(tools) = tools() else { return };
    let forge = forked();
    let clone = forge.checkout("refs/heads/main", 0);
    let place = forge.origin.path().join(".git");
    let token = STANDARD.encode("x-access-token:a-token-of-this-job");
    let wanted = format!("basic {token}");
    let server = Server::start(move |request| match request.headers.get("authorization") {
        Some(given) if *given == wanted => backend(&place, request),
        _ => Response { headers: vec![("WWW-Authenticate".into(), "Basic".into())], ..Response::new(401, "") },
    });
    clone.git(&["remote", "set-url", "origin", &server.url("/")]);
    let payload = pull_request(tools, "pull_request", "opened", &forge);
    let job = |url: &str| Job::new("pull_request_target", &payload).env("GITHUB_SERVER_URL", url);
    let ended = job(&server.url("")).run(tools, clone.path());
    is_blocked(&ended, &["two.txt"]);
    assert!(!ended.log.contains("a-token-of-this-job") && !ended.log.contains(&token), "{}", ended.log);
    // The token goes to the server of the job and to no other.
    let ended = job("https://github.example").run(tools, clone.path());
    ended.ends("3", "undecided");
}

#[test]
fn a_merge_group_and_a_push_are_judged_by_what_they_bring() {
    let Some(tools) = tools() else { return };
    let forge = forge(ADDED);
    let clone = forge.checkout("refs/pull/1/merge", 0);
    let mut group = tools.payloads("merge_group").remove(0);
    group["merge_group"]["head_sha"] = forge.merge.as_str().into();
    group["merge_group"]["base_sha"] = forge.base.as_str().into();
    group["merge_group"]["base_ref"] = "refs/heads/main".into();
    is_blocked(&Job::new("merge_group", &group).run(tools, clone.path()), &["two.txt"]);

    let at_main = forge.checkout("refs/heads/main", 0);
    let mut push = tools.payloads("push").remove(0);
    push["ref"] = "refs/heads/main".into();
    push["before"] = forge.origin.git(&["rev-parse", "main~1"]).into();
    push["after"] = forge.base.as_str().into();
    is_blocked(&Job::new("push", &push).run(tools, at_main.path()), &["latest.txt"]);
    push["before"] = forge.base.as_str().into();
    Job::new("push", &push).run(tools, at_main.path()).ends("0", "passed");
}

#[test]
fn without_a_change_the_whole_tree_is_judged() {
    let Some(tools) = tools() else { return };
    let forge = forge(ADDED);
    let clone = forge.checkout("refs/heads/main", 0);
    let dispatch = tools.payloads("workflow_dispatch").remove(0);
    for (event, payload) in [("workflow_dispatch", dispatch), ("schedule", json!({ "schedule": "0 4 * * 1" }))] {
        let ended = Job::new(event, &payload).with("sticky-comment", "true").run(tools, clone.path());
        ended.ends("1", "blocked");
        assert_eq!(ended.places("error"), ["gatecheck.yaml", "later.txt", "latest.txt"], "{event}: {}", ended.log);
        assert_eq!(ended.output("comment"), "none");
        assert!(ended.says("notice", "no pull request"), "{}", ended.log);
    }
}

#[test]
fn annotations_keep_to_what_a_runner_shows() {
    let Some(tools) = tools() else { return };
    let forge = forge(ADDED);
    let old = forge.origin.git(&["rev-parse", "main"]);
    for index in 0..30 {
        forge.origin.write(&format!("many/{index:02}.txt"), "OFFENCE\n");
    }
    forge.origin.commit("Offend often");
    let clone = forge.checkout("refs/heads/main", 0);
    let mut push = tools.payloads("push").remove(0);
    push["ref"] = "refs/heads/main".into();
    push["before"] = old.into();
    push["after"] = forge.origin.git(&["rev-parse", "main"]).into();
    let ended = Job::new("push", &push).run(tools, clone.path());
    ended.ends("1", "blocked");
    assert_eq!((ended.places("error").len(), ended.output("findings")), (10, "30"), "{}", ended.log);
    assert!(ended.says("notice", "20 more") && ended.summary.contains("many/29.txt"), "{}", ended.log);
}

const HOSTILE: [&str; 6] = [
    "$(touch canary)`touch canary`;touch canary;'\"",
    "::error::forged",
    "##[set-output name=verdict]passed",
    "::stop-commands::token",
    "::add-mask::passed",
    "verdict<<EOF passed EOF %0Averdict=passed ${{ github.token }}",
];

/// A pull request in which everything that a stranger can choose is hostile.
fn hostile() -> Forge {
    let mut forge = forge(ADDED);
    let origin = &forge.origin;
    origin.git(&["checkout", "--quiet", "-B", BRANCH, "topic"]);
    for text in HOSTILE {
        origin.write(&format!("{}.txt", text.replace('/', "_")), format!("{text} OFFENCE {text}\n"));
        origin.git(&["add", "--all"]);
        origin.git(&["commit", "--quiet", "--cleanup=verbatim", "-m", &format!("{text}\n\n{text}\n")]);
    }
    origin.write("line\nend\r::warning::forged.txt", "OFFENCE\n");
    forge.head = forge.origin.commit("\n::error::forged");
    let origin = &forge.origin;
    origin.git(&["checkout", "--quiet", "--detach", "main"]);
    origin.git(&["merge", "--quiet", "--no-ff", "-m", "Merge it", BRANCH]);
    forge.merge = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["update-ref", "refs/pull/1/merge", &forge.merge]);
    origin.git(&["update-ref", "refs/pull/1/head", &forge.head]);
    forge
}

const BRANCH: &str = "$(touch${IFS}canary)`touch${IFS}canary`;touch${IFS}canary;'\"##x";

#[test]
fn nothing_that_a_stranger_can_choose_is_run_or_obeyed() {
    let Some(tools) = tools() else { return };
    let forge = hostile();
    let mut payload = pull_request(tools, "pull_request", "opened", &forge);
    payload["pull_request"]["title"] = HOSTILE.join("\n").into();
    payload["pull_request"]["body"] = HOSTILE.join("\n").into();
    payload["pull_request"]["head"]["ref"] = BRANCH.into();
    payload["pull_request"]["user"]["login"] = HOSTILE[0].into();
    payload["pull_request"]["labels"] = json!([{ "name": HOSTILE[0] }]);
    for event in ["pull_request", "pull_request_target"] {
        let name = if event == "pull_request" { "refs/pull/1/merge" } else { "refs/heads/main" };
        let clone = forge.checkout(name, 0);
        let job = Job::new(event, &payload);
        let ended = job.run(tools, clone.path());
        ended.ends("1", "blocked");
        only_ours(&ended);
        assert_eq!(ended.places("error").len(), HOSTILE.len() + 2, "{}", ended.log);
        assert!(ended.places("error").iter().any(|it| it.contains("forged.txt")), "{:?}", ended.places("error"));
        assert!(!ended.says("error", "a-token-of-this-job") && !ended.summary.contains("a-token"), "{}", ended.log);
        let folders = [job.folder(), clone.path()].into_iter();
        let found = folders.flat_map(walkdir::WalkDir::new).map(Result::unwrap).filter(|it| it.file_name() == "canary");
        assert_eq!(found.count(), 0, "{}", ended.log);
    }
}

#[test]
fn the_default_is_a_policy_of_its_own_for_a_repository_without_one() {
    let Some(tools) = tools() else { return };
    let repo = TempRepo::new();
    repo.write("a.txt", "fine\n");
    repo.commit("Lay the ground");
    let ended = Job::new("workflow_dispatch", &json!({ "inputs": null })).run(tools, repo.path());
    ended.ends("0", "passed");
    assert!(fs::read_dir(repo.path()).unwrap().count() == 2, "the clone stays as it was");
}
