//! Headings and fenced blocks of a Markdown file, as far as cases need them.

use std::collections::BTreeSet;

use super::roles::{self, ROLES, Role};
use super::{CaseError, CaseErrors};
use crate::formats::node::{Node, from_node};
use crate::formats::{suggest, yaml};
use crate::model::{Span, Text};

/// A case: its heading and its blocks.
pub(super) struct Case<'a> {
    pub(super) title: &'a str,
    pub(super) line: u32,
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) verdict: Option<Block<'a>>,
    /// The rules that the section is about: the words after `## Cases:`.
    pub(super) rules: Vec<&'a str>,
}

/// A fenced block with a role.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// First word of the info string.
    pub(super) language: &'a str,
    /// What it is.
    pub(super) role: &'static Role,
    /// The path of a file block; empty for any other.
    pub(super) path: &'a str,
    /// What stands between the fences, with its last line end.
    pub(super) content: &'a str,
    /// Where the content stands in the file.
    pub(super) span: Span,
    /// One-based line of the opening fence.
    pub(super) line: u32,
}

impl<'a> Case<'a> {
    /// The block with this role.
    pub(super) fn block(&self, role: &str) -> Option<&Block<'a>> {
        self.blocks.iter().find(|block| block.role.name == role)
    }
}

impl Block<'_> {
    /// The content as a tree.
    pub(super) fn node(&self) -> Result<Node, CaseError> {
        let (documents, problems) = yaml::parse(self.content);
        if let Some(problem) = problems.first() {
            return Err(self.error_at(problem.span, &problem.message));
        }
        let root = documents.into_iter().next().and_then(|it| it.root);
        root.ok_or_else(|| CaseError::at(self.line, format!("the block `{}` is empty", self.role.name)))
    }

    /// The content as a value.
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> Result<T, CaseError> {
        from_node(&self.node()?).map_err(|problem| self.error_at(problem.span, &problem.message))
    }

    fn error_at(&self, span: Span, message: &str) -> CaseError {
        let within = Text::decode(self.content.as_bytes()).position(span.start).line;
        CaseError::at(self.line.saturating_add(within), format!("`{}`: {message}", self.role.name))
    }
}

struct Open<'a> {
    fence: &'a str,
    info: &'a str,
    start: usize,
    line: u32,
}

/// Reads a file; every mistake in it is reported at once.
#[derive(Default)]
struct Reader<'a> {
    cases: Vec<Case<'a>>,
    errors: Vec<CaseError>,
    /// Whether the heading `## Cases` was the last of its level.
    is_inside: bool,
    rules: Vec<&'a str>,
}

/// The cases below `## Cases`.
pub(super) fn cases(text: &str) -> Result<Vec<Case<'_>>, CaseErrors> {
    let mut reader = Reader::default();
    let mut open: Option<Open<'_>> = None;
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let bare = line.trim_end();
        match open.take() {
            Some(block) if closes(bare, block.fence) => {
                let content = text.get(block.start..offset).unwrap_or_default();
                reader.block(&block, content, Span::new(block.start, offset));
            }
            Some(block) => open = Some(block),
            None if bare.starts_with("```") => {
                let fence_end = bare.find(|it| it != '`').unwrap_or(bare.len());
                let (fence, info) = bare.split_at_checked(fence_end).unwrap_or((bare, ""));
                open = Some(Open { fence, info: info.trim(), start: offset + line.len(), line: number });
            }
            None if reader.is_inside && is_unread_fence(bare) => {
                let message = "this fence is not read; write it with backticks, at the beginning of the line";
                reader.errors.push(CaseError::at(number, message));
            }
            None => reader.heading(bare, number),
        }
        offset += line.len();
    }
    if let Some(block) = open {
        let message = format!("this block is never closed; close it with `{}`", block.fence);
        reader.errors.push(CaseError::at(block.line, message));
    }
    for case in reader.cases.iter().filter(|case| case.verdict.is_none()) {
        let message = format!("the case `{}` has no verdict; end it with an empty block `text verdict`", case.title);
        reader.errors.push(CaseError::at(case.line, message));
    }
    CaseErrors::or(reader.cases, reader.errors)
}

/// Whether a line ends a block: as many backticks as opened it, or more.
fn closes(line: &str, fence: &str) -> bool {
    line.starts_with(fence) && line.bytes().all(|it| it == b'`')
}

/// Whether a line begins a block in a way that Markdown knows and this reader does not: what stands in it would be
/// left out of the case in silence.
fn is_unread_fence(line: &str) -> bool {
    line.starts_with("~~~")
        || (line.starts_with([' ', '\t']) && ["```", "~~~"].iter().any(|it| line.trim_start().starts_with(it)))
}

impl<'a> Reader<'a> {
    fn heading(&mut self, line: &'a str, number: u32) {
        if let Some(title) = line.strip_prefix("### ").filter(|_| self.is_inside) {
            let rules = self.rules.clone();
            self.cases.push(Case { title: title.trim(), line: number, blocks: Vec::new(), verdict: None, rules });
        } else if let Some(title) = line.strip_prefix("## ") {
            let about = title.strip_prefix("Cases:");
            self.is_inside = title == "Cases" || about.is_some();
            let words = about.unwrap_or_default().split(',').map(|it| it.trim().trim_matches('`'));
            self.rules = words.filter(|it| !it.is_empty()).collect();
        }
    }

    fn block(&mut self, open: &Open<'a>, content: &'a str, span: Span) {
        let (language, role) = open.info.split_once(' ').map_or((open.info, ""), |(a, b)| (a, b.trim()));
        if !self.is_inside && role == "verdict" {
            let message =
                "this verdict is in no case, so that nothing looks at it; cases stand below a heading `## Cases`";
            self.errors.push(CaseError::at(open.line, message));
        }
        if !self.is_inside || role.is_empty() {
            return;
        }
        match self.parsed(language, role, open.line) {
            Ok((role, path)) => {
                let block = Block { language, role, path, content, span, line: open.line };
                if let Some(case) = self.cases.last_mut() {
                    if role.name == "verdict" {
                        case.verdict = Some(block);
                    } else {
                        case.blocks.push(block);
                    }
                }
            }
            Err(message) => self.errors.push(CaseError::at(open.line, message)),
        }
    }

    fn parsed(&self, language: &str, text: &'a str, line: u32) -> Result<(&'static Role, &'a str), String> {
        let Some(case) = self.cases.last() else {
            return Err(format!("this block stands in no case; begin one with a heading `### …` above line {line}"));
        };
        let Some((role, path)) = roles::find(text) else {
            let names: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
            let stem = text.split_once(':').map_or(text, |(stem, _)| stem);
            let nearest = suggest::nearest(stem, names.iter().map(|name| name.trim_end_matches(':')));
            let meant = nearest.map_or_else(String::new, |it| format!("; did you mean `{it}`?"));
            return Err(format!("`{text}` is no role{meant} (the roles are {})", names.join(", ")));
        };
        let name = role.name;
        if let Some(verdict) = &case.verdict {
            return Err(format!("a block follows the verdict in line {}; the verdict comes last", verdict.line));
        }
        if name.ends_with(':') && path.is_empty() {
            return Err(format!("`{name}` needs a path: `{language} {name}src/lib.rs`"));
        }
        let before = case.blocks.iter().find(|block| block.role.name == name && block.path == path);
        if let Some(before) = before {
            return Err(format!("`{text}` stands in line {} already", before.line));
        }
        let sides = |name: &str| match name {
            "base:" => (true, false),
            "head:" => (false, true),
            "tree:" => (true, true),
            _ => (false, false),
        };
        let (base, head) = sides(name);
        let overlaps = |block: &&Block<'_>| {
            let (old, new) = sides(block.role.name);
            block.path == path && (old && base || new && head)
        };
        match case.blocks.iter().find(overlaps) {
            Some(other) => Err(format!("`{text}` and the block in line {} are the same file", other.line)),
            None => Ok((role, path)),
        }
    }
}

/// The rules that a case is about, each once: those of its section and those of its `run` block.
pub(super) fn rules_of(section: &[&str], own: &[String]) -> BTreeSet<String> {
    section.iter().map(|it| (*it).to_owned()).chain(own.iter().cloned()).collect()
}

/// The text with the contents at the spans replaced; the spans are in order.
pub(super) fn replace(text: &str, verdicts: &[(Span, String)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for (span, verdict) in verdicts {
        result.push_str(text.get(done..span.start).unwrap_or_default());
        result.push_str(verdict);
        result.push('\n');
        done = span.end;
    }
    result.push_str(text.get(done..).unwrap_or_default());
    result
}
