//! `gatecheck hook`: puts gatecheck into the hooks of a repository, and takes it out again.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::{HookInstallArgs, HookKind, HookTarget};
use super::error::CliError;
use super::output;
use crate::formats::shell;
use crate::gather::Environment;
use crate::git::Repository;

/// A line of every hook that gatecheck wrote; no other hook has it.
const MARK: &str = "# Written by `gatecheck hook install`; `gatecheck hook uninstall` takes it out.";
/// What follows the name of a hook that had to make room.
const ASIDE: &str = ".before-gatecheck";

impl HookKind {
    /// The name of the file.
    fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::CommitMsg => "commit-msg",
            Self::PrePush => "pre-push",
            Self::PreReceive => "pre-receive",
        }
    }

    /// What it asks gatecheck. Source: githooks(5).
    fn arguments(self) -> &'static str {
        match self {
            Self::PreCommit => "--staged",
            Self::CommitMsg => "--message \"$1\"",
            Self::PrePush | Self::PreReceive => "--push",
        }
    }
}

/// The hooks of a repository, where Git looks for them.
struct Hooks {
    folder: PathBuf,
    kinds: Vec<HookKind>,
}

pub(super) fn install(args: &HookInstallArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let hooks = Hooks::of(&args.target, environment)?;
    let program = std::env::current_exe()
        .map_err(|error| CliError::undecided(format!("gatecheck does not know where it is: {error}")))?;
    // All or nothing: a refusal comes before the first hook is written.
    for kind in &hooks.kinds {
        let path = hooks.path(*kind);
        if !is_foreign(&path)? {
            continue;
        }
        if aside(&path).exists() {
            let both = format!("`{}` and `{}` are there already", path.display(), aside(&path).display());
            return Err(CliError::usage(both).help("delete the one that is not needed"));
        }
        if !args.force {
            let line = format!("gatecheck {}", kind.arguments());
            return Err(CliError::usage(format!("`{}` is there already", path.display())).help(format!(
                "add the line `{line}` to it yourself, or let `--force` put it aside as `{}{ASIDE}`",
                kind.name()
            )));
        }
    }
    fs::create_dir_all(&hooks.folder).map_err(|error| failed(&hooks.folder, &error))?;
    for kind in &hooks.kinds {
        let path = hooks.path(*kind);
        if is_foreign(&path)? {
            fs::rename(&path, aside(&path)).map_err(|error| failed(&path, &error))?;
        }
        output::write_file(&path, script(*kind, &program).as_bytes())?;
        make_executable(&path).map_err(|error| failed(&path, &error))?;
        writeln!(out, "wrote {}", path.display()).or_else(super::explain::quiet)?;
    }
    Ok(())
}

pub(super) fn uninstall(args: &HookTarget, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let hooks = Hooks::of(args, environment)?;
    let mut taken_out = 0;
    for kind in &hooks.kinds {
        let path = hooks.path(*kind);
        if !path.exists() || is_foreign(&path)? {
            continue;
        }
        fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
        let aside = aside(&path);
        let put_back = aside.exists();
        if put_back {
            fs::rename(&aside, &path).map_err(|error| failed(&aside, &error))?;
        }
        let more = if put_back { ", and put back what was there before" } else { "" };
        writeln!(out, "took out {}{more}", path.display()).or_else(super::explain::quiet)?;
        taken_out += 1;
    }
    if taken_out == 0 {
        writeln!(out, "no hook of gatecheck in {}", hooks.folder.display()).or_else(super::explain::quiet)?;
    }
    Ok(())
}

impl Hooks {
    fn of(args: &HookTarget, environment: &Environment) -> Result<Self, CliError> {
        let repository = super::repository::open(args.repo.as_deref(), environment)?;
        let usual: &[HookKind] = match repository.is_bare() {
            true => &[HookKind::PreReceive],
            false => &[HookKind::PreCommit, HookKind::CommitMsg, HookKind::PrePush],
        };
        let mut kinds = if args.kind.is_empty() { usual.to_vec() } else { args.kind.clone() };
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Self { folder: folder(&repository), kinds })
    }

    fn path(&self, kind: HookKind) -> PathBuf {
        self.folder.join(kind.name())
    }
}

/// Where Git looks for hooks: `core.hooksPath`, from the folder in which hooks run, or the hooks that all work trees
/// share.
fn folder(repository: &Repository) -> PathBuf {
    let Some(chosen) = repository.setting("core.hookspath").filter(|it| !it.is_empty()) else {
        return repository.common_dir().join("hooks");
    };
    if let (Some(rest), Some(home)) = (chosen.strip_prefix("~/"), repository.home()) {
        return home.join(rest);
    }
    repository.work_tree().unwrap_or(repository.git_dir()).join(chosen)
}

/// Whether a hook of a work tree calls gatecheck, whoever wrote it.
pub(super) fn is_installed(repository: &Repository) -> bool {
    let folder = folder(repository);
    let mentions = |kind: &HookKind| {
        let text = fs::read(folder.join(kind.name())).unwrap_or_default();
        String::from_utf8_lossy(&text).contains("gatecheck")
    };
    [HookKind::PreCommit, HookKind::CommitMsg, HookKind::PrePush].iter().any(mentions)
}

fn script(kind: HookKind, program: &Path) -> String {
    let program = program.to_string_lossy();
    let program = shell::word(&program);
    let arguments = kind.arguments();
    format!(
        "#!/bin/sh\n{MARK}\nprogram={program}\n[ -x \"$program\" ] || program=gatecheck\nif ! command -v \"$program\" \
         >/dev/null; then\n  echo \"gatecheck is not there any more: install it, or take {name} out of the hooks\" \
         >&2\n  exit 1\nfi\nexec \"$program\" {arguments}\n",
        name = kind.name()
    )
}

/// Whether somebody else wrote the hook.
fn is_foreign(path: &Path) -> Result<bool, CliError> {
    match fs::read(path) {
        Ok(bytes) => Ok(!String::from_utf8_lossy(&bytes).contains(MARK)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(path.is_symlink()),
        Err(error) => Err(failed(path, &error)),
    }
}

fn aside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ASIDE);
    path.with_file_name(name)
}

#[cfg(unix)]
fn make_executable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Elsewhere Git asks no mode.
#[cfg(not(unix))]
fn make_executable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, error: &io::Error) -> CliError {
    CliError::undecided(format!("`{}`: {error}", path.display()))
}
