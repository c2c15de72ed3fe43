//! `gatecheck policy`: the policy that is in force, and how the command line chooses one.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use super::args::{EnforcementChoice, PolicyChoice, PolicyLockArgs, PolicyRulesetArgs, PolicyShowArgs};
use super::error::CliError;
use super::loader::Loader;
use super::output;
use super::run;
use crate::checks::{self, Enforce};
use crate::formats::visible::visible;
use crate::gather::Environment;
use crate::model::{File, FileMode, Level, MapTree, RepoPath, Tree};
use crate::policy::{self, Policy, Rule, Sources};

/// The largest policy file that is read from disk, in bytes; the loader says the rest.
const MOST: u64 = 2 << 20;

/// Where the policy is read from: the file or the pack that was named, else the trusted tree.
pub(super) fn sources(choice: &PolicyChoice, tree: Arc<dyn Tree>) -> Result<Sources<'static>, CliError> {
    match (&choice.policy, &choice.pack) {
        (Some(path), _) => from_disk(path),
        (None, Some(name)) => from_pack(name),
        (None, None) => Ok(Sources::of(tree)),
    }
}

/// Refuses a named policy that lies in the work tree. Where a proposal is judged, its author wrote what is checked out
/// there, and would choose their own judge.
pub(super) fn comes_from_elsewhere(choice: &PolicyChoice, work_tree: Option<&Path>) -> Result<(), CliError> {
    let (Some(path), Some(root)) = (&choice.policy, work_tree) else { return Ok(()) };
    if !super::repository::lies_in(path, root) {
        return Ok(());
    }
    let what =
        format!("the policy `{}` lies in the checkout, where whoever is judged could have written it", path.display());
    let help = "leave `--policy` out: `gatecheck.yaml` is read from the branch that the change goes to; or name a file \
                outside of the checkout";
    Err(CliError::usage(what).help(help))
}

/// The folder of the file is the tree that its `extends` can reach.
fn from_disk(path: &Path) -> Result<Sources<'static>, CliError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| CliError::usage(format!("`{}` names no policy file", path.display())))?;
    let mut tree = MapTree::default();
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unread =
        |error: std::io::Error| CliError::usage(format!("the policy `{}` cannot be read: {error}", path.display()));
    let beside = std::fs::read_dir(folder).map_err(unread)?.filter_map(Result::ok);
    let siblings = beside.filter_map(|entry| entry.file_name().into_string().ok());
    let siblings = siblings.filter(|it| it.ends_with(".yaml") || it == policy::LOCK_PATH);
    for sibling in siblings.filter(|it| it != name).chain([name.to_owned()]) {
        let file = folder.join(&sibling);
        let small = file.metadata().is_ok_and(|it| it.is_file() && it.len() <= MOST);
        if sibling != name && !small {
            continue;
        }
        let bytes = std::fs::read(&file).map_err(unread)?;
        let id = crate::git::objects::blob_id(crate::git::objects::HashKind::Sha1, &bytes);
        tree.insert(File { path: RepoPath::new(&sibling), mode: FileMode::Regular, id }, Some(bytes.into()));
    }
    Ok(Sources { chosen: Some(RepoPath::new(name)), ..Sources::of(Arc::new(tree)) })
}

fn from_pack(name: &str) -> Result<Sources<'static>, CliError> {
    if policy::pack(name).is_none() {
        let names = policy::pack_names();
        let nearest = crate::formats::suggest::nearest(name, names.iter().copied());
        let hint = nearest.map(|it| format!("did you mean `{it}`? ")).unwrap_or_default();
        let help = format!("{hint}the packs are {}", crate::formats::suggest::listed(names));
        return Err(CliError::usage(format!("there is no pack `{name}`")).help(help));
    }
    Ok(Sources::of_pack(name))
}

/// Prints the policy that is in force in the work tree, with those of its folders.
pub(super) fn show(args: &PolicyShowArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let repository = super::repository::open(args.repo.as_deref(), environment)?;
    let tree = super::repository::work_tree(&repository)?;
    let touched = policy_files(tree.as_ref())?;
    let sources = Sources { touched, language: args.policy.lang.clone(), ..sources(&args.policy, tree)? };
    let policy = Loader::new(environment, repository.places()).load(sources)?;
    let text = if args.effective { policy::effective(&policy) } else { listing(&policy) };
    out.write_all(text.as_bytes()).or_else(super::explain::quiet)
}

/// Writes `gatecheck.lock` for the policies of the work tree, those of its folders included, or for a file of its own.
pub(super) fn lock(args: &PolicyLockArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let repository = super::repository::open(args.repo.as_deref(), environment)?;
    let tree = super::repository::work_tree(&repository)?;
    let touched = policy_files(tree.as_ref())?;
    let choice = PolicyChoice::of_file(args.policy.clone());
    let sources = Sources { touched, ..sources(&choice, tree)? };
    let text = Loader::new(environment, repository.places()).lock(sources)?;
    let folder = match &args.policy {
        Some(file) => file.parent(),
        None => repository.work_tree(),
    };
    let folder = folder.ok_or_else(|| CliError::usage("a bare repository has no place for a lock file"))?;
    output::write_file(&folder.join(policy::LOCK_PATH), text.as_bytes())?;
    writeln!(out, "wrote {}", policy::LOCK_PATH).or_else(super::explain::quiet)
}

/// Writes the ruleset that holds a branch to what a rule of `branch-protection` declares.
pub(super) fn ruleset(
    args: &PolicyRulesetArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let repository = super::repository::open(args.repo.as_deref(), environment)?;
    let tree = super::repository::work_tree(&repository)?;
    let sources = Sources { language: args.policy.lang.clone(), ..sources(&args.policy, tree)? };
    let mut policy = Loader::new(environment, repository.places()).load(sources)?;
    run::select(&mut policy, &args.policy)?;
    let rule = the_floor(&policy)?;
    let enforce = match args.enforcement {
        EnforcementChoice::Active => Enforce::Active,
        EnforcementChoice::Evaluate => Enforce::Evaluate,
        EnforcementChoice::Disabled => Enforce::Disabled,
    };
    let name = args.name.as_deref().unwrap_or(&rule.id);
    let ruleset = checks::ruleset(name, &rule.settings, enforce)
        .map_err(|error| CliError::usage(format!("the rule `{}` makes no ruleset: {error}", rule.id)))?;
    let text = format!("{ruleset:#}\n");
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => out.write_all(text.as_bytes()).or_else(super::explain::quiet),
    }
}

/// The one rule that declares what a branch is held to.
fn the_floor(policy: &Policy) -> Result<&Rule, CliError> {
    let is_floor = |it: &&Rule| it.check.meta.id == checks::FLOOR && it.level != Level::Off;
    let floors: Vec<&Rule> = policy.rules.iter().filter(is_floor).collect();
    match floors.as_slice() {
        [rule] => Ok(rule),
        [] => Err(CliError::usage(format!("no rule of the policy has the check `{}`", checks::FLOOR))
            .help(format!("`gatecheck explain {}` shows how one is written", checks::FLOOR))),
        several => {
            let names = several.iter().map(|it| it.id.as_str());
            Err(CliError::usage("several rules declare what a branch is held to, and a ruleset is made of one")
                .help(format!("name it with `--rule`: {}", crate::formats::suggest::listed(names))))
        }
    }
}

/// Every policy of a tree, those of folders included.
fn policy_files(tree: &dyn Tree) -> Result<Vec<RepoPath>, CliError> {
    let files = tree.files(&RepoPath::root()).map_err(|missing| CliError::undecided(missing.what).help(missing.how))?;
    Ok(files.into_iter().map(|it| it.path).filter(policy::is_policy_file).collect())
}

/// One line a rule: its weight, its id, its title.
fn listing(policy: &Policy) -> String {
    let width = policy.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let rules = policy.rules.iter().map(|rule| {
        let (id, title) = (visible(&rule.id), visible(&rule.title));
        let folder =
            if rule.folder.is_root() { String::new() } else { format!("  in {}", visible(rule.folder.as_str())) };
        format!("{:6}  {id:width$}  {title}{folder}\n", rule.level.as_str())
    });
    format!("{}\n{}", visible(&policy.source), rules.collect::<String>())
}
