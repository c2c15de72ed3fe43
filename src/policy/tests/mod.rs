//! Policies as a whole: where they are found, what they inherit, and what they must not.

mod conditions;
mod discovery;
mod inheritance;
mod nested;
mod printing;
mod weakening;

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{GitSource, Policy, PolicyErrors, Sources, load};
use crate::model::{File, FileMode, MapTree, Missing, ObjectId, RepoPath, Tree};

/// Another repository's commit in every test.
const REV: &str = "6f1c0d2a6f1c0d2a6f1c0d2a6f1c0d2a6f1c0d2a";
const URL: &str = "https://git.example.com/platform/policies";

fn id_of(bytes: &[u8]) -> ObjectId {
    let digest = Sha256::digest(bytes);
    ObjectId::from_bytes(&digest).unwrap_or_default()
}

fn tree(files: &[(&str, &str)]) -> Arc<MapTree> {
    let files: Vec<(&str, FileMode, &str)> =
        files.iter().map(|(path, text)| (*path, FileMode::Regular, *text)).collect();
    tree_with_modes(&files)
}

fn tree_with_modes(files: &[(&str, FileMode, &str)]) -> Arc<MapTree> {
    let mut tree = MapTree::default();
    for (path, mode, text) in files {
        let file = File { path: RepoPath::new(path), mode: *mode, id: id_of(text.as_bytes()) };
        tree.insert(file, Some(Arc::from(text.as_bytes())));
    }
    Arc::new(tree)
}

fn sources<'a>(files: &[(&str, &str)], touched: &[&str]) -> Sources<'a> {
    let touched = touched.iter().map(|it| RepoPath::new(it)).collect();
    Sources { touched, ..Sources::of(tree(files)) }
}

/// Sources with another repository at [`REV`].
fn with_foreign<'a>(files: &[(&str, &str)], foreign: &[(&str, &str)]) -> Sources<'a> {
    let foreign = tree(foreign);
    let fetch = move |source: &GitSource| -> Result<Arc<dyn Tree>, Missing> {
        if source.url == URL && source.rev.to_string() == REV {
            return Ok(Arc::clone(&foreign) as Arc<dyn Tree>);
        }
        Err(Missing::here(format!("`{}` cannot be reached", source.url), "check the address"))
    };
    Sources { fetch: Box::new(fetch), ..Sources::of(tree(files)) }
}

/// The policy of a repository that has these files.
fn loaded(files: &[(&str, &str)], touched: &[&str]) -> Policy {
    accept(load(&sources(files, touched)))
}

#[track_caller]
fn accept(result: Result<Policy, PolicyErrors>) -> Policy {
    result.unwrap_or_else(|errors| panic!("{}", plain(&errors)))
}

/// Every error, one a line: message, then the labels with their places.
#[track_caller]
fn refusals(result: Result<Policy, PolicyErrors>) -> Vec<String> {
    match result {
        Ok(policy) => panic!("the policy loads with {} rules", policy.rules.len()),
        Err(errors) => errors.errors().iter().map(|it| it.message.clone()).collect(),
    }
}

fn plain(errors: &PolicyErrors) -> String {
    errors.render(100, miette::GraphicalTheme::unicode_nocolor())
}

/// Id, level and folder of each rule.
fn summary(policy: &Policy) -> Vec<String> {
    let rules = policy.rules.iter();
    rules.map(|it| format!("{} {} {}", it.id, it.level.as_str(), it.folder).trim_end().to_owned()).collect()
}
