//! What protects the target: rulesets, classic protection, the merge queue.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::Deserialize;
use serde_json::Value;

use super::{FetchError, GitHub, Part};
use crate::fetch::encoded;
use crate::model::{BypassActor, Enforcement, Fact, MergeQueue, Protection, Ruleset, RulesetRule};

const ADMINISTRATION: &str = "`administration: read` for this repository";

const QUEUE: &str = "query($owner: String!, $name: String!, $branch: String!) {
  repository(owner: $owner, name: $name) { mergeQueue(branch: $branch) { configuration { mergeMethod } } }
}";

#[derive(Deserialize)]
struct BranchRule {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    parameters: BTreeMap<String, Value>,
    ruleset_id: u64,
    ruleset_source_type: Option<String>,
}

#[derive(Deserialize)]
struct Told {
    name: String,
    source_type: Option<String>,
    target: Option<String>,
    enforcement: Enforcement,
    bypass_actors: Option<Vec<Actor>>,
}

#[derive(Deserialize)]
struct Actor {
    actor_type: String,
    actor_id: Option<u64>,
    bypass_mode: Option<String>,
}

#[derive(Deserialize)]
struct Branch {
    protected: bool,
}

impl GitHub {
    pub(super) fn protection(&self, branch: &str) -> Result<Fact<Protection>, FetchError> {
        let part = Part::new("what protects the target branch", ADMINISTRATION);
        let path = format!("{}/rules/branches/{}?per_page=100", self.root, encoded(branch));
        let rules: Vec<BranchRule> = match self.client.list(&part, &path)? {
            Ok(rules) => rules,
            Err(missing) => return Ok(Err(missing)),
        };
        let classic = match self.classic(&part, &encoded(branch))? {
            Ok(classic) => classic,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut by_id: BTreeMap<u64, Ruleset> = BTreeMap::new();
        for rule in rules {
            let ruleset = match by_id.entry(rule.ruleset_id) {
                Entry::Occupied(found) => found.into_mut(),
                Entry::Vacant(place) => place.insert(self.ruleset(&part, &rule)?),
            };
            ruleset.rules.push(RulesetRule { kind: rule.kind, parameters: rule.parameters });
        }
        let branch = Some(branch.to_owned());
        Ok(Ok(Protection { branch, rulesets: by_id.into_values().collect(), exported: Vec::new(), classic }))
    }

    /// The ruleset of a rule, without its rules. Only rulesets that block reach a branch by this way.
    fn ruleset(&self, part: &Part, rule: &BranchRule) -> Result<Ruleset, FetchError> {
        let id = rule.ruleset_id;
        let told = self.client.one::<Told>(part, &format!("{}/rulesets/{id}?includes_parents=true", self.root))?;
        Ok(match told {
            Ok(told) => Ruleset {
                name: told.name,
                id: Some(id),
                source: told.source_type,
                target: told.target,
                refs: None,
                enforcement: told.enforcement,
                bypass: told.bypass_actors.map(|actors| actors.into_iter().map(actor).collect()),
                rules: Vec::new(),
            },
            Err(_) => Ruleset {
                name: format!("ruleset {id}"),
                id: Some(id),
                source: rule.ruleset_source_type.clone(),
                target: None,
                refs: None,
                enforcement: Enforcement::Active,
                bypass: None,
                rules: Vec::new(),
            },
        })
    }

    /// Classic protection. To whoever may not see it a branch seems to have none: only a branch of which GitHub says that
    /// nothing protects it, or that this does not, has none.
    fn classic(&self, part: &Part, branch: &str) -> Result<Fact<Option<BTreeMap<String, Value>>>, FetchError> {
        let refused = match self.client.one(part, &format!("{}/branches/{branch}/protection", self.root))? {
            Ok(classic) => return Ok(Ok(Some(classic))),
            Err(missing) => missing,
        };
        if refused.what.ends_with(": Branch not protected") {
            return Ok(Ok(None));
        }
        match self.client.one::<Branch>(part, &format!("{}/branches/{branch}", self.root))? {
            Ok(Branch { protected: false }) => Ok(Ok(None)),
            Ok(Branch { protected: true }) | Err(_) => Ok(Err(refused)),
        }
    }

    pub(super) fn merge_queue(&self, branch: &str) -> Result<Fact<Option<MergeQueue>>, FetchError> {
        let part = Part::new("the merge queue", "`contents: read` for this repository");
        let mut variables = self.variables();
        variables.remove("number");
        variables.insert("branch".to_owned(), branch.into());
        let data = match self.client.graphql(&part, &self.graphql, QUEUE, &variables)? {
            Ok(data) => data,
            Err(missing) => return Ok(Err(missing)),
        };
        let shape = || FetchError::Shape { url: self.graphql.clone(), why: "the merge queue is absent".to_owned() };
        let queue = data.pointer("/repository/mergeQueue").ok_or_else(shape)?;
        let method = queue.pointer("/configuration/mergeMethod").and_then(Value::as_str).map(str::to_owned);
        Ok(Ok((!queue.is_null()).then_some(MergeQueue { method, group: Vec::new() })))
    }
}

fn actor(actor: Actor) -> BypassActor {
    BypassActor {
        kind: actor.actor_type,
        id: actor.actor_id,
        mode: actor.bypass_mode.unwrap_or_else(|| "always".to_owned()),
    }
}
