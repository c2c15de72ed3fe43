//! `gatecheck doctor`: whether the gate itself stands, in CI and in this clone.

use std::process::ExitCode;

use super::args::{ChangeArgs, CheckArgs, DoctorArgs, PolicyChoice};
use super::check::{self, Look};
use super::error::CliError;
use super::hook;
use super::run::Session;
use crate::checks;
use crate::gather::Environment;
use crate::model::{Level, Problem, RepoPath, Report};
use crate::policy;

/// The pack of rules about the gate itself.
const PACK: &str = "doctor";
/// The same, with rules about the settings of the forge.
const REMOTE_PACK: &str = "doctor-remote";

pub(super) fn doctor(args: &DoctorArgs, environment: &Environment) -> Result<ExitCode, CliError> {
    let change = ChangeArgs { all: true, repo: args.repo.clone(), facts: args.facts.clone(), ..ChangeArgs::default() };
    let pack = if args.remote { REMOTE_PACK } else { PACK };
    let check = CheckArgs { change, policy: PolicyChoice::of_pack(pack), output: args.output.clone() };
    // The settings of a branch are about no change: what else the file knows has no say here.
    check::check_and_look(&check, environment, &Look { only_protection: true, at: look })
}

/// What was seen of the forge's settings, for whoever asked about them.
fn settings(report: &Report) -> impl Iterator<Item = Problem> {
    let floors = report.results.iter().filter(|it| it.check == checks::FLOOR);
    floors.flat_map(|it| &it.evidence).map(|it| {
        let word = match it.name.as_str() {
            "held" => "the forge makes sure that ",
            _ => "",
        };
        let message = format!("{word}{}", it.value);
        Problem { level: Level::Note, message, help: None, label: None }
    })
}

/// What a check cannot know: how this clone is, and what is beside its files.
fn look(session: &Session, report: &Report) -> Vec<Problem> {
    let repository = &session.repository;
    let mut seen = Vec::new();
    let mut tell = |level, message: &str, help: &str| {
        seen.push(Problem { level, message: message.to_owned(), help: Some(help.to_owned()), label: None });
    };
    if repository.is_shallow() {
        let help = "fetch the rest with `git fetch --unshallow`";
        tell(Level::Warn, "this clone is shallow: a change that is longer than it stays undecided", help);
    }
    let tree = super::repository::work_tree(repository).ok();
    let below =
        |folder: &str| tree.as_ref().and_then(|it| it.children(&RepoPath::new(folder)).ok()).unwrap_or_default();
    if !["", ".github"].iter().flat_map(|folder| below(folder)).any(|it| policy::is_policy_file(&it.path)) {
        let help = "write one with `gatecheck init`";
        tell(Level::Note, "this repository has no policy: the shipped pack `default` judges it", help);
    }
    if !repository.is_bare() && !hook::is_installed(repository) {
        let help = "`gatecheck hook install` tells before a push what CI would say";
        tell(Level::Note, "no hook of this clone runs gatecheck", help);
    }
    if matches!(repository.default_branch(), Ok(None)) {
        let help = "tell Git once: `git remote set-head origin --auto`";
        tell(Level::Note, "it is not known which branch is the default one", help);
    }
    seen.extend(settings(report));
    seen
}
