//! The environment, read once: the only place that asks for variables.
//!
//! Names that are not looked up by gatecheck are not kept, so that a token in the environment cannot reach
//! anything else.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use crate::git::Overrides;
use crate::git::fetch::{Fetcher, Variables};

/// The variables that gatecheck knows.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    /// Those that only the fetching of policies gets.
    transport: Variables,
}

/// Beginnings of the names that are kept: Git's, those of CI services, and the places of the user's settings.
const KEPT: [&str; 32] = [
    "GIT_",
    "GITLEAKS_CONFIG",
    "GITHUB_",
    "CI_",
    "GITLAB_",
    "BUILD_",
    "SYSTEM_PULLREQUEST_",
    "BITBUCKET_",
    "BUILDKITE",
    "CHANGE_",
    "JENKINS_URL",
    "JENKINS_HOME",
    "TEAMCITY_VERSION",
    "CODEBUILD_BUILD_ID",
    "PRE_COMMIT_",
    "TF_BUILD",
    "CI",
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_CACHE_HOME",
    "LOCALAPPDATA",
    "GATECHECK_",
    "PATH",
    "USERPROFILE",
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "TERM",
    "COLUMNS",
    "LC_ALL",
    "LC_CTYPE",
    "LANG",
];
/// Parts of names whose values are secret, whatever they begin with.
const SECRET: [&str; 5] = ["TOKEN", "PASSWORD", "SECRET", "CREDENTIAL", "_KEY"];

/// What Git needs of the user's environment to reach a repository as the user does: settings, keys, agents,
/// proxies and certificates, and what a system needs to start a program. Nothing that points at a repository,
/// and no token by name: a token reaches Git through the user's settings or their credential helper.
const TRANSPORT: [&str; 41] = [
    "HOME",
    "USER",
    "LOGNAME",
    "XDG_CONFIG_HOME",
    "XDG_RUNTIME_DIR",
    "DBUS_SESSION_BUS_ADDRESS",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT",
    "GIT_ALLOW_PROTOCOL",
    "GIT_ASKPASS",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_SSH_VARIANT",
    "GIT_SSL_CAINFO",
    "GIT_SSL_CAPATH",
    "GIT_SSL_CERT",
    "GIT_SSL_KEY",
    "SSH_AUTH_SOCK",
    "SSH_AGENT_PID",
    "SSH_ASKPASS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "KRB5CCNAME",
    "KRB5_CONFIG",
    "TMPDIR",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "SYSTEMROOT",
    "COMSPEC",
];
/// Settings that a CI job gives to every `git` that it starts: `GIT_CONFIG_KEY_0`, `GIT_CONFIG_VALUE_0`.
const TRANSPORT_SETTINGS: [&str; 2] = ["GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"];

impl Environment {
    /// The environment of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::from_pairs(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
    }

    /// An environment of given variables.
    pub fn from_pairs<N: Into<String>, V: Into<OsString>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        let mut environment = Self::default();
        for (name, value) in pairs {
            let (name, value): (String, OsString) = (name.into(), value.into());
            if is_transport(&name) {
                environment.transport.0.push((name.clone(), value.clone()));
            }
            if is_kept(&name) {
                environment.variables.insert(name, value);
            }
        }
        environment
    }

    /// The value of a variable; an empty one counts as absent, as CI services mean it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name)?.to_str().filter(|value| !value.is_empty())
    }

    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// Whether a CI service runs this: a runner reads what is printed.
    #[must_use]
    pub fn is_ci(&self) -> bool {
        super::ci::service(self).is_some()
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from)
    }

    fn paths(&self, name: &str) -> Vec<PathBuf> {
        self.path(name).map(|list| std::env::split_paths(&list).collect()).unwrap_or_default()
    }

    /// What Git's variables say about the repository. Hooks set them: a partial commit has an index of its own, a
    /// receiving repository a quarantine for new objects. They belong to the current folder only: a caller who
    /// names another repository must not pass them on.
    #[must_use]
    pub fn overrides(&self) -> Overrides {
        let home = self.path("HOME").or_else(|| self.path("USERPROFILE"));
        let folder = self.path("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
        let folder = folder.map(|it| it.join("git"));
        let user_config = match self.path("GIT_CONFIG_GLOBAL") {
            Some(only) => vec![only],
            None => {
                let xdg = folder.as_ref().map(|it| it.join("config"));
                let own = home.as_ref().map(|it| it.join(".gitconfig"));
                xdg.into_iter().chain(own).collect()
            }
        };
        Overrides {
            git_dir: self.path("GIT_DIR"),
            work_tree: self.path("GIT_WORK_TREE"),
            index_file: self.path("GIT_INDEX_FILE"),
            object_dir: self.path("GIT_OBJECT_DIRECTORY"),
            alternates: self.paths("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
            user_config,
            home,
            user_excludes: folder.map(|it| it.join("ignore")),
            program_path: self.paths("PATH"),
        }
    }

    /// What fetches policies of other repositories, with the user's own cache and credentials.
    #[must_use]
    pub fn fetcher(&self) -> Fetcher {
        Fetcher {
            cache: self.cache(),
            program_path: self.paths("PATH"),
            variables: self.transport.clone(),
            places: Vec::new(),
            limit: None,
        }
    }

    /// `GATECHECK_CACHE_DIR`, else `gatecheck` in the folder that the system keeps for caches.
    fn cache(&self) -> Option<PathBuf> {
        let local = || self.path("LOCALAPPDATA").filter(|_| cfg!(windows));
        // The XDG specification: a relative path counts as none.
        let named = || self.path("XDG_CACHE_HOME").filter(|it| it.is_absolute());
        let usual = || self.path("HOME").map(|home| home.join(".cache"));
        let folder = || local().or_else(named).or_else(usual).map(|folder| folder.join("gatecheck"));
        self.path("GATECHECK_CACHE_DIR").or_else(folder)
    }

    /// Where a run may keep what it found in a history. In CI only where it was named: jobs run what a change brings, and
    /// could leave something at the usual place for the next one.
    #[must_use]
    pub fn history_cache(&self) -> Option<PathBuf> {
        if self.is_ci() { self.path("GATECHECK_CACHE_DIR") } else { self.cache() }
    }

    /// The configuration that gitleaks is told of by `GITLEAKS_CONFIG`.
    #[must_use]
    pub fn gitleaks_configuration(&self) -> Option<PathBuf> {
        self.path("GITLEAKS_CONFIG")
    }

    /// The file that GitHub shows as the summary of the step; nothing elsewhere.
    #[must_use]
    pub fn github_summary(&self) -> Option<PathBuf> {
        self.path("GITHUB_STEP_SUMMARY").filter(|_| self.is_github())
    }

    /// Whether a runner of GitHub Actions, or of who speaks its commands, reads what is printed.
    #[must_use]
    pub fn is_github(&self) -> bool {
        self.is_true("GITHUB_ACTIONS")
    }
}

/// What the environment says about the terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terminal {
    /// Whether colors are wanted, refused, or left to the stream.
    pub color: Option<bool>,
    /// `COLUMNS`, when it is a number.
    pub columns: Option<usize>,
    /// Whether the locale can show more than ASCII.
    pub unicode: bool,
}

impl Environment {
    /// What is said about the terminal: `NO_COLOR` (no-color.org), `FORCE_COLOR` and `CLICOLOR_FORCE`, `TERM=dumb`,
    /// `COLUMNS`, and the locale. A CI log shows UTF-8 whatever the locale says.
    #[must_use]
    pub fn terminal(&self) -> Terminal {
        let forced = |name| self.get(name).is_some_and(|value| value != "0");
        let color = if self.get("NO_COLOR").is_some() {
            Some(false)
        } else if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") {
            Some(true)
        } else {
            (self.get("TERM") == Some("dumb")).then_some(false)
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| self.get(name));
        let utf8 = locale.is_none_or(|it| it.to_ascii_lowercase().replace('-', "").contains("utf8"));
        Terminal { color, columns: self.get("COLUMNS").and_then(|it| it.parse().ok()), unicode: utf8 || self.is_ci() }
    }
}

fn is_kept(name: &str) -> bool {
    let is_secret = SECRET.iter().any(|part| name.contains(part));
    let is_setting = name.starts_with("GIT_CONFIG_VALUE_");
    KEPT.iter().any(|prefix| name.starts_with(prefix)) && !is_secret && !is_setting
}

/// Windows does not tell upper from lower case in names, and programs of other systems know proxies in both.
fn is_transport(name: &str) -> bool {
    TRANSPORT.iter().any(|it| name.eq_ignore_ascii_case(it))
        || TRANSPORT_SETTINGS.iter().any(|prefix| name.starts_with(prefix))
}

/// A digest of the running program. Its version would not do: two builds of one version may find different things.
pub(super) fn program() -> Option<[u8; 32]> {
    let mut file = std::fs::File::open(std::env::current_exe().ok()?).ok()?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Some(hash.finalize().into()),
            Ok(count) => hash.update(buffer.get(..count)?),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_not_kept() {
        let names = ["GITHUB_TOKEN", "CI_JOB_TOKEN", "GIT_PASSWORD", "AWS_REGION", "GITHUB_EVENT_NAME"];
        let environment = Environment::from_pairs(names.map(|name| (name, "x")));
        let kept: Vec<&str> = names.into_iter().filter(|name| environment.get(name).is_some()).collect();
        assert_eq!(kept, ["GITHUB_EVENT_NAME"]);
    }

    #[test]
    fn the_cache_is_where_the_user_says_or_the_system_keeps_caches() {
        let cache = |pairs: &[(&str, &str)]| Environment::from_pairs(pairs.iter().copied()).fetcher().cache;
        let home = ("HOME", "/home/ana");
        assert_eq!(cache(&[]), None);
        assert_eq!(cache(&[home]), Some(PathBuf::from("/home/ana/.cache/gatecheck")));
        assert_eq!(cache(&[home, ("XDG_CACHE_HOME", "cache")]), Some(PathBuf::from("/home/ana/.cache/gatecheck")));
        assert_eq!(cache(&[home, ("XDG_CACHE_HOME", "/c")]), Some(PathBuf::from("/c/gatecheck")));
        assert_eq!(cache(&[home, ("GATECHECK_CACHE_DIR", "/d")]), Some(PathBuf::from("/d")));
    }

    #[test]
    fn fetching_gets_the_user_s_ways_in_and_nothing_about_a_repository() {
        let names = [
            "HOME",
            "SSH_AUTH_SOCK",
            "GIT_SSH_COMMAND",
            "https_proxy",
            "GIT_CONFIG_COUNT",
            "GIT_CONFIG_KEY_0",
            "GIT_CONFIG_VALUE_0",
            "GIT_DIR",
            "GIT_INDEX_FILE",
            "GIT_OBJECT_DIRECTORY",
            "GIT_CONFIG_PARAMETERS",
            "GIT_EXEC_PATH",
            "GIT_TEMPLATE_DIR",
            "GIT_TRACE",
            "GITHUB_TOKEN",
            "LD_PRELOAD",
        ];
        let environment = Environment::from_pairs(names.map(|name| (name, "x")));
        let given: Vec<String> = environment.fetcher().variables.0.into_iter().map(|(name, _)| name).collect();
        assert_eq!(given, &names[..7]);
        assert_eq!(environment.get("GIT_CONFIG_VALUE_0"), None, "it may hold a token");
    }

    #[test]
    fn the_variables_of_a_hook_become_overrides() {
        let environment = Environment::from_pairs([
            ("GIT_DIR", "."),
            ("GIT_INDEX_FILE", ".git/next-index-7.lock"),
            ("GIT_OBJECT_DIRECTORY", "objects/incoming"),
            ("GIT_ALTERNATE_OBJECT_DIRECTORIES", "objects"),
            ("HOME", "/home/ana"),
        ]);
        let overrides = environment.overrides();
        assert_eq!(overrides.git_dir, Some(PathBuf::from(".")));
        assert_eq!(overrides.index_file, Some(PathBuf::from(".git/next-index-7.lock")));
        assert_eq!(overrides.alternates, [PathBuf::from("objects")]);
        assert_eq!(overrides.user_excludes, Some(PathBuf::from("/home/ana/.config/git/ignore")));
    }
}
