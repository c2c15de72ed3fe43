//! CODEOWNERS: lines that say what they mean, about files that are there, with owners who can approve.
//!
//! Whether owners have approved is judged by `reviews`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use super::ownership::Dialect;
use super::{Check, Hazard, Judged, Meta};
use crate::formats::codeowners::{self, CodeOwners, Entry, LARGEST, Owner};
use crate::model::{Blob, Change, Facts, FileMode, Finding, Missing, Need, Permission, Place, RepoPath, Span, Stop};

pub(super) struct CodeOwnersCheck;

/// Settings of `code-owners`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Params {
    /// Whose rules the file follows.
    dialect: Dialect,
    /// Its path, where it is not one of those that the forge looks at.
    path: Option<String>,
    /// What is looked for. The lines of the file are judged when a change touches it, unowned files always.
    look_for: BTreeSet<Flaw>,
}

impl Default for Params {
    fn default() -> Self {
        let look_for = [Flaw::Syntax, Flaw::Dead, Flaw::Shadowed].into();
        Self { dialect: Dialect::default(), path: None, look_for }
    }
}

/// Something wrong with owners.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Flaw {
    /// A line that cannot be read, or that does not mean what it seems to.
    Syntax,
    /// A line that decides about no file.
    Dead,
    /// A second file that has no effect.
    Shadowed,
    /// An owner who cannot approve.
    UnknownOwner,
    /// A changed file that nobody owns.
    Unowned,
}

impl Check for CodeOwnersCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "code-owners",
        summary: "CODEOWNERS says what it means, and its owners can approve",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "syntax", title: "a line cannot be read, or does not mean what it seems to" },
            Hazard { id: "dead", title: "a line decides about no file" },
            Hazard { id: "shadowed", title: "a second file has no effect" },
            Hazard { id: "unknown-owner", title: "an owner cannot approve" },
            Hazard { id: "unowned", title: "a changed file has no owner" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        Vec::new()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let looks_for = |flaw| params.look_for.contains(&flaw);
        let mut found = Vec::new();
        for path in params.dialect.places(params.path.as_deref()) {
            let is_file = |mode| matches!(mode, FileMode::Regular | FileMode::Executable);
            found.extend(facts.head.file(&path).map_err(Stop::Missing)?.filter(|file| is_file(file.mode)));
        }
        let Some((file, others)) = found.split_first() else {
            return Err(Stop::NotApplicable("there is no CODEOWNERS".to_owned()));
        };
        let is_touched = |path: &RepoPath| {
            facts.change.files.iter().any(|change| change.new.as_ref().is_some_and(|file| file.path == *path))
        };
        let touched: Vec<&RepoPath> = found.iter().map(|it| &it.path).filter(|path| is_touched(path)).collect();
        if touched.is_empty() && !looks_for(Flaw::Unowned) {
            return Err(Stop::NotApplicable(format!("`{}` is left alone", file.path)));
        }
        let blob = facts.head_blob(file)?;
        let (owners, problems) = codeowners::parse(blob.text(), params.dialect.reads());
        let sheet = Sheet { path: &file.path, blob, owners, facts };
        let mut judged = Judged::default();
        if touched.contains(&sheet.path) {
            if looks_for(Flaw::Syntax) {
                sheet.too_large(&mut judged);
                judged.findings.extend(problems.into_iter().map(|problem| {
                    let finding = Finding::new(sheet.blob.label(sheet.path, problem.span, ""), problem.message);
                    finding.hazard("syntax").help(problem.help.unwrap_or_else(|| "mend the line".to_owned()))
                }));
            }
            if looks_for(Flaw::Dead) {
                sheet.dead(&mut judged)?;
            }
            if looks_for(Flaw::UnknownOwner) {
                sheet.unknown_owners(&mut judged);
            }
        }
        if looks_for(Flaw::Shadowed) {
            judged.findings.extend(others.iter().filter(|it| touched.contains(&&it.path)).map(|other| {
                let message = format!("`{}` has no effect: `{}` counts", other.path, sheet.path);
                let help = "keep one of them";
                Finding::at(Place::file(&other.path), message).hazard("shadowed").help(help).key("")
            }));
        }
        if looks_for(Flaw::Unowned) {
            sheet.unowned(&mut judged)?;
        }
        Ok(judged)
    }
}

/// The file at the head.
struct Sheet<'a> {
    path: &'a RepoPath,
    blob: Arc<Blob>,
    owners: CodeOwners,
    facts: &'a Facts,
}

impl Sheet<'_> {
    fn finding(&self, entry: &Entry, message: String) -> Finding {
        Finding::new(self.blob.label(self.path, entry.span, ""), message)
    }

    fn cost(&self) -> u64 {
        u64::try_from(self.owners.len()).unwrap_or(u64::MAX)
    }

    fn too_large(&self, judged: &mut Judged) {
        if self.blob.bytes().len() > LARGEST {
            let message = format!("`{}` has more than 3 MiB, so that a forge leaves it out as a whole", self.path);
            let help = "give folders to owners instead of files";
            judged.findings.push(Finding::at(Place::file(self.path), message).hazard("syntax").help(help).key("size"));
        }
    }

    /// Lines that decide about no file of the head.
    fn dead(&self, judged: &mut Judged) -> Result<(), Missing> {
        let files = self.facts.head.files(&RepoPath::root())?;
        let mut deciding: BTreeSet<Span> = BTreeSet::new();
        // The lines that match something, with a file where another line of the section decides.
        let mut matching: BTreeMap<Span, &RepoPath> = BTreeMap::new();
        for file in &files {
            self.facts.spend(self.cost())?;
            deciding.extend(self.owners.entries(&file.path).map(|(_, entry)| entry.span));
            for entry in self.owners.sections.iter().flat_map(|it| &it.entries) {
                if !matching.contains_key(&entry.span) && entry.is_match(&file.path) {
                    matching.insert(entry.span, &file.path);
                }
            }
        }
        for section in &self.owners.sections {
            for entry in &section.entries {
                let example = matching.get(&entry.span);
                if deciding.contains(&entry.span) || entry.excludes && example.is_some() {
                    continue;
                }
                let finding = match example {
                    None => self
                        .finding(entry, format!("`{}` matches no file", entry.pattern))
                        .help("take the line out, or correct the path; case matters"),
                    Some(path) => self
                        .finding(
                            entry,
                            format!("`{}` never decides: other lines take all that it matches", entry.pattern),
                        )
                        .because(match section.entry(path) {
                            Some(other) => format!("`{path}` goes to `{}`", other.pattern),
                            None => format!("`{path}` is taken out of the section"),
                        })
                        .help("the last line that matches decides: move the line down, or take it out"),
                };
                judged.findings.push(finding.hazard("dead"));
            }
        }
        Ok(())
    }

    /// Owners of whom the forge says that they cannot approve. Whom it says nothing about nobody knows.
    fn unknown_owners(&self, judged: &mut Judged) {
        let mut seen: BTreeSet<&Owner> = BTreeSet::new();
        for entry in self.owners.sections.iter().flat_map(|it| &it.entries) {
            for owner in entry.owners.iter().filter(|owner| seen.insert(owner)) {
                match self.flaw_of(owner) {
                    Ok(None) => {}
                    Ok(Some(why)) => {
                        let message = format!("`{owner}` cannot approve: {why}");
                        let help = "give the permission `write` on the forge, or name another owner";
                        judged.findings.push(self.finding(entry, message).hazard("unknown-owner").help(help));
                    }
                    Err(missing) => judged.missing.push(missing),
                }
            }
        }
        judged.missing.sort();
        judged.missing.dedup();
    }

    fn flaw_of(&self, owner: &Owner) -> Result<Option<String>, Missing> {
        let forge = &self.facts.forge;
        let lacks = |permission: Permission| {
            (permission < Permission::Write).then(|| format!("it has the permission `{}`", permission.as_str()))
        };
        let untold = || {
            let how = "record it in the facts: `forge.people`, `forge.teams`".to_owned();
            Missing { how, ..Missing::pull_request(format!("whether `{owner}` can approve")) }
        };
        let team = |name: &str| -> Result<Option<Option<String>>, Missing> {
            let teams = forge.teams.as_ref().map_err(Clone::clone)?;
            let Some(team) = teams.iter().find(|it| it.name.eq_ignore_ascii_case(name)) else { return Ok(None) };
            if team.members.as_ref().is_some_and(Vec::is_empty) {
                return Ok(Some(Some("it has no members".to_owned())));
            }
            Ok(Some(lacks(team.permission.ok_or_else(untold)?)))
        };
        let people = || forge.people.as_ref().map_err(Clone::clone);
        match owner {
            Owner::Role(_) => Ok(None),
            Owner::Team(name) => team(name)?.ok_or_else(untold),
            Owner::Account(name) => match people()?.iter().find(|it| it.login.eq_ignore_ascii_case(name)) {
                Some(person) => Ok(lacks(person.permission.ok_or_else(untold)?)),
                None => team(name)?.ok_or_else(untold),
            },
            Owner::Email(address) => {
                let is_theirs = |email: &String| email.eq_ignore_ascii_case(address);
                let person = people()?.iter().find(|it| it.emails.iter().any(is_theirs)).ok_or_else(untold)?;
                Ok(lacks(person.permission.ok_or_else(untold)?))
            }
        }
    }

    fn unowned(&self, judged: &mut Judged) -> Result<(), Missing> {
        for file in self.facts.change.files.iter().filter_map(|change: &Change| change.new.as_ref()) {
            self.facts.spend(self.cost())?;
            if self.owners.entries(&file.path).all(|(_, entry)| entry.owners.is_empty()) {
                let message = format!("`{}` has no owner", file.path);
                let help = format!("name one in `{}`", self.path);
                judged
                    .findings
                    .push(Finding::at(Place::file(&file.path), message).hazard("unowned").help(help).key(""));
            }
        }
        Ok(())
    }
}
