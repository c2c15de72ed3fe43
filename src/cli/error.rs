//! What went wrong before there was a verdict, and the exit code for it.

use std::io::Write as _;
use std::process::ExitCode;

use crate::formats::visible::visible;

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
    let mut out = std::io::stderr().lock();
    // When standard error is gone there is nobody left to tell; the exit code still says it.
    let _ = match &error.rendered {
        Some(rendered) => writeln!(out, "{}", rendered.trim_end()),
        None => writeln!(out, "gatecheck: cannot check: {}", visible(&error.message)),
    };
    if let Some(help) = &error.help {
        let _ = writeln!(out, "  help: {}", visible(help));
    }
    match error.kind {
        Kind::Usage => ExitCode::from(2),
        Kind::Undecided => ExitCode::from(3),
    }
}
