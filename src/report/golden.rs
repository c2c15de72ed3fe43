//! Each format of the sample report, byte for byte. `BLESS=1 cargo test` writes them anew.

use std::path::{Path, PathBuf};

use super::terminal::{Color, Options, Symbols};
use super::{FORMATS, Format, UnknownFormat, render, sample};
use crate::model::{Level, Missing, Outcome, Problem, Report, Verdict};

fn written(format: Format, report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    assert!(render(format, report, options, &mut out).is_ok());
    let text = String::from_utf8(out);
    assert!(text.is_ok(), "every format is UTF-8");
    text.unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a test reads and writes its golden files")]
fn check(name: &str, wanted: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/report/golden").join(name);
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        assert!(std::fs::write(&path, wanted).is_ok());
        return;
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "{} is out of date; run `BLESS=1 cargo test` and read the difference", path.display());
}

#[test]
fn every_format_is_as_read_before() {
    for format in FORMATS.into_iter().filter(|it| *it != Format::Terminal) {
        let (name, extension) = (format.as_str(), format.extension());
        let file = if name == extension { format!("report.{name}") } else { format!("report.{name}.{extension}") };
        check(&file, &written(format, &sample::report(), &Options::default()));
    }
}

#[test]
fn the_terminal_is_as_read_before() {
    let plain = Options { width: 100, ..Options::default() };
    let all = [
        ("terminal-80.txt", Options { width: 80, ..plain.clone() }),
        ("terminal-120.txt", Options { width: 120, ..plain.clone() }),
        ("terminal-ascii.txt", Options { symbols: Symbols::Ascii, ci: true, ..plain.clone() }),
        (
            "terminal-color.txt",
            Options { color: Color::Ansi, links: Some("file:///repo/".to_owned()), ..plain.clone() },
        ),
        ("terminal-verbose.txt", Options { verbose: true, ..plain.clone() }),
        ("terminal-limit.txt", Options { limit: Some(1), ..plain.clone() }),
    ];
    for (name, options) in all {
        check(name, &written(Format::Terminal, &sample::report(), &options));
    }
    let elapsed = Some(std::time::Duration::from_millis(31));
    check("terminal-passing.txt", &written(Format::Terminal, &sample::passing(), &Options { elapsed, ..plain }));
}

#[test]
fn the_schema_of_the_report_is_as_read_before() {
    let schema = serde_json::to_string_pretty(&super::json::schema()).unwrap_or_default();
    check("report.schema.json", &format!("{schema}\n"));
}

#[test]
fn a_format_is_found_by_its_name() {
    for format in FORMATS {
        assert_eq!(format.as_str().parse::<Format>().ok(), Some(format));
    }
    let error = "sarf".parse::<Format>().map_err(|error: UnknownFormat| error.to_string());
    assert_eq!(
        error,
        Err(
            "`sarf` is not a format; choose one of terminal, markdown, json, sarif, junit, github, gitlab, rdjson, csv"
                .to_owned()
        )
    );
}

#[test]
fn no_format_is_silent_about_a_run_that_is_not_decided() {
    let mut broken = sample::passing();
    let message = "the history ends before the base".to_owned();
    broken.problems = vec![Problem { level: Level::Block, message: message.clone(), help: None, label: None }];
    broken.outcome = Outcome::Undecided;
    let mut unknown = sample::passing();
    let missing = vec![Missing::here(message.clone(), "fetch it")];
    for result in unknown.results.iter_mut().take(1) {
        (result.verdict, result.missing) = (Verdict::Unknown { missing: missing.clone() }, missing.clone());
    }
    unknown.outcome = Outcome::Undecided;
    for format in FORMATS {
        for report in [&broken, &unknown] {
            let text = written(format, report, &Options::default());
            let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(&message), "{}: {text}", format.as_str());
        }
    }
}
