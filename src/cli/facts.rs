//! `gatecheck facts`: what would be judged, written down.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::args::FactsArgs;
use super::error::CliError;
use super::output;
use super::run::{self, Judgeable, Session, from_git};
use crate::engine;
use crate::formats::facts_file::{FactsFile, FactsFileError, Recorder};
use crate::gather::Environment;
use crate::git::index::Index;
use crate::git::{Repository, worktree};
use crate::model::Tree;

/// The work tree, for subcommands that look at a repository and not at a change.
pub(super) fn work_tree(repository: &Repository) -> Result<Arc<dyn Tree>, CliError> {
    let index = Arc::new(Index::read(repository).map_err(|error| from_git(&error))?);
    Ok(Arc::new(worktree::scan(repository, index).map_err(|error| from_git(&error))?))
}

/// Records the facts of the change: everything that its judgement looks at, and both sides of every changed file.
pub(super) fn facts(args: &FactsArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let session = Session::open(&args.change, args.policy.profile.as_deref(), environment)?;
    let [range] = session.ranges.as_slice() else {
        return Err(CliError::usage(format!(
            "this push brings {} changes, and a file holds one",
            session.ranges.len()
        ))
        .help("name one of them with `--base REV --head REV`"));
    };
    let Judgeable { policy, facts, policy_part, problems } = session.prepare(range, &args.policy)?;
    let recorder = Recorder::new(&facts);
    recorder.read_whole_change();
    let _ = engine::judge(&policy, recorder.facts());
    let file = FactsFile { policy: Some(policy_part), problems, ..recorder.finish(run::ends(range)) };
    let text = file.text().map_err(|error| CliError::undecided(format!("the facts cannot be written: {error}")))?;
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => out.write_all(text.as_bytes()).or_else(super::explain::quiet),
    }
}

/// The largest facts file that is read, in bytes.
const MOST: u64 = 2 << 30;

/// Reads a facts file.
pub(super) fn read(path: &Path) -> Result<FactsFile, CliError> {
    let unread =
        |error: std::io::Error| CliError::usage(format!("the facts `{}` cannot be read: {error}", path.display()));
    let size = path.metadata().map_err(unread)?.len();
    if size > MOST {
        return Err(CliError::usage(format!("the facts `{}` have {size} bytes; the limit is {MOST}", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    FactsFile::read(&text).map_err(|error| unusable(&error))
}

/// Facts that cannot be used: whoever gave them has to mend them.
pub(super) fn unusable(error: &FactsFileError) -> CliError {
    CliError::usage(error.to_string()).help(error.help())
}
