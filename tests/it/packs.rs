//! Shipped packs, the policy schema, and how wrong policies are told.

use std::path::PathBuf;
use std::sync::Arc;

use gatecheck::model::{File, FileMode, MapTree, ObjectId, RepoPath};
use gatecheck::policy::{self, Sources};

use crate::support;

fn tree_of(text: &[u8]) -> Arc<MapTree> {
    let mut tree = MapTree::default();
    let file = File {
        path: RepoPath::new("gatecheck.yaml"),
        mode: FileMode::Regular,
        id: ObjectId::from_bytes(&[1; 20]).unwrap(),
    };
    tree.insert(file, Some(Arc::from(text)));
    Arc::new(tree)
}

fn bad_policies() -> Vec<PathBuf> {
    let folder = support::root().join("fixtures/policies/bad");
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|it| it.extension().is_some_and(|it| it == "yaml")).collect();
    paths.sort();
    paths
}

#[test]
fn every_bad_policy_is_told_in_words_that_help() {
    let paths = bad_policies();
    assert!(paths.len() >= 30, "only {} bad policies", paths.len());
    for path in paths {
        let tree = tree_of(&std::fs::read(&path).unwrap());
        let errors = match policy::load(&Sources::of(tree)) {
            Ok(_) => panic!("{} loads", path.display()),
            Err(errors) => errors,
        };
        let text = errors.render(100, miette::GraphicalTheme::unicode_nocolor());
        let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        support::assert_current(&path.with_extension("txt"), &text);
    }
}
