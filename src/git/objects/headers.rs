//! The header lines that commits and tags begin with.

use crate::model::{Identity, Signature, Timestamp};

use super::HashKind;

/// A commit or a tag, cut into its header and its message.
pub(super) struct Headers<'a> {
    lines: Vec<(&'a [u8], &'a [u8])>,
    /// What follows the empty line.
    pub(super) message: &'a [u8],
}

impl<'a> Headers<'a> {
    /// Cuts the object. Continuation lines are left out: only signatures and merged tags have them.
    pub(super) fn parse(data: &'a [u8]) -> Self {
        let mut lines = Vec::new();
        let mut rest = data;
        while !rest.is_empty() {
            let (line, after) = split_line(rest);
            rest = after;
            match line {
                [] => break,
                [b' ', ..] => {}
                line => {
                    let end = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
                    let value = line.get(end.saturating_add(1)..).unwrap_or_default();
                    lines.push((line.get(..end).unwrap_or_default(), value));
                }
            }
        }
        Self { lines, message: rest }
    }

    /// The first header with this name.
    pub(super) fn get(&self, name: &str) -> Option<&'a [u8]> {
        self.all(name).next()
    }

    /// All headers with this name, in order.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.lines.iter().filter(move |(key, _)| *key == name.as_bytes()).map(|(_, value)| *value)
    }

    /// A text in the encoding that the object names; UTF-8 unless it says Latin-1.
    pub(super) fn text(&self, raw: &[u8]) -> String {
        let is_latin = |name: &[u8]| {
            ["iso-8859-1", "iso8859-1", "latin1", "latin-1"].iter().any(|it| name.eq_ignore_ascii_case(it.as_bytes()))
        };
        if self.get("encoding").is_some_and(is_latin) {
            raw.iter().map(|byte| char::from(*byte)).collect()
        } else {
            String::from_utf8_lossy(raw).into_owned()
        }
    }

    /// Reads `Ana <ana@example.com> 1700000000 +0100`. What cannot be read stays empty: it is a
    /// claim to be judged, not a reason to stop.
    pub(super) fn identity(&self, raw: &[u8]) -> Identity {
        let open = raw.iter().position(|byte| *byte == b'<').unwrap_or(raw.len());
        let close = raw.iter().rposition(|byte| *byte == b'>').filter(|close| open < *close).unwrap_or(raw.len());
        let name = raw.get(..open).unwrap_or_default().trim_ascii();
        let email = raw.get(open.saturating_add(1)..close).unwrap_or_default();
        let rest = raw.get(close.saturating_add(1)..).unwrap_or_default();
        Identity { name: self.text(name), email: self.text(email), time: Timestamp(seconds(rest)) }
    }
}

/// The seconds at the start of a date such as `1700000000 +0100`; zero when there are none.
pub(super) fn seconds(date: &[u8]) -> i64 {
    let date = date.trim_ascii_start();
    let end = date.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'-').unwrap_or(date.len());
    let digits = date.get(..end).and_then(|it| std::str::from_utf8(it).ok());
    digits.and_then(|it| it.parse().ok()).unwrap_or(0)
}

/// The first line without its end, and what follows it.
pub(super) fn split_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (bytes.get(..end).unwrap_or_default(), bytes.get(end.saturating_add(1)..).unwrap_or_default()),
        None => (bytes, &[]),
    }
}

/// Takes the signature out of an object as Git does before it verifies it.
///
/// The signature of the repository's own hash function is the armour; the signed bytes are the
/// object without any header whose name starts with `gpgsig`.
pub(super) fn signature(data: &[u8], hash: HashKind) -> (Vec<u8>, Vec<u8>) {
    let own: &[u8] = match hash {
        HashKind::Sha1 => b"gpgsig ",
        HashKind::Sha256 => b"gpgsig-sha256 ",
    };
    let (mut armor, mut signed) = (Vec::new(), Vec::with_capacity(data.len()));
    let (mut in_own, mut in_other) = (false, false);
    let mut rest = data;
    while !rest.is_empty() {
        let (text, after) = split_line(rest);
        if text.is_empty() {
            signed.extend_from_slice(rest);
            break;
        }
        let line = rest.get(..rest.len() - after.len()).unwrap_or_default();
        let continued = line.starts_with(b" ");
        if let Some(part) = line.strip_prefix(own).or_else(|| line.strip_prefix(b" ").filter(|_| in_own)) {
            armor.extend_from_slice(part);
            (in_own, in_other) = (true, false);
        } else {
            in_own = false;
            in_other = line.starts_with(b"gpgsig") || (in_other && continued);
            if !in_other {
                signed.extend_from_slice(line);
            }
        }
        rest = after;
    }
    (armor, signed)
}

/// The signature, unless there is none.
pub(super) fn signature_of(armor: &[u8], signed: Vec<u8>) -> Option<Signature> {
    (!armor.is_empty()).then(|| Signature { armor: String::from_utf8_lossy(armor).into_owned(), signed })
}
