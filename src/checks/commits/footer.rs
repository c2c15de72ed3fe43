//! Sign-offs, tickets and trailers.

use super::message::Message;
use super::settings::{RequiredTrailer, SignOff, Signatory, Ticket, TicketPlace};
use crate::formats::person;
use crate::formats::trailers::token_and_value;
use crate::model::{Finding, Identity, Line, Span};

const SIGN_OFF: &str = "Signed-off-by";

/// Judges the sign-off. A line anywhere in the message counts: squashing moves them out of the last paragraph.
pub(super) fn sign_off(rule: &SignOff, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let commit = message.commit;
    let lines: Vec<(Line<'_>, &str)> = message
        .below_subject()
        .filter_map(|line| token_and_value(line.text).map(|(token, value)| (line, token, value.trim())))
        .filter(|(_, token, _)| token.eq_ignore_ascii_case(SIGN_OFF))
        .map(|(line, _, value)| (line, value))
        .collect();
    let mut accepted = vec![&commit.author];
    match rule.by {
        Signatory::Author => {}
        Signatory::Either => accepted.push(&commit.committer),
    }
    // Git folds a trailer that goes on in the next line; the trailers know it as one value.
    let folded = message.trailers.all.iter().filter(|it| it.is(SIGN_OFF)).map(|it| it.value.as_str());
    if lines.iter().map(|(_, value)| *value).chain(folded).any(|value| accepted.iter().any(|who| is_of(value, who))) {
        return;
    }
    let wanted = format!("{SIGN_OFF}: {} <{}>", commit.author.name, commit.author.email);
    let finding = match lines.first() {
        Some((line, value)) => {
            let span = Span::new(line.start, line.start + line.text.len());
            let says = format!("`{value}` signed off, but `{}` is the author", commit.author.email);
            message.finding(span, "sign-off", says)
        }
        None => message.finding(message.subject_span(), "sign-off", "the author's sign-off is absent"),
    };
    let how =
        if message.newest { message.amend("--signoff") } else { format!("`git rebase --signoff {}`", message.onto()) };
    let help = format!("the author adds `{wanted}`: {how}");
    findings.push(finding.help(help));
}

/// Whether `Name <address>` has this person's address.
fn is_of(value: &str, who: &Identity) -> bool {
    person::parse(value).is_some_and(|it| it.email.eq_ignore_ascii_case(who.email.trim()))
}

pub(super) fn ticket(rule: &Ticket, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let (found, place) = match &rule.place {
        TicketPlace::Message => (rule.pattern.is_match(message.text.as_str()), "the message".to_owned()),
        TicketPlace::Subject => (rule.pattern.is_match(message.subject()), "the subject".to_owned()),
        TicketPlace::Trailer(token) => {
            let mut values = message.trailers.all.iter().filter(|it| it.is(token));
            (values.any(|it| rule.pattern.is_match(&it.value)), format!("the trailer `{token}`"))
        }
    };
    if found {
        return;
    }
    let example = rule.example.as_deref().map_or_else(String::new, |it| format!(" such as `{it}`"));
    let says = format!("{place} names no ticket{example}");
    let help = match &rule.place {
        TicketPlace::Trailer(token) => {
            let value = rule.example.as_deref().unwrap_or("…");
            format!("add `{token}: {value}` as the last paragraph; {}", message.reword())
        }
        TicketPlace::Message | TicketPlace::Subject => {
            format!("write the ticket into {place} (pattern `{}`); {}", rule.pattern.as_str(), message.reword())
        }
    };
    findings.push(message.finding(message.subject_span(), "ticket", says).help(help));
}

pub(super) fn trailer(rule: &RequiredTrailer, message: &Message<'_>, findings: &mut Vec<Finding>) {
    let token = &rule.token;
    let given: Vec<_> = message.trailers.all.iter().filter(|it| it.is(token)).collect();
    let fits = |value: &str| match &rule.pattern {
        Some(pattern) => pattern.is_match(value),
        None => !value.is_empty(),
    };
    if given.iter().any(|it| fits(&it.value)) {
        return;
    }
    let own_help = |otherwise: String| rule.help.clone().unwrap_or(otherwise);
    let finding = match (given.first(), outside_of_the_block(message, token)) {
        (Some(trailer), _) => {
            let pattern = rule.pattern.as_ref().map_or_else(
                || "it is empty".to_owned(),
                |it| format!("`{}` does not match `{}`", trailer.value, it.as_str()),
            );
            let finding =
                message.finding(trailer.span, "trailer", format!("the trailer `{token}` does not fit: {pattern}"));
            finding.help(own_help(format!("correct it; {}", message.reword())))
        }
        (None, Some(span)) => {
            let says = format!("`{token}` stands outside of the trailers, where Git does not see it");
            let finding = message.finding(span, "trailer", says);
            finding.help(format!("move it into the last paragraph, one trailer a line; {}", message.reword()))
        }
        (None, None) => {
            let finding =
                message.finding(message.subject_span(), "trailer", format!("the trailer `{token}` is absent"));
            finding.help(own_help(format!("add `{token}: …` as the last paragraph; {}", message.reword())))
        }
    };
    findings.push(finding);
}

/// A line that was meant as this trailer and stands in the wrong paragraph.
fn outside_of_the_block(message: &Message<'_>, token: &str) -> Option<Span> {
    let line = message
        .below_subject()
        .find(|line| token_and_value(line.text).is_some_and(|(found, _)| found.eq_ignore_ascii_case(token)))?;
    Some(Span::new(line.start, line.start + line.text.len()))
}
