//! `.gitleaksignore`: findings that were accepted, by their place.

use crate::formats::problem::Problem;
use crate::model::{RepoPath, Span};

/// An accepted finding: `path:rule:line`, or `commit:path:rule:line`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ignored {
    /// Where the entry stands.
    pub span: Span,
    /// The commit that the line is one of; that of the work tree when absent.
    pub commit: Option<String>,
    /// The file.
    pub path: RepoPath,
    /// The id of the rule.
    pub rule: String,
    /// The line, one-based.
    pub line: u32,
}

/// Reads a file of fingerprints, and lists the lines that are none.
#[must_use]
pub fn parse(text: &str) -> (Vec<Ignored>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let span = Span::new(start, start + whole.trim_end().len());
        start += whole.len();
        let line = whole.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match entry(line, span) {
            Some(entry) => found.push(entry),
            None => problems.push(Problem::new(span, "this is neither `path:rule:line` nor `commit:path:rule:line`")),
        }
    }
    (found, problems)
}

/// A path may have colons; a commit, a rule and a line have none.
fn entry(text: &str, span: Span) -> Option<Ignored> {
    let (rest, line) = text.rsplit_once(':')?;
    let (rest, rule) = rest.rsplit_once(':')?;
    let (commit, path) = match rest.split_once(':') {
        Some((commit, path)) if is_commit(commit) => (Some(commit.to_ascii_lowercase()), path),
        Some(_) | None => (None, rest),
    };
    let line = line.trim().parse().ok()?;
    let path = RepoPath::new(&path.replace('\\', "/"));
    (!path.is_root() && !rule.is_empty()).then(|| Ignored { span, commit, path, rule: rule.to_owned(), line })
}

/// Whether a text may be the full or short name of a commit.
pub(super) fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_and_what_is_none() {
        let commit = "a".repeat(40);
        let text = format!("# comment\n\na\\b.py:generic-api-key:12\r\n{commit}:c:/x.py:jwt:1\nodd\nx:y:z\n");
        let (found, problems) = parse(&text);
        let shown: Vec<_> =
            found.iter().map(|it| (it.commit.as_deref(), it.path.as_str(), &*it.rule, it.line)).collect();
        assert_eq!(shown, [(None, "a/b.py", "generic-api-key", 12), (Some(&*commit), "c:/x.py", "jwt", 1)]);
        let lines: Vec<&str> = problems.iter().filter_map(|it| text.get(it.span.start..it.span.end)).collect();
        assert_eq!(lines, ["odd", "x:y:z"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-f0-9:/\\\\#\n\r é-]{0,80}") {
            let (found, problems) = parse(&text);
            for span in found.iter().map(|it| it.span).chain(problems.iter().map(|it| it.span)) {
                prop_assert!(text.get(span.start..span.end).is_some());
            }
        }
    }
}
