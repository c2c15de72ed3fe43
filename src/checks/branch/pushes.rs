//! What a push does to protected branches.

use std::collections::BTreeMap;

use super::settings::{DirectPush, Protected};
use crate::checks::Judged;
use crate::formats::shell;
use crate::model::{Commit, Facts, Finding, Missing, ObjectId, Place, RefUpdate};

/// Judges each update of a protected branch.
pub(super) fn judge(rule: &Protected, facts: &Facts, judged: &mut Judged) {
    for update in &facts.refs.updates {
        let Some(branch) = update.name.strip_prefix("refs/heads/").filter(|it| rule.branches.is_match(it)) else {
            continue;
        };
        judge_update(rule, facts, (update, branch), judged);
    }
}

fn judge_update(rule: &Protected, facts: &Facts, (update, branch): (&RefUpdate, &str), judged: &mut Judged) {
    let place = || Place::Ref { name: branch.to_owned() };
    if update.new.is_zero() {
        let finding = Finding::at(place(), format!("the push deletes the protected branch `{branch}`"));
        let help = "take the deletion out of the push; who must delete the branch takes it off `protected` first";
        judged.findings.push(finding.hazard("deletion").help(help).evidence("old", update.old));
        return;
    }
    if update.old.is_zero() {
        // A branch that is made has no history yet that could be bypassed.
        return;
    }
    match update.fast_forward {
        Some(true) => {}
        Some(false) => {
            let finding = Finding::at(place(), format!("the push rewrites the protected branch `{branch}`"));
            let finding =
                finding.because(format!("commits up to `{}` would be lost to everybody else", update.old.short()));
            let help = format!(
                "`git pull --rebase origin {}` takes them along; to undo one, `git revert` it",
                shell::word(branch)
            );
            judged
                .findings
                .push(finding.hazard("rewrite").help(help).evidence("old", update.old).evidence("new", update.new));
            return;
        }
        None => judged.missing.push(Missing::here(
            format!("whether the push rewrites `{branch}`"),
            format!("fetch the commit that it had: `git fetch origin {}`", update.old),
        )),
    }
    match rule.direct_push {
        DirectPush::Allowed => {}
        DirectPush::Forbidden => judged.findings.push(direct(branch, place(), None)),
        DirectPush::Merged => {
            let commits = facts.commits.as_ref().map_err(Clone::clone);
            let Some(commits) = judged.keep(commits) else { return };
            let stray = first_parents(update, commits).filter(|commit| !is_merged(commit));
            judged.findings.extend(stray.map(|commit| {
                let place = Place::Commit { id: commit.id, subject: commit.subject().to_owned(), region: None };
                direct(branch, place, Some(commit))
            }));
        }
    }
}

fn direct(branch: &str, place: Place, commit: Option<&Commit>) -> Finding {
    let message = match commit {
        None => format!("the push goes straight to the protected branch `{branch}`"),
        Some(_) => format!("the commit reached the protected branch `{branch}` without a pull request"),
    };
    let help = match commit {
        None => "push to a branch of its own and open a pull request: `git switch -c fix/…`, `git push -u origin HEAD`"
            .to_owned(),
        Some(commit) => format!("have it reviewed now, or take it back: `git revert {}`", commit.id.short()),
    };
    Finding::at(place, message).hazard("direct-push").help(help)
}

/// The new commits along the first parents: what was put onto the branch itself, not what a merge brought.
fn first_parents<'a>(update: &RefUpdate, commits: &'a [Commit]) -> impl Iterator<Item = &'a Commit> {
    let by_id: BTreeMap<ObjectId, &Commit> = commits.iter().map(|it| (it.id, it)).collect();
    let old = update.old;
    let mut next = Some(update.new);
    // Each commit is met once: a range cannot hold a circle, and a recording that claims one must not loop.
    let mut left = commits.len();
    std::iter::from_fn(move || {
        let id = next.filter(|id| *id != old && left > 0)?;
        let commit = by_id.get(&id)?;
        left -= 1;
        next = commit.parents.first().copied();
        Some(*commit)
    })
}

/// Whether a forge wrote the message: GitHub, Gitea and Forgejo, Bitbucket, Azure Repos, GitLab.
fn is_merged(commit: &Commit) -> bool {
    let subject = commit.subject();
    let squashed = subject.strip_suffix(')').and_then(|it| it.rsplit_once(" (")).is_some_and(|(_, number)| {
        let digits = number
            .strip_prefix('#')
            .or_else(|| number.strip_prefix('!'))
            .or_else(|| number.strip_prefix("pull request #"));
        digits.is_some_and(|it| !it.is_empty() && it.bytes().all(|digit| digit.is_ascii_digit()))
    });
    squashed
        || subject.starts_with("Merge pull request ")
        || subject.starts_with("Merged PR ")
        || commit.message.lines().any(|line| line.starts_with("See merge request "))
}
