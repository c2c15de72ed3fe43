//! Facts out of a file.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Answers, Entry, FactsFile, FactsFileError, Files, Known, PolicyPart, RefsPart};
use crate::formats::diff;
use crate::model::{Child, ChildKind, Contents, Fact, Facts, File, Missing, ObjectId, Refs, RepoPath, Stored, Tree};

impl FactsFile {
    /// The facts of a whole file.
    ///
    /// # Errors
    /// When the file holds no run or no files. Any other fact that it lacks is missing.
    pub fn facts(&self) -> Result<Facts, FactsFileError> {
        let run = self.run.clone().ok_or(FactsFileError::Incomplete("run"))?;
        let files = self.files.as_ref().ok_or(FactsFileError::Incomplete("files"))?;
        let [base, head, target] = trees(files);
        let history = if run.history { unrecorded_history() } else { Missing::history() };
        Ok(Facts {
            run,
            change: Arc::new(files.change.clone()),
            base,
            head,
            target,
            contents: Arc::new(Contents::new(diff::hunks)),
            budget: Arc::default(),
            commits: recorded(self.commits.as_ref(), "the list of commits").map(Arc::from),
            transient: recorded(self.transient.as_ref(), "what came and went in between").map(Arc::from),
            refs: Arc::new(refs(self.refs.as_ref().unwrap_or(&RefsPart::default()))),
            tags: recorded(self.tags.as_ref(), "the list of tags").map(Arc::from),
            pull_request: recorded(self.pull_request.as_ref(), "the pull request").map(Arc::new),
            forge: Arc::new(self.forge.clone().unwrap_or_default().facts()),
            history: Err(history),
        })
    }
}

impl PolicyPart {
    /// The tree that the policy came from.
    #[must_use]
    pub fn tree(&self) -> Arc<dyn Tree> {
        tree(&self.tree, &Arc::new(self.blobs.clone()))
    }
}

/// The trees of the base, of the head and of the target.
pub(super) fn trees(files: &Files) -> [Arc<dyn Tree>; 3] {
    let blobs = Arc::new(files.blobs.clone());
    [&files.base, &files.head, &files.target].map(|answers| tree(answers, &blobs))
}

fn tree(answers: &Answers, blobs: &Arc<BTreeMap<ObjectId, Stored>>) -> Arc<dyn Tree> {
    let unreadable = answers.unreadable.iter().map(|it| (it.file.clone(), it.missing.clone())).collect();
    Arc::new(Recorded { answers: answers.clone(), unreadable, blobs: Arc::clone(blobs) })
}

fn refs(part: &RefsPart) -> Refs {
    Refs {
        source: recorded(part.source.as_ref(), "the source branch"),
        target: recorded(part.target.as_ref(), "the target branch"),
        default: recorded(part.default.as_ref(), "the default branch"),
        updates: part.updates.clone().unwrap_or_default(),
        behind: recorded(part.behind.as_ref(), "how far the branch is behind"),
        merge: recorded(part.merge.as_ref(), "what a merge would give"),
    }
}

pub(super) fn recorded<T: Clone>(known: Option<&Known<T>>, what: &str) -> Fact<T> {
    known.map_or_else(|| Err(unrecorded(what)), Known::fact)
}

/// Something that the recorded run did not ask, so that its file cannot answer. It is not nothing.
fn unrecorded(what: &str) -> Missing {
    Missing::here(format!("{what} was not recorded"), "record the facts anew: `gatecheck facts > FILE`")
}

fn unrecorded_history() -> Missing {
    Missing::here(
        "the whole history: recorded facts do not hold it",
        "judge it where the repository is: `gatecheck --history`",
    )
}

/// A tree that answers what it was asked when it was recorded.
struct Recorded {
    answers: Answers,
    unreadable: BTreeMap<File, Missing>,
    blobs: Arc<BTreeMap<ObjectId, Stored>>,
}

impl Tree for Recorded {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        let answer = self.answers.folders.get(folder);
        let entries = recorded(answer, &format!("what is in the folder `{folder}`"))?;
        Ok(entries.into_iter().map(child).collect())
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        if let Some(answer) = self.answers.files.get(path) {
            return answer.fact();
        }
        // A folder that was listed tells about each of its files.
        let folder = path.parent().and_then(|folder| self.answers.folders.get(&folder));
        let entries = recorded(folder, &format!("whether there is a file `{path}`"))?;
        Ok(entries.into_iter().find_map(|entry| match entry {
            Entry::File(file) => (file.path == *path).then_some(file),
            Entry::Folder(_) => None,
        }))
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        if let Some(missing) = self.unreadable.get(file) {
            return Err(missing.clone());
        }
        let blob = self.blobs.get(&file.id).map(|stored| Arc::clone(&stored.0));
        blob.ok_or_else(|| Missing::content(&file.path, "was not recorded"))
    }
}

fn child(entry: Entry) -> Child {
    match entry {
        Entry::Folder(path) => Child { path, kind: ChildKind::Folder },
        Entry::File(File { path, mode, id }) => Child { path, kind: ChildKind::File(mode, id) },
    }
}
