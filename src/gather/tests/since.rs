//! An approval through rebases, merges and edits, on real histories.

use std::sync::Arc;

use super::{Sandbox, range_of};
use crate::gather;
use crate::git::range;
use crate::model::{Forge, ObjectId, Review, ReviewState};

const LINES: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

/// `main` with two files and `topic` with one change to each; gives the head that was looked at.
fn looked_at() -> (Sandbox, String) {
    let sandbox = Sandbox::with_files(&[("a", LINES), ("b", LINES), ("c", "c\n")]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    let head = sandbox.commit(&[("a", &LINES.replace('5', "five")), ("b", &LINES.replace('5', "five"))], "change");
    (sandbox, head)
}

/// The files that are other ones in `topic` since that head; what is missing otherwise.
fn since(sandbox: &Sandbox, head: &str) -> Result<Vec<String>, String> {
    let repository = sandbox.open();
    let ranges = range::resolve(&repository, &range_of("main", "topic"), None).unwrap();
    let commit: ObjectId = head.parse().unwrap();
    let review = Review {
        id: 1,
        user: "bea".to_owned(),
        account_type: None,
        state: ReviewState::Approved,
        submitted_at: None,
        commit: Some(commit),
        permission: None,
        on_behalf_of: Vec::new(),
        dismissal: None,
    };
    let forge = Forge { reviews: Ok(Arc::from([review])), ..Forge::unknown() };
    let told = gather::since(&repository, ranges.first().unwrap(), &forge).since;
    let changed = told[&commit].as_ref().map_err(|missing| missing.what.clone())?;
    Ok(changed.iter().map(ToString::to_string).collect())
}

fn on_main(sandbox: &Sandbox, files: &[(&str, &str)]) {
    sandbox.git(&["checkout", "--quiet", "main"]);
    sandbox.commit(files, "meanwhile");
    sandbox.git(&["checkout", "--quiet", "topic"]);
}

fn nothing() -> Result<Vec<String>, String> {
    Ok(Vec::new())
}

fn only(path: &str) -> Result<Vec<String>, String> {
    Ok(vec![path.to_owned()])
}

#[test]
fn the_same_head_is_the_same_change() {
    let (sandbox, head) = looked_at();
    assert_eq!(since(&sandbox, &head), nothing());
    sandbox.git(&["commit", "--quiet", "--amend", "--message", "other words"]);
    assert_eq!(since(&sandbox, &head), nothing(), "other words for the same change");
}

#[test]
fn a_clean_rebase_and_a_clean_merge_of_the_target_keep_it() {
    for way in [["rebase", "--quiet", "main"], ["merge", "--quiet", "main"]] {
        let (sandbox, head) = looked_at();
        on_main(&sandbox, &[("a", &LINES.replace('1', "one")), ("c", "other\n"), ("d", "new\n")]);
        sandbox.git(&way);
        assert_eq!(since(&sandbox, &head), nothing(), "{way:?}");
    }
}

#[test]
fn an_edit_on_the_way_is_told_by_its_file() {
    let (sandbox, head) = looked_at();
    on_main(&sandbox, &[("a", &LINES.replace('1', "one"))]);
    sandbox.git(&["rebase", "--quiet", "main"]);
    sandbox.commit(&[("a", &LINES.replace('1', "one").replace('5', "five").replace('9', "nine"))], "more");
    assert_eq!(since(&sandbox, &head), only("a"));
}

#[test]
fn a_merge_with_an_edit_in_it_is_told() {
    let (sandbox, head) = looked_at();
    on_main(&sandbox, &[("c", "other\n")]);
    sandbox.git(&["merge", "--quiet", "--no-commit", "main"]);
    sandbox.commit(&[("b", &LINES.replace('5', "five").replace('2', "evil"))], "Merge main");
    assert_eq!(since(&sandbox, &head), only("b"));
}

#[test]
fn the_settlement_of_a_conflict_was_not_looked_at() {
    let (sandbox, head) = looked_at();
    on_main(&sandbox, &[("a", &LINES.replace('5', "fünf"))]);
    let (_, _, merged) = super::try_run(&sandbox.root, &["merge", "--quiet", "main"]);
    assert!(!merged, "both sides changed the line");
    sandbox.commit(&[("a", &LINES.replace('5', "five"))], "Merge main");
    assert_eq!(since(&sandbox, &head), only("a"), "what main did to the line is undone");
}

#[test]
fn a_base_that_moves_under_an_unchanged_result_is_told() {
    // The head has the very file that was approved; by now that takes back what main did to it.
    let (sandbox, head) = looked_at();
    on_main(&sandbox, &[("a", &LINES.replace('1', "mended"))]);
    sandbox.git(&["reset", "--quiet", "--hard", "main"]);
    sandbox.commit(&[("a", &LINES.replace('5', "five")), ("b", &LINES.replace('5', "five"))], "change");
    assert_eq!(since(&sandbox, &head), only("a"));
}

#[test]
fn the_same_lines_at_another_place_are_another_change() {
    let sandbox = Sandbox::with_files(&[("a", &"x\nx\nx\nx\n\n".repeat(4))]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    let block = |at: usize| -> String {
        (0..4).map(|it| if it == at { "x\nx\nnew\nx\nx\n\n" } else { "x\nx\nx\nx\n\n" }).collect()
    };
    let head = sandbox.commit(&[("a", &block(1))], "change");
    on_main(&sandbox, &[("a", &format!("top\n{}", "x\nx\nx\nx\n\n".repeat(4)))]);
    sandbox.git(&["reset", "--quiet", "--hard", "main"]);
    sandbox.commit(&[("a", &format!("top\n{}", block(2)))], "moved");
    assert_eq!(since(&sandbox, &head), only("a"));
    sandbox.git(&["reset", "--quiet", "--hard", "main"]);
    sandbox.commit(&[("a", &format!("top\n{}", block(1)))], "as it was");
    assert_eq!(since(&sandbox, &head), nothing());
}

#[test]
fn what_comes_in_or_goes_out_is_told_and_what_has_landed_is_not() {
    let (sandbox, head) = looked_at();
    sandbox.commit(&[("new", "file\n")], "more");
    assert_eq!(since(&sandbox, &head), only("new"));
    sandbox.git(&["reset", "--quiet", "--hard", "main"]);
    sandbox.commit(&[("a", &LINES.replace('5', "five"))], "less");
    assert_eq!(since(&sandbox, &head), only("b"), "what was approved together with it is gone");
    on_main(&sandbox, &[("b", &LINES.replace('5', "five"))]);
    sandbox.git(&["rebase", "--quiet", "main"]);
    assert_eq!(since(&sandbox, &head), nothing(), "it has landed in main");
}

#[test]
fn modes_and_binaries_are_compared_as_a_whole() {
    let sandbox = Sandbox::with_files(&[("run", LINES), ("image", "\u{0}\u{1}1\n")]);
    sandbox.git(&["checkout", "--quiet", "-b", "topic"]);
    let head = sandbox.commit(&[("run", &LINES.replace('5', "five")), ("image", "\u{0}\u{1}2\n")], "change");
    on_main(&sandbox, &[("run", &LINES.replace('1', "one"))]);
    sandbox.git(&["rebase", "--quiet", "main"]);
    assert_eq!(since(&sandbox, &head), nothing());
    sandbox.git(&["update-index", "--chmod=+x", "run"]);
    sandbox.git(&["commit", "--quiet", "--message", "executable"]);
    assert_eq!(since(&sandbox, &head), only("run"));
    sandbox.git(&["reset", "--quiet", "--hard"]);
    on_main(&sandbox, &[("image", "\u{0}\u{1}1\nmore\n")]);
    sandbox.git(&["reset", "--quiet", "--hard", "main"]);
    sandbox.commit(&[("run", &LINES.replace('1', "one").replace('5', "five")), ("image", "\u{0}\u{1}2\n")], "again");
    assert_eq!(since(&sandbox, &head), only("image"));
}

#[test]
fn a_head_that_is_not_here_is_missing_and_not_the_same() {
    let (sandbox, _) = looked_at();
    let missing = since(&sandbox, &"ab".repeat(20)).unwrap_err();
    assert!(missing.contains("abababababab") && missing.contains("not in this clone"), "{missing}");
}
