//! Reports of gitleaks in JSON: what it found, where, and the values unless they were left out.

use std::fmt;

use serde_json::{Map, Value};

use super::ignore::is_commit;
use crate::formats::problem::Problem;
use crate::model::{RepoPath, Span};

/// A finding of a report.
#[derive(Clone, Debug)]
pub struct Leak {
    /// Where it stands in the report.
    pub span: Span,
    /// The id of the rule.
    pub rule: String,
    /// The commit that brought it; nothing when files were scanned.
    pub commit: Option<String>,
    /// The file.
    pub path: RepoPath,
    /// The first and the last line, one-based.
    pub lines: (u32, u32),
    /// The value; nothing when it was redacted.
    pub secret: Option<Secret>,
}

/// The value of a finding. It can be compared, and is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secret({} bytes)", self.0.len())
    }
}

/// Reads a report, and lists what was not understood. No message quotes the report: it holds secrets.
#[must_use]
pub fn parse(text: &str) -> (Vec<Leak>, Vec<Problem>) {
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    let body = text.trim();
    if body.is_empty() || body == "null" {
        return (found, problems);
    }
    let Some(items) = items(text) else {
        let span = Span::new(0, 0);
        return (found, vec![Problem::new(span, "this is no report of gitleaks in JSON: a list of findings")]);
    };
    for span in items {
        let item = text.get(span.start..span.end).unwrap_or_default();
        match serde_json::from_str::<Map<String, Value>>(item).map(|fields| leak(&fields, span)) {
            Ok(Ok(leak)) => found.push(leak),
            Ok(Err(key)) => problems.push(Problem::new(span, format!("this finding has no `{key}`"))),
            Err(_) => problems.push(Problem::new(span, "this is no finding in JSON")),
        }
    }
    (found, problems)
}

fn leak(fields: &Map<String, Value>, span: Span) -> Result<Leak, &'static str> {
    // Older versions write some names in small letters.
    let field = |name: &str| fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    let text = |name: &str| field(name).and_then(Value::as_str).filter(|it| !it.is_empty());
    let line = |name: &str| field(name).and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
    let rule = text("RuleID").ok_or("RuleID")?.to_owned();
    let path = RepoPath::new(&text("File").ok_or("File")?.replace('\\', "/"));
    let first = line("StartLine").ok_or("StartLine")?;
    let last = line("EndLine").unwrap_or(first).max(first);
    let commit = text("Commit").filter(|it| is_commit(it)).map(str::to_ascii_lowercase);
    let secret = text("Secret").filter(|it| !is_redacted(it)).map(|it| Secret(it.to_owned()));
    Ok(Leak { span, rule, commit, path, lines: (first, last), secret })
}

/// Whether `--redact` left a value out, or cut it short.
fn is_redacted(secret: &str) -> bool {
    secret == "REDACTED" || secret.ends_with("...")
}

/// Where the items of a list in JSON stand; nothing when the text is no list.
fn items(text: &str) -> Option<Vec<Span>> {
    let start = text.find(|it: char| !it.is_whitespace() && it != '\u{feff}')?;
    let mut found = Vec::new();
    let (mut depth, mut is_text, mut is_escaped, mut item) = (0_usize, false, false, None);
    for (at, byte) in text.bytes().enumerate().skip(start) {
        if is_text {
            is_text = is_escaped || byte != b'"';
            is_escaped = !is_escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'[' | b'{' => {
                if depth == 0 && byte != b'[' {
                    return None;
                }
                if depth == 1 && item.is_none() {
                    item = Some(at);
                }
                depth = depth.saturating_add(1);
            }
            b']' | b'}' => {
                depth = depth.checked_sub(1)?;
                let end = if depth == 0 { at } else { at + 1 };
                if depth <= 1 {
                    found.extend(item.take().map(|start| Span::new(start, end)));
                }
                if depth == 0 {
                    if byte != b']' {
                        return None;
                    }
                    return text.get(at + 1..).is_some_and(|it| it.trim().is_empty()).then_some(found);
                }
            }
            b',' if depth == 1 => found.extend(item.take().map(|start| Span::new(start, at))),
            _ if depth == 0 => return None,
            _ => {
                is_text = byte == b'"';
                if depth == 1 && item.is_none() && !byte.is_ascii_whitespace() {
                    item = Some(at);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn findings_with_their_places_and_values() {
        let text = r#"[
 {"RuleID": "a", "File": "x\\y.py", "StartLine": 2, "EndLine": 3, "Commit": "", "Secret": "v\"]}1", "Tags": []},
 {"ruleID": "b", "file": "z", "startLine": 1, "commit": "ABCDEF0123", "secret": "REDACTED"},
 {"RuleID": "c", "File": "z", "StartLine": 1, "Secret": "abcd..."},
 {"RuleID": "d", "StartLine": 1}, 7
]"#;
        let (found, problems) = parse(text);
        let shown: Vec<_> = found
            .iter()
            .map(|it| {
                (&*it.rule, it.path.as_str(), it.lines, it.commit.as_deref(), it.secret.as_ref().map(Secret::bytes))
            })
            .collect();
        let first = ("a", "x/y.py", (2, 3), None, Some(&b"v\"]}1"[..]));
        assert_eq!(shown, [first, ("b", "z", (1, 1), Some("abcdef0123"), None), ("c", "z", (1, 1), None, None)]);
        let told: Vec<_> = problems.iter().map(|it| (&*it.message, text.get(it.span.start..it.span.end))).collect();
        let nameless = Some(r#"{"RuleID": "d", "StartLine": 1}"#);
        assert_eq!(told, [("this finding has no `File`", nameless), ("this is no finding in JSON", Some("7\n"))]);
        assert!(!format!("{found:?}").contains("]}1"));
    }

    #[test]
    fn nothing_and_what_is_no_report() {
        for text in ["", "null\n", "[]", "\u{feff}[ ]\n"] {
            assert_eq!(parse(text).1, [], "{text}");
        }
        for text in ["{}", "[", "[}", "[]x", "7", "[{\"a\": \"", "]"] {
            assert!(!parse(text).1.is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r#"[\[\]{}",:\\0-9a-zé \n]{0,60}"#) {
            for problem in parse(&text).1 {
                prop_assert!(text.get(problem.span.start..problem.span.end).is_some());
            }
        }
    }
}
