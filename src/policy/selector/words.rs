//! Words of fixed sets that a condition compares with: a word that is none of them never matches.

use super::part::MODES;

/// What starts a workflow on GitHub.
const GITHUB: [&str; 32] = [
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "delete",
    "deployment",
    "deployment_status",
    "discussion",
    "discussion_comment",
    "fork",
    "gollum",
    "image_version",
    "issue_comment",
    "issues",
    "label",
    "merge_group",
    "milestone",
    "page_build",
    "public",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_target",
    "push",
    "registry_package",
    "release",
    "repository_dispatch",
    "schedule",
    "status",
    "watch",
    "workflow_call",
    "workflow_dispatch",
];

/// One that a run follows on, on GitHub; `CI_PIPELINE_SOURCE` of GitLab; `BUILD_REASON` of Azure.
const OTHERS: [&str; 24] = [
    "workflow_run",
    "api",
    "chat",
    "container_registry_push",
    "external",
    "external_pull_request_event",
    "merge_request_event",
    "ondemand_dast_scan",
    "ondemand_dast_validation",
    "parent_pipeline",
    "pipeline",
    "security_orchestration_policy",
    "trigger",
    "web",
    "webide",
    "Manual",
    "IndividualCI",
    "BatchedCI",
    "Schedule",
    "ValidateShelveset",
    "CheckInShelveset",
    "PullRequest",
    "BuildCompletion",
    "ResourceTrigger",
];

/// Every event that a service is known to have. Where a service names none, the event is the mode.
pub(super) fn events() -> Vec<&'static str> {
    GITHUB.into_iter().chain(OTHERS).chain(modes()).collect()
}

pub(super) fn modes() -> Vec<&'static str> {
    MODES.iter().map(|(name, _)| *name).collect()
}
