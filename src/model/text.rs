//! File contents as text: decoding, lines and positions.

use std::sync::OnceLock;

use super::place::{Position, Region, Snippet};

/// A half-open range of byte offsets in a [`Text`].
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

impl Span {
    /// A span from its two ends; an end before the start makes an empty span.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }
}

/// How the bytes of a file were read as text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark; broken sequences become U+FFFD.
    Utf8,
    /// UTF-16, told by its byte order mark or by the zero bytes between ASCII letters.
    Utf16,
    /// UTF-32, told likewise.
    Utf32,
}

impl Encoding {
    /// How these bytes would be read. Looks at the first of them only.
    #[must_use]
    pub fn of(raw: &[u8]) -> Self {
        match wide(raw) {
            Some((_, Units::Two(_))) => Self::Utf16,
            Some((_, Units::Four(_))) => Self::Utf32,
            None => Self::Utf8,
        }
    }
}

/// Decoded text with an index of its lines.
///
/// A line ends at LF, CRLF or a lone CR, so that a file with old Macintosh line ends is not one
/// endless line. Offsets count bytes of the decoded text, a byte order mark left out.
#[derive(Debug)]
pub struct Text {
    content: String,
    encoding: Encoding,
    /// Offset of the first byte of each line; never empty. Many a text is searched and has no line looked at.
    starts: OnceLock<Vec<usize>>,
}

/// One line of a text, without its line end.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// One-based number.
    pub number: u32,
    /// Offset of the line's first byte in the text.
    pub start: usize,
    /// The line without its line end.
    pub text: &'a str,
}

impl Text {
    /// Decodes the bytes of a file. Always succeeds: what cannot be decoded becomes U+FFFD.
    #[must_use]
    pub fn decode(raw: &[u8]) -> Self {
        let (content, encoding) = decode(raw);
        Self { content, encoding, starts: OnceLock::new() }
    }

    fn starts(&self) -> &[usize] {
        self.starts.get_or_init(|| line_starts(self.content.as_bytes()))
    }

    /// The whole text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.content
    }

    /// How it was decoded.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Number of lines; an empty file has one empty line.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        u32::try_from(self.starts().len()).unwrap_or(u32::MAX)
    }

    /// The line with the one-based `number`.
    #[must_use]
    pub fn line(&self, number: u32) -> Option<Line<'_>> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let starts = self.starts();
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(self.content.len());
        let text = self.content.get(start..end)?.trim_end_matches(['\n', '\r']);
        Some(Line { number, start, text })
    }

    /// All lines, in order.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        (1..=self.line_count()).filter_map(|number| self.line(number))
    }

    /// All lines, in order, each with its line end.
    pub fn lines_with_ends(&self) -> impl Iterator<Item = &str> {
        let ends = self.starts().iter().skip(1).copied().chain([self.content.len()]);
        let lines = self.starts().iter().zip(ends).filter_map(|(start, end)| self.content.get(*start..end));
        lines.filter(|line| !line.is_empty())
    }

    /// Line and column of a byte offset. An offset past the end gives the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.content.len());
        let starts = self.starts();
        let index = starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = starts.get(index).copied().unwrap_or(0);
        let before = self.content.get(start..offset).map_or(0, |it| it.chars().count());
        Position {
            line: u32::try_from(index + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before + 1).unwrap_or(u32::MAX),
        }
    }

    /// The region of a span.
    #[must_use]
    pub fn region(&self, span: Span) -> Region {
        Region { start: self.position(span.start), end: self.position(span.end) }
    }

    /// The lines around a span, clipped so that a minified file stays printable.
    #[must_use]
    pub fn snippet(&self, span: Span) -> Snippet {
        let region = self.region(span);
        Snippet::window(region, |number| self.line(number).map(|it| it.text))
    }
}

fn line_starts(bytes: &[u8]) -> Vec<usize> {
    let mut starts = Vec::with_capacity(1 + memchr::memchr_iter(b'\n', bytes).count());
    starts.push(0);
    if memchr::memchr(b'\r', bytes).is_none() {
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|end| end + 1));
    } else {
        starts.extend(mixed_ends(bytes));
    }
    if starts.last() == Some(&bytes.len()) && starts.len() > 1 {
        starts.pop();
    }
    starts
}

/// Behind each line end of a text that has carriage returns.
fn mixed_ends(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let splits_crlf = |end: usize| bytes.get(end) == Some(&b'\r') && bytes.get(end + 1) == Some(&b'\n');
    memchr::memchr2_iter(b'\n', b'\r', bytes).filter(move |end| !splits_crlf(*end)).map(|end| end + 1)
}

fn decode(raw: &[u8]) -> (String, Encoding) {
    match (wide(raw), raw) {
        (Some((rest, Units::Two(unit))), _) => (utf16(rest, unit), Encoding::Utf16),
        (Some((rest, Units::Four(unit))), _) => (utf32(rest, unit), Encoding::Utf32),
        (None, [0xEF, 0xBB, 0xBF, rest @ ..] | rest) => (lossy(rest), Encoding::Utf8),
    }
}

/// How bytes make a unit.
#[derive(Clone, Copy)]
enum Units {
    Two(fn([u8; 2]) -> u16),
    Four(fn([u8; 4]) -> u32),
}

/// The units of a text in UTF-16 or UTF-32; nothing for any other bytes.
fn wide(raw: &[u8]) -> Option<(&[u8], Units)> {
    match raw {
        [0xFF, 0xFE, 0, 0, rest @ ..] => Some((rest, Units::Four(u32::from_le_bytes))),
        [0, 0, 0xFE, 0xFF, rest @ ..] => Some((rest, Units::Four(u32::from_be_bytes))),
        [0xFF, 0xFE, rest @ ..] => Some((rest, Units::Two(u16::from_le_bytes))),
        [0xFE, 0xFF, rest @ ..] => Some((rest, Units::Two(u16::from_be_bytes))),
        [0xEF, 0xBB, 0xBF, ..] => None,
        _ => match zero_bytes(raw) {
            Zeros::Odd => Some((raw, Units::Two(u16::from_le_bytes))),
            Zeros::Even => Some((raw, Units::Two(u16::from_be_bytes))),
            Zeros::LastThree => Some((raw, Units::Four(u32::from_le_bytes))),
            Zeros::FirstThree => Some((raw, Units::Four(u32::from_be_bytes))),
            Zeros::Elsewhere => None,
        },
    }
}

/// Whether the bytes are read as UTF-16.
pub(super) fn is_wide(raw: &[u8]) -> bool {
    wide(raw).is_some()
}

enum Zeros {
    Odd,
    Even,
    LastThree,
    FirstThree,
    Elsewhere,
}

/// UTF-16 without a byte order mark: mostly ASCII, so that every other byte is zero; in UTF-32 three of four.
fn zero_bytes(raw: &[u8]) -> Zeros {
    let sample = raw.get(..raw.len().min(512)).unwrap_or(raw);
    let pairs = sample.len() / 2;
    let count = |parity: usize| sample.chunks_exact(2).filter(|pair| pair.get(parity) == Some(&0)).count();
    let (even, odd) = (count(0), count(1));
    if pairs >= 4 && odd * 10 >= pairs * 9 && even == 0 {
        Zeros::Odd
    } else if pairs >= 4 && even * 10 >= pairs * 9 && odd == 0 {
        Zeros::Even
    } else {
        zeros_of_four(sample)
    }
}

fn zeros_of_four(sample: &[u8]) -> Zeros {
    let fours = sample.as_chunks::<4>().0;
    let most = |is: fn(&[u8; 4]) -> bool, may: fn(&[u8; 4]) -> bool| {
        let count = fours.iter().filter(|four| is(four)).count();
        fours.len() >= 4 && count * 10 >= fours.len() * 9 && fours.iter().all(may)
    };
    // Every character is below 11 0000 in hexadecimal digits.
    if most(|it| matches!(it, [1..=255, 0, 0, 0]), |it| matches!(it, [_, _, 0..=0x10, 0])) {
        Zeros::LastThree
    } else if most(|it| matches!(it, [0, 0, 0, 1..=255]), |it| matches!(it, [0, 0..=0x10, _, _])) {
        Zeros::FirstThree
    } else {
        Zeros::Elsewhere
    }
}

fn utf32(raw: &[u8], unit: fn([u8; 4]) -> u32) -> String {
    let units = raw.as_chunks::<4>().0.iter().map(|four| unit(*four));
    units.map(|it| char::from_u32(it).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn utf16(raw: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = raw.chunks_exact(2).filter_map(|pair| <[u8; 2]>::try_from(pair).ok()).map(unit);
    char::decode_utf16(units).map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

fn lossy(raw: &[u8]) -> String {
    // Valid text is told much faster than it is mended.
    match std::str::from_utf8(raw) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(raw).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(raw: &[u8]) -> Vec<String> {
        Text::decode(raw).lines().map(|it| it.text.to_owned()).collect()
    }

    #[test]
    fn every_line_end_ends_a_line() {
        assert_eq!(lines(b"a\nb\r\nc\rd\n"), ["a", "b", "c", "d"]);
        assert_eq!(lines(b""), [""]);
        assert_eq!(lines(b"\n\n"), ["", ""]);
    }

    #[test]
    fn utf16_is_seen_with_and_without_its_mark() {
        let le: Vec<u8> = "password = 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let be: Vec<u8> = "password = 1\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for raw in
            [le.clone(), be.clone(), [&[0xFF, 0xFE], le.as_slice()].concat(), [&[0xFE, 0xFF], be.as_slice()].concat()]
        {
            assert_eq!(lines(&raw), ["password = 1"]);
        }
    }

    #[test]
    fn utf32_is_seen_with_and_without_its_mark() {
        let text = "größe = 1 # 😀\npassword = 12345 and so on, mostly in plain letters\n";
        let units = || text.chars().map(u32::from);
        let le: Vec<u8> = units().flat_map(u32::to_le_bytes).collect();
        let be: Vec<u8> = units().flat_map(u32::to_be_bytes).collect();
        let (le_mark, be_mark) = ([0xFF, 0xFE, 0, 0], [0, 0, 0xFE, 0xFF]);
        for raw in [le.clone(), be.clone(), [&le_mark, le.as_slice()].concat(), [&be_mark, be.as_slice()].concat()] {
            assert_eq!(Encoding::of(&raw), Encoding::Utf32);
            assert_eq!(Text::decode(&raw).as_str(), text);
        }
        for raw in [&b"a\0\0\0b\0\0\0"[..], &[7, 0, 0, 0, 0, 0, 0, 0].repeat(9), b"plain"] {
            assert_ne!(Encoding::of(raw), Encoding::Utf32, "{raw:?}");
        }
    }

    #[test]
    fn columns_count_characters() {
        let text = Text::decode("größe: 1\nb".as_bytes());
        let offset = text.as_str().find('1').unwrap_or(0);
        assert_eq!(text.position(offset), Position { line: 1, column: 8 });
        assert_eq!(text.position(999), Position { line: 2, column: 2 });
    }
}
