//! Runs the examples of a Markdown file: our own `check.md` files and the users' policy tests alike.
//!
//! A case is a heading of the third level below the heading `## Cases`, followed by fenced blocks.
//! The second word of a fence's info string is the block's role: `yaml with`, `sql head:db/001.sql`,
//! `json pull-request`, `text verdict`. The verdict block comes last and is written by the program.
//! `docs/cases.md` lists the roles. Nothing here reads or writes a file.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod blocks;
mod facts;
mod forge;
mod junit;
mod markdown;
mod roles;
mod settings;
mod verdict;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

pub use junit::junit;
pub use roles::{LANGUAGES, Language, ROLES, Role};
pub use settings::with_settings;

use crate::checks::{CheckDef, Example};
use crate::engine;
use crate::formats::node::{Node, Value};
use crate::formats::suggest;
use crate::model::{Facts, Level, Place, Settlement, Span};
use crate::policy::Policy;

/// What one case came to.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// The rules that fail in at least one case that is about them.
    pub failing: BTreeSet<String>,
    /// The file with every verdict block written anew.
    pub blessed: String,
}

/// A case that cannot be run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct CaseError {
    /// One-based line in the file.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

impl CaseError {
    fn at(line: u32, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}

/// Everything that is wrong with a file of cases, in the order of its lines; never empty.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub struct CaseErrors(pub Vec<CaseError>);

impl CaseErrors {
    fn or<T>(value: T, mut errors: Vec<CaseError>) -> Result<T, Self> {
        if errors.is_empty() {
            return Ok(value);
        }
        errors.sort();
        Err(Self(errors))
    }
}

impl fmt::Display for CaseErrors {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        out.write_str(&lines.join("\n"))
    }
}

/// A case of a check, ready to be judged.
pub struct CheckCase {
    /// Its heading.
    pub title: String,
    /// The settings.
    pub settings: Node,
    /// What is judged.
    pub facts: Facts,
}

/// The cases of a check's own documentation, read and not judged.
///
/// # Errors
/// As [`run_check`].
pub fn cases_of(check: &CheckDef) -> Result<Vec<CheckCase>, CaseErrors> {
    let mut errors = Vec::new();
    let mut read = Vec::new();
    for case in markdown::cases(check.meta.docs)? {
        match settings(&case).and_then(|settings| Ok((settings, facts::of(&case)?))) {
            Ok((settings, facts)) => read.push(CheckCase { title: case.title.to_owned(), settings, facts }),
            Err(error) => errors.push(error),
        }
    }
    CaseErrors::or(read, errors)
}

/// Runs the cases of a check's own documentation.
///
/// # Errors
/// When a block has an unknown role, cannot be read, or a case has no verdict block.
pub fn run_check(check: &'static CheckDef) -> Result<Casebook, CaseErrors> {
    run(check.meta.docs, |case| {
        if let Some(block) = case.block("policy") {
            return Err(CaseError::at(block.line, "a case of a check has settings and no policy: `yaml with`"));
        }
        match check.bind(&settings(case)?) {
            Ok(bound) => Ok(Ok(Arc::new(Policy::of_check(check, bound)))),
            Err(problem) => Ok(Err(vec![problem.message])),
        }
    })
}

/// Runs policy tests. `policy` makes a policy of the text of a case's own block `yaml policy`, or
/// gives the repository's policy for a case without one; what is wrong with a policy becomes the
/// case's verdict, one line each, so that a test can say that a policy is refused.
///
/// # Errors
/// Everything that is wrong with the file, at its lines.
pub fn run_policy(
    text: &str,
    policy: impl Fn(Option<&str>) -> Result<Arc<Policy>, Vec<String>>,
) -> Result<Casebook, CaseErrors> {
    run(text, |case| {
        if let Some(block) = case.block("with") {
            let message = "a policy test has no settings of its own: write a whole policy, `yaml policy`, or leave \
                           the block out to test the repository's policy";
            return Err(CaseError::at(block.line, message));
        }
        Ok(policy(case.block("policy").map(|block| block.content)))
    })
}

/// The examples that the settings of a policy's rules bring along, run: each is a case.
#[must_use]
pub fn examples_of(policy: &Policy) -> Casebook {
    let mut book = Casebook { results: Vec::new(), failing: BTreeSet::new(), blessed: String::new() };
    for rule in policy.rules.iter().filter(|rule| rule.level != Level::Off) {
        let line = match &rule.label.place {
            Place::File { region: Some(region), .. } => region.start.line,
            Place::File { .. }
            | Place::Commit { .. }
            | Place::Ref { .. }
            | Place::PullRequest { .. }
            | Place::Change => 1,
        };
        for example in rule.bound.examples() {
            let Example { title, expected, actual, shows_a_finding } = example;
            let result = CaseResult { title: format!("{}: {title}", rule.id), line, expected, actual };
            if shows_a_finding && result.holds() {
                book.failing.insert(rule.id.clone());
            }
            book.results.push(result);
        }
    }
    book
}

/// The rules of a policy that no case ever sees fail: nothing shows that they can.
#[must_use]
pub fn never_failing<'a>(policy: &'a Policy, books: &[&Casebook]) -> Vec<&'a str> {
    let judged = policy.rules.iter().filter(|rule| rule.level != Level::Off).map(|rule| rule.id.as_str());
    let unseen = judged.filter(|id| !books.iter().any(|book| book.failing.contains(*id)));
    unseen.collect::<BTreeSet<_>>().into_iter().collect()
}

type Refused = Vec<String>;

fn run(
    text: &str,
    policy: impl Fn(&markdown::Case<'_>) -> Result<Result<Arc<Policy>, Refused>, CaseError>,
) -> Result<Casebook, CaseErrors> {
    let mut book = Casebook { results: Vec::new(), failing: BTreeSet::new(), blessed: String::new() };
    let mut verdicts = Vec::new();
    let mut errors = Vec::new();
    for case in markdown::cases(text)? {
        let told = policy(&case).and_then(|policy| match policy {
            Ok(policy) => judge(&case, &policy, &mut book.failing),
            Err(refused) => Ok(refused.iter().map(|it| format!("error: {it}")).collect::<Vec<_>>().join("\n")),
        });
        let actual = told.unwrap_or_else(|error| {
            errors.push(error);
            String::new()
        });
        let Some(block) = case.verdict else { continue };
        book.results.push(CaseResult {
            title: case.title.to_owned(),
            line: case.line,
            expected: block.content.trim_end().to_owned(),
            actual: actual.clone(),
        });
        verdicts.push((block.span, actual));
    }
    book.blessed = markdown::replace(text, &verdicts);
    CaseErrors::or(book, errors)
}

fn judge(case: &markdown::Case<'_>, policy: &Policy, failing: &mut BTreeSet<String>) -> Result<String, CaseError> {
    let run = facts::run(case)?;
    let about = markdown::rules_of(&case.rules, &run.rules);
    for id in &about {
        if policy.rules.iter().any(|rule| rule.id == *id) {
            continue;
        }
        let line = case.block("run").map_or(case.line, |block| block.line);
        let nearest = suggest::nearest(id, policy.rules.iter().map(|rule| rule.id.as_str()));
        let meant = nearest.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
        return Err(CaseError::at(line, format!("the policy has no rule `{id}`{meant}")));
    }
    let report = engine::judge(policy, &facts::of(case)?);
    for result in verdict::told(&report, &about) {
        if result.findings.iter().any(|it| it.settlement == Settlement::Open) {
            failing.insert(result.rule.clone());
        }
    }
    Ok(verdict::of(&report, &about, &run.show))
}

fn settings(case: &markdown::Case<'_>) -> Result<Node, CaseError> {
    let none = || Ok(Node { span: Span::new(0, 0), value: Value::Mapping(Vec::new()) });
    case.block("with").map_or_else(none, markdown::Block::node)
}
