//! Commits: their messages, authors, kinds and signatures.
//!
//! The facts are those of the commit objects; names and addresses are claims. Nothing is asked of a forge.

mod body;
mod footer;
mod kinds;
mod message;
mod mood;
mod people;
mod settings;
mod subject;

use std::collections::{BTreeMap, BTreeSet};

use self::message::{Message, is_generated_merge};
use self::settings::{Params, Parts};
use super::signing::{self, Claimant, Judgement, Signed, Signing, Trust, Unverifiable};
use super::{Check, Hazard, Judged, Meta};
use crate::model::{Facts, Need, ObjectId, Stop};

pub(super) struct CommitsCheck;

impl Check for CommitsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "commits",
        summary: "commits are well described, by known people, and of a kind that may stay",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "conventional", title: "the subject has not the form `type(scope): description`" },
            Hazard { id: "type", title: "the type is not an allowed one" },
            Hazard { id: "scope", title: "the scope is absent, forbidden or not an allowed one" },
            Hazard { id: "breaking", title: "a breaking change is not marked as the project asks" },
            Hazard { id: "no-subject", title: "the first line is blank" },
            Hazard { id: "subject-pattern", title: "the subject does not match the project's pattern" },
            Hazard { id: "subject-length", title: "the subject is too long" },
            Hazard { id: "full-stop", title: "a full stop ends the subject" },
            Hazard { id: "case", title: "the subject begins with a letter of the wrong case" },
            Hazard { id: "mood", title: "the subject does not begin in the imperative mood" },
            Hazard { id: "blank-line", title: "no blank line follows the subject" },
            Hazard { id: "no-body", title: "the message has no body" },
            Hazard { id: "line-length", title: "a line of the body is too long" },
            Hazard { id: "sign-off", title: "the author's sign-off is absent" },
            Hazard { id: "ticket", title: "no ticket is named" },
            Hazard { id: "trailer", title: "a trailer is absent or does not fit" },
            Hazard { id: "autosquash", title: "a commit waits to be folded into another one" },
            Hazard { id: "work-in-progress", title: "a commit calls itself unfinished" },
            Hazard { id: "merge", title: "a merge that must not be there" },
            Hazard { id: "revert", title: "a revert does not name what it takes back" },
            Hazard { id: "author-name", title: "the author has no name" },
            Hazard { id: "author-email", title: "the author's address is not an accepted one" },
            Hazard { id: "committer-name", title: "the committer has no name" },
            Hazard { id: "committer-email", title: "the committer's address is not an accepted one" },
            signing::UNSIGNED,
            signing::BAD_SIGNATURE,
            signing::UNKNOWN_KEY,
            signing::EXPIRED_KEY,
            signing::REVOKED_KEY,
            signing::OTHER_SIGNER,
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        vec![Need::Commits]
    }

    fn evaluate(Params(parts): &Params, facts: &Facts) -> Result<Judged, Stop> {
        let commits = facts.commits.clone()?;
        if commits.is_empty() {
            return Err(Stop::NotApplicable("the change has no commits yet".to_owned()));
        }
        let range: BTreeSet<ObjectId> = commits.iter().map(|it| it.id).collect();
        let messages: Vec<Message<'_>> = commits
            .iter()
            .enumerate()
            .filter(|(_, commit)| {
                let author = &commit.author;
                !parts.exempt_authors.is_match(&author.email) && !parts.exempt_authors.is_match(&author.name)
            })
            .map(|(index, commit)| Message::new(commit, index == 0, &facts.run.base_name))
            .collect();
        if messages.is_empty() {
            return Err(Stop::NotApplicable("every commit is by an exempt author".to_owned()));
        }
        let mut judged = Judged::default();
        judged.rests_on("commits", messages.len());
        for message in &messages {
            if message.waits_to_be_folded() {
                continue;
            }
            describe(parts, message, &mut judged);
            parts.forbid.iter().for_each(|kind| kinds::forbidden(*kind, message, &range, &mut judged.findings));
            if let Some(rules) = &parts.author {
                people::author(rules, message, &mut judged.findings);
            }
            if let Some(rules) = &parts.committer {
                people::committer(rules, message, &mut judged.findings);
            }
        }
        if let Some(settings) = &parts.signatures {
            signatures(settings, facts, &messages, &mut judged);
        }
        Ok(judged)
    }
}

/// Judges the message. Git and forges word merges their own way, so those are left alone.
fn describe(parts: &Parts, message: &Message<'_>, judged: &mut Judged) {
    if is_generated_merge(message.commit) {
        return;
    }
    let findings = &mut judged.findings;
    if let Some(rules) = &parts.conventional {
        subject::conventional(rules, message, findings);
    }
    if let Some(rules) = &parts.subject {
        subject::subject(rules, message, findings);
    }
    if let Some(rules) = &parts.body {
        body::body(rules, message, findings);
    }
    if let Some(rule) = &parts.sign_off {
        footer::sign_off(rule, message, findings);
    }
    if let Some(rule) = &parts.ticket {
        footer::ticket(rule, message, findings);
    }
    parts.trailers.iter().for_each(|rule| footer::trailer(rule, message, findings));
    if parts.reverts {
        kinds::revert(message, findings);
    }
}

/// Judges the signatures; those that cannot be verified are told once a kind, not once a commit.
fn signatures(settings: &Signing, facts: &Facts, messages: &[Message<'_>], judged: &mut Judged) {
    // A commit is signed after its message was accepted.
    let messages: Vec<&Message<'_>> = messages.iter().filter(|it| !it.commit.is_pending()).collect();
    if messages.is_empty() {
        return;
    }
    let Some(trust) = judged.keep(Trust::load(settings, facts)) else { return };
    let mut unverifiable: BTreeMap<Unverifiable, Vec<String>> = BTreeMap::new();
    for message in messages {
        let commit = message.commit;
        let by = match settings.signer {
            Claimant::Committer => &commit.committer,
            Claimant::Author => &commit.author,
        };
        let signed = Signed {
            kind: "commit",
            signature: commit.signature.as_ref(),
            by,
            at: commit.committer.time,
            resign: message.amend("-S"),
        };
        match trust.judge(&signed) {
            Judgement::Good => {}
            Judgement::Bad(fault) => {
                judged.findings.push(fault.finding(message.place(None)).evidence("commit", commit.id));
            }
            Judgement::Unverifiable(why) => unverifiable.entry(why).or_default().push(commit.id.short()),
        }
    }
    judged.missing.extend(unverifiable.iter().map(|(why, names)| why.missing("commit", names, &trust)));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::formats::node::from_node;
    use crate::formats::yaml;
    use crate::model::{Commit, Finding, Identity, Timestamp};

    const EVERYTHING: &str = r"
        conventional: { scope: required, scopes: [api], breaking: both }
        subject: { pattern: '^x', max-length: 10, case: lower, imperative: true }
        body: { max-line-length: 10, required: true }
        sign-off: {}
        ticket: { pattern: '#\d+', in: { trailer: Refs } }
        trailers: [{ token: Change-Id }]
        forbid: [autosquash, work-in-progress, merges, merges-of-other-branches]
        reverts: true
    ";

    fn judge(text: &str) -> Vec<Finding> {
        let root = yaml::parse(EVERYTHING).0.into_iter().next().and_then(|it| it.root);
        let params: Params = root.as_ref().map(from_node).and_then(Result::ok).unwrap();
        let who = Identity { name: String::new(), email: "a@b".to_owned(), time: Timestamp(0) };
        let commit = Commit {
            id: ObjectId::default(),
            parents: Vec::new(),
            author: who.clone(),
            committer: who,
            message: text.to_owned(),
            signature: None,
            brings_nothing: false,
        };
        let message = Message::new(&commit, true, "main");
        let mut judged = Judged::default();
        describe(&params.0, &message, &mut judged);
        params.0.forbid.iter().for_each(|kind| {
            kinds::forbidden(*kind, &message, &BTreeSet::new(), &mut judged.findings);
        });
        judged.findings
    }

    proptest! {
        #[test]
        fn any_message_is_judged_without_a_panic(text in "\\PC{0,20}(\r?\n\\PC{0,30}){0,4}") {
            let _ = judge(&text);
        }

        #[test]
        fn findings_point_into_the_message(
            subject in "(feat|Fix|WIP|fixup!|Revert \"|ß)?(\\(api\\))?!?:?:? ?(Added|größe.|wip )?",
            body in "(\r?\n(Signed-off-by: é|BREAKING CHANGE: x|Refs: 1|Change-Id:|ein sehr langer Satz|))*",
        ) {
            let text = format!("{subject}{body}");
            let lines = crate::model::Text::decode(text.as_bytes()).line_count();
            for finding in judge(&text) {
                if let Some(region) = finding.primary.place.region() {
                    prop_assert!(region.start <= region.end && region.end.line <= lines, "{finding:?}");
                }
            }
        }
    }
}
