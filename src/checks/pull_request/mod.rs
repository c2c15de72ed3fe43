//! Pull requests: what they are called, how they are described, and whether somebody still waits for an answer.

mod body;
mod settings;

use self::body::Description;
use self::settings::{Body, Draft, Labels, Params, Parts, Tasks, Threads, Ticket, TicketPlace, Title};
use super::{Check, Hazard, Judged, Meta};
use crate::model::{Facts, FileMode, Finding, Missing, Need, Place, PullRequest, RepoPath, Stop, Thread};

pub(super) struct PullRequestCheck;

impl Check for PullRequestCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "pull-request",
        summary: "the pull request is well described, and nobody waits for an answer",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "title", title: "the title does not fit" },
            Hazard { id: "body", title: "the description says too little" },
            Hazard { id: "section", title: "a section of the description is absent or empty" },
            Hazard { id: "task", title: "a task is not done" },
            Hazard { id: "ticket", title: "no ticket is named" },
            Hazard { id: "label", title: "a label is absent, or holds the pull request up" },
            Hazard { id: "draft", title: "the pull request is a draft" },
            Hazard { id: "thread", title: "a review thread is not resolved" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        vec![Need::PullRequest]
    }

    fn evaluate(Params(parts): &Params, facts: &Facts) -> Result<Judged, Stop> {
        let request = facts.pull_request.as_deref().map_err(Missing::clone)?;
        let mut judged = Judged::default();
        if let Some(rules) = &parts.title {
            title(rules, request, &mut judged);
        }
        if let Some(rules) = &parts.body {
            body(rules, request, facts, &mut judged)?;
        }
        if let Some(rule) = &parts.ticket {
            ticket(rule, request, &mut judged);
        }
        if let Some(rules) = &parts.labels {
            labels(rules, request, &mut judged);
        }
        if parts.draft == Draft::Fail && request.draft {
            let finding = finding("draft", "draft", "the pull request is a draft");
            judged.findings.push(finding.help("mark it as ready for review"));
        }
        threads(parts, facts, &mut judged);
        Ok(judged)
    }
}

fn finding(hazard: &str, field: &str, message: impl Into<String>) -> Finding {
    Finding::at(Place::PullRequest { field: field.to_owned() }, message).hazard(hazard).key("")
}

fn title(rules: &Title, request: &PullRequest, judged: &mut Judged) {
    if let Some(pattern) = rules.pattern.as_ref().filter(|it| !it.is_match(&request.title)) {
        let help = match &rules.example {
            Some(example) => format!("call it something like `{example}`"),
            None => format!("call it so that it matches `{}`", pattern.as_str()),
        };
        let message = format!("the title `{}` does not match the pattern", request.title);
        judged.findings.push(finding("title", "title", message).help(help));
    }
    let length = request.title.chars().count();
    if let Some(most) = rules.max_length.filter(|most| usize::try_from(*most).is_ok_and(|most| most < length)) {
        let message = format!("the title has {length} characters, {most} are allowed");
        judged.findings.push(finding("title", "title", message).key("length").help("say the rest in the description"));
    }
}

fn body(rules: &Body, request: &PullRequest, facts: &Facts, judged: &mut Judged) -> Result<(), Missing> {
    let template = template(rules, facts)?;
    let description = Description::new(&request.body);
    if let Some(fewest) = rules.min_length {
        let length = description.own(template.as_ref()).chars().count();
        if usize::try_from(fewest).is_ok_and(|fewest| length < fewest) {
            let message =
                format!("the description has {length} characters of its author's own, {fewest} are asked for");
            judged.findings.push(finding("body", "body", message).help("say what changes, and why"));
        }
    }
    for section in &rules.sections {
        let (message, help) = match description.own_section(section, template.as_ref()) {
            None => (
                format!("the description has no section `{section}`"),
                format!("add the heading `## {section}`, and say it below"),
            ),
            Some(text) if text.is_empty() => (
                format!("the section `{section}` is empty"),
                "say it below the heading, or say why there is nothing to say".to_owned(),
            ),
            Some(_) => continue,
        };
        judged.findings.push(finding("section", "body", message).key(section.as_str()).help(help));
    }
    if rules.tasks == Tasks::Done {
        for task in description.open_tasks() {
            let message = format!("the task `{}` is not done", task.trim());
            judged
                .findings
                .push(finding("task", "body", message).key(task.trim()).help("do it and tick it, or take it out"));
        }
    }
    Ok(())
}

fn template(rules: &Body, facts: &Facts) -> Result<Option<Description>, Missing> {
    let Some(path) = &rules.template else { return Ok(None) };
    let path = RepoPath::new(path);
    let is_file = |mode| matches!(mode, FileMode::Regular | FileMode::Executable);
    let file = facts.target.file(&path)?.filter(|file| is_file(file.mode)).ok_or_else(|| {
        let what = format!("what the template says: `{path}` is no file of `{}`", facts.run.base_name);
        Missing::here(what, "add the file in a change of its own, or take `template` out of the settings")
    })?;
    Ok(Some(Description::new(facts.target_blob(&file)?.text().as_str())))
}

fn ticket(rule: &Ticket, request: &PullRequest, judged: &mut Judged) {
    let text = |place: &TicketPlace| match place {
        TicketPlace::Title => request.title.clone(),
        TicketPlace::Body => Description::new(&request.body).text(),
        TicketPlace::Branch => request.source.clone(),
    };
    if rule.places.iter().any(|place| rule.pattern.is_match(&text(place))) {
        return;
    }
    let word = |place: &TicketPlace| match place {
        TicketPlace::Title => "the title",
        TicketPlace::Body => "the description",
        TicketPlace::Branch => "the name of the branch",
    };
    let places: Vec<&str> = rule.places.iter().map(word).collect();
    let field = if rule.places.contains(&TicketPlace::Body) { "body" } else { "title" };
    let message = format!("no ticket is named in {}", places.join(" or in "));
    let help = format!("name the ticket that this is for; its pattern is `{}`", rule.pattern.as_str());
    judged.findings.push(finding("ticket", field, message).help(help));
}

fn labels(rules: &Labels, request: &PullRequest, judged: &mut Judged) {
    for pattern in rules.required.iter().filter(|it| !request.labels.iter().any(|label| it.is_match(label))) {
        let message = format!("no label matches `{}`", pattern.as_str());
        judged.findings.push(finding("label", "labels", message).key(pattern.as_str()).help("add the label that fits"));
    }
    for label in request.labels.iter().filter(|label| rules.forbidden.is_match(label)) {
        let message = format!("the label `{label}` holds the pull request up");
        let help = "settle what it stands for, and take it off";
        judged.findings.push(finding("label", "labels", message).key(label.as_str()).help(help));
    }
}

fn threads(parts: &Parts, facts: &Facts, judged: &mut Judged) {
    let counts = |thread: &&Thread| match parts.threads {
        Threads::Ignore => false,
        Threads::Current => !thread.resolved && !thread.outdated,
        Threads::Resolved => !thread.resolved,
    };
    if parts.threads == Threads::Ignore {
        return;
    }
    let Some(threads) = judged.keep(facts.forge.threads.clone()) else { return };
    for thread in threads.iter().filter(counts) {
        let by = thread.author.as_ref().map_or_else(String::new, |author| format!(" of `{author}`"));
        let at = match (&thread.path, thread.line) {
            (Some(path), Some(line)) => format!(" at `{path}` line {line}"),
            (Some(path), None) => format!(" at `{path}`"),
            (None, _) => String::new(),
        };
        let message = format!("a thread{by}{at} is not resolved");
        let help = "answer it, and let it be resolved";
        judged.findings.push(finding("thread", "threads", message).key(thread.id.as_str()).help(help));
    }
}
