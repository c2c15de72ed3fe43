//! `gatecheck facts`: what would be judged, written down.

use std::sync::Arc;

use super::error::CliError;
use super::run::from_git;
use crate::git::index::Index;
use crate::git::{Repository, worktree};
use crate::model::Tree;

/// The work tree, for subcommands that look at a repository and not at a change.
pub(super) fn work_tree(repository: &Repository) -> Result<Arc<dyn Tree>, CliError> {
    let index = Arc::new(Index::read(repository).map_err(|error| from_git(&error))?);
    Ok(Arc::new(worktree::scan(repository, index).map_err(|error| from_git(&error))?))
}
