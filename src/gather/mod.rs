//! Gathering: everything of the outside world that a run knows, put together once.
//!
//! A caller asks in four steps: the [`Environment`], what it says about the change ([`ci::detect`]), the ranges
//! of that change ([`crate::git::range::resolve`]), and the [`facts`] of each range. Only what a rule needs is
//! read: a fact that nobody asked for is filled with a [`Missing`] that nobody sees.
//!
//! Nothing is judged here and nothing is written. A push of several commits has one set of facts for each.

pub mod ci;
pub mod clock;
mod env;
pub mod event;
pub mod forge;
pub mod pending;
mod sides;
mod since;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::git::object_tree::ObjectTree;
use crate::git::whole_history::{Memory, WholeHistory};
use crate::git::{GitError, Range, Repository, Side, history, transient};
use crate::model::{
    AbsentTree, ChangeSet, Commit, Contents, Differ, Fact, Facts, Forge, History, Level, MergeOutcome, Missing, Mode,
    Need, ObjectId, Problem, PullRequest, Refs, Run, Tag, Telling, Timestamp, TransientFile, Tree,
};

pub use env::{Environment, Terminal};
pub use sides::Sides;
pub use since::since;

/// Merges of a range that are made again to see what they bring, the newest first.
const MOST_MERGES: usize = 100;

/// What does not come out of the repository.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Whether this is a CI run.
    pub ci: bool,
    /// The clock.
    pub now: Timestamp,
    /// The chosen profile.
    pub profile: Option<String>,
    /// The name of the event.
    pub event: Option<String>,
    /// The pull request, when the event or a recording describes it.
    pub pull_request: Option<PullRequest>,
    /// Whether the run is about the whole history as well.
    pub history: bool,
    /// The folder in which what was found in a history is kept; nothing to look at everything anew.
    pub history_cache: Option<PathBuf>,
    /// The commit that is about to be made, when the run is about its message.
    pub pending: Option<Commit>,
    /// Compares two texts.
    pub differ: Differ,
    /// Tells files by their names.
    pub telling: Telling,
}

/// The facts, and what went wrong on the way without closing it.
pub struct Gathered {
    /// Everything that a check may know.
    pub facts: Facts,
    /// What a person should know: what was skipped, what is malformed, how the range was chosen.
    pub problems: Vec<Problem>,
    /// What was learned of the history while it was judged; to be written down when all is done.
    pub memory: Option<Arc<Memory>>,
}

/// Reads the two sides of a range: the policy comes from one of them, before anything else is gathered.
///
/// # Errors
/// When the files that differ cannot be told: no verdict is possible then.
pub fn sides(repository: &Repository, range: &Range) -> Result<Sides, GitError> {
    sides::read(repository, range)
}

/// Gathers the facts of one range, and of the facts that cost something only those in `needs`. What cannot
/// be read becomes a [`Missing`] in its place.
#[must_use]
pub fn facts(
    repository: &Repository,
    range: &Range,
    sides: Sides,
    needs: &BTreeSet<Need>,
    surroundings: &Surroundings,
) -> Gathered {
    let unsaid = unsaid(range, surroundings);
    let gatherer = Gatherer { repository, range, needs };
    let commits = gatherer.commit_ids();
    let transient = gatherer.transient(&commits, &sides);
    let memory = gatherer.memory(surroundings);
    let facts = Facts {
        run: run(range, surroundings),
        change: Arc::new(ChangeSet { files: sides.changes }),
        target: target(repository, range, &sides.base),
        base: sides.base,
        head: sides.head,
        contents: Arc::new(Contents::new(surroundings.differ)),
        commits: gatherer.commits(&commits, surroundings.pending.as_ref()),
        transient,
        refs: Arc::new(gatherer.refs()),
        tags: gatherer.tags(),
        pull_request: pull_request(range, surroundings),
        forge: Arc::new(Forge::unknown()),
        history: gatherer.history(surroundings, memory.as_ref()),
        budget: Arc::default(),
    };
    let mut problems = range.problems.clone();
    problems.extend(sides.problems);
    problems.extend(unsaid);
    Gathered { facts, problems, memory }
}

/// What a run without a word about its change must say. A CI job whose service does not tell what was pushed checks
/// out the default branch, or a commit of it: no commit is left to judge then. To pass it would be to pass anything.
fn unsaid(range: &Range, surroundings: &Surroundings) -> Option<Problem> {
    let start = match range.base {
        Side::Commit { commit, .. } => Some(commit),
        Side::Empty | Side::Index | Side::WorkTree => None,
    };
    let is_detached = range.source.is_none();
    let is_topic = !is_detached && range.target.is_some() && range.source != range.target;
    let is_silent = range.mode == Mode::Local && start.is_some() && start == range.source_tip;
    if !is_silent || is_topic {
        return None;
    }
    // What a job wrote into its work tree is not what was pushed.
    if surroundings.ci {
        return Some(Problem {
            level: Level::Block,
            message: "this CI service does not say what changed, so that no commit was judged".to_owned(),
            help: Some("name what came before with `--base REV`, or judge every file with `--all`".to_owned()),
            label: None,
        });
    }
    let is_behind_a_branch = range.target.is_some();
    (is_detached && is_behind_a_branch).then(|| Problem {
        level: Level::Note,
        message: "the checked out commit is part of the default branch, so that only what is not committed was judged"
            .to_owned(),
        help: Some("name what came before it with `--base`".to_owned()),
        label: None,
    })
}

fn run(range: &Range, surroundings: &Surroundings) -> Run {
    Run {
        mode: range.mode,
        ci: surroundings.ci,
        now: surroundings.now,
        base_name: range.base_name.clone(),
        head_name: range.head_name.clone(),
        profile: surroundings.profile.clone(),
        event: surroundings.event.clone(),
        history: surroundings.history,
    }
}

fn pull_request(range: &Range, surroundings: &Surroundings) -> Fact<Arc<PullRequest>> {
    match &surroundings.pull_request {
        Some(found) => Ok(Arc::new(found.clone())),
        None if range.mode == Mode::PullRequest => Err(Missing::here(
            "the pull request itself: this service does not describe it to its jobs",
            "ask the forge with `gatecheck facts fetch --output FILE`, then pass `--facts FILE`",
        )),
        None => Err(Missing::pull_request("the pull request")),
    }
}

/// The files at the tip of the branch that the change goes to.
fn target(repository: &Repository, range: &Range, base: &Arc<dyn Tree>) -> Arc<dyn Tree> {
    let Some(tip) = range.target_tip else { return Arc::clone(base) };
    let objects = repository.objects();
    match objects.tree_of(&tip) {
        Ok(tree) => Arc::new(ObjectTree::new(Arc::clone(objects), Some(tree))),
        Err(error) => Arc::new(AbsentTree(objects.missing(&error))),
    }
}

/// Nobody asked for it, so that nobody sees this.
fn not_needed() -> Missing {
    Missing::here("a fact that no rule needs", "ask for it in the check's needs")
}

struct Gatherer<'a> {
    repository: &'a Repository,
    range: &'a Range,
    needs: &'a BTreeSet<Need>,
}

impl Gatherer<'_> {
    fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }

    /// The names of the commits, when anybody needs them.
    fn commit_ids(&self) -> Fact<Vec<ObjectId>> {
        if !self.needs(Need::Commits) && !self.needs(Need::TransientFiles) {
            return Err(not_needed());
        }
        self.repository.commits(&self.range.span).map_err(|error| self.missing(&error))
    }

    fn commits(&self, ids: &Fact<Vec<ObjectId>>, pending: Option<&Commit>) -> Fact<Arc<[Commit]>> {
        if !self.needs(Need::Commits) {
            return Err(not_needed());
        }
        let objects = self.repository.objects();
        let mut tried = 0;
        let read = |id| {
            let mut commit = objects.commit(id).map_err(|error| objects.missing(&error))?;
            if commit.is_merge() && self.needs(Need::Merges) && tried < MOST_MERGES {
                tried += 1;
                // Where it cannot be told, the merge is one that may bring anything.
                commit.brings_nothing = self.repository.is_plain_merge(&commit).unwrap_or(false);
            }
            Ok(commit)
        };
        let made = ids.as_ref().map_err(Missing::clone)?.iter().map(read);
        pending.cloned().map(Ok).into_iter().chain(made).collect()
    }

    /// Files that came and went. When the head is no commit, what the last commit has and the disk or the index
    /// lacks came and went as well.
    fn transient(&self, ids: &Fact<Vec<ObjectId>>, sides: &Sides) -> Fact<Arc<[TransientFile]>> {
        if !self.needs(Need::TransientFiles) {
            return Err(not_needed());
        }
        let ids = ids.as_ref().map_err(Missing::clone)?;
        let tree = |side| match side {
            Side::Commit { tree, .. } => Some(tree),
            Side::Empty | Side::Index | Side::WorkTree => None,
        };
        let objects = self.repository.objects();
        let found = transient::transient_files(objects, tree(self.range.base), tree(self.range.head), ids);
        let mut kept = Vec::new();
        for each in found.map_err(|error| objects.missing(&error))? {
            if sides.head.file(&each.file.path)?.as_ref() != Some(&each.file) {
                kept.push(each);
            }
        }
        Ok(kept.into())
    }

    fn refs(&self) -> Refs {
        let branch = |name: &Option<String>, what: &str| {
            let missing = || Missing::pull_request(format!("the {what} branch of the change"));
            name.clone().ok_or_else(missing)
        };
        let default = match self.repository.default_branch() {
            Ok(Some(name)) => Ok(crate::git::range::branch_name(&name)),
            Ok(None) => Err(Missing::here("the default branch", "tell Git once: `git remote set-head origin --auto`")),
            Err(error) => Err(self.missing(&error)),
        };
        Refs {
            source: branch(&self.range.source, "source"),
            target: branch(&self.range.target, "target"),
            default,
            updates: self.range.updates.clone(),
            behind: self.behind(),
            merge: self.merge(),
        }
    }

    fn tips(&self) -> Fact<(ObjectId, ObjectId)> {
        let missing = || Missing::pull_request("the branch that the change goes to");
        Ok((self.range.target_tip.ok_or_else(missing)?, self.range.source_tip.ok_or_else(missing)?))
    }

    fn behind(&self) -> Fact<u32> {
        if !self.needs(Need::Behind) {
            return Err(not_needed());
        }
        let (target, source) = self.tips()?;
        let objects = self.repository.objects();
        let count = history::count_missing(objects, &source, &target).map_err(|error| objects.missing(&error))?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn merge(&self) -> Fact<MergeOutcome> {
        if !self.needs(Need::Merge) {
            return Err(not_needed());
        }
        let (target, source) = self.tips()?;
        self.repository.try_merge(target, source).map_err(|error| self.missing(&error))
    }

    fn tags(&self) -> Fact<Arc<[Tag]>> {
        if !self.needs(Need::Tags) {
            return Err(not_needed());
        }
        self.repository.tags(self.range).map(Into::into).map_err(|error| self.missing(&error))
    }

    /// What earlier runs of this very program found in this repository.
    fn memory(&self, surroundings: &Surroundings) -> Option<Arc<Memory>> {
        let folder =
            surroundings.history_cache.as_deref().filter(|_| surroundings.history && self.needs(Need::History));
        let folder = folder?;
        let place = self.repository.common_dir().as_os_str().as_encoded_bytes();
        Some(Arc::new(Memory::new(folder, &[env::program()?.as_slice(), place].concat())))
    }

    fn history(&self, surroundings: &Surroundings, memory: Option<&Arc<Memory>>) -> Fact<Arc<dyn History>> {
        if !surroundings.history {
            return Err(Missing::history());
        }
        if !self.needs(Need::History) {
            return Err(not_needed());
        }
        let whole = WholeHistory::of(self.repository, surroundings.telling).map_err(|error| self.missing(&error))?;
        Ok(match memory {
            Some(memory) => Arc::new(whole.with_memory(Arc::clone(memory))),
            None => Arc::new(whole),
        })
    }

    fn missing(&self, error: &GitError) -> Missing {
        match error {
            GitError::Object(error) => self.repository.objects().missing(error),
            other => other.missing(),
        }
    }
}

#[cfg(test)]
mod tests;
