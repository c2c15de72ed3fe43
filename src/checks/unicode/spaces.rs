//! Spaces that are not the one of the keyboard, where a program takes them for something else.
//!
//! A compiler refuses them or takes them for a space, and text for people needs them. So only shells and the like are
//! judged, outside of quotes and comments, and the indentation and separators of YAML.

use super::Kind;
use super::grammar::Grammar;
use super::line::{Mend, Offence};
use crate::formats::unicode::{notation, space_name};
use crate::model::Span;

/// The foreign spaces of a line that do not separate, with what they are; of several in a row the first.
pub(super) fn offences(line: &str, grammar: Grammar) -> impl Iterator<Item = (char, Offence)> {
    let found = match grammar {
        Grammar::Words => in_words(line),
        Grammar::Yaml => in_yaml(line).into_iter().collect(),
        Grammar::Manifest | Grammar::Other => Vec::new(),
    };
    let effect = match grammar {
        Grammar::Yaml => "YAML takes it for text, neither for indentation nor for a separator",
        Grammar::Words | Grammar::Manifest | Grammar::Other => "here it is a letter of the word beside it",
    };
    found.into_iter().map(move |(offset, symbol)| {
        let title = format!("{} {}", notation(symbol), space_name(symbol).unwrap_or_default());
        let message = format!("{title} looks like a space and separates nothing: {effect}");
        let span = Span::new(offset, offset + symbol.len_utf8());
        (symbol, Offence { kind: Kind::Invisible, span, message, caret: title, mend: Mend::Space(symbol) })
    })
}

fn in_words(line: &str) -> Vec<(usize, char)> {
    let mut found = Vec::new();
    let mut quote: Option<char> = None;
    let mut before = ' ';
    let mut rest = line.char_indices().peekable();
    while let Some((offset, symbol)) = rest.next() {
        let behind = rest.peek().map_or(' ', |it| it.1);
        match (symbol, quote) {
            ('\\', None | Some('"')) => _ = rest.next(),
            ('"' | '\'' | '`', None) => quote = Some(symbol),
            (_, Some(open)) if open == symbol => quote = None,
            ('#', None) if before.is_whitespace() => break,
            (_, None) if space_name(symbol).is_some() => {
                let continues = space_name(before).is_some();
                if !continues && !is_typography(before, behind) {
                    found.push((offset, symbol));
                }
            }
            _ => {}
        }
        before = symbol;
    }
    found
}

/// Whether a space stands where French has a narrow one, as in the text of a message: `Usage : x`, `« x »`.
fn is_typography(before: char, behind: char) -> bool {
    before == '«'
        || matches!(behind, ':' | ';' | '!' | '?' | '»' | '%' | '€')
        || !before.is_ascii() && !behind.is_ascii()
}

/// In front of the text of a line, behind a dash that begins an entry, and behind the colon of its first key.
fn in_yaml(line: &str) -> Option<(usize, char)> {
    let is_structure = |it: char| matches!(it, ' ' | '-') || space_name(it).is_some();
    let text = line.trim_start_matches(is_structure);
    let indent = line.get(..line.len() - text.len()).unwrap_or_default();
    let key = text.split(|it: char| !(it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.' | '/'))).next()?;
    let value = text.get(key.len()..)?.strip_prefix(':').filter(|_| !key.is_empty()).unwrap_or_default();
    let of = |text: &str, at: usize| text.char_indices().map(|(offset, it)| (at + offset, it)).next();
    let first = indent.char_indices().find(|it| space_name(it.1).is_some());
    let behind = of(value, line.len() - value.len()).filter(|it| space_name(it.1).is_some());
    if text.is_empty() { None } else { first.or(behind) }
}
