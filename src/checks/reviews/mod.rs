//! Reviews: who approved the change that is merged, and whether that is enough.
//!
//! What people said is folded to one opinion each; an opinion counts when its author may approve, had no hand in the
//! change, and looked at what it is now. Whatever nobody told is unknown, and never an approval.

mod approver;
mod condition;
mod directory;
mod gate;
mod hands;
mod opinion;
mod outcome;
mod owners;
mod settings;
mod table;
#[cfg(test)]
mod tests;
mod unblock;

use std::collections::BTreeMap;

use self::approver::{Approver, Desk, Standing};
use self::directory::{Directory, Truth};
use self::gate::Gate;
use self::hands::Hands;
use self::opinion::Opinion;
use self::outcome::{Outcome, missing_of};
use self::owners::Owners;
use self::settings::{ChangesRequested, From, NothingApplies, Params, Parts, Rule, Wants};
use super::{Check, Hazard, Judged, Meta};
use crate::model::{Fact, Facts, Finding, Missing, Need, Permission, Review, Step, Stop};

pub(super) struct ReviewsCheck;

impl Check for ReviewsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "reviews",
        summary: "enough people who may, and who did not write it, approved the change as it is now",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "approvals", title: "approvals are lacking" },
            Hazard { id: "code-owners", title: "owners of changed files have not approved" },
            Hazard { id: "unowned", title: "a changed file has no owner" },
            Hazard { id: "changes-requested", title: "somebody who may approve wants changes" },
            Hazard { id: "machine-written", title: "too few people approved what a machine wrote" },
            Hazard { id: "nothing-required", title: "no requirement speaks about the change" },
        ],
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        let mut needs = vec![Need::PullRequest, Need::Commits, Need::Merges];
        if params.parts.dismiss_stale {
            needs.push(Need::Since);
        }
        needs
    }

    fn explain(params: &Params, facts: &Facts) -> Vec<Step> {
        table::steps(params, facts).unwrap_or_else(|missing| vec![table::unknown("the reviews", &[missing])])
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let parts = &params.parts;
        prepared(params, facts, |gate, opinions| {
            let mut judged = Judged::default();
            if parts.changes_requested == ChangesRequested::Block {
                objections(gate.desk, opinions, &mut judged);
            }
            for approver in gate.approvers.iter().filter(|it| matches!(it.standing, Standing::Counts)) {
                let commit = approver.review.and_then(|it| it.commit);
                let at = commit.map_or_else(String::new, |id| format!(" at {id}"));
                judged.rests_on("approval", format!("{}{at}", approver.shown));
            }
            settle(&gate.judge(), &machine(gate, parts), gate.desk, judged)
        })?
    }
}

/// What everybody thinks, by login in lower case.
type Opinions<'a> = [(String, Fact<Opinion<'a>>)];

/// Puts together what requirements are held against, and hands it on.
fn prepared<T>(
    Params { rule, parts }: &Params,
    facts: &Facts,
    judge: impl FnOnce(&Gate<'_>, &Opinions<'_>) -> T,
) -> Result<T, Missing> {
    // Trailers are approvals that no forge is needed for, unless somebody there may object.
    let has_trailers = !parts.trailers.is_empty();
    if !has_trailers {
        facts.pull_request.as_ref().map_err(Missing::clone)?;
    }
    if !has_trailers || parts.changes_requested == ChangesRequested::Block {
        facts.forge.reviews.as_ref().map_err(Missing::clone)?;
    }
    let request = facts.pull_request.as_deref().map_err(Missing::clone);
    let directory = Directory::new(facts)?;
    let hands = Hands::find(parts, facts, request.as_ref().ok().copied(), &directory);
    let desk = Desk { parts, facts, directory, hands };
    let opinions = facts.forge.reviews.as_ref().map_or_else(|_| BTreeMap::new(), |it| opinion::opinions(it));
    let opinions: Vec<(String, Fact<Opinion<'_>>)> = opinions.into_iter().collect();
    let approvers = approvers(&desk, &opinions)?;
    let owners = asks_for_owners(rule).then(|| Owners::load(&parts.code_owners, facts));
    let when_risk = |name: &str| parts.risks.get(name);
    let gate =
        Gate { rule, desk: &desk, approvers: &approvers, request, owners: owners.as_ref(), when_risk: &when_risk };
    Ok(judge(&gate, &opinions))
}

/// Puts together what the requirements come to.
fn settle(outcome: &Outcome, machine: &Outcome, desk: &Desk<'_>, mut judged: Judged) -> Result<Judged, Stop> {
    let is_silent = matches!(machine, Outcome::Skipped(_));
    for outcome in [outcome, machine] {
        judged.findings.extend(unblock::findings(outcome, &desk.directory));
        judged.missing.extend(missing_of(outcome));
    }
    if let Outcome::Skipped(why) = outcome
        && is_silent
    {
        match desk.parts.if_nothing_applies {
            NothingApplies::Fail => {
                let message = format!("no requirement speaks about this change: {why}");
                let help = "add a requirement without a condition, or set `if-nothing-applies: not-applicable`";
                judged
                    .findings
                    .push(Finding::at(unblock::reviews(), message).hazard("nothing-required").help(help).key(""));
            }
            NothingApplies::NotApplicable if judged.findings.is_empty() && judged.missing.is_empty() => {
                return Err(Stop::NotApplicable(why.clone()));
            }
            NothingApplies::NotApplicable => {}
        }
    }
    judged.missing.sort();
    judged.missing.dedup();
    Ok(judged)
}

/// What more is asked of a change that a machine wrote.
fn machine(gate: &Gate<'_>, parts: &Parts) -> Outcome {
    let Some(automated) = &parts.automated else { return Outcome::Skipped(String::new()) };
    let hands = &gate.desk.hands;
    match (&hands.machine, &hands.machine_unknown) {
        (Some(machine), _) => gate.people(automated.approvals, machine),
        (None, None) => Outcome::Skipped(String::new()),
        // Where enough people approved it does not matter who wrote it.
        (None, Some(missing)) => match gate.people(automated.approvals, "it may be one") {
            met @ (Outcome::Met | Outcome::Skipped(_)) => met,
            Outcome::Unknown(_) | Outcome::Short(_) | Outcome::All(_) | Outcome::Some { .. } => {
                Outcome::Unknown(vec![missing.clone()])
            }
        },
    }
}

fn approvers<'a>(desk: &Desk<'a>, opinions: &[(String, Fact<Opinion<'a>>)]) -> Result<Vec<Approver<'a>>, Missing> {
    let mut approvers = desk.reviewers(opinions);
    for named in desk.named_in_trailers()? {
        // What somebody said on the forge goes before what a commit says of them.
        let has_opinion = opinions.iter().any(|(login, _)| *login == named.login);
        if !has_opinion && !approvers.iter().any(|it| it.login == named.login) {
            approvers.push(named);
        }
    }
    approvers.sort_by(|one, other| one.login.cmp(&other.login));
    Ok(approvers)
}

/// Those who want changes, as far as they have a say.
fn objections(desk: &Desk<'_>, opinions: &[(String, Fact<Opinion<'_>>)], judged: &mut Judged) {
    for (login, opinion) in opinions {
        let review = match opinion {
            Ok(Opinion::Objects(review)) => *review,
            Ok(Opinion::Approves(_)) => continue,
            Err(missing) => {
                judged.missing.push(missing.clone());
                continue;
            }
        };
        match has_a_say(desk, login, review) {
            Truth::No => {}
            Truth::Yes => {
                let shown = desk.directory.shown(login);
                let message = format!("`{shown}` requests changes");
                let help =
                    format!("settle it with `{shown}`, who approves then, or have the review dismissed with a reason");
                let finding = Finding::at(unblock::reviews(), message).hazard("changes-requested");
                judged.findings.push(finding.help(help).key(login.as_str()));
            }
            Truth::Unknown(missing) => judged.missing.push(missing),
        }
    }
}

fn has_a_say(desk: &Desk<'_>, login: &str, review: &Review) -> Truth {
    let is_person = match desk.directory.is_bot(login, review.account_type) {
        _ if desk.parts.bots.is_match(desk.directory.shown(login)) => Truth::Yes,
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        unknown @ Truth::Unknown(_) => unknown,
    };
    is_person.and(|| match desk.directory.permission(login, Some(review)) {
        _ if desk.parts.permission == Permission::None => Truth::Yes,
        Ok(permission) => Truth::of(permission >= desk.parts.permission),
        Err(missing) => Truth::Unknown(missing),
    })
}

fn asks_for_owners(rule: &Rule) -> bool {
    match &rule.wants {
        Wants::Approvals(_, from) => matches!(from, From::CodeOwners),
        Wants::All(of) | Wants::Any(of) | Wants::AtLeast(_, of) => of.iter().any(asks_for_owners),
    }
}
