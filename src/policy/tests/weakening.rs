use super::*;
use crate::policy::{compare, effective};

const BASE: &str = "\
gatecheck: 1
rules:
  a: { check: text, level: block, when: { target: main }, with: { scope: tree } }
  b: { check: text, level: warn }
  c: { check: text, level: off }
";

fn weakened(head: &str) -> Vec<String> {
    let base = loaded(&[("gatecheck.yaml", BASE)], &[]);
    let head = loaded(&[("gatecheck.yaml", head)], &[]);
    compare(&base, &head, &*tree(&[])).into_iter().map(|it| it.message).collect()
}

#[test]
fn the_same_policy_weakens_nothing() {
    assert_eq!(weakened(BASE), [] as [&str; 0]);
}

#[test]
fn a_stricter_policy_weakens_nothing() {
    let head = BASE.replace("target: main", "target: [main, 'release/*']").replace("level: warn", "level: block");
    assert_eq!(weakened(&head), [] as [&str; 0]);
    assert_eq!(weakened(&BASE.replace("  c: { check: text, level: off }\n", "")), [] as [&str; 0]);
}

#[test]
fn every_way_to_weaken_is_named() {
    let cases = [
        (("  b: { check: text, level: warn }\n", ""), "the change removes the rule `b` (warn)"),
        (("level: block", "level: shadow"), "the change lowers the rule `a` from `block` to `shadow`"),
        (("target: main", "target: main, labels: [x]"), "the change narrows `labels` in the condition of the rule `a`"),
        (("scope: tree", "scope: added-lines"), "the change alters `scope` in the settings of the rule `a`"),
        (("level: warn", "level: warn, overridable: true"), "the change lets other policies override the rule `b`"),
    ];
    for ((from, to), message) in cases {
        assert_eq!(weakened(&BASE.replace(from, to)), [message]);
    }
    let waived =
        format!("{BASE}waivers:\n  - {{ rule: a, reason: old, owner: ana, approver: bo, expires: 2026-12-31 }}\n");
    assert_eq!(weakened(&waived), ["the change adds a waiver of `a` until 2026-12-31"]);
}

#[test]
fn a_new_policy_of_a_folder_is_compared_with_what_reached_it_before() {
    let root = BASE.replace("level: warn", "level: warn, overridable: true");
    let base = loaded(&[("gatecheck.yaml", &root)], &["x/a.rs"]);
    let files = [("gatecheck.yaml", root.as_str()), ("x/gatecheck.yaml", "gatecheck: 1\nrules:\n  b: off\n")];
    let head = loaded(&files, &["x/a.rs"]);
    let messages: Vec<String> = compare(&base, &head, &*tree(&[])).into_iter().map(|it| it.message).collect();
    assert_eq!(messages, ["the change lowers the rule `b` from `warn` to `off` in `x`"]);
}

#[test]
fn the_effective_policy_is_a_policy_that_weakens_nothing() {
    let own = "gatecheck: 1\nextends: [default, base.yaml]\nprofiles: [prod]\nsuppressions: off\nwaiver-horizon: 90\nrules:\n  b:\n    level: block\n    when: { not: { labels: ['a b'] }, size: { files: '> 3' } }\n    title: 'It said: \"no\"'\n    controls: [SOC2:CC8.1]\nwaivers:\n  - { rule: a, reason: 'old: code', owner: '@ana', approver: '@bo', expires: 2026-12-31 }\n";
    let policy = loaded(&[("gatecheck.yaml", own), ("base.yaml", BASE)], &[]);
    let text = effective(&policy);
    let again = loaded(&[("gatecheck.yaml", &text)], &[]);
    assert_eq!(summary(&again), summary(&policy), "{text}");
    assert_eq!(compare(&policy, &again, &*tree(&[])), [], "{text}");
    assert_eq!(compare(&again, &policy, &*tree(&[])), [], "{text}");
    assert!(text.contains("  # base.yaml:3\n  a:\n"), "{text}");
    assert_eq!(text.lines().filter(|it| it.starts_with("  # policies/default.yaml:")).count(), policy.rules.len() - 3);
}

#[test]
fn the_effective_policy_of_a_folder_means_the_same_when_it_is_read_again() {
    let root = "gatecheck: 1\nrules:\n  a: { check: text, level: warn, when: { paths: ['x/src/**'] } }\n  \
                b: { check: text, level: warn, when: { target: main } }\n";
    let nested = "gatecheck: 1\nrules:\n  a: block\n  b: { when: { target: [main, dev] } }\n  \
                  own: { check: text, when: { paths: ['src/**'] } }\n";
    let policy = loaded(&[("gatecheck.yaml", root), ("x/gatecheck.yaml", nested)], &["x/src/a.rs"]);
    let text = effective(&policy);
    let (above, below) = text.split_once("---\n").unwrap();
    let again = loaded(&[("gatecheck.yaml", above), ("x/gatecheck.yaml", below)], &["x/src/a.rs"]);
    assert_eq!(summary(&again), summary(&policy), "{text}");
    assert_eq!(compare(&policy, &again, &*tree(&[("x/src/a.rs", "")])), [], "{text}");
    assert_eq!(compare(&again, &policy, &*tree(&[("x/src/a.rs", "")])), [], "{text}");
    let whens = |policy: &Policy| policy.rules.iter().map(|it| format!("{:?}", it.when)).collect::<Vec<_>>();
    assert_eq!(whens(&again), whens(&policy), "{text}");
}
