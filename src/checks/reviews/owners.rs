//! Code owners: which lines of CODEOWNERS the changed files fall under, and who is an owner by them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::directory::{Directory, Truth};
use super::settings::CodeOwnersSettings;
use crate::formats::codeowners::{self, CodeOwners, Entry, LARGEST, Owner, Section};
use crate::model::{Blob, Change, Facts, FileMode, Label, Missing, Place, RepoPath, Review, Span};

/// The file, as the target branch has it.
pub(super) struct Owners {
    path: RepoPath,
    revision: String,
    blob: Arc<Blob>,
    file: CodeOwners,
}

/// A line that decides about changed files.
pub(super) struct Demand<'a> {
    pub(super) section: &'a Section,
    pub(super) entry: &'a Entry,
    /// The changes that it decides about.
    pub(super) files: Vec<&'a Change>,
}

/// What the lines say about the changed files.
pub(super) struct Demands<'a> {
    /// By line, in order.
    pub(super) demands: Vec<Demand<'a>>,
    /// Changed paths that no line speaks about.
    pub(super) unowned: Vec<&'a RepoPath>,
    /// Lines that decide and cannot be read.
    pub(super) missing: Vec<Missing>,
}

impl Owners {
    /// Reads the file at the tip of the target, so that neither a change nor an old starting point chooses the owners.
    pub(super) fn load(settings: &CodeOwnersSettings, facts: &Facts) -> Result<Self, Missing> {
        let places = settings.dialect.places(settings.path.as_deref());
        for path in places {
            let Some(file) = facts.target.file(&path)? else { continue };
            let how = "mend it in a change of its own and merge that first";
            if !matches!(file.mode, FileMode::Regular | FileMode::Executable) {
                return Err(Missing::here(format!("whose files these are: `{path}` is no regular file"), how));
            }
            let blob = facts.target_blob(&file)?;
            if blob.bytes().len() > LARGEST {
                let what = format!("whose files these are: `{path}` has more than 3 MiB, and a forge leaves it out");
                return Err(Missing::here(what, how));
            }
            let (read, _) = codeowners::parse(blob.text(), settings.dialect.reads());
            return Ok(Self { path, revision: target_name(facts), blob, file: read });
        }
        Err(Missing::here(
            format!("whose files these are: `{}` has no CODEOWNERS", target_name(facts)),
            "add the file in a change of its own and merge it first; it is never read from the change that is judged",
        ))
    }

    /// The lines that decide about these changes. Of a rename both paths count.
    pub(super) fn demands<'a>(&'a self, facts: &Facts, files: &[&'a Change]) -> Result<Demands<'a>, Missing> {
        let mut by_line: BTreeMap<Span, Demand<'a>> = BTreeMap::new();
        let mut found = Demands { demands: Vec::new(), unowned: Vec::new(), missing: Vec::new() };
        let cost = u64::try_from(self.file.len()).unwrap_or(u64::MAX);
        for change in files {
            for path in change.paths() {
                facts.spend(cost)?;
                let mut is_owned = false;
                for (section, entry) in self.file.entries(path) {
                    is_owned |= !entry.owners.is_empty();
                    if entry.is_broken {
                        found.missing.push(self.unreadable(entry, path));
                    } else if !section.is_optional && !entry.owners.is_empty() {
                        let demand = Demand { section, entry, files: Vec::new() };
                        let files = &mut by_line.entry(entry.span).or_insert(demand).files;
                        // Both paths of a renamed file can fall under one line.
                        if !files.last().is_some_and(|last| std::ptr::eq(*last, *change)) {
                            files.push(change);
                        }
                    }
                }
                if !is_owned {
                    found.unowned.push(path);
                }
            }
        }
        found.demands = by_line.into_values().collect();
        found.missing.dedup();
        Ok(found)
    }

    fn unreadable(&self, entry: &Entry, path: &RepoPath) -> Missing {
        let line = self.blob.text().position(entry.span.start).line;
        Missing::here(
            format!("whose `{path}` is: line {line} of `{}` cannot be read", self.path),
            "mend the line in a change of its own and merge that first",
        )
    }

    /// A label for a line.
    pub(super) fn label(&self, entry: &Entry) -> Label {
        let text = self.blob.text();
        let region = Some(text.region(entry.span));
        let place = Place::File { path: self.path.clone(), region, revision: Some(self.revision.clone()) };
        Label { place, snippet: Some(text.snippet(entry.span)), text: "these are the owners".to_owned() }
    }
}

/// The target branch as a person would say it.
fn target_name(facts: &Facts) -> String {
    facts.refs.target.clone().unwrap_or_else(|_: Missing| facts.run.base_name.clone())
}

/// Whether an account is one of the owners of a line.
pub(super) fn is_owner(directory: &Directory<'_>, entry: &Entry, login: &str, review: Option<&Review>) -> Truth {
    Truth::any(entry.owners.iter().map(|owner| match owner {
        Owner::Account(name) if directory.has_team(name) => directory.is_member(login, name, review),
        Owner::Account(name) => Truth::of(name.eq_ignore_ascii_case(login)),
        Owner::Team(name) => directory.is_member(login, name, review),
        Owner::Email(address) => match directory.account("", address) {
            Some(account) => Truth::of(account == login),
            None => Truth::Unknown(Missing::here(
                format!("whose address `{address}` is"),
                "add it to `forge.people` of the facts, or name the account in CODEOWNERS",
            )),
        },
        Owner::Role(role) => match directory.permission(login, review) {
            Ok(permission) => Truth::of(permission == *role),
            Err(missing) => Truth::Unknown(missing),
        },
    }))
}
