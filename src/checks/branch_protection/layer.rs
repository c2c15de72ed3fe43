//! One of the layers that protect a branch: a ruleset, or classic protection. The most restrictive of them wins.

use std::collections::BTreeMap;

use super::demand::Demand;
use super::settings::{ActorType, Allowed, Grouping, MergeMethod, Mode, Switch};
use crate::model::{Fact, Missing};

/// Something that protects the branch, or would.
pub(super) struct Layer {
    /// What a person calls it: "the ruleset `main`".
    pub(super) name: String,
    pub(super) standing: Standing,
    pub(super) gives: Gives,
    /// Who may pass it by.
    pub(super) bypass: Vec<Fact<Actor>>,
    /// What this version does not know and what cannot loosen anything; clauses.
    pub(super) new: Vec<String>,
}

/// Whether a layer binds anybody on this branch.
pub(super) enum Standing {
    Binding,
    /// It does not; a clause that fits after its name.
    Idle(String),
    Unknown(Missing),
}

/// What a layer holds the branch to. Each list holds what several of its rules say; the strictest of them counts.
#[derive(Default)]
pub(super) struct Gives {
    pub(super) switches: BTreeMap<Switch, Vec<Fact<bool>>>,
    pub(super) approvals: Vec<Fact<u64>>,
    pub(super) checks: Vec<Fact<Vec<NamedCheck>>>,
    /// Ways to merge that are open.
    pub(super) methods: Vec<Fact<Vec<String>>>,
    pub(super) queues: Vec<Fact<Queue>>,
    pub(super) deployments: Vec<Fact<Vec<String>>>,
    pub(super) workflows: Vec<Fact<Vec<NamedWorkflow>>>,
}

/// A check that a layer requires.
#[derive(Clone, Debug)]
pub(super) struct NamedCheck {
    pub(super) name: String,
    /// The app that it must come from; anybody's where there is none.
    pub(super) app: Option<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct Queue {
    pub(super) method: Option<String>,
    pub(super) grouping: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct NamedWorkflow {
    pub(super) path: String,
    pub(super) repository: Option<u64>,
    pub(super) git_ref: Option<String>,
}

/// Whether a layer meets a demand.
pub(super) enum Answer {
    Yes,
    /// It asks for less; a clause that says for what, where it asks for something of the kind.
    No(Option<String>),
    Unknown(Missing),
}

impl Gives {
    pub(super) fn switch(&mut self, switch: Switch, value: Fact<bool>) {
        self.switches.entry(switch).or_default().push(value);
    }

    /// Whether no rule is known.
    pub(super) fn is_silent(&self) -> bool {
        let Self { switches, approvals, checks, methods, queues, deployments, workflows } = self;
        switches.is_empty()
            && approvals.is_empty()
            && checks.is_empty()
            && methods.is_empty()
            && queues.is_empty()
            && deployments.is_empty()
            && workflows.is_empty()
    }

    /// Whether this is enough for a demand.
    pub(super) fn answer(&self, demand: &Demand) -> Answer {
        match demand {
            Demand::Switch(switch) => {
                let told = self.switches.get(switch).map_or(&[][..], Vec::as_slice);
                best(told, |on| if *on { Answer::Yes } else { Answer::No(None) })
            }
            Demand::Approvals(wanted) => best(&self.approvals, |count| match count {
                count if count >= wanted => Answer::Yes,
                0 => Answer::No(None),
                count => Answer::No(Some(format!("asks for {count}"))),
            }),
            Demand::Check(wanted) => best(&self.checks, |checks| {
                let named: Vec<&NamedCheck> = checks.iter().filter(|it| it.name == wanted.name).collect();
                if named.iter().any(|it| wanted.app.is_none() || it.app == wanted.app) {
                    return Answer::Yes;
                }
                let others = || checks.iter().take(3).map(|it| format!("`{}`", it.name)).collect::<Vec<_>>().join(", ");
                Answer::No(match named.first() {
                    Some(NamedCheck { app: Some(app), .. }) => Some(format!("takes it from the app {app}")),
                    Some(NamedCheck { app: None, .. }) => Some("takes it from anybody who may set a status".to_owned()),
                    None => (!checks.is_empty()).then(|| format!("requires {}", others())),
                })
            }),
            Demand::NoMethod(method) => best(&self.methods, |open| {
                if open.iter().any(|it| it.eq_ignore_ascii_case(method.as_str())) {
                    Answer::No(Some(format!("allows {}", open.join(", "))))
                } else {
                    Answer::Yes
                }
            }),
            Demand::Queue(floor) => best(&self.queues, |queue| {
                let method = fits(floor.method.map(MergeMethod::as_str), queue.method.as_deref(), "merges by");
                let grouping = fits(floor.grouping.map(Grouping::as_str), queue.grouping.as_deref(), "goes by");
                match (method, grouping) {
                    (Answer::Yes, other) | (other, Answer::Yes) => other,
                    (no @ Answer::No(_), _) | (_, no @ Answer::No(_)) => no,
                    (unknown @ Answer::Unknown(_), Answer::Unknown(_)) => unknown,
                }
            }),
            Demand::Deployment(name) => best(&self.deployments, |names| of(names.contains(name))),
            Demand::Workflow(wanted) => best(&self.workflows, |workflows| {
                let is_it = |it: &&NamedWorkflow| it.path == wanted.path && it.repository == Some(wanted.repository);
                match workflows.iter().find(is_it) {
                    None => Answer::No(None),
                    Some(found) if wanted.git_ref.is_none() || wanted.git_ref == found.git_ref => Answer::Yes,
                    Some(found) => Answer::No(found.git_ref.as_ref().map(|it| format!("takes it from `{it}`"))),
                }
            }),
        }
    }
}

fn of(holds: bool) -> Answer {
    if holds { Answer::Yes } else { Answer::No(None) }
}

fn fits(wanted: Option<&str>, told: Option<&str>, verb: &str) -> Answer {
    match (wanted, told) {
        (None, _) => Answer::Yes,
        (Some(wanted), Some(told)) if told.eq_ignore_ascii_case(wanted) => Answer::Yes,
        (Some(_), Some(told)) => Answer::No(Some(format!("{verb} `{told}`"))),
        (Some(_), None) => Answer::Unknown(Missing::here("how the merge queue merges", TELL)),
    }
}

/// How what a forge did not tell is supplied.
pub(super) const TELL: &str = "ask the forge anew with a token that may read the repository's administration";

/// The best answer that one of several rules gives: rules only ever add to each other.
fn best<T>(told: &[Fact<T>], answer: impl Fn(&T) -> Answer) -> Answer {
    let mut best = Answer::No(None);
    for each in told {
        let answer = match each {
            Ok(value) => answer(value),
            Err(missing) => Answer::Unknown(missing.clone()),
        };
        match (&best, &answer) {
            (_, Answer::Yes) => return answer,
            (Answer::No(_), Answer::Unknown(_)) | (Answer::No(None), Answer::No(Some(_))) => best = answer,
            (Answer::No(_) | Answer::Unknown(_) | Answer::Yes, _) => {}
        }
    }
    best
}

/// Somebody who may pass a layer by.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Actor {
    /// Nothing for a kind that this version does not know.
    pub(super) kind: Option<ActorType>,
    pub(super) id: Option<u64>,
    /// What the forge calls it, where it tells.
    pub(super) name: Option<String>,
    pub(super) mode: Mode,
    pub(super) passes: Passes,
}

/// What somebody passes by of a layer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Passes {
    Everything,
    /// What is asked about reviews.
    Reviews,
    /// What is asked of pull requests: they push without one.
    PullRequests,
}

impl Actor {
    pub(super) fn admins() -> Self {
        Self {
            kind: Some(ActorType::Role),
            id: Some(ADMIN),
            name: None,
            mode: Mode::Always,
            passes: Passes::Everything,
        }
    }

    /// Whether the policy lets it.
    pub(super) fn is_allowed(&self, allowed: &[Allowed]) -> bool {
        allowed.iter().any(|it| {
            let is_same_name = |name: &String| self.name.as_ref().is_some_and(|mine| mine.eq_ignore_ascii_case(name));
            let is_it = match (it.id, &it.name) {
                (None, None) => true,
                (id, name) => (id.is_some() && id == self.id) || name.as_ref().is_some_and(is_same_name),
            };
            Some(it.kind) == self.kind && is_it && self.mode <= it.mode
        })
    }

    /// Whether it passes a demand by.
    pub(super) fn reaches(&self, demand: &Demand) -> bool {
        let Demand::Switch(switch) = demand else {
            return self.passes != Passes::Reviews || matches!(demand, Demand::Approvals(_));
        };
        let is_of_commits = match switch {
            Switch::PullRequest | Switch::DismissStale | Switch::LastPushApproval | Switch::CodeOwnerReview => {
                return true;
            }
            Switch::ResolvedConversations | Switch::UpToDate | Switch::NoUpdate | Switch::NoCreation => false,
            Switch::LinearHistory | Switch::Signatures | Switch::NoForcePush | Switch::NoDeletion => true,
        };
        match self.passes {
            Passes::Everything => true,
            Passes::Reviews => false,
            Passes::PullRequests => !is_of_commits,
        }
    }

    /// What a person calls it.
    pub(super) fn shown(&self) -> String {
        let numbered = |what: &str| match (&self.name, self.id) {
            (Some(name), _) => format!("{what} `{name}`"),
            (None, Some(id)) => format!("{what} {id}"),
            (None, None) => format!("{what} that is not named"),
        };
        match self.kind {
            Some(ActorType::Team) => numbered("the team"),
            Some(ActorType::App) => numbered("the app"),
            Some(ActorType::User) => numbered("the user"),
            Some(ActorType::OrganizationAdmin) => "every owner of the organization".to_owned(),
            Some(ActorType::DeployKey) => "every deploy key".to_owned(),
            Some(ActorType::Role) => match (&self.name, self.id) {
                (None, Some(ADMIN)) => "every administrator".to_owned(),
                (None, Some(2)) => "everybody who maintains the repository".to_owned(),
                (None, Some(4)) => "everybody who may write".to_owned(),
                (Some(name), _) => name.clone(),
                (None, _) => numbered("the role"),
            },
            None => numbered("an actor of a kind that this version does not know,"),
        }
    }

    pub(super) fn may(&self) -> &'static str {
        match self.mode {
            Mode::PullRequest => "may, in a pull request, bypass",
            Mode::Always => "may bypass",
            Mode::Exempt => "is exempt from",
        }
    }
}

/// The number of the role of administrators.
const ADMIN: u64 = 5;
