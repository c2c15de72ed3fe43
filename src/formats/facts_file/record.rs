//! Writing down what a judgement looks at.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Answers, Ends, Entry, FactsFile, Files, ForgePart, Known, PolicyPart, RefsPart, SCHEMA, Unreadable};
use crate::formats::diff;
use crate::model::{
    Child, ChildKind, Contents, Facts, File, FileMode, Missing, ObjectId, Refs, RepoPath, Stored, Tree,
};

/// Watches what a judgement asks of the trees.
///
/// What is written does not depend on the order of the questions, nor on which thread asked.
pub struct Recorder {
    facts: Facts,
    blobs: Arc<Mutex<BTreeMap<ObjectId, Stored>>>,
    base: Arc<Recording>,
    head: Arc<Recording>,
    target: Arc<Recording>,
}

impl Recorder {
    /// Starts to watch. Judge the facts that [`Recorder::facts`] gives.
    #[must_use]
    pub fn new(facts: &Facts) -> Self {
        let blobs = Arc::default();
        let recording = |tree: &Arc<dyn Tree>| {
            Arc::new(Recording { tree: Arc::clone(tree), answers: Mutex::default(), blobs: Arc::clone(&blobs) })
        };
        let (base, head, target) = (recording(&facts.base), recording(&facts.head), recording(&facts.target));
        let facts = Facts {
            base: Arc::clone(&base) as Arc<dyn Tree>,
            head: Arc::clone(&head) as Arc<dyn Tree>,
            target: Arc::clone(&target) as Arc<dyn Tree>,
            // A store of its own: what somebody else has read already would not be asked for again.
            contents: Arc::new(Contents::new(diff::hunks)),
            ..facts.clone()
        };
        Self { facts, blobs, base, head, target }
    }

    /// The same facts, watched.
    #[must_use]
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Reads both sides of every changed file, so that a policy of tomorrow finds them as well.
    pub fn read_whole_change(&self) {
        for change in &self.facts.change.files {
            for (tree, file) in [(&self.base, &change.old), (&self.head, &change.new)] {
                if let Some(file) = file.as_ref().filter(|it| it.mode != FileMode::Gitlink) {
                    // A failure is an answer too, and is written down as one.
                    let _ = tree.read(file);
                }
            }
        }
    }

    /// Everything that was looked at so far.
    #[must_use]
    pub fn finish(&self, ends: Ends) -> FactsFile {
        // Without `..`, so that a new fact cannot be forgotten here.
        let Facts {
            run,
            change,
            base: _,
            head: _,
            target: _,
            contents: _,
            budget: _,
            commits,
            transient,
            refs,
            tags,
            pull_request,
            forge,
            // It has as many bytes as the repository; `run` says that it was asked for.
            history: _,
        } = &self.facts;
        let Refs { source, target, default, updates, behind, merge } = refs.as_ref();
        FactsFile {
            schema: SCHEMA.to_owned(),
            base: ends.base,
            head: ends.head,
            run: Some(run.clone()),
            files: Some(Files {
                change: change.as_ref().clone(),
                base: self.base.written(),
                head: self.head.written(),
                target: self.target.written(),
                blobs: lock(&self.blobs).clone(),
            }),
            commits: Some(Known::of(commits.clone().map(|it| it.to_vec()))),
            transient: Some(Known::of(transient.clone().map(|it| it.to_vec()))),
            refs: Some(RefsPart {
                source: Some(Known::of(source.clone())),
                target: Some(Known::of(target.clone())),
                default: Some(Known::of(default.clone())),
                updates: Some(updates.clone()),
                behind: Some(Known::of(behind.clone())),
                merge: Some(Known::of(merge.clone())),
            }),
            tags: Some(Known::of(tags.clone().map(|it| it.to_vec()))),
            pull_request: Some(Known::of(pull_request.clone().map(|it| it.as_ref().clone()))),
            forge: Some(ForgePart::of(forge)),
            policy: None,
            problems: Vec::new(),
        }
    }
}

/// Watches what loading a policy asks of the tree that it comes from.
pub struct PolicyRecorder {
    recording: Arc<Recording>,
    revision: Option<String>,
}

impl PolicyRecorder {
    /// Starts to watch. Load the policy from [`PolicyRecorder::tree`].
    #[must_use]
    pub fn new(tree: Arc<dyn Tree>, revision: Option<String>) -> Self {
        let recording = Recording { tree, answers: Mutex::default(), blobs: Arc::default() };
        Self { recording: Arc::new(recording), revision }
    }

    /// The same tree, watched.
    #[must_use]
    pub fn tree(&self) -> Arc<dyn Tree> {
        Arc::clone(&self.recording) as Arc<dyn Tree>
    }

    /// Everything that was looked at so far.
    #[must_use]
    pub fn finish(&self) -> PolicyPart {
        let blobs = lock(&self.recording.blobs).clone();
        PolicyPart { revision: self.revision.clone(), tree: self.recording.written(), blobs }
    }
}

/// A tree that remembers what it was asked and what it said.
struct Recording {
    tree: Arc<dyn Tree>,
    answers: Mutex<Answers>,
    blobs: Arc<Mutex<BTreeMap<ObjectId, Stored>>>,
}

impl Recording {
    fn written(&self) -> Answers {
        let mut answers = lock(&self.answers).clone();
        answers.unreadable.sort();
        answers.unreadable.dedup();
        answers
    }
}

impl Tree for Recording {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        let answer = self.tree.children(folder);
        let entries = answer.clone().map(|children| children.into_iter().map(entry).collect());
        lock(&self.answers).folders.insert(folder.clone(), Known::of(entries));
        answer
    }

    fn file(&self, path: &RepoPath) -> Result<Option<File>, Missing> {
        let answer = self.tree.file(path);
        lock(&self.answers).files.insert(path.clone(), Known::of(answer.clone()));
        answer
    }

    fn read(&self, file: &File) -> Result<Arc<[u8]>, Missing> {
        let answer = self.tree.read(file);
        match &answer {
            Ok(bytes) => {
                lock(&self.blobs).entry(file.id).or_insert_with(|| Stored(Arc::clone(bytes)));
            }
            Err(missing) => {
                let unreadable = Unreadable { file: file.clone(), missing: missing.clone() };
                lock(&self.answers).unreadable.push(unreadable);
            }
        }
        answer
    }
}

fn entry(child: Child) -> Entry {
    match child.kind {
        ChildKind::Folder => Entry::Folder(child.path),
        ChildKind::File(mode, id) => Entry::File(File { path: child.path, mode, id }),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
