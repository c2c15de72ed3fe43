//! Reading a file, line by line.

use super::pattern::Pattern;
use super::{CodeOwners, Dialect, Entry, Matcher, Owner, Section};
use crate::formats::name_pattern::NamePattern;
use crate::formats::person::is_address;
use crate::formats::problem::Problem;
use crate::model::{Line, Permission, Span, Text};

/// Lines beyond which the rest is not read.
const MOST: usize = 100_000;

/// Reads a file. A line that cannot be read is told, and counts as the forge counts it.
#[must_use]
pub fn parse(text: &Text, dialect: Dialect) -> (CodeOwners, Vec<Problem>) {
    let mut reader =
        Reader { dialect, sections: vec![unnamed()], current: 0, defaults: Vec::new(), problems: Vec::new() };
    for (index, line) in text.lines().enumerate() {
        if index >= MOST {
            let span = Span::new(line.start, line.start + line.text.len());
            reader.problems.push(Problem::new(span, format!("nothing after line {MOST} is read")));
            break;
        }
        reader.line(&line);
    }
    (CodeOwners { sections: reader.sections }, reader.problems)
}

fn unnamed() -> Section {
    Section { name: None, is_optional: false, approvals: 1, entries: Vec::new() }
}

struct Reader {
    dialect: Dialect,
    sections: Vec<Section>,
    /// Which section lines go to.
    current: usize,
    /// The owners of the last heading.
    defaults: Vec<Owner>,
    problems: Vec<Problem>,
}

/// A word of a line.
struct Word<'a> {
    text: &'a str,
    span: Span,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>) {
        let trimmed = line.text.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return;
        }
        let start = line.start + (line.text.len() - line.text.trim_start().len());
        let span = Span::new(start, start + trimmed.len());
        if self.dialect == Dialect::GitLab && (trimmed.starts_with('[') || trimmed.starts_with("^[")) {
            match heading(trimmed) {
                Some(found) => return self.heading(&found, trimmed, span),
                None => self.problems.push(
                    Problem::new(span, "this is no heading of a section, and counts as a line with a path")
                        .help("write `[Name]`, `^[Name]` or `[Name][2]`, then the owners"),
                ),
            }
        }
        let words = words(trimmed, start);
        if let Some((pattern, owners)) = words.split_first() {
            self.entry(pattern, owners, span);
        }
    }

    fn heading(&mut self, found: &Heading<'_>, text: &str, span: Span) {
        let offset = text.len() - found.rest.len();
        let words = words(found.rest, span.start + offset);
        self.defaults = self.owners(&words).0;
        let approvals = match found.count {
            None => 1,
            Some(count) => count.parse().ok().filter(|it| *it >= 1).unwrap_or_else(|| {
                let message = format!("`[{count}]` is no number of approvals, and counts as one");
                self.problems.push(Problem::new(span, message).help("write a whole number from 1 on"));
                1
            }),
        };
        let is_same =
            |it: &Section| it.name.as_deref().is_some_and(|name| name.to_lowercase() == found.name.to_lowercase());
        match self.sections.iter().position(is_same) {
            // Of two headings the stricter word counts.
            Some(index) => {
                self.current = index;
                if let Some(section) = self.sections.get_mut(index) {
                    section.is_optional &= found.is_optional;
                    section.approvals = section.approvals.max(approvals);
                }
            }
            None => {
                self.current = self.sections.len();
                let name = Some(found.name.to_owned());
                self.sections.push(Section { name, is_optional: found.is_optional, approvals, entries: Vec::new() });
            }
        }
    }

    fn entry(&mut self, pattern: &Word<'_>, owners: &[Word<'_>], span: Span) {
        let (excludes, body) = match (self.dialect, pattern.text.strip_prefix('!')) {
            (Dialect::GitLab, Some(body)) => (true, body),
            (Dialect::GitHub, Some(_)) => {
                let message = "a pattern cannot be taken back with `!`; the line is left out";
                self.problems.push(
                    Problem::new(pattern.span, message)
                        .help("name the path without owners below the line that it is taken from"),
                );
                return;
            }
            // There `!` turns its line around and takes nothing from others.
            (Dialect::Gitea, _) | (Dialect::GitHub | Dialect::GitLab, None) => (false, pattern.text),
        };
        if self.dialect == Dialect::GitHub && pattern.text.starts_with("\\#") {
            let message = "a path that begins with `#` cannot be named; the line is left out";
            self.problems.push(Problem::new(pattern.span, message).help("name the folder that it lies in"));
            return;
        }
        let matcher = match self.matcher(body) {
            Ok(matcher) => matcher,
            Err(message) => {
                return self.problems.push(Problem::new(pattern.span, format!("{message}; the line is left out")));
            }
        };
        if self.dialect == Dialect::GitHub && body.contains('[') {
            let message = "brackets are no class of characters here and stand for themselves";
            self.problems.push(Problem::new(pattern.span, message).help("write one line for each name, or use `?`"));
        }
        let (mut found, is_broken) = self.owners(owners);
        if found.is_empty() && !is_broken && !excludes {
            found.clone_from(&self.defaults);
        }
        let pattern = pattern.text.to_owned();
        let entry = Entry { pattern, matcher, owners: found, excludes, is_broken, span };
        if self.dialect == Dialect::Gitea {
            // Every line that matches counts, whatever stands below it.
            self.current = self.sections.len();
            self.sections.push(unnamed());
        }
        if let Some(section) = self.sections.get_mut(self.current) {
            section.entries.push(entry);
        }
    }

    fn matcher(&self, body: &str) -> Result<Matcher, String> {
        if self.dialect != Dialect::Gitea {
            return Pattern::new(body, self.dialect).map(Matcher::Glob);
        }
        let (is_negated, body) = body.strip_prefix('!').map_or((false, body), |body| (true, body));
        NamePattern::new(body).map(|pattern| Matcher::Expression { pattern, is_negated })
    }

    /// The owners, and whether one of them means that nobody can say whose the line is.
    fn owners(&mut self, words: &[Word<'_>]) -> (Vec<Owner>, bool) {
        let mut found = Vec::new();
        let mut is_broken = false;
        let comment = words.iter().position(|word| word.text.starts_with('#'));
        for (index, word) in words.iter().enumerate() {
            match (self.dialect, owner(word.text, self.dialect)) {
                (_, Some(owner)) => found.push(owner),
                (Dialect::GitHub | Dialect::Gitea, None) if word.text.starts_with('#') => break,
                // GitLab has no comments behind a line: their words are owners, or nothing.
                (Dialect::GitLab, None) if comment.is_some_and(|at| at < index) => {}
                (Dialect::GitLab, None) if comment == Some(index) => {
                    let message = "a comment has a line of its own: owners that are named behind this `#` are owners";
                    self.problems.push(Problem::new(word.span, message).help("move the comment above the line"));
                }
                (Dialect::GitLab, None) => {
                    let message = format!("`{}` is no owner and is left out", word.text);
                    self.problems.push(Problem::new(word.span, message).help(FORMS));
                }
                (Dialect::GitHub | Dialect::Gitea, None) => {
                    is_broken = true;
                    let message = format!("`{}` is no owner, so that the whole line is left out", word.text);
                    self.problems.push(Problem::new(word.span, message).help(FORMS));
                }
            }
        }
        (found, is_broken)
    }
}

const FORMS: &str = "an owner is `@account`, `@org/team` or an e-mail address";

/// What a heading of a section says.
struct Heading<'a> {
    is_optional: bool,
    name: &'a str,
    /// What stands in the second brackets.
    count: Option<&'a str>,
    rest: &'a str,
}

fn heading(text: &str) -> Option<Heading<'_>> {
    let (is_optional, body) = text.strip_prefix('^').map_or((false, text), |body| (true, body));
    let (name, rest) = body.strip_prefix('[')?.split_once(']')?;
    let (count, rest) = match rest.strip_prefix('[').and_then(|it| it.split_once(']')) {
        Some((count, rest)) => (Some(count.trim()), rest),
        None => (None, rest),
    };
    let name = name.trim();
    (!name.is_empty()).then_some(Heading { is_optional, name, count, rest })
}

/// The words of a line; a backslash keeps the white space after it.
fn words(text: &str, start: usize) -> Vec<Word<'_>> {
    let mut found = Vec::new();
    let mut from = None;
    let mut is_escaped = false;
    for (index, symbol) in text.char_indices().chain([(text.len(), ' ')]) {
        let is_gap = symbol.is_whitespace() && (!is_escaped || index == text.len());
        is_escaped = symbol == '\\' && !is_escaped;
        match (is_gap, from) {
            (true, Some(begin)) => {
                let span = Span::new(start + begin, start + index);
                found.extend(text.get(begin..index).map(|text| Word { text, span }));
                from = None;
            }
            (false, None) => from = Some(index),
            (true, None) | (false, Some(_)) => {}
        }
    }
    found
}

fn owner(text: &str, dialect: Dialect) -> Option<Owner> {
    if let Some(role) = text.strip_prefix("@@").filter(|_| dialect == Dialect::GitLab) {
        let role = role.to_lowercase();
        let permission = match role.strip_suffix('s').unwrap_or(&role) {
            "developer" => Permission::Write,
            "maintainer" => Permission::Maintain,
            "owner" => Permission::Admin,
            _ => return None,
        };
        return Some(Owner::Role(permission));
    }
    if let Some(name) = text.strip_prefix('@') {
        let is_part = |part: &str| {
            !part.is_empty() && part.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '.' | '[' | ']'))
        };
        let is_name = name.split('/').all(is_part);
        return match name.matches('/').count() {
            0 if is_name => Some(Owner::Account(name.to_owned())),
            1 if is_name => Some(Owner::Team(name.to_owned())),
            _ if is_name && dialect == Dialect::GitLab => Some(Owner::Team(name.to_owned())),
            _ => None,
        };
    }
    is_address(text).then(|| Owner::Email(text.to_owned()))
}
