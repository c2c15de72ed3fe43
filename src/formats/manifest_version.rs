//! The version that a project's own manifest states, and where.
//!
//! Known by its name: `Cargo.toml`, `pyproject.toml`, `package.json`, `composer.json`, `Chart.yaml`,
//! `pubspec.yaml`, and plain `VERSION` files. A pointer reads any other YAML, JSON or TOML file.

use toml_edit::{Document, Item};

use super::node::{Node, Value};
use super::problem::Problem;
use super::yaml;
use crate::model::{RepoPath, Span, Text};

/// What a manifest says about its version.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ManifestVersion {
    /// It is this.
    Stated(String, Span),
    /// It is the workspace's: `version.workspace = true`.
    OfWorkspace(Span),
    /// There is none at the usual place, or at the given one.
    Absent,
    /// The file cannot be read.
    Unreadable(Problem),
    /// Nobody knows where such a file keeps its version.
    UnknownKind,
}

/// Reads the version of the file at `path`; `pointer` (`/a/b`) says where it stands in a file of another kind.
#[must_use]
pub fn read(path: &RepoPath, text: &Text, pointer: Option<&str>) -> ManifestVersion {
    let content = text.as_str();
    match (path.name(), path.extension(), pointer) {
        (_, Some("toml"), Some(pointer)) => toml(content, &[pointer]),
        (_, Some("json" | "yaml" | "yml"), Some(pointer)) => tree(content, pointer),
        ("Cargo.toml", _, None) => toml(content, &["/package/version", "/workspace/package/version"]),
        ("pyproject.toml", _, None) => toml(content, &["/project/version", "/tool/poetry/version"]),
        ("package.json" | "composer.json" | "Chart.yaml" | "pubspec.yaml", _, None) => tree(content, "/version"),
        (name, _, None) if is_plain(name) => plain(text),
        (_, _, Some(_) | None) => ManifestVersion::UnknownKind,
    }
}

/// The version that a Cargo workspace hands to its members.
#[must_use]
pub fn of_workspace(text: &Text) -> ManifestVersion {
    toml(text.as_str(), &["/workspace/package/version"])
}

fn is_plain(name: &str) -> bool {
    let stem = name.strip_suffix(".txt").unwrap_or(name);
    stem.eq_ignore_ascii_case("version") || name == ".version"
}

/// The first word of the file; a `v` before it is no part of the version.
fn plain(text: &Text) -> ManifestVersion {
    let content = text.as_str();
    let start = content.len() - content.trim_start().len();
    let word = content.split_whitespace().next().unwrap_or_default();
    match word.strip_prefix('v').unwrap_or(word) {
        "" => ManifestVersion::Absent,
        version => {
            let end = start + word.len();
            ManifestVersion::Stated(version.to_owned(), Span::new(end - version.len(), end))
        }
    }
}

/// JSON is read by the YAML reader, which knows where each value stands.
fn tree(content: &str, pointer: &str) -> ManifestVersion {
    let (documents, problems) = yaml::parse(content);
    let Some(root) = documents.into_iter().next().and_then(|it| it.root) else {
        return problems.into_iter().next().map_or(ManifestVersion::Absent, ManifestVersion::Unreadable);
    };
    root.pointer(pointer).map_or(ManifestVersion::Absent, |node| scalar(content, node))
}

/// A version such as `1.10` is a number to YAML; its text is taken from the file.
fn scalar(content: &str, node: &Node) -> ManifestVersion {
    match &node.value {
        Value::String(version) => ManifestVersion::Stated(version.clone(), node.span),
        Value::Int(_) | Value::Float(_) => {
            let written = content.get(node.span.start..node.span.end).unwrap_or_default();
            ManifestVersion::Stated(written.to_owned(), node.span)
        }
        Value::Null | Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) => ManifestVersion::Absent,
    }
}

fn toml(content: &str, pointers: &[&str]) -> ManifestVersion {
    let document = match Document::parse(content) {
        Ok(document) => document,
        Err(error) => {
            let span = error.span().map_or(Span::new(0, 0), |it| Span::new(it.start, it.end));
            return ManifestVersion::Unreadable(Problem::new(span, format!("this is not TOML: {}", error.message())));
        }
    };
    let item = pointers
        .iter()
        .find_map(|pointer| pointer.split('/').skip(1).try_fold(document.as_item(), |item: &Item, key| item.get(key)));
    let Some(item) = item else { return ManifestVersion::Absent };
    let span = item.span().map_or(Span::new(0, 0), |it| Span::new(it.start, it.end));
    match item.as_str() {
        Some(version) => ManifestVersion::Stated(version.to_owned(), span),
        None if item.get("workspace").and_then(Item::as_bool) == Some(true) => ManifestVersion::OfWorkspace(span),
        None => ManifestVersion::Absent,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(path: &str, content: &str, pointer: Option<&str>) -> Option<(String, String)> {
        let text = Text::decode(content.as_bytes());
        match read(&RepoPath::new(path), &text, pointer) {
            ManifestVersion::Stated(version, span) => {
                Some((version, text.as_str().get(span.start..span.end).unwrap_or("?").to_owned()))
            }
            ManifestVersion::OfWorkspace(_)
            | ManifestVersion::Absent
            | ManifestVersion::Unreadable(_)
            | ManifestVersion::UnknownKind => None,
        }
    }

    fn pair(version: &str, written: &str) -> Option<(String, String)> {
        Some((version.to_owned(), written.to_owned()))
    }

    #[test]
    fn each_kind_of_manifest_is_read_at_its_place() {
        let cargo = "[package]\nname = \"a\"\nversion = \"1.2.0\"\n";
        assert_eq!(found("Cargo.toml", cargo, None), pair("1.2.0", "\"1.2.0\""));
        assert_eq!(found("a/pyproject.toml", "[tool.poetry]\nversion = '1.2'\n", None), pair("1.2", "'1.2'"));
        assert_eq!(
            found("package.json", "{\n\t\"a\": {\"version\": \"9\"},\n\t\"version\": \"1.2.0\"\n}\n", None),
            pair("1.2.0", "\"1.2.0\"")
        );
        assert_eq!(found("Chart.yaml", "apiVersion: v2\nversion: 1.10\n", None), pair("1.10", "1.10"));
        assert_eq!(found("VERSION", "\nv1.2.0\n", None), pair("1.2.0", "1.2.0"));
        assert_eq!(found("a.json", "{\"a\": {\"b\": \"1\"}}", Some("/a/b")), pair("1", "\"1\""));
        assert_eq!(found("gleam.toml", "version = \"1\"", Some("/version")), pair("1", "\"1\""));
    }

    #[test]
    fn a_member_of_a_workspace_refers_to_it() {
        let text = Text::decode(b"[package]\nversion.workspace = true\n");
        assert!(matches!(read(&RepoPath::new("Cargo.toml"), &text, None), ManifestVersion::OfWorkspace(_)));
        let text = Text::decode(b"[workspace.package]\nversion = \"3.0.0\"\n");
        assert!(matches!(of_workspace(&text), ManifestVersion::Stated(version, _) if version == "3.0.0"));
    }

    #[test]
    fn what_cannot_be_read_says_so() {
        let read = |path: &str, content: &str| read(&RepoPath::new(path), &Text::decode(content.as_bytes()), None);
        assert!(matches!(read("Cargo.toml", "[package"), ManifestVersion::Unreadable(_)));
        assert!(matches!(read("package.json", "{"), ManifestVersion::Unreadable(_)));
        assert_eq!(read("Cargo.toml", "[workspace]\n"), ManifestVersion::Absent);
        assert_eq!(read("CMakeLists.txt", "project(a VERSION 1.2)"), ManifestVersion::UnknownKind);
    }

    proptest! {
        #[test]
        fn any_content_is_read_without_a_panic(content in "[a-z\"{}\\[\\]:=. \n\t]{0,60}") {
            for path in ["Cargo.toml", "package.json", "Chart.yaml", "VERSION"] {
                let _ = found(path, &content, None);
            }
        }
    }
}
