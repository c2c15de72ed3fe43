//! The repository that a subcommand looks at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{CliError, from_git};
use crate::gather::Environment;
use crate::git::index::Index;
use crate::git::{Repository, Trust, worktree};
use crate::model::Tree;

/// The folder to start in.
pub(super) fn start(chosen: Option<&Path>) -> Result<PathBuf, CliError> {
    match chosen {
        Some(folder) if folder.is_dir() => Ok(folder.to_owned()),
        Some(folder) => Err(CliError::usage(format!("`{}` is no folder", folder.display()))),
        None => {
            std::env::current_dir().map_err(|error| CliError::undecided(format!("the current folder is gone: {error}")))
        }
    }
}

pub(super) fn open(repo: Option<&Path>, environment: &Environment) -> Result<Repository, CliError> {
    let start = start(repo)?;
    Repository::discover_with(&start, Trust::AsData, environment.overrides()).map_err(|error| from_git(&error))
}

/// The work tree, for subcommands that look at a repository and not at a change.
pub(super) fn work_tree(repository: &Repository) -> Result<Arc<dyn Tree>, CliError> {
    let index = Arc::new(Index::read(repository).map_err(|error| from_git(&error))?);
    Ok(Arc::new(worktree::scan(repository, index).map_err(|error| from_git(&error))?))
}

/// Whether a file lies in a folder: by its name, by what it leads to, or by the folder that it stands in.
pub(super) fn lies_in(file: &Path, folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    let parent = file.parent().map(|it| if it.as_os_str().is_empty() { Path::new(".") } else { it });
    let seen = [std::path::absolute(file).ok(), real(file), parent.and_then(real)];
    let folders = [Some(folder.to_owned()), real(folder)];
    seen.iter().flatten().any(|path| folders.iter().flatten().any(|folder| path.starts_with(folder)))
}
