//! The page that blocks are written on: lines, frames and their widths.

use std::io::{self, Write};

use super::Options;
use super::snippet::{self, Look, Row};
use super::style::{Ink, Span, paint, rich, span, wrap};
use crate::model::{Label, Place};
use crate::report::escape::{break_commands, uri};
use crate::report::place;

/// The column at which text starts; badges stand left of it.
pub(super) const INDENT: usize = 6;
/// The narrowest gutter for line numbers; with it, code starts at [`INDENT`].
const GUTTER: usize = 3;

/// Writes lines of spans.
pub(super) struct Page<'a> {
    pub(super) options: &'a Options,
    pub(super) out: &'a mut dyn Write,
}

/// A part of a frame.
pub(super) enum Station<'a> {
    /// A place, with its lines when it has some.
    Place { label: &'a Label, ink: Ink, primary: bool },
    /// Words.
    Words(Vec<Span>),
}

/// Where a station stands on its frame.
#[derive(Clone, Copy)]
enum Corner {
    Opens,
    Passes,
    Closes,
}

impl Page<'_> {
    /// One line, as it is.
    pub(super) fn line(&mut self, spans: &[Span]) -> io::Result<()> {
        let painted = paint(spans, self.options.color);
        let text = painted.trim_end_matches(' ');
        if self.options.ci { writeln!(self.out, "{}", break_commands(text)) } else { writeln!(self.out, "{text}") }
    }

    pub(super) fn blank(&mut self) -> io::Result<()> {
        self.line(&[])
    }

    /// Spans wrapped, with a lead on the first line and the same room left free on the others.
    pub(super) fn paragraph(&mut self, lead: &[Span], indent: usize, spans: &[Span]) -> io::Result<()> {
        for (index, line) in wrap(spans, self.options.width.saturating_sub(indent)).into_iter().enumerate() {
            let before = if index == 0 { lead.to_vec() } else { vec![span(Ink::Plain, " ".repeat(indent))] };
            self.line(&[before, line].concat())?;
        }
        Ok(())
    }

    /// Stations one below the other along a frame.
    pub(super) fn frame(&mut self, stations: &[Station<'_>]) -> io::Result<()> {
        let gutter = stations.iter().map(gutter).max().unwrap_or(GUTTER).max(GUTTER);
        for (index, station) in stations.iter().enumerate() {
            let (first, last) = (index == 0, index + 1 == stations.len());
            match station {
                Station::Place { label, ink, primary } => {
                    let rows = self.rows(label, *ink, *primary, gutter);
                    let closes = last && rows.is_empty();
                    let corner = if closes {
                        Corner::Closes
                    } else if first {
                        Corner::Opens
                    } else {
                        Corner::Passes
                    };
                    self.words(gutter, corner, &self.title(label))?;
                    self.lines(gutter, rows)?;
                }
                Station::Words(spans) => {
                    self.words(gutter, if last { Corner::Closes } else { Corner::Passes }, spans)?;
                }
            }
        }
        Ok(())
    }

    fn words(&mut self, gutter: usize, corner: Corner, spans: &[Span]) -> io::Result<()> {
        let symbols = self.options.symbols;
        let (start, bar) = match corner {
            Corner::Opens => (symbols.pick("┌─ ", ",- "), symbols.pick("│  ", "|  ")),
            Corner::Passes => (symbols.pick("├─ ", "|- "), symbols.pick("│  ", "|  ")),
            Corner::Closes => (symbols.pick("╰─ ", "`- "), "   "),
        };
        let indent = gutter + 4;
        for (index, line) in wrap(spans, self.options.width.saturating_sub(indent)).into_iter().enumerate() {
            let lead = if index == 0 { start } else { bar };
            let lead = vec![span(Ink::Plain, " ".repeat(gutter + 1)), span(Ink::Frame, lead)];
            self.line(&[lead, line].concat())?;
        }
        Ok(())
    }

    fn rows(&self, label: &Label, ink: Ink, primary: bool, gutter: usize) -> Vec<Row> {
        let (Some(snippet), Some(region)) = (&label.snippet, label.place.region()) else { return Vec::new() };
        let room = self.options.width.saturating_sub(gutter + 3).max(24);
        let Options { symbols, ci, .. } = *self.options;
        snippet::rows(snippet, region, Look { room, symbols, ink, primary, text: &label.text, ci })
    }

    fn lines(&mut self, gutter: usize, rows: Vec<Row>) -> io::Result<()> {
        let bar = self.options.symbols.pick("│ ", "| ");
        for row in rows {
            let number = row.number.map(|it| it.to_string()).unwrap_or_default();
            let lead = vec![span(Ink::Dim, format!("{number:>gutter$} ")), span(Ink::Frame, bar)];
            self.line(&[lead, row.spans].concat())?;
        }
        Ok(())
    }

    /// The heading of a place; the label joins it when there are no lines to put it under.
    fn title(&self, label: &Label) -> Vec<Span> {
        let link = match (&self.options.links, &label.place) {
            (Some(root), Place::File { path, revision: None, .. }) => Some(format!("{root}{}", uri(path))),
            (Some(_) | None, _) => None,
        };
        let mut spans = vec![Span { link, ..span(Ink::Place, place::words(&label.place)) }];
        let shows_subject = label.snippet.is_some() && label.place.region().is_some_and(|it| it.start.line == 1);
        if let (Place::Commit { subject, .. }, false) = (&label.place, shows_subject) {
            spans.push(span(Ink::Plain, "  "));
            spans.extend(rich(Ink::Dim, subject));
        }
        let has_lines = label.snippet.is_some() && label.place.region().is_some();
        if !has_lines && !label.text.is_empty() {
            spans.push(span(Ink::Plain, "  "));
            spans.extend(rich(Ink::Plain, &label.text));
        }
        spans
    }
}

/// Digits of the largest line number that a station shows.
fn gutter(station: &Station<'_>) -> usize {
    match station {
        Station::Place { label, .. } => label.snippet.as_ref().map_or(0, |snippet| {
            let lines = u32::try_from(snippet.lines.len()).unwrap_or(u32::MAX);
            snippet.first_line.saturating_add(lines).saturating_sub(1).to_string().len()
        }),
        Station::Words(_) => 0,
    }
}
