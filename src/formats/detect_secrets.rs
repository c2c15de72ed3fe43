//! Baselines of detect-secrets (`.secrets.baseline`): what was accepted, by the SHA-1 of each value.

use super::node::{Node, Value};
use super::problem::Problem;
use super::yaml;
use crate::model::{RepoPath, Span};

/// What a baseline says.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    /// What was accepted, in the order of the file.
    pub entries: Vec<Entry>,
    /// Expressions for paths, lines and values that are left out.
    pub excluded: Vec<Excluded>,
}

/// An accepted value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Where the entry stands.
    pub span: Span,
    /// The file.
    pub path: RepoPath,
    /// What found it, in the words of the tool: `Secret Keyword`.
    pub kind: String,
    /// The SHA-1 of the value, in small hexadecimal digits.
    pub sha1: String,
    /// The line, one-based, where it is written down.
    pub line: Option<u32>,
    /// Whether a person looked at it and said that it is a secret, or none.
    pub is_secret: Option<bool>,
}

/// What is left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Excluded {
    /// Where that is said.
    pub span: Span,
    /// What the expression is looked for in.
    pub target: Target,
    /// The expression.
    pub pattern: String,
}

/// What an expression is looked for in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// The path of the file.
    Path,
    /// The line.
    Line,
    /// The value.
    Secret,
}

/// Reads a baseline, and lists what was not understood. No message quotes a value.
#[must_use]
pub fn parse(text: &str) -> (Baseline, Vec<Problem>) {
    let mut baseline = Baseline::default();
    let (documents, mut problems) = yaml::parse(text);
    let root = documents.into_iter().next().and_then(|it| it.root);
    let Some(results) = root.as_ref().and_then(|it| it.get("results")) else {
        if problems.is_empty() {
            problems.push(Problem::new(Span::new(0, 0), "this is no baseline of detect-secrets: it has no `results`"));
        }
        return (baseline, problems);
    };
    for file in results.entries() {
        let path = RepoPath::new(&file.key.replace('\\', "/"));
        for item in file.value.items() {
            match entry(item, &path) {
                Some(entry) => baseline.entries.push(entry),
                None => problems.push(Problem::new(item.span, "this entry has no `hashed_secret` of 40 digits")),
            }
        }
    }
    for filter in root.iter().filter_map(|it| it.get("filters_used")).flat_map(Node::items) {
        excluded(filter, &mut baseline.excluded, &mut problems);
    }
    for plugin in root.iter().filter_map(|it| it.get("plugins_used")).flat_map(Node::items) {
        problems.extend(own_plugin(plugin));
    }
    // Versions before 1.0 write them down so.
    for (key, target) in [("files", Target::Path), ("lines", Target::Line)] {
        let pattern = root.as_ref().and_then(|it| it.pointer(&format!("/exclude/{key}")));
        baseline.excluded.extend(pattern.and_then(|it| of_node(it, target)));
    }
    (baseline, problems)
}

fn entry(item: &Node, path: &RepoPath) -> Option<Entry> {
    let text = |key: &str| item.get(key).and_then(Node::as_str);
    let sha1 = text("hashed_secret")?.to_ascii_lowercase();
    let is_digest = sha1.len() == 40 && sha1.bytes().all(|it| it.is_ascii_hexdigit());
    let line = item.get("line_number").and_then(|it| if let Value::Int(line) = it.value { Some(line) } else { None });
    let is_secret = item.get("is_secret").and_then(|it| if let Value::Bool(is) = it.value { Some(is) } else { None });
    is_digest.then(|| Entry {
        span: item.span,
        path: path.clone(),
        kind: text("type").unwrap_or("secret").to_owned(),
        sha1,
        line: line.and_then(|it| u32::try_from(it).ok()),
        is_secret,
    })
}

/// What is told about a plugin that is not as it is shipped. The shipped ones are kinds here, or too vague to be one.
fn own_plugin(plugin: &Node) -> Option<Problem> {
    let text = |key: &str| plugin.get(key).and_then(Node::as_str).filter(|it| !it.is_empty());
    if text("path").is_some() {
        return Some(Problem::new(plugin.span, "this plugin is your own: write a detector of what it finds"));
    }
    text("keyword_exclude").map(|_| Problem::new(plugin.span, "`keyword_exclude` has no equal here; see `allow`"))
}

/// What a filter leaves out; those that every baseline names are no news.
fn excluded(filter: &Node, found: &mut Vec<Excluded>, problems: &mut Vec<Problem>) {
    let Some(path) = filter.get("path").and_then(Node::as_str) else { return };
    let target = match path.rsplit('.').next().unwrap_or_default() {
        "should_exclude_file" => Target::Path,
        "should_exclude_line" => Target::Line,
        "should_exclude_secret" => Target::Secret,
        _ if path.starts_with("detect_secrets.") && !path.contains(".wordlist.") => return,
        _ => {
            problems.push(Problem::new(filter.span, "this filter has no equal here"));
            return;
        }
    };
    let Some(pattern) = filter.get("pattern") else { return };
    let single = std::slice::from_ref(pattern);
    let patterns = if pattern.items().is_empty() { single } else { pattern.items() };
    found.extend(patterns.iter().filter_map(|it| of_node(it, target)));
}

fn of_node(node: &Node, target: Target) -> Option<Excluded> {
    let pattern = node.as_str().filter(|it| !it.is_empty())?.to_owned();
    Some(Excluded { span: node.span, target, pattern })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn entries_and_what_is_left_out() {
        let sha1 = "0123456789abcdef0123456789ABCDEF01234567";
        let text = format!(
            r#"{{"version": "1.5.0", "plugins_used": [{{"name": "KeywordDetector", "keyword_exclude": ""}},
                {{"name": "Own", "path": "file://own.py"}}, {{"name": "KeywordDetector", "keyword_exclude": "x"}}],
              "filters_used": [{{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^t/", "x"]}},
                {{"path": "detect_secrets.filters.allowlist.is_line_allowlisted"}}, {{"path": "own.filter"}}],
              "exclude": {{"files": null, "lines": "y"}},
              "results": {{"a\\b.py": [{{"type": "Secret Keyword", "hashed_secret": "{sha1}", "line_number": 7, "is_secret": false}},
                {{"type": "AWS Access Key", "hashed_secret": "12"}}]}}}}"#
        );
        let (baseline, problems) = parse(&text);
        let [entry] = baseline.entries.as_slice() else { panic!("{baseline:?}") };
        assert_eq!((entry.path.as_str(), &*entry.kind, entry.line), ("a/b.py", "Secret Keyword", Some(7)));
        assert_eq!((entry.sha1.as_str(), entry.is_secret), (sha1.to_lowercase().as_str(), Some(false)));
        let excluded: Vec<_> = baseline.excluded.iter().map(|it| (it.target, it.pattern.as_str())).collect();
        assert_eq!(excluded, [(Target::Path, "^t/"), (Target::Path, "x"), (Target::Line, "y")]);
        let told: Vec<&str> = problems.iter().map(|it| it.message.as_str()).collect();
        let expected = [
            "this entry has no `hashed_secret` of 40 digits",
            "this filter has no equal here",
            "this plugin is your own: write a detector of what it finds",
            "`keyword_exclude` has no equal here; see `allow`",
        ];
        assert_eq!(told, expected);
        assert_eq!(parse("[]").1.len(), 1);
        assert!(parse("{\"results\"").1[0].message.starts_with("this is not YAML"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in r#"[\[\]{}",:\\0-9a-z \n]{0,60}"#) {
            let _ = parse(&text);
        }
    }
}
