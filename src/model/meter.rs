//! How long parts of a run take. Kept beside the report and never in it: a report is the same at any speed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Takes the time of named parts, on several threads.
pub struct Meter {
    /// The time since some moment.
    clock: fn() -> Duration,
    spent: Mutex<BTreeMap<String, Spent>>,
}

/// What one part took, all threads together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Spent {
    /// How often it ran.
    pub times: u64,
    /// How long.
    pub time: Duration,
}

impl Meter {
    /// A meter with this clock.
    #[must_use]
    pub fn new(clock: fn() -> Duration) -> Self {
        Self { clock, spent: Mutex::default() }
    }

    /// Runs a part and takes its time.
    pub fn measure<T>(&self, name: &str, part: impl FnOnce() -> T) -> T {
        let started = (self.clock)();
        let done = part();
        let time = (self.clock)().saturating_sub(started);
        // A part that broke leaves the numbers of the others as they are.
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        match spent.get_mut(name) {
            Some(it) => it.add(time),
            None => spent.entry(name.to_owned()).or_default().add(time),
        }
        done
    }

    /// What every part took, the longest first.
    #[must_use]
    pub fn spent(&self) -> Vec<(String, Spent)> {
        let spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<(String, Spent)> = spent.iter().map(|(name, it)| (name.clone(), *it)).collect();
        all.sort_by(|(a_name, a), (b_name, b)| b.time.cmp(&a.time).then_with(|| a_name.cmp(b_name)));
        all
    }
}

impl Spent {
    fn add(&mut self, time: Duration) {
        self.times = self.times.saturating_add(1);
        self.time = self.time.saturating_add(time);
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Meter").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    static TICKS: AtomicU64 = AtomicU64::new(0);

    #[test]
    fn the_longest_part_stands_first() {
        let meter = Meter::new(|| Duration::from_millis(TICKS.fetch_add(1, Ordering::Relaxed)));
        meter.measure("a", || ());
        assert_eq!(meter.measure("b", || meter.measure("a", || 7)), 7);
        let spent = |times, millis| Spent { times, time: Duration::from_millis(millis) };
        assert_eq!(meter.spent(), [("b".to_owned(), spent(1, 3)), ("a".to_owned(), spent(2, 2))]);
    }
}
