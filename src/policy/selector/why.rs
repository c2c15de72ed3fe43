//! A condition, told part by part with the answer of each.

use super::Selector;
use super::ground::Ground;
use super::part::{Part, Truth, all_hold, alternatives, listed, mode_name};
use crate::model::{Facts, Step, StepAnswer};

impl Selector {
    /// Every part of the condition with its own answer, whatever the others say.
    #[must_use]
    pub fn steps(&self, facts: &Facts) -> Vec<Step> {
        let mut steps = Vec::new();
        let is_everywhere = self.folder.is_root() && self.except.is_empty();
        let mut view = facts.clone();
        match self.within_reach(facts) {
            Ok(_) if is_everywhere => {}
            Ok(reached) => {
                let because = format!("{} changed files are governed by it", reached.change.files.len());
                steps.push(Step::new(self.reach(), StepAnswer::Yes, because));
                view = reached;
            }
            Err(because) => steps.push(Step::new(self.reach(), StepAnswer::No, because)),
        }
        steps.extend(self.parts.iter().map(|part| step(part, &view, &self.ground)));
        steps
    }

    fn reach(&self) -> String {
        if self.folder.is_root() { "the policy".to_owned() } else { format!("the policy of `{}`", self.folder) }
    }
}

fn step(part: &Part, facts: &Facts, ground: &Ground) -> Step {
    let lists = |lists: &[Vec<Part>]| lists.iter().map(|parts| group(parts, facts, ground)).collect();
    let steps = match part {
        Part::All(of) | Part::Any(of) => lists(of),
        Part::Not(parts) => parts.iter().map(|it| step(it, facts, ground)).collect(),
        Part::Paths(_)
        | Part::Languages(_)
        | Part::Target(_)
        | Part::Source(_)
        | Part::Labels(_)
        | Part::Author(_)
        | Part::Event(_)
        | Part::Mode(_)
        | Part::Profile(_)
        | Part::Size(_) => Vec::new(),
        #[cfg(feature = "cel")]
        Part::Cel(_) => Vec::new(),
    };
    told(named(part), part.holds(facts, ground)).on(steps)
}

/// One alternative; its parts are named one by one where there are several.
fn group(parts: &[Part], facts: &Facts, ground: &Ground) -> Step {
    match parts {
        [part] => step(part, facts, ground),
        _ => told("all of these".to_owned(), all_hold(parts, facts, ground))
            .on(parts.iter().map(|it| step(it, facts, ground)).collect()),
    }
}

fn told(what: String, truth: Truth) -> Step {
    match truth {
        Truth::Yes(because) => Step::new(what, StepAnswer::Yes, because),
        Truth::No(because) => Step::new(what, StepAnswer::No, because),
        Truth::Unknown(missing) => {
            Step::new(what, StepAnswer::Unknown, format!("{} is not known: {}", missing.what, missing.how))
        }
    }
}

/// The part as the policy has it.
fn named(part: &Part) -> String {
    match part {
        Part::Paths(globs) => format!("paths: {}", alternatives(globs.texts())),
        Part::Languages(languages) => format!("languages: {}", alternatives(languages.iter().map(|it| it.name))),
        Part::Target(names) => format!("target: {}", names.listed()),
        Part::Source(names) => format!("source: {}", names.listed()),
        Part::Labels(names) => format!("labels: {}", names.listed()),
        Part::Author(names) => format!("author: {}", names.listed()),
        Part::Event(events) => format!("event: {}", listed(events)),
        Part::Mode(modes) => format!("mode: {}", alternatives(modes.iter().map(|it| mode_name(*it)))),
        Part::Profile(profiles) => format!("profile: {}", listed(profiles)),
        Part::Size(_) => "size".to_owned(),
        Part::All(_) => "all".to_owned(),
        Part::Any(_) => "any".to_owned(),
        Part::Not(_) => "not".to_owned(),
        #[cfg(feature = "cel")]
        Part::Cel(condition) => format!("cel: `{}`", condition.shown()),
    }
}
