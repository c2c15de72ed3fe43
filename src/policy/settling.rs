//! What a policy says about findings that are accepted instead of mended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::document::{Fault, Mark, Written};
use super::reader::Reader;
use crate::formats::node::{Node, Value};

/// How findings may be accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Settling {
    /// Which inline comments count.
    pub suppressions: Suppressions,
    /// The longest that a waiver may still run, counted from the day of the run; without one, for ever.
    pub waiver_horizon: Option<Days>,
}

/// A number of days.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Days(pub u32);

/// Which inline comments count.
///
/// An inline comment is written by whoever writes the offence. For a rule that closes the gate this
/// would hand the key to the one whom the gate is for: a pull request that adds a secret could add
/// the comment beside it. So the default tells apart by level and by place.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Suppressions {
    /// `base-only` for rules at level `block` where a proposal is judged: on a pull request, in a merge
    /// queue, at a push, over a named range, and in CI. `honoured` for every other level, and for the work
    /// tree and the index on the author's own machine.
    #[default]
    ByLevel,
    /// Every comment counts. Those that the change adds are listed as such.
    Honoured,
    /// Only comments that stand in the base, on lines that the change leaves alone. A whole-repository
    /// scan and a release have nobody's proposal before them: there each comment has been through the gate.
    BaseOnly,
    /// None counts.
    Off,
}

impl Suppressions {
    /// Each by its word, the strictest last.
    pub(super) const WORDS: [(&str, Self); 4] =
        [("honoured", Self::Honoured), ("by-level", Self::ByLevel), ("base-only", Self::BaseOnly), ("off", Self::Off)];

    /// The word that policies use.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, it)| *it == self).map_or("", |(word, _)| word)
    }

    /// How much an author may accept alone; less is stricter.
    pub(super) fn laxity(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::BaseOnly => 1,
            Self::ByLevel => 2,
            Self::Honoured => 3,
        }
    }
}

impl Settling {
    /// How long a waiver may run, where no limit is the longest.
    pub(super) fn horizon(&self) -> u32 {
        self.waiver_horizon.map_or(u32::MAX, |days| days.0)
    }
}

/// The longest horizon that can be written: a century.
const LONGEST: u32 = 36_500;

pub(super) fn suppressions(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Suppressions>> {
    reader.word(node, "`suppressions`", &Suppressions::WORDS).map(|it| reader.written(it, node.span))
}

pub(super) fn waiver_horizon(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Days>> {
    let days = match node.value {
        Value::Int(days) => u32::try_from(days).ok().filter(|it| (1..=LONGEST).contains(it)),
        Value::Null | Value::Bool(_) | Value::Float(_) | Value::String(_) | Value::Sequence(_) | Value::Mapping(_) => {
            None
        }
    };
    if days.is_none() {
        let help = format!("write days from 1 to {LONGEST}, such as `waiver-horizon: 90`; for no limit, drop the key");
        let span = reader.first_line(node);
        reader.fault(span, "not a number of days", "`waiver-horizon` takes a whole number of days", help);
    }
    days.map(|it| reader.written(Days(it), node.span))
}

/// What the documents of a policy say one after the other, and where a floor was laid.
#[derive(Default)]
pub(super) struct Saying {
    pub(super) settling: Settling,
    suppressions: Option<Mark>,
    horizon: Option<Mark>,
    suppressions_law: Option<Mark>,
    horizon_law: Option<Mark>,
}

impl Saying {
    /// Takes up what a document says; under a floor only what is at least as strict.
    pub(super) fn say(
        &mut self,
        suppressions: Option<&Written<Suppressions>>,
        horizon: Option<&Written<Days>>,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(new) = suppressions {
            let is_laxer = self.settling.suppressions.laxity() < new.value.laxity();
            match self.suppressions_law.as_ref().filter(|_| is_laxer) {
                Some(law) => faults.push(loosened("suppressions", &new.mark, law)),
                None => (self.settling.suppressions, self.suppressions) = (new.value, Some(new.mark.clone())),
            }
        }
        if let Some(new) = horizon {
            let is_longer = self.settling.horizon() < new.value.0;
            match self.horizon_law.as_ref().filter(|_| is_longer) {
                Some(law) => faults.push(loosened("waiver-horizon", &new.mark, law)),
                None => (self.settling.waiver_horizon, self.horizon) = (Some(new.value), Some(new.mark.clone())),
            }
        }
    }

    /// Makes law of everything that was said so far.
    pub(super) fn harden(&mut self) {
        self.suppressions_law = self.suppressions_law.take().or_else(|| self.suppressions.clone());
        self.horizon_law = self.horizon_law.take().or_else(|| self.horizon.clone());
    }
}

fn loosened(key: &str, new: &Mark, law: &Mark) -> Fault {
    Fault::new(format!("`{key}` may only be tightened here, and this loosens it"))
        .at(new, "accepts more")
        .at(law, "the floor is laid here")
        .help(format!("drop the key, or ask whoever keeps `{}` to change it there", law.document.id()))
}
