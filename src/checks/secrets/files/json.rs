//! The texts of a JSON file with the keys that lead to them. Comments and stray commas are no trouble.

use std::ops::Range;

use super::File;
use super::formats::{Wanted, wanted};

/// Deepest nesting whose keys are kept.
const DEEPEST: usize = 32;

/// Takes the wanted texts of a file.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    let mut found = Vec::new();
    each(file.text, &mut |keys, range| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        found.extend(wanted(wants, &keys).map(|want| (want, range)));
    });
    for (want, range) in found {
        file.take(want, range);
    }
}

/// Calls `found` with the keys, in small letters, and the place of each text.
pub(super) fn each(text: &[u8], found: &mut dyn FnMut(&[String], Range<usize>)) {
    let mut keys: Vec<String> = vec![String::new()];
    let mut deeper = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                let start = at + 1;
                let end = end_of_string(text, start);
                at = end + 1;
                let next = text.get(at..).unwrap_or_default().iter().take(64).find(|it| !it.is_ascii_whitespace());
                if deeper > 0 {
                    continue;
                }
                if next == Some(&b':') {
                    if let Some(key) = keys.last_mut() {
                        *key = String::from_utf8_lossy(text.get(start..end).unwrap_or_default()).to_ascii_lowercase();
                    }
                } else {
                    found(&keys, start..end);
                }
                continue;
            }
            b'{' | b'[' if keys.len() < DEEPEST => keys.push(String::new()),
            b'{' | b'[' => deeper += 1,
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b'}' | b']' if keys.len() > 1 => {
                keys.pop();
            }
            b'/' if text.get(at + 1) == Some(&b'/') => {
                at += text.get(at..).unwrap_or_default().iter().take_while(|it| **it != b'\n').count();
            }
            _ => {}
        }
        at += 1;
    }
}

fn end_of_string(text: &[u8], start: usize) -> usize {
    let mut end = start;
    while let Some(byte) = text.get(end)
        && *byte != b'"'
    {
        end += if *byte == b'\\' { 2 } else { 1 };
    }
    end.min(text.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_text_comes_with_its_keys() {
        let text = r#"{"a": {"B": ["x", {"c": "y\"z"}], /* no */ "d": 1}, // "e": "f"
            "g": "h",}"#;
        let mut all = Vec::new();
        each(text.as_bytes(), &mut |keys, range| all.push((keys.join("/"), text.get(range).unwrap().to_owned())));
        let all: Vec<(&str, &str)> = all.iter().map(|(keys, text)| (keys.as_str(), text.as_str())).collect();
        assert_eq!(all, [("/a/b/", "x"), ("/a/b//c", "y\\\"z"), ("/g", "h")]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[\\[\\]{}\",:\\\\/a ]{0,80}") {
            each(text.as_bytes(), &mut |_, range| assert!(range.start <= range.end && range.end <= text.len()));
        }
    }
}
