use serde_json::{Value, json};

use super::*;
use crate::report::sample;

fn written(report: &Report) -> Value {
    let mut out = Vec::new();
    assert!(render(report, &mut out).is_ok());
    serde_json::from_slice(&out).unwrap_or_default()
}

/// What SARIF 2.1.0 demands of the part that is written, and what code scanning demands beyond it.
/// Written from the standard's prose; every object is closed, so that a misspelt name is found.
fn schema() -> Value {
    let text = |longest: usize| json!({"type": "string", "minLength": 1, "maxLength": longest});
    let message = |longest: usize| closed(&json!({"text": text(longest)}), &["text"]);
    let number = json!({"type": "integer", "minimum": 1});
    let level = json!({"enum": ["none", "note", "warning", "error"]});
    let region = closed(
        &json!({"startLine": number, "startColumn": number, "endLine": number, "endColumn": number}),
        &["startLine", "startColumn", "endLine", "endColumn"],
    );
    let artifact = closed(
        &json!({"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~/%-]+$"}, "uriBaseId": {"const": "%SRCROOT%"}}),
        &["uri", "uriBaseId"],
    );
    let physical = closed(&json!({"artifactLocation": artifact, "region": region}), &["artifactLocation", "region"]);
    let location =
        closed(&json!({"id": number, "physicalLocation": physical, "message": message(4_000)}), &["physicalLocation"]);
    let suppression = closed(
        &json!({"kind": {"enum": ["inSource", "external"]}, "status": {"const": "accepted"}, "justification": text(4_000)}),
        &["kind"],
    );
    let result = closed(
        &json!({
            "ruleId": text(255), "ruleIndex": {"type": "integer", "minimum": 0}, "level": level,
            "message": message(40_000), "locations": {"type": "array", "minItems": 1, "maxItems": 10, "items": location},
            "relatedLocations": {"type": "array", "maxItems": 1_000, "items": location},
            "partialFingerprints": closed(&json!({"primaryLocationLineHash": text(100)}), &["primaryLocationLineHash"]),
            "suppressions": {"type": "array", "items": suppression},
            "baselineState": {"enum": ["new", "unchanged", "updated", "absent"]}, "properties": {"type": "object"}
        }),
        &["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints"],
    );
    let run = closed(
        &json!({
            "tool": closed(&json!({"driver": driver(&text, &message, &level)}), &["driver"]),
            "automationDetails": closed(&json!({"id": {"type": "string", "pattern": "/$"}}), &["id"]),
            "invocations": {"type": "array", "minItems": 1, "items": invocation(&message, &level)},
            "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
            "results": {"type": "array", "maxItems": 5_000, "items": result}, "properties": {"type": "object"}
        }),
        &["tool", "results", "invocations", "columnKind", "automationDetails"],
    );
    let log = json!({
        "$schema": {"type": "string"}, "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 20, "items": run}
    });
    closed(&log, &["version", "runs"])
}

fn closed(properties: &Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

fn driver(text: &dyn Fn(usize) -> Value, message: &dyn Fn(usize) -> Value, level: &Value) -> Value {
    let properties = closed(
        &json!({
            "tags": {"type": "array", "maxItems": 10, "items": text(255)},
            "precision": {"enum": ["very-high", "high", "medium", "low"]},
            "problem.severity": {"enum": ["error", "warning", "recommendation"]}
        }),
        &["tags", "precision", "problem.severity"],
    );
    let rule = closed(
        &json!({
            "id": text(255), "name": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]{0,254}$"},
            "shortDescription": message(1_024), "fullDescription": message(1_024),
            "help": closed(&json!({"text": text(40_000), "markdown": text(40_000)}), &["text", "markdown"]),
            "defaultConfiguration": closed(&json!({"level": level}), &["level"]), "properties": properties
        }),
        &["id", "name", "shortDescription", "fullDescription", "help", "properties"],
    );
    let notice = closed(
        &json!({
            "id": text(255), "name": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]{0,254}$"},
            "shortDescription": message(1_024), "fullDescription": message(1_024),
            "help": closed(&json!({"text": text(40_000), "markdown": text(40_000)}), &["text", "markdown"])
        }),
        &["id", "name", "shortDescription", "fullDescription", "help"],
    );
    closed(
        &json!({
            "name": text(255), "version": text(100), "semanticVersion": text(100),
            "rules": {"type": "array", "items": rule, "uniqueItems": true},
            "notifications": {"type": "array", "items": notice}
        }),
        &["name", "version", "rules"],
    )
}

fn invocation(message: &dyn Fn(usize) -> Value, level: &Value) -> Value {
    let descriptor = closed(&json!({"id": {"enum": ["unknown", "run", "cut"]}}), &["id"]);
    let notification = closed(
        &json!({"descriptor": descriptor, "level": level, "message": message(40_000)}),
        &["descriptor", "level", "message"],
    );
    closed(
        &json!({
            "executionSuccessful": {"type": "boolean"}, "exitCode": {"enum": [0, 1, 3]},
            "toolExecutionNotifications": {"type": "array", "items": notification}
        }),
        &["executionSuccessful"],
    )
}

#[test]
fn the_log_is_what_the_standard_and_code_scanning_want() {
    let validator = jsonschema::validator_for(&schema());
    for report in [sample::report(), sample::passing(), sample::many(3), sample::with_text("a](http://e)\u{1b}\n")] {
        let log = written(&report);
        let errors: Vec<String> = validator
            .iter()
            .flat_map(|it| it.iter_errors(&log))
            .map(|it| format!("{}: {it}", it.instance_path()))
            .collect();
        assert!(validator.is_ok() && errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn every_result_names_its_rule_by_id_and_index() {
    let log = written(&sample::report());
    let rules = log.pointer("/runs/0/tool/driver/rules").cloned().unwrap_or_default();
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).cloned().unwrap_or_default();
    assert_eq!(results.len(), 13);
    for result in results {
        let index = result["ruleIndex"].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(usize::MAX);
        assert_eq!(rules.get(index).map(|it| &it["id"]), Some(&result["ruleId"]));
    }
}

#[test]
fn open_results_come_first_and_what_is_cut_is_counted() {
    let mut report = sample::many(MOST_RESULTS + 7);
    if let Some(first) = report.results.first_mut().and_then(|it| it.findings.first_mut()) {
        first.settlement = Settlement::Baseline;
    }
    let log = written(&report);
    let results = log.pointer("/runs/0/results").and_then(Value::as_array).map_or(0, Vec::len);
    assert_eq!(results, MOST_RESULTS);
    assert!(log.pointer("/runs/0/results/0/suppressions").is_none());
    let notice = log.pointer("/runs/0/invocations/0/toolExecutionNotifications/0/message/text");
    let wanted = "7 results are left out: code scanning keeps 5000. `--format json` has all";
    assert_eq!(notice.and_then(Value::as_str), Some(wanted));
}

#[test]
fn what_has_no_file_stands_at_its_policy_line_and_says_so() {
    let log = written(&sample::report());
    let result = log.pointer("/runs/0/results/1").cloned().unwrap_or_default();
    assert_eq!(result.pointer("/locations/0/physicalLocation/artifactLocation/uri"), Some(&json!("gatecheck.yaml")));
    assert_eq!(result.pointer("/locations/0/physicalLocation/region/startLine"), Some(&json!(15)));
    assert!(result["message"]["text"].as_str().is_some_and(|it| it.contains("At: approvals of the pull request.")));
}

#[test]
fn a_path_is_percent_encoded_byte_by_byte() {
    let path = RepoPath::from_bytes(b"a b/\xff%#?\xc3\xa9.rs");
    assert_eq!(uri(&path), "a%20b/%FF%25%23%3F%C3%A9.rs");
}

#[test]
fn a_name_is_one_word_and_a_title_one_sentence() {
    assert_eq!(pascal_case("migrations/drop-column"), "MigrationsDropColumn");
    assert_eq!(pascal_case("reviews"), "ReviewsCheck");
    assert_eq!(pascal_case("//"), "Check");
    assert_eq!(sentence("a column is dropped", "x"), "A column is dropped.");
    assert_eq!(sentence(" ", "x"), "X.");
}
