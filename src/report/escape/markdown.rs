//! Markdown that a forge renders: GitHub's and GitLab's dialects.
//!
//! User text becomes either code, which no renderer interprets, or prose in which every character
//! that could start markup is an entity. Mentions and references are found by a forge after it has
//! resolved entities, so a word joiner, which shows as nothing, goes behind their first character.

use super::{break_commands, visible};

/// What a reader does not see and a scanner for mentions cannot skip.
const JOINER: char = '\u{2060}';

/// Prose on one line. Spans between backticks stay code.
pub(in crate::report) fn prose(text: &str) -> String {
    let shown = visible(text);
    let parts: Vec<&str> = shown.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::with_capacity(shown.len());
    for (index, part) in parts.iter().enumerate() {
        let code = paired && index % 2 == 1;
        if code && !part.trim().is_empty() {
            out.push_str(&code_span(part));
        } else {
            if code || (!paired && index > 0) {
                out.push_str("&#96;");
            }
            push_prose(&mut out, part);
            if code {
                out.push_str("&#96;");
            }
        }
    }
    out
}

/// Code within a line, in a form that the text cannot close.
///
/// `|` would end a table cell even in code, and HTML blocks see tags in it, so text with such
/// characters becomes an HTML element instead.
pub(in crate::report) fn code_span(text: &str) -> String {
    let shown = break_commands(&visible(text)).into_owned();
    if shown.is_empty() {
        return String::new();
    }
    if shown.contains(['|', '<', '>', '`', '&', '\\', '$']) || shown.starts_with(' ') || shown.ends_with(' ') {
        let mut inner = String::new();
        shown.chars().for_each(|symbol| push_entity(&mut inner, symbol));
        return format!("<code>{inner}</code>");
    }
    format!("`{shown}`")
}

/// A fenced block in a fence that the lines cannot close.
pub(in crate::report) fn code_block<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let shown: Vec<String> = lines.map(|line| break_commands(&visible(line)).into_owned()).collect();
    let longest = shown.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", shown.join("\n"))
}

fn longest_run(line: &str) -> usize {
    line.split(|symbol| symbol != '`').map(str::len).max().unwrap_or(0)
}

/// Writes prose. Colons, underscores and dots are entities only where they would do something, so
/// that the source stays readable. A block never begins with prose, so lists and rules need no care.
fn push_prose(out: &mut String, part: &str) {
    let mut symbols = part.chars().peekable();
    let mut before = ['\0'; 3];
    while let Some(symbol) = symbols.next() {
        let after = symbols.peek().copied().unwrap_or(' ');
        let acts = match symbol {
            '.' => before.map(|it| it.to_ascii_lowercase()) == ['w'; 3],
            ':' => !after.is_whitespace(),
            '_' => !(before[2].is_alphanumeric() && after.is_alphanumeric()),
            _ => matches!(symbol, '&' | '<' | '>' | '*' | '[' | ']' | '|' | '~' | '\\' | '`' | '$'),
        };
        if acts {
            push_entity(out, symbol);
        } else {
            out.push(symbol);
        }
        if matches!(symbol, '@' | '#' | '!' | '~' | '%' | '&' | '$') && !after.is_whitespace() {
            out.push(JOINER);
        }
        before = [before[1], before[2], symbol];
    }
}

/// Writes a character that could start or end markup, a table cell or a bare link as an entity.
fn push_entity(out: &mut String, symbol: char) {
    match symbol {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '*' | '_' | '[' | ']' | '|' | '~' | '\\' | '`' | '$' | ':' | '.' => {
            out.push_str(&format!("&#{};", u32::from(symbol)));
        }
        _ => out.push(symbol),
    }
}
