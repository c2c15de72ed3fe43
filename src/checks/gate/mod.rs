//! The gate itself: that something runs it on every change, and that nobody can go around it.
//!
//! The workflows of GitHub and the pipelines of GitLab are read as they stand at the head. What a server demands, such as
//! a required check, is not seen in a repository and not judged here.

mod command;
mod condition;
mod github;
mod gitlab;
mod site;

use schemars::JsonSchema;
use serde::Deserialize;

use self::site::{Pipeline, Reader};
use super::ownership::Dialect;
use super::{Check, Hazard, Judged, Meta};
use crate::formats::{codeowners, yaml};
use crate::model::{Blob, ChildKind, Facts, File, FileMode, Finding, Missing, Need, Place, RepoPath, Span, Stop};

/// What a policy file is called, at the root, in `.github` or in any folder.
pub const POLICY_NAMES: [&str; 2] = ["gatecheck.yaml", ".gatecheck.yaml"];

pub(super) struct GateCheck;

/// Settings of `gate`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// The names by which the gate is called: programs, and the last part of the names of actions and workflows.
    #[serde(default = "gatecheck")]
    programs: Vec<String>,
    /// Whether it must run in merge queues as well.
    #[serde(default)]
    merge_queue: bool,
}

fn gatecheck() -> Vec<String> {
    vec!["gatecheck".to_owned()]
}

/// Where services that are not read here are configured.
const OTHERS: [&str; 7] = [
    "Jenkinsfile",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    ".circleci/config.yml",
    ".buildkite/pipeline.yml",
    ".travis.yml",
    ".drone.yml",
];

impl Check for GateCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "gate",
        summary: "the gate runs on every change, and nobody can go around it",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "absent", title: "nothing runs the gate" },
            Hazard { id: "not-on-changes", title: "the gate does not run on pull requests or in the merge queue" },
            Hazard { id: "filtered", title: "some changes do not start the workflow of the gate" },
            Hazard { id: "conditional", title: "the gate can be skipped, and what is skipped counts as passed" },
            Hazard { id: "ignored-failure", title: "a failure of the gate is passed over" },
            Hazard { id: "unpinned", title: "the gate is code that somebody else can exchange" },
            Hazard { id: "from-the-change", title: "the change brings the gate along that judges it" },
            Hazard { id: "unowned", title: "nobody must look at a change of what runs the gate" },
            Hazard { id: "strangers-code", title: "a workflow with the rights of the base checks out the head" },
            Hazard { id: "shallow", title: "the clone is too shallow to judge" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        Vec::new()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        let pipelines = pipelines(facts, &mut judged)?;
        let reader = Reader { params, facts, pipelines: &pipelines };
        let github = github::judge(&reader, &mut judged);
        let gitlab = gitlab::judge(&reader, &mut judged);
        unowned(&github, Dialect::GitHub, facts, &mut judged)?;
        unowned(gitlab.as_slice(), Dialect::GitLab, facts, &mut judged)?;
        let elsewhere = elsewhere(params, facts, &mut judged)?;
        judged.rests_on("pipelines", pipelines.len());
        if github.is_empty() && gitlab.is_none() && !elsewhere && judged.missing.is_empty() {
            judged.findings.push(
                Finding::at(Place::Change, "nothing in this repository runs the gate")
                    .hazard("absent")
                    .because("a policy that nobody runs stops nothing")
                    .help("add a workflow that runs it on `pull_request`; the README of gatecheck shows one"),
            );
        }
        Ok(judged)
    }
}

/// The names under which the jobs that run the gate report on GitHub; what cannot be told goes into `judged`.
pub(super) fn job_names(facts: &Facts, judged: &mut Judged) -> Result<Vec<String>, Missing> {
    let params = Params { programs: gatecheck(), merge_queue: false };
    let pipelines = pipelines(facts, judged)?;
    Ok(github::job_names(&Reader { params: &params, facts, pipelines: &pipelines }, judged))
}

/// The files in which GitHub and GitLab are told what to run.
fn pipelines(facts: &Facts, judged: &mut Judged) -> Result<Vec<Pipeline>, Missing> {
    let is_yaml = |path: &RepoPath| [".yml", ".yaml"].iter().any(|it| path.as_str().ends_with(it));
    let mut files: Vec<File> = Vec::new();
    for child in facts.head.children(&RepoPath::new(github::FOLDER))? {
        if let ChildKind::File(mode @ (FileMode::Regular | FileMode::Executable), id) = child.kind {
            files.extend(is_yaml(&child.path).then_some(File { path: child.path, mode, id }));
        }
    }
    files.extend(facts.head.file(&RepoPath::new(gitlab::FILE))?);
    let mut pipelines = Vec::new();
    for file in files {
        let Some(blob) = judged.keep(facts.head_blob(&file)) else { continue };
        let (documents, problems) = yaml::parse(blob.text().as_str());
        if let Some(problem) = problems.first() {
            let what = format!("what `{}` runs: it is no valid YAML ({})", file.path, problem.message);
            judged.missing.push(Missing::here(what, "mend the file"));
            continue;
        }
        if let Some(root) = documents.into_iter().next().and_then(|it| it.root) {
            pipelines.push(Pipeline { path: file.path, blob, root });
        }
    }
    Ok(pipelines)
}

/// The policies of the repository, with all that decides about them.
fn policies(facts: &Facts) -> Result<Vec<RepoPath>, Missing> {
    let mut found = Vec::new();
    for folder in ["", ".github"].map(RepoPath::new) {
        for child in facts.head.children(&folder)? {
            let folded = child.path.name().to_ascii_lowercase().replace(".yml", ".yaml");
            let is_policy = POLICY_NAMES.contains(&folded.as_str()) || folded == "gatecheck.lock";
            found.extend((is_policy && matches!(child.kind, ChildKind::File(..))).then_some(child.path));
        }
    }
    Ok(found)
}

/// The files that run the gate and belong to nobody although there is a file of owners: anybody may then change them
/// together with what they judge.
fn unowned(gates: &[&Pipeline], dialect: Dialect, facts: &Facts, judged: &mut Judged) -> Result<(), Missing> {
    if gates.is_empty() {
        return Ok(());
    }
    for path in dialect.places(None) {
        let Some(file) = facts.head.file(&path)? else { continue };
        let Some(blob) = judged.keep(facts.head_blob(&file)) else { return Ok(()) };
        let (owners, _) = codeowners::parse(blob.text(), dialect.reads());
        let runs = gates.iter().map(|it| (it.path.clone(), "runs the gate", "whether their own change is judged"));
        let says = policies(facts)?.into_iter();
        let says = says.map(|it| (it, "says what the gate asks for", "what the next changes are judged by"));
        // The file of owners itself gives away all the others.
        let itself = std::iter::once((path.clone(), "says who owns what", "who looks at the next changes"));
        for (file, does, decides) in runs.chain(says).chain(itself) {
            if !owners.entries(&file).any(|(_, entry)| !entry.owners.is_empty()) {
                let says = format!("`{file}` {does} and has no owner");
                let finding = Finding::at(Place::file(&file), says).hazard("unowned");
                judged.findings.push(
                    finding
                        .because(format!("whoever changes it decides {decides}"))
                        .help(format!("add a line for it to `{path}`, and require the review of code owners")),
                );
            }
        }
        return Ok(());
    }
    Ok(())
}

/// Whether another service seems to run the gate. Its files are programs, or in languages that are not read.
fn elsewhere(params: &Params, facts: &Facts, judged: &mut Judged) -> Result<bool, Missing> {
    let mut found = false;
    for path in OTHERS.map(RepoPath::new) {
        let Some(file) = facts.head.file(&path)? else { continue };
        let Some(blob) = judged.keep(facts.head_blob(&file)) else { continue };
        let text = blob.text().as_str();
        if params.programs.iter().any(|name| text.contains(name.as_str())) {
            found = true;
            let what = format!("whether `{path}` can skip the gate");
            judged.missing.push(Missing::here(what, "read it; only the workflows of GitHub and GitLab are read here"));
        }
    }
    Ok(found)
}

/// A finding at a span of a pipeline.
fn finding(pipeline: &Pipeline, span: Span, hazard: &str, message: impl Into<String>) -> Finding {
    let blob: &Blob = &pipeline.blob;
    Finding::new(blob.label(&pipeline.path, span, ""), message).hazard(hazard)
}
