//! What a change does to the policy is said before it is approved, and does not judge the change itself.

use serde_json::Value;

use crate::support::{Run, TempRepo};

const POLICY: &str = "gatecheck: 1
rules:
  no-todo: { check: text, with: { forbidden: [{ pattern: 'TO[D]O' }] } }
";

fn repository(files: &[(&str, &str)]) -> TempRepo {
    let repository = TempRepo::new();
    repository.write("src/a.rs", "fn a() {}\n");
    files.iter().for_each(|(path, text)| repository.write(path, text));
    repository.commit("start");
    repository.git(&["switch", "--quiet", "-c", "topic"]);
    repository
}

/// The levels and messages of the problems of a change with these files.
fn problems(repository: &TempRepo, files: &[(&str, &str)], code: i32) -> Vec<String> {
    files.iter().for_each(|(path, text)| repository.write(path, text));
    repository.commit("a change");
    let report = repository.check(&["--base", "main", "--head", "topic", "--format", "json"]).exits(code).json();
    let problem = |it: &Value| format!("{} {}", it["level"].as_str().unwrap(), it["message"].as_str().unwrap());
    report["problems"].as_array().unwrap().iter().map(problem).collect()
}

#[test]
fn a_weaker_policy_is_told_and_the_old_one_still_judges() {
    let repository = repository(&[("gatecheck.yaml", POLICY)]);
    let weaker = POLICY.replace("check: text,", "check: text, level: note,");
    let files = [("gatecheck.yaml", weaker.as_str()), ("src/a.rs", "// TODO\n")];
    let told = problems(&repository, &files, 1);
    assert_eq!(told, ["warn the change lowers the rule `no-todo` from `block` to `note`"]);
}

#[test]
fn a_change_that_leaves_the_policy_alone_or_tightens_it_is_told_nothing() {
    let base = repository(&[("gatecheck.yaml", &POLICY.replace("check: text,", "check: text, level: note,"))]);
    assert_eq!(problems(&base, &[("src/a.rs", "fn b() {}\n")], 0), [] as [&str; 0]);
    assert_eq!(problems(&base, &[("gatecheck.yaml", POLICY)], 0), [] as [&str; 0]);
}

#[test]
fn what_the_branch_did_not_do_is_not_told_of_it() {
    let base = repository(&[("gatecheck.yaml", &POLICY.replace("check: text,", "check: text, level: note,"))]);
    base.git(&["switch", "--quiet", "main"]);
    base.write("gatecheck.yaml", POLICY);
    base.commit("stricter, after the branch began");
    base.git(&["switch", "--quiet", "topic"]);
    let titled = POLICY.replace("check: text,", "check: text, level: note, title: No work left behind,");
    assert_eq!(problems(&base, &[("gatecheck.yaml", &titled)], 0), [] as [&str; 0]);
}

#[test]
fn every_file_that_a_policy_is_made_of_counts() {
    let own = "gatecheck: 1\nextends: rules/base.yaml\nbaseline: accepted.json\n";
    let nested = "gatecheck: 1\nrules:\n  own: { check: text, with: { forbidden: [{ pattern: XXX }] } }\n";
    let base = repository(&[("gatecheck.yaml", own), ("rules/base.yaml", POLICY), ("accepted.json", &accepted(0))]);
    let told = problems(&base, &[("rules/base.yaml", &POLICY.replace("check: text,", "check: text, level: off,"))], 0);
    assert_eq!(told, ["warn the change lowers the rule `no-todo` from `block` to `off`"]);
    base.git(&["switch", "--quiet", "-C", "topic", "main"]);
    let told = problems(&base, &[("accepted.json", &accepted(1))], 0);
    assert!(told.contains(&"warn the change accepts 1 more old finding in the baseline".to_owned()), "{told:?}");
    base.git(&["switch", "--quiet", "-C", "topic", "main"]);
    assert_eq!(problems(&base, &[("src/gatecheck.yaml", nested)], 0), [] as [&str; 0]);
}

/// A baseline with this many entries.
fn accepted(count: usize) -> String {
    let entry = format!(
        "{{ \"rule\": \"no-todo\", \"id\": \"text\", \"path\": \"src/a.rs\", \"fingerprint\": \"{}\" }}",
        "0".repeat(32)
    );
    format!("{{ \"schema\": \"gatecheck.baseline/v1\", \"entries\": [{}] }}", vec![entry; count].join(", "))
}

#[test]
fn a_policy_that_would_stop_every_run_closes_the_gate() {
    let repository = repository(&[("gatecheck.yaml", POLICY)]);
    let told = problems(&repository, &[("gatecheck.yaml", &POLICY.replace("check: text", "check: txet"))], 3);
    assert_eq!(told, ["block the policy of this change cannot be read: there is no check `txet`"]);
    let shown = repository.check(&["--base", "main", "--head", "topic"]).exits(3).stdout;
    assert!(shown.contains("gatecheck.yaml:3:21"), "{shown}");
}

#[test]
fn a_policy_that_is_removed_is_compared_with_the_shipped_one() {
    let repository = repository(&[("gatecheck.yaml", POLICY)]);
    repository.git(&["rm", "--quiet", "gatecheck.yaml"]);
    assert_eq!(problems(&repository, &[], 0), ["warn the change removes the rule `no-todo` (block)"]);
}

#[test]
fn the_first_policy_tells_what_it_would_say() {
    let first = repository(&[]);
    let told = problems(&first, &[("gatecheck.yaml", POLICY), ("src/a.rs", "// TODO\n// TODO\n")], 0);
    let wanted = "note once merged, `gatecheck.yaml` judges instead of the shipped pack; of its one rule, this change \
                  fails `no-todo` (block, 2 findings)";
    assert!(told.contains(&wanted.to_owned()), "{told:?}");
    let clean = repository(&[]);
    let told = problems(&clean, &[("gatecheck.yaml", POLICY)], 0);
    assert!(told.iter().any(|it| it.ends_with("this change passes its one rule")), "{told:?}");
}

#[test]
fn a_work_tree_in_ci_is_judged_by_the_default_branch_and_at_home_by_itself() {
    let repository = repository(&[("gatecheck.yaml", POLICY)]);
    repository.write("gatecheck.yaml", POLICY.replace("check: text,", "check: text, level: note,"));
    repository.write("src/a.rs", "// TODO\n");
    repository.commit("a change that frees itself");
    repository.check(&[]).exits(0);
    // A service that does not say what changed has checked out what somebody pushed.
    let mut in_ci = repository.gatecheck(&["--format", "json"]);
    let report = Run::of(in_ci.env("CI", "true")).exits(1).json();
    assert!(report["problems"].to_string().contains("lowers the rule `no-todo`"), "{report}");
}
