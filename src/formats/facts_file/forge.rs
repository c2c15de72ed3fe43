//! What the forge knows, as a file holds it: each key for itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::replay::recorded;
use super::{Known, merge};
use crate::model::{
    CheckRun, Fact, Forge, MergeQueue, Missing, ObjectId, Person, Protection, Push, RepoPath, Review, Team, Thread,
    Timestamp,
};

/// What the forge knows about the pull request. A key that is absent says nothing; an empty list says that there is
/// none.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ForgePart {
    /// Every review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviews: Option<Known<Vec<Review>>>,
    /// Every review thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threads: Option<Known<Vec<Thread>>>,
    /// Check runs and commit statuses of the head.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checks: Option<Known<Vec<CheckRun>>>,
    /// Accounts: at least everybody who wrote, pushed or reviewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<Known<Vec<Person>>>,
    /// Teams that have access, or that the policy or a file of owners names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teams: Option<Known<Vec<Team>>>,
    /// Everything that was pushed to the source branch, the state in which the pull request was opened included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pushes: Option<Known<Vec<Push>>>,
    /// When the target was changed to another branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retargets: Option<Known<Vec<Timestamp>>>,
    /// For each commit that was the head once: the files whose part of the change is another one by now. Told by Git
    /// where the repository is at hand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub since: BTreeMap<ObjectId, Known<Vec<RepoPath>>>,
    /// What protects the target branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protection: Option<Known<Protection>>,
    /// The merge queue of the target branch; `known: null` when it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge_queue: Option<Known<Option<MergeQueue>>>,
}

impl ForgePart {
    pub(super) fn of(forge: &Forge) -> Self {
        // Without `..`, so that a new fact cannot be forgotten here.
        let Forge { reviews, threads, checks, people, teams, pushes, retargets, since, protection, merge_queue } =
            forge;
        let since = since.iter().map(|(id, changed)| (*id, list(changed)));
        Self {
            reviews: Some(list(reviews)),
            threads: Some(list(threads)),
            checks: Some(list(checks)),
            people: Some(list(people)),
            teams: Some(list(teams)),
            pushes: Some(list(pushes)),
            retargets: Some(list(retargets)),
            since: since.collect(),
            protection: Some(Known::of(protection.clone().map(|it| it.as_ref().clone()))),
            merge_queue: Some(Known::of(merge_queue.clone().map(|it| it.as_deref().cloned()))),
        }
    }

    /// What a recording says; what it lacks was not recorded.
    pub(super) fn facts(&self) -> Forge {
        fn all<T: Clone>(known: Option<&Known<Vec<T>>>, what: &str) -> Fact<Arc<[T]>> {
            recorded(known, what).map(Arc::from)
        }
        Forge {
            reviews: all(self.reviews.as_ref(), "the list of reviews"),
            threads: all(self.threads.as_ref(), "the list of review threads"),
            checks: all(self.checks.as_ref(), "what ran in CI"),
            people: all(self.people.as_ref(), "who has which permission"),
            teams: all(self.teams.as_ref(), "who is in which team"),
            pushes: all(self.pushes.as_ref(), "who pushed to the branch"),
            retargets: all(self.retargets.as_ref(), "whether the pull request had another target before"),
            since: self.since(),
            protection: recorded(self.protection.as_ref(), "what protects the target branch").map(Arc::new),
            merge_queue: recorded(self.merge_queue.as_ref(), "the merge queue").map(|it| it.map(Arc::new)),
        }
    }

    /// What was gathered, with what is known here over it.
    pub(super) fn over(&self, gathered: &Forge) -> Forge {
        let mut forge = gathered.clone();
        lay(&mut forge.reviews, self.reviews.as_ref(), Arc::from);
        lay(&mut forge.threads, self.threads.as_ref(), Arc::from);
        lay(&mut forge.checks, self.checks.as_ref(), Arc::from);
        lay(&mut forge.people, self.people.as_ref(), Arc::from);
        lay(&mut forge.teams, self.teams.as_ref(), Arc::from);
        lay(&mut forge.pushes, self.pushes.as_ref(), Arc::from);
        lay(&mut forge.retargets, self.retargets.as_ref(), Arc::from);
        lay(&mut forge.protection, self.protection.as_ref(), Arc::new);
        lay(&mut forge.merge_queue, self.merge_queue.as_ref(), |it| it.map(Arc::new));
        for (commit, changed) in self.since() {
            // What Git told about a commit that is at hand is not overruled.
            if forge.since.get(&commit).is_none_or(Result::is_err) {
                forge.since.insert(commit, changed);
            }
        }
        forge
    }

    /// Whether it tells nothing that is about one head and no other. What protects a branch is about the branch.
    pub(super) fn is_about_no_head(&self) -> bool {
        fn is_unknown<T>(known: &Option<Known<T>>) -> bool {
            !matches!(known, Some(Known::Known(_)))
        }
        let lists = [
            is_unknown(&self.reviews),
            is_unknown(&self.threads),
            is_unknown(&self.checks),
            is_unknown(&self.people),
            is_unknown(&self.teams),
            is_unknown(&self.pushes),
            is_unknown(&self.retargets),
            is_unknown(&self.merge_queue),
        ];
        self.since.is_empty() && lists.iter().all(|it| *it)
    }

    /// What it says to be missing.
    pub(super) fn untold(&self) -> Vec<&Missing> {
        fn missing<T>(known: &Option<Known<T>>) -> Option<&Missing> {
            match known {
                Some(Known::Missing(missing)) => Some(missing),
                Some(Known::Known(_)) | None => None,
            }
        }
        let all = [
            missing(&self.reviews),
            missing(&self.threads),
            missing(&self.checks),
            missing(&self.people),
            missing(&self.teams),
            missing(&self.pushes),
            missing(&self.retargets),
            missing(&self.protection),
            missing(&self.merge_queue),
        ];
        all.into_iter().flatten().collect()
    }

    fn since(&self) -> BTreeMap<ObjectId, Fact<Arc<[RepoPath]>>> {
        self.since.iter().map(|(id, changed)| (*id, changed.fact().map(Arc::from))).collect()
    }
}

/// What the file knows wins. Where nobody knows, the reason of whoever asked the forge does: it says what to do.
fn lay<T: Clone, U>(fact: &mut Fact<U>, known: Option<&Known<T>>, shape: impl FnOnce(T) -> U) {
    if let (Err(reason), Some(Known::Missing(told))) = (&mut *fact, known) {
        reason.clone_from(told);
    }
    merge::lay(fact, known, shape);
}

fn list<T: Clone>(fact: &Fact<Arc<[T]>>) -> Known<Vec<T>> {
    Known::of(fact.clone().map(|it| it.to_vec()))
}
