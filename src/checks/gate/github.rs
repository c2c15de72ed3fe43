//! Workflows of GitHub. Sources: "Workflow syntax for GitHub Actions" and "Events that trigger workflows" of its manual;
//! that a skipped job counts as passed stands under "Using conditions to control job execution".

use super::command::Lost;
use super::condition::{always_holds, outlives_failures};
use super::site::{Pipeline, Reader, may_be_true, number, texts};
use super::{Judged, finding};
use crate::formats::globs::Globs;
use crate::formats::node::{Entry, Node};
use crate::model::{Finding, Missing, RepoPath, Span};

/// Where the workflows are.
pub(super) const FOLDER: &str = ".github/workflows";
/// What starts a workflow for a pull request unless `types` says otherwise.
const USUAL_TYPES: [&str; 3] = ["opened", "synchronize", "reopened"];
/// How deep workflows that call each other are followed; GitHub's own limit is ten.
const DEEPEST: usize = 10;

/// A workflow and the events that start it.
struct Workflow<'a> {
    pipeline: &'a Pipeline,
    events: Vec<Event<'a>>,
}

struct Event<'a> {
    name: &'a str,
    /// What stands below it.
    filter: Option<&'a Node>,
}

/// A place that runs the gate.
struct Site<'a> {
    job: &'a Entry,
    /// The step; nothing where the job calls another workflow.
    step: Option<&'a Node>,
}

/// Judges every workflow that runs the gate, and gives them.
pub(super) fn judge<'a>(reader: &Reader<'a>, judged: &mut Judged) -> Vec<&'a Pipeline> {
    let is_workflow = |it: &&Pipeline| it.path.as_str().starts_with(FOLDER);
    let workflows: Vec<Workflow<'_>> = reader.pipelines.iter().filter(is_workflow).map(Workflow::of).collect();
    let mut called: Vec<&str> = Vec::new();
    // A workflow that only others call runs when they do.
    for _ in 0..DEEPEST {
        let before = called.len();
        let running = workflows.iter().filter(|it| !it.sites(reader, &called).is_empty());
        called = running.map(|it| it.pipeline.path.as_str()).collect();
        if called.len() == before {
            break;
        }
    }
    let gates: Vec<(&Workflow<'_>, Vec<Site<'_>>)> =
        workflows.iter().map(|it| (it, it.sites(reader, &called))).filter(|(_, sites)| !sites.is_empty()).collect();
    let on_changes = |it: &Workflow<'_>| it.event(&["pull_request", "pull_request_target"]).is_some();
    let is_on_changes = gates.iter().any(|(workflow, _)| on_changes(workflow));
    let is_on_queue = gates.iter().any(|(workflow, _)| workflow.event(&["merge_group"]).is_some());
    for (workflow, sites) in &gates {
        let is_called_only = workflow.events.iter().all(|it| it.name == "workflow_call");
        if !is_on_changes && !is_called_only {
            judged.findings.push(workflow.never("pull_request", "a pull request is merged without it"));
        } else if reader.params.merge_queue && !is_on_queue && on_changes(workflow) {
            judged
                .findings
                .push(workflow.never("merge_group", "what the merge queue puts together is merged without it"));
        }
        // A workflow that runs on a schedule only may be as conditional as it likes.
        if is_called_only || on_changes(workflow) {
            workflow.filters(reader, judged);
            sites.iter().for_each(|site| workflow.judge(site, reader, judged));
        }
    }
    gates.into_iter().map(|(workflow, _)| workflow.pipeline).collect()
}

/// The names under which the jobs that run the gate on pull requests report.
pub(super) fn job_names(reader: &Reader<'_>, judged: &mut Judged) -> Vec<String> {
    let is_workflow = |it: &&Pipeline| it.path.as_str().starts_with(FOLDER);
    let mut names = Vec::new();
    for workflow in reader.pipelines.iter().filter(is_workflow).map(Workflow::of) {
        if workflow.event(&["pull_request", "pull_request_target"]).is_none() {
            continue;
        }
        for site in workflow.sites(reader, &[]) {
            let name = site.job.value.get("name").and_then(Node::as_str).unwrap_or(&site.job.key);
            // A workflow that is called, a matrix and an expression make names of their own.
            let is_plain = site.step.is_some() && site.job.value.get("strategy").is_none() && !name.contains("${{");
            if is_plain {
                names.push(name.to_owned());
            } else {
                let what = format!("by which name the job `{}` of `{}` reports", site.job.key, workflow.pipeline.path);
                judged.missing.push(Missing::here(what, "name the check itself in the policy, under `checks`"));
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

impl<'a> Workflow<'a> {
    fn of(pipeline: &'a Pipeline) -> Self {
        let on = pipeline.root.entries().iter().find(|it| it.key == "on");
        let events = on.map_or_else(Vec::new, |on| {
            let named = texts(&on.value).into_iter().filter_map(|it| Some(Event { name: it.as_str()?, filter: None }));
            let keyed = on.value.entries().iter().map(|it| Event { name: &it.key, filter: Some(&it.value) });
            named.chain(keyed).collect()
        });
        Self { pipeline, events }
    }

    fn event(&self, names: &[&str]) -> Option<&Event<'a>> {
        self.events.iter().find(|it| names.contains(&it.name))
    }

    /// Where it runs the gate, itself or by a workflow that does.
    fn sites(&self, reader: &Reader<'_>, called: &[&str]) -> Vec<Site<'a>> {
        let jobs = self.pipeline.root.get("jobs").map_or(&[][..], Node::entries);
        let mut sites = Vec::new();
        for job in jobs {
            let is_called = job.value.get("uses").and_then(Node::as_str).is_some_and(|uses| {
                let local = uses.strip_prefix("./").filter(|it| called.contains(it));
                local.is_some() || reader.is_gate(name_of(uses))
            });
            if is_called {
                sites.push(Site { job, step: None });
            }
            for step in job.value.get("steps").map_or(&[][..], Node::items) {
                let uses = step.get("uses").and_then(Node::as_str).is_some_and(|it| reader.is_gate(name_of(it)));
                let runs = step.get("run").is_some_and(|it| !reader.calls(self.pipeline, it).is_empty());
                if uses || runs {
                    sites.push(Site { job, step: Some(step) });
                }
            }
        }
        sites
    }

    fn never(&self, event: &str, why: &str) -> Finding {
        let on = self.pipeline.root.entries().iter().find(|it| it.key == "on");
        let span = on.map_or(self.pipeline.root.span, |it| it.key_span);
        finding(self.pipeline, span, "not-on-changes", format!("the gate does not run on `{event}`"))
            .because(why)
            .help(format!("add `{event}:` to what starts the workflow"))
    }

    /// Filters of the events that keep the workflow from starting.
    fn filters(&self, reader: &Reader<'_>, judged: &mut Judged) {
        for event in self.events.iter().filter(|it| ["pull_request", "pull_request_target"].contains(&it.name)) {
            for entry in event.filter.map_or(&[][..], Node::entries) {
                let why = match entry.key.as_str() {
                    "paths" | "paths-ignore" => Some(
                        "a change of other files is not judged; where the check is required, it waits for ever"
                            .to_owned(),
                    ),
                    "types" => left_out(&entry.value),
                    "branches" | "branches-ignore" => self.spares_the_default(entry, reader),
                    _ => None,
                };
                if let Some(why) = why {
                    let says = format!("`{}` keeps the gate from some pull requests", entry.key);
                    let help = "let the workflow start always, and say in the policy what a rule is about (`when`)";
                    judged
                        .findings
                        .push(finding(self.pipeline, entry.key_span, "filtered", says).because(why).help(help));
                }
            }
        }
    }

    /// Why a filter of target branches leaves the default branch out.
    fn spares_the_default(&self, entry: &Entry, reader: &Reader<'_>) -> Option<String> {
        let default = reader.facts.refs.default.as_ref().ok()?;
        let patterns = texts(&entry.value).into_iter().filter_map(Node::as_str).map(str::to_owned);
        let globs = Globs::new(patterns).ok()?;
        let is_named = globs.is_match(&RepoPath::new(default));
        let is_judged = if entry.key == "branches" { is_named } else { !is_named };
        (!is_judged).then(|| format!("pull requests to `{default}` do not start it"))
    }

    fn judge(&self, site: &Site<'_>, reader: &Reader<'_>, judged: &mut Judged) {
        self.conditions(site, judged);
        for holder in std::iter::once(&site.job.value).chain(site.step) {
            if let Some(entry) = entry(holder, "continue-on-error").filter(|it| may_be_true(&it.value)) {
                let says = "a failure of the gate is passed over";
                let help = "take `continue-on-error` away; a rule that must not block has the level `warn`";
                judged.findings.push(finding(self.pipeline, entry.key_span, "ignored-failure", says).help(help));
            }
        }
        let uses = site.step.unwrap_or(&site.job.value).get("uses");
        if let Some(uses) = uses {
            self.origin(uses, site.step.is_some(), judged);
            self.arguments(site.step, judged);
        }
        if let Some(script) = site.step.and_then(|it| it.get("run")) {
            self.script(site, script, reader, judged);
        }
        self.checkouts(site, judged);
    }

    /// What may skip the job or the step.
    fn conditions(&self, site: &Site<'_>, judged: &mut Judged) {
        let types = self.event(&["pull_request", "pull_request_target"]).and_then(|it| it.filter?.get("types"));
        let ready = types.is_some_and(|it| texts(it).iter().any(|it| it.as_str() == Some("ready_for_review")));
        let because = "a skipped job counts as passed, even where its check is required";
        for holder in std::iter::once(&site.job.value).chain(site.step) {
            let Some(entry) = entry(holder, "if") else { continue };
            if !entry.value.as_str().is_some_and(|it| always_holds(it, ready)) {
                let says = "this condition can skip the gate";
                let help = "take it away, and let the policy decide (`when`)";
                let at = Span::new(entry.key_span.start, entry.value.span.end);
                judged.findings.push(finding(self.pipeline, at, "conditional", says).because(because).help(help));
            }
        }
        let outlives = site.job.value.get("if").and_then(Node::as_str).is_some_and(outlives_failures);
        if let Some(needs) = entry(&site.job.value, "needs").filter(|_| !outlives) {
            let says = "the gate is skipped when a job before it fails";
            let help = "take `needs` away, or add `if: ${{ !cancelled() }}`";
            judged
                .findings
                .push(finding(self.pipeline, needs.key_span, "conditional", says).because(because).help(help));
        }
    }

    /// Where the action or the workflow comes from.
    fn origin(&self, uses: &Node, is_action: bool, judged: &mut Judged) {
        let Some(text) = uses.as_str() else { return };
        if text.starts_with("./") {
            // A workflow that is called is from where the calling one is.
            if is_action && self.event(&["pull_request"]).is_some() {
                let says = "the gate comes out of the change that it judges";
                let help = "use it by its repository and commit: `owner/gatecheck@<40 digits>`";
                let why =
                    "on `pull_request` the files of the merge run: whoever changes them decides what the gate says";
                judged
                    .findings
                    .push(finding(self.pipeline, uses.span, "from-the-change", says).because(why).help(help));
            }
            return;
        }
        let version = text.rsplit_once('@').map(|(_, version)| version);
        let is_pinned = version.is_some_and(|it| {
            let it = it.strip_prefix("sha256:").unwrap_or(it);
            [40, 64].contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        if !is_pinned {
            let says = "the gate is not pinned to a commit";
            let why = "whoever can move the tag or the branch decides what the gate says";
            let help = "name the commit: `owner/gatecheck@<40 digits> # v1.2.3`";
            judged.findings.push(finding(self.pipeline, uses.span, "unpinned", says).because(why).help(help));
        }
    }

    /// Arguments of the action that take its verdict away.
    fn arguments(&self, step: Option<&Node>, judged: &mut Judged) {
        let inputs = step.and_then(|it| it.get("with")).map_or(&[][..], Node::entries);
        let silent = inputs.iter().find(|it| it.value.as_str().is_some_and(|it| it.contains("--exit-zero")));
        if let Some(input) = silent {
            judged.findings.push(lost(self.pipeline, input.value.span, Lost::ExitZero));
        }
    }

    fn script(&self, site: &Site<'_>, script: &Node, reader: &Reader<'_>, judged: &mut Judged) {
        let default = |holder: &Node| holder.pointer("/defaults/run/shell").and_then(Node::as_str).map(str::to_owned);
        let shell = site.step.and_then(|it| it.get("shell")).and_then(Node::as_str).map(str::to_owned);
        let shell = shell.or_else(|| default(&site.job.value)).or_else(|| default(&self.pipeline.root));
        // Only where it is named is bash started with `-o pipefail`.
        let has_pipefail = shell.as_deref().is_some_and(|it| it == "bash" || it.contains("pipefail"));
        for (call, span) in reader.calls(self.pipeline, script) {
            match call.lost {
                None => {}
                Some(Lost::Pipe) if has_pipefail => {}
                Some(Lost::Tested) => judged.missing.push(undecided(self.pipeline, &call.line)),
                Some(how) => judged.findings.push(lost(self.pipeline, span, how)),
            }
        }
    }

    /// The checkouts of the job that runs the gate.
    fn checkouts(&self, site: &Site<'_>, judged: &mut Judged) {
        let steps = site.job.value.get("steps").map_or(&[][..], Node::items);
        let checkouts = steps.iter().filter_map(|it| it.get("uses").map(|uses| (it, uses)));
        for (step, uses) in checkouts.filter(|(_, it)| it.as_str().is_some_and(|it| name_of(it) == "actions/checkout"))
        {
            let head = step.pointer("/with/ref").filter(|it| it.as_str().is_some_and(names_the_head));
            if let Some(head) = head.filter(|_| self.event(&["pull_request_target"]).is_some()) {
                let says = "a workflow with the rights of the base checks out what a stranger wrote";
                let why = "`pull_request_target` has the secrets and the token of the base; one step that runs a file of the \
                           head gives them away";
                let help = "leave `ref` out: gatecheck reads the head as data and needs no checkout of it";
                judged.findings.push(finding(self.pipeline, head.span, "strangers-code", says).because(why).help(help));
            }
            let depth = step.pointer("/with/fetch-depth");
            if depth.is_none_or(|it| number(it) == Some(1)) {
                let says = "the clone has one commit, so that every run ends undecided";
                let help = "add `fetch-depth: 0` to the checkout";
                judged.findings.push(finding(self.pipeline, uses.span, "shallow", says).help(help));
            }
        }
    }
}

/// Why a list of activity types leaves some pull requests out.
fn left_out(types: &Node) -> Option<String> {
    let named: Vec<&str> = texts(types).into_iter().filter_map(Node::as_str).collect();
    let absent: Vec<String> = USUAL_TYPES.iter().filter(|it| !named.contains(it)).map(|it| format!("`{it}`")).collect();
    (!absent.is_empty()).then(|| format!("it does not start on {}", absent.join(" and ")))
}

/// The name of an action or a workflow without its version.
fn name_of(uses: &str) -> &str {
    uses.split_once('@').map_or(uses, |(name, _)| name)
}

fn names_the_head(text: &str) -> bool {
    ["pull_request.head", "head_ref", "refs/pull/", "head.sha"].iter().any(|it| text.contains(it))
}

fn entry<'a>(holder: &'a Node, key: &str) -> Option<&'a Entry> {
    holder.entries().iter().find(|it| it.key == key)
}

/// A call whose exit code does not fail the job.
pub(super) fn lost(pipeline: &Pipeline, span: Span, how: Lost) -> Finding {
    let (says, help) = match how {
        Lost::Or => {
            ("what follows `||` takes the failure of the gate away", "let the gate be the last word of its line")
        }
        Lost::And => (
            "a failure in front of `&&` does not end the script",
            "give the gate a line of its own, or make this the last one",
        ),
        Lost::Pipe => {
            ("the exit code of the gate is lost in the pipe", "set `-o pipefail`, or write to a file with `--output`")
        }
        Lost::Background => ("nobody waits for the gate", "take the `&` away"),
        Lost::NoErrexit => ("after `set +e` a failure of the gate does not end the script", "`set -e` before the gate"),
        Lost::ExitZero => ("with `--exit-zero` a failure of the gate is passed over", "take `--exit-zero` away"),
        Lost::Tested => {
            ("the script decides what a failure of the gate means", "let the gate be the last word of its line")
        }
    };
    finding(pipeline, span, "ignored-failure", says).help(help)
}

/// A call whose exit code the script looks at.
pub(super) fn undecided(pipeline: &Pipeline, line: &str) -> Missing {
    let what =
        format!("whether `{}` fails when the gate does: its script tests the exit code (`{line}`)", pipeline.path);
    Missing::here(what, "let the gate fail the step by itself")
}
