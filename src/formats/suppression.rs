//! Inline suppressions: `gatecheck: allow <id>[, <id>…] -- <reason>` in a comment of any language.
//!
//! The marker counts only right after something that opens a comment in some language, so that prose
//! and string literals which speak about suppressions are none. What the ids mean is not known here.

use crate::model::{Sign, Span};

/// A comment that asks to accept what stands at its place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suppression {
    /// The ids that it names, in order; may be empty.
    pub ids: Vec<String>,
    /// Why; nothing when no reason was given.
    pub reason: Option<String>,
    /// From the marker to the end of the reason, in bytes of the line.
    pub span: Span,
    /// Whether the comment is alone on its line, and so speaks about the next one as well.
    pub is_alone: bool,
}

/// What every suppression begins with.
pub const MARKER: &str = Sign::Suppression.word();

/// What opens a comment and what closes it again on the same line, if anything does. The first that
/// fits is taken.
const COMMENTS: [(&str, &str); 21] = [
    ("<!--", "-->"),
    ("<%--", "--%>"),
    ("{{!--", "--}}"),
    ("{{!", "}}"),
    ("{{/*", "*/}}"),
    ("<%#", "%>"),
    ("{#", "#}"),
    ("{-", "-}"),
    ("(*", "*)"),
    ("@*", "*@"),
    ("*", "*/"),
    ("//!", ""),
    ("//", ""),
    ("#", ""),
    ("--", ""),
    (";", ""),
    ("%", ""),
    ("!", ""),
    ("..", ""),
    ("REM", ""),
    ("rem", ""),
];

/// What opens a comment at the beginning of a line only; elsewhere it opens a literal.
const QUOTES: [&str; 2] = ["\" ", "' "];

/// Reads a line. Nothing comes out of a line without the marker in a comment.
#[must_use]
pub fn parse(line: &str) -> Option<Suppression> {
    let start = line.find(MARKER)?;
    let before = line.get(..start)?;
    let closer = closer(before)?;
    let body_start = start + MARKER.len();
    let body = line.get(body_start..)?;
    let (body, after) = body.split_once(closer).filter(|_| !closer.is_empty()).unwrap_or((body, ""));
    let rest = body.trim_start().strip_prefix("allow")?;
    if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
        return None;
    }
    let (ids, reason) = split(rest);
    let has_word = |text: &str| text.chars().any(char::is_alphanumeric);
    let opens_the_line =
        !before.trim().chars().any(|it| it.is_whitespace() || it.is_alphanumeric() || "})]".contains(it));
    Some(Suppression {
        ids,
        reason: reason.map(str::trim).filter(|it| has_word(it)).map(|it| it.chars().take(300).collect()),
        span: Span::new(start, body_start + body.trim_end().len()),
        is_alone: (opens_the_line || before.trim().eq_ignore_ascii_case("rem")) && !has_word(after),
    })
}

/// What would close the comment that is open at the end of the text; nothing when none is open.
fn closer(before: &str) -> Option<&'static str> {
    let opened = before.trim_end();
    let found = COMMENTS.iter().find(|(opener, _)| opened.ends_with(opener)).map(|(_, closer)| *closer);
    found.or_else(|| QUOTES.contains(&before.trim_start()).then_some(""))
}

/// The ids, and the text after the two hyphens that end them.
fn split(rest: &str) -> (Vec<String>, Option<&str>) {
    let hyphens = rest.match_indices("--").map(|(at, _)| at);
    let alone = |at: &usize| {
        let before = rest.get(..*at).and_then(|it| it.chars().next_back());
        let after = rest.get(at + 2..).and_then(|it| it.chars().next());
        [before, after].iter().all(|it| it.is_none_or(char::is_whitespace))
    };
    let (ids, reason) = match hyphens.into_iter().find(alone) {
        Some(at) => (rest.get(..at).unwrap_or_default(), rest.get(at + 2..)),
        None => (rest, None),
    };
    let ids = ids.split(',').filter_map(|it| it.split_whitespace().next()).map(str::to_owned).collect();
    (ids, reason)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(line: &str) -> Option<(Vec<String>, Option<String>, bool)> {
        parse(line).map(|it| (it.ids, it.reason, it.is_alone))
    }

    fn allowed(ids: &[&str], reason: &str, is_alone: bool) -> Option<(Vec<String>, Option<String>, bool)> {
        Some((ids.iter().map(|it| (*it).to_owned()).collect(), Some(reason.to_owned()), is_alone))
    }

    #[test]
    fn the_comments_of_many_languages_are_read() {
        for line in [
            "// gatecheck: allow text -- a reason",
            "/// gatecheck: allow text -- a reason",
            "  # gatecheck: allow text -- a reason",
            "-- gatecheck: allow text -- a reason",
            "/* gatecheck: allow text -- a reason */",
            " * gatecheck: allow text -- a reason",
            "<!-- gatecheck: allow text -- a reason -->",
            "{/* gatecheck: allow text -- a reason */}",
            "{# gatecheck: allow text -- a reason #}",
            "{{!-- gatecheck: allow text -- a reason --}}",
            "; gatecheck:allow text -- a reason",
            "% gatecheck: allow text -- a reason",
            "(* gatecheck: allow text -- a reason *)",
            "REM gatecheck: allow text -- a reason",
            "\" gatecheck: allow text -- a reason",
            "' gatecheck: allow text -- a reason\t",
        ] {
            assert_eq!(read(line), allowed(&["text"], "a reason", true), "{line}");
        }
    }

    #[test]
    fn a_comment_behind_code_speaks_about_its_own_line() {
        assert_eq!(read("a(); // gatecheck: allow a/b, c -- why"), allowed(&["a/b", "c"], "why", false));
        assert_eq!(read("} // gatecheck: allow a -- why"), allowed(&["a"], "why", false));
        assert_eq!(read("/* gatecheck: allow a -- why */ code()"), allowed(&["a"], "why", false));
    }

    #[test]
    fn without_a_reason_there_is_none() {
        for line in [
            "# gatecheck: allow text",
            "# gatecheck: allow text --",
            "# gatecheck: allow text -- …",
            "<!-- gatecheck: allow text -->",
            "# gatecheck: allow text because I say so",
        ] {
            assert_eq!(read(line), Some((vec!["text".to_owned()], None, true)), "{line}");
        }
        assert_eq!(read("# gatecheck: allow"), Some((vec![], None, true)));
    }

    #[test]
    fn prose_literals_and_policies_are_no_suppressions() {
        for line in [
            "gatecheck: 1",
            "gatecheck: allow text -- a reason",
            "write `gatecheck: allow text -- a reason`",
            "let marker = \"gatecheck: allow text -- a reason\";",
            "# gatecheck: allowed",
            "# gatecheck: allowlist",
            "# gatecheck: 1",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_a_panic(before in ".{0,12}", after in ".{0,40}") {
            for line in [format!("{before}gatecheck:{after}"), format!("{before}# gatecheck: allow{after}")] {
                if let Some(found) = parse(&line) {
                    prop_assert!(line.get(found.span.start..found.span.end).is_some());
                }
            }
        }
    }
}
