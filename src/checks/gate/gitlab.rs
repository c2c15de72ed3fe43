//! Pipelines of GitLab. Sources: the reference of `.gitlab-ci.yml` in its manual, under `allow_failure`, `rules`,
//! `when`, `only` and `GIT_DEPTH`. Files that are included are not read.

use super::command::Lost;
use super::github::{lost, undecided};
use super::site::{Pipeline, Reader, may_be_true, number, texts};
use super::{Judged, finding};
use crate::formats::node::{Entry, Node};
use crate::model::Missing;

/// Where the pipeline is.
pub(super) const FILE: &str = ".gitlab-ci.yml";

/// Judges the jobs that run the gate, and gives the pipeline when one does.
pub(super) fn judge<'a>(reader: &Reader<'a>, judged: &mut Judged) -> Option<&'a Pipeline> {
    let pipeline = reader.pipelines.iter().find(|it| it.path.as_str() == FILE)?;
    let mut found = false;
    for job in pipeline.root.entries() {
        let scripts = job.value.get("script").map(texts).unwrap_or_default();
        let calls: Vec<_> = scripts.iter().flat_map(|it| reader.calls(pipeline, it)).collect();
        if calls.is_empty() {
            continue;
        }
        found = true;
        for (call, span) in calls {
            match call.lost {
                None => {}
                // GitLab starts bash with `-o pipefail` where the image has it.
                Some(Lost::Tested | Lost::Pipe) => judged.missing.push(undecided(pipeline, &call.line)),
                Some(how) => judged.findings.push(lost(pipeline, span, how)),
            }
        }
        job_settings(pipeline, job, judged);
        depth(pipeline, job, judged);
    }
    if !found && pipeline.root.get("include").is_some() {
        let what = format!("whether a file that `{FILE}` includes runs the gate");
        judged.missing.push(Missing::here(what, "run it from this file"));
    }
    found.then_some(pipeline)
}

fn job_settings(pipeline: &Pipeline, job: &Entry, judged: &mut Judged) {
    let entry = |key: &str| job.value.entries().iter().find(|it| it.key == key);
    if let Some(entry) = entry("allow_failure").filter(|it| may_be_true(&it.value)) {
        let says = "a failure of the gate is passed over";
        let help = "take `allow_failure` away; a rule that must not block has the level `warn`";
        judged.findings.push(finding(pipeline, entry.key_span, "ignored-failure", says).help(help));
    }
    let skipped = "a job that is not in the pipeline stops no merge";
    if let Some(entry) = entry("when").filter(|it| !matches!(it.value.as_str(), Some("on_success" | "always"))) {
        let says = "the gate runs only in some cases, or when somebody starts it";
        judged.findings.push(
            finding(pipeline, entry.key_span, "conditional", says).because(skipped).help("take this `when` away"),
        );
    }
    if let Some(rules) = entry("rules").filter(|it| !it.value.items().iter().any(is_open)) {
        let says = "these rules can leave the gate out of a merge request";
        let help = "add the rule `- if: $CI_PIPELINE_SOURCE == \"merge_request_event\"` without `changes`";
        judged.findings.push(finding(pipeline, rules.key_span, "conditional", says).because(skipped).help(help));
    }
    for key in ["only", "except"] {
        let Some(entry) = entry(key) else { continue };
        let names: Vec<&str> = texts(&entry.value).into_iter().filter_map(Node::as_str).collect();
        let is_open =
            key == "only" && names.contains(&"merge_requests") || names.as_slice() == ["tags"] && key == "except";
        if !is_open {
            let says = format!("`{key}` can leave the gate out of a merge request");
            let help = "write `rules: [{ if: '$CI_PIPELINE_SOURCE == \"merge_request_event\"' }]` instead";
            judged.findings.push(finding(pipeline, entry.key_span, "conditional", says).because(skipped).help(help));
        }
    }
}

/// Whether a rule takes the job into every pipeline of a merge request.
fn is_open(rule: &Node) -> bool {
    let runs = rule.get("when").is_none_or(|it| matches!(it.as_str(), Some("on_success" | "always")));
    let narrow = ["changes", "exists"].iter().any(|it| rule.get(it).is_some());
    let may_fail = rule.get("allow_failure").is_some_and(may_be_true);
    let condition = rule.get("if").map(|it| it.as_str().unwrap_or_default());
    let plain = condition.map(|it| it.chars().filter(|it| !it.is_whitespace()).collect::<String>().replace('\'', "\""));
    let always = plain.is_none_or(|it| {
        it == "$CI_PIPELINE_SOURCE==\"merge_request_event\""
            || it == "$CI_MERGE_REQUEST_IID"
            || it == "$CI_MERGE_REQUEST_ID"
    });
    runs && !narrow && !may_fail && always
}

/// GitLab clones the last twenty commits unless `GIT_DEPTH` is 0.
fn depth(pipeline: &Pipeline, job: &Entry, judged: &mut Judged) {
    let of_job = job.value.pointer("/variables/GIT_DEPTH");
    let chosen = of_job.or_else(|| pipeline.root.pointer("/variables/GIT_DEPTH"));
    if chosen.and_then(number) == Some(0) {
        return;
    }
    let span = chosen.map_or(job.key_span, |it| it.span);
    let says = "the clone is shallow: a branch with more commits than it ends undecided";
    judged.findings.push(finding(pipeline, span, "shallow", says).help("add `variables: { GIT_DEPTH: 0 }` to the job"));
}
