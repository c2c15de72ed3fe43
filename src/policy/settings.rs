//! Binds a rule's settings to its check, and says everything that is wrong with them at once.
//!
//! Settings that bind cost nothing more. Only when they do not is the check's schema asked, because it
//! names every mistake where the typed reader stops at the first.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value as Json;

use super::document::{Fault, Mark};
use super::parsed::{RuleEntry, Setting};
use crate::checks::{Bound, CheckDef};
use crate::formats::node::{Entry, Node, Value};
use crate::formats::problem::Problem;
use crate::formats::suggest;
use crate::model::Span;

/// Binds the settings of a rule; faults instead when they do not fit.
pub(super) fn bind(rule: &RuleEntry, check: &'static CheckDef, faults: &mut Vec<Fault>) -> Option<Bound> {
    let settings: &[Setting] = rule.with.as_ref().map_or(&[], |it| &it.settings);
    let entries: Vec<Entry> = settings.iter().map(|it| it.entry.clone()).collect();
    let node = Node { span: Span::new(0, 0), value: Value::Mapping(entries) };
    if let Ok(bound) = check.bind(&node) {
        return Some(bound);
    }
    let at = rule.with.as_ref().map_or(&rule.id.mark, |it| &it.mark);
    let explainer = Explainer { check, settings, node: &node, at };
    let before = faults.len();
    explainer.explain(faults);
    let named: Vec<Span> = faults.iter().skip(before).flat_map(|it| &it.marks).map(|(mark, _)| mark.span).collect();
    let meets = |a: Span, b: Span| a.start < b.end && b.start < a.end;
    // The typed reader is stricter than the schema: patterns, globs, values that exclude each other.
    for problem in misfits(check, &node).into_iter().filter(|it| !named.iter().any(|span| meets(*span, it.span))) {
        // Settings of several documents can cover the same offsets; then the rule itself is the safe place.
        let owners: Vec<&Setting> = settings.iter().filter(|it| covers(&it.entry, problem.span)).collect();
        let mark = match owners.as_slice() {
            [setting] => Mark { document: setting.document.clone(), span: problem.span },
            _ => at.clone(),
        };
        let mut fault = Fault::new(problem.message).at(&mark, "here");
        fault.help =
            problem.help.or_else(|| Some(format!("`gatecheck explain {}` describes its settings", check.meta.id)));
        faults.push(fault);
    }
    None
}

/// Mistakes of one rule's settings that are told at once.
const MOST_MISFITS: usize = 50;

/// Everything that the typed reader refuses: it stops at the first, so that what it refused is taken out and the rest is
/// read again.
fn misfits(check: &CheckDef, settings: &Node) -> Vec<Problem> {
    let mut rest = settings.clone();
    let mut gaps: Vec<Span> = Vec::new();
    let mut found = Vec::new();
    while found.len() < MOST_MISFITS {
        let Err(problem) = check.bind(&rest) else { break };
        let span = problem.span;
        // Whatever lacks what was taken out was whole before: it goes as well, and nobody is told.
        if !gaps.iter().any(|gap| span.start <= gap.start && gap.end <= span.end) {
            found.push(problem);
        }
        let Some((smaller, gap)) = rest.without(span) else { break };
        rest = smaller;
        gaps.push(gap);
    }
    found
}

fn covers(entry: &Entry, span: Span) -> bool {
    entry.key_span.start <= span.start && span.end <= entry.value.span.end
}

/// The settings of a rule, for whoever compares or shows them.
pub(super) fn as_json(rule: &RuleEntry) -> Json {
    let settings = rule.with.iter().flat_map(|it| &it.settings);
    Json::Object(settings.map(|it| (it.entry.key.clone(), it.entry.value.to_json())).collect())
}

/// The schema of a check's settings, complete in itself.
pub(super) fn schema_of(check: &CheckDef) -> Json {
    let mut generator = schemars::SchemaGenerator::default();
    let mut schema = (check.schema)(&mut generator).to_value();
    let definitions: serde_json::Map<String, Json> = generator.take_definitions(true);
    if let Json::Object(fields) = &mut schema {
        fields.insert("$defs".to_owned(), Json::Object(definitions));
    }
    schema
}

struct Explainer<'a> {
    check: &'static CheckDef,
    settings: &'a [Setting],
    node: &'a Node,
    at: &'a Mark,
}

impl Explainer<'_> {
    fn explain(&self, faults: &mut Vec<Fault>) {
        let schema = schema_of(self.check);
        let Ok(validator) = jsonschema::validator_for(&schema) else { return };
        let instance = self.node.to_json();
        for error in validator.iter_errors(&instance) {
            self.error(&error, &schema, faults);
        }
    }

    fn error(&self, error: &ValidationError<'_>, schema: &Json, faults: &mut Vec<Fault>) {
        let pointer = error.instance_path().as_str();
        let what = described(pointer, self.check.meta.id);
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected } => {
                let known = properties(schema, error.schema_path().as_str());
                faults.extend(unexpected.iter().map(|key| self.unknown_key(pointer, key, &what, &known)));
            }
            ValidationErrorKind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let fault = Fault::new(format!("{what} lacks `{key}`"));
                let help = format!("add `{key}:`; `gatecheck explain {}` describes it", self.check.meta.id);
                faults.push(fault.at(&self.first_line(pointer), format!("`{key}` is missing")).help(help));
            }
            ValidationErrorKind::Type { kind } => {
                let found = self.node.pointer(pointer).map_or("nothing", Node::kind);
                let fault = Fault::new(format!("{what} takes {}, not {found}", types(kind)));
                let help = self.type_help(kind, pointer);
                faults.push(fault.at(&self.first_line(pointer), format!("this is {found}")).help(help));
            }
            ValidationErrorKind::Enum { options } => {
                let options = options.as_array().map_or(&[][..], Vec::as_slice);
                self.not_among(pointer, &what, options.iter().filter_map(Json::as_str).collect(), faults);
            }
            ValidationErrorKind::Constant { expected_value } => {
                self.not_among(pointer, &what, expected_value.as_str().into_iter().collect(), faults);
            }
            ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
                self.alternatives(error, context, schema, faults);
            }
            other => {
                if let Some(expected) = bounds(other) {
                    let found = error.instance().to_string();
                    let fault = Fault::new(format!("{what} takes {expected}, not `{found}`"));
                    faults.push(fault.at(&self.first_line(pointer), "out of range").help(format!("write {expected}")));
                } else {
                    let fault = Fault::new(format!("{what} does not fit: {error}"));
                    let help = format!("`gatecheck explain {}` describes it", self.check.meta.id);
                    faults.push(fault.at(&self.first_line(pointer), "here").help(help));
                }
            }
        }
    }

    fn unknown_key(&self, pointer: &str, key: &str, what: &str, known: &[String]) -> Fault {
        let names = || known.iter().map(String::as_str);
        let label = match suggest::nearest(key, names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "unknown key".to_owned(),
        };
        let help = match known {
            [] => format!("`{}` takes no settings here; remove the key", self.check.meta.id),
            _ => format!("the keys are {}", suggest::listed(names())),
        };
        Fault::new(format!("{what} has no key `{key}`")).at(&self.key(pointer, key), label).help(help)
    }

    fn not_among(&self, pointer: &str, what: &str, options: Vec<&str>, faults: &mut Vec<Fault>) {
        let found = self.node.pointer(pointer);
        let text = found.and_then(Node::as_str).unwrap_or_default();
        let label = match suggest::nearest(text, options.iter().copied()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "none of its values".to_owned(),
        };
        let message = match found.map(|it| (it.as_str(), it.kind())) {
            Some((None, kind)) => format!("{what} takes a word, not {kind}"),
            Some((Some(_), _)) | None => format!("`{text}` is no value of {what}"),
        };
        let help = format!("the values are {}", suggest::listed(options));
        faults.push(Fault::new(message).at(&self.first_line(pointer), label).help(help));
    }

    /// Several forms are allowed and none fits: speak about the one that the author most likely meant.
    fn alternatives(
        &self,
        error: &ValidationError<'_>,
        context: &[Vec<ValidationError<'static>>],
        schema: &Json,
        faults: &mut Vec<Fault>,
    ) {
        let pointer = error.instance_path().as_str();
        let what = described(pointer, self.check.meta.id);
        let mut words = Vec::new();
        let mut kinds = Vec::new();
        let mut likely = Vec::new();
        for branch in context {
            match branch.as_slice() {
                [only] if only.instance_path().as_str() == pointer => match only.kind() {
                    ValidationErrorKind::Type { kind } => kinds.push(types(kind)),
                    ValidationErrorKind::Constant { expected_value } => words.extend(expected_value.as_str()),
                    ValidationErrorKind::Enum { options } => {
                        words.extend(options.as_array().into_iter().flatten().filter_map(Json::as_str));
                    }
                    _ => likely.push(branch),
                },
                _ => likely.push(branch),
            }
        }
        if let [branch] = likely.as_slice() {
            branch.iter().for_each(|error| self.error(error, schema, faults));
        } else if !words.is_empty() {
            self.not_among(pointer, &what, words, faults);
        } else if !kinds.is_empty() && likely.is_empty() {
            kinds.retain(|it| it != "nothing");
            let found = self.node.pointer(pointer).map_or("nothing", Node::kind);
            let expected = kinds.join(" or ");
            let fault = Fault::new(format!("{what} takes {expected}, not {found}"));
            let help = format!("write {expected}");
            faults.push(fault.at(&self.first_line(pointer), format!("this is {found}")).help(help));
        } else {
            let fault = Fault::new(format!("{what} fits none of its forms"));
            let help = format!("`gatecheck explain {}` describes them", self.check.meta.id);
            faults.push(fault.at(&self.first_line(pointer), "here").help(help));
        }
    }

    fn type_help(&self, kind: &TypeKind, pointer: &str) -> String {
        let wanted = types(kind);
        let found = self.node.pointer(pointer);
        let scalar = found.and_then(|it| match &it.value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(_) | Value::Int(_) | Value::Float(_) => Some(it.to_json().to_string()),
            Value::Null | Value::Sequence(_) | Value::Mapping(_) => None,
        });
        match scalar {
            Some(text) if wanted == "a list" && text.len() <= 60 => format!("write a list: `[{text:?}]`"),
            Some(text) if wanted == "text" && text.len() <= 60 => format!("put it in quotes: `\"{text}\"`"),
            Some(_) | None => format!("write {wanted}"),
        }
    }

    /// The document that a pointer's first key was written in.
    fn owner(&self, pointer: &str) -> Option<&Setting> {
        let key = pointer.split('/').nth(1)?.replace("~1", "/").replace("~0", "~");
        self.settings.iter().find(|it| it.entry.key == key)
    }

    fn first_line(&self, pointer: &str) -> Mark {
        let (Some(setting), Some(node)) = (self.owner(pointer), self.node.pointer(pointer)) else {
            return self.at.clone();
        };
        let written = setting.document.text.as_str().get(node.span.start..node.span.end).unwrap_or_default();
        let width = written.find(['\n', '\r']).unwrap_or(written.len());
        let span = Span::new(node.span.start, node.span.start + width);
        Mark { document: setting.document.clone(), span }
    }

    fn key(&self, pointer: &str, key: &str) -> Mark {
        let at_root = self.settings.iter().find(|it| it.entry.key == key).filter(|_| pointer.is_empty());
        if let Some(setting) = at_root {
            return setting.mark();
        }
        let entry = self.node.pointer(pointer).and_then(|it| it.entries().iter().find(|it| it.key == key));
        match (self.owner(pointer), entry) {
            (Some(setting), Some(entry)) => Mark { document: setting.document.clone(), span: entry.key_span },
            (_, _) => self.at.clone(),
        }
    }
}

/// The setting that a pointer names, in words: "`pattern` of item 2 of `forbidden`".
fn described(pointer: &str, check: &str) -> String {
    let mut parts: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|token| match token.parse::<usize>() {
            Ok(index) => format!("item {}", index.saturating_add(1)),
            Err(_) => format!("`{}`", token.replace("~1", "/").replace("~0", "~")),
        })
        .collect();
    parts.reverse();
    if parts.is_empty() { format!("the check `{check}`") } else { parts.join(" of ") }
}

/// The properties beside the `additionalProperties` that a schema path ends in.
fn properties(schema: &Json, path: &str) -> Vec<String> {
    let beside = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let properties = schema.pointer(&format!("{beside}/properties")).and_then(Json::as_object);
    properties.map(|it| it.keys().cloned().collect()).unwrap_or_default()
}

fn types(kind: &TypeKind) -> String {
    let words: Vec<&str> = match kind {
        TypeKind::Single(kind) => vec![type_word(*kind)],
        TypeKind::Multiple(kinds) => kinds.iter().filter(|it| *it != JsonType::Null).map(type_word).collect(),
    };
    words.join(" or ")
}

fn type_word(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "`true` or `false`",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a mapping",
        JsonType::String => "text",
    }
}

fn bounds(kind: &ValidationErrorKind) -> Option<String> {
    Some(match kind {
        ValidationErrorKind::Minimum { limit } => format!("at least {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("at most {limit}"),
        ValidationErrorKind::ExclusiveMinimum { limit } => format!("more than {limit}"),
        ValidationErrorKind::ExclusiveMaximum { limit } => format!("less than {limit}"),
        ValidationErrorKind::MinItems { limit } => format!("at least {}", counted(limit, "item")),
        ValidationErrorKind::MaxItems { limit } => format!("at most {}", counted(limit, "item")),
        ValidationErrorKind::MinLength { limit } => format!("at least {}", counted(limit, "character")),
        ValidationErrorKind::MaxLength { limit } => format!("at most {}", counted(limit, "character")),
        ValidationErrorKind::MinProperties { limit } => format!("at least {}", counted(limit, "key")),
        ValidationErrorKind::MaxProperties { limit } => format!("at most {}", counted(limit, "key")),
        ValidationErrorKind::Pattern { pattern } => format!("text that matches `{pattern}`"),
        _ => return None,
    })
}

fn counted(limit: &u64, thing: &str) -> String {
    if *limit == 1 { format!("one {thing}") } else { format!("{limit} {thing}s") }
}
