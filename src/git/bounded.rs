//! A watchdog for calls into libgit2.
//!
//! libgit2 1.9.7 spins for ever on a truncated loose object. A call that may touch objects or other
//! data of strangers runs here, on a thread of its own and with a repository handle of its own. When
//! the limit passes, the caller gets an error and goes on; the thread is left behind, detached, and ends
//! with the process. Nothing that the thread holds is shared, so it cannot block anybody.

use std::sync::mpsc;
use std::time::Duration;

use crate::git::GitError;

/// How long a step over objects may take before it counts as hung.
pub const LIMIT: Duration = Duration::from_secs(10);

/// Runs `work` on its own thread and waits for its answer, `limit` at the most.
///
/// # Errors
/// What `work` returns, or [`GitError::Hung`] when it did not end in time, panicked, or could not be started.
pub fn run<T, F>(label: &'static str, limit: Duration, work: F) -> Result<T, GitError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, GitError> + Send + 'static,
{
    let (answer, wait) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name(format!("gatecheck: {label}"));
    thread
        .spawn(move || {
            // The caller may be gone: then nobody wants the answer.
            let _ = answer.send(work());
        })
        .map_err(|error| GitError::Library { label, what: error.to_string() })?;
    match wait.recv_timeout(limit) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(GitError::Hung { label, limit }),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(GitError::Library { label, what: "the step ended without an answer".to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_in_time_is_the_answer() {
        assert!(matches!(run("adding", LIMIT, || Ok(1 + 1)), Ok(2)));
    }

    #[test]
    fn a_step_that_spins_for_ever_becomes_an_error() {
        let spin = || loop {
            std::thread::park();
        };
        let result: Result<(), _> = run("spinning", Duration::from_millis(20), spin);
        assert!(matches!(result, Err(GitError::Hung { label: "spinning", .. })));
    }
}
