//! Parse, run, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use gatecheck::cli::{self, args::Cli};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return cli::error::report_usage(&error),
    };
    match cli::run(&cli) {
        Ok(exit) => exit,
        Err(error) => cli::error::report(&error),
    }
}
