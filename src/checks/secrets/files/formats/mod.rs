//! The table of formats: which file names have which format, and which of their settings are secret.

mod servers;
mod tools;

use std::collections::HashMap;
use std::sync::OnceLock;

use super::name::{Name, matches};
use super::{File, Want, Writing, code, json, settings, words, xml, yaml};
use crate::checks::secrets::hit::Placed;
use crate::checks::secrets::placed::{APPLICATION_SECRET, CONFIGURED_TOKEN, NETWORK_KEY, PASSWORD, REGISTRY_LOGIN};

/// Files of one format.
struct Format {
    /// Patterns of names in small letters, without the dot that they begin with; see [`Name::is`].
    names: &'static [&'static str],
    shape: Shape,
    wants: &'static [Wanted],
}

/// How a format is written.
enum Shape {
    Settings,
    Code,
    Json,
    Xml,
    Yaml,
    Words,
    Own(fn(&mut File<'_>)),
}

/// A key in small letters, with at most one `*`, and what its value is. `a>b` is the key `b` anywhere below `a`.
pub(super) type Wanted = (&'static str, Want);

/// What is wanted of the value to which these keys lead.
pub(super) fn wanted(wants: &[Wanted], keys: &[&str]) -> Option<Want> {
    let (last, above) = keys.split_last()?;
    let is = |pattern: &str| match pattern.split_once('>') {
        None => matches(pattern, last),
        Some((parent, key)) => matches(key, last) && above.iter().any(|it| matches(parent, it)),
    };
    wants.iter().find(|(pattern, _)| is(pattern)).map(|(_, want)| *want)
}

/// Takes the secrets of a file whose name is in the table.
pub(super) fn read(name: &Name<'_>, file: &mut File<'_>) {
    for format in index().of(name) {
        match format.shape {
            Shape::Settings => settings::read(file, format.wants),
            Shape::Code => code::read(file, format.wants),
            Shape::Json => json::read(file, format.wants),
            Shape::Xml => xml::read(file, format.wants),
            Shape::Yaml => yaml::read(file, format.wants),
            Shape::Words => words::read(file, format.wants),
            Shape::Own(read) => read(file),
        }
    }
}

/// Every pattern of a name in the table.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    tools::FORMATS.iter().chain(servers::FORMATS).flat_map(|format| format.names.iter().copied())
}

/// The table by names: most files are none of it, and that costs one look.
struct Index {
    plain: HashMap<&'static str, Vec<&'static Format>>,
    /// Patterns with a folder or with anything in them, each behind what such a name ends with.
    others: Vec<(&'static str, &'static str, &'static Format)>,
}

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index { plain: HashMap::new(), others: Vec::new() };
        for format in tools::FORMATS.iter().chain(servers::FORMATS) {
            for name in format.names {
                if name.contains(['*', '/']) {
                    let end = name.rsplit(['*', '/']).next().unwrap_or_default();
                    index.others.push((end, name, format));
                } else {
                    index.plain.entry(name).or_default().push(format);
                }
            }
        }
        index
    })
}

impl Index {
    /// The formats of a file, each once.
    fn of(&self, name: &Name<'_>) -> Vec<&'static Format> {
        let mut formats = self.plain.get(name.bare()).cloned().unwrap_or_default();
        let near = self.others.iter().filter(|(end, ..)| name.may_end_with(end));
        for (_, pattern, format) in near {
            if name.is(pattern) && !formats.iter().any(|it| std::ptr::eq(*it, *format)) {
                formats.push(format);
            }
        }
        formats
    }
}

const PLAIN: Want = Want::plain(&PASSWORD);
const TOKEN: Want = Want::plain(&CONFIGURED_TOKEN);
const APPLICATION: Want = Want::plain(&APPLICATION_SECRET);
const NETWORK: Want = Want::plain(&NETWORK_KEY);
const REGISTRY: Want = Want::plain(&REGISTRY_LOGIN);
const LOGIN: Want = written(&REGISTRY_LOGIN, Writing::Login);
const ADDRESS: Want = written(&PASSWORD, Writing::Address);
const OBSCURED: Want = written(&PASSWORD, Writing::Obscured);

const fn written(kind: &'static Placed, writing: Writing) -> Want {
    Want { kind, writing }
}

/// Keys that are secret in any settings of a person or a server.
const TELLING: &[Wanted] = &[
    ("*password", PLAIN),
    ("*passwd", PLAIN),
    ("*passphrase", PLAIN),
    ("*_pass", PLAIN),
    ("*_pwd", PLAIN),
    ("pass", PLAIN),
    ("*token", TOKEN),
    ("*secret", TOKEN),
    ("*secret_key", TOKEN),
    ("*secretkey", TOKEN),
    ("*secret_access_key", TOKEN),
    ("*private_key", TOKEN),
    ("*api_key", TOKEN),
    ("*apikey", TOKEN),
];

const fn format(names: &'static [&'static str], shape: Shape, wants: &'static [Wanted]) -> Format {
    Format { names, shape, wants }
}
