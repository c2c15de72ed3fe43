//! Parse, run, exit code.

use std::process::ExitCode;

use clap::Parser as _;
use gatecheck::cli::{self, args::Cli};

fn main() -> ExitCode {
    match cli::run(&Cli::parse()) {
        Ok(exit) => exit,
        Err(error) => cli::error::report(&error),
    }
}
