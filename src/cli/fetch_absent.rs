//! `gatecheck facts fetch` of a build that has no way to the network.

use std::io::Write;

use super::args::FetchArgs;
use super::error::CliError;
use crate::gather::Environment;

pub(super) fn fetch(_: &FetchArgs, _: &Environment, _: &mut dyn Write) -> Result<(), CliError> {
    Err(CliError::usage("this gatecheck was built without the feature `forge`")
        .help("use a build that has it, or write the facts by hand: `gatecheck schema facts`"))
}
