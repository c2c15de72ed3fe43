//! Where a pipeline runs the gate.

use std::sync::Arc;

use super::Params;
use super::command::{self, Call};
use crate::formats::node::{Node, Value};
use crate::model::{Blob, Facts, RepoPath, Span};

/// A file that tells a service what to run.
pub(super) struct Pipeline {
    pub(super) path: RepoPath,
    pub(super) blob: Arc<Blob>,
    pub(super) root: Node,
}

/// What every part of the check looks at.
pub(super) struct Reader<'a> {
    pub(super) params: &'a Params,
    pub(super) facts: &'a Facts,
    pub(super) pipelines: &'a [Pipeline],
}

impl Reader<'_> {
    /// Whether the name of an action or a workflow, without its version, is the gate's.
    pub(super) fn is_gate(&self, name: &str) -> bool {
        let last = name.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let stem = last.trim_end_matches(".yml").trim_end_matches(".yaml");
        let stem = stem.strip_suffix("-action").unwrap_or(stem);
        self.params.programs.iter().any(|it| it.eq_ignore_ascii_case(stem))
    }

    /// The calls of the gate in a script, each with its line in the file.
    pub(super) fn calls(&self, pipeline: &Pipeline, script: &Node) -> Vec<(Call, Span)> {
        let Some(text) = script.as_str() else { return Vec::new() };
        let calls = command::calls(text, &self.params.programs);
        calls.into_iter().map(|call| (call.clone(), line_of(pipeline, script, &call.line))).collect()
    }
}

/// Where a line of a script stands in the file; the whole script where it is written in another way there.
fn line_of(pipeline: &Pipeline, script: &Node, line: &str) -> Span {
    let source = pipeline.blob.text().as_str();
    let written = source.get(script.span.start..script.span.end).unwrap_or_default();
    match written.find(line) {
        Some(offset) => Span::new(script.span.start + offset, script.span.start + offset + line.len()),
        None => script.span,
    }
}

/// The texts of a value that is one text or a list of them, also of lists in lists.
pub(super) fn texts(node: &Node) -> Vec<&Node> {
    let mut found = Vec::new();
    let mut open = vec![node];
    while let Some(node) = open.pop() {
        match &node.value {
            Value::String(_) => found.push(node),
            Value::Sequence(items) => open.extend(items.iter().rev()),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Mapping(_) => {}
        }
    }
    found
}

/// Whether a switch is on, or depends on something.
pub(super) fn may_be_true(node: &Node) -> bool {
    match &node.value {
        Value::Bool(on) => *on,
        Value::String(text) => !text.trim().eq_ignore_ascii_case("false"),
        Value::Null => false,
        Value::Int(_) | Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => true,
    }
}

/// A number, also one in quotes.
pub(super) fn number(node: &Node) -> Option<i64> {
    match &node.value {
        Value::Int(number) => Some(*number),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Float(_) | Value::Sequence(_) | Value::Mapping(_) => None,
    }
}
