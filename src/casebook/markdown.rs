//! Headings and fenced blocks of a Markdown file, as far as cases need them.

use super::CaseError;
use crate::model::Span;

/// A case: its heading and its blocks.
pub(super) struct Case<'a> {
    pub(super) title: &'a str,
    pub(super) line: u32,
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) verdict: Option<Block<'a>>,
}

/// A fenced block with a role.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// First word of the info string.
    pub(super) language: &'a str,
    /// The rest of it.
    pub(super) role: &'a str,
    /// What stands between the fences, with its last line end.
    pub(super) content: &'a str,
    /// Where the content stands in the file.
    pub(super) span: Span,
    /// One-based line of the opening fence.
    pub(super) line: u32,
}

impl<'a> Case<'a> {
    /// The first block with this role.
    pub(super) fn block(&self, role: &str) -> Option<&Block<'a>> {
        self.blocks.iter().find(|block| block.role == role)
    }
}

struct Open<'a> {
    fence: &'a str,
    info: &'a str,
    start: usize,
    line: u32,
}

/// The cases below `## Cases`.
pub(super) fn cases(text: &str) -> Result<Vec<Case<'_>>, CaseError> {
    let mut cases: Vec<Case<'_>> = Vec::new();
    let mut inside = false;
    let mut open: Option<Open<'_>> = None;
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let bare = line.trim_end();
        match open.take() {
            Some(block) if bare == block.fence => {
                let content = text.get(block.start..offset).unwrap_or_default();
                let span = Span::new(block.start, offset);
                add(&mut cases, inside, Found { block, content, span })?;
            }
            Some(block) => open = Some(block),
            None if bare.starts_with("```") => {
                let fence_end = bare.find(|it| it != '`').unwrap_or(bare.len());
                let (fence, info) = bare.split_at_checked(fence_end).unwrap_or((bare, ""));
                open = Some(Open { fence, info: info.trim(), start: offset + line.len(), line: number });
            }
            None => {
                if let Some(title) = bare.strip_prefix("### ").filter(|_| inside) {
                    cases.push(Case { title, line: number, blocks: Vec::new(), verdict: None });
                } else if let Some(title) = bare.strip_prefix("## ") {
                    inside = title == "Cases";
                }
            }
        }
        offset += line.len();
    }
    match open {
        Some(block) => Err(CaseError { line: block.line, message: "this block is never closed".to_owned() }),
        None => Ok(cases),
    }
}

struct Found<'a> {
    block: Open<'a>,
    content: &'a str,
    span: Span,
}

fn add<'a>(cases: &mut [Case<'a>], inside: bool, found: Found<'a>) -> Result<(), CaseError> {
    let Found { block, content, span } = found;
    let (language, role) = block.info.split_once(' ').unwrap_or((block.info, ""));
    let Some(case) = cases.last_mut().filter(|_| inside && !role.is_empty()) else { return Ok(()) };
    let parsed = Block { language, role: role.trim(), content, span, line: block.line };
    if case.verdict.is_some() {
        let message = "a block follows the verdict; the verdict comes last".to_owned();
        return Err(CaseError { line: block.line, message });
    }
    if parsed.role == "verdict" {
        case.verdict = Some(parsed);
    } else {
        case.blocks.push(parsed);
    }
    Ok(())
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
