//! Files of words: a keyword, then its value, on the same line or the next.

use std::ops::Range;

use super::File;
use super::formats::{Wanted, wanted};

/// Words between a keyword and its value.
const BETWEEN: [&[u8]; 4] = [b"=", b":", b"is", b"=>"];

/// Takes the values of the wanted keywords of a file.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    let mut pending = None;
    for line in file.lines() {
        for word in words(file.at(&line)) {
            let range = line.start + word.start..line.start + word.end;
            let text = file.at(&range);
            if text.starts_with(b"#") {
                break;
            }
            if BETWEEN.contains(&text) {
                continue;
            }
            if let Some(want) = pending.take() {
                file.take(want, range);
                continue;
            }
            let lower = String::from_utf8_lossy(text).to_ascii_lowercase();
            pending = wanted(wants, &["", lower.trim_end_matches(':')]);
            if let (None, Some((key, _))) = (pending, lower.split_once('='))
                && let Some(want) = wanted(wants, &["", key])
            {
                let value = range.start + key.len() + 1;
                file.take(want, value..range.end);
            }
        }
    }
}

/// The words of a line, each with its quotes. A quote inside of a word belongs to it.
pub(super) fn words(text: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        at += text.iter().skip(at).take_while(|it| it.is_ascii_whitespace()).count();
        let start = at;
        let mut quote = None;
        while let Some(byte) = text.get(at) {
            match (byte, quote) {
                (b'"' | b'\'', None) => quote = Some(*byte),
                (byte, Some(open)) if *byte == open => quote = None,
                (byte, None) if byte.is_ascii_whitespace() => break,
                _ => {}
            }
            at += 1;
        }
        // A quote that is never closed is an apostrophe.
        if quote.is_some() {
            let rest = text.get(start..).unwrap_or_default();
            at = start + rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        }
        if start < at {
            // A comma or a semicolon behind the quotes ends a statement.
            let word = text.get(start..at).unwrap_or_default();
            let cut = match word {
                [b'"' | b'\'', .., b'"' | b'\'', b';' | b','] => 1,
                _ => 0,
            };
            found.push(start..at - cut);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_quotes() {
        let text = r#"set a="b c" 'd e'; it's f"#;
        let all: Vec<&str> = words(text.as_bytes()).into_iter().map(|it| text.get(it).unwrap()).collect();
        assert_eq!(all, ["set", "a=\"b c\"", "'d e'", "it's", "f"]);
    }
}
