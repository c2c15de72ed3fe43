//! Runs the examples of a Markdown file: our own `check.md` files and the users' policy tests alike.
//!
//! A case is a heading of the third level below the heading `## Cases`, followed by fenced blocks.
//! The second word of a fence's info string is the block's role: `yaml with`, `sql head:db/001.sql`,
//! `json pull-request`, `text verdict`. The verdict block comes last and is written by the program.
//! `docs/cases.md` lists the roles. Nothing here reads or writes a file.

mod blocks;
mod facts;
mod markdown;
mod verdict;

use crate::checks::CheckDef;
use crate::engine;
use crate::formats::node::{Node, Value};
use crate::formats::yaml;
use crate::model::Span;
use crate::policy::Policy;

/// What one case came to.
#[derive(Debug)]
pub struct CaseResult {
    /// The case's heading.
    pub title: String,
    /// Line of the heading in the file, one-based.
    pub line: u32,
    /// What the verdict block says.
    pub expected: String,
    /// What gatecheck says.
    pub actual: String,
}

impl CaseResult {
    /// Whether the verdict block says what gatecheck says.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.expected == self.actual
    }
}

/// The results of a file, and the file as it should be.
#[derive(Debug)]
pub struct Casebook {
    /// One result a case.
    pub results: Vec<CaseResult>,
    /// The file with every verdict block written anew.
    pub blessed: String,
}

/// A case that cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct CaseError {
    /// One-based line in the file.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// Runs the cases of a check's own documentation.
///
/// # Errors
/// When a block has an unknown role, cannot be read, or a case has no verdict block.
pub fn run_check(check: &'static CheckDef) -> Result<Casebook, CaseError> {
    run(check.meta.docs, |case| {
        let settings = match case.block("with") {
            Some(block) => settings(block)?,
            None => Node { span: Span::new(0, 0), value: Value::Mapping(Vec::new()) },
        };
        match check.bind(&settings) {
            Ok(bound) => Ok(Ok(Policy::of_check(check, bound))),
            Err(problem) => Ok(Err(format!("error: {}", problem.message))),
        }
    })
}

/// Runs every case of a text by the policy that `policy` makes for it, or takes the sentence that it gives instead.
fn run(
    text: &str,
    policy: impl Fn(&markdown::Case<'_>) -> Result<Result<Policy, String>, CaseError>,
) -> Result<Casebook, CaseError> {
    let mut results = Vec::new();
    let mut verdicts = Vec::new();
    for case in markdown::cases(text)? {
        let actual = match policy(&case)? {
            Ok(policy) => verdict::of(&engine::judge(&policy, &facts::of(&case)?)),
            Err(sentence) => sentence,
        };
        let block = case.verdict.ok_or_else(|| CaseError {
            line: case.line,
            message: format!("the case `{}` has no `text verdict` block", case.title),
        })?;
        results.push(CaseResult {
            title: case.title.to_owned(),
            line: case.line,
            expected: block.content.trim_end().to_owned(),
            actual: actual.clone(),
        });
        verdicts.push((block.span, actual));
    }
    Ok(Casebook { results, blessed: markdown::replace(text, &verdicts) })
}

fn settings(block: &markdown::Block<'_>) -> Result<Node, CaseError> {
    let (documents, problems) = yaml::parse(block.content);
    if let Some(problem) = problems.first() {
        return Err(CaseError { line: block.line, message: problem.message.clone() });
    }
    let root = documents.into_iter().next().and_then(|it| it.root);
    root.ok_or_else(|| CaseError { line: block.line, message: "the settings are empty".to_owned() })
}
