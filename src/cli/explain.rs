//! `gatecheck explain` and `gatecheck checks`: what the registry knows.

use std::io::{self, Write};

use super::args::{ChecksArgs, ExplainArgs};
use super::error::CliError;
use crate::checks::{self, CheckDef};
use crate::formats::suggest;

/// Prints the documentation of a check without its cases, or the part about one hazard.
pub(super) fn explain(args: &ExplainArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let asked = args.id.as_deref().unwrap_or_default();
    let (id, hazard) = asked.split_once('/').map_or((asked, None), |(id, hazard)| (id, Some(hazard)));
    let check = checks::find(id).ok_or_else(|| unknown(id))?;
    let known = hazard.map(|wanted| {
        check.meta.hazards.iter().find(|it| it.id == wanted).ok_or_else(|| {
            let names = check.meta.hazards.iter().map(|it| it.id);
            let nearest = suggest::nearest(wanted, names).map(|it| format!("did you mean `{id}/{it}`?"));
            let all: Vec<String> = check.meta.hazards.iter().map(|it| format!("`{id}/{}`", it.id)).collect();
            let help = nearest.unwrap_or_else(|| format!("it finds {}", all.join(", ")));
            CliError::usage(format!("the check `{id}` has no finding `{wanted}`")).help(help)
        })
    });
    let hazard = known.transpose()?;
    write_page(check, hazard.map(|it| (it.id, it.title)), out).or_else(quiet)
}

fn unknown(id: &str) -> CliError {
    let names = checks::ALL.iter().map(|check| check.meta.id);
    let help = suggest::nearest(id, names)
        .map_or_else(|| "`gatecheck checks` lists every check".to_owned(), |it| format!("did you mean `{it}`?"));
    CliError::usage(format!("there is no check `{id}`")).help(help)
}

fn write_page(check: &CheckDef, hazard: Option<(&str, &str)>, out: &mut dyn Write) -> io::Result<()> {
    let docs = check.meta.docs.split("\n## Cases").next().unwrap_or(check.meta.docs);
    if let Some((id, title)) = hazard {
        writeln!(out, "{}/{id}: {title}\n\n{}", check.meta.id, check.advice(id))?;
        return writeln!(
            out,
            "`gatecheck explain {}` has the settings and everything else that it finds.",
            check.meta.id
        );
    }
    writeln!(out, "{}\n", docs.trim_end())?;
    writeln!(out, "## Findings\n")?;
    for hazard in check.meta.hazards {
        writeln!(out, "- `{}/{}`: {}", check.meta.id, hazard.id, hazard.title)?;
    }
    writeln!(out, "\nSince {}.", check.meta.since)
}

/// Prints the table of checks.
pub(super) fn checks(args: &ChecksArgs, out: &mut dyn Write) -> Result<(), CliError> {
    if args.json {
        let list: Vec<serde_json::Value> = checks::ALL.iter().map(as_json).collect();
        return writeln!(out, "{:#}", serde_json::Value::Array(list)).or_else(quiet);
    }
    let width = checks::ALL.iter().map(|check| check.meta.id.len()).max().unwrap_or(0);
    checks::ALL
        .iter()
        .try_for_each(|check| writeln!(out, "{:width$}  {}", check.meta.id, check.meta.summary))
        .or_else(quiet)
}

fn as_json(check: &CheckDef) -> serde_json::Value {
    let hazards: Vec<serde_json::Value> =
        check.meta.hazards.iter().map(|it| serde_json::json!({ "id": it.id, "title": it.title })).collect();
    serde_json::json!({ "id": check.meta.id, "summary": check.meta.summary, "since": check.meta.since, "findings": hazards })
}

/// A reader that went away is no error: `gatecheck explain files | head`.
#[expect(clippy::needless_pass_by_value, reason = "it stands behind `or_else`")]
pub(super) fn quiet(error: io::Error) -> Result<(), CliError> {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Ok(()),
        _ => Err(CliError::undecided(format!("the output cannot be written: {error}"))),
    }
}
