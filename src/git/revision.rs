//! Revisions as people and forges write them, evaluated without libgit2's parser.
//!
//! What is read: full and abbreviated object names, full and short ref names, `HEAD` and `@`, each with
//! any number of `~N`, `^N`, `^{commit}`, `^{}` after it. What is not: searches (`:/text`), reflogs (`@{…}`),
//! ranges and index entries. They are refused by name, so that a branch called `:/(((` stays a name.

use crate::git::objects::ObjectError;
use crate::git::refs::is_ref_name;
use crate::git::{GitError, Repository};
use crate::model::ObjectId;

/// Steps of one revision at most: `~` walks history, and a run is O(diff).
const MOST_STEPS: u32 = 100_000;

enum Step {
    /// `~N`: N times the first parent.
    Ancestor(u32),
    /// `^N`: the Nth parent; `^0` is the commit itself.
    Parent(u32),
    /// `^{commit}` and `^{}`.
    Peel,
}

impl Repository {
    /// The commit that a revision names.
    ///
    /// # Errors
    /// When the text is no revision, names nothing in this clone, or several things.
    pub fn resolve(&self, revision: &str) -> Result<ObjectId, GitError> {
        let (name, steps) = parse(revision).ok_or_else(|| GitError::NotARevision(revision.to_owned()))?;
        let unknown = || self.unknown(revision);
        let named = self.name_to_id(name)?.ok_or_else(unknown)?;
        let absent = |error| match error {
            ObjectError::Absent(_) => unknown(),
            other => GitError::Object(other),
        };
        let mut commit = self.objects().peel_to_commit(&named).map_err(absent)?;
        for step in steps {
            let (mut left, parent) = match step {
                Step::Ancestor(count) => (count, 0),
                Step::Parent(number) => (number.min(1), number.saturating_sub(1)),
                Step::Peel => continue,
            };
            while left > 0 {
                let parents = self.objects().commit(&commit).map_err(absent)?.parents;
                commit = *usize::try_from(parent).ok().and_then(|it| parents.get(it)).ok_or_else(unknown)?;
                left -= 1;
            }
        }
        // A parent can be named by a commit and lie beyond the boundary of a shallow clone.
        if self.objects().contains(&commit) { Ok(commit) } else { Err(unknown()) }
    }

    /// Like [`Repository::resolve`] for text that an event or a forge wrote: an object name or a branch, and
    /// no arithmetic. A branch is looked for at the remote first: in CI the local one is seldom there.
    ///
    /// # Errors
    /// As [`Repository::resolve`].
    pub fn resolve_branch(&self, name: &str) -> Result<ObjectId, GitError> {
        if let Some(id) = self.full_id(name) {
            return self.resolve(&id.to_string());
        }
        for candidate in [format!("refs/remotes/origin/{name}"), format!("refs/heads/{name}"), name.to_owned()] {
            if candidate.starts_with("refs/")
                && let Some(id) = self.find_ref(&candidate)?
            {
                return self.resolve(&id.to_string());
            }
        }
        Err(self.unknown(name))
    }

    pub(super) fn unknown(&self, revision: &str) -> GitError {
        GitError::UnknownRevision { revision: revision.to_owned(), shallow: self.is_shallow(), mend: None }
    }

    fn full_id(&self, name: &str) -> Option<ObjectId> {
        name.parse::<ObjectId>().ok().filter(|it| it.as_bytes().len() == self.hash().id_len())
    }

    /// Whether a branch has the name of a tag and is at another commit. Git takes the tag and warns. Who may push tags
    /// could so move the base of every run that names the branch.
    fn is_also_a_branch(&self, name: &str, tag: &ObjectId) -> Result<bool, GitError> {
        let commit = |id: &ObjectId| self.objects().peel_to_commit(id).ok();
        for prefix in ["refs/heads/", "refs/remotes/", "refs/remotes/origin/"] {
            if let Some(branch) = self.find_ref(&format!("{prefix}{name}"))?
                && (branch != *tag && commit(&branch) != commit(tag))
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn name_to_id(&self, name: &str) -> Result<Option<ObjectId>, GitError> {
        if let Some(id) = self.full_id(name) {
            return Ok(Some(id));
        }
        let name = if name == "@" { "HEAD" } else { name };
        // Git's own order; `origin/name` comes last, for CI clones that have no local branches.
        for prefix in ["", "refs/", "refs/tags/", "refs/heads/", "refs/remotes/", "refs/remotes/origin/"] {
            let full = format!("{prefix}{name}");
            if is_ref_name(&full)
                && let Some(id) = self.find_ref(&full)?
            {
                if prefix == "refs/tags/" && self.is_also_a_branch(name, &id)? {
                    return Err(GitError::TagAndBranch(name.to_owned()));
                }
                return Ok(Some(id));
            }
        }
        if name.len() < 4 || !name.bytes().all(|it| it.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let mut found = self.objects().resolve_prefix(&name.to_ascii_lowercase())?;
        if found.len() > 1 {
            found.retain(|id| self.objects().peel_to_commit(id).is_ok());
        }
        match found.as_slice() {
            [] => Ok(None),
            [id] => Ok(Some(*id)),
            _ => Err(GitError::Ambiguous(name.to_owned())),
        }
    }
}

/// Splits a revision into a name and the steps after it.
fn parse(revision: &str) -> Option<(&str, Vec<Step>)> {
    let end = revision.find(['~', '^']).unwrap_or(revision.len());
    let (name, mut rest) = revision.split_at_checked(end)?;
    let fits = !name.is_empty()
        && !name.starts_with('-')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(|it: char| it.is_control() || matches!(it, ' ' | ':' | '?' | '*' | '[' | '\\'));
    if !fits {
        return None;
    }
    let mut steps = Vec::new();
    let mut walked = 0_u32;
    while let Some(symbol) = rest.chars().next() {
        rest = rest.get(1..)?;
        if let Some(after) = ["{commit}", "{}"].iter().find_map(|it| rest.strip_prefix(it)).filter(|_| symbol == '^') {
            steps.push(Step::Peel);
            rest = after;
            continue;
        }
        let digits = rest.find(|it: char| !it.is_ascii_digit()).unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let number = if number.is_empty() { 1 } else { number.parse().ok()? };
        walked = walked.saturating_add(number);
        steps.push(match symbol {
            '~' => Step::Ancestor(number),
            '^' => Step::Parent(number),
            _ => return None,
        });
        rest = after;
    }
    (walked <= MOST_STEPS).then_some((name, steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_name_with_steps_is_refused() {
        for revision in ["main", "HEAD~3", "v1^{commit}", "a~2^2~", "@", "feature/x^0", "v1^{}"] {
            assert!(parse(revision).is_some(), "{revision}");
        }
        for revision in [
            "",
            ":/((((",
            "@{-1}",
            "--upload-pack=x",
            "a..b",
            "a...b",
            "HEAD:file",
            "^a",
            "main@{u}",
            "a^{/x}",
            "a~99999999999",
            "a b",
            "a~x",
            "HEAD~100001",
            "a\u{7}",
        ] {
            assert!(parse(revision).is_none(), "{revision:?}");
        }
    }
}
