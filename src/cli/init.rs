//! `gatecheck init`: looks at the repository and writes a commented policy that fits it.

use std::io::Write;

use super::args::InitArgs;
use super::error::CliError;
use super::output;
use crate::gather::Environment;
use crate::model::{Missing, RepoPath, Tree};

/// What was found that a policy can speak about.
#[derive(Debug, Default)]
struct Stack {
    /// Words for the reader: "Rust (Cargo.toml)".
    seen: Vec<String>,
    /// Folders with database migrations.
    migrations: Vec<String>,
    /// A change log at the root.
    changelog: Option<&'static str>,
    /// Whether commit subjects follow Conventional Commits so far.
    conventional: bool,
    /// The code owners file.
    codeowners: Option<&'static str>,
    /// What `gatecheck import` can take over.
    import: Option<&'static str>,
}

/// Files that tell a stack: its name and manifest, and the lock files that may stand beside it.
const STACKS: [(&str, &str, &[&str]); 11] = [
    ("Rust", "Cargo.toml", &["Cargo.lock"]),
    ("JavaScript", "package.json", &["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"]),
    ("Python", "pyproject.toml", &["uv.lock", "poetry.lock", "pdm.lock"]),
    ("Go", "go.mod", &["go.sum"]),
    ("Ruby", "Gemfile", &["Gemfile.lock"]),
    ("PHP", "composer.json", &["composer.lock"]),
    ("Elixir", "mix.exs", &["mix.lock"]),
    ("Java", "pom.xml", &[]),
    ("Gradle", "build.gradle", &["gradle.lockfile"]),
    ("Docker", "Dockerfile", &[]),
    ("Terraform", "main.tf", &[".terraform.lock.hcl"]),
];

/// What other scanners of secrets are told by, and the argument of `gatecheck import` that takes it over.
const SCANNERS: [(&str, &str); 5] = [
    (".gitleaks.toml", "gitleaks"),
    ("gitleaks.toml", "gitleaks"),
    (".betterleaks.toml", "gitleaks"),
    (".gitleaksignore", "gitleaks"),
    (".secrets.baseline", "detect-secrets"),
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
const MIGRATIONS: [&str; 7] = [
    "migrations",
    "db/migrate",
    "db/migrations",
    "prisma/migrations",
    "alembic/versions",
    "database/migrations",
    "priv/repo/migrations",
];

pub(super) fn init(args: &InitArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let repository = super::repository::open(args.repo.as_deref(), environment)?;
    let root = repository.work_tree().ok_or_else(|| {
        CliError::usage("a bare repository has no place for a policy file").help("run it in a clone with a work tree")
    })?;
    let tree = super::repository::work_tree(&repository)?;
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
    if let Some(command) = stack.import {
        writeln!(out, "`gatecheck import {command}` takes over what another scanner was told")
            .or_else(super::explain::quiet)?;
    }
    let found = if stack.seen.is_empty() { "nothing in particular".to_owned() } else { stack.seen.join(", ") };
    writeln!(out, "found: {found}\nwrote gatecheck.yaml; read it, then run `gatecheck`").or_else(super::explain::quiet)
}

fn detect(tree: &dyn Tree) -> Result<Stack, Missing> {
    let mut stack = Stack::default();
    let present = |path: &str| tree.file(&RepoPath::new(path)).map(|file| file.is_some());
    let folder = |path: &str| tree.children(&RepoPath::new(path)).map(|children| !children.is_empty());
    for (name, manifest, locks) in STACKS {
        if !present(manifest)? {
            continue;
        }
        let mut files = vec![format!("`{manifest}`")];
        for lock in locks {
            if present(lock)? {
                files.push(format!("`{lock}`"));
            }
        }
        stack.seen.push(format!("{name} ({})", files.join(", ")));
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
    for (path, command) in SCANNERS {
        if stack.import.is_none() && present(path)? {
            stack.import = Some(command);
            stack.seen.push(format!("secret scanning (`{path}`)"));
        }
    }
    let conventional = [
        "commitlint.config.js",
        ".commitlintrc",
        ".commitlintrc.json",
        ".commitlintrc.yml",
        "cog.toml",
        "committed.toml",
    ];
    stack.conventional = conventional.iter().map(|path| present(path)).collect::<Result<Vec<_>, _>>()?.contains(&true);
    Ok(stack)
}

/// The policy, with the reason of each rule above it.
fn render(stack: &Stack) -> String {
    let mut text = String::from(HEAD);
    if !stack.seen.is_empty() {
        text.push_str(&format!("# Found here: {}.\n", stack.seen.join(", ")));
    }
    text.push_str(PACK);
    text.push_str(SIZE);
    text.push_str(if stack.conventional { CONVENTIONAL } else { SUBJECTS });
    if !stack.migrations.is_empty() {
        let globs: Vec<String> = stack.migrations.iter().map(|glob| format!("\"{glob}\"")).collect();
        text.push_str(&format!(
            "\n  # A migration that ran somewhere is history: write a new one.\n  migrations-are-history:\n    check: diff\n    level: \
             block\n    with:\n      frozen:\n        - paths: [{}]\n",
            globs.join(", ")
        ));
    }
    if let Some(changelog) = stack.changelog {
        text.push_str(&format!(
            "\n  # Users read it. Recorded, not shown, until you raise it to `note` or `warn`.\n  change-log:\n    check: diff\n    level: \
             shadow\n    with:\n      co-change:\n        - when: [\"src/**\", \"lib/**\", \"app/**\"]\n          then: [\"{changelog}\"]\n          \
             message: the code changed without a word in the change log\n"
        ));
    }
    text
}

const HEAD: &str = "\
# The policy of this repository. `gatecheck` judges by it; `gatecheck explain CHECK` says what a check can do.
# Levels: block (closes the gate), warn, note, shadow (judged and recorded only), off.
# A pull request is judged by the policy of the branch that it goes to.
";

const PACK: &str = "\
gatecheck: 1

# The shipped pack: conflict markers, hidden characters and the like.
extends: [default]

rules:";

const SIZE: &str = "
  # Small changes are reviewed, large ones are waved through.
  change-size:
    check: diff
    level: warn
    with:
      limits: { added: 1000, files: 60 }
      leave-out: [generated, vendored, lock-files]
";

const CONVENTIONAL: &str = "
  # This repository is set up for Conventional Commits.
  commit-messages:
    check: commits
    level: warn
    with:
      conventional: {}
";

const SUBJECTS: &str = "
  # A history that can be read a year from now.
  commit-messages:
    check: commits
    level: note
    with:
      subject: { max-length: 72 }
";
