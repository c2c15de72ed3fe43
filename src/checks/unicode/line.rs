//! One line: which of its characters deceive, given what stands around them.

use super::grammar::Grammar;
use super::words::{lookalike, operators, words};
use super::{CodePoint, Kind, references, spaces};
use crate::formats::unicode::{
    Bidi, Hidden, Kind as What, hidden, is_complex, is_han, is_keycap_base, is_mongolian, is_pictographic,
    is_right_to_left, is_skin_tone, is_southeast_asian, notation, space_name, takes_standardized_variation,
};
use crate::model::Span;

/// How a line is looked at.
#[derive(Clone, Copy)]
pub(super) struct Lens<'a> {
    /// Whether it is written for people: any script, and direction controls that are closed, pass.
    pub(super) prose: bool,
    /// What is written in it.
    pub(super) grammar: Grammar,
    pub(super) allow: &'a [CodePoint],
}

/// Something that deceives.
pub(super) struct Offence {
    pub(super) kind: Kind,
    /// Where, from the start of the line.
    pub(super) span: Span,
    pub(super) message: String,
    /// What stands under the caret.
    pub(super) caret: String,
    pub(super) mend: Mend,
}

/// What takes an offence away.
pub(super) enum Mend {
    /// These characters go.
    Delete(Vec<char>),
    /// A space comes in the place of this one.
    Space(char),
    /// Something is typed anew.
    Retype,
}

/// Characters that one offence remembers.
const KEPT: usize = 64;
/// Characters shown on either side of an offence.
const AROUND: usize = 32;

impl Lens<'_> {
    /// Everything on this line that deceives, in order.
    pub(super) fn offences(&self, line: &str) -> Vec<Offence> {
        let mut offences = self.hidden_characters(line);
        if !self.prose {
            offences.extend(words(line).filter_map(|(start, word)| lookalike(start, word)).take(KEPT));
            offences.extend(operators(line).take(KEPT));
            offences.extend(references::imitators(line, self.grammar).into_iter().take(KEPT));
            let spaces = spaces::offences(line, self.grammar).filter(|(symbol, _)| !self.allows(*symbol));
            offences.extend(spaces.map(|(_, offence)| offence).take(KEPT));
        }
        offences.sort_by_key(|it| it.span);
        offences
    }

    fn allows(&self, symbol: char) -> bool {
        self.allow.iter().any(|it| it.0 == symbol)
    }

    fn hidden_characters(&self, line: &str) -> Vec<Offence> {
        let mut runs: Vec<Run> = Vec::new();
        let mut controls: Vec<(usize, char, Bidi)> = Vec::new();
        let mut before = Before::default();
        let mut flag_end = 0;
        for (offset, symbol) in line.char_indices() {
            let next = offset + symbol.len_utf8();
            let rest = line.get(next..).unwrap_or_default();
            let seen = if symbol.is_ascii_graphic() || symbol == ' ' { None } else { hidden(symbol) };
            let excused = |what| {
                offset < flag_end
                    || self.allows(symbol)
                    || (what == What::Invisible && self.has_a_purpose(symbol, &before, rest))
            };
            match seen {
                Some(Hidden { kind, .. }) if excused(kind) => {}
                Some(Hidden { kind: What::Bidi(bidi), .. }) => controls.push((offset, symbol, bidi)),
                Some(Hidden { kind: What::Invisible, name }) => {
                    Run::add(&mut runs, Found { kind: Kind::Invisible, offset, symbol, name });
                }
                Some(Hidden { kind: What::Control, name }) => {
                    Run::add(&mut runs, Found { kind: Kind::Control, offset, symbol, name });
                }
                None => {}
            }
            if symbol == '\u{1F3F4}' {
                flag_end = next + flag_tags(rest);
            }
            before.follow(symbol);
        }
        let mut offences: Vec<Offence> = runs.into_iter().map(Run::offence).collect();
        offences.extend(if self.prose { prose_bidi(&controls) } else { code_bidi(line, &controls) });
        offences
    }

    /// Whether an invisible character does here what it is made for.
    fn has_a_purpose(&self, symbol: char, before: &Before, rest: &str) -> bool {
        let next = rest.chars().next().unwrap_or(' ');
        match symbol {
            '\u{FE0E}' | '\u{FE0F}' => {
                is_pictographic(before.symbol)
                    || (is_keycap_base(before.symbol) && next == '\u{20E3}')
                    || takes_standardized_variation(before.symbol) && !before.symbol.is_ascii()
            }
            '\u{FE00}'..='\u{FE0D}' => takes_standardized_variation(before.symbol),
            '\u{E0100}'..='\u{E01EF}' => is_han(before.symbol),
            '\u{200D}' => (is_pictographic(before.base) && is_pictographic(next)) || is_complex(before.base),
            '\u{200C}' => is_complex(before.base),
            '\u{200B}' => is_southeast_asian(before.symbol) || is_southeast_asian(next),
            '\u{AD}' => self.prose && before.symbol.is_alphabetic() && next.is_alphabetic(),
            '\u{34F}' => is_complex(before.base),
            '\u{180B}'..='\u{180F}' => is_mongolian(before.symbol),
            '\u{115F}' => matches!(next, '\u{1160}'..='\u{11FF}'),
            '\u{1160}' => matches!(before.symbol, '\u{1100}'..='\u{115F}'),
            '\u{2800}' => is_braille(before.symbol) || rest.chars().take(KEPT).any(is_braille),
            _ => false,
        }
    }
}

fn is_braille(symbol: char) -> bool {
    matches!(symbol, '\u{2801}'..='\u{28FF}')
}

/// Bytes of the tags behind a black flag that make it the flag of a region; none when they are no such sequence.
fn flag_tags(rest: &str) -> usize {
    let tags =
        rest.chars().take_while(|it| matches!(it, '\u{E0030}'..='\u{E0039}' | '\u{E0061}'..='\u{E007A}')).take(7);
    let count = tags.count();
    let closed = rest.chars().nth(count) == Some('\u{E007F}');
    if (3..=6).contains(&count) && closed { (count + 1) * '\u{E007F}'.len_utf8() } else { 0 }
}

/// What stands before a character.
struct Before {
    symbol: char,
    /// The last character that is no variation selector, joiner or skin tone.
    base: char,
}

impl Default for Before {
    fn default() -> Self {
        Self { symbol: ' ', base: ' ' }
    }
}

impl Before {
    fn follow(&mut self, symbol: char) {
        self.symbol = symbol;
        let modifies = matches!(symbol, '\u{FE00}'..='\u{FE0F}' | '\u{200C}' | '\u{200D}' | '\u{20E3}');
        let tones = is_skin_tone(symbol) && is_pictographic(self.base);
        if !(modifies || tones) {
            self.base = symbol;
        }
    }
}

struct Found {
    kind: Kind,
    offset: usize,
    symbol: char,
    name: String,
}

/// Hidden characters that follow one another.
struct Run {
    kind: Kind,
    span: Span,
    count: usize,
    name: String,
    /// The first of them.
    symbols: Vec<char>,
}

impl Run {
    fn add(runs: &mut Vec<Self>, found: Found) {
        let end = found.offset + found.symbol.len_utf8();
        let full = runs.iter().filter(|run| run.kind == found.kind).count() >= KEPT;
        match runs.last_mut().filter(|run| run.kind == found.kind && run.span.end == found.offset) {
            Some(run) => {
                run.span.end = end;
                run.count += 1;
                if run.symbols.len() < KEPT {
                    run.symbols.push(found.symbol);
                }
            }
            // More than one file may list: the rest of a hostile line needs no memory.
            None if full => {}
            None => runs.push(Self {
                kind: found.kind,
                span: Span::new(found.offset, end),
                count: 1,
                name: found.name,
                symbols: vec![found.symbol],
            }),
        }
    }

    fn offence(self) -> Offence {
        let first = self.symbols.first().copied().unwrap_or(' ');
        let title = format!("{} {}", notation(first), self.name);
        let message = match (self.kind, self.count) {
            (Kind::Control, 1) => format!("{title} {}", control_effect(first)),
            (Kind::Control, count) => format!("{count} control characters from {title} on stand in text"),
            (_, 1) => format!("{title} {}", invisible_effect(first)),
            (_, count) => format!("{count} characters from {title} on cannot be seen{}", payload(&self.symbols, count)),
        };
        let mut characters = self.symbols;
        characters.sort_unstable();
        characters.dedup();
        Offence { kind: self.kind, span: self.span, message, caret: title, mend: Mend::Delete(characters) }
    }
}

fn control_effect(symbol: char) -> &'static str {
    match symbol {
        '\u{1B}' | '\u{9B}' => "commands the terminal of whoever prints this line",
        '\u{8}' | '\u{7F}' => "rubs out what stands before it when a terminal prints this line",
        '\u{85}' | '\u{B}' => "ends the line for some programs and not for others",
        _ => "is a control character, not text",
    }
}

fn invisible_effect(symbol: char) -> &'static str {
    match symbol {
        '\u{2028}' | '\u{2029}' => "ends the line for some programs and not for others",
        '\u{FEFF}' => "cannot be seen; it is a byte order mark only at the start of a file",
        '\u{3164}' | '\u{FFA0}' | '\u{115F}' | '\u{1160}' => {
            "cannot be seen, and compilers take it for a letter of a name"
        }
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {
            "cannot be seen and has nothing before it that it could vary"
        }
        '\u{E0000}'..='\u{E007F}' => "cannot be seen, but programs and language models read it",
        '\u{AD}' => "cannot be seen unless the line breaks here, and it splits the word for every search",
        _ => "cannot be seen",
    }
}

/// What a long run says to those who can read it.
fn payload(symbols: &[char], count: usize) -> String {
    let ascii: String = symbols
        .iter()
        .filter(|it| matches!(it, '\u{E0020}'..='\u{E007E}'))
        .filter_map(|it| char::from_u32(u32::from(*it) - 0xE_0000))
        .collect();
    if ascii.len() > 1 {
        return format!(" and spell `{ascii}`");
    }
    let selectors = symbols.iter().filter(|it| matches!(it, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'));
    if selectors.count() > 1 { format!(" and can carry {count} bytes of hidden data") } else { String::new() }
}

/// In code every direction control is wrong; marks beside right-to-left text only keep it in order.
fn code_bidi(line: &str, controls: &[(usize, char, Bidi)]) -> Option<Offence> {
    let (offset, symbol, bidi) =
        *controls.iter().find(|(_, _, bidi)| *bidi != Bidi::Mark).or_else(|| controls.first())?;
    if bidi == Bidi::Mark && line.chars().any(is_right_to_left) {
        return None;
    }
    let effect = match bidi {
        Bidi::Mark => "cannot be seen and can shift the text beside it",
        Bidi::Embedding | Bidi::Override | Bidi::Isolate | Bidi::PopEmbedding | Bidi::PopIsolate => {
            "reorders this line on screen: it reads otherwise than it runs"
        }
    };
    let more = match controls.len() {
        1 => String::new(),
        count => format!(" ({count} direction controls on this line)"),
    };
    let mut characters: Vec<char> = controls.iter().take(KEPT).map(|(_, symbol, _)| *symbol).collect();
    characters.sort_unstable();
    characters.dedup();
    Some(bidi_offence(offset, symbol, &format!("{effect}{more}"), characters))
}

/// In prose an override is wrong, and so is whatever stays open to the end of the line.
fn prose_bidi(controls: &[(usize, char, Bidi)]) -> Option<Offence> {
    let mut open: Vec<(usize, char, Bidi)> = Vec::new();
    for (offset, symbol, bidi) in controls {
        match bidi {
            Bidi::Mark => {}
            Bidi::Override => {
                let effect = "forces a direction on what follows: it reads otherwise than it is written";
                return Some(bidi_offence(*offset, *symbol, effect, vec![*symbol]));
            }
            Bidi::Embedding | Bidi::Isolate => open.push((*offset, *symbol, *bidi)),
            Bidi::PopEmbedding => close(&mut open, Bidi::Embedding),
            Bidi::PopIsolate => close(&mut open, Bidi::Isolate),
        }
    }
    let (offset, symbol, bidi) = *open.first()?;
    let closer = if bidi == Bidi::Isolate { "U+2069" } else { "U+202C" };
    let effect = format!("is never closed by {closer} on this line and reorders what follows");
    Some(bidi_offence(offset, symbol, &effect, vec![symbol]))
}

/// An isolate that ends closes what was opened inside it, as UAX #9 has it.
fn close(open: &mut Vec<(usize, char, Bidi)>, what: Bidi) {
    if what == Bidi::Isolate {
        if let Some(index) = open.iter().rposition(|(_, _, bidi)| *bidi == Bidi::Isolate) {
            open.truncate(index);
        }
    } else if open.last().is_some_and(|(_, _, bidi)| *bidi == Bidi::Embedding) {
        open.pop();
    }
}

fn bidi_offence(offset: usize, symbol: char, effect: &str, characters: Vec<char>) -> Offence {
    let name = hidden(symbol).map_or_else(String::new, |it| it.name);
    let title = format!("{} {name}", notation(symbol));
    let span = Span::new(offset, offset + symbol.len_utf8());
    Offence {
        kind: Kind::Bidi,
        span,
        message: format!("{title} {effect}"),
        caret: title,
        mend: Mend::Delete(characters),
    }
}

/// The line around a span with every hidden character written out.
pub(super) fn revealed(line: &str, span: Span) -> String {
    let before: Vec<char> = line.get(..span.start).unwrap_or_default().chars().rev().take(AROUND).collect();
    let behind = line.get(span.start..).unwrap_or_default().chars().take(2 * AROUND);
    let mut text = String::new();
    for symbol in before.into_iter().rev().chain(behind) {
        if hidden(symbol).is_some() || space_name(symbol).is_some() {
            text.push_str(&format!("<{}>", notation(symbol)));
        } else {
            text.push(symbol);
        }
    }
    text.trim().to_owned()
}
