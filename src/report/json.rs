//! The report as JSON: everything, versioned, and readable by `gatecheck` again.

use std::io::{self, Write};

use schemars::Schema;

use crate::model::Report;

/// Writes the report as indented JSON with a final line feed. Keys stand in the order of the model.
///
/// # Errors
/// When `out` cannot be written to.
pub fn render(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write(report, out)
}

/// The JSON Schema of the report, for publication.
#[must_use]
pub fn schema() -> Schema {
    let mut schema = schemars::schema_for!(Report);
    schema.insert("title".to_owned(), "gatecheck report, version 1".into());
    schema
}

/// Any value as indented JSON with a final line feed.
pub(super) fn write<T: serde::Serialize>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
