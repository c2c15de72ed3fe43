//! What `gatecheck import` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Of which tool.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Of which tool.
    #[command(subcommand)]
    pub command: ImportCommand,
}

/// The tools whose configuration can be read.
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    /// Make a policy of a configuration of gitleaks or betterleaks, and a baseline of what it ignores
    Gitleaks(ImportGitleaksArgs),
    /// Make a baseline of a report of gitleaks in JSON
    GitleaksReport(ImportReportArgs),
    /// Make a baseline of a baseline of detect-secrets
    DetectSecrets(ImportDetectSecretsArgs),
}

/// Arguments of `import gitleaks`.
#[derive(Debug, Args)]
pub struct ImportGitleaksArgs {
    /// The configuration; `.gitleaks.toml` and its like at the root of the repository when absent
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// A report in JSON whose findings are accepted, too; may be given several times
    #[arg(long, value_name = "FILE")]
    pub report: Vec<PathBuf>,
    /// The file of what is ignored, or the folder that `.gitleaksignore` lies in, when it is not the root
    #[arg(long, value_name = "PATH")]
    pub gitleaks_ignore_path: Option<PathBuf>,
    /// What becomes of the result.
    #[command(flatten)]
    pub writing: ImportWriting,
}

/// Arguments of `import gitleaks-report`.
#[derive(Debug, Args)]
pub struct ImportReportArgs {
    /// The report
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What becomes of the result.
    #[command(flatten)]
    pub writing: ImportWriting,
}

/// Arguments of `import detect-secrets`.
#[derive(Debug, Args)]
pub struct ImportDetectSecretsArgs {
    /// The baseline; `.secrets.baseline` at the root of the repository when absent
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// What becomes of the result.
    #[command(flatten)]
    pub writing: ImportWriting,
}

/// What becomes of what was imported.
#[derive(Debug, Args)]
pub struct ImportWriting {
    /// Write the files instead of printing them
    #[arg(long)]
    pub write: bool,
    /// Replace files that are there
    #[arg(long, requires = "write")]
    pub force: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}
