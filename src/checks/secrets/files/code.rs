//! Settings in source code: `define('KEY', 'value')`, `'key' => 'value'`, `$key = "value"`, `config.key = 'value'`.

use std::ops::Range;

use super::File;
use super::formats::{Wanted, wanted};

/// Lines longer than this are written by a machine.
const LONGEST_LINE: usize = 2048;

/// Takes the wanted literals of a file.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    for line in file.lines() {
        let text = file.at(&line);
        let is_comment = matches!(text.trim_ascii_start(), [b'#' | b'*' | b';', ..] | [b'/', b'/' | b'*', ..]);
        if is_comment || LONGEST_LINE < text.len() {
            continue;
        }
        let mut before = 0..0;
        for literal in literals(text) {
            let key = key(text, &before, &literal);
            if let Some(want) = wanted(wants, &["", &key]) {
                file.take(want, line.start + literal.start..line.start + literal.end);
            }
            before = literal;
        }
    }
}

/// What is between quotes, without them.
fn literals(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.iter().skip(at).position(|it| matches!(it, b'"' | b'\'')).map(|it| at + it + 1) {
        let quote = text.get(start - 1).copied();
        let mut end = start;
        while let Some(byte) = text.get(end)
            && Some(*byte) != quote
        {
            end += if *byte == b'\\' { 2 } else { 1 };
        }
        if text.len() <= end {
            break;
        }
        found.push(start..end);
        at = end + 1;
    }
    found
}

/// The name before a literal, in small letters: the literal before it, or the word before its equals sign.
fn key(text: &[u8], before: &Range<usize>, literal: &Range<usize>) -> String {
    let between =
        |it: &&u8| !matches!(it, b' ' | b'\t' | b'=' | b'>' | b',' | b':' | b'(' | b']' | b')' | b'|' | b'"' | b'\'');
    let gap = text.get(before.end..literal.start).unwrap_or_default();
    let name = if before.end != 0 && !gap.iter().any(|it| between(&it)) {
        text.get(before.clone()).unwrap_or_default()
    } else {
        let end = literal.start - gap.iter().rev().take_while(|it| !between(it)).count();
        let left = text.get(..end).unwrap_or_default();
        let length = left.iter().rev().take_while(|it| it.is_ascii_alphanumeric() || **it == b'_').count();
        left.get(end - length..).unwrap_or_default()
    };
    String::from_utf8_lossy(name).to_ascii_lowercase()
}
