//! What only a forge knows about a pull request: who said what, who may, and what ran.
//!
//! Each fact is known or [`Missing`] for itself. Inside of a known one, an absent field is one that the forge did not
//! tell; nothing here guesses what it would have said.

mod check_run;
mod people;
mod protection;
mod review;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use check_run::{CheckRun, CheckState};
pub use people::{Permission, Person, Push, Team};
pub use protection::{BypassActor, Enforcement, MergeQueue, Protection, RefNames, Ruleset, RulesetRule};
pub use review::{Dismissal, Review, ReviewState, Thread};

use super::{Fact, Missing, ObjectId, RepoPath, Timestamp};

/// What the forge knows about the pull request.
#[derive(Clone, Debug)]
pub struct Forge {
    /// Every review, in any order.
    pub reviews: Fact<Arc<[Review]>>,
    /// Every review thread.
    pub threads: Fact<Arc<[Thread]>>,
    /// Check runs and commit statuses of the head.
    pub checks: Fact<Arc<[CheckRun]>>,
    /// Accounts: at least everybody who wrote, pushed or reviewed.
    pub people: Fact<Arc<[Person]>>,
    /// Teams that have access, or that the policy or a file of owners names.
    pub teams: Fact<Arc<[Team]>>,
    /// Everything that was pushed to the source branch, the state in which the pull request was opened included.
    pub pushes: Fact<Arc<[Push]>>,
    /// When the target was changed to another branch; empty when it never was.
    pub retargets: Fact<Arc<[Timestamp]>>,
    /// For each commit that was the head once: the files whose part of the change is another one by now, sorted. Told
    /// by Git, not by the forge.
    pub since: BTreeMap<ObjectId, Fact<Arc<[RepoPath]>>>,
    /// What protects the target branch.
    pub protection: Fact<Arc<Protection>>,
    /// The merge queue of the target branch; nothing when it has none.
    pub merge_queue: Fact<Option<Arc<MergeQueue>>>,
}

impl Forge {
    /// The forge was not asked.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            reviews: missing("the reviews"),
            threads: missing("the review threads"),
            checks: missing("what ran in CI"),
            people: missing("who has which permission"),
            teams: missing("who is in which team"),
            pushes: missing("who pushed to the branch"),
            retargets: missing("whether the pull request had another target before"),
            since: BTreeMap::new(),
            protection: missing("what protects the target branch"),
            merge_queue: missing("the merge queue"),
        }
    }
}

fn missing<T>(what: &str) -> Fact<T> {
    let how = "ask the forge with `gatecheck facts fetch --output FILE`, then judge with `--facts FILE`";
    Err(Missing { how: how.to_owned(), ..Missing::pull_request(what) })
}
