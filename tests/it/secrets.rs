//! What holds for secrets through the whole program.

use std::fs;

use gatecheck::checks;

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
