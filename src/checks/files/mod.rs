//! Which files there are and what kind they are: presence, size, mode, names, links, submodules.
//!
//! The text in files is not read here, but for the first bytes that tell a script.

mod backups;
mod content;
mod links;
mod names;
mod presence;

use schemars::JsonSchema;
use serde::Deserialize;

use self::content::{Binary, Executable, Extensions, SizeLimit};
use self::links::{Links, Submodules};
use self::names::Names;
use self::presence::{Forbidden, Required, SecretFiles};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Change, ChangeKind, Facts, File, Finding, Label, Missing, Need, ObjectId, Place, RepoPath, Stop};

pub(super) struct FilesCheck;

/// Settings of `files`. Portable names and sound links are judged without any.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// Which files are judged.
    #[serde(default)]
    scope: Scope,
    /// Files that are left out of everything but `required`.
    #[serde(default)]
    except: Globs,
    /// Whether files that a commit brings and a later one takes away are judged: history keeps them.
    #[serde(default = "yes")]
    transient: bool,
    /// Files that must be there.
    #[serde(default)]
    required: Vec<Required>,
    /// Files that must not be there.
    #[serde(default)]
    forbidden: Vec<Forbidden>,
    /// Largest sizes; the first entry that speaks about a file decides.
    #[serde(default)]
    size: Vec<SizeLimit>,
    /// Extensions that new files may have.
    #[serde(default)]
    extensions: Option<Extensions>,
    /// When binary files are forbidden, and which are not.
    #[serde(default)]
    binary: Option<Binary>,
    /// Which files are executable.
    #[serde(default)]
    executable: Option<Executable>,
    /// What names every system can hold.
    #[serde(default)]
    names: Names,
    /// Where symbolic links may point.
    #[serde(default)]
    links: Links,
    /// What may happen to submodules.
    #[serde(default)]
    submodules: Submodules,
    /// Local secret files, which must not be tracked.
    #[serde(default)]
    secret_files: Option<SecretFiles>,
}

fn yes() -> bool {
    true
}

/// Which files are judged.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Scope {
    /// Those that the change adds or modifies.
    #[default]
    Change,
    /// Every file of the head.
    Tree,
}

/// A file to be judged.
struct Item {
    file: File,
    /// Whether its path is new.
    is_new: bool,
    /// The commit that brings it, when the head no longer has it.
    commit: Option<ObjectId>,
}

impl Item {
    fn place(&self) -> Place {
        let revision = self.commit.as_ref().map(ObjectId::short);
        Place::File { path: self.file.path.clone(), region: None, revision }
    }

    /// A finding about the file; `help` says what to do when it is still there.
    fn finding(&self, hazard: &str, message: String, help: &str) -> Finding {
        let finding = Finding::at(self.place(), message).hazard(hazard);
        match &self.commit {
            None => finding.help(help),
            Some(commit) => finding
                .because(format!(
                    "commit {} brings it, and history keeps what a later commit takes away",
                    commit.short()
                ))
                .help("take it out of that commit with `git rebase --interactive`, or squash the commits"),
        }
    }
}

impl Check for FilesCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "files",
        summary: "the right files are there, and every system can hold them",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "required", title: "a file that must be there is not" },
            Hazard { id: "forbidden", title: "a file is there that must not be" },
            Hazard { id: "size", title: "a file is too large" },
            Hazard { id: "extension", title: "a new file has an extension that is not allowed" },
            Hazard { id: "binary", title: "a binary file is tracked" },
            Hazard { id: "not-executable", title: "a script cannot be run" },
            Hazard { id: "executable", title: "a file is executable that is no program" },
            Hazard { id: "path-length", title: "a path is too long" },
            Hazard { id: "windows-name", title: "a name that Windows cannot hold" },
            Hazard { id: "case-collision", title: "two names differ in nothing but case" },
            Hazard { id: "unicode-collision", title: "two names are the same characters written in two ways" },
            Hazard { id: "link-target", title: "a symbolic link points out of the tree or at nothing" },
            Hazard { id: "submodule", title: "a submodule is added or moved" },
            Hazard { id: "secret-file", title: "a local secret file is tracked" },
            Hazard { id: "not-ignored", title: "a local secret file is not ignored" },
        ],
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        if params.judges_transient() { vec![Need::TransientFiles] } else { Vec::new() }
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        for rule in &params.required {
            rule.judge(facts, &mut judged);
        }
        for item in judged.keep(items(params, facts)).unwrap_or_default() {
            judge_content(params, facts, &item, &mut judged);
            if item.commit.is_none() {
                params.links.judge(facts, &item.file, &mut judged);
            }
        }
        if params.judges_transient() {
            for item in judged.keep(transient(params, facts)).unwrap_or_default() {
                judge_content(params, facts, &item, &mut judged);
            }
        }
        names::judge(params, facts, &mut judged);
        params.submodules.judge(facts, &mut judged);
        if let Some(secret_files) = &params.secret_files {
            secret_files.judge_ignores(facts, &mut judged);
        }
        Ok(judged)
    }
}

impl Params {
    fn judges_transient(&self) -> bool {
        let asks = !self.forbidden.is_empty() || !self.size.is_empty() || self.binary.is_some();
        self.transient && (asks || self.secret_files.is_some() || self.extensions.is_some())
    }
}

fn judge_content(params: &Params, facts: &Facts, item: &Item, judged: &mut Judged) {
    judged.findings.extend(params.forbidden.iter().filter_map(|rule| rule.judge(item)));
    judged.findings.extend(params.secret_files.as_ref().and_then(|rule| rule.judge(item)));
    judged.findings.extend(params.extensions.as_ref().and_then(|rule| rule.judge(item)));
    let found = content::judge(params, facts, item);
    let found = judged.keep(found).unwrap_or_default();
    judged.findings.extend(found);
}

fn items(params: &Params, facts: &Facts) -> Result<Vec<Item>, Missing> {
    let is_new = |change: &Change| match change.kind {
        ChangeKind::Added | ChangeKind::Renamed(_) | ChangeKind::Copied(_) => true,
        ChangeKind::Modified | ChangeKind::Deleted => false,
    };
    let changed = facts.change.files.iter();
    let changed = changed.filter_map(|change| change.new.clone().map(|file| (file, is_new(change))));
    let all: Vec<(File, bool)> = match params.scope {
        Scope::Change => changed.collect(),
        Scope::Tree => facts.head.files(&RepoPath::root())?.into_iter().map(|file| (file, true)).collect(),
    };
    let kept = all.into_iter().filter(|(file, _)| !params.except.is_match(&file.path));
    Ok(kept.map(|(file, is_new)| Item { file, is_new, commit: None }).collect())
}

fn transient(params: &Params, facts: &Facts) -> Result<Vec<Item>, Missing> {
    let mut items = Vec::new();
    for it in facts.transient.clone()?.iter().filter(|it| !params.except.is_match(&it.file.path)) {
        let is_new = facts.base.file(&it.file.path)?.is_none();
        items.push(Item { file: it.file.clone(), is_new, commit: Some(it.commit) });
    }
    Ok(items)
}

/// A place for a finding that stands on another file as well.
fn related(path: &RepoPath, text: &str) -> Label {
    Label { place: Place::file(path), snippet: None, text: text.to_owned() }
}

/// A path in single quotes for a shell; `PATH` where it holds what no terminal should print.
fn quoted(path: &RepoPath) -> String {
    let text = path.to_string();
    if text.chars().any(char::is_control) {
        return "PATH".to_owned();
    }
    // `-x` would be an option to the command that it is pasted into.
    let folder = if text.starts_with('-') { "./" } else { "" };
    format!("'{folder}{}'", text.replace('\'', r"'\''"))
}
