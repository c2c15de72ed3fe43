//! Facts are written down and judged again: the same report, byte for byte.

use gatecheck::engine::judge;
use gatecheck::formats::facts_file::{Ends, FactsFile, FactsFileError, Known, Recorder};
use gatecheck::model::{Facts, Mode, ObjectId, PullRequest, Report, Verdict};
use gatecheck::policy::Policy;
use gatecheck::{casebook, checks};
use proptest::prelude::*;

use crate::made;
use crate::support::{self, Run, TempRepo};

fn json(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

/// Judges, records, writes, reads and judges again. Gives the file.
fn assert_replays(policy: &Policy, facts: &Facts, what: &str) -> FactsFile {
    let wanted = json(&judge(policy, facts));
    let recorder = Recorder::new(facts);
    assert!(json(&judge(policy, recorder.facts())) == wanted, "{what}: watching changes the report");
    let written = recorder.finish(Ends::default());
    let text = written.text().unwrap();
    let read = FactsFile::read(&text).unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(read.text().unwrap(), text, "{what}");
    assert_eq!(read.digest(), written.digest(), "{what}");
    let replayed = read.facts().unwrap();
    assert_eq!(json(&judge(policy, &replayed)), wanted, "{what}");
    let again = Recorder::new(&replayed);
    let _ = judge(policy, again.facts());
    assert_eq!(again.finish(Ends::default()).digest(), written.digest(), "{what}: recorded from a recording");
    read
}

#[test]
fn every_case_of_every_check_replays_to_the_same_bytes() {
    let mut judged = 0;
    for check in checks::ALL {
        for case in casebook::cases_of(check).unwrap() {
            let Ok(bound) = check.bind(&case.settings) else { continue };
            assert_replays(&Policy::of_check(check, bound), &case.facts, &format!("{}: {}", check.meta.id, case.title));
            judged += 1;
        }
    }
    assert!(checks::ALL.len() <= judged, "only {judged} cases were judged");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn any_change_replays_to_the_same_bytes(
        base in proptest::collection::btree_map("[a-c](/[a-c]){0,2}\\.rs", "(dbg!\n|x\n|\u{0}|\\PC){0,8}", 0..5),
        head in proptest::collection::btree_map("[a-c](/[a-c]){0,2}\\.rs", "(dbg!\n|x\n|\u{0}|\\PC){0,8}", 0..5),
        scope in prop_oneof!["added-lines", "changed-files", "tree"],
    ) {
        let pairs = |map: &std::collections::BTreeMap<String, String>| -> Vec<(String, String)> {
            map.clone().into_iter().collect()
        };
        let (base, head) = (pairs(&base), pairs(&head));
        let base: Vec<(&str, &str)> = base.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let head: Vec<(&str, &str)> = head.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let settings = format!("{{ forbidden: [{{ pattern: 'dbg!' }}], required: [{{ pattern: x }}], scope: {scope} }}");
        assert_replays(&made::policy("text", &settings), &made::facts(Mode::PullRequest, &base, &head), "generated");
    }
}

fn one_file() -> Facts {
    made::facts(Mode::PullRequest, &[], &[("a.rs", "dbg!(1);\n"), ("b.bin", "\u{0}")])
}

fn policy() -> Policy {
    made::policy("text", "{ forbidden: [{ pattern: 'dbg!' }] }")
}

fn id(digit: u8) -> ObjectId {
    ObjectId::from_bytes(&[digit; 20]).unwrap()
}

#[test]
fn what_was_not_recorded_is_unknown_to_a_later_policy_and_never_absent() {
    let file = assert_replays(&policy(), &one_file(), "one file");
    let later = made::policy("text", "{ forbidden: [{ pattern: 'nothing' }], scope: tree }");
    let report = judge(&later, &file.facts().unwrap());
    assert!(matches!(report.results[0].verdict, Verdict::Unknown { .. }), "{:?}", report.results[0].verdict);
}

#[test]
fn a_recording_of_the_whole_change_serves_a_later_policy() {
    let old = [("a.rs", "dbg!(1);\n")];
    let facts = made::facts(Mode::Range, &old, &[("a.rs", "dbg!(1);\ndbg!(2);\n")]);
    let recorder = Recorder::new(&facts);
    recorder.read_whole_change();
    let file = recorder.finish(Ends::default());
    assert_eq!(json(&judge(&policy(), &file.facts().unwrap())), json(&judge(&policy(), &facts)));
}

#[test]
fn a_part_of_a_file_adds_what_gathering_cannot_know() {
    let text = r#"{
        "schema": "gatecheck.facts/v1",
        "head": "0202020202020202020202020202020202020202",
        "pull-request": { "known": { "number": 7, "title": "Pay", "author": "ana", "source": "topic", "target": "main" } },
        "refs": { "target": { "known": "main" }, "behind": { "missing": { "what": "it", "how": "-", "place": "here" } } }
    }"#;
    let file = FactsFile::read(text).unwrap();
    let mut gathered = one_file();
    gathered.refs = {
        let mut refs = gathered.refs.as_ref().clone();
        refs.behind = Ok(3);
        refs.into()
    };
    let facts = file.over(gathered, Ends { base: Some(id(1)), head: Some(id(2)), tip: None, queued: None }).unwrap();
    assert_eq!(facts.pull_request.map(|it| it.number), Ok(7));
    assert_eq!(facts.refs.target.as_deref(), Ok("main"));
    assert_eq!(facts.refs.behind, Ok(3), "what the file does not know does not hide what was gathered");
    assert!(facts.commits.is_err());
}

#[test]
fn a_recorded_run_is_judged_again_to_the_same_bytes_and_for_no_other_change() {
    let repo = TempRepo::new();
    repo.write(
        "gatecheck.yaml",
        "gatecheck: 1\nextends: [default]\nrules:\n  small: { check: diff, with: { limits: { files: 1 } } }\n",
    );
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("a.txt", "one\n");
    repo.write("b.txt", "two\n");
    repo.commit("Add two files");
    let range = ["--base", "main", "--head", "change", "--now", "2026-01-03T00:00:00Z"];
    let told = repo.check(&[&range[..], &["--format", "json"]].concat()).exits(1).stdout;
    repo.check(&[&["facts"], &range[..], &["-o", "facts.json"]].concat()).exits(0);
    assert_eq!(repo.check(&["--facts", "facts.json", "--format", "json"]).exits(1).stdout, told);
    // The same facts for a change that is named must be the facts of that change.
    repo.check(&[&range[..], &["--facts", "facts.json"]].concat()).exits(1);
    let other = repo.check(&["--base", "main", "--head", "main", "--facts", "facts.json"]).exits(3);
    assert!(other.stderr.contains("the facts are about the head"), "{}", other.stderr);
    repo.check(&["facts", "-o", "work-tree.json"]).exits(0);
    let nameless = repo.check(&[&range[..], &["--facts", "work-tree.json"]].concat()).exits(2);
    assert!(nameless.stderr.contains("the facts hold files of no head"), "{}", nameless.stderr);
    let mut in_ci = repo.gatecheck(&["--facts", "facts.json"]);
    assert_ne!(Run::of(in_ci.env("CI", "true")).code, Some(0));
}

#[test]
fn facts_of_another_change_are_refused_with_both_ids() {
    let mut file =
        Recorder::new(&one_file()).finish(Ends { base: Some(id(1)), head: Some(id(2)), tip: None, queued: None });
    let error = file
        .over(one_file(), Ends { base: Some(id(1)), head: Some(id(3)), tip: None, queued: None })
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains(&id(2).to_string()) && error.contains(&id(3).to_string()), "{error}");
    let error = file
        .over(one_file(), Ends { base: Some(id(1)), head: None, tip: None, queued: None })
        .err()
        .unwrap()
        .to_string();
    assert!(error.ends_with("and this run judges what is not committed yet"), "{error}");
    file.head = None;
    let judged = Ends { base: Some(id(1)), head: Some(id(3)), tip: None, queued: None };
    assert!(file.over(one_file(), judged).is_err_and(|error| error.to_string().contains("hold files of no head")));
    file.files = None;
    assert!(file.over(one_file(), judged).is_ok());
}

#[test]
fn a_file_that_cannot_be_used_says_where_and_why() {
    for (text, told) in [
        (
            "{\n  \"schema\": \"gatecheck.facts/v1\",\n  \"pul-request\": 1\n}",
            "line 3, column 15 of the facts: unknown field `pul-request`",
        ),
        ("{\"schema\": \"gatecheck.facts/v2\", \"more\": 1}", "the facts have the format `gatecheck.facts/v2`"),
        ("", "line 1, column 0 of the facts: EOF while parsing a value"),
        (
            "{\"schema\": \"gatecheck.facts/v1\", \"tags\": {\"known\": [{\"name\": \"v1\", \"commit\": \"12\"}]}}",
            "`12` is not a full object name",
        ),
    ] {
        let error = FactsFile::read(text).err().unwrap().to_string();
        assert!(error.contains(told), "{error}");
    }
    let part = FactsFile::read("{\"schema\": \"gatecheck.facts/v1\"}").unwrap();
    assert_eq!(part.facts().err(), Some(FactsFileError::Incomplete("run")));
}

#[test]
fn the_published_schema_is_that_of_the_facts() {
    let text = format!("{:#}\n", FactsFile::schema().to_value());
    support::assert_current(&support::root().join("policies/facts.schema.json"), &text);
}

/// Part of a file: what a forge told about the head `0202…`.
const FORGE: &str = r#"{
    "schema": "gatecheck.facts/v1",
    "pull-request": { "known": {
        "number": 7, "title": "Pay", "author": "ana", "source": "topic", "target": "main",
        "head": "0202020202020202020202020202020202020202"
    } },
    "forge": { "reviews": { "known": [{ "id": 1, "user": "bea", "state": "approved" }] } }
}"#;

fn ends(head: u8) -> Ends {
    Ends { base: Some(id(1)), head: Some(id(head)), tip: None, queued: None }
}

#[test]
fn what_a_forge_told_counts_for_its_own_head_only() {
    let file = FactsFile::read(FORGE).unwrap();
    let facts = file.over(one_file(), ends(2)).unwrap();
    assert_eq!(facts.forge.reviews.as_ref().map(|it| it.len()), Ok(1));
    assert!(facts.forge.people.is_err(), "what the file does not tell stays unknown");
    let trial = Ends { head: Some(id(9)), tip: Some(id(2)), ..ends(2) };
    assert!(file.over(one_file(), trial).is_ok(), "the trial merge of that head");
    let error = file.over(one_file(), ends(3)).err().unwrap();
    assert!(matches!(error, FactsFileError::OtherChange { side: "head", .. }), "{error}");
    let uncommitted = Ends::default();
    assert!(file.over(one_file(), uncommitted).is_err(), "a work tree is no head that anybody approved");
    let nameless = FORGE.replace(",\n        \"head\": \"0202020202020202020202020202020202020202\"", "");
    let error = FactsFile::read(&nameless).unwrap().over(one_file(), ends(2)).err().unwrap();
    assert!(matches!(error, FactsFileError::NoHead(_)), "{error}");
    assert!(error.to_string().contains("not of which head") && error.help().contains("head"), "{error}");
}

#[test]
fn what_a_forge_told_about_another_pull_request_is_refused() {
    let file = FactsFile::read(FORGE).unwrap();
    let mut gathered = one_file();
    let Some(Known::Known(mut request)) = file.pull_request.clone() else { panic!("it has one") };
    request.number = 8;
    gathered.pull_request = Ok(request.into());
    let error = file.over(gathered, ends(2)).err().unwrap();
    assert!(matches!(error, FactsFileError::OtherPullRequest { .. }), "{error}");
    let mut retargeted = one_file();
    retargeted.refs = {
        let mut refs = retargeted.refs.as_ref().clone();
        refs.target = Ok("release".to_owned());
        refs.into()
    };
    let error = file.over(retargeted, ends(2)).err().unwrap();
    assert!(error.to_string().contains("`main`") && error.to_string().contains("`release`"), "{error}");
}

#[test]
fn a_policy_in_the_checkout_of_a_proposal_is_refused() {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", "gatecheck: 1\nextends: [default]\n");
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    repo.write("ci/mild.yaml", "gatecheck: 1\nextends: [default]\n");
    repo.commit("Choose a judge");
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("mild.yaml");
    std::fs::copy(repo.path().join("ci/mild.yaml"), &outside).unwrap();
    let run = |policy: &str, ci: &str| {
        let mut command = repo.gatecheck(&["--base", "main", "--head", "change", "--policy", policy]);
        Run::of(command.env("CI", ci))
    };
    run(outside.to_str().unwrap(), "true").exits(0);
    run("ci/mild.yaml", "false").exits(0);
    for inside in ["ci/mild.yaml", repo.path().join("ci/mild.yaml").to_str().unwrap()] {
        let refused = run(inside, "true").exits(2);
        assert!(refused.stderr.contains("lies in the checkout"), "{}", refused.stderr);
    }
}

#[test]
fn facts_in_the_checkout_of_a_proposal_are_refused() {
    let repo = TempRepo::new();
    repo.write("gatecheck.yaml", "gatecheck: 1\nextends: [default]\n");
    repo.commit("Lay the ground");
    repo.git(&["checkout", "--quiet", "-b", "change"]);
    let head = repo.commit("Change");
    let text = format!("{{ \"schema\": \"gatecheck.facts/v1\", \"head\": \"{head}\" }}");
    let elsewhere = tempfile::tempdir().unwrap();
    let outside = elsewhere.path().join("facts.json");
    std::fs::write(&outside, &text).unwrap();
    repo.write("facts.json", &text);
    let run = |facts: &str| {
        let mut command = repo.gatecheck(&["--base", "main", "--head", "change", "--facts", facts]);
        Run::of(command.env("CI", "true"))
    };
    run(outside.to_str().unwrap()).exits(0);
    for inside in ["facts.json", "./facts.json", repo.path().join("facts.json").to_str().unwrap()] {
        let refused = run(inside).exits(2);
        assert!(refused.stderr.contains("lie in the checkout"), "{}", refused.stderr);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&outside, repo.path().join("link.json")).unwrap();
        let back = elsewhere.path().join("back.json");
        std::os::unix::fs::symlink(repo.path().join("facts.json"), &back).unwrap();
        run("link.json").exits(2);
        run(back.to_str().unwrap()).exits(2);
    }
    // At home whoever asks has written it.
    repo.check(&["--base", "main", "--head", "change", "--facts", "facts.json"]).exits(0);
}

#[test]
fn a_recording_fits_the_schema_of_its_format() {
    let mut facts = one_file();
    facts.pull_request = Ok(std::sync::Arc::new(PullRequest {
        labels: vec!["a".to_owned()],
        ..serde_json::from_str(r#"{"number":1,"title":"t","author":"a","source":"s","target":"t"}"#).unwrap()
    }));
    let recorder = Recorder::new(&facts);
    let _ = judge(&policy(), recorder.facts());
    recorder.read_whole_change();
    let mut file = recorder.finish(Ends { base: Some(id(1)), head: Some(id(2)), tip: None, queued: None });
    let schema = FactsFile::schema().to_value();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = |file: &FactsFile| -> Vec<String> {
        validator.iter_errors(&serde_json::to_value(file).unwrap()).map(|it| it.to_string()).collect()
    };
    assert_eq!(errors(&file), [""; 0]);
    file.pull_request = None;
    assert_eq!(errors(&file), [""; 0]);
    assert!(matches!(file.tags, Some(Known::Missing(_))));
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "gatecheck.facts/v1", "pul-request": 1 })));
}
