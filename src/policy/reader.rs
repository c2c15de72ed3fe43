//! Reads the parts of a document by hand, so that every mistake is named at its place and none hides another.

use std::sync::Arc;

use super::document::{Document, Fault, Mark, Written};
use crate::formats::node::{Entry, Node, Value};
use crate::formats::suggest;
use crate::model::Span;

/// A document being read, and what was found wrong so far.
pub(super) struct Reader<'a> {
    pub(super) document: &'a Arc<Document>,
    pub(super) faults: &'a mut Vec<Fault>,
}

impl Reader<'_> {
    pub(super) fn mark(&self, span: Span) -> Mark {
        Mark { document: Arc::clone(self.document), span }
    }

    pub(super) fn written<T>(&self, value: T, span: Span) -> Written<T> {
        Written { value, mark: self.mark(span) }
    }

    /// Notes a fault with one label.
    pub(super) fn fault(&mut self, span: Span, label: &str, message: impl Into<String>, help: impl Into<String>) {
        let fault = Fault::new(message).at(&self.mark(span), label).help(help);
        self.faults.push(fault);
    }

    fn misfit(&mut self, node: &Node, what: &str, expected: &str, help: Option<&str>) {
        let label = format!("this is {}", node.kind());
        let mut fault = Fault::new(format!("{what} takes {expected}, not {}", node.kind()));
        fault = fault.at(&self.mark(self.first_line(node)), label);
        fault.help = help.map(str::to_owned);
        self.faults.push(fault);
    }

    /// The first line of a value: a label over a whole mapping would bury the message.
    pub(super) fn first_line(&self, node: &Node) -> Span {
        let text = self.document.text.as_str().get(node.span.start..node.span.end).unwrap_or_default();
        let width = text.find(['\n', '\r']).unwrap_or(text.len());
        Span::new(node.span.start, node.span.start + width)
    }

    /// The entries of a mapping whose keys are all among `allowed`; the others are faults and left out.
    pub(super) fn fields<'n>(&mut self, node: &'n Node, what: &str, allowed: &[&str]) -> Option<Vec<&'n Entry>> {
        let entries = self.entries(node, what)?;
        let (known, unknown): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| allowed.contains(&entry.key.as_str()));
        for entry in unknown {
            self.unknown_key(entry, what, allowed);
        }
        Some(known)
    }

    pub(super) fn unknown_key(&mut self, entry: &Entry, what: &str, allowed: &[&str]) {
        let message = format!("{what} has no key `{}`", entry.key);
        self.unknown(entry.key_span, (&entry.key, "keys"), message, allowed);
    }

    /// Notes a word that is none of `allowed`, with the nearest of them and the whole list.
    pub(super) fn unknown(&mut self, span: Span, (word, kind): (&str, &str), message: String, allowed: &[&str]) {
        let label = match suggest::nearest(word, allowed.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "this is none of them".to_owned(),
        };
        let help = format!("the {kind} are {}", suggest::listed(allowed.iter().copied()));
        self.fault(span, &label, message, help);
    }

    /// The entries of a mapping with keys of the author's choice.
    pub(super) fn entries<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Entry]> {
        match &node.value {
            Value::Mapping(entries) => Some(entries),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Sequence(_) => {
                self.misfit(node, what, "a mapping", Some("write `key: value` pairs, one a line"));
                None
            }
        }
    }

    pub(super) fn items<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::Sequence(items) => Some(items),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) | Value::Mapping(_) => {
                self.misfit(node, what, "a list", Some("write `[one, two]`, or one item a line after `- `"));
                None
            }
        }
    }

    pub(super) fn text<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        match &node.value {
            Value::String(text) if !text.trim().is_empty() => Some(text),
            Value::String(_) => {
                self.fault(
                    node.span,
                    "nothing stands here",
                    format!("{what} is empty"),
                    "write a text, or drop the key",
                );
                None
            }
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => {
                self.misfit(node, what, "text", Some("put the value in quotes to make it text"));
                None
            }
            Value::Null => {
                let help = self.empty_help(node);
                self.misfit(node, what, "text", Some(help));
                None
            }
            Value::Sequence(_) | Value::Mapping(_) => {
                self.misfit(node, what, "text", Some("write one text; put it in quotes if it has brackets or braces"));
                None
            }
        }
    }

    fn empty_help(&self, node: &Node) -> &'static str {
        let text = &self.document.text;
        let line = text.line(text.position(node.span.start).line).map_or("", |line| line.text);
        if line.contains(" !") {
            "put a text that begins with `!` in quotes: YAML reads it as a tag"
        } else {
            "write a text, or drop the key"
        }
    }

    /// One text, or a list of at least one.
    pub(super) fn texts(&mut self, node: &Node, what: &str) -> Option<Vec<Written<String>>> {
        let Value::Sequence(items) = &node.value else {
            let text = self.text(node, what)?;
            return Some(vec![self.written(text.to_owned(), node.span)]);
        };
        if items.is_empty() {
            let message = format!("{what} is an empty list, which nothing can ever match");
            self.fault(node.span, "nothing stands here", message, "list at least one, or drop the key");
            return None;
        }
        let before = self.faults.len();
        let item = format!("each item of {what}");
        let mut texts = Vec::with_capacity(items.len());
        for node in items {
            if let Some(text) = self.text(node, &item) {
                texts.push(self.written(text.to_owned(), node.span));
            }
        }
        (self.faults.len() == before).then_some(texts)
    }

    pub(super) fn flag(&mut self, node: &Node, what: &str) -> Option<bool> {
        match &node.value {
            Value::Bool(flag) => Some(*flag),
            Value::String(text) if matches!(text.as_str(), "yes" | "on" | "no" | "off") => {
                let wanted = matches!(text.as_str(), "yes" | "on");
                let help = format!("in YAML 1.2 `{text}` is text; write `{wanted}`");
                self.misfit(node, what, "`true` or `false`", Some(&help));
                None
            }
            Value::Null
            | Value::Int(_)
            | Value::Float(_)
            | Value::String(_)
            | Value::Sequence(_)
            | Value::Mapping(_) => {
                self.misfit(node, what, "`true` or `false`", Some("write `true` or `false`"));
                None
            }
        }
    }

    /// A word of a fixed set.
    pub(super) fn word<T: Copy>(&mut self, node: &Node, what: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(node, what)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text) {
            return Some(*value);
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.unknown(node.span, (text, "values"), format!("`{text}` is no value of {what}"), &names);
        None
    }
}
