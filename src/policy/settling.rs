//! What a policy says about findings that are accepted instead of mended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How findings may be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settling {
    /// Which inline comments count.
    pub suppressions: Suppressions,
    /// The longest that a waiver may still run, counted from the day of the run; without one, for ever.
    pub waiver_horizon: Option<Days>,
}

/// A number of days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Days(pub u32);

/// Which inline comments count.
///
/// An inline comment is written by whoever writes the offence. For a rule that closes the gate this
/// would hand the key to the one whom the gate is for: a pull request that adds a secret could add
/// the comment beside it. So the default tells apart by level and by place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suppressions {
    /// `base-only` for rules at level `block` where a proposal is judged: on a pull request, in a merge
    /// queue, at a push, over a named range, and in CI. `honoured` for every other level, and for the work
    /// tree and the index on the author's own machine.
    #[default]
    ByLevel,
    /// Every comment counts. Those that the change adds are listed as such.
    Honoured,
    /// Only comments that stand in the base, on lines that the change leaves alone. A whole-repository
    /// scan and a release have nobody's proposal before them: there each comment has been through the gate.
    BaseOnly,
    /// None counts.
    Off,
}
