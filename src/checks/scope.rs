//! Which lines of which files a check over text reads, and how the work is spread over threads.

use std::sync::Arc;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Judged;
use crate::model::{
    Blob, Change, ChangeKind, Facts, File, FileMode, Label, LineRange, Missing, Need, ObjectId, Outline, Place,
    RepoPath, Span,
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

    /// Searches every passage of the text files at the head, spread over the threads. What `search` gives comes back
    /// in the order of the files. It gets the facts to charge for its work.
    ///
    /// Submodules and binary files have no lines. What cannot be read is noted in `judged`.
    pub(super) fn search<T: Send>(
        self,
        facts: &Facts,
        judged: &mut Judged,
        wanted: &Wanted<'_>,
        search: impl Fn(&Facts, &Passage<'_>) -> T + Sync,
    ) -> Vec<T> {
        let changed = facts.change.files.iter().filter(|change| (wanted.path)(change.path()));
        let all;
        let sides: Vec<Side<'_>> = match self {
            Self::AddedLines | Self::EveryBlob => {
                let new = changed.filter_map(|change| Some((change, change.new.as_ref()?)));
                new.map(|(change, file)| Side { change: Some(change), file, commit: None }).collect()
            }
            Self::ChangedFiles => changed.filter_map(|change| change.new.as_ref()).map(Side::whole).collect(),
            Self::Tree => {
                let Some(files) = judged.keep(facts.head.files(&RepoPath::root())) else { return Vec::new() };
                all = files;
                all.iter().filter(|file| (wanted.path)(&file.path)).map(Side::whole).collect()
            }
        };
        let found = spread(facts, &sides, |facts, side| {
            let passage = side.passage(facts, wanted)?;
            Ok(passage.map(|(blob, lines)| search(facts, &side.shown(&blob, lines))))
        });
        found.into_iter().filter_map(|found| judged.keep(found).flatten()).collect()
    }

    /// Every file that this scope looks at, with the commit that brought it when the head no longer has it; what cannot be
    /// listed is left out.
    pub(super) fn files(self, facts: &Facts) -> Vec<(File, Option<ObjectId>)> {
        let mut files: Vec<File> = match self {
            Self::AddedLines | Self::EveryBlob | Self::ChangedFiles => {
                facts.change.files.iter().filter_map(|change| change.new.clone()).collect()
            }
            Self::Tree => facts.head.files(&RepoPath::root()).unwrap_or_default(),
        };
        files.retain(|file| file.mode != FileMode::Gitlink);
        let mut files: Vec<(File, Option<ObjectId>)> = files.into_iter().map(|file| (file, None)).collect();
        if let (Self::EveryBlob, Ok(transient)) = (self, &facts.transient) {
            files.extend(transient.iter().map(|it| (it.file.clone(), Some(it.commit))));
        }
        files
    }

    /// Calls `visit` with every passage that a commit brought and the head no longer has, in order.
    pub(super) fn each_transient(
        self,
        facts: &Facts,
        judged: &mut Judged,
        wanted: &Wanted<'_>,
        visit: &mut dyn FnMut(&mut Judged, &Passage<'_>),
    ) {
        if self != Self::EveryBlob {
            return;
        }
        let Some(transient) = judged.keep(facts.transient.clone()) else { return };
        for it in transient.iter().filter(|it| (wanted.path)(&it.file.path)) {
            let Some(old) = judged.keep(facts.base.file(&it.file.path)) else { continue };
            let kind = if old.is_some() { ChangeKind::Modified } else { ChangeKind::Added };
            let change = Change { kind, old, new: Some(it.file.clone()) };
            let side = Side { change: Some(&change), file: &it.file, commit: Some(it.commit) };
            if let Some((blob, lines)) = judged.keep(side.passage(facts, wanted)).flatten() {
                visit(judged, &side.shown(&blob, lines));
            }
        }
    }
}

/// Which files a check asks for.
pub(super) struct Wanted<'a> {
    pub(super) path: &'a (dyn Fn(&RepoPath) -> bool + Sync),
    /// Whether a text can hold anything, by its outline: a file that cannot is not read again.
    pub(super) outline: fn(&Outline) -> bool,
    /// What becomes of files that are no text.
    pub(super) binary: Binary,
}

/// What becomes of files that are no text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// They are left out.
    Skipped,
    /// They are given as a whole: as passages without lines.
    Given,
}

/// Items from which on the work is spread.
const MANY: usize = 16;

/// What `each` makes of every item, in order; of many items on all threads.
///
/// Threads spend a budget in any order, and where it ends the verdict must not depend on that: a trial that ends it is
/// thrown away, and the items are taken one after the other.
pub(super) fn spread<I: Sync, T: Send>(facts: &Facts, items: &[I], each: impl Fn(&Facts, &I) -> T + Sync) -> Vec<T> {
    if items.len() >= MANY {
        let budget = Arc::new(facts.budget.trial());
        let trial = Facts { budget: Arc::clone(&budget), ..facts.clone() };
        let found = items.par_iter().map(|item| each(&trial, item)).collect();
        if budget.check().is_ok() && facts.spend(budget.spent()).is_ok() {
            return found;
        }
    }
    items.iter().map(|item| each(facts, item)).collect()
}

/// The path and the folders that it lies in, the outermost first, as far as they were not seen before. Whoever has seen
/// a folder has seen those above it.
pub(super) fn unseen(path: &RepoPath, is_seen: impl Fn(&RepoPath) -> bool) -> Vec<RepoPath> {
    let levels = std::iter::successors(Some(path.clone()), RepoPath::parent);
    let mut levels: Vec<RepoPath> = levels.take_while(|level| !level.is_root() && !is_seen(level)).collect();
    levels.reverse();
    levels
}

/// A file of the head, or one that came and went.
#[derive(Clone, Copy)]
struct Side<'a> {
    /// The change whose added lines are asked for; nothing for the whole file.
    change: Option<&'a Change>,
    file: &'a File,
    commit: Option<ObjectId>,
}

/// A text and those of its lines that are to be searched.
type Lines = (Arc<Blob>, Vec<LineRange>);

impl<'a> Side<'a> {
    fn whole(file: &'a File) -> Self {
        Self { change: None, file, commit: None }
    }

    /// The text and its lines that are to be searched; nothing when there are none.
    fn passage(&self, facts: &Facts, wanted: &Wanted<'_>) -> Result<Option<Lines>, Missing> {
        if self.file.mode == FileMode::Gitlink {
            return Ok(None);
        }
        let outline = facts.head_outline(self.file)?;
        let is_wanted = !outline.is_binary || wanted.binary == Binary::Given;
        if !is_wanted || !(wanted.outline)(&outline) {
            return Ok(None);
        }
        let blob = facts.head_blob(self.file)?;
        if outline.is_binary {
            return Ok(Some((blob, Vec::new())));
        }
        let lines = match self.change {
            Some(change) if change.old.is_some() => added_lines(facts, change)?,
            Some(_) if blob.text().as_str().is_empty() => Vec::new(),
            Some(_) | None => vec![LineRange { first: 1, count: blob.text().line_count() }],
        };
        Ok((!lines.is_empty()).then_some((blob, lines)))
    }

    fn shown<'b>(&'b self, blob: &'b Blob, lines: Vec<LineRange>) -> Passage<'b> {
        Passage { path: &self.file.path, blob, lines, commit: self.commit }
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
