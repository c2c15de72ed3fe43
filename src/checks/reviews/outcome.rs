//! What requirements come to, and what several come to together.

use super::unblock::Short;
use crate::model::Missing;

/// What a requirement comes to.
pub(super) enum Outcome {
    Met,
    /// It is not about this change; a clause that says why.
    Skipped(String),
    Unknown(Vec<Missing>),
    /// Approvals are lacking.
    Short(Box<Short>),
    /// Some of these are not met, and all must be.
    All(Vec<Self>),
    /// Fewer than so many of these are met.
    Some {
        lacking: usize,
        of: Vec<Self>,
    },
}

/// All must be met; what is skipped drops out.
pub(super) fn all(outcomes: Vec<Outcome>) -> Outcome {
    let mut open = Vec::new();
    let mut reasons = Vec::new();
    let mut is_any = false;
    for outcome in outcomes {
        match outcome {
            Outcome::Met => is_any = true,
            Outcome::Skipped(why) => reasons.push(why),
            Outcome::Unknown(_) | Outcome::Short(_) | Outcome::All(_) | Outcome::Some { .. } => open.push(outcome),
        }
    }
    match open.len() {
        0 if is_any => Outcome::Met,
        0 => Outcome::Skipped(reasons.join("; ")),
        1 => open.swap_remove(0),
        _ => Outcome::All(open),
    }
}

/// So many must be met; what is skipped drops out, and cannot be one of them.
pub(super) fn some(wanted: usize, outcomes: Vec<Outcome>) -> Outcome {
    let mut open = Vec::new();
    let mut reasons = Vec::new();
    let (mut met, mut missing, mut unknown) = (0_usize, Vec::new(), 0_usize);
    for outcome in outcomes {
        match outcome {
            Outcome::Met => met += 1,
            Outcome::Skipped(why) => reasons.push(why),
            Outcome::Unknown(why) => {
                unknown += 1;
                missing.extend(why);
            }
            Outcome::All(ref of) if of.iter().all(|it| matches!(it, Outcome::Unknown(_))) => {
                unknown += 1;
                missing.extend(missing_of(&outcome));
            }
            Outcome::Short(_) | Outcome::All(_) | Outcome::Some { .. } => open.push(outcome),
        }
    }
    if met >= wanted {
        Outcome::Met
    } else if met + unknown >= wanted {
        Outcome::Unknown(missing)
    } else if met + unknown + open.len() == 0 {
        Outcome::Skipped(reasons.join("; "))
    } else {
        Outcome::Some { lacking: wanted - met, of: open }
    }
}

/// Everything that is missing in an outcome.
pub(super) fn missing_of(outcome: &Outcome) -> Vec<Missing> {
    match outcome {
        Outcome::Unknown(missing) => missing.clone(),
        Outcome::All(of) => of.iter().flat_map(missing_of).collect(),
        // What else is not known decides nothing where too little can be met anyway.
        Outcome::Some { .. } | Outcome::Met | Outcome::Skipped(_) | Outcome::Short(_) => Vec::new(),
    }
}
