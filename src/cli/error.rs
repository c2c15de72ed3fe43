//! What went wrong before there was a verdict, and the exit code for it.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use miette::GraphicalTheme;

use crate::checks;
use crate::formats::facts_file::FactsFileError;
use crate::formats::visible::visible;
use crate::gather::Environment;
use crate::git::GitError;
use crate::policy::PolicyErrors;
use crate::report::without_commands;

/// Whose matter an error is. It decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The command line or the policy: 2.
    Usage,
    /// The repository, a file, the machine: 3. Undecided is not passed.
    Undecided,
}

/// An error with its sentence and its way out.
#[derive(Debug)]
pub struct CliError {
    kind: Kind,
    message: String,
    help: Option<String>,
    /// A rendered diagnostic that says all by itself.
    rendered: Option<String>,
}

impl CliError {
    /// Something about the command line.
    #[must_use]
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into(), help: None, rendered: None }
    }

    /// Something about the world.
    #[must_use]
    pub fn undecided(message: impl Into<String>) -> Self {
        Self { kind: Kind::Undecided, message: message.into(), help: None, rendered: None }
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, but nobody's mistake: trying again may help.
    #[must_use]
    pub fn of_the_world(self) -> Self {
        Self { kind: Kind::Undecided, ..self }
    }

    /// Diagnostics of a policy, ready to print.
    #[must_use]
    pub fn policy(rendered: String) -> Self {
        Self { kind: Kind::Usage, message: String::new(), help: None, rendered: Some(rendered) }
    }

    /// Diagnostics of a policy that could not be read, ready to print.
    #[must_use]
    pub fn unread(rendered: String) -> Self {
        Self { kind: Kind::Undecided, ..Self::policy(rendered) }
    }
}

/// Tells what is wrong with the command line, or prints the help that was asked for.
#[must_use]
pub fn report_usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // A reader that went away is no error.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let rendered = error.render();
    let colored = std::io::stderr().is_terminal() && Environment::of_process().terminal().color != Some(false);
    // What was typed may come from a branch's name; colors are clap's own, and shown only where nothing reads them.
    let text = if colored { rendered.ansi().to_string() } else { plain(&rendered.to_string()) };
    tell(&text);
    ExitCode::from(2)
}

/// Lines of a message, with everything else that is invisible in it shown.
fn plain(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// Writes to standard error, so that no line is a command to a CI runner. When standard error is gone there is nobody
/// left to tell; the exit code still says it.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", without_commands(hushed(text.trim_end()).as_str()));
}

/// Makes a panic name its place in our code and nothing else: its message may quote what was judged.
pub(super) fn quiet_panics() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |it| format!(" at {}:{}", it.file(), it.line()));
        let _ = writeln!(std::io::stderr(), "gatecheck: broke{place}");
    }));
}

/// Writes the error to standard error and gives its exit code.
#[must_use]
pub fn report(error: &CliError) -> ExitCode {
    let help = error.help.as_ref().map(|help| format!("\n  help: {}", visible(help))).unwrap_or_default();
    match &error.rendered {
        Some(rendered) => tell(&format!("{}{help}", rendered.trim_end())),
        None => tell(&format!("gatecheck: cannot check: {}{help}", visible(&error.message))),
    }
    match error.kind {
        Kind::Usage => ExitCode::from(2),
        Kind::Undecided => ExitCode::from(3),
    }
}

/// An error of git as the command line tells it.
pub(super) fn from_git(error: &GitError) -> CliError {
    let told =
        if error.is_usage() { CliError::usage(error.to_string()) } else { CliError::undecided(error.to_string()) };
    told.help(error.help())
}

/// Facts that cannot be used. Whoever gave a broken file has to mend it; that a pull request has moved on since the forge
/// was asked is nobody's mistake, and undecided.
pub(super) fn from_facts(error: &FactsFileError) -> CliError {
    let told = CliError::usage(error.to_string()).help(error.help());
    if error.is_about_another() { told.of_the_world() } else { told }
}

/// The errors of a policy, drawn for the terminal.
pub(super) fn from_policy(errors: &PolicyErrors) -> CliError {
    let plain = !std::io::stderr().is_terminal();
    let theme = if plain { GraphicalTheme::unicode_nocolor() } else { GraphicalTheme::unicode() };
    let text = errors.render(100, theme);
    if errors.is_unread() { CliError::unread(text) } else { CliError::policy(text) }
}

/// A text without the secrets that it may quote from a file, a policy or the command line.
pub(super) fn hushed(text: &str) -> String {
    let mut hushed = String::with_capacity(text.len());
    let mut end = 0;
    for span in checks::quoted_secrets(text) {
        hushed.push_str(text.get(end..span.start).unwrap_or_default());
        hushed.push_str("***");
        end = end.max(span.end);
    }
    hushed.push_str(text.get(end..).unwrap_or_default());
    hushed
}
