//! Ranges: every way of naming a change, as two sides and the commits between them.
//!
//! | request | base | head |
//! |---|---|---|
//! | local | merge base of `HEAD` and the default branch | work tree |
//! | staged | `HEAD` | index |
//! | range, merge group | merge base of the two | head |
//! | pull request | merge base of target and head; `HEAD^1` when history is cut | head; the merge commit then |
//! | push | old id; for a new ref the merge base with the default branch, or the empty tree | new id |
//! | all | the empty tree | work tree, or a commit |
//! | release | the earlier tag | the later tag |
//!
//! Several merge bases (criss-cross): the newest one, by commit date and then by id, is the base. What the
//! head has from the other ones is then part of the change, so that too much may be judged and never too
//! little. Unrelated histories are compared with the empty tree, and said. `--all` judges files: it has no commits.
//!
//! A push is one range for each ref that it updates, but a tag that brings just what a branch brings rides with it.
//! Two branches are two changes even at one commit: each has its own rules. Deletions bring nothing; they ride with
//! the first range.

mod pull_request;
mod push;
mod release;
mod span;

use crate::git::objects::{ObjectError, Objects};
use crate::git::{GitError, Repository, history};
use crate::model::{Level, Mode, ObjectId, Problem, RefUpdate};

pub use span::Span;

/// A way of naming a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// What stands in the work tree, against the default branch.
    Local,
    /// What is staged, against `HEAD`.
    Staged,
    /// Two revisions; `HEAD` when no head is named.
    Range {
        /// The branch that the change goes to, or where it started.
        base: String,
        /// The change.
        head: Option<String>,
    },
    /// A pull or merge request, as its event tells.
    PullRequest {
        /// The branch that it goes to, by its short name.
        base_ref: Option<String>,
        /// The tip of that branch when the event was written; may be old.
        base_sha: Option<String>,
        /// The branch that it comes from.
        head_ref: Option<String>,
        /// Its tip.
        head_sha: Option<String>,
        /// The forge's trial merge.
        merge_sha: Option<String>,
    },
    /// A group of a merge queue.
    MergeGroup {
        /// What the group stands on.
        base_sha: String,
        /// The group's tip.
        head_sha: String,
        /// The branch that it goes to.
        base_ref: Option<String>,
        /// The branch that the forge made for it, which names its pull request: `gh-readonly-queue/main/pr-7-…`.
        head_ref: Option<String>,
    },
    /// Ref updates of a hook or of a push event.
    Push(Vec<RefUpdate>),
    /// Everything.
    All {
        /// A revision; the work tree when there is none.
        head: Option<String>,
    },
    /// What a release brings.
    Release {
        /// The earlier release; found by version when absent.
        from: Option<String>,
        /// The release.
        to: String,
    },
}

impl Request {
    /// The number of the pull request that a merge group adds to what it stands on, as GitHub's queue names it. The queue
    /// makes a branch for each, on top of the one before: what stands between its base and its head is that one.
    #[must_use]
    pub fn queued(&self) -> Option<u64> {
        let Self::MergeGroup { head_ref: Some(head_ref), .. } = self else { return None };
        let name = short_branch(head_ref).strip_prefix("gh-readonly-queue/")?.rsplit('/').next()?;
        name.strip_prefix("pr-")?.split('-').next()?.parse().ok()
    }
}

/// One side of a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Side {
    /// The empty tree.
    Empty,
    /// A commit, with its tree.
    Commit {
        /// The commit.
        commit: ObjectId,
        /// Its tree.
        tree: ObjectId,
    },
    /// What is staged.
    Index,
    /// What stands on disk.
    WorkTree,
}

/// A change, resolved: nothing of it was read but names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Range {
    /// How it was named.
    pub mode: Mode,
    /// Before.
    pub base: Side,
    /// After.
    pub head: Side,
    /// The base as a person would say it.
    pub base_name: String,
    /// The head.
    pub head_name: String,
    /// The commits.
    pub span: Span,
    /// The branch that the change comes from, by its short name.
    pub source: Option<String>,
    /// The branch that it goes to.
    pub target: Option<String>,
    /// The tip of that branch: what the head would be merged into.
    pub target_tip: Option<ObjectId>,
    /// Whose policy judges, by its name and commit, where that is not the target's: a new or a deleted ref has no
    /// policy of its own yet, or none any more.
    pub judge: Option<(String, ObjectId)>,
    /// The commit that would be merged there.
    pub source_tip: Option<ObjectId>,
    /// The number of the pull request that a merge group adds to what it stands on.
    pub queued: Option<u64>,
    /// The ref updates of a push.
    pub updates: Vec<RefUpdate>,
    /// What a person should know about how the range was chosen.
    pub problems: Vec<Problem>,
}

/// The ranges that a request names: one, but for a push.
///
/// `mend` is the command that brings missing history in this environment; without it the general one is named.
///
/// # Errors
/// When a revision is unknown, history that the answer needs is not here, or the repository cannot be read.
pub fn resolve(repository: &Repository, request: &Request, mend: Option<&str>) -> Result<Vec<Range>, GitError> {
    let resolver = Resolver { repository, mend: mend.unwrap_or(UNSHALLOW) };
    let range = match request {
        Request::Local => resolver.local(),
        Request::Staged => resolver.staged(),
        Request::Range { base, head } => resolver.named(base, head.as_deref()),
        Request::PullRequest { .. } => resolver.pull_request(request),
        Request::MergeGroup { base_sha, head_sha, base_ref, .. } => {
            let range = resolver.merge_group(base_sha, head_sha, base_ref.as_deref());
            range.map(|range| Range { queued: request.queued(), ..range })
        }
        Request::Push(updates) => return resolver.push(updates),
        Request::All { head } => resolver.all(head.as_deref()),
        Request::Release { from, to } => resolver.release(from.as_deref(), to),
    };
    Ok(vec![range?])
}

/// What brings the history of a shallow clone where nothing better is known.
const UNSHALLOW: &str = "fetch the history with `git fetch --unshallow origin`";

struct Resolver<'a> {
    repository: &'a Repository,
    mend: &'a str,
}

/// A range of two commits, before it gets its names.
struct Between {
    base: Side,
    head: Side,
    span: Span,
    problems: Vec<Problem>,
}

impl Resolver<'_> {
    fn local(&self) -> Result<Range, GitError> {
        if self.repository.is_bare() {
            return Err(GitError::Bare(self.repository.git_dir().to_owned()));
        }
        let head = self.repository.head()?;
        let mut range = Range { head: Side::WorkTree, head_name: "work tree".into(), ..blank(Mode::Local) };
        range.source = head.branch().map(str::to_owned);
        let Some(head_id) = head.id() else { return Ok(range) };
        range.source_tip = Some(head_id);
        let Some(default) = self.repository.default_branch()? else {
            range.base = self.side(head_id)?;
            range.base_name = "HEAD".into();
            range.problems.push(note(
                "no default branch is known here, so that only what is not committed was judged",
                "name the branch with `--base`, or tell Git once: `git remote set-head origin --auto`",
            ));
            return Ok(range);
        };
        let tip = self.repository.resolve(&default)?;
        let between = self.between((&tip, short_branch(&default)), (&head_id, "HEAD"))?;
        range.base_name = short_branch(&default).to_owned();
        range.target = Some(branch_name(&default));
        range.target_tip = Some(tip);
        (range.base, range.span) = (between.base, between.span);
        range.problems.extend(between.problems);
        Ok(range)
    }

    fn staged(&self) -> Result<Range, GitError> {
        let head = self.repository.head()?;
        let base = head.id().map(|id| self.side(id)).transpose()?;
        Ok(Range {
            base: base.unwrap_or(Side::Empty),
            head: Side::Index,
            base_name: if base.is_some() { "HEAD".into() } else { "nothing".into() },
            head_name: "index".into(),
            source: head.branch().map(str::to_owned),
            source_tip: head.id(),
            ..blank(Mode::Staged)
        })
    }

    fn named(&self, base: &str, head: Option<&str>) -> Result<Range, GitError> {
        let head = head.unwrap_or("HEAD");
        let (base_id, head_id) = (self.revision(base)?, self.revision(head)?);
        let between = self.between((&base_id, base), (&head_id, head))?;
        Ok(Range {
            base_name: shown(base),
            head_name: shown(head),
            source: self.branch_of(head)?,
            target: self.branch_of(base)?,
            target_tip: Some(base_id),
            source_tip: Some(head_id),
            ..between.into_range(Mode::Range)
        })
    }

    fn merge_group(&self, base: &str, head: &str, base_ref: Option<&str>) -> Result<Range, GitError> {
        let (base_id, head_id) = (self.revision(base)?, self.revision(head)?);
        let between = self.between((&base_id, base), (&head_id, head))?;
        Ok(Range {
            base_name: base_ref.map_or_else(|| base_id.short(), str::to_owned),
            head_name: head_id.short(),
            target: base_ref.map(str::to_owned),
            target_tip: Some(base_id),
            source_tip: Some(head_id),
            ..between.into_range(Mode::MergeGroup)
        })
    }

    fn all(&self, head: Option<&str>) -> Result<Range, GitError> {
        let mut range = Range { base_name: "nothing".into(), ..blank(Mode::All) };
        match head {
            None if !self.repository.is_bare() => {
                range.head = Side::WorkTree;
                range.head_name = "work tree".into();
            }
            _ => {
                let head = head.unwrap_or("HEAD");
                range.head = self.side(self.revision(head)?)?;
                range.head_name = head.to_owned();
            }
        }
        let at = self.repository.head()?;
        range.source = at.branch().map(str::to_owned);
        range.source_tip = at.id();
        Ok(range)
    }

    /// The merge base of two commits against the second one. The names are only for messages.
    fn between(&self, base: (&ObjectId, &str), head: (&ObjectId, &str)) -> Result<Between, GitError> {
        let mut problems = Vec::new();
        let too_shallow =
            || GitError::TooShallow { base: base.1.to_owned(), head: head.1.to_owned(), mend: self.mend.to_owned() };
        let found = match history::merge_bases(self.repository.objects(), base.0, head.0) {
            Ok(found) => found,
            Err(ObjectError::Absent(_)) if self.repository.is_shallow() => return Err(too_shallow()),
            Err(error) => return Err(error.into()),
        };
        let start = match newest(self.repository.objects(), &found)? {
            Some(start) => self.side(start)?,
            None if self.repository.is_shallow() => return Err(too_shallow()),
            None => {
                problems.push(Problem {
                    level: Level::Warn,
                    message: format!("`{}` and `{}` share no commit, so that every file counts as new", base.1, head.1),
                    help: Some("look at both with `git log --graph`".to_owned()),
                    label: None,
                });
                Side::Empty
            }
        };
        let span = Span::Between { base: *base.0, head: *head.0 };
        Ok(Between { base: start, head: self.side(*head.0)?, span, problems })
    }

    fn side(&self, commit: ObjectId) -> Result<Side, GitError> {
        Ok(Side::Commit { commit, tree: self.repository.objects().tree_of(&commit)? })
    }

    /// A revision of the user or of an event, with this environment's advice when it is not here.
    fn revision(&self, revision: &str) -> Result<ObjectId, GitError> {
        self.repository.resolve(revision).map_err(|error| self.advise(error))
    }

    fn advise(&self, error: GitError) -> GitError {
        match error {
            GitError::UnknownRevision { revision, shallow: true, mend: None } => {
                GitError::UnknownRevision { revision, shallow: true, mend: Some(self.mend.to_owned()) }
            }
            other => other,
        }
    }

    /// The branch that a revision names, if it is one.
    fn branch_of(&self, revision: &str) -> Result<Option<String>, GitError> {
        if revision == "HEAD" || revision == "@" {
            return Ok(self.repository.head()?.branch().map(str::to_owned));
        }
        for prefix in ["refs/heads/", "refs/remotes/", "refs/remotes/origin/", ""] {
            let full = format!("{prefix}{revision}");
            let is_branch = full.starts_with("refs/heads/") || full.starts_with("refs/remotes/");
            if is_branch && self.repository.find_ref(&full)?.is_some() {
                return Ok(Some(branch_name(&full)));
            }
        }
        Ok(None)
    }
}

impl Between {
    fn into_range(self, mode: Mode) -> Range {
        Range { base: self.base, head: self.head, span: self.span, problems: self.problems, ..blank(mode) }
    }
}

/// The newest of several commits, by date and then by id: the same on every machine.
///
/// # Errors
/// When a commit cannot be read.
pub fn newest(objects: &Objects, commits: &[ObjectId]) -> Result<Option<ObjectId>, ObjectError> {
    if let [one] = commits {
        return Ok(Some(*one));
    }
    let mut dated = Vec::new();
    for id in commits {
        dated.push((objects.commit_parents_and_time(id)?.time, std::cmp::Reverse(*id)));
    }
    Ok(dated.into_iter().max().map(|(_, id)| id.0))
}

/// A revision as a person would say it: hooks and CI name commits by all of their digits.
fn shown(revision: &str) -> String {
    revision.parse::<ObjectId>().map_or_else(|_| revision.to_owned(), |id| id.short())
}

fn blank(mode: Mode) -> Range {
    Range {
        mode,
        base: Side::Empty,
        head: Side::Empty,
        base_name: "nothing".to_owned(),
        head_name: String::new(),
        span: Span::Empty,
        source: None,
        target: None,
        target_tip: None,
        judge: None,
        source_tip: None,
        queued: None,
        updates: Vec::new(),
        problems: Vec::new(),
    }
}

fn note(message: &str, help: &str) -> Problem {
    Problem { level: Level::Note, message: message.to_owned(), help: Some(help.to_owned()), label: None }
}

/// `origin/main` for a person.
fn short_branch(full: &str) -> &str {
    full.strip_prefix("refs/heads/").or_else(|| full.strip_prefix("refs/remotes/")).unwrap_or(full)
}

/// `main`: the branch without the remote that it was fetched from.
pub(crate) fn branch_name(full: &str) -> String {
    match full.strip_prefix("refs/remotes/") {
        Some(rest) => rest.split_once('/').map_or(rest, |(_, name)| name).to_owned(),
        None => short_branch(full).to_owned(),
    }
}
