//! Trailers at the end of a commit message: `Signed-off-by: Ana <ana@example.com>`.
//!
//! The block is found by the rules of `git interpret-trailers` with the default separator: the last
//! paragraph, but not the first one, that is all trailers, or holds one that Git itself writes and is
//! trailers to at least a quarter.

use crate::model::{Line, Span, Text};

/// One trailer, continuation lines folded in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trailer {
    /// The token before the colon, as written.
    pub token: String,
    /// The value, white space around it dropped, its lines joined by one space.
    pub value: String,
    /// Where its first line stands in the message.
    pub span: Span,
    /// Numbers of its first and last line, one-based.
    pub lines: (u32, u32),
}

impl Trailer {
    /// Whether this is the trailer with that token; case does not matter, as in Git.
    #[must_use]
    pub fn is(&self, token: &str) -> bool {
        self.token.eq_ignore_ascii_case(token)
    }
}

/// The trailer block of a message: its trailers and the numbers of its first and last line.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trailers {
    /// The trailers, in order.
    pub all: Vec<Trailer>,
    /// One-based number of the first line of the block; nothing when there is no block.
    pub first_line: Option<u32>,
}

/// Finds the trailers of a message.
#[must_use]
pub fn parse(message: &Text) -> Trailers {
    let Some(first) = block_start(message) else { return Trailers::default() };
    let mut all: Vec<Trailer> = Vec::new();
    for line in (first..=message.line_count()).filter_map(|number| message.line(number)) {
        if line.text.starts_with([' ', '\t']) {
            if let Some(last) = all.last_mut().filter(|last| last.lines.1 + 1 == line.number) {
                last.lines.1 = line.number;
                last.value.push(' ');
                last.value.push_str(line.text.trim());
            }
        } else if let Some((token, value)) = token_and_value(line.text) {
            let span = Span::new(line.start, line.start + line.text.len());
            let lines = (line.number, line.number);
            all.push(Trailer { token: token.to_owned(), value: value.trim().to_owned(), span, lines });
        }
    }
    Trailers { all, first_line: Some(first) }
}

/// A line of the form `Token: value`; a token is made of ASCII letters, digits and hyphens.
#[must_use]
pub fn token_and_value(line: &str) -> Option<(&str, &str)> {
    let (token, value) = line.split_once(':')?;
    let token = token.trim_end_matches([' ', '\t']);
    let plain = !token.is_empty() && token.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'-');
    plain.then_some((token, value))
}

/// Number of the first line of the trailer block.
fn block_start(message: &Text) -> Option<u32> {
    let is_blank = |line: &Line<'_>| line.text.trim().is_empty();
    let mut number = message.line_count();
    while message.line(number).as_ref().is_some_and(is_blank) {
        number = number.checked_sub(1)?;
    }
    let (mut trailers, mut others, mut pending, mut by_git) = (0_u32, 0_u32, 0_u32, false);
    loop {
        let line = message.line(number)?;
        if is_blank(&line) {
            break;
        }
        let git_wrote =
            line.text.starts_with("Signed-off-by: ") || line.text.starts_with("(cherry picked from commit ");
        if git_wrote || token_and_value(line.text).is_some() {
            // Continuation lines below a trailer belong to it.
            (trailers, pending, by_git) = (trailers + 1, 0, by_git || git_wrote);
        } else if line.text.starts_with([' ', '\t']) {
            pending += 1;
        } else {
            (others, pending) = (others + pending + 1, 0);
        }
        // The first paragraph is the title, whatever it looks like.
        number = number.checked_sub(1).filter(|it| *it > 0)?;
    }
    others += pending;
    let accepted = (by_git && trailers.saturating_mul(3) >= others) || (trailers > 0 && others == 0);
    accepted.then_some(number + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(message: &str) -> Vec<(String, String)> {
        parse(&Text::decode(message.as_bytes())).all.into_iter().map(|it| (it.token, it.value)).collect()
    }

    fn pair(token: &str, value: &str) -> (String, String) {
        (token.to_owned(), value.to_owned())
    }

    #[test]
    fn the_last_paragraph_of_trailers_only() {
        let message = "Subject\n\nBody: not one\n\nRefs: PAY-1\nReviewed-by: Ana\n  <ana@example.com>\n";
        assert_eq!(read(message), [pair("Refs", "PAY-1"), pair("Reviewed-by", "Ana <ana@example.com>")]);
    }

    #[test]
    fn a_title_is_never_a_trailer() {
        assert_eq!(read("feat: add"), []);
        assert_eq!(read("feat: add\n\n\n"), []);
    }

    #[test]
    fn prose_among_trailers_is_borne_when_git_wrote_one() {
        assert_eq!(read("a\n\nRefs: 1\nsome prose\n"), []);
        assert_eq!(read("a\n\nsome prose\nSigned-off-by: A <a@b>\n"), [pair("Signed-off-by", "A <a@b>")]);
        assert_eq!(read("a\n\none\ntwo\nthree\nfour\nSigned-off-by: A <a@b>\n"), []);
    }

    #[test]
    fn carriage_returns_are_no_part_of_a_value() {
        assert_eq!(read("a\r\n\r\nRefs: 1\r\n"), [pair("Refs", "1")]);
    }

    /// Git is the oracle: what it says about these messages was written down from `git interpret-trailers --parse`.
    #[test]
    fn urls_and_sentences_with_colons_are_judged_as_git_does() {
        assert_eq!(read("a\n\nhttps://example.com\n"), [pair("https", "//example.com")]);
        assert_eq!(read("a\n\nSee also: here\n"), []);
    }

    proptest! {
        #[test]
        fn any_message_is_read_without_a_panic(message in "[a:\\-S \t\r\né]{0,60}") {
            let _ = read(&message);
        }
    }
}
