//! How a secret is spoken of: by its first characters and its length, never by its value.

use super::hit::Hit;
use crate::model::{Snippet, Text};

/// Characters of a long secret that may be shown: they tell which one is meant and give nothing away.
const SHOWN: u32 = 4;
/// Secrets shorter than this show nothing.
const SHORTEST_SHOWN: usize = 20;

/// How many of the secret's first characters may be shown.
pub(crate) fn shown(hit: &Hit) -> u32 {
    let characters = String::from_utf8_lossy(&hit.secret.0).chars().count();
    if characters < SHORTEST_SHOWN { 0 } else { SHOWN }
}

/// The secret as a message may speak of it: `ghp_…, 40 characters`.
pub(crate) fn spoken(hit: &Hit) -> String {
    let text = String::from_utf8_lossy(&hit.secret.0);
    let length = text.chars().count();
    let shown = usize::try_from(shown(hit)).unwrap_or(0);
    let first: String = text.chars().take(shown).filter(|it| it.is_ascii_graphic() && *it != '`').collect();
    let characters = if length == 1 { "character" } else { "characters" };
    if first.is_empty() { format!("{length} {characters}") } else { format!("`{first}…`, {length} {characters}") }
}

/// Masks every secret that a snippet of the text shows. The hits are sorted by place.
pub(crate) fn mask(snippet: &mut Snippet, text: &Text, hits: &[Hit]) {
    let after = snippet.first_line.saturating_add(u32::try_from(snippet.lines.len()).unwrap_or(u32::MAX));
    let first = hits.partition_point(|hit| text.position(hit.span.end).line < snippet.first_line);
    let in_sight = hits.iter().skip(first).take_while(|hit| text.position(hit.span.start).line < after);
    in_sight.for_each(|hit| snippet.mask(text.region(hit.span), shown(hit)));
}
