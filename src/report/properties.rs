//! What must hold in every format whatever strangers write.

use proptest::prelude::*;

use super::escape::properties::{hostile, runner_reads, runner_takes};
use super::terminal::Options;
use super::{FORMATS, Format, github, render, sample};
use crate::model::Report;

fn written(format: Format, report: &Report) -> String {
    let mut out = Vec::new();
    assert!(render(format, report, &Options::default(), &mut out).is_ok());
    String::from_utf8_lossy(&out).into_owned()
}

/// Reads XML as far as to see that it is well formed; gives the names of the elements.
fn elements(text: &str) -> Option<Vec<String>> {
    let mut open: Vec<String> = Vec::new();
    let mut names = Vec::new();
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")?;
    while let Some((before, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>')?;
        if before.contains(']') && before.contains("]]>") || !entities_are_known(before) {
            return None;
        }
        if let Some(name) = tag.strip_prefix('/') {
            (open.pop()? == name).then_some(())?;
        } else {
            let name = tag.split([' ', '/']).next()?.to_owned();
            (tag.matches('"').count() % 2 == 0 && entities_are_known(tag)).then_some(())?;
            names.push(name.clone());
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = after;
    }
    (open.is_empty() && rest.trim().is_empty()).then_some(names)
}

fn entities_are_known(text: &str) -> bool {
    text.split('&')
        .skip(1)
        .all(|it| ["amp;", "lt;", "gt;", "quot;", "apos;", "#"].iter().any(|name| it.starts_with(name)))
}

#[test]
fn a_line_of_a_stranger_in_a_file_for_the_runner_would_be_an_output() {
    let pairs = |text: &str| -> Option<Vec<String>> {
        Some(runner_takes(text)?.into_iter().map(|(name, value)| format!("{name}:{value}")).collect())
    };
    assert_eq!(pairs("a=1\nb=x=y\n"), Some(vec!["a:1".to_owned(), "b:x=y".to_owned()]));
    assert_eq!(pairs("a<<EOF\none\nb=2\nEOF\nc=3"), Some(vec!["a:one\nb=2".to_owned(), "c:3".to_owned()]));
    assert_eq!(pairs("title=x\nverdict=passed\n"), Some(vec!["title:x".to_owned(), "verdict:passed".to_owned()]));
    assert_eq!((pairs("a<<EOF\none\n"), pairs("words\n"), pairs("<<EOF\nEOF\n")), (None, None, None));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn github_reads_our_commands_and_no_other(text in hostile()) {
        let report = sample::with_text(&text);
        for line in written(Format::Github, &report).split(['\n', '\r']).filter(|it| !it.is_empty()) {
            let name = runner_reads(line).map(|it| it.name);
            prop_assert!(matches!(name.as_deref(), Some("error" | "warning" | "notice")), "{}", line);
        }
    }

    #[test]
    fn outputs_of_a_step_are_ours_whatever_strangers_write(text in hostile()) {
        let mut out = Vec::new();
        prop_assert!(github::outputs(&sample::with_text(&text), &mut out).is_ok());
        let taken = runner_takes(&String::from_utf8_lossy(&out)).unwrap_or_default();
        let names: Vec<&str> = taken.iter().map(|it| it.0.as_str()).collect();
        prop_assert_eq!(names, ["verdict", "failed", "warned", "noted", "unknown", "waived", "findings"]);
        prop_assert!(taken.iter().skip(1).all(|it| it.1.parse::<u32>().is_ok()), "{:?}", taken);
    }

    #[test]
    fn no_other_format_has_a_line_that_a_runner_obeys(text in hostile()) {
        let report = sample::with_text(&text);
        let options = Options { ci: true, ..Options::default() };
        for format in FORMATS.into_iter().filter(|it| *it != Format::Github) {
            let mut out = Vec::new();
            prop_assert!(render(format, &report, &options, &mut out).is_ok());
            for line in String::from_utf8_lossy(&out).split(['\n', '\r']) {
                prop_assert_eq!(runner_reads(line), None, "{}: {}", format, line);
            }
        }
    }

    #[test]
    fn junit_is_well_formed(text in hostile()) {
        let xml = written(Format::Junit, &sample::with_text(&text));
        let names = elements(&xml);
        prop_assert!(names.is_some(), "{}", xml);
        let cases = names.iter().flatten().filter(|it| *it == "testcase").count();
        prop_assert_eq!(cases, 12);
        let allowed = |it: char| matches!(it, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        prop_assert!(xml.chars().all(allowed));
    }

    #[test]
    fn json_is_json_and_reads_back(text in hostile()) {
        let report = sample::with_text(&text);
        for format in [Format::Json, Format::Sarif, Format::Gitlab, Format::Rdjson] {
            let value: Result<serde_json::Value, _> = serde_json::from_str(&written(format, &report));
            prop_assert!(value.is_ok());
        }
        let read: Result<Report, _> = serde_json::from_str(&written(Format::Json, &report));
        prop_assert_eq!(read.ok(), Some(report));
    }

    #[test]
    fn markdown_keeps_its_own_structure(text in hostile()) {
        let page = written(Format::Markdown, &sample::with_text(&text));
        let wanted = written(Format::Markdown, &sample::with_text("plain"));
        for tag in ["<details", "</details>", "<summary>", "</summary>", "<sub>", "<b>"] {
            prop_assert_eq!(fenceless(&page).matches(tag).count(), fenceless(&wanted).matches(tag).count(), "{}", page);
        }
    }
}

/// The page without the lines of its fenced blocks.
fn fenceless(page: &str) -> String {
    let mut fence: Option<&str> = None;
    let mut kept = Vec::new();
    for line in page.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None => match line.strip_suffix("text").filter(|it| it.len() >= 3 && it.chars().all(|it| it == '`')) {
                Some(open) => fence = Some(open),
                None => kept.push(line),
            },
        }
    }
    kept.join("\n")
}

#[test]
fn a_key_is_written_nowhere() {
    let mut report = sample::report();
    let key = ["very", "private", "key"].join("-");
    report
        .results
        .iter_mut()
        .flat_map(|it| &mut it.findings)
        .for_each(|it| it.finding.key = Some(crate::model::Key::Here(key.clone())));
    for format in FORMATS {
        assert!(!written(format, &report).contains(&key), "{format}");
    }
}

#[test]
fn the_json_report_fits_its_schema() {
    let schema = serde_json::to_value(super::json::schema()).unwrap_or_default();
    let report: serde_json::Value = serde_json::from_str(&written(Format::Json, &sample::report())).unwrap_or_default();
    let validator = jsonschema::validator_for(&schema);
    assert!(validator.as_ref().is_ok_and(|it| it.is_valid(&report)));
    assert!(validator.is_ok_and(|it| !it.is_valid(&serde_json::json!({"schema": "gatecheck.report/v1"}))));
}

#[test]
fn shadow_is_no_failure_anywhere() {
    for format in [Format::Sarif, Format::Github, Format::Gitlab, Format::Rdjson, Format::Markdown, Format::Terminal] {
        assert!(!written(format, &sample::report()).contains("licence"), "{format}");
    }
    assert!(written(Format::Junit, &sample::report()).contains("<skipped message=\"in shadow, would be: fail\"/>"));
    assert!(written(Format::Csv, &sample::report()).contains("licence-text,text,shadow,fail"));
}
