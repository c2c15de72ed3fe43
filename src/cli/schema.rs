//! `gatecheck schema`: the JSON Schemas that gatecheck publishes.

use std::io::Write;

use super::args::{SchemaArgs, SchemaKind};
use super::error::CliError;
use crate::formats::facts_file::FactsFile;
use crate::{policy, report};

pub(super) fn schema(args: &SchemaArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let schema = match args.kind {
        SchemaKind::Policy => policy::schema(),
        SchemaKind::Facts => FactsFile::schema().to_value(),
        SchemaKind::Report => report::json::schema().to_value(),
    };
    writeln!(out, "{schema:#}").or_else(super::explain::quiet)
}
