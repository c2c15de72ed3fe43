//! Files of known formats that hold secrets: by name, or by how they begin.
//!
//! What a generic reader finds beside a telling name is found without this. Here is what only the format tells: which word
//! of a line is the password, that a value is base 64 of one, that a whole file is a key.

mod code;
mod commands;
mod devices;
mod dotfiles;
mod formats;
mod json;
mod kubernetes;
mod literal;
mod name;
mod settings;
mod stores;
mod tables;
#[cfg(test)]
mod tests;
mod whole;
mod words;
mod xml;
mod yaml;

use std::ops::Range;

use self::literal::Doubt;
use self::name::Name;
use super::hit::{Hit, Kind, Placed, Secret};
use super::input::Input;
use super::tier::Tier;
use super::value;
use crate::model::{RepoPath, Span};

pub(super) use self::stores::stores;

/// The secrets of a file whose format its path or its first bytes tell.
pub(super) fn read(input: &Input<'_>) -> Vec<Hit> {
    let path = input.path.as_str().to_ascii_lowercase();
    let name = Name::new(&path);
    let mut file = File { text: input.text, path: input.path.as_str(), hits: Vec::new() };
    formats::read(&name, &mut file);
    kubernetes::read(&name, &mut file);
    devices::read(&name, &mut file);
    file.hits
}

/// Whether the last part of a path may be that of a file in the table of formats or of a store, or of a folder whose files
/// are in it. What `*.conf` names besides is found where its name is not known either.
pub(super) fn is_telling(name: &str, is_folder: bool) -> bool {
    let name = name.to_ascii_lowercase();
    let name = Name::new(&name);
    formats::names().chain(stores::names()).filter(|it| *it != "*.conf").any(|pattern| {
        let (folder, last) = pattern.rsplit_once('/').unwrap_or(("", pattern));
        match folder.rsplit('/').next().filter(|it| !it.is_empty() && last.contains('*')) {
            Some(folder) => is_folder && name.is_exactly(folder),
            None => !is_folder && if folder.is_empty() { name.is(pattern) } else { name.is_exactly(last) },
        }
    })
}

/// The part of a text by which a format is told that is told by its content as well as by its name; only what overlaps
/// these parts is looked at.
pub(super) fn shape(text: &[u8], parts: &[Range<usize>]) -> Option<Range<usize>> {
    let taste = devices::taste(text);
    let is_fresh = parts.first().is_some_and(|part| part.start < taste.len());
    if is_fresh && devices::is_any(taste) {
        return Some(0..taste.len());
    }
    parts.iter().find_map(|part| kubernetes::kind_of_secret(text, part.clone()))
}

/// Whether the path of a file may be in the table.
pub(super) fn is_in_table(path: &RepoPath) -> bool {
    let path = path.as_str().to_ascii_lowercase();
    let name = Name::new(&path);
    formats::names().chain(stores::names()).any(|pattern| name.is(pattern))
}

/// A file that is read.
struct File<'a> {
    text: &'a [u8],
    path: &'a str,
    hits: Vec<Hit>,
}

/// What a format says of a value.
#[derive(Clone, Copy)]
struct Want {
    kind: &'static Placed,
    /// How the value is written.
    writing: Writing,
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Writing {
    /// As it is.
    Plain,
    /// In base 64.
    Base64,
    /// `user:password` in base 64.
    Login,
    /// An address with a user and a password.
    Address,
    /// A hash; words and references are none.
    Hash,
    /// 32 bytes in base 64.
    Key32,
    /// Encrypted with a key that lies beside it or that everybody knows.
    Obscured,
}

impl<'a> File<'a> {
    fn lines(&self) -> impl Iterator<Item = Range<usize>> + use<'a> {
        let mut start = 0;
        self.text.split_inclusive(|it| *it == b'\n').map(move |line| {
            let end = start + line.len();
            let ends = line.iter().rev().take_while(|it| matches!(it, b'\n' | b'\r')).count();
            let range = start..end - ends;
            start = end;
            range
        })
    }

    fn at(&self, range: &Range<usize>) -> &'a [u8] {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// The range without white space around it.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.at(&range);
        let before = text.iter().take_while(|it| it.is_ascii_whitespace()).count();
        let after = text.iter().skip(before).rev().take_while(|it| it.is_ascii_whitespace()).count();
        range.start + before..range.end - after
    }

    /// The range without white space and one pair of quotes around it.
    fn unquoted(&self, range: Range<usize>) -> Range<usize> {
        let range = self.trimmed(range);
        match self.at(&range) {
            [first @ (b'"' | b'\''), .., last] if first == last => range.start + 1..range.end - 1,
            _ => range,
        }
    }

    /// Takes the value at this place for what the format says, unless it stands for another value.
    fn take(&mut self, want: Want, range: Range<usize>) {
        self.take_graded(want, range, &|_| Some(Tier::Certain));
    }

    /// The same, where the format does not say how sure that is: at most as sure as `most` says of the value.
    fn take_graded(&mut self, want: Want, range: Range<usize>, most: &dyn Fn(&str) -> Option<Tier>) {
        let range = self.unquoted(range);
        let text = self.at(&range);
        let Some((value, tier)) = literal::read(want.writing, text) else { return };
        if want.writing == Writing::Address {
            let Some(password) = literal::password_of_address(text) else { return };
            let place = range.start + password.start..range.start + password.end;
            return self.take_graded(Want { writing: Writing::Plain, ..want }, place, most);
        }
        let Some(most) = most(&String::from_utf8_lossy(&value)) else { return };
        let doubt = match want.writing {
            Writing::Hash => literal::doubt_of_hash(&value),
            Writing::Obscured | Writing::Key32 => literal::doubt_of_key(&value),
            Writing::Plain | Writing::Base64 | Writing::Login | Writing::Address => literal::doubt(&value),
        };
        let (tier, note) = match doubt {
            Some(Doubt::Reference) => return,
            Some(Doubt::Example) if value::is_rehearsal(self.path) => return,
            Some(Doubt::Example) => (Tier::Possible, Some("it looks like an example".to_owned())),
            None if value::is_rehearsal(self.path) => {
                (Tier::Possible, Some("the file lies among tests or examples".to_owned()))
            }
            None => (tier.min(most), None),
        };
        let note = note.or_else(|| {
            (want.writing == Writing::Obscured)
                .then(|| "it is encrypted with a key that lies beside it or is known".to_owned())
        });
        self.push(Hit {
            span: Span::new(range.start, range.end),
            kind: Kind::Placed(want.kind),
            tier,
            note,
            secret: Secret(value),
            matched: None,
        });
    }

    fn push(&mut self, hit: Hit) {
        self.hits.push(hit);
    }
}

impl Want {
    const fn plain(kind: &'static Placed) -> Self {
        Self { kind, writing: Writing::Plain }
    }
}
