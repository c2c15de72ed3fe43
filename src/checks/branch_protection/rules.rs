//! The rules of a ruleset: which of our demands each of GitHub's types meets.
//!
//! Source: the schemas `repository-rule-*` of GitHub's OpenAPI description. A rule only ever restricts, so that one of a
//! type that is not known here is new and no danger; a parameter that is not known may take back what its rule asks for.

use serde_json::Value;

use super::layer::{Gives, NamedCheck, NamedWorkflow, Queue, TELL};
use super::rulesets::NEWER;
use super::settings::Switch;
use crate::model::{Fact, Missing, RulesetRule};

/// Types of rules that restrict what no demand speaks about.
const OTHERS: [&str; 13] = [
    "commit_message_pattern",
    "commit_author_email_pattern",
    "committer_email_pattern",
    "branch_name_pattern",
    "tag_name_pattern",
    "code_scanning",
    "code_quality",
    "copilot_code_review",
    "license_compliance_scanning",
    "file_path_restriction",
    "max_file_path_length",
    "file_extension_restriction",
    "max_file_size",
];

/// What the rules hold a branch to; what is new and cannot loosen it goes into `new`, as clauses.
pub(super) fn gives(rules: &[RulesetRule], ruleset: &str, new: &mut Vec<String>) -> Gives {
    let mut gives = Gives::default();
    for rule in rules {
        let mut reader = Reader { rule, ruleset, doubt: None };
        match rule.kind.as_str() {
            "pull_request" => pull_request(&mut reader, &mut gives, new),
            "required_status_checks" => status_checks(&mut reader, &mut gives, new),
            "merge_queue" => {
                reader.know(&QUEUE, new);
                let text = |key: &str| reader.value(key).and_then(Value::as_str).map(str::to_owned);
                let queue = Queue { method: text("merge_method"), grouping: text("grouping_strategy") };
                gives.queues.push(reader.sure(Ok(queue)));
            }
            "required_deployments" => {
                reader.know(&["required_deployment_environments"], new);
                gives.deployments.push(reader.texts("required_deployment_environments"));
            }
            "workflows" => {
                reader.know(&["do_not_enforce_on_create", "workflows"], new);
                gives.workflows.push(reader.list("workflows", workflow));
            }
            kind => match plain(kind) {
                Some(switch) => {
                    reader.know(&["update_allows_fetch_and_merge"], new);
                    gives.switch(switch, reader.sure(Ok(true)));
                }
                None if OTHERS.contains(&kind) => {}
                None => new.push(format!("has a rule of the type `{kind}`")),
            },
        }
    }
    gives
}

/// How parameters begin that take something back where they are on.
const LOOSENING: [&str; 5] = ["allow", "bypass", "except", "exempt", "skip"];

const QUEUE: [&str; 7] = [
    "check_response_timeout_minutes",
    "grouping_strategy",
    "max_entries_to_build",
    "max_entries_to_merge",
    "merge_method",
    "min_entries_to_merge",
    "min_entries_to_merge_wait_minutes",
];

/// The switch that a rule without parameters of weight turns on.
fn plain(kind: &str) -> Option<Switch> {
    match kind {
        "creation" => Some(Switch::NoCreation),
        "update" => Some(Switch::NoUpdate),
        "deletion" => Some(Switch::NoDeletion),
        "non_fast_forward" => Some(Switch::NoForcePush),
        "required_linear_history" => Some(Switch::LinearHistory),
        "required_signatures" => Some(Switch::Signatures),
        _ => None,
    }
}

fn pull_request(reader: &mut Reader<'_>, gives: &mut Gives, new: &mut Vec<String>) {
    const SWITCHES: [(&str, Switch); 4] = [
        ("dismiss_stale_reviews_on_push", Switch::DismissStale),
        ("require_last_push_approval", Switch::LastPushApproval),
        ("require_code_owner_review", Switch::CodeOwnerReview),
        ("required_review_thread_resolution", Switch::ResolvedConversations),
    ];
    let known =
        ["required_approving_review_count", "allowed_merge_methods", "required_reviewers", "dismissal_restriction"];
    let more = ["automatic_copilot_code_review_enabled", "require_extra_approval_for_unattributed_changes"];
    let known: Vec<&str> = SWITCHES.iter().map(|(key, _)| *key).chain(known).chain(more).collect();
    reader.know(&known, new);
    gives.switch(Switch::PullRequest, reader.sure(Ok(true)));
    for (key, switch) in SWITCHES {
        gives.switch(switch, reader.read(key, Value::as_bool));
    }
    gives.approvals.push(reader.read("required_approving_review_count", Value::as_u64));
    // Where nothing is said every method is open.
    if reader.value("allowed_merge_methods").is_some_and(|it| !it.is_null()) {
        gives.methods.push(reader.texts("allowed_merge_methods"));
    }
}

fn status_checks(reader: &mut Reader<'_>, gives: &mut Gives, new: &mut Vec<String>) {
    const CHECKS: &str = "required_status_checks";
    const STRICT: &str = "strict_required_status_checks_policy";
    reader.know(&[CHECKS, STRICT, "do_not_enforce_on_create"], new);
    let checks = reader.list(CHECKS, |it| {
        let app = match it.get("integration_id") {
            None | Some(Value::Null) => None,
            Some(id) => Some(id.as_u64()?),
        };
        Some(NamedCheck { name: it.get("context")?.as_str()?.to_owned(), app })
    });
    // Strictness without a check holds nobody up.
    let strict = match &checks {
        Ok(checks) if checks.is_empty() => Ok(false),
        Ok(_) | Err(_) => reader.read(STRICT, Value::as_bool),
    };
    gives.switch(Switch::UpToDate, strict);
    gives.checks.push(checks);
}

fn workflow(value: &Value) -> Option<NamedWorkflow> {
    let git_ref = value.get("ref").and_then(Value::as_str).map(str::to_owned);
    let repository = value.get("repository_id").and_then(Value::as_u64);
    Some(NamedWorkflow { path: value.get("path")?.as_str()?.to_owned(), repository, git_ref })
}

/// One rule, and whether it may be taken at its word.
struct Reader<'a> {
    rule: &'a RulesetRule,
    ruleset: &'a str,
    /// Why it may not.
    doubt: Option<Missing>,
}

impl Reader<'_> {
    /// Looks for parameters that are not among those that are known.
    fn know(&mut self, known: &[&str], new: &mut Vec<String>) {
        let Reader { rule, ruleset, .. } = self;
        for (key, value) in rule.parameters.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let is_off = match value {
                Value::Null | Value::Bool(false) => true,
                Value::Array(all) => all.is_empty(),
                Value::Bool(true) | Value::Number(_) | Value::String(_) | Value::Object(_) => false,
            };
            // By its name it asks for more, or would ask for less and is off.
            if key.starts_with("require") || (is_off && LOOSENING.iter().any(|it| key.starts_with(it))) {
                new.push(format!("has the parameter `{key}` in its rule `{}`", rule.kind));
            } else {
                let what = format!(
                    "what the rule `{}` of {ruleset} asks for: its parameter `{key}: {}` is new and may loosen it",
                    rule.kind,
                    shortened(value)
                );
                self.doubt.get_or_insert(Missing::here(what, NEWER));
            }
        }
    }

    fn value(&self, key: &str) -> Option<&Value> {
        self.rule.parameters.get(key)
    }

    /// What was read, unless the rule may not be taken at its word.
    fn sure<T>(&self, value: Fact<T>) -> Fact<T> {
        self.doubt.clone().map_or(value, Err)
    }

    fn read<T>(&self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Fact<T> {
        self.sure(self.value(key).and_then(read).ok_or_else(|| self.untold(key)))
    }

    fn list<T>(&self, key: &str, read: impl Fn(&Value) -> Option<T>) -> Fact<Vec<T>> {
        self.read(key, |it| it.as_array()?.iter().map(&read).collect())
    }

    fn texts(&self, key: &str) -> Fact<Vec<String>> {
        self.list(key, |it| it.as_str().map(str::to_owned))
    }

    fn untold(&self, key: &str) -> Missing {
        Missing::here(format!("`{key}` of the rule `{}` of {}", self.rule.kind, self.ruleset), TELL)
    }
}

/// A value as a sentence repeats it.
fn shortened(value: &Value) -> String {
    const MOST: usize = 40;
    let text = value.to_string();
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST).chain(['…']).collect()
}
