//! What other tools were told is taken over: their configuration as a policy, what they accepted as a baseline.

use std::fs;

use gatecheck::checks;
use gatecheck::formats::sample;
use gatecheck::git::objects::{HashKind, checksum};

use crate::support::{Run, TempRepo};

/// A made-up token; another one for another number.
fn token(number: usize) -> String {
    sample::make(&format!("ghp_{{an:{number}}}{{an:{}}}", 36 - number), &|_, _| None).unwrap()
}

fn sha1(text: &str) -> String {
    checksum(HashKind::Sha1, text.as_bytes()).to_string()
}

fn read(repo: &TempRepo, path: &str) -> String {
    fs::read_to_string(repo.path().join(path)).unwrap()
}

/// The problems of a report, as `level: message`.
fn problems(run: &Run) -> Vec<String> {
    let report = run.json();
    let problems = report["problems"].as_array().unwrap().iter();
    problems.map(|it| format!("{}: {}", it["level"].as_str().unwrap(), it["message"].as_str().unwrap())).collect()
}

#[test]
fn a_configuration_of_gitleaks_becomes_a_policy() {
    let repo = TempRepo::new();
    let config = "[extend]\nuseDefault = true\ndisabledRules = ['jwt', 'no-such-rule', 'github-oauth']\n\n[[rules]]\nid = 'acme'\n\
                  description = 'key of Acme'\nregex = '(?i)acme_?key=([a-z0-9]{32})'\nentropy = 3\nkeywords = ['acme']\n\
                  [[rules.allowlists]]\ncondition = 'AND'\npaths = ['^tests/', '[.]md$']\nstopwords = ['sandbox']\n\n\
                  [[rules]]\nid = 'stores'\ndescription = 'a key store'\npath = '[.]pem$'\n\n[[rules]]\nid = 'behind'\nregex = '(?<!x)secret_[0-9]+'\n\n\
                  [[rules]]\nid = 'aws-access-token'\n[[rules.allowlists]]\nregexes = ['^AKIAX']\n\n\
                  [allowlist]\npaths = ['vendor/']\nregexes = ['# made up']\nregexTarget = 'line'\ncommits = ['0123']\n";
    repo.write("gitleaks.toml", config);
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    let policy = run.stdout;
    let parts = [
        "off:\n        - github-oauth-token\n        - jwt\n",
        "acme:\n",
        "acme_?key=(?P<secret>[a-z0-9]{32})",
        "(?:^tests/)|(?:[.]md$)",
        "foreign-comments: true",
        "# line 21: the rule `behind` is left out",
        "- message: a key store\n          path-pattern: \"[.]pem$\"\n",
        "pattern: \"^AKIAX\"\n",
        "- aws-access-key-id\n            - aws-temporary-access-key-id\n",
        "target: line",
    ];
    for part in parts {
        assert!(policy.contains(part), "{part}\n{policy}\n{}", run.stderr);
    }
    assert!(run.stderr.contains("gitleaks.toml:3:25: the rule `no-such-rule` was off"), "{}", run.stderr);
    assert!(run.stderr.contains("allowed by commit"), "{}", run.stderr);
    assert!(!run.stderr.contains("by hand"), "{}", run.stderr);
    let file = repo.path().join("gitleaks.toml");
    assert_eq!(
        repo.check(&["import", "gitleaks", file.to_str().unwrap()]).exits(0).stdout.lines().skip(1).count(),
        policy.lines().skip(1).count()
    );
    repo.write("gatecheck.yaml", &policy);
    assert_eq!(
        repo.check(&["test"]).exits(0).stdout,
        "no case sees these rules fail: no-secret-files\n2 passed, 0 failed\n"
    );
    repo.write("a.pem", "x");
    repo.write("b.txt", format!("ACMEKEY={}\n", sample::make("{an:32}", &|_, _| None).unwrap().to_lowercase()));
    let report = repo.check(&["--all", "--format", "json"]).exits(1).stdout;
    assert!(report.contains("a key store") && report.contains("key of Acme"), "{report}");
}

/// Projects name whole keys among their stopwords, and other values in their expressions.
#[test]
fn what_is_allowed_by_its_value_is_told_and_left_out() {
    let repo = TempRepo::new();
    let body: Vec<String> =
        (0..8).map(|it| sample::make(&format!("{{az:{it}}}{{b64:56}}"), &|_, _| None).unwrap()).collect();
    let head = "ATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0123456789ABCDEF\n\n";
    let key = ["-----BEGIN RSA PRIV", head, &body.join("\n"), "\n-----END RSA PRIV", "ATE KEY-----"].concat();
    repo.write(
        ".gitleaks.toml",
        format!(
            "[extend]\nuseDefault = true\n[allowlist]\nstopwords = ['''{key}''', 'sandbox']\nregexes = ['^{}$', 'fake']\n",
            token(3)
        ),
    );
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains(&body[2]) && !text.contains(&token(3)), "{text}");
        assert!(text.contains("spells a secret out"), "{text}");
    }
    assert!(run.stdout.contains("- sandbox") && run.stdout.contains("pattern: fake"), "{}", run.stdout);
}

#[test]
fn configurations_go_on_from_others_inside_the_repository() {
    let repo = TempRepo::new();
    let elsewhere = tempfile::tempdir().unwrap();
    fs::write(elsewhere.path().join("far.toml"), "[[rules]]\nid = 'far'\nregex = 'far_[a-z]{9}'\n").unwrap();
    let far = elsewhere.path().join("far.toml");
    repo.write(
        ".gitleaks.toml",
        "[extend]\npath = 'conf/base.toml'\ndisabledRules = ['gone']\n[[rules]]\nid = 'both'\nentropy = 3\nkeywords = ['tops']\n",
    );
    repo.write("gitleaks.toml", "[[rules]]\nid = 'unread'\nregex = 'unread_[a-z]{9}'\n");
    repo.write(
        "conf/base.toml",
        "[extend]\npath = 'deep.toml'\n[[rules]]\nid = 'both'\nregex = 'both_[a-z]{24}'\nkeywords = ['both']\n[[rules]]\nid = \
         'gone'\nregex = 'gone_[a-z]{9}'\n",
    );
    repo.write("conf/deep.toml", "extend = { path = '.gitleaks.toml', url = 'https://example.com' }\n[[rules]]\nid = 'deep'\nregex = 'deep_[a-z]{9}'\n");
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    for part in ["both_[a-z]{24}", "deep_[a-z]{9}", "entropy: 3.0", "- tops\n            - both\n"] {
        assert!(run.stdout.contains(part), "{part}\n{}\n{}", run.stdout, run.stderr);
    }
    assert!(!run.stdout.contains("gone") && !run.stdout.contains("unread"), "{}", run.stdout);
    assert!(run.stderr.contains("`gitleaks.toml` stands beside it and is not read"), "{}", run.stderr);
    assert!(run.stderr.contains("conf/deep.toml:1:19: `.gitleaks.toml` is not followed"), "{}", run.stderr);
    assert!(run.stderr.contains("`url` has no equal here"), "{}", run.stderr);

    repo.write("conf/base.toml", format!("[extend]\npath = '{}'\n", far.display()));
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    assert!(
        run.stderr.contains("conf/base.toml:2:8: ") && run.stderr.contains("leads out of the repository"),
        "{}",
        run.stderr
    );
    assert!(!run.stdout.contains("far_"), "{}", run.stdout);
    repo.write("conf/base.toml", "[extend]\npath = '.gitleaks.toml'\n");
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    assert!(run.stderr.contains("leads in a circle"), "{}", run.stderr);
    repo.write("conf/base.toml", "[extend]\npath = 'none.toml'\n");
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    assert!(run.stderr.contains("`none.toml` is no file"), "{}", run.stderr);
}

#[test]
fn what_must_stand_near_and_what_betterleaks_filters_are_carried_over() {
    let repo = TempRepo::new();
    let config = r#"
filter = 'matchesAny(attributes["path"], ["^docs/"]) || failsTokenEfficiency(finding["secret"])'
[[rules]]
id = "name"
regex = 'user_[a-z]{6}'
skipReport = true
[[rules]]
id = "word"
regex = 'word_([a-z0-9]{12})'
filter = '''entropy(finding["secret"]) <= 2.0 || finding["secret"].startsWith("none")'''
validate = 'http.get("https://example.com")'
[[rules.required]]
id = "name"
withinLines = 2
"#;
    repo.write(".betterleaks.toml", config);
    let run = repo.check(&["import", "gitleaks", "--write"]).exits(0);
    assert!(run.stderr.contains(".betterleaks.toml:2:10: one alternative of this filter"), "{}", run.stderr);
    assert!(run.stderr.contains(".betterleaks.toml:11:12: `validate` asks a service"), "{}", run.stderr);
    let policy = read(&repo, "gatecheck.yaml");
    for part in [
        "part: true",
        "beside:\n            - id: name\n              lines: 2\n",
        "entropy: 2.0",
        "pattern: \"^none\"\n",
        "path-pattern: \"^docs/\"",
    ] {
        assert!(policy.contains(part), "{part}\n{policy}");
    }
    repo.check(&["test"]).exits(0);
    let line = "word_q7m2x9k4v8t1\n";
    repo.write("near.txt", format!("user_qwerty\n\n{line}"));
    repo.write("far.txt", format!("user_qwerty\n\n\n{line}"));
    repo.write("docs/near.txt", format!("user_qwerty\n{line}"));
    let report = repo.check(&["--all", "--format", "json"]).exits(1).json();
    let findings = report["results"][0]["findings"].as_array().unwrap();
    let places: Vec<String> = findings.iter().map(|it| it["finding"]["primary"]["place"].to_string()).collect();
    assert!(places.len() == 1 && places[0].contains("\"near.txt\""), "{places:?}");
}

#[test]
fn one_command_migrates_and_refuses_to_replace() {
    let repo = TempRepo::new();
    let run = repo.check(&["import", "gitleaks"]).exits(2);
    assert!(run.stderr.contains("there is no configuration of gitleaks"), "{}", run.stderr);
    let (kept, other) = (token(5), token(9));
    repo.write("src/a.env", format!("\nTOKEN={kept}\n"));
    repo.write("src/two.env", format!("A={} B={}\n", token(7), checks::made_up_secret("gitlab-pat").unwrap()));
    repo.write("src/one.env", format!("A={} B={}\n", token(8), checks::made_up_secret("gitlab-pat").unwrap()));
    repo.write(
        ".gitleaksignore",
        "# known\nsrc/a.env:github-pat:2\nsrc/two.env:no-such:1\nsrc/one.env:gitlab-pat:1\nsrc/none.env:jwt:1\nsrc/a.env:jwt:1\nodd line\n\
         0123456789012345678901234567890123456789:src/a.env:github-pat:2\n",
    );
    let run = repo.check(&["import", "gitleaks"]).exits(0);
    assert!(run.stderr.contains("note: 6 accepted entries come to 2 secrets"), "{}", run.stderr);
    assert!(!run.stdout.contains("baseline") && !repo.path().join("gatecheck.yaml").exists(), "{}", run.stdout);
    let run = repo.check(&["import", "gitleaks", "--write"]).exits(0);
    for told in [
        ".gitleaksignore:3:1: accepts nothing here: several secrets stand there",
        ".gitleaksignore:5:1: accepts nothing here: `src/none.env` is no file there",
        ".gitleaksignore:6:1: accepts nothing here: gatecheck reports nothing there",
        ".gitleaksignore:7:1: this is neither",
        ".gitleaksignore:8:1: accepts nothing here: commit 012345678901 is not in this clone",
    ] {
        assert!(run.stderr.contains(told), "{told}\n{}", run.stderr);
    }
    assert!(run.stdout.starts_with("wrote gatecheck.yaml and gatecheck.baseline.json;"), "{}", run.stdout);
    for text in [&run.stdout, &run.stderr, &read(&repo, "gatecheck.yaml"), &read(&repo, "gatecheck.baseline.json")] {
        assert!(!text.contains(&kept), "{text}");
    }
    let report = repo.check(&["--all", "--format", "json"]).exits(1).json();
    assert_eq!(report["counts"]["baseline-findings"], 3, "{report:#}");
    let again = repo.check(&["import", "gitleaks", "--write"]).exits(2);
    assert!(
        again.stderr.contains("`gatecheck.yaml` is there already") && again.stderr.contains("--force"),
        "{}",
        again.stderr
    );
    repo.check(&["import", "gitleaks", "--write", "--force"]).exits(0);

    // Another value in the place of an accepted one is reported, wherever the accepted one goes.
    fs::remove_file(repo.path().join("src/two.env")).unwrap();
    fs::remove_file(repo.path().join("src/one.env")).unwrap();
    repo.write("moved.env", format!("x\n\n# y\nT={kept}\n"));
    repo.write("src/a.env", "\n");
    repo.check(&["--all"]).exits(0);
    repo.write("src/a.env", format!("\nTOKEN={other}\n"));
    let report = repo.check(&["--all", "--format", "json"]).exits(1);
    assert!(
        problems(&report).iter().any(|it| it.contains("the baseline accepts a finding `secrets/gitlab-pat`")),
        "{}",
        report.stdout
    );
}

#[test]
fn files_at_other_places_are_taken_over_and_tags_are_told() {
    let repo = TempRepo::new();
    let kept = token(3);
    repo.write("src/a.env", format!("TOKEN={kept}\n"));
    repo.write("ci/known/.gitleaksignore", "src/a.env:github-pat:1\n");
    repo.write("ci/rules.toml", "[[rules]]\nid = 'acme'\nregex = 'acme_[0-9]{12}'\ntags = ['key']\n");
    let folder = repo.path().join("ci/known").display().to_string();
    for path in [folder.clone(), format!("{folder}/.gitleaksignore")] {
        let run = repo.check(&["import", "gitleaks", "--gitleaks-ignore-path", &path]).exits(0);
        assert!(run.stderr.contains("note: 1 accepted entry comes to 1 secret"), "{}", run.stderr);
    }
    let mut command = repo.gatecheck(&["import", "gitleaks"]);
    command.env("GITLEAKS_CONFIG", repo.path().join("ci/rules.toml"));
    let run = Run::of(&mut command).exits(0);
    assert!(run.stdout.contains("pattern: \"acme_[0-9]{12}\""), "{}", run.stdout);
    assert!(run.stderr.contains("rules.toml:4:8: `tags` sort"), "{}", run.stderr);
}

#[test]
fn what_only_history_has_is_accepted_there() {
    let repo = TempRepo::new();
    let old = token(11);
    repo.write("a.env", format!("x\nTOKEN={old}\n"));
    let commit = repo.commit("Bring it");
    repo.write("a.env", "x\n");
    repo.write(".gitleaksignore", format!("{commit}:a.env:github-pat:2\n"));
    repo.commit("Take it away");
    repo.check(&["--history", "--rule", "secrets"]).exits(1);
    repo.check(&["import", "gitleaks", "--write"]).exits(0);
    assert!(read(&repo, "gatecheck.baseline.json").contains("\"past\": true"));
    repo.check(&["--history"]).exits(0);
    let run = repo.check(&["--all", "--format", "json"]).exits(0);
    assert_eq!(problems(&run), Vec::<String>::new(), "a run over the files cannot tell that it is gone");
    // A baseline of our own knows the same.
    let path = repo.path().join("gatecheck.baseline.json");
    repo.check(&["--history", "--write-baseline", path.to_str().unwrap()]).exits(0);
    assert!(read(&repo, "gatecheck.baseline.json").contains("\"past\": true"));
    let baseline = read(&repo, "gatecheck.baseline.json").replace("\"fingerprint\": \"", "\"fingerprint\": \"0");
    repo.write("gatecheck.baseline.json", baseline);
    let run = repo.check(&["--history", "--format", "json"]).exits(1);
    assert!(problems(&run).iter().any(|it| it.contains("that is gone")), "{}", run.stdout);
}

/// A report of gitleaks with one finding.
fn leak(file: &str, line: u32, secret: &str) -> serde_json::Value {
    serde_json::json!({
        "RuleID": "github-pat", "Description": "", "StartLine": line, "EndLine": line, "StartColumn": 1, "EndColumn": 9,
        "Match": format!("TOKEN={secret}"), "Secret": secret, "File": file, "Commit": "", "Entropy": 4.5, "Tags": [],
    })
}

#[test]
fn a_report_of_gitleaks_becomes_a_baseline() {
    let repo = TempRepo::new();
    let tokens: Vec<String> = (0..5).map(|it| token(it + 12)).collect();
    repo.write("a.env", format!("TOKEN={}\n", tokens[0]));
    repo.write("moved.env", format!("\n\nTOKEN={}\n", tokens[1]));
    repo.write("b.env", format!("TOKEN={}\n", tokens[2]));
    repo.write("c.env", format!("TOKEN={}\n", tokens[4]));
    let report = serde_json::json!([
        leak(repo.path().canonicalize().unwrap().join("a.env").to_str().unwrap(), 1, &tokens[0]),
        leak("gone.env", 1, &tokens[1]),
        leak("b.env", 1, "REDACTED"),
        // Another value stands there now.
        leak("c.env", 1, &tokens[3]),
    ]);
    repo.write("report.json", format!("{report:#}"));
    let path = repo.path().join("report.json");
    let run = repo.check(&["import", "gitleaks-report", path.to_str().unwrap()]).exits(0);
    assert!(run.stderr.contains("note: 4 accepted entries come to 3 secrets"), "{}", run.stderr);
    assert!(run.stderr.contains("report.json:44:3: accepts nothing here: its value is nothing"), "{}", run.stderr);
    assert!(run.stderr.contains("delete it when it is taken over"), "{}", run.stderr);
    let places: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let places: Vec<&str> =
        places["entries"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(places, ["a.env", "b.env", "moved.env"]);
    let written = repo.check(&["import", "gitleaks-report", path.to_str().unwrap(), "--write"]).exits(0);
    fs::remove_file(path).unwrap();
    let check = repo.check(&["--all", "--format", "json"]).exits(1);
    assert_eq!(check.json()["counts"]["baseline-findings"], 3);
    for text in
        [run.stdout, run.stderr, written.stdout, written.stderr, check.stdout, read(&repo, "gatecheck.baseline.json")]
    {
        assert!(tokens.iter().all(|it| !text.contains(it)), "{text}");
    }
    // A policy that is there keeps its baseline, and gets more of it.
    repo.write("second.json", serde_json::json!([leak("c.env", 1, "ghp_...")]).to_string());
    repo.check(&["import", "gitleaks-report", repo.path().join("second.json").to_str().unwrap(), "--write"]).exits(0);
    repo.check(&["--all"]).exits(0);
}

#[test]
fn a_baseline_of_detect_secrets_is_matched_by_the_digests_of_values() {
    let repo = TempRepo::new();
    let tokens: Vec<String> = (0..3).map(|it| token(it + 20)).collect();
    let password = sample::make("{any:18}", &|_, _| None).unwrap().replace(['"', '\\'], "x");
    let key = checks::made_up_secret("private-key").unwrap();
    let begin =
        key.lines().find_map(|it| it.strip_prefix("-----")?.strip_suffix("-----")).unwrap_or_default().to_owned();
    repo.write("a.py", format!("token = \"{}\"\n", tokens[0]));
    repo.write("b.py", format!("x = 1\n\npassword = \"{password}\"\n"));
    repo.write("id.key", &key);
    repo.write("tests/t.py", format!("token = \"{}\"\n", tokens[1]));
    repo.write("c.py", format!("token = \"{}\" # pragma: allowlist secret\n", tokens[2]));
    let entry = |kind: &str, line: u32, value: &str| serde_json::json!({ "type": kind, "filename": "x", "hashed_secret": sha1(value), "is_verified": false, "line_number": line });
    let baseline = serde_json::json!({
        "version": "1.5.0",
        "plugins_used": [{ "name": "GitHubTokenDetector" }],
        "filters_used": [{ "path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^tests/"] }],
        "results": {
            "a.py": [entry("GitHub Token", 1, &tokens[0])],
            "b.py": [entry("Secret Keyword", 3, &password), entry("Hex High Entropy String", 1, "nothing of ours")],
            "id.key": [entry("Private Key", 1, &begin)],
        },
    });
    repo.write(".secrets.baseline", format!("{baseline:#}"));
    let run = repo.check(&["import", "detect-secrets", "--write"]).exits(0);
    assert!(run.stderr.contains("note: 4 accepted entries come to 3 secrets"), "{}\n{begin}", run.stderr);
    assert_eq!(run.stderr.matches("accepts nothing here").count(), 1, "{}", run.stderr);
    assert!(run.stdout.starts_with("wrote gatecheck.yaml and gatecheck.baseline.json"), "{}", run.stdout);
    let policy = read(&repo, "gatecheck.yaml");
    assert!(policy.contains("path-pattern: \"^tests/\"") && policy.contains("foreign-comments: true"), "{policy}");
    let check = repo.check(&["--all", "--rule", "secrets", "--format", "json"]).exits(0);
    assert_eq!(check.json()["counts"]["baseline-findings"], 3, "{}", check.stdout);
    for text in [&run.stdout, &run.stderr, &check.stdout, &read(&repo, "gatecheck.baseline.json")] {
        assert!(!text.contains(&password) && tokens.iter().all(|it| !text.contains(it)), "{text}");
        assert!(!text.contains(&sha1(&password)), "a SHA-1 of a password can be guessed: {text}");
    }
    repo.write("a.py", format!("token = \"{}\"\n", token(30)));
    repo.check(&["--all", "--rule", "secrets"]).exits(1);
}
