//! `gatecheck import`: takes over what another tool was told.
//!
//! A configuration becomes a policy; what was accepted becomes a baseline. Nothing is dropped in silence: what cannot be
//! carried over is a warning with its place. No value is written anywhere.

mod accepted;
mod expression;
mod extend;
mod names;
mod policy;
mod told;

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::accepted::{Accepted, Finder, Value};
use self::extend::Merged;
use self::told::Told;
use super::args::{ImportCommand, ImportGitleaksArgs, ImportWriting};
use super::error::CliError;
use super::loader::Loader;
use super::output;
use super::test::of_case;
use crate::formats::detect_secrets::{self, Target};
use crate::formats::gitleaks::{ignore, report};
use crate::formats::visible::visible;
use crate::gather::{Environment, clock};
use crate::git::Repository;
use crate::model::{BaselineEntry, RepoPath};
use crate::policy::{self as policies, Policy, Sources};

/// Where a configuration is looked for.
const CONFIGURATIONS: [&str; 4] = [".gitleaks.toml", "gitleaks.toml", ".betterleaks.toml", "betterleaks.toml"];
/// Where accepted findings are looked for.
const IGNORED: [&str; 2] = [".gitleaksignore", ".betterleaksignore"];
/// Where a policy is looked for.
const POLICIES: [&str; 3] = ["gatecheck.yaml", ".gatecheck.yaml", ".github/gatecheck.yaml"];
/// The file for what was accepted, unless the policy names one.
const BASELINE: &str = "gatecheck.baseline.json";

/// Takes over what a tool was told.
pub(super) fn import(command: &ImportCommand, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    match command {
        ImportCommand::Gitleaks(args) => gitleaks(args, environment, out),
        ImportCommand::GitleaksReport(args) => baseline((Some(&args.file), &args.writing), of_report, environment, out),
        ImportCommand::DetectSecrets(args) => {
            baseline((args.file.as_deref(), &args.writing), of_detect_secrets, environment, out)
        }
    }
}

fn gitleaks(args: &ImportGitleaksArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let opened = super::repository::open(args.writing.repo.as_deref(), environment);
    // A configuration can be read anywhere; everything else is about a repository.
    let repository = match opened {
        Err(error) if args.file.is_none() || args.writing.write || !args.report.is_empty() => return Err(error),
        Err(_) => None,
        Ok(repository) => Some(repository),
    };
    let root = repository.as_ref().and_then(|it| it.work_tree().map(Path::to_owned));
    let mut told = Told::default();
    let named = args.file.clone().or_else(|| environment.gitleaks_configuration());
    let (config, name) = configuration(args, named.as_deref(), root.as_deref(), &mut told)?;
    let mut accepted = ignored(args, root.as_deref(), &mut told)?;
    let mut read = BTreeSet::new();
    for file in &args.report {
        let source = told.read(file, file.display().to_string(), told::LIST)?;
        read.extend(root.as_deref().and_then(|root| within(root, file)));
        accepted.extend(of_report(&mut told, source).accepted);
    }
    let text = policy::policy(&mut told, &config, &name);
    let made = of_case(&text).ok();
    let mut entries = Vec::new();
    if let (Some(repository), Some(policy), false) = (&repository, &made, accepted.is_empty()) {
        let tree = super::repository::work_tree(repository)?;
        let finder = Finder::new(repository, tree, policy, clock::now(), read);
        entries = matched(finder, &accepted, &mut told)?;
    }
    told.print();
    if !args.writing.write {
        if !accepted.is_empty() {
            note(&format!("{}; `--write` writes them to `{BASELINE}`", counted(&accepted, &entries)));
        }
        return out.write_all(text.as_bytes()).or_else(super::explain::quiet);
    }
    let root = root.ok_or_else(bare)?;
    let policy = POLICIES.into_iter().find(|it| root.join(it).exists()).unwrap_or(POLICIES[0]);
    if entries.is_empty() {
        refuse_to_replace(&root, &args.writing, [policy])?;
        output::write_file(&root.join(policy), text.as_bytes())?;
    } else {
        refuse_to_replace(&root, &args.writing, [policy, BASELINE])?;
        write_baseline(&root, BASELINE, &entries)?;
        output::write_file(&root.join(policy), with_baseline(&text).as_bytes())?;
    }
    if !accepted.is_empty() {
        note(&counted(&accepted, &entries));
    }
    let also = if entries.is_empty() { String::new() } else { format!(" and {BASELINE}") };
    let test = if text.contains("\n      detectors:\n") { "`gatecheck test` and " } else { "" };
    let text = format!("wrote {policy}{also}; read what is written, then run {test}`gatecheck --all`\n");
    out.write_all(text.as_bytes()).or_else(super::explain::quiet)
}

/// The configuration that was named or found, and what the policy says that it is made of.
fn configuration(
    args: &ImportGitleaksArgs,
    named: Option<&Path>,
    root: Option<&Path>,
    told: &mut Told,
) -> Result<(Merged, String), CliError> {
    if let Some(file) = named {
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let root = root.filter(|root| within(root, file).is_some()).unwrap_or(folder);
        let name = file.display().to_string();
        let made_of = format!("`{}`", visible(&name));
        return Ok((extend::merged(told, root, file, name)?, made_of));
    }
    let root = root.ok_or_else(bare)?;
    let mut found = CONFIGURATIONS.into_iter().filter(|it| root.join(it).is_file());
    let Some(name) = found.next() else {
        let is_told = !args.report.is_empty() || args.gitleaks_ignore_path.is_some();
        if is_told || IGNORED.iter().any(|it| root.join(it).is_file()) {
            return Ok((Merged { uses_default: true, ..Merged::default() }, "what gitleaks ignores".to_owned()));
        }
        let help = format!("name it: `gatecheck import gitleaks FILE`; looked for {}", CONFIGURATIONS.join(", "));
        return Err(CliError::usage("there is no configuration of gitleaks at the root of the repository").help(help));
    };
    let others: Vec<&str> = found.collect();
    if within(root, &root.join(name)).is_none() {
        return Err(CliError::usage(format!("`{name}` leads out of the repository"))
            .help("name the file on the command line if it is the right one"));
    }
    let merged = extend::merged(told, root, &root.join(name), name.to_owned())?;
    for other in others {
        told.warn_of(0, format!("`{other}` stands beside it and is not read: it would not be read there either"));
    }
    Ok((merged, format!("`{name}`")))
}

/// What stands in the files of ignored findings: at the root, and where the command line says.
fn ignored(args: &ImportGitleaksArgs, root: Option<&Path>, told: &mut Told) -> Result<Vec<Accepted>, CliError> {
    let mut files: Vec<(PathBuf, String)> = Vec::new();
    if let Some(named) = &args.gitleaks_ignore_path {
        let file = if named.is_dir() { named.join(IGNORED[0]) } else { named.clone() };
        let name = file.display().to_string();
        files.push((file, name));
    }
    let at_root = root.into_iter().flat_map(|root| IGNORED.into_iter().map(|it| (root.join(it), it.to_owned())));
    files.extend(at_root.filter(|(file, _)| file.is_file()));
    let mut accepted = Vec::new();
    for (file, name) in files {
        let source = told.read(&file, name, told::LIST)?;
        let (found, problems) = ignore::parse(told.text(source));
        told.problems(source, &problems);
        accepted.extend(found.into_iter().map(|it| Accepted {
            place: (source, it.span),
            rule: Some(it.rule),
            commit: it.commit,
            path: it.path,
            lines: Some((it.line, it.line)),
            value: Value::Unknown,
        }));
    }
    Ok(accepted)
}

/// What a file says that was accepted, and what else it says.
#[derive(Default)]
struct Listed {
    accepted: Vec<Accepted>,
    /// Entries of `allow`, in YAML.
    allow: Vec<serde_json::Value>,
}

fn of_report(told: &mut Told, source: usize) -> Listed {
    let (leaks, problems) = report::parse(told.text(source));
    told.problems(source, &problems);
    if leaks.iter().any(|it| it.secret.is_some()) {
        told.warn_of(source, "this report holds secrets in plain text: delete it when it is taken over");
    }
    let accepted = leaks.into_iter().map(|it| Accepted {
        place: (source, it.span),
        rule: Some(it.rule),
        commit: it.commit,
        path: it.path,
        lines: Some(it.lines),
        value: it.secret.map_or(Value::Unknown, Value::Text),
    });
    Listed { accepted: accepted.collect(), allow: Vec::new() }
}

/// What detect-secrets calls a private key: its value is the line that begins it.
const PRIVATE_KEY: &str = "Private Key";

fn of_detect_secrets(told: &mut Told, source: usize) -> Listed {
    let (baseline, problems) = detect_secrets::parse(told.text(source));
    told.problems(source, &problems);
    let mut listed = Listed::default();
    for it in baseline.entries {
        if it.is_secret == Some(true) {
            told.warn(source, it.span, "somebody looked at this entry and called it a secret: revoke it");
        }
        let value = if it.kind == PRIVATE_KEY { Value::Sha1OfHeader(it.sha1) } else { Value::Sha1(it.sha1) };
        let lines = it.line.map(|line| (line, line));
        listed.accepted.push(Accepted {
            place: (source, it.span),
            rule: None,
            commit: None,
            path: it.path,
            lines,
            value,
        });
    }
    for it in baseline.excluded {
        if let Some(why) = excluded(told, source, &it, &mut listed.allow) {
            told.warn(source, it.span, why);
        }
    }
    listed
}

/// Adds what is left out to `allow`, or says why that cannot be.
fn excluded(
    told: &Told,
    source: usize,
    it: &detect_secrets::Excluded,
    allow: &mut Vec<serde_json::Value>,
) -> Option<String> {
    if told::spells_a_secret(&it.pattern) {
        return Some("this expression spells a secret out, and is left out: a policy must hold none".to_owned());
    }
    let reason = format!("left out in {} of the baseline of detect-secrets", told.place(source, it.span));
    let entry = match it.target {
        Target::Path => serde_json::json!({ "path-pattern": it.pattern, "reason": reason }),
        Target::Line => serde_json::json!({ "pattern": it.pattern, "target": "line", "reason": reason }),
        Target::Secret => serde_json::json!({ "pattern": it.pattern, "target": "secret", "reason": reason }),
    };
    let refused = policy::refused_by("secrets", &serde_json::json!({ "allow": [&entry] }));
    if refused.is_none() {
        allow.push(entry);
    }
    refused.map(|why| format!("this expression is left out: {why}"))
}

/// Takes over a file of accepted findings, for the policy that is in force.
fn baseline(
    (file, writing): (Option<&Path>, &ImportWriting),
    list: fn(&mut Told, usize) -> Listed,
    environment: &Environment,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let repository = super::repository::open(writing.repo.as_deref(), environment)?;
    let root = repository.work_tree().ok_or_else(bare)?.to_owned();
    let mut told = Told::default();
    let file = file.map_or_else(|| root.join(".secrets.baseline"), Path::to_owned);
    let name = within(&root, &file).map_or_else(|| file.display().to_string(), |it| it.to_string());
    let source = told.read(&file, name, told::LIST)?;
    let Listed { accepted, allow } = list(&mut told, source);
    let policy = in_force(&repository, &root, &allow, environment)?;
    let tree = super::repository::work_tree(&repository)?;
    let read = within(&root, &file).into_iter().collect();
    let finder = Finder::new(&repository, tree, &policy.policy, clock::now(), read);
    if !finder.has_rules() {
        return Err(CliError::usage(format!("`{}` has no rule of the check `secrets`", policy.policy.source))
            .help("add one, or `extends: [default]`"));
    }
    let entries = matched(finder, &accepted, &mut told)?;
    if policy.made.is_none() && !allow.is_empty() {
        told.warn_of(source, "what is left out by expressions is not carried into a policy that is there: see `allow`");
    }
    told.print();
    note(&counted(&accepted, &entries));
    let mut rules = policy.policy.rules.iter().filter(|it| it.check.meta.id == "secrets");
    if let Some(rule) = rules.find(|it| it.settings.get("foreign-comments").is_none()) {
        note(&format!("`foreign-comments: true` makes the rule `{}` honour comments of other scanners", rule.id));
    }
    let merged: Vec<BaselineEntry> = policy.policy.baseline.iter().cloned().chain(entries).collect();
    if !writing.write {
        return out.write_all(text_of(&merged)?.as_bytes()).or_else(super::explain::quiet);
    }
    let known = policy.policy.baseline_file.as_ref().map(ToString::to_string);
    let path = known.clone().unwrap_or_else(|| BASELINE.to_owned());
    if known.is_none() {
        refuse_to_replace(&root, writing, [BASELINE])?;
    }
    if root.join(&path).exists() && within(&root, &root.join(&path)).is_none() {
        return Err(CliError::usage(format!("`{path}` leads out of the repository")));
    }
    write_baseline(&root, &path, &merged)?;
    let said = match (&policy.made, known) {
        (Some(text), _) => {
            output::write_file(&root.join("gatecheck.yaml"), text.as_bytes())?;
            format!("wrote gatecheck.yaml and {path}; read them, then run `gatecheck --all`\n")
        }
        (None, Some(_)) => format!("wrote {path}; run `gatecheck --all`\n"),
        (None, None) => {
            format!("wrote {path}; add the line `baseline: {path}` to the policy, then run `gatecheck --all`\n")
        }
    };
    out.write_all(said.as_bytes()).or_else(super::explain::quiet)
}

/// The policy by which it is said what is reported.
struct InForce {
    policy: Arc<Policy>,
    /// Its text, when the repository has none and it is made here.
    made: Option<String>,
}

fn in_force(
    repository: &Repository,
    root: &Path,
    allow: &[serde_json::Value],
    environment: &Environment,
) -> Result<InForce, CliError> {
    if POLICIES.iter().any(|it| root.join(it).exists()) {
        let tree = super::repository::work_tree(repository)?;
        let policy = Loader::new(environment, repository.places()).load(Sources::of(tree))?;
        return Ok(InForce { policy: Arc::new(policy), made: None });
    }
    let settings = if allow.is_empty() {
        serde_json::json!({ "foreign-comments": true })
    } else {
        serde_json::json!({ "foreign-comments": true, "allow": allow })
    };
    let mut text = "gatecheck: 1\nextends: [default]\n\nrules:\n  secrets:\n    with:\n".to_owned();
    crate::formats::yaml_text::push(&mut text, &settings, 3);
    let policy = of_case(&text).map_err(|errors| CliError::undecided(errors.join("; ")))?;
    Ok(InForce { policy, made: Some(with_baseline(&text)) })
}

/// The entries for everything that was accepted; what matches nothing is told.
fn matched(mut finder: Finder<'_>, accepted: &[Accepted], told: &mut Told) -> Result<Vec<BaselineEntry>, CliError> {
    let mut entries = Vec::new();
    for it in accepted {
        match finder.entries(it)? {
            Ok(found) => entries.push(found),
            Err(why) => {
                entries.push(Vec::new());
                told.warn(it.place.0, it.place.1, format!("accepts nothing here: {why}"));
            }
        }
    }
    Ok(entries.concat())
}

fn counted(accepted: &[Accepted], entries: &[BaselineEntry]) -> String {
    let values: BTreeSet<&str> = entries.iter().map(|it| it.fingerprint.0.as_str()).collect();
    let entries = if accepted.len() == 1 {
        "1 accepted entry comes".to_owned()
    } else {
        format!("{} accepted entries come", accepted.len())
    };
    let findings = if values.len() == 1 { "1 secret".to_owned() } else { format!("{} secrets", values.len()) };
    format!("{entries} to {findings} that gatecheck reports")
}

/// The text of a policy that names the baseline.
fn with_baseline(policy: &str) -> String {
    policy.replacen("gatecheck: 1\n", &format!("gatecheck: 1\nbaseline: {BASELINE}\n"), 1)
}

fn text_of(entries: &[BaselineEntry]) -> Result<String, CliError> {
    let text = policies::baseline_text(entries);
    text.map_err(|error| CliError::undecided(format!("the baseline cannot be written: {error}")))
}

fn write_baseline(root: &Path, path: &str, entries: &[BaselineEntry]) -> Result<(), CliError> {
    output::write_file(&root.join(path), text_of(entries)?.as_bytes())
}

fn refuse_to_replace<'a>(
    root: &Path,
    writing: &ImportWriting,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<(), CliError> {
    let there = names.into_iter().find(|it| root.join(it).symlink_metadata().is_ok());
    match there.filter(|_| !writing.force) {
        None => Ok(()),
        Some(name) => Err(CliError::usage(format!("`{name}` is there already"))
            .help("`--force` replaces what is there; without `--write` the result is printed")),
    }
}

/// The path of a file in the repository, when it is in it.
fn within(root: &Path, file: &Path) -> Option<RepoPath> {
    let (root, file): (PathBuf, PathBuf) = (root.canonicalize().ok()?, file.canonicalize().ok()?);
    let path = file.strip_prefix(root).ok()?.to_str()?;
    Some(RepoPath::new(&path.replace('\\', "/")))
}

fn note(text: &str) {
    // Nobody to read it is no reason to fail.
    let _ = writeln!(io::stderr(), "note: {}", visible(text));
}

fn bare() -> CliError {
    CliError::usage("a bare repository has no files to look at").help("run it in a clone with a work tree")
}
