//! One broken check leaves every other result as it is, and threads leave none of them different.

use std::sync::Arc;

use gatecheck::casebook;
use gatecheck::checks::{self, Check, CheckDef, Judged, Meta};
use gatecheck::engine::judge;
use gatecheck::model::{
    Budget, Commit, Facts, Finding, Identity, Mode, Need, ObjectId, Outcome, Place, RepoPath, Report, Settlement, Stop,
    Timestamp, Verdict,
};
use gatecheck::policy::Policy;
use rayon::ThreadPoolBuilder;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::made;

#[derive(Deserialize, JsonSchema)]
struct NoSettings {}

const fn meta(id: &'static str) -> Meta {
    Meta { id, summary: "a check of the tests", docs: "", hazards: &[], since: "0.1.0" }
}

macro_rules! check {
    ($name:ident, $id:literal, $evaluate:expr) => {
        struct $name;
        impl Check for $name {
            type Params = NoSettings;
            const META: Meta = meta($id);
            fn needs(_: &NoSettings) -> Vec<Need> {
                Vec::new()
            }
            fn evaluate(_: &NoSettings, facts: &Facts) -> Result<Judged, Stop> {
                let evaluate: fn(&Facts) -> Result<Judged, Stop> = $evaluate;
                evaluate(facts)
            }
        }
    };
}

// Without the panic hook, which would print into the output of other tests.
check!(Breaks, "breaks", |_| std::panic::resume_unwind(Box::new("a defect")));
check!(Burns, "burns", |facts| loop {
    facts.spend(1 << 20)?;
});
check!(BurnsAndTakesNoNotice, "takes-no-notice", |facts| {
    let _ = facts.spend(u64::MAX);
    Ok(Judged::default())
});
check!(ReadsAll, "reads-all", |facts| {
    for file in facts.head.files(&RepoPath::root())? {
        facts.head_blob(&file)?;
    }
    Ok(Judged::default())
});
check!(EachCommit, "each-commit", |facts| {
    let commits = facts.commits.clone()?;
    let findings = commits.iter().map(|commit| {
        let subject = commit.subject().to_owned();
        Finding::at(Place::Commit { id: commit.id, subject, region: None }, "a commit")
    });
    Ok(findings.collect::<Vec<_>>().into())
});

static BREAKS: CheckDef = CheckDef::of::<Breaks>();
static BURNS: CheckDef = CheckDef::of::<Burns>();
static TAKES_NO_NOTICE: CheckDef = CheckDef::of::<BurnsAndTakesNoNotice>();
static READS_ALL: CheckDef = CheckDef::of::<ReadsAll>();
static EACH_COMMIT: CheckDef = CheckDef::of::<EachCommit>();

fn on_threads(count: usize, policy: &Policy, facts: &Facts) -> Report {
    let pool = ThreadPoolBuilder::new().num_threads(count).build().unwrap();
    pool.install(|| judge(policy, facts))
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

fn verdict_of<'a>(report: &'a Report, rule: &str) -> &'a Verdict {
    &report.results.iter().find(|it| it.rule == rule).unwrap().verdict
}

#[test]
fn a_check_that_breaks_or_burns_leaves_every_other_result_byte_identical() {
    let mut judged = 0;
    for check in checks::ALL {
        for case in casebook::cases_of(check).unwrap() {
            let Ok(bound) = check.bind(&case.settings) else { continue };
            let mut policy = Policy::of_check(check, bound);
            let alone = judge(&policy, &case.facts);
            for broken in [&BREAKS, &BURNS, &TAKES_NO_NOTICE] {
                policy.rules.extend(made::policy_of(broken).rules);
            }
            for threads in [1, 2, 8] {
                let report = on_threads(threads, &policy, &case.facts);
                for broken in ["breaks", "burns", "takes-no-notice"] {
                    assert!(matches!(verdict_of(&report, broken), Verdict::Unknown { .. }), "{broken}");
                }
                assert_eq!(report.outcome, Outcome::Undecided, "a broken check never opens the gate");
                let beside = report.results.iter().find(|it| it.rule == check.meta.id).unwrap();
                assert_eq!(json(&alone.results[0]), json(beside), "{}: {}", check.meta.id, case.title);
            }
            judged += 1;
        }
    }
    assert!(checks::ALL.len() <= judged, "only {judged} cases were judged");
}

#[test]
fn the_report_is_the_same_for_any_number_of_threads() {
    let names: Vec<(String, String)> = (0..200)
        .map(|it| (format!("src/{it}.rs"), format!("// {it}\ndbg!({});\ndbg!({});\n", it % 7, it % 7)))
        .collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("lost-a.bin", "\u{0}"));
    let mut facts = made::facts(Mode::All, &[], &files);
    // Paths whose one blob is lost: which of them is named must not depend on who asked first.
    facts.change = made::facts(Mode::All, &[], &[files.as_slice(), &[("x", "lost"), ("y", "lost")]].concat()).change;
    let mut policy = made::policy("text", "{ forbidden: [{ pattern: 'dbg!' }] }");
    for index in 0..24 {
        let pattern = format!("{{ forbidden: [{{ pattern: 'dbg!.{}' }}], scope: changed-files }}", index % 8);
        let mut rules = made::policy("text", &pattern).rules;
        rules[0].id = format!("rule-{}", 24 - index);
        policy.rules.append(&mut rules);
    }
    policy.rules.extend(made::policy_of(&READS_ALL).rules);
    let wanted = json(&on_threads(1, &policy, &facts));
    assert!(wanted.contains("the content of `x`") && wanted.contains("the content of `y`"));
    for threads in [1, 2, 8] {
        for _ in 0..4 {
            // A fresh store, so that blobs are read in another order each time.
            let contents = made::facts(Mode::All, &[], &[]).contents;
            let facts = Facts { contents, ..facts.clone() };
            assert!(json(&on_threads(threads, &policy, &facts)) == wanted, "differs with {threads} threads");
        }
    }
}

#[test]
fn a_rule_has_its_own_budget_whoever_reads_first() {
    let mut facts = made::facts(Mode::All, &[], &[("a", "0123456789"), ("b", "0123456789")]);
    let mut policy = made::policy_of(&READS_ALL);
    policy.rules.extend(made::policy_of(&READS_ALL).rules);
    policy.rules[1].id = "second".to_owned();
    for (units, passes) in [(21, false), (22, true)] {
        facts.budget = Arc::new(Budget::new(units));
        let report = judge(&policy, &facts);
        for rule in ["reads-all", "second"] {
            assert_eq!(*verdict_of(&report, rule) == Verdict::Pass, passes, "{rule} with {units} units");
        }
    }
}

fn commit(id: u8, subject: &str, email: &str, time: i64) -> Commit {
    let author = Identity { name: "Ana".to_owned(), email: email.to_owned(), time: Timestamp(time) };
    Commit {
        id: ObjectId::from_bytes(&[id; 20]).unwrap(),
        parents: Vec::new(),
        committer: Identity { time: Timestamp(i64::from(id)), ..author.clone() },
        author,
        message: format!("{subject}\n\nbody {id}"),
        signature: None,
        brings_nothing: false,
    }
}

#[test]
fn a_commit_is_itself_after_a_rebase_and_no_other_commit_is_it() {
    let print = |commits: Vec<Commit>| {
        let mut facts = made::facts(Mode::Range, &[], &[]);
        facts.commits = Ok(commits.into());
        let report = judge(&made::policy_of(&EACH_COMMIT), &facts);
        report.results[0].findings.iter().map(|it| (it.fingerprint.clone(), it.settlement.clone())).collect::<Vec<_>>()
    };
    let original = print(vec![commit(1, "wip", "ana@example.com", 50)]);
    assert_eq!(original.len(), 1);
    assert_eq!(original[0].1, Settlement::Open);
    assert_eq!(original, print(vec![commit(9, "wip", "Ana@Example.com", 50)]), "rebased");
    for other in [
        commit(1, "wip", "bo@example.com", 50),
        commit(1, "wip", "ana@example.com", 51),
        commit(1, "w", "ana@example.com", 50),
    ] {
        assert_ne!(original, print(vec![other]));
    }
}
