//! What is remembered of a blob when its bytes are no longer held.

use super::text::{Text, is_wide};

/// What most questions about a blob come down to, in a few bytes. Worked out in one pass when it is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outline {
    /// Size in bytes.
    pub bytes: u64,
    /// Whether it is no text: see [`Blob::is_binary`](super::Blob::is_binary).
    pub is_binary: bool,
    /// Whether it holds nothing but what [`is_plain`] accepts.
    pub is_plain: bool,
    signs: u8,
}

/// A word that few texts contain. Whoever looks for it need not read the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sign {
    /// The start of a merge conflict that was left behind.
    ConflictStart,
    /// The end of one.
    ConflictEnd,
    /// The beginning of an inline suppression.
    Suppression,
}

impl Sign {
    const ALL: [Self; 3] = [Self::ConflictStart, Self::ConflictEnd, Self::Suppression];

    /// What a text contains that shows the sign: ASCII, so that no broken byte beside it can hide it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ConflictStart => "<<<<<<<",
            Self::ConflictEnd => ">>>>>>>",
            Self::Suppression => "gatecheck:",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::ConflictStart => 1,
            Self::ConflictEnd => 2,
            Self::Suppression => 4,
        }
    }
}

impl Outline {
    pub(super) fn of(raw: &[u8]) -> Self {
        let bytes = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        let is_plain = is_plain(raw);
        let signs = if is_wide(raw) { signs(Text::decode(raw).as_str().as_bytes()) } else { signs(raw) };
        Self { bytes, is_binary: !is_plain && is_binary(raw), is_plain, signs }
    }

    /// Whether the text contains the word of a sign.
    #[must_use]
    pub fn shows(&self, sign: Sign) -> bool {
        self.signs & sign.bit() != 0
    }
}

fn signs(text: &[u8]) -> u8 {
    let shown = Sign::ALL.into_iter().filter(|sign| memchr::memmem::find(text, sign.word().as_bytes()).is_some());
    shown.fold(0, |signs, sign| signs | sign.bit())
}

/// Whether nothing in these bytes needs a closer look: printable ASCII, tab, line ends and form feed.
#[must_use]
pub fn is_plain(bytes: &[u8]) -> bool {
    // Whole blocks without an early exit, so that the compiler can use wide registers.
    bytes.chunks(64).all(|block| block.iter().fold(true, |plain, byte| plain & is_plain_byte(*byte)))
}

fn is_plain_byte(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | b'\t' | b'\n' | b'\r' | 0x0C)
}

/// Bytes from the start that tell whether a file is text.
const SAMPLE: usize = 8000;

/// Whether these bytes are no text; see [`Blob::is_binary`](super::Blob::is_binary).
#[must_use]
pub fn is_binary(raw: &[u8]) -> bool {
    let sample = raw.get(..raw.len().min(SAMPLE)).unwrap_or(raw);
    let controls = sample.iter().filter(|byte| is_control(**byte)).count();
    // Text in an old encoding such as KOI8-R or Shift JIS is broken UTF-8 as well, but has no control characters.
    let is_broken = std::str::from_utf8(sample).is_err_and(|error| error.error_len().is_some());
    let signs = [sample.contains(&0), is_broken, controls * 50 > sample.len()];
    signs.iter().filter(|it| **it).count() >= 2 && !is_wide(raw)
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_binary(bytes: &[u8]) -> bool {
        Outline::of(bytes).is_binary
    }

    #[test]
    fn text_in_any_encoding_is_text() {
        let utf16: Vec<u8> = "password = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let koi8: Vec<u8> = (0xC0..=0xFF).chain(*b"\n int x; \n").cycle().take(4000).collect();
        for text in [b"plain\n".as_slice(), b"", &utf16, &koi8, b"\x1b[1mbold\x07"] {
            assert!(!is_binary(text), "{text:?}");
        }
    }

    #[test]
    fn a_zero_in_a_source_file_does_not_hide_it() {
        let source = [b"fn main() {\n    // ".as_slice(), &[0], b"\n}\n", &b"// more of the same\n".repeat(9)].concat();
        assert!(!is_binary(&source));
        // An image may begin with a long description in plain text.
        let described = [b"\x89PNG\r\n\x1a\n\0\0".as_slice(), &b"<x:xmpmeta>words</x:xmpmeta>\n".repeat(200)].concat();
        assert!(is_binary(&described));
    }

    #[test]
    fn compressed_data_without_a_zero_is_binary() {
        let scattered: Vec<u8> = (0..4000_u32).map(|it| (it.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let data: Vec<u8> = scattered.into_iter().filter(|byte| *byte != 0).collect();
        assert!(is_binary(&data) && is_binary(b"a\0b"));
    }

    #[test]
    fn signs_are_seen_in_every_encoding_and_beside_broken_bytes() {
        for sign in Sign::ALL {
            let text = format!("a\n{} b\n", sign.word());
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
            let broken = [b"\xC3".as_slice(), text.as_bytes(), b"\xFF"].concat();
            for raw in [text.as_bytes(), &wide, &broken] {
                let outline = Outline::of(raw);
                let shown = Sign::ALL.map(|it| outline.shows(it));
                assert_eq!(shown, Sign::ALL.map(|it| it == sign), "{raw:?}");
            }
        }
    }
}
