//! `gatecheck import`: makes a policy of another tool's configuration.
//!
//! What cannot be carried over is said twice: as a comment in the policy, and as a warning with its line.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};

use regex_syntax::ast::{self, Ast, GroupKind, parse::ParserBuilder};
use serde_json::{Map, Value, json};

use super::args::ImportGitleaksArgs;
use super::error::CliError;
use super::test::of_case;
use crate::casebook;
use crate::checks;
use crate::formats::gitleaks::{self, Allowlist, Config, Rule};
use crate::formats::visible::visible;
use crate::formats::{recipe, yaml_text};
use crate::model::{Span, Text};

/// The largest configuration, in bytes.
const LARGEST: u64 = 16 << 20;

pub(super) fn gitleaks(args: &ImportGitleaksArgs, out: &mut dyn Write) -> Result<(), CliError> {
    let name = args.file.display().to_string();
    let unread = |why: String| CliError::usage(format!("`{name}` cannot be read: {why}"));
    let size = fs::metadata(&args.file).map_err(|error| unread(error.to_string()))?.len();
    if LARGEST < size {
        return Err(unread(format!("it is larger than {LARGEST} bytes")));
    }
    let content = fs::read(&args.file).map_err(|error| unread(error.to_string()))?;
    let text = Text::decode(&content);
    let (config, problems) = gitleaks::parse(text.as_str());
    let mut made = Made { text: &text, warnings: Vec::new() };
    problems.iter().for_each(|it| made.warn(it.span, &it.message));
    let policy = made.policy(&config, &name);
    made.warnings.sort();
    for (line, message) in &made.warnings {
        // Nobody to read a warning is no reason to keep the policy back.
        let _ = writeln!(io::stderr(), "warning: {}:{line}: {}", visible(&name), visible(message));
    }
    out.write_all(policy.as_bytes()).or_else(super::explain::quiet)
}

struct Made<'a> {
    text: &'a Text,
    /// With their lines.
    warnings: Vec<(u32, String)>,
}

impl Made<'_> {
    fn line(&self, span: Span) -> u32 {
        self.text.position(span.start).line
    }

    fn warn(&mut self, span: Span, message: &str) {
        self.warnings.push((self.line(span), message.to_owned()));
    }

    /// Warns, and gives the comment that says the same.
    fn comment(&mut self, span: Span, message: &str) -> String {
        self.warn(span, message);
        format!("# line {}: {}\n", self.line(span), visible(message))
    }

    fn policy(&mut self, config: &Config, name: &str) -> String {
        let mut policy = format!(
            "# Made of `{}` by `gatecheck import gitleaks`. Read it, and run `gatecheck test`.\ngatecheck: 1\n\nrules:\n  \
             no-secrets:\n    check: secrets\n    level: block\n    with:\n      foreign-comments: true\n",
            visible(name)
        );
        if !config.uses_default {
            policy.push_str(
                "      # The shipped kinds are judged as well; `off` takes those away that you do not want.\n",
            );
        }
        self.off(config, &mut policy);
        let mut known: BTreeSet<&str> = shipped().collect();
        let mut detectors = String::new();
        let mut has_one = false;
        for rule in &config.rules {
            match self.detector(rule) {
                Ok(detector) => {
                    has_one = true;
                    known.insert(&rule.id);
                    yaml_text::push(&mut detectors, &json!({ rule.id.clone(): detector }), 4);
                }
                Err(why) => {
                    let comment = self.comment(rule.span, &format!("the rule `{}` is left out: {why}", rule.id));
                    detectors.push_str(&format!("        {comment}"));
                }
            }
        }
        policy.push_str(if has_one { "      detectors:\n" } else { "" });
        policy.push_str(&detectors);
        self.allow(config, &known, &mut policy);
        self.run_examples(&policy, config);
        policy
    }

    fn off(&mut self, config: &Config, policy: &mut String) {
        let shipped: BTreeSet<&str> = shipped().collect();
        let (off, unknown): (Vec<&String>, Vec<&String>) =
            config.disabled.iter().partition(|id| shipped.contains(id.as_str()));
        for id in unknown {
            let message = format!("the rule `{id}` was off; no kind here has this id");
            policy.push_str(&format!("      {}", self.comment(Span::default(), &message)));
        }
        if !off.is_empty() {
            policy.push_str("      off:\n");
            yaml_text::push(policy, &json!(off), 4);
        }
    }

    /// The settings of a detector.
    fn detector(&mut self, rule: &Rule) -> Result<Value, String> {
        let Some(regex) = &rule.regex else {
            let is_path = rule.path.is_some();
            let help = "it looks at paths only, which `forbidden` of the check `files` says";
            return Err(if is_path { help } else { "it has no expression of its own" }.to_owned());
        };
        if rule.is_part {
            return Err("it is only a part of other rules".to_owned());
        }
        if rule.needs_others {
            self.warn(rule.span, &format!("`{}` now counts without the findings that it needed beside it", rule.id));
        }
        let pattern = with_secret(regex, rule.secret_group)?;
        let mut fields = Map::new();
        if let Some(title) = &rule.description {
            fields.insert("title".to_owned(), json!(title.trim().trim_end_matches('.')));
        }
        fields.insert("pattern".to_owned(), json!(pattern));
        let (long, short): (Vec<&String>, Vec<&String>) = rule.keywords.iter().partition(|it| it.len() >= 3);
        // With a short keyword there are texts without any of the long ones.
        if short.is_empty() && !long.is_empty() {
            fields.insert("keywords".to_owned(), json!(long));
        }
        if let Some(path) = &rule.path {
            fields.insert("path-pattern".to_owned(), json!(path));
        }
        if let Some(entropy) = rule.entropy.filter(|it| *it > 0.0) {
            fields.insert("entropy".to_owned(), json!(entropy.min(8.0)));
        }
        let hit = recipe::of(&pattern).ok_or("no example can be made of its expression")?;
        let keyword = rule.keywords.first().filter(|_| fields.contains_key("keywords"));
        let hit = match keyword.filter(|it| !hit.to_lowercase().contains(&it.to_lowercase())) {
            Some(word) => format!("{}\n{hit}", word.replace('{', "{{")),
            None => hit,
        };
        fields.insert("hits".to_owned(), json!([hit]));
        fields.insert("misses".to_owned(), json!(["-"]));
        let settings = json!({ "detectors": { rule.id.clone(): &fields } });
        match refused(&settings) {
            Some(why) => Err(why),
            None => Ok(Value::Object(fields)),
        }
    }

    fn allow(&mut self, config: &Config, known: &BTreeSet<&str>, policy: &mut String) {
        let own = config.rules.iter().flat_map(|rule| rule.allowlists.iter().map(|it| (it, vec![rule.id.clone()])));
        let all = config.allowlists.iter().map(|it| (it, it.rules.clone()));
        let (mut text, mut has_one) = (String::new(), false);
        for (list, ids) in own.chain(all) {
            let is_about_some = !ids.is_empty();
            let (ids, unknown): (Vec<String>, Vec<String>) =
                ids.into_iter().partition(|it| known.contains(it.as_str()));
            if !unknown.is_empty() {
                let message = format!("allowed for `{}`, which is no kind here", unknown.join("`, `"));
                text.push_str(&format!("        {}", self.comment(list.span, &message)));
            }
            if is_about_some && ids.is_empty() {
                continue;
            }
            if list.has_commits {
                let message = "allowed by commit; what a finding is does not depend on its commit here";
                text.push_str(&format!("        {}", self.comment(list.span, message)));
                if list.needs_all {
                    continue;
                }
            }
            for entry in self.entries(list) {
                if let Some(why) = refused(&json!({ "allow": [&entry] })) {
                    let comment = self.comment(list.span, &format!("a part of what is allowed is left out: {why}"));
                    text.push_str(&format!("        {comment}"));
                    continue;
                }
                has_one = true;
                let mut entry = entry;
                if !ids.is_empty() {
                    entry.insert("ids".to_owned(), json!(ids));
                }
                yaml_text::push(&mut text, &json!([entry]), 4);
            }
        }
        policy.push_str(if has_one { "      allow:\n" } else { "" });
        policy.push_str(&text);
    }

    /// One entry where all parts must hold, one for each part where one is enough.
    fn entries(&self, list: &Allowlist) -> Vec<Map<String, Value>> {
        let mut parts: Vec<Map<String, Value>> = Vec::new();
        let mut add = |fields: Vec<(&str, Value)>| {
            let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
            match parts.first_mut().filter(|_| list.needs_all) {
                Some(first) => first.extend(fields),
                None => parts.push(fields.collect()),
            }
        };
        if !list.regexes.is_empty() {
            let target = list.target.as_deref().filter(|it| ["match", "line"].contains(it)).unwrap_or("secret");
            add(vec![("pattern", json!(any_of(&list.regexes))), ("target", json!(target))]);
        }
        if !list.paths.is_empty() {
            add(vec![("path-pattern", json!(any_of(&list.paths)))]);
        }
        if !list.stopwords.is_empty() {
            add(vec![("stopwords", json!(list.stopwords))]);
        }
        let line = self.line(list.span);
        let reason = list.description.clone().filter(|it| !it.trim().is_empty());
        let reason = reason.unwrap_or_else(|| format!("allowed in line {line} of the configuration of gitleaks"));
        parts.iter_mut().for_each(|it| drop(it.insert("reason".to_owned(), json!(reason))));
        parts
    }

    /// Warns about examples that do not hold: they are made of the expression, and nobody has read them.
    fn run_examples(&mut self, policy: &str, config: &Config) {
        let loaded = match of_case(policy) {
            Ok(policy) => policy,
            Err(errors) => return self.warn(Span::default(), &errors.join("; ")),
        };
        for result in casebook::examples_of(&loaded).results.iter().filter(|it| !it.holds()) {
            let rule = config.rules.iter().find(|it| result.title.starts_with(&format!("no-secrets: {}: ", it.id)));
            let Some(rule) = rule else { continue };
            self.warn(rule.span, &format!("write an example of `{}` by hand: the made-up one does not hold", rule.id));
        }
    }
}

/// The ids of the shipped kinds that a policy may name.
fn shipped() -> impl Iterator<Item = &'static str> {
    let hazards = checks::find("secrets").map_or(&[][..], |it| it.meta.hazards);
    hazards.iter().map(|it| it.id).filter(|it| *it != "custom")
}

/// Why a policy with these settings of `secrets` is refused, if it is.
fn refused(settings: &Value) -> Option<String> {
    let mut policy = String::from("gatecheck: 1\nrules:\n  r:\n    check: secrets\n    level: block\n    with:\n");
    yaml_text::push(&mut policy, settings, 3);
    of_case(&policy).err().map(|errors| errors.join("; "))
}

/// An expression that finds what one of several finds.
fn any_of(expressions: &[String]) -> String {
    match expressions {
        [only] => only.clone(),
        several => several.iter().map(|it| format!("(?:{it})")).collect::<Vec<_>>().join("|"),
    }
}

/// The expression with the group that is the secret named so.
fn with_secret(regex: &str, number: u32) -> Result<String, String> {
    let ast = ParserBuilder::new().nest_limit(100).build().parse(regex);
    let ast = ast.map_err(|error| format!("its expression cannot be read here: {}", error.kind()))?;
    let groups = ast::visit(&ast, Groups::default()).unwrap_or_default().0;
    let wanted = groups.iter().find(|it| it.0 == number.max(1));
    match wanted {
        None if number == 0 => Ok(regex.to_owned()),
        None => Err(format!("its expression has no group {number}")),
        Some((_, start, end)) => {
            if regex.contains("<secret>") {
                return Err("another group of its expression is named `secret` already".to_owned());
            }
            let (before, after) = (regex.get(..*start).unwrap_or_default(), regex.get(*end..).unwrap_or_default());
            Ok(format!("{before}(?P<secret>{after}"))
        }
    }
}

/// The capturing groups: their numbers, and where what opens them begins and ends.
#[derive(Default)]
struct Groups(Vec<(u32, usize, usize)>);

impl ast::Visitor for Groups {
    type Output = Self;
    type Err = ();

    fn finish(self) -> Result<Self, ()> {
        Ok(self)
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), ()> {
        if let Ast::Group(group) = ast {
            let start = group.span.start.offset;
            match &group.kind {
                GroupKind::CaptureIndex(index) => self.0.push((*index, start, start + 1)),
                // What closes the name stands behind it.
                GroupKind::CaptureName { name, .. } => self.0.push((name.index, start, name.span.end.offset + 1)),
                GroupKind::NonCapturing(_) => {}
            }
        }
        Ok(())
    }
}
