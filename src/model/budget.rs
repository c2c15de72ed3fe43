//! How much work a rule may do, in units that are the same on every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::{Meter, Missing};

/// The work that one rule may do. A unit is about one byte looked at.
///
/// The budget counts work and not time, so that a rule which runs out of it does so everywhere and
/// always. [`Facts`](super::Facts) charges for what it hands out, whether or not somebody else has read it before; a
/// check whose work grows faster than its input charges for that by [`Facts::spend`](super::Facts::spend).
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    left: AtomicU64,
    exhausted: AtomicBool,
    meter: Option<Arc<Meter>>,
}

impl Budget {
    /// Enough to look at 64 GiB: several minutes of work, and more than any honest change holds.
    const USUAL: u64 = 64 << 30;

    /// A budget of this many units.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { limit, left: AtomicU64::new(limit), exhausted: AtomicBool::new(false), meter: None }
    }

    /// The same, with the time of the work taken.
    #[must_use]
    pub fn metered(self, meter: Arc<Meter>) -> Self {
        Self { meter: Some(meter), ..self }
    }

    /// What takes the time, when somebody asked for it.
    #[must_use]
    pub fn meter(&self) -> Option<&Meter> {
        self.meter.as_deref()
    }

    /// A full budget of the same size: every rule has its own, so that none can spend another's.
    #[must_use]
    pub fn refilled(&self) -> Self {
        Self { meter: self.meter.clone(), ..Self::new(self.limit) }
    }

    /// A budget of what is left of this one, to be spent on trial.
    #[must_use]
    pub fn trial(&self) -> Self {
        Self::new(self.left.load(Ordering::Relaxed))
    }

    /// The units that were taken out.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.limit.saturating_sub(self.left.load(Ordering::Relaxed))
    }

    /// Takes units out.
    ///
    /// # Errors
    /// When less than that is left; from then on always.
    pub fn spend(&self, units: u64) -> Result<(), Missing> {
        let taken = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(units));
        if taken.is_err() {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        self.check()
    }

    /// Whether more was asked for than there was.
    ///
    /// # Errors
    /// When it was: the rule is unknown then, even if its check took no notice.
    pub fn check(&self) -> Result<(), Missing> {
        if !self.exhausted.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(Missing::here(
            format!("what the rule finds beyond its budget of {} units of work", self.limit),
            "narrow the rule with `when: { paths: […] }`, or split the change",
        ))
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::USUAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_is_gone_and_overdrawing_is_remembered() {
        let budget = Budget::new(10);
        assert!(budget.spend(7).is_ok());
        assert!(budget.spend(4).is_err());
        assert!(budget.spend(1).is_err(), "a rule that ran out cannot go on with smaller steps");
        assert!(budget.check().is_err());
        assert!(budget.refilled().spend(10).is_ok());
    }
}
