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
fn a_second_policy_leaves_the_run_undecided_and_hides_no_failure() {
    let repository = repository(&[("gatecheck.yaml", POLICY)]);
    let told = problems(&repository, &[(".gatecheck.yaml", POLICY), ("src/a.rs", "// TODO\n")], 3);
    let wanted = "block the policy of this change cannot be read: there are two policies, `.gatecheck.yaml` and \
                  `gatecheck.yaml`, and only one of them can count";
    assert_eq!(told, [wanted]);
    let shown = repository.check(&["--base", "main", "--head", "topic"]).exits(3).stdout;
    assert!(shown.contains("FAIL  no-todo") && shown.contains("src/a.rs:1:4"), "{shown}");
}

#[test]
fn a_rule_whose_paths_name_a_folder_says_so() {
    let rule = |paths: &str| POLICY.replace("check: text,", &format!("check: text, when: {{ paths: [{paths}] }},"));
    let wanted =
        "warn `paths` of the rule `no-todo` names `src`, and `src` is a folder: that matches none of its files";
    let silent = repository(&[("gatecheck.yaml", &rule("src"))]);
    assert_eq!(problems(&silent, &[("src/a.rs", "// TODO\n")], 0), [wanted]);
    let fires = repository(&[("gatecheck.yaml", &rule("'src/**'"))]);
    assert_eq!(problems(&fires, &[("src/a.rs", "// TODO\n")], 1), [] as [&str; 0]);
    let file = repository(&[("gatecheck.yaml", &rule("a.rs"))]);
    assert_eq!(problems(&file, &[("docs/b.md", "text\n")], 0), [] as [&str; 0]);
}

#[test]
fn a_waiver_that_the_head_adds_covers_nothing_and_is_told() {
    let repository = repository(&[("gatecheck.yaml", POLICY), ("src/deep/gatecheck.yaml", OF_A_FOLDER)]);
    let waiver = |rule: &str| {
        format!("waivers:\n  - {{ rule: {rule}, reason: r, owner: o, approver: p, expires: 9999-12-31 }}\n")
    };
    let (root, nested) =
        (format!("{POLICY}{}", waiver("no-todo")), format!("{OF_A_FOLDER}{}", waiver("no-work/forbidden")));
    let files = [
        ("gatecheck.yaml", root.as_str()),
        ("src/deep/gatecheck.yaml", nested.as_str()),
        ("src/deep/src/a.rs", "// TODO FIXME\n"),
    ];
    let told = problems(&repository, &files, 1);
    assert_eq!(
        told,
        [
            "warn the change adds a waiver of `no-todo` until 9999-12-31",
            "warn the change adds a waiver of `no-work/forbidden` until 9999-12-31"
        ]
    );
    let report = repository.check(&["--base", "main", "--head", "topic", "--format", "json"]).exits(1).json();
    assert_eq!((report["counts"]["fail"].as_u64(), report["counts"]["waived-findings"].as_u64()), (Some(2), Some(0)));
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

const OF_A_FOLDER: &str = "gatecheck: 1
rules:
  no-work: { check: text, when: { paths: ['src/**'] }, with: { forbidden: [{ pattern: 'FIX[M]E' }] } }
";

/// A repository whose folder `services/pay` has a policy of its own, on a branch that renames the folder.
fn moving(from: &str, to: &str) -> TempRepo {
    let text: String = (0..40).map(|it| format!("line {it} of what the folder is made of\n")).collect();
    let base = repository(&[
        ("gatecheck.yaml", POLICY),
        ("services/pay/gatecheck.yaml", OF_A_FOLDER),
        ("services/pay/src/long.rs", &text),
        ("services/pay/src/deep/other.rs", &text.replace("line", "row")),
        ("services/other/src/a.rs", "fn other() {}\n"),
    ]);
    std::fs::create_dir_all(base.path().join(to).parent().unwrap()).unwrap();
    base.git(&["mv", from, to]);
    base
}

#[test]
fn the_policy_of_a_folder_goes_where_the_folder_goes() {
    for (from, to) in [("services/pay", "services/billing"), ("services/pay", "lib/money/pay"), ("services", "apps")] {
        let folder = if from == "services" { "apps/pay" } else { to };
        let clean = moving(from, to);
        assert_eq!(problems(&clean, &[(&format!("{folder}/src/new.rs"), "fn new() {}\n")], 0), [] as [&str; 0], "{to}");
        let caught = moving(from, to);
        caught.write(&format!("{folder}/src/deep/new.rs"), "// FIXME\n");
        caught.write(&format!("{folder}/docs/free.md"), "FIXME is a word of the documentation\n");
        caught.commit("a folder moves");
        let report = caught.check(&["--base", "main", "--head", "topic", "--format", "json"]).exits(1).json();
        let findings = |rule: &str| -> usize {
            let results = report["results"].as_array().unwrap().iter();
            results.filter(|it| it["rule"] == rule).map(|it| it["findings"].as_array().unwrap().len()).sum()
        };
        assert_eq!((findings("no-work"), findings("no-todo")), (1, 0), "{report}");
    }
}

#[test]
fn a_policy_that_is_weakened_or_left_behind_while_its_folder_moves_judges_and_is_told() {
    let weaker = moving("services/pay", "services/billing");
    let text = OF_A_FOLDER.replace("check: text,", "check: text, level: note,");
    let files = [("services/billing/gatecheck.yaml", text.as_str()), ("services/billing/src/a.rs", "// FIXME\n")];
    let told = problems(&weaker, &files, 1);
    assert_eq!(told, ["warn the change lowers the rule `no-work` from `block` to `note` in `services/billing`"]);
    let gone = moving("services/pay", "services/billing");
    std::fs::remove_file(gone.path().join("services/billing/gatecheck.yaml")).unwrap();
    let told = problems(&gone, &[("services/billing/src/a.rs", "// FIXME\n")], 1);
    assert_eq!(told, ["warn the change removes the rule `no-work` (block)"]);
    let left = moving("services/pay", "services/billing");
    let told = problems(
        &left,
        &[
            ("services/pay/gatecheck.yaml", OF_A_FOLDER),
            ("services/billing/gatecheck.yaml", "gatecheck: 1\nextends: [default]\n"),
            ("services/billing/src/a.rs", "// FIXME\n"),
        ],
        1,
    );
    assert_eq!(told, ["warn the change removes the rule `no-work` (block)"]);
}

#[test]
fn a_file_that_leaves_a_folder_takes_no_policy_with_it() {
    let base = moving("services/pay/src/long.rs", "services/other/src/long.rs");
    assert_eq!(problems(&base, &[("services/other/src/new.rs", "// FIXME\n")], 0), [] as [&str; 0]);
    let base = moving("services/pay/src/long.rs", "services/fresh/src/long.rs");
    assert_eq!(problems(&base, &[("services/fresh/src/new.rs", "// FIXME\n")], 0), [] as [&str; 0]);
    let base = moving("services/pay/src/long.rs", "services/fresh/src/long.rs");
    std::fs::write(base.path().join("services/fresh/src/long.rs"), moved_text("FIXME")).unwrap();
    assert_eq!(problems(&base, &[], 1), [] as [&str; 0]);
}

fn moved_text(last: &str) -> String {
    let text: String = (0..40).map(|it| format!("line {it} of what the folder is made of\n")).collect();
    format!("{text}// {last}\n")
}
