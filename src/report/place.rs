//! A place in words, and what the formats need to know about it.

use super::escape::visible;
use crate::model::{Label, Place, Position, Region, RepoPath};

/// A place as a person reads it, safe to show: `src/a.rs:3:5 at v1.3.0`, `commit 5f1c2d3e4a5f`.
pub(super) fn words(place: &Place) -> String {
    match place {
        Place::File { path, region, revision } => {
            let position = region.map(|it| format!(":{}:{}", it.start.line, it.start.column)).unwrap_or_default();
            let revision = revision.as_ref().map(|it| format!(" at {}", visible(it))).unwrap_or_default();
            format!("{}{position}{revision}", visible(&path.to_string()))
        }
        Place::Commit { id, region, .. } => {
            let line = region.filter(|it| it.start.line > 1).map(|it| format!(", line {}", it.start.line));
            let name = if id.is_zero() { "the new commit".to_owned() } else { format!("commit {}", id.short()) };
            format!("{name}{}", line.unwrap_or_default())
        }
        Place::Ref { name } => format!("ref {}", visible(name)),
        Place::PullRequest { field } => format!("{} of the pull request", visible(field)),
        Place::Change => "the change as a whole".to_owned(),
    }
}

/// A policy line in words: `gatecheck.yaml:14`, and where the file is when it is not in this repository.
pub(super) fn line(label: &Label) -> String {
    match &label.place {
        Place::File { path, region: Some(region), revision } => {
            let elsewhere = revision.as_ref().filter(|it| is_elsewhere(it));
            let source = elsewhere.map(|it| format!(" of {}", visible(it))).unwrap_or_default();
            format!("{}:{}{source}", visible(&path.to_string()), region.start.line)
        }
        place @ (Place::File { .. }
        | Place::Commit { .. }
        | Place::Ref { .. }
        | Place::PullRequest { .. }
        | Place::Change) => words(place),
    }
}

/// The file that a format with nothing but files shows a finding at, and whether it is the finding's own.
///
/// What has no file, such as a commit, stands at the policy line that asks for it.
pub(super) fn file<'a>(primary: &'a Label, policy: &'a Label) -> (Option<&'a RepoPath>, Option<Region>, bool) {
    match (primary.place.path(), of_this_repository(policy)) {
        (Some(path), _) => (Some(path), primary.place.region(), true),
        (None, Some(path)) => (Some(path), policy.place.region(), false),
        (None, None) => (None, None, false),
    }
}

/// The file of a label, unless it is one of another repository or of a shipped pack.
pub(super) fn of_this_repository(label: &Label) -> Option<&RepoPath> {
    match &label.place {
        Place::File { revision, .. } if revision.as_ref().is_some_and(|it| is_elsewhere(it)) => None,
        Place::File { path, .. } => Some(path),
        Place::Commit { .. } | Place::Ref { .. } | Place::PullRequest { .. } | Place::Change => None,
    }
}

/// Whether a revision names another repository or a shipped pack: `gatecheck 0.1.0`, `URL COMMIT`. No revision
/// of Git has a space in its name.
fn is_elsewhere(revision: &str) -> bool {
    revision.contains(' ')
}

/// A region that is safe to hand to a strict reader: numbers from one, and no end before its start.
pub(super) fn ordered(region: Region) -> Region {
    let start = Position { line: region.start.line.max(1), column: region.start.column.max(1) };
    let end = Position { line: region.end.line, column: region.end.column.max(1) };
    Region { start, end: end.max(start) }
}

/// The file named when neither the finding nor its rule stands in one, as with a shipped pack.
pub(super) const NO_FILE: &str = "gatecheck.yaml";
