//! Facts from the blocks of a case.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::CaseError;
use super::blocks::{self, Content};
use super::forge::{self, ForgeBlock, PullRequestBlock};
use super::markdown::{Block, Case};
use crate::formats::diff;
use crate::model::{
    Annotation, Change, ChangeKind, ChangeSet, Commit, Contents, Fact, Facts, File, FileMode, Forge, Identity, MapTree,
    MergeOutcome, Missing, Mode, ObjectId, RefUpdate, Refs, RepoPath, Run, Signature, Tag, Timestamp, TransientFile,
    Tree,
};

/// 2026-01-01T12:00:00Z: the clock of every case that does not set its own.
pub(super) const NOON: Timestamp = Timestamp(1_767_268_800);

pub(super) fn of(case: &Case<'_>) -> Result<Facts, CaseError> {
    let mut trees = Trees::default();
    let mut transient = None;
    for block in &case.blocks {
        match block.role.name {
            "base:" => trees.add(block, &[Side::Base, Side::Target])?,
            "head:" => trees.add(block, &[Side::Head])?,
            "tree:" => trees.add(block, &[Side::Base, Side::Head, Side::Target])?,
            "transient:" => transient.get_or_insert_with(Vec::new).push(trees.transient(block)?),
            _ => {}
        }
    }
    // After the base, whose files they stand for.
    for block in case.blocks.iter().filter(|block| block.role.name == "target:") {
        trees.add(block, &[Side::Target])?;
    }
    let run = run(case)?;
    let refs: RefsBlock = read(case, "refs")?.unwrap_or_default();
    let commits: Option<Vec<CommitBlock>> = read(case, "commits")?;
    let tags: Option<Vec<TagBlock>> = read(case, "tags")?;
    let forge: Option<ForgeBlock> = read(case, "forge")?;
    let pull_request: Option<PullRequestBlock> = read(case, "pull-request")?;
    // Where a forge is asked, it is about a pull request.
    let pull_request = pull_request.or_else(|| forge.as_ref().map(|_| PullRequestBlock::default()));
    let head = forge.as_ref().map(|_| forge::head());
    let pull_request = pull_request.map(|block| block.into_pull_request(head));
    let author = pull_request.as_ref().map(|it| it.author.clone()).unwrap_or_default();
    let commits = match (commits, &forge) {
        (Some(commits), _) => Some(commits_of(commits)),
        (None, Some(forge)) => forge.knows_commits().then(|| forge::commits_by(&author)),
        (None, None) => None,
    };
    let unknown = |what: &str| Missing::here(format!("{what} is not known"), "add the block to the case");
    let change = trees.change();
    Ok(Facts {
        run: run.into_run(),
        change: Arc::new(change),
        base: trees.base,
        head: trees.head,
        target: trees.target,
        contents: Arc::new(Contents::new(diff::hunks)),
        budget: Arc::default(),
        commits: commits.ok_or_else(|| unknown("the list of commits")),
        transient: transient.map(Arc::from).ok_or_else(|| unknown("what came and went in between")),
        refs: Arc::new(refs.into_refs(&unknown)),
        tags: tags.map(tags_of).ok_or_else(|| unknown("the list of tags")),
        pull_request: pull_request.map(Arc::new).ok_or_else(|| Missing::pull_request("the pull request")),
        forge: Arc::new(forge.map_or_else(Forge::unknown, |block| block.into_forge(&author))),
        history: Err(Missing::history()),
    })
}

fn read<T: DeserializeOwned>(case: &Case<'_>, role: &str) -> Result<Option<T>, CaseError> {
    case.block(role).map(Block::read).transpose()
}

/// The block `run`.
pub(super) fn run(case: &Case<'_>) -> Result<RunBlock, CaseError> {
    Ok(read(case, "run")?.unwrap_or_default())
}

/// A tree of a case. The target is like the base, but for the files that a case gives it.
#[derive(Clone, Copy)]
enum Side {
    Base,
    Head,
    Target,
}

#[derive(Default)]
struct Trees {
    base: Arc<MapTree>,
    head: Arc<MapTree>,
    target: Arc<MapTree>,
}

impl Trees {
    fn add(&mut self, block: &Block<'_>, sides: &[Side]) -> Result<(), CaseError> {
        let (file, content) = file_of(block)?;
        for side in sides {
            let tree = match side {
                Side::Base => &mut self.base,
                Side::Head => &mut self.head,
                Side::Target => &mut self.target,
            };
            if let Some(tree) = Arc::get_mut(tree) {
                tree.insert(file.clone(), content.clone());
            }
        }
        Ok(())
    }

    /// A file that came and went: its content can be read, but no tree lists it.
    fn transient(&mut self, block: &Block<'_>) -> Result<TransientFile, CaseError> {
        let (file, content) = file_of(block)?;
        if let Some(tree) = Arc::get_mut(&mut self.head) {
            tree.insert_blob(file.id, content);
        }
        Ok(TransientFile { file, commit: id_of(b"a commit in between") })
    }

    /// The files that differ. Renames are told by equal content; what gather finds by likeness, a case does not need.
    fn change(&self) -> ChangeSet {
        let all = |tree: &MapTree| tree.files(&RepoPath::root()).unwrap_or_default();
        let old: BTreeMap<_, _> = all(&self.base).into_iter().map(|file| (file.path.clone(), file)).collect();
        let new: BTreeMap<_, _> = all(&self.head).into_iter().map(|file| (file.path.clone(), file)).collect();
        let mut gone: Vec<&File> = old.values().filter(|file| !new.contains_key(&file.path)).collect();
        let mut files = Vec::new();
        for file in new.values() {
            let (kind, before) = match old.get(&file.path) {
                Some(before) if before == file => continue,
                Some(before) => (ChangeKind::Modified, Some(before.clone())),
                None => match gone.iter().position(|before| before.id == file.id) {
                    Some(index) => (ChangeKind::Renamed(100), Some(gone.remove(index).clone())),
                    None => (ChangeKind::Added, None),
                },
            };
            files.push(Change { kind, old: before, new: Some(file.clone()) });
        }
        files.extend(gone.into_iter().map(|file| Change {
            kind: ChangeKind::Deleted,
            old: Some(file.clone()),
            new: None,
        }));
        files.sort_by(|a, b| a.path().cmp(b.path()));
        ChangeSet { files }
    }
}

type Bytes = Arc<[u8]>;

fn file_of(block: &Block<'_>) -> Result<(File, Option<Bytes>), CaseError> {
    let (mode, content) = blocks::file(block).map_err(|message| CaseError::at(block.line, message))?;
    let path = RepoPath::new(block.path);
    Ok(match (mode, content) {
        (FileMode::Gitlink, Content::Bytes(bytes)) => {
            let id = String::from_utf8_lossy(&bytes).parse().unwrap_or_else(|_| id_of(&bytes));
            (File { path, mode, id }, None)
        }
        (mode, Content::Bytes(bytes)) => (File { path, mode, id: id_of(&bytes) }, Some(Arc::from(bytes))),
        (mode, Content::Absent) => (File { id: id_of(path.as_str().as_bytes()), path, mode }, None),
    })
}

/// A name for content that no repository has: half of its SHA-256.
pub(super) fn id_of(bytes: &[u8]) -> ObjectId {
    let hash = Sha256::digest(bytes);
    let half: Vec<u8> = hash.iter().take(20).copied().collect();
    ObjectId::from_bytes(&half).unwrap_or_default()
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(super) struct RunBlock {
    mode: Option<Mode>,
    ci: bool,
    now: Option<Timestamp>,
    base_name: Option<String>,
    head_name: Option<String>,
    profile: Option<String>,
    event: Option<String>,
    /// The rules that the case is about.
    pub(super) rules: Vec<String>,
    /// What the verdict tells besides the findings.
    pub(super) show: Vec<Show>,
}

/// What a verdict can tell besides the findings.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Show {
    /// What to do about each finding.
    Help,
}

impl RunBlock {
    fn into_run(self) -> Run {
        Run {
            mode: self.mode.unwrap_or(Mode::Range),
            ci: self.ci,
            now: self.now.unwrap_or(NOON),
            base_name: self.base_name.unwrap_or_else(|| "base".to_owned()),
            head_name: self.head_name.unwrap_or_else(|| "head".to_owned()),
            profile: self.profile,
            event: self.event,
            history: false,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct RefsBlock {
    source: Option<String>,
    target: Option<String>,
    default: Option<String>,
    updates: Vec<RefUpdate>,
    behind: Option<u32>,
    merge: Option<MergeOutcome>,
}

impl RefsBlock {
    fn into_refs(self, unknown: &dyn Fn(&str) -> Missing) -> Refs {
        fn fact<T>(value: Option<T>, missing: Missing) -> Fact<T> {
            value.ok_or(missing)
        }
        Refs {
            source: fact(self.source, unknown("the source branch")),
            target: fact(self.target, unknown("the target branch")),
            default: fact(self.default, unknown("the default branch")),
            updates: self.updates,
            behind: fact(self.behind, unknown("how far the branch is behind")),
            merge: fact(self.merge, unknown("what a merge would give")),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct CommitBlock {
    message: String,
    #[serde(default)]
    id: Option<ObjectId>,
    #[serde(default)]
    parents: Option<Vec<ObjectId>>,
    #[serde(default)]
    author: Option<Identity>,
    #[serde(default)]
    committer: Option<Identity>,
    #[serde(default)]
    signature: Option<SignatureBlock>,
    #[serde(default)]
    brings_nothing: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct SignatureBlock {
    armor: String,
    #[serde(default)]
    signed: String,
}

impl SignatureBlock {
    fn into_signature(self) -> Signature {
        Signature { armor: self.armor, signed: self.signed.into_bytes() }
    }
}

fn somebody() -> Identity {
    Identity { name: "A U Thor".to_owned(), email: "author@example.com".to_owned(), time: NOON }
}

fn commits_of(blocks: Vec<CommitBlock>) -> Arc<[Commit]> {
    let commits = blocks.into_iter().enumerate().map(|(index, block)| {
        let author = block.author.unwrap_or_else(somebody);
        Commit {
            id: block.id.unwrap_or_else(|| id_of(format!("{index} {}", block.message).as_bytes())),
            parents: block.parents.unwrap_or_else(|| vec![id_of(format!("parent {index}").as_bytes())]),
            committer: block.committer.unwrap_or_else(|| author.clone()),
            author,
            message: block.message,
            signature: block.signature.map(SignatureBlock::into_signature),
            brings_nothing: block.brings_nothing,
        }
    });
    commits.collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct TagBlock {
    name: String,
    #[serde(default)]
    commit: Option<ObjectId>,
    #[serde(default)]
    judged: bool,
    #[serde(default)]
    branches: Vec<String>,
    #[serde(default)]
    annotation: Option<AnnotationBlock>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct AnnotationBlock {
    message: String,
    #[serde(default)]
    tagger: Option<Identity>,
    #[serde(default)]
    signature: Option<SignatureBlock>,
}

fn tags_of(blocks: Vec<TagBlock>) -> Arc<[Tag]> {
    let tags = blocks.into_iter().map(|block| Tag {
        commit: block.commit.unwrap_or_else(|| id_of(block.name.as_bytes())),
        name: block.name,
        judged: block.judged,
        branches: block.branches,
        annotation: block.annotation.map(|it| Annotation {
            tagger: it.tagger,
            message: it.message,
            signature: it.signature.map(SignatureBlock::into_signature),
        }),
    });
    tags.collect()
}
