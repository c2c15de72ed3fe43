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
    suppressions: Option<Written<Suppressions>>,
    horizon: Option<Written<Days>>,
    suppressions_law: Option<Written<Suppressions>>,
    horizon_law: Option<Written<Days>>,
}

impl Saying {
    /// What comes out of it; where nothing was said, the default.
    pub(super) fn settling(&self) -> Settling {
        Settling {
            suppressions: self.suppressions.as_ref().map(|it| it.value).unwrap_or_default(),
            waiver_horizon: self.horizon.as_ref().map(|it| it.value),
        }
    }

    /// Takes up what a document says; under a floor only what is at least as strict.
    pub(super) fn say(
        &mut self,
        suppressions: Option<&Written<Suppressions>>,
        horizon: Option<&Written<Days>>,
        faults: &mut Vec<Fault>,
    ) {
        if let Some(new) = suppressions {
            match self.suppressions_law.as_ref().filter(|law| law.value.laxity() < new.value.laxity()) {
                Some(law) => faults.push(loosened("suppressions", &new.mark, &law.mark)),
                None => self.suppressions = Some(new.clone()),
            }
        }
        if let Some(new) = horizon {
            match self.horizon_law.as_ref().filter(|law| law.value < new.value) {
                Some(law) => faults.push(loosened("waiver-horizon", &new.mark, &law.mark)),
                None => self.horizon = Some(new.clone()),
            }
        }
    }

    /// Takes up what an inherited document says, with all that it inherits itself.
    pub(super) fn inherit(&mut self, other: &Self, faults: &mut Vec<Fault>) {
        self.say(other.suppressions.as_ref(), other.horizon.as_ref(), faults);
        if let Some(law) = &other.suppressions_law {
            // What was inherited before a floor stands on it too.
            if let Some(own) = self.suppressions.as_ref().filter(|own| law.value.laxity() < own.value.laxity()) {
                faults.push(loosened("suppressions", &own.mark, &law.mark));
            }
            if self.suppressions_law.as_ref().is_none_or(|own| law.value.laxity() < own.value.laxity()) {
                self.suppressions_law = Some(law.clone());
            }
        }
        if let Some(law) = &other.horizon_law
            && self.horizon_law.as_ref().is_none_or(|own| law.value < own.value)
        {
            self.horizon_law = Some(law.clone());
        }
    }

    /// Makes law of what was said. A floor that is silent means the default, and for the horizon any at all.
    pub(super) fn harden(&mut self, floor: &Mark) {
        let silent = || Written { value: Suppressions::default(), mark: floor.clone() };
        self.suppressions_law = Some(self.suppressions.clone().unwrap_or_else(silent));
        self.horizon_law = self.horizon.clone();
    }
}

fn loosened(key: &str, new: &Mark, law: &Mark) -> Fault {
    Fault::new(format!("`{key}` may only be tightened here, and this loosens it"))
        .at(new, "accepts more")
        .at(law, "the floor is laid here")
        .help(format!("drop the key, or ask whoever keeps `{}` to change it there", law.document.id()))
}
