use super::*;

const POLICY: &str = "gatecheck: 1\nrules:\n  a: { check: text }\n";

#[test]
fn each_of_the_three_places_is_found() {
    for path in ["gatecheck.yaml", ".gatecheck.yaml", ".github/gatecheck.yaml"] {
        let policy = loaded(&[(path, POLICY), ("src/a.rs", "")], &[]);
        assert_eq!((policy.source.as_str(), summary(&policy)), (path, vec!["a block".to_owned()]));
    }
}

#[test]
fn without_a_policy_the_default_pack_judges() {
    let policy = loaded(&[("src/a.rs", "")], &["src/a.rs"]);
    assert_eq!(policy.source, "pack default");
    assert!(!policy.rules.is_empty());
}

#[test]
fn two_policies_are_an_error_that_names_both() {
    let refused = refusals(load(&sources(&[("gatecheck.yaml", POLICY), (".github/gatecheck.yaml", POLICY)], &[])));
    assert_eq!(
        refused,
        ["there are two policies, `gatecheck.yaml` and `.github/gatecheck.yaml`, and only one of them can count"]
    );
}

#[test]
fn a_file_that_passes_for_a_policy_does_not_leave_the_gate_open() {
    for path in ["gatecheck.yml", "GateCheck.yaml", ".github/gatecheck.yml"] {
        let refused = refusals(load(&sources(&[(path, POLICY)], &[])));
        assert_eq!(refused, [format!("`{path}` passes for a policy, but is not read")]);
    }
}

#[test]
fn what_is_no_ordinary_file_is_refused() {
    let cases = [
        (FileMode::Symlink, "the policy `gatecheck.yaml` is a symbolic link"),
        (FileMode::Gitlink, "the policy `gatecheck.yaml` is a submodule"),
    ];
    for (mode, message) in cases {
        let sources = Sources::of(tree_with_modes(&[("gatecheck.yaml", mode, "elsewhere.yaml")]));
        assert_eq!(refusals(load(&sources)), [message]);
    }
    let folder = load(&sources(&[("gatecheck.yaml/a", "")], &[]));
    assert_eq!(refusals(folder), ["`gatecheck.yaml` is a folder, not a policy"]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 3\n";
    let refused = refusals(load(&sources(&[("gatecheck.yaml", pointer)], &[])));
    assert_eq!(refused, ["`gatecheck.yaml` is a pointer of Git LFS, not a policy"]);
}

#[test]
fn a_policy_of_more_than_a_mebibyte_is_refused() {
    let text = format!("{POLICY}#{}", "x".repeat(1 << 20));
    let refused = refusals(load(&sources(&[("gatecheck.yaml", &text)], &[])));
    assert!(refused.iter().any(|it| it.contains("the limit is 1048576")), "{refused:?}");
}

#[test]
fn a_chosen_policy_is_read_wherever_it_stands() {
    let sources = Sources {
        chosen: Some(RepoPath::new("ci/strict.yaml")),
        revision: Some("main".to_owned()),
        ..sources(&[("gatecheck.yaml", "nonsense"), ("ci/strict.yaml", POLICY)], &[])
    };
    assert_eq!(accept(load(&sources)).source, "ci/strict.yaml of main");
}

#[test]
fn a_baseline_is_read_and_written() {
    let policy = format!("{POLICY}baseline: gatecheck-baseline.json\n");
    let entry = crate::model::BaselineEntry {
        rule: "a".to_owned(),
        id: "text/forbidden".to_owned(),
        path: Some("src/a.rs".to_owned()),
        fingerprint: crate::model::Fingerprint("ab".repeat(16)),
        past: false,
    };
    let text = super::super::baseline_text(&[entry.clone(), entry.clone()]).unwrap_or_default();
    let files = [("gatecheck.yaml", policy.as_str()), ("gatecheck-baseline.json", text.as_str())];
    assert_eq!(loaded(&files, &[]).baseline, [entry]);
    let broken = [("gatecheck.yaml", policy.as_str()), ("gatecheck-baseline.json", "{\"schema\": 1}")];
    assert_eq!(refusals(load(&sources(&broken, &[]))).len(), 1);
}

#[test]
fn a_pack_can_judge_alone() {
    let sources = Sources { touched: vec![RepoPath::new("x/a.rs")], ..Sources::of_pack("default") };
    assert_eq!(accept(load(&sources)).source, "pack default");
    let message = "there is no pack `nonsense`";
    assert_eq!(refusals(load(&Sources::of_pack("nonsense"))), [message]);
}
