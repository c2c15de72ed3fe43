//! Pushes: ref updates, grouped by the commit that they bring.

use crate::git::refs::is_ref_name;
use crate::git::{GitError, Repository, history};
use crate::model::{Level, Mode, ObjectId, Problem, RefUpdate};

use super::{Range, Resolver, Side, Span, blank, branch_name};

impl Resolver<'_> {
    pub(super) fn push(&self, updates: &[RefUpdate]) -> Result<Vec<Range>, GitError> {
        let mut updates: Vec<RefUpdate> = updates.to_vec();
        updates.sort();
        updates.iter_mut().for_each(|it| it.fast_forward = self.is_fast_forward(it));
        // Updates of branches first: a tag at the tip of one brings nothing of its own.
        updates.sort_by_key(|it| !it.name.starts_with("refs/heads/"));
        let mut ranges: Vec<Range> = Vec::new();
        let (deleted, brought): (Vec<_>, Vec<_>) = updates.into_iter().partition(|it| it.new.is_zero());
        for update in brought {
            let commit = self.repository.objects().peel_to_commit(&update.new).map_err(|error| {
                let unknown = GitError::from(error);
                if self.repository.is_shallow() {
                    self.advise(self.repository.unknown(&update.new.short()))
                } else {
                    unknown
                }
            })?;
            let range = self.update(&update, commit)?;
            match ranges.iter_mut().find(|earlier| rides_with(&range, earlier)) {
                Some(earlier) => earlier.updates.push(update),
                None => ranges.push(range),
            }
        }
        if ranges.is_empty() {
            let judge = deleted.first().map(|update| self.judge_of_deleted(update)).transpose()?.flatten();
            let problems = if deleted.is_empty() { vec![nothing_pushed()] } else { Vec::new() };
            ranges.push(Range { judge, head_name: "nothing".to_owned(), problems, ..blank(Mode::Push) });
        }
        if let Some(first) = ranges.first_mut() {
            if first.head == Side::Empty
                && let Some(update) = deleted.first()
            {
                first.head_name = branch_name(&update.name);
            }
            first.updates.extend(deleted);
        }
        Ok(ranges)
    }

    fn update(&self, update: &RefUpdate, commit: ObjectId) -> Result<Range, GitError> {
        let branch = update.name.strip_prefix("refs/heads/").map(str::to_owned);
        let mut range = Range {
            head: self.side(commit)?,
            head_name: branch.clone().unwrap_or_else(|| update.name.trim_start_matches("refs/tags/").to_owned()),
            target: branch,
            source_tip: Some(commit),
            updates: vec![update.clone()],
            ..blank(Mode::Push)
        };
        if !update.old.is_zero() {
            // What a forced push took away may never have been fetched here; then the default branch is the base.
            if let Ok(old) = self.repository.objects().peel_to_commit(&update.old) {
                range.base = self.side(old)?;
                range.base_name = old.short();
                range.span = Span::Between { base: old, head: commit };
                range.target_tip = Some(old);
                if range.target.is_none() {
                    range.judge = self.known_at_the_other_side(&update.name)?;
                }
                return Ok(range);
            }
        }
        match self.known_at_the_other_side(&update.name)? {
            Some((name, tip)) => {
                let between = self.between((&tip, &name), (&commit, &range.head_name))?;
                range.base_name.clone_from(&name);
                range.judge = Some((name, tip));
                (range.base, range.span, range.problems) = (between.base, between.span, between.problems);
            }
            None => {
                range.base = Side::Empty;
                range.span = Span::UpTo(commit);
            }
        }
        Ok(range)
    }

    /// Deleting a ref must not choose a mild judge: the default branch's policy, or what the ref had itself.
    fn judge_of_deleted(&self, update: &RefUpdate) -> Result<Option<(String, ObjectId)>, GitError> {
        let known = self.known_at_the_other_side(&update.name)?;
        let own = || Some((branch_name(&update.name), self.repository.objects().peel_to_commit(&update.old).ok()?));
        Ok(known.or_else(own))
    }

    /// The default branch as the receiving side has it: what was fetched from there, or, in a bare repository
    /// that receives, the branch itself. A local branch of the pusher proves nothing about the receiver, and neither
    /// does the very branch that is pushed.
    fn known_at_the_other_side(&self, pushed: &str) -> Result<Option<(String, ObjectId)>, GitError> {
        let Some(name) = self.repository.default_branch()? else { return Ok(None) };
        let receives = self.repository.is_bare();
        let fits = name.starts_with("refs/remotes/") || receives;
        if !fits || pushed.strip_prefix("refs/heads/") == Some(&branch_name(&name)) {
            return Ok(None);
        }
        Ok(Some((branch_name(&name), self.repository.resolve(&name)?)))
    }

    /// Unknown for a new ref, a deleted one, and one whose old id is not here.
    fn is_fast_forward(&self, update: &RefUpdate) -> Option<bool> {
        if update.old.is_zero() || update.new.is_zero() {
            return None;
        }
        let objects = self.repository.objects();
        let peeled = |id| objects.peel_to_commit(id).ok();
        history::is_ancestor(objects, &peeled(&update.old)?, &peeled(&update.new)?).ok()
    }
}

/// Whether an update needs no judgement of its own: a tag that brings what an earlier update brings, before the same
/// judge, or with no judge known at the other side but that update's. Two branches never share one, as each is a
/// target with rules and a policy of its own.
fn rides_with(range: &Range, earlier: &Range) -> bool {
    let judge = |it: &Range| it.judge.as_ref().map(|(_, tip)| *tip).or(it.target_tip);
    let is_same = range.base == earlier.base && range.span == earlier.span && judge(range) == judge(earlier);
    range.target.is_none() && range.head == earlier.head && (is_same || judge(range).is_none())
}

impl Repository {
    /// The ref updates on standard input of a pre-push hook (`local-ref local-id remote-ref remote-id`) or of a
    /// pre-receive hook (`old-id new-id ref`), one a line. Which of the two is told by the fields.
    ///
    /// # Errors
    /// When a line is neither.
    pub fn parse_updates(&self, text: &str) -> Result<Vec<RefUpdate>, GitError> {
        let mut updates = Vec::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (old, new, name) = match fields.as_slice() {
                [old, new, name] => (*old, *new, *name),
                [_, new, name, old] => (*old, *new, *name),
                _ => return Err(not_an_update(number, line)),
            };
            let id =
                |text: &str| text.parse::<ObjectId>().ok().filter(|id| id.as_bytes().len() == self.hash().id_len());
            let (Some(old), Some(new), true) = (id(old), id(new), is_ref_name(name)) else {
                return Err(not_an_update(number, line));
            };
            updates.push(RefUpdate { name: name.to_owned(), old, new, fast_forward: None });
        }
        Ok(updates)
    }
}

/// A hook that does not hand its input on would pass everything; Git itself gives none when all is up to date.
fn nothing_pushed() -> Problem {
    Problem {
        level: Level::Note,
        message: "nothing was pushed: standard input names no ref update, so that nothing was judged".to_owned(),
        help: Some("a hook must hand its standard input on to `gatecheck --push`".to_owned()),
        label: None,
    }
}

fn not_an_update(number: usize, line: &str) -> GitError {
    GitError::NotAnUpdate { line: number + 1, text: line.chars().take(200).collect() }
}
