//! Spans of text with an ink, wrapped by display width and written as plain text or with colours.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use crate::report::escape::visible;

/// Whether escape sequences for colours are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Color {
    /// Plain text.
    None,
    /// The sixteen colours of ECMA-48, which follow the user's theme.
    Ansi,
}

/// With what frames are drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Symbols {
    /// Box-drawing characters.
    Unicode,
    /// ASCII only.
    Ascii,
}

impl Symbols {
    pub(super) fn pick(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        match self {
            Self::Unicode => unicode,
            Self::Ascii => ascii,
        }
    }
}

/// What a piece of text is; the colour follows from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Ink {
    Plain,
    Strong,
    Dim,
    Frame,
    Place,
    Code,
    StrongCode,
    Fail,
    Warn,
    Note,
    Unknown,
    Good,
    Second,
}

impl Ink {
    /// Parameters of the "select graphic rendition" sequence.
    fn parameters(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Strong => "1",
            Self::Dim => "2",
            Self::Frame => "90",
            Self::Place => "36",
            Self::Note => "1;36",
            Self::Code => "1",
            Self::StrongCode => "1;36",
            Self::Fail => "1;31",
            Self::Warn => "1;33",
            Self::Unknown => "1;35",
            Self::Good => "1;32",
            Self::Second => "94",
        }
    }
}

/// A piece of text in one ink. The text is already safe to show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Span {
    pub(super) ink: Ink,
    pub(super) text: String,
    /// The target of a hyperlink.
    pub(super) link: Option<String>,
}

pub(super) fn span(ink: Ink, text: impl Into<String>) -> Span {
    Span { ink, text: text.into(), link: None }
}

/// Text that is not broken between its words.
pub(super) fn whole(ink: Ink, text: &str) -> Span {
    span(ink, text.replace(' ', "\u{a0}"))
}

/// A stranger's text on one line, with the code between backticks set off.
pub(super) fn rich(ink: Ink, text: &str) -> Vec<Span> {
    let shown = visible(text);
    let pieces: Vec<&str> = shown.split('`').collect();
    if pieces.len().is_multiple_of(2) || pieces.len() == 1 {
        return vec![span(ink, shown)];
    }
    let code = if ink == Ink::Strong { Ink::StrongCode } else { Ink::Code };
    let spans = pieces
        .iter()
        .enumerate()
        .map(|(index, piece)| if index % 2 == 1 { span(code, format!("`{piece}`")) } else { span(ink, *piece) });
    spans.filter(|it| !it.text.is_empty()).collect()
}

pub(super) fn width(text: &str) -> usize {
    text.width()
}

pub(super) fn width_of(spans: &[Span]) -> usize {
    spans.iter().map(|it| width(&it.text)).sum()
}

/// Breaks spans into lines that are at most `room` columns wide: at spaces, or within a word that is
/// wider than a whole line.
pub(super) fn wrap(spans: &[Span], room: usize) -> Vec<Vec<Span>> {
    let room = room.max(16);
    let mut lines: Vec<Vec<Span>> = vec![Vec::new()];
    let mut used = 0;
    for word in words(spans) {
        let wide = width_of(&word);
        let blank = word.iter().all(|it| it.text == " ");
        if used + wide > room && used > 0 && !blank {
            lines.push(Vec::new());
            used = 0;
        }
        for piece in word.into_iter().flat_map(|it| chopped(it, room)) {
            let wide = width(&piece.text);
            if blank && (used == 0 || used + wide > room) {
                continue;
            }
            if used + wide > room {
                lines.push(Vec::new());
                used = 0;
            }
            used += wide;
            if let Some(line) = lines.last_mut() {
                line.push(piece);
            }
        }
    }
    lines.iter_mut().for_each(trim_end);
    lines
}

fn trim_end(line: &mut Vec<Span>) {
    while line.last().is_some_and(|it| it.text == " ") {
        line.pop();
    }
}

/// Words and single spaces. A word may run over several spans; a linked span is one word.
fn words(spans: &[Span]) -> Vec<Vec<Span>> {
    let mut words: Vec<Vec<Span>> = Vec::new();
    let mut open = false;
    for it in spans {
        let pieces = if it.link.is_some() { vec![it.text.as_str()] } else { it.text.split_inclusive(' ').collect() };
        for piece in pieces {
            let (text, ends) = match piece.strip_suffix(' ') {
                Some(text) if it.link.is_none() => (text, true),
                Some(_) | None => (piece, false),
            };
            if !text.is_empty() {
                let part = Span { text: text.to_owned(), ..it.clone() };
                match words.last_mut() {
                    Some(word) if open => word.push(part),
                    Some(_) | None => words.push(vec![part]),
                }
                open = true;
            }
            if ends {
                words.push(vec![span(it.ink, " ")]);
                open = false;
            }
        }
    }
    words
}

fn chopped(whole: Span, room: usize) -> Vec<Span> {
    if width(&whole.text) <= room || whole.link.is_some() {
        return vec![whole];
    }
    let mut pieces = vec![String::new()];
    let mut used = 0;
    for symbol in whole.text.chars() {
        let wide = symbol.width().unwrap_or(0);
        if used + wide > room {
            pieces.push(String::new());
            used = 0;
        }
        used += wide;
        if let Some(piece) = pieces.last_mut() {
            piece.push(symbol);
        }
    }
    pieces.into_iter().map(|text| Span { text, ..whole.clone() }).collect()
}

/// One line as bytes for the terminal.
pub(super) fn paint(spans: &[Span], color: Color) -> String {
    let mut out = String::new();
    for it in joined(spans) {
        let text = it.text.replace('\u{a0}', " ");
        let inked = match (color, it.ink.parameters()) {
            (Color::None, _) | (Color::Ansi, "") => text,
            (Color::Ansi, parameters) => format!("\u{1b}[{parameters}m{text}\u{1b}[0m"),
        };
        match it.link {
            Some(link) => out.push_str(&format!("\u{1b}]8;;{link}\u{1b}\\{inked}\u{1b}]8;;\u{1b}\\")),
            None => out.push_str(&inked),
        }
    }
    out
}

/// Neighbours of one ink as one span, so that a line is not cut up into sequences.
fn joined(spans: &[Span]) -> Vec<Span> {
    let mut out: Vec<Span> = Vec::new();
    for it in spans {
        match out.last_mut() {
            Some(last) if last.ink == it.ink && last.link.is_none() && it.link.is_none() => {
                last.text.push_str(&it.text);
            }
            Some(_) | None => out.push(it.clone()),
        }
    }
    out
}
