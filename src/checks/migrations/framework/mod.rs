//! What files are migrations, of which tool, in which order, and which parts of them run in a transaction.
//!
//! `layouts` says how the tools lay out their files, `path` and `parts` read a path and a text by it, and `dialect`
//! tells the server.

mod dialect;
mod layouts;
mod parts;
mod path;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::dialect::Votes;
use self::layouts::{Form, LAYOUTS, OptOut, Sign, Wrap};
use self::path::Named;
use super::Params;
use crate::checks::Judged;
use crate::formats::sql::{self, Dialect, Script};
use crate::model::{Blob, Facts, File, FileMode, Missing, RepoPath};

pub(super) use self::layouts::{Applied, Layout, LayoutId};
pub(super) use self::parts::Unit;
pub(super) use self::path::{Role, Version};

/// The migrations of one tool in one folder, in the order in which they run.
pub(super) struct Set {
    pub(super) root: RepoPath,
    pub(super) layout: &'static Layout,
    /// Nothing where neither the tool, the path, the settings nor the files tell.
    pub(super) dialect: Option<Dialect>,
    pub(super) migrations: Vec<Migration>,
}

/// One migration, as it is run.
pub(super) struct Migration {
    pub(super) file: File,
    pub(super) blob: Arc<Blob>,
    pub(super) version: Version,
    pub(super) role: Role,
    /// The parts that are run, in order.
    pub(super) units: Vec<Unit>,
    /// What stands in them; spans are those of the file.
    pub(super) script: Script,
}

impl Migration {
    /// What a unit says, as it stands in the file.
    pub(super) fn text(&self, unit: &Unit) -> &str {
        self.blob.text().as_str().get(unit.span.start..unit.span.end).unwrap_or_default()
    }
}

/// The tree that files are read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    Base,
    Head,
}

/// A folder with the tool whose migrations lie in it.
pub(super) type Place = (RepoPath, LayoutId);

/// Finds migrations in one tree.
pub(super) struct Finder<'a> {
    params: &'a Params,
    facts: &'a Facts,
    side: Side,
    /// What was asked about files above a folder: the folder, the file's name, the words in it.
    above: BTreeMap<(RepoPath, &'static str, &'static str), bool>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(params: &'a Params, facts: &'a Facts, side: Side) -> Self {
        Self { params, facts, side, above: BTreeMap::new() }
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        match self.side {
            Side::Base => self.facts.base.file(path),
            Side::Head => self.facts.head.file(path),
        }
    }

    fn blob(&self, file: &File) -> Result<Arc<Blob>, Missing> {
        match self.side {
            Side::Base => self.facts.base_blob(file),
            Side::Head => self.facts.head_blob(file),
        }
    }

    /// The folder and the tool of a file; nothing where it is no migration.
    pub(super) fn place(&mut self, file: &File) -> Result<Option<(RepoPath, &'static Layout)>, Missing> {
        Ok(self.recognise(file)?.map(|(named, layout)| (named.root, layout)))
    }

    fn recognise(&mut self, file: &File) -> Result<Option<(Named, &'static Layout)>, Missing> {
        if !self.params.may_be(&file.path) || !matches!(file.mode, FileMode::Regular | FileMode::Executable) {
            return Ok(None);
        }
        for layout in &LAYOUTS {
            match self.params.layout {
                Some(id) if id != layout.id => {}
                Some(_) => return Ok(self.params.named(layout, &file.path).map(|named| (named, layout))),
                None => {
                    let Some(named) = layout.named(&file.path) else { continue };
                    if layout.signs.is_empty() || self.shows(layout, file, &named.root)? {
                        return Ok(Some((named, layout)));
                    }
                }
            }
        }
        let last = LAYOUTS.last().filter(|_| self.params.paths.is_some());
        Ok(last.and_then(|layout| Some((self.params.named(layout, &file.path)?, layout))))
    }

    fn shows(&mut self, layout: &Layout, file: &File, root: &RepoPath) -> Result<bool, Missing> {
        for sign in layout.signs {
            let shows = match sign {
                Sign::Comment(words) => {
                    let blob = self.blob(file)?;
                    blob.text().as_str().lines().filter_map(parts::comment).any(|it| it.starts_with(words))
                }
                Sign::Text(words) => self.blob(file)?.text().as_str().contains(words),
                Sign::Beside(name) => self.file(&root.join(&RepoPath::new(name)))?.is_some(),
                Sign::Above(name, words) => self.is_above(root, name, words)?,
            };
            if shows {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_above(&mut self, root: &RepoPath, name: &'static str, words: &'static str) -> Result<bool, Missing> {
        let key = (root.clone(), name, words);
        if let Some(known) = self.above.get(&key) {
            return Ok(*known);
        }
        let mut found = false;
        let mut folder = Some(root.clone());
        while let Some(at) = folder.filter(|_| !found) {
            if let Some(file) = self.file(&at.join(&RepoPath::new(name)))? {
                found = self.blob(&file)?.text().as_str().contains(words);
            }
            folder = at.parent();
        }
        self.above.insert(key, found);
        Ok(found)
    }

    /// Every migration of a place, read. What cannot be read is noted and left out.
    pub(super) fn load(&mut self, place: &Place, judged: &mut Judged) -> Option<Set> {
        let (root, id) = place;
        let layout = LAYOUTS.iter().find(|it| it.id == *id)?;
        let files = match self.side {
            Side::Base => self.facts.base.files(root),
            Side::Head => self.facts.head.files(root),
        };
        let mut found: Vec<(File, Named, Arc<Blob>)> = Vec::new();
        for file in judged.keep(files)? {
            let recognised = judged.keep(self.recognise(&file)).flatten();
            let Some((named, of)) = recognised else { continue };
            if of.id != *id || named.root != *root || named.role == Role::Down {
                continue;
            }
            if let Some(blob) = judged.keep(self.blob(&file)) {
                found.push((file, named, blob));
            }
        }
        let dialect = judged.keep(self.dialect(layout, root, &found))?;
        let mut migrations = Vec::with_capacity(found.len());
        for (file, named, blob) in found {
            migrations.extend(judged.keep(self.migration(layout, dialect, (file, named, blob))));
        }
        migrations.sort_by(|a, b| {
            let key = |it: &Migration| (it.role == Role::Repeatable, it.version.clone(), it.file.path.clone());
            key(a).cmp(&key(b))
        });
        Some(Set { root: root.clone(), layout, dialect, migrations })
    }

    fn migration(
        &self,
        layout: &Layout,
        dialect: Option<Dialect>,
        (file, named, blob): (File, Named, Arc<Blob>),
    ) -> Result<Migration, Missing> {
        let text = blob.text().as_str();
        let opted_out = self.is_opted_out(layout, &file, text)?;
        let mut units = Vec::new();
        for (span, marker) in layout.spans(text) {
            // Of a file with several changes each opts out for itself.
            let opted_out = match layout.applied {
                Applied::Changes => layout.opt_out.iter().any(|it| it.is_in(&marker)),
                Applied::File | Applied::Up => opted_out,
            };
            units
                .push(Unit { span, in_transaction: if opted_out { Some(false) } else { layout.transaction.always() } });
        }
        // Text that no dialect is known for is read as the one whose words the others share.
        let script = sql::parse(&parts::masked(text, &units), dialect.unwrap_or(Dialect::Postgres));
        if layout.transaction == Wrap::Implicit && !opted_out {
            for unit in &mut units {
                unit.in_transaction = Some(script.statements.len() > 1);
            }
        }
        Ok(Migration { file, blob, version: named.version, role: named.role, units, script })
    }

    fn is_opted_out(&self, layout: &Layout, file: &File, text: &str) -> Result<bool, Missing> {
        for opt_out in layout.opt_out {
            let holder = match opt_out {
                OptOut::Beside(name, _) => file.path.parent().map(|folder| folder.join(&RepoPath::new(name))),
                OptOut::Suffixed(end, _) => Some(RepoPath::new(&format!("{}{end}", file.path.as_str()))),
                OptOut::Comment(_) | OptOut::FirstLine(_) | OptOut::Word(_) => None,
            };
            let says = match holder {
                None => opt_out.is_in(text),
                Some(path) => match self.file(&path)? {
                    Some(file) => opt_out.is_in(self.blob(&file)?.text().as_str()),
                    None => false,
                },
            };
            if says {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn dialect(
        &self,
        layout: &Layout,
        root: &RepoPath,
        found: &[(File, Named, Arc<Blob>)],
    ) -> Result<Option<Dialect>, Missing> {
        let known = self.params.dialect.map(Dialect::from).or(layout.dialect).or_else(|| dialect::of_path(root));
        if known.is_some() {
            return Ok(known);
        }
        // Prisma writes the server into a file beside its migrations.
        if let Some(lock) = self.file(&root.join(&RepoPath::new("migration_lock.toml")))? {
            let blob = self.blob(&lock)?;
            let provider = blob.text().as_str().lines().find_map(|line| line.trim().strip_prefix("provider"));
            let named = provider.and_then(|it| dialect::named(it.trim_matches([' ', '=', '"'])));
            if named.is_some() {
                return Ok(named);
            }
        }
        let mut votes = Votes::default();
        for (.., blob) in found {
            votes.count(blob.text().as_str());
        }
        Ok(votes.decided())
    }
}

impl Wrap {
    /// Whether every file is run in a transaction; nothing where that cannot be said of every file.
    fn always(self) -> Option<bool> {
        match self {
            Self::Yes => Some(true),
            Self::No => Some(false),
            Self::Implicit | Self::Unknown => None,
        }
    }
}

impl OptOut {
    /// Whether the text says so: the migration, its marker, or the file beside it.
    fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Comment(words) => {
                text.contains(words) || text.lines().filter_map(parts::comment).any(|line| line.contains(words))
            }
            Self::FirstLine(words) => text.lines().next().and_then(parts::comment).is_some_and(|it| it.contains(words)),
            Self::Word(word) => {
                let mut words = text.split(|it: char| !it.is_ascii_alphanumeric());
                words.any(|it| it.eq_ignore_ascii_case(word))
            }
            Self::Beside(_, words) | Self::Suffixed(_, words) => {
                let text: String = text.chars().filter(|it| !it.is_whitespace()).collect();
                text.to_ascii_lowercase().contains(words)
            }
        }
    }
}

impl Params {
    /// Whether the settings let a file be a migration.
    fn may_be(&self, path: &RepoPath) -> bool {
        let is_listed = self.paths.as_ref().map_or(path.extension() == Some("sql"), |paths| paths.is_match(path));
        is_listed && !self.except.is_match(path)
    }

    /// What a path says under a layout that the settings name, or that is the last resort.
    fn named(&self, layout: &Layout, path: &RepoPath) -> Option<Named> {
        let folder = path.parent().unwrap_or_else(RepoPath::root);
        let found = layout.forms.iter().find_map(|form| form.named(path, &folder));
        // Whoever lists the files knows better than their names.
        found.or_else(|| Form::Any.named(path, &folder).filter(|_| self.paths.is_some()))
    }
}
