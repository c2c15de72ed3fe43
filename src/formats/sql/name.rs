//! Names of objects, as they are compared.

use super::cursor::Cursor;
use super::dialect::Dialect;
use super::token::TokenKind;
use crate::model::Span;

/// One name: of a column, a constraint, a part of the name of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Name {
    /// The name without quotes, its case folded as the server folds it: two names are the same object
    /// where this is equal. As it was written it stands at the span.
    pub text: String,
    /// Where it stands, quotes included.
    pub span: Span,
    /// Whether it was written in quotes.
    pub is_quoted: bool,
    /// Whether a part of it is filled in by a tool, so that nobody can know it: `${prefix}_users`.
    pub is_templated: bool,
}

/// A name of an object with the schema that it lies in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ObjectName {
    /// The schema, or the database in MySQL. Nothing where none was written, and nothing for the one that
    /// is meant by default: `public.t` and `t` are the same table.
    pub schema: Option<Name>,
    /// The name itself.
    pub name: Name,
    /// All of its parts.
    pub span: Span,
}

impl Name {
    /// A name that a program hands to the server in quotes.
    #[must_use]
    pub fn quoted(text: &str, span: Span, dialect: Dialect) -> Self {
        Self { text: dialect.fold(text, true), span, is_quoted: true, is_templated: false }
    }
}

impl ObjectName {
    /// The name without a schema.
    #[must_use]
    pub fn bare(name: Name) -> Self {
        Self { schema: None, span: name.span, name }
    }

    /// Schema and name, as two objects are compared.
    #[must_use]
    pub fn key(&self) -> (Option<&str>, &str) {
        (self.schema.as_ref().map(|it| it.text.as_str()), &self.name.text)
    }

    /// The name from its parts, the last of which is its own; nothing without any.
    fn from_parts(mut parts: Vec<Name>, span: Span, dialect: Dialect) -> Option<Self> {
        let name = parts.pop()?;
        let schema = parts.pop().filter(|it| dialect.default_schema() != Some(it.text.as_str()) && !it.text.is_empty());
        Some(Self { schema, name, span })
    }
}

/// The name inside of quotes, and the text of a literal: without them, with doubled ones undone.
pub(super) fn unquoted(written: &str) -> String {
    let mut text = written;
    for prefix in ["U&", "u&", "N", "n", "E", "e"] {
        if let Some(rest) = text.strip_prefix(prefix)
            && rest.starts_with(['\'', '"'])
        {
            text = rest;
        }
    }
    let Some(open) = text.chars().next() else { return String::new() };
    let close = if open == '[' { ']' } else { open };
    let inner = text.strip_prefix(open).unwrap_or(text);
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    inner.replace(&format!("{close}{close}"), &close.to_string())
}

impl Cursor<'_> {
    fn at_name_part(&self) -> bool {
        match self.peek_kind(0) {
            Some(TokenKind::Word | TokenKind::QuotedName | TokenKind::Placeholder | TokenKind::Variable) => true,
            // With ANSI_QUOTES, and in SQLite by mercy, a literal names a column.
            Some(TokenKind::Text) => {
                self.dialect == Dialect::MySql && self.text_at(0).starts_with('"') || self.dialect == Dialect::Sqlite
            }
            _ => false,
        }
    }

    /// One name; nothing where none stands.
    pub(super) fn name(&mut self) -> Option<Name> {
        if !self.at_name_part() {
            return None;
        }
        let start = *self;
        let mut text = String::new();
        let (mut is_quoted, mut is_templated) = (false, false);
        let mut end = None;
        // `${a}_b` are two tokens without a blank between them, and one name.
        while let Some(token) = self.peek() {
            let is_glued = end.is_none_or(|it| it == token.span.start && (is_templated || is_template(token.kind)));
            if !is_glued || !self.at_name_part() {
                break;
            }
            let quoted = matches!(token.kind, TokenKind::QuotedName | TokenKind::Text);
            let written = self.text(token.span);
            let part = if quoted { unquoted(written) } else { written.to_owned() };
            is_templated |= is_template(token.kind) || quoted && (part.contains("${") || part.contains("{{"));
            is_quoted |= quoted;
            text.push_str(&self.dialect.fold(&part, quoted));
            end = Some(token.span.end);
            self.bump();
        }
        Some(Name { text, span: self.since(&start), is_quoted, is_templated })
    }

    /// A name with dots; nothing where none stands.
    pub(super) fn object(&mut self) -> Option<ObjectName> {
        let start = *self;
        let mut parts = self.parts();
        // `t@i` of CockroachDB is the index of a table.
        if self.dialect == Dialect::Postgres && !parts.is_empty() && self.eat("@").is_some() {
            parts = self.parts();
        }
        ObjectName::from_parts(parts, self.since(&start), self.dialect)
    }

    /// The parts of a name with dots.
    pub(super) fn parts(&mut self) -> Vec<Name> {
        let mut parts = Vec::new();
        while let Some(part) = self.name() {
            parts.push(part);
            let is_dotted = self.eat_kind(TokenKind::Dot).is_some();
            // `db..t` of Transact-SQL leaves the schema out.
            while is_dotted && self.eat_kind(TokenKind::Dot).is_some() {}
            if !is_dotted {
                break;
            }
        }
        parts
    }

    /// Names with commas between them.
    pub(super) fn objects(&mut self) -> Vec<ObjectName> {
        let mut names = Vec::new();
        while let Some(name) = self.object() {
            names.push(name);
            if self.eat_kind(TokenKind::Comma).is_none() {
                break;
            }
        }
        names
    }

    /// `(a, b)` as names; what is no plain name is left out.
    pub(super) fn name_list(&mut self) -> Vec<Name> {
        let mut names = Vec::new();
        let Some(mut group) = self.group() else { return names };
        while !group.is_empty() {
            names.extend(group.item().name());
        }
        names
    }
}

fn is_template(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Placeholder | TokenKind::Variable)
}
