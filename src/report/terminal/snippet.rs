//! The user's own lines with the offence underlined.
//!
//! A snippet is already cut to a few lines and a window of columns. Here it is cut once more to the
//! terminal, around the span; tabs and wide characters keep the underline exact.

use super::style::{Ink, Span, Symbols, rich, span, width, width_of, wrap};
use crate::model::{Region, Snippet};
use crate::report::escape::{is_invisible, opens_command, visible};

/// Columns from one tab stop to the next.
const TAB: usize = 4;
/// A label is wrapped beside its underline when this many columns are free there.
const BESIDE: usize = 28;

/// One row beside the frame; with a number when it is a line of the file.
pub(super) struct Row {
    pub(super) number: Option<u32>,
    pub(super) spans: Vec<Span>,
}

/// How a snippet is drawn.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    /// Columns right of the frame.
    pub(super) room: usize,
    pub(super) symbols: Symbols,
    /// The ink of the underline and its label.
    pub(super) ink: Ink,
    /// Whether this is the offence itself.
    pub(super) primary: bool,
    /// The label.
    pub(super) text: &'a str,
    /// Whether the log is read by a CI runner.
    pub(super) ci: bool,
}

/// The rows of a snippet.
pub(super) fn rows(snippet: &Snippet, region: Region, look: Look<'_>) -> Vec<Row> {
    let first = snippet.lines.first().map(|line| cells(line, look.ci)).unwrap_or_default();
    let last_column = snippet.clipped_left.saturating_add(count(first.len())).saturating_add(1);
    let ends_on_first = region.end.line == region.start.line
        || (region.end.column <= 1 && region.end.line == region.start.line.saturating_add(1));
    if !ends_on_first {
        return block(snippet, region, look);
    }
    let end = if region.end.line == region.start.line { region.end.column } else { last_column };
    underlined(snippet, &first, (region.start.column, end), look)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// A character as it is shown, and how wide.
struct Cell {
    shown: String,
    wide: usize,
}

fn cells(line: &str, ci: bool) -> Vec<Cell> {
    let mut column = 0;
    let mut before = String::new();
    let mut cells = Vec::new();
    for symbol in line.chars() {
        let shown = match symbol {
            '\t' => " ".repeat(TAB - column % TAB),
            '[' if ci && opens_command(&before) => "\\[".to_owned(),
            _ if is_invisible(symbol, before.chars().next_back()) => visible(&symbol.to_string()),
            _ => symbol.to_string(),
        };
        before.push(symbol);
        let wide = width(&shown);
        column += wide;
        cells.push(Cell { shown, wide });
    }
    cells
}

fn total(cells: &[Cell]) -> usize {
    cells.iter().map(|it| it.wide).sum()
}

/// One line with a heavy line under the span, and the label beside or below it.
fn underlined(snippet: &Snippet, cells: &[Cell], columns: (u32, u32), look: Look<'_>) -> Vec<Row> {
    let index = |column: u32| {
        let shown = column.saturating_sub(1).saturating_sub(snippet.clipped_left);
        usize::try_from(shown).unwrap_or(usize::MAX).min(cells.len())
    };
    let (from, to) = (index(columns.0), index(columns.1));
    let window = Window::around(cells, from, to, snippet.clipped_left > 0, look.room);
    let mark = look.symbols.pick(if look.primary { "━" } else { "─" }, if look.primary { "^" } else { "-" });
    let start = width(window.before) + window.lead(cells, from);
    let inside = cells.get(from.max(window.from)..to.min(window.to)).map_or(0, total);
    let underline = inside.clamp(1, look.room.saturating_sub(start).max(1));
    let mut rows = vec![Row { number: Some(snippet.first_line), spans: window.spans(cells, look.symbols) }];
    let mut below = vec![span(Ink::Plain, " ".repeat(start)), span(look.ink, mark.repeat(underline))];
    let label = rich(look.ink, look.text);
    let beside = start + underline + 1;
    let free = look.room.saturating_sub(beside);
    if look.text.is_empty() {
        rows.push(Row { number: None, spans: below });
    } else if width_of(&label) <= free || free >= BESIDE {
        let mut lines = wrap(&label, free).into_iter();
        below.push(span(Ink::Plain, " "));
        below.extend(lines.next().unwrap_or_default());
        rows.push(Row { number: None, spans: below });
        rows.extend(lines.map(|line| indented(beside, line)));
    } else {
        rows.push(Row { number: None, spans: below });
        rows.extend(hanging(&label, start, look.room));
    }
    rows
}

fn indented(columns: usize, line: Vec<Span>) -> Row {
    Row { number: None, spans: [vec![span(Ink::Plain, " ".repeat(columns))], line].concat() }
}

/// A label that does not fit beside its underline, wrapped below it.
fn hanging(label: &[Span], start: usize, room: usize) -> Vec<Row> {
    let wanted = width_of(label).min(room * 2 / 3);
    let indent = start.min(room.saturating_sub(wanted));
    wrap(label, room - indent).into_iter().map(|line| indented(indent, line)).collect()
}

/// The part of a line that fits.
struct Window {
    from: usize,
    to: usize,
    before: &'static str,
    after: bool,
}

impl Window {
    /// As much of the line as fits, with the span and some of what stands before it.
    fn around(cells: &[Cell], from: usize, to: usize, clipped: bool, room: usize) -> Self {
        let mark = usize::from(clipped);
        let goes_on = cells.len() >= Snippet::WIDEST;
        if total(cells) + mark + usize::from(goes_on) <= room {
            return Self { from: 0, to: cells.len(), before: if clipped { "…" } else { "" }, after: goes_on };
        }
        let span = cells.get(from..to).map_or(0, total).min(room);
        let context = room.saturating_sub(span + 2).min(room / 3);
        let fits_from_start = cells.get(..to).map_or(0, total) + mark < room;
        let mut first = if fits_from_start { 0 } else { from };
        let mut lead = 0;
        while !fits_from_start && first > 0 {
            let wide = cells.get(first - 1).map_or(0, |it| it.wide);
            if lead + wide > context {
                break;
            }
            lead += wide;
            first -= 1;
        }
        let cut = clipped || first > 0;
        let reserve =
            usize::from(cut) + usize::from(goes_on || cells.get(first..).map_or(0, total) + usize::from(cut) > room);
        let mut left = room.saturating_sub(reserve);
        let fitting = cells.iter().skip(first).take_while(|cell| {
            let fits = cell.wide <= left;
            left = left.saturating_sub(if fits { cell.wide } else { 0 });
            fits
        });
        let to = first + fitting.count();
        while to == cells.len() && first > 0 {
            // The end of the line leaves room: show more of what stands before.
            let wide = cells.get(first - 1).map_or(0, |it| it.wide);
            if wide > left {
                break;
            }
            left -= wide;
            first -= 1;
        }
        Self { from: first, to, before: if cut { "…" } else { "" }, after: goes_on || to < cells.len() }
    }

    /// Width of what is shown of the line before the cell `at`.
    fn lead(&self, cells: &[Cell], at: usize) -> usize {
        cells.get(self.from..at.clamp(self.from, self.to)).map_or(0, total)
    }

    fn spans(&self, cells: &[Cell], symbols: Symbols) -> Vec<Span> {
        let mark = symbols.pick("…", "~");
        let shown = cells.get(self.from..self.to).unwrap_or_default();
        let text: String = shown.iter().map(|it| it.shown.as_str()).collect();
        let before = if self.before.is_empty() { "" } else { mark };
        let after = if self.after { mark } else { "" };
        vec![span(Ink::Dim, before), span(Ink::Plain, text), span(Ink::Dim, after)]
    }
}

/// Several lines with a heavy line along their left side.
fn block(snippet: &Snippet, region: Region, look: Look<'_>) -> Vec<Row> {
    let bar = look.symbols.pick(if look.primary { "┃" } else { "│" }, "|");
    let foot = look.symbols.pick(if look.primary { "┗━" } else { "╰─" }, "^-");
    let mut rows = Vec::new();
    let room = look.room.saturating_sub(2);
    let mut number = snippet.first_line;
    for line in &snippet.lines {
        let cells = cells(line, look.ci);
        let window = Window::around(&cells, 0, 0, snippet.clipped_left > 0, room);
        let mut spans = vec![span(look.ink, format!("{bar} "))];
        spans.extend(window.spans(&cells, look.symbols));
        rows.push(Row { number: Some(number), spans });
        number = number.saturating_add(1);
    }
    let end = if region.end.column <= 1 { region.end.line.saturating_sub(1) } else { region.end.line };
    let hidden = end.saturating_add(1).saturating_sub(number);
    if hidden > 0 {
        let more = if hidden == 1 { "1 more line".to_owned() } else { format!("{hidden} more lines") };
        let dots = look.symbols.pick("…", "...");
        rows.push(Row {
            number: None,
            spans: vec![span(look.ink, format!("{bar} ")), span(Ink::Dim, format!("{dots} {more}"))],
        });
    }
    let label = wrap(&rich(look.ink, look.text), room.saturating_sub(1));
    for (index, line) in label.into_iter().enumerate() {
        let lead = if index == 0 { format!("{foot} ") } else { "   ".to_owned() };
        rows.push(Row { number: None, spans: [vec![span(look.ink, lead)], line].concat() });
    }
    rows
}
