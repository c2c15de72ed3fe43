//! Literals between signs that a language lets its users choose.

use super::view::{LONGEST, Literal, View, is_line_end};
use crate::checks::secrets::pair::Writing;

/// `%q(…)` and `%w[…]` of Ruby, `q{…}` and `qq(…)` of Perl, `~s(…)` of Elixir, `''…''` of Nix.
pub(super) fn delimited(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let open = match view.at(at) {
        b'%' if view.is_a(&["rb", "rake", "gemspec", "ru"]) => view.skip(at + 1, 1, |it| b"qQwWiI".contains(&it)),
        b'q' if view.is_a(&["pl", "pm", "t", "cgi"]) => view.blanks(view.skip(at, 2, |it| it == b'q')),
        b'~' if view.is_a(&["ex", "exs"]) && matches!(view.at(at + 1), b's' | b'S') => at + 2,
        b'\'' if view.has(at, b"''") && view.is_a(&["nix"]) => {
            let end = view.find(at + 2, at + LONGEST, b"''")?;
            return view.plain(view.space(at + 2).min(end), view.space_back(end).max(at + 2), Writing::Quoted);
        }
        _ => return None,
    };
    let close = match view.at(open) {
        b'(' => b')',
        b'[' => b']',
        b'{' => b'}',
        b'<' => b'>',
        sign @ (b'/' | b'|' | b'!' | b'"' | b'\'') => sign,
        _ => return None,
    };
    let end = view.skip(open + 1, LONGEST, |it| it != close && !is_line_end(it));
    let mut literal = view.plain(open + 1, end, Writing::Quoted).filter(|_| view.at(end) == close)?;
    literal.next = end + 1;
    Some(literal)
}
