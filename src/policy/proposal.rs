//! A policy that a change proposes: whether there is one, and what is wrong with it.
//!
//! What it would weaken is said by [`compare`](super::compare()).

use super::library::NAMES;
use super::{LOCK_PATH, Policy, PolicyErrors};
use crate::model::{Level, Problem, RepoPath};

/// Mistakes that are listed one by one.
const LISTED: usize = 10;

/// Whether a file of this name is a policy, or passes for one.
#[must_use]
pub fn is_policy_file(path: &RepoPath) -> bool {
    let folded = path.name().to_ascii_lowercase().replace(".yml", ".yaml");
    NAMES.contains(&folded.as_str())
}

/// Whether one of the paths belongs to what the policy is made of, or could become part of it.
pub fn touches<'a>(policy: &Policy, mut paths: impl Iterator<Item = &'a RepoPath>) -> bool {
    paths.any(|path| path.as_str() == LOCK_PATH || is_policy_file(path) || policy.files.contains(path))
}

/// Why the policy that a change proposes cannot be read, each mistake at its place.
#[must_use]
pub fn unreadable(errors: &PolicyErrors, level: Level) -> Vec<Problem> {
    let all = errors.errors();
    let problem = |message: String, help: Option<String>, label| Problem { level, message, help, label };
    let listed = all.iter().take(LISTED).map(|error| {
        let message = format!("the policy of this change cannot be read: {}", error.message);
        problem(message, error.help.clone(), error.labels.first().cloned())
    });
    let left = all.len().saturating_sub(LISTED);
    let rest = (0 < left).then(|| {
        let message = format!("the policy of this change has {left} more mistakes");
        problem(message, Some("see them with `gatecheck policy show`".to_owned()), None)
    });
    listed.chain(rest).collect()
}
