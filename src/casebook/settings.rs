//! The table of a check's settings, from the schema of its settings.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use crate::checks::CheckDef;

/// The line that stands for the table until it is written.
const PLACEHOLDER: &str = "<!-- settings -->";
/// The first line of the table.
const HEADER: &str = "| setting | type | default | meaning |";
/// Deepest nesting of settings that is written out.
const DEPTH: usize = 4;

/// A check's documentation with the table of its settings written anew: in place of the placeholder,
/// or of the table that stands there.
#[must_use]
pub fn with_settings(check: &CheckDef, docs: &str) -> String {
    let table = table(check);
    let mut text = String::with_capacity(docs.len() + table.len());
    let mut is_inside = false;
    for line in docs.split_inclusive('\n') {
        let bare = line.trim_end();
        is_inside = bare == HEADER || is_inside && bare.starts_with('|');
        if bare == HEADER || bare == PLACEHOLDER {
            text.push_str(&table);
        } else if !is_inside {
            text.push_str(line);
        }
    }
    text
}

fn table(check: &CheckDef) -> String {
    let mut generator = SchemaGenerator::default();
    let root = (check.schema)(&mut generator).to_value();
    let definitions = generator.take_definitions(true);
    let mut rows = Rows { definitions, open: BTreeSet::new(), text: format!("{HEADER}\n|---|---|---|---|\n") };
    rows.settings(&root, "", DEPTH);
    if rows.text.lines().count() == 2 {
        return "This check has no settings.\n".to_owned();
    }
    rows.text
}

struct Rows {
    definitions: Map<String, Value>,
    /// The named types that are being written: a type inside itself is not written again.
    open: BTreeSet<String>,
    text: String,
}

impl Rows {
    fn settings(&mut self, schema: &Value, prefix: &str, depth: usize) {
        let (schema, name) = self.resolved(schema);
        if depth == 0 || name.as_ref().is_some_and(|name| !self.open.insert(name.clone())) {
            return;
        }
        let required: Vec<String> = strings(schema.get("required"));
        for (key, value) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let path = format!("{prefix}{key}");
            let kind = self.kind(value, DEPTH);
            let default = match value.get("default").filter(|it| !it.is_null()) {
                Some(Value::String(default)) => code(default),
                Some(default) => code(&default.to_string()),
                None if required.contains(key) => "required".to_owned(),
                None => "optional".to_owned(),
            };
            let meaning = self.meaning(value);
            let _ = writeln!(self.text, "| `{}` | {} | {default} | {} |", path, cell(&kind), cell(&meaning));
            self.inner(value, &path, depth - 1);
        }
        for variant in variants(&schema) {
            self.settings(variant, prefix, depth - 1);
        }
        if let Some(name) = name {
            self.open.remove(&name);
        }
    }

    /// The settings inside of a setting: of a mapping, or of the items of a list.
    fn inner(&mut self, value: &Value, path: &str, depth: usize) {
        let (schema, _) = self.resolved(value);
        if let Some(items) = schema.get("items") {
            self.settings(items, &format!("{path}[]."), depth);
        } else if let Some(values) = schema.get("additionalProperties").filter(|it| it.is_object()) {
            self.settings(values, &format!("{path}.*."), depth);
        }
        self.settings(value, &format!("{path}."), depth);
    }

    /// The schema that a reference names, and its name. A choice between something and nothing is that something.
    fn resolved(&self, schema: &Value) -> (Value, Option<String>) {
        let mut schema = schema.clone();
        let mut name = None;
        for _ in 0..8 {
            let target = schema.get("$ref").and_then(Value::as_str).and_then(|it| it.rsplit('/').next());
            let named = target.and_then(|it| self.definitions.get(it).map(|found| (it.to_owned(), found.clone())));
            let only = variants(&schema).next().filter(|_| variants(&schema).count() == 1).cloned();
            match (named, only) {
                (Some((target, found)), _) => (schema, name) = (found, Some(target)),
                (None, Some(only)) => schema = only,
                (None, None) => break,
            }
        }
        (schema, name)
    }

    fn kind(&self, schema: &Value, depth: usize) -> String {
        let (schema, _) = self.resolved(schema);
        if depth == 0 {
            return "a mapping".to_owned();
        }
        let names = choices(&schema);
        let choices: Vec<&Value> =
            variants(&schema).filter(|it| it.get("const").is_none() && it.get("enum").is_none()).collect();
        if !names.is_empty() && choices.is_empty() {
            return format!("one of {}", names.iter().map(|it| code(it)).collect::<Vec<_>>().join(", "));
        }
        if !choices.is_empty() {
            let mut kinds: Vec<String> = names.iter().map(|it| code(it)).collect();
            kinds.extend(
                choices
                    .into_iter()
                    .map(|it| variant_key(it).map_or_else(|| self.kind(it, depth - 1), |key| format!("`{key}: …`"))),
            );
            kinds.dedup();
            return kinds.join(" or ");
        }
        let types = match schema.get("type") {
            Some(Value::String(one)) => vec![one.clone()],
            several => strings(several),
        };
        let word = match types.iter().map(String::as_str).find(|it| *it != "null").unwrap_or_default() {
            "string" => "text",
            "integer" => "whole number",
            "number" => "number",
            "boolean" => "`true` or `false`",
            "array" => {
                let items = schema.get("items").map_or_else(|| "anything".to_owned(), |it| self.kind(it, depth - 1));
                return format!("list of {items}");
            }
            "object" => "mapping",
            _ => "anything",
        };
        word.to_owned()
    }

    /// The description of the setting itself, or else of its type; for a choice, of each name as well.
    fn meaning(&self, value: &Value) -> String {
        let (schema, _) = self.resolved(value);
        let own = value.get("description").or_else(|| schema.get("description")).and_then(Value::as_str);
        let mut meaning = own.unwrap_or_default().split("\n\n").next().unwrap_or_default().to_owned();
        let described = variants(&schema).filter_map(|variant| {
            let name = variant.get("const").and_then(Value::as_str).or_else(|| variant_key(variant))?;
            let text = variant.get("description").and_then(Value::as_str)?;
            Some(format!("{}: {}", code(name), text.trim_end_matches('.')))
        });
        let described: Vec<String> = described.collect();
        if !described.is_empty() {
            let _ = write!(meaning, " {}.", described.join("; "));
        }
        meaning
    }
}

/// The alternatives of a schema, "nothing" left out.
fn variants(schema: &Value) -> impl Iterator<Item = &Value> {
    let list = ["oneOf", "anyOf"].into_iter().find_map(|key| schema.get(key)).and_then(Value::as_array);
    list.into_iter().flatten().filter(|it| it.get("type").and_then(Value::as_str) != Some("null"))
}

/// The names that a schema allows.
fn choices(schema: &Value) -> Vec<String> {
    let mut names = strings(schema.get("enum"));
    for variant in variants(schema) {
        names.extend(variant.get("const").and_then(Value::as_str).map(str::to_owned));
        names.extend(strings(variant.get("enum")));
    }
    names
}

/// The key of an alternative that is a mapping with exactly one.
fn variant_key(schema: &Value) -> Option<&str> {
    let properties = schema.get("properties")?.as_object().filter(|it| it.len() == 1)?;
    let key = properties.keys().next()?;
    let required = schema.get("required").and_then(Value::as_array).is_some_and(|it| it.len() == 1);
    required.then_some(key.as_str())
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Text inside a table: one line, and no bar that would end the cell.
fn cell(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").replace("\\|", "|").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::checks::{Check, Judged, Meta};
    use crate::model::{Facts, Need, Stop};

    /// A mode of the tests.
    #[derive(Default, Serialize, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    enum Mode {
        /// Fast | loose.
        #[default]
        Fast,
        /// Slow and sure.
        Slow,
    }

    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only the schema is looked at")]
    struct Params {
        /// How many.
        ///
        /// This paragraph is for the reader of the code.
        count: u32,
        /// In which way.
        #[serde(default)]
        mode: Mode,
        /// A tree of them.
        #[serde(default)]
        nested: Option<Box<Tree>>,
        /// One key, one meaning.
        #[serde(default)]
        named: std::collections::BTreeMap<String, Leaf>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only the schema is looked at")]
    struct Tree {
        /// More of them.
        children: Vec<Tree>,
    }

    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only the schema is looked at")]
    struct Leaf {
        /// Its name.
        name: Option<String>,
    }

    struct Nothing;

    impl Check for Nothing {
        type Params = Params;
        const META: Meta = Meta { id: "nothing", summary: "", docs: "", hazards: &[], since: "0.1.0" };
        fn needs(_: &Params) -> Vec<Need> {
            Vec::new()
        }
        fn evaluate(_: &Params, _: &Facts) -> Result<Judged, Stop> {
            Ok(Judged::default())
        }
    }

    const TABLE: &str = "\
| setting | type | default | meaning |
|---|---|---|---|
| `count` | whole number | required | How many. |
| `mode` | one of `fast`, `slow` | `fast` | In which way. `fast`: Fast \\| loose; `slow`: Slow and sure. |
| `named` | mapping | optional | One key, one meaning. |
| `named.*.name` | text | optional | Its name. |
| `nested` | mapping | optional | A tree of them. |
| `nested.children` | list of mapping | required | More of them. |
";

    #[test]
    fn the_table_takes_the_place_of_the_placeholder_and_of_an_older_table() {
        let check = CheckDef::of::<Nothing>();
        let fresh = with_settings(&check, "## Settings\n\n<!-- settings -->\n\n## Cases\n");
        assert_eq!(fresh, format!("## Settings\n\n{TABLE}\n## Cases\n"));
        assert_eq!(with_settings(&check, &fresh), fresh);
        let older = format!("## Settings\n\n{HEADER}\n|---|---|---|---|\n| `old` | text | none | Old. |\n\n## Cases\n");
        assert_eq!(with_settings(&check, &older), fresh);
    }
}
