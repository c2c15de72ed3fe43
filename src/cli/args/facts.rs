//! What `gatecheck facts` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::{ChangeArgs, PolicyChoice};

/// Arguments of `facts`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = AFTER_FACTS)]
pub struct FactsArgs {
    /// What to do; to record when absent.
    #[command(subcommand)]
    pub command: Option<FactsCommand>,
    /// What is recorded.
    #[command(flatten)]
    pub record: RecordArgs,
}

const AFTER_FACTS: &str = "\
Two kinds of facts go into `--facts FILE`: what a run knew, recorded here to judge it again, and what only a forge knows
about a pull request (`gatecheck facts fetch`).";

/// What `facts` can do besides.
#[derive(Debug, Subcommand)]
pub enum FactsCommand {
    /// Ask GitHub, GitLab, Gitea or Forgejo what it knows about a pull request
    Fetch(FetchArgs),
}

/// Arguments of `facts fetch`.
///
/// Reviews, threads, check runs, pushes, permissions, teams and what protects the target go into one file, which the
/// checks `reviews`, `code-owners`, `ci-status` and `pull-request` judge by. Nothing else of gatecheck reaches the
/// network.
#[derive(Debug, Args)]
#[command(after_help = AFTER_FETCH)]
pub struct FetchArgs {
    /// The number of the pull or merge request; in CI that of the job when absent
    #[arg(value_name = "NUMBER")]
    pub number: Option<u64>,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Which program the forge runs; told by the CI service or a well-known host when absent
    #[arg(long, value_enum, value_name = "FORGE")]
    pub forge: Option<ForgeName>,
    /// The address of the API, such as `https://HOST/api/v3`; that of the CI service or of `origin` when absent
    #[arg(long, value_name = "URL")]
    pub api: Option<String>,
    /// The repository that the change goes to; that of the CI service or of `origin` when absent
    #[arg(long, value_name = "OWNER/NAME")]
    pub repository: Option<String>,
    /// Read the token from FILE instead of the environment
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Give up after so many seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub deadline: u64,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

const AFTER_FETCH: &str = "\
First fetch, then check, with the file outside of the checkout:
  gatecheck facts fetch 42 --output /tmp/facts.json
  gatecheck --base origin/main --head HEAD --facts /tmp/facts.json
In CI the change and the pull request are known:
  gatecheck facts fetch --output \"$RUNNER_TEMP/facts.json\"
  gatecheck --facts \"$RUNNER_TEMP/facts.json\"

The token comes from --token-file, or from the environment:
  GitHub   GH_TOKEN, GITHUB_TOKEN       contents, pull-requests, checks, statuses: read; teams and classic protection
           GH_ENTERPRISE_TOKEN          need members and administration: read, which the token of a workflow lacks
  GitLab   GITLAB_TOKEN, CI_JOB_TOKEN   read_api, as Developer; the token of a job reads no merge requests
  Gitea    GITEA_TOKEN, FORGEJO_TOKEN,  read:repository, read:issue, read:organization
           GITHUB_TOKEN in its own CI
What the token may not read is written down as missing, and a rule that needs it is unknown, which is not passed.

Exit codes: 0 the file is written; 2 something is not said; 3 an answer did not come whole, and nothing is written";

/// The programs of forges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum ForgeName {
    /// github.com, GitHub Enterprise Server
    #[value(name = "github")]
    GitHub,
    /// gitlab.com, GitLab of one's own
    #[value(name = "gitlab")]
    GitLab,
    /// Gitea, and Forgejo
    #[value(alias = "forgejo")]
    Gitea,
}

/// What is recorded.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// Which change.
    #[command(flatten)]
    pub change: ChangeArgs,
    /// Which policy decides what is needed.
    #[command(flatten)]
    pub policy: PolicyChoice,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}
