//! What the path of a migration says: its version, and what the file is for.

use super::layouts::{Form, Layout};
use crate::model::RepoPath;

/// What a path says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Named {
    /// The folder that holds all migrations of the set.
    pub(super) root: RepoPath,
    pub(super) version: Version,
    pub(super) role: Role,
}

/// What a file is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::checks::migrations) enum Role {
    /// Run once.
    Up,
    /// Takes back what another file did.
    Down,
    /// Run whenever it changes, after all others.
    Repeatable,
}

/// The version of a migration, in the order in which migrations are run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(in crate::checks::migrations) enum Version {
    /// Numbers, each as its count of digits and its digits: any length is compared exactly.
    Numbers(Vec<(usize, String)>),
    /// A name, where the tool has no versions.
    Name(String),
}

impl Version {
    fn numbers<'t>(parts: impl Iterator<Item = &'t str>) -> Self {
        let mut numbers: Vec<(usize, String)> =
            parts.map(|part| part.trim_start_matches('0')).map(|digits| (digits.len(), digits.to_owned())).collect();
        // `1.0` is `1`.
        while numbers.len() > 1 && numbers.last().is_some_and(|(len, _)| *len == 0) {
            numbers.pop();
        }
        Self::Numbers(numbers)
    }

    /// The number that a name begins with; dashes in it, as of `2024-01-31-120000_x`, count for nothing.
    fn leading(name: &str) -> Option<Self> {
        let end = name.find(|it: char| !it.is_ascii_digit() && it != '-').unwrap_or(name.len());
        let digits: String = name.get(..end)?.chars().filter(char::is_ascii_digit).collect();
        let is_number = name.starts_with(|it: char| it.is_ascii_digit());
        is_number.then(|| Self::numbers(std::iter::once(digits.as_str())))
    }

    /// `1_2` or `1.2`.
    fn dotted(text: &str) -> Option<Self> {
        let parts = || text.split(['.', '_']);
        let is_number = |it: &str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_digit());
        parts().all(is_number).then(|| Self::numbers(parts()))
    }
}

impl Layout {
    /// What a path says under this layout; nothing where it does not fit.
    pub(super) fn named(&self, path: &RepoPath) -> Option<Named> {
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let around = format!("/{}/", folder.as_str());
        if !self.folders.is_empty() && !self.folders.iter().any(|it| around.contains(&format!("/{it}/"))) {
            return None;
        }
        self.forms.iter().find_map(|form| form.named(path, &folder))
    }
}

impl Form {
    pub(super) fn named(self, path: &RepoPath, folder: &RepoPath) -> Option<Named> {
        let stem = path.name().strip_suffix(".sql")?;
        let here = |version, role| Named { root: folder.clone(), version, role };
        match self {
            Self::Folder(up) => {
                let role = match path.name() {
                    name if name == up => Role::Up,
                    "down.sql" => Role::Down,
                    _ => return None,
                };
                let root = folder.parent().unwrap_or_else(RepoPath::root);
                Some(Named { root, version: Version::leading(folder.name())?, role })
            }
            Self::Pair => {
                let up = stem.strip_suffix(".up").map(|name| (name, Role::Up));
                let (name, role) = up.or_else(|| Some((stem.strip_suffix(".down")?, Role::Down)))?;
                Some(here(Version::leading(name)?, role))
            }
            Self::Single if stem.ends_with(".up") || stem.ends_with(".down") => None,
            Self::Single => Some(here(Version::leading(stem)?, Role::Up)),
            Self::Prefixed => {
                let (version, name) = stem.get(1..)?.split_once("__")?;
                match stem.get(..1)? {
                    "R" if version.is_empty() => Some(here(Version::Name(name.to_owned()), Role::Repeatable)),
                    "V" => Some(here(Version::dotted(version)?, Role::Up)),
                    "U" => Some(here(Version::dotted(version)?, Role::Down)),
                    _ => None,
                }
            }
            Self::Any => Some(here(Version::Name(path.to_string()), Role::Up)),
        }
    }
}
