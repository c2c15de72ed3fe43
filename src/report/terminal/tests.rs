use proptest::prelude::*;

use super::style::width;
use super::*;
use crate::model::{Region, Snippet};
use crate::report::escape::properties::{hostile, runner_reads};
use crate::report::sample;

fn shown(report: &Report, options: &Options) -> String {
    let mut out = Vec::new();
    let written = render(report, options, &mut out);
    assert!(written.is_ok());
    String::from_utf8_lossy(&out).into_owned()
}

/// The rows of a snippet as text.
fn drawn(snippet: &Snippet, region: Region, room: usize, text: &str) -> Vec<String> {
    let look = snippet::Look { room, symbols: Symbols::Unicode, ink: Ink::Fail, primary: true, text, ci: false };
    let rows = snippet::rows(snippet, region, look);
    rows.iter().map(|row| row.spans.iter().map(|it| it.text.as_str()).collect()).collect()
}

#[test]
fn the_last_line_is_the_verdict() {
    for (report, verdict) in [(sample::report(), "undecided"), (sample::passing(), "passed")] {
        assert_eq!(shown(&report, &Options::default()).lines().next_back(), Some(verdict));
    }
}

#[test]
fn passing_is_short() {
    assert_eq!(shown(&sample::passing(), &Options::default()).lines().count(), 4);
}

#[test]
fn a_limit_says_how_much_it_hides() {
    let text = shown(&sample::many(137), &Options { limit: Some(3), ..Options::default() });
    assert_eq!(text.matches("━━━━━━━ here").count(), 3);
    assert!(text.contains("… and 134 more (all are in `--format json`)"));
    let all = shown(&sample::many(137), &Options::default());
    assert_eq!(all.matches("━━━━━━━ here").count(), 137, "nothing is hidden without a limit");
    assert_eq!(all.matches("help: remove it").count(), 1, "what findings share is said once");
}

#[test]
fn shadow_shows_only_when_asked_for() {
    assert!(!shown(&sample::report(), &Options::default()).contains("licence-text"));
    let verbose = shown(&sample::report(), &Options { verbose: true, ..Options::default() });
    assert!(verbose.contains("SHADOW  licence-text  would fail: 1 finding"));
}

#[test]
fn plain_text_has_no_escape_sequences_and_colours_change_no_text() {
    let plain = shown(&sample::report(), &Options::default());
    assert!(!plain.contains('\u{1b}'));
    let colored = shown(&sample::report(), &Options { color: Color::Ansi, ..Options::default() });
    let mut stripped = String::new();
    for (index, part) in colored.split("\u{1b}[").enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').map_or(part, |it| it.1) });
    }
    let trimmed: Vec<&str> = stripped.lines().map(str::trim_end).collect();
    assert_eq!(trimmed, plain.lines().collect::<Vec<_>>());
}

#[test]
fn ascii_frames_are_ascii() {
    let mut report = sample::many(2);
    "x".clone_into(&mut report.change.head_name);
    assert!(shown(&report, &Options { symbols: Symbols::Ascii, limit: Some(1), ..Options::default() }).is_ascii());
}

#[test]
fn an_underline_stands_below_wide_characters_and_tabs() {
    let label = sample::label("a", 1, "\t漢字 = e\u{301}x(名);", "x(名)", "");
    let region = label.place.region();
    let rows = label.snippet.as_ref().zip(region).map(|(snippet, region)| drawn(snippet, region, 60, ""));
    let wanted = vec!["    漢字 = e\u{301}x(名);".to_owned(), "            ━━━━━".to_owned()];
    assert_eq!(rows, Some(wanted));
}

#[test]
fn a_long_line_is_cut_around_the_span() {
    let line = format!("{}OFFENCE{}", "abcdefghij".repeat(40), "klmnopqrst".repeat(40));
    let label = sample::label("a.min.js", 1, &line, "OFFENCE", "here");
    let region = label.place.region();
    let rows = label.snippet.as_ref().zip(region).map(|(snippet, region)| drawn(snippet, region, 60, "here"));
    let rows = rows.unwrap_or_default();
    let at = rows.first().and_then(|line| line.split_once("OFFENCE")).map(|it| width(it.0));
    let mark = rows.get(1).and_then(|line| line.split_once("━━━━━━━ here")).map(|it| width(it.0));
    assert!(at.is_some() && at == mark, "{rows:?}");
    assert!(rows.iter().all(|row| width(row) <= 60), "{rows:?}");
    assert!(rows.first().is_some_and(|it| it.starts_with('…') && it.ends_with('…')));
}

#[test]
fn a_region_beyond_its_snippet_is_drawn_without_harm() {
    let snippet = Snippet { first_line: 5, lines: vec!["short".to_owned()], clipped_left: 0 };
    for region in [
        sample::region((5, 900), (5, 902)),
        sample::region((5, 3), (5, 1)),
        sample::region((5, 1), (u32::MAX, u32::MAX)),
        sample::region((0, 0), (0, 0)),
    ] {
        assert!(!drawn(&snippet, region, 40, "text").is_empty());
    }
    assert!(drawn(&snippet, sample::region((5, 1), (9, 3)), 40, "x").contains(&"┃ … 4 more lines".to_owned()));
    let empty = Snippet { first_line: 1, lines: Vec::new(), clipped_left: 0 };
    assert!(!drawn(&empty, sample::region((1, 1), (2, 2)), 40, "").is_empty());
}

#[test]
fn durations_read_well() {
    let read = [0, 31, 999, 1_000, 61_500].map(|it| duration(Duration::from_millis(it)));
    assert_eq!(read, ["under 1 ms", "31 ms", "999 ms", "1.0 s", "61.5 s"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn in_ci_no_line_is_a_command(text in hostile(), width in 20_usize..140, color in any::<bool>()) {
        let color = if color { Color::Ansi } else { Color::None };
        let options = Options { width, color, ci: true, verbose: true, ..Options::default() };
        for line in shown(&sample::with_text(&text), &options).split(['\n', '\r']) {
            prop_assert_eq!(runner_reads(line), None, "{}", line);
            prop_assert!(!line.contains("##vso["), "{}", line);
        }
    }

    #[test]
    fn nothing_reaches_the_terminal_but_our_own_sequences(text in hostile(), width in 20_usize..140) {
        let plain = shown(&sample::with_text(&text), &Options { width, verbose: true, ..Options::default() });
        prop_assert!(plain.chars().all(|it| it == '\n' || !it.is_control()));
        prop_assert_eq!(plain.lines().next_back(), Some("undecided"));
    }

    #[test]
    fn lines_stay_within_the_width(text in "[a-zé漢\t ]{0,200}", room in 60_usize..140) {
        let report = sample::with_text(&text);
        for line in shown(&report, &Options { width: room, ..Options::default() }).lines() {
            // Places and ids are never broken, so that they can be clicked and copied.
            let whole = line.contains("explain") || line.contains("─ ") || line.contains(":1:2");
            prop_assert!(whole || width(line) <= room, "{} {}", width(line), line);
        }
    }
}
