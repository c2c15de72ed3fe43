//! The effective policy as a policy: everything inherited written out, with the origin of each rule.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::{Policy, Rule, Suppressions};
use crate::formats::visible::visible;
use crate::formats::yaml_text;
use crate::model::{Label, Place, RepoPath, Waiver};

/// The policy as YAML, one document for each folder that a policy governs, the root's first.
#[must_use]
pub fn effective(policy: &Policy) -> String {
    let mut text = format!("# {}\n# digest sha256:{}\n", visible(&policy.source), policy.digest);
    let root = RepoPath::root();
    let mut folders: Vec<&RepoPath> = policy.rules.iter().map(|rule| &rule.folder).collect();
    folders.push(&root);
    folders.sort();
    folders.dedup();
    for folder in folders {
        if !folder.is_root() {
            let _ = writeln!(text, "---\n# in {}", visible(&folder.to_string()));
        }
        text.push_str("gatecheck: 1\n");
        if folder.is_root() {
            head(policy, &mut text);
        }
        let mut rules = policy.rules.iter().filter(|rule| rule.folder == *folder).peekable();
        if rules.peek().is_some() {
            text.push_str("rules:\n");
        }
        for rule in rules {
            let _ = writeln!(text, "  # {}", visible(&origin(&rule.label)));
            let _ = writeln!(text, "  {}:", rule.id);
            if !rule.when.is_written_here() && !rule.when.canonical().is_empty() {
                text.push_str("    # when: as above, with the paths of the policy that it is inherited from\n");
            }
            yaml_text::push(&mut text, &fields(rule), 2);
        }
    }
    text
}

fn head(policy: &Policy, text: &mut String) {
    let mut fields = Map::new();
    if !policy.profiles.is_empty() {
        fields.insert("profiles".to_owned(), list(policy.profiles.iter().cloned()));
    }
    if policy.settling.suppressions != Suppressions::default() {
        fields.insert("suppressions".to_owned(), policy.settling.suppressions.word().into());
    }
    if let Some(days) = policy.settling.waiver_horizon {
        fields.insert("waiver-horizon".to_owned(), days.0.into());
    }
    let waivers: Vec<Value> = policy.waivers.iter().map(waiver).collect();
    if !waivers.is_empty() {
        fields.insert("waivers".to_owned(), Value::Array(waivers));
    }
    if !fields.is_empty() {
        yaml_text::push(text, &Value::Object(fields), 0);
    }
}

fn waiver(waiver: &Waiver) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| _ = fields.insert(key.to_owned(), value);
    put("rule", Value::String(waiver.rule.clone()));
    if !waiver.scope.paths.is_empty() {
        put("paths", list(waiver.scope.paths.iter().cloned()));
    }
    if !waiver.scope.fingerprints.is_empty() {
        put("fingerprints", list(waiver.scope.fingerprints.iter().cloned()));
    }
    put("reason", Value::String(waiver.reason.clone()));
    put("owner", Value::String(waiver.owner.clone()));
    put("approver", Value::String(waiver.approver.clone()));
    put("expires", Value::String(waiver.expires.to_string()));
    Value::Object(fields)
}

fn fields(rule: &Rule) -> Value {
    let mut fields = Map::new();
    let mut put = |key: &str, value: Value| _ = fields.insert(key.to_owned(), value);
    put("check", Value::String(rule.check.meta.id.to_owned()));
    put("level", Value::String(rule.level.as_str().to_owned()));
    put("title", Value::String(rule.title.clone()));
    let when: Map<String, Value> = rule.when.canonical().iter().map(|(key, it)| (key.clone(), it.clone())).collect();
    // A folder's policy reads paths from its folder on. What it inherits stands in a document above, and reaches
    // the same files when nothing is written here.
    if !when.is_empty() && rule.when.is_written_here() {
        put("when", Value::Object(when));
    }
    if rule.settings.as_object().is_some_and(|it| !it.is_empty()) {
        put("with", rule.settings.clone());
    }
    if !rule.controls.is_empty() {
        put("controls", list(rule.controls.iter().cloned()));
    }
    if rule.is_overridable {
        put("overridable", Value::Bool(true));
    }
    if !rule.is_waivable {
        put("waivable", Value::Bool(false));
    }
    Value::Object(fields)
}

fn list(items: impl Iterator<Item = String>) -> Value {
    Value::Array(items.map(Value::String).collect())
}

/// Where a rule was named last: file, line and revision.
fn origin(label: &Label) -> String {
    let line = label.place.region().map_or_else(String::new, |region| format!(":{}", region.start.line));
    match &label.place {
        Place::File { path, revision: Some(revision), .. } => format!("{path}{line} at {revision}"),
        Place::File { path, revision: None, .. } => format!("{path}{line}"),
        Place::Commit { .. } | Place::Ref { .. } | Place::PullRequest { .. } | Place::Change => String::new(),
    }
}
