//! Which program the action runs: the prebuilt one with its digest, or one of the same revision's source; never another.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::runner::{Ended, Job, TABLE, digest, stand_in, table};
use crate::loopback::{Response, Server};
use crate::support::{TempRepo, root};
use crate::tools::{Tools, tools};
use crate::ways::executable;

fn repository() -> TempRepo {
    let repo = TempRepo::new();
    repo.write("a.txt", "fine\n");
    repo.commit("Lay the ground");
    repo
}

fn job() -> Job {
    Job::new("workflow_dispatch", &json!({ "inputs": null }))
}

/// A folder whose `cargo` builds a stand-in, and tells where and how it was called.
fn with_cargo() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let built = stand_in(folder.path());
    let cargo = folder.path().join("cargo");
    let told = folder.path().join("told");
    let script = format!(
        "#!/bin/sh\necho \"$PWD $*\" >>'{}'\nwhile [ $# -gt 0 ]; do\n  if [ \"$1\" = --root ]; then\n    mkdir -p \
         \"$2/bin\"\n    cp '{}' \"$2/bin/gatecheck\"\n    chmod +x \"$2/bin/gatecheck\"\n  fi\n  shift\ndone\n",
        told.display(),
        built.display()
    );
    fs::write(&cargo, script).unwrap();
    executable(&cargo);
    (folder, told)
}

fn run(tools: &Tools, job: Job, first_on_path: &Path) -> (Job, Ended) {
    let path = format!("{}:{}", first_on_path.display(), std::env::var("PATH").unwrap());
    let job = job.env("PATH", &path);
    let ended = job.run(tools, repository().path());
    (job, ended)
}

#[test]
fn a_program_with_its_digest_is_downloaded_and_run() {
    let Some(tools) = tools() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path());
    let content = fs::read(&program).unwrap();
    let server = Server::start(move |request| match request.path.as_str() {
        "/moved" => Response { headers: vec![("Location".into(), "/program".into())], ..Response::new(302, "") },
        "/program" => Response::new(200, content.clone()),
        _ => Response::new(404, "no such thing"),
    });
    let (cargo, told) = with_cargo();
    for (path, install) in [("/program", "auto"), ("/moved", "prebuilt")] {
        let _ = fs::remove_file(folder.path().join("ran"));
        let job = job().table(&table(&server.url(path), &digest(&program))).with("install", install);
        let (_, ended) = run(tools, job, cargo.path());
        ended.ends("0", "passed");
        assert!(folder.path().join("ran").exists() && !told.exists(), "{}", ended.log);
    }
}

#[test]
fn a_program_with_another_digest_ends_the_run_and_is_never_started() {
    let Some(tools) = tools() else { return };
    let folder = tempfile::tempdir().unwrap();
    let program = stand_in(folder.path());
    let mut wrong = digest(&program);
    wrong.replace_range(..1, if wrong.starts_with('0') { "1" } else { "0" });
    let (cargo, told) = with_cargo();
    let short: String = wrong.chars().take(63).collect();
    let shouted = digest(&program).to_uppercase();
    let rows = [(wrong.as_str(), "auto"), (&wrong, "prebuilt"), (&short, "auto"), (&shouted, "auto"), ("", "auto")];
    for (digest, install) in rows {
        let rows = table(&format!("file://{}", program.display()), digest);
        let (_, ended) = run(tools, job().table(&rows).with("install", install), cargo.path());
        ended.ends("3", "undecided");
        assert!(!folder.path().join("ran").exists() && !told.exists(), "{digest}: {}", ended.log);
        let said = if digest == wrong { "SHA-256 differs" } else { "is broken" };
        assert!(ended.says("error", said), "{}", ended.log);
    }
}

#[test]
fn what_is_not_to_be_had_is_built_from_the_same_revision_in_its_own_folder() {
    let Some(tools) = tools() else { return };
    let server = Server::start(|_| Response::new(404, "no such thing"));
    let nobody = "http://127.0.0.1:1/program".to_owned();
    let digest = "0".repeat(64);
    let other = table(&server.url("/"), &digest).replace(env!("CARGO_PKG_VERSION"), "99.0.0");
    let tables = ["# nothing yet\n".to_owned(), table(&server.url("/"), &digest), table(&nobody, &digest), other];
    for rows in &tables {
        let (cargo, told) = with_cargo();
        let (job, ended) = run(tools, job().table(rows), cargo.path());
        ended.ends("0", "passed");
        assert!(cargo.path().join("ran").exists() && !job.program_ran(), "{}", ended.log);
        let told = fs::read_to_string(told).unwrap();
        let (place, arguments) = told.split_once(' ').unwrap();
        assert!(place.contains("acme-gatecheck@"), "cargo ran in {place}");
        assert!(arguments.starts_with("install --locked --quiet --path . --root "), "{arguments}");
    }
    let (cargo, told) = with_cargo();
    let (_, ended) = run(tools, job().table(&tables[0]).with("install", "prebuilt"), cargo.path());
    ended.ends("3", "undecided");
    assert!(!told.exists() && ended.says("error", "asks for a prebuilt program"), "{}", ended.log);
    let (cargo, told) = with_cargo();
    let (job, ended) = run(tools, job().with("install", "source"), cargo.path());
    ended.ends("0", "passed");
    assert!(told.exists() && !job.program_ran(), "{}", ended.log);
    let (_, ended) = run(tools, self::job().with("install", "anything"), cargo.path());
    ended.ends("3", "undecided");
    assert!(ended.says("error", "auto, prebuilt and source"), "{}", ended.log);
}

#[test]
fn the_table_of_this_revision_can_be_read() {
    let text = fs::read_to_string(root().join(TABLE)).unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for line in text.lines().filter(|it| !it.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [version, target, digest, url] = words[..] else { panic!("{line}: four words make a row") };
        assert!(seen.insert((version, target)), "{line}: there is one program for a runner");
        assert!(url.starts_with("https://"), "{line}");
        let is_hexadecimal = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
        assert!(digest.len() == 64 && digest.bytes().all(is_hexadecimal), "{line}");
    }
}
