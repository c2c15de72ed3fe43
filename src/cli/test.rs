//! `gatecheck test`: runs the cases of the user's own policy tests.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::args::{PolicyChoice, TestArgs};
use super::error::CliError;
use super::loader::Loader;
use super::{output, policy as choose};
use crate::casebook::{self, Casebook};
use crate::formats::visible::visible;
use crate::gather::Environment;
use crate::model::{File, FileMode, MapTree, ObjectId, RepoPath};
use crate::policy::{self, Policy, PolicyErrors, Sources};

/// Where tests are looked for when none are named.
const FOLDERS: [&str; 3] = ["gatecheck/tests", ".gatecheck/tests", "policies/tests"];

pub(super) fn test(args: &TestArgs, environment: &Environment, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let repository = super::repository::open(args.repo.as_deref(), environment)?;
    let root = repository
        .work_tree()
        .map_or_else(|| super::repository::start(args.repo.as_deref()), |root| Ok(root.to_owned()))?;
    let choice = PolicyChoice::of_file(args.policy.clone());
    let tree = super::repository::work_tree(&repository)?;
    let policy = Loader::new(environment, repository.places()).load(choose::sources(&choice, tree)?)?;
    let policy = Arc::new(policy);
    let mut books = Vec::new();
    let examples = casebook::examples_of(&policy);
    let has_examples = !examples.results.is_empty();
    if has_examples {
        books.push((policy.source.clone(), examples));
    }
    for path in files(args, &root, has_examples)? {
        let name = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        let text = fs::read_to_string(&path)
            .map_err(|error| CliError::usage(format!("the cases of `{name}` cannot be read: {error}")))?;
        let book = casebook::run_policy(&text, |own| own.map_or_else(|| Ok(Arc::clone(&policy)), of_case));
        let book = book.map_err(|errors| {
            let lines: Vec<String> =
                errors.0.iter().map(|error| format!("{name}:{}: {}", error.line, error.message)).collect();
            CliError::usage(format!("the cases cannot be run: {}", lines.join("; ")))
        })?;
        if args.update && book.blessed != text {
            output::write_file(&path, book.blessed.as_bytes())?;
        }
        books.push((name, book));
    }
    if books.iter().all(|(_, book)| book.results.is_empty()) {
        return Err(none_here("there is no case in the policy tests"));
    }
    if let Some(path) = &args.junit {
        let named: Vec<(&str, &Casebook)> = books.iter().map(|(name, book)| (name.as_str(), book)).collect();
        output::write_file(path, casebook::junit(&named).as_bytes())?;
    }
    tell(args, &policy, &books, out)
}

/// The policy of a case's own block.
pub(super) fn of_case(text: &str) -> Result<Arc<Policy>, Vec<String>> {
    let mut tree = MapTree::default();
    let file = File { path: RepoPath::new("gatecheck.yaml"), mode: FileMode::Regular, id: ObjectId::NONE };
    tree.insert(file, Some(text.as_bytes().into()));
    let sentences = |errors: PolicyErrors| errors.errors().iter().map(ToString::to_string).collect();
    policy::load(&Sources::of(Arc::new(tree))).map(Arc::new).map_err(sentences)
}

fn files(args: &TestArgs, root: &Path, may_be_none: bool) -> Result<Vec<PathBuf>, CliError> {
    let named: Vec<PathBuf> = if args.paths.is_empty() {
        let folders = FOLDERS.iter().map(|folder| root.join(folder)).filter(|folder| folder.is_dir());
        folders.map(|folder| inside(folder, root)).collect::<Result<_, _>>()?
    } else {
        args.paths.clone()
    };
    let mut found = Vec::new();
    for path in &named {
        for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
            let entry =
                entry.map_err(|error| CliError::usage(format!("`{}` cannot be read: {error}", path.display())))?;
            let is_named = entry.depth() == 0;
            let is_cases = entry.path().extension().is_some_and(|it| it == "md");
            if entry.file_type().is_file() && (is_named || is_cases) {
                found.push(entry.into_path());
            }
        }
    }
    if found.is_empty() && !may_be_none {
        return Err(none_here("there are no policy tests here"));
    }
    Ok(found)
}

/// A folder that was found and not named. A link of the repository must not lead to what `--update` writes.
fn inside(folder: PathBuf, root: &Path) -> Result<PathBuf, CliError> {
    let real = |path: &Path| fs::canonicalize(path).ok();
    match real(&folder).zip(real(root)) {
        Some((folder_at, root_at)) if folder_at.starts_with(&root_at) => Ok(folder),
        _ => Err(CliError::usage(format!("`{}` leads out of the repository", folder.display()))
            .help("name the folder on the command line if it is the right one")),
    }
}

fn none_here(message: &str) -> CliError {
    CliError::usage(message)
        .help(format!("write cases in Markdown files below `{}/`; `docs/cases.md` shows how", FOLDERS[0]))
}

fn tell(
    args: &TestArgs,
    policy: &Policy,
    books: &[(String, Casebook)],
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let (mut held, mut failed, mut updated) = (0_usize, 0_usize, 0_usize);
    let mut text = String::new();
    for (name, book) in books {
        for result in &book.results {
            if result.holds() {
                held += 1;
                continue;
            }
            let is_written = args.update && !book.blessed.is_empty();
            failed += usize::from(!is_written);
            updated += usize::from(is_written);
            let word = if is_written { "updated" } else { "FAIL" };
            text.push_str(&format!("{word}  {}:{}  {}\n", visible(name), result.line, visible(&result.title)));
            let changed = |sign: char, lines: &str| {
                lines.lines().map(|line| format!("  {sign} {}\n", visible(line))).collect::<String>()
            };
            text.push_str(&changed('-', &result.expected));
            text.push_str(&changed('+', &result.actual));
        }
    }
    let only: Vec<&Casebook> = books.iter().map(|(_, book)| book).collect();
    let unseen = casebook::never_failing(policy, &only);
    if !unseen.is_empty() {
        text.push_str(&format!("no case sees these rules fail: {}\n", unseen.join(", ")));
    }
    let rewritten = if args.update { format!(", {updated} updated") } else { String::new() };
    let missed = if args.update && failed == 0 { String::new() } else { format!(", {failed} failed") };
    text.push_str(&format!("{held} passed{rewritten}{missed}\n"));
    out.write_all(text.as_bytes()).or_else(super::explain::quiet)?;
    let closed = failed > 0 || (args.require_failing_case && !unseen.is_empty());
    Ok(if closed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
