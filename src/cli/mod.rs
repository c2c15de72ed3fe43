//! The command line: clap and glue, one file a subcommand. Nothing is judged here.

pub mod args;
mod check;
mod doctor;
pub mod error;
mod explain;
mod facts;
#[cfg(feature = "forge")]
mod fetch;
#[cfg(not(feature = "forge"))]
#[path = "fetch_absent.rs"]
mod fetch;
mod hook;
mod import;
mod init;
mod loader;
mod output;
mod policy;
mod progress;
mod repository;
mod run;
mod schema;
mod shadow;
mod test;
mod timings;
mod why;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::CommandFactory as _;

use self::args::{Cli, Command, FactsCommand, HookCommand, PolicyCommand};
use self::error::CliError;
use crate::gather::Environment;

/// Runs what was asked for.
///
/// # Errors
/// When there is no verdict to give an exit code for.
pub fn run(cli: &Cli) -> Result<ExitCode, CliError> {
    error::quiet_panics();
    // What breaks outside of a rule leaves no verdict, and no verdict is not a pass.
    let guarded = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(cli)));
    guarded.unwrap_or_else(|_| {
        Err(CliError::undecided("a part of gatecheck broke; this is a defect")
            .help("report the place that is named above, and what was being judged"))
    })
}

fn dispatch(cli: &Cli) -> Result<ExitCode, CliError> {
    let environment = Environment::of_process();
    let mut out = io::stdout();
    let done = match &cli.command {
        None => return check::check(&cli.check, &environment),
        Some(Command::Check(args)) => return check::check(args, &environment),
        Some(Command::Doctor(args)) => return doctor::doctor(args, &environment),
        Some(Command::Init(args)) => init::init(args, &environment, &mut out),
        Some(Command::Import(args)) => import::import(&args.command, &environment, &mut out),
        Some(Command::Hook(args)) => match &args.command {
            HookCommand::Install(args) => hook::install(args, &environment, &mut out),
            HookCommand::Uninstall(args) => hook::uninstall(args, &environment, &mut out),
        },
        Some(Command::Explain(args)) => match &args.why {
            Some(rule) => why::why(rule, args, &environment, &mut out),
            None => explain::explain(args, &mut out),
        },
        Some(Command::Checks(args)) => explain::checks(args, &mut out),
        Some(Command::Test(args)) => return test::test(args, &environment, &mut out),
        Some(Command::Facts(args)) => match &args.command {
            None => facts::record(&args.record, &environment, &mut out),
            Some(FactsCommand::Fetch(args)) => fetch::fetch(args, &environment, &mut out),
        },
        Some(Command::Schema(args)) => schema::schema(args, &mut out),
        Some(Command::Policy(args)) => match &args.command {
            PolicyCommand::Show(args) => policy::show(args, &environment, &mut out),
            PolicyCommand::Lock(args) => policy::lock(args, &environment, &mut out),
            PolicyCommand::Ruleset(args) => policy::ruleset(args, &environment, &mut out),
        },
        Some(Command::Completions(args)) => completions(args.shell, &mut out),
        Some(Command::Man) => clap_mangen::Man::new(Cli::command()).render(&mut out).or_else(explain::quiet),
    };
    done.map(|()| ExitCode::SUCCESS)
}

fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "gatecheck", &mut script);
    out.write_all(&script).or_else(explain::quiet)
}
