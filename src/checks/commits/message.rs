//! A commit with its message read once, and the advice that depends on where the commit stands.

use std::borrow::Cow;

use crate::formats::shell;
use crate::formats::trailers::{self, Trailers};
use crate::model::{Commit, Finding, Label, Line, Place, Span, Text};

/// Words that `git rebase --autosquash` looks for.
pub(super) const AUTOSQUASH: [&str; 3] = ["fixup!", "squash!", "amend!"];
/// Git keeps the message of a commit that a hook refused.
const AGAIN: &str = "git commit --edit --file \"$(git rev-parse --git-path COMMIT_EDITMSG)\"";

/// A commit and its message.
pub(super) struct Message<'a> {
    pub(super) commit: &'a Commit,
    pub(super) text: Text,
    pub(super) trailers: Trailers,
    /// Whether nothing stands on top of the commit, so that it can simply be amended.
    pub(super) newest: bool,
    /// What a rebase starts from.
    pub(super) base: &'a str,
}

impl<'a> Message<'a> {
    pub(super) fn new(commit: &'a Commit, newest: bool, base: &'a str) -> Self {
        let text = Text::decode(commit.message.as_bytes());
        let trailers = trailers::parse(&text);
        Self { commit, text, trailers, newest, base }
    }

    /// The first line.
    pub(super) fn subject(&self) -> &str {
        self.text.line(1).map_or("", |it| it.text)
    }

    /// Whether the commit is about to be made for another one to take it in: it is judged when it is pushed without that.
    pub(super) fn waits_to_be_folded(&self) -> bool {
        self.commit.is_pending() && AUTOSQUASH.iter().any(|it| self.subject().starts_with(it))
    }

    /// The lines after the first one.
    pub(super) fn below_subject(&self) -> impl Iterator<Item = Line<'_>> {
        self.text.lines().skip(1)
    }

    /// A label for a part of the message.
    pub(super) fn label(&self, span: Span, text: impl Into<String>) -> Label {
        let region = Some(self.text.region(span));
        Label { place: self.place(region), snippet: Some(self.text.snippet(span)), text: text.into() }
    }

    /// A finding about a part of the message.
    pub(super) fn finding(&self, span: Span, hazard: &str, message: impl Into<String>) -> Finding {
        Finding::new(self.label(span, ""), message).hazard(hazard)
    }

    /// A finding about the commit rather than its words.
    pub(super) fn about(&self, hazard: &str, message: impl Into<String>) -> Finding {
        Finding::at(self.place(None), message).hazard(hazard).evidence("commit", self.commit.id)
    }

    pub(super) fn place(&self, region: Option<crate::model::Region>) -> Place {
        Place::Commit { id: self.commit.id, subject: self.subject().to_owned(), region }
    }

    /// The whole subject.
    pub(super) fn subject_span(&self) -> Span {
        Span::new(0, self.subject().len())
    }

    /// The base as a word of a command line.
    pub(super) fn onto(&self) -> Cow<'a, str> {
        shell::word(self.base)
    }

    /// How to change the message.
    pub(super) fn reword(&self) -> String {
        match self.newest {
            true if self.commit.is_pending() => format!("reword it: `{AGAIN}`"),
            true => "reword it: `git commit --amend`".to_owned(),
            false => format!("reword it: `git rebase -i {}`, with `reword` at this commit", self.onto()),
        }
    }

    /// How to make the commit anew with these options of `git commit --amend`.
    pub(super) fn amend(&self, options: &str) -> String {
        let amend = format!("git commit --amend --no-edit {options}");
        match self.newest {
            true if self.commit.is_pending() => format!("`{AGAIN} {options}`"),
            true => format!("`{}`", amend.trim_end()),
            false => format!("`git rebase {} --exec '{}'`", self.onto(), amend.trim_end()),
        }
    }
}

/// Whether Git or a forge wrote the message of a merge: it has several parents and the words say so.
pub(super) fn is_generated_merge(commit: &Commit) -> bool {
    commit.is_merge() && ["Merge ", "Merged "].iter().any(|words| commit.subject().starts_with(words))
}

/// Whether `git revert` wrote the subject.
pub(super) fn is_git_revert(subject: &str) -> bool {
    ["Revert \"", "Reapply \""].iter().any(|words| subject.starts_with(words))
}
