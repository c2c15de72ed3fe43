//! Every format of one run tells of the same findings.

use std::fs;

use serde_json::Value;

use crate::support::{TempRepo, root};

/// A place in a file: path and line.
type Place = (String, u64);

fn sorted(mut places: Vec<Place>) -> Vec<Place> {
    places.sort();
    places
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn place(path: &Value, line: &Value) -> Place {
    (path.as_str().unwrap().to_owned(), line.as_u64().unwrap())
}

#[test]
fn the_formats_of_a_run_agree_on_what_was_found_and_where() {
    let folder = root().join("fixtures/scenarios/pay-retry");
    let repo = TempRepo::new();
    repo.copy_from(&folder.join("base"));
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.copy_from(&folder.join("head"));
    repo.commit("Retry");
    let outputs = tempfile::tempdir().unwrap();
    let mut args = vec!["--base".to_owned(), "main".to_owned(), "--now".to_owned(), "2026-01-03T00:00:00Z".to_owned()];
    for format in ["json", "sarif", "gitlab", "rdjson", "github", "csv", "markdown", "junit", "terminal"] {
        args.extend(["--output".to_owned(), format!("{format}={}", outputs.path().join(format).display())]);
    }
    repo.check(&args.iter().map(String::as_str).collect::<Vec<_>>()).exits(1);
    let text = |format: &str| fs::read_to_string(outputs.path().join(format)).unwrap();
    let json = |format: &str| serde_json::from_str::<Value>(&text(format)).unwrap();

    let report = json("json");
    let settled: Vec<&Value> = list(&report["results"]).iter().flat_map(|it| list(&it["findings"])).collect();
    let of = |it: &Value| {
        let file = &it["finding"]["primary"]["place"]["file"];
        place(&file["path"], &file["region"]["start"]["line"])
    };
    let open: Vec<Place> = sorted(settled.iter().filter(|it| it["settlement"] == "open").map(|it| of(it)).collect());
    let expected = [("src/charge.rs", 18), ("src/retry.rs", 20), ("src/retry.rs", 22)];
    assert_eq!(open, expected.map(|(path, line)| (path.to_owned(), line)));

    let sarif = json("sarif");
    let standing = list(&sarif["runs"][0]["results"]).iter().filter(|it| it.get("suppressions").is_none());
    let of = |it: &Value| {
        let at = &it["locations"][0]["physicalLocation"];
        place(&at["artifactLocation"]["uri"], &at["region"]["startLine"])
    };
    assert_eq!(sorted(standing.map(of).collect()), open, "sarif");
    let gitlab = json("gitlab");
    let of = |it: &Value| place(&it["location"]["path"], &it["location"]["lines"]["begin"]);
    assert_eq!(sorted(list(&gitlab).iter().map(of).collect()), open, "gitlab");
    let rdjson = json("rdjson");
    let of = |it: &Value| place(&it["location"]["path"], &it["location"]["range"]["start"]["line"]);
    assert_eq!(sorted(list(&rdjson["diagnostics"]).iter().map(of).collect()), open, "rdjson");
    for format in ["github", "csv", "markdown", "junit", "terminal"] {
        for (path, line) in &open {
            let text = text(format);
            let told = text.contains(&format!("{path}:{line}"))
                || text.contains(&format!("file={path},line={line}"))
                || text.lines().any(|it| it.contains(path) && it.contains(&format!(",{line},")));
            assert!(told, "{format} does not tell of {path}:{line}\n{text}");
        }
    }
}
