//! What `gatecheck policy` takes.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::PolicyChoice;

/// Arguments of `policy`.
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// What to look at.
    #[command(subcommand)]
    pub command: PolicyCommand,
}

/// What `policy` can do.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Print the policy that is in force here
    Show(PolicyShowArgs),
    /// Write the digests of inherited policies to `gatecheck.lock`
    Lock(PolicyLockArgs),
    /// Write a ruleset for GitHub that holds a branch to a rule of `branch-protection`
    Ruleset(PolicyRulesetArgs),
}

/// Arguments of `policy show`.
#[derive(Debug, Args)]
pub struct PolicyShowArgs {
    /// Merge everything that is inherited, with the origin of each rule
    #[arg(long)]
    pub effective: bool,
    /// Which policy.
    #[command(flatten)]
    pub policy: PolicyChoice,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// Arguments of `policy lock`.
#[derive(Debug, Args)]
pub struct PolicyLockArgs {
    /// Lock what this file inherits instead, beside it
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// Arguments of `policy ruleset`.
#[derive(Debug, Args)]
pub struct PolicyRulesetArgs {
    /// By which policy; `--rule` says by which of its rules, where there are several.
    #[command(flatten)]
    pub policy: PolicyChoice,
    /// How much the ruleset weighs
    #[arg(long, value_enum, default_value_t = EnforcementChoice::Active)]
    pub enforcement: EnforcementChoice,
    /// What the forge shall call it; the id of the rule when absent
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Write to FILE instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Run as if started in DIR
    #[arg(short = 'C', long = "repo", value_name = "DIR")]
    pub repo: Option<PathBuf>,
}

/// How much a ruleset weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EnforcementChoice {
    /// It blocks
    Active,
    /// It is recorded and never blocks; on GitHub Enterprise
    Evaluate,
    /// It does nothing yet
    Disabled,
}
