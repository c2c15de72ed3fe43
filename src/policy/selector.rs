//! `when`: which changes a rule speaks about, and which files of them it sees.

use crate::model::{Facts, Missing};

/// The condition of a rule.
#[derive(Debug, Default)]
pub struct Selector {}

/// What a selector makes of the facts.
pub enum Selection {
    /// The rule applies to these, narrowed to the files that it is about.
    Applies(Box<Facts>),
    /// The rule does not speak about this change; a fragment that fits after "not applicable: ".
    NotApplicable(String),
    /// Whether it applies is not known.
    Unknown(Missing),
}

impl Selector {
    /// Applies the condition.
    #[must_use]
    pub fn select(&self, facts: &Facts) -> Selection {
        Selection::Applies(Box::new(facts.clone()))
    }
}
