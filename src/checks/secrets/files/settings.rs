//! Settings a line: `key = value`, `key: value`, `export KEY=value`, with `[sections]`.

use super::File;
use super::formats::{Wanted, wanted};

/// Words before a key that do not belong to it.
const BEFORE_KEYS: [&str; 6] = ["export ", "set ", "setenv ", "declare -x ", "local ", "env "];

/// Takes the wanted settings of a file.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    let mut section = String::new();
    for line in file.lines() {
        let line = file.trimmed(line);
        let text = file.at(&line);
        match text {
            [] | [b'#' | b';', ..] | [b'/', b'/', b' ', ..] => continue,
            [b'[', inner @ .., b']'] => {
                section = String::from_utf8_lossy(inner).to_ascii_lowercase();
                continue;
            }
            _ => {}
        }
        let Some((key, value)) = split(text) else { continue };
        let key = String::from_utf8_lossy(text.get(..key).unwrap_or_default()).to_ascii_lowercase();
        let key = BEFORE_KEYS.iter().find_map(|it| key.strip_prefix(it)).unwrap_or(&key).trim();
        let key = key.trim_matches(['"', '\'']);
        let Some(want) = wanted(wants, &[section.as_str(), key]) else { continue };
        let value = without_comment(file, line.start + value..line.end);
        file.take(want, value);
    }
}

/// Where the key ends and the value begins.
fn split(text: &[u8]) -> Option<(usize, usize)> {
    let equals = text.iter().position(|it| *it == b'=');
    let colon = text.windows(2).position(|it| matches!(it, [b':', b' ' | b'\t']));
    let first = match (equals, colon) {
        (Some(equals), Some(colon)) => equals.min(colon),
        (Some(at), None) | (None, Some(at)) => at,
        // `setenv KEY value` and settings with nothing but a space between.
        (None, None) => text.iter().position(|it| matches!(it, b':' | b' ' | b'\t'))?,
    };
    Some((first, first + 1))
}

/// The value without a comment behind it.
fn without_comment(file: &File<'_>, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let range = file.trimmed(range);
    let text = file.at(&range);
    if let [quote @ (b'"' | b'\''), rest @ ..] = text {
        let end = rest.iter().position(|it| it == quote).map_or(text.len(), |it| it + 2);
        return range.start..range.start + end;
    }
    let comment = text.windows(2).position(|it| matches!(it, [b' ' | b'\t', b'#' | b';']));
    range.start..comment.map_or(range.end, |it| range.start + it)
}
