//! Which findings stand: waivers, inline suppressions, the baseline and fingerprints.

use gatecheck::engine::{baseline_of, join, judge};
use gatecheck::model::{
    Facts, Label, Level, MapTree, Mode, Outcome, Place, RepoPath, Report, Scope, Settlement, Waiver, WaiverState,
};
use gatecheck::policy::{Days, Policy, Suppressions};
use proptest::prelude::*;

use crate::made::{self, Files};

const DEBUG: &str = "fn a() {\n    dbg!(1);\n}\n";

fn no_debugging() -> Policy {
    made::policy("text", r"{ forbidden: [{ pattern: 'dbg!' }], scope: changed-files }")
}

fn added_lines() -> Policy {
    made::policy("text", r"{ forbidden: [{ pattern: 'dbg!' }] }")
}

fn waiver(rule: &str, expires: &str) -> Waiver {
    let place = Place::file(&RepoPath::new("gatecheck.yaml"));
    Waiver {
        rule: rule.to_owned(),
        scope: Scope::default(),
        reason: "the macro goes with the next release".to_owned(),
        owner: "ana".to_owned(),
        approver: "bo".to_owned(),
        expires: expires.parse().unwrap(),
        label: Label { place, snippet: None, text: String::new() },
    }
}

fn with_waivers(waivers: Vec<Waiver>) -> Policy {
    Policy { waivers, ..no_debugging() }
}

fn one_file() -> Facts {
    made::facts(Mode::PullRequest, &[], &[("src/a.rs", DEBUG)])
}

/// `Open`, `Waived` and so on, one a finding, in their order.
fn settlements(report: &Report) -> Vec<Settlement> {
    report.results.iter().flat_map(|it| it.findings.iter().map(|it| it.settlement.clone())).collect()
}

fn states(report: &Report) -> Vec<WaiverState> {
    report.waivers.iter().map(|it| it.state.clone()).collect()
}

fn problems(report: &Report) -> Vec<String> {
    report.problems.iter().map(|it| format!("{}: {}", it.level.as_str(), it.message)).collect()
}

#[test]
fn a_waiver_holds_through_the_whole_of_its_last_day() {
    let policy = with_waivers(vec![waiver("text", "2026-06-30")]);
    for (now, holds) in [
        ("2026-06-30T00:00:00Z", true),
        ("2026-06-30T23:59:59Z", true),
        ("2026-07-01T00:00:00Z", false),
        ("2026-06-30T23:59:59-01:00", false),
    ] {
        let mut facts = one_file();
        facts.run.now = now.parse().unwrap();
        let report = judge(&policy, &facts);
        assert_eq!(report.outcome == Outcome::Passed, holds, "{now}");
        assert_eq!(states(&report) == [WaiverState::Used { findings: 1 }], holds, "{now}");
    }
}

#[test]
fn the_findings_of_an_expired_waiver_stand_again_loudly() {
    let report = judge(&with_waivers(vec![waiver("text", "2025-12-31")]), &one_file());
    assert_eq!(settlements(&report), [Settlement::Open]);
    assert_eq!(states(&report), [WaiverState::Expired { findings: 1 }]);
    assert_eq!(
        problems(&report),
        ["warn: the waiver of `text` expired on 2025-12-31, and what it covered stands again"]
    );
    assert_eq!(report.outcome, Outcome::Blocked);
}

#[test]
fn a_waiver_announces_its_end_two_weeks_before() {
    for (expires, told) in [
        ("2026-01-15", Some("note: the waiver of `text` expires on 2026-01-15, in 14 days")),
        ("2026-01-16", None),
        ("2026-01-02", Some("note: the waiver of `text` expires on 2026-01-02, which is tomorrow")),
        ("2026-01-01", Some("note: the waiver of `text` expires on 2026-01-01, which is today")),
    ] {
        let report = judge(&with_waivers(vec![waiver("text", expires)]), &one_file());
        assert_eq!(problems(&report).first().map(String::as_str), told);
        assert_eq!(report.outcome, Outcome::Passed);
    }
}

#[test]
fn a_waiver_beyond_the_horizon_does_not_count() {
    let mut policy = with_waivers(vec![waiver("text", "2026-04-02")]);
    policy.settling.waiver_horizon = Some(Days(90));
    let report = judge(&policy, &one_file());
    assert_eq!(states(&report), [WaiverState::TooLong { findings: 1 }]);
    assert_eq!(settlements(&report), [Settlement::Open]);
    assert_eq!(report.problems[0].help.as_deref(), Some("set `expires` to 2026-04-01 or earlier"));
    policy.waivers = vec![waiver("text", "2026-04-01")];
    assert_eq!(states(&judge(&policy, &one_file())), [WaiverState::Used { findings: 1 }]);
}

#[test]
fn the_first_waiver_that_covers_a_finding_wins() {
    let mut elsewhere = waiver("text", "2026-12-31");
    elsewhere.scope.paths = vec!["docs/**".to_owned()];
    let narrow = waiver("text/forbidden", "2026-12-31");
    let wide = waiver("text", "2026-12-31");
    let expired = waiver("text", "2025-01-01");
    let report = judge(&with_waivers(vec![elsewhere, expired, narrow, wide]), &one_file());
    assert_eq!(settlements(&report), [Settlement::Waived { waiver: 2 }]);
    assert_eq!(
        states(&report),
        [
            WaiverState::Unused,
            WaiverState::Expired { findings: 0 },
            WaiverState::Used { findings: 1 },
            WaiverState::Unused
        ]
    );
}

#[test]
fn a_waiver_of_nothing_known_is_named_with_its_nearest() {
    let policy = with_waivers(vec![waiver("tezt", "2026-12-31"), waiver("text/forbiden", "2026-12-31")]);
    let report = judge(&policy, &one_file());
    assert_eq!(states(&report), [WaiverState::UnknownRule, WaiverState::UnknownRule]);
    let helps: Vec<_> = report.problems.iter().filter_map(|it| it.help.as_deref()).collect();
    assert_eq!(helps, ["did you mean `text/forbidden`?", "did you mean `text`?"]);
    assert_eq!(settlements(&report), [Settlement::Open]);
}

#[test]
fn a_waiver_by_fingerprint_covers_that_finding_only() {
    let facts = made::facts(Mode::PullRequest, &[], &[("a.rs", "dbg!(1);\n"), ("b.rs", "dbg!(2);\n")]);
    let before = judge(&no_debugging(), &facts);
    let mut one = waiver("text", "2026-12-31");
    one.scope.fingerprints = vec![before.results[0].findings[1].fingerprint.to_string()];
    let report = judge(&with_waivers(vec![one]), &facts);
    assert_eq!(settlements(&report), [Settlement::Open, Settlement::Waived { waiver: 0 }]);
}

#[test]
fn a_waiver_never_covers_what_is_not_known() {
    let mut facts = one_file();
    let lost = made::facts(Mode::PullRequest, &[], &[("src/a.rs", DEBUG), ("src/lost.rs", "x")]);
    facts.change = lost.change;
    facts.run.ci = true;
    let report = judge(&with_waivers(vec![waiver("text", "2026-12-31")]), &facts);
    assert_eq!(settlements(&report), [Settlement::Waived { waiver: 0 }]);
    assert_eq!(report.outcome, Outcome::Undecided);
}

fn suppressed(reason: &str) -> Settlement {
    Settlement::Suppressed { reason: reason.to_owned() }
}

#[test]
fn a_comment_on_the_line_or_alone_above_it_suppresses() {
    for content in [
        "dbg!(1); // gatecheck: allow text -- a test\n",
        "dbg!(1); /* gatecheck: allow commits, text/forbidden -- a test */\n",
        "// gatecheck: allow text -- a test\ndbg!(1);\n",
        "// gatecheck: allow text -- a test\n// gatecheck: allow text/required -- another\ndbg!(1);\n",
    ] {
        let facts = made::facts(Mode::Local, &[], &[("a.rs", content)]);
        let report = judge(&no_debugging(), &facts);
        assert_eq!(settlements(&report), [suppressed("a test")], "{content}");
        assert_eq!(report.counts.suppressed_findings, 1);
        let added = problems(&report).iter().any(|it| it.contains("this change adds a suppression"));
        assert!(added, "{content}");
    }
}

#[test]
fn a_comment_elsewhere_without_reason_or_for_another_rule_does_not() {
    for (content, told) in [
        ("dbg!(1);\n// gatecheck: allow text -- a test\n", "note: the suppression of `text` covers nothing"),
        ("// gatecheck: allow text -- a test\n\ndbg!(1);\n", "note: the suppression of `text` covers nothing"),
        ("x(); // gatecheck: allow text -- a test\ndbg!(1);\n", "note: the suppression of `text` covers nothing"),
        (
            "dbg!(1); // gatecheck: allow text/required -- a test\n",
            "note: the suppression of `text/required` covers nothing",
        ),
        ("dbg!(1); // gatecheck: allow text\n", "warn: the suppression of `text` gives no reason, and does not count"),
        (
            "dbg!(1); // gatecheck: allow tezt -- a test\n",
            "warn: `tezt` is no rule of the policy, and its suppression does not count",
        ),
        ("dbg!(1); // gatecheck: allow -- a test\n", "warn: this suppression names no rule, and does not count"),
    ] {
        let report = judge(&no_debugging(), &made::facts(Mode::Local, &[], &[("a.rs", content)]));
        assert_eq!(settlements(&report), [Settlement::Open], "{content}");
        assert_eq!(problems(&report), [told], "{content}");
    }
}

/// Whether a suppression of the base, and one that the change adds, count.
fn counting(setting: Suppressions, level: Level, mode: Mode, ci: bool) -> (bool, bool) {
    let mut policy = no_debugging();
    policy.settling.suppressions = setting;
    policy.rules[0].level = level;
    let old = "dbg!(1); // gatecheck: allow text -- old\n\nfn main() {}\n\n";
    let new = format!("{old}dbg!(2); // gatecheck: allow text -- new\n");
    let mut facts = made::facts(mode, &[("a.rs", old)], &[("a.rs", new.as_str())]);
    facts.run.ci = ci;
    let settled = settlements(&judge(&policy, &facts));
    assert_eq!(settled.len(), 2);
    (settled[0] == suppressed("old"), settled[1] == suppressed("new"))
}

#[test]
fn whoever_proposes_a_change_cannot_open_a_closed_gate_with_a_comment() {
    use Level::{Block, Warn};
    use Mode::{All, Local, MergeGroup, PullRequest, Push, Range, Release, Staged};
    use Suppressions::{BaseOnly, ByLevel, Honoured, Off};
    for (setting, level, mode, ci, counts) in [
        (ByLevel, Block, PullRequest, true, (true, false)),
        (ByLevel, Block, MergeGroup, true, (true, false)),
        (ByLevel, Block, Push, false, (true, false)),
        (ByLevel, Block, Range, true, (true, false)),
        (ByLevel, Block, Range, false, (true, false)),
        (ByLevel, Block, Staged, false, (true, true)),
        (ByLevel, Block, Local, true, (true, false)),
        (ByLevel, Block, Local, false, (true, true)),
        (ByLevel, Warn, PullRequest, true, (true, true)),
        (ByLevel, Block, All, true, (true, true)),
        (ByLevel, Block, Release, true, (true, true)),
        (BaseOnly, Warn, Local, false, (true, false)),
        (BaseOnly, Warn, All, true, (true, true)),
        (Honoured, Block, PullRequest, true, (true, true)),
        (Off, Warn, Local, false, (false, false)),
        (Off, Warn, All, false, (false, false)),
    ] {
        assert_eq!(counting(setting, level, mode, ci), counts, "{setting:?} {level:?} {mode:?} ci={ci}");
    }
}

#[test]
fn a_comment_that_does_not_count_is_told_with_the_reason() {
    let report = judge(
        &no_debugging(),
        &made::facts(Mode::PullRequest, &[], &[("a.rs", "dbg!(1); // gatecheck: allow text -- mine\n")]),
    );
    assert_eq!(
        problems(&report),
        ["warn: a suppression of `text` does not count: the change itself adds it, and the rule is at level `block`"]
    );
    assert_eq!(report.outcome, Outcome::Blocked);
}

#[test]
fn new_code_under_an_old_comment_is_not_covered_by_the_base() {
    let old = "// gatecheck: allow text -- reviewed\nx(1);\n";
    let new = "// gatecheck: allow text -- reviewed\ndbg!(2);\n";
    let report = judge(&no_debugging(), &made::facts(Mode::PullRequest, &[("a.rs", old)], &[("a.rs", new)]));
    assert_eq!(settlements(&report), [Settlement::Open]);
}

#[test]
fn an_old_comment_that_this_change_does_not_need_is_left_in_peace() {
    let old = "dbg!(1); // gatecheck: allow text -- old\n";
    let new = "dbg!(1); // gatecheck: allow text -- old\n\nfn main() {}\n";
    let report = judge(&added_lines(), &made::facts(Mode::PullRequest, &[("a.rs", old)], &[("a.rs", new)]));
    assert_eq!(problems(&report), [""; 0]);
}

#[test]
fn a_comment_in_a_file_that_the_change_leaves_alone_counts_for_findings_there() {
    let policy = made::policy("text", r"{ forbidden: [{ pattern: 'dbg!' }], scope: tree }");
    let old = ("old.rs", "dbg!(1); // gatecheck: allow text -- old\n");
    let report = judge(&policy, &made::facts(Mode::PullRequest, &[old], &[old, ("b.rs", "\n")]));
    assert_eq!(settlements(&report), [suppressed("old")]);
}

/// The policy with a baseline of everything that a scan of these files finds.
fn with_baseline(policy: Policy, files: &Files<'_>) -> Policy {
    let report = judge(&no_debugging(), &made::facts(Mode::All, &[], files));
    Policy { baseline: baseline_of(&report), ..policy }
}

#[test]
fn what_is_summed_up_and_accepted_hides_no_later_match() {
    for (check, with, line) in [
        ("text", "{ forbidden: [{ pattern: 'dbg!' }], scope: changed-files }", "dbg!"),
        ("unicode", "{ scope: changed-files }", "a\u{200B}b"),
    ] {
        let lines = |count: usize| (0..count).map(|number| format!("{line}({number});\n")).collect::<String>();
        let accepted = judge(&made::policy(check, with), &made::facts(Mode::All, &[], &[("a.rs", &lines(150))]));
        let policy = Policy { baseline: baseline_of(&accepted), ..made::policy(check, with) };
        let open = |content: &str| {
            let facts = made::facts(Mode::PullRequest, &[], &[("a.rs", content)]);
            settlements(&judge(&policy, &facts)).iter().filter(|it| **it == Settlement::Open).count()
        };
        assert_eq!(open(&lines(150)), 0, "{check}");
        assert_eq!(open(&lines(151)), 1, "{check}: one more");
        assert_eq!(open(&lines(150).replace("(149)", "(again)")), 1, "{check}: another one");
        assert_eq!(open(&lines(150).replace("(149);", "(149);  ")), 0, "{check}: white space");
        assert_eq!(open(&lines(10)), 0, "{check}: fewer");
    }
}

#[test]
fn the_baseline_accepts_what_it_was_made_of() {
    let files = [("a.rs", DEBUG), ("b.rs", "dbg!(1);\ndbg!(1); dbg!(2);\n")];
    let policy = with_baseline(no_debugging(), &files);
    assert_eq!(policy.baseline.len(), 4);
    let report = judge(&policy, &made::facts(Mode::All, &[], &files));
    assert_eq!(settlements(&report), vec![Settlement::Baseline; 4]);
    assert_eq!(problems(&report), [""; 0]);
    assert_eq!(baseline_of(&report), policy.baseline, "what is accepted stays accepted when it is written anew");
}

#[test]
fn a_second_copy_is_not_accepted_wherever_it_is_put_and_whoever_looks() {
    let old = "fn a() {\n    dbg!(1);\n}\n";
    for new in [
        "fn a() {\n    dbg!(1);\n    dbg!(1);\n}\n",
        "fn b() {\n    dbg!(1);\n}\n\nfn a() {\n    dbg!(1);\n}\n",
        "fn a() {\n    dbg!(1);\n}\n\nfn b() {\n        dbg!(1);\n}\n",
    ] {
        let facts = made::facts(Mode::PullRequest, &[("a.rs", old)], &[("a.rs", new)]);
        let seen = settlements(&judge(&with_baseline(added_lines(), &[("a.rs", old)]), &facts));
        assert!(seen.contains(&Settlement::Open), "{new}");
        let seen = settlements(&judge(&with_baseline(no_debugging(), &[("a.rs", old)]), &facts));
        assert_eq!(seen.iter().filter(|it| **it == Settlement::Open).count(), 1, "{new}");
    }
}

#[test]
fn a_moved_and_a_renamed_offence_stay_accepted() {
    let old = "fn a() {\n    dbg!(1);\n}\n\nfn b() {\n    two();\n}\n";
    let moved = "fn b() {\n    two();\n}\n\nfn a() {\n        dbg!(1);\n}\n";
    let policy = with_baseline(added_lines(), &[("a.rs", old)]);
    let report = judge(&policy, &made::facts(Mode::PullRequest, &[("a.rs", old)], &[("a.rs", moved)]));
    assert_eq!(settlements(&report), [Settlement::Baseline]);
    let policy = with_baseline(no_debugging(), &[("a.rs", old)]);
    let report = judge(&policy, &made::facts(Mode::PullRequest, &[("a.rs", old)], &[("b.rs", old)]));
    assert_eq!(settlements(&report), [Settlement::Baseline]);
}

#[test]
fn a_stale_entry_is_told_only_by_a_run_that_saw_everything() {
    let policy = with_baseline(no_debugging(), &[("a.rs", DEBUG)]);
    let clean = [("a.rs", "fn a() {}\n")];
    let report = judge(&policy, &made::facts(Mode::All, &[], &clean));
    let told = problems(&report);
    assert!(told[0].starts_with("note: the baseline accepts a finding `text/forbidden` in `a.rs`"), "{told:?}");
    let report = judge(&policy, &made::facts(Mode::PullRequest, &[("a.rs", DEBUG)], &clean));
    assert_eq!(problems(&report), [""; 0]);
    let mut lost = made::facts(Mode::All, &[], &clean);
    lost.head = std::sync::Arc::new(MapTree::default());
    assert_eq!(problems(&judge(&policy, &lost)), [""; 0], "a file that cannot be read may still have the finding");
}

fn prints(content: &str) -> Vec<String> {
    let report = judge(&no_debugging(), &made::facts(Mode::All, &[], &[("a.rs", content)]));
    let mut prints: Vec<String> =
        report.results.iter().flat_map(|it| it.findings.iter().map(|it| it.fingerprint.to_string())).collect();
    prints.sort();
    prints
}

proptest! {
    #[test]
    fn fingerprints_survive_moves_indentation_and_line_ends(
        offences in proptest::collection::vec(0_u8..4, 1..6),
        before in 0_usize..5,
        indent in 0_usize..200,
        crlf in any::<bool>(),
    ) {
        let line = |it: &u8| format!("dbg!({it});");
        let plain: String = offences.iter().map(|it| format!("{}\n", line(it))).collect();
        let end = if crlf { "\r\n" } else { "\n" };
        let mut moved = format!("// something{end}").repeat(before);
        for offence in &offences {
            moved.push_str(&format!("{}{}{end}fn between() {{}}{end}", " ".repeat(indent), line(offence)));
        }
        prop_assert_eq!(prints(&plain), prints(&moved));
    }

    #[test]
    fn different_offences_have_different_fingerprints(offences in proptest::collection::vec(0_u8..4, 1..12)) {
        let text: String = offences.iter().map(|it| format!("dbg!({it});\n")).collect();
        let mut found = prints(&text);
        found.dedup();
        prop_assert_eq!(found.len(), offences.len());
    }
}

#[test]
fn a_finding_that_two_ranges_share_counts_once_everywhere() {
    let policy = with_waivers(vec![waiver("text", "2027-12-31")]);
    let report = judge(&policy, &one_file());
    assert_eq!(states(&report), [WaiverState::Used { findings: 1 }]);
    let joined = join(vec![report.clone(), report.clone(), report]);
    let counted = joined.map(|it| (states(&it), it.counts.waived_findings, it.policy.rules));
    assert_eq!(counted, Some((vec![WaiverState::Used { findings: 1 }], 1, 1)));
}

#[test]
fn joined_reports_count_the_rules_of_every_policy() {
    let report = |policy: &Policy| judge(policy, &one_file());
    let mut other = no_debugging();
    for rule in &mut other.rules {
        rule.id = "another".to_owned();
    }
    let joined = join(vec![report(&no_debugging()), report(&other)]);
    assert_eq!(joined.map(|it| it.policy.rules), Some(2));
}

#[test]
fn joined_reports_count_what_a_lapsed_waiver_leaves_standing_once() {
    let mut policy = with_waivers(vec![waiver("text", "2025-12-31"), waiver("text", "2027-12-31")]);
    policy.settling.waiver_horizon = Some(Days(90));
    let both = made::facts(Mode::Push, &[], &[("src/a.rs", DEBUG), ("src/b.rs", DEBUG)]);
    let clean = made::facts(Mode::Push, &[], &[("src/c.rs", "fn c() {}\n")]);
    let reports = [&one_file(), &both, &clean].map(|facts| judge(&policy, facts));
    let joined = join(reports.to_vec()).unwrap();
    assert_eq!(states(&joined), [WaiverState::Expired { findings: 2 }, WaiverState::TooLong { findings: 2 }]);
    assert_eq!(joined.counts.findings, 2);
    let told = problems(&joined);
    assert_eq!(told.iter().filter(|it| it.contains("expired")).count(), 1, "{told:?}");
}

#[test]
fn a_glob_that_names_a_folder_like_a_file_is_told() {
    let told = |mut policy: Policy, scope: &[&str]| {
        let mut waiver = waiver("text", "2026-12-31");
        waiver.scope.paths = scope.iter().map(|it| (*it).to_owned()).collect();
        policy.waivers = vec![waiver];
        problems(&judge(&policy, &one_file()))
    };
    let wanted =
        "warn: `paths` of the waiver of `text` names `src`, and `src` is a folder: that matches none of its files";
    assert_eq!(told(no_debugging(), &["src"]), [wanted]);
    assert_eq!(told(no_debugging(), &["**", "!src"]), [wanted.replace("`src`, and", "`!src`, and")]);
    for scope in [&["src/"][..], &["src/**"], &["a.rs"], &["lib"], &["src/a.rs"], &["s[r]c"]] {
        assert_eq!(told(no_debugging(), scope), [] as [&str; 0], "{scope:?}");
    }
}
