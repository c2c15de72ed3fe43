//! A secret as whoever accepts it needs it: where it stands, and what identifies it.

use super::hit::{Hit, Secret};
use super::tell;
use crate::model::Span;

/// A secret of a text that a rule reports.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// Where it stands, in bytes of the text.
    pub span: Span,
    /// The suffix of its finding's id.
    pub hazard: &'static str,
    /// What a policy calls it: the hazard, or the id of a detector.
    pub name: String,
    /// The key of its finding, wherever it stands.
    pub key: String,
    /// Its value, decoded, and as other tools may take it out of the text.
    spellings: Vec<Secret>,
}

/// Bytes around a secret in which the text that encloses it is looked for.
const AROUND: usize = 1024;

impl Sighting {
    pub(super) fn new(hit: &Hit, text: &[u8]) -> Self {
        let span = hit.span;
        let mut spellings = vec![hit.secret.clone()];
        spellings.extend(hit.matched.clone());
        spellings.extend(text.get(span.start..span.end).map(|it| Secret(it.to_vec())));
        for part in [quoted(text, span), word(text, span), header(text, span)].into_iter().flatten() {
            spellings.push(Secret(part.to_vec()));
        }
        spellings.sort();
        spellings.dedup();
        let (hazard, name) = (hit.kind.id(), hit.kind.name().to_owned());
        Self { span, hazard, name, key: tell::identity(hit), spellings }
    }

    /// Whether the value, in any of its spellings, is the one that is meant.
    pub fn is_spelt(&self, is_meant: impl Fn(&[u8]) -> bool) -> bool {
        self.spellings.iter().any(|it| is_meant(&it.0))
    }

    /// A digest of each spelling of the value.
    pub fn digests(&self, digest: impl Fn(&[u8]) -> String) -> Vec<String> {
        self.spellings.iter().map(|it| digest(&it.0)).collect()
    }
}

/// The literal between quotes around a place, on its line.
fn quoted(text: &[u8], span: Span) -> Option<&[u8]> {
    let before = text.get(span.start.saturating_sub(AROUND)..span.start)?;
    let start = before.iter().rposition(|it| matches!(it, b'"' | b'\'' | b'`' | b'\n'))?;
    let quote = *before.get(start).filter(|it| **it != b'\n')?;
    let after = text.get(span.end..text.len().min(span.end.saturating_add(AROUND)))?;
    let end = after.iter().position(|it| *it == quote || *it == b'\n')?;
    if after.get(end) != Some(&quote) {
        return None;
    }
    text.get(span.start - (before.len() - start - 1)..span.end + end)
}

/// The characters around a place up to the next white space.
fn word(text: &[u8], span: Span) -> Option<&[u8]> {
    let before = text.get(span.start.saturating_sub(AROUND)..span.start)?;
    let start = before.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1);
    let after = text.get(span.end..text.len().min(span.end.saturating_add(AROUND)))?;
    let end = after.iter().position(u8::is_ascii_whitespace).unwrap_or(after.len());
    text.get(span.start - (before.len() - start)..span.end + end)
}

/// The words of the line that begins a key in PEM: `BEGIN PRIVATE KEY`.
fn header(text: &[u8], span: Span) -> Option<&[u8]> {
    let body = text.get(span.start..span.end)?.strip_prefix(b"-----")?;
    let end = memchr::memmem::find(body, b"-----")?;
    body.get(..end).filter(|it| it.starts_with(b"BEGIN ") && end <= 64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_tools_take_out_of_a_text() {
        let text = b"a = \"x=v1, y\" # 'z\nv1;\n'v1\nq'-----BEGIN KEY-----";
        let at = |start, end| Span::new(start, end);
        let shown = |it: Option<&[u8]>| it.map(|it| String::from_utf8_lossy(it).into_owned());
        assert_eq!(shown(quoted(text, at(7, 9))).as_deref(), Some("x=v1, y"));
        assert_eq!(shown(word(text, at(7, 9))).as_deref(), Some("\"x=v1,"));
        assert_eq!(shown(quoted(text, at(19, 21))), None);
        assert_eq!(shown(word(text, at(19, 21))).as_deref(), Some("v1;"));
        assert_eq!(shown(quoted(text, at(24, 26))), None);
        assert_eq!(shown(header(text, at(29, text.len()))).as_deref(), Some("BEGIN KEY"));
        assert_eq!(shown(header(text, at(7, 9))), None);
        assert_eq!(shown(word(text, at(0, text.len() + 1))), None);
    }
}
