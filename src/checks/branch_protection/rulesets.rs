//! Rulesets of GitHub, as the facts tell them or word for word, made into layers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::layer::{Actor, Gives, Layer, Passes, Standing, TELL};
use super::reach::{Branch, reach};
use super::rules;
use super::settings::{ActorType, Mode};
use crate::model::{BypassActor, Enforcement, Fact, Missing, Protection, RefNames, Ruleset, RulesetRule};

/// A ruleset from wherever it was told.
struct Told {
    name: String,
    id: Option<u64>,
    /// Where it is kept.
    source: Option<String>,
    target: Option<String>,
    enforcement: Fact<Enforcement>,
    /// Which branches it reaches; nothing for the one that the forge was asked about.
    refs: Fact<Option<RefNames>>,
    bypass: Fact<Vec<BypassActor>>,
    rules: Fact<Vec<RulesetRule>>,
}

/// Every ruleset as a layer, in the order of the facts.
pub(super) fn layers(protection: &Protection, branch: &Branch<'_>) -> Vec<Layer> {
    let mut told: Vec<Told> = protection.rulesets.iter().map(Told::of).collect();
    let mut loose: BTreeMap<Option<u64>, Vec<&Value>> = BTreeMap::new();
    // `gh api` gives lists where a list was asked for.
    let exported =
        protection.exported.iter().flat_map(|it| it.as_array().map_or_else(|| vec![it], |all| all.iter().collect()));
    for value in exported {
        // A rule of its own, as the list of the rules of a branch has them.
        if value.get("type").is_some() && value.get("enforcement").is_none() {
            loose.entry(value.get("ruleset_id").and_then(Value::as_u64)).or_default().push(value);
        } else {
            told.push(Told::exported(value));
        }
    }
    for (id, rules) in loose {
        // Where the ruleset itself was told, it says the same and more.
        if id.is_none() || !told.iter().any(|it| it.id == id) {
            told.push(Told::of_branch(id, &rules));
        }
    }
    told.into_iter().map(|it| it.into_layer(branch)).collect()
}

impl Told {
    fn of(ruleset: &Ruleset) -> Self {
        let Ruleset { name, id, source, target, refs, enforcement, bypass, rules } = ruleset.clone();
        let bypass = bypass.ok_or_else(|| unknown_bypass(&name));
        Self { id, source, target, enforcement: Ok(enforcement), refs: Ok(refs), bypass, rules: Ok(rules), name }
    }

    /// A ruleset in GitHub's own words.
    fn exported(value: &Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
        let id = value.get("id").and_then(Value::as_u64);
        let name = text("name").unwrap_or_else(|| id.map_or_else(|| "?".to_owned(), |id| id.to_string()));
        let enforcement = match value.get("enforcement").and_then(Value::as_str) {
            Some("active") => Ok(Enforcement::Active),
            Some("evaluate") => Ok(Enforcement::Evaluate),
            Some("disabled") => Ok(Enforcement::Disabled),
            Some(other) => {
                Err(Missing::here(format!("whether the ruleset `{name}` binds anybody: it is `{other}`"), NEWER))
            }
            None => Err(Missing::here(format!("whether the ruleset `{name}` binds anybody"), TELL)),
        };
        let rules = value.get("rules").and_then(Value::as_array).ok_or_else(|| {
            let id = id.map_or_else(|| "ID".to_owned(), |id| id.to_string());
            Missing::here(
                format!("the rules of the ruleset `{name}`: the list of rulesets leaves them out"),
                format!("ask for each by its number: `gh api repos/OWNER/REPO/rulesets/{id}`"),
            )
        });
        let bypass = match value.get("bypass_actors") {
            Some(Value::Array(actors)) => Ok(actors.iter().map(actor).collect()),
            Some(_) | None => Err(unknown_bypass(&name)),
        };
        Self {
            id,
            source: text("source_type"),
            target: text("target"),
            enforcement,
            refs: refs(value, &name),
            bypass,
            rules: rules.map(|all| all.iter().map(rule).collect()),
            name,
        }
    }

    /// What GitHub tells of a ruleset when it is asked for the rules of a branch: those that bind, and nothing else.
    fn of_branch(id: Option<u64>, rules: &[&Value]) -> Self {
        let first = |key: &str| rules.iter().find_map(|it| it.get(key)).and_then(Value::as_str).map(str::to_owned);
        let name = id.map_or_else(|| "?".to_owned(), |id| id.to_string());
        Self {
            id,
            source: first("ruleset_source_type"),
            target: None,
            enforcement: Ok(Enforcement::Active),
            refs: Ok(None),
            bypass: Err(unknown_bypass(&name)),
            rules: Ok(rules.iter().map(|it| rule(it)).collect()),
            name,
        }
    }

    fn into_layer(self, branch: &Branch<'_>) -> Layer {
        let kept = match self.source.as_deref() {
            Some("Organization") => " of the organization",
            Some("Enterprise") => " of the enterprise",
            Some(_) | None => "",
        };
        let name = format!("the ruleset `{}`{kept}", self.name);
        let mut new = Vec::new();
        let (gives, undecided) = match self.rules {
            Ok(rules) => (rules::gives(&rules, &name, &mut new), None),
            Err(missing) => (Gives::default(), Some(missing)),
        };
        let standing = match &self.enforcement {
            Ok(Enforcement::Active) => match self.target.as_deref() {
                None | Some("branch") => reach(&self.refs, branch, &name),
                Some(other) => Standing::Idle(format!("is about a {other}")),
            },
            Ok(Enforcement::Evaluate) => Standing::Idle("is only evaluated".to_owned()),
            Ok(Enforcement::Disabled) => Standing::Idle("is disabled".to_owned()),
            Err(missing) => Standing::Unknown(missing.clone()),
        };
        // What has no rules that are known may have all of them.
        let standing = match (standing, undecided) {
            (Standing::Idle(why), _) => Standing::Idle(why),
            (Standing::Binding | Standing::Unknown(_), Some(missing)) | (Standing::Unknown(missing), None) => {
                Standing::Unknown(missing)
            }
            (Standing::Binding, None) => Standing::Binding,
        };
        let bypass = match self.bypass {
            Ok(actors) => actors.iter().filter(|it| it.mode != "never").map(|it| Ok(read(it))).collect(),
            Err(missing) => vec![Err(missing)],
        };
        Layer { name, standing, gives, bypass, new }
    }
}

/// What to do about words of GitHub that this version does not know.
pub(super) const NEWER: &str = "look at it on the forge; a newer gatecheck may know it";

fn unknown_bypass(name: &str) -> Missing {
    Missing::here(
        format!("who may bypass the ruleset `{name}`"),
        "ask for the ruleset by its number, with a token that may write to it: others are not told",
    )
}

fn actor(value: &Value) -> BypassActor {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    BypassActor {
        kind: text("actor_type").unwrap_or_default(),
        id: value.get("actor_id").and_then(Value::as_u64),
        mode: text("bypass_mode").unwrap_or_else(|| "always".to_owned()),
    }
}

fn read(actor: &BypassActor) -> Actor {
    let kind = match actor.kind.as_str() {
        "Team" => Some(ActorType::Team),
        "Integration" => Some(ActorType::App),
        "RepositoryRole" => Some(ActorType::Role),
        "OrganizationAdmin" => Some(ActorType::OrganizationAdmin),
        "DeployKey" => Some(ActorType::DeployKey),
        "User" => Some(ActorType::User),
        _ => None,
    };
    let mode = match actor.mode.as_str() {
        "pull_request" => Mode::PullRequest,
        "always" => Mode::Always,
        // What is not known may be as wide as can be.
        _ => Mode::Exempt,
    };
    // Numbers of these two mean nothing.
    let id = actor.id.filter(|_| !matches!(kind, Some(ActorType::OrganizationAdmin | ActorType::DeployKey)));
    let name = kind.is_none().then(|| actor.kind.clone());
    Actor { kind, id, name, mode, passes: Passes::Everything }
}

fn rule(value: &Value) -> RulesetRule {
    let parameters = value.get("parameters").and_then(Value::as_object);
    let parameters = parameters.map(|it| it.iter().map(|(key, value)| (key.clone(), value.clone())).collect());
    RulesetRule {
        kind: value.get("type").and_then(Value::as_str).unwrap_or_default().to_owned(),
        parameters: parameters.unwrap_or_default(),
    }
}

/// Which branches an exported ruleset reaches.
fn refs(value: &Value, name: &str) -> Fact<Option<RefNames>> {
    let unread = |what: &str| Missing::here(format!("whether the ruleset `{name}` reaches the branch: {what}"), NEWER);
    let Some(conditions) = value.get("conditions").and_then(Value::as_object) else {
        return Err(unread("it has no conditions"));
    };
    // Only an answer about this repository says what the asker may do; there GitHub has weighed the other conditions.
    let is_of_the_repository = value.get("current_user_can_bypass").is_some();
    for (kind, condition) in conditions.iter().filter(|(kind, _)| *kind != "ref_name") {
        let is_known = kind.starts_with("repository_") || kind.starts_with("organization_");
        let list = |key: &str| condition.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let takes_all = list("include").iter().any(|it| it == "~ALL") && list("exclude").is_empty();
        if !(is_known && (is_of_the_repository || takes_all)) {
            return Err(unread(&format!("it has the condition `{kind}`")));
        }
    }
    let Some(condition) = conditions.get("ref_name") else { return Err(unread("no condition names branches")) };
    let list = |key: &str| -> Option<Vec<String>> {
        let all = condition.get(key)?.as_array()?;
        all.iter().map(|it| it.as_str().map(str::to_owned)).collect()
    };
    match (list("include"), list("exclude")) {
        (Some(include), exclude) if exclude.is_some() || condition.get("exclude").is_none() => {
            Ok(Some(RefNames { include, exclude: exclude.unwrap_or_default() }))
        }
        (_, _) => Err(unread("its names cannot be read")),
    }
}
