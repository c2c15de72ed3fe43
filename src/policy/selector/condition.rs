//! One-line conditions: `cel: "…"`, in the Common Expression Language.

use cel::{Context, Program, Value};

use super::context;
use super::expression::{self, Mistake, Uses};
use crate::model::{Facts, Missing, Need, Span};
use crate::policy::document::Mark;
use crate::policy::reader::Reader;

/// The longest condition, in bytes: it is meant for one line.
const LENGTH_LIMIT: usize = 2048;
/// How much of a condition a sentence repeats, in characters.
const SHOWN: usize = 60;

/// A compiled condition.
#[derive(Debug)]
pub(super) struct Condition {
    shown: String,
    program: Program,
    uses: Uses,
    mark: Mark,
}

impl Condition {
    /// Compiles a condition and looks up every name in it. Faults point into the user's own line.
    pub(super) fn new(reader: &mut Reader<'_>, (span, text): (Span, &str), profiles: &[String]) -> Option<Self> {
        if LENGTH_LIMIT < text.len() {
            let message = format!("this condition has {} bytes; the limit is {LENGTH_LIMIT}", text.len());
            reader.fault(Span::new(span.start, span.start), "too long", message, "split it over `all` or `any`");
            return None;
        }
        let program = match Program::compile(text) {
            Ok(program) => program,
            Err(errors) => {
                for error in &errors.errors {
                    let offset = offset_of(text, error.pos);
                    let message = format!("this condition cannot be read: {}", reason(&error.msg));
                    let help = "a condition is an expression such as `target == \"main\" && size(commits) < 10`";
                    reader.fault(located(reader, span, text, (offset, offset)), "here", message, help);
                }
                return None;
            }
        };
        let (uses, mistakes) = expression::check(program.expression(), program.source_info(), profiles);
        if mistakes.is_empty() {
            return Some(Self { shown: shown(text), program, uses, mark: reader.mark(span) });
        }
        for Mistake { start, end, message, label, help } in mistakes {
            let place = located(reader, span, text, (start, end));
            reader.fault(place, &label, message, help);
        }
        None
    }

    /// The condition as a sentence repeats it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// The facts that must be gathered before it can be asked.
    pub(super) fn needs(&self) -> Vec<Need> {
        let needs = self.uses.names.iter().filter_map(|name| context::need(name));
        needs.collect()
    }

    /// Whether the condition holds.
    ///
    /// # Errors
    /// When a fact that it names is missing, or when it fails on this change.
    pub(super) fn holds(&self, facts: &Facts) -> Result<bool, Missing> {
        let mut context = Context::default();
        for name in &self.uses.names {
            let value = cel::to_value(context::value(name, &self.uses, facts)?);
            context.add_variable_from_value(*name, value.map_err(|error| self.failed(&error.to_string()))?);
        }
        match self.program.execute(&context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err(self.failed("it gives neither true nor false")),
            Err(error) => Err(self.failed(&error.to_string())),
        }
    }

    fn failed(&self, why: &str) -> Missing {
        let document = &self.mark.document;
        let line = document.text.position(self.mark.span.start).line;
        let what = format!("whether `{}` holds: {}", self.shown, first_line(why));
        Missing::here(what, format!("mend the condition at {}:{line}", document.path))
    }
}

fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= SHOWN {
        return line;
    }
    line.chars().take(SHOWN).chain(['…']).collect()
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// The parser's reason without its list of all the tokens that would have done.
fn reason(message: &str) -> String {
    let line = first_line(message).trim_start_matches("Syntax error: ");
    let line = line.split_once(" expecting").map_or(line, |(reason, _)| reason);
    line.replace("mismatched input '<EOF>'", "it ends too early").replace("'<EOF>'", "the end").replace('\'', "`")
}

/// The byte offset of a one-based line and a column of characters.
fn offset_of(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line.saturating_sub(1)).unwrap_or(0);
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text.get(start..).unwrap_or_default();
    rest.char_indices().nth(column).map_or(text.len(), |(offset, _)| start.saturating_add(offset))
}

/// Where a part of the condition stands in the document; `place` holds the first and the last byte.
///
/// The text of a scalar is found again in its source when it stands there as it is; with escapes or
/// folded lines, its lines are looked for one by one; failing that, the whole scalar is the place.
fn located(reader: &Reader<'_>, span: Span, text: &str, (first, last): (usize, usize)) -> Span {
    let source = reader.document.text.as_str().get(span.start..span.end).unwrap_or_default();
    let first = first.min(text.len());
    let end = next_boundary(text, last.max(first));
    let ways: [fn(&str) -> String; 3] = [str::to_owned, double_quoted, single_quoted];
    for written in ways {
        let Some(at) = source.find(&written(text)) else { continue };
        let offset = |end: usize| span.start + at + text.get(..end).map_or(0, |part| written(part).len());
        return Span::new(offset(first), offset(end));
    }
    let mut searched = 0;
    let mut consumed = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        let Some(at) = source.get(searched..).and_then(|rest| rest.find(bare)) else { break };
        let start = searched + at;
        if first < consumed + line.len() {
            let offset = first - consumed;
            let width = (end - first).min(bare.len().saturating_sub(offset));
            return Span::new(span.start + start + offset, span.start + start + offset + width);
        }
        searched = start + bare.len();
        consumed += line.len();
    }
    reader.mark(span).span
}

fn double_quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

fn single_quoted(text: &str) -> String {
    text.replace('\'', "''")
}

/// The offset after the character that begins at or holds `offset`.
fn next_boundary(text: &str, offset: usize) -> usize {
    (offset.saturating_add(1)..=text.len()).find(|it| text.is_char_boundary(*it)).unwrap_or(text.len())
}
