//! Characters that show nothing of their own: their kinds, names and effects.
//!
//! Sources: `DerivedCoreProperties.txt` (`Default_Ignorable_Code_Point`), `UnicodeData.txt` (category
//! Cc and the names) and UAX #9 for the direction controls, all of Unicode 16.0.

/// What a hidden character is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Changes the direction of the text around it.
    Bidi(Bidi),
    /// Takes no room, or looks like a space.
    Invisible,
    /// A control character of C0 or C1 other than tab, line ends and form feed.
    Control,
}

/// The direction controls of UAX #9.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bidi {
    /// Acts like a letter of a direction.
    Mark,
    /// Opens an embedding, closed by U+202C.
    Embedding,
    /// Forces a direction on what follows, until U+202C.
    Override,
    /// Opens an isolate, closed by U+2069.
    Isolate,
    /// Closes an embedding or override.
    PopEmbedding,
    /// Closes an isolate.
    PopIsolate,
}

/// A hidden character.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hidden {
    /// What it is for.
    pub kind: Kind,
    /// Its Unicode name; for a control character the name that the standard gives as an alias.
    pub name: String,
}

/// What this character is, when a reader cannot see it.
#[must_use]
pub fn hidden(symbol: char) -> Option<Hidden> {
    let code = u32::from(symbol);
    if code < 0x20 || (0x7F..=0x9F).contains(&code) {
        let named = !matches!(symbol, '\t' | '\n' | '\r' | '\u{c}');
        return named.then(|| Hidden { kind: Kind::Control, name: control_name(code).to_owned() });
    }
    if let Some((_, bidi, name)) = BIDI.iter().find(|(it, _, _)| *it == symbol) {
        return Some(Hidden { kind: Kind::Bidi(*bidi), name: (*name).to_owned() });
    }
    let name = invisible_name(symbol)?;
    Some(Hidden { kind: Kind::Invisible, name })
}

/// The name of a space other than the one on the keyboard (category Zs).
#[must_use]
pub fn space_name(symbol: char) -> Option<&'static str> {
    Some(match symbol {
        '\u{A0}' => "NO-BREAK SPACE",
        '\u{1680}' => "OGHAM SPACE MARK",
        '\u{2000}' => "EN QUAD",
        '\u{2001}' => "EM QUAD",
        '\u{2002}' => "EN SPACE",
        '\u{2003}' => "EM SPACE",
        '\u{2004}' => "THREE-PER-EM SPACE",
        '\u{2005}' => "FOUR-PER-EM SPACE",
        '\u{2006}' => "SIX-PER-EM SPACE",
        '\u{2007}' => "FIGURE SPACE",
        '\u{2008}' => "PUNCTUATION SPACE",
        '\u{2009}' => "THIN SPACE",
        '\u{200A}' => "HAIR SPACE",
        '\u{202F}' => "NARROW NO-BREAK SPACE",
        '\u{205F}' => "MEDIUM MATHEMATICAL SPACE",
        '\u{3000}' => "IDEOGRAPHIC SPACE",
        _ => return None,
    })
}

const BIDI: [(char, Bidi, &str); 12] = [
    ('\u{61C}', Bidi::Mark, "ARABIC LETTER MARK"),
    ('\u{200E}', Bidi::Mark, "LEFT-TO-RIGHT MARK"),
    ('\u{200F}', Bidi::Mark, "RIGHT-TO-LEFT MARK"),
    ('\u{202A}', Bidi::Embedding, "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202B}', Bidi::Embedding, "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202C}', Bidi::PopEmbedding, "POP DIRECTIONAL FORMATTING"),
    ('\u{202D}', Bidi::Override, "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202E}', Bidi::Override, "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{2066}', Bidi::Isolate, "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', Bidi::Isolate, "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', Bidi::Isolate, "FIRST STRONG ISOLATE"),
    ('\u{2069}', Bidi::PopIsolate, "POP DIRECTIONAL ISOLATE"),
];

/// Default-ignorable characters with names of their own, and those that are drawn as nothing although
/// the standard does not ignore them (line separators, annotation marks, the blank Braille pattern).
const NAMED: [(char, &str); 43] = [
    ('\u{AD}', "SOFT HYPHEN"),
    ('\u{34F}', "COMBINING GRAPHEME JOINER"),
    ('\u{115F}', "HANGUL CHOSEONG FILLER"),
    ('\u{1160}', "HANGUL JUNGSEONG FILLER"),
    ('\u{17B4}', "KHMER VOWEL INHERENT AQ"),
    ('\u{17B5}', "KHMER VOWEL INHERENT AA"),
    ('\u{180B}', "MONGOLIAN FREE VARIATION SELECTOR ONE"),
    ('\u{180C}', "MONGOLIAN FREE VARIATION SELECTOR TWO"),
    ('\u{180D}', "MONGOLIAN FREE VARIATION SELECTOR THREE"),
    ('\u{180E}', "MONGOLIAN VOWEL SEPARATOR"),
    ('\u{180F}', "MONGOLIAN FREE VARIATION SELECTOR FOUR"),
    ('\u{200B}', "ZERO WIDTH SPACE"),
    ('\u{200C}', "ZERO WIDTH NON-JOINER"),
    ('\u{200D}', "ZERO WIDTH JOINER"),
    ('\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{2060}', "WORD JOINER"),
    ('\u{2061}', "FUNCTION APPLICATION"),
    ('\u{2062}', "INVISIBLE TIMES"),
    ('\u{2063}', "INVISIBLE SEPARATOR"),
    ('\u{2064}', "INVISIBLE PLUS"),
    ('\u{206A}', "INHIBIT SYMMETRIC SWAPPING"),
    ('\u{206B}', "ACTIVATE SYMMETRIC SWAPPING"),
    ('\u{206C}', "INHIBIT ARABIC FORM SHAPING"),
    ('\u{206D}', "ACTIVATE ARABIC FORM SHAPING"),
    ('\u{206E}', "NATIONAL DIGIT SHAPES"),
    ('\u{206F}', "NOMINAL DIGIT SHAPES"),
    ('\u{2800}', "BRAILLE PATTERN BLANK"),
    ('\u{3164}', "HANGUL FILLER"),
    ('\u{FEFF}', "ZERO WIDTH NO-BREAK SPACE"),
    ('\u{FFA0}', "HALFWIDTH HANGUL FILLER"),
    ('\u{FFF9}', "INTERLINEAR ANNOTATION ANCHOR"),
    ('\u{FFFA}', "INTERLINEAR ANNOTATION SEPARATOR"),
    ('\u{FFFB}', "INTERLINEAR ANNOTATION TERMINATOR"),
    ('\u{1D173}', "MUSICAL SYMBOL BEGIN BEAM"),
    ('\u{1D174}', "MUSICAL SYMBOL END BEAM"),
    ('\u{1D175}', "MUSICAL SYMBOL BEGIN TIE"),
    ('\u{1D176}', "MUSICAL SYMBOL END TIE"),
    ('\u{1D177}', "MUSICAL SYMBOL BEGIN SLUR"),
    ('\u{1D178}', "MUSICAL SYMBOL END SLUR"),
    ('\u{1D179}', "MUSICAL SYMBOL BEGIN PHRASE"),
    ('\u{1D17A}', "MUSICAL SYMBOL END PHRASE"),
    ('\u{E0001}', "LANGUAGE TAG"),
];

fn invisible_name(symbol: char) -> Option<String> {
    let code = u32::from(symbol);
    match code {
        // Nothing below is hidden but the soft hyphen and the grapheme joiner: the common case leaves early.
        0xA0..0x34F if code != 0xAD => None,
        0xFE00..=0xFE0F => Some(format!("VARIATION SELECTOR-{}", code - 0xFE00 + 1)),
        0xE0100..=0xE01EF => Some(format!("VARIATION SELECTOR-{}", code - 0xE0100 + 17)),
        0xE0020..=0xE007E => Some(format!("TAG {}", char::from_u32(code - 0xE0000).unwrap_or(' '))),
        0xE007F => Some("CANCEL TAG".to_owned()),
        0x1BCA0..=0x1BCA3 => Some("SHORTHAND FORMAT CONTROL".to_owned()),
        0x2065 | 0xFFF0..=0xFFF8 | 0xE0000 | 0xE0002..=0xE001F | 0xE0080..=0xE00FF | 0xE01F0..=0xE0FFF => {
            Some("an unassigned character that is never drawn".to_owned())
        }
        _ => NAMED.iter().find(|(it, _)| *it == symbol).map(|(_, name)| (*name).to_owned()),
    }
}

fn control_name(code: u32) -> &'static str {
    match code {
        0x00 => "NULL",
        0x07 => "BELL",
        0x08 => "BACKSPACE",
        0x0B => "LINE TABULATION",
        0x0E => "SHIFT OUT",
        0x0F => "SHIFT IN",
        0x1A => "SUBSTITUTE",
        0x1B => "ESCAPE",
        0x7F => "DELETE",
        0x85 => "NEXT LINE",
        0x9B => "CONTROL SEQUENCE INTRODUCER",
        _ => "a control character",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_and_letters_are_not() {
        let kind = |symbol| hidden(symbol).map(|it| it.kind);
        assert_eq!(kind('\u{202E}'), Some(Kind::Bidi(Bidi::Override)));
        assert_eq!(kind('\u{200B}'), Some(Kind::Invisible));
        assert_eq!(kind('\u{E0101}'), Some(Kind::Invisible));
        assert_eq!(kind('\u{1B}'), Some(Kind::Control));
        for symbol in ['\t', '\n', '\u{c}', 'a', 'ä', '\u{A0}', 'ж', '字', 'ا', '한', '\u{301}', '\u{3000}', '\u{FFFD}']
        {
            assert_eq!(hidden(symbol), None, "{symbol:?}");
        }
        assert_eq!(hidden('\u{FE0F}').map(|it| it.name).as_deref(), Some("VARIATION SELECTOR-16"));
        assert_eq!(hidden('\u{E01EF}').map(|it| it.name).as_deref(), Some("VARIATION SELECTOR-256"));
    }
}
