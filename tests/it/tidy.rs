//! The conventions of this project, as tests. A rule that a machine can hold is written here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use gatecheck::checks;

use crate::support;

/// Who may import whom, the layers in reading order. A layer may always name itself.
const LAYERS: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("formats", &["model"]),
    ("git", &["model"]),
    ("checks", &["formats", "model"]),
    ("policy", &["checks", "formats", "model"]),
    // Globs of waivers, comments that suppress, the nearest name: pure parsers, as policies use them.
    ("engine", &["policy", "checks", "formats", "model"]),
    ("casebook", &["engine", "policy", "checks", "formats", "model"]),
    ("gather", &["git", "formats", "model"]),
    // The only way to the network. What it knows of this machine is handed in by the command line.
    ("fetch", &["formats", "model"]),
    ("report", &["model"]),
    ("cli", &["model", "formats", "git", "checks", "policy", "engine", "casebook", "gather", "fetch", "report"]),
];

/// The layers that do no I/O.
const PURE: [&str; 7] = ["model", "formats", "checks", "policy", "engine", "casebook", "report"];

/// Longest file of Rust, in lines. There are no exceptions.
const LONGEST_FILE: usize = 600;

/// A file of this repository: its path from the root, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The folder below `src/` that it belongs to; nothing for `lib.rs` and `main.rs`.
    fn layer(&self) -> Option<&str> {
        self.path.strip_prefix("src/")?.split_once('/').map(|(layer, _)| layer)
    }

    /// The lines of code that ship, with their numbers: comments and tests left out.
    fn shipped(&self) -> impl Iterator<Item = (usize, &str)> {
        let shipped = self.text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let lines = shipped.lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// Every file below a folder of the repository that ends like this, by path.
fn sources(folder: &str, ending: &str) -> Vec<Source> {
    let root = support::root();
    let entries = walkdir::WalkDir::new(root.join(folder)).sort_by_file_name().into_iter().map(Result::unwrap);
    let files = entries.filter(|it| it.file_type().is_file() && it.path().to_string_lossy().ends_with(ending));
    files
        .map(|it| Source {
            path: it.path().strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/"),
            text: fs::read_to_string(it.path()).unwrap(),
        })
        .collect()
}

/// The sources that ship: those below `src/` that no `#[cfg(test)]` keeps out.
fn shipped_sources() -> Vec<Source> {
    let all = sources("src", ".rs");
    let mut kept_out = BTreeSet::new();
    for source in &all {
        let folder = Path::new(&source.path).parent().unwrap();
        let lines: Vec<&str> = source.text.lines().collect();
        for (index, _) in lines.iter().enumerate().filter(|(_, line)| **line == "#[cfg(test)]") {
            let declared = lines[index + 1..].iter().find(|line| !line.starts_with("#["));
            let name = declared.and_then(|line| line.split("mod ").nth(1)?.strip_suffix(';'));
            kept_out.extend(name.map(|name| folder.join(name).to_string_lossy().replace('\\', "/")));
        }
    }
    let is_kept_out = |path: &str| {
        kept_out
            .iter()
            .any(|stem| path.strip_prefix(stem.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/')))
    };
    all.into_iter().filter(|source| !is_kept_out(&source.path)).collect()
}

/// Every text file that git tracks.
fn tracked() -> Vec<Source> {
    let root = support::root();
    let listed = support::clean("git", root).args(["ls-files", "-z"]).output().unwrap();
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).unwrap();
    let files = paths.split('\0').filter(|path| !path.is_empty());
    files
        .filter_map(|path| {
            let text = fs::read_to_string(root.join(path)).ok()?;
            Some(Source { path: path.to_owned(), text })
        })
        .collect()
}

#[track_caller]
fn assert_none(offences: &[String], what_to_do: &str) {
    assert!(offences.is_empty(), "{}\n\n{what_to_do}\n", offences.join("\n"));
}

/// Each shipped line that contains one of the words, as `path:line: text`, outside of where they belong.
fn lines_with(words: &[&str], belongs: impl Fn(&Source) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in shipped_sources().iter().filter(|source| !belongs(source)) {
        for (number, line) in source.shipped().filter(|(_, line)| words.iter().any(|word| line.contains(word))) {
            found.push(format!("{}:{number}: {}", source.path, line.trim()));
        }
    }
    found
}

#[test]
fn the_layers_import_only_those_below_them() {
    let table: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    let mut offences = Vec::new();
    for source in sources("src", ".rs") {
        let Some(layer) = source.layer() else { continue };
        let Some(allowed) = table.get(layer) else {
            offences.push(format!("{}: the layer `{layer}` is not in the table of tests/it/tidy.rs", source.path));
            continue;
        };
        for (number, line) in source.shipped() {
            for rest in line.split("crate::").skip(1) {
                let name = rest.split(|it: char| !it.is_alphanumeric() && it != '_').next().unwrap_or_default();
                if table.contains_key(name) && name != layer && !allowed.contains(&name) {
                    offences.push(format!("{}:{number}: `{layer}` may not import `{name}`", source.path));
                }
            }
        }
    }
    assert_none(
        &offences,
        "Move the code to the layer that it belongs to. The table stands at the head of tests/it/tidy.rs.",
    );
}

#[test]
fn imports_reach_up_one_module_or_start_at_the_crate() {
    let offences = lines_with(&["super::super"], |_| false);
    assert_none(&offences, "Write `crate::layer::…`: a path through two parents breaks when a file moves.");
}

#[test]
fn only_git_names_a_git_library() {
    let offences = lines_with(&["git2::", "libgit2_sys", "gix::", "extern crate git2"], |it| it.layer() == Some("git"));
    assert_none(&offences, "Ask `crate::git` for it, from `gather/` or `cli/`.");
}

#[test]
fn only_gather_env_reads_the_environment() {
    let reads = ["env::var(", "env::var_os(", "env::vars(", "env::vars_os(", "env::args(", "env::args_os("];
    let offences = lines_with(&reads, |it| it.path == "src/gather/env.rs" || it.path == "src/main.rs");
    assert_none(&offences, "Add it to `Environment` in src/gather/env.rs and hand the value in.");
}

#[test]
fn only_facts_fetch_reaches_the_network() {
    let client = lines_with(&["ureq::", "extern crate ureq"], |it| it.path.starts_with("src/fetch/client/"));
    assert_none(
        &client,
        "Ask `Client` of `src/fetch/client` for it: there the deadline, the limits and the token are kept.",
    );
    let callers = lines_with(&["crate::fetch"], |it| it.layer() == Some("fetch") || it.path == "src/cli/fetch.rs");
    assert_none(&callers, "Only `gatecheck facts fetch` asks a forge. What it told comes by `--facts FILE`.");
    let sockets = lines_with(&["std::net::", "TcpStream", "UdpSocket", "ToSocketAddrs"], |_| false);
    assert_none(&sockets, "Nothing of gatecheck opens a connection by itself.");
}

#[test]
fn only_the_command_line_and_the_reports_write_to_a_stream() {
    let streams = ["println!(", "print!(", "eprintln!(", "eprint!(", "io::stdout", "io::stderr", "dbg!("];
    let offences = lines_with(&streams, |it| matches!(it.layer(), Some("cli" | "report")) || it.path == "src/main.rs");
    assert_none(&offences, "Return the text, or write into a `&mut dyn Write` that was handed in.");
}

#[test]
fn every_pure_layer_denies_what_reads_the_world() {
    let deny = "#![deny(clippy::disallowed_methods, clippy::disallowed_types)]";
    let lacking = PURE.iter().map(|layer| format!("src/{layer}/mod.rs")).filter(|path| {
        let text = fs::read_to_string(support::root().join(path)).unwrap_or_default();
        !text.lines().any(|line| line == deny)
    });
    assert_none(&lacking.collect::<Vec<_>>(), &format!("Put `{deny}` below the head of the module."));
    let allowing = lines_with(&["allow(clippy::disallowed", "expect(clippy::disallowed"], |it| {
        !PURE.contains(&it.layer().unwrap_or_default())
    });
    assert_none(&allowing, "A pure layer has no way out: gather the fact instead.");
}

#[test]
fn clippy_knows_every_wall_and_says_why() {
    let text = fs::read_to_string(support::root().join("clippy.toml")).unwrap();
    for path in [
        "std::fs::read",
        "std::fs::read_to_string",
        "std::fs::read_dir",
        "std::fs::write",
        "std::fs::File::open",
        "std::fs::metadata",
        "std::path::Path::exists",
        "std::env::var",
        "std::env::var_os",
        "std::env::vars",
        "std::env::current_dir",
        "std::time::SystemTime::now",
        "std::time::Instant::now",
        "jiff::Timestamp::now",
        "std::net::TcpStream",
        "std::process::Command",
    ] {
        let entry = format!("{{ path = \"{path}\", reason = \"");
        assert!(text.contains(&entry), "clippy.toml no longer names `{path}` with a reason");
    }
    let manifest = fs::read_to_string(support::root().join("Cargo.toml")).unwrap();
    for line in ["unsafe_code = \"forbid\"", "unwrap_used = \"warn\"", "panic = \"warn\"", "string_slice = \"warn\""] {
        assert!(manifest.contains(line), "Cargo.toml no longer says `{line}`");
    }
}

#[test]
fn every_check_has_its_folder_and_every_folder_its_check() {
    let ids: Vec<String> = checks::ALL.iter().map(|it| it.meta.id.replace('-', "_")).collect();
    assert!(ids.is_sorted(), "`checks::ALL` is not in the order of the ids: {ids:?}");
    let folders = support::folders(&support::root().join("src/checks"));
    let names: Vec<String> = folders.iter().map(|it| it.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ids, "the folders below src/checks and `checks::ALL` differ");
}

#[test]
fn every_check_is_documented_in_the_same_order() {
    let wanted = ["What it checks", "Why", "How to fix", "Settings", "Cases"];
    for check in checks::ALL {
        let (id, docs) = (check.meta.id, check.meta.docs);
        let mut headings = Vec::new();
        let mut fence = None;
        for line in docs.lines() {
            let ticks: String = line.chars().take_while(|it| *it == '`').collect();
            match &fence {
                Some(open) if line.trim_end() == *open => fence = None,
                None if ticks.len() >= 3 => fence = Some(ticks),
                None => headings.extend(line.strip_prefix("## ")),
                Some(_) => {}
            }
        }
        assert_eq!(headings, wanted, "the headings of {id}/check.md");
        let mut lines = docs.lines();
        assert_eq!(lines.next(), Some(format!("# {id}").as_str()), "the first line of {id}/check.md");
        let summary = lines.nth(1).unwrap_or_default();
        assert!(summary.ends_with('.'), "the third line of {id}/check.md is a sentence that says what holds");
        assert!(!docs.contains("<!-- settings -->"), "{id}: run `BLESS=1 cargo test` for the table of settings");
    }
}

#[test]
fn no_file_is_longer_than_a_reader_can_hold() {
    let long = ["src", "tests"].iter().flat_map(|folder| sources(folder, ".rs")).filter_map(|source| {
        let lines = source.text.lines().count();
        (LONGEST_FILE < lines).then(|| format!("{}: {lines} lines", source.path))
    });
    assert_none(&long.collect::<Vec<_>>(), &format!("Split it: {LONGEST_FILE} lines are the most."));
}

#[test]
fn nothing_is_left_for_later_without_an_issue() {
    let marks = ["TO", "FIX", "X"].map(|start| {
        [
            start,
            if start == "TO" {
                "DO"
            } else if start == "X" {
                "XX"
            } else {
                "ME"
            },
        ]
        .concat()
    });
    let words = ["todo", "unimplemented"].map(|word| format!("{word}!("));
    let ignored = ["#[", "ignore"].concat();
    let mut offences = Vec::new();
    for source in ["src", "tests", "benches"].iter().flat_map(|folder| sources(folder, ".rs")) {
        for (number, line) in source.text.lines().enumerate() {
            let comment = line.split_once("// ").map_or("", |(_, comment)| comment);
            let is_open = marks.iter().any(|mark| {
                comment.starts_with(mark.as_str()) && !comment.starts_with(&format!("{mark}(#")) && !line.contains('"')
            });
            if is_open || line.contains(&ignored) || words.iter().any(|word| line.contains(word.as_str())) {
                offences.push(format!("{}:{}: {}", source.path, number + 1, line.trim()));
            }
        }
    }
    assert_none(&offences, "Do it, or open an issue and name it: `(#123)` right after the mark.");
}

#[test]
fn no_file_of_the_integration_tests_is_forgotten() {
    let main = fs::read_to_string(support::root().join("tests/it/main.rs")).unwrap();
    let declared: Vec<&str> = main.lines().filter_map(|it| it.strip_prefix("mod ")?.strip_suffix(';')).collect();
    let entries = fs::read_dir(support::root().join("tests/it")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<String> = entries.map(|it| it.file_stem().unwrap().to_string_lossy().into_owned()).collect();
    files.retain(|it| it != "main");
    files.sort();
    assert_eq!(declared, files, "tests/it/main.rs and the files beside it differ");
    let binaries = fs::read_dir(support::root().join("tests")).unwrap().map(|entry| entry.unwrap().file_name());
    let binaries: Vec<_> = binaries.filter(|it| it != "it").collect();
    assert!(
        binaries.is_empty(),
        "{binaries:?}: there is one integration binary, tests/it, because each one links anew"
    );
}

#[test]
fn every_dependency_says_why_it_is_there() {
    let manifest = support::root().join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let metadata = cargo_metadata::MetadataCommand::new()
        .manifest_path(&manifest)
        .no_deps()
        .other_options(["--offline".to_owned()])
        .exec()
        .unwrap();
    let package = metadata.packages.iter().find(|it| it.name.as_str() == "gatecheck").unwrap();
    assert!(package.dependencies.len() > 10, "cargo names only {} dependencies", package.dependencies.len());
    let mut offences = Vec::new();
    for dependency in &package.dependencies {
        let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
        let at = lines.iter().position(|line| line.starts_with(&format!("{name} = "))).unwrap_or_else(|| {
            panic!("`{name}` does not stand on a line of its own in Cargo.toml");
        });
        // A comment speaks for the lines right below it.
        let above = lines[..at].iter().rev().find(|line| line.starts_with('#') || !line.contains(" = "));
        if !above.is_some_and(|line| line.starts_with("# ")) {
            offences.push(format!("Cargo.toml:{}: {}", at + 1, lines[at]));
        }
    }
    assert_none(&offences, "Say in one line above it why it is needed.");
}

#[test]
fn every_tracked_file_is_clean() {
    // Generated output shows what was generated, and some fixtures are broken on purpose.
    let is_verbatim = |path: &str| {
        path.starts_with("fixtures/")
            || path.contains("/golden/")
            || path.starts_with("LICENSE")
            || path == "Cargo.lock"
    };
    let homes = ["/work", "/root", "/tmp/bash"].map(|folder| format!("{folder}/"));
    let mut offences = Vec::new();
    for source in tracked() {
        let path = &source.path;
        for (index, line) in source.text.lines().enumerate() {
            let number = index + 1;
            if homes.iter().any(|home| line.contains(home.as_str())) && !path.starts_with("fixtures/") {
                offences.push(format!("{path}:{number}: names a folder of somebody's machine"));
            }
            if line.ends_with([' ', '\t', '\r']) && !is_verbatim(path) {
                offences.push(format!("{path}:{number}: ends with white space"));
            }
        }
        if !source.text.is_empty() && !source.text.ends_with('\n') && !is_verbatim(path) {
            offences.push(format!("{path}: does not end with a line end"));
        }
    }
    assert_none(&offences, "Clean it; nobody should have to look at that in a difference.");
}

#[test]
fn modules_say_what_they_are() {
    let is_silent = |source: &&Source| !source.text.starts_with("//! ");
    let silent: Vec<String> = shipped_sources().iter().filter(is_silent).map(|it| it.path.clone()).collect();
    let silent: Vec<String> = silent.into_iter().filter(|path| path != "src/main.rs").collect();
    assert_none(&silent, "Begin it with `//!` and what the module does, and what it does not do.");
    let roots: Vec<PathBuf> = support::folders(&support::root().join("src"));
    for layer in roots {
        assert!(layer.join("mod.rs").is_file(), "{}: a layer has a mod.rs", layer.display());
    }
}

#[test]
fn every_threat_names_a_test_that_exists() {
    let text = fs::read_to_string(support::root().join("SECURITY.md")).unwrap();
    let rows = text.split("## Threats").nth(1).unwrap().lines().filter(|line| line.starts_with("| ")).skip(1);
    let sources: String = walkdir::WalkDir::new(support::root().join("src"))
        .into_iter()
        .chain(walkdir::WalkDir::new(support::root().join("tests")))
        .map(|entry| entry.unwrap().into_path())
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let mut missing = Vec::new();
    let mut named = 0;
    for row in rows {
        let cell = row.trim_end_matches(" |").rsplit("| ").next().unwrap();
        for test in cell.split('`').skip(1).step_by(2) {
            named += 1;
            if !sources.contains(&format!("fn {test}(")) {
                missing.push(test.to_owned());
            }
        }
    }
    assert!(named >= 20, "the threat table lost its tests");
    assert!(missing.is_empty(), "SECURITY.md names tests that do not exist: {missing:#?}");
}
