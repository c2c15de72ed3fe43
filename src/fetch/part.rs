//! A part of what a forge knows, and how to come by it when the token may not read it.

use crate::model::{Missing, Where};

/// Something that is asked of a forge.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// What it is: a fragment that fits after "unknown: ".
    pub(super) what: String,
    /// What a token needs to read it: a fragment that fits after "give the token ".
    pub(super) grant: &'static str,
}

impl Part {
    pub(super) fn new(what: impl Into<String>, grant: &'static str) -> Self {
        Self { what: what.into(), grant }
    }

    /// It may not be read, or is not there for this token; `told` is what the forge answered.
    pub(super) fn refused(&self, told: &str) -> Missing {
        Missing {
            what: format!("{}: the forge answered {told}", self.what),
            how: format!("give the token {}, then run `gatecheck facts fetch` again", self.grant),
            place: Where::Here,
        }
    }

    /// It cannot be known from this forge; `why` is a clause.
    pub(super) fn untold(&self, why: &str) -> Missing {
        Missing::here(format!("{}: {why}", self.what), self.grant)
    }
}
