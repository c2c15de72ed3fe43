//! Judges whether a literal beside a name is a secret in use: literal or reference, placeholder, words or randomness.

mod letters;

use super::hit::Placed;
use super::pair::Pair;
use super::scan::Input;
use super::tier::Tier;

/// What a literal is, and how sure that is.
pub(super) struct Judgement {
    pub(super) kind: &'static Placed,
    pub(super) tier: Tier,
    /// What was seen: a clause such as `it looks like an example`.
    pub(super) note: Option<String>,
}

/// What the literal of a pair is; nothing when it is no secret.
pub(super) fn judge(input: &Input<'_>, pair: &Pair<'_>) -> Option<Judgement> {
    let _ = (input, pair);
    None
}
