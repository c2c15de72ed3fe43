use super::*;

const ROOT: &str = "\
gatecheck: 1
rules:
  a: { check: text, level: warn }
  free: { check: text, level: warn, overridable: true }
";

fn load_nested(nested: &str, touched: &[&str]) -> Result<Policy, PolicyErrors> {
    load(&sources(&[("gatecheck.yaml", ROOT), ("services/pay/gatecheck.yaml", nested)], touched))
}

#[test]
fn a_folder_tightens_what_it_inherits_and_adds_its_own() {
    let nested = "gatecheck: 1\nrules:\n  a: block\n  free: off\n  own: { check: text }\n";
    let policy = accept(load_nested(nested, &["services/pay/src/a.rs"]));
    assert_eq!(
        summary(&policy),
        ["a warn", "a block services/pay", "free warn", "free off services/pay", "own block services/pay"]
    );
}

#[test]
fn a_folder_may_not_weaken_what_it_inherits() {
    let refused = refusals(load_nested("gatecheck: 1\nrules:\n  a: note\n", &["services/pay/a.rs"]));
    assert_eq!(refused, ["the rule `a` may only be tightened here, and this lowers its level"]);
}

#[test]
fn only_folders_of_changed_files_are_looked_at() {
    let broken = "this is no policy";
    assert_eq!(summary(&accept(load_nested(broken, &["services/other/a.rs"]))), ["a warn", "free warn"]);
    assert!(load_nested(broken, &["services/pay/deep/down/a.rs"]).is_err());
}

#[test]
fn the_root_says_which_folders_count() {
    let own = "gatecheck: 1\nrules:\n  own: { check: text }\n";
    for (nested, counts) in [("false", false), ("['!services/**']", false), ("services/*", true), ("true", true)] {
        let root = format!("{ROOT}nested: {nested}\n");
        let files = [("gatecheck.yaml", root.as_str()), ("services/pay/gatecheck.yaml", own)];
        let policy = loaded(&files, &["services/pay/a.rs"]);
        assert_eq!(policy.rules.iter().any(|it| it.id == "own"), counts, "{nested}");
    }
}

#[test]
fn the_default_pack_is_law_for_folders_of_a_repository_without_a_policy() {
    let nested = "gatecheck: 1\nrules:\n  conflict-markers: off\n";
    let refused = refusals(load(&sources(&[("vendor/x/gatecheck.yaml", nested)], &["vendor/x/a.c"])));
    assert_eq!(refused, ["the rule `conflict-markers` may only be tightened here, and this lowers its level"]);
}

#[test]
fn folders_below_folders_inherit_step_by_step() {
    let files = [
        ("gatecheck.yaml", ROOT),
        ("x/gatecheck.yaml", "gatecheck: 1\nrules:\n  a: { level: block, title: x }\n"),
        ("x/y/gatecheck.yaml", "gatecheck: 1\nrules:\n  a: { title: y }\n"),
    ];
    let policy = loaded(&files, &["x/y/z.rs"]);
    assert_eq!(summary(&policy), ["a warn", "a block x", "a block x/y", "free warn"]);
    let weaker = [files[0], files[1], ("x/y/gatecheck.yaml", "gatecheck: 1\nrules:\n  a: warn\n")];
    assert_eq!(refusals(load(&sources(&weaker, &["x/y/z.rs"]))).len(), 1);
}

#[test]
fn the_waivers_of_a_folder_stay_in_it() {
    let nested = "gatecheck: 1\nrules:\n  own: { check: text }\nwaivers:\n  - { rule: a, paths: '*.sql', reason: old, owner: ana, approver: bo, expires: 2026-12-31 }\n";
    let policy = accept(load_nested(nested, &["services/pay/a.rs"]));
    assert_eq!(policy.waivers[0].scope.paths, ["/services/pay/**/*.sql"]);
}

#[test]
fn the_waivers_that_a_folder_inherits_stay_in_it_too() {
    let waiver = "gatecheck: 1\nrules:\n  own: { check: text }\nwaivers:\n  - { rule: own, reason: old, owner: ana, approver: bo, expires: 2026-12-31 }\n";
    let files = [
        ("gatecheck.yaml", ROOT),
        ("services/pay/gatecheck.yaml", "gatecheck: 1\nextends: more.yaml\n"),
        ("services/pay/more.yaml", waiver),
    ];
    let policy = loaded(&files, &["services/pay/a.rs"]);
    assert_eq!(policy.waivers[0].scope.paths, ["/services/pay/**"]);
    assert!(summary(&policy).contains(&"own block services/pay".to_owned()));
}

#[test]
fn the_same_path_in_a_folder_is_another_path() {
    let root = "gatecheck: 1\nrules:\n  a: { check: text, when: { paths: ['services/**'] } }\n";
    let same = "gatecheck: 1\nrules:\n  a: { when: { paths: ['services/**'] } }\n";
    let files = [("gatecheck.yaml", root), ("services/pay/gatecheck.yaml", same)];
    let refused = refusals(load(&sources(&files, &["services/pay/a.rs"])));
    assert_eq!(refused, ["the rule `a` may only be tightened here, and this narrows its `when`"]);
}

#[test]
fn a_rule_that_is_no_floor_for_whoever_extends_it_is_law_for_folders() {
    let root = "gatecheck: 1\nrules:\n  a: { check: text, floor: false }\n";
    let with = |nested: &str| {
        let files = [("gatecheck.yaml", root), ("x/gatecheck.yaml", nested)];
        load(&sources(&files, &["x/a.rs"]))
    };
    let refused = refusals(with("gatecheck: 1\nrules:\n  a: note\n"));
    assert_eq!(refused, ["the rule `a` may only be tightened here, and this lowers its level"]);
    accept(with("gatecheck: 1\nrules:\n  a: { controls: [own] }\n"));
}

#[test]
fn a_floor_that_a_folder_inherits_is_no_law_for_the_root() {
    let root = "gatecheck: 1\nsuppressions: honoured\nrules:\n  a: { check: text }\n";
    let law = "gatecheck: 1\nfloor: true\nrules:\n  own: { check: text }\n";
    let files =
        [("gatecheck.yaml", root), ("x/gatecheck.yaml", "gatecheck: 1\nextends: law.yaml\n"), ("x/law.yaml", law)];
    assert_eq!(summary(&loaded(&files, &["x/a.rs"])), ["a block", "own block x"]);
}
