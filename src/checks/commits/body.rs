//! What follows the first line.

use super::message::Message;
use super::settings::Body;
use crate::model::{Finding, Line, Span};

pub(super) fn body(rules: &Body, message: &Message<'_>, findings: &mut Vec<Finding>) {
    if let Some(second) = message.text.line(2).filter(|it| rules.blank_line && !it.text.trim().is_empty()) {
        let said = message.finding(whole(second), "blank-line", "the second line of the message is not blank");
        let said = said.because("Git takes all lines up to the first blank one for the subject");
        findings.push(said.help(format!("put a blank line below the subject; {}", message.reword())));
    }
    if rules.required && is_empty(message) {
        let said = message.finding(message.subject_span(), "no-body", "the message has no body");
        findings.push(said.help(format!("say below the subject why the change is made; {}", message.reword())));
    }
    let Some(limit) = rules.max_line_length else { return };
    for (line, start) in too_long(message, limit) {
        let says = format!("the line has {} characters, {limit} are allowed", line.text.chars().count());
        let span = Span::new(line.start + start, line.start + line.text.len());
        let said = message.finding(span, "line-length", says);
        findings.push(said.help(format!("break the line at {limit} characters; {}", message.reword())));
    }
}

/// Whether nothing but trailers follows the subject.
fn is_empty(message: &Message<'_>) -> bool {
    let end = message.trailers.first_line.unwrap_or(u32::MAX);
    message.below_subject().filter(|line| line.number < end).all(|line| line.text.trim().is_empty())
}

/// Lines that are too long and could be broken, each with the offset of its first character too many.
fn too_long<'a>(message: &'a Message<'_>, limit: u32) -> Vec<(Line<'a>, usize)> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let trailers = message.trailers.first_line.unwrap_or(u32::MAX);
    let mut fenced = false;
    let mut found = Vec::new();
    for line in message.below_subject().take_while(|line| line.number < trailers) {
        if line.text.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if let Some((start, _)) = line.text.char_indices().nth(limit).filter(|_| !fenced && !is_kept_as_is(line.text)) {
            found.push((line, start));
        }
    }
    found
}

/// Whether breaking the line would do harm: a quotation, indented code, a table row, a URL, a single long word.
fn is_kept_as_is(line: &str) -> bool {
    let text = line.trim();
    let bare = text.trim_start_matches(['-', '*', '+']).trim_start();
    line.starts_with('\t')
        || line.starts_with("    ")
        || text.starts_with(['>', '|'])
        || text.contains("://")
        || !bare.contains(char::is_whitespace)
        // A footnote: `[1] some/long/path`.
        || bare.strip_prefix('[').is_some_and(|rest| rest.split_whitespace().count() == 2)
}

fn whole(line: Line<'_>) -> Span {
    Span::new(line.start, line.start + line.text.len())
}
