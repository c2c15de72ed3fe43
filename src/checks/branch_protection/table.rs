//! The truth table of a floor: each demand, and what every layer says to it.

use super::demand::Demand;
use super::layer::{Answer, Layer, Standing};
use super::{Fate, Floor};
use crate::model::{Missing, Step, StepAnswer};

impl Floor<'_> {
    pub(super) fn steps(&self, demands: &[Demand]) -> Vec<Step> {
        demands.iter().map(|demand| self.step(demand)).collect()
    }

    fn step(&self, demand: &Demand) -> Step {
        let (answer, because) = match self.fate(demand) {
            Fate::Met => (StepAnswer::Yes, String::new()),
            Fate::Unknown(missing) => (StepAnswer::Unknown, listed(&missing)),
            Fate::Leaks(layer, actors) => {
                let who: Vec<String> =
                    actors.iter().map(|it| format!("{} {} {}", it.shown(), it.may(), layer.name)).collect();
                (StepAnswer::No, who.join("; "))
            }
            Fate::Short(_) => (StepAnswer::No, "nothing that binds asks for it".to_owned()),
        };
        let layers = self.layers.iter().map(|layer| said(layer, demand)).collect();
        Step::new(demand.told(), answer, because).on(layers)
    }
}

/// What one layer says.
fn said(layer: &Layer, demand: &Demand) -> Step {
    let (answer, because) = match (&layer.standing, layer.gives.answer(demand)) {
        (Standing::Idle(why), Answer::Yes) => (StepAnswer::Skipped, format!("asks for it, and {why}")),
        (Standing::Idle(why), Answer::No(_) | Answer::Unknown(_)) => (StepAnswer::Skipped, why.clone()),
        (_, Answer::No(more)) => (StepAnswer::No, more.unwrap_or_default()),
        (Standing::Unknown(missing), Answer::Yes | Answer::Unknown(_)) => (StepAnswer::Unknown, missing.what.clone()),
        (Standing::Binding, Answer::Unknown(missing)) => (StepAnswer::Unknown, missing.what),
        (Standing::Binding, Answer::Yes) => (StepAnswer::Yes, String::new()),
    };
    Step::new(layer.name.clone(), answer, because)
}

fn listed(missing: &[Missing]) -> String {
    let what: Vec<&str> = missing.iter().map(|it| it.what.as_str()).collect();
    what.join("; ")
}
