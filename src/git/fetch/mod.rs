//! Trees of other repositories at a commit: the policies that a policy inherits from.
//!
//! Each commit is fetched once, alone, into a bare store of its own in the user's cache, outside of any judged
//! repository; from then on it is read offline with our own [`Objects`], which verify every object against its
//! name. So whoever can write to the cache can break it, but not change what a policy says.
//!
//! Fetching runs the user's own `git`, with the user's own settings and credentials, because only these can
//! reach a private repository. Nothing of the judged repository takes part: not its configuration, not its
//! hooks, not a program from its work tree. Only transports that run no command of the address's choice are
//! allowed. It ends in time, and what ends early leaves nothing behind that looks complete.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::git::object_tree::ObjectTree;
use crate::git::objects::{HashKind, ObjectError, Objects};
use crate::git::{GitError, scrubbed};
use crate::model::{Child, File as Entry, Missing, ObjectId, RepoPath, Tree};

/// How long a fetch may take.
pub const LIMIT: Duration = Duration::from_secs(60);
/// How often a running fetch is looked at.
const STEP: Duration = Duration::from_millis(10);
/// How much of Git's own words is read, in bytes, and how much of it is told, in characters.
const WORDS_READ: u64 = 16 * 1024;
const WORDS_TOLD: usize = 400;

/// The transports that may be used: none of them runs what an address names.
const TRANSPORTS: [&str; 3] = ["file", "https", "ssh"];

/// Settings that the user's own ones do not outweigh: nothing runs besides the transport, and nothing is tidied up.
const SETTINGS: [&str; 11] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.alternateRefsCommand=true",
    "protocol.ext.allow=never",
    "credential.interactive=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    // A pack even for a few objects: one file instead of a folder for each of them.
    "fetch.unpackLimit=1",
    "gc.auto=0",
    "maintenance.auto=false",
    "init.defaultRefFormat=files",
];

/// What Git says when the repository was reached and does not have the commit.
const ABSENT: [&str; 3] = ["not our ref", "unadvertised object", "couldn't find remote ref"];

/// Environment variables for `git`. They may hold secrets: only their names are ever shown.
#[derive(Clone, Default)]
pub struct Variables(pub Vec<(String, OsString)>);

impl fmt::Debug for Variables {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Gives the trees of other repositories, from the cache or over the network.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    /// The folder of the cache; without one nothing can be had.
    pub cache: Option<PathBuf>,
    /// Folders in which the `git` program and its helpers are looked for.
    pub program_path: Vec<PathBuf>,
    /// What of the user's environment Git needs to reach a repository.
    pub variables: Variables,
    /// Folders whose files belong to whoever is judged: no program is started from there.
    pub places: Vec<PathBuf>,
    /// How long a fetch may take; [`LIMIT`] when absent.
    pub limit: Option<Duration>,
}

/// One commit of one repository.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    url: &'a str,
    rev: &'a ObjectId,
}

impl Wanted<'_> {
    fn fail(self, what: impl Into<String>, how: impl Into<String>) -> GitError {
        let (url, rev) = (self.url.to_owned(), *self.rev);
        GitError::Unfetched { url, rev, what: what.into(), how: how.into(), is_absent: false }
    }

    fn absent(self, what: impl Into<String>) -> GitError {
        let (url, rev) = (self.url.to_owned(), *self.rev);
        let how = format!(
            "name a commit that is there (`git ls-remote {url}` shows the newest ones), then run `gatecheck policy lock`"
        );
        GitError::Unfetched { url, rev, what: what.into(), how, is_absent: true }
    }

    fn unwritable(self, folder: &Path, error: &std::io::Error) -> GitError {
        let what = format!("`{}` cannot be written: {error}", folder.display());
        self.fail(what, "name a folder for the cache that you may write to: `GATECHECK_CACHE_DIR=DIR`")
    }

    /// Where its store stands below the folder of policies.
    fn store(self, policies: &Path) -> PathBuf {
        let digest = Sha256::digest(self.url.as_bytes());
        let name = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>();
        policies.join(name).join(format!("{}.git", self.rev))
    }
}

impl Fetcher {
    /// The tree of a repository at a commit. The network is asked only when the cache lacks it.
    ///
    /// # Errors
    /// When there is no place for a cache, the repository cannot be reached in time, or it has no such commit.
    pub fn tree(&self, url: &str, rev: &ObjectId) -> Result<Arc<dyn Tree>, GitError> {
        let wanted = Wanted { url, rev };
        let policies = self.policies(wanted)?;
        let store = wanted.store(&policies);
        if let Ok(tree) = open(&store, rev) {
            return Ok(tree);
        }
        let fetched = self.fetch(wanted, &policies)?;
        let tree = match open(&fetched.0, rev) {
            Ok(tree) => tree,
            Err(ObjectError::WrongKind { found, .. }) => return Err(wanted.absent(format!("it is a {found}"))),
            Err(error) => return Err(wanted.fail(error.to_string(), try_by_hand(url))),
        };
        drop(tree);
        keep(&fetched, &store, rev).map_err(|error| wanted.unwritable(&store, &error))?;
        open(&store, rev).map_err(|error| wanted.fail(error.to_string(), remove(&store)))
    }

    /// The same from the cache alone, for an address that nobody trusted names.
    ///
    /// # Errors
    /// When it is not there.
    pub fn cached(&self, url: &str, rev: &ObjectId) -> Result<Arc<dyn Tree>, GitError> {
        let wanted = Wanted { url, rev };
        open(&wanted.store(&self.policies(wanted)?), rev).map_err(|_| {
            let what = "the base inherits nothing from there, so that it is not fetched before it is approved";
            wanted.fail(what, format!("read it by hand: `git ls-remote {url}`"))
        })
    }

    fn policies(&self, wanted: Wanted<'_>) -> Result<PathBuf, GitError> {
        let cache = self.cache.as_deref().filter(|it| it.is_absolute());
        let how = "say where to keep fetched policies: `GATECHECK_CACHE_DIR=DIR`, an absolute path";
        let cache = cache.ok_or_else(|| wanted.fail("there is no folder for a cache", how))?;
        Ok(cache.join("policies"))
    }

    /// A new bare repository that has the commit and nothing else.
    fn fetch(&self, wanted: Wanted<'_>, policies: &Path) -> Result<Unfinished, GitError> {
        let program = scrubbed::find(&self.program_path, &self.places)
            .ok_or_else(|| wanted.fail("the `git` program is not installed", "install Git"))?;
        let unfinished = Unfinished::new(policies).map_err(|error| wanted.unwritable(policies, &error))?;
        let folder = &unfinished.0;
        let format = match HashKind::of(wanted.rev) {
            HashKind::Sha1 => "--object-format=sha1",
            HashKind::Sha256 => "--object-format=sha256",
        };
        let rev = wanted.rev.to_string();
        // An empty template: the user's own one may have hooks.
        let init = ["init", "--quiet", "--bare", "--template=", format];
        let options = ["--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        let fetch = [&["fetch"], options.as_slice(), &["--end-of-options", wanted.url, &rev]].concat();
        let deadline = Instant::now() + self.limit.unwrap_or(LIMIT);
        for arguments in [init.as_slice(), &fetch] {
            let mut command = self.command(&program, folder);
            match run(command.args(arguments), folder, deadline) {
                Ok(Ended::Well) => {}
                Ok(Ended::Badly(words)) if ABSENT.iter().any(|it| words.contains(it)) => {
                    return Err(wanted.absent("the repository has no such commit, or does not give it away"));
                }
                Ok(Ended::Badly(words)) => return Err(wanted.fail(words, try_by_hand(wanted.url))),
                Ok(Ended::Late) => {
                    let limit = self.limit.unwrap_or(LIMIT).as_secs();
                    return Err(wanted.fail(format!("no answer within {limit} seconds"), try_by_hand(wanted.url)));
                }
                Err(error) => return Err(wanted.fail(format!("`git` did not start: {error}"), "install Git")),
            }
        }
        Ok(unfinished)
    }

    fn command(&self, program: &Path, folder: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).current_dir(folder);
        command.envs(self.variables.0.iter().map(|(name, value)| (name, value)));
        // Git's helpers come from the user's folders, never from a work tree.
        let is_own = |it: &&PathBuf| it.is_absolute() && !self.places.iter().any(|place| it.starts_with(place));
        if let Ok(path) = std::env::join_paths(self.program_path.iter().filter(is_own)) {
            command.env("PATH", path);
        }
        command.env("GIT_DIR", folder).env("GIT_ALLOW_PROTOCOL", self.transports());
        for (name, value) in [("GIT_TERMINAL_PROMPT", "0"), ("GCM_INTERACTIVE", "never"), ("LC_ALL", "C")] {
            command.env(name, value);
        }
        // Attributes have no say in what is fetched; a broken file of the system must not stop it.
        command.env("GIT_ATTR_NOSYSTEM", "1").env("GIT_NO_REPLACE_OBJECTS", "1");
        SETTINGS.iter().for_each(|setting| _ = command.args(["-c", setting]));
        command
    }

    /// What the user allows of what may be used.
    fn transports(&self) -> String {
        let named = self.variables.0.iter().find(|(name, _)| name == "GIT_ALLOW_PROTOCOL");
        let named = named.and_then(|(_, value)| value.to_str());
        let is_allowed = |it: &&&str| named.is_none_or(|list| list.split(':').any(|each| each == **it));
        TRANSPORTS.iter().filter(is_allowed).copied().collect::<Vec<_>>().join(":")
    }
}

fn try_by_hand(url: &str) -> String {
    format!("see whether you can reach it: `git ls-remote {url}`; once fetched, the policy is read from the cache")
}

fn remove(store: &Path) -> String {
    format!("remove the damaged copy, and it is fetched anew: `{}`", store.display())
}

/// The tree of a store that has the commit.
fn open(store: &Path, rev: &ObjectId) -> Result<Arc<dyn Tree>, ObjectError> {
    let objects = Arc::new(Objects::open(&store.join("objects"), HashKind::of(rev))?);
    let tree = objects.tree_of(rev)?;
    Ok(Arc::new(Cached { tree: ObjectTree::new(objects, Some(tree)), store: store.to_owned() }))
}

/// Puts a finished store in its place. Of several runs at once the first wins, and the others use what it left.
fn keep(fetched: &Unfinished, store: &Path, rev: &ObjectId) -> std::io::Result<()> {
    if let Some(folder) = store.parent() {
        fs::create_dir_all(folder)?;
    }
    if fs::rename(&fetched.0, store).is_ok() || open(store, rev).is_ok() {
        return Ok(());
    }
    // What stands there is damaged. It is moved away whole, so that nobody sees half of it.
    let policies = fetched.0.parent().unwrap_or(store);
    let damaged = Unfinished(policies.join(unique()));
    let _ = fs::rename(store, &damaged.0);
    match fs::rename(&fetched.0, store) {
        Err(_) if open(store, rev).is_ok() => Ok(()),
        other => other,
    }
}

/// A name that nobody else uses.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let moment = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |it| it.as_nanos());
    format!(".{}-{moment}-{}.tmp", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A folder that goes away unless it is moved to where it belongs.
struct Unfinished(PathBuf);

impl Unfinished {
    fn new(folder: &Path) -> std::io::Result<Self> {
        create_private(folder)?;
        let path = folder.join(unique());
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // A folder that was moved is not there any more; one that cannot be removed only takes up room.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Makes a folder that nobody else reads: policies may come from private repositories.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

enum Ended {
    Well,
    Badly(String),
    Late,
}

/// Runs a command until its end or the deadline. It speaks into a file: a pipe would stay open as long as any
/// helper lives that it started.
fn run(command: &mut Command, folder: &Path, deadline: Instant) -> std::io::Result<Ended> {
    let words = folder.join("words");
    let mut child = command.stderr(File::create(&words)?).spawn()?;
    let status: ExitStatus = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if deadline <= Instant::now() {
            // Its helpers end when it does not talk to them any more.
            child.kill()?;
            child.wait()?;
            return Ok(Ended::Late);
        }
        std::thread::sleep(STEP);
    };
    if status.success() {
        fs::remove_file(&words)?;
        return Ok(Ended::Well);
    }
    let mut raw = Vec::new();
    File::open(&words)?.take(WORDS_READ).read_to_end(&mut raw)?;
    Ok(Ended::Badly(told(&String::from_utf8_lossy(&raw))))
}

/// Git's own words in one line, without credentials that the user's settings put into an address.
fn told(words: &str) -> String {
    let line = words.split_whitespace().map(without_credentials).collect::<Vec<_>>().join(" ");
    let line: String = line.chars().take(WORDS_TOLD).collect();
    if line.is_empty() { "`git fetch` failed without a word".to_owned() } else { line }
}

fn without_credentials(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://***@{host}/{path}"),
        None => word.to_owned(),
    }
}

/// A tree of the cache: what cannot be read there is mended by fetching it anew.
struct Cached {
    tree: ObjectTree,
    store: PathBuf,
}

impl Cached {
    fn advise(&self, missing: Missing) -> Missing {
        Missing { how: remove(&self.store), ..missing }
    }
}

impl Tree for Cached {
    fn children(&self, folder: &RepoPath) -> Result<Vec<Child>, Missing> {
        self.tree.children(folder).map_err(|missing| self.advise(missing))
    }

    fn file(&self, path: &RepoPath) -> Result<Option<Entry>, Missing> {
        self.tree.file(path).map_err(|missing| self.advise(missing))
    }

    fn read(&self, file: &Entry) -> Result<Arc<[u8]>, Missing> {
        self.tree.read(file).map_err(|missing| self.advise(missing))
    }
}

#[cfg(test)]
mod tests;
