//! Branch protection: what the forge itself holds a branch to, against the floor that a policy declares.
//!
//! What a ruleset or classic protection asks for is only read, and never believed beyond its words: one that is evaluated
//! or disabled protects nothing, one that may or may not reach the branch nothing for sure, and whoever may bypass it is
//! named. Layers add up as GitHub says: the most restrictive wins.

mod classic;
mod demand;
mod generate;
mod gitea;
mod gitlab;
mod layer;
mod reach;
mod rules;
mod rulesets;
mod settings;
mod table;

use std::collections::BTreeMap;

use self::demand::Demand;
pub use self::generate::{Enforce, ruleset};
use self::layer::{Actor, Answer, Layer, Standing};
use self::reach::Branch;
use self::settings::{Allowed, GITHUB_ACTIONS, Params, RequiredCheck};
use super::{Check, Hazard, Judged, Meta, Remark, gate};
use crate::model::{Facts, Finding, Level, Missing, Need, Place, Step, StepAnswer, Stop};

/// The id of the check.
pub const FLOOR: &str = "branch-protection";

pub(super) struct BranchProtectionCheck;

impl Check for BranchProtectionCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: FLOOR,
        summary: "the forge holds the branch to what the policy declares, and nobody else may go around it",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "unprotected", title: "nothing protects the branch" },
            Hazard { id: "no-pull-request", title: "changes get in without a pull request" },
            Hazard { id: "approvals", title: "the forge asks for fewer or weaker approvals" },
            Hazard { id: "conversations", title: "open conversations do not hold a change up" },
            Hazard { id: "checks", title: "a check is not required, or not of the app that is expected" },
            Hazard { id: "history", title: "merge commits or commits without a signature get in" },
            Hazard { id: "writers", title: "the branch can be rewritten, deleted, made or pushed to" },
            Hazard { id: "merging", title: "a way to merge is open that should not be" },
            Hazard { id: "deployments", title: "a deployment is not required" },
            Hazard { id: "workflows", title: "a workflow is not required" },
            Hazard { id: "bypass", title: "somebody may bypass the protection" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        vec![Need::PullRequest]
    }

    fn explain(params: &Params, facts: &Facts) -> Vec<Step> {
        let demanded = demanded(params, facts, &mut Judged::default());
        match demanded.and_then(|demands| Ok((layers(params, facts)?, demands))) {
            Ok(((branch, layers), demands)) => {
                Floor { branch: branch.name, layers: &layers, allowed: &params.parts.bypass }.steps(&demands)
            }
            Err(missing) => vec![Step::new("what protects the branch", StepAnswer::Unknown, missing.to_string())],
        }
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let (branch, layers) = layers(params, facts)?;
        let mut judged = Judged::default();
        let demands = demanded(params, facts, &mut judged)?;
        for layer in &layers {
            layer.tell(&mut judged);
        }
        if layers.iter().all(|it| matches!(it.standing, Standing::Idle(_))) {
            judged.findings.push(unprotected(&branch, &layers));
            return Ok(judged);
        }
        let floor = Floor { branch: branch.name, layers: &layers, allowed: &params.parts.bypass };
        floor.judge(&demands, &mut judged);
        judged.missing.sort();
        judged.missing.dedup();
        Ok(judged)
    }
}

/// What the settings ask for, with the checks of the jobs that run the gate.
fn demanded(params: &Params, facts: &Facts, judged: &mut Judged) -> Result<Vec<Demand>, Missing> {
    let mut demands = params.demands.clone();
    if params.parts.gate {
        let names = gate::job_names(facts, judged)?;
        if names.is_empty() && judged.missing.is_empty() {
            let what = "which check is that of the gate: no workflow runs it on pull requests";
            return Err(Missing::here(what, "run it in a job on `pull_request`; `gatecheck doctor` says more"));
        }
        demands.extend(names.into_iter().map(|name| Demand::Check(RequiredCheck { name, app: Some(GITHUB_ACTIONS) })));
    }
    Ok(demands)
}

/// The branch that is judged, and everything that protects it or would.
fn layers<'a>(params: &'a Params, facts: &'a Facts) -> Result<(Branch<'a>, Vec<Layer>), Missing> {
    let protection = facts.forge.protection.as_ref().map_err(Missing::clone)?;
    let branch = Branch::of(params.parts.branch.as_deref(), facts, protection)?;
    let mut layers = rulesets::layers(protection, &branch);
    layers.extend(protection.classic.as_ref().map(|it| classic::layer(it, &facts.forge)));
    Ok((branch, layers))
}

impl Layer {
    /// What a person should know of it, whatever comes out.
    fn tell(&self, judged: &mut Judged) {
        let stands = match &self.standing {
            Standing::Binding => "binds".to_owned(),
            Standing::Idle(why) => why.clone(),
            Standing::Unknown(missing) => format!("may bind: {}", missing.what),
        };
        judged.rests_on("layer", format!("{}: {stands}", self.name));
        for actor in self.bypass.iter().flatten() {
            judged.rests_on("bypass", format!("{} {} {}", actor.shown(), actor.may(), self.name));
        }
        judged.remarks.extend(self.new.iter().map(|what| Remark {
            level: Level::Note,
            message: format!("{} {what}, which is new to this gatecheck", self.name),
            help: rulesets::NEWER.to_owned(),
        }));
    }
}

fn unprotected(branch: &Branch<'_>, layers: &[Layer]) -> Finding {
    let finding = finding(branch.name, format!("nothing protects `{}`", branch.name)).hazard("unprotected").key("");
    let help = "protect it on the forge; `gatecheck policy ruleset` writes a ruleset for GitHub by this rule";
    match idle(layers, |_| true) {
        Some(because) => finding.because(because).help(help),
        None => finding.help(help),
    }
}

fn finding(branch: &str, message: String) -> Finding {
    Finding::at(Place::Ref { name: branch.to_owned() }, message)
}

/// Layers that would do something and do not, as a sentence.
fn idle(layers: &[Layer], would: impl Fn(&Layer) -> bool) -> Option<String> {
    let told: Vec<String> = layers
        .iter()
        .filter(|layer| would(layer))
        .filter_map(|layer| match &layer.standing {
            Standing::Idle(why) => Some(format!("{} {why}", layer.name)),
            Standing::Binding | Standing::Unknown(_) => None,
        })
        .take(3)
        .collect();
    (!told.is_empty()).then(|| told.join(", and "))
}

/// The floor of a branch and what there is to hold it.
struct Floor<'a> {
    branch: &'a str,
    layers: &'a [Layer],
    allowed: &'a [Allowed],
}

/// How a demand fares.
enum Fate<'a> {
    Met,
    Unknown(Vec<Missing>),
    /// It is met, and these may bypass what meets it.
    Leaks(&'a Layer, Vec<&'a Actor>),
    /// What the layers that bind ask for instead, as clauses.
    Short(Vec<String>),
}

impl<'a> Floor<'a> {
    fn judge(&self, demands: &[Demand], judged: &mut Judged) {
        let mut leaks: BTreeMap<(&str, &Actor), Vec<String>> = BTreeMap::new();
        for demand in demands {
            match self.fate(demand) {
                Fate::Met => judged.rests_on("held", demand.told()),
                Fate::Unknown(missing) => judged.missing.extend(missing),
                Fate::Short(instead) => judged.findings.push(self.short(demand, &instead)),
                Fate::Leaks(layer, actors) => {
                    for actor in actors {
                        leaks.entry((&layer.name, actor)).or_default().push(demand.told());
                    }
                }
            }
        }
        for ((layer, actor), demands) in leaks {
            let message = format!("{} {} {layer}", actor.shown(), actor.may());
            let help = "take it off the list of those who may bypass, or name it under `bypass` of the policy";
            let because = format!("nothing else makes sure that {}", demands.join(", "));
            let finding = finding(self.branch, message).hazard("bypass").because(because);
            judged.findings.push(finding.help(help).key(format!("{layer} {}", actor.shown())));
        }
    }

    fn fate(&self, demand: &Demand) -> Fate<'a> {
        let (mut unknown, mut instead) = (Vec::new(), Vec::new());
        let mut leaks: Option<(&Layer, Vec<&Actor>)> = None;
        for layer in self.layers {
            let stands = match &layer.standing {
                Standing::Idle(_) => continue,
                Standing::Binding => None,
                Standing::Unknown(missing) => Some(missing.clone()),
            };
            match (layer.gives.answer(demand), stands) {
                (Answer::No(more), None) => instead.extend(more.map(|it| format!("{} {it}", layer.name))),
                // What is not even known to bind has no rules that are known, either.
                (Answer::No(_), Some(missing)) if layer.gives.is_silent() => unknown.push(missing),
                (Answer::No(_), Some(_)) => {}
                (Answer::Unknown(missing), _) | (Answer::Yes, Some(missing)) => unknown.push(missing),
                (Answer::Yes, None) => match self.holes(layer, demand) {
                    Ok(holes) if holes.is_empty() => return Fate::Met,
                    Ok(holes) => {
                        if leaks.as_ref().is_none_or(|(_, before)| holes.len() < before.len()) {
                            leaks = Some((layer, holes));
                        }
                    }
                    Err(missing) => unknown.push(missing),
                },
            }
        }
        match leaks {
            _ if !unknown.is_empty() => Fate::Unknown(unknown),
            Some((layer, holes)) => Fate::Leaks(layer, holes),
            None => Fate::Short(instead),
        }
    }

    /// Those who may bypass what a layer asks for, and whom the policy does not let.
    fn holes(&self, layer: &'a Layer, demand: &Demand) -> Result<Vec<&'a Actor>, Missing> {
        let actors: Vec<&Actor> =
            layer.bypass.iter().map(|it| it.as_ref().map_err(Missing::clone)).collect::<Result<_, _>>()?;
        Ok(actors.into_iter().filter(|it| it.reaches(demand) && !it.is_allowed(self.allowed)).collect())
    }

    fn short(&self, demand: &Demand, instead: &[String]) -> Finding {
        let message = format!("nothing makes sure that {}", demand.told());
        let would = |layer: &Layer| matches!(layer.gives.answer(demand), Answer::Yes);
        let because = if instead.is_empty() { idle(self.layers, would) } else { Some(instead.join(", and ")) };
        let finding = finding(self.branch, message).hazard(demand.hazard()).key(demand.key());
        let help = "set it in a ruleset of the branch; `gatecheck policy ruleset` writes one for GitHub by this rule";
        match because {
            Some(because) => finding.because(because).help(help),
            None => finding.help(help),
        }
    }
}
