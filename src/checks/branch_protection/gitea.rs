//! Branch protection of Gitea and Forgejo, made into a layer. Source: `BranchProtection` of their API.

use serde_json::Value;

use super::classic::{Exported, Reader};
use super::layer::{Actor, Gives, Layer, NamedCheck, Passes, Standing};
use super::settings::{ActorType, Mode, Switch};
use crate::model::{Fact, Missing};

const NAME: &str = "the branch protection of Gitea";

pub(super) fn layer(exported: &Exported) -> Layer {
    let reader = Reader { exported, name: NAME };
    let mut gives = Gives::default();
    let mut bypass = Vec::new();
    let pushes = reader.on("enable_push");
    // A list of those who may push: for them it is as if no pull request were asked for.
    let is_listed = reader.on("enable_push_whitelist").unwrap_or(false);
    gives.switch(Switch::PullRequest, pushes.clone().map(|on| !on || is_listed));
    gives.switch(Switch::NoUpdate, pushes.clone().map(|on| !on || is_listed));
    if !matches!(pushes, Ok(false)) && is_listed {
        pushers(&reader, &mut bypass);
    }
    gives.approvals.push(reader.read("required_approvals", Value::as_u64));
    gives.switch(Switch::DismissStale, stale(&reader));
    gives.switch(Switch::Signatures, reader.on("require_signed_commits"));
    gives.switch(Switch::UpToDate, reader.on("block_on_outdated_branch"));
    // Older servers do not tell, and let nobody.
    let forced = exported.get("enable_force_push").and_then(Value::as_bool).unwrap_or(false);
    gives.switch(Switch::NoForcePush, Ok(!forced));
    // A protected branch cannot be deleted.
    gives.switch(Switch::NoDeletion, Ok(true));
    gives.checks.push(checks(&reader));
    match exported.get("block_admin_merge_override").and_then(Value::as_bool) {
        Some(true) => {}
        Some(false) | None => bypass.push(Ok(Actor::admins())),
    }
    Layer { name: NAME.to_owned(), standing: Standing::Binding, gives, bypass, new: Vec::new() }
}

/// Stale approvals are dismissed, or are left out when approvals are counted.
fn stale(reader: &Reader<'_>) -> Fact<bool> {
    match (reader.on("dismiss_stale_approvals"), reader.on("ignore_stale_approvals")) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Ok(false), _) => Ok(false),
        (Err(missing), _) => Err(missing),
    }
}

fn checks(reader: &Reader<'_>) -> Fact<Vec<NamedCheck>> {
    if !reader.on("enable_status_check")? {
        return Ok(Vec::new());
    }
    let contexts = reader.read("status_check_contexts", |it| {
        it.as_array()?.iter().map(|it| it.as_str().map(str::to_owned)).collect::<Option<Vec<String>>>()
    })?;
    // Contexts may be patterns; one that is names no check for sure.
    if let Some(pattern) = contexts.iter().find(|it| it.contains(['*', '?', '['])) {
        let what = format!("which checks {NAME} requires: `{pattern}` is a pattern");
        return Err(Missing::here(what, "name each check in it by its whole context"));
    }
    Ok(contexts.into_iter().map(|name| NamedCheck { name, app: None }).collect())
}

fn pushers(reader: &Reader<'_>, bypass: &mut Vec<Fact<Actor>>) {
    let actor =
        |kind, name| Actor { kind: Some(kind), id: None, name, mode: Mode::Always, passes: Passes::PullRequests };
    for (key, kind) in [("push_whitelist_usernames", ActorType::User), ("push_whitelist_teams", ActorType::Team)] {
        let names = reader.exported.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        bypass.extend(names.iter().map(|it| Ok(actor(kind, it.as_str().map(str::to_owned)))));
    }
    if reader.on("push_whitelist_deploy_keys").unwrap_or(false) {
        bypass.push(Ok(actor(ActorType::DeployKey, None)));
    }
}
