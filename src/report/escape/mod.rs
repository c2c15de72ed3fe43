//! Escaping, one function for each kind of sink. Renderers call these at the moment of writing.
//!
//! Names, messages and lines of a repository are written by strangers. A terminal obeys control
//! characters, a CI runner obeys commands in the log, a forge obeys Markdown, a spreadsheet obeys
//! formulas. Nothing here knows a report; JSON needs no function, `serde_json` escapes it.

mod ci;
mod markdown;
#[cfg(test)]
pub(super) mod properties;
mod visible;

use std::borrow::Cow;

pub(super) use ci::{break_commands, command_data, command_property, opens_command};
pub(super) use markdown::{code_block, code_span, prose};
pub(super) use visible::{is_invisible, visible, visible_lines};

/// A field of a CSV record (RFC 4180), quoted when it must be.
///
/// A spreadsheet runs a field that begins with one of these characters as a formula, so an
/// apostrophe goes before it, as OWASP advises.
pub(super) fn csv(text: &str) -> String {
    let formula = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let guarded = if formula { format!("'{text}") } else { text.to_owned() };
    if guarded.contains([',', '"', '\n', '\r']) || guarded.trim() != guarded {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// A part of a JSON string: invisible characters, and the `[` of what a CI runner would obey, as escapes.
pub(super) fn json_fragment(text: &str) -> Cow<'_, str> {
    if !text.contains("##") && !text.chars().any(|symbol| is_invisible(symbol, None)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut before = None;
    for (offset, symbol) in text.char_indices() {
        let opens = symbol == '[' && opens_command(text.get(..offset).unwrap_or_default());
        if opens || is_invisible(symbol, before) {
            let mut units = [0; 2];
            symbol.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(symbol);
        }
        before = Some(symbol);
    }
    Cow::Owned(out)
}

/// Text of an XML 1.0 element or attribute. Characters that XML cannot carry become U+FFFD; what a
/// CI runner would obey becomes a character reference.
pub(super) fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (offset, symbol) in text.char_indices() {
        match symbol {
            '[' if opens_command(text.get(..offset).unwrap_or_default()) => out.push_str("&#91;"),
            ':' if out.trim_start().is_empty() => out.push_str("&#58;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            // An attribute value would be read back with spaces in their place.
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push(char::REPLACEMENT_CHARACTER),
            _ => out.push(symbol),
        }
    }
    out
}

/// A relative URI reference of a repository path: the bytes that Git stores, percent-encoded (RFC 3986).
pub(super) fn uri(path: &crate::model::RepoPath) -> String {
    let mut out = String::new();
    for byte in path.to_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// At most `limit` characters; what is cut is marked by `…`.
pub(super) fn clipped(text: &str, limit: usize) -> Cow<'_, str> {
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some(_) => Cow::Owned(text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()),
    }
}
