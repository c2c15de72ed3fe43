//! A name and the literal beside it: what the reader of contexts hands to the judge of values.

use std::borrow::Cow;

use crate::model::Span;

/// A name and the literal beside it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pair<'a> {
    /// The name as written, without quotes: `DB_PASSWORD`, `password`. The scheme for an address, the header's name for
    /// a header, the flag without its dashes for a command. Empty when nothing names the literal.
    pub(super) key: Cow<'a, str>,
    /// The names of what encloses it, where they are cheap to know, outermost first: `spring`, `datasource`.
    pub(super) parents: Vec<Cow<'a, str>>,
    /// The literal, with escapes undone and blocks joined.
    pub(super) value: Cow<'a, str>,
    /// Where the literal stands, without its quotes.
    pub(super) span: Span,
    /// How the two are bound.
    pub(super) binding: Binding,
    /// How the literal is written.
    pub(super) writing: Writing,
    /// What language stands around it.
    pub(super) syntax: Syntax,
}

/// How a name and a literal are bound.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binding {
    /// `key = value`, `key: value`, `"key": "value"`, `<key>value</key>`, and an attribute.
    Assignment,
    /// `{"name": "KEY", "value": "…"}`, `<add key="KEY" value="…"/>`, `<key>KEY</key><string>…</string>`.
    NameAndValue,
    /// An argument of a call: `connect(password="…")`, `set("password", "…")`, `setPassword("…")`.
    Argument,
    /// A comparison: `if password == "…"`.
    Comparison,
    /// `--password …`, `-p…`, `curl -u user:…`.
    Flag,
    /// The password of an address: `scheme://user:…@host`. The key is the scheme.
    Userinfo,
    /// A parameter of an address: `?token=…`.
    Query,
    /// `Authorization: Basic …`: the value is what follows the colon once decoded, or all that is decoded.
    Basic,
    /// `Authorization: Bearer …` and headers alike.
    Header,
    /// A part of a connection string: `Password=…;`.
    ConnectionString,
    /// SQL: `IDENTIFIED BY '…'`, `PASSWORD '…'`.
    Sql,
}

/// How a literal is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Writing {
    /// Between quotes of any kind.
    Quoted,
    /// Without quotes. In code that is a name or a number and no literal, and no pair is made of it.
    Bare,
    /// Several lines: a block scalar, a here document, text between three quotes.
    Block,
    /// Between tags.
    Element,
}

/// The kind of language around a literal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Syntax {
    /// Source code, where a bare word is a name.
    Code,
    /// Settings, where a bare word is a literal: YAML, INI, properties, dotenv, TOML, HCL.
    Config,
    /// Shell scripts and Dockerfiles.
    Shell,
    /// XML and HTML.
    Markup,
    /// JSON and tables.
    Data,
    /// Documents, comments, logs.
    Prose,
}
