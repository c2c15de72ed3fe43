//! The commit that is about to be made: what a `commit-msg` hook is asked about.

use std::io::Read as _;
use std::path::Path;

use super::Environment;
use crate::formats::cleanup::{self, Cleanup};
use crate::git::{GitError, Repository};
use crate::model::{Commit, Identity, ObjectId, Timestamp};

/// The most that is read of a message, in bytes.
const MOST: u64 = 16 << 20;

/// The commit that Git would make of the message in a file. It has no name yet: its id is all zeros.
///
/// Git tells a hook who the author is; the committer is the one of its settings. An amended commit cannot be told from
/// a new one, so that HEAD stands for the parent of both.
///
/// # Errors
/// When the file or HEAD cannot be read.
pub fn commit(
    repository: &Repository,
    file: &Path,
    environment: &Environment,
    now: Timestamp,
) -> Result<Commit, GitError> {
    let mut bytes = Vec::new();
    let read = std::fs::File::open(file).and_then(|it| it.take(MOST).read_to_end(&mut bytes));
    read.map_err(|error| GitError::io(file, error))?;
    let text = String::from_utf8_lossy(&bytes);
    // Git sets this editor for its hooks when it opens none.
    let was_edited = environment.get("GIT_EDITOR") != Some(":");
    let setting = |key: &str| repository.setting(key);
    let comment = setting("core.commentstring").or_else(|| setting("core.commentchar"));
    let comment = cleanup::comment_of(comment.as_deref(), &text);
    let message = cleanup::clean(&text, Cleanup::of(setting("commit.cleanup").as_deref(), was_edited), comment);

    let person = |role: &str, fallback: Option<&Identity>| {
        let part = |part: &str, otherwise: Option<&str>| {
            let named = environment.owned(&format!("GIT_{}_{}", role.to_uppercase(), part.to_uppercase()));
            let named =
                named.or_else(|| setting(&format!("{role}.{part}"))).or_else(|| setting(&format!("user.{part}")));
            named.or_else(|| otherwise.map(str::to_owned)).unwrap_or_default()
        };
        let (name, email) = fallback.map(|it| (it.name.as_str(), it.email.as_str())).unzip();
        Identity { name: part("name", name), email: part("email", email), time: now }
    };
    let author = person("author", None);
    let committer = person("committer", Some(&author));
    let commit = Commit {
        id: ObjectId::default(),
        parents: Vec::new(),
        author,
        committer,
        message,
        signature: None,
        brings_nothing: false,
    };
    Ok(Commit { parents: parents(repository, &commit)?, ..commit })
}

/// HEAD and what is merged into it. Whoever words a merge anew amends it, and its parents stay.
fn parents(repository: &Repository, commit: &Commit) -> Result<Vec<ObjectId>, GitError> {
    let head = repository.head()?.id();
    let merged = repository.merge_heads()?;
    if merged.is_empty() {
        let amended = head.and_then(|id| repository.objects().commit(&id).ok());
        if let Some(amended) = amended.filter(|it| it.is_merge() && it.subject() == commit.subject()) {
            return Ok(amended.parents);
        }
    }
    Ok(head.into_iter().chain(merged).collect())
}
