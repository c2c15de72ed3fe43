//! What a floor asks for, one demand after the other, and the words for it.

use super::settings::{MergeMethod, Parts, QueueFloor, RequiredCheck, Switch, Workflow};

/// One thing that the forge must hold the branch to.
#[derive(Clone, Debug)]
pub(super) enum Demand {
    Switch(Switch),
    Approvals(u64),
    Check(RequiredCheck),
    /// This way to merge is closed.
    NoMethod(MergeMethod),
    Queue(QueueFloor),
    Deployment(String),
    Workflow(Workflow),
}

/// The demands of a floor, in the order of the settings.
pub(super) fn demands(parts: &Parts) -> Vec<Demand> {
    let mut switches = parts.require.clone();
    switches.sort_unstable();
    switches.dedup();
    let closed = MergeMethod::ALL.into_iter().filter(|it| !parts.merge_methods.contains(it));
    let closed = closed.filter(|_| !parts.merge_methods.is_empty()).map(Demand::NoMethod);
    let mut demands: Vec<Demand> = switches.into_iter().map(Demand::Switch).collect();
    demands.extend(parts.approvals.map(|count| Demand::Approvals(u64::from(count))));
    demands.extend(parts.checks.iter().cloned().map(Demand::Check));
    demands.extend(closed);
    demands.extend(parts.merge_queue.map(Demand::Queue));
    demands.extend(parts.deployments.iter().cloned().map(Demand::Deployment));
    demands.extend(parts.workflows.iter().cloned().map(Demand::Workflow));
    demands
}

impl Demand {
    /// The hazard of which it is a finding when it is not met.
    pub(super) fn hazard(&self) -> &'static str {
        match self {
            Self::Switch(switch) => match switch {
                Switch::PullRequest => "no-pull-request",
                Switch::DismissStale | Switch::LastPushApproval | Switch::CodeOwnerReview => "approvals",
                Switch::ResolvedConversations => "conversations",
                Switch::UpToDate => "checks",
                Switch::LinearHistory | Switch::Signatures => "history",
                Switch::NoForcePush | Switch::NoDeletion | Switch::NoCreation | Switch::NoUpdate => "writers",
            },
            Self::Approvals(_) => "approvals",
            Self::Check(_) => "checks",
            Self::NoMethod(_) | Self::Queue(_) => "merging",
            Self::Deployment(_) => "deployments",
            Self::Workflow(_) => "workflows",
        }
    }

    /// What must hold: goes on after "nothing makes sure that ".
    pub(super) fn told(&self) -> String {
        match self {
            Self::Switch(switch) => switch.told().to_owned(),
            Self::Approvals(1) => "somebody approves".to_owned(),
            Self::Approvals(count) => format!("{count} people approve"),
            Self::Check(check) => match check.app {
                Some(app) => format!("`{}` of the app {app} passes", check.name),
                None => format!("`{}` passes", check.name),
            },
            Self::NoMethod(method) => format!("nothing is merged by `{}`", method.as_str()),
            Self::Queue(floor) => {
                let method = floor.method.map_or_else(String::new, |it| format!(" by `{}`", it.as_str()));
                let grouping = floor.grouping.map_or_else(String::new, |it| format!(" with `{}`", it.as_str()));
                format!("a queue merges{method}{grouping}")
            }
            Self::Deployment(name) => format!("a change was deployed to `{name}`"),
            Self::Workflow(workflow) => {
                format!("the workflow `{}` of the repository {} passes", workflow.path, workflow.repository)
            }
        }
    }

    /// What tells it from others of its hazard.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Approvals(_) => "approvals".to_owned(),
            Self::Queue(_) => "queue".to_owned(),
            Self::Check(check) => check.name.clone(),
            Self::Switch(_) | Self::NoMethod(_) | Self::Deployment(_) | Self::Workflow(_) => self.told(),
        }
    }
}

impl Switch {
    fn told(self) -> &'static str {
        match self {
            Self::PullRequest => "what is merged comes by a pull request",
            Self::DismissStale => "an approval ends when the change becomes another one",
            Self::LastPushApproval => "somebody else than the last pusher approves",
            Self::CodeOwnerReview => "code owners approve",
            Self::ResolvedConversations => "every conversation is resolved",
            Self::UpToDate => "the checks ran on the newest state of the branch",
            Self::LinearHistory => "no merge commit gets in",
            Self::Signatures => "commits are signed",
            Self::NoForcePush => "nobody rewrites it",
            Self::NoDeletion => "nobody deletes it",
            Self::NoCreation => "only a few may create it",
            Self::NoUpdate => "only a few may push to it",
        }
    }
}
