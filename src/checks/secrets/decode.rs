//! Text inside of text: base 64, hexadecimal digits, percent signs and `\u` escapes.
//!
//! Each layer is given with the place that every byte of it comes from, so that a secret in it is pointed at where a
//! person can see it. A run is decoded when what comes out is text; most of what looks like base 64 is not.

use std::ops::Range;

/// What a run of encoded text says.
pub(super) struct Layer {
    /// The decoded bytes.
    pub(super) bytes: Vec<u8>,
    /// For each of them, where the text that stands for it begins and ends.
    places: Vec<Range<usize>>,
    /// How it is encoded, in words that go on from "in".
    pub(super) encoding: &'static str,
}

impl Layer {
    fn new(encoding: &'static str) -> Self {
        Self { bytes: Vec::new(), places: Vec::new(), encoding }
    }

    fn push(&mut self, byte: u8, place: Range<usize>) {
        self.bytes.push(byte);
        self.places.push(place);
    }

    /// Where the text that stands for these decoded bytes is.
    pub(super) fn place(&self, span: Range<usize>) -> Option<Range<usize>> {
        let last = self.places.get(span.end.checked_sub(1)?)?;
        Some(self.places.get(span.start)?.start..last.end)
    }

    /// Whether it is worth a look: long enough, and text all through.
    fn is_text(&self) -> bool {
        SHORTEST <= self.bytes.len() && is_text(&self.bytes)
    }
}

/// Decoded text shorter than this holds no secret that could be told.
const SHORTEST: usize = 12;
/// The shortest run of base 64 or hexadecimal digits that is tried.
const SHORTEST_RUN: usize = 24;
/// Bytes that are looked at together, and from where to where: wherever a run begins, it holds all of one such block.
const BLOCK: usize = 8;
const STRIDE: usize = SHORTEST_RUN - BLOCK;
/// Decoded bytes by which most runs are given up.
const TASTE: usize = 18;
/// The longest text around an escape that is taken for one run.
const LONGEST_ESCAPED: usize = 16 << 10;

/// Calls `found` with each layer of base 64 or hexadecimal digits in a part of a text.
pub(super) fn packed(text: &[u8], part: Range<usize>, found: &mut dyn FnMut(Layer)) {
    let (mut at, mut done) = (part.start, part.start);
    let block = |at: usize| text.get(at..part.end).and_then(|it| it.first_chunk::<BLOCK>());
    let is_full = |block: &[u8; BLOCK]| block.iter().fold(0, |seen, it| seen | BASE64[usize::from(*it)]) & OTHER == 0;
    while let Some(here) = block(at) {
        // On one side of it a run has room for another block.
        let goes_on =
            || block(at + BLOCK).is_some_and(is_full) || at.checked_sub(BLOCK).and_then(block).is_some_and(is_full);
        if !is_full(here) || !goes_on() {
            at += STRIDE;
            continue;
        }
        let before = text.get(done..at).unwrap_or_default();
        let start = at - before.iter().rev().take_while(|it| is_base64(**it)).count();
        let rest = text.get(at..part.end).unwrap_or_default();
        let end = at + rest.iter().take_while(|it| is_base64(**it)).count();
        if SHORTEST_RUN <= end - start
            && let Some(run) = text.get(start..end)
        {
            let layer = hexadecimal(run, start).or_else(|| base64(run, start));
            layer.into_iter().for_each(&mut *found);
        }
        (at, done) = (end, end);
    }
}

/// The layer of percent signs or `\u` escapes around a place, and where its run ends.
pub(super) fn escaped(text: &[u8], at: usize) -> Option<(Layer, usize)> {
    let is_part = |byte: &u8| byte.is_ascii_graphic();
    let before = text.get(at.saturating_sub(LONGEST_ESCAPED)..at)?;
    let start = at - before.iter().rev().take_while(|it| is_part(it)).count();
    let rest = text.get(at..text.len().min(at.saturating_add(LONGEST_ESCAPED)))?;
    let end = at + rest.iter().take_while(|it| is_part(it)).count();
    let run = text.get(start..end)?;
    let layer = if text.get(at) == Some(&b'%') { percent(run, start) } else { unicode(run, start) };
    Some((layer.filter(Layer::is_text)?, end))
}

fn is_base64(byte: u8) -> bool {
    BASE64[usize::from(byte)] & OTHER == 0
}

fn is_text(bytes: &[u8]) -> bool {
    let is_odd =
        |byte: &&u8| !(byte.is_ascii_graphic() || byte.is_ascii_whitespace() || byte.is_ascii() && **byte == 0x1B);
    let odd = bytes.iter().filter(is_odd).count();
    odd * 20 <= bytes.len() || std::str::from_utf8(bytes).is_ok() && odd * 3 <= bytes.len() && !bytes.contains(&0)
}

fn hexadecimal(run: &[u8], start: usize) -> Option<Layer> {
    let (pairs, _) = run.as_chunks::<2>();
    let decoded = |[high, low]: [u8; 2]| Some(16 * digit(high)? + digit(low)?);
    if let Some(taste) = pairs.first_chunk::<TASTE>() {
        let mut bytes = [0; TASTE];
        for (byte, pair) in bytes.iter_mut().zip(taste) {
            *byte = decoded(*pair)?;
        }
        is_text(&bytes).then_some(())?;
    }
    let mut layer = Layer::new("hexadecimal digits");
    for (number, pair) in pairs.iter().enumerate() {
        let at = start + 2 * number;
        layer.push(decoded(*pair)?, at..at + 2);
    }
    Some(layer).filter(Layer::is_text)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|it| u8::try_from(it).ok())
}

fn base64(run: &[u8], start: usize) -> Option<Layer> {
    let taste = run.as_chunks::<4>().0.first_chunk::<{ TASTE / 3 }>()?.map(|group| sextets(&group));
    is_text(taste.as_flattened()).then_some(())?;
    let mut layer = Layer::new("base 64");
    for (number, group) in run.chunks(4).enumerate() {
        let at = start + 4 * number;
        // A last group of two or three characters stands for one or two bytes.
        let bytes = sextets(group);
        for (index, byte) in bytes.iter().take(group.len() - 1).enumerate() {
            layer.push(*byte, at + index..at + index + 2);
        }
    }
    Some(layer).filter(Layer::is_text)
}

/// What up to four characters of base 64 stand for.
fn sextets(group: &[u8]) -> [u8; 3] {
    let bits = group.iter().fold(0, |bits, byte| bits << 6 | u32::from(BASE64[usize::from(*byte)]));
    let missing = 4_u32.saturating_sub(u32::try_from(group.len()).unwrap_or(4));
    let [_, bytes @ ..] = (bits << (6 * missing)).to_be_bytes();
    bytes
}

/// The bit of what is no character of base 64.
const OTHER: u8 = 1 << 7;

/// What each character of base 64 stands for, in both of its alphabets.
const BASE64: [u8; 256] = {
    let mut table = [OTHER; 256];
    let mut byte = 0;
    while byte < 256 {
        let at = byte as u8;
        table[byte] = match at {
            b'A'..=b'Z' => at - b'A',
            b'a'..=b'z' => at - b'a' + 26,
            b'0'..=b'9' => at - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => OTHER,
        };
        byte += 1;
    }
    table
};

fn percent(run: &[u8], start: usize) -> Option<Layer> {
    let mut layer = Layer::new("percent-encoded text");
    let mut at = 0;
    while let Some(byte) = run.get(at) {
        let escape = match run.get(at..at + 3) {
            Some(&[b'%', high, low]) => digit(high).zip(digit(low)),
            _ => None,
        };
        let (byte, length) = escape.map_or((*byte, 1), |(high, low)| (16 * high + low, 3));
        layer.push(byte, start + at..start + at + length);
        at += length;
    }
    Some(layer)
}

fn unicode(run: &[u8], start: usize) -> Option<Layer> {
    let mut layer = Layer::new(r"`\u` escapes");
    let mut at = 0;
    while let Some(byte) = run.get(at) {
        let escape = match run.get(at..at + 6) {
            Some(&[b'\\', b'u', b'0', b'0', high, low]) => digit(high).zip(digit(low)),
            _ => None,
        };
        let (byte, length) = escape.map_or((*byte, 1), |(high, low)| (16 * high + low, 6));
        layer.push(byte, start + at..start + at + length);
        at += length;
    }
    Some(layer)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    fn layers(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        packed(text.as_bytes(), 0..text.len(), &mut |layer| {
            let place = layer.place(0..layer.bytes.len()).unwrap();
            found.push((String::from_utf8(layer.bytes).unwrap(), text.get(place).unwrap().to_owned()));
        });
        found
    }

    #[test]
    fn words_and_digests_are_no_layers() {
        for text in [
            "getUserAuthenticationManagerFactoryBean",
            "0123456789abcdef0123456789abcdef01234567",
            "src/checks/secrets/decode/and/more",
        ] {
            assert_eq!(layers(text), [], "{text}");
        }
    }

    #[test]
    fn escapes_are_undone_with_their_places() {
        let text = r"x = \u0070\u0061\u0073\u0073\u0077\u006f\u0072\u0064=1234 y";
        let (layer, end) = escaped(text.as_bytes(), text.find('\\').unwrap()).unwrap();
        assert_eq!(layer.bytes, b"password=1234");
        assert_eq!(text.get(layer.place(0..8).unwrap()).unwrap(), r"\u0070\u0061\u0073\u0073\u0077\u006f\u0072\u0064");
        assert_eq!(text.get(end..), Some(" y"));
        let (layer, _) = escaped(b"a=%22password%22%3A%22x%22", 2).unwrap();
        assert_eq!(layer.bytes, b"a=\"password\":\"x\"");
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out(words in "[a-z =:]{18,60}", before in "[ ;(]{0,30}", url: bool, hex: bool) {
            let packed = match (hex, url) {
                (true, _) => words.bytes().map(|it| format!("{it:02x}")).collect(),
                (false, true) => BASE64_URL_SAFE_NO_PAD.encode(&words),
                (false, false) => BASE64_STANDARD_NO_PAD.encode(&words),
            };
            prop_assert_eq!(layers(&format!("{before}{packed} ;")), [(words, packed)]);
        }

        #[test]
        fn places_stay_inside(text in proptest::collection::vec(any::<u8>(), 0..200), at in 0_usize..200) {
            let mut all = Vec::new();
            packed(&text, 0..text.len(), &mut |layer| all.push(layer));
            all.extend(escaped(&text, at).map(|(layer, _)| layer));
            for layer in all {
                let place = layer.place(0..layer.bytes.len()).unwrap();
                prop_assert!(place.end <= text.len());
            }
        }
    }
}
