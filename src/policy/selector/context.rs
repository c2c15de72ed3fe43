//! The facts as a condition sees them: names, their kinds, and their values.

use serde_json::{Value as Json, json};

use super::expression::Uses;
use super::part::mode_name;
use super::size;
use super::words;
use crate::model::{Change, ChangeKind, Commit, Facts, FileMode, Identity, Missing, Need, PullRequest};

/// What a name of a condition stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Text,
    /// A text that is one of a few.
    Word(Words),
    Number,
    Flag,
    List(&'static Self),
    Object(&'static Object),
    /// Not known before the condition runs.
    Any,
}

/// Texts that are each one of a few.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Words {
    Modes,
    Events,
    ChangeKinds,
    FileModes,
    Profiles,
    Branches,
}

impl Words {
    /// What it is, in words.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Modes => "`mode`",
            Self::Events => "`event`",
            Self::ChangeKinds => "the kind of a changed file",
            Self::FileModes => "the mode of a changed file",
            Self::Profiles => "`profile`",
            Self::Branches => "the short name of a branch",
        }
    }

    /// The words, where they are known; `profiles` are those that the policy declares.
    pub(super) fn known(self, profiles: &[String]) -> Vec<String> {
        let owned = |words: Vec<&'static str>| words.into_iter().map(str::to_owned).collect();
        match self {
            Self::Modes => owned(words::modes()),
            Self::Events => owned(words::events()),
            Self::ChangeKinds => owned(KINDS.map(kind_word).to_vec()),
            Self::FileModes => owned(FILE_MODES.map(mode_word).to_vec()),
            Self::Profiles => profiles.to_vec(),
            Self::Branches => Vec::new(),
        }
    }
}

const KINDS: [ChangeKind; 5] =
    [ChangeKind::Added, ChangeKind::Deleted, ChangeKind::Modified, ChangeKind::Renamed(100), ChangeKind::Copied(100)];

const FILE_MODES: [FileMode; 4] = [FileMode::Regular, FileMode::Executable, FileMode::Symlink, FileMode::Gitlink];

/// Named fields.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Object {
    /// What it is, in words.
    pub(super) name: &'static str,
    pub(super) fields: &'static [(&'static str, Kind)],
}

const FILE: Object = Object {
    name: "a changed file",
    fields: &[
        ("path", Kind::Text),
        ("old_path", Kind::Text),
        ("kind", Kind::Word(Words::ChangeKinds)),
        ("mode", Kind::Word(Words::FileModes)),
        ("additions", Kind::Number),
        ("deletions", Kind::Number),
    ],
};

const CHANGE: Object = Object {
    name: "`change`",
    fields: &[("files", Kind::List(&Kind::Object(&FILE))), ("additions", Kind::Number), ("deletions", Kind::Number)],
};

const PERSON: Object = Object { name: "a person", fields: &[("name", Kind::Text), ("email", Kind::Text)] };

const COMMIT: Object = Object {
    name: "a commit",
    fields: &[
        ("id", Kind::Text),
        ("subject", Kind::Text),
        ("message", Kind::Text),
        ("author", Kind::Object(&PERSON)),
        ("committer", Kind::Object(&PERSON)),
        ("is_merge", Kind::Flag),
        ("is_signed", Kind::Flag),
    ],
};

/// Every name that a condition may use.
pub(super) const ROOT: Object = Object {
    name: "a condition",
    fields: &[
        ("change", Kind::Object(&CHANGE)),
        ("commits", Kind::List(&Kind::Object(&COMMIT))),
        ("target", Kind::Word(Words::Branches)),
        ("source", Kind::Word(Words::Branches)),
        ("author", Kind::Text),
        ("labels", Kind::List(&Kind::Text)),
        ("title", Kind::Text),
        ("body", Kind::Text),
        ("draft", Kind::Flag),
        ("event", Kind::Word(Words::Events)),
        ("mode", Kind::Word(Words::Modes)),
        ("profile", Kind::Word(Words::Profiles)),
        ("ci", Kind::Flag),
    ],
};

/// The fact behind one of the names in [`ROOT`] that costs something to gather.
pub(super) fn need(name: &str) -> Option<Need> {
    match name {
        "commits" => Some(Need::Commits),
        "author" | "labels" | "title" | "body" | "draft" => Some(Need::PullRequest),
        _ => None,
    }
}

/// The value of one of the names in [`ROOT`]. Only what `uses` names is computed.
pub(super) fn value(name: &str, uses: &Uses, facts: &Facts) -> Result<Json, Missing> {
    let pull_request = || -> Result<&PullRequest, Missing> { facts.pull_request.as_deref().map_err(Clone::clone) };
    Ok(match name {
        "change" => change(uses, facts)?,
        "commits" => {
            let commits = facts.commits.as_ref().map_err(Clone::clone)?;
            uses.bounded("commits", commits.len())?;
            Json::Array(commits.iter().map(commit).collect())
        }
        "target" => json!(facts.refs.target.as_ref().map_err(Clone::clone)?),
        "source" => json!(facts.refs.source.as_ref().map_err(Clone::clone)?),
        "author" => json!(pull_request()?.author),
        "labels" => json!(pull_request()?.labels),
        "title" => json!(pull_request()?.title),
        "body" => json!(pull_request()?.body),
        "draft" => json!(pull_request()?.draft),
        "event" => json!(facts.run.event.as_deref().unwrap_or(mode_name(facts.run.mode))),
        "mode" => json!(mode_name(facts.run.mode)),
        "profile" => json!(facts.run.profile.as_deref().unwrap_or_default()),
        "ci" => json!(facts.run.ci),
        _ => Json::Null,
    })
}

fn change(uses: &Uses, facts: &Facts) -> Result<Json, Missing> {
    let mut fields = serde_json::Map::new();
    if uses.has(CHANGE.name, "files") {
        uses.bounded("changed files", facts.change.files.len())?;
        let files: Result<Vec<Json>, Missing> = facts.change.files.iter().map(|it| file(uses, facts, it)).collect();
        fields.insert("files".to_owned(), Json::Array(files?));
    }
    if uses.has(CHANGE.name, "additions") || uses.has(CHANGE.name, "deletions") {
        let (added, deleted) = size::lines(facts)?;
        fields.insert("additions".to_owned(), number(added));
        fields.insert("deletions".to_owned(), number(deleted));
    }
    Ok(Json::Object(fields))
}

fn file(uses: &Uses, facts: &Facts, change: &Change) -> Result<Json, Missing> {
    let old_path = change.old.as_ref().map_or("", |it| it.path.as_str());
    let mode = change.new.as_ref().or(change.old.as_ref()).map_or("", |it| mode_word(it.mode));
    let mut fields = json!({
        "path": change.path().as_str(),
        "old_path": old_path,
        "kind": kind_word(change.kind),
        "mode": mode,
    });
    let counts_lines = uses.has(FILE.name, "additions") || uses.has(FILE.name, "deletions");
    if let Some(fields) = fields.as_object_mut().filter(|_| counts_lines) {
        let (added, deleted) = size::lines_of(facts, change)?;
        fields.insert("additions".to_owned(), number(added));
        fields.insert("deletions".to_owned(), number(deleted));
    }
    Ok(fields)
}

fn commit(commit: &Commit) -> Json {
    let person = |it: &Identity| json!({ "name": it.name, "email": it.email });
    json!({
        "id": commit.id.to_string(),
        "subject": commit.subject(),
        "message": commit.message,
        "author": person(&commit.author),
        "committer": person(&commit.committer),
        "is_merge": commit.is_merge(),
        "is_signed": commit.signature.is_some(),
    })
}

/// A signed number: the language does not mix signed and unsigned ones in arithmetic.
fn number(count: u64) -> Json {
    json!(i64::try_from(count).unwrap_or(i64::MAX))
}

fn kind_word(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Deleted => "deleted",
        ChangeKind::Modified => "modified",
        ChangeKind::Renamed(_) => "renamed",
        ChangeKind::Copied(_) => "copied",
    }
}

fn mode_word(mode: FileMode) -> &'static str {
    match mode {
        FileMode::Regular => "regular",
        FileMode::Executable => "executable",
        FileMode::Symlink => "symlink",
        FileMode::Gitlink => "submodule",
    }
}
