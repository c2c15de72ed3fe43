//! Text of strangers made safe to show in a terminal.
//!
//! Control characters could move the cursor or change colours, and bidirectional controls could show
//! a line in another order than it is read in. Both are written out instead of printed.

use std::borrow::Cow;

/// The text with every control and every invisible formatting character written as `\u{NN}`.
/// A tab becomes `→`, so that a policy's wrong indentation can be seen.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for symbol in text.chars() {
        push(&mut shown, symbol);
    }
    Cow::Owned(shown)
}

/// Appends one character as [`visible`] shows it.
pub fn push(shown: &mut String, symbol: char) {
    if is_plain(symbol) {
        shown.push(symbol);
    } else if symbol == '\t' {
        shown.push('→');
    } else {
        shown.extend(symbol.escape_unicode());
    }
}

fn is_plain(symbol: char) -> bool {
    !symbol.is_control() && !is_hidden(symbol)
}

/// Characters of general category Cf that reorder or hide text (Unicode 17, UAX #9 and UTR #36), line
/// and paragraph separators, and the tag characters.
fn is_hidden(symbol: char) -> bool {
    matches!(
        u32::from(symbol),
        0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF
            | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_lie_is_written_out() {
        assert_eq!(visible("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("\ta"), "→a");
    }

    #[test]
    fn honest_text_stays() {
        assert_eq!(visible("größe, 规则, 👍"), "größe, 规则, 👍");
    }
}
