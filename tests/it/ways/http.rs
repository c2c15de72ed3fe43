//! A repository that is pushed to over HTTP, by Git's own `http-backend`, with the server-side hook.
#![cfg(unix)]

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::{ADDED, executable, git, with_policy};
use crate::loopback::{Request, Response, Server};
use crate::support::{Run, TempRepo, clean};

/// A bare repository behind a web server, with `pre-receive` installed, and a clone that pushes to it.
struct Hosted {
    origin: TempRepo,
    clone: TempRepo,
    _server: Server,
}

/// What a web server does with a CGI program (RFC 3875).
pub(crate) fn backend(root: &Path, request: &Request) -> Response {
    let mut command = clean("git", root);
    command.arg("http-backend").env("GIT_PROJECT_ROOT", root).env("GIT_HTTP_EXPORT_ALL", "1");
    command.env("REQUEST_METHOD", &request.method).env("PATH_INFO", &request.path).env("QUERY_STRING", &request.query);
    command.env("REMOTE_USER", "ana").env("REMOTE_ADDR", "127.0.0.1");
    command.env("CONTENT_LENGTH", request.body.len().to_string());
    let headers = [
        ("content-type", "CONTENT_TYPE"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "HTTP_GIT_PROTOCOL"),
    ];
    for (header, variable) in headers {
        if let Some(value) = request.headers.get(header) {
            command.env(variable, value);
        }
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let body = request.body.clone();
    let writer = std::thread::spawn(move || input.write_all(&body));
    let output = child.wait_with_output().unwrap().stdout;
    let _ = writer.join();
    let end = output.windows(4).position(|it| it == b"\r\n\r\n").unwrap_or(output.len());
    let (head, body) =
        (String::from_utf8_lossy(&output[..end]).into_owned(), output.get(end + 4..).unwrap_or_default());
    let pairs = head.lines().filter_map(|line| line.split_once(": "));
    let headers: Vec<(String, String)> = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let status = headers.iter().find(|it| it.0 == "Status").and_then(|it| it.1.split(' ').next()?.parse().ok());
    Response { headers, ..Response::new(status.unwrap_or(200), body) }
}

fn hosted(policy: &str) -> Hosted {
    let origin = TempRepo::new();
    fs::remove_dir_all(origin.path().join(".git")).unwrap();
    origin.git(&["init", "--quiet", "--bare", "--initial-branch=main"]);
    origin.git(&["config", "http.receivepack", "true"]);
    let place: PathBuf = origin.path().to_owned();
    let server = Server::start(move |request| backend(&place, request));
    let clone = with_policy(policy);
    clone.git(&["remote", "add", "origin", &server.url("")]);
    clone.git(&["push", "--quiet", "origin", "main"]);
    clone.git(&["remote", "set-head", "origin", "main"]);
    Run::of(clean(env!("CARGO_BIN_EXE_gatecheck"), origin.path()).args(["hook", "install"])).exits(0);
    Hosted { origin, clone, _server: server }
}

impl Hosted {
    fn push(&self, args: &[&str]) -> Run {
        git(self.clone.path(), &[&["push", "origin"], args].concat())
    }

    fn tip(&self, name: &str) -> String {
        git(self.origin.path(), &["rev-parse", "--verify", "--quiet", name]).stdout.trim().to_owned()
    }
}

#[test]
fn a_server_takes_what_is_fine_and_rejects_what_offends() {
    let hosted = hosted(ADDED);
    let before = hosted.tip("main");
    hosted.clone.write("bad.txt", "OFFENCE\n");
    hosted.clone.commit("Offend");
    let run = hosted.push(&["main"]).exits(1);
    assert!(run.stderr.contains("remote: FAIL  no-offence") && run.stderr.contains("bad.txt:1:1"), "{run:?}");
    assert!(run.stderr.contains("remote: blocked") && run.stderr.contains("pre-receive hook declined"), "{run:?}");
    assert_eq!(hosted.tip("main"), before);
    hosted.push(&["main:refs/heads/topic", "main:refs/tags/v1"]).exits(1);
    assert_eq!((hosted.tip("topic"), hosted.tip("v1")), (String::new(), String::new()));

    hosted.clone.git(&["reset", "--quiet", "--hard", "HEAD~1"]);
    hosted.clone.write("good.txt", "fine\n");
    let good = hosted.clone.commit("Please");
    let run = hosted.push(&["main"]).exits(0);
    assert!(run.stderr.contains("remote: passed"), "{run:?}");
    assert_eq!(hosted.tip("main"), good);

    // Nothing of a push that was rejected is kept.
    hosted.clone.write("bad.txt", "OFFENCE that nobody keeps\n");
    let bad = hosted.clone.commit("Offend");
    hosted.push(&["main"]).exits(1);
    assert_ne!(git(hosted.origin.path(), &["cat-file", "-e", &bad]).code, Some(0));
}

#[test]
fn a_server_rejects_what_it_cannot_decide() {
    let hosted = hosted(ADDED);
    let before = hosted.tip("main");
    // The policy that judges is broken: it came before there was a hook.
    let hook = hosted.origin.path().join("hooks/pre-receive");
    let script = fs::read_to_string(&hook).unwrap();
    fs::remove_file(&hook).unwrap();
    hosted.clone.write("gatecheck.yaml", "gatecheck: 1\nrules: 7\n");
    let broken = hosted.clone.commit("Break the policy");
    hosted.push(&["main"]).exits(0);
    fs::write(&hook, &script).unwrap();
    executable(&hook);
    hosted.clone.write("good.txt", "fine\n");
    hosted.clone.commit("Please");
    let run = hosted.push(&["main"]).exits(1);
    assert!(run.stderr.contains("pre-receive hook declined") && run.stderr.contains("rules"), "{run:?}");
    assert_eq!(hosted.tip("main"), broken);

    // A rule asks for what a push cannot tell.
    let reviewed = "gatecheck: 1\nrules:\n  signed:\n    check: commits\n    level: block\n    with:\n      signatures: \
                    { allowed-signers: absent }\n";
    hosted.clone.git(&["reset", "--quiet", "--hard", &before]);
    hosted.clone.write("gatecheck.yaml", reviewed);
    let reviewed = hosted.clone.commit("Ask for signatures");
    fs::remove_file(&hook).unwrap();
    hosted.push(&["--force", "main"]).exits(0);
    fs::write(&hook, &script).unwrap();
    executable(&hook);
    hosted.clone.write("good.txt", "fine\n");
    hosted.clone.commit("Please");
    let run = hosted.push(&["main"]).exits(1);
    assert!(run.stderr.contains("remote: undecided"), "{run:?}");
    assert_eq!(hosted.tip("main"), reviewed);
}
