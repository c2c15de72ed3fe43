//! Runs every example of every `check.md`.

use std::fmt::Write as _;

use gatecheck::{casebook, checks};

use crate::support;

#[test]
fn every_case_of_every_check_holds() {
    let mut failures = String::new();
    for check in checks::ALL {
        let path = support::root().join("src/checks").join(check.meta.id.replace('-', "_")).join("check.md");
        let book = match casebook::run_check(check) {
            Ok(book) => book,
            Err(error) => panic!("{}: {error}", path.display()),
        };
        if support::blessing() {
            support::assert_current(&path, &book.blessed);
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
