//! What is noticed while secrets are looked for, besides what is found: which exemptions were needed, and the time.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::model::{Facts, Meter};

/// Notices what happens in one run of one rule. Threads may notice in any order: what is noticed is a set.
#[derive(Default)]
pub(super) struct Watch<'a> {
    meter: Option<&'a Meter>,
    /// By entry of `allow`: whether it covers a finding, or would if it had not ended.
    covering: Vec<AtomicBool>,
}

impl<'a> Watch<'a> {
    /// Watches over a run with so many entries of `allow`.
    pub(super) fn new(facts: &'a Facts, entries: usize) -> Self {
        let covering = std::iter::repeat_with(AtomicBool::default).take(entries).collect();
        Self { meter: facts.budget.meter(), covering }
    }

    /// Notes that an entry covers a finding.
    pub(super) fn covers(&self, entry: usize) {
        if let Some(flag) = self.covering.get(entry) {
            flag.store(true, Ordering::Relaxed);
        }
    }

    /// Whether an entry covered a finding.
    pub(super) fn has_covered(&self, entry: usize) -> bool {
        self.covering.get(entry).is_some_and(|it| it.load(Ordering::Relaxed))
    }

    /// Runs a part, and takes its time if somebody asked for it.
    pub(super) fn measure<T>(watch: Option<&Self>, name: impl FnOnce() -> String, part: impl FnOnce() -> T) -> T {
        match watch.and_then(|it| it.meter) {
            Some(meter) => meter.measure(&name(), part),
            None => part(),
        }
    }
}
