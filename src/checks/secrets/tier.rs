//! How sure a finding is.

use schemars::JsonSchema;
use serde::Deserialize;

/// How sure it is that something is a secret in use.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Tier {
    /// It looks like one, and much else does, too: for an audit.
    Possible,
    /// A person who looks would most often agree.
    #[default]
    Likely,
    /// A checksum or its structure holds.
    Certain,
}

impl Tier {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}
