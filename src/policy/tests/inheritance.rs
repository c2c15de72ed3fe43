use super::*;
use crate::policy::lock;

const BASE: &str = "\
gatecheck: 1
rules:
  no-todo:
    check: text
    level: warn
    when: { target: [main], paths: ['src/**'] }
    controls: [SOC2:CC8.1]
    with:
      forbidden: [{ pattern: TODO }]
      except: ['vendor/**']
  quiet:
    check: text
    level: note
    overridable: true
";

fn over(base: &str, own: &str) -> Result<Policy, PolicyErrors> {
    let own = format!("gatecheck: 1\nextends: base.yaml\n{own}");
    load(&sources(&[("gatecheck.yaml", &own), ("base.yaml", base)], &[]))
}

fn floor() -> String {
    BASE.replace("rules:", "floor: true\nrules:")
}

#[test]
fn what_is_not_named_stays() {
    let policy = accept(over(BASE, "rules:\n  no-todo: { level: block, with: { except: [] } }\n  quiet: off\n"));
    assert_eq!(summary(&policy), ["no-todo block", "quiet off"]);
    let rule = &policy.rules[0];
    assert_eq!(rule.settings, serde_json::json!({ "forbidden": [{ "pattern": "TODO" }], "except": [] }));
    assert_eq!(rule.controls, ["SOC2:CC8.1"]);
    assert_eq!(rule.label.place.region().map(|it| it.start.line), Some(4));
}

#[test]
fn a_proposal_may_be_weakened_and_a_floor_may_not() {
    let weaker = [
        ("rules:\n  no-todo: note\n", "lowers its level"),
        ("rules:\n  no-todo: { when: { target: main, paths: ['src/**'], labels: [x] } }\n", "narrows its `when`"),
        ("rules:\n  no-todo: { when: { target: main, paths: ['src/a/**'] } }\n", "narrows its `when`"),
        ("rules:\n  no-todo: { when: { target: [main], paths: ['src/**', '!src/gen/**'] } }\n", "narrows its `when`"),
        ("rules:\n  no-todo: { with: { except: ['**'] } }\n", "changes its setting `except`"),
        ("rules:\n  no-todo: { with: { scope: tree } }\n", "changes its setting `scope`"),
        ("rules:\n  no-todo: { controls: [other] }\n", "drops controls"),
        ("rules:\n  no-todo: { overridable: true }\n", "sets `overridable`"),
        ("rules:\n  no-todo: { floor: false }\n", "sets `floor`"),
    ];
    for (own, what) in weaker {
        accept(over(BASE, own));
        let refused = refusals(over(&floor(), own));
        assert_eq!(refused, [format!("the rule `no-todo` may only be tightened here, and this {what}")], "{own}");
    }
}

#[test]
fn a_floor_may_be_raised_and_what_is_overridable_lowered() {
    let stricter = [
        "rules:\n  no-todo: block\n",
        "rules:\n  no-todo: { when: {} }\n",
        "rules:\n  no-todo: { when: { paths: ['src/**'] } }\n",
        "rules:\n  no-todo: { when: { target: [main, 'release/*'], paths: ['src/**', 'lib/**'] } }\n",
        "rules:\n  no-todo: { controls: [SOC2:CC8.1, own] }\n",
        "rules:\n  no-todo: { with: { except: ['vendor/**'] }, title: Finish what you begin }\n",
        "rules:\n  quiet: off\n",
    ];
    for own in stricter {
        accept(over(&floor(), own));
    }
}

#[test]
fn a_floor_holds_through_a_policy_in_between() {
    let files = [
        ("gatecheck.yaml", "gatecheck: 1\nextends: middle.yaml\nrules:\n  no-todo: off\n"),
        ("middle.yaml", "gatecheck: 1\nextends: base.yaml\nrules:\n  no-todo: block\n"),
        ("base.yaml", &floor()),
    ];
    let errors = load(&sources(&files, &[])).err();
    let text = errors.as_ref().map(plain).unwrap_or_default();
    assert!(
        text.contains("lowers its level") && text.contains("middle.yaml") && text.contains("`base.yaml`"),
        "{text}"
    );
}

#[test]
fn a_rule_keeps_its_check() {
    let other = crate::checks::ALL.iter().find(|it| it.meta.id != "text");
    let Some(other) = other else { return };
    let refused = refusals(over(BASE, &format!("rules:\n  no-todo: {{ check: {} }}\n", other.meta.id)));
    assert_eq!(refused, ["the rule `no-todo` cannot change its check"]);
}

#[test]
fn circles_and_long_chains_end_with_their_names() {
    let files =
        [("gatecheck.yaml", "gatecheck: 1\nextends: a.yaml\n"), ("a.yaml", "gatecheck: 1\nextends: gatecheck.yaml\n")];
    let refused = refusals(load(&sources(&files, &[])));
    assert_eq!(refused, ["this policy inherits from itself: `gatecheck.yaml` → `a.yaml` → `gatecheck.yaml`"]);
    let texts: Vec<(String, String)> =
        (0..20).map(|it| (format!("{it}.yaml"), format!("gatecheck: 1\nextends: {}.yaml\n", it + 1))).collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("gatecheck.yaml", "gatecheck: 1\nextends: 0.yaml\n"));
    let refused = refusals(load(&sources(&files, &[])));
    assert!(refused.iter().any(|it| it.starts_with("policies inherit over more than 8 steps")), "{refused:?}");
}

#[test]
fn a_fan_of_policies_is_bounded() {
    // Each level names the one below twice: two to the power of its depth without a bound.
    let texts: Vec<(String, String)> = (0..8)
        .map(|it| {
            (format!("{it}.yaml"), format!("gatecheck: 1\nextends: [{0}.yaml, {0}.yaml, {0}.yaml, {0}.yaml]\n", it + 1))
        })
        .collect();
    let mut files: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("gatecheck.yaml", "gatecheck: 1\nextends: 0.yaml\n"));
    let refused = refusals(load(&sources(&files, &[])));
    assert!(refused.iter().any(|it| it.contains("more than 256 documents")), "{refused:?}");
}

#[test]
fn another_repository_is_read_only_as_it_is_locked() {
    let own = format!("gatecheck: 1\nextends:\n  - git: {URL}\n    rev: \"{REV}\"\n    path: base.yaml\n");
    let foreign = [("base.yaml", BASE)];
    let unlocked = load(&with_foreign(&[("gatecheck.yaml", &own)], &foreign));
    assert_eq!(refusals(unlocked), [format!("`{URL}` at 6f1c0d2a6f1c is not in `gatecheck.lock`")]);

    let text = lock(&with_foreign(&[("gatecheck.yaml", &own)], &foreign)).unwrap_or_else(|it| panic!("{}", plain(&it)));
    let files = [("gatecheck.yaml", own.as_str()), ("gatecheck.lock", text.as_str())];
    let policy = accept(load(&with_foreign(&files, &foreign)));
    assert_eq!(summary(&policy), ["no-todo warn", "quiet note"]);

    let other = [("base.yaml", "gatecheck: 1\nrules:\n  no-todo: { check: text, level: off }\n")];
    let refused = refusals(load(&with_foreign(&files, &other)));
    assert_eq!(refused, [format!("the policy of `{URL}` is not what `gatecheck.lock` says it is")]);
}

#[test]
fn a_policy_of_another_repository_reads_files_of_that_one() {
    let own = format!("gatecheck: 1\nextends:\n  - git: {URL}\n    rev: \"{REV}\"\n    path: org/base.yaml\n");
    let foreign = [("org/base.yaml", "gatecheck: 1\nextends: ./rules.yaml\n"), ("org/rules.yaml", BASE)];
    let trap = "gatecheck: 1\nrules:\n  trap: { check: text }\n";
    let files = [("gatecheck.yaml", own.as_str()), ("org/rules.yaml", trap)];
    let text = lock(&with_foreign(&files, &foreign)).unwrap_or_default();
    let files = [("gatecheck.yaml", own.as_str()), ("org/rules.yaml", trap), ("gatecheck.lock", text.as_str())];
    assert_eq!(summary(&accept(load(&with_foreign(&files, &foreign)))), ["no-todo warn", "quiet note"]);
}

#[test]
fn a_rule_that_takes_no_waivers_takes_them_where_it_is_written() {
    let waiver = "waivers:\n  - { rule: a, reason: old, owner: ana, approver: bo, expires: 2026-12-31 }\n";
    let hard = "gatecheck: 1\nrules:\n  a: { check: text, waivable: false }\n";
    assert_eq!(refusals(over(hard, waiver)), ["the rule `a` cannot be waived here"]);
    assert_eq!(accept(over(&format!("{hard}{waiver}"), "")).waivers.len(), 1);
    assert_eq!(accept(over(&hard.replace("false", "true"), waiver)).waivers.len(), 1);
}

#[test]
fn titles_follow_the_language_of_the_run() {
    let text = "gatecheck: 1\nrules:\n  a: { check: text, title: { zh-CN: 规则, en: Rule } }\n";
    let title = |language: &str| {
        let sources = Sources { language: language.to_owned(), ..sources(&[("gatecheck.yaml", text)], &[]) };
        accept(load(&sources)).rules.remove(0).title
    };
    assert_eq!([title("zh_CN"), title("zh-TW"), title("de"), title("en-GB")], ["规则", "规则", "Rule", "Rule"]);
}

#[test]
fn the_digest_knows_every_document_and_no_order() {
    let digest = |base: &str| accept(over(base, "")).digest;
    assert_eq!(digest(BASE), digest(BASE));
    assert_ne!(digest(BASE), digest(&BASE.replace("TODO", "FIXME")));
}

#[test]
fn a_policy_that_is_inherited_twice_counts_once() {
    let files = [
        ("gatecheck.yaml", "gatecheck: 1\nextends: [org.yaml, base.yaml]\n"),
        ("org.yaml", "gatecheck: 1\nfloor: true\nextends: base.yaml\nrules:\n  no-todo: block\n"),
        ("base.yaml", BASE),
    ];
    assert_eq!(summary(&loaded(&files, &[])), ["no-todo block", "quiet note"]);
}

#[test]
fn text_that_is_not_utf8_is_refused_at_its_place() {
    let mut tree = MapTree::default();
    let file = File { path: RepoPath::new("gatecheck.yaml"), mode: FileMode::Regular, id: ObjectId::default() };
    tree.insert(file, Some(Arc::from(b"gatecheck: 1\n# caf\xe9\n".as_slice())));
    let errors = load(&Sources::of(Arc::new(tree))).err();
    let text = errors.as_ref().map(plain).unwrap_or_default();
    assert!(text.contains("is not UTF-8 text") && text.contains("gatecheck.yaml:2:6"), "{text}");
}

#[test]
fn what_may_be_accepted_is_inherited_and_a_floor_holds_it() {
    let strict = BASE.replace("rules:", "suppressions: base-only\nwaiver-horizon: 90\nrules:");
    let settling = |own: &str| accept(over(&strict, own)).settling;
    assert_eq!((settling("").suppressions, settling("").horizon()), (crate::policy::Suppressions::BaseOnly, 90));
    assert_eq!(settling("waiver-horizon: 365\n").horizon(), 365);
    let floor = strict.replace("rules:", "floor: true\nrules:");
    accept(over(&floor, "suppressions: off\nwaiver-horizon: 30\n"));
    assert_eq!(
        refusals(over(&floor, "suppressions: honoured\nwaiver-horizon: 365\n")),
        [
            "`suppressions` may only be tightened here, and this loosens it",
            "`waiver-horizon` may only be tightened here, and this loosens it"
        ]
    );
}

#[test]
fn an_address_with_credentials_is_refused_and_one_with_a_name_is_not() {
    let word = ["pass", "word"].concat();
    let with = |url: String| {
        let own = format!("gatecheck: 1\nextends: [{{ git: '{url}', rev: '{REV}' }}]\n");
        refusals(load(&with_foreign(&[("gatecheck.yaml", &own)], &[])))
    };
    for user in [format!("ana:{word}"), word.clone()] {
        assert_eq!(with(format!("https://{user}@git.example.com/x")), ["an address in a policy holds no credentials"]);
    }
    let reached = ["`ssh://git@git.example.com/x` cannot be reached"];
    assert_eq!(with("ssh://git@git.example.com/x".to_owned()), reached);
}

#[test]
fn more_paths_are_no_way_around_a_floor_where_another_part_asks_about_the_files() {
    let base = |more: &str| {
        format!("gatecheck: 1\nfloor: true\nrules:\n  a: {{ check: text, when: {{ paths: ['src/**'], {more} }} }}\n")
    };
    let own = |more: &str| format!("rules:\n  a: {{ when: {{ paths: ['src/**', '**'], {more} }} }}\n");
    for part in [
        "not: { paths: ['docs/**'] }",
        "size: { files: '< 10' }",
        "any: [{ not: { languages: rust } }]",
        "cel: 'change.files.all(it, it.kind == \"added\")'",
    ] {
        let refused = refusals(over(&base(part), &own(part)));
        assert_eq!(refused, ["the rule `a` may only be tightened here, and this narrows its `when`"], "{part}");
    }
    for part in ["not: { labels: [trivial] }", "size: { files: '>= 10' }", "any: [{ paths: ['src/a'] }]"] {
        accept(over(&base(part), &own(part)));
    }
}

#[test]
fn a_floor_holds_whatever_is_inherited_before_it() {
    let pack = "gatecheck: 1\nrules:\n  a: { check: text }\n";
    let law = "gatecheck: 1\nfloor: true\nextends: pack.yaml\n";
    let alone = "gatecheck: 1\nfloor: true\nrules:\n  a: { check: text }\n";
    let mine = "gatecheck: 1\nextends: pack.yaml\nrules:\n  a: off\n";
    let stricter = "gatecheck: 1\nextends: pack.yaml\nrules:\n  a: { controls: [own] }\n";
    for law in [law, alone] {
        for extends in ["[mine.yaml, law.yaml]", "[law.yaml, mine.yaml]"] {
            let own = format!("gatecheck: 1\nextends: {extends}\n");
            let with = |mine: &str| {
                let files = [("gatecheck.yaml", &*own), ("mine.yaml", mine), ("law.yaml", law), ("pack.yaml", pack)];
                load(&sources(&files, &[]))
            };
            let refused = refusals(with(mine));
            assert_eq!(refused, ["the rule `a` may only be tightened here, and this lowers its level"], "{extends}");
            accept(with(stricter));
        }
    }
}

#[test]
fn a_rule_that_is_not_waivable_is_not_waived_by_what_is_inherited_before_it() {
    let law = "gatecheck: 1\nfloor: true\nrules:\n  a: { check: text, waivable: false }\n";
    let mine = "gatecheck: 1\nrules:\n  own: { check: text }\nwaivers:\n  - { rule: a, reason: old, owner: ana, \
                approver: bo, expires: 2026-12-31 }\n";
    for extends in ["[mine.yaml, law.yaml]", "[law.yaml, mine.yaml]"] {
        let own = format!("gatecheck: 1\nextends: {extends}\n");
        let files = [("gatecheck.yaml", &*own), ("mine.yaml", mine), ("law.yaml", law)];
        assert_eq!(refusals(load(&sources(&files, &[]))), ["the rule `a` cannot be waived here"], "{extends}");
    }
}

#[test]
fn a_floor_that_is_silent_about_comments_fixes_the_default() {
    let strict = BASE.replace("rules:", "floor: true\nrules:");
    accept(over(&strict, "suppressions: base-only\nwaiver-horizon: 365\n"));
    accept(over(&strict, "suppressions: by-level\n"));
    let refused = ["`suppressions` may only be tightened here, and this loosens it"];
    assert_eq!(refusals(over(&strict, "suppressions: honoured\n")), refused);
    let lax = "gatecheck: 1\nsuppressions: honoured\nrules:\n  own: { check: text }\n";
    for extends in ["[lax.yaml, base.yaml]", "[base.yaml, lax.yaml]"] {
        let own = format!("gatecheck: 1\nextends: {extends}\n");
        let files = [("gatecheck.yaml", own.as_str()), ("lax.yaml", lax), ("base.yaml", strict.as_str())];
        assert_eq!(refusals(load(&sources(&files, &[]))), refused, "{extends}");
    }
}

#[test]
fn what_stands_beside_a_floor_is_no_part_of_it() {
    let strict = "gatecheck: 1\nsuppressions: off\nwaiver-horizon: 30\nrules:\n  own: { check: text }\n";
    let own = "gatecheck: 1\nextends: [strict.yaml, base.yaml]\nsuppressions: by-level\nwaiver-horizon: 90\n";
    let files = [("gatecheck.yaml", own), ("strict.yaml", strict), ("base.yaml", &floor())];
    assert_eq!(loaded(&files, &[]).settling.horizon(), 90);
}

#[test]
fn to_repeat_that_a_rule_is_not_waivable_changes_nobody_s_right_to_waive_it() {
    let waiver = "waivers:\n  - { rule: a, reason: old, owner: ana, approver: bo, expires: 2026-12-31 }\n";
    let base = "gatecheck: 1\nfloor: true\nrules:\n  a: { check: text, waivable: false }\n";
    let own = "gatecheck: 1\nextends: base.yaml\nrules:\n  a: { waivable: false }\n";
    let with = |base: &str, own: &str| load(&sources(&[("gatecheck.yaml", own), ("base.yaml", base)], &[]));
    assert_eq!(accept(with(&format!("{base}{waiver}"), own)).waivers.len(), 1);
    assert_eq!(refusals(with(base, &format!("{own}{waiver}"))), ["the rule `a` cannot be waived here"]);
    let open = base.replace(", waivable: false", "");
    assert_eq!(refusals(with(&format!("{open}{waiver}"), own)), ["the rule `a` cannot be waived here"]);
}
