//! Classic branch protection of GitHub, made into a layer. What other forges export is told by its keys.

use std::collections::BTreeMap;

use serde_json::Value;

use super::layer::{Actor, Gives, Layer, NamedCheck, Passes, Queue, Standing, TELL};
use super::rulesets::NEWER;
use super::settings::{ActorType, Mode, Switch};
use super::{gitea, gitlab};
use crate::model::{Fact, Forge, Missing};

/// Classic protection as a forge exports it.
pub(super) type Exported = BTreeMap<String, Value>;

const NAME: &str = "classic branch protection";

/// The layer that classic protection is.
pub(super) fn layer(exported: &Exported, forge: &Forge) -> Layer {
    if exported.contains_key("push_access_levels") {
        return gitlab::layer(exported);
    }
    if ["rule_name", "branch_name", "enable_push"].iter().any(|key| exported.contains_key(*key)) {
        return gitea::layer(exported);
    }
    let reader = Reader { exported, name: NAME };
    let mut gives = Gives::default();
    let mut bypass = Vec::new();
    switches(&reader, &mut gives);
    checks(&reader, &mut gives);
    reviews(&reader, &mut gives, &mut bypass);
    // The settings of a queue are no part of what is exported.
    gives.queues.extend(match &forge.merge_queue {
        Ok(queue) => queue.as_ref().map(|it| Ok(Queue { method: it.method.clone(), grouping: None })),
        Err(missing) => Some(Err(missing.clone())),
    });
    match reader.enabled("enforce_admins") {
        Ok(true) => {}
        Ok(false) => bypass.push(Ok(Actor::admins())),
        Err(missing) => bypass.push(Err(missing)),
    }
    let standing = match (exported.get("enabled").and_then(Value::as_bool), new(exported)) {
        (Some(false), _) => Standing::Idle("is off".to_owned()),
        (_, (_, Some(doubt))) => Standing::Unknown(doubt),
        (_, (_, None)) => Standing::Binding,
    };
    Layer { name: NAME.to_owned(), standing, gives, bypass, new: new(exported).0 }
}

/// What an export is read by.
pub(super) struct Reader<'a> {
    pub(super) exported: &'a Exported,
    pub(super) name: &'a str,
}

impl Reader<'_> {
    /// A key of a kind.
    pub(super) fn read<T>(&self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Fact<T> {
        self.exported.get(key).and_then(read).ok_or_else(|| self.untold(key))
    }

    pub(super) fn on(&self, key: &str) -> Fact<bool> {
        self.read(key, Value::as_bool)
    }

    pub(super) fn untold(&self, key: &str) -> Missing {
        Missing::here(format!("`{key}` of {}", self.name), TELL)
    }

    /// A switch that is an object with `enabled`.
    fn enabled(&self, key: &str) -> Fact<bool> {
        self.read(key, |it| it.as_bool().or_else(|| it.get("enabled")?.as_bool()))
    }
}

fn switches(reader: &Reader<'_>, gives: &mut Gives) {
    let not = |value: Fact<bool>| value.map(|on| !on);
    gives.switch(Switch::NoForcePush, not(reader.enabled("allow_force_pushes")));
    gives.switch(Switch::NoDeletion, not(reader.enabled("allow_deletions")));
    gives.switch(Switch::Signatures, reader.enabled("required_signatures"));
    gives.switch(Switch::LinearHistory, reader.enabled("required_linear_history"));
    gives.switch(Switch::ResolvedConversations, reader.enabled("required_conversation_resolution"));
    let is_restricted = reader.exported.get("restrictions").is_some_and(|it| !it.is_null());
    // A lock is for everybody; both are left out where they are off.
    let is_locked = reader.enabled("lock_branch").unwrap_or(false);
    gives.switch(Switch::NoUpdate, Ok(is_locked || is_restricted));
    let blocks = reader.enabled("block_creations").unwrap_or(false);
    gives.switch(Switch::NoCreation, Ok(is_restricted && blocks));
}

fn checks(reader: &Reader<'_>, gives: &mut Gives) {
    let Some(required) = reader.exported.get("required_status_checks").filter(|it| !it.is_null()) else { return };
    let listed = |key: &str| required.get(key).and_then(Value::as_array).filter(|it| !it.is_empty());
    let named = match (listed("checks"), listed("contexts")) {
        (Some(checks), _) => checks.iter().map(named_check).collect(),
        // What a server too old for apps tells.
        (None, Some(contexts)) => {
            contexts.iter().map(|it| it.as_str().map(|name| NamedCheck { name: name.to_owned(), app: None })).collect()
        }
        (None, None) => Some(Vec::new()),
    };
    let named: Fact<Vec<NamedCheck>> = named.ok_or_else(|| reader.untold("required_status_checks"));
    let strict = required.get("strict").and_then(Value::as_bool);
    let strict = match &named {
        Ok(checks) if checks.is_empty() => Ok(false),
        Ok(_) | Err(_) => strict.ok_or_else(|| reader.untold("required_status_checks.strict")),
    };
    gives.switch(Switch::UpToDate, strict);
    gives.checks.push(named);
}

fn named_check(value: &Value) -> Option<NamedCheck> {
    // -1 stands for anybody.
    let app = value.get("app_id").and_then(Value::as_i64).and_then(|it| u64::try_from(it).ok());
    Some(NamedCheck { name: value.get("context")?.as_str()?.to_owned(), app })
}

fn reviews(reader: &Reader<'_>, gives: &mut Gives, bypass: &mut Vec<Fact<Actor>>) {
    let key = "required_pull_request_reviews";
    let Some(reviews) = reader.exported.get(key).filter(|it| !it.is_null()) else { return };
    let untold = |part: &str| reader.untold(&format!("{key}.{part}"));
    let on = |part: &str| reviews.get(part).and_then(Value::as_bool).ok_or_else(|| untold(part));
    gives.switch(Switch::PullRequest, Ok(true));
    gives.switch(Switch::DismissStale, on("dismiss_stale_reviews"));
    gives.switch(Switch::CodeOwnerReview, on("require_code_owner_reviews"));
    gives.switch(Switch::LastPushApproval, on("require_last_push_approval"));
    let count = reviews.get("required_approving_review_count").and_then(Value::as_u64);
    gives.approvals.push(count.ok_or_else(|| untold("required_approving_review_count")));
    let allowances = reviews.get("bypass_pull_request_allowances");
    for (list, kind, name) in
        [("users", ActorType::User, "login"), ("teams", ActorType::Team, "slug"), ("apps", ActorType::App, "slug")]
    {
        let actors = allowances.and_then(|it| it.get(list)).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        bypass.extend(actors.iter().map(|it| {
            Ok(Actor {
                kind: Some(kind),
                id: it.get("id").and_then(Value::as_u64),
                name: it.get(name).and_then(Value::as_str).map(str::to_owned),
                mode: Mode::Always,
                passes: Passes::Reviews,
            })
        }));
    }
}

const KNOWN: [&str; 17] = [
    "url",
    "name",
    "enabled",
    "protection_url",
    "required_status_checks",
    "enforce_admins",
    "required_pull_request_reviews",
    "restrictions",
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "required_signatures",
    "lock_branch",
    "allow_fork_syncing",
    "node_id",
];

/// Keys that are not known: clauses about those that ask for more, and what a key that may loosen leaves open.
fn new(exported: &Exported) -> (Vec<String>, Option<Missing>) {
    let unknown = exported.iter().filter(|(key, _)| !KNOWN.contains(&key.as_str()));
    let (more, other): (Vec<_>, Vec<_>) = unknown.partition(|(key, _)| key.starts_with("require"));
    let doubt = other.first().map(|(key, _)| {
        Missing::here(format!("what {NAME} asks for: its key `{key}` is new and may loosen it"), NEWER)
    });
    (more.into_iter().map(|(key, _)| format!("has the key `{key}`")).collect(), doubt)
}
