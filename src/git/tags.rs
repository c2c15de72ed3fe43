//! Tags as facts: all by name, and more about those that the run is about.

use crate::git::{GitError, Range, Repository, history};
use crate::model::{Mode, ObjectId, Tag};

impl Repository {
    /// All tags that name a commit at last, sorted by name. A tag is judged when the push brings it or the
    /// release ends at it; only for such a tag the branches that contain it are looked for.
    ///
    /// # Errors
    /// When refs or the tag objects cannot be read.
    pub fn tags(&self, range: &Range) -> Result<Vec<Tag>, GitError> {
        let mut pushed: Vec<(String, ObjectId)> = Vec::new();
        for update in range.updates.iter().filter(|it| !it.new.is_zero()) {
            if let Some(name) = update.name.strip_prefix("refs/tags/") {
                pushed.push((name.to_owned(), update.new));
            }
        }
        let mut named: Vec<(String, ObjectId)> = self
            .refs_below("refs/tags/")?
            .map(|(name, id)| (name.trim_start_matches("refs/tags/").to_owned(), id))
            .filter(|(name, _)| !pushed.iter().any(|(it, _)| it == name))
            .collect();
        named.extend(pushed.iter().cloned());
        named.sort();
        let mut tags = Vec::new();
        for (name, id) in named {
            // A tag of a tree or a blob, as in git.git itself, is no release.
            let Ok(commit) = self.objects().peel_to_commit(&id) else { continue };
            let ends_here = range.mode == Mode::Release && range.head_name == name;
            let judged = ends_here || pushed.iter().any(|(it, _)| *it == name);
            let annotation = if id == commit { None } else { Some(self.objects().tag(&id)?.annotation) };
            let branches = if judged { self.branches_with(&commit)? } else { Vec::new() };
            tags.push(Tag { name, commit, judged, annotation, branches });
        }
        Ok(tags)
    }

    fn branches_with(&self, commit: &ObjectId) -> Result<Vec<String>, GitError> {
        let mut branches = Vec::new();
        for prefix in ["refs/heads/", "refs/remotes/"] {
            for (name, tip) in self.refs_below(prefix)? {
                if !name.ends_with("/HEAD") && history::is_ancestor(self.objects(), commit, &tip)? {
                    branches.push(crate::git::range::branch_name(name));
                }
            }
        }
        branches.sort();
        branches.dedup();
        Ok(branches)
    }
}
