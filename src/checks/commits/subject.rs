//! The first line: Conventional Commits, length, case, mood.

use super::message::{Message, is_git_revert};
use super::mood;
use super::settings::{Breaking, Case, Conventional, FullStop, Presence, Subject};
use crate::formats::conventional::{self, Misfit};
use crate::formats::suggest;
use crate::model::{Finding, Span};

/// Judges the form `type(scope)!: description`. What `git revert` writes is left alone: `reverts` judges it.
pub(super) fn conventional(rules: &Conventional, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let subject = message.subject();
    if is_git_revert(subject) {
        return;
    }
    let parsed = match conventional::parse(subject) {
        Ok(parsed) => parsed,
        Err((misfit, span)) => {
            findings.push(misfitting(rules, message, misfit, span));
            return;
        }
    };
    let kind = part(subject, parsed.kind);
    if !rules.types.iter().any(|it| it == kind) {
        let near = suggest::nearest(kind, rules.types.iter().map(String::as_str));
        let hint = near.map_or_else(
            || format!("the types are {}", listed(&rules.types)),
            |name| format!("did you mean `{name}`? The types are {}", listed(&rules.types)),
        );
        let said = message.finding(parsed.kind, "type", format!("`{kind}` is not one of the types"));
        findings.push(said.help(format!("{hint}; {}", message.reword())));
    }
    scope(rules, message, &parsed, findings);
    breaking(rules.breaking, message, &parsed, findings);
}

fn misfitting(rules: &Conventional, message: &Message<'_>, misfit: Misfit, span: Span) -> Finding {
    let says = match misfit {
        Misfit::NoType => "the subject does not begin with a type and a colon",
        Misfit::UnclosedScope => "the scope is not closed",
        Misfit::EmptyScope => "the scope is empty",
        Misfit::SpaceBeforeColon => "a space stands before the colon",
        Misfit::SpaceAfterColon => "exactly one space belongs after the colon",
        Misfit::FullWidthColon => "this colon is a full-width one; `:` belongs here",
        Misfit::NoDescription => "nothing follows the colon",
    };
    let example = rules.types.first().map_or("feat", String::as_str);
    let form = match rules.scope {
        Presence::Required => "type(scope): description",
        Presence::Optional | Presence::Forbidden => "type: description",
    };
    let types = match misfit {
        Misfit::NoType if rules.types.is_empty() => format!(", such as `{example}`"),
        Misfit::NoType => format!("; the types are {}", listed(&rules.types)),
        Misfit::UnclosedScope
        | Misfit::EmptyScope
        | Misfit::SpaceBeforeColon
        | Misfit::SpaceAfterColon
        | Misfit::FullWidthColon
        | Misfit::NoDescription => String::new(),
    };
    message.finding(span, "conventional", says).help(format!("write `{form}`{types}; {}", message.reword()))
}

fn scope(
    rules: &Conventional,
    message: &Message<'_>,
    parsed: &conventional::Conventional,
    findings: &mut Vec<Finding>,
) {
    let subject = message.subject();
    match (rules.scope, parsed.scope) {
        (Presence::Required, None) => {
            let example = format!("{}(…): {}", part(subject, parsed.kind), part(subject, parsed.description));
            let said = message.finding(parsed.kind, "scope", "a scope must follow the type");
            findings.push(said.help(format!("write `{example}`{}; {}", known(rules), message.reword())));
        }
        (Presence::Forbidden, Some(span)) => {
            let said = message.finding(span, "scope", "this project uses no scopes");
            findings.push(said.help(format!("leave out the parentheses; {}", message.reword())));
        }
        (Presence::Required | Presence::Optional, Some(span)) => {
            let text = part(subject, span);
            let unknown = text.split(',').map(str::trim).find(|it| {
                let allowed = rules.scopes.as_ref();
                allowed.is_some_and(|patterns| !patterns.is_match(it))
            });
            if let Some(unknown) = unknown {
                let said = message.finding(span, "scope", format!("`{unknown}` is not one of the scopes"));
                findings.push(said.help(format!("use an allowed one{}; {}", known(rules), message.reword())));
            }
        }
        (Presence::Forbidden | Presence::Optional, None) => {}
    }
}

fn known(rules: &Conventional) -> String {
    rules.scopes.as_ref().map_or_else(String::new, |it| format!("; the scopes are {}", it.listed()))
}

fn breaking(rule: Breaking, message: &Message<'_>, parsed: &conventional::Conventional, findings: &mut Vec<Finding>) {
    let footer = conventional::breaking_footer(message.text.as_str());
    let end = parsed.scope.map_or(parsed.kind.end, |scope| scope.end + 1);
    let (span, says, help) = match (rule, parsed.breaking, footer) {
        (Breaking::Mark | Breaking::Both, None, Some(_)) => (
            Span::new(0, end),
            "a breaking change is not marked in the subject",
            format!("write `{}!: …`, so that a log of subjects shows it", part(message.subject(), Span::new(0, end))),
        ),
        (Breaking::Footer | Breaking::Both, Some(mark), None) => (
            mark,
            "a breaking change is marked and not explained",
            "add a paragraph `BREAKING CHANGE: what breaks and how to adapt`".to_owned(),
        ),
        (Breaking::Forbidden, Some(span), _) | (Breaking::Forbidden, None, Some(span)) => (
            span,
            "a breaking change is not allowed here",
            "keep the old behaviour beside the new one, or take the change to a branch for the next major version"
                .to_owned(),
        ),
        (Breaking::Any | Breaking::Mark, _, _)
        | (Breaking::Footer | Breaking::Forbidden, None, _)
        | (Breaking::Footer, Some(_), Some(_))
        | (Breaking::Both, None, None)
        | (Breaking::Both, Some(_), Some(_)) => return,
    };
    findings.push(message.finding(span, "breaking", says).help(help));
}

/// Judges what the first line looks like.
pub(super) fn subject(rules: &Subject, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let subject = message.subject();
    if subject.trim().is_empty() {
        let said = message.finding(message.subject_span(), "no-subject", "the first line of the message is blank");
        findings.push(said.help(format!("say in the first line what the commit does; {}", message.reword())));
        return;
    }
    if let Some(pattern) = rules.pattern.as_ref().filter(|it| !it.is_match(subject)) {
        let says = rules.message.clone();
        let says = says.unwrap_or_else(|| format!("the subject does not match `{}`", pattern.as_str()));
        let said = message.finding(message.subject_span(), "subject-pattern", says);
        findings.push(said.help(message.reword()));
    }
    length(rules, message, findings);
    full_stop(rules, message, findings);
    if is_git_revert(subject) {
        return;
    }
    // A prefix in small letters is a type; `iOS: …` and `README: …` begin with a name.
    let prefix = conventional::parse(subject).ok().filter(|it| !part(subject, it.kind).contains(char::is_uppercase));
    let description = prefix.map_or_else(|| message.subject_span(), |it| it.description);
    first_word(rules, message, description, findings);
}

fn length(rules: &Subject, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let subject = message.subject();
    let Some(limit) = rules.max_length else { return };
    let Some((start, _)) = subject.char_indices().nth(usize::try_from(limit).unwrap_or(usize::MAX)) else { return };
    let says = format!("the subject has {} characters, {limit} are allowed", subject.chars().count());
    let said = message.finding(Span::new(start, subject.len()), "subject-length", says);
    let help = format!("say it shorter and move the rest into the body; {}", message.reword());
    findings.push(said.because("logs and forges cut a long subject off").help(help));
}

fn full_stop(rules: &Subject, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let subject = message.subject().trim_end();
    match rules.full_stop {
        FullStop::Allowed => return,
        FullStop::Forbidden => {}
    }
    let stop = ['.', '。'].into_iter().find(|stop| subject.ends_with(*stop)).filter(|_| !subject.ends_with(".."));
    if let Some(stop) = stop {
        let span = Span::new(subject.len() - stop.len_utf8(), subject.len());
        let said = message.finding(span, "full-stop", "a full stop ends the subject");
        findings.push(said.help(format!("leave it out, as in a headline; {}", message.reword())));
    }
}

fn first_word(rules: &Subject, message: &Message<'_>, description: Span, findings: &mut Vec<Finding>) {
    let text = part(message.subject(), description);
    let word = text.split_whitespace().next().unwrap_or_default();
    let Some(first) = word.chars().next() else { return };
    let span = Span::new(description.start, description.start + word.len());
    // A word with a capital, a digit or a sign inside is a name; its case is its own.
    let plain = word.trim_end_matches([',', ':', ';']).chars().skip(1).all(|it| it.is_lowercase() || it == '\'');
    let wrong = match rules.case {
        Case::Any => None,
        Case::Lower => (first.is_uppercase() && plain).then(|| ("small", first.to_lowercase().to_string())),
        Case::Upper => (first.is_lowercase() && plain).then(|| ("capital", first.to_uppercase().to_string())),
    };
    if let Some((size, letter)) = wrong {
        let rest: String = word.chars().skip(1).collect();
        let said = message.finding(span, "case", format!("`{word}` must begin with a {size} letter"));
        findings.push(said.help(format!("write `{letter}{rest}`; {}", message.reword())));
    }
    if let Some(verb) = mood::imperative_of(word).filter(|_| rules.imperative) {
        let said = message.finding(span, "mood", format!("`{word}` is not in the imperative mood"));
        let help = format!("write `{verb}`: a subject completes “this commit will …”; {}", message.reword());
        findings.push(said.help(help));
    }
}

fn part(subject: &str, span: Span) -> &str {
    subject.get(span.start..span.end).unwrap_or_default()
}

fn listed(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
