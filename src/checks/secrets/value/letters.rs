//! How random a text looks.
//!
//! Two stories are compared: that somebody wrote the text (words, names, years, separators), and that a generator drew
//! it from an alphabet. What each story needs in bits is counted; the shorter one wins, and the longer the text, the
//! clearer it gets. What a generator draws by chance from words is no story here: that looks chosen.

use std::sync::OnceLock;

/// What a text looks like.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Look {
    /// Words, names, numbers: text.
    Words,
    /// Words with digits or signs between them, as people make passwords.
    Chosen,
    /// Drawn at random.
    Generated,
}

/// How surprising each letter is after the two before it.
struct Model {
    /// In half bits, by `27 * 27 * before + 27 * last + next`.
    halves: Vec<u8>,
}

/// The longest text that is looked at; the rest of a longer one tells nothing new.
const LONGEST: usize = 512;
/// Ways of a letter or the edge of a word.
const WAYS: usize = 27;
/// How many half bits the story of a person may need more before a generator is believed.
const MARGIN: i32 = 12;
/// Half bits for a change between letters and digits.
const TURN: i32 = 4;
/// Half bits for a change of case within a word.
const CASE: i32 = 8;
/// Half bits for a digit, the first of its run with `TURN` besides.
const DIGIT: i32 = 5;
/// Half bits for a digit that repeats the one before or goes on from it.
const NEXT_DIGIT: i32 = 2;
/// Half bits for a sign that separates words.
const SEPARATOR: i32 = 4;
/// Half bits for any other sign.
const SIGN: i32 = 12;

/// The longest text that may be a word with digits for letters, in bytes.
const LONGEST_SPELLED: usize = 24;
/// The shortest text whose cases say nothing when letters are put in the place of digits, in bytes: a shorter one may look
/// like words by chance.
const MIXED: usize = 18;
/// The shortest part of a text that has an alphabet of its own, in bytes.
const LONG_PART: usize = 16;
/// The shortest text that looks generated, in bytes: of fewer, people make up as odd ones.
const SHORTEST: usize = 8;

/// What a text looks like.
pub(super) fn look(text: &str) -> Look {
    // Abbreviations with signs between them are odd, too: `ssl-cert`.
    let is_joined = text.bytes().any(is_separator) && !text.bytes().any(|it| it.is_ascii_digit());
    let margin = if is_joined { 2 * MARGIN } else { MARGIN };
    let is_drawn = SHORTEST <= text.len() && text.is_ascii() && margin <= surplus(text);
    let may_spell = text.len() <= LONGEST_SPELLED && !text.bytes().all(|it| it.is_ascii_hexdigit());
    let is_spelled = || {
        let spelled = spelled(text);
        // In longer texts cases may be mixed as well: `vErYs3cr3tT0keN`.
        surplus(&spelled) < 0 || MIXED <= text.len() && surplus(&spelled.to_ascii_lowercase()) < 0
    };
    if is_drawn && !(may_spell && is_spelled()) {
        return Look::Generated;
    }
    let letters = text.chars().any(char::is_alphabetic);
    let digits = text.bytes().any(|it| it.is_ascii_digit());
    let signs = text.bytes().any(|it| it.is_ascii_punctuation() && !is_separator(it));
    if letters && (digits || signs) || digits && signs { Look::Chosen } else { Look::Words }
}

/// The text with letters in the place of the digits and signs that people write for them: `s3cr3t` says `secret`.
pub(super) fn spelled(text: &str) -> String {
    let meant = |it| match it {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        it => it,
    };
    let mut spelled = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut previous = ' ';
    while let Some(it) = characters.next() {
        // Digits at the end are a number.
        let goes_on = characters.peek().is_some_and(|next| next.is_alphabetic() || meant(*next).is_alphabetic());
        let is_within = goes_on || previous.is_alphabetic() && matches!(it, '3' | '0' | '5' | '@' | '$');
        previous = if is_within { meant(it) } else { it };
        spelled.push(previous);
    }
    spelled
}

/// Half bits that the story of a person needs more than that of a generator; negative for natural text.
pub(super) fn surplus(text: &str) -> i32 {
    let bytes = text.as_bytes();
    let bytes = bytes.get(..LONGEST).unwrap_or(bytes);
    // A generator may draw each part from an alphabet of its own: `<hexadecimal digits>.<letters and digits>`.
    let parts = || bytes.split(|it| matches!(it, b'.' | b':'));
    if parts().nth(1).is_some() && parts().all(|part| LONG_PART <= part.len()) {
        return parts().map(|part| written(part) - drawn(part)).sum();
    }
    written(bytes) - drawn(bytes)
}

/// Half bits for a text that somebody wrote.
fn written(bytes: &[u8]) -> i32 {
    let model = model();
    let (mut before, mut last) = (0, 0);
    let mut previous = b' ';
    let mut total = 0;
    let mut in_capitals = 0_u32;
    for byte in bytes.iter().copied() {
        let letter = letter(byte);
        let was_letter = previous.is_ascii_alphabetic();
        if letter == 0 || byte.is_ascii_uppercase() && previous.is_ascii_lowercase() {
            total += if was_letter { model.cost(before, last, 0) } else { 0 };
            (before, last) = (0, 0);
        }
        if letter == 0 {
            total += other(previous, byte);
            in_capitals = 0;
        } else {
            let from_capital = previous.is_ascii_uppercase() && byte.is_ascii_lowercase();
            // `Word` and `HTTPServer` are usual; `aB` begins a word, which is paid by the edges; `ABc` is a little odd.
            total += match (was_letter, from_capital) {
                (false, _) if previous.is_ascii_digit() => TURN,
                (true, true) if 1 < in_capitals => CASE / 2,
                (true, false) if byte.is_ascii_uppercase() && previous.is_ascii_lowercase() => CASE / 4,
                _ => 0,
            };
            total += model.cost(before, last, letter);
            (before, last) = (last, letter);
            in_capitals = if byte.is_ascii_uppercase() { in_capitals + 1 } else { 0 };
        }
        previous = byte;
    }
    total + if previous.is_ascii_alphabetic() { model.cost(before, last, 0) } else { 0 }
}

/// Half bits for what is no letter of the model.
fn other(previous: u8, byte: u8) -> i32 {
    if byte.is_ascii_digit() {
        let is_next = previous.is_ascii_digit() && (byte == previous || byte.abs_diff(previous) == 1);
        let turn = if previous.is_ascii_alphabetic() { TURN } else { 0 };
        return turn + if is_next { NEXT_DIGIT } else { DIGIT };
    }
    if !byte.is_ascii() || is_separator(byte) || byte == previous { SEPARATOR } else { SIGN }
}

/// Whether a byte separates words in names, numbers, paths and sentences.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.' | b' ' | b'/' | b':' | b',' | b'=')
}

/// Half bits for a text that a generator drew, each character from all of the alphabet that shows.
fn drawn(bytes: &[u8]) -> i32 {
    let has = |test: fn(&u8) -> bool| bytes.iter().any(test);
    let is_hex = bytes.iter().all(|it| it.is_ascii_hexdigit() || *it == b'-')
        && !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase));
    let digits = has(u8::is_ascii_digit);
    let cases = i32::from(has(u8::is_ascii_lowercase)) + i32::from(has(u8::is_ascii_uppercase));
    let signs = has(|it| it.is_ascii_punctuation() && !matches!(it, b'-' | b'_' | b'+' | b'/' | b'=' | b'.'));
    // Half bits are twice the logarithm of the number of characters, in eighths here for small differences.
    let eighths = match (is_hex && digits, cases, digits, signs) {
        (true, ..) if cases == 0 => 53,
        (true, ..) => 64,
        (_, 0, _, false) => 53,
        (_, _, _, true) => 103,
        (_, 1, false, _) => 75,
        (_, 1, true, _) => 83,
        (_, _, false, _) => 91,
        (_, _, true, _) => 96,
    };
    i32::try_from(bytes.len()).unwrap_or(0) * eighths / 8
}

/// The number of a letter, its case dropped; zero for what is none.
fn letter(byte: u8) -> usize {
    if byte.is_ascii_alphabetic() { usize::from(byte.to_ascii_lowercase() - b'a') + 1 } else { 0 }
}

fn model() -> &'static Model {
    static MODEL: OnceLock<Model> = OnceLock::new();
    MODEL.get_or_init(|| {
        let table = include_str!("letters.txt").lines().filter(|line| !line.starts_with('#'));
        Model { halves: table.flat_map(str::bytes).map(|it| it.saturating_sub(b'a')).collect() }
    })
}

impl Model {
    fn cost(&self, before: usize, last: usize, next: usize) -> i32 {
        self.halves.get((before * WAYS + last) * WAYS + next).copied().map_or(0, i32::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::sample;

    #[test]
    fn the_table_is_whole() {
        assert_eq!(model().halves.len(), WAYS * WAYS * WAYS);
        assert!(model().halves.iter().all(|it| *it <= 25));
    }

    #[test]
    fn what_is_drawn_looks_generated() {
        let mut missed = Vec::new();
        for recipe in [
            "{an:10}",
            "{az:8}",
            "{lower:10}",
            "{an:16}",
            "{an:20}",
            "{hex:32}",
            "{hex:40}",
            "{HEX:32}",
            "{b32:16}",
            "{b64:24}",
            "{b64:40}==",
            "{b64url:43}",
            "{any:12}",
            "{any:16}",
            "{alpha:12}",
            "{upper:20}",
        ] {
            // Each name stands for nothing and makes another recipe of it, so another text.
            let texts = (0..50)
                .map(|number| sample::make(&format!("{recipe}{}", "{}".repeat(number)), &|_, _| Some(String::new())));
            let found = texts.filter(|text| text.as_ref().is_ok_and(|it| look(it) == Look::Generated)).count();
            if found < 45 {
                missed.push((recipe, found));
            }
        }
        assert_eq!(missed, [], "of 50 each");
    }

    #[test]
    fn what_is_written_does_not_look_generated() {
        let mut wrong = Vec::new();
        for text in [
            "my_service_token",
            "ssl-cert",
            "getUserPassword",
            "Invalid password",
            "application/json",
            "en-US",
            "#ff00ff",
            "1.2.3-beta.1",
            "2024-05-01",
            "2024-05-01T12:00:00Z",
            "src/main/java/App.java",
            "https://example.org/path/to",
            "text-align: center",
            "internationalization",
            "SPRING_DATASOURCE_URL",
            "com.example.service.UserService",
            "HTTPServerError",
            "Donaudampfschifffahrt",
            "contrasena",
            "motdepasse",
            "utf-8",
            "sha256",
            "PBKDF2WithHmacSHA256",
            "AES/CBC/PKCS5Padding",
            "x-api-key",
            "localhost:5432",
            "127.0.0.1",
            "postgresql",
            "swordfish",
            "qwerty",
            "Summer2024!",
            "admin123",
            "kubectl-create",
            "MyISAM",
            "id_rsa.pub",
            "X-CSRF-Token",
            "00000000",
            "12345678",
        ] {
            if look(text) == Look::Generated {
                wrong.push((text, surplus(text)));
            }
        }
        assert_eq!(wrong, []);
    }

    #[test]
    fn people_mix_words_with_digits_and_signs() {
        assert_eq!(look("Summer2024!"), Look::Chosen);
        for text in ["verYs3cret", "p4ssw0rd", "conta1n3rize14", "am@z1ng_p@ssw0rd#!"] {
            assert_eq!(look(text), Look::Chosen, "{text}: {} {}", surplus(text), surplus(&spelled(text)));
        }
        assert_eq!(look("hunter2x"), Look::Chosen);
        assert_eq!(look("swordfish"), Look::Words);
        assert_eq!(look("my-service"), Look::Words);
    }
}
