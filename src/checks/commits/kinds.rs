//! Kinds of commits that must not be there, and reverts.

use std::collections::BTreeSet;

use super::message::{AUTOSQUASH, Message, is_git_revert};
use super::settings::Kind;
use crate::formats::conventional;
use crate::model::{Finding, ObjectId, Span};

/// Judges one kind; `range` names every commit of the range.
pub(super) fn forbidden(kind: Kind, message: &Message<'_>, range: &BTreeSet<ObjectId>, findings: &mut Vec<Finding>) {
    let found = match kind {
        Kind::Autosquash => autosquash(message),
        Kind::WorkInProgress => work_in_progress(message),
        Kind::Merges => message.commit.is_merge().then(|| {
            let help = format!("`git rebase {}` makes the history linear", message.onto());
            message.about("merge", "the commit is a merge").help(help)
        }),
        Kind::MergesOfOtherBranches => merge_of_other_branch(message, range),
    };
    findings.extend(found);
}

fn autosquash(message: &Message<'_>) -> Option<Finding> {
    // Git takes the first line that is not blank for the subject.
    let line = message.text.lines().find(|line| !line.text.trim().is_empty())?;
    let subject = line.text.trim_start();
    let indent = line.text.len() - subject.len();
    let marker = AUTOSQUASH.into_iter().find(|marker| subject.starts_with(marker))?;
    let says = format!("this `{marker}` commit still waits to be folded into another one");
    let help = match indent {
        0 => format!("`git rebase -i --autosquash {}` folds it in", message.onto()),
        // Git does not know the marker behind a space.
        _ => format!("`git rebase -i {}`, with `fixup` at this commit below the one that it mends", message.onto()),
    };
    let start = line.start + indent;
    Some(message.finding(Span::new(start, start + marker.len()), "autosquash", says).help(help))
}

fn work_in_progress(message: &Message<'_>) -> Option<Finding> {
    let subject = message.subject();
    let description = conventional::parse(subject).map_or(0, |it| it.description.start);
    let (start, words) = [0, description].into_iter().find_map(|start| {
        let rest = subject.get(start..)?;
        let skipped = rest.len() - rest.trim_start_matches(|it: char| !it.is_alphanumeric()).len();
        let length = unfinished(rest.get(skipped..)?)?;
        Some((start + skipped, length))
    })?;
    let says = "the commit calls itself unfinished";
    let help = format!("finish it, or open the pull request as a draft; {}", message.reword());
    Some(message.finding(Span::new(start, start + words), "work-in-progress", says).help(help))
}

/// Length of the words that say so, when a text begins with them.
fn unfinished(text: &str) -> Option<usize> {
    ["wip", "work in progress", "do not merge", "do-not-merge", "donotmerge"].into_iter().find_map(|words| {
        let (start, rest) = text.split_at_checked(words.len())?;
        let ends = !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_');
        (ends && start.eq_ignore_ascii_case(words)).then_some(words.len())
    })
}

/// A merge from the target brings commits that are outside of the range; any other merge brings some of the range.
/// The parents are asked and not the words, which anybody can write.
fn merge_of_other_branch(message: &Message<'_>, range: &BTreeSet<ObjectId>) -> Option<Finding> {
    let merged = message.commit.parents.iter().skip(1).find(|parent| range.contains(parent))?;
    let says = format!("the merge brings commits that `{}` does not have", message.base);
    let help =
        format!("review them in a pull request of their own, or leave them out: `git rebase {}`", message.onto());
    Some(message.about("merge", says).help(help).evidence("merged", merged))
}

/// A revert must name the commit that it takes back.
pub(super) fn revert(message: &Message<'_>, findings: &mut Vec<Finding>) {
    let subject = message.subject();
    let conventional = conventional::parse(subject).ok().and_then(|it| subject.get(it.kind.start..it.kind.end));
    if !is_git_revert(subject) && conventional != Some("revert") {
        return;
    }
    let below = message.text.as_str().get(subject.len()..).unwrap_or_default();
    let named = below.split(|it: char| !it.is_ascii_alphanumeric()).any(is_object_name);
    if !named {
        let says = "the revert does not name the commit that it takes back";
        let help = format!("add the line `This reverts commit <id>.`, as `git revert` does; {}", message.reword());
        findings.push(message.finding(message.subject_span(), "revert", says).help(help));
    }
}

/// Seven to 64 hexadecimal digits with a decimal one among them, so that no word is taken for a name.
fn is_object_name(word: &str) -> bool {
    (7..=64).contains(&word.len())
        && word.bytes().all(|it| it.is_ascii_hexdigit())
        && (word.len() >= 40 || word.bytes().any(|it| it.is_ascii_digit()))
}
