//! Conditions that can never hold are refused: they would only be silent.

use super::*;

#[test]
fn a_condition_that_nothing_can_match_is_refused() {
    let with = |when: &str| {
        let own = format!("gatecheck: 1\nrules:\n  a: {{ check: text, when: {when} }}\n");
        load(&sources(&[("gatecheck.yaml", &own)], &[]))
    };
    for (when, message) in [
        ("{ target: refs/heads/main }", "`refs/heads/main` matches no branch: a branch goes by its short name here"),
        ("{ source: ['!refs/heads/x'] }", "`!refs/heads/x` matches no branch: a branch goes by its short name here"),
        ("{ paths: ['../src/**'] }", "`../src/**` matches no path of a repository"),
        ("{ paths: ['src//a'] }", "`src//a` matches no path of a repository"),
        ("{ paths: ['src/./a'] }", "`src/./a` matches no path of a repository"),
        ("{ paths: ['!**'] }", "`paths` takes back everything, and nothing can ever match"),
        ("{ not: { paths: ['src/**', '!src/**'] } }", "`paths` takes back everything, and nothing can ever match"),
        ("{ target: ['!**'] }", "this list takes back everything, and nothing can ever match"),
        ("{ size: { files: '< 0' } }", "nothing is ever less than 0, so that this `files` never holds"),
        ("{ event: pull-reqest }", "no service that gatecheck knows has the event `pull-reqest`"),
    ] {
        assert_eq!(refusals(with(when)), [message]);
    }
    accept(with("{ target: ['release/*', refs], paths: ['a..b/**', '!a/**', './src/', '/b/'] }"));
    accept(with("{ event: [pull_request, merge_request_event, PullRequest, staged], size: { files: '< 1' } }"));
}

#[cfg(feature = "cel")]
#[test]
fn a_comparison_that_can_never_be_true_is_refused() {
    let with = |cel: &str, more: &str| {
        let own = format!("gatecheck: 1\n{more}rules:\n  a: {{ check: text, when: {{ cel: '{cel}' }} }}\n");
        load(&sources(&[("gatecheck.yaml", &own)], &[]))
    };
    for (cel, message) in [
        (r#"mode == "pull_request""#, "`mode` is never `pull_request`"),
        (r#"!("pull_request" != mode)"#, "`mode` is never `pull_request`"),
        (r#"mode in ["push", "pull_request"]"#, "`mode` is never `pull_request`"),
        (r#"event == "pull_requests""#, "`event` is never `pull_requests`"),
        (r#"change.files.exists(f, f.kind == "add")"#, "the kind of a changed file is never `add`"),
        (r#"change.files.exists(f, f.mode == "100755")"#, "the mode of a changed file is never `100755`"),
        (r#"target == "refs/heads/main""#, "the short name of a branch is never `refs/heads/main`"),
        (r#"draft == "true""#, "true or false is never equal to a text"),
        (r#"size(commits) == "3""#, "a number is never equal to a text"),
        (r#"labels == "urgent""#, "a list is never equal to a text"),
        (r#"3 in labels"#, "a number is never equal to a text"),
        ("1 == 2", "this condition asks about nothing, and is always the same"),
    ] {
        assert_eq!(refusals(with(cel, "")), [message], "{cel}");
    }
    assert_eq!(refusals(with(r#"profile == "prd""#, "profiles: [prod]\n")), ["`profile` is never `prd`"]);
    for cel in [
        r#"mode == "pull-request" && event == "something_new" && target == "main""#,
        r#"profile == "prd" || "urgent" in labels || title in ["a", "b"]"#,
        r#"change.files.exists(f, f.kind in ["added", "renamed"] && f.additions == 1)"#,
    ] {
        accept(with(cel, ""));
    }
    assert!(plain(&with(r#"mode == "pull_request""#, "").unwrap_err()).contains("did you mean `pull-request`?"));
}

#[test]
fn a_waiver_that_takes_back_every_path_is_refused() {
    let with = |paths: &str| {
        let own = format!(
            "gatecheck: 1\nrules:\n  a: {{ check: text }}\nwaivers:\n  - {{ rule: a, paths: {paths}, reason: old, \
             owner: ana, approver: bo, expires: 2026-12-31 }}\n"
        );
        load(&sources(&[("gatecheck.yaml", &own)], &[]))
    };
    let refused = refusals(with("['src/**', '!**']"));
    assert_eq!(refused, ["`paths` takes back everything, so that the waiver covers nothing"]);
    accept(with("['src/**', '!src/gen/**']"));
}
