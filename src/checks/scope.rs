//! Which lines of which files a check over text reads.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Judged;
use crate::model::{
    Blob, Change, ChangeKind, Facts, File, FileMode, Label, LineRange, Missing, Need, ObjectId, Place, RepoPath, Span,
};

/// What is searched.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Scope {
    /// The lines that the change adds.
    #[default]
    AddedLines,
    /// The lines that the change adds, and those that a commit inside the range added and a later one took away: history keeps them.
    EveryBlob,
    /// The whole of each file that the change adds or modifies.
    ChangedFiles,
    /// Every file of the head.
    Tree,
}

/// The lines of one text file that are to be searched.
pub(super) struct Passage<'a> {
    pub(super) path: &'a RepoPath,
    pub(super) blob: &'a Blob,
    pub(super) lines: Vec<LineRange>,
    /// The commit that brought them, when the head no longer has them.
    pub(super) commit: Option<ObjectId>,
}

impl Passage<'_> {
    /// A label for a span of the file, at the revision that has it.
    pub(super) fn label(&self, span: Span, text: impl Into<String>) -> Label {
        let mut label = self.blob.label(self.path, span, text);
        if let (Place::File { revision, .. }, Some(commit)) = (&mut label.place, &self.commit) {
            *revision = Some(commit.short());
        }
        label
    }
}

impl Scope {
    /// The facts that this scope needs.
    pub(super) fn needs(self) -> Vec<Need> {
        match self {
            Self::EveryBlob => vec![Need::TransientFiles],
            Self::AddedLines | Self::ChangedFiles | Self::Tree => Vec::new(),
        }
    }

    /// Calls `visit` with every passage of a text file whose path `keep` accepts, transient ones last.
    ///
    /// Submodules and binary files have no lines. What cannot be read is noted in `judged`.
    pub(super) fn each_passage(
        self,
        facts: &Facts,
        judged: &mut Judged,
        keep: &dyn Fn(&RepoPath) -> bool,
        visit: &mut dyn FnMut(&mut Judged, &Passage<'_>),
    ) {
        let changed = || facts.change.files.iter().filter(|change| keep(change.path()));
        match self {
            Self::AddedLines | Self::EveryBlob => {
                for change in changed() {
                    let Some(file) = &change.new else { continue };
                    visit_lines(facts, judged, Side { change, file, commit: None }, visit);
                }
            }
            Self::ChangedFiles => {
                for file in changed().filter_map(|change| change.new.as_ref()) {
                    visit_file(facts, judged, file, visit);
                }
            }
            Self::Tree => {
                let Some(files) = judged.keep(facts.head.files(&RepoPath::root())) else { return };
                for file in files.iter().filter(|file| keep(&file.path)) {
                    visit_file(facts, judged, file, visit);
                }
            }
        }
        if self == Self::EveryBlob {
            let Some(transient) = judged.keep(facts.transient.clone()) else { return };
            for it in transient.iter().filter(|it| keep(&it.file.path)) {
                let Some(old) = judged.keep(facts.base.file(&it.file.path)) else { continue };
                let kind = if old.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
                let change = Change { kind, old, new: Some(it.file.clone()) };
                let side = Side { change: &change, file: &it.file, commit: Some(it.commit) };
                visit_lines(facts, judged, side, visit);
            }
        }
    }
}

#[derive(Clone, Copy)]
struct Side<'a> {
    change: &'a Change,
    file: &'a File,
    commit: Option<ObjectId>,
}

fn visit_lines(facts: &Facts, judged: &mut Judged, side: Side<'_>, visit: &mut dyn FnMut(&mut Judged, &Passage<'_>)) {
    if side.file.mode == FileMode::Gitlink {
        return;
    }
    let Some(blob) = judged.keep(facts.head_blob(side.file)) else { return };
    if blob.is_binary() {
        return;
    }
    let Some(lines) = judged.keep(added_lines(facts, side.change)) else { return };
    if !lines.is_empty() {
        visit(judged, &Passage { path: &side.file.path, blob: &blob, lines, commit: side.commit });
    }
}

fn added_lines(facts: &Facts, change: &Change) -> Result<Vec<LineRange>, Missing> {
    let mut change = change.clone();
    if change.old.as_ref().is_some_and(|old| old.mode == FileMode::Gitlink) {
        change.old = None;
    }
    let hunks = facts.hunks(&change)?;
    Ok(hunks.iter().map(|hunk| hunk.new).filter(|range| range.count > 0).collect())
}

fn visit_file(facts: &Facts, judged: &mut Judged, file: &File, visit: &mut dyn FnMut(&mut Judged, &Passage<'_>)) {
    if file.mode == FileMode::Gitlink {
        return;
    }
    let Some(blob) = judged.keep(facts.head_blob(file)) else { return };
    if blob.is_binary() {
        return;
    }
    let lines = vec![LineRange { first: 1, count: blob.text().line_count() }];
    visit(judged, &Passage { path: &file.path, blob: &blob, lines, commit: None });
}
