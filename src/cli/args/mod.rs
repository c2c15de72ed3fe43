//! What can be typed. Meaning is given to it by the subcommands.

mod facts;
mod import;
mod policy;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use facts::{FactsArgs, FactsCommand, FetchArgs, ForgeName, RecordArgs};
pub use import::{
    ImportArgs, ImportCommand, ImportDetectSecretsArgs, ImportGitleaksArgs, ImportReportArgs, ImportWriting,
};
pub use policy::{EnforcementChoice, PolicyArgs, PolicyCommand, PolicyLockArgs, PolicyRulesetArgs, PolicyShowArgs};

/// Judge a change of a Git repository against policies.
///
/// Without a subcommand gatecheck judges the work tree against the default branch, by the policy that
/// it finds, or by the shipped pack `default` when there is none. No account, no network, no set-up.
#[derive(Debug, Parser)]
#[command(name = "gatecheck", version, args_conflicts_with_subcommands = true, max_term_width = 100, after_help = AFTER)]
pub struct Cli {
    /// What to do; `check` when absent.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to check.
    #[command(flatten)]
    pub check: CheckArgs,
}

const AFTER: &str = "\
Exit codes:
  0  every blocking rule passes
  1  a blocking rule failed
  2  the command line or the policy is wrong; nothing was judged
  3  something could not be decided, and undecided is not passed

Examples:
  gatecheck                              the work tree against the default branch
  gatecheck --staged                     what the next commit would bring (pre-commit)
  gatecheck --base main --head feature   a range, as on a pull request
  gatecheck --all                        every file of the work tree
  gatecheck --history                    the same, and every file that there ever was
  gatecheck explain branch/behind        why, and how to fix it
  gatecheck init                         write a commented policy for this repository";

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a change (the default)
    Check(Box<CheckArgs>),
    /// Write a commented policy that fits this repository
    Init(InitArgs),
    /// Take over the configuration and the accepted findings of another tool
    Import(ImportArgs),
    /// Put gatecheck into the hooks of this repository, or take it out
    Hook(HookArgs),
    /// Say what a check or a finding means, and how to fix it
    Explain(Box<ExplainArgs>),
    /// Look whether the gate can be gone around, in CI and in this clone
    Doctor(DoctorArgs),
    /// List every check
    Checks(ChecksArgs),
    /// Run the cases of your own policy tests
    Test(TestArgs),
    /// Record what would be judged, or fetch what a forge knows, for `--facts`
    Facts(Box<FactsArgs>),
    /// Print a JSON Schema: of policies, reports or facts
    Schema(SchemaArgs),
    /// Look at the policy that is in force
    Policy(PolicyArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// Print the manual page
    Man,
}

/// Which change, by which policy, and how it is told.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Which change.
    #[command(flatten)]
    pub change: ChangeArgs,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyChoice,
    /// How it is told.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Which change is judged.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Which change")]
pub struct ChangeArgs {
    /// Judge what is staged: HEAD against the index
    #[arg(long, conflicts_with_all = ["base", "head", "all", "history", "push", "release"])]
    pub staged: bool,
    /// Judge the message in FILE, of the commit that is about to be made, as `commit-msg` gives it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["base", "head", "all", "history", "push", "release", "staged"])]
    pub message: Option<PathBuf>,
    /// Judge from the merge base of REV and the head
    #[arg(long, value_name = "REV", conflicts_with_all = ["all", "history", "push", "release"])]
    pub base: Option<String>,
    /// Judge up to REV instead of the work tree
    #[arg(long, value_name = "REV", conflicts_with_all = ["push", "release"])]
    pub head: Option<String>,
    /// Judge every file, as if the repository were new
    #[arg(long, conflicts_with_all = ["push", "release"])]
    pub all: bool,
    /// Judge every file, and look through everything that any ref has ever reached
    #[arg(long, conflicts_with_all = ["all", "push", "release"])]
    pub history: bool,
    /// Read the ref updates of a push from standard input, as `pre-push` and `pre-receive` give them
    #[arg(long, conflicts_with = "release")]
    pub push: bool,
    /// Judge the range that ends at this tag; `TAG..TAG` gives both ends
    #[arg(long, value_name = "TAG")]
    pub release: Option<String>,
    /// Where the range of `--release` begins; the tag before it when absent
    #[arg(long, value_name = "TAG", requires = "release")]
    pub since: Option<String>,
    /// Judge recorded facts, or add what cannot be known here: `gatecheck facts fetch` asks the forge for it
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// Trust the configuration of a repository that belongs to another user
    #[arg(long)]
    pub trust_owner: bool,
    /// Look through all of the history again, whatever earlier runs found, and keep nothing
    #[arg(long, env = "GATECHECK_NO_CACHE")]
    pub no_cache: bool,
    /// Pretend that it is this moment (RFC 3339), to judge again what was judged before
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
}

impl ChangeArgs {
    /// Whether the command line says which change is meant.
    #[must_use]
    pub fn names_a_change(&self) -> bool {
        let Self { staged, base, head, all, history, push, release, .. } = self;
        *staged || base.is_some() || head.is_some() || *all || *history || *push || release.is_some()
    }
}

/// By which policy.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Which policy")]
pub struct PolicyChoice {
    /// Judge by this file instead of the repository's own policy
    #[arg(long, value_name = "FILE", conflicts_with = "pack")]
    pub policy: Option<PathBuf>,
    /// Judge by a shipped pack instead of the repository's own policy
    #[arg(long, value_name = "NAME")]
    pub pack: Option<String>,
    /// Judge only these rules
    #[arg(long, value_name = "ID")]
    pub rule: Vec<String>,
    /// Choose a profile, such as `prod`
    #[arg(long, value_name = "NAME", env = "GATECHECK_PROFILE")]
    pub profile: Option<String>,
    /// Language of titles: `en` or `zh-CN`
    #[arg(long, value_name = "TAG", env = "GATECHECK_LANG", default_value = "en")]
    pub lang: String,
}

impl PolicyChoice {
    /// A shipped pack.
    #[must_use]
    pub fn of_pack(name: &str) -> Self {
        Self { pack: Some(name.to_owned()), ..Self::of_file(None) }
    }

    /// A file, or without one the repository's own policy.
    #[must_use]
    pub fn of_file(policy: Option<PathBuf>) -> Self {
        Self { policy, pack: None, rule: Vec::new(), profile: None, lang: "en".to_owned() }
    }
}

/// How it is told.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "How it is told")]
pub struct OutputArgs {
    /// What to write to standard output: terminal, markdown, json, sarif, junit, github, gitlab, rdjson or csv
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Also write FORMAT to FILE; may be given several times
    #[arg(short, long, value_name = "FORMAT=FILE")]
    pub output: Vec<String>,
    /// Color the terminal report
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub color: ColorChoice,
    /// Make places clickable in terminals that can: `auto` or `always`
    #[arg(long, value_enum, default_value_t = ColorChoice::Never)]
    pub hyperlinks: ColorChoice,
    /// Show what passed, too, and every finding
    #[arg(short, long)]
    pub verbose: bool,
    /// Show only the verdict
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Exit with 0 where 1 would say that a rule failed; 2 and 3 stay
    #[arg(long)]
    pub exit_zero: bool,
    /// Accept what is found now: write it to the baseline FILE
    #[arg(long, value_name = "FILE")]
    pub write_baseline: Option<PathBuf>,
    /// Say on standard error how long each rule, and each detector of secrets, took
    #[arg(long)]
    pub timings: bool,
    /// Judge on this many threads; as many as there are cores when absent
    #[arg(short, long, value_name = "N", env = "GATECHECK_THREADS")]
    pub threads: Option<usize>,
}

/// When to do something that only a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// When standard output is a terminal that wants it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// Print the policy instead of writing it
    #[arg(long)]
    pub dry_run: bool,
    /// Replace a policy that is there
    #[arg(long)]
    pub force: bool,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// Arguments of `hook`.
#[derive(Debug, Args)]
pub struct HookArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: HookCommand,
}

/// What can be done with hooks.
#[derive(Debug, Subcommand)]
pub enum HookCommand {
    /// Write hooks that judge what is committed and pushed
    Install(HookInstallArgs),
    /// Take the hooks of gatecheck out, and put back what was there before
    Uninstall(HookTarget),
}

/// Arguments of `hook install`.
#[derive(Debug, Args)]
pub struct HookInstallArgs {
    /// Which hooks.
    #[command(flatten)]
    pub target: HookTarget,
    /// Put hooks of others aside instead of stopping there
    #[arg(long)]
    pub force: bool,
}

/// Which hooks of which repository.
#[derive(Debug, Args)]
pub struct HookTarget {
    /// Only this hook; may be repeated. Without it the three of a work tree, or `pre-receive` in a bare repository
    #[arg(long = "type", value_name = "HOOK")]
    pub kind: Vec<HookKind>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// A hook of Git.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub enum HookKind {
    /// What is staged
    PreCommit,
    /// The message of the commit
    CommitMsg,
    /// The commits that are pushed, before they leave
    PrePush,
    /// The commits that are pushed, before they are taken in
    PreReceive,
}

/// Arguments of `doctor`.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Also look whether the forge waits for the gate, by its live settings in the facts
    #[arg(long, requires = "facts")]
    pub remote: bool,
    /// Facts with the live settings of the forge: `forge.protection`
    #[arg(long, value_name = "FILE", requires = "remote")]
    pub facts: Option<PathBuf>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
    /// How it is told.
    #[command(flatten)]
    pub output: OutputArgs,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A check (`commits`), or a finding's id (`commits/subject-length`)
    #[arg(required_unless_present = "why", conflicts_with = "why")]
    pub id: Option<String>,
    /// Judge the change, and tell step by step how this rule of the policy came to its verdict
    #[arg(long, value_name = "RULE")]
    pub why: Option<String>,
    /// Print JSON instead of text; with `--why`
    #[arg(long, requires = "why")]
    pub json: bool,
    /// Which change, with `--why`.
    #[command(flatten)]
    pub change: ChangeArgs,
    /// Which policy, with `--why`.
    #[command(flatten)]
    pub policy: PolicyChoice,
}

/// Arguments of `checks`.
#[derive(Debug, Args)]
pub struct ChecksArgs {
    /// Print JSON instead of a table
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `test`.
#[derive(Debug, Args)]
pub struct TestArgs {
    /// Files or folders with cases; `gatecheck/tests`, `.gatecheck/tests` or `policies/tests` when absent
    pub paths: Vec<PathBuf>,
    /// Write the verdicts anew
    #[arg(long)]
    pub update: bool,
    /// Write the results as JUnit XML to FILE
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Fail when a rule of the policy has no case that fails
    #[arg(long)]
    pub require_failing_case: bool,
    /// Test this policy instead of the repository's own
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// Arguments of `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Which schema
    #[arg(value_enum, default_value_t = SchemaKind::Policy)]
    pub kind: SchemaKind,
}

/// What a schema describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// A policy file.
    Policy,
    /// The JSON report.
    Report,
    /// Recorded facts.
    Facts,
}

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// Which shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}
