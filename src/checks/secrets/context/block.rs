//! Literals of many lines that no quotes enclose.

use super::quoted::quoted;
use super::view::{LONGEST, Literal, View, is_line_end, is_word};
use crate::checks::secrets::pair::Writing;
use crate::model::Span;

/// The longest block whose default is looked for, in bytes.
const LONGEST_BLOCK: usize = 512;

/// A here document of a shell, of Ruby, PHP or HCL: `<<EOF`, `<<-EOF`, `<<~EOF`, `<<<'EOF'`.
pub(super) fn here_document(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let at = view.skip(at, 3, |it| it == b'<');
    let at = view.skip(at, 2, |it| matches!(it, b'-' | b'~' | b' '));
    let at = view.skip(at, 1, |it| matches!(it, b'\'' | b'"'));
    let end = view.skip(at, 32, is_word);
    let word = view.slice(at, end);
    if word.is_empty() {
        return None;
    }
    let first = view.next_line(view.line_end(end));
    let mut line = first;
    while line - first < LONGEST && line < view.text.len() {
        let text = view.blanks(line);
        if view.slice(text, text + word.len()) == word && !is_word(view.at(text + word.len())) {
            return lines(view, first, line);
        }
        let next = view.next_line(view.line_end(line));
        if next == line {
            break;
        }
        line = next;
    }
    None
}

/// The indented lines of a YAML block scalar, whose header stands at `header`, deeper than `indent`.
pub(super) fn scalar(view: View<'_>, header: usize, indent: usize) -> Option<Literal<'_>> {
    let first = view.next_line(view.line_end(header));
    let mut line = first;
    let mut end = first;
    while line - first < LONGEST && line < view.text.len() {
        let text = view.blanks(line);
        let is_empty = is_line_end(view.at(text));
        if !is_empty && text - line <= indent {
            break;
        }
        let next = view.next_line(view.line_end(text));
        if !is_empty {
            end = next;
        }
        if next == line {
            break;
        }
        line = next;
    }
    lines(view, first, end)
}

/// The default of a variable of HCL, whose block opens at a place: `{ type = string, default = "…" }`.
pub(super) fn default(view: View<'_>, at: usize) -> Option<Literal<'_>> {
    let end = view.skip(at + 1, LONGEST_BLOCK, |it| it != b'}' && it != b'{');
    let word = view.find(at, end, b"default").filter(|it| view.before(*it).is_ascii_whitespace())?;
    let equals = view.blanks(word + b"default".len());
    (view.at(equals) == b'=').then(|| quoted(view, view.blanks(equals + 1))).flatten()
}

/// Lines joined, without their indentation; the span begins at the first word and ends at the last.
fn lines(view: View<'_>, start: usize, end: usize) -> Option<Literal<'_>> {
    let (first, last) = (view.space(start), view.space_back(end));
    if last <= first {
        return None;
    }
    let text = view.words(first, last);
    let value = if text.contains(['\n', '\r']) {
        text.lines().map(str::trim).collect::<Vec<_>>().join("\n").into()
    } else {
        text
    };
    Some(Literal { value, span: Span::new(first, last), writing: Writing::Block, next: end })
}
