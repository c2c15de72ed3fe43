//! Renderers: a settled [`Report`] written down, one format a file.
//!
//! A renderer knows nothing but the report. It escapes at the moment of writing, and it never
//! sorts, counts or decides: two formats of one run cannot disagree.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

pub mod csv;
mod escape;
pub mod github;
pub mod gitlab;
#[cfg(test)]
mod golden;
pub mod json;
pub mod junit;
pub mod markdown;
mod place;
#[cfg(test)]
mod properties;
pub mod rdjson;
#[cfg(test)]
mod sample;
pub mod sarif;
mod standing;
pub mod terminal;
pub mod why;
mod words;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::model::Report;

/// The ways to write a report down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Format {
    /// For a person at a terminal or in a log.
    Terminal,
    /// Everything, versioned.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit XML.
    Junit,
    /// Workflow commands that annotate a run on GitHub.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// Reviewdog Diagnostic Format.
    Rdjson,
    /// Markdown for a job summary or a comment.
    Markdown,
    /// A table.
    Csv,
}

/// Every format, the ones for people first.
pub const FORMATS: [Format; 9] = [
    Format::Terminal,
    Format::Markdown,
    Format::Json,
    Format::Sarif,
    Format::Junit,
    Format::Github,
    Format::Gitlab,
    Format::Rdjson,
    Format::Csv,
];

impl Format {
    /// Its name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Rdjson => "rdjson",
            Self::Markdown => "markdown",
            Self::Csv => "csv",
        }
    }

    /// The usual extension of a file of this format, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Terminal | Self::Github => "txt",
            Self::Json | Self::Gitlab | Self::Rdjson => "json",
            Self::Sarif => "sarif",
            Self::Junit => "xml",
            Self::Markdown => "md",
            Self::Csv => "csv",
        }
    }

    /// Whether people read it, rather than programs.
    #[must_use]
    pub fn is_for_people(self) -> bool {
        match self {
            Self::Terminal | Self::Markdown => true,
            Self::Json | Self::Sarif | Self::Junit | Self::Github | Self::Gitlab | Self::Rdjson | Self::Csv => false,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

/// The text names no format.
#[derive(Debug, thiserror::Error)]
#[error("`{name}` is not a format; choose one of {}", FORMATS.map(Format::as_str).join(", "))]
pub struct UnknownFormat {
    name: String,
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        FORMATS.into_iter().find(|it| it.as_str() == text).ok_or_else(|| UnknownFormat { name: text.to_owned() })
    }
}

/// Text for a log, in which no line is a command to the CI runner that reads it.
#[must_use]
pub fn without_commands(text: &str) -> String {
    text.split('\n').map(escape::break_commands).collect::<Vec<_>>().join("\n")
}

/// Writes the report in a format. The options are for [`Format::Terminal`] alone.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(format: Format, report: &Report, options: &terminal::Options, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Terminal => terminal::render(report, options, out),
        Format::Json => json::render(report, out),
        Format::Sarif => sarif::render(report, out),
        Format::Junit => junit::render(report, out),
        Format::Github => github::render(report, out),
        Format::Gitlab => gitlab::render(report, out),
        Format::Rdjson => rdjson::render(report, out),
        Format::Markdown => markdown::render(report, out),
        Format::Csv => csv::render(report, out),
    }
}
