//! Reads documents: finds the policies of a tree, refuses what only looks like a file, and follows `extends`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::{Document, Fault, Mark, Origin, Written};
use super::extends::{Extend, GitSource};
use super::moved::Moves;
use super::packs;
use super::parsed::{self, Parsed};
use crate::model::{ChildKind, EmptyTree, Encoding, Fact, File, FileMode, Missing, RepoPath, Span, Text, Tree};

/// The largest policy that is read.
pub(super) const SIZE_LIMIT: usize = 1 << 20;
/// The most documents that one policy may be made of.
const DOCUMENT_LIMIT: usize = 256;
/// The longest chain of `extends`.
const CHAIN_LIMIT: usize = 8;

/// The names of a folder's policy; one of them may be there.
pub(super) use crate::checks::POLICY_NAMES as NAMES;
/// The other place of the root's policy.
const FORGE_FOLDER: &str = ".github";

/// Gives the tree of another repository at a commit.
pub type Fetch<'a> = dyn Fn(&GitSource) -> Fact<Arc<dyn Tree>> + 'a;

/// Where policies are read from.
pub struct Sources<'a> {
    /// The tree whose policy judges: that of the base.
    pub tree: Arc<dyn Tree>,
    /// The revision of that tree as a person would say it; nothing for the work tree.
    pub revision: Option<String>,
    /// The policy to read; it is looked for when absent.
    pub chosen: Option<RepoPath>,
    /// The shipped pack that judges alone, whatever the tree holds.
    pub pack: Option<String>,
    /// The paths of the change: nested policies are looked for in their folders and nowhere else.
    pub touched: Vec<RepoPath>,
    /// What the change moves: the policy of a folder goes where the folder goes.
    pub moves: Moves,
    /// The language of titles, such as `en` or `zh-CN`.
    pub language: String,
    /// Gives the trees of other repositories.
    pub fetch: Box<Fetch<'a>>,
}

impl Sources<'_> {
    /// The policy of a tree, without nested policies and other repositories.
    #[must_use]
    pub fn of(tree: Arc<dyn Tree>) -> Self {
        let fetch = |source: &GitSource| {
            let what = format!("the policy of `{}`", source.url);
            Err(Missing::here(what, "run with access to that repository"))
        };
        Self {
            tree,
            revision: None,
            chosen: None,
            pack: None,
            touched: Vec::new(),
            moves: Moves::default(),
            language: "en".to_owned(),
            fetch: Box::new(fetch),
        }
    }

    /// A shipped pack alone.
    #[must_use]
    pub fn of_pack(name: &str) -> Self {
        Self { pack: Some(name.to_owned()), ..Self::of(Arc::new(EmptyTree)) }
    }
}

/// The documents that were read.
pub(super) struct Library<'a> {
    pub(super) sources: &'a Sources<'a>,
    pub(super) documents: Vec<Arc<Document>>,
    /// Each document of another repository: its path and the digest of its bytes.
    pub(super) foreign: BTreeMap<GitSource, (Mark, BTreeSet<(String, String)>)>,
    trees: BTreeMap<GitSource, Option<Arc<dyn Tree>>>,
}

impl<'a> Library<'a> {
    pub(super) fn new(sources: &'a Sources<'a>) -> Self {
        Self { sources, documents: Vec::new(), foreign: BTreeMap::new(), trees: BTreeMap::new() }
    }

    /// The policy of a folder, if it has one.
    pub(super) fn policy_of(&mut self, folder: &RepoPath, faults: &mut Vec<Fault>) -> Option<Arc<Document>> {
        let mut found: Vec<RepoPath> = self.candidates(folder, faults);
        if folder.is_root() {
            found.extend(self.candidates(&RepoPath::new(FORGE_FOLDER), faults));
        }
        if let [first, second, ..] = found.as_slice() {
            let message = format!("there are two policies, `{first}` and `{second}`, and only one of them can count");
            faults.push(Fault::new(message).help(format!("merge them into `{first}` and remove `{second}`")));
            return None;
        }
        self.of_repository(&found.into_iter().next()?, None, faults)
    }

    /// Paths that are, or pass for, a policy of this folder.
    fn candidates(&self, folder: &RepoPath, faults: &mut Vec<Fault>) -> Vec<RepoPath> {
        let children = match self.sources.tree.children(folder) {
            Ok(children) => children,
            Err(missing) => {
                faults.push(unread(&missing));
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for child in children {
            let name = child.path.name();
            if NAMES.contains(&name) {
                found.push(child.path.clone());
                continue;
            }
            let folded = name.to_ascii_lowercase().replace(".yml", ".yaml");
            let is_file = matches!(child.kind, ChildKind::File(..));
            if let Some(wanted) = NAMES.iter().find(|wanted| is_file && **wanted == folded) {
                let message = format!("`{}` passes for a policy, but is not read", child.path);
                let help = format!("rename it: `git mv {} {}`", child.path, folder.join(&RepoPath::new(wanted)));
                faults.push(Fault::new(message).help(help));
            }
        }
        found
    }

    /// The files of the judged repository that were read.
    pub(super) fn files(&self) -> BTreeSet<RepoPath> {
        let own = self.documents.iter().filter(|it| it.origin == Origin::Repository);
        own.map(|it| it.path.clone()).collect()
    }

    /// A document of the judged repository; `by` is where it is asked for.
    pub(super) fn of_repository(
        &mut self,
        path: &RepoPath,
        by: Option<&Mark>,
        faults: &mut Vec<Fault>,
    ) -> Option<Arc<Document>> {
        let tree = Arc::clone(&self.sources.tree);
        let bytes = read(tree.as_ref(), path, by, faults)?;
        self.keep(Origin::Repository, path.clone(), &bytes, faults)
    }

    /// The shipped pack of this name.
    pub(super) fn pack(&mut self, name: &str, faults: &mut Vec<Fault>) -> Option<Arc<Document>> {
        self.keep(Origin::Pack, RepoPath::new(name), packs::find(name)?.as_bytes(), faults)
    }

    /// Reads what a document inherits from. `chain` holds the documents that led here, this one last.
    pub(super) fn extended(
        &mut self,
        extend: &Written<Extend>,
        chain: &[Arc<Document>],
        faults: &mut Vec<Fault>,
    ) -> Option<Parsed> {
        let document = match &extend.value {
            Extend::Pack(name) => self.pack(name, faults),
            Extend::Local(path) => self.beside(&extend.mark, path, faults),
            Extend::Git(source, path) => self.foreign(source, path, &extend.mark, faults),
        }?;
        let names = || {
            let names: Vec<String> = chain.iter().chain([&document]).map(|it| format!("`{}`", it.id())).collect();
            names.join(" → ")
        };
        if chain.iter().any(|it| it.id() == document.id()) {
            let fault = Fault::new(format!("this policy inherits from itself: {}", names()));
            faults.push(fault.at(&extend.mark, "closes the circle").help("remove one of these `extends`"));
            return None;
        }
        if CHAIN_LIMIT <= chain.len() {
            let fault = Fault::new(format!("policies inherit over more than {CHAIN_LIMIT} steps: {}", names()));
            faults.push(fault.at(&extend.mark, "one step too many").help("name the last ones directly"));
            return None;
        }
        parsed::parse(&document, faults)
    }

    /// A file of the tree that the document naming it came from.
    fn beside(&mut self, by: &Mark, path: &RepoPath, faults: &mut Vec<Fault>) -> Option<Arc<Document>> {
        match by.document.origin.clone() {
            Origin::Repository => self.of_repository(path, Some(by), faults),
            Origin::Git { url, rev } => {
                let source = GitSource { url, rev: rev.parse().ok()? };
                self.foreign(&source, path, by, faults)
            }
            // Shipped packs name no files; a test holds them to it.
            Origin::Pack => None,
        }
    }

    fn foreign(
        &mut self,
        source: &GitSource,
        path: &RepoPath,
        by: &Mark,
        faults: &mut Vec<Fault>,
    ) -> Option<Arc<Document>> {
        let tree = self.tree_of(source, by, faults)?;
        let bytes = read(tree.as_ref(), path, Some(by), faults)?;
        let (_, files) = self.foreign.entry(source.clone()).or_insert_with(|| (by.clone(), BTreeSet::new()));
        files.insert((path.as_str().to_owned(), hex(&Sha256::digest(&bytes))));
        let origin = Origin::Git { url: source.url.clone(), rev: source.rev.to_string() };
        self.keep(origin, path.clone(), &bytes, faults)
    }

    fn tree_of(&mut self, source: &GitSource, by: &Mark, faults: &mut Vec<Fault>) -> Option<Arc<dyn Tree>> {
        if let Some(tree) = self.trees.get(source) {
            return tree.clone();
        }
        let tree = match (self.sources.fetch)(source) {
            Ok(tree) => Some(tree),
            Err(missing) => {
                faults.push(Fault::new(missing.what).at(by, "asked for here").help(missing.how));
                None
            }
        };
        self.trees.insert(source.clone(), tree.clone());
        tree
    }

    fn keep(&mut self, origin: Origin, path: RepoPath, bytes: &[u8], faults: &mut Vec<Fault>) -> Option<Arc<Document>> {
        if DOCUMENT_LIMIT <= self.documents.len() {
            if self.documents.len() == DOCUMENT_LIMIT {
                let message = format!("this policy is made of more than {DOCUMENT_LIMIT} documents");
                faults.push(Fault::new(message).help("merge some of them"));
            }
            return None;
        }
        let revision = self.sources.revision.clone().filter(|_| origin == Origin::Repository);
        let document = Arc::new(Document { origin, path, revision, text: Text::decode(bytes) });
        self.documents.push(Arc::clone(&document));
        if document.text.as_str().starts_with("version https://git-lfs.github.com/spec/") {
            let mark = Mark { document: Arc::clone(&document), span: Span::new(0, 7) };
            let fault = Fault::new(format!("`{}` is a pointer of Git LFS, not a policy", document.path));
            faults.push(fault.at(&mark, "this is all that Git stores").help("take the policy out of LFS"));
            return None;
        }
        let is_utf8 = document.text.encoding() != Encoding::Utf8 || std::str::from_utf8(bytes).is_ok();
        if !is_utf8 {
            let text = document.text.as_str();
            let at = text.find(char::REPLACEMENT_CHARACTER).unwrap_or_default();
            let span = Span::new(at, at + char::REPLACEMENT_CHARACTER.len_utf8().min(text.len()));
            let fault = Fault::new(format!("`{}` is not UTF-8 text", document.path));
            let mark = Mark { document, span };
            faults.push(fault.at(&mark, "these bytes are no character").help("save the file as UTF-8"));
            return None;
        }
        Some(document)
    }
}

/// The bytes of a policy. What is no ordinary file of a sane size is a fault.
fn read(tree: &dyn Tree, path: &RepoPath, by: Option<&Mark>, faults: &mut Vec<Fault>) -> Option<Arc<[u8]>> {
    let mut refuse = |message: String, help: &str| {
        let mut fault = Fault::new(message).help(help);
        if let Some(mark) = by {
            fault = fault.at(mark, "asked for here");
        }
        faults.push(fault);
    };
    let file: File = match tree.file(path) {
        Ok(Some(file)) => file,
        Ok(None) if tree.children(path).is_ok_and(|it| !it.is_empty()) => {
            refuse(format!("`{path}` is a folder, not a policy"), "name a file");
            return None;
        }
        Ok(None) => {
            refuse(format!("there is no file `{path}` in this tree"), "check the path, and that the file is committed");
            return None;
        }
        Err(missing) => {
            faults.push(unread(&missing));
            return None;
        }
    };
    match file.mode {
        FileMode::Regular | FileMode::Executable => {}
        FileMode::Symlink => {
            refuse(format!("the policy `{path}` is a symbolic link"), "commit the file itself: links are not followed");
            return None;
        }
        FileMode::Gitlink => {
            refuse(format!("the policy `{path}` is a submodule"), "name its repository in `extends`, with `git:`");
            return None;
        }
    }
    match tree.read(&file) {
        Ok(bytes) if bytes.len() <= SIZE_LIMIT => Some(bytes),
        Ok(bytes) => {
            let message = format!("the policy `{path}` has {} bytes; the limit is {SIZE_LIMIT}", bytes.len());
            refuse(message, "move what is not policy out of it");
            None
        }
        Err(missing) => {
            faults.push(unread(&missing));
            None
        }
    }
}

fn unread(missing: &Missing) -> Fault {
    let fault = Fault::new(format!("the policy cannot be read: {}", missing.what)).help(missing.how.clone());
    Fault { unread: true, ..fault }
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        use std::fmt::Write as _;
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The folders, other than the root, on the way to the changed files; those above before those below.
pub(super) fn folders_of(touched: &[RepoPath]) -> BTreeSet<RepoPath> {
    let mut folders = BTreeSet::new();
    for path in touched {
        let mut folder = path.parent();
        while let Some(here) = folder.filter(|it| !it.is_root()) {
            folder = here.parent();
            if !folders.insert(here) {
                break;
            }
        }
    }
    folders.remove(&RepoPath::new(FORGE_FOLDER));
    folders
}
