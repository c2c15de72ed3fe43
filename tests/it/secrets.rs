//! What holds for secrets through the whole program.

use std::fs;

use base64::Engine as _;
use gatecheck::checks;
use gatecheck::formats::sample;

use crate::support::TempRepo;

const FORMATS: [&str; 9] = ["json", "sarif", "gitlab", "rdjson", "github", "csv", "markdown", "junit", "terminal"];

fn token() -> String {
    checks::made_up_secret("github-pat").unwrap()
}

/// Everything that a run writes, in every format, by name.
fn written(repo: &TempRepo, args: &[&str]) -> Vec<(String, String)> {
    let outputs = tempfile::tempdir().unwrap();
    let mut args: Vec<String> = args.iter().map(|it| (*it).to_owned()).collect();
    for format in FORMATS {
        args.extend(["--output".to_owned(), format!("{format}={}", outputs.path().join(format).display())]);
    }
    let run = repo.check(&args.iter().map(String::as_str).collect::<Vec<_>>());
    let mut all = vec![("stdout".to_owned(), run.stdout), ("stderr".to_owned(), run.stderr)];
    all.extend(FORMATS.map(|it| (it.to_owned(), fs::read_to_string(outputs.path().join(it)).unwrap())));
    all
}

#[test]
fn no_format_shows_a_secret_whichever_rule_found_its_line() {
    let token = token();
    let repo = TempRepo::new();
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nextends: [default]\nrules:\n  words:\n    check: text\n    level: block\n    with:\n      scope: \
         every-blob\n      forbidden: [{ pattern: 'TOKEN=(.*)', message: 'found {0} here' }]\n",
    );
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("passing.env", format!("TOKEN={token}\n"));
    repo.commit("Passing");
    repo.git(&["rm", "--quiet", "passing.env"]);
    repo.write("a.env", format!("TOKEN={token}\n"));
    repo.commit(&format!("Use {token}"));
    let all = written(&repo, &["--base", "main"]);
    for (format, text) in &all {
        assert!(!text.contains(&token), "{format} shows the secret:\n{text}");
    }
    let json = &all.iter().find(|(format, _)| format == "json").unwrap().1;
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let found: Vec<&str> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|it| it["findings"].as_array().unwrap())
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(found.iter().filter(|it| **it == "secrets/github-pat").count(), 2, "{found:?}");
    assert_eq!(found.iter().filter(|it| **it == "text/forbidden").count(), 2, "{found:?}");
    assert!(json.contains("found TOKEN=*** here"), "{json}");
}

/// Secrets that are told by their name, that go over several lines, or that stand in encoded text.
#[test]
fn no_format_shows_a_secret_of_another_make() {
    let password = sample::make("{any:18}", &|_, _| None).unwrap().replace(['"', '\'', '\\', '#', '$'], "x");
    let key = checks::made_up_secret("private-key").unwrap();
    let inner = base64::engine::general_purpose::STANDARD.encode(format!("user: admin, token: {}", token()));
    let middle = key.lines().map(str::trim).max_by_key(|it| it.len()).unwrap().to_owned();
    let repo = TempRepo::new();
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nextends: [default]\nrules:\n  words:\n    check: text\n    level: block\n    with:\n      forbidden: [{ pattern: \
         '(\\S.*\\S)', message: 'found {0} here' }]\n",
    );
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("a.env", format!("DB_PASSWORD={password}\nPACKED={inner}\n"));
    repo.write("a.py", format!("connect(password=\"{password}\")\n"));
    repo.write("id.pem", &key);
    repo.commit("Bring them");
    repo.write("a.env", "\n");
    repo.commit("Take some away");
    for args in
        [&["--base", "main", "--head", "change", "--verbose"][..], &["--history", "--verbose"], &["--all", "--verbose"]]
    {
        for (format, text) in written(&repo, args) {
            assert!(!text.contains(&password), "{args:?}: {format} shows the password:\n{text}");
            assert!(!text.contains(&token()), "{args:?}: {format} shows the token:\n{text}");
            assert!(!text.contains(&inner), "{args:?}: {format} shows the token, packed:\n{text}");
            assert!(!text.contains(&middle), "{args:?}: {format} shows the key:\n{text}");
        }
    }
}

#[test]
fn a_secret_is_accepted_by_its_value_wherever_it_moves() {
    let repo = TempRepo::new();
    repo.write("a.env", format!("TOKEN={}\n", token()));
    let accepted = repo.path().join("accepted.json");
    repo.check(&["--all", "--write-baseline", accepted.to_str().unwrap()]).exits(1);
    assert!(!fs::read_to_string(accepted).unwrap().contains(&token()));
    repo.write("gatecheck.yaml", "gatecheck: 1\nextends: [default]\nbaseline: accepted.json\n");
    repo.commit("Accept what is there");
    repo.check(&["--all"]).exits(0);
    repo.git(&["mv", "a.env", "moved.env"]);
    repo.write("moved.env", format!("# moved\n\nTOKEN = '{}'\n", token()));
    repo.check(&["--all"]).exits(0);
    let other = checks::made_up_secret("github-fine-grained-pat").unwrap();
    repo.write("moved.env", format!("# moved\n\nTOKEN = '{other}'\n"));
    repo.check(&["--all"]).exits(1);
}

#[test]
fn an_accepted_value_does_not_cover_another_one_in_its_place() {
    let other = checks::made_up_secret("github-oauth-token").unwrap();
    for (name, accept) in [("waiver", None), ("comment", Some(" # gatecheck: allow secrets -- a sandbox"))] {
        let repo = TempRepo::new();
        let tail = accept.unwrap_or_default();
        repo.write("gatecheck.yaml", "gatecheck: 1\nextends: [default]\n");
        repo.write("a.env", format!("TOKEN={}{tail}\n", token()));
        if accept.is_none() {
            let report = repo.check(&["--all", "--format", "json"]).exits(1).json();
            let findings =
                report["results"].as_array().unwrap().iter().flat_map(|it| it["findings"].as_array().unwrap());
            let print = findings.map(|it| it["fingerprint"].as_str().unwrap()).next().unwrap().to_owned();
            let policy = format!(
                "gatecheck: 1\nextends: [default]\nwaivers:\n  - rule: secrets\n    fingerprints: [{print}]\n    reason: revoked\n    \
                 owner: ana\n    approver: bo\n    expires: 2026-12-31\n"
            );
            repo.write("gatecheck.yaml", policy);
        }
        repo.commit("Accept it");
        let now = ["--now", "2026-06-01T00:00:00Z"];
        let run = |repo: &TempRepo| repo.check(&["--all", "--format", "json", now[0], now[1]]);
        assert_eq!(run(&repo).exits(0).json()["problems"], serde_json::json!([]), "{name}");
        repo.write("a.env", format!("TOKEN={other}{tail}\n"));
        let code = if accept.is_none() { 1 } else { 0 };
        let report = run(&repo).exits(code).json();
        if accept.is_none() {
            let problems = report["problems"].to_string();
            assert!(problems.contains("the waiver of `secrets` covers nothing"), "{name}: {problems}");
            let late = repo.check(&["--all", "--format", "json", "--now", "2027-01-01T00:00:00Z"]).exits(1).json();
            assert!(late["problems"].to_string().contains("expired on 2026-12-31"), "{late:#}");
        } else {
            // A comment speaks of its line; a change that touches the line cannot use it.
            repo.git(&["checkout", "--quiet", "-b", "change"]);
            repo.commit("Another value");
            repo.check(&["--base", "main", "--head", "change"]).exits(1);
        }
    }
}

#[test]
fn what_is_allowed_ends_on_its_day_and_says_when_nothing_needs_it() {
    let repo = TempRepo::new();
    let policy = "gatecheck: 1\nrules:\n  no-secrets:\n    check: secrets\n    level: block\n    with:\n      allow:\n        - { paths: \
                  [tests/], reason: a sandbox, owner: ana, expires: 2026-06-30 }\n        - { paths: [gone/], reason: an old folder }\n";
    repo.write("gatecheck.yaml", policy);
    repo.write("tests/a.env", format!("TOKEN={}\n", token()));
    repo.commit("Lay the ground");
    let problems = |args: &[&str], now: &str, code: i32| {
        let args = [args, &["--format", "json", "--now", now]].concat();
        let report = repo.check(&args).exits(code).json();
        let all = report["problems"].as_array().unwrap().clone();
        all.iter()
            .map(|it| format!("{}: {}", it["level"].as_str().unwrap(), it["message"].as_str().unwrap()))
            .collect::<Vec<_>>()
    };
    let unused = "note: `no-secrets`: entry 2 of `allow` (“an old folder”) covers nothing in any file";
    assert_eq!(problems(&["--all"], "2026-01-01T00:00:00Z", 0), [unused]);
    let history = problems(&["--history"], "2026-01-01T00:00:00Z", 0);
    assert_eq!(
        history,
        [
            "note: `no-secrets`: entry 2 of `allow` (“an old folder”) covers nothing, neither in the files nor in history"
        ]
    );
    let soon = "note: `no-secrets`: entry 1 of `allow` (“a sandbox”) ends on 2026-06-30";
    assert_eq!(problems(&["--all"], "2026-06-20T00:00:00Z", 0), [soon, unused]);
    let over =
        "warn: `no-secrets`: entry 1 of `allow` (“a sandbox”) ended on 2026-06-30, and what it covered stands again";
    assert_eq!(problems(&["--all"], "2026-07-01T00:00:00Z", 1), [over, unused]);
    assert_eq!(problems(&["--base", "main", "--head", "main"], "2026-01-01T00:00:00Z", 0), Vec::<String>::new());
    let label = repo.check(&["--all", "--now", "2026-01-01T00:00:00Z"]).exits(0).stdout;
    assert!(label.contains("gatecheck.yaml:3"), "{label}");
}

#[test]
fn nothing_else_that_is_written_shows_a_secret_either() {
    let token = token();
    let repo = TempRepo::new();
    let policy = format!(
        "gatecheck: 1\nrules:\n  no-secrets:\n    check: secrets\n    with:\n      detectors:\n        own:\n          pattern: \
         'ghp_[a-zA-Z0-9]+'\n          hits: ['{token}']\n          misses: ['x{token}']\n"
    );
    let leak =
        serde_json::json!([{ "RuleID": "x", "File": "a.env", "StartLine": token, "Secret": token, "Match": token }]);
    let hashed = serde_json::json!({ "results": { "a.env": [{ "type": token, "hashed_secret": token }] } });
    repo.write("a.env", format!("TOKEN={token}\n"));
    repo.write("own.yaml", &policy);
    repo.write("odd.yaml", format!("gatecheck: 1\nrules:\n  {token}: 7\n"));
    repo.write("broken.yaml", format!("gatecheck: 1\nrules: [{token}\n"));
    repo.write("leaks.json", leak.to_string());
    repo.write("broken.json", format!("[{{\"Secret\": \"{token}\", \"RuleID\": }}]"));
    repo.write("baseline.json", hashed.to_string());
    repo.write("broken.toml", format!("[[rules]]\nid = '{token}\n"));
    repo.write("odd.toml", format!("{token} = 1\n[extend]\npath = '{token}'\ndisabledRules = ['{token}']\n[[rules]]\nid = '{token}'\nregex = '{token}('\n[allowlist]\nregexes = ['{token}']\nstopwords = ['{token}']\ndescription = '{token}'\n"));
    repo.write(
        "spelt.toml",
        format!(
            "[[rules]]\nid = 'a'\nregex = '{token}'\n[[rules]]\nid = '{token}'\nregex = 'acme_[a-z]{{9}}'\n[[rules]]\nid = \
             'b'\nregex = 'acme_[a-z]{{9}}'\ndescription = '{token}'\n[[rules]]\nid = 'c'\npath = '{token}'\n"
        ),
    );
    repo.write(
        "gatecheck/tests/a.md",
        format!("## Cases\n\n### One\n\n```text head:a.env\nTOKEN={token}\n```\n\n```text verdict\npass\n```\n"),
    );
    repo.commit("All of it");
    let path = |name: &str| repo.path().join(name).display().to_string();
    let (own, odd, broken) = (path("own.yaml"), path("odd.yaml"), path("broken.yaml"));
    let junit = path("junit.xml");
    let runs: [&[&str]; 18] = [
        &["--history", "--verbose"],
        &["--all", "--timings"],
        &["--all", "--policy", &own, "--verbose"],
        &["--policy", &odd],
        &["--policy", &broken],
        &["test", "--policy", &own, "--junit", &junit],
        &["policy", "show", "--effective", "--policy", &odd],
        &["explain", &token],
        &["--rule", &token],
        &["--base", &token],
        &["import", "gitleaks", &path("broken.toml")],
        &["import", "gitleaks", &path("odd.toml")],
        &["import", "gitleaks", &path("spelt.toml")],
        &["import", "gitleaks", &token],
        &["import", "gitleaks-report", &path("leaks.json")],
        &["import", "gitleaks-report", &path("broken.json")],
        &["import", "detect-secrets", &path("baseline.json")],
        &[&token],
    ];
    for args in runs {
        let run = repo.check(args);
        let written = fs::read_to_string(&junit).unwrap_or_default();
        for text in [&run.stdout, &run.stderr, &written] {
            assert!(!text.contains(&token), "{args:?} shows the secret:\n{text}");
        }
    }
    for (format, text) in written(&repo, &["--history"]) {
        assert!(!text.contains(&token), "{format} shows the secret:\n{text}");
    }
    let recorded = repo.check(&["facts", "--all"]).exits(0);
    assert!(recorded.stderr.contains("keep it as you keep them"), "{}", recorded.stderr);
}

/// Who accepts one may quote it.
#[test]
fn reasons_show_no_secret_either() {
    let token = token();
    let repo = TempRepo::new();
    repo.write("own.yaml", format!("token: {token}\n"));
    repo.write("a.env", format!("TOKEN={token} # gatecheck: allow secrets -- {token} is dead\n"));
    repo.write(
        "gatecheck.yaml",
        format!(
            "gatecheck: 1\nextends: [default]\nwaivers:\n  - {{ rule: secrets, paths: [own.yaml], reason: '{token} is dead', owner: \
             ana, approver: bo, expires: 2999-12-31 }}\n"
        ),
    );
    for (format, text) in written(&repo, &["--all", "--verbose"]) {
        assert!(!text.contains(&token), "{format} shows the secret:\n{text}");
        assert!(text.contains("is dead") || !["json", "terminal"].contains(&format.as_str()), "{format}:\n{text}");
    }
}

#[test]
fn the_time_that_detectors_take_is_told_beside_the_report() {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", "gatecheck: 1\nrules:\n  no-secrets:\n    check: secrets\n    level: block\n    with:\n      detectors:\n        acme: { pattern: 'acme_[a-z]{9}', hits: ['acme_{az:9}'], misses: [x] }\n");
    repo.write("a.env", format!("TOKEN={}\nacme_qwertyuio\n", token()));
    let plain = repo.check(&["--all", "--format", "json"]).exits(1);
    let timed = repo.check(&["--all", "--format", "json", "--timings"]).exits(1);
    assert_eq!(plain.stdout, timed.stdout);
    assert_eq!(plain.stderr, "");
    for part in ["rule no-secrets", "kind github-pat", "detector acme", "names with `token`"] {
        assert!(timed.stderr.contains(part), "{part}\n{}", timed.stderr);
    }
}
