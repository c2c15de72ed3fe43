//! One document as its author wrote it: typed, not yet merged with what it inherits.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::{Document, Fault, Mark, Written};
use super::extends::Extend;
use super::reader::Reader;
use super::selector::{self, Selector};
use super::settling::{self, Days, Suppressions};
use super::title::{self, Title};
use crate::checks::{self, CheckDef};
use crate::formats::globs::Globs;
use crate::formats::node::{Entry, Node, Value};
use crate::formats::{suggest, yaml};
use crate::model::{Level, RepoPath, Span, Waiver};

/// The language version that this program reads.
const LANGUAGE_VERSION: i64 = 1;

/// The keys of a policy.
pub(super) const KEYS: [&str; 10] = [
    "gatecheck",
    "extends",
    "floor",
    "nested",
    "profiles",
    "rules",
    "waivers",
    "waiver-horizon",
    "suppressions",
    "baseline",
];

/// The keys of a rule.
pub(super) const RULE_KEYS: [&str; 9] =
    ["check", "level", "when", "with", "title", "controls", "overridable", "waivable", "floor"];

/// A document as it was written.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) document: Arc<Document>,
    pub(super) extends: Vec<Written<Extend>>,
    /// Whether whoever extends this document may only tighten its rules.
    pub(super) floor: Option<Written<bool>>,
    /// The folders whose own policies count; all of them when nothing is said.
    pub(super) nested: Option<Written<Globs>>,
    pub(super) profiles: Vec<Written<String>>,
    pub(super) rules: Vec<RuleEntry>,
    pub(super) waivers: Vec<WaiverEntry>,
    pub(super) waiver_horizon: Option<Written<Days>>,
    pub(super) suppressions: Option<Written<Suppressions>>,
    pub(super) baseline: Option<Written<RepoPath>>,
}

/// An entry of `rules`; a key that was not written is no opinion.
#[derive(Clone, Debug)]
pub(super) struct RuleEntry {
    pub(super) id: Written<String>,
    pub(super) check: Option<Written<&'static CheckDef>>,
    pub(super) level: Option<Written<Level>>,
    pub(super) when: Option<Written<Selector>>,
    pub(super) with: Option<With>,
    pub(super) title: Option<Written<Title>>,
    pub(super) controls: Option<Written<Vec<String>>>,
    pub(super) overridable: Option<Written<bool>>,
    pub(super) waivable: Option<Written<bool>>,
    pub(super) floor: Option<Written<bool>>,
    /// Where the floor was laid that this rule stands on, once it is inherited.
    pub(super) law: Option<Mark>,
    /// Every entry that was laid into this one: the document's id, and where in it.
    pub(super) lineage: BTreeSet<(String, usize)>,
    /// Whether something in the entry could not be read, so that what is missing is no news.
    pub(super) is_broken: bool,
}

/// The settings of a rule. An inherited rule's settings may come from several documents, key by key.
#[derive(Clone, Debug)]
pub(super) struct With {
    /// The key `with` that was written last.
    pub(super) mark: Mark,
    pub(super) settings: Vec<Setting>,
}

/// One key of `with`, and the document that it is written in.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) document: Arc<Document>,
    pub(super) entry: Entry,
}

/// A waiver before it is known whether its rule exists.
#[derive(Debug)]
pub(super) struct WaiverEntry {
    pub(super) waiver: Waiver,
    pub(super) rule: Mark,
}

impl Parsed {
    /// Whether the document says that it is law.
    pub(super) fn is_floor(&self) -> bool {
        self.floor.as_ref().is_some_and(|it| it.value)
    }
}

/// Reads a document. Nothing comes out of a text without a document in it.
pub(super) fn parse(document: &Arc<Document>, faults: &mut Vec<Fault>) -> Option<Parsed> {
    let text = document.text.as_str();
    let (documents, problems) = yaml::parse(text);
    let mut reader = Reader { document, faults };
    let is_broken = !problems.is_empty();
    for problem in problems {
        let label = if problem.message.contains("twice") { "second time" } else { "here" };
        let help = problem.help.unwrap_or_else(|| yaml_help(&problem.message).to_owned());
        let fault = Fault::new(problem.message).at(&reader.mark(problem.span), label).help(help);
        reader.faults.push(fault);
    }
    let mut roots = documents.into_iter().map(|it| it.root);
    let first = roots.next();
    if let Some(Some(second)) = roots.next() {
        let span = reader.first_line(&second);
        let help = "remove the line `---` and what follows it; put a second policy into its own file and name it in \
                    `extends`";
        reader.fault(span, "the second one begins here", "a policy file holds one document", help);
    }
    let is_empty = |node: &Node| matches!(node.value, Value::Null);
    match first.flatten().filter(|node| !is_empty(node)) {
        Some(root) => read(&mut reader, &root),
        None if is_broken => None,
        None => {
            let help = "write at least `gatecheck: 1` and one entry under `rules` or `extends`; to switch gatecheck \
                        off, set `level: off` on each rule, so that a reader can see it";
            reader.fault(Span::new(0, 0), "nothing stands here", "this policy is empty", help);
            None
        }
    }
}

/// What to do about text that YAML does not take, by what the parser says.
fn yaml_help(message: &str) -> &'static str {
    const HINTS: [(&str, &str); 6] = [
        ("tab", "indent with spaces: YAML takes no tabs"),
        ("anchor", "put a text that begins with `*` in quotes: YAML reads it as an alias"),
        ("aliases are expanded", "write the values out instead of repeating them with `&` and `*`"),
        ("nested more than", "write less deeply nested values"),
        ("bracket", "close the bracket, or put text with brackets in quotes"),
        ("\\u{", "remove the hidden character; quotes do not help"),
    ];
    let hint = HINTS.iter().find(|(part, _)| message.contains(part));
    hint.map_or("put text with special characters in quotes, and check the indentation", |(_, help)| help)
}

fn read(reader: &mut Reader<'_>, root: &Node) -> Option<Parsed> {
    let before = reader.faults.len();
    let fields = reader.fields(root, "a policy", &KEYS)?;
    let mut parsed = Parsed {
        document: Arc::clone(reader.document),
        extends: Vec::new(),
        floor: None,
        nested: None,
        profiles: Vec::new(),
        rules: Vec::new(),
        waivers: Vec::new(),
        waiver_horizon: None,
        suppressions: None,
        baseline: None,
    };
    // A later section may use what an earlier one declares, in whatever order they are written.
    let field = |key: &str| fields.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    language_version(reader, root, field("gatecheck"));
    if let Some(node) = field("floor") {
        parsed.floor = reader.flag(node, "`floor`").map(|it| reader.written(it, node.span));
    }
    if let Some(node) = field("nested") {
        parsed.nested = nested(reader, node);
    }
    if let Some(node) = field("profiles") {
        parsed.profiles = reader.texts(node, "`profiles`").unwrap_or_default();
    }
    if let Some(node) = field("extends") {
        parsed.extends = super::extends::read(reader, node);
    }
    if let Some(node) = field("rules") {
        parsed.rules = rules(reader, node, &parsed.profiles);
    }
    if let Some(node) = field("waivers") {
        parsed.waivers = super::waivers::read(reader, node);
    }
    parsed.waiver_horizon = field("waiver-horizon").and_then(|node| settling::waiver_horizon(reader, node));
    parsed.suppressions = field("suppressions").and_then(|node| settling::suppressions(reader, node));
    if let Some(node) = field("baseline") {
        parsed.baseline = reader.text(node, "`baseline`").and_then(|text| path_in_tree(reader, node.span, text));
    }
    if field("rules").is_none() && field("extends").is_none() && reader.faults.len() == before {
        let help = "add an entry under `rules`, or name a pack: `extends: [default]`";
        let span = reader.first_line(root);
        reader.fault(span, "no `rules` and no `extends`", "this policy has no rules", help);
    }
    Some(parsed)
}

fn language_version(reader: &mut Reader<'_>, root: &Node, node: Option<&Node>) {
    let help = format!("write `gatecheck: {LANGUAGE_VERSION}`");
    let Some(node) = node else {
        let message = "this policy does not say which version of the policy language it is written in";
        let help = format!("begin the file with `gatecheck: {LANGUAGE_VERSION}`");
        let span = reader.first_line(root);
        return reader.fault(span, "`gatecheck` is missing", message, help);
    };
    match &node.value {
        Value::Int(version) if *version == LANGUAGE_VERSION => {}
        Value::Int(version) if LANGUAGE_VERSION < *version => {
            let message = format!("this policy is written in version {version} of the policy language");
            let help = format!("use a newer gatecheck: this one reads version {LANGUAGE_VERSION}");
            reader.fault(node.span, "newer than this program", message, help);
        }
        Value::Int(_)
        | Value::Null
        | Value::Bool(_)
        | Value::Float(_)
        | Value::String(_)
        | Value::Sequence(_)
        | Value::Mapping(_) => {
            let span = reader.first_line(node);
            reader.fault(span, "no such version", "`gatecheck` names the version of the policy language", help);
        }
    }
}

fn nested(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Globs>> {
    if let Value::Bool(all) = node.value {
        let globs = if all { Globs::new(["**"]) } else { Ok(Globs::default()) };
        return globs.ok().map(|it| reader.written(it, node.span));
    }
    let texts = reader.texts(node, "`nested`")?;
    let globs = Globs::new(texts.iter().map(|it| &it.value));
    let help = "name the folders whose own policies count, such as `services/*`, or write `false` for none";
    globs
        .map_err(|error| reader.fault(node.span, "this is no glob", error, help))
        .ok()
        .map(|it| reader.written(it, node.span))
}

fn rules(reader: &mut Reader<'_>, node: &Node, profiles: &[Written<String>]) -> Vec<RuleEntry> {
    if let Value::Sequence(_) = node.value {
        let span = reader.first_line(node);
        let help = "write each rule under its id: `rules: { no-conflicts: { check: text, level: block } }`";
        reader.fault(span, "this is a list", "`rules` takes a mapping from ids to rules, not a list", help);
        return Vec::new();
    }
    let Some(entries) = reader.entries(node, "`rules`") else { return Vec::new() };
    if entries.is_empty() {
        let help = "add a rule, or drop the key";
        reader.fault(node.span, "nothing stands here", "`rules` is empty", help);
    }
    let names: Vec<String> = profiles.iter().map(|it| it.value.clone()).collect();
    entries.iter().map(|entry| rule(reader, entry, &names)).collect()
}

fn rule(reader: &mut Reader<'_>, entry: &Entry, profiles: &[String]) -> RuleEntry {
    let before = reader.faults.len();
    check_id(reader, entry);
    let mut rule = RuleEntry {
        id: reader.written(entry.key.clone(), entry.key_span),
        check: None,
        level: None,
        when: None,
        with: None,
        title: None,
        controls: None,
        overridable: None,
        waivable: None,
        floor: None,
        law: None,
        lineage: BTreeSet::from([(reader.document.id(), entry.key_span.start)]),
        is_broken: false,
    };
    let what = format!("the rule `{}`", entry.key);
    if let Value::String(_) = entry.value.value {
        // `conflict-markers: off`: a level alone, the commonest thing to change about an inherited rule.
        rule.level = level(reader, &entry.value);
    } else if let Some(fields) = reader.fields(&entry.value, &what, &RULE_KEYS) {
        for field in fields {
            rule_field(reader, &mut rule, field, profiles);
        }
    }
    rule.is_broken = reader.faults.len() != before;
    rule
}

fn rule_field(reader: &mut Reader<'_>, rule: &mut RuleEntry, field: &Entry, profiles: &[String]) {
    let node = &field.value;
    let span = node.span;
    let what = format!("`{}`", field.key);
    match field.key.as_str() {
        "check" => rule.check = check(reader, node),
        "level" => rule.level = level(reader, node),
        "when" => rule.when = selector::when(reader, node, profiles).map(|it| reader.written(it, field.key_span)),
        "with" => {
            let document = reader.document;
            let setting = |entry: &Entry| Setting { document: Arc::clone(document), entry: entry.clone() };
            let settings = reader.entries(node, &what).map(|entries| entries.iter().map(setting).collect());
            rule.with = settings.map(|settings| With { mark: reader.mark(field.key_span), settings });
        }
        "title" => rule.title = title::read(reader, node).map(|it| reader.written(it, span)),
        "controls" => {
            let ids = reader.texts(node, &what);
            rule.controls = ids.map(|ids| reader.written(ids.into_iter().map(|it| it.value).collect(), span));
        }
        "overridable" => rule.overridable = reader.flag(node, &what).map(|it| reader.written(it, span)),
        "waivable" => rule.waivable = reader.flag(node, &what).map(|it| reader.written(it, span)),
        // The keys were checked before: this is `floor`.
        _ => rule.floor = reader.flag(node, &what).map(|it| reader.written(it, span)),
    }
}

fn check_id(reader: &mut Reader<'_>, entry: &Entry) {
    let words = entry.key.split('-');
    let is_word = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit());
    if entry.key.len() <= 64 && words.clone().all(is_word) {
        return;
    }
    let message = format!("`{}` cannot be the id of a rule", entry.key);
    let help = "an id is at most 64 lower-case letters and digits, in words joined by `-`: `two-owners`";
    reader.fault(entry.key_span, "not an id", message, help);
}

fn check(reader: &mut Reader<'_>, node: &Node) -> Option<Written<&'static CheckDef>> {
    let id = reader.text(node, "`check`")?;
    if let Some(check) = checks::find(id) {
        return Some(reader.written(check, node.span));
    }
    let names: Vec<&str> = checks::ALL.iter().map(|it| it.meta.id).collect();
    let label = match suggest::nearest(id, names.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "no such check".to_owned(),
    };
    let help = format!("`gatecheck checks` lists them: {}", suggest::listed(names));
    reader.fault(node.span, &label, format!("there is no check `{id}`"), help);
    None
}

fn level(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Level>> {
    let words = Level::ALL.map(|it| (it.as_str(), it));
    // YAML 1.1 reads `off` as false, and so do the fingers of many an author.
    if let Value::Bool(flag) = node.value {
        let help = format!("the levels are {}", suggest::listed(words.map(|(word, _)| word)));
        let message = format!("`level` takes a word, not `{flag}`");
        let label = if flag { "did you mean `block`?" } else { "did you mean `off`?" };
        reader.fault(node.span, label, message, help);
        return None;
    }
    reader.word(node, "`level`", &words).map(|it| reader.written(it, node.span))
}

/// A path inside the tree that the document came from, from the document's folder on.
pub(super) fn path_in_tree(reader: &mut Reader<'_>, span: Span, text: &str) -> Option<Written<RepoPath>> {
    let is_plain = |part: &str| !part.is_empty() && !matches!(part, "." | "..");
    let relative = text.strip_prefix("./").unwrap_or(text);
    if !relative.split('/').all(is_plain) || relative.contains(['\\', ':', '\0']) {
        let message = format!("`{text}` does not stay inside the folder of this policy");
        let help = "name a file beside the policy or below it, without `..`, such as `policies/base.yaml`";
        reader.fault(span, "leads elsewhere", message, help);
        return None;
    }
    let folder = reader.document.path.parent().unwrap_or_default();
    Some(reader.written(folder.join(&RepoPath::new(relative)), span))
}
