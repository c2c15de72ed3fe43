//! The policy of the head, in the shadow of the one that judges: what the change would weaken, once merged.

use std::sync::Arc;

use super::args::PolicyChoice;
use super::loader::{Loader, Refused};
use crate::gather::Sides;
use crate::git::Range;
use crate::model::{Change, Level, Problem, Tree};
use crate::policy::{self, Moves, Policy, Sources};

/// What a change does to the policy.
#[derive(Default)]
pub(super) struct Shadow {
    /// What a person should know before they approve it.
    pub(super) problems: Vec<Problem>,
    /// The first policy of a repository that had none: it has no predecessor to be compared with.
    pub(super) first: Option<Policy>,
}

/// Looks at the policy of the head of a proposal that touches it.
pub(super) fn cast(loader: &Loader, range: &Range, sides: &Sides, by: (&Policy, &PolicyChoice)) -> Shadow {
    let (judging, choice) = by;
    let is_chosen = choice.policy.is_some() || choice.pack.is_some();
    let mut paths = sides.changes.iter().flat_map(Change::paths);
    if is_chosen || !policy::touches(judging, &mut paths) {
        return Shadow::default();
    }
    let sources = |tree: &Arc<dyn Tree>, revision: Option<&String>| Sources {
        revision: revision.cloned(),
        touched: sides.changes.iter().flat_map(|change| change.paths().cloned()).collect(),
        language: choice.lang.clone(),
        ..Sources::of(Arc::clone(tree))
    };
    let head = match loader.propose(sources(&sides.head, None)) {
        Ok(head) => head,
        Err(refused) => return Shadow { problems: refused_as(refused), first: None },
    };
    // The branch that the change goes to may have moved on. What the change does is seen from where it started.
    let start = Sources { moves: Moves::of(&sides.changes), ..sources(&sides.base, Some(&range.base_name)) };
    let start = loader.propose(start).ok();
    let base = start.as_ref().unwrap_or(judging);
    match (base.files.is_empty(), head.files.is_empty()) {
        (true, false) => Shadow { problems: Vec::new(), first: Some(head) },
        (true, true) | (false, _) => {
            let problems = policy::compare(base, &head, sides.head.as_ref());
            Shadow { problems, first: None }
        }
    }
}

/// A policy that cannot be read would stop every run once it is merged: that closes the gate. One that was not seen
/// is left to whoever approves it.
fn refused_as(refused: Refused) -> Vec<Problem> {
    match refused {
        Refused::Wrong(errors) => policy::unreadable(&errors, Level::Block),
        Refused::Unseen(errors) => policy::unreadable(&errors, Level::Warn),
    }
}
