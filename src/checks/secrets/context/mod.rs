//! Reads names and literals out of any text, around the words that make them interesting.
//!
//! Nothing is parsed as a whole: a reader starts at a word such as `password` and looks at its surroundings with what the
//! path says about the language. So it costs next to nothing where no such word stands, and a broken file hides nothing.
//! Every look around is bounded: the work for a word does not grow with the file.

mod address;
mod assign;
mod block;
mod braces;
mod command;
mod compared;
mod connection;
mod delimited;
mod flag;
mod hash;
mod header;
mod login;
mod markup;
mod name;
mod named;
mod operand;
mod quoted;
mod sql;
mod syntax;
mod table;
#[cfg(test)]
mod tests;
mod view;
mod web_key;
mod words;
mod yaml;

use self::view::View;
use self::words::Reads;
use super::input::Input;
use super::pair::{Pair, Syntax};

pub(super) use self::syntax::syntax;
/// Where pairs are looked for, in lower case; at least three bytes each. Case does not matter.
pub(super) const TRIGGERS: &[&str] = words::TRIGGERS;

/// Takes the pairs that a reader finds.
type Found<'f, 'a> = dyn FnMut(Pair<'a>) + 'f;

/// Calls `found` with each pair that the trigger with this number, at `at`, makes interesting.
pub(super) fn read<'a>(
    input: &Input<'a>,
    syntax: Syntax,
    (trigger, at): (usize, usize),
    found: &mut dyn FnMut(Pair<'a>),
) {
    let Some((word, reads)) = words::WORDS.get(trigger) else { return };
    let view = View { text: input.text, path: input.path.as_str(), syntax };
    let view = View { syntax: if is_markup(view) { Syntax::Markup } else { syntax }, ..view };
    let end = at + word.len();
    match reads {
        Reads::Name | Reads::NameEnd => name::read(view, (at..end, *reads), found),
        Reads::Address => address::userinfo(view, at, found),
        Reads::Driver => address::driver(view, at, found),
        Reads::Basic => header::basic(view, at, end, found),
        Reads::Bearer => header::bearer(view, at, end, found),
        Reads::Identified => sql::identified(view, at, end, found),
        Reads::Program => flag::program(view, (word, at), found),
        Reads::Hash => hash::read(view, at, found),
        Reads::WebKey => web_key::read(view, at, found),
        Reads::Login => login::call(view, (at, end), found),
        Reads::Connect => login::connect(view, (at, end), found),
        Reads::Sign => login::sign(view, end, found),
        Reads::Oracle => command::oracle(view, (at, end), found),
        Reads::Piped => command::piped(view, at, found),
        Reads::Operand => command::operand(view, (word, at), found),
        Reads::Insert => sql::insert(view, at, end, found),
    }
}

/// Whether settings are written in XML, whatever the path says.
fn is_markup(view: View<'_>) -> bool {
    view.syntax == Syntax::Config && (view.at(0) == b'<' || view.has(0, "\u{feff}<".as_bytes()))
}
