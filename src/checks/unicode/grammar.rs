//! What is written in a file, as far as names of others and spaces are concerned: told by its name.

use crate::model::{RepoPath, Text};

/// What is written in a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Grammar {
    /// A shell, a Makefile, a Dockerfile, a list for Git: a foreign space is a part of the word.
    Words,
    /// Only the space of the keyboard indents and separates.
    Yaml,
    /// A manifest: it names the packages of others.
    Manifest,
    Other,
}

impl Grammar {
    pub(super) fn of(path: &RepoPath, text: &Text) -> Self {
        let name = path.name();
        if is_manifest(name) {
            return Self::Manifest;
        }
        if matches!(path.extension(), Some("yml" | "yaml")) {
            return Self::Yaml;
        }
        let first = text.line(1).map_or("", |it| it.text);
        let is_script = first.starts_with("#!") && first.trim_end().ends_with("sh");
        if is_script || has_words(path) { Self::Words } else { Self::Other }
    }
}

fn has_words(path: &RepoPath) -> bool {
    const EXTENSIONS: [&str; 10] =
        ["sh", "bash", "zsh", "ksh", "dash", "fish", "bats", "mk", "dockerfile", "containerfile"];
    const NAMES: [&str; 9] = [
        "Makefile",
        "makefile",
        "GNUmakefile",
        "Dockerfile",
        "Containerfile",
        "CODEOWNERS",
        ".gitignore",
        ".gitattributes",
        ".dockerignore",
    ];
    let name = path.name();
    let is_image = name.starts_with("Dockerfile.") || name.starts_with("Containerfile.");
    is_image || NAMES.contains(&name) || path.extension().is_some_and(|it| EXTENSIONS.contains(&it))
}

fn is_manifest(name: &str) -> bool {
    const NAMES: [&str; 19] = [
        "package.json",
        "composer.json",
        "deno.json",
        "bower.json",
        "Cargo.toml",
        "pyproject.toml",
        "Pipfile",
        "setup.cfg",
        "setup.py",
        "go.mod",
        "go.work",
        "Gemfile",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "libs.versions.toml",
        "pubspec.yaml",
        "mix.exs",
        "environment.yml",
    ];
    let is_list = |stem: &str| stem.contains("requirements") || stem.contains("constraints");
    NAMES.contains(&name) || name.ends_with(".gemspec") || name.strip_suffix(".txt").is_some_and(is_list)
}
