//! `gatecheck facts`: what would be judged, written down.

use std::io::{self, Write};
use std::path::Path;

use super::args::FactsArgs;
use super::error::{CliError, from_facts};
use super::output;
use super::run::{self, Judgeable, Session};
use crate::engine;
use crate::formats::facts_file::{FactsFile, Recorder};
use crate::gather::Environment;

/// Records the facts of the change: everything that its judgement looks at, and both sides of every changed file.
pub(super) fn facts(args: &FactsArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let session = Session::open(&args.change, args.policy.profile.as_deref(), environment)?;
    let [range] = session.ranges.as_slice() else {
        return Err(CliError::usage(format!(
            "this push brings {} changes, and a file holds one",
            session.ranges.len()
        ))
        .help("name one of them with `--base REV --head REV`"));
    };
    let Judgeable { policy, facts, policy_part, problems } = session.prepare(range, &args.policy)?;
    let recorder = Recorder::new(&facts);
    recorder.read_whole_change();
    let report = engine::judge(&policy, recorder.facts());
    let holds_secrets = report.results.iter().any(|it| it.check == "secrets" && !it.findings.is_empty());
    let file = FactsFile { policy: Some(policy_part), problems, ..recorder.finish(run::ends(range)) };
    let text = file.text().map_err(|error| CliError::undecided(format!("the facts cannot be written: {error}")))?;
    if holds_secrets {
        let text = "warning: the recording holds the files that are judged, and so the secrets that were found in them: \
                    keep it as you keep them";
        // Nobody to read it is no reason to keep the recording back.
        let _ = writeln!(io::stderr(), "{text}");
    }
    match &args.output {
        Some(path) => output::write_file(path, text.as_bytes()),
        None => out.write_all(text.as_bytes()).or_else(super::explain::quiet),
    }
}

/// The largest facts file that is read, in bytes.
const MOST: u64 = 2 << 30;

/// Reads a facts file.
pub(super) fn read(path: &Path) -> Result<FactsFile, CliError> {
    let unread = |error: io::Error| CliError::usage(format!("the facts `{}` cannot be read: {error}", path.display()));
    let size = path.metadata().map_err(unread)?.len();
    if size > MOST {
        return Err(CliError::usage(format!("the facts `{}` have {size} bytes; the limit is {MOST}", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    FactsFile::read(&text).map_err(|error| from_facts(&error))
}
