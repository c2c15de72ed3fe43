//! The files of another tool that are read, and what is told about places in them.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use crate::checks;
use crate::cli::error::{CliError, hushed};
use crate::formats::problem::Problem;
use crate::formats::visible::visible;
use crate::model::{Span, Text};

/// The largest configuration, in bytes.
pub(super) const CONFIGURATION: u64 = 16 << 20;
/// The largest list of findings, in bytes.
pub(super) const LIST: u64 = 256 << 20;

/// What was read, and what is told about it.
#[derive(Default)]
pub(super) struct Told {
    sources: Vec<Source>,
    warnings: Vec<Warning>,
}

struct Source {
    name: String,
    text: Text,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Warning {
    source: usize,
    /// Line and column, one-based; nothing for the file as a whole.
    place: Option<(u32, u32)>,
    message: String,
}

impl Told {
    /// Reads a file of at most so many bytes, and gives its number.
    pub(super) fn read(&mut self, path: &Path, name: String, most: u64) -> Result<usize, CliError> {
        let unread = |why: String| CliError::usage(format!("`{name}` cannot be read: {why}"));
        let mut content = Vec::new();
        let file = File::open(path).map_err(|error| unread(error.to_string()))?;
        file.take(most.saturating_add(1)).read_to_end(&mut content).map_err(|error| unread(error.to_string()))?;
        if most < u64::try_from(content.len()).unwrap_or(u64::MAX) {
            return Err(unread(format!("it is larger than {most} bytes")));
        }
        self.sources.push(Source { name, text: Text::decode(&content) });
        Ok(self.sources.len() - 1)
    }

    /// The text of a file.
    pub(super) fn text(&self, source: usize) -> &str {
        self.sources.get(source).map_or("", |it| it.text.as_str())
    }

    /// The name of a file.
    pub(super) fn name(&self, source: usize) -> &str {
        self.sources.get(source).map_or("", |it| it.name.as_str())
    }

    /// Where a span of a file stands, for a comment in what is made of it.
    pub(super) fn place(&self, source: usize, span: Span) -> String {
        let line = self.position(source, span).0;
        if source == 0 { format!("line {line}") } else { format!("line {line} of {}", visible(self.name(source))) }
    }

    fn position(&self, source: usize, span: Span) -> (u32, u32) {
        let position = self.sources.get(source).map(|it| it.text.position(span.start));
        position.map_or((1, 1), |it| (it.line, it.column))
    }

    /// Tells something about a place.
    pub(super) fn warn(&mut self, source: usize, span: Span, message: impl Into<String>) {
        let place = Some(self.position(source, span));
        self.warnings.push(Warning { source, place, message: message.into() });
    }

    /// Tells something about a file as a whole.
    pub(super) fn warn_of(&mut self, source: usize, message: impl Into<String>) {
        self.warnings.push(Warning { source, place: None, message: message.into() });
    }

    /// Tells what a parser did not understand.
    pub(super) fn problems(&mut self, source: usize, problems: &[Problem]) {
        problems.iter().for_each(|it| self.warn(source, it.span, &it.message));
    }

    /// Writes everything that was told to standard error. Nobody to read it is no reason to keep the result back.
    pub(super) fn print(mut self) {
        self.warnings.sort();
        self.warnings.dedup();
        let mut err = io::stderr().lock();
        for Warning { source, place, message } in &self.warnings {
            let name = self.sources.get(*source).map_or("", |it| it.name.as_str());
            let place = place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
            let _ = writeln!(err, "warning: {}{place}: {}", visible(name), visible(&hushed(message)));
        }
    }
}

/// Whether an expression, or any other text, spells a secret out. What has the signs of an expression is none.
pub(super) fn spells_a_secret(text: &str) -> bool {
    let is_plain =
        |span: &Span| text.get(span.start..span.end).is_some_and(|it| !it.contains(['[', '(', '{', '\\', '|']));
    checks::quoted_secrets(text).iter().any(is_plain)
}
