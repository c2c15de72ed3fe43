//! The first line of a commit message by Conventional Commits 1.0.0 (conventionalcommits.org).
//!
//! Which types and scopes are allowed is not known here. Spans are byte offsets of the line.

use crate::model::Span;

/// A subject line of the form `type(scope)!: description`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conventional {
    /// The type.
    pub kind: Span,
    /// The scope, without its parentheses.
    pub scope: Option<Span>,
    /// The `!` that marks a breaking change.
    pub breaking: Option<Span>,
    /// The description.
    pub description: Span,
}

/// Why a line has not that form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// No `type:` stands at the start.
    NoType,
    /// `type(scope` is never closed.
    UnclosedScope,
    /// `type(): …`.
    EmptyScope,
    /// White space stands between the type or scope and the colon.
    SpaceBeforeColon,
    /// No space, or more than one, follows the colon.
    SpaceAfterColon,
    /// `：` stands where `:` belongs.
    FullWidthColon,
    /// Nothing follows the colon.
    NoDescription,
}

/// Reads a subject line.
///
/// # Errors
/// The first thing that does not fit, and where.
pub fn parse(subject: &str) -> Result<Conventional, (Misfit, Span)> {
    let mut reader = Reader { subject, at: 0 };
    let kind = reader.take_while(|it| it.is_alphanumeric() || matches!(it, '-' | '_'));
    let whole = Span::new(0, subject.len());
    if kind.end == 0 {
        return Err((Misfit::NoType, reader.word()));
    }
    let scope = match reader.rest().starts_with('(') {
        true => Some(reader.scope()?),
        false => None,
    };
    let bang = reader.at;
    let breaking = reader.eat('!').then(|| Span::new(bang, bang + 1));
    let space = reader.take_while(char::is_whitespace);
    let colon = reader.at;
    if !reader.eat(':') {
        return Err(match reader.rest().starts_with('：') {
            true => (Misfit::FullWidthColon, Span::new(colon, colon + '：'.len_utf8())),
            false => (Misfit::NoType, if scope.is_some() { whole } else { kind }),
        });
    }
    if space.end > space.start {
        // `Add retry: three times` has words before its colon, `feat : retry` has one.
        return Err((Misfit::SpaceBeforeColon, space));
    }
    let gap = reader.take_while(char::is_whitespace);
    if reader.rest().is_empty() {
        return Err((Misfit::NoDescription, Span::new(colon, subject.len())));
    }
    if subject.get(gap.start..gap.end) != Some(" ") {
        return Err((Misfit::SpaceAfterColon, Span::new(colon, gap.end)));
    }
    Ok(Conventional { kind, scope, breaking, description: Span::new(reader.at, subject.len()) })
}

struct Reader<'a> {
    subject: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.subject.get(self.at..).unwrap_or_default()
    }

    fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> Span {
        let start = self.at;
        let rest = self.rest();
        self.at += rest.find(|it| !belongs(it)).unwrap_or(rest.len());
        Span::new(start, self.at)
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    /// The scope after an opening parenthesis; leaves the reader behind the closing one.
    fn scope(&mut self) -> Result<Span, (Misfit, Span)> {
        let open = self.at;
        self.eat('(');
        let scope = self.take_while(|it| it != ')' && it != '(');
        if !self.eat(')') {
            return Err((Misfit::UnclosedScope, Span::new(open, scope.end)));
        }
        let blank = self.subject.get(scope.start..scope.end).is_none_or(|it| it.trim().is_empty());
        if blank { Err((Misfit::EmptyScope, Span::new(open, self.at))) } else { Ok(scope) }
    }

    /// The first word, for pointing at it.
    fn word(&self) -> Span {
        let end = self.subject.find(char::is_whitespace).unwrap_or(self.subject.len());
        Span::new(0, end)
    }
}

/// The line that announces a breaking change in the body, if there is one: its offset in the message.
#[must_use]
pub fn breaking_footer(message: &str) -> Option<Span> {
    let mut start = 0;
    for line in message.split_inclusive('\n') {
        let marker = ["BREAKING CHANGE:", "BREAKING-CHANGE:"].into_iter().find(|marker| line.starts_with(marker));
        if let Some(marker) = marker.filter(|_| start > 0) {
            return Some(Span::new(start, start + marker.len()));
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parts(subject: &str) -> Option<(&str, Option<&str>, bool, &str)> {
        let at = |span: Span| subject.get(span.start..span.end).unwrap_or("?");
        let read = parse(subject).ok()?;
        Some((at(read.kind), read.scope.map(at), read.breaking.is_some(), at(read.description)))
    }

    #[test]
    fn all_four_parts_are_read() {
        assert_eq!(parts("feat: a"), Some(("feat", None, false, "a")));
        assert_eq!(parts("fix(api)!: größer"), Some(("fix", Some("api"), true, "größer")));
        assert_eq!(parts("feat!: a: b"), Some(("feat", None, true, "a: b")));
    }

    #[test]
    fn each_misfit_has_its_place() {
        let misfit = |subject| parse(subject).err().map(|(misfit, span)| (misfit, span.start, span.end));
        assert_eq!(misfit("Add retry"), Some((Misfit::NoType, 0, 3)));
        assert_eq!(misfit(""), Some((Misfit::NoType, 0, 0)));
        assert_eq!(misfit("fix(api: a"), Some((Misfit::UnclosedScope, 3, 10)));
        assert_eq!(misfit("fix(): a"), Some((Misfit::EmptyScope, 3, 5)));
        assert_eq!(misfit("fix : a"), Some((Misfit::SpaceBeforeColon, 3, 4)));
        assert_eq!(misfit("fix:a"), Some((Misfit::SpaceAfterColon, 3, 4)));
        assert_eq!(misfit("fix:  a"), Some((Misfit::SpaceAfterColon, 3, 6)));
        assert_eq!(misfit("fix：a"), Some((Misfit::FullWidthColon, 3, 6)));
        assert_eq!(misfit("fix: "), Some((Misfit::NoDescription, 3, 5)));
    }

    #[test]
    fn the_footer_must_stand_below_the_subject() {
        assert_eq!(breaking_footer("BREAKING CHANGE: x"), None);
        assert_eq!(breaking_footer("a\n\nBREAKING CHANGE: x\n"), Some(Span::new(3, 19)));
    }

    proptest! {
        #[test]
        fn any_line_is_read_without_a_panic(line in "\\PC{0,60}") {
            let _ = (parse(&line), breaking_footer(&line));
        }

        #[test]
        fn parts_of_any_line_like_a_subject_lie_inside_of_it(line in "[a-zé(): !：]{0,30}") {
            if let Ok(read) = parse(&line) {
                prop_assert!(line.get(read.kind.start..read.kind.end).is_some());
                prop_assert!(line.get(read.description.start..read.description.end).is_some_and(|it| !it.is_empty()));
            }
        }
    }
}
