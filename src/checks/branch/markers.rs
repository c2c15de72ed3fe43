//! Conflict markers that were left in a file.
//!
//! A conflict is a start marker, a separator and an end marker of the same width, in this order, one of
//! them on an added line. When somebody took only the start or only the end away, what is left counts
//! as well. A lone marker, an underline of equals signs and a conflict that a fenced block of a
//! document shows are none.
//!
//! Git writes a marker at the very start of a line, behind it nothing or a space and a name, then the
//! line end of the file around it (`fill_conflict_hunk` in `xdiff/xmerge.c`). Its own search takes any
//! white space behind the signs (`is_conflict_marker_line` in `diff.c`), and so does this one. No
//! version of Git indents a marker.

use super::settings::Markers;
use crate::checks::Judged;
use crate::model::{
    Blob, Change, Facts, FileMode, Finding, Label, Line, Missing, Outline, Place, RepoPath, Sign, Span,
};

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
    /// Whether a name stands behind it.
    named: bool,
    line: u32,
    span: Span,
    /// Whether a document's fenced block holds the line: the number of the block.
    fence: Option<u32>,
}

fn conflicts(facts: &Facts, change: &Change) -> Result<Vec<Finding>, Missing> {
    let is_file = change.new.as_ref().is_some_and(|it| matches!(it.mode, FileMode::Regular | FileMode::Executable));
    let outline = facts.new_outline(change)?.filter(|_| is_file);
    // Comparing the two sides costs more than looking for a marker.
    let shows_one = |it: Outline| it.shows(Sign::ConflictStart) || it.shows(Sign::ConflictEnd);
    if !outline.is_some_and(|it| shows_one(it) && !it.is_binary) {
        return Ok(Vec::new());
    }
    let Some(blob) = facts.new_blob(change)? else { return Ok(Vec::new()) };
    let hunks = facts.hunks(change)?;
    let is_added = |line: u32| hunks.iter().any(|hunk| hunk.new.numbers().contains(&line));
    Ok(conflicts_in(&blob, change.path(), is_added))
}

/// The markers that belong together, in order; at least two.
struct Conflict {
    whole: Whole,
    markers: Vec<Marker>,
}

/// Whether a conflict has both of its ends.
enum Whole {
    Yes,
    LacksEnd,
    LacksStart,
}

fn conflicts_in(blob: &Blob, path: &RepoPath, is_added: impl Fn(u32) -> bool) -> Vec<Finding> {
    let markers = markers(blob, path);
    let mut rest = markers.as_slice();
    let mut found = Vec::new();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        let Some(conflict) = conflict_at(first, after, path) else { continue };
        let last = conflict.markers.last().map_or(first.line, |it| it.line);
        rest = after.get(after.iter().take_while(|it| it.line <= last).count()..).unwrap_or_default();
        let shown = first.fence.is_some() && conflict.markers.iter().all(|it| it.fence == first.fence);
        // One new line is enough: the separator of a conflict may be the old underline of a title.
        if !shown && conflict.markers.iter().any(|it| is_added(it.line)) {
            found.push(finding(blob, path, &conflict));
        }
    }
    found
}
/// The conflict that begins with this marker; `after` are those behind it.
fn conflict_at(first: &Marker, after: &[Marker], path: &RepoPath) -> Option<Conflict> {
    let same = after.iter().filter(|it| it.width == first.width);
    // A second start before the end means that the first one stands alone.
    let inner: Vec<Marker> = same.take_while(|it| it.symbol != '<').copied().collect();
    let until = |at: usize| std::iter::once(first).chain(inner.iter().take(at + 1)).copied().collect();
    let end = inner.iter().position(|it| it.symbol == '>');
    match (first.symbol, end) {
        ('<', Some(end)) => {
            let is_separated = inner.iter().take(end).any(|it| matches!(it.symbol, '=' | '%' | '+'));
            is_separated.then(|| Conflict { whole: Whole::Yes, markers: until(end) })
        }
        ('<', None) if first.named => {
            let separator = inner.iter().position(|it| it.symbol == '=' && !it.named)?;
            Some(Conflict { whole: Whole::LacksEnd, markers: until(separator) })
        }
        // In a document this is as well the underline of a title and a quotation of a quotation.
        ('=', Some(0)) if !first.named && !is_document(path) => {
            let is_named = inner.first().is_some_and(|it| it.named);
            is_named.then(|| Conflict { whole: Whole::LacksStart, markers: until(0) })
        }
        _ => None,
    }
}

/// Whether the file is text in paragraphs.
fn is_document(path: &RepoPath) -> bool {
    const DOCUMENTS: [&str; 16] = [
        "md", "markdown", "mdx", "mkd", "qmd", "rst", "txt", "text", "adoc", "asciidoc", "org", "textile", "eml",
        "mbox", "patch", "diff",
    ];
    path.extension().is_none_or(|it| DOCUMENTS.contains(&it))
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
        let is_apart = rest.is_empty() || rest.starts_with(|it: char| it.is_ascii_whitespace());
        if !(NARROWEST..=WIDEST).contains(&width) || !is_apart {
            continue;
        }
        let named = !rest.trim().is_empty();
        let span = Span::new(line.start, line.start + line.text.trim_end().len());
        found.push(Marker { symbol, width, named, line: line.number, span, fence: fence.map(|(_, number)| number) });
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

fn finding(blob: &Blob, path: &RepoPath, conflict: &Conflict) -> Finding {
    let lines = conflict.markers.iter().map(|it| it.line);
    let (first, last) = (lines.clone().min().unwrap_or(1), lines.max().unwrap_or(1));
    let what = match conflict.whole {
        Whole::Yes => "a merge conflict is left",
        Whole::LacksEnd => "half a merge conflict is left, without its end marker,",
        Whole::LacksStart => "half a merge conflict is left, without its start marker,",
    };
    let message = format!("{what} in lines {first} to {last}");
    let mut labels = conflict.markers.iter().map(|part| label(blob, path, *part));
    let help = format!("settle the conflict, take its markers out, and run what tests `{path}` before the next commit");
    let finding = labels.next().map_or_else(
        || Finding::at(Place::file(path), message.clone()),
        |primary| Finding::new(primary, message.clone()),
    );
    labels.fold(finding.hazard("conflict-marker").help(help), Finding::related)
}

fn label(blob: &Blob, path: &RepoPath, part: Marker) -> Label {
    let says = match part.symbol {
        '<' => "the conflict begins here",
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
        found_in(path, content.as_bytes())
    }

    fn found_in(path: &str, content: &[u8]) -> usize {
        let file = File { path: RepoPath::new(path), mode: FileMode::Regular, id: ObjectId::default() };
        let mut tree = MapTree::default();
        tree.insert(file.clone(), Some(Arc::from(content)));
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
    fn what_git_leaves_behind_a_marker_does_not_hide_it() {
        for behind in ["\t\n", " \n", "\r\n", " \t\r\n", "\r"] {
            assert_eq!(found("a.c", &conflict(7).replace('\n', behind)), 1, "{behind:?}");
        }
        assert_eq!(found("a.c", &format!("\u{FEFF}{}", conflict(7))), 1);
        assert_eq!(found("a.c", conflict(7).trim_end()), 1);
        let units: Vec<u8> = conflict(7).encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(found_in("a.ps1", &[[0xFF, 0xFE].as_slice(), &units].concat()), 1);
        assert_eq!(found_in("a.ps1", &units), 1);
    }

    #[test]
    fn half_a_conflict_is_one() {
        let (start, end) = ("<<<<<<< HEAD\na\n=======\nb\n", "a\n=======\nb\n>>>>>>> topic\n");
        assert_eq!((found("a.c", start), found("a.md", start)), (1, 1));
        assert_eq!((found("a.c", end), found("a.md", end), found("README", end)), (1, 0, 0));
        assert_eq!(found("a.c", &format!("{start}{}", conflict(7))), 2);
        assert_eq!(found("a.c", &format!("{}{end}", conflict(7))), 2);
        for quiet in
            ["<<<<<<<\n=======\n", "=======\n>>>>>>>\n", "======= a\n>>>>>>> b\n", "Title\n=======\n>>>>>>>> b\n"]
        {
            assert_eq!(found("a.c", quiet), 0, "{quiet:?}");
        }
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
