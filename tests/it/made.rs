//! Facts and policies made in memory, for tests that look at the engine.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use gatecheck::checks::{self, CheckDef};
use gatecheck::formats::{diff, yaml};
use gatecheck::model::{
    Change, ChangeKind, ChangeSet, Contents, Facts, File, FileMode, Forge, MapTree, Missing, Mode, ObjectId, Refs,
    RepoPath, Run, Tree,
};
use gatecheck::policy::Policy;

/// Files of a tree: path and content.
pub(crate) type Files<'a> = [(&'a str, &'a str)];

/// A change from one set of files to another at noon of 2026-01-01, with nothing else known. Equal
/// content at another path is a rename.
pub(crate) fn facts(mode: Mode, base: &Files<'_>, head: &Files<'_>) -> Facts {
    let unknown = || Missing::here("it", "say it");
    let (base, head) = (tree(base), tree(head));
    Facts {
        run: Run {
            mode,
            ci: false,
            now: "2026-01-01T12:00:00Z".parse().unwrap(),
            base_name: "main".to_owned(),
            head_name: "topic".to_owned(),
            profile: None,
            event: None,
            history: false,
        },
        change: Arc::new(change(base.as_ref(), head.as_ref())),
        target: Arc::clone(&base) as Arc<dyn Tree>,
        base,
        head,
        contents: Arc::new(Contents::new(diff::hunks)),
        budget: Arc::default(),
        commits: Err(unknown()),
        transient: Err(unknown()),
        refs: Arc::new(Refs {
            source: Err(unknown()),
            target: Err(unknown()),
            default: Err(unknown()),
            updates: Vec::new(),
            behind: Err(unknown()),
            merge: Err(unknown()),
        }),
        tags: Err(unknown()),
        pull_request: Err(Missing::pull_request("the pull request")),
        forge: Arc::new(Forge::unknown()),
        history: Err(Missing::history()),
    }
}

fn tree(files: &Files<'_>) -> Arc<MapTree> {
    let mut tree = MapTree::default();
    for (path, content) in files {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        let id = ObjectId::from_bytes(&[hasher.finish().to_be_bytes().as_slice(), &[7; 12]].concat()).unwrap();
        let file = File { path: RepoPath::new(path), mode: FileMode::Regular, id };
        tree.insert(file, Some(Arc::from(content.as_bytes())));
    }
    Arc::new(tree)
}

fn change(base: &dyn Tree, head: &dyn Tree) -> ChangeSet {
    let (old, new) = (base.files(&RepoPath::root()).unwrap(), head.files(&RepoPath::root()).unwrap());
    let mut gone: Vec<&File> = old.iter().filter(|it| head.file(&it.path).unwrap().is_none()).collect();
    let mut files = Vec::new();
    for file in new {
        let before = base.file(&file.path).unwrap();
        if before.as_ref() == Some(&file) {
            continue;
        }
        let renamed = gone.iter().position(|it| it.id == file.id).filter(|_| before.is_none());
        let (kind, before) = match renamed {
            Some(index) => (ChangeKind::Renamed(100), Some(gone.remove(index).clone())),
            None if before.is_some() => (ChangeKind::Modified, before),
            None => (ChangeKind::Added, None),
        };
        files.push(Change { kind, old: before, new: Some(file) });
    }
    files.extend(gone.into_iter().map(|it| Change { kind: ChangeKind::Deleted, old: Some(it.clone()), new: None }));
    files.sort_by(|a, b| a.path().cmp(b.path()));
    ChangeSet { files }
}

/// A policy of one blocking rule with these settings.
pub(crate) fn policy(check: &str, settings: &str) -> Policy {
    let check = checks::find(check).unwrap();
    let (documents, _) = yaml::parse(settings);
    let root = documents.into_iter().next().and_then(|it| it.root).unwrap();
    Policy::of_check(check, check.bind(&root).unwrap())
}

/// A policy of one blocking rule whose check has no settings.
pub(crate) fn policy_of(check: &'static CheckDef) -> Policy {
    let (documents, _) = yaml::parse("{}");
    let root = documents.into_iter().next().and_then(|it| it.root).unwrap();
    Policy::of_check(check, check.bind(&root).unwrap())
}
