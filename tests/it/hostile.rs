//! Damaged and hostile repositories: never green by damage, never a hang, never a panic, and nothing that is
//! printed becomes an instruction to a terminal or a runner.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{Run, TempRepo, clean};

const POLICY: &str = "gatecheck: 1\nrules:\n  no-offence:\n    check: text\n    level: block\n    with:\n      \
                      scope: every-blob\n      forbidden: [{ pattern: OFFENCE }]\n  subjects:\n    check: commits\n    \
                      level: block\n    with:\n      subject: { max-length: 30 }\n";

/// SplitMix64: the same damage on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// A repository with something of everything: packed and loose objects and refs, a commit graph, an index.
fn sample() -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY);
    for (name, size) in [("a.txt", 40), ("src/b.txt", 400), ("src/deep/c.txt", 4_000)] {
        repo.write(name, "a line like any other\n".repeat(size / 20));
    }
    repo.commit("Lay the ground");
    repo.write("src/b.txt", "a line like any other\n".repeat(21));
    repo.commit("Grow");
    repo.git(&["branch", "topic"]);
    repo.git(&["repack", "--quiet", "-a", "-d"]);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.write("src/d.txt", "fine\nOFFENCE\n");
    repo.write("a.txt", "another line\n");
    repo.commit("Add");
    fs::remove_file(repo.path().join("src/d.txt")).unwrap();
    repo.commit("Take it away again");
    repo.write("src/deep/c.txt", "OFFENCE\n");
    repo.git(&["add", "--all"]);
    repo
}

/// The files of a repository's own folder that hold its data, by kind.
fn targets(repo: &Path) -> BTreeMap<&'static str, Vec<PathBuf>> {
    let mut kinds: BTreeMap<&'static str, Vec<PathBuf>> = BTreeMap::new();
    let git = repo.join(".git");
    for entry in walkdir::WalkDir::new(&git).sort_by_file_name().into_iter().map(Result::unwrap) {
        let path = entry.path().strip_prefix(&git).unwrap().to_owned();
        let name = path.to_str().unwrap();
        let kind = match name {
            "index" | "HEAD" | "config" | "packed-refs" => {
                ["index", "HEAD", "config", "packed-refs"].into_iter().find(|it| *it == name).unwrap()
            }
            _ if name.ends_with(".pack") => "pack",
            _ if name.ends_with(".idx") => "idx",
            _ if name.starts_with("objects/info/commit-graph") => "commit-graph",
            _ if name.starts_with("objects/") => "loose",
            _ if name.starts_with("refs/") => "refs",
            _ => continue,
        };
        if entry.file_type().is_file() {
            kinds.entry(kind).or_default().push(path);
        }
    }
    kinds
}

fn damaged(content: &[u8], dice: &mut Dice) -> (&'static str, Vec<u8>) {
    let mut bytes = content.to_vec();
    let at = dice.below(bytes.len());
    match dice.below(4) {
        0 => {
            for _ in 0..=dice.below(4) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            ("flip", bytes)
        }
        1 => {
            bytes.truncate(at);
            ("truncate", bytes)
        }
        2 => {
            let end = bytes.len().min(at + 1 + dice.below(64));
            bytes[at..end].fill(0);
            ("zero", bytes)
        }
        _ => {
            for _ in 0..=dice.below(64) {
                bytes.push(dice.roll().to_le_bytes()[0]);
            }
            ("grow", bytes)
        }
    }
}

/// Runs to the end, 15 seconds at the most.
fn bounded(repo: &Path, args: &[&str], what: &str) -> Run {
    let mut command = clean(env!("CARGO_BIN_EXE_gatecheck"), repo);
    command.args(["--format", "json", "--threads", "1", "--now", "2026-01-03T00:00:00Z"]).args(args);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > Duration::from_secs(15) {
            child.kill().unwrap();
            panic!("{what}: {args:?} did not end");
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

const MODES: [&[&str]; 3] = [&["--base", "main", "--head", "topic"], &["--staged"], &[]];

/// Damages one file after the other, puts it right again, and gives every wrong answer.
fn campaign(seed: u64, rounds: usize) -> Vec<String> {
    let repo = sample();
    let kinds: Vec<(&str, Vec<PathBuf>)> = targets(repo.path()).into_iter().collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
    let sound: Vec<Run> = MODES.iter().map(|mode| bounded(repo.path(), mode, "nothing")).collect();
    assert!(sound.iter().all(|run| run.code == Some(1)), "{sound:?}");
    let mut dice = Dice(seed);
    let mut wrong = Vec::new();
    for round in 0..rounds {
        let (kind, files) = &kinds[dice.below(kinds.len())];
        let path = repo.path().join(".git").join(&files[dice.below(files.len())]);
        let content = fs::read(&path).unwrap();
        let (how, bytes) = damaged(&content, &mut dice);
        fs::remove_file(&path).unwrap();
        fs::write(&path, &bytes).unwrap();
        // What a name means may change with the files that say it: those are tried where no name is guessed.
        let says_names = matches!(*kind, "HEAD" | "config" | "refs" | "packed-refs");
        let mode = if says_names { 0 } else { dice.below(MODES.len()) };
        let what = format!("seed {seed}, round {round}: {how} {}", files[0].display());
        let run = bounded(repo.path(), MODES[mode], &what);
        let same = run.code == Some(1) && run.stdout == sound[mode].stdout;
        let undecided = run.code == Some(3);
        let refused = run.code == Some(2) && says_names && run.stderr.contains("help: ");
        if !(same || undecided || refused) || run.stderr.contains("panicked") {
            wrong.push(format!("{what} ({kind}) {:?}: {run:?}", MODES[mode]));
        }
        fs::remove_file(&path).unwrap();
        fs::write(&path, &content).unwrap();
    }
    wrong
}

#[test]
fn a_thousand_damages_change_no_verdict() {
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..=4).map(|seed| scope.spawn(move || campaign(seed, 250))).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} wrong answers:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_trial_merge_over_truncated_objects_ends_undecided() {
    let repo = TempRepo::new();
    let policy =
        "gatecheck: 1\nrules:\n  merges:\n    check: branch\n    level: block\n    with: { merges-clean: true }\n";
    repo.write("gatecheck.yaml", policy);
    repo.write("a.txt", "one\n");
    repo.commit("Lay the ground");
    repo.git(&["branch", "topic"]);
    repo.write("a.txt", "one\nmain\n");
    repo.commit("Work");
    let id = repo.git(&["rev-parse", "HEAD:a.txt"]);
    repo.git(&["checkout", "--quiet", "topic"]);
    repo.write("a.txt", "one\ntopic\n");
    repo.commit("Work beside it");
    let range: &[&str] = &["--base", "main"];
    assert_eq!(bounded(repo.path(), range, "nothing").code, Some(1));
    let (folder, name) = id.split_at(2);
    let path = repo.path().join(".git/objects").join(folder).join(name);
    let content = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    for length in 0..content.len() {
        fs::write(&path, &content[..length]).unwrap();
        assert_eq!(bounded(repo.path(), range, "truncated").code, Some(3), "cut to {length} bytes");
    }
}

/// Writes an object that Git itself would refuse to write.
fn write_tree(repo: &TempRepo, raw: &[u8]) -> String {
    let mut command = clean("git", repo.path());
    command.args(["hash-object", "-w", "--literally", "--stdin", "-t", "tree"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(raw).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn raw_id(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[test]
fn malformed_trees_are_named_and_never_green() {
    let repo = TempRepo::new();
    repo.write("a.txt", "fine\n");
    repo.commit("Lay the ground");
    let (blob, tree) = (repo.git(&["rev-parse", "HEAD:a.txt"]), repo.git(&["rev-parse", "HEAD^{tree}"]));
    let (blob, tree) = (raw_id(&blob), raw_id(&tree));
    let file = |mode: &str, name: &str| [format!("{mode} {name}\0").as_bytes(), &blob].concat();
    let folder = |name: &str| [format!("40000 {name}\0").as_bytes(), &tree].concat();
    let variants: Vec<(&str, Vec<u8>)> = vec![
        ("parent", folder("..")),
        ("here", folder(".")),
        ("git", folder(".git")),
        ("shouted", folder(".GIT")),
        ("trailing space", folder(".git ")),
        ("trailing dot", folder(".git.")),
        ("short name of Windows", folder("git~1")),
        ("ignorable character", folder(".g\u{200c}it")),
        ("stream of Windows", folder(".git::$INDEX_ALLOCATION")),
        ("slash", file("100644", "a/b")),
        ("empty name", file("100644", "")),
        ("duplicate", [file("100644", "x"), file("100644", "x")].concat()),
        ("file and folder", [file("100644", "x"), folder("x")].concat()),
        ("mode", file("100666", "x")),
        ("type", file("170000", "x")),
        ("padded mode", file("0100644", "x")),
        ("unsorted", [file("100644", "b"), file("100644", "a")].concat()),
    ];
    for (name, raw) in variants {
        let hostile = write_tree(&repo, &raw);
        let commit = repo.git(&["commit-tree", &hostile, "-p", "main", "-m", "Hostile"]);
        for format in ["terminal", "json", "github", "markdown", "sarif"] {
            let run = repo.check(&["--base", "main", "--head", &commit, "--format", format]);
            assert_eq!(run.code, Some(3), "{name}: {run:?}");
            let told = format!("{}{}", run.stdout, run.stderr);
            assert!(told.contains("the tree is malformed"), "{name}, {format}: {told}");
        }
    }
    let honest = write_tree(&repo, &[file("100644", "a"), file("100755", "a.sh"), folder("b")].concat());
    let commit = repo.git(&["commit-tree", &honest, "-p", "main", "-m", "Honest"]);
    repo.check(&["--base", "main", "--head", &commit]).exits(0);
}

/// A workflow command as GitHub's runner finds it in a line: `::name …::` at the start of the trimmed line, or
/// `##[name …]` anywhere.
fn command(line: &str) -> Option<String> {
    let name = |info: &str| info.split(' ').next().unwrap_or_default().to_owned();
    if let Some(rest) = line.trim_start().strip_prefix("::") {
        let (info, _) = rest.split_once("::")?;
        return Some(name(info)).filter(|it| !it.is_empty());
    }
    let (_, rest) = line.split_once("##[")?;
    let (info, _) = rest.split_once(']')?;
    Some(name(info)).filter(|it| !it.is_empty())
}

const HOSTILE: [&str; 10] = [
    "\n::error file=a,line=1::forged",
    "::set-output name=result::pass",
    "##[set-output name=result]pass",
    "x ##[stop-commands]token",
    "\r::stop-commands::token",
    "\u{1b}[2K\u{1b}[1Apassed",
    "\u{1b}]0;title\u{7}",
    "abc\u{202e}cba",
    "]]><failure/> <img src=x> @everyone",
    "%0A::warning::half escaped",
];

const FORMATS: [&str; 9] = ["terminal", "markdown", "json", "sarif", "junit", "github", "gitlab", "rdjson", "csv"];

/// A change whose names, texts and messages are all hostile.
fn hostile_change() -> TempRepo {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", POLICY);
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "topic\u{202e}##x"]);
    for (index, text) in HOSTILE.iter().enumerate() {
        let name = format!("{index}{}", text.replace('/', "_"));
        repo.write(&name, format!("{text} OFFENCE {text}\nOFFENCE\n"));
        repo.git(&["add", "--all"]);
        repo.git(&["commit", "--quiet", "--cleanup=verbatim", "-m", &format!("{text} {text} {text} and more")]);
    }
    bytes_in_a_name(&repo);
    repo.commit("Add a name of bytes that are no text");
    repo
}

#[cfg(target_os = "linux")]
fn bytes_in_a_name(repo: &TempRepo) {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9\x1b[31m\xff.txt");
    fs::write(repo.path().join(name), "OFFENCE\n").unwrap();
}

#[cfg(not(target_os = "linux"))]
fn bytes_in_a_name(_: &TempRepo) {}

#[test]
fn nothing_that_is_printed_instructs_a_runner_or_a_terminal() {
    let repo = hostile_change();
    let branch = repo.git(&["branch", "--show-current"]);
    repo.git(&["tag", "-m", "\u{1b}[2K\n::error::forged", "v1.0.0\u{202e}"]);
    let ways: [&[&str]; 3] = [&["--base", "main", "--head", &branch], &["--release", "v1.0.0\u{202e}"], &["--all"]];
    for way in ways {
        for format in FORMATS {
            for verbose in [false, true] {
                let mut args = [way, &["--format", format]].concat();
                args.extend(verbose.then_some("--verbose"));
                let mut gatecheck = repo.gatecheck(&args);
                gatecheck.env("CI", "true").env("GITHUB_ACTIONS", "true").env("FORCE_COLOR", "0");
                let run = Run::of(&mut gatecheck);
                assert_eq!(run.code, Some(1), "{args:?}: {}", run.stderr);
                assert!(run.stdout.contains("OFFENCE"), "{args:?}");
                harmless(format, &args, &run);
            }
        }
    }
}

fn harmless(format: &str, args: &[&str], run: &Run) {
    // RFC 4180 ends records by both.
    let stdout = if format == "csv" { run.stdout.replace("\r\n", "\n") } else { run.stdout.clone() };
    let all = format!("{stdout}\n{}", run.stderr);
    for line in all.split(['\n', '\r']) {
        let own = format == "github" && line.starts_with("::");
        match command(line) {
            Some(name) if !own || !matches!(name.as_str(), "error" | "warning" | "notice") => {
                panic!("{args:?}: a runner would obey `{name}` of {line:?}")
            }
            Some(_) | None => {}
        }
    }
    let raw = |it: char| it.is_control() && !matches!(it, '\n' | '\t') || it == '\u{202e}';
    let found: Vec<char> = all.chars().filter(|it| raw(*it)).collect();
    assert!(found.is_empty(), "{args:?}: raw {found:?}");
    if matches!(format, "json" | "sarif" | "gitlab" | "rdjson") {
        run.json();
    }
}

#[test]
fn errors_are_as_harmless_as_reports() {
    let (honest, repo) = (TempRepo::new(), TempRepo::new());
    honest.commit("Lay the ground");
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nrules:\n  \"\u{1b}[2K::error::x ##[stop-commands]y\": { check: nothing }\n",
    );
    repo.commit("Lay the ground");
    for hostile in HOSTILE {
        for args in [
            ["--base", hostile].as_slice(),
            &["--release", hostile],
            &["--rule", hostile],
            &["--pack", hostile],
            &["--format", hostile],
            &["--output", hostile],
            &["--policy", hostile],
            &["-C", hostile],
            &["--now", hostile],
            &["explain", hostile],
            &["schema", hostile],
            &[hostile],
            &["--color", hostile],
        ] {
            for repo in [&honest, &repo] {
                let run = Run::of(repo.gatecheck(args).env("CI", "true").env("GITHUB_ACTIONS", "true"));
                assert!(matches!(run.code, Some(2 | 3)), "{args:?}: {run:?}");
                harmless("error", args, &run);
            }
        }
        let mut command = repo.gatecheck(&["--push"]);
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), hostile).unwrap();
        let run = Run::of(command.stdin(fs::File::open(file.path()).unwrap())).exits(3);
        harmless("error", &["--push"], &run);
    }
    let run = repo.check(&[]).exits(2);
    harmless("error", &["policy"], &run);
}
