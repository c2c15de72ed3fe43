//! A protected branch of GitLab, made into a layer. Sources: the answers of its API about protected branches, approval
//! rules, approvals, push rules and the project.

use serde_json::Value;

use super::classic::{Exported, Reader};
use super::layer::{Actor, Gives, Layer, NamedCheck, Passes, Standing, TELL};
use super::settings::{ActorType, Mode, Switch};
use crate::model::{Fact, Missing};

const NAME: &str = "the protected branch of GitLab";

pub(super) fn layer(exported: &Exported) -> Layer {
    let reader = Reader { exported, name: NAME };
    let mut gives = Gives::default();
    // Whoever may push needs no merge request.
    let mut bypass = pushers(&reader);
    gives.switch(Switch::PullRequest, Ok(true));
    gives.switch(Switch::NoUpdate, Ok(true));
    gives.switch(Switch::NoForcePush, reader.on("allow_force_push").map(|on| !on));
    // With Git nobody deletes it; maintainers do on the site.
    gives.switch(Switch::NoDeletion, Ok(true));
    gives.switch(Switch::CodeOwnerReview, reader.on("code_owner_approval_required"));
    let part = |part: &str, key: &str| -> Fact<bool> {
        let told = exported.get(part).and_then(|it| it.get(key)).and_then(Value::as_bool);
        told.ok_or_else(|| reader.untold(&format!("{part}.{key}")))
    };
    gives.switch(Switch::DismissStale, part("approvals", "reset_approvals_on_push"));
    // Nobody who added a commit approves, and so not whoever pushed last.
    let committers = part("approvals", "merge_requests_disable_committers_approval");
    gives.switch(Switch::LastPushApproval, committers);
    gives.switch(Switch::ResolvedConversations, part("project", "only_allow_merge_if_all_discussions_are_resolved"));
    gives.switch(Switch::Signatures, part("push_rule", "reject_unsigned_commits"));
    let method = exported.get("project").and_then(|it| it.get("merge_method")).and_then(Value::as_str);
    let method = method.ok_or_else(|| reader.untold("project.merge_method"));
    gives.switch(Switch::LinearHistory, method.clone().map(|it| it == "ff"));
    gives.switch(Switch::UpToDate, method.map(|it| it == "ff" || it == "rebase_merge"));
    gives.approvals.push(approvals(&reader));
    gives.checks.push(checks(&reader));
    bypass.sort();
    Layer { name: NAME.to_owned(), standing: Standing::Binding, gives, bypass, new: Vec::new() }
}

/// The most that one rule asks for: of two rules the same people may meet both.
fn approvals(reader: &Reader<'_>) -> Fact<u64> {
    let rules = reader.read("approval_rules", |it| it.as_array().cloned())?;
    let branch = reader.exported.get("name").and_then(Value::as_str);
    let reaches = |rule: &&Value| {
        let branches = rule.get("protected_branches").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let is_named = |it: &Value| it.get("name").and_then(Value::as_str) == branch;
        branches.is_empty() || branches.iter().any(is_named)
    };
    let counts = rules.iter().filter(reaches).filter_map(|it| it.get("approvals_required").and_then(Value::as_u64));
    Ok(counts.max().unwrap_or(0))
}

/// GitLab waits for the whole pipeline; which jobs are in it no setting tells.
fn checks(reader: &Reader<'_>) -> Fact<Vec<NamedCheck>> {
    let key = "only_allow_merge_if_pipeline_succeeds";
    let waits = reader.exported.get("project").and_then(|it| it.get(key)).and_then(Value::as_bool);
    match waits {
        Some(false) => Ok(Vec::new()),
        Some(true) => Err(Missing::here(
            format!("which jobs {NAME} waits for: it waits for the pipeline, whatever is in it"),
            "let the check `gate` judge the pipeline, and require no check by its name here",
        )),
        None => Err(Missing::here(format!("`project.{key}` of {NAME}"), TELL)),
    }
}

fn pushers(reader: &Reader<'_>) -> Vec<Fact<Actor>> {
    let Some(levels) = reader.exported.get("push_access_levels").and_then(Value::as_array) else {
        return vec![Err(reader.untold("push_access_levels"))];
    };
    let number = |it: &Value, key: &str| it.get(key).and_then(Value::as_u64);
    levels
        .iter()
        // Level 0 is nobody.
        .filter(|it| number(it, "access_level") != Some(0) || number(it, "user_id").is_some())
        .map(|it| {
            let named = |kind, id| (Some(kind), id, None);
            let (kind, id, name) = match (number(it, "user_id"), number(it, "group_id"), number(it, "deploy_key_id")) {
                (Some(id), _, _) => named(ActorType::User, Some(id)),
                (None, Some(id), _) => named(ActorType::Team, Some(id)),
                (None, None, Some(id)) => named(ActorType::DeployKey, Some(id)),
                (None, None, None) => {
                    let level = number(it, "access_level");
                    let told = it.get("access_level_description").and_then(Value::as_str);
                    let name = told.map_or_else(
                        || format!("everybody with the access level {}", level.unwrap_or_default()),
                        |it| format!("everybody in `{it}`"),
                    );
                    (Some(ActorType::Role), level, Some(name))
                }
            };
            Ok(Actor { kind, id, name, mode: Mode::Always, passes: Passes::PullRequests })
        })
        .collect()
}
