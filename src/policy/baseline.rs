//! The baseline: accepted old findings, one entry each, in a file of their own.
//!
//! The file is JSON, so that every tool can read it; it is read as YAML, of which JSON is a part,
//! because that reader knows places.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::document::{Document, Fault};
use super::reader::Reader;
use crate::formats::node::from_node;
use crate::formats::yaml;
use crate::model::BaselineEntry;

/// The version of the format.
const SCHEMA: &str = "gatecheck.baseline/v1";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Baseline {
    schema: String,
    entries: Vec<BaselineEntry>,
}

/// The text of a baseline file, sorted and without repetitions.
///
/// # Errors
/// Never for entries of this program; the signature is that of the writer.
pub fn text(entries: &[BaselineEntry]) -> Result<String, serde_json::Error> {
    let mut entries = entries.to_vec();
    entries.sort();
    entries.dedup();
    let mut text = serde_json::to_string_pretty(&Baseline { schema: SCHEMA.to_owned(), entries })?;
    text.push('\n');
    Ok(text)
}

pub(super) fn read(document: &Arc<Document>, faults: &mut Vec<Fault>) -> Vec<BaselineEntry> {
    let (documents, problems) = yaml::parse(document.text.as_str());
    let reader = Reader { document, faults };
    let root = documents.into_iter().next().and_then(|it| it.root);
    let help = "write it anew: `gatecheck --all --write-baseline FILE`";
    let problem = problems.into_iter().next();
    let read = match (root, problem) {
        (_, Some(problem)) => Err(problem),
        (None, None) => return Vec::new(),
        (Some(root), None) => from_node::<Baseline>(&root),
    };
    match read {
        Ok(baseline) if baseline.schema == SCHEMA => baseline.entries,
        Ok(baseline) => {
            let message =
                format!("`{}` has the format `{}`; this gatecheck reads `{SCHEMA}`", document.path, baseline.schema);
            reader.faults.push(Fault::new(message).help(help));
            Vec::new()
        }
        Err(problem) => {
            let fault = Fault::new(format!("the baseline `{}` cannot be read: {}", document.path, problem.message));
            let mark = reader.mark(problem.span);
            reader.faults.push(fault.at(&mark, "here").help(help));
            Vec::new()
        }
    }
}
