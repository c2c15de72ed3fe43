//! One located violation.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Label, Place};

/// A fact that a verdict rests on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is: `commit`, `tag`, `lines added`.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}

/// Identifies a finding across moved lines and rewritten history: the first 128 bits of a SHA-256, in hexadecimal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprint(pub String);

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// One located violation. Built by a check; its fingerprint is added when the run is settled.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The finer kind inside the check: `subject-length` in `commits/subject-length`.
    pub hazard: Option<String>,
    /// The offence.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What is wrong: one sentence without a full stop, in the user's terms.
    pub message: String,
    /// Why it matters here, when the message does not say it.
    pub because: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Facts that it rests on.
    pub evidence: Vec<Evidence>,
    /// What makes this finding itself, besides its check, hazard and path. The text at the place when absent.
    /// Never written: the fingerprint says as much and gives nothing away.
    #[serde(skip)]
    pub key: Option<Key>,
}

/// What makes a finding itself in the place of the text where it stands.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// Together with its place: the same key in another file is another finding.
    Here(String),
    /// Wherever it stands: all findings of a check and hazard with this key are one and the same, as all copies of a
    /// secret are.
    Anywhere(String),
}

impl Finding {
    /// A finding at a label; `message` says what is wrong.
    #[must_use]
    pub fn new(primary: Label, message: impl Into<String>) -> Self {
        Self {
            hazard: None,
            primary,
            related: Vec::new(),
            message: message.into(),
            because: None,
            help: None,
            evidence: Vec::new(),
            key: None,
        }
    }

    /// A finding at a place without lines to show.
    #[must_use]
    pub fn at(place: Place, message: impl Into<String>) -> Self {
        Self::new(Label { place, snippet: None, text: String::new() }, message)
    }

    /// Names the hazard.
    #[must_use]
    pub fn hazard(mut self, hazard: impl Into<String>) -> Self {
        self.hazard = Some(hazard.into());
        self
    }

    /// Says why it matters.
    #[must_use]
    pub fn because(mut self, because: impl Into<String>) -> Self {
        self.because = Some(because.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Points at another place.
    #[must_use]
    pub fn related(mut self, label: Label) -> Self {
        self.related.push(label);
        self
    }

    /// Adds a fact that it rests on.
    #[must_use]
    pub fn evidence(mut self, name: impl Into<String>, value: impl fmt::Display) -> Self {
        self.evidence.push(Evidence { name: name.into(), value: value.to_string() });
        self
    }

    /// Sets what makes this finding itself. Never the secret itself: use a keyed digest of it.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(Key::Here(key.into()));
        self
    }

    /// Sets what makes this finding itself, wherever it stands.
    #[must_use]
    pub fn key_anywhere(mut self, key: impl Into<String>) -> Self {
        self.key = Some(Key::Anywhere(key.into()));
        self
    }
}
