//! Runs every example of every `check.md`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use gatecheck::checks::CheckDef;
use gatecheck::formats::yaml;
use gatecheck::policy::Policy;
use gatecheck::{casebook, checks};

use crate::support;

fn path_of(check: &CheckDef) -> PathBuf {
    support::root().join("src/checks").join(check.meta.id.replace('-', "_")).join("check.md")
}

#[test]
fn every_case_of_every_check_holds() {
    let mut failures = String::new();
    for check in checks::ALL {
        let path = path_of(check);
        let book = match casebook::run_check(check) {
            Ok(book) => book,
            Err(errors) => panic!("{}:\n{errors}", path.display()),
        };
        // One writer for both generated parts: two that bless the same file would undo each other.
        let wanted = casebook::with_settings(check, &book.blessed);
        if support::blessing() {
            support::assert_current(&path, &wanted);
            continue;
        }
        for result in book.results.iter().filter(|result| !result.holds()) {
            let place = format!("{}:{}", path.display(), result.line);
            let _ = writeln!(
                failures,
                "\n{place}: {}\nexpected:\n{}\nactual:\n{}",
                result.title, result.expected, result.actual
            );
        }
        if casebook::with_settings(check, check.meta.docs) != check.meta.docs {
            let _ = writeln!(failures, "\n{}: the table of settings is out of date", path.display());
        }
    }
    assert!(failures.is_empty(), "{failures}\nread the difference, then run `BLESS=1 cargo test`");
}

#[test]
fn every_check_shows_a_failure_a_pass_and_an_unknown() {
    for check in checks::ALL {
        let book = casebook::run_check(check).unwrap();
        for word in ["fail ", "pass", "unknown: "] {
            let shown = book.results.iter().any(|result| result.actual.lines().any(|line| line.starts_with(word)));
            assert!(shown, "`{}` has no case whose verdict is `{}`", check.meta.id, word.trim());
        }
    }
}

#[test]
fn every_hazard_of_every_check_has_a_case_that_fires() {
    for check in checks::ALL {
        let book = casebook::run_check(check).unwrap();
        for hazard in check.meta.hazards {
            let id = format!("fail {}/{} ", check.meta.id, hazard.id);
            let fires = book.results.iter().any(|result| result.actual.lines().any(|line| line.starts_with(&id)));
            assert!(fires, "no case of `{}` fires the hazard `{}`", check.meta.id, hazard.id);
        }
    }
}

#[test]
fn the_guide_to_cases_lists_the_roles_and_languages_of_the_code() {
    let path = support::root().join("docs/cases.md");
    let guide = std::fs::read_to_string(&path).unwrap();
    let role = |role: &casebook::Role| {
        let path = if role.name.ends_with(':') { "PATH" } else { "" };
        let often = if role.repeats { ", as often as needed" } else { "" };
        format!("| `{}{path}` | {}{often} |", role.name, role.holds)
    };
    let language = |it: &casebook::Language| format!("| `{}` | {} |", it.name, it.reads);
    let guide = with_table(&guide, "| role | what the block holds |", casebook::ROLES.iter().map(role));
    let guide = with_table(&guide, "| language | how the content is read |", casebook::LANGUAGES.iter().map(language));
    support::assert_current(&path, &guide);
}

/// The text with the rows below a table's head written anew.
fn with_table(text: &str, head: &str, rows: impl Iterator<Item = String>) -> String {
    let (before, after) = text.split_once(head).unwrap_or_else(|| panic!("no table `{head}`"));
    let rest = after.lines().skip(1).skip_while(|line| line.starts_with('|'));
    let lines = [head.to_owned(), "|---|---|".to_owned()].into_iter().chain(rows).chain(rest.map(str::to_owned));
    format!("{before}{}\n", lines.collect::<Vec<_>>().join("\n"))
}

fn policy_of(text: Option<&str>) -> Result<Arc<Policy>, Vec<String>> {
    let Some(text) = text else { return Err(vec!["there is no repository here".to_owned()]) };
    let pattern = text.lines().find_map(|line| line.strip_prefix("pattern: ")).ok_or(["no pattern".to_owned()])?;
    let settings = format!("forbidden: [{{ pattern: '{pattern}' }}]");
    let (documents, _) = yaml::parse(&settings);
    let root = documents.into_iter().next().and_then(|it| it.root).unwrap();
    let check = checks::find("text").unwrap();
    Ok(Arc::new(Policy::of_check(check, check.bind(&root).unwrap())))
}

#[test]
fn a_policy_test_judges_its_own_policy_and_tells_which_rules_it_saw_fail() {
    let text = "## Cases\n\n### One\n\n```yaml policy\npattern: TODO\n```\n\n```rust head:a.rs\n// TODO\n```\n\n\
                ```text verdict\nfail text/forbidden a.rs:1:4-8: `TODO` is forbidden here\n```\n\n### Two\n\n\
                ```yaml policy\n```\n\n```text verdict\n```\n";
    let book = casebook::run_policy(text, policy_of).unwrap();
    let told: Vec<(u32, bool, &str)> =
        book.results.iter().map(|it| (it.line, it.holds(), it.actual.as_str())).collect();
    assert_eq!(
        told,
        [(3, true, "fail text/forbidden a.rs:1:4-8: `TODO` is forbidden here"), (17, false, "error: no pattern"),]
    );
    assert!(book.blessed.contains("```text verdict\nerror: no pattern\n```"));
    let policy = policy_of(Some("pattern: x")).unwrap();
    assert!(casebook::never_failing(&policy, &[&book]).is_empty());
    assert_eq!(casebook::never_failing(&policy, &[]), ["text"]);
    let xml = casebook::junit(&[("tests/<a>.md", &book)]);
    assert!(xml.contains("<testsuite name=\"tests/&lt;a&gt;.md\" tests=\"2\" failures=\"1\">"), "{xml}");
}

#[test]
fn every_mistake_of_a_file_is_told_at_once_with_its_line() {
    let text = "## Cases\n\n```yaml run\n```\n\n### One\n\n```yaml ran\n```\n\n```rust head:\n```\n\n\
                ```rust tree:a.rs\n```\n\n```rust head:a.rs\n```\n\n```yaml with\n```\n\n```text verdict\n```\n\n\
                ```rust head:b.rs\n```\n\n### Two\n\n```rust head:c.rs\n";
    let errors = casebook::run_policy(text, policy_of).unwrap_err();
    let lines: Vec<u32> = errors.0.iter().map(|it| it.line).collect();
    assert_eq!(lines, [3, 8, 11, 17, 26, 29, 31], "{errors}");
    assert!(errors.to_string().contains("line 8: `ran` is no role; did you mean `run`?"), "{errors}");
}

#[test]
fn a_mistake_inside_of_a_block_is_told_at_its_own_line() {
    for (block, line, words) in [
        ("```yaml run\nci: true\nmod: all\n```", 7, "unknown field `mod`"),
        ("```yaml run\nrules: [tezt]\n```", 5, "the policy has no rule `tezt`; did you mean `text`?"),
        ("```yaml commits\n- message: a\n  author: 7\n```", 7, "commits"),
        ("```absent head:a\nsomething\n```", 5, "an `absent` file has no content"),
        ("```submodule head:a\nabc\n```", 5, "`abc` is not the full id of a commit"),
        ("```yaml with\n```", 5, "a policy test has no settings of its own"),
        ("```base64 head:a\n***\n```", 5, "this is not base64"),
    ] {
        let text =
            format!("## Cases\n\n### One\n\n{block}\n\n```yaml policy\npattern: x\n```\n\n```text verdict\n```\n");
        let errors = casebook::run_policy(&text, policy_of).unwrap_err();
        let [error] = errors.0.as_slice() else { panic!("{errors}") };
        assert_eq!(error.line, line, "{error}");
        assert!(error.message.contains(words), "{error}");
    }
}
