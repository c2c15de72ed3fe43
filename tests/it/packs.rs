//! Shipped packs, the policy schema, and how wrong policies are told.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatecheck::formats::yaml;
use gatecheck::model::{File, FileMode, MapTree, ObjectId, RepoPath};
use gatecheck::policy::{self, Sources};

use crate::support;

fn tree_of(text: &[u8]) -> Arc<MapTree> {
    let mut tree = MapTree::default();
    insert(&mut tree, "gatecheck.yaml", text);
    Arc::new(tree)
}

fn insert(tree: &mut MapTree, path: &str, text: &[u8]) {
    let name: Vec<u8> = path.bytes().chain([0; 20]).take(20).collect();
    let id = ObjectId::from_bytes(&name).unwrap();
    let file = File { path: RepoPath::new(path), mode: FileMode::Regular, id };
    tree.insert(file, Some(Arc::from(text)));
}

/// A policy of one file, or a folder of several.
fn tree_at(path: &Path) -> Arc<MapTree> {
    if path.is_file() {
        return tree_of(&std::fs::read(path).unwrap());
    }
    let mut tree = MapTree::default();
    for entry in std::fs::read_dir(path).unwrap().map(|it| it.unwrap()) {
        insert(&mut tree, entry.file_name().to_str().unwrap(), &std::fs::read(entry.path()).unwrap());
    }
    Arc::new(tree)
}

fn bad_policies() -> Vec<PathBuf> {
    let folder = support::root().join("fixtures/policies/bad");
    let entries = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|it| it.extension().is_none_or(|it| it == "yaml")).collect();
    paths.sort();
    paths
}

#[test]
fn every_bad_policy_is_told_in_words_that_help() {
    let paths = bad_policies();
    assert!(paths.len() >= 30, "only {} bad policies", paths.len());
    for path in paths {
        let errors = match policy::load(&Sources::of(tree_at(&path))) {
            Ok(_) => panic!("{} loads", path.display()),
            Err(errors) => errors,
        };
        let text = errors.render(100, miette::GraphicalTheme::unicode_nocolor());
        let text: String = text.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        support::assert_current(&path.with_extension("txt"), &text);
    }
}

fn instance(text: &str) -> serde_json::Value {
    let root = yaml::parse(text).0.into_iter().next().and_then(|it| it.root);
    root.map_or(serde_json::Value::Null, |it| it.to_json())
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&policy::schema()).unwrap()
}

#[test]
fn the_published_schema_is_that_of_the_checks() {
    let text = format!("{}\n", serde_json::to_string_pretty(&policy::schema()).unwrap());
    support::assert_current(&support::root().join("policies/schema.json"), &text);
}

#[test]
fn the_schema_is_a_schema() {
    let error = jsonschema::meta::validate(&policy::schema()).map_err(|error| error.to_string());
    assert_eq!(error, Ok(()));
}

#[test]
fn every_shipped_pack_loads_and_fits_the_schema() {
    let files = std::fs::read_dir(support::root().join("policies")).unwrap().map(|it| it.unwrap().path());
    let files: Vec<PathBuf> = files.filter(|it| it.extension().is_some_and(|it| it == "yaml")).collect();
    assert_eq!(files.len(), policy::pack_names().len(), "a pack is not registered, or has no file");
    let validator = validator();
    for name in policy::pack_names() {
        let text = policy::pack(name).unwrap();
        assert!(text.starts_with("# For "), "the first line of `{name}` says for whom it is");
        if let Err(errors) = policy::load(&Sources::of(tree_of(text.as_bytes()))) {
            panic!("{name}: {}", errors.render(100, miette::GraphicalTheme::unicode_nocolor()));
        }
        let errors: Vec<String> = validator.iter_errors(&instance(text)).map(|it| it.to_string()).collect();
        assert_eq!(errors, [] as [String; 0], "{name}");
    }
}

#[test]
fn the_schema_takes_what_the_program_takes() {
    let text = "\
gatecheck: 1
extends: [default, ./base.yaml, { git: 'https://example.com/x', rev: 6f1c0d2a6f1c0d2a6f1c0d2a6f1c0d2a6f1c0d2a }]
floor: true
nested: [services/*]
profiles: [prod]
rules:
  conflict-markers: off
  two-words:
    check: text
    level: warn
    title: { en: Two words, zh-CN: 两个词 }
    when: { paths: 'src/**', any: [{ target: [main] }, { not: { size: { files: '>= 10' } } }], cel: draft }
    with: { forbidden: [{ pattern: TODO }], scope: tree }
    controls: [SOC2:CC8.1]
    waivable: false
waivers:
  - { rule: two-words, paths: ['src/**'], reason: old, owner: ana, approver: bo, expires: 2026-12-31 }
baseline: gatecheck-baseline.json
";
    let errors: Vec<String> = validator().iter_errors(&instance(text)).map(|it| it.to_string()).collect();
    assert_eq!(errors, [] as [String; 0]);
}

/// What only the program sees: the shape of these is right.
const BEYOND_THE_SCHEMA: [&str; 9] = [
    "anchors-bomb",
    "cel-wrong",
    "duplicate-key",
    "latin-1",
    "missing-check",
    "settings-bad-glob",
    "settings-bad-pattern",
    "two-documents",
    "unquoted-glob",
];

#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let validator = validator();
    for path in bad_policies().into_iter().filter(|it| it.is_file()) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let fits = validator.is_valid(&instance(&text));
        assert!(!fits || BEYOND_THE_SCHEMA.contains(&name), "{name} fits the schema");
    }
}
