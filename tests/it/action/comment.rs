//! The comment that the action keeps on a pull request, against a double of GitHub's GraphQL on loopback.
#![cfg(unix)]

use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::events::pull_request;
use super::runner::{Ended, Job};
use crate::loopback::{Request, Response, Server};
use crate::support::{Run, TempRepo, clean, root};
use crate::tools::{Tools, tools};
use crate::ways::ADDED;
use crate::ways::services::{Forge, forge};

/// How GitHub says no, or nothing at all.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// This status, for whatever writes.
    Writing(u16),
    /// This status, for everything.
    All(u16),
    /// 200 with an error in it, as for a token that may read and not write.
    Forbidden,
    /// 200 with an error of another type, beside data.
    Errors,
    /// 200 and no JSON.
    Garbage,
    /// 200 and an answer about no pull request.
    Nothing,
    /// An answer without an end.
    Cut,
    /// 200 and nothing.
    Empty,
    /// A redirect to somewhere else.
    Elsewhere,
}

#[derive(Default)]
struct Thread {
    /// Id, body, and whether the asking account wrote it; in pages of two.
    comments: Vec<(String, String, bool)>,
    queries: Vec<Value>,
    fault: Option<Fault>,
}

impl Thread {
    fn answer(&mut self, request: &Request) -> Response {
        assert_eq!(request.headers["authorization"], "Bearer a-token-of-this-job");
        let question: Value = serde_json::from_slice(&request.body).unwrap();
        let writes = question["query"].as_str().unwrap().starts_with("mutation");
        self.queries.push(question.clone());
        let yes = |data: &Value| Response::new(200, json!({ "data": data }).to_string());
        match self.fault {
            Some(Fault::Writing(status)) if writes => return Response::new(status, "{\"message\":\"::error::no\"}"),
            Some(Fault::All(status)) => return Response::new(status, "{\"message\":\"::error::no\"}"),
            Some(Fault::Forbidden) if writes => {
                let error = json!([{ "type": "FORBIDDEN", "message": "Resource not accessible by integration" }]);
                return Response::new(200, json!({ "data": { "addComment": null }, "errors": error }).to_string());
            }
            Some(Fault::Errors) => {
                let error = json!([{ "type": "SERVICE_UNAVAILABLE", "message": "::error::no" }]);
                return Response::new(200, json!({ "data": {}, "errors": error }).to_string());
            }
            Some(Fault::Garbage) => return Response::new(200, "<html>::error::no</html>"),
            Some(Fault::Empty) => return Response::new(200, ""),
            Some(Fault::Nothing) => return yes(&json!({ "repository": null })),
            Some(Fault::Cut) => {
                return Response { headers: vec![("Content-Length".into(), "9".into())], ..Response::new(200, "{") };
            }
            Some(Fault::Elsewhere) => {
                return Response {
                    headers: vec![("Location".into(), "http://127.0.0.1:1/".into())],
                    ..Response::new(307, "")
                };
            }
            Some(Fault::Writing(_) | Fault::Forbidden) | None => {}
        }
        let variables = &question["variables"];
        let text = |name: &str| variables[name].as_str().unwrap_or_default().to_owned();
        if !writes {
            assert_eq!((text("owner").as_str(), text("name").as_str()), ("acme", "pay"));
            let start: usize = text("after").parse().unwrap_or(0);
            let end = (start + 2).min(self.comments.len());
            let nodes: Vec<Value> = self.comments[start..end]
                .iter()
                .map(|(id, body, own)| json!({ "id": id, "body": body, "viewerDidAuthor": own }))
                .collect();
            let page = json!({ "hasNextPage": end < self.comments.len(), "endCursor": end.to_string() });
            return yes(
                &json!({ "repository": { "pullRequest": { "id": "PR_1", "comments": { "pageInfo": page, "nodes": nodes } } } }),
            );
        }
        match self.comments.iter_mut().find(|it| it.0 == text("id")) {
            Some(comment) => comment.1 = text("body"),
            None => {
                assert_eq!(text("id"), "PR_1");
                self.comments.push((format!("IC_{}", self.comments.len()), text("body"), true));
            }
        }
        yes(&json!({ "done": true }))
    }

    fn writes(&self) -> usize {
        self.queries.iter().filter(|it| it["query"].as_str().unwrap().starts_with("mutation")).count()
    }
}

/// GitHub's GraphQL, with one pull request.
struct Double {
    thread: Arc<Mutex<Thread>>,
    server: Server,
}

impl Double {
    fn new(comments: &[(&str, bool)], fault: Option<Fault>) -> Self {
        let comments = comments.iter().enumerate();
        let comments = comments.map(|(index, (body, own))| (format!("IC_{index}"), (*body).to_owned(), *own)).collect();
        let thread = Arc::new(Mutex::new(Thread { comments, queries: Vec::new(), fault }));
        let shared = Arc::clone(&thread);
        Self { thread, server: Server::start(move |request| shared.lock().unwrap().answer(request)) }
    }

    fn bodies(&self) -> Vec<String> {
        self.thread.lock().unwrap().comments.iter().map(|it| it.1.clone()).collect()
    }

    fn writes(&self) -> usize {
        self.thread.lock().unwrap().writes()
    }

    fn asked(&self) -> usize {
        self.thread.lock().unwrap().queries.len()
    }

    /// The action on a pull request.
    fn action(&self, tools: &Tools, forge: &Forge, sticky: &str) -> Ended {
        let mut payload = pull_request(tools, "pull_request", "synchronize", forge);
        payload["pull_request"]["head"]["repo"]["fork"] = true.into();
        let clone = forge.checkout("refs/pull/1/merge", 0);
        let job = Job::new("pull_request", &payload).env("GITHUB_GRAPHQL_URL", &self.server.url("/graphql"));
        job.with("sticky-comment", sticky).run(tools, clone.path())
    }

    /// The script alone, with a report of these words, or without one.
    fn script(&self, verdict: &str, report: Option<&str>) -> (String, String) {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut command = clean("bash", folder.path());
        command.arg(root().join(".github/action/comment.sh"));
        command.env("FOLDER", folder.path()).env("GITHUB_OUTPUT", at("output")).env("TOKEN", "a-token-of-this-job");
        command.env("GITHUB_GRAPHQL_URL", self.server.url("/graphql")).env("GITHUB_REPOSITORY", "acme/pay");
        command.env("NUMBER", "1").env("VERDICT", verdict).env("GITHUB_WORKFLOW", "w").env("GITHUB_JOB", "gate");
        if let Some(report) = report {
            fs::write(at("report.md"), report).unwrap();
            command.env("REPORT", at("report.md"));
        }
        let run = Run::of(&mut command).exits(0);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("a-token-of-this-job"), "{run:?}");
        assert!(!format!("{}{}", run.stdout, run.stderr).contains("::error"), "{run:?}");
        (fs::read_to_string(at("output")).unwrap(), run.stdout)
    }
}

/// Takes the offence out of the pull request.
fn mend(forge: &mut Forge) {
    let origin: &TempRepo = &forge.origin;
    origin.git(&["checkout", "--quiet", "topic"]);
    origin.write("two.txt", "mended\n");
    forge.head = origin.commit("Mend it");
    origin.git(&["checkout", "--quiet", "--detach", "main"]);
    origin.git(&["merge", "--quiet", "--no-ff", "-m", "Merge topic", "topic"]);
    forge.merge = origin.git(&["rev-parse", "HEAD"]);
    origin.git(&["update-ref", "refs/pull/1/merge", &forge.merge]);
    origin.git(&["update-ref", "refs/pull/1/head", &forge.head]);
}

#[test]
fn one_comment_is_created_kept_and_edited_in_place() {
    let Some(tools) = tools() else { return };
    let double = Double::new(&[("hello", false), ("::error::forged", false), ("and more", true)], None);
    let mut forge = forge(ADDED);
    let ended = double.action(tools, &forge, "true");
    ended.ends("1", "blocked");
    assert_eq!((ended.output("comment"), double.bodies().len()), ("created", 4), "{}", ended.log);
    let body = double.bodies().remove(3);
    assert!(body.starts_with("<!-- gatecheck ") && body.contains("gatecheck: blocked"), "{body}");

    let ended = double.action(tools, &forge, "true");
    ended.ends("1", "blocked");
    assert_eq!((ended.output("comment"), double.writes()), ("unchanged", 1), "{}", ended.log);

    mend(&mut forge);
    let ended = double.action(tools, &forge, "true");
    ended.ends("0", "passed");
    assert_eq!((ended.output("comment"), double.bodies().len()), ("updated", 4), "{}", ended.log);
    assert!(double.bodies()[3].contains("gatecheck: passed"), "{:?}", double.bodies());
    assert_eq!(double.bodies()[..3], ["hello", "::error::forged", "and more"]);
}

#[test]
fn nobody_is_asked_unless_it_is_asked_for_and_a_refusal_changes_no_verdict() {
    let Some(tools) = tools() else { return };
    let forge = forge(ADDED);
    let double = Double::new(&[], Some(Fault::Writing(403)));
    let ended = double.action(tools, &forge, "false");
    ended.ends("1", "blocked");
    assert_eq!((ended.output("comment"), double.asked()), ("", 0), "{}", ended.log);

    let ended = double.action(tools, &forge, "true");
    ended.ends("1", "blocked");
    assert_eq!(ended.output("comment"), "refused", "{}", ended.log);
    assert!(ended.says("warning", "a pull request from a fork never has"), "{}", ended.log);
    assert!(ended.summary.contains("gatecheck: blocked") && double.bodies().is_empty(), "{}", ended.log);
}

#[test]
fn whatever_the_api_answers_the_script_says_so_and_ends_well() {
    if tools().is_none() {
        return;
    }
    for (fault, result) in [
        (Fault::Writing(401), "refused"),
        (Fault::Writing(403), "refused"),
        (Fault::Forbidden, "refused"),
        (Fault::All(401), "refused"),
        (Fault::All(404), "failed"),
        (Fault::All(429), "failed"),
        (Fault::All(500), "failed"),
        (Fault::Writing(502), "failed"),
        (Fault::Errors, "failed"),
        (Fault::Garbage, "failed"),
        (Fault::Empty, "failed"),
        (Fault::Nothing, "failed"),
        (Fault::Cut, "failed"),
        (Fault::Elsewhere, "failed"),
    ] {
        let double = Double::new(&[], Some(fault));
        let (output, told) = double.script("blocked", Some("## blocked\n"));
        assert_eq!(output, format!("comment={result}\n"), "{fault:?}: {told}");
        assert!(told.starts_with("::warning title=gatecheck::The comment ") && told.lines().count() == 1, "{told}");
        assert!(double.writes() <= 1, "{fault:?}: what writes is not tried again");
    }
}

#[test]
fn only_an_own_comment_with_the_marker_of_the_job_is_edited() {
    if tools().is_none() {
        return;
    }
    let first = Double::new(&[], None);
    assert_eq!(first.script("blocked", Some("## blocked\n")).0, "comment=created\n");
    let ours = first.bodies().remove(0);
    let marker = ours.lines().next().unwrap();

    // Anybody can write the marker, and quote it.
    let quoted = format!("> {ours}");
    let other = ours.replace("<!-- gatecheck ", "<!-- gatecheck 0");
    let double = Double::new(&[(&ours, false), (&quoted, true), (&other, true)], None);
    assert_eq!(double.script("blocked", Some("## blocked\n")).0, "comment=created\n");
    assert_eq!(double.bodies()[..3], [ours.clone(), quoted.clone(), other.clone()]);
    assert_eq!(double.script("blocked", Some("## blocked again\n")).0, "comment=updated\n");
    assert_eq!((double.bodies().len(), double.bodies()[3].ends_with("-->\n## blocked again\n")), (4, true));

    // A marker that somebody has cut short says nothing about the state.
    let short: String = marker.chars().take(40).collect();
    for body in [marker, "<!-- gatecheck ", &short] {
        let double = Double::new(&[(body, true)], None);
        let (output, _) = double.script("blocked", Some("## other\n"));
        assert!(["comment=updated\n", "comment=created\n"].contains(&output.as_str()), "{body}: {output}");
    }
}

#[test]
fn silence_is_kept_until_there_is_something_to_say() {
    if tools().is_none() {
        return;
    }
    let double = Double::new(&[], None);
    assert_eq!(double.script("passed", Some("## passed\n")).0, "comment=none\n");
    assert_eq!(double.script("undecided", None).0, "comment=created\n");
    assert!(double.bodies()[0].contains("Nothing was judged"), "{:?}", double.bodies());
    assert_eq!(double.script("passed", Some("## passed\n")).0, "comment=updated\n");
    assert_eq!(double.script("passed", Some("## passed\n")).0, "comment=unchanged\n");
    assert_eq!(double.bodies().len(), 1);
}

#[test]
fn a_report_that_is_too_long_for_a_comment_is_its_head() {
    if tools().is_none() {
        return;
    }
    let double = Double::new(&[], None);
    let long = format!("## blocked\n\ncounts\n\nrange\n\n<details>{}</details>\n", "words\n".repeat(20_000));
    assert_eq!(double.script("blocked", Some(&long)).0, "comment=created\n");
    let body = double.bodies().remove(0);
    let (_, rest) = body.split_once('\n').unwrap();
    assert_eq!(
        rest,
        "## blocked\n\ncounts\n\nrange\n\nThe report is too long for a comment; the summary of the job has all of it.\n"
    );
}

/// GitHub's own schema, as it publishes it.
const VALIDATE: &str = "const fs = require('fs'); const { buildSchema, parse, validate } = require('graphql'); const \
                        schema = buildSchema(fs.readFileSync('node_modules/@octokit/graphql-schema/schema.graphql', \
                        'utf8'), { assumeValid: true }); const errors = JSON.parse(fs.readFileSync(0)).flatMap(text => validate(schema, \
                        parse(text))); console.log(errors.join('\\n') || 'valid');";

#[test]
fn every_question_fits_the_schema_that_github_publishes() {
    let Some(tools) = tools() else { return };
    let double = Double::new(&[], None);
    double.script("blocked", Some("## one\n"));
    double.script("blocked", Some("## two\n"));
    let asked = double.thread.lock().unwrap().queries.iter().map(|it| it["query"].clone()).collect::<Vec<_>>();
    let check = |queries: &Value| {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), queries.to_string()).unwrap();
        let mut node = clean("node", &tools.node());
        Run::of(node.args(["-e", VALIDATE]).stdin(fs::File::open(file.path()).unwrap())).exits(0).stdout
    };
    assert!(asked.len() == 4, "{asked:?}");
    assert_eq!(check(&asked.into()), "valid\n");
    assert!(check(&json!(["{ viewer { nothing } }"])).contains("nothing"), "the check itself can fail");
}
