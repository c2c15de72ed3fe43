//! What a rule comes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Missing;

/// How much a rule weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Not judged.
    Off,
    /// Judged and recorded, never shown as failing.
    Shadow,
    /// Said, never blocking.
    Note,
    /// Said with weight, never blocking.
    Warn,
    /// Closes the gate.
    Block,
}

impl Level {
    /// Every level, the heaviest last.
    pub const ALL: [Self; 5] = [Self::Off, Self::Shadow, Self::Note, Self::Warn, Self::Block];

    /// The word that policies and reports use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Shadow => "shadow",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }
}

/// What a rule comes to. Not knowing is not passing: there is no default.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Verdict {
    /// Judged, nothing found.
    Pass,
    /// Judged, and something stands against it.
    Fail,
    /// Everything that was found is waived.
    Waived,
    /// The rule does not speak about this change.
    NotApplicable {
        /// A fragment that fits after "not applicable: ".
        because: String,
    },
    /// Something that the rule needs is not known.
    Unknown {
        /// What, and how to supply it; at least one.
        missing: Vec<Missing>,
    },
}

impl Verdict {
    /// The word that reports use.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Waived => "waived",
            Self::NotApplicable { .. } => "not-applicable",
            Self::Unknown { .. } => "unknown",
        }
    }
}
