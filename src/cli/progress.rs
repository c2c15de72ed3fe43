//! A sign of life on long work: one line on standard error, only on a terminal, gone when the work is done.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Work that takes less is over before anybody wonders.
const PATIENCE: Duration = Duration::from_millis(800);
/// How often the line is drawn anew.
const BEAT: Duration = Duration::from_millis(250);

/// Shows what is being done until it is dropped.
pub(super) struct Progress {
    steps: Option<Sender<&'static str>>,
    drawer: Option<JoinHandle<()>>,
}

impl Progress {
    /// Starts showing, if standard error is a terminal and nobody asked for quiet.
    pub(super) fn start(quiet: bool) -> Self {
        if quiet || !io::stderr().is_terminal() {
            return Self { steps: None, drawer: None };
        }
        let (steps, received) = mpsc::channel();
        let drawer = std::thread::spawn(move || {
            let started = Instant::now();
            let mut step = "starting";
            let mut drawn = false;
            loop {
                let wait = if drawn { BEAT } else { PATIENCE.saturating_sub(started.elapsed()) };
                match received.recv_timeout(wait) {
                    Ok(next) => step = next,
                    Err(RecvTimeoutError::Timeout) => {
                        drawn = true;
                        draw(&format!("{step} … {} s", started.elapsed().as_secs()));
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            if drawn {
                draw("");
            }
        });
        Self { steps: Some(steps), drawer: Some(drawer) }
    }

    /// Says what is done from now on.
    pub(super) fn step(&self, step: &'static str) {
        if let Some(steps) = &self.steps {
            let _ = steps.send(step);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.steps = None;
        if let Some(drawer) = self.drawer.take() {
            let _ = drawer.join();
        }
    }
}

/// Replaces the line. A terminal that went away needs no progress.
fn draw(text: &str) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush());
}
