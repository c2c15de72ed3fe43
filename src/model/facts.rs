//! Everything that was gathered about a change, immutable. Each fact is present or [`Missing`].

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Blob, Budget, Change, ChangeSet, Commit, Contents, File, Forge, History, Hunk, Label, Line, Outline, Place,
    PullRequest, Refs, RepoPath, Span, Tag, Timestamp, TransientFile, Tree,
};

/// A fact: known, or missing with the reason and the way to supply it.
pub type Fact<T> = Result<T, Missing>;

/// What could not be known, in the user's terms.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Missing {
    /// What is missing; a fragment that fits after "unknown: ".
    pub what: String,
    /// How to supply it; an instruction, with the exact command where there is one.
    pub how: String,
    /// Where it can be known at all.
    pub place: Where,
}

/// Where a missing fact could be known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Where {
    /// Here: something is broken or was not fetched. Counts as `Unknown` everywhere.
    Here,
    /// Only on a pull request: on a laptop and in a hook the rule is not applicable, elsewhere it is `Unknown`.
    PullRequest,
    /// Only in CI: likewise.
    Ci,
}

impl Missing {
    /// Something that should be known here and is not.
    #[must_use]
    pub fn here(what: impl Into<String>, how: impl Into<String>) -> Self {
        Self { what: what.into(), how: how.into(), place: Where::Here }
    }

    /// Something that exists only on a pull request.
    #[must_use]
    pub fn pull_request(what: impl Into<String>) -> Self {
        let how = "judge the pull request itself, or ask the forge: `gatecheck facts fetch --output FILE`, then \
                   `--facts FILE`";
        Self { what: what.into(), how: how.to_owned(), place: Where::PullRequest }
    }

    /// The whole history, in a run that is not about it.
    #[must_use]
    pub fn history() -> Self {
        Self::here("the whole history, which this run is not about", "judge it with `gatecheck --history`")
    }

    /// The content of a file that cannot be read; `why` completes "the content of `path` …".
    #[must_use]
    pub fn content(path: &RepoPath, why: &str) -> Self {
        let how = "fetch the missing objects (`git fetch --refetch`), or record the facts anew".to_owned();
        Self { what: format!("the content of `{path}` {why}"), how, place: Where::Here }
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({})", self.what, self.how)
    }
}

/// Why a check stops without a judgement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The rule does not speak about this change; the fragment fits after "not applicable: ".
    NotApplicable(String),
    /// A fact that the check needs is missing.
    Missing(Missing),
}

impl From<Missing> for Stop {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}

/// A kind of fact that costs something to gather; only what a rule needs is gathered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// The commits of the range.
    Commits,
    /// Files that a commit of the range brought and the head no longer has.
    TransientFiles,
    /// How many commits of the target the source lacks.
    Behind,
    /// The merge of head into target, tried in memory.
    Merge,
    /// All tags.
    Tags,
    /// The pull request.
    PullRequest,
    /// What became of the change since each of its reviews: [`Forge::since`].
    Since,
    /// Which merges of the range bring nothing of their own: [`Commit::brings_nothing`].
    Merges,
    /// The whole history, where the run is about it: [`Run::history`].
    History,
}

/// How the change was named.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Merge base with the default branch → work tree.
    Local,
    /// HEAD → index.
    Staged,
    /// `--base A --head B`.
    Range,
    /// A pull request in CI.
    PullRequest,
    /// A merge group of a merge queue.
    MergeGroup,
    /// The ref updates of pre-push, pre-receive, or a push in CI.
    Push,
    /// The empty tree → everything.
    All,
    /// A tag range.
    Release,
}

impl Mode {
    /// Whether facts of the pull request cannot exist here, so that rules about it are judged there.
    #[must_use]
    pub fn is_before_the_pull_request(self) -> bool {
        match self {
            Self::Local | Self::Staged | Self::Range | Self::Push | Self::All => true,
            Self::PullRequest | Self::MergeGroup | Self::Release => false,
        }
    }
}

/// Where and how this run happens.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Run {
    /// How the change was named.
    pub mode: Mode,
    /// Whether this is a CI run: what is unknown blocks there.
    pub ci: bool,
    /// The clock, read once.
    pub now: Timestamp,
    /// The name of the base as a person would say it: `main`, a tag, a short id.
    pub base_name: String,
    /// The name of the head.
    pub head_name: String,
    /// The chosen profile, such as `prod`.
    #[serde(default)]
    pub profile: Option<String>,
    /// The event that started the run, such as `pull_request`; the mode's name outside CI.
    #[serde(default)]
    pub event: Option<String>,
    /// Whether the run is about the whole history as well, not only about the change. A check that can look through it
    /// asks this first; where it is false the fact of that name is missing for a good reason.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub history: bool,
}

/// Everything that a check may know. Cheap to clone; a clone with fewer files is a rule's narrowed view.
#[derive(Clone)]
pub struct Facts {
    /// Where and how.
    pub run: Run,
    /// The files that differ.
    pub change: Arc<ChangeSet>,
    /// All files of the base.
    pub base: Arc<dyn Tree>,
    /// All files of the head.
    pub head: Arc<dyn Tree>,
    /// All files of the tip of the branch that the change goes to; those of the base where there is no such branch. Who
    /// may do what is read from here: an old starting point must not bring back an old answer.
    pub target: Arc<dyn Tree>,
    /// Blobs and hunks, read once.
    pub contents: Arc<Contents>,
    /// The work that may be done with these facts; the engine gives each rule its own.
    pub budget: Arc<Budget>,
    /// The commits of the range, newest first.
    pub commits: Fact<Arc<[Commit]>>,
    /// Files that came and went inside the range.
    pub transient: Fact<Arc<[TransientFile]>>,
    /// Branches and ref updates.
    pub refs: Arc<Refs>,
    /// All tags, by name.
    pub tags: Fact<Arc<[Tag]>>,
    /// The pull request.
    pub pull_request: Fact<Arc<PullRequest>>,
    /// What else the forge knows about it.
    pub forge: Arc<Forge>,
    /// Every blob that a ref has ever reached; known only where [`Run::history`] asks for it.
    pub history: Fact<Arc<dyn History>>,
}

impl Facts {
    /// Charges for work that grows faster than the contents that were handed out.
    ///
    /// # Errors
    /// When the rule's budget is used up.
    pub fn spend(&self, units: u64) -> Result<(), Missing> {
        self.budget.spend(units)
    }

    /// The contents of a changed file at the head; nothing for a deleted file or a submodule.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn new_blob(&self, change: &Change) -> Result<Option<Arc<Blob>>, Missing> {
        let file = change.new.as_ref().filter(|file| file.mode != super::FileMode::Gitlink);
        file.map(|file| self.head_blob(file)).transpose()
    }

    /// The contents of any file of the head.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn head_blob(&self, file: &File) -> Result<Arc<Blob>, Missing> {
        self.charged(self.contents.blob(self.head.as_ref(), file)?)
    }

    /// The contents of any file of the base.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn base_blob(&self, file: &File) -> Result<Arc<Blob>, Missing> {
        self.charged(self.contents.blob(self.base.as_ref(), file)?)
    }

    /// The contents of any file of the target.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn target_blob(&self, file: &File) -> Result<Arc<Blob>, Missing> {
        self.charged(self.contents.blob(self.target.as_ref(), file)?)
    }

    /// The outline of a changed file at the head; nothing for a deleted file or a submodule. Ask for it before the
    /// contents: it stays at hand when these are gone from memory.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn new_outline(&self, change: &Change) -> Result<Option<Outline>, Missing> {
        let file = change.new.as_ref().filter(|file| file.mode != super::FileMode::Gitlink);
        file.map(|file| self.head_outline(file)).transpose()
    }

    /// The outline of any file of the head. It costs what the contents cost.
    ///
    /// # Errors
    /// When the blob cannot be read.
    pub fn head_outline(&self, file: &File) -> Result<Outline, Missing> {
        let outline = self.contents.outline(self.head.as_ref(), file)?;
        self.spend(outline.bytes.saturating_add(1))?;
        Ok(outline)
    }

    /// The hunks of a changed file.
    ///
    /// # Errors
    /// When a side cannot be read.
    pub fn hunks(&self, change: &Change) -> Result<Arc<[Hunk]>, Missing> {
        let hunks = self.contents.hunks(self.base.as_ref(), self.head.as_ref(), change)?;
        self.spend(1 + u64::try_from(hunks.len()).unwrap_or(u64::MAX))?;
        Ok(hunks)
    }

    fn charged(&self, blob: Arc<Blob>) -> Result<Arc<Blob>, Missing> {
        self.spend(1 + u64::try_from(blob.bytes().len()).unwrap_or(u64::MAX - 1))?;
        Ok(blob)
    }

    /// Calls `visit` with each line that the change adds to a file, in order.
    ///
    /// # Errors
    /// When a side cannot be read.
    pub fn each_added_line(&self, change: &Change, mut visit: impl FnMut(&Blob, Line<'_>)) -> Result<(), Missing> {
        let Some(blob) = self.new_blob(change)? else { return Ok(()) };
        let hunks = self.hunks(change)?;
        for number in hunks.iter().flat_map(|hunk| hunk.new.numbers()) {
            if let Some(line) = blob.text().line(number) {
                visit(&blob, line);
            }
        }
        Ok(())
    }

    /// These facts with only the changed files that `keep` accepts.
    #[must_use]
    pub fn narrowed(&self, keep: impl Fn(&Change) -> bool) -> Self {
        let files = self.change.files.iter().filter(|it| keep(it)).cloned().collect();
        Self { change: Arc::new(ChangeSet { files }), ..self.clone() }
    }
}

impl Blob {
    /// A label for a span of this file at the head, with its lines.
    #[must_use]
    pub fn label(&self, path: &RepoPath, span: Span, text: impl Into<String>) -> Label {
        let region = self.text().region(span);
        let place = Place::File { path: path.clone(), region: Some(region), revision: None };
        Label { place, snippet: Some(self.text().snippet(span)), text: text.into() }
    }
}
