//! `gatecheck policy`: the policy that is in force, and how the command line chooses one.

use std::io::{IsTerminal as _, Write};
use std::path::Path;
use std::sync::Arc;

use miette::GraphicalTheme;

use super::args::{PolicyChoice, PolicyLockArgs, PolicyShowArgs};
use super::error::CliError;
use super::output;
use crate::gather::Environment;
use crate::git::{Repository, Trust};
use crate::model::{File, FileMode, MapTree, ObjectId, RepoPath, Tree};
use crate::policy::{self, PolicyErrors, Sources};

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

/// The folder of the file is the tree that its `extends` can reach.
fn from_disk(path: &Path) -> Result<Sources<'static>, CliError> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| CliError::usage(format!("`{}` names no policy file", path.display())))?;
    let mut tree = MapTree::default();
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let unread =
        |error: std::io::Error| CliError::usage(format!("the policy `{}` cannot be read: {error}", path.display()));
    let beside = std::fs::read_dir(folder).map_err(unread)?.filter_map(Result::ok);
    let siblings = beside.filter_map(|entry| entry.file_name().into_string().ok()).filter(|it| it.ends_with(".yaml"));
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
    let text = format!("gatecheck: 1\nextends: [{name}]\nrules: {{}}\n");
    let mut tree = MapTree::default();
    let file = File { path: RepoPath::new("gatecheck.yaml"), mode: FileMode::Regular, id: ObjectId::default() };
    tree.insert(file, Some(text.into_bytes().into()));
    Ok(Sources::of(Arc::new(tree)))
}

/// The errors of a policy, drawn for the terminal.
pub(super) fn rendered(errors: &PolicyErrors) -> CliError {
    let plain = !std::io::stderr().is_terminal();
    let theme = if plain { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
    CliError::policy(errors.render(100, theme))
}
