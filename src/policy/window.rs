//! The few lines around a label, made safe to print, with their true line and column.
//!
//! The printer is never given the whole file: it would scan all of it for each label, and a label
//! far to the right of a long line would make it panic. It gets a window of lines that are clipped
//! around the label, and is told where the window stands.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::formats::visible;
use crate::model::{Span, Text};

/// Lines shown before and after a label.
const CONTEXT: u32 = 1;
/// Lines that one label may cover.
const TALLEST: u32 = 6;
/// Characters of a line that are shown, and how many of them stand before the label.
const WIDEST: usize = 120;
const LEAD: usize = 30;

/// Lines around some labels, of one document or several.
#[derive(Debug, Default)]
pub(super) struct Window {
    shown: String,
    blocks: Vec<Block>,
    labels: Vec<ShownLabel>,
}

/// Lines that follow each other in a document.
#[derive(Debug)]
struct Block {
    /// What the document is called.
    name: String,
    /// Number of the first line, one-based.
    first: u32,
    /// The offset of each line in the shown text, and that of the end.
    starts: Vec<usize>,
}

#[derive(Debug)]
struct ShownLabel {
    /// In bytes of the shown text.
    span: Span,
    text: String,
    /// Zero-based column in the document.
    column: usize,
}

impl Window {
    /// Adds what surrounds these labels in a document. The first label of the first document is the primary one.
    pub(super) fn add(&mut self, name: &str, text: &Text, labels: &[(Span, String)]) {
        let window = self;
        let mut regions: Vec<(u32, u32)> = labels.iter().map(|(span, _)| lines_of(text, *span)).collect();
        regions.sort_unstable();
        let mut lefts = std::collections::BTreeMap::new();
        for (span, _) in labels {
            let region = text.region(*span);
            let column = usize::try_from(region.start.column).unwrap_or(usize::MAX);
            let left = if WIDEST - LEAD < column { column - LEAD } else { 0 };
            lefts.entry(region.start.line).or_insert(left);
        }
        let mut offsets = std::collections::BTreeMap::new();
        for (first, last) in joined(&regions) {
            let mut block = Block { name: name.to_owned(), first, starts: Vec::new() };
            for number in first..=last {
                block.starts.push(window.shown.len());
                let left = lefts.get(&number).copied().unwrap_or(0);
                let line = Line::new(text, number, left, window.shown.len());
                window.shown.push_str(&line.shown);
                window.shown.push('\n');
                offsets.insert(number, line);
            }
            block.starts.push(window.shown.len());
            window.blocks.push(block);
        }
        for (span, label) in labels {
            let region = text.region(*span);
            let Some(line) = offsets.get(&region.start.line) else { continue };
            let start = line.shown_offset(span.start);
            let end = match offsets.get(&region.end.line) {
                Some(last) => last.shown_offset(span.end),
                None => line.end(),
            };
            // A label that reaches over a gap between blocks ends where its own block ends.
            let block_end = window.blocks.iter().filter_map(|it| it.starts.last()).find(|it| start < **it);
            let end = end.min(block_end.map_or(end, |it| it.saturating_sub(1)));
            let column = usize::try_from(region.start.column).unwrap_or(usize::MAX).saturating_sub(1);
            window.labels.push(ShownLabel { span: Span::new(start, end), text: label.clone(), column });
        }
    }

    pub(super) fn labels(&self) -> impl Iterator<Item = miette::LabeledSpan> {
        self.labels.iter().enumerate().map(|(index, label)| {
            let text = (!label.text.is_empty()).then(|| visible::visible(&label.text).into_owned());
            let span = SourceSpan::new(label.span.start.into(), label.span.end - label.span.start);
            if index == 0 {
                miette::LabeledSpan::new_primary_with_span(text, span)
            } else {
                miette::LabeledSpan::new_with_span(text, span)
            }
        })
    }
}

/// A line as it is shown, and the way from its offsets in the document to those in the shown text.
struct Line {
    shown: String,
    /// Offset of the line in the shown text.
    at: usize,
    /// For each shown character: its offset in the document, and that in `shown`.
    places: Vec<(usize, usize)>,
    /// Offset of the end of the shown part in the document.
    document_end: usize,
}

impl Line {
    fn new(text: &Text, number: u32, left: usize, at: usize) -> Self {
        let mut line = Self { shown: String::new(), at, places: Vec::new(), document_end: 0 };
        let Some(written) = text.line(number) else { return line };
        line.document_end = written.start + written.text.len();
        if 0 < left {
            line.shown.push('…');
        }
        for (index, (offset, symbol)) in written.text.char_indices().skip(left).enumerate() {
            if WIDEST <= index {
                line.shown.push('…');
                line.document_end = written.start + offset;
                break;
            }
            line.places.push((written.start + offset, line.shown.len()));
            visible::push(&mut line.shown, symbol);
        }
        line
    }

    fn end(&self) -> usize {
        self.at + self.shown.len()
    }

    /// Where an offset of the document is shown; the nearest end of the line when it is not.
    fn shown_offset(&self, offset: usize) -> usize {
        let index = self.places.partition_point(|(document, _)| *document < offset);
        let within = match self.places.get(index) {
            Some((_, shown)) => *shown,
            None if offset < self.document_end || self.places.is_empty() => 0,
            None => self.shown.trim_end_matches('…').len(),
        };
        self.at + within
    }
}

/// The lines that a label wants to see.
fn lines_of(text: &Text, span: Span) -> (u32, u32) {
    let region = text.region(span);
    let last = region.end.line.min(region.start.line.saturating_add(TALLEST - 1));
    let last = last.saturating_add(CONTEXT).min(text.line_count());
    (region.start.line.saturating_sub(CONTEXT).max(1), last.max(1))
}

/// Regions that touch become one.
fn joined(regions: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut blocks: Vec<(u32, u32)> = Vec::new();
    for (first, last) in regions {
        match blocks.last_mut() {
            Some(block) if *first <= block.1.saturating_add(1) => block.1 = block.1.max(*last),
            Some(_) | None => blocks.push((*first, *last)),
        }
    }
    blocks
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset().saturating_add(span.len()));
        let holds = |block: &&Block| {
            block.starts.first().is_some_and(|it| *it <= start) && block.starts.last().is_some_and(|it| end <= *it)
        };
        let block = self.blocks.iter().find(holds).ok_or(MietteError::OutOfBounds)?;
        let line_of = |offset: usize| {
            let lines = block.starts.len().saturating_sub(1);
            block.starts.partition_point(|it| *it <= offset).saturating_sub(1).min(lines.saturating_sub(1))
        };
        let first = line_of(start).saturating_sub(before);
        let last = line_of(end.max(start)).saturating_add(after).min(block.starts.len().saturating_sub(2));
        let from = block.starts.get(first).copied().unwrap_or(start);
        let to = block.starts.get(last.saturating_add(1)).copied().unwrap_or(end);
        let data = self.shown.as_bytes().get(from..to).ok_or(MietteError::OutOfBounds)?;
        let line = usize::try_from(block.first).unwrap_or(1).saturating_sub(1).saturating_add(first);
        let label = self.labels.iter().find(|it| it.span.start == start);
        // Without context the printer wants the place of the label itself, for the head of the snippet.
        let column = if before == 0 { label.map_or(0, |it| it.column) } else { 0 };
        let span = SourceSpan::new(from.into(), to.saturating_sub(from));
        let lines = last.saturating_sub(first).saturating_add(1);
        Ok(Box::new(MietteSpanContents::new_named(block.name.clone(), data, span, line, column, lines)))
    }
}
