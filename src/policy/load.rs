//! Puts a policy together: finds it, follows what it inherits, merges, binds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::document::{Document, Fault, Mark, Written};
use super::errors::PolicyErrors;
use super::library::{Library, Sources, folders_of};
use super::merge::{self, Rules};
use super::moved::Moved;
use super::parsed::{self, Parsed, RuleEntry};
use super::settling::Saying;
use super::{Policy, Rule, Settling, baseline, digest, lock as locked, packs, settings, waivers};
use crate::formats::suggest;
use crate::model::{BaselineEntry, Level, RepoPath, Waiver};

/// Loads the policy that judges a change.
///
/// # Errors
/// Everything that is wrong with the policy and what it inherits, all at once.
pub fn load(sources: &Sources<'_>) -> Result<Policy, PolicyErrors> {
    let mut loader = Loader::new(sources);
    let mut policy = loader.policy();
    locked::verify(&mut loader.library, &mut loader.faults);
    policy.files = loader.library.files();
    match PolicyErrors::of(loader.faults) {
        None => Ok(policy),
        Some(errors) => Err(errors),
    }
}

/// The text that `gatecheck.lock` should have for this policy.
///
/// # Errors
/// As [`load`], but for what the lock file itself says.
pub fn lock(sources: &Sources<'_>) -> Result<String, PolicyErrors> {
    let mut loader = Loader::new(sources);
    let _ = loader.policy();
    match PolicyErrors::of(loader.faults) {
        None => Ok(locked::text(&loader.library)),
        Some(errors) => Err(errors),
    }
}

struct Loader<'a> {
    library: Library<'a>,
    faults: Vec<Fault>,
    waivers: Vec<Waiver>,
    /// The waivers of the policy that is being read and of all that it inherits, with their documents.
    waived: Vec<(Mark, Arc<Document>, String)>,
    saying: Saying,
    /// The folder whose policy is being read.
    folder: RepoPath,
}

/// The policy of one folder with all that it inherits.
struct Governed {
    folder: RepoPath,
    rules: Rules,
    /// For each rule, the folder whose policy set it last.
    set_by: BTreeMap<String, RepoPath>,
    /// The folders that the change makes of it.
    moved: Vec<Moved>,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a Sources<'a>) -> Self {
        Self {
            library: Library::new(sources),
            faults: Vec::new(),
            waivers: Vec::new(),
            waived: Vec::new(),
            saying: Saying::default(),
            folder: RepoPath::root(),
        }
    }

    fn policy(&mut self) -> Policy {
        let mut policy = Policy {
            source: String::new(),
            digest: String::new(),
            files: BTreeSet::new(),
            profiles: Vec::new(),
            rules: Vec::new(),
            waivers: Vec::new(),
            baseline: Vec::new(),
            baseline_file: None,
            settling: Settling::default(),
            problems: Vec::new(),
        };
        let Some(document) = self.root() else { return policy };
        policy.source = document.to_string();
        let Some(parsed) = parsed::parse(&document, &mut self.faults) else { return policy };
        policy.profiles = parsed.profiles.iter().map(|it| it.value.clone()).collect();
        policy.baseline = self.baseline(&parsed);
        policy.baseline_file = parsed.baseline.as_ref().map(|it| it.value.clone());
        let rules = self.rules_of(&parsed, Rules::new(), &mut vec![Arc::clone(&document)]);
        self.take_waivers(&parsed);
        self.forbidden_waivers(&rules);
        let set_by = rules.keys().map(|id| (id.clone(), RepoPath::root())).collect();
        let mut governed = vec![Governed { folder: RepoPath::root(), rules, set_by, moved: Vec::new() }];
        self.nested(&parsed, &mut governed);
        policy.rules = self.bind(&governed);
        policy.settling = self.saying.settling();
        policy.waivers = std::mem::take(&mut self.waivers);
        policy.digest = digest::of(&self.library.documents);
        policy
    }

    fn root(&mut self) -> Option<Arc<Document>> {
        if let Some(name) = &self.library.sources.pack {
            if packs::find(name).is_none() {
                let help = format!("the packs are {}", suggest::listed(packs::names()));
                self.faults.push(Fault::new(format!("there is no pack `{name}`")).help(help));
            }
            return self.library.pack(name, &mut self.faults);
        }
        if let Some(path) = self.library.sources.chosen.clone() {
            return self.library.of_repository(&path, None, &mut self.faults);
        }
        let found = self.library.policy_of(&RepoPath::root(), &mut self.faults);
        if found.is_none() && self.faults.is_empty() {
            return self.library.pack(packs::DEFAULT, &mut self.faults);
        }
        found
    }

    /// The rules of a document laid over those that it inherits and those that `rules` holds already.
    fn rules_of(&mut self, parsed: &Parsed, mut rules: Rules, chain: &mut Vec<Arc<Document>>) -> Rules {
        for extend in &parsed.extends {
            let Some(parent) = self.library.extended(extend, chain, &mut self.faults) else { continue };
            chain.push(Arc::clone(&parent.document));
            let before = std::mem::take(&mut self.saying);
            let mut inherited = self.rules_of(&parent, Rules::new(), chain);
            let mut said = std::mem::replace(&mut self.saying, before);
            chain.pop();
            merge::harden(&mut inherited, parent.is_floor());
            if let Some(floor) = parent.floor.as_ref().filter(|it| it.value) {
                said.harden(&floor.mark);
            }
            // What the policy of a folder inherits is no law for the whole repository.
            if self.folder.is_root() {
                self.saying.inherit(&said, &mut self.faults);
            }
            self.no_baseline(&parent);
            self.take_waivers(&parent);
            for rule in inherited.values() {
                merge::lay_inherited(&mut rules, rule, &mut self.faults);
            }
        }
        self.say(parsed);
        for rule in &parsed.rules {
            let mut rule = rule.clone();
            if let Some(when) = &mut rule.when {
                when.value.written_in(&self.folder);
            }
            merge::lay(&mut rules, &rule, &mut self.faults);
        }
        merge::without_check(&mut rules, &parsed.document, &mut self.faults);
        rules
    }

    /// Adds the policies of folders on the way to changed files, those above before those below.
    fn nested(&mut self, root: &Parsed, governed: &mut Vec<Governed>) {
        let sources = self.library.sources;
        if sources.chosen.is_some() || sources.pack.is_some() {
            return;
        }
        for folder in folders_of(&self.library.sources.touched) {
            if root.nested.as_ref().is_some_and(|globs| !globs.value.is_match(&folder)) {
                continue;
            }
            let Some(document) = self.library.policy_of(&folder, &mut self.faults) else { continue };
            let Some(parsed) = parsed::parse(&document, &mut self.faults) else { continue };
            let above = governed.iter().rfind(|it| folder.is_within(&it.folder));
            let Some(above) = above else { continue };
            self.folder = folder.clone();
            let (mut inherited, mut set_by) = (above.rules.clone(), above.set_by.clone());
            merge::stand_below(&mut inherited);
            let before: BTreeMap<String, Mark> = marks(&inherited);
            let rules = self.rules_of(&parsed, inherited, &mut vec![Arc::clone(&document)]);
            for (id, mark) in marks(&rules) {
                let is_same =
                    before.get(&id).is_some_and(|it| Arc::ptr_eq(&it.document, &mark.document) && it.span == mark.span);
                if !is_same {
                    set_by.insert(id, folder.clone());
                }
            }
            self.no_baseline(&parsed);
            self.take_waivers(&parsed);
            self.forbidden_waivers(&rules);
            let moved = sources.moves.of_folder(&folder, &document.path, sources.tree.as_ref());
            governed.push(Governed { folder, rules, set_by, moved });
        }
    }

    fn bind(&mut self, governed: &[Governed]) -> Vec<Rule> {
        let mut rules = Vec::new();
        for policy in governed {
            let own = policy.set_by.iter().filter(|(_, folder)| **folder == policy.folder);
            for (id, _) in own {
                let Some(entry) = policy.rules.get(id) else { continue };
                rules.extend(self.bind_rule(entry, policy, reach(id, entry, policy, governed)));
            }
        }
        rules.sort_by(|a, b| (&a.id, &a.folder).cmp(&(&b.id, &b.folder)));
        rules
    }

    fn bind_rule(&mut self, entry: &RuleEntry, policy: &Governed, (except, moved): Reach) -> Option<Rule> {
        let folder = &policy.folder;
        let check = entry.check.as_ref().filter(|_| !entry.is_broken)?.value;
        let mut bound = settings::bind(entry, check, &mut self.faults)?;
        let selector = entry.when.as_ref().map(|it| it.value.clone()).unwrap_or_default();
        bound.needs.extend(selector.needs());
        let title = entry.title.as_ref().map(|it| it.value.in_language(&self.library.sources.language).to_owned());
        Some(Rule {
            id: entry.id.value.clone(),
            check,
            bound,
            level: entry.level.as_ref().map_or(Level::Block, |it| it.value),
            title: title.unwrap_or_else(|| check.meta.summary.to_owned()),
            controls: entry.controls.as_ref().map(|it| it.value.clone()).unwrap_or_default(),
            when: selector.governing(folder.clone(), except).following(moved),
            folder: folder.clone(),
            label: entry.id.mark.label(format!("check: {}", check.meta.id)),
            settings: settings::as_json(entry),
            is_overridable: entry.overridable.as_ref().is_some_and(|it| it.value),
            is_waivable: entry.waivable.as_ref().is_none_or(|it| it.value),
        })
    }

    fn take_waivers(&mut self, parsed: &Parsed) {
        for entry in &parsed.waivers {
            let id = entry.waiver.rule.split('/').next().unwrap_or_default();
            self.waived.push((entry.rule.clone(), Arc::clone(&parsed.document), id.to_owned()));
            let mut waiver = entry.waiver.clone();
            waiver.scope.paths = waivers::rooted(&waiver.scope.paths, &self.folder);
            // A document that is inherited twice waives once.
            if !self.waivers.contains(&waiver) {
                self.waivers.push(waiver);
            }
        }
    }

    /// Notes waivers of rules that are not waivable. Asked once all is inherited: what forbids a waiver may be
    /// inherited after it.
    fn forbidden_waivers(&mut self, rules: &Rules) {
        for (waived, document, id) in std::mem::take(&mut self.waived) {
            let waivable = rules.get(&id).and_then(|rule| rule.waivable.as_ref());
            let forbids = |it: &&Written<bool>| !it.value && !Arc::ptr_eq(&it.mark.document, &document);
            let Some(forbidden) = waivable.filter(forbids) else { continue };
            let fault = Fault::new(format!("the rule `{id}` cannot be waived here"))
                .at(&waived, "waived here")
                .at(&forbidden.mark, "takes waivers in this document only")
                .help(format!("ask whoever keeps `{}` to waive it there", forbidden.mark.document.id()));
            self.faults.push(fault);
        }
    }

    fn say(&mut self, parsed: &Parsed) {
        let (suppressions, horizon) = (parsed.suppressions.as_ref(), parsed.waiver_horizon.as_ref());
        if self.folder.is_root() {
            return self.saying.say(suppressions, horizon, &mut self.faults);
        }
        let marks = [suppressions.map(|it| ("suppressions", &it.mark)), horizon.map(|it| ("waiver-horizon", &it.mark))];
        for (key, mark) in marks.into_iter().flatten() {
            let fault = Fault::new(format!("only the policy at the root of the repository sets `{key}`"));
            self.faults.push(fault.at(mark, "not here").help(format!("remove the key `{key}`")));
        }
    }

    fn baseline(&mut self, parsed: &Parsed) -> Vec<BaselineEntry> {
        let Some(path) = &parsed.baseline else { return Vec::new() };
        let document = self.library.of_repository(&path.value, Some(&path.mark), &mut self.faults);
        document.map(|it| baseline::read(&it, &mut self.faults)).unwrap_or_default()
    }

    fn no_baseline(&mut self, parsed: &Parsed) {
        if let Some(path) = &parsed.baseline {
            let fault = Fault::new("only the policy at the root of the repository has a baseline");
            self.faults.push(fault.at(&path.mark, "not here").help("remove the key `baseline`"));
        }
    }
}

/// The folders to which a rule of this policy does not reach, and those to which it follows a folder.
type Reach = (Vec<RepoPath>, Vec<Moved>);

fn reach(id: &str, entry: &RuleEntry, policy: &Governed, governed: &[Governed]) -> Reach {
    let within: Vec<&Governed> = governed.iter().filter(|it| it.folder.is_within(&policy.folder)).collect();
    let holds = |it: &&&Governed| it.set_by.get(id) == Some(&policy.folder);
    let leaves = |(to, _): &&Moved| !to.is_within(&policy.folder);
    let moved: Vec<Moved> =
        within.iter().filter(holds).flat_map(|it| it.moved.iter().filter(leaves).cloned()).collect();
    let anew = within.iter().filter(|it| it.folder != policy.folder && it.set_by.get(id) == Some(&it.folder));
    let is_overridable = entry.overridable.as_ref().is_some_and(|it| it.value);
    let mut except = Vec::new();
    for below in anew {
        except.push(below.folder.clone());
        // What the folder sets anew is as strict as this, and judges instead of it where the folder goes. If it may
        // be laxer, the new place stands under both, unless this policy goes there with it.
        let goes_along = |to: &RepoPath, from: &RepoPath| {
            policy.moved.iter().any(|(new, old)| to.rebased(new, old).is_some_and(|it| it == *from))
        };
        let gives_way = |(to, from): &&Moved| !is_overridable || goes_along(to, from);
        except.extend(below.moved.iter().filter(gives_way).map(|(to, _)| to.clone()));
    }
    (except, moved)
}

fn marks(rules: &Rules) -> BTreeMap<String, Mark> {
    rules.iter().map(|(id, rule)| (id.clone(), rule.id.mark.clone())).collect()
}
