//! Conflict markers that were left in a file.
//!
//! A conflict is a start marker, a separator and an end marker of the same width, in this order, each
//! on an added line. A lone marker, an underline of equals signs and a conflict that a fenced block of
//! a document shows are none.

use super::settings::Markers;
use crate::checks::Judged;
use crate::model::{Blob, Change, Facts, FileMode, Finding, Label, Line, Missing, RepoPath, Sign, Span};

/// Narrowest marker; Git's own width unless an attribute widens it.
const NARROWEST: usize = 7;
/// Widest marker that is looked for; real ones are a little wider than the narrowest, one level of nesting each.
const WIDEST: usize = 64;

/// Searches the added lines of every file.
pub(super) fn search(rule: &Markers, facts: &Facts, judged: &mut Judged) {
    for change in &facts.change.files {
        if rule.except.is_match(change.path()) {
            continue;
        }
        let found = conflicts(facts, change);
        if let Some(found) = judged.keep(found) {
            judged.findings.extend(found);
        }
    }
}

/// A line that begins with a run of one marker character.
#[derive(Clone, Copy)]
struct Marker {
    symbol: char,
    width: usize,
    line: u32,
    span: Span,
    /// Whether a document's fenced block holds the line: the number of the block.
    fence: Option<u32>,
}

fn conflicts(facts: &Facts, change: &Change) -> Result<Vec<Finding>, Missing> {
    let is_file = change.new.as_ref().is_some_and(|it| matches!(it.mode, FileMode::Regular | FileMode::Executable));
    let outline = facts.new_outline(change)?.filter(|_| is_file);
    // Comparing the two sides costs more than looking for a start marker.
    if !outline.is_some_and(|it| it.shows(Sign::Conflict) && !it.is_binary) {
        return Ok(Vec::new());
    }
    let Some(blob) = facts.new_blob(change)? else { return Ok(Vec::new()) };
    let hunks = facts.hunks(change)?;
    let is_added = |line: u32| hunks.iter().any(|hunk| hunk.new.numbers().contains(&line));
    Ok(conflicts_in(&blob, change.path(), is_added))
}

fn conflicts_in(blob: &Blob, path: &RepoPath, is_added: impl Fn(u32) -> bool) -> Vec<Finding> {
    let markers = markers(blob, path);
    let mut rest = markers.as_slice();
    let mut found = Vec::new();
    while let Some((start, after)) = rest.split_first() {
        rest = after;
        if start.symbol != '<' {
            continue;
        }
        let same = |it: &&Marker| it.width == start.width;
        // A second start before the end means that the first one stands alone.
        let inner: Vec<Marker> = after.iter().filter(same).take_while(|it| it.symbol != '<').copied().collect();
        let Some(end) = inner.iter().position(|it| it.symbol == '>') else { continue };
        let parts = inner.get(..=end).unwrap_or_default();
        let separated = parts.iter().any(|it| matches!(it.symbol, '=' | '%' | '+'));
        let added = is_added(start.line) && parts.iter().all(|it| is_added(it.line));
        let shown = start.fence.is_some() && parts.iter().all(|it| it.fence == start.fence);
        if separated && added && !shown {
            found.push(finding(blob, path, start, parts));
        }
        let last = parts.last().map_or(start.line, |it| it.line);
        rest = after.get(after.iter().take_while(|it| it.line <= last).count()..).unwrap_or_default();
    }
    found
}

fn markers(blob: &Blob, path: &RepoPath) -> Vec<Marker> {
    let fences = fences(path);
    let mut fence: Option<(&'static str, u32)> = None;
    let mut found = Vec::new();
    let mut above = "";
    for line in blob.text().lines() {
        fence = fence_after(fences, fence, &line, above);
        above = line.text;
        let Some(symbol) = line.text.chars().next().filter(|it| "<|=>%+".contains(*it)) else { continue };
        let width = line.text.chars().take_while(|it| *it == symbol).count();
        let rest = line.text.get(width..).unwrap_or_default();
        if !(NARROWEST..=WIDEST).contains(&width) || !(rest.is_empty() || rest.starts_with(' ')) {
            continue;
        }
        let span = Span::new(line.start, line.start + line.text.trim_end().len());
        found.push(Marker { symbol, width, line: line.number, span, fence: fence.map(|(_, number)| number) });
    }
    found
}

/// What begins and ends a block of a document that shows text as it is. Other documents indent such blocks.
fn fences(path: &RepoPath) -> &'static [&'static str] {
    match path.extension() {
        Some("md" | "markdown" | "mdx" | "qmd") => &["`````", "````", "```", "~~~"],
        Some("adoc" | "asciidoc") => &["----", "....", "```"],
        Some(_) | None => &[],
    }
}

/// The fence that is open after a line: its signs and the line that opened it.
fn fence_after<'a>(
    fences: &[&'a str],
    open: Option<(&'a str, u32)>,
    line: &Line<'_>,
    above: &str,
) -> Option<(&'a str, u32)> {
    let text = line.text.trim();
    match open {
        None if underlines(text, above) => None,
        None => fences.iter().find(|it| text.starts_with(**it)).map(|signs| (*signs, line.number)),
        Some((signs, _)) if text.starts_with(signs) && text.chars().all(|it| signs.contains(it)) => None,
        Some(open) => Some(open),
    }
}

/// Whether a row of signs makes the line above it a title, as AsciiDoc has it: as long as the title, give or take two.
fn underlines(row: &str, above: &str) -> bool {
    let is_row = !row.starts_with(['`', '~']);
    let title = above.trim_end().chars().count();
    is_row && title > 0 && row.chars().count().abs_diff(title) <= 2
}

fn finding(blob: &Blob, path: &RepoPath, start: &Marker, parts: &[Marker]) -> Finding {
    let last = parts.last().map_or(start.line, |it| it.line);
    let message = format!("a merge conflict is left in lines {} to {last}", start.line);
    let finding = Finding::new(blob.label(path, start.span, "the conflict begins here"), message);
    let related = parts.iter().map(|part| label(blob, path, *part));
    let help = format!("settle the conflict, take its markers out, and run what tests `{path}` before the next commit");
    related.fold(finding.hazard("conflict-marker").help(help), Finding::related)
}

fn label(blob: &Blob, path: &RepoPath, part: Marker) -> Label {
    let says = match part.symbol {
        '|' => "what both sides began with",
        '=' | '+' => "the other side",
        '%' => "a side, as a difference",
        _ => "the conflict ends here",
    };
    blob.label(path, part.span, says)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::formats::diff;
    use crate::model::{Contents, File, MapTree, ObjectId};

    fn found(path: &str, content: &str) -> usize {
        let file = File { path: RepoPath::new(path), mode: FileMode::Regular, id: ObjectId::default() };
        let mut tree = MapTree::default();
        tree.insert(file.clone(), Some(Arc::from(content.as_bytes())));
        let blob = Contents::new(diff::hunks).blob(&tree, &file);
        blob.map_or(0, |blob| conflicts_in(&blob, &file.path, |_| true).len())
    }

    fn conflict(width: usize) -> String {
        let line = |symbol: &str| symbol.repeat(width);
        format!("{} ours\na\n{}\nb\n{} theirs\n", line("<"), line("="), line(">"))
    }

    #[test]
    fn the_width_of_the_markers_must_be_the_same_and_a_sensible_one() {
        assert_eq!(found("a", &conflict(7)), 1);
        assert_eq!(found("a", &conflict(32)), 1);
        assert_eq!(found("a", &conflict(6)), 0);
        assert_eq!(found("a", &conflict(65)), 0);
        assert_eq!(found("a", &conflict(7).replace("=======", "========")), 0);
    }

    #[test]
    fn a_start_without_an_end_does_not_hide_the_conflict_after_it() {
        assert_eq!(found("a", &format!("<<<<<<< alone\n{}", conflict(7))), 1);
        assert_eq!(found("a", &format!("{}{}", conflict(7), conflict(8))), 2);
    }

    #[test]
    fn fences_are_those_of_the_kind_of_document() {
        let fenced = format!("```text\n{}```\n", conflict(7));
        assert_eq!((found("a.md", &fenced), found("a.rs", &fenced)), (0, 1));
        let titled = format!("OPTIONS\n-------\n\n--------\n{}--------\n", conflict(7));
        assert_eq!(found("a.adoc", &titled), 0);
        let listed = format!("----\n{}----\n", conflict(7));
        assert_eq!((found("a.adoc", &listed), found("a.md", &listed)), (0, 1));
        let around = format!("```\na\n```\n{}```\nb\n```\n", conflict(7));
        assert_eq!(found("a.md", &around), 1);
    }

    proptest! {
        #[test]
        fn any_lines_of_markers_are_read_without_a_panic(
            lines in proptest::collection::vec("(<{6,9}|\\|{7}|={7,8}|>{6,9}|%{7}|```|é)( x)?\r?", 0..20)
        ) {
            let _ = found("a.md", &lines.join("\n"));
        }
    }
}
