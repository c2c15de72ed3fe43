//! A floor as a ruleset that GitHub takes: by `POST /repos/O/R/rulesets`, or on its page with "Import a ruleset".

use serde_json::{Map, Value, json};

use super::settings::{ActorType, Allowed, Grouping, MergeMethod, Mode, Params, Parts, Switch};

/// How much a ruleset that is written weighs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Enforce {
    /// It blocks.
    Active,
    /// It is recorded and never blocks.
    Evaluate,
    /// It does nothing.
    Disabled,
}

impl Enforce {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Evaluate => "evaluate",
            Self::Disabled => "disabled",
        }
    }
}

/// The ruleset that holds a branch to the settings of a rule of `branch-protection`.
///
/// # Errors
/// When the settings cannot be read, or allow somebody to bypass whom GitHub knows by number alone and they do not number.
pub fn ruleset(name: &str, settings: &Value, enforce: Enforce) -> Result<Value, String> {
    let params: Params = serde_json::from_value(settings.clone()).map_err(|error| error.to_string())?;
    let parts = &params.parts;
    if parts.gate {
        return Err(
            "`gate` asks for the jobs of a workflow, which a ruleset names: list them under `checks`".to_owned()
        );
    }
    let include = match &parts.branch {
        Some(branch) => format!("refs/heads/{}", escaped(branch.strip_prefix("refs/heads/").unwrap_or(branch))),
        None => "~DEFAULT_BRANCH".to_owned(),
    };
    let actors = parts.bypass.iter().map(actor).collect::<Result<Vec<Value>, String>>()?;
    Ok(json!({
        "name": name,
        "target": "branch",
        "enforcement": enforce.as_str(),
        "conditions": { "ref_name": { "include": [include], "exclude": [] } },
        "rules": rules(parts),
        "bypass_actors": actors,
    }))
}

/// A name as a pattern that matches nothing else.
fn escaped(name: &str) -> String {
    name.chars().fold(String::with_capacity(name.len()), |mut pattern, symbol| {
        if matches!(symbol, '*' | '?' | '[' | '\\') {
            pattern.push('\\');
        }
        pattern.push(symbol);
        pattern
    })
}

fn rules(parts: &Parts) -> Vec<Value> {
    const PLAIN: [(Switch, &str); 5] = [
        (Switch::NoCreation, "creation"),
        (Switch::NoDeletion, "deletion"),
        (Switch::LinearHistory, "required_linear_history"),
        (Switch::Signatures, "required_signatures"),
        (Switch::NoForcePush, "non_fast_forward"),
    ];
    let has = |switch: Switch| parts.require.contains(&switch);
    let mut rules: Vec<Value> =
        PLAIN.iter().filter(|(switch, _)| has(*switch)).map(|(_, kind)| json!({ "type": kind })).collect();
    let mut with = |kind: &str, parameters: Value| rules.push(json!({ "type": kind, "parameters": parameters }));
    if has(Switch::NoUpdate) {
        with("update", json!({ "update_allows_fetch_and_merge": false }));
    }
    if let Some(parameters) = pull_request(parts) {
        with("pull_request", parameters);
    }
    if !parts.checks.is_empty() {
        let checks = parts.checks.iter().map(|it| match it.app {
            Some(app) => json!({ "context": it.name, "integration_id": app }),
            None => json!({ "context": it.name }),
        });
        let checks: Vec<Value> = checks.collect();
        let strict = has(Switch::UpToDate);
        with(
            "required_status_checks",
            json!({ "required_status_checks": checks, "strict_required_status_checks_policy": strict }),
        );
    }
    if let Some(floor) = parts.merge_queue {
        // What the policy does not say is as GitHub's page has it at first.
        let method = floor.method.or(parts.merge_methods.first().copied()).unwrap_or(MergeMethod::Merge);
        with(
            "merge_queue",
            json!({
                "check_response_timeout_minutes": 60,
                "grouping_strategy": floor.grouping.unwrap_or(Grouping::AllGreen).as_str(),
                "max_entries_to_build": 5,
                "max_entries_to_merge": 5,
                "merge_method": method.as_str().to_uppercase(),
                "min_entries_to_merge": 1,
                "min_entries_to_merge_wait_minutes": 5,
            }),
        );
    }
    if !parts.deployments.is_empty() {
        with("required_deployments", json!({ "required_deployment_environments": parts.deployments }));
    }
    if !parts.workflows.is_empty() {
        let workflows = parts.workflows.iter().map(|it| {
            let mut workflow = Map::new();
            workflow.insert("path".to_owned(), json!(it.path));
            workflow.insert("repository_id".to_owned(), json!(it.repository));
            if let Some(git_ref) = &it.git_ref {
                workflow.insert("ref".to_owned(), json!(git_ref));
            }
            Value::Object(workflow)
        });
        let workflows: Vec<Value> = workflows.collect();
        with("workflows", json!({ "workflows": workflows }));
    }
    rules
}

/// The parameters of the rule `pull_request`, where anything asks for it.
fn pull_request(parts: &Parts) -> Option<Value> {
    const REVIEWS: [Switch; 5] = [
        Switch::PullRequest,
        Switch::DismissStale,
        Switch::LastPushApproval,
        Switch::CodeOwnerReview,
        Switch::ResolvedConversations,
    ];
    let has = |switch: Switch| parts.require.contains(&switch);
    if parts.approvals.is_none() && parts.merge_methods.is_empty() && !REVIEWS.into_iter().any(has) {
        return None;
    }
    let mut methods = parts.merge_methods.clone();
    if methods.is_empty() {
        methods.extend(MergeMethod::ALL);
    }
    methods.sort_unstable();
    methods.dedup();
    let methods: Vec<&str> = methods.into_iter().map(MergeMethod::as_str).collect();
    Some(json!({
        "allowed_merge_methods": methods,
        "dismiss_stale_reviews_on_push": has(Switch::DismissStale),
        "require_code_owner_review": has(Switch::CodeOwnerReview),
        "require_last_push_approval": has(Switch::LastPushApproval),
        "required_approving_review_count": parts.approvals.unwrap_or(0),
        "required_review_thread_resolution": has(Switch::ResolvedConversations),
    }))
}

fn actor(allowed: &Allowed) -> Result<Value, String> {
    let (kind, is_numbered) = match allowed.kind {
        ActorType::Team => ("Team", true),
        ActorType::App => ("Integration", true),
        ActorType::Role => ("RepositoryRole", true),
        ActorType::User => ("User", true),
        ActorType::OrganizationAdmin => ("OrganizationAdmin", false),
        ActorType::DeployKey => ("DeployKey", false),
    };
    if is_numbered && allowed.id.is_none() {
        return Err(format!("`bypass` names a {kind} without its number, and GitHub knows it by that alone: add `id`"));
    }
    let mode = match allowed.mode {
        // A deploy key opens no pull request.
        Mode::PullRequest if allowed.kind == ActorType::DeployKey => {
            return Err("a deploy key opens no pull request: set its `mode` to `always`, or take it out".to_owned());
        }
        Mode::PullRequest => "pull_request",
        Mode::Always => "always",
        Mode::Exempt => "exempt",
    };
    let id = match allowed.kind {
        // GitHub takes the number of an owner for what it is, and ignores it.
        ActorType::OrganizationAdmin => Some(1),
        ActorType::DeployKey => None,
        ActorType::Team | ActorType::App | ActorType::Role | ActorType::User => allowed.id,
    };
    Ok(json!({ "actor_id": id, "actor_type": kind, "bypass_mode": mode }))
}
