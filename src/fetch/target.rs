//! Which pull request of which forge is meant: from the command line, else from the CI service, else from the remote.

use super::error::FetchError;

/// Which program a forge runs; it decides how it is asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ForgeKind {
    /// github.com, GitHub Enterprise.
    GitHub,
    /// gitlab.com, GitLab of one's own.
    GitLab,
    /// Gitea, Forgejo.
    Gitea,
}

/// What somebody says about the pull request; each may be silent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Named {
    /// The program.
    pub kind: Option<ForgeKind>,
    /// The address of the API.
    pub api: Option<String>,
    /// `owner/name`; on GitLab with all groups.
    pub repository: Option<String>,
    /// Its number.
    pub number: Option<u64>,
}

/// A pull request that can be asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Target {
    /// The program.
    pub kind: ForgeKind,
    /// The address of the API: `https://api.github.com`, `https://HOST/api/v4`.
    pub api: String,
    /// `owner/name`; on GitLab with all groups.
    pub repository: String,
    /// Its number.
    pub number: u64,
}

impl Target {
    /// Puts together what is said, `typed` before `around`, and both before the address of the remote.
    ///
    /// # Errors
    /// When something is said by nobody; the error says how to say it.
    pub fn find(typed: &Named, around: &Named, remote: Option<&str>) -> Result<Self, FetchError> {
        // What a service says about its own host says nothing about another one.
        let is_theirs = typed.api.as_ref().is_none_or(|api| Some(api) == around.api.as_ref());
        let nothing = Named::default();
        let around = if is_theirs { around } else { &nothing };
        let remote = remote.and_then(Remote::parse);
        let (kind, api) = forge(typed, around, remote.as_ref())?;
        let repository = typed.repository.clone().or_else(|| around.repository.clone());
        let repository = repository.or_else(|| remote.map(|it| it.path)).ok_or_else(|| FetchError::Usage {
            what: "nothing says which repository is meant".to_owned(),
            help: "name it with `--repository OWNER/NAME`".to_owned(),
        })?;
        check_repository(kind, &repository)?;
        let number = typed.number.or(around.number).ok_or_else(|| FetchError::Usage {
            what: "nothing says which pull request is meant".to_owned(),
            help: "give its number: `gatecheck facts fetch NUMBER`".to_owned(),
        })?;
        Ok(Self { kind, api, repository, number })
    }
}

fn forge(typed: &Named, around: &Named, remote: Option<&Remote>) -> Result<(ForgeKind, String), FetchError> {
    let api = typed.api.clone().or_else(|| around.api.clone());
    let kind = typed.kind.or_else(|| around.kind.filter(|_| typed.api.is_none()));
    let kind = kind.or_else(|| api.as_deref().and_then(kind_of_api));
    let kind = kind.or_else(|| remote.filter(|_| api.is_none()).and_then(|it| kind_of_host(&it.host)));
    let help = "name it with `--forge github`, `gitlab` or `gitea` (for Forgejo as well), and the address of its API with \
                `--api URL`";
    let kind = kind.ok_or_else(|| {
        let what = match (&api, remote) {
            (Some(api), _) => format!("nothing says which forge answers at `{api}`"),
            (None, Some(remote)) => format!("nothing says which forge runs at `{}`", remote.host),
            (None, None) => "nothing says which forge is meant: there is no remote `origin`".to_owned(),
        };
        FetchError::Usage { what, help: help.to_owned() }
    })?;
    let usual = || remote.map(|it| api_of(kind, &it.authority));
    let api = api.or_else(usual).ok_or_else(|| FetchError::Usage {
        what: "nothing says where the API of the forge is".to_owned(),
        help: "name it with `--api URL`, such as `https://HOST/api/v4`".to_owned(),
    })?;
    Ok((kind, api))
}

/// Versions of the APIs tell the programs apart.
fn kind_of_api(api: &str) -> Option<ForgeKind> {
    let api = api.trim_end_matches('/');
    if api.ends_with("/api/v4") {
        Some(ForgeKind::GitLab)
    } else if api.ends_with("/api/v1") {
        Some(ForgeKind::Gitea)
    } else if api.ends_with("/api/v3") || api == "https://api.github.com" {
        Some(ForgeKind::GitHub)
    } else {
        None
    }
}

fn kind_of_host(host: &str) -> Option<ForgeKind> {
    match host {
        "github.com" | "ssh.github.com" => Some(ForgeKind::GitHub),
        "gitlab.com" | "altssh.gitlab.com" => Some(ForgeKind::GitLab),
        "codeberg.org" | "gitea.com" => Some(ForgeKind::Gitea),
        _ => None,
    }
}

fn api_of(kind: ForgeKind, authority: &str) -> String {
    match (kind, authority) {
        (ForgeKind::GitHub, "github.com" | "ssh.github.com") => "https://api.github.com".to_owned(),
        (ForgeKind::GitLab, "altssh.gitlab.com") => "https://gitlab.com/api/v4".to_owned(),
        (ForgeKind::GitHub, host) => format!("https://{host}/api/v3"),
        (ForgeKind::GitLab, host) => format!("https://{host}/api/v4"),
        (ForgeKind::Gitea, host) => format!("https://{host}/api/v1"),
    }
}

fn check_repository(kind: ForgeKind, repository: &str) -> Result<(), FetchError> {
    let parts: Vec<&str> = repository.split('/').collect();
    let is_deep = kind == ForgeKind::GitLab && 2 <= parts.len();
    let is_name = |part: &str| {
        let is_plain = |it: char| it.is_alphanumeric() || "-._+ ".contains(it);
        !part.is_empty() && part != "." && part != ".." && part.chars().all(is_plain)
    };
    if (parts.len() == 2 || is_deep) && parts.iter().all(|part| is_name(part)) {
        return Ok(());
    }
    Err(FetchError::Usage {
        what: format!("`{repository}` is no name of a repository"),
        help: "name it with `--repository OWNER/NAME`".to_owned(),
    })
}

/// The address of a remote, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Remote {
    host: String,
    /// The host, with a port where the API is likely to have the same one.
    authority: String,
    path: String,
}

impl Remote {
    /// Reads `https://host/path`, `ssh://git@host/path` and `git@host:path`; nothing for a path of this machine.
    fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = match url.split_once("://") {
            Some((scheme, rest)) => (scheme, rest.to_owned()),
            None => {
                let (host, path) = url.split_once(':').filter(|(host, _)| !host.contains('/'))?;
                ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
            }
        };
        let (authority, path) = rest.split_once('/')?;
        // A password may stand there; it is of no use here.
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
        let host = authority.split(':').next().unwrap_or_default().to_owned();
        let authority = match scheme {
            "https" => authority,
            "ssh" | "git+ssh" | "http" | "git" => host.clone(),
            _ => return None,
        };
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path).to_owned();
        // A host without a dot is more likely an alias of the user's own SSH settings, or a drive.
        (!path.is_empty() && host.contains('.')).then_some(Self { host, authority, path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(typed: &Named, remote: &str) -> Result<Target, String> {
        Target::find(typed, &Named::default(), Some(remote)).map_err(|error| error.to_string())
    }

    fn number(number: u64) -> Named {
        Named { number: Some(number), ..Named::default() }
    }

    #[test]
    fn a_remote_says_forge_host_and_repository() {
        for (remote, kind, api, repository) in [
            ("https://github.com/acme/app.git", ForgeKind::GitHub, "https://api.github.com", "acme/app"),
            ("git@github.com:acme/app", ForgeKind::GitHub, "https://api.github.com", "acme/app"),
            ("ssh://git@gitlab.com:22/a/b/c.git/", ForgeKind::GitLab, "https://gitlab.com/api/v4", "a/b/c"),
            ("https://ana:word@codeberg.org/acme/app", ForgeKind::Gitea, "https://codeberg.org/api/v1", "acme/app"),
        ] {
            let target = Target { kind, api: api.to_owned(), repository: repository.to_owned(), number: 7 };
            assert_eq!(find(&number(7), remote), Ok(target), "{remote}");
        }
        let own = Named { kind: Some(ForgeKind::GitHub), ..number(7) };
        assert_eq!(
            find(&own, "https://git.acme.example:8443/a/b").unwrap().api,
            "https://git.acme.example:8443/api/v3"
        );
    }

    #[test]
    fn what_nobody_says_is_asked_for() {
        for (typed, remote, wanted) in [
            (number(7), "https://git.acme.example/a/b", "which forge runs at `git.acme.example`"),
            (number(7), "/srv/git/app.git", "which forge is meant"),
            (number(7), "C:/git/app", "which forge is meant"),
            (Named::default(), "https://github.com/a/b", "which pull request"),
            (number(7), "https://github.com/a/../b", "no name of a repository"),
            (number(7), "https://github.com/a/b?c", "no name of a repository"),
        ] {
            let told = find(&typed, remote).unwrap_err();
            assert!(told.contains(wanted), "{remote}: {told}");
        }
    }

    #[test]
    fn what_is_typed_goes_before_what_the_service_says() {
        let around = Named {
            api: Some("https://git.acme.example/api/v4".to_owned()),
            repository: Some("acme/app".to_owned()),
            number: Some(3),
            kind: None,
        };
        let target = Target::find(&number(7), &around, Some("https://github.com/x/y")).unwrap();
        assert_eq!((target.kind, target.number, target.repository.as_str()), (ForgeKind::GitLab, 7, "acme/app"));
        let other = Named { api: Some("https://api.github.com".to_owned()), ..Named::default() };
        let told = Target::find(&other, &around, Some("https://github.com/x/y")).unwrap_err().to_string();
        assert!(told.contains("which pull request"), "the number of another host is none: {told}");
    }
}
