//! The clock, read once a run. What comes after judges by the fact, so that a recorded run can be judged again.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::Timestamp;

/// The current instant, in whole seconds.
#[must_use]
pub fn now() -> Timestamp {
    let seconds = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX),
    };
    Timestamp(seconds)
}
