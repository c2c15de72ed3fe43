//! Names and e-mail addresses of authors and committers.

use super::message::Message;
use super::settings::Person;
use crate::formats::name_pattern::NamePatterns;
use crate::model::{Finding, Identity};

/// What GitHub writes as the committer of what is merged or edited on its site.
const GITHUB_WEB: &str = "noreply@github.com";

pub(super) fn author(rules: &Person, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let who = &message.commit.author;
    let fix = message.amend("--author=\"Your Name <you@example.com>\"");
    judge(rules, who, message, &Role { name: "author", fix }, findings);
}

pub(super) fn committer(rules: &Person, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let who = &message.commit.committer;
    if who.email.eq_ignore_ascii_case(GITHUB_WEB) {
        return;
    }
    let fix = format!("`git config user.email …`, then {}", message.amend(""));
    judge(rules, who, message, &Role { name: "committer", fix }, findings);
}

struct Role {
    name: &'static str,
    fix: String,
}

fn judge(rules: &Person, who: &Identity, message: &Message<'_>, role: &Role, findings: &mut Vec<Finding>) {
    let Role { name: role, fix } = role;
    let email = who.email.as_str();
    if rules.name && who.name.trim().is_empty() {
        let says = format!("the {role} `{email}` has no name");
        findings.push(
            message
                .about(&format!("{role}-name"), says)
                .help(format!("set it by `git config user.name …`, then {fix}")),
        );
    }
    let hazard = format!("{role}-email");
    let denied = rules.not_email.is_match(email);
    let allowed = rules.email.as_ref().is_none_or(|patterns| patterns.is_match(email));
    if denied {
        let says = format!("the {role} `{email}` uses an address that is not accepted");
        findings.push(message.about(&hazard, says).help(format!("use another address: {fix}")));
    } else if !allowed {
        let patterns = rules.email.as_ref().map_or_else(String::new, NamePatterns::listed);
        let says = format!("the {role} `{email}` uses none of the accepted addresses");
        findings.push(message.about(&hazard, says).help(format!("use an address that matches {patterns}: {fix}")));
    }
}
