//! A configuration of gitleaks as a policy.
//!
//! What cannot be carried over is said twice: as a comment in the policy, and as a warning with its place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::expression::{any_of, with_secret};
use super::extend::Merged;
use super::names;
use super::told::{Told, spells_a_secret};
use crate::casebook;
use crate::cli::error::hushed;
use crate::cli::test::of_case;
use crate::formats::gitleaks::filter::{self, Of, Test};
use crate::formats::gitleaks::{Allowlist, Rule};
use crate::formats::visible::visible;
use crate::formats::{recipe, yaml_text};
use crate::model::Span;

/// The id of the rule that is made.
const RULE: &str = "no-secrets";

/// A rule that becomes a detector.
struct Carried<'a> {
    rule: &'a Rule,
    id: String,
    fields: Map<String, Value>,
}

/// Makes the policy of what was read from `name`.
pub(super) fn policy(told: &mut Told, config: &Merged, name: &str) -> String {
    let mut made = Made { told, text: String::new() };
    let head =
        format!("# Made of {name} by `gatecheck import gitleaks`. Read it, and run `gatecheck test`.\ngatecheck: 1\n");
    made.text.push_str(&head);
    made.text.push_str(&format!(
        "\nrules:\n  {RULE}:\n    check: secrets\n    level: block\n    with:\n      foreign-comments: true\n"
    ));
    if !config.uses_default {
        let hint = "      # The shipped kinds are judged as well; `off` takes those away that you do not want.\n";
        made.text.push_str(hint);
    }
    made.off(config);
    let (carried, paths) = made.detectors(config);
    made.allow(config, &carried);
    made.paths(&paths);
    let policy = made.text;
    run_examples(told, &policy, &carried);
    policy
}

struct Made<'a> {
    told: &'a mut Told,
    text: String,
}

impl Made<'_> {
    /// Says something about a place, in a comment and in a warning.
    fn say(&mut self, (source, span): (usize, Span), indent: usize, message: &str) {
        self.told.warn(source, span, message);
        let place = self.told.place(source, span);
        self.text.push_str(&format!("{}# {place}: {}\n", " ".repeat(indent), visible(&hushed(message))));
    }

    fn off(&mut self, config: &Merged) {
        let mut off: BTreeSet<&str> = BTreeSet::new();
        for (source, named) in &config.off {
            let kinds = names::kinds(&named.text);
            if kinds.is_empty() {
                let message = format!("the rule `{}` was off; no kind here has this id", named.text);
                self.say((*source, named.span), 6, &message);
            } else if named.text == names::GENERIC_RULE {
                let message = format!(
                    "the rule `{}` was off; so the {} kinds are off that are read by the name beside a value",
                    named.text,
                    kinds.len()
                );
                self.say((*source, named.span), 6, &message);
            }
            off.extend(kinds);
        }
        if !off.is_empty() {
            self.text.push_str("      off:\n");
            yaml_text::push(&mut self.text, &json!(off), 4);
        }
    }

    /// The detectors, and the rules about paths alone.
    fn detectors<'c>(&mut self, config: &'c Merged) -> (Vec<Carried<'c>>, Vec<&'c Rule>) {
        let (mut carried, mut paths) = (Vec::new(), Vec::new());
        let mut left_out = String::new();
        for rule in &config.rules {
            let is_shipped = config.uses_default && !names::kinds(&rule.id).is_empty();
            if rule.regex.is_none() && rule.path.is_some() && !is_shipped {
                paths.push(rule);
                continue;
            }
            let found = match &rule.regex {
                Some(regex) => self.detector(rule, regex, config.uses_default),
                None => self.of_shipped(rule, config.uses_default).map(|()| None),
            };
            match found {
                Ok(found) => carried.extend(found),
                Err(why) => {
                    let outer = std::mem::take(&mut self.text);
                    self.say((rule.source, rule.span), 8, &format!("the rule `{}` is left out: {why}", rule.id));
                    left_out.push_str(&std::mem::replace(&mut self.text, outer));
                }
            }
        }
        self.beside(&mut carried);
        if !carried.is_empty() {
            self.text.push_str("      detectors:\n");
        }
        for it in &carried {
            yaml_text::push(&mut self.text, &json!({ it.id.clone(): &it.fields }), 4);
        }
        self.text.push_str(&left_out);
        (carried, paths)
    }

    /// A rule that only changes one that gitleaks ships.
    fn of_shipped(&mut self, rule: &Rule, uses_default: bool) -> Result<(), String> {
        if names::kinds(&rule.id).is_empty() || !uses_default {
            return Err("it has no expression of its own".to_owned());
        }
        if rule.path.is_some()
            || rule.entropy.is_some()
            || !rule.keywords.is_empty()
            || !rule.required.is_empty()
            || rule.is_part
        {
            let message = format!("of `{}`, a shipped kind here, only what is allowed is carried over", rule.id);
            self.say((rule.source, rule.span), 6, &message);
        }
        Ok(())
    }

    /// The settings of a detector.
    fn detector<'c>(&mut self, rule: &'c Rule, regex: &str, uses_default: bool) -> Result<Option<Carried<'c>>, String> {
        let place = (rule.source, rule.span);
        let named = rule.description.iter().chain(&rule.keywords).map(String::as_str);
        if [regex, &rule.id].into_iter().chain(named).any(spells_a_secret) {
            return Err("it spells a secret out, and a policy must hold none".to_owned());
        }
        let pattern = with_secret(regex, rule.secret_group)?;
        let id = plain(&rule.id);
        if uses_default && !names::kinds(&rule.id).is_empty() {
            let message =
                format!("`{}` changes a shipped rule there; here the shipped kind is judged as well", rule.id);
            self.told.warn(place.0, place.1, message);
        }
        if id != rule.id {
            self.told.warn(place.0, place.1, format!("the rule `{}` is called `{id}` here", rule.id));
        }
        let mut fields = Map::new();
        if let Some(title) = rule.description.as_ref().filter(|it| !it.trim().is_empty()) {
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
        if let Some(entropy) = rule.entropy.into_iter().chain(least(rule)).reduce(f64::max).filter(|it| *it > 0.0) {
            fields.insert("entropy".to_owned(), json!(entropy.min(8.0)));
        }
        if rule.is_part {
            fields.insert("part".to_owned(), json!(true));
        }
        let hit = recipe::of(&pattern).ok_or("no example can be made of its expression")?;
        let keyword = rule.keywords.first().filter(|_| fields.contains_key("keywords"));
        let hit = match keyword.filter(|it| !hit.to_lowercase().contains(&it.to_lowercase())) {
            Some(word) => format!("{}\n{hit}", word.replace('{', "{{")),
            None => hit,
        };
        fields.insert("hits".to_owned(), json!([hit]));
        fields.insert("misses".to_owned(), json!(["-"]));
        match refused(&json!({ "detectors": { id.clone(): &fields } })) {
            Some(why) => Err(why),
            None => Ok(Some(Carried { rule, id, fields })),
        }
    }

    /// Adds what must stand near the findings of a detector, as far as there is something that finds it.
    fn beside(&mut self, carried: &mut [Carried<'_>]) {
        let known: BTreeSet<String> = carried.iter().map(|it| it.rule.id.clone()).collect();
        for it in carried {
            let mut beside = Vec::new();
            for required in &it.rule.required {
                let id = match names::kinds(&required.id).as_slice() {
                    _ if known.contains(&required.id) => plain(&required.id),
                    [only] => (*only).to_owned(),
                    _ => {
                        let message = format!(
                            "`{}` counts without a finding of `{}` near it: nothing here finds exactly that",
                            it.rule.id, required.id
                        );
                        self.told.warn(it.rule.source, required.span, message);
                        continue;
                    }
                };
                let mut entry = Map::from_iter([("id".to_owned(), json!(id))]);
                for (key, most) in [("lines", required.lines), ("columns", required.columns)] {
                    entry.extend(most.map(|most| (key.to_owned(), json!(most))));
                }
                beside.push(Value::Object(entry));
            }
            if !beside.is_empty() {
                it.fields.insert("beside".to_owned(), Value::Array(beside));
            }
        }
    }

    fn allow(&mut self, config: &Merged, carried: &[Carried<'_>]) {
        let outer = std::mem::take(&mut self.text);
        let mut has_one = false;
        let own = config.rules.iter().flat_map(|rule| rule.allowlists.iter().map(|it| (it, vec![rule.id.clone()])));
        for (list, rules) in own.chain(config.allowlists.iter().map(|it| (it, it.rules.clone()))) {
            let Some(ids) = self.ids((list.source, list.span), &rules, carried) else { continue };
            has_one |= self.entries(list, &ids);
        }
        for rule in &config.rules {
            if rule.filters.is_empty() {
                continue;
            }
            let Some(ids) = self.ids((rule.source, rule.span), std::slice::from_ref(&rule.id), carried) else {
                continue;
            };
            for named in &rule.filters {
                has_one |= self.filter((rule.source, named.span, &named.text), &ids);
            }
        }
        for (source, named) in &config.filters {
            has_one |= self.filter((*source, named.span, &named.text), &[]);
        }
        let entries = std::mem::replace(&mut self.text, outer);
        self.text.push_str(if has_one { "      allow:\n" } else { "" });
        self.text.push_str(&entries);
    }

    /// What finds here what some rules find; everything when none are named. Nothing when nothing is left of them.
    fn ids(&mut self, place: (usize, Span), rules: &[String], carried: &[Carried<'_>]) -> Option<Vec<String>> {
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for rule in rules {
            let own = carried.iter().filter(|it| it.rule.id == *rule).map(|it| it.id.clone());
            let before = ids.len();
            ids.extend(own);
            if ids.len() == before {
                ids.extend(names::kinds(rule).into_iter().map(str::to_owned));
            }
            if ids.len() == before {
                unknown.push(rule.as_str());
            }
        }
        if !unknown.is_empty() && (unknown.len() < rules.len() || 1 < rules.len()) {
            self.say(place, 8, &format!("allowed for `{}`, which is no kind here", unknown.join("`, `")));
        } else if !unknown.is_empty() {
            // Of a rule that is left out or is about paths, this is told with the rule.
            self.told.warn(place.0, place.1, format!("allowed for `{}`, which is no kind here", unknown.join("`, `")));
        }
        (ids.is_empty() == rules.is_empty()).then_some(ids)
    }

    /// The entries of a list: one where all parts must hold, one for each part where one is enough.
    fn entries(&mut self, list: &Allowlist, ids: &[String]) -> bool {
        let place = (list.source, list.span);
        if !list.commits.is_empty() {
            let message = "allowed by commit; a finding does not depend on its commit here: accept what stays with \
                           `gatecheck --history --write-baseline FILE`";
            self.say(place, 8, message);
            if list.needs_all {
                return false;
            }
        }
        let mut parts: Vec<Map<String, Value>> = Vec::new();
        let mut add = |fields: Vec<(&str, Value)>| {
            let fields = fields.into_iter().map(|(key, value)| (key.to_owned(), value));
            match parts.first_mut().filter(|_| list.needs_all) {
                Some(first) => first.extend(fields),
                None => parts.push(fields.collect()),
            }
        };
        let (spelt, regexes): (Vec<_>, Vec<_>) = list.regexes.iter().cloned().partition(|it| spells_a_secret(it));
        let (spelt_words, stopwords): (Vec<_>, Vec<_>) = list.stopwords.iter().partition(|it| spells_a_secret(it));
        if !regexes.is_empty() {
            let target = list.target.as_deref().filter(|it| ["match", "line"].contains(it)).unwrap_or("secret");
            add(vec![("pattern", json!(any_of(&regexes))), ("target", json!(target))]);
        }
        if !list.paths.is_empty() {
            add(vec![("path-pattern", json!(any_of(&list.paths)))]);
        }
        if !stopwords.is_empty() {
            add(vec![("stopwords", json!(stopwords))]);
        }
        if !spelt.is_empty() || !spelt_words.is_empty() {
            let message = "a part of what is allowed spells a secret out, and is left out: a policy must hold none; \
                           accept the finding with `gatecheck --all --write-baseline FILE`";
            self.say(place, 8, message);
            if list.needs_all {
                return false;
            }
        }
        let reason = list.description.clone().filter(|it| !it.trim().is_empty());
        let reason = reason.unwrap_or_else(|| {
            format!("allowed in {} of the configuration of gitleaks", self.told.place(place.0, place.1))
        });
        self.push(place, parts, ids, &reason)
    }

    /// What an expression of betterleaks skips.
    fn filter(&mut self, (source, span, text): (usize, Span, &str), ids: &[String]) -> bool {
        let place = (source, span);
        let (mut parts, mut unsaid) = (Vec::new(), 0_usize);
        for term in filter::parse(text) {
            match term.as_deref() {
                // The least entropy of a rule is a setting of its detector.
                Some([Test::EntropyAtMost(_)]) if !ids.is_empty() => {}
                Some(tests) => match of_term(tests) {
                    Some(fields) => parts.push(fields),
                    None => unsaid += 1,
                },
                None => unsaid += 1,
            }
        }
        if unsaid > 0 {
            let terms = if unsaid == 1 { "one alternative".to_owned() } else { format!("{unsaid} alternatives") };
            self.say(place, 8, &format!("{terms} of this filter cannot be said here, and what they skipped is found"));
        }
        let reason = format!("skipped in {} of the configuration of betterleaks", self.told.place(source, span));
        self.push(place, parts, ids, &reason)
    }

    fn push(&mut self, place: (usize, Span), parts: Vec<Map<String, Value>>, ids: &[String], reason: &str) -> bool {
        let mut has_one = false;
        for mut entry in parts {
            entry.insert("reason".to_owned(), json!(hushed(reason)));
            if let Some(why) = refused(&json!({ "allow": [&entry] })) {
                self.say(place, 8, &format!("a part of what is allowed is left out: {why}"));
                continue;
            }
            has_one = true;
            if !ids.is_empty() {
                entry.insert("ids".to_owned(), json!(ids));
            }
            yaml_text::push(&mut self.text, &json!([entry]), 4);
        }
        has_one
    }

    /// Rules about paths alone: files that must not be there.
    fn paths(&mut self, rules: &[&Rule]) {
        let mut forbidden = Vec::new();
        for rule in rules {
            let path = rule.path.as_deref().unwrap_or_default();
            let mut entry = Map::new();
            entry.insert("path-pattern".to_owned(), json!(path));
            if let Some(title) = rule.description.as_ref().filter(|it| !it.trim().is_empty()) {
                entry.insert("message".to_owned(), json!(title.trim().trim_end_matches('.')));
            }
            let is_spelt = rule.description.iter().map(String::as_str).chain([path]).any(spells_a_secret);
            let spelt = is_spelt.then(|| "it spells a secret out, and a policy must hold none".to_owned());
            match spelt.or_else(|| refused_by("files", &json!({ "forbidden": [&entry] }))) {
                None => forbidden.push(Value::Object(entry)),
                Some(why) => {
                    self.say((rule.source, rule.span), 2, &format!("the rule `{}` is left out: {why}", rule.id));
                }
            }
        }
        if !forbidden.is_empty() {
            self.text.push_str(
                "\n  no-secret-files:\n    check: files\n    level: block\n    with:\n      names: { windows: false, collisions: false }\n      \
                 links: { dangling: true, outside: true }\n",
            );
            yaml_text::push(&mut self.text, &json!({ "forbidden": forbidden }), 3);
        }
    }
}

/// The least entropy that the filters of a rule leave.
fn least(rule: &Rule) -> Option<f64> {
    let terms = rule.filters.iter().flat_map(|it| filter::parse(&it.text));
    terms
        .filter_map(|it| if let Some([Test::EntropyAtMost(most)]) = it.as_deref() { Some(*most) } else { None })
        .reduce(f64::max)
}

/// The fields of an entry that holds when all of these tests do, if one entry can say so.
fn of_term(tests: &[Test]) -> Option<Map<String, Value>> {
    let mut fields = Map::new();
    for test in tests {
        let Test::Matches(of, patterns) = test else { return None };
        let target = match of {
            Of::Path => None,
            Of::Secret => Some("secret"),
            Of::Match => Some("match"),
            Of::Line => Some("line"),
        };
        let key = if target.is_some() { "pattern" } else { "path-pattern" };
        if patterns.is_empty() || patterns.iter().any(|it| spells_a_secret(it)) || fields.contains_key(key) {
            return None;
        }
        fields.insert(key.to_owned(), json!(any_of(patterns)));
        fields.extend(target.map(|it| ("target".to_owned(), json!(it))));
    }
    (!fields.is_empty()).then_some(fields)
}

/// An id with the characters that ids have here.
fn plain(id: &str) -> String {
    let plain = id.chars().map(|it| if it.is_ascii_alphanumeric() || "-_.".contains(it) { it } else { '-' });
    plain.take(64).collect()
}

/// Warns about examples that do not hold: they are made of the expression, and nobody has read them.
fn run_examples(told: &mut Told, policy: &str, carried: &[Carried<'_>]) {
    let loaded = match of_case(policy) {
        Ok(policy) => policy,
        Err(errors) => return told.warn_of(0, errors.join("; ")),
    };
    for result in casebook::examples_of(&loaded).results.iter().filter(|it| !it.holds()) {
        let meant = carried.iter().find(|it| result.title.starts_with(&format!("{RULE}: {}: ", it.id)));
        if let Some(Carried { rule, .. }) = meant {
            let message = format!("write an example of `{}` by hand: the made-up one does not hold", rule.id);
            told.warn(rule.source, rule.span, message);
        }
    }
}

/// Why a policy with these settings of `secrets` is refused, if it is.
fn refused(settings: &Value) -> Option<String> {
    refused_by("secrets", settings)
}

pub(super) fn refused_by(check: &str, settings: &Value) -> Option<String> {
    let mut policy = format!("gatecheck: 1\nrules:\n  r:\n    check: {check}\n    level: block\n    with:\n");
    yaml_text::push(&mut policy, settings, 3);
    of_case(&policy).err().map(|errors| errors.join("; "))
}
