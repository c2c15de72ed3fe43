//! Text for a terminal or a log: what cannot be seen is shown as an escape.

use std::fmt::Write as _;

/// Text on one line, with every character visible. A tab becomes a space.
pub(in crate::report) fn visible(text: &str) -> String {
    shown(text, |symbol| if symbol == '\t' { Some(' ') } else { None })
}

/// Text with every character visible, except that line feeds end lines.
pub(in crate::report) fn visible_lines(text: &str) -> String {
    shown(text, |symbol| match symbol {
        '\t' => Some(' '),
        '\n' => Some('\n'),
        _ => None,
    })
}

fn shown(text: &str, kept: impl Fn(char) -> Option<char>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    for symbol in text.chars() {
        match kept(symbol) {
            Some(other) => out.push(other),
            None if is_invisible(symbol, before) => push_escape(&mut out, symbol),
            None => out.push(symbol),
        }
        before = Some(symbol);
    }
    out
}

fn push_escape(out: &mut String, symbol: char) {
    let code = u32::from(symbol);
    // Writing to a string cannot fail.
    let _ = match symbol {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        _ if code < 0x80 => write!(out, "\\x{code:02x}"),
        _ => write!(out, "\\u{{{code:x}}}"),
    };
}

/// Whether a character acts on the terminal or leaves no mark of its own: C0, DEL and C1 controls,
/// line and paragraph separators, bidirectional controls and other default-ignorable characters.
///
/// The joiner and the emoji selector are left alone right after a symbol: they make one picture of
/// several. Anywhere else even they are shown, because a CI runner that compares text by culture
/// skips them, and so reads a command where a person sees none.
pub(in crate::report) fn is_invisible(symbol: char, before: Option<char>) -> bool {
    let after_symbol =
        before.is_some_and(|it| matches!(it, '\u{2190}'..='\u{2bff}' | '\u{fe0f}' | '\u{1f000}'..='\u{1faff}'));
    match symbol {
        '\u{200d}' | '\u{fe0f}' => !after_symbol,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{8e2}' => true,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}
