//! Finds a repository and learns what it is: where its parts stand, its formats, its owner, its limits.
//!
//! Nothing here opens libgit2 or runs a program: on the way of every run these few small files are all
//! that is read. The configuration is data. A repository that belongs to another user is read like any
//! other, and not one setting of it is believed beyond the format of its own files; see [`Trust`].

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::git::GitError;
use crate::git::config::Config;
use crate::git::objects::{CloneKind, HashKind, Objects};
use crate::model::ObjectId;

/// What to make of a repository that belongs to another user.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Trust {
    /// Read it as data. Its settings are believed only about the format of its own files; no `git`
    /// program is started in it, its `info/exclude` and `core.autocrlf` are not asked.
    #[default]
    AsData,
    /// Refuse it, as Git does.
    OwnerOnly,
    /// The caller vouches for it.
    Vouched,
}

/// How refs are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefFormat {
    /// Loose files and `packed-refs`.
    Files,
    /// The binary tables that only the `git` program reads.
    Reftable,
}

/// What the caller knows from Git's own environment variables. Hooks set them: a partial commit runs its
/// hook with an index of its own, and a receiving repository keeps new objects in quarantine.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `GIT_DIR`.
    pub git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`.
    pub work_tree: Option<PathBuf>,
    /// `GIT_INDEX_FILE`.
    pub index_file: Option<PathBuf>,
    /// `GIT_OBJECT_DIRECTORY`.
    pub object_dir: Option<PathBuf>,
    /// `GIT_ALTERNATE_OBJECT_DIRECTORIES`.
    pub alternates: Vec<PathBuf>,
    /// The user's own configuration files, the weakest first: for `core.autocrlf`, `core.excludesFile`.
    pub user_config: Vec<PathBuf>,
    /// The user's home, for a `~/` in `core.excludesFile`.
    pub home: Option<PathBuf>,
    /// Where the user's ignore rules stand when no setting says so: `$XDG_CONFIG_HOME/git/ignore`.
    pub user_excludes: Option<PathBuf>,
    /// Folders in which the `git` program is looked for.
    pub program_path: Vec<PathBuf>,
}

impl Overrides {
    /// Only what belongs to the user, wherever the repository is.
    #[must_use]
    pub fn of_the_user(self) -> Self {
        Self { git_dir: None, work_tree: None, index_file: None, object_dir: None, alternates: Vec::new(), ..self }
    }
}

/// A repository that was found and whose formats are understood.
pub struct Repository {
    pub(super) git_dir: PathBuf,
    pub(super) common_dir: PathBuf,
    work_tree: Option<PathBuf>,
    hash: HashKind,
    ref_format: RefFormat,
    shallow: BTreeSet<ObjectId>,
    partial: bool,
    foreign: bool,
    trust: Trust,
    pub(super) config: Config,
    pub(super) overrides: Overrides,
    pub(super) packed_refs: OnceLock<Vec<u8>>,
    pub(super) listed_refs: OnceLock<crate::git::refs::Listed>,
    object_folders: Vec<PathBuf>,
    objects: Arc<Objects>,
}

/// The largest of the small files of a git directory that is read: `HEAD`, a ref, `commondir`.
const SMALL_FILE: u64 = 64 * 1024;
/// The largest list of shallow boundaries.
const SHALLOW_FILE: u64 = 64 << 20;
/// How many folders up a repository is looked for.
const HIGHEST: usize = 512;

impl Repository {
    /// Finds the repository that `start` is in, looking upward.
    ///
    /// # Errors
    /// When there is none, its layout is broken, its format is not read, or `trust` refuses its owner.
    pub fn discover(start: &Path, trust: Trust) -> Result<Self, GitError> {
        Self::discover_with(start, trust, Overrides::default())
    }

    /// Like [`Repository::discover`], with what the caller knows from Git's environment variables.
    ///
    /// # Errors
    /// As [`Repository::discover`].
    pub fn discover_with(start: &Path, trust: Trust, overrides: Overrides) -> Result<Self, GitError> {
        let start = std::path::absolute(start).map_err(|error| GitError::io(start, error))?;
        let (git_dir, found) = match &overrides.git_dir {
            Some(git_dir) => (start.join(git_dir), Some(start.clone())),
            None => find(&start)?,
        };
        let git_dir = std::fs::canonicalize(&git_dir).map_err(|error| GitError::io(&git_dir, error))?;
        Self::open(&start, git_dir, found, trust, overrides)
    }

    fn open(
        start: &Path,
        git_dir: PathBuf,
        found: Option<PathBuf>,
        trust: Trust,
        overrides: Overrides,
    ) -> Result<Self, GitError> {
        if !is_git_dir(&git_dir) {
            return Err(GitError::broken(&git_dir, "it has no `HEAD`, `objects` and `refs`"));
        }
        let common_dir = common_dir(&git_dir)?;
        let config = Config::read(&common_dir.join("config"));
        let bare = config.flag("core.bare").unwrap_or(false) && common_dir == git_dir;
        let named = overrides.work_tree.as_ref().map(|it| start.join(it));
        let found = found.filter(|it| !bare && !it.starts_with(&git_dir));
        if let (Some(found), None) = (&found, &named)
            && common_dir == git_dir
        {
            agrees(&config, &git_dir, found)?;
        }
        let work_tree = named.or(found).map(|it| std::fs::canonicalize(&it).unwrap_or(it));
        let foreign = is_foreign(&git_dir) || work_tree.as_deref().is_some_and(is_foreign);
        if foreign && trust == Trust::OwnerOnly {
            return Err(GitError::ForeignOwner(work_tree.unwrap_or(git_dir)));
        }
        let hash = hash_kind(&config)?;
        let ref_format = ref_format(&config)?;
        let object_dir = overrides.object_dir.as_ref().map_or_else(|| common_dir.join("objects"), |it| start.join(it));
        let alternates: Vec<PathBuf> = overrides.alternates.iter().map(|it| start.join(it)).collect();
        let shallow = shallow_boundary(&common_dir)?;
        let objects = Objects::open(&object_dir, hash)?.with_shallow(shallow.clone());
        let objects = alternates.iter().fold(objects, |objects, folder| objects.with_alternate(folder));
        let index_file = overrides.index_file.as_ref().map(|it| start.join(it));
        Ok(Self {
            shallow,
            partial: config.get("extensions.partialclone").is_some() || config.any_flag(".promisor"),
            overrides: Overrides { index_file, ..overrides },
            packed_refs: OnceLock::new(),
            listed_refs: OnceLock::new(),
            object_folders: [vec![object_dir], alternates].concat(),
            objects: Arc::new(objects),
            git_dir,
            common_dir,
            work_tree,
            hash,
            ref_format,
            foreign,
            trust,
            config,
        })
    }

    /// The directory of this work tree: `.git`, or its folder below `.git/worktrees`.
    #[must_use]
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// The directory that all work trees share.
    #[must_use]
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The root of the files on disk; nothing for a bare repository.
    #[must_use]
    pub fn work_tree(&self) -> Option<&Path> {
        self.work_tree.as_deref()
    }

    /// Where whoever wrote the repository may have put files: its work tree and its own directories.
    #[must_use]
    pub fn places(&self) -> Vec<PathBuf> {
        let work_tree = self.work_tree.iter().cloned();
        work_tree.chain([self.common_dir.clone(), self.git_dir.clone()]).collect()
    }

    /// The index: the hook's own one where Git named it.
    #[must_use]
    pub fn index_file(&self) -> PathBuf {
        self.overrides.index_file.clone().unwrap_or_else(|| self.git_dir.join("index"))
    }

    /// The hash function of object names.
    #[must_use]
    pub fn hash(&self) -> HashKind {
        self.hash
    }

    /// How refs are stored.
    #[must_use]
    pub fn ref_format(&self) -> RefFormat {
        self.ref_format
    }

    /// Whether there are no files on disk.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        self.work_tree.is_none()
    }

    /// Whether history ends at a boundary.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    /// The commits whose parents were not fetched.
    #[must_use]
    pub fn shallow(&self) -> &BTreeSet<ObjectId> {
        &self.shallow
    }

    /// Whether the repository belongs to another user.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// Whether settings of the repository are believed beyond the format of its files.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        !self.foreign || self.trust == Trust::Vouched
    }

    /// What kind of clone this is; it decides how absent objects are fetched.
    #[must_use]
    pub fn clone_kind(&self) -> CloneKind {
        CloneKind { shallow: self.is_shallow(), partial: self.partial }
    }

    /// Where its objects are, those of a quarantine first.
    pub(super) fn object_folders(&self) -> Vec<PathBuf> {
        self.object_folders.clone()
    }

    /// Its objects.
    #[must_use]
    pub fn objects(&self) -> &Arc<Objects> {
        &self.objects
    }

    /// The user's own folder, where it is known.
    #[must_use]
    pub fn home(&self) -> Option<&Path> {
        self.overrides.home.as_deref()
    }

    /// A setting as a boolean.
    pub(super) fn setting_flag(&self, key: &str) -> Option<bool> {
        let value = self.setting(key)?.to_ascii_lowercase();
        Some(!matches!(value.as_str(), "false" | "no" | "off" | "0" | ""))
    }

    /// The value of a setting: the repository's own when it is trusted, else the user's.
    pub(crate) fn setting(&self, key: &str) -> Option<String> {
        let own = self.config.get(key).filter(|_| self.is_trusted()).map(str::to_owned);
        own.or_else(|| {
            let files = self.overrides.user_config.iter().rev();
            files.map(|path| Config::read(path)).find_map(|config| config.get(key).map(str::to_owned))
        })
    }
}

/// Walks upward to a `.git`, or to a folder that is a git directory itself.
fn find(start: &Path) -> Result<(PathBuf, Option<PathBuf>), GitError> {
    for folder in start.ancestors().take(HIGHEST) {
        let candidate = folder.join(".git");
        match std::fs::metadata(&candidate) {
            Ok(metadata) if metadata.is_dir() && is_git_dir(&candidate) => {
                return Ok((candidate, Some(folder.to_owned())));
            }
            Ok(metadata) if metadata.is_file() => return Ok((linked(&candidate)?, Some(folder.to_owned()))),
            // Git, too, passes over a `.git` that is neither.
            Ok(_) | Err(_) => {}
        }
        if is_git_dir(folder) {
            // A bare repository, or the inside of a `.git`: its files on disk are not looked for.
            return Ok((folder.to_owned(), None));
        }
    }
    Err(GitError::NotARepository(start.to_owned()))
}

/// The directory that a `.git` file of a linked work tree or a submodule names.
fn linked(file: &Path) -> Result<PathBuf, GitError> {
    let text = read_small(file)?.ok_or_else(|| GitError::broken(file, "it is not a regular file"))?;
    let target = text.strip_prefix("gitdir:").map(str::trim).filter(|it| !it.is_empty());
    let target = target.ok_or_else(|| GitError::broken(file, "it does not begin with `gitdir:`"))?;
    Ok(file.parent().unwrap_or(file).join(target))
}

/// Whether the repository names no other folder as its work tree: Git would look there, and to judge the folder around
/// `.git` would be to judge other files. The one of a submodule names the folder in which it stands.
fn agrees(config: &Config, git_dir: &Path, found: &Path) -> Result<(), GitError> {
    let Some(named) = config.get("core.worktree") else { return Ok(()) };
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    match (real(&git_dir.join(named)), real(found)) {
        (Some(one), Some(other)) if one == other => Ok(()),
        _ => Err(GitError::OtherWorkTree { named: named.to_owned(), found: found.to_owned() }),
    }
}

fn common_dir(git_dir: &Path) -> Result<PathBuf, GitError> {
    let Some(text) = read_small(&git_dir.join("commondir"))? else { return Ok(git_dir.to_owned()) };
    let shared = git_dir.join(text.trim());
    std::fs::canonicalize(&shared).map_err(|error| GitError::io(&shared, error))
}

/// Git's own test: a `HEAD`, and `objects` and `refs`, or the way to where these are shared.
fn is_git_dir(folder: &Path) -> bool {
    let is_folder = |name: &str| folder.join(name).is_dir();
    let head = std::fs::symlink_metadata(folder.join("HEAD")).is_ok();
    head && (folder.join("commondir").is_file() || (is_folder("objects") && is_folder("refs")))
}

fn hash_kind(config: &Config) -> Result<HashKind, GitError> {
    match config.get("extensions.objectformat").map(str::to_ascii_lowercase).as_deref() {
        None | Some("sha1") => Ok(HashKind::Sha1),
        Some("sha256") => Ok(HashKind::Sha256),
        Some(other) => Err(GitError::UnsupportedFormat(format!("extensions.objectFormat = {other}"))),
    }
}

fn ref_format(config: &Config) -> Result<RefFormat, GitError> {
    match config.get("extensions.refstorage").map(str::to_ascii_lowercase).as_deref() {
        None | Some("files") => Ok(RefFormat::Files),
        Some("reftable") => Ok(RefFormat::Reftable),
        Some(other) => Err(GitError::UnsupportedFormat(format!("extensions.refStorage = {other}"))),
    }
}

fn shallow_boundary(common_dir: &Path) -> Result<BTreeSet<ObjectId>, GitError> {
    let text = read_limited(&common_dir.join("shallow"), SHALLOW_FILE)?.unwrap_or_default();
    Ok(text.lines().filter_map(|line| line.trim().parse().ok()).collect())
}

/// The text of a small regular file; nothing when there is none.
pub(super) fn read_small(path: &Path) -> Result<Option<String>, GitError> {
    read_limited(path, SMALL_FILE)
}

fn read_limited(path: &Path, limit: u64) -> Result<Option<String>, GitError> {
    let absent = |error: &std::io::Error| {
        matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
    };
    match std::fs::metadata(path) {
        // Opening a pipe would wait for a writer for ever.
        Ok(metadata) if !metadata.is_file() => return Ok(None),
        Ok(metadata) if metadata.len() > limit => return Err(GitError::broken(path, "it is too large")),
        Ok(_) => {}
        Err(error) if absent(&error) => return Ok(None),
        Err(error) => return Err(GitError::io(path, error)),
    }
    let mut raw = Vec::new();
    let file = std::fs::File::open(path).map_err(|error| GitError::io(path, error))?;
    file.take(limit).read_to_end(&mut raw).map_err(|error| GitError::io(path, error))?;
    Ok(Some(String::from_utf8_lossy(&raw).into_owned()))
}

#[cfg(unix)]
fn is_foreign(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = std::fs::metadata(path).map(|it| it.uid());
    owner.is_ok_and(|owner| owner != rustix::process::geteuid().as_raw())
}

/// Other systems have no cheap owner of a file; there the settings that matter are never believed to run anything.
#[cfg(not(unix))]
fn is_foreign(_: &Path) -> bool {
    false
}
