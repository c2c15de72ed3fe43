//! `gatecheck facts fetch`: what a forge knows, into a file. The only subcommand that reaches the network.

use std::io::{self, Read as _, Write};
use std::path::Path;
use std::time::Duration;

use super::args::{FetchArgs, ForgeName};
use super::error::{CliError, from_git};
use super::output;
use crate::fetch::{self, FetchError, ForgeKind, Named, Options, Target, Token};
use crate::formats::visible::visible;
use crate::gather::Environment;
use crate::gather::forge::{self, Clues};
use crate::git::{Repository, Trust};

/// The longest file of a token, in bytes.
const LONGEST: u64 = 1 << 16;

/// Asks the forge, and writes what it told, whole or not at all.
pub(super) fn fetch(args: &FetchArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let around = forge::clues(environment);
    let Clues { api, repository, number } =
        around.map_err(|error| CliError::undecided(error.to_string()).help(error.help()))?;
    let around = Named { kind: None, api, repository, number };
    let typed = Named {
        kind: args.forge.map(kind),
        api: args.api.clone(),
        repository: args.repository.clone(),
        number: args.number,
    };
    let remote = remote(args, environment, &around)?;
    let target = Target::find(&typed, &around, remote.as_deref()).map_err(|error| told(&error))?;
    // A token is for one host. It goes where the service says that it is from, or where it was told to.
    let is_service = around.api.as_ref() == Some(&target.api);
    let is_named = args.api.is_some() || is_service || target.api == "https://api.github.com";
    let names: &[&str] = match target.kind {
        ForgeKind::GitHub if is_named => &["GH_TOKEN", "GITHUB_TOKEN"],
        ForgeKind::GitHub => &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
        ForgeKind::GitLab if is_service => &["GITLAB_TOKEN", "CI_JOB_TOKEN"],
        ForgeKind::GitLab => &["GITLAB_TOKEN"],
        ForgeKind::Gitea if is_service => &["GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"],
        ForgeKind::Gitea => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
    };
    let (token, is_job_token) = token(args.token_file.as_deref(), names, environment)?;
    let options = Options { token, is_job_token, limit: Duration::from_secs(args.deadline) };
    let file = fetch::facts(&target, &options).map_err(|error| told(&error))?;
    let text = file.text().map_err(|error| CliError::undecided(format!("the facts cannot be written: {error}")))?;
    if options.token.as_ref().is_some_and(|token| token.is_in(&text)) {
        return Err(CliError::undecided("the forge says the token back in its answers, so that nothing is written")
            .help("take it out of the pull request, and make a new one: whoever reads there has it"));
    }
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes())?,
        None => out.write_all(text.as_bytes()).or_else(super::explain::quiet)?,
    }
    for missing in file.untold() {
        // The file stands, whether somebody reads this or not.
        let line = format!("not read: {}; to read it, {}", missing.what, missing.how);
        let _ = writeln!(io::stderr(), "{}", visible(&line));
    }
    Ok(())
}

/// The address of `origin`, where anything is left to find out by it.
fn remote(args: &FetchArgs, environment: &Environment, around: &Named) -> Result<Option<String>, CliError> {
    let is_told =
        (args.api.is_some() || around.api.is_some()) && (args.repository.is_some() || around.repository.is_some());
    if is_told {
        return Ok(None);
    }
    let start = super::repository::start(args.repo.as_deref())?;
    let overrides = environment.overrides();
    let overrides = if args.repo.is_some() { overrides.of_the_user() } else { overrides };
    match Repository::discover_with(&start, Trust::AsData, overrides) {
        Ok(repository) => Ok(repository.setting("remote.origin.url")),
        Err(_) if args.api.is_some() || args.repository.is_some() => Ok(None),
        Err(error) => Err(from_git(&error)),
    }
}

fn kind(name: ForgeName) -> ForgeKind {
    match name {
        ForgeName::GitHub => ForgeKind::GitHub,
        ForgeName::GitLab => ForgeKind::GitLab,
        ForgeName::Gitea => ForgeKind::Gitea,
    }
}

/// The token, and whether it is the one of a job on GitLab.
fn token(file: Option<&Path>, names: &[&str], environment: &Environment) -> Result<(Option<Token>, bool), CliError> {
    if let Some(path) = file {
        let unread = |error: io::Error| {
            CliError::usage(format!("the file of the token `{}` cannot be read: {error}", path.display()))
        };
        let mut text = String::new();
        std::fs::File::open(path).and_then(|it| it.take(LONGEST).read_to_string(&mut text)).map_err(unread)?;
        let token = Token::new(&text).map_err(|error| told(&error))?;
        let empty = || CliError::usage(format!("the file of the token `{}` is empty", path.display()));
        return Ok((Some(token.ok_or_else(empty)?), false));
    }
    match environment.forge_token(names) {
        Some((name, text)) => Ok((Token::new(text).map_err(|error| told(&error))?, name == "CI_JOB_TOKEN")),
        None => Ok((None, false)),
    }
}

fn told(error: &FetchError) -> CliError {
    let (text, help) = (error.to_string(), error.help());
    let told = if error.is_usage() { CliError::usage(text) } else { CliError::undecided(text) };
    told.help(help)
}
