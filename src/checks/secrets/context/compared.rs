//! Comparisons whose literal stands before the name: `"…" == password`, `"…".equals(password)`, `strcmp("…", password)`.

use std::ops::Range;

use super::Found;
use super::name::has_trigger_before;
use super::quoted::{is_quote, one};
use super::view::{Literal, View, is_line_end, is_name};
use crate::checks::secrets::pair::{Binding, Syntax};

/// The longest literal that is looked for before a name, in bytes.
const LONGEST: usize = 128;

/// Reads the literal with which the name around a trigger is compared; whether there is one. The name ends at `end`.
pub(super) fn read<'a>(view: View<'a>, word: &Range<usize>, end: usize, found: &mut Found<'_, 'a>) -> bool {
    // Most names end here: behind one that a literal is compared with, a condition ends or goes on.
    let is_end = matches!(view.at(end), b')' | b' ' | b':' | b';' | b'\n' | b'\r' | b'&' | b'"' | b'{' | b']');
    if !is_end || !matches!(view.syntax, Syntax::Code | Syntax::Shell) {
        return false;
    }
    let start = view.skip_back(word.start, 64, is_name);
    let outer = start - usize::from(view.before(start) == b'"' && view.syntax == Syntax::Shell);
    let Some(literal) = operator(view, view.blanks_back(outer)).and_then(|at| literal(view, view.blanks_back(at)))
    else {
        return false;
    };
    if has_trigger_before(view, start, word.start) {
        return true;
    }
    let first = view.skip(start, word.start - start, |it| matches!(it, b'$' | b'.' | b'-'));
    found(view.pair(view.words(first, end), literal, Binding::Comparison));
    true
}

/// Where the operator begins that ends at a place.
fn operator(view: View<'_>, end: usize) -> Option<usize> {
    match (view.before(end.wrapping_sub(1)), view.before(end)) {
        (b'=' | b'!', b'=') => Some(view.skip_back(end, 3, |it| matches!(it, b'=' | b'!'))),
        (b' ', b'=') if view.syntax == Syntax::Shell => Some(end - 1),
        (b's', b'(') => {
            const CALLS: &[&[u8]] = &[b".equals(", b".contentequals("];
            CALLS.iter().find(|it| view.has_before(end, it)).map(|it| end - it.len())
        }
        (b'e', b'(') => view.has_before(end, b".equalsignorecase(").then(|| end - 18),
        (b'e', b'q') | (b'n', b'e') => {
            let start = view.skip_back(end - 2, 1, |it| it == b'-');
            (view.before(start) == b' ').then_some(start)
        }
        (_, b',') => {
            let quote = view.blanks_back(end - 1);
            let open = opening(view, quote)?;
            const CALLS: &[&[u8]] = &[b"cmp(", b"compare(", b"equals(", b"equal("];
            CALLS.iter().any(|it| view.has_before(open, it)).then_some(end - 1)
        }
        _ => None,
    }
}

/// The literal that ends before a place.
fn literal(view: View<'_>, end: usize) -> Option<Literal<'_>> {
    let open = opening(view, end)?;
    one(view, open).filter(|it| it.next == end)
}

/// Where the literal begins whose closing quote stands before a place.
fn opening(view: View<'_>, end: usize) -> Option<usize> {
    let quote = view.before(end);
    if !is_quote(quote) {
        return None;
    }
    let start = view.skip_back(end - 1, LONGEST, |it| it != quote && !is_line_end(it));
    (view.before(start) == quote).then(|| start - 1)
}
