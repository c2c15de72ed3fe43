//! What is no secret although it looks like one.

use super::expression::Expression;
use super::settings::Target;
use crate::checks::secrets::hit::Hit;
use crate::checks::secrets::scan::Input;
use crate::formats::globs::Globs;

/// One entry of `allow`. It holds when everything that it asks for holds.
pub(super) struct Allow {
    pub(super) pattern: Option<Expression>,
    pub(super) target: Target,
    pub(super) paths: Option<Globs>,
    pub(super) path_pattern: Option<Expression>,
    /// In small letters.
    pub(super) stopwords: Vec<String>,
    pub(super) ids: Vec<String>,
}

/// Bytes of a line on either side of a hit that are looked at.
const AROUND: usize = 4096;

impl Allow {
    /// Whether it speaks of this hit. While the path of a text is not known, what depends on it does not hold.
    pub(super) fn holds(&self, input: &Input<'_>, hit: &Hit) -> bool {
        if input.is_nowhere() && self.depends_on_place() {
            return false;
        }
        (self.ids.is_empty() || self.ids.iter().any(|it| it == hit.kind.name()))
            && self.paths.as_ref().is_none_or(|it| it.is_match(input.path))
            && self.path_pattern.as_ref().is_none_or(|it| it.is_in(input.path))
            && (self.stopwords.is_empty() || has_any(&hit.secret.0, &self.stopwords))
            && self.pattern.as_ref().is_none_or(|it| {
                let text = match self.target {
                    Target::Secret => &hit.secret.0,
                    Target::Match => hit.matched.as_ref().map_or(&hit.secret.0[..], |it| &it.0),
                    Target::Line => lines(input, hit),
                };
                it.regex().is_some_and(|it| it.is_match(text))
            })
    }

    /// Whether the same secret may be allowed at one place and not at another.
    pub(super) fn depends_on_place(&self) -> bool {
        self.paths.is_some() || self.path_pattern.is_some() || self.pattern.is_some() && self.target != Target::Secret
    }
}

/// Whether a text has one of the words, in any case of letters.
pub(super) fn has_any(text: &[u8], words: &[String]) -> bool {
    let text = text.to_ascii_lowercase();
    words.iter().any(|it| memchr::memmem::find(&text, it.as_bytes()).is_some())
}

/// The lines that a hit stands on, as far as they are near.
pub(super) fn lines<'a>(input: &Input<'a>, hit: &Hit) -> &'a [u8] {
    let text = input.text;
    let first = hit.span.start.min(text.len()).saturating_sub(AROUND);
    let before = text.get(first..hit.span.start).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(first, |at| first + at + 1);
    let last = text.len().min(hit.span.end.saturating_add(AROUND));
    let after = text.get(hit.span.end..last).unwrap_or_default();
    let end = memchr::memchr(b'\n', after).map_or(last, |at| hit.span.end + at);
    text.get(start..end).unwrap_or_default()
}
