//! Reads a `when`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Selector;
use super::languages::{self, Language};
use super::part::{MODES, Names, Part};
use super::size::{Bound, MEASURES};
use super::words;
use crate::formats::globs::Globs;
use crate::formats::node::{Entry, Node};
use crate::formats::suggest;
use crate::model::Span;
use crate::policy::document::Written;
use crate::policy::reader::Reader;

/// The keys of a `when`, and which of them take one text or a list.
pub(in crate::policy) const KEYS: [&str; 14] = [
    "paths",
    "languages",
    "target",
    "source",
    "labels",
    "author",
    "event",
    "mode",
    "profile",
    "size",
    "all",
    "any",
    "not",
    "cel",
];

/// Deepest nesting of `all`, `any` and `not`.
const DEPTH_LIMIT: usize = 8;

/// Reads a condition. Profiles that are declared must be used by their names; any name goes otherwise.
pub(in crate::policy) fn when(reader: &mut Reader<'_>, node: &Node, profiles: &[String]) -> Option<Selector> {
    let before = reader.faults.len();
    let (parts, canonical) = Reading { reader, profiles }.conjunction(node, "`when`", 0)?;
    (reader.faults.len() == before).then(|| Selector { parts, canonical, ..Selector::default() })
}

type Conjunction = (Vec<Part>, BTreeMap<String, Json>);

struct Reading<'r, 'a> {
    reader: &'r mut Reader<'a>,
    profiles: &'r [String],
}

impl Reading<'_, '_> {
    fn conjunction(&mut self, node: &Node, what: &str, depth: usize) -> Option<Conjunction> {
        if DEPTH_LIMIT < depth {
            let message = format!("conditions are nested more than {DEPTH_LIMIT} deep here");
            let span = self.reader.first_line(node);
            self.reader.fault(span, "too deep", message, "split the rule, or use `cel`");
            return None;
        }
        let fields = self.reader.fields(node, what, &KEYS)?;
        if node.entries().is_empty() && 0 < depth {
            let message = format!("{what} is empty");
            self.reader.fault(node.span, "nothing stands here", message, "name a condition, or drop the key");
            return None;
        }
        let mut parts = Vec::new();
        let mut canonical = BTreeMap::new();
        for entry in fields {
            if let Some((part, json)) = self.part(entry, depth) {
                parts.push(part);
                canonical.insert(entry.key.clone(), json);
            }
        }
        parts.sort_by_key(order);
        Some((parts, canonical))
    }

    fn part(&mut self, entry: &Entry, depth: usize) -> Option<(Part, Json)> {
        let what = format!("`{}`", entry.key);
        let node = &entry.value;
        match entry.key.as_str() {
            "all" | "any" => return self.list(entry, depth),
            "not" => {
                let (parts, canonical) = self.conjunction(node, &what, depth + 1)?;
                return Some((Part::Not(parts), Json::Object(canonical.into_iter().collect())));
            }
            "size" => return self.size(node).map(|bounds| (Part::Size(bounds), node.to_json())),
            "cel" => return self.cel(node),
            _ => {}
        }
        let texts = self.reader.texts(node, &what)?;
        let json = Json::Array(texts.iter().map(|it| Json::String(it.value.clone())).collect());
        let part = match entry.key.as_str() {
            "paths" => Part::Paths(self.globs(&texts, node)?),
            "languages" => Part::Languages(self.languages(&texts)?),
            "target" => Part::Target(self.branches(&texts, node)?),
            "source" => Part::Source(self.branches(&texts, node)?),
            "labels" => Part::Labels(self.names(&texts, node, false)?),
            "author" => Part::Author(self.names(&texts, node, true)?),
            "mode" => Part::Mode(self.words(&texts, "mode", &MODES)?),
            "profile" => Part::Profile(self.profiles(texts)?),
            // The keys were checked before: this is `event`.
            _ => Part::Event(self.events(texts)?),
        };
        Some((part, json))
    }

    fn list(&mut self, entry: &Entry, depth: usize) -> Option<(Part, Json)> {
        let what = format!("`{}`", entry.key);
        let items = self.reader.items(&entry.value, &what)?;
        if items.is_empty() {
            let message = format!("{what} is an empty list");
            self.reader.fault(entry.value.span, "nothing stands here", message, "list conditions, or drop the key");
            return None;
        }
        let item = format!("each item of {what}");
        let mut lists = Vec::with_capacity(items.len());
        let mut canonical = Vec::with_capacity(items.len());
        for node in items {
            let (parts, json) = self.conjunction(node, &item, depth + 1)?;
            lists.push(parts);
            canonical.push(Json::Object(json.into_iter().collect()));
        }
        let part = if entry.key == "all" { Part::All(lists) } else { Part::Any(lists) };
        Some((part, Json::Array(canonical)))
    }

    fn globs(&mut self, texts: &[Written<String>], node: &Node) -> Option<Globs> {
        let before = self.reader.faults.len();
        for text in texts {
            if let Err(error) = Globs::new([&text.value]) {
                self.bad_glob(text.mark.span, error);
            } else if text.value.split('/').any(|part| part == "..") {
                let message = format!("`{}` matches no path of a repository", text.value);
                let help = "write it from the folder of this policy on, without `..`";
                self.reader.fault(text.mark.span, "leads elsewhere", message, help);
            } else if let Some(part) = unwritten(&text.value) {
                let message = format!("`{}` matches no path of a repository", text.value);
                let help = "a path has names between its slashes, such as `src/a/**`";
                self.reader.fault(text.mark.span, part, message, help);
            }
        }
        let globs = Globs::new(texts.iter().map(|it| &it.value)).ok()?;
        if globs.is_void() {
            self.void(node, "`paths`");
        }
        (self.reader.faults.len() == before).then_some(globs)
    }

    /// A list that takes back all that it names.
    fn void(&mut self, node: &Node, what: &str) {
        let message = format!("{what} takes back everything, and nothing can ever match");
        let help = "name what the rule is about, and after it what it is not; to switch the rule off, set `level: off`";
        let span = self.reader.first_line(node);
        self.reader.fault(span, "matches nothing", message, help);
    }

    fn bad_glob(&mut self, span: Span, error: String) {
        let help = "`*` and `?` stay inside a component, `**` crosses them, `{a,b}` and `[a-z]` work as in a shell; \
                    a backslash before one of these characters makes it an ordinary one";
        self.reader.fault(span, "this is no glob", error, help);
    }

    fn names(&mut self, texts: &[Written<String>], node: &Node, may_take_back: bool) -> Option<Names> {
        let before = self.reader.faults.len();
        for text in texts {
            if let Err(error) = Globs::new([&text.value]) {
                self.bad_glob(text.mark.span, error);
            } else if text.value.starts_with('!') && !may_take_back {
                let message = "a label cannot be taken back: a pull request has many of them".to_owned();
                let help = format!("write `not: {{ labels: [{}] }}`", text.value.trim_start_matches('!'));
                self.reader.fault(text.mark.span, "`!` has no meaning here", message, help);
            }
        }
        if Globs::new(texts.iter().map(|it| &it.value)).is_ok_and(|it| it.is_void()) {
            self.void(node, "this list");
        }
        if self.reader.faults.len() != before {
            return None;
        }
        Names::new(texts.iter().map(|it| it.value.clone()).collect()).ok()
    }

    /// Branches go by their short names; a full one would never match.
    fn branches(&mut self, texts: &[Written<String>], node: &Node) -> Option<Names> {
        let before = self.reader.faults.len();
        for text in texts {
            let full = text.value.trim_start_matches('!').trim_start_matches('/');
            if let Some(short) = full.strip_prefix("refs/heads/") {
                let message = format!("`{}` matches no branch: a branch goes by its short name here", text.value);
                self.reader.fault(text.mark.span, "a full name", message, format!("write `{short}`"));
            }
        }
        self.names(texts, node, true).filter(|_| self.reader.faults.len() == before)
    }

    fn words<T: Copy>(&mut self, texts: &[Written<String>], what: &str, words: &[(&str, T)]) -> Option<Vec<T>> {
        let names: Vec<&str> = words.iter().map(|(name, _)| *name).collect();
        let mut found = Vec::with_capacity(texts.len());
        for text in texts {
            match words.iter().find(|(name, _)| *name == text.value) {
                Some((_, value)) => found.push(*value),
                None => {
                    let message = format!("`{}` is no {what}", text.value);
                    self.reader.unknown(text.mark.span, (&text.value, &format!("{what}s")), message, &names);
                }
            }
        }
        (found.len() == texts.len()).then_some(found)
    }

    fn languages(&mut self, texts: &[Written<String>]) -> Option<Vec<Language>> {
        let names: Vec<&str> = languages::ALL.iter().map(|it| it.name).collect();
        let found: Vec<Language> = texts.iter().filter_map(|it| Language::find(&it.value)).copied().collect();
        for text in texts.iter().filter(|it| Language::find(&it.value).is_none()) {
            let message = format!("`{}` is no language that gatecheck knows", text.value);
            self.reader.unknown(text.mark.span, (&text.value, "languages"), message, &names);
        }
        (found.len() == texts.len()).then_some(found)
    }

    fn profiles(&mut self, texts: Vec<Written<String>>) -> Option<Vec<String>> {
        let mut all_known = true;
        let names: Vec<&str> = self.profiles.iter().map(String::as_str).collect();
        for text in texts.iter().filter(|it| !names.is_empty() && !names.contains(&it.value.as_str())) {
            let message = format!("`{}` is no profile of this policy", text.value);
            self.reader.unknown(text.mark.span, (&text.value, "profiles"), message, &names);
            all_known = false;
        }
        all_known.then(|| values(texts))
    }

    /// Services invent events, and a new one can be asked for with `cel`; a word that none of them has is a slip.
    fn events(&mut self, texts: Vec<Written<String>>) -> Option<Vec<String>> {
        let known = words::events();
        let before = self.reader.faults.len();
        for text in texts.iter().filter(|it| !known.contains(&it.value.as_str())) {
            let label = suggest::nearest(&text.value, known.iter().copied());
            let label = label.map_or("no such event".to_owned(), |name| format!("did you mean `{name}`?"));
            let message = format!("no service that gatecheck knows has the event `{}`", text.value);
            let help =
                format!("for an event that is newer than this program, write `cel: 'event == \"{}\"'`", text.value);
            self.reader.fault(text.mark.span, &label, message, help);
        }
        (self.reader.faults.len() == before).then(|| values(texts))
    }

    fn size(&mut self, node: &Node) -> Option<Vec<Bound>> {
        let keys = MEASURES.map(|(key, _)| key);
        let fields = self.reader.fields(node, "`size`", &keys)?;
        let before = self.reader.faults.len();
        let mut bounds = Vec::new();
        for entry in fields {
            let Some((key, measure)) = MEASURES.iter().find(|(key, _)| *key == entry.key) else { continue };
            let bound = entry.value.as_str().and_then(|text| Bound::parse(*measure, text));
            match bound {
                Some(bound) if bound.is_impossible() => {
                    let span = self.reader.first_line(&entry.value);
                    let message = format!("nothing is ever less than 0, so that this `{key}` never holds");
                    self.reader.fault(span, "never holds", message, "write the number that you mean");
                }
                Some(bound) => bounds.push(bound),
                None => {
                    let message = format!("`{key}` takes a comparison with a whole number");
                    let help = format!("write for example `{key}: \">= 10\"`; the signs are <, <=, =, >= and >");
                    let span = self.reader.first_line(&entry.value);
                    self.reader.fault(span, "this is none", message, help);
                }
            }
        }
        if bounds.is_empty() && self.reader.faults.len() == before {
            let help = format!("the keys are {}", suggest::listed(keys));
            self.reader.fault(node.span, "nothing stands here", "`size` is empty", help);
        }
        (self.reader.faults.len() == before).then_some(bounds)
    }

    #[cfg(feature = "cel")]
    fn cel(&mut self, node: &Node) -> Option<(Part, Json)> {
        let text = self.reader.text(node, "`cel`")?;
        let condition = super::condition::Condition::new(self.reader, (node.span, text), self.profiles)?;
        Some((Part::Cel(std::sync::Arc::new(condition)), Json::String(text.to_owned())))
    }

    #[cfg(not(feature = "cel"))]
    fn cel(&mut self, node: &Node) -> Option<(Part, Json)> {
        let help = "build it with the feature `cel`, or express the condition with the other keys of `when`";
        self.reader.fault(node.span, "not available", "this gatecheck is built without `cel`", help);
        None
    }
}

/// A part of a glob that stands in no path.
fn unwritten(glob: &str) -> Option<&'static str> {
    let body = glob.trim_start_matches('!').trim_start_matches("./");
    let body = body.strip_prefix('/').unwrap_or(body);
    let mut parts = body.strip_suffix('/').unwrap_or(body).split('/');
    parts.find_map(|part| match part {
        "" => Some("no name between two slashes"),
        "." => Some("`.` is no name in a path"),
        _ => None,
    })
}

fn values(texts: Vec<Written<String>>) -> Vec<String> {
    texts.into_iter().map(|it| it.value).collect()
}

/// What narrows comes first, what costs most comes last.
fn order(part: &Part) -> u8 {
    match part {
        Part::Paths(_) | Part::Languages(_) => 0,
        Part::Mode(_) | Part::Event(_) | Part::Profile(_) => 1,
        Part::Target(_) | Part::Source(_) | Part::Labels(_) | Part::Author(_) => 2,
        Part::All(_) => 3,
        Part::Any(_) | Part::Not(_) => 4,
        Part::Size(_) => 5,
        #[cfg(feature = "cel")]
        Part::Cel(_) => 6,
    }
}
