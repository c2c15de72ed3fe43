//! Properties of the escapes over hostile text.

use proptest::prelude::*;

use super::{
    break_commands, code_block, code_span, command_data, command_property, csv, is_invisible, prose, visible, xml,
};

/// A command that GitHub's runner would obey.
#[derive(Debug, PartialEq)]
pub(in crate::report) struct Command {
    pub(in crate::report) name: String,
    pub(in crate::report) properties: Vec<(String, String)>,
    pub(in crate::report) data: String,
}

const REGISTERED: &[&str] = &[
    "set-output",
    "save-state",
    "add-mask",
    "add-matcher",
    "remove-matcher",
    "stop-commands",
    "add-path",
    "set-env",
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "echo",
    "internal-set-repo-path",
];

/// Reads a line as the runner does (`ActionCommand.cs`): `::name …::` at its start, else the first `##[name …]` in it, of a
/// registered name in any case. Ignorable characters are dropped first: it compares by culture.
pub(in crate::report) fn runner_reads(line: &str) -> Option<Command> {
    let line: String = line.chars().filter(|symbol| !is_invisible(*symbol, None)).collect();
    at_line_start(&line).or_else(|| anywhere(&line))
}

fn at_line_start(line: &str) -> Option<Command> {
    let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let unescape = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |text: &str| unescape(text).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    command(info, ',', property, unescape(data).replace("%25", "%"))
}

fn anywhere(line: &str) -> Option<Command> {
    let (info, data) = line.split_once("##[")?.1.split_once(']')?;
    command(info, ';', str::to_owned, data.to_owned())
}

fn command(info: &str, separator: char, unescape: impl Fn(&str) -> String, data: String) -> Option<Command> {
    let (name, rest) = info.split_once(' ').unwrap_or((info, ""));
    let pairs = rest.trim().split(separator).filter_map(|pair| pair.split_once('='));
    let properties = pairs.map(|(key, value)| (key.to_owned(), unescape(value))).collect();
    REGISTERED.iter().any(|it| it.eq_ignore_ascii_case(name)).then(|| Command {
        name: name.to_owned(),
        properties,
        data,
    })
}

const PIECES: &[&str] = &[
    "::",
    "##[",
    "##vso[",
    "#",
    "[",
    "]",
    "set-output name=result",
    "stop-commands",
    "::Stop-Commands::token",
    "::add-mask::",
    "##[ADD-MASK]",
    "##[endgroup]",
    "verdict=passed",
    "verdict<<EOF",
    "EOF",
    "error file=x",
    "%0A",
    "%",
    "\n",
    "\r",
    "\r\n",
    "\t",
    " ",
    "\u{1b}[31m",
    "\u{1b}]8;;http://x\u{7}",
    "\u{9b}2J",
    "\u{202e}",
    "\u{200b}",
    "\u{ad}",
    "\u{fe0f}",
    "\u{200d}",
    "\u{85}",
    "\u{2028}",
    "<details>",
    "</details>",
    "<script>",
    "@everyone",
    "#1",
    "![x](http://e)",
    "www.e.com",
    "```",
    "`",
    "~~~",
    "|",
    "=cmd()",
    "+1",
    "-1",
    "@SUM",
    "\"",
    "'",
    "]]>",
    "&amp;",
    "<!--",
    "\0",
    "\u{ffff}",
    "ü",
    "漢",
    "👩‍💻",
    "a",
    "word",
    ",",
    ":",
    "$",
    "$`",
    "\\",
];

/// What the runner takes from a file such as `GITHUB_OUTPUT` (`FileCommandManager.cs`): `name=value`, or `name<<end` and
/// the lines up to that end. Nothing for a file that it refuses.
pub(in crate::report) fn runner_takes(text: &str) -> Option<Vec<(String, String)>> {
    let mut pairs = Vec::new();
    let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    while let Some(line) = lines.next() {
        match (line.find('='), line.find("<<")) {
            _ if line.is_empty() => {}
            (Some(at), other) if other.is_none_or(|it| at < it) => {
                pairs.push(line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))?);
            }
            (_, Some(_)) => {
                let (name, end) = line.split_once("<<").filter(|(name, end)| !name.is_empty() && !end.is_empty())?;
                let mut value = Vec::new();
                loop {
                    let line = lines.next()?;
                    if line == end {
                        break;
                    }
                    value.push(line);
                }
                pairs.push((name.to_owned(), value.join("\n")));
            }
            (_, None) => return None,
        }
    }
    Some(pairs)
}

/// Text made of what escapes must stop, and of anything else.
pub(in crate::report) fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn records(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut symbols = text.chars().peekable();
    while let Some(symbol) = symbols.next() {
        match symbol {
            '"' if quoted && symbols.peek() == Some(&'"') => field.extend(symbols.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            _ => field.push(symbol),
        }
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_shown_line_is_a_command(text in hostile()) {
        let line = break_commands(&visible(&text)).into_owned();
        prop_assert_eq!(runner_reads(&line), None);
        prop_assert!(!line.contains("##vso["));
        prop_assert_eq!(break_commands(&line).into_owned(), line.clone(), "a broken command stays as it is");
        prop_assert!(line.chars().all(|it| !it.is_control()));
    }

    #[test]
    fn a_command_carries_what_it_was_given(file in hostile(), text in hostile()) {
        let line = format!("::error file={},line=1::{}", command_property(&file), command_data(&text));
        prop_assert_eq!(line.lines().count(), 1);
        let command = runner_reads(&line);
        prop_assert_eq!(command.as_ref().map(|it| it.name.as_str()), Some("error"));
        let command = command.into_iter().next().map(|it| (it.properties, it.data));
        // The runner shows the text again: no line of it may be the next command.
        let lines: Vec<&str> = command.iter().flat_map(|it| it.1.split(['\n', '\r'])).collect();
        prop_assert!(lines.iter().all(|line| runner_reads(line).is_none()), "{:?}", lines);
        let keys: Vec<String> = command.iter().flat_map(|it| it.0.iter().map(|pair| pair.0.clone())).collect();
        prop_assert_eq!(keys, ["file", "line"]);
    }

    #[test]
    fn prose_has_no_markup_of_its_own(text in hostile()) {
        let out = prose(&text);
        prop_assert!(!has_markup(&out), "{}", out);
    }

    #[test]
    fn code_cannot_be_closed_from_within(text in hostile()) {
        let span = code_span(&text);
        let inner = span.strip_prefix('`').and_then(|it| it.strip_suffix('`'));
        let inner = inner.or_else(|| span.strip_prefix("<code>").and_then(|it| it.strip_suffix("</code>")));
        prop_assert!(inner.unwrap_or_default().chars().all(|it| !matches!(it, '`' | '<' | '>' | '|')), "{}", span);
        let block = code_block(text.lines());
        let fence: String = block.chars().take_while(|it| *it == '`').collect();
        prop_assert_eq!(block.matches(&fence).count(), 2, "{}", block);
    }

    #[test]
    fn csv_reads_back_and_starts_no_formula(first in hostile(), second in hostile()) {
        let text = format!("{},{}\n", csv(&first), csv(&second));
        let rows = records(&text);
        prop_assert_eq!(rows.len(), 1);
        for (cell, wanted) in rows.iter().flatten().zip([first, second]) {
            prop_assert!(!cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']), "{:?}", cell);
            prop_assert_eq!(cell.strip_prefix('\'').filter(|it| *it == wanted).unwrap_or(cell), &wanted);
        }
    }

    #[test]
    fn xml_has_no_markup_and_only_its_characters(text in hostile()) {
        let out = xml(&text);
        let markup = out.contains(['<', '>', '"', '\'', '\n', '\0', '\u{1b}', '\u{ffff}']);
        prop_assert!(!markup);
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#10;", "\n"), ("&#13;", "\r"), ("&#9;", "\t"), ("&#91;", "["), ("&#58;", ":"), ("&amp;", "&")];
        let read = entities.iter().fold(out, |text, (entity, symbol)| text.replace(entity, symbol));
        let carried = |it: char| !matches!(it, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
        let wanted: String = text.chars().map(|it| if carried(it) { it } else { '\u{fffd}' }).collect();
        prop_assert_eq!(read, wanted);
    }
}

/// Whether a forge would find anything but code in this Markdown: an element, a link, emphasis, a table, a mention.
fn has_markup(out: &str) -> bool {
    let bare = out.replace("<code>", "").replace("</code>", "");
    if bare.contains(['<', '>', '\n', '\r']) || !out.matches('`').count().is_multiple_of(2) {
        return true;
    }
    // Each stretch by itself: what stands behind code is not beside what stands before it.
    let codeless = codeless(out);
    codeless.split('`').step_by(2).any(|it| it.contains(['[', '*', '|', '\\', '$']) || has_mention(it))
}

/// Whether a forge, which resolves entities first, finds a name behind an at sign.
fn has_mention(text: &str) -> bool {
    text.match_indices('@').any(|(offset, _)| {
        let behind = text.get(offset + 1..).unwrap_or_default();
        let ends = behind.is_empty() || behind.starts_with("&#96;");
        !ends && !behind.starts_with(|it: char| it == '\u{2060}' || it.is_whitespace())
    })
}

/// Markdown with each of its HTML code elements replaced by an empty span of code.
fn codeless(text: &str) -> String {
    let parts = text.split("<code>").enumerate();
    let behind = |part: &str| format!("``{}", part.split_once("</code>").map_or("", |it| it.1));
    parts.map(|(index, part)| if index == 0 { part.to_owned() } else { behind(part) }).collect()
}

#[test]
fn the_finder_of_markup_sees_it() {
    for text in
        ["@acme", "a @acme", "&#96;@acme", "`code` @acme", "`a", "[x](y)", "<b>", "a *b*", "<code>a</code>@acme"]
    {
        assert!(has_markup(text), "{text}");
    }
    for text in ["@```", "@``", "@`a`word", "@`<`word", "mail me @", "`@acme`", "a @acme", "``@acme``"] {
        assert!(!has_markup(&prose(text)), "{}", prose(text));
    }
}

#[test]
fn what_a_person_cannot_see_is_shown() {
    assert_eq!(visible("a\u{202e}b\u{1b}[31m\r\n\tc\u{9b}"), r"a\u{202e}b\x1b[31m\r\n c\u{9b}");
    assert_eq!(visible("#\u{200b}#[x]"), r"#\u{200b}#[x]");
    assert_eq!(visible("fine ❤\u{fe0f} 👩\u{200d}💻 漢字 ü"), "fine ❤\u{fe0f} 👩\u{200d}💻 漢字 ü");
}

#[test]
fn commands_are_broken_where_a_runner_would_read_them() {
    assert_eq!(break_commands("  ::error::x"), r"  \::error::x");
    assert_eq!(break_commands("a ::error::x"), "a ::error::x");
    assert_eq!(break_commands("x ##[set-output name=a]b"), r"x ##\[set-output name=a]b");
    assert_eq!(break_commands("##vso[task.complete]"), r"##vso\[task.complete]");
    assert_eq!(break_commands("#[derive(Debug)]"), "#[derive(Debug)]");
}

#[test]
fn the_parser_of_these_tests_reads_real_commands() {
    let read = runner_reads("  ::error file=a%2Cb,line=3::x%0Ay%2525").map(|it| (it.name, it.properties, it.data));
    let properties = vec![("file".to_owned(), "a,b".to_owned()), ("line".to_owned(), "3".to_owned())];
    assert_eq!(read, Some(("error".to_owned(), properties, "x\ny%25".to_owned())));
    assert!(runner_reads("text ##[stop-commands]x").is_some());
    assert!(runner_reads("\u{2003}::Add-Mask::passed").is_some(), "names are compared in any case");
    assert!(runner_reads("::nothing:: ##[add-mask]x").is_some(), "one form after the other");
    assert!(runner_reads("#\u{ad}#[stop-commands]x").is_some());
    assert!(runner_reads("::nothing::x").is_none());
}

#[test]
fn prose_keeps_code_and_breaks_mentions() {
    assert_eq!(prose("`src/a.rs` is owned by @acme"), "`src/a.rs` is owned by @\u{2060}acme");
    assert_eq!(prose("a `b"), "a &#96;b");
    assert_eq!(prose("`` ` x"), "&#96;&#96; &#96; x");
    assert_eq!(code_span("</details>"), "<code>&lt;/details&gt;</code>");
}

#[test]
fn a_formula_becomes_text() {
    assert_eq!(csv("=cmd()"), "'=cmd()");
    assert_eq!(csv("plain"), "plain");
    assert_eq!(csv("a \"b\""), "\"a \"\"b\"\"\"");
}
