//! The scalars of a YAML file with the keys that lead to them, line by line: templates and broken files are read as well.

use std::ops::Range;

use super::File;
use super::formats::{Wanted, wanted};

/// Takes the wanted scalars of a file.
pub(super) fn read(file: &mut File<'_>, wants: &[Wanted]) {
    let mut found = Vec::new();
    each(file, &mut |keys, range| found.extend(wanted(wants, keys).map(|want| (want, range))));
    for (want, range) in found {
        // What stands in a text of several lines is read where it stands.
        if !file.at(&range).contains(&b'\n') {
            file.take(want, range);
        }
    }
}

/// Calls `found` with the keys, in small letters, and the place of each scalar that stands beside its key. A line of
/// `---` gives no keys and an empty place.
pub(super) fn each(file: &File<'_>, found: &mut dyn FnMut(&[&str], Range<usize>)) {
    let mut open: Vec<(usize, String)> = Vec::new();
    // The place of a text in lines of its own, below its key.
    let mut block: Option<Range<usize>> = None;
    let call = |open: &[(usize, String)], range: Range<usize>, found: &mut dyn FnMut(&[&str], Range<usize>)| {
        let keys: Vec<&str> = open.iter().map(|(_, key)| key.as_str()).collect();
        found(&keys, range);
    };
    for line in file.lines() {
        let text = file.at(&line);
        let spaces = text.iter().take_while(|it| **it == b' ').count();
        if let Some(range) = &mut block {
            if text.trim_ascii().is_empty() {
                continue;
            }
            if open.last().is_some_and(|(column, _)| *column < spaces) {
                let first = if range.start == range.end { line.start + spaces } else { range.start };
                *range = first..line.end;
                continue;
            }
            let range = std::mem::take(range);
            block = None;
            if range.start < range.end {
                call(&open, file.trimmed(range), found);
            }
        }
        if text.starts_with(b"---") {
            open.clear();
            found(&[], line.start..line.start);
            continue;
        }
        let indent = text.iter().take_while(|it| matches!(it, b' ' | b'-' | b'\t')).count();
        let rest = text.get(indent..).unwrap_or_default();
        let Some((colon, after)) = split(rest) else { continue };
        let key = rest.get(..colon).unwrap_or_default().trim_ascii();
        let key = String::from_utf8_lossy(key).trim_matches(['"', '\'']).to_ascii_lowercase();
        while open.last().is_some_and(|(other, _)| indent <= *other) {
            open.pop();
        }
        // An item of a list of manifests.
        if text.get(spaces) == Some(&b'-') && matches!(open.as_slice(), [(_, first)] if first == "items") {
            found(&[], line.start..line.start);
        }
        open.push((indent, key));
        let value = line.start + indent + after..line.end;
        let value = without_comment(file, file.trimmed(value));
        match file.at(&value) {
            [b'|' | b'>', ..] => block = Some(0..0),
            [] | [b'&' | b'*' | b'!' | b'{' | b'[', ..] => {}
            _ => call(&open, value, found),
        }
    }
    if let Some(range) = block.filter(|it| it.start < it.end) {
        call(&open, file.trimmed(range), found);
    }
}

/// Where the key of a line ends and its value begins.
fn split(rest: &[u8]) -> Option<(usize, usize)> {
    if matches!(rest, [] | [b'#', ..]) {
        return None;
    }
    let colon = rest.windows(2).position(|it| matches!(it, [b':', b' ' | b'\t']));
    let colon = colon.or_else(|| rest.strip_suffix(b":").map(<[u8]>::len))?;
    Some((colon, colon + 1))
}

/// The value without a comment behind it.
fn without_comment(file: &File<'_>, range: Range<usize>) -> Range<usize> {
    let text = file.at(&range);
    if let [quote @ (b'"' | b'\''), rest @ ..] = text {
        let end = rest.iter().rposition(|it| it == quote).map_or(text.len(), |it| it + 2);
        return range.start..range.start + end;
    }
    let comment = text.windows(2).position(|it| it == b" #");
    range.start..comment.map_or(range.end, |it| range.start + it)
}
