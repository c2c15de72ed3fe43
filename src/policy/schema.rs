//! The JSON Schema of a policy: completion and hints in editors.
//!
//! The program itself reads policies by hand, because its errors are better. This schema says the same
//! about shapes and names; what needs more than one value to be seen, it leaves to the program.

use serde_json::{Map, Value, json};

use super::selector::{languages, measures, modes};
use super::settling::Suppressions;
use super::{extends, packs, waivers};
use crate::checks::{self, CheckDef};
use crate::model::Level;

/// The schema of a policy, with the settings of every check.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = Map::new();
    definitions.insert("rule".to_owned(), rule());
    definitions.insert("level".to_owned(), level());
    definitions.insert("when".to_owned(), when());
    definitions.insert("waiver".to_owned(), waiver());
    definitions.insert("source".to_owned(), source());
    definitions.insert("texts".to_owned(), texts());
    for check in checks::ALL {
        definitions.insert(settings_name(check), settings(check));
    }
    let properties = json!({
        "gatecheck": { "const": 1, "description": "Version of the policy language." },
        "extends": {
            "description": "What this policy inherits, the later over the earlier: packs, files beside this one, other repositories.",
            "oneOf": [{ "$ref": "#/$defs/source" }, { "type": "array", "items": { "$ref": "#/$defs/source" } }],
        },
        "floor": { "type": "boolean", "default": false, "description": "Whether whoever inherits this policy may only tighten its rules." },
        "nested": {
            "description": "The folders whose own policies count; all of them by default, none with `false`.",
            "oneOf": [{ "type": "boolean" }, { "$ref": "#/$defs/texts" }],
        },
        "profiles": { "$ref": "#/$defs/texts", "description": "The names that `when: { profile: … }` may use." },
        "rules": {
            "type": "object",
            "minProperties": 1,
            "description": "The rules, by id. To change an inherited rule, name its id again with the keys to change.",
            "propertyNames": { "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 64 },
            "additionalProperties": {
                "oneOf": [{ "$ref": "#/$defs/level" }, { "$ref": "#/$defs/rule" }],
            },
        },
        "waivers": { "type": "array", "description": "Written exemptions.", "items": { "$ref": "#/$defs/waiver" } },
        "waiver-horizon": {
            "type": "integer", "minimum": 1, "maximum": 36_500,
            "description": "The most days that a waiver may still run; longer ones do not count. No limit by default.",
        },
        "suppressions": {
            "default": "by-level",
            "description": "Which inline comments count; by default those of whoever proposes a change do not open a blocking rule.",
            "oneOf": suppressions(),
        },
        "baseline": { "type": "string", "minLength": 1, "description": "File with the findings that were accepted when the policy came." },
    });
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gatecheck policy",
        "type": "object",
        "required": ["gatecheck"],
        "anyOf": [{ "required": ["rules"] }, { "required": ["extends"] }],
        "additionalProperties": false,
        "properties": properties,
        "$defs": definitions,
    })
}

fn suppressions() -> Vec<Value> {
    let said = |it: Suppressions| match it {
        Suppressions::Honoured => "Every comment counts.",
        Suppressions::ByLevel => "`base-only` for blocking rules where a proposal is judged, `honoured` otherwise.",
        Suppressions::BaseOnly => "Only comments that stand in the base, on lines that the change leaves alone.",
        Suppressions::Off => "None counts.",
    };
    Suppressions::WORDS.iter().map(|(word, it)| json!({ "const": word, "description": said(*it) })).collect()
}

fn rule() -> Value {
    let checks: Vec<Value> =
        checks::ALL.iter().map(|check| json!({ "const": check.meta.id, "description": check.meta.summary })).collect();
    let settings: Vec<Value> = checks::ALL
        .iter()
        .map(|check| {
            json!({
                "if": { "properties": { "check": { "const": check.meta.id } }, "required": ["check"] },
                "then": { "properties": { "with": { "$ref": format!("#/$defs/{}", settings_name(check)) } } },
            })
        })
        .collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "check": { "description": "What judges.", "oneOf": checks },
            "level": { "$ref": "#/$defs/level" },
            "when": { "$ref": "#/$defs/when" },
            "with": { "type": "object", "description": "Settings of the check." },
            "title": {
                "description": "What the report calls the rule: a text, or one for each language.",
                "oneOf": [
                    { "type": "string", "minLength": 1 },
                    { "type": "object", "minProperties": 1, "additionalProperties": { "type": "string", "minLength": 1 } },
                ],
            },
            "controls": { "$ref": "#/$defs/texts", "description": "Ids of the controls that the rule serves." },
            "overridable": { "type": "boolean", "default": false, "description": "Whether a policy that inherits the rule may weaken it even where it is law." },
            "waivable": { "type": "boolean", "default": true, "description": "Whether other documents may waive the rule." },
            "floor": { "type": "boolean", "description": "Whether whoever inherits this rule may only tighten it." },
        },
        "allOf": settings,
    })
}

fn level() -> Value {
    let said = |level: Level| match level {
        Level::Off => "Not judged.",
        Level::Shadow => "Judged and recorded, never shown as failing.",
        Level::Note => "Said, never blocking.",
        Level::Warn => "Said with weight, never blocking.",
        Level::Block => "Closes the gate.",
    };
    let levels: Vec<Value> =
        Level::ALL.iter().rev().map(|it| json!({ "const": it.as_str(), "description": said(*it) })).collect();
    json!({ "description": "How much the rule weighs; `block` when it is not said.", "oneOf": levels })
}

fn when() -> Value {
    let texts = |description: &str| json!({ "$ref": "#/$defs/texts", "description": description });
    let words = |words: Vec<&str>, description: &str| {
        let word = json!({ "enum": words });
        json!({ "description": description, "oneOf": [word, { "type": "array", "minItems": 1, "items": word }] })
    };
    let comparison = json!({ "type": "string", "pattern": "^\\s*(<=|>=|==|<|>|=)\\s*[0-9][0-9_]*\\s*$" });
    let sizes: Map<String, Value> = measures().into_iter().map(|it| (it.to_owned(), comparison.clone())).collect();
    let conditions = |description: &str| json!({ "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/when" }, "description": description });
    json!({
        "type": "object",
        "additionalProperties": false,
        "description": "Which changes the rule speaks about; all parts must hold.",
        "properties": {
            "paths": texts("Path globs; the rule sees only the changed files that match. `!` takes back."),
            "languages": words(languages(), "Languages; the rule sees only the changed files written in them."),
            "target": texts("Globs for the branch that the change goes to."),
            "source": texts("Globs for the branch that the change comes from."),
            "labels": texts("Globs; some label of the pull request must match."),
            "author": texts("Globs for the login that opened the pull request."),
            "event": texts("Events that start the run, such as `pull_request`."),
            "mode": words(modes(), "How the change is named."),
            "profile": texts("Profiles, one of which must be chosen with `--profile`."),
            "size": {
                "type": "object", "additionalProperties": false, "minProperties": 1, "properties": sizes,
                "description": "Comparisons such as `files: \">= 10\"`, over the files that the rule sees.",
            },
            "all": conditions("Conditions that must all hold."),
            "any": conditions("Conditions of which one must hold."),
            "not": { "$ref": "#/$defs/when", "description": "A condition that must not hold." },
            "cel": { "type": "string", "minLength": 1, "description": "An expression in the Common Expression Language." },
        },
    })
}

fn waiver() -> Value {
    let text = |description: &str| json!({ "type": "string", "minLength": 1, "description": description });
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": waivers::MANDATORY,
        "properties": {
            "rule": text("Id of the rule, or `rule/hazard`."),
            "paths": { "$ref": "#/$defs/texts", "description": "Globs; one must match the finding's path." },
            "fingerprints": { "$ref": "#/$defs/texts", "description": "Fingerprints of findings, from the report." },
            "reason": text("Why."),
            "owner": text("Who answers for it."),
            "approver": text("Who approved it."),
            "expires": {
                "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "The last day on which it holds, in UTC.",
            },
        },
    })
}

fn source() -> Value {
    let [git, rev, path] = extends::GIT_KEYS;
    let packs = packs::names();
    json!({
        "oneOf": [
            { "enum": packs, "description": "A shipped pack." },
            { "type": "string", "pattern": "/|\\.ya?ml$", "description": "A file beside this policy or below it." },
            {
                "type": "object",
                "description": "A policy of another repository, at a commit.",
                "additionalProperties": false,
                "required": [git, rev],
                "properties": {
                    git: { "type": "string", "minLength": 1, "description": "Address of the repository." },
                    rev: { "type": "string", "pattern": "^([0-9a-fA-F]{40}|[0-9a-fA-F]{64})$", "description": "Full id of the commit." },
                    path: { "type": "string", "minLength": 1, "default": "gatecheck.yaml", "description": "File in that repository." },
                },
            },
        ],
    })
}

fn texts() -> Value {
    json!({
        "oneOf": [
            { "type": "string", "minLength": 1 },
            { "type": "array", "minItems": 1, "items": { "type": "string", "minLength": 1 } },
        ],
    })
}

fn settings_name(check: &CheckDef) -> String {
    format!("{}-settings", check.meta.id)
}

/// The settings of a check with their own definitions below them, so that two checks may use the same names.
fn settings(check: &CheckDef) -> Value {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    settings.definitions_path = format!("/$defs/{}/$defs", settings_name(check)).into();
    let mut generator = settings.into_generator();
    let mut schema = (check.schema)(&mut generator).to_value();
    if let Value::Object(fields) = &mut schema {
        fields.insert(
            "description".to_owned(),
            format!("Settings of `{}`: {}.", check.meta.id, check.meta.summary).into(),
        );
        fields.insert("$defs".to_owned(), Value::Object(generator.take_definitions(true)));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{parsed, selector};

    fn keys(schema: &Value, pointer: &str) -> Vec<String> {
        let found = schema.pointer(pointer).and_then(Value::as_object);
        let mut keys: Vec<String> = found.map(|it| it.keys().cloned().collect()).unwrap_or_default();
        keys.sort();
        keys
    }

    fn sorted(keys: &[&str]) -> Vec<String> {
        let mut keys: Vec<String> = keys.iter().map(|it| (*it).to_owned()).collect();
        keys.sort();
        keys
    }

    #[test]
    fn the_schema_and_the_reader_know_the_same_keys() {
        let schema = schema();
        assert_eq!(keys(&schema, "/properties"), sorted(&parsed::KEYS));
        assert_eq!(keys(&schema, "/$defs/rule/properties"), sorted(&parsed::RULE_KEYS));
        assert_eq!(keys(&schema, "/$defs/when/properties"), sorted(&selector::KEYS));
        assert_eq!(keys(&schema, "/$defs/waiver/properties"), sorted(&waivers::KEYS));
    }
}
