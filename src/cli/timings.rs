//! `--timings`: how long each part took, on standard error. The report stays the same at any speed.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::Arc;

use crate::formats::visible::visible;
use crate::gather::clock;
use crate::model::{Budget, Facts, Meter, Spent};

/// Takes the time of a run, if somebody asked for it.
pub(super) struct Timings(Option<Arc<Meter>>);

impl Timings {
    /// Timings of a run.
    pub(super) fn new(are_wanted: bool) -> Self {
        Self(are_wanted.then(|| Arc::new(Meter::new(clock::since_start))))
    }

    /// The facts, so that the time of judging them is taken.
    pub(super) fn over(&self, facts: Facts) -> Facts {
        match &self.0 {
            Some(meter) => Facts { budget: Arc::new(Budget::default().metered(Arc::clone(meter))), ..facts },
            None => facts,
        }
    }

    /// Writes the table.
    pub(super) fn print(&self) {
        let Some(meter) = &self.0 else { return };
        let mut text =
            String::from("      time       runs  part (of all threads; a rule contains the detectors that it runs)\n");
        for (name, Spent { times, time }) in meter.spent() {
            let micros = time.as_micros();
            let _ = writeln!(text, "{:>6}.{:03} ms {times:>9}  {}", micros / 1000, micros % 1000, visible(&name));
        }
        // When standard error is gone there is nobody left to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}
