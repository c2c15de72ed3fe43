//! `gatecheck check`: judge, then tell.

use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::args::{CheckArgs, OutputArgs};
use super::error::CliError;
use super::facts;
use super::output::{self, Outputs, Screen};
use super::progress::Progress;
use super::run::{self, Session};
use super::timings::Timings;
use crate::engine;
use crate::formats::visible::visible;
use crate::gather::Environment;
use crate::model::{Outcome, Problem, Report};
use crate::policy;
use crate::report::terminal::{Color, Options, Symbols};
use crate::report::{self, Format, markdown};

/// Findings of one rule that the terminal shows unless it is asked for more.
const SHOWN: usize = 10;

pub(super) fn check(args: &CheckArgs, environment: &Environment) -> Result<ExitCode, CliError> {
    check_and_look(args, environment, &Look { only_protection: false, at: |_, _| Vec::new() })
}

/// What a run looks at besides.
pub(super) struct Look {
    /// Whether facts are taken for what protects the branch alone.
    pub(super) only_protection: bool,
    /// What is told besides, of the repository and of what came out.
    pub(super) at: fn(&Session, &Report) -> Vec<Problem>,
}

/// Judges, and tells besides what `look` sees in the repository.
pub(super) fn check_and_look(args: &CheckArgs, environment: &Environment, look: &Look) -> Result<ExitCode, CliError> {
    let started = Instant::now();
    let outputs = Outputs::new(&args.output)?;
    let progress = Progress::start(args.output.quiet);
    let timings = Timings::new(args.output.timings);
    let report = on_threads(args.output.threads, || {
        let mut recorded = args.change.facts.as_deref().map(facts::read).transpose()?;
        if let Some(given) = recorded.take_if(|_| look.only_protection) {
            recorded = Some(given.only_protection());
        }
        // Where a change is named, by the command line or by a CI service, facts about another one have no say.
        let is_free = !args.change.names_a_change() && !environment.is_ci();
        let whole = recorded.as_ref().map(|it| &it.file).filter(|it| it.run.is_some() && it.files.is_some());
        if let Some(file) = whole.filter(|_| is_free) {
            return run::replay(file, &args.policy, environment, &timings)
                .map(|report| (report, environment.is_ci(), None));
        }
        progress.step("finding the change");
        let session = Session::open(&args.change, args.policy.profile.as_deref(), environment)?;
        let links = session.repository.work_tree().map(|root| format!("file://{}/", root.display()));
        progress.step("judging");
        let mut report = run::judge(&session, &args.policy, recorded.as_ref(), &timings)?;
        let seen = (look.at)(&session, &report);
        report.problems.extend(seen);
        Ok((report, session.is_ci(), links))
    })?;
    drop(progress);
    let (report, ci, links) = report;
    let screen = Screen::new(&args.output, environment.terminal());
    let options = Options {
        width: screen.width,
        color: if screen.color { Color::Ansi } else { Color::None },
        symbols: if screen.unicode { Symbols::Unicode } else { Symbols::Ascii },
        links: links.filter(|_| screen.hyperlinks),
        verbose: args.output.verbose,
        limit: (!args.output.verbose).then_some(SHOWN),
        ci,
        elapsed: Some(started.elapsed()),
    };
    if let Some(path) = &args.output.write_baseline {
        let text = policy::baseline_text(&engine::baseline_of(&report));
        let text = text.map_err(|error| CliError::undecided(format!("the baseline cannot be written: {error}")))?;
        output::write_file(path, text.as_bytes())?;
    }
    // Files first: when standard output goes away, they are there.
    for (format, path) in &outputs.files {
        let plain = Options { color: Color::None, links: None, elapsed: None, limit: None, ..options.clone() };
        output::write_file(path, &rendered(*format, &report, &plain)?)?;
    }
    if args.output.quiet && outputs.stdout == Format::Terminal {
        output::write_stdout(format!("{}\n", verdict(report.outcome)).as_bytes())?;
    } else {
        output::write_stdout(&rendered(outputs.stdout, &report, &options)?)?;
    }
    if environment.is_github() {
        on_github(&report, &args.output, environment)?;
    }
    timings.print();
    Ok(exit_code(report.outcome, &args.output))
}

/// What a job on GitHub gets without asking: annotations at the lines, the summary of the step, and its outputs. Whoever
/// chooses what goes to standard output gets that and no annotations and summary.
fn on_github(report: &Report, args: &OutputArgs, environment: &Environment) -> Result<(), CliError> {
    if let Some(path) = environment.github_output() {
        let appended = output::append_within(&path, usize::MAX, |_, out| report::github::outputs(report, out));
        tell("the outputs of the step", &path, appended);
    }
    if args.format.is_some() {
        return Ok(());
    }
    if !args.quiet {
        let mut annotations = Vec::new();
        let written = report::github::render(report, &mut annotations);
        written.map_err(|error| CliError::undecided(format!("the annotations cannot be written: {error}")))?;
        output::write_stdout(&annotations)?;
    }
    if let Some(path) = environment.github_summary() {
        let render = |limit, out: &mut dyn io::Write| markdown::render_within(report, limit, out);
        tell("the summary of the step", &path, output::append_within(&path, markdown::SUMMARY_LIMIT, render));
    }
    Ok(())
}

/// Says what a runner will not show. The verdict stands.
fn tell(what: &str, path: &Path, appended: io::Result<()>) {
    if let Err(error) = appended {
        let text = format!("gatecheck: {what} cannot be written to `{}`: {error}", path.display());
        let _ = writeln!(io::stderr(), "{}", visible(&text));
    }
}

fn rendered(format: Format, report: &Report, options: &Options) -> Result<Vec<u8>, CliError> {
    let mut bytes = Vec::new();
    let written: io::Result<()> = report::render(format, report, options, &mut bytes);
    written.map_err(|error| CliError::undecided(format!("the report cannot be written: {error}")))?;
    Ok(bytes)
}

fn exit_code(outcome: Outcome, args: &OutputArgs) -> ExitCode {
    match outcome {
        Outcome::Blocked if args.exit_zero => ExitCode::SUCCESS,
        Outcome::Passed | Outcome::Blocked | Outcome::Undecided => ExitCode::from(outcome.exit_code()),
    }
}

/// Runs with as many threads as were asked for. The one that asks is one of them: it would only wait for the others, and
/// each has memory of its own.
fn on_threads<T>(threads: Option<usize>, work: impl FnOnce() -> Result<T, CliError>) -> Result<T, CliError> {
    // Zero is as many as there are cores.
    let number = threads.map_or(0, |it| it.max(1));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(number).use_current_thread().build_global();
    pool.map_err(|error| CliError::undecided(format!("threads cannot be started: {error}")))?;
    work()
}

fn verdict(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "passed",
        Outcome::Blocked => "blocked",
        Outcome::Undecided => "undecided",
    }
}
