//! `gatecheck facts fetch` against forges on loopback, with answers of ours in the documented shapes.
//!
//! `openapi/` holds GitHub's answers and our queries against GitHub's own descriptions of them.

mod faults;
mod server;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::server::{Double, Paging, Reply};
use crate::support::{self, Run, TempRepo};

/// No token of anybody; put together here so that no scanner takes it for one.
fn token() -> String {
    ["loopback", "token", "4f1c"].join("-")
}

const HEAD: &str = "1111111111111111111111111111111111111111";
const BASE: &str = "2222222222222222222222222222222222222222";

/// A forge whose script is a file.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    name: &'static str,
    paging: Paging,
    repository: &'static str,
}

pub(crate) const GITHUB: Kind = Kind { name: "github", paging: Paging::Links, repository: "acme/app" };
const GITLAB: Kind = Kind { name: "gitlab", paging: Paging::NextPage, repository: "acme/team/app" };
const GITEA: Kind = Kind { name: "gitea", paging: Paging::Nothing, repository: "acme/app" };

impl Kind {
    fn script(self, (head, base): (&str, &str)) -> Value {
        let path = folder().join(format!("{}.json", self.name));
        let text = std::fs::read_to_string(path).unwrap().replace("{head}", head).replace("{base}", base);
        serde_json::from_str(&text).unwrap()
    }

    /// A forge that answers well.
    pub(crate) fn double(self, ends: (&str, &str)) -> Double {
        let double = Double::new(self.paging);
        let script = self.script(ends);
        for answer in script["answers"].as_array().unwrap() {
            let get = answer["get"].as_str().unwrap();
            for (index, page) in answer["pages"].as_array().unwrap().iter().enumerate() {
                let number = if index == 0 { String::new() } else { format!("#{}", index + 1) };
                double.answers(&format!("GET {get}{number}"), vec![Reply::json(200, page)]);
            }
        }
        for answer in script["graphql"].as_array().into_iter().flatten() {
            let body = serde_json::json!({ "data": answer["data"] });
            double.answers(&format!("graphql {}", answer["of"].as_str().unwrap()), vec![Reply::json(200, &body)]);
        }
        double
    }
}

fn folder() -> PathBuf {
    support::root().join("tests/it/forge")
}

/// A folder with a file of the token, and a place for the facts.
struct Desk {
    dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self { dir: tempfile::tempdir().unwrap() };
        std::fs::write(desk.dir.path().join("token"), token() + "\n").unwrap();
        desk
    }

    fn facts(&self) -> PathBuf {
        self.dir.path().join("facts.json")
    }

    /// Fetches; the token must not be seen anywhere, and nothing is written unless all went well.
    fn fetch(&self, kind: Kind, double: &Double, more: &[&str]) -> Run {
        let token_file = self.dir.path().join("token");
        let api = double.base.clone();
        let facts = self.facts();
        let mut args =
            vec!["facts", "fetch", "7", "--forge", kind.name, "--api", &api, "--repository", kind.repository];
        args.extend(["--token-file", token_file.to_str().unwrap(), "--output", facts.to_str().unwrap()]);
        args.extend(more);
        let mut command = support::clean(env!("CARGO_BIN_EXE_gatecheck"), self.dir.path());
        let run = Run::of(command.args(args));
        self.looks_clean(&run);
        run
    }

    #[track_caller]
    fn looks_clean(&self, run: &Run) {
        let facts = std::fs::read_to_string(self.facts()).ok();
        for text in [&run.stdout, &run.stderr, facts.as_deref().unwrap_or_default()] {
            assert!(!text.contains(&token()), "the token is shown: {text}");
        }
        assert_eq!(facts.is_some(), run.code == Some(0), "a file is written when all went well: {}", run.stderr);
        let left = std::fs::read_dir(self.dir.path()).unwrap().map(|it| it.unwrap().file_name());
        let left: Vec<_> = left.filter(|it| it != "token" && it != "facts.json").collect();
        assert!(left.is_empty(), "something was left behind: {left:?}");
    }

    fn told(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.facts()).unwrap()).unwrap()
    }
}

fn golden(kind: Kind) {
    let desk = Desk::new();
    let double = kind.double((HEAD, BASE));
    desk.fetch(kind, &double, &[]).exits(0);
    let text = std::fs::read_to_string(desk.facts()).unwrap();
    support::assert_current(&folder().join("golden").join(format!("{}.json", kind.name)), &text);
    let schema = std::fs::read_to_string(support::root().join("policies/facts.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&desk.told()).map(|it| it.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn github_tells_everything_page_by_page() {
    golden(GITHUB);
}

#[test]
fn gitlab_tells_everything_page_by_page() {
    golden(GITLAB);
}

#[test]
fn gitea_tells_everything_page_by_page() {
    golden(GITEA);
}

#[test]
fn every_answer_of_the_scripts_is_asked_for() {
    for kind in [GITHUB, GITLAB, GITEA] {
        let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
        desk.fetch(kind, &double, &[]).exits(0);
        let asked: Vec<String> =
            double.asked().iter().map(|it| it.target() + &String::from_utf8_lossy(&it.body)).collect();
        for question in double.questions() {
            let (what, page) = question.split_once('#').unwrap_or((&question, ""));
            let (method, path) = what.split_once(' ').unwrap();
            let is_asked = |line: &&String| match method {
                "GET" => {
                    line.starts_with(&format!("GET {path}"))
                        && (page.is_empty() || line.contains(&format!("page={page}")))
                }
                _ => line.contains(&format!("{path}(")) && line.contains(page),
            };
            assert!(asked.iter().any(|line| is_asked(&line)), "{}: nobody asked {question}", kind.name);
        }
    }
}

#[test]
fn a_token_goes_into_the_header_that_the_forge_wants() {
    for (kind, header, value) in [
        (GITHUB, "authorization", format!("Bearer {}", token())),
        (GITLAB, "private-token", token()),
        (GITEA, "authorization", format!("token {}", token())),
    ] {
        let (desk, double) = (Desk::new(), kind.double((HEAD, BASE)));
        desk.fetch(kind, &double, &[]).exits(0);
        for asked in double.asked() {
            assert_eq!(asked.headers.get(header), Some(&value), "{}", asked.target());
            assert!(!asked.target().contains(&token()), "{}", asked.target());
        }
    }
}

const POLICY: &str = "gatecheck: 1
rules:
  approved:
    check: reviews
    level: block
    with: { approvals: 1, changes-requested: ignore, independent-of: [authors, last-pusher] }
  green:
    check: ci-status
    level: block
    with: { required: [{ name: test, app: github-actions }] }
";

/// A repository whose commits the script is about; gives head and base.
fn proposal() -> (TempRepo, String, String) {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY);
    repo.write(
        ".mailmap",
        "Ana <ana@example.com> <author@example.com>\nAna <ana@example.com> <committer@example.com>\n",
    );
    let base = repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "topic"]);
    repo.write("pay.txt", "retry\n");
    let head = repo.commit("Retry");
    (repo, head, base)
}

fn judge(repo: &TempRepo, facts: &Path) -> Run {
    let args =
        ["--base", "main", "--head", "topic", "--now", "2026-01-03T00:00:00Z", "--facts", facts.to_str().unwrap()];
    Run::of(repo.gatecheck(&args).env("CI", "true"))
}

#[test]
fn what_was_fetched_is_judged() {
    let (repo, head, base) = proposal();
    let desk = Desk::new();
    desk.fetch(GITHUB, &GITHUB.double((&head, &base)), &[]).exits(0);
    let passed = judge(&repo, &desk.facts()).exits(0);
    assert!(passed.stdout.contains("2 passed"), "{}", passed.stdout);
    // The same approval, of a reviewer who pushed last.
    let double = GITHUB.double((&head, &base));
    let by_bea = serde_json::json!([{
        "id": 33, "before": base, "after": head, "ref": "refs/heads/topic", "timestamp": "2026-01-02T03:20:00Z",
        "activity_type": "branch_creation", "actor": { "login": "bea", "type": "User" },
    }]);
    let question = "GET /repos/acme/app/activity?per_page=100&ref=refs%2Fheads%2Ftopic";
    double.answers(question, vec![Reply::json(200, &by_bea)]);
    let desk = Desk::new();
    desk.fetch(GITHUB, &double, &[]).exits(0);
    let failed = judge(&repo, &desk.facts()).exits(1);
    assert!(failed.stdout.contains("pushed last"), "{}", failed.stdout);
}

#[test]
fn facts_of_a_head_that_moved_on_are_undecided() {
    let (repo, head, base) = proposal();
    let desk = Desk::new();
    desk.fetch(GITHUB, &GITHUB.double((&head, &base)), &[]).exits(0);
    repo.commit("More");
    let refused = judge(&repo, &desk.facts()).exits(3);
    assert!(refused.stderr.contains("the facts are about the head"), "{}", refused.stderr);
    assert!(refused.stderr.contains("gatecheck facts fetch"), "{}", refused.stderr);
}

#[test]
fn a_rule_about_the_forge_without_its_facts_names_the_way_out() {
    let (repo, ..) = proposal();
    let args = ["--base", "main", "--head", "topic"];
    let unknown = Run::of(repo.gatecheck(&args).env("CI", "true")).exits(3);
    assert!(unknown.stdout.contains("gatecheck facts fetch"), "{}", unknown.stdout);
    // At home the pull request is elsewhere, and the rule waits for it.
    let elsewhere = repo.check(&args).exits(0);
    assert!(elsewhere.stdout.contains("2 on the pull request"), "{}", elsewhere.stdout);
}

#[test]
fn ci_says_which_pull_request_is_meant() {
    let desk = Desk::new();
    let event = desk.dir.path().join("token");
    let payload = serde_json::json!({
        "pull_request": {
            "number": 7, "title": "x", "base": { "ref": "main", "sha": BASE }, "head": { "ref": "topic", "sha": HEAD },
        },
    });
    std::fs::write(&event, payload.to_string()).unwrap();
    for (kind, api, names) in [
        (GITHUB, "/api/v3", ["GITHUB_TOKEN", "authorization"]),
        (GITEA, "/api/v1", ["GITHUB_TOKEN", "authorization"]),
        (GITLAB, "/api/v4", ["CI_JOB_TOKEN", "job-token"]),
    ] {
        let double = Double::new(kind.paging);
        let api = format!("{}{api}", double.base);
        let mut command = support::clean(env!("CARGO_BIN_EXE_gatecheck"), desk.dir.path());
        command.args(["facts", "fetch"]).env(names[0], token());
        if kind.name == "gitlab" {
            command.env("GITLAB_CI", "true").env("CI_API_V4_URL", &api);
            command.env("CI_MERGE_REQUEST_IID", "7").env("CI_MERGE_REQUEST_PROJECT_PATH", kind.repository);
        } else {
            command.env("GITHUB_ACTIONS", "true").env("GITHUB_API_URL", &api).env("GITHUB_EVENT_NAME", "pull_request");
            command.env("GITHUB_REPOSITORY", kind.repository).env("GITHUB_EVENT_PATH", &event);
        }
        // Nothing is there: what was asked for is enough.
        let run = Run::of(&mut command).exits(3);
        assert!(!format!("{}{}", run.stdout, run.stderr).contains(&token()));
        let asked = double.asked();
        let wanted = if kind.name == "gitlab" {
            "/api/v4/projects/acme%2Fteam%2Fapp/merge_requests/7"
        } else {
            "/repos/acme/app/pulls/7"
        };
        assert!(asked[0].target().contains(wanted), "{}", asked[0].target());
        assert!(asked[0].headers[names[1]].ends_with(&token()), "{}", kind.name);
    }
}

#[test]
fn a_token_of_the_environment_does_not_go_to_a_host_that_nobody_named() {
    let desk = Desk::new();
    for (args, token_name) in [
        (vec!["--forge", "github"], "GITHUB_TOKEN"),
        (vec!["--forge", "gitea"], "GITHUB_TOKEN"),
        (vec!["--forge", "gitlab"], "CI_JOB_TOKEN"),
    ] {
        let repo = TempRepo::new();
        // Port 1 answers nobody; what would be sent there is told by the plain error, and by no token.
        repo.git(&["remote", "add", "origin", "https://127.0.0.1:1/acme/app.git"]);
        let all = [&["facts", "fetch", "7", "--deadline", "1"], args.as_slice()].concat();
        let run = Run::of(repo.gatecheck(&all).env(token_name, token())).exits(3);
        assert!(!run.stderr.contains(&token()), "{}", run.stderr);
    }
    let plain = Run::of(
        support::clean(env!("CARGO_BIN_EXE_gatecheck"), desk.dir.path())
            .args(["facts", "fetch", "7", "--api", "http://git.example.com/api/v4", "--repository", "a/b"])
            .env("GITLAB_TOKEN", token()),
    )
    .exits(2);
    assert!(plain.stderr.contains("is not encrypted"), "{}", plain.stderr);
}

#[test]
fn the_help_says_how_fetching_and_checking_join() {
    let desk = Desk::new();
    let help =
        Run::of(support::clean(env!("CARGO_BIN_EXE_gatecheck"), desk.dir.path()).args(["facts", "fetch", "--help"]));
    let help = help.exits(0).stdout;
    for words in [
        "gatecheck facts fetch 42 --output",
        "gatecheck --base origin/main --head HEAD --facts",
        "GITHUB_TOKEN",
        "read_api",
    ] {
        assert!(help.contains(words), "{words}: {help}");
    }
}
