//! `gatecheck facts`: what would be judged, written down.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::RecordArgs;
use super::error::{CliError, from_facts};
use super::output;
use super::run::{self, Judgeable, Session};
use crate::engine;
use crate::formats::facts_file::{FactsFile, Recorder};
use crate::gather::Environment;

/// Records the facts of the change: everything that its judgement looks at, and both sides of every changed file.
pub(super) fn record(args: &RecordArgs, environment: &Environment, out: &mut dyn Write) -> Result<(), CliError> {
    let session = Session::open(&args.change, args.policy.profile.as_deref(), environment)?;
    let [range] = session.ranges.as_slice() else {
        return Err(CliError::usage(format!(
            "this push brings {} changes, and a file holds one",
            session.ranges.len()
        ))
        .help("name one of them with `--base REV --head REV`"));
    };
    let Judgeable { policy, facts, policy_part, problems, .. } = session.prepare(range, &args.policy)?;
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

/// Facts that were given to a run, and where they lie.
pub(super) struct Given {
    pub(super) file: FactsFile,
    path: PathBuf,
}

impl Given {
    /// The same, with nothing but what protects the branch.
    pub(super) fn only_protection(self) -> Self {
        Self { file: self.file.only_protection(), ..self }
    }

    /// Refuses facts that lie in the work tree. Where a proposal is judged, its author wrote what is checked out there:
    /// approvals must not come from whoever needs them.
    pub(super) fn come_from_elsewhere(&self, work_tree: Option<&Path>) -> Result<(), CliError> {
        if !work_tree.is_some_and(|root| super::repository::lies_in(&self.path, root)) {
            return Ok(());
        }
        let what = format!(
            "the facts `{}` lie in the checkout, where whoever is judged could have written them",
            self.path.display()
        );
        Err(CliError::usage(what)
            .help("gather them into a folder of the job, such as `$RUNNER_TEMP`, and name that file"))
    }
}

/// Reads a facts file.
pub(super) fn read(path: &Path) -> Result<Given, CliError> {
    let unread = |error: io::Error| CliError::usage(format!("the facts `{}` cannot be read: {error}", path.display()));
    let size = path.metadata().map_err(unread)?.len();
    if size > MOST {
        return Err(CliError::usage(format!("the facts `{}` have {size} bytes; the limit is {MOST}", path.display())));
    }
    let text = std::fs::read_to_string(path).map_err(unread)?;
    let file = FactsFile::read(&text).map_err(|error| from_facts(&error))?;
    Ok(Given { file, path: path.to_owned() })
}
