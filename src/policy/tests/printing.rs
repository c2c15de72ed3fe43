use proptest::prelude::*;

use super::*;
use crate::model::{Span, Text};
use crate::policy::document::{Document, Fault, Mark, Origin};

fn document(text: &str) -> Arc<Document> {
    let path = RepoPath::new("gatecheck.yaml");
    Arc::new(Document { origin: Origin::Repository, path, revision: None, text: Text::decode(text.as_bytes()) })
}

fn rendered(text: &str, spans: &[Span]) -> String {
    let document = document(text);
    let fault = Fault::new("something is wrong").help("mend it");
    let fault = spans
        .iter()
        .fold(fault, |fault, span| fault.at(&Mark { document: Arc::clone(&document), span: *span }, "here"));
    PolicyErrors::of(vec![fault]).as_ref().map(plain).unwrap_or_default()
}

#[test]
fn a_label_far_to_the_right_has_its_true_column() {
    let text = format!("{}bad{}", "é".repeat(100_000), "x".repeat(100_000));
    let start = 2 * 100_000;
    let shown = rendered(&text, &[Span::new(start, start + 3)]);
    assert!(shown.contains("gatecheck.yaml:1:100001") && shown.contains("─┬─"), "{shown}");
    assert!(shown.len() < 2000, "{}", shown.len());
}

#[test]
fn control_characters_and_reordering_never_reach_the_terminal() {
    let shown = rendered("a: \u{1b}[2J\u{202e}b\u{7}\r\nc: 1\n", &[Span::new(0, 1)]);
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}', '\r']), "{shown:?}");
    assert!(shown.contains("\\u{1b}[2J\\u{202e}b\\u{7}"), "{shown}");
}

#[test]
fn a_span_over_many_lines_shows_a_few() {
    let text = "line\n".repeat(1000);
    let shown = rendered(&text, &[Span::new(10, 4000)]);
    assert!(shown.lines().count() < 20, "{shown}");
}

#[test]
fn distant_labels_show_their_own_lines() {
    let text: String = (1..=100).map(|it| format!("key-{it}: 1\n")).collect();
    let at = |key: &str| text.find(key).map_or(Span::new(0, 0), |it| Span::new(it, it + key.len()));
    let shown = rendered(&text, &[at("key-90"), at("key-10:")]);
    assert!(shown.contains("gatecheck.yaml:90:1") && shown.contains("10 │ key-10: 1"), "{shown}");
    assert!(!shown.contains("key-50"), "{shown}");
}

proptest! {
    #[test]
    fn no_text_and_no_span_makes_the_printer_panic(
        parts in proptest::collection::vec("[\\PC]{0,8}|\r\n|\n|\r|\t|\u{1b}|\u{202e}|规则{9}|x{200}", 0..20),
        spans in proptest::collection::vec((0usize..600, 0usize..600), 0..4),
    ) {
        let text = parts.concat();
        let spans: Vec<Span> = spans
            .into_iter()
            .map(|(start, len)| {
                let start = (0..=start.min(text.len())).rev().find(|it| text.is_char_boundary(*it)).unwrap_or(0);
                Span::new(start, (start + len).min(text.len()))
            })
            .collect();
        let shown = rendered(&text, &spans);
        prop_assert!(shown.contains("something is wrong"));
        let is_clean = !shown.contains(['\u{1b}', '\u{202e}', '\r', '\t']);
        prop_assert!(is_clean, "{}", shown);
        prop_assert!(!shown.contains("Failed to read"), "{}", shown);
    }

    #[test]
    fn any_text_as_a_policy_is_judged_without_a_panic(text in "(gatecheck: 1\n)?(rules:\n)?[\\PC\n \t:{}\\[\\]&*]{0,80}") {
        if let Err(errors) = load(&sources(&[("gatecheck.yaml", &text)], &[])) {
            plain(&errors);
        }
    }

    #[test]
    fn any_condition_is_compiled_without_a_panic(text in "[a-z.()\\[\\]{}\"'&|!=<>+?: 0-9é\n,@\\\\-]{0,40}") {
        let value = serde_json::Value::String(text);
        let policy = format!("gatecheck: 1\nrules:\n  a:\n    check: text\n    when:\n      cel: {value}\n");
        if let Err(errors) = load(&sources(&[("gatecheck.yaml", &policy)], &[])) {
            plain(&errors);
        }
    }
}
