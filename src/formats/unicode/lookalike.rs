//! Letters of other scripts that are drawn like ASCII letters, and words that mix them with ASCII.
//!
//! Source: `confusables.txt` of Unicode 16.0 (UTS #39), cut down to letters of the scripts that have
//! been used to deceive and that code fonts draw like one ASCII letter. Case is kept: the standard
//! maps `I`, `l` and `1` to one prototype, which would say more than a reader sees.

use unicode_normalization::UnicodeNormalization as _;

const CYRILLIC: &str = "аaсcԁdеeһhіiјjӏlоoрpԛqгrѕsуyүyѵvхxԝwАAВBСCЕEНHІIЈJКKМMОOРPЅSТTХXУYҮYԚQԜWѴVӀIԌG";
const GREEK: &str = "ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXοoϲcϹCϳjͿJ";
/// Greek letters that science writes beside Latin ones: `dα`, `ρ0`. Between two Latin letters they deceive.
const GREEK_SYMBOLS: &str = "αaγyιiκkνvρpσoτtυu";
const ARMENIAN: &str = "ոnսuօoհhցgզqյjՍUՕOԼLՏS";
const CHEROKEE: &str = "ᎠDᎡRᎢTᎥiᎩYᎪAᎫJᎬEᎳWᎷMᎻHᏀGᏃZᏏbᏒRᏔWᏕSᏙVᏚSᏞLᏟCᏢPᏦKᏧdᏳGᏴB";

/// Scripts that are told apart here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Script {
    Cyrillic,
    Greek,
    Armenian,
    Cherokee,
    /// Fullwidth forms and mathematical alphabets: Latin letters under other numbers.
    Styled,
}

impl Script {
    const ALL: [Self; 5] = [Self::Cyrillic, Self::Greek, Self::Armenian, Self::Cherokee, Self::Styled];

    fn of(symbol: char) -> Option<Self> {
        match u32::from(symbol) {
            0x0370..=0x03FF | 0x1F00..=0x1FFF => Some(Self::Greek),
            0x0400..=0x052F | 0x1C80..=0x1C8F | 0xA640..=0xA69F => Some(Self::Cyrillic),
            0x0530..=0x058F => Some(Self::Armenian),
            0x13A0..=0x13FF | 0xAB70..=0xABBF => Some(Self::Cherokee),
            0xFF21..=0xFF3A | 0xFF41..=0xFF5A | 0x1D400..=0x1D7FF => Some(Self::Styled),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Cyrillic => "a Cyrillic letter",
            Self::Greek => "a Greek letter",
            Self::Armenian => "an Armenian letter",
            Self::Cherokee => "a Cherokee letter",
            Self::Styled => "a fullwidth or mathematical form",
        }
    }
}

fn pair(table: &str, symbol: char) -> Option<char> {
    let mut letters = table.chars();
    while let (Some(letter), Some(twin)) = (letters.next(), letters.next()) {
        if letter == symbol {
            return Some(twin);
        }
    }
    None
}

/// The ASCII letter that this letter of another script is drawn like.
#[must_use]
pub fn looks_like(symbol: char) -> Option<char> {
    match Script::of(symbol)? {
        Script::Cyrillic => pair(CYRILLIC, symbol),
        Script::Greek => pair(GREEK, symbol).or_else(|| pair(GREEK_SYMBOLS, symbol)),
        Script::Armenian => pair(ARMENIAN, symbol),
        Script::Cherokee => pair(CHEROKEE, symbol),
        Script::Styled => symbol.nfkc().next().filter(char::is_ascii_alphanumeric),
    }
}

/// The ASCII punctuation that this character is drawn like although a compiler takes it for something else.
#[must_use]
pub fn operator_lookalike(symbol: char) -> Option<char> {
    match symbol {
        '\u{37E}' => Some(';'),
        '\u{1C3}' => Some('!'),
        '\u{A789}' => Some(':'),
        _ => None,
    }
}

/// The name as the eye reads it: look-alikes replaced by the ASCII letters that they are drawn like.
#[must_use]
pub fn skeleton(name: &str) -> String {
    name.nfc().map(|symbol| looks_like(symbol).unwrap_or(symbol)).collect()
}

/// A word of ASCII letters with look-alikes among them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mixture {
    /// What the look-alikes are: `a Cyrillic letter`.
    pub script: &'static str,
    /// The look-alikes in order, each once, with the letter that they are drawn like.
    pub letters: Vec<(char, char)>,
}

/// Whether this word of letters, digits and underscores deceives: it has ASCII letters, and all its
/// letters of some other script are look-alikes. `Δt` and `ключ2x` do not deceive, `pаypal` does.
#[must_use]
pub fn mixture(word: &str) -> Option<Mixture> {
    if !word.bytes().any(|it| it.is_ascii_alphabetic()) {
        return None;
    }
    Script::ALL.into_iter().find_map(|script| mixture_with(word, script))
}

/// Whether this word without an ASCII letter reads as one of ASCII letters: all its letters belong to one other script
/// and are drawn like ASCII ones, as in `аррӏе`. Words of a language happen to be so as well, therefore this deceives
/// only where an ASCII name is expected.
#[must_use]
pub fn imitation(word: &str) -> Option<Mixture> {
    let mut of = None;
    let mut letters = Vec::new();
    for symbol in word.chars().filter(|it| it.is_alphabetic()) {
        let script = Script::of(symbol)?;
        let twin = looks_like(symbol)?;
        if *of.get_or_insert(script) != script {
            return None;
        }
        if !letters.contains(&(symbol, twin)) {
            letters.push((symbol, twin));
        }
    }
    of.map(|script| Mixture { script: script.name(), letters })
}

/// Whether this letter belongs to a script that has look-alikes and is none: whoever sees it sees the other script.
#[must_use]
pub fn shows_its_script(symbol: char) -> bool {
    Script::of(symbol).is_some() && symbol.is_alphabetic() && looks_like(symbol).is_none()
}

fn mixture_with(word: &str, script: Script) -> Option<Mixture> {
    let mut letters = Vec::new();
    let mut before = '_';
    let mut rest = word.chars().peekable();
    while let Some(symbol) = rest.next() {
        let behind = rest.peek().copied().unwrap_or('_');
        if Script::of(symbol) == Some(script) {
            match verdict(symbol, script, [before, behind]) {
                Letter::Deceives(twin) if letters.contains(&(symbol, twin)) => {}
                Letter::Deceives(twin) => letters.push((symbol, twin)),
                Letter::Symbol => {}
                Letter::Honest => return None,
            }
        }
        before = symbol;
    }
    (!letters.is_empty()).then(|| Mixture { script: script.name(), letters })
}

enum Letter {
    /// Drawn like this ASCII letter.
    Deceives(char),
    /// Stands for a quantity, as letters do in science.
    Symbol,
    /// Drawn like no ASCII letter: the reader sees the other script.
    Honest,
}

fn verdict(symbol: char, script: Script, around: [char; 2]) -> Letter {
    let Some(twin) = looks_like(symbol) else { return Letter::Honest };
    match script {
        Script::Cyrillic | Script::Armenian | Script::Cherokee => Letter::Deceives(twin),
        Script::Greek if pair(GREEK, symbol).is_some() => Letter::Deceives(twin),
        Script::Greek if around.iter().all(char::is_ascii_alphabetic) => Letter::Deceives(twin),
        Script::Greek => Letter::Symbol,
        Script::Styled if around.iter().any(char::is_ascii_alphanumeric) => Letter::Deceives(twin),
        Script::Styled => Letter::Symbol,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_pair_a_foreign_letter_with_an_ascii_one() {
        for table in [CYRILLIC, GREEK, GREEK_SYMBOLS, ARMENIAN, CHEROKEE] {
            let letters: Vec<char> = table.chars().collect();
            assert_eq!(letters.len() % 2, 0);
            for pair in letters.chunks(2) {
                assert!(!pair[0].is_ascii() && pair[1].is_ascii_alphabetic(), "{pair:?}");
                assert_eq!(looks_like(pair[0]), Some(pair[1]));
            }
        }
    }

    #[test]
    fn only_words_that_deceive_are_mixtures() {
        for word in [
            "p\u{430}ypal",
            "\u{455}ystem",
            "is_\u{430}dmin",
            "\u{39F}k",
            "f\u{3BF}o",
            "d\u{3B1}ta",
            "\u{FF45}val",
            "\u{1D41E}val",
        ] {
            assert!(mixture(word).is_some(), "{word}");
        }
        for word in [
            "Δt",
            "λ_max",
            "dα",
            "ρ0",
            "σ_x",
            "μs",
            "ключ2x",
            "Cтатья",
            "привет",
            "naïve",
            "ＡＢＣ",
            "𝑥_max",
            "ascii",
            "日本語a",
        ] {
            assert!(mixture(word).is_none(), "{word}");
        }
    }

    #[test]
    fn words_that_imitate_have_no_letter_of_their_own() {
        for word in ["аррӏе", "сор", "ТОР", "ｌｏｄａｓｈ", "ΑΒΕ", "со2"] {
            assert!(imitation(word).is_some(), "{word}");
        }
        for word in ["привет", "яблоко", "apple", "λόγος", "сoр", "日本", "2", ""] {
            assert!(imitation(word).is_none(), "{word}");
        }
        assert!("привет".chars().any(shows_its_script) && !"аррӏе apple".chars().any(shows_its_script));
    }

    #[test]
    fn a_skeleton_is_what_the_eye_reads() {
        assert_eq!(skeleton("RЕADME.md"), "README.md");
        assert_ne!(skeleton("file1"), skeleton("filel"));
    }
}
