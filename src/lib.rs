//! gatecheck judges a change of a Git repository against declarative policies.
//!
//! One idea carries everything: **gather, then judge**. All that can fail for reasons of the outside
//! world happens first, in [`git`] and [`gather`], and ends in [`model::Facts`]. Judging is a pure
//! function of the policy and the facts, in [`engine`] and [`checks`]. What comes after it only
//! renders, in [`report`]. `ARCHITECTURE.md` has the map and the invariants.

pub mod casebook;
pub mod checks;
pub mod cli;
pub mod engine;
#[cfg(feature = "forge")]
pub mod fetch;
pub mod formats;
pub mod gather;
pub mod git;
pub mod model;
pub mod policy;
pub mod report;
