//! Where a statement holds others.

use crate::formats::sql::body::Runs;
use crate::formats::sql::cursor::Cursor;
use crate::formats::sql::dialect::Dialect;
use crate::formats::sql::operation::Operation;
use crate::formats::sql::split::Place;
use crate::formats::sql::token::{Token, TokenKind};
use crate::model::Span;

/// A part of the text that holds statements.
#[derive(Clone, Copy)]
pub(in crate::formats::sql) struct Source {
    pub(in crate::formats::sql) span: Span,
    pub(in crate::formats::sql) runs: Runs,
    pub(in crate::formats::sql) place: Place,
}

/// Languages of PostgreSQL that are read here.
const LANGUAGES: [&str; 3] = ["plpgsql", "sql", "plpgsql_check"];

/// The statements that this one holds, where it holds some that can be read.
pub(in crate::formats::sql) fn find(all: Cursor<'_>, operations: &[Operation]) -> Option<Source> {
    match operations.first()? {
        Operation::CreateRoutine(routine) => {
            let is_read = routine.language.as_deref().is_none_or(|it| LANGUAGES.contains(&it));
            let span = definition(all).filter(|_| is_read)?;
            Some(Source { span, runs: Runs::WhenCalled, place: Place::Body })
        }
        Operation::CreateTrigger(_) => {
            Some(Source { span: definition(all)?, runs: Runs::WhenCalled, place: Place::Body })
        }
        Operation::Execute(_) if all.at("DO") => {
            let language = all.find("LANGUAGE").map(|it| it.text_at(1).to_lowercase());
            if language.is_some_and(|it| !LANGUAGES.contains(&it.as_str())) {
                return None;
            }
            let span = text(all, |it| matches!(it.kind, TokenKind::DollarText | TokenKind::Text))?;
            Some(Source { span, runs: Runs::Now, place: Place::Body })
        }
        Operation::Execute(execute) if execute.dynamic.is_none() => {
            let runs_text = execute.name.as_ref().is_none_or(|it| it.name.text == "sp_executesql") || all.at("PREPARE");
            let span = text(all, |it| it.kind == TokenKind::Text).filter(|_| runs_text)?;
            Some(Source { span, runs: Runs::Now, place: Place::Script })
        }
        _ => None,
    }
}

/// The body of a routine or a trigger, as each dialect writes it.
fn definition(all: Cursor<'_>) -> Option<Span> {
    match all.dialect {
        Dialect::Postgres => {
            text(all, |it| it.kind == TokenKind::DollarText).or_else(|| after(all, "BEGIN")).or_else(|| {
                let mut at = all.find("AS")?;
                at.bump();
                text(at, |it| it.kind == TokenKind::Text)
            })
        }
        Dialect::SqlServer => {
            let mut at = all;
            loop {
                let passed = at.take_until(|it| it.at("AS"));
                at.bump()?;
                // `EXECUTE AS OWNER` and `@a AS int` open no body.
                let before = passed.tokens().last()?.kind;
                let is_owner = at.at_any(&["OWNER", "CALLER", "SELF"]) || at.peek_kind(0) == Some(TokenKind::Text);
                if before != TokenKind::Variable && !is_owner {
                    return (!at.is_empty()).then(|| at.span());
                }
            }
        }
        Dialect::MySql | Dialect::Sqlite => after(all, "BEGIN").or_else(|| {
            let mut at = all.find("FOR EACH ROW")?;
            at.eat("FOR EACH ROW");
            (!at.is_empty()).then(|| at.span())
        }),
    }
}

fn after(all: Cursor<'_>, word: &str) -> Option<Span> {
    let mut at = all.find(word)?;
    at.bump();
    (!at.is_empty()).then(|| at.span())
}

/// What stands inside of the first fitting literal; nothing where an escape in it would shift what follows.
fn text(all: Cursor<'_>, fits: impl Fn(&Token) -> bool) -> Option<Span> {
    let token = all.tokens().iter().find(|it| fits(it))?;
    inner(&all, *token)
}

fn inner(all: &Cursor<'_>, token: Token) -> Option<Span> {
    let written = all.text(token.span);
    let fence = match token.kind {
        TokenKind::DollarText => written.find('$').and_then(|_| written.get(1..)?.find('$')).map(|it| it + 2)?,
        _ => 1,
    };
    let prefix = written.find(['\'', '"', '$'])?;
    let (start, end) = (token.span.start + prefix + fence, token.span.end.saturating_sub(fence));
    let inside = all.text(Span::new(start, end));
    let is_plain = token.kind == TokenKind::DollarText || !inside.contains(['\'', '\\']);
    (is_plain && start < end).then_some(Span::new(start, end))
}

/// Whether what comes next is a literal, in brackets or not, that can be read as it stands.
pub(super) fn is_one_text(cursor: &Cursor<'_>) -> bool {
    let mut at = *cursor;
    let mut operand = at.group().unwrap_or(*cursor);
    let Some(token) = operand.eat_kind(TokenKind::Text) else { return false };
    let is_alone = operand.is_empty() || operand.at_any(&[",", "USING", "INTO"]);
    is_alone && inner(cursor, token).is_some()
}
