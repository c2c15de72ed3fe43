//! `gatecheck init`: looks at the repository and writes a commented policy that fits it.

use std::io::Write;

use super::args::InitArgs;
use super::error::CliError;
use super::output;
use crate::gather::env::Environment;
use crate::git::{Repository, Trust};
use crate::model::{Missing, RepoPath, Tree};

/// What was found that a policy can speak about.
#[derive(Debug, Default)]
struct Stack {
    /// Words for the reader: "Rust (Cargo.toml)".
    seen: Vec<String>,
    /// Folders with database migrations.
    migrations: Vec<String>,
    /// Files that a dependency manager writes.
    lock_files: Vec<(&'static str, &'static str)>,
    /// A change log at the root.
    changelog: Option<&'static str>,
    /// Whether commit subjects follow Conventional Commits so far.
    conventional: bool,
    /// The code owners file.
    codeowners: Option<&'static str>,
}

/// Files that tell a stack, the manifest and lock file of its dependencies.
const STACKS: [(&str, &str, Option<&str>); 16] = [
    ("Rust", "Cargo.toml", Some("Cargo.lock")),
    ("JavaScript (npm)", "package.json", Some("package-lock.json")),
    ("JavaScript (yarn)", "package.json", Some("yarn.lock")),
    ("JavaScript (pnpm)", "package.json", Some("pnpm-lock.yaml")),
    ("Python (Poetry)", "pyproject.toml", Some("poetry.lock")),
    ("Python (uv)", "pyproject.toml", Some("uv.lock")),
    ("Go", "go.mod", Some("go.sum")),
    ("Ruby", "Gemfile", Some("Gemfile.lock")),
    ("PHP", "composer.json", Some("composer.lock")),
    ("Elixir", "mix.exs", Some("mix.lock")),
    ("Python", "pyproject.toml", None),
    ("JavaScript", "package.json", None),
    ("Java (Maven)", "pom.xml", None),
    ("Java or Kotlin (Gradle)", "build.gradle", None),
    ("Docker", "Dockerfile", None),
    ("Terraform", "main.tf", None),
];

/// Where continuous integration is configured.
const CI: [(&str, &str); 6] = [
    ("GitHub Actions", ".github/workflows"),
    ("GitLab CI", ".gitlab-ci.yml"),
    ("CircleCI", ".circleci/config.yml"),
    ("Azure Pipelines", "azure-pipelines.yml"),
    ("Jenkins", "Jenkinsfile"),
    ("Buildkite", ".buildkite/pipeline.yml"),
];

/// Folders in which frameworks keep database migrations.
const MIGRATIONS: [&str; 7] =
    ["migrations", "db/migrate", "db/migrations", "prisma/migrations", "alembic/versions", "database/migrations", "priv/repo/migrations"];

pub(super) fn init(args: &InitArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let start = super::start(args.repo.as_deref())?;
    let repository = Repository::discover_with(&start, Trust::AsData, environment.overrides())?;
    let root = repository.work_tree().ok_or_else(|| {
        CliError::usage("a bare repository has no place for a policy file").help("run it in a clone with a work tree")
    })?;
    let tree = super::facts::work_tree(&repository)?;
    let stack = detect(tree.as_ref()).map_err(|missing| CliError::undecided(missing.what).help(missing.how))?;
    let policy = render(&stack);
    if args.dry_run {
        return out.write_all(policy.as_bytes()).or_else(super::explain::quiet);
    }
    let path = root.join("gatecheck.yaml");
    if path.exists() && !args.force {
        return Err(CliError::usage("`gatecheck.yaml` is there already")
            .help("`--force` replaces it, `--dry-run` prints what would be written"));
    }
    output::write_file(&path, policy.as_bytes())?;
    let found = if stack.seen.is_empty() { "nothing in particular".to_owned() } else { stack.seen.join(", ") };
    writeln!(out, "found: {found}\nwrote gatecheck.yaml; read it, then run `gatecheck`").or_else(super::explain::quiet)
}

fn detect(tree: &dyn Tree) -> Result<Stack, Missing> {
    let mut stack = Stack::default();
    let present = |path: &str| tree.file(&RepoPath::new(path)).map(|file| file.is_some());
    let folder = |path: &str| tree.children(&RepoPath::new(path)).map(|children| !children.is_empty());
    let mut explained: Vec<&str> = Vec::new();
    for (name, manifest, lock) in STACKS {
        let found = present(manifest)? && lock.map_or(Ok(!explained.contains(&manifest)), present)?;
        if found {
            explained.push(manifest);
            stack.seen.push(format!("{name} (`{manifest}`)"));
            stack.lock_files.extend(lock.map(|lock| (manifest, lock)));
        }
    }
    for (name, path) in CI {
        if present(path)? || folder(path)? {
            stack.seen.push(format!("{name} (`{path}`)"));
        }
    }
    for path in MIGRATIONS {
        if folder(path)? {
            stack.seen.push(format!("migrations (`{path}`)"));
            stack.migrations.push(format!("{path}/**"));
        }
    }
    for path in ["CHANGELOG.md", "CHANGES.md", "HISTORY.md", "CHANGELOG.rst"] {
        if stack.changelog.is_none() && present(path)? {
            stack.changelog = Some(path);
        }
    }
    for path in [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"] {
        if stack.codeowners.is_none() && present(path)? {
            stack.codeowners = Some(path);
            stack.seen.push(format!("code owners (`{path}`)"));
        }
    }
    let conventional = ["commitlint.config.js", ".commitlintrc", ".commitlintrc.json", ".commitlintrc.yml", "cog.toml", "committed.toml"];
    stack.conventional = conventional.iter().map(|path| present(path)).collect::<Result<Vec<_>, _>>()?.contains(&true);
    Ok(stack)
}
