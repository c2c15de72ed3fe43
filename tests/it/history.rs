//! The secrets of a whole history, through the whole program: whatever encoding, name and place they have, and however
//! often the same history is looked at.

use std::fs;
use std::path::Path;

use gatecheck::checks;
use serde_json::Value;

use crate::support::{Run, TempRepo};

fn token() -> String {
    checks::made_up_secret("github-pat").unwrap()
}

/// A password that nobody would take for an example.
fn password() -> String {
    ["vK9x", "TmQ2", "rWb7", "Lz4p"].concat()
}

/// The findings of the rule `secrets`.
fn found(report: &Value) -> Vec<Value> {
    let results = report["results"].as_array().unwrap();
    results
        .iter()
        .filter(|it| it["rule"] == "secrets")
        .flat_map(|it| it["findings"].as_array().unwrap().iter().map(|it| it["finding"].clone()).collect::<Vec<_>>())
        .collect()
}

fn evidence<'a>(of: &'a Value, name: &str) -> Option<&'a str> {
    of["evidence"].as_array().unwrap().iter().find(|it| it["name"] == name).map(|it| it["value"].as_str().unwrap())
}

/// Path, line and column of each finding.
fn places(report: &Value) -> Vec<(String, u64, u64)> {
    let place = |it: &Value| {
        let file = &it["primary"]["place"]["file"];
        let start = &file["region"]["start"];
        let number = |name: &str| start[name].as_u64().unwrap_or(0);
        (file["path"].as_str().unwrap().to_owned(), number("line"), number("column"))
    };
    let mut places: Vec<_> = found(report).iter().map(place).collect();
    places.sort();
    places
}

fn judged(repo: &TempRepo, args: &[&str]) -> Value {
    repo.check(&[&["--rule", "secrets", "--format", "json"], args].concat()).json()
}

/// A repository whose history has what its head lacks.
fn with_past(files: &[(&str, Vec<u8>)]) -> TempRepo {
    let repo = TempRepo::new();
    repo.write("kept.txt", "kept\n");
    repo.commit("Begin");
    for (path, content) in files {
        repo.write(path, content);
    }
    repo.commit("Bring");
    for (path, _) in files {
        fs::remove_file(repo.path().join(path)).unwrap();
    }
    repo.commit("Take away");
    repo
}

/// Texts that hold a token, each with its name and the line and column of it.
fn writings(token: &str) -> Vec<(&'static str, Vec<u8>, (u64, u64))> {
    let text = format!("first = 1\nsecond = 2\ntoken = {token}\nlast\n");
    let units = |unit: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    let wide = |unit: fn(u32) -> [u8; 4]| text.chars().map(u32::from).flat_map(unit).collect::<Vec<u8>>();
    let sprinkled: String = token.chars().flat_map(|it| [it, '\0']).collect();
    let long = format!("{}; token = {token}; {}\n", "var a1 = f(x)".repeat(40_000), "g(y);".repeat(9_000));
    let column = 13 * 40_000 + 11;
    vec![
        ("plain", text.clone().into_bytes(), (3, 9)),
        ("marked", [b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat(), (3, 9)),
        ("utf16le", units(u16::to_le_bytes), (3, 9)),
        ("utf16be", units(u16::to_be_bytes), (3, 9)),
        ("utf16le-marked", [vec![0xFF, 0xFE], units(u16::to_le_bytes)].concat(), (3, 9)),
        ("utf16be-marked", [vec![0xFE, 0xFF], units(u16::to_be_bytes)].concat(), (3, 9)),
        ("utf32le", wide(u32::to_le_bytes), (3, 9)),
        ("utf32be", wide(u32::to_be_bytes), (3, 9)),
        ("utf32le-marked", [vec![0xFF, 0xFE, 0, 0], wide(u32::to_le_bytes)].concat(), (3, 9)),
        ("utf32be-marked", [vec![0, 0, 0xFE, 0xFF], wide(u32::to_be_bytes)].concat(), (3, 9)),
        ("carriage-returns", text.replace('\n', "\r").into_bytes(), (3, 9)),
        ("sprinkled", format!("first = 1\n\ntoken = {sprinkled}\n{}", "words and more\n".repeat(400)).into(), (3, 9)),
        ("long-line", long.into_bytes(), (1, column)),
    ]
}

#[test]
fn a_secret_is_seen_in_every_encoding_and_scope_at_its_place() {
    let writings = writings(&token());
    let files: Vec<(&str, Vec<u8>)> = writings.iter().map(|(name, content, _)| (*name, content.clone())).collect();
    let mut expected: Vec<(String, u64, u64)> =
        writings.iter().map(|(name, _, (line, column))| ((*name).to_owned(), *line, *column)).collect();
    expected.sort();
    let repo = TempRepo::new();
    repo.write(".gitattributes", "* -diff -text\n");
    repo.commit("Begin");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    for (name, content) in &files {
        repo.write(name, content);
    }
    repo.git(&["add", "--all"]);
    assert_eq!(places(&judged(&repo, &["--staged"])), expected, "staged");
    repo.commit("Bring");
    assert_eq!(places(&judged(&repo, &["--all"])), expected, "tree");
    assert_eq!(places(&judged(&repo, &["--base", "main"])), expected, "range");
    for (name, content, place) in &writings {
        let repo = with_past(&[(name, content.clone())]);
        repo.write(".gitattributes", "* -diff -text\n");
        let report = judged(&repo, &["--history"]);
        assert_eq!(places(&report), [((*name).to_owned(), place.0, place.1)], "history");
        let bring = repo.git(&["rev-parse", "HEAD~1"]);
        let finding = &found(&report)[0];
        assert_eq!((evidence(finding, "brought by"), evidence(finding, "in the head")), (Some(&*bring), Some("no")));
    }
}

#[test]
fn a_secret_that_a_delta_brings_in_any_encoding_is_seen_in_the_history() {
    for ((name, content, place), (_, harmless, _)) in writings(&token()).into_iter().zip(writings("none")) {
        let repo = TempRepo::new();
        for (content, subject) in [(&harmless, "One"), (&content, "Two"), (&harmless, "Three")] {
            repo.write(name, content);
            repo.commit(subject);
        }
        repo.git(&["repack", "-adfq", "--window=10", "--depth=10"]);
        let report = judged(&repo, &["--history"]);
        assert_eq!(places(&report), [(name.to_owned(), place.0, place.1)]);
        let commit = repo.git(&["rev-parse", "HEAD~1"]);
        assert_eq!(evidence(&found(&report)[0], "brought by"), Some(&*commit), "{name}");
    }
}

#[test]
fn old_versions_of_files_that_only_their_names_tell_are_looked_at() {
    let password = password();
    let pgpass = |password: &str| format!("db.corp.net:5432:shop:shop:{password}\n").into_bytes();
    let netrc = format!("machine git.corp.net login ana password {password}\n").into_bytes();
    let secret = format!("{password}Z");
    let manifest = format!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  motd: {secret}\n");
    let repo = TempRepo::new();
    repo.write("home/.pgpass", pgpass(&format!("{password}Q")));
    // The same bytes had another name before.
    repo.write("notes.txt", &netrc);
    repo.write("k8s/db.yaml", manifest.replace(&secret, "${HELLO}"));
    repo.commit("One");
    repo.git(&["mv", "notes.txt", ".netrc"]);
    repo.write("home/.pgpass", pgpass("$PGPASSWORD"));
    repo.write("k8s/db.yaml", &manifest);
    repo.commit("Two");
    fs::remove_file(repo.path().join(".netrc")).unwrap();
    repo.write("k8s/db.yaml", manifest.replace(&secret, "${GOODBYE}"));
    repo.commit("Three");
    let mut told = Vec::new();
    for repack in [false, true] {
        if repack {
            repo.git(&["repack", "-adfq"]);
        }
        let report = judged(&repo, &["--history"]);
        told.push(places(&report));
        let of = |path: &str| {
            let all = found(&report);
            let it = all.iter().find(|it| it["primary"]["place"]["file"]["path"] == path);
            evidence(it.unwrap_or_else(|| panic!("{path}: {all:#?}")), "brought by").unwrap().to_owned()
        };
        let commit = |revision: &str| repo.git(&["rev-parse", revision]);
        assert_eq!(of("home/.pgpass"), commit("HEAD~2"));
        assert_eq!(of(".netrc"), commit("HEAD~1"));
        assert_eq!(of("k8s/db.yaml"), commit("HEAD~1"));
    }
    assert_eq!(told[0], told[1]);
}

#[test]
fn what_was_not_looked_at_is_told() {
    let repo = with_past(&[("a.env", format!("TOKEN={}\n", token()).into_bytes())]);
    fs::write(repo.path().join(".git/refs/heads/broken"), "not an id\n").unwrap();
    let run = repo.check(&["--history", "--rule", "secrets", "--format", "json"]);
    let missing = run.json()["results"].to_string();
    assert!(missing.contains("the ref `refs/heads/broken`"), "{missing}");
    fs::remove_file(repo.path().join(".git/refs/heads/broken")).unwrap();
    // Nothing leads to it any more.
    let tip = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["update-ref", "refs/heads/main", "HEAD~2"]);
    repo.git(&["reset", "--quiet", "--hard"]);
    let report = repo.check(&["--history", "--rule", "secrets", "--format", "json"]).exits(0).json();
    let result = report["results"].as_array().unwrap().iter().find(|it| it["rule"] == "secrets").unwrap().clone();
    assert_eq!(found(&report).len(), 0);
    assert_eq!(evidence(&result, "possible secrets in objects that no ref reaches"), Some("1"));
    // A ref of a work tree reaches it as any other.
    repo.git(&["update-ref", "refs/worktree/kept", &tip]);
    assert_eq!(found(&judged(&repo, &["--history"])).len(), 1);
}

/// A repository with three secrets of the past, one of them in the head as well, and some thousand harmless lines.
fn eventful() -> TempRepo {
    let repo = TempRepo::new();
    let (token, password) = (token(), password());
    for step in 0..12_u32 {
        let lines: String = (0..200).map(|line| format!("line {line} of {}\n", step.max(line % 12))).collect();
        repo.write("lines.txt", lines);
        repo.write("kept.env", format!("STEP={step}\nTOKEN={token}\n"));
        match step {
            3 => repo.write("a.env", format!("DATABASE_PASSWORD={password}\n")),
            5 => repo.write("a.env", "DATABASE_PASSWORD=\n"),
            7 => repo.write(".pgpass", format!("db.corp.net:5432:shop:shop:{password}x\n")),
            8 => fs::remove_file(repo.path().join(".pgpass")).unwrap(),
            _ => {}
        }
        repo.commit(&format!("Step {step}"));
    }
    repo
}

const REPORT: [&str; 7] = ["--history", "--rule", "secrets", "--format", "json", "--now", "2026-01-03T00:00:00Z"];

#[test]
fn a_history_is_told_in_the_same_bytes_whatever_the_threads_and_the_packs() {
    let repo = eventful();
    let first = repo.check(&REPORT).exits(1);
    assert_eq!(found(&first.json()).len(), 3, "{}", first.stdout);
    for packing in [&["repack", "-adfq"][..], &["repack", "-adfq", "--window=50", "--depth=200"], &["gc", "-q"]] {
        repo.git(packing);
        for threads in ["1", "2", "8"] {
            let run = repo.check(&[&REPORT, &["--threads", threads][..]].concat());
            assert_eq!(run.stdout, first.stdout, "{packing:?} {threads}");
        }
    }
}

fn cached(repo: &TempRepo, cache: &Path, args: &[&str]) -> Run {
    let mut command = repo.gatecheck(&[&REPORT, args].concat());
    command.env("GATECHECK_CACHE_DIR", cache);
    Run::of(&mut command)
}

fn cache_files(cache: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(cache.join("history")).into_iter().flatten();
    let mut files: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn what_is_remembered_changes_nothing_that_is_told() {
    let repo = eventful();
    let cache = tempfile::tempdir().unwrap();
    let plain = repo.check(&REPORT).stdout;
    cached(&repo, cache.path(), &["--no-cache"]).exits(1);
    assert_eq!(cache_files(cache.path()).len(), 0);
    for _ in 0..3 {
        assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain);
    }
    let files = cache_files(cache.path());
    assert_eq!(files.len(), 2);
    for file in &files {
        let bytes = fs::read(file).unwrap();
        for text in [token(), password(), "pgpass".to_owned(), "TOKEN".to_owned()] {
            assert!(!bytes.windows(text.len()).any(|it| it == text.as_bytes()), "{text}");
        }
    }
    // Damage counts as nothing remembered.
    for file in &files {
        let whole = fs::read(file).unwrap();
        for at in (0..whole.len()).step_by(whole.len() / 9 + 1) {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            for bytes in [damaged.as_slice(), &whole[..at], &[whole.as_slice(), b"x"].concat()] {
                fs::write(file, bytes).unwrap();
                assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain, "{at}");
            }
        }
        fs::write(file, &whole).unwrap();
    }
    // What comes later is looked at, whether it is packed or not; what goes is gone.
    let other = checks::made_up_secret("npm-token").or_else(|| checks::made_up_secret("pypi-token")).unwrap();
    repo.write("b.env", format!("REGISTRY={other}\n"));
    repo.commit("Another");
    for packing in [&["status"][..], &["gc", "-q"]] {
        repo.git(packing);
        let plain = repo.check(&REPORT).stdout;
        assert_eq!(found(&serde_json::from_str(&plain).unwrap()).len(), 4);
        assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain);
        assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain);
    }
    repo.git(&["reset", "--quiet", "--hard", "HEAD~8"]);
    let plain = repo.check(&REPORT).stdout;
    assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain);
    assert_eq!(cached(&repo, cache.path(), &[]).stdout, plain);
}

#[test]
fn what_is_remembered_is_not_read_again_and_belongs_to_the_settings_it_was_found_with() {
    let repo = TempRepo::new();
    repo.write("old.txt", format!("ticket={}\n", password()));
    repo.commit("One");
    let old = repo.git(&["rev-parse", "HEAD:old.txt"]);
    repo.git(&["rm", "--quiet", "old.txt"]);
    repo.commit("Two");
    let cache = tempfile::tempdir().unwrap();
    cached(&repo, cache.path(), &[]).exits(0);
    let (folder, name) = old.split_at(2);
    let object = repo.path().join(".git/objects").join(folder).join(name);
    let whole = fs::read(&object).unwrap();
    fs::remove_file(&object).unwrap();
    fs::write(&object, "damaged").unwrap();
    cached(&repo, cache.path(), &[]).exits(0);
    cached(&repo, cache.path(), &["--no-cache"]).exits(3);
    // Whoever else may write to a file could have written it.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for file in cache_files(cache.path()) {
            fs::set_permissions(file, fs::Permissions::from_mode(0o666)).unwrap();
        }
        cached(&repo, cache.path(), &[]).exits(3);
        for file in cache_files(cache.path()) {
            fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
        }
        cached(&repo, cache.path(), &[]).exits(0);
    }
    // Other settings find other things.
    fs::remove_file(&object).unwrap();
    fs::write(&object, whole).unwrap();
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nrules:\n  secrets:\n    check: secrets\n    level: block\n    with:\n      detectors:\n        ticket:\n          \
         title: ticket\n          pattern: 'ticket=([A-Za-z0-9]{16})'\n          hits: ['ticket={an:16}']\n          misses: ['ticket=none']\n",
    );
    repo.commit("Look for tickets");
    assert_eq!(found(&cached(&repo, cache.path(), &[]).json()).len(), 1);
}

#[test]
fn what_is_allowed_until_a_day_stands_again_after_it_although_it_is_remembered() {
    let repo = with_past(&[("old.env", format!("token = {}\n", token()).into_bytes())]);
    let policy = "gatecheck: 1\nrules:\n  secrets:\n    check: secrets\n    with:\n      allow:\n        - { pattern: \
                  '^ghp_', reason: revoked, expires: 2026-06-30 }\n";
    repo.write("gatecheck.yaml", policy);
    repo.commit("Allow it");
    let cache = tempfile::tempdir().unwrap();
    let on = |day: &str| {
        let mut command = repo.gatecheck(&["--history", "--format", "json", "--now", day]);
        Run::of(command.env("GATECHECK_CACHE_DIR", cache.path()))
    };
    let before = on("2026-06-01T00:00:00Z").exits(0);
    assert_eq!(before.stdout, on("2026-06-01T00:00:00Z").exits(0).stdout, "the entry covers something both times");
    assert!(!before.stdout.contains("covers nothing"), "{before:?}");
    on("2026-07-01T00:00:00Z").exits(1);
}

#[test]
fn on_a_runner_nothing_is_remembered_unless_a_folder_is_named() {
    let repo = eventful();
    let home = tempfile::tempdir().unwrap();
    let run = |ci: bool| {
        let mut command = repo.gatecheck(&REPORT);
        command.env("XDG_CACHE_HOME", home.path());
        if ci {
            command.env("CI", "true");
        }
        Run::of(&mut command).exits(1);
        cache_files(&home.path().join("gatecheck")).len()
    };
    assert_eq!((run(true), run(false)), (0, 2));
}

#[cfg(not(debug_assertions))]
/// Writes a file of more than 256 MiB whose last line but one holds a token, and gives the number of that line.
fn write_large(repo: &TempRepo, path: &str) -> u64 {
    let block = "nothing to see in this line, nor in the next one\n".repeat(20_000);
    let mut content = block.repeat(300);
    let line = content.len() as u64 / 49 + 1;
    content.push_str(&format!("token = {}\nlast\n", token()));
    assert!(content.len() > 256 << 20);
    repo.write(path, content);
    line
}

// Takes a minute where the program is not optimised: `cargo test --release`.
#[cfg(not(debug_assertions))]
#[test]
fn a_file_too_large_to_be_held_is_searched_to_its_end_in_every_scope() {
    let repo = TempRepo::new();
    repo.write("kept.txt", "kept\n");
    repo.git(&["config", "core.compression", "1"]);
    repo.commit("Begin");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    let line = write_large(&repo, "dump.sql");
    let expected = [("dump.sql".to_owned(), line, 9)];
    assert_eq!(places(&judged(&repo, &["--all"])), expected, "untracked");
    repo.git(&["add", "--all"]);
    assert_eq!(places(&judged(&repo, &["--staged"])), expected, "staged");
    repo.commit("Bring");
    assert_eq!(places(&judged(&repo, &["--all"])), expected, "tree");
    assert_eq!(places(&judged(&repo, &["--base", "main", "--head", "HEAD"])), expected, "range");
    repo.git(&["rm", "--quiet", "dump.sql"]);
    repo.commit("Take away");
    assert_eq!(places(&judged(&repo, &["--base", "main", "--head", "HEAD"])), expected, "transient");
    for packing in [&["status"][..], &["-c", "core.bigFileThreshold=100m", "repack", "-adfq"]] {
        repo.git(packing);
        let run = repo.check(&["--history", "--rule", "secrets", "--format", "json"]).exits(1);
        assert_eq!(places(&run.json()), expected, "history");
    }
    repo.git(&["checkout", "--quiet", "-b", "smaller", "HEAD~1"]);
    repo.write("dump.sql", format!("less\ntoken = {}\n", token()));
    repo.commit("Shrink");
    let shrunk = [("dump.sql".to_owned(), 2, 9)];
    assert_eq!(places(&judged(&repo, &["--base", "HEAD~1", "--head", "HEAD"])), shrunk, "in the place of a large one");
}
