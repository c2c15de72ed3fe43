//! The truth table of reviews: everybody who said something, every requirement, and the shortest way out.

use std::collections::BTreeMap;

use super::approver::{Approver, Holds, Reach, Scope, Standing};
use super::condition::{narrow, unmet};
use super::directory::Truth;
use super::gate::{Gate, Vote, Who, about, by};
use super::opinion::Opinion;
use super::outcome::{Outcome, all};
use super::owners::is_owner;
use super::settings::{ChangesRequested, From, Params, Rule, Wants};
use super::{Opinions, has_a_say, machine, prepared, unblock};
use crate::model::{Facts, Missing, Review, ReviewState, Step, StepAnswer};

/// The table.
pub(super) fn steps(params: &Params, facts: &Facts) -> Result<Vec<Step>, Missing> {
    prepared(params, facts, |gate, opinions| {
        let everything = Scope::new(gate.facts().change.files.iter().collect(), Reach::Everything);
        let mut steps = vec![reviewers(gate, opinions, &everything), requirement(gate, gate.rule, &everything)];
        let by_machine = machine(gate, &params.parts);
        if params.parts.automated.is_some() {
            let (answer, because) = told(&by_machine);
            steps.push(Step::new("more is asked of what a machine wrote", answer, because));
        }
        steps.extend(way_out(gate, &all(vec![gate.judge(), by_machine]), opinions));
        steps
    })
}

/// A step that nobody can answer.
pub(super) fn unknown(what: &str, missing: &[Missing]) -> Step {
    let because: Vec<String> = missing.iter().map(ToString::to_string).collect();
    Step::new(what, StepAnswer::Unknown, because.join("; "))
}

/// Everybody who reviewed or is named in a trailer, and whether what they say counts.
fn reviewers(gate: &Gate<'_>, opinions: &Opinions<'_>, scope: &Scope<'_>) -> Step {
    let mut last: BTreeMap<String, &Review> = BTreeMap::new();
    for review in gate.facts().forge.reviews.iter().flat_map(|it| it.iter()) {
        if review.state == ReviewState::Pending {
            continue;
        }
        let latest = last.entry(review.user.to_lowercase()).or_insert(review);
        if (latest.submitted_at, latest.id) < (review.submitted_at, review.id) {
            *latest = review;
        }
    }
    let mut steps: Vec<Step> = gate.approvers.iter().map(|approver| approval(gate, approver, scope)).collect();
    for (login, review) in &last {
        let shown = gate.desk.directory.shown(login);
        match opinions.iter().find(|(other, _)| other == login).map(|(_, opinion)| opinion) {
            // Told among those who approve.
            Some(Ok(Opinion::Approves(_))) => {}
            Some(Ok(Opinion::Objects(review))) => steps.push(objection(gate, (login, shown), review)),
            Some(Err(missing)) => {
                if !gate.approvers.iter().any(|it| it.login == *login) {
                    steps.push(unknown(&format!("`{shown}` has a last word"), std::slice::from_ref(missing)));
                }
            }
            None => steps.push(silence(gate, (login, shown), review)),
        }
    }
    let counts = steps.iter().any(|it| it.answer == StepAnswer::Yes);
    let is_open = steps.iter().any(|it| it.answer == StepAnswer::Unknown);
    let answer = match (counts, is_open) {
        (true, _) => StepAnswer::Yes,
        (false, true) => StepAnswer::Unknown,
        (false, false) => StepAnswer::No,
    };
    let because = if steps.is_empty() { "nobody reviewed" } else { "" };
    Step::new("somebody's approval counts", answer, because).on(steps)
}

fn approval(gate: &Gate<'_>, approver: &Approver<'_>, scope: &Scope<'_>) -> Step {
    let commit = approver.review.and_then(|it| it.commit).map_or_else(String::new, |id| format!(" at {}", id.short()));
    let what = format!("`{}` approves{commit}", approver.shown);
    match (&approver.standing, gate.desk.holds(&approver.coverage, scope)) {
        (Standing::Not(why), _) => Step::new(what, StepAnswer::No, format!("does not count: {why}")),
        (_, Holds::No(why)) => Step::new(what, StepAnswer::No, format!("stale: {why}")),
        (Standing::Unknown(missing), _) => unknown(&what, missing),
        (Standing::Counts, Holds::Unknown(missing)) => unknown(&what, &[missing]),
        (Standing::Counts, Holds::Yes) => Step::new(what, StepAnswer::Yes, "counts"),
    }
}

fn objection(gate: &Gate<'_>, (login, shown): (&str, &str), review: &Review) -> Step {
    let what = format!("`{shown}` requests changes");
    match (gate.desk.parts.changes_requested, has_a_say(gate.desk, login, review)) {
        (ChangesRequested::Ignore, _) => Step::new(what, StepAnswer::No, "no approval, and the policy asks no more"),
        (ChangesRequested::Block, Truth::Yes) => Step::new(what, StepAnswer::No, "holds the change up"),
        (ChangesRequested::Block, Truth::No) => {
            Step::new(what, StepAnswer::No, "has no say: a bot, or without the permission that the policy asks for")
        }
        (ChangesRequested::Block, Truth::Unknown(missing)) => unknown(&what, &[missing]),
    }
}

/// Somebody who reviewed and has no opinion.
fn silence(gate: &Gate<'_>, (login, shown): (&str, &str), review: &Review) -> Step {
    let reviews = gate.facts().forge.reviews.iter().flat_map(|it| it.iter());
    let is_dismissed = |it: &&Review| it.state == ReviewState::Dismissed && it.user.to_lowercase() == login;
    let Some(dismissed) = reviews.filter(is_dismissed).max_by_key(|it| (it.submitted_at, it.id)) else {
        return Step::new(format!("`{shown}` has an opinion"), StepAnswer::No, "a comment is none");
    };
    let dismissal = dismissed.dismissal.as_ref().or(review.dismissal.as_ref());
    let by = dismissal.and_then(|it| it.by.as_ref()).map_or_else(String::new, |by| format!(" by `{by}`"));
    let reason = dismissal.and_then(|it| it.reason.as_ref()).map_or_else(String::new, |it| format!(" ({it})"));
    let because = format!("the last one was dismissed{by}{reason}, and no older one comes back");
    Step::new(format!("`{shown}` has an opinion"), StepAnswer::No, because)
}

/// A requirement and everything below it.
fn requirement<'a>(gate: &Gate<'a>, rule: &'a Rule, outer: &Scope<'a>) -> Step {
    let name = rule.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
    let what = match &rule.wants {
        Wants::Approvals(1, from) => format!("{name}1 approval{}{}", by(from), about(rule)),
        Wants::Approvals(count, from) => format!("{name}{count} approvals{}{}", by(from), about(rule)),
        Wants::All(_) => format!("{name}all of these"),
        Wants::Any(_) => format!("{name}one of these"),
        Wants::AtLeast(count, _) => format!("{name}{count} of these"),
    };
    let narrowed;
    let scope = match &rule.when {
        None => outer,
        Some(when) => match gate.holds(when, outer) {
            Truth::Yes => {
                narrowed = narrow(when, outer);
                &narrowed
            }
            Truth::No => return Step::new(what, StepAnswer::Skipped, unmet(rule, when)),
            Truth::Unknown(missing) => return unknown(&what, &[missing]),
        },
    };
    let (answer, because) = told(&gate.rule(rule, outer));
    // What does not count is told one by one below.
    let because = because.strip_prefix(&name).unwrap_or(&because);
    let because = because.split("; that of ").next().unwrap_or_default().to_owned();
    let steps = match &rule.wants {
        Wants::Approvals(count, From::CodeOwners) => owned(gate, rule, *count, scope),
        Wants::Approvals(_, from) => {
            let who = |login: &str, approver: Option<&Approver<'_>>| gate.is_from(from, login, approver);
            votes(gate, scope, &who)
        }
        Wants::All(of) | Wants::Any(of) | Wants::AtLeast(_, of) => {
            of.iter().map(|it| requirement(gate, it, scope)).collect()
        }
    };
    Step::new(what, answer, because).on(steps)
}

/// Each line of CODEOWNERS that decides about changed files.
fn owned<'a>(gate: &Gate<'a>, rule: &'a Rule, count: u32, scope: &Scope<'a>) -> Vec<Step> {
    let Some(Ok(owners)) = gate.owners else { return Vec::new() };
    let Ok(found) = owners.demands(gate.facts(), &scope.files) else { return Vec::new() };
    let mut steps = Vec::new();
    for demand in &found.demands {
        let (answer, because) = told(&gate.owned(rule, count, owners, demand));
        let of: Vec<String> = demand.entry.owners.iter().map(|it| format!("`{it}`")).collect();
        let paths: Vec<String> = demand.files.iter().take(3).map(|it| format!("`{}`", it.path())).collect();
        let more = demand.files.len().saturating_sub(paths.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let what = format!("owners of {}{more} by `{}`: {}", paths.join(", "), demand.entry.pattern, of.join(", "));
        let who = |login: &str, approver: Option<&Approver<'_>>| {
            is_owner(&gate.desk.directory, demand.entry, login, approver.and_then(|it| it.review))
        };
        let scope = Scope::new(demand.files.clone(), Reach::Nothing);
        steps.push(Step::new(what, answer, because).on(votes(gate, &scope, &who)));
    }
    steps.extend(found.missing.iter().map(|it| unknown("a line that decides", std::slice::from_ref(it))));
    steps.extend(
        found
            .unowned
            .iter()
            .map(|path| Step::new(format!("`{path}` has an owner"), StepAnswer::No, "no line of CODEOWNERS names one")),
    );
    steps
}

fn votes(gate: &Gate<'_>, scope: &Scope<'_>, who: &Who<'_>) -> Vec<Step> {
    let vote = |approver: &Approver<'_>| {
        let what = format!("`{}`", approver.shown);
        match gate.vote(approver, scope, who) {
            Vote::Counts => Step::new(what, StepAnswer::Yes, "counts"),
            Vote::NotAsked => Step::new(what, StepAnswer::Skipped, "is not asked for here"),
            Vote::Not(why) => Step::new(what, StepAnswer::No, format!("does not count: {why}")),
            Vote::Stale(why) => Step::new(what, StepAnswer::No, format!("stale: {why}")),
            Vote::Unknown(missing) => unknown(&what, &missing),
        }
    };
    gate.approvers.iter().map(vote).collect()
}

fn told(outcome: &Outcome) -> (StepAnswer, String) {
    match outcome {
        Outcome::Met => (StepAnswer::Yes, String::new()),
        Outcome::Skipped(why) => (StepAnswer::Skipped, why.clone()),
        Outcome::Unknown(missing) => {
            let because: Vec<String> = missing.iter().map(|it| it.what.clone()).collect();
            (StepAnswer::Unknown, because.join("; "))
        }
        Outcome::Short(short) => (StepAnswer::No, short.message.clone()),
        Outcome::All(of) if of.iter().all(|it| matches!(told(it).0, StepAnswer::Unknown)) => {
            (StepAnswer::Unknown, format!("{} of them are not known", of.len()))
        }
        Outcome::All(of) => (StepAnswer::No, format!("{} of them are not met", of.len())),
        Outcome::Some { lacking, .. } => (StepAnswer::No, format!("{lacking} more must be met")),
    }
}

/// The fewest who can clear the rule, and what each has to do; nothing where nothing is lacking.
fn way_out(gate: &Gate<'_>, outcome: &Outcome, opinions: &Opinions<'_>) -> Option<Step> {
    let directory = &gate.desk.directory;
    let blocks = |(login, opinion): &&(String, crate::model::Fact<Opinion<'_>>)| match opinion {
        Ok(Opinion::Objects(review)) => {
            gate.desk.parts.changes_requested == ChangesRequested::Block
                && matches!(has_a_say(gate.desk, login, review), Truth::Yes)
        }
        Ok(Opinion::Approves(_)) | Err(_) => false,
    };
    let objectors = opinions.iter().filter(blocks).map(|(login, _)| {
        format!("`{}`, who requests changes, approves or is dismissed with a reason", directory.shown(login))
    });
    let mut actions: Vec<String> = objectors.collect();
    let is_lacking = matches!(told(outcome).0, StepAnswer::No);
    if !is_lacking && actions.is_empty() {
        return None;
    }
    let what = "somebody can unblock it";
    let people = if is_lacking { unblock::fewest(outcome) } else { Some(Vec::new()) };
    let Some(people) = people else {
        return Some(Step::new(
            what,
            StepAnswer::No,
            "those who are known here are too few, or nothing but a change helps",
        ));
    };
    let again = |login: &str| gate.approvers.iter().any(|it| it.login == login);
    actions.extend(people.iter().map(|login| {
        let word = if again(login) { "approves again" } else { "approves" };
        format!("`{}` {word}", directory.shown(login))
    }));
    let because = format!("the fewest: {}", actions.join("; "));
    Some(Step::new(what, StepAnswer::Yes, because))
}
