//! Words that mix scripts, and punctuation that is none.

use super::Kind;
use super::line::{Mend, Offence};
use crate::formats::unicode::{Mixture, imitation, looks_like, mixture, notation, operator_lookalike};
use crate::model::Span;

/// Characters that a message names one by one.
const NAMED: usize = 4;
/// Characters of a word that a message shows.
const SHOWN: usize = 64;

/// The words of a line that could be names: runs of letters, digits and underscores in the scripts
/// that have look-alikes. Letters that belong to an escape such as `\n` or `%s` and the two ends of
/// a character range such as `a-zа-я` are no words.
pub(super) fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut rest = line.char_indices().peekable();
    let mut before = ' ';
    std::iter::from_fn(move || {
        loop {
            let (mut start, first) = rest.next()?;
            if !is_of_a_word(first) {
                before = first;
                continue;
            }
            let opener = before;
            let mut end = start + first.len_utf8();
            while let Some((offset, symbol)) = rest.next_if(|(_, symbol)| is_of_a_word(*symbol)) {
                end = offset + symbol.len_utf8();
                before = symbol;
            }
            if matches!(opener, '\\' | '%') {
                start += first.len_utf8();
            }
            let word = line.get(start..end).unwrap_or_default();
            let closer = line.get(end..).and_then(|it| it.chars().next());
            let is_range = opener == '-' && closer == Some('-') && word.chars().count() == 2;
            if !word.is_ascii() && !is_range {
                return Some((start, word));
            }
        }
    })
}

fn is_of_a_word(symbol: char) -> bool {
    symbol.is_ascii_alphanumeric()
        || symbol == '_'
        || (symbol.is_alphanumeric()
            && matches!(u32::from(symbol), 0xC0..=0x58F | 0x13A0..=0x13FF | 0x1C80..=0x1C8F | 0x1E00..=0x1FFF | 0x2C60..=0x2C7F | 0xA640..=0xA69F | 0xAB30..=0xABBF | 0xFF21..=0xFF5A | 0x1D400..=0x1D7FF))
}

/// A word that reads as ASCII and is not.
pub(super) fn lookalike(start: usize, word: &str) -> Option<Offence> {
    let mixture = mixture(word)?;
    let caret = format!("{} among ASCII ones", mixture.script);
    Some(offence(start, word, &mixture, caret))
}

/// A word without an ASCII letter that reads as ASCII; only where an ASCII name is expected.
pub(super) fn imitator(start: usize, word: &str) -> Option<Offence> {
    let imitation = imitation(word)?;
    let caret = format!("{} for each ASCII one", imitation.script);
    Some(offence(start, word, &imitation, caret))
}

fn offence(start: usize, word: &str, Mixture { script, letters }: &Mixture, caret: String) -> Offence {
    let reads: String = word.chars().map(|it| looks_like(it).unwrap_or(it)).collect();
    let named: Vec<String> =
        letters.iter().take(NAMED).map(|(letter, _)| format!("`{letter}` is {}", notation(*letter))).collect();
    let more = if letters.len() > NAMED { " and so on" } else { "" };
    let message = format!("`{}` reads as `{}`, but {}{more}, {script}", clip(word), clip(&reads), named.join(", "));
    Offence { kind: Kind::Lookalike, span: Span::new(start, start + word.len()), message, caret, mend: Mend::Retype }
}

fn clip(word: &str) -> String {
    word.chars().take(SHOWN).collect()
}

/// Characters outside of words that read as ASCII punctuation.
pub(super) fn operators(line: &str) -> impl Iterator<Item = Offence> {
    let mut before = ' ';
    line.char_indices().filter_map(move |(offset, symbol)| {
        let previous = std::mem::replace(&mut before, symbol);
        let twin = operator_lookalike(symbol)?;
        // The Greek question mark is at home behind a Greek word.
        if symbol == '\u{37E}' && matches!(u32::from(previous), 0x370..=0x3FF | 0x1F00..=0x1FFF) {
            return None;
        }
        let message = format!("`{symbol}` reads as `{twin}`, but it is {}", notation(symbol));
        let span = Span::new(offset, offset + symbol.len_utf8());
        let caret = format!("not `{twin}`");
        Some(Offence { kind: Kind::Lookalike, span, message, caret, mend: Mend::Retype })
    })
}
