//! YAML 1.2 as a tree with byte spans.
//!
//! Core schema: `true`/`false`, `null`, numbers; `yes`, `on` and dates stay text. Aliases are
//! expanded within a budget, so that a few lines cannot become gigabytes. Merge keys (`<<`) are
//! ordinary keys. Tags are ignored, except that a quoted or tagged-as-string scalar is text.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use super::node::{Entry, Node, Value};
use super::problem::Problem;
use crate::model::Span;

/// Most nodes that one document may have once its aliases are expanded.
const NODE_BUDGET: usize = 250_000;
/// Most problems that are told about one text.
const PROBLEM_LIMIT: usize = 200;
/// Deepest nesting of collections.
const DEPTH_LIMIT: usize = 128;

/// One document of a stream.
pub struct Document {
    /// Its root; nothing for an empty document.
    pub root: Option<Node>,
}

/// Reads every document of a stream. A document with a syntax error is left out and reported, and
/// reading goes on with the next one.
#[must_use]
pub fn parse(text: &str) -> (Vec<Document>, Vec<Problem>) {
    let mut reader = Reader { text, problems: Vec::new(), anchors: HashMap::new(), budget: NODE_BUDGET };
    let mut documents = Vec::new();
    let mut parser = Parser::new_from_str(text);
    loop {
        match reader.document(&mut parser) {
            Ok(Some(document)) => documents.push(document),
            Ok(None) => break,
            Err(problem) => {
                reader.problems.push(problem);
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    (documents, reader.problems)
}

/// A collection that is still open.
struct Frame {
    start: usize,
    anchor: usize,
    kind: Open,
}

enum Open {
    Sequence(Vec<Node>),
    /// The entries so far, where each key began, and the key whose value comes next.
    Mapping {
        entries: Vec<Entry>,
        seen: HashMap<String, usize>,
        key: Option<Node>,
    },
}

struct Reader<'a> {
    text: &'a str,
    problems: Vec<Problem>,
    anchors: HashMap<usize, (Node, usize)>,
    budget: usize,
}

impl<'a> Reader<'a> {
    /// Reads up to the end of the next document; nothing at the end of the stream.
    fn document(&mut self, parser: &mut Parser<'a, granit_parser::StrInput<'a>>) -> Result<Option<Document>, Problem> {
        self.budget = NODE_BUDGET;
        self.anchors.clear();
        let mut open: Vec<Frame> = Vec::new();
        let mut root = None;
        while let Some(event) = parser.next_event() {
            let (event, span) = event.map_err(|error| self.scan_error(&error))?;
            let span = span.byte_range().map_or_else(|| Span::new(0, 0), |range| Span::new(range.start, range.end));
            let (node, anchor) = match event {
                Event::StreamEnd => return Ok(None),
                Event::DocumentEnd => return Ok(Some(Document { root })),
                Event::StreamStart | Event::DocumentStart(..) | Event::Comment(..) | Event::Anchor(..) => continue,
                Event::SequenceStart(_, anchor, _) => {
                    self.push(&mut open, Frame { start: span.start, anchor, kind: Open::Sequence(Vec::new()) })?;
                    continue;
                }
                Event::MappingStart(_, anchor, _) => {
                    let kind = Open::Mapping { entries: Vec::new(), seen: HashMap::new(), key: None };
                    self.push(&mut open, Frame { start: span.start, anchor, kind })?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                    Some(frame) => (self.close(frame.kind, frame.start, span.end), frame.anchor),
                    None => continue,
                },
                Event::Scalar(text, style, anchor, tag) => {
                    let plain = style == ScalarStyle::Plain && tag.is_none();
                    let value = if plain { core_schema(&text) } else { Value::String(text.into_owned()) };
                    (Node { span, value }, anchor)
                }
                Event::Alias(anchor) => (self.alias(anchor, span)?, 0),
                Event::UnresolvedAlias(name) => {
                    return Err(Problem::new(span, format!("the alias `*{name}` has no anchor before it")));
                }
                // The parser may grow events; presentation is all that is left to add.
                _ => continue,
            };
            self.spend(1, span)?;
            if anchor != 0 {
                let weight = weight(&node);
                self.anchors.insert(anchor, (node.clone(), weight));
            }
            self.attach(&mut open, &mut root, node);
        }
        Ok(None)
    }

    fn push(&mut self, open: &mut Vec<Frame>, frame: Frame) -> Result<(), Problem> {
        if open.len() >= DEPTH_LIMIT {
            let span = Span::new(frame.start, frame.start + 1);
            return Err(Problem::new(span, format!("collections are nested more than {DEPTH_LIMIT} deep here")));
        }
        open.push(frame);
        Ok(())
    }

    fn attach(&mut self, open: &mut [Frame], root: &mut Option<Node>, node: Node) {
        match open.last_mut().map(|frame| &mut frame.kind) {
            None => *root = Some(node),
            Some(Open::Sequence(items)) => items.push(node),
            Some(Open::Mapping { entries, seen, key }) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    let name = key_text(&key);
                    if let Some(first) = seen.get(&name) {
                        // Each line number is counted anew; nobody reads more of them than this.
                        if PROBLEM_LIMIT <= self.problems.len() {
                            return;
                        }
                        let line = self.text.get(..*first).map_or(1, |it| it.matches('\n').count() + 1);
                        let problem = Problem::new(key.span, format!("the key `{name}` stands twice in this mapping"));
                        self.problems.push(problem.help(format!("line {line} has it first; keep one of the two")));
                        return;
                    }
                    seen.insert(name.clone(), key.span.start);
                    entries.push(Entry { key: name, key_span: key.span, value: node });
                }
            },
        }
    }

    fn close(&self, kind: Open, start: usize, end: usize) -> Node {
        // The parser ends a block collection at the next token; the blank lines before it are not ours.
        let written = self.text.get(start..end).unwrap_or_default().trim_end().len();
        let span = Span::new(start, start + written);
        match kind {
            Open::Sequence(items) => Node { span, value: Value::Sequence(items) },
            Open::Mapping { entries, .. } => Node { span, value: Value::Mapping(entries) },
        }
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<Node, Problem> {
        let Some((node, weight)) = self.anchors.get(&anchor).cloned() else {
            return Err(Problem::new(span, "this alias names the collection that it stands in"));
        };
        self.spend(weight, span)?;
        Ok(node)
    }

    fn spend(&mut self, nodes: usize, span: Span) -> Result<(), Problem> {
        let left = self.budget.checked_sub(nodes);
        self.budget = left.ok_or_else(|| {
            let message = format!("this document has more than {NODE_BUDGET} values once its aliases are expanded");
            Problem::new(span, message)
        })?;
        Ok(())
    }

    fn scan_error(&self, error: &granit_parser::ScanError) -> Problem {
        let start = error.marker().byte_offset().unwrap_or(self.text.len()).min(self.text.len());
        let end = self.text.get(start..).and_then(|rest| rest.chars().next()).map_or(start, |it| start + it.len_utf8());
        Problem::new(Span::new(start, end), format!("this is not YAML: {}", error.info()))
    }
}

fn weight(node: &Node) -> usize {
    let children = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    children.map(weight).fold(1, usize::saturating_add)
}

/// Keys are text everywhere that we read; `1:` and `true:` are the keys `1` and `true`.
fn key_text(key: &Node) -> String {
    match &key.value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => {
            key.to_json().to_string()
        }
    }
}

/// Resolves a plain scalar by YAML 1.2's core schema (yaml.org/spec/1.2.2, chapter 10.3).
fn core_schema(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let radix =
        |prefix: &str, radix| text.strip_prefix(prefix).and_then(|digits| i64::from_str_radix(digits, radix).ok());
    if let Some(number) = radix("0o", 8).or_else(|| radix("0x", 16)) {
        return Value::Int(number);
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Int);
    }
    let numeric = digits.starts_with(|it: char| it.is_ascii_digit() || it == '.')
        && digits.bytes().any(|it| it.is_ascii_digit())
        && digits.bytes().all(|it| it.is_ascii_digit() || matches!(it, b'.' | b'e' | b'E' | b'+' | b'-'));
    match text.parse::<f64>() {
        Ok(number) if numeric && number.is_finite() => Value::Float(number),
        Ok(_) | Err(_) => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn root(text: &str) -> Option<Node> {
        parse(text).0.into_iter().next().and_then(|it| it.root)
    }

    #[test]
    fn values_and_spans() {
        let text = "# é … größe\nmin: 2\non: yes\nlist: [a, 0x1F, 1.5, ~]\n";
        let Some(node) = root(text) else { panic!("no document") };
        let min = node.get("min").map(|it| (it.value.clone(), text.get(it.span.start..it.span.end)));
        assert_eq!(min, Some((Value::Int(2), Some("2"))));
        assert_eq!(node.get("on").and_then(Node::as_str), Some("yes"));
        assert_eq!(node.get("list").map(Node::to_json), Some(serde_json::json!(["a", 31, 1.5, null])));
    }

    #[test]
    fn a_second_key_is_a_problem_and_the_first_one_stays() {
        let (documents, problems) = parse("a: 1\nb: 2\na: 3\n");
        assert_eq!(
            documents.first().and_then(|it| it.root.as_ref()).map(Node::to_json),
            Some(serde_json::json!({"a": 1, "b": 2}))
        );
        assert_eq!(problems.first().map(|it| it.span), Some(Span::new(10, 11)));
    }

    #[test]
    fn very_many_keys_are_read_in_linear_time() {
        let many: String = (0..100_000).map(|it| format!("k{it}:\n")).collect();
        assert_eq!(root(&many).map(|it| it.entries().len()), Some(100_000));
        let same = "k:\n".repeat(100_000);
        assert_eq!(parse(&same).1.len(), PROBLEM_LIMIT);
    }

    #[test]
    fn bombs_are_defused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let refs = vec![format!("*a{}", level - 1); 9].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{refs}]\n"));
        }
        assert!(parse(&bomb).1.iter().any(|it| it.message.contains("aliases are expanded")));
        assert!(!parse(&"[".repeat(100_000)).1.is_empty());
        assert!(!parse("a: &a [*a]\n").1.is_empty());
    }

    #[test]
    fn reading_goes_on_after_a_broken_document() {
        let (documents, problems) = parse("a: [1\n---\nb: 2\n");
        assert_eq!(problems.len(), 1);
        assert_eq!(
            documents.first().and_then(|it| it.root.as_ref()).map(Node::to_json),
            Some(serde_json::json!({"b": 2}))
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn any_yaml_like_text_is_read_without_a_panic(text in "[-:{}\\[\\]&*#|>a1 \n\"']{0,60}") {
            let _ = parse(&text);
        }
    }
}
