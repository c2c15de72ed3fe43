//! One rule over another: what is not named stays, and what stands on a floor may only be tightened.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::{Document, Fault, Mark, Written};
use super::parsed::{RuleEntry, Setting, With};
use crate::checks;
use crate::formats::suggest;
use crate::model::Level;

/// Rules by id, as far as they are put together.
pub(super) type Rules = BTreeMap<String, RuleEntry>;

/// Lays a rule over the one of the same id, if there is one.
pub(super) fn lay(rules: &mut Rules, rule: &RuleEntry, faults: &mut Vec<Fault>) {
    let merged = match rules.get(&rule.id.value) {
        None => rule.clone(),
        Some(parent) => over(parent, rule, faults),
    };
    rules.insert(rule.id.value.clone(), merged);
}

/// Lays an inherited rule over the one of the same id. A rule that is part of the other one already, because
/// two policies inherit the same one, changes nothing. What was inherited before a floor stands on it too.
pub(super) fn lay_inherited(rules: &mut Rules, rule: &RuleEntry, faults: &mut Vec<Fault>) {
    let Some(before) = rules.get(&rule.id.value) else { return lay(rules, rule, faults) };
    let known = faults.len();
    let mut merged = if rule.lineage.is_subset(&before.lineage) {
        RuleEntry { law: before.law.clone().or_else(|| rule.law.clone()), ..before.clone() }
    } else {
        over(before, rule, faults)
    };
    let is_overridable = rule.overridable.as_ref().is_some_and(|it| it.value);
    if let Some(law) = rule.law.as_ref().filter(|_| known == faults.len() && !is_overridable) {
        Tightening { parent: rule, child: &merged, law, faults }.check();
        merged.is_broken |= faults.len() != known;
    }
    rules.insert(rule.id.value.clone(), merged);
}

fn over(parent: &RuleEntry, child: &RuleEntry, faults: &mut Vec<Fault>) -> RuleEntry {
    let before = faults.len();
    same_check(parent, child, faults);
    let is_overridable = parent.overridable.as_ref().is_some_and(|it| it.value);
    if let Some(law) = parent.law.as_ref().filter(|_| !is_overridable) {
        Tightening { parent, child, law, faults }.check();
    }
    fn pick<T: Clone>(child: Option<&T>, parent: Option<&T>) -> Option<T> {
        child.or(parent).cloned()
    }
    RuleEntry {
        id: child.id.clone(),
        check: pick(parent.check.as_ref(), child.check.as_ref()),
        level: pick(child.level.as_ref(), parent.level.as_ref()),
        when: pick(child.when.as_ref(), parent.when.as_ref()),
        with: with(parent.with.as_ref(), child.with.as_ref()),
        title: pick(child.title.as_ref(), parent.title.as_ref()),
        controls: pick(child.controls.as_ref(), parent.controls.as_ref()),
        overridable: pick(child.overridable.as_ref(), parent.overridable.as_ref()),
        waivable: waivable(child.waivable.as_ref(), parent.waivable.as_ref()),
        floor: pick(child.floor.as_ref(), parent.floor.as_ref()),
        law: parent.law.clone().or_else(|| child.law.clone()),
        lineage: parent.lineage.union(&child.lineage).cloned().collect(),
        is_broken: parent.is_broken || child.is_broken || faults.len() != before,
    }
}

/// Who says first that a rule is not waivable keeps the right to waive it: to repeat it is no news.
fn waivable(child: Option<&Written<bool>>, parent: Option<&Written<bool>>) -> Option<Written<bool>> {
    match (child, parent) {
        (Some(new), Some(old)) if new.value == old.value => Some(old.clone()),
        (Some(new), _) => Some(new.clone()),
        (None, old) => old.cloned(),
    }
}

/// Settings key by key; a list or mapping under a key is replaced as a whole.
fn with(parent: Option<&With>, child: Option<&With>) -> Option<With> {
    let (Some(parent), Some(child)) = (parent, child) else { return child.or(parent).cloned() };
    let named = |key: &str| child.settings.iter().any(|it| it.entry.key == key);
    let kept = parent.settings.iter().filter(|it| !named(&it.entry.key));
    let settings = kept.chain(&child.settings).cloned().collect();
    Some(With { mark: child.mark.clone(), settings })
}

fn same_check(parent: &RuleEntry, child: &RuleEntry, faults: &mut Vec<Fault>) {
    let (Some(old), Some(new)) = (&parent.check, &child.check) else { return };
    if old.value.meta.id != new.value.meta.id {
        let message = format!("the rule `{}` cannot change its check", child.id.value);
        let fault = Fault::new(message)
            .at(&new.mark, format!("`{}` here", new.value.meta.id))
            .at(&old.mark, format!("`{}` in the rule that is inherited", old.value.meta.id))
            .help("give the new rule an id of its own, and set the inherited one to `off` if it may be");
        faults.push(fault);
    }
}

/// Makes rules stand on a floor for whoever extends them: those that say so, and the others if the document does.
pub(super) fn harden(rules: &mut Rules, everything: bool) {
    let floors = rules.values_mut().filter(|rule| rule.floor.as_ref().map_or(everything, |it| it.value));
    floors.for_each(stand);
}

/// Makes rules stand on a floor for the policies of folders: there every rule is law, whatever it says of a floor
/// for those who extend it.
pub(super) fn stand_below(rules: &mut Rules) {
    rules.values_mut().for_each(stand);
}

fn stand(rule: &mut RuleEntry) {
    if rule.law.is_none() {
        rule.law = Some(rule.id.mark.clone());
    }
}

/// Notes rules that nothing gave a check.
pub(super) fn without_check(rules: &mut Rules, document: &Arc<Document>, faults: &mut Vec<Fault>) {
    let names: Vec<String> = rules.iter().filter(|(_, it)| it.check.is_some()).map(|(id, _)| id.clone()).collect();
    for rule in rules.values_mut().filter(|it| it.check.is_none() && !it.is_broken) {
        rule.is_broken = true;
        let id = &rule.id.value;
        let message =
            format!("the rule `{id}` has no `check`, and nothing that `{}` extends has such a rule", document.path);
        let inherited = suggest::nearest(id, names.iter().map(String::as_str));
        let (label, help) = match (checks::find(id), inherited) {
            (Some(_), _) => ("no `check`".to_owned(), format!("add `check: {id}`")),
            (None, Some(name)) => {
                (format!("did you mean `{name}`?"), "name an inherited rule, or add `check:`".to_owned())
            }
            (None, None) => {
                let checks = suggest::listed(checks::ALL.iter().map(|it| it.meta.id));
                ("no `check`".to_owned(), format!("add `check:` with one of {checks}"))
            }
        };
        faults.push(Fault::new(message).at(&rule.id.mark, label).help(help));
    }
}

/// A rule on a floor, and the one that is laid over it.
struct Tightening<'a> {
    parent: &'a RuleEntry,
    child: &'a RuleEntry,
    law: &'a Mark,
    faults: &'a mut Vec<Fault>,
}

impl Tightening<'_> {
    fn check(mut self) {
        self.level();
        self.when();
        self.with();
        self.controls();
        self.flags();
    }

    fn fault(&mut self, what: &str, new: (&Mark, String), old: (&Mark, String)) {
        let message = format!("the rule `{}` may only be tightened here, and this {what}", self.child.id.value);
        let help = format!(
            "keep what is inherited, or ask whoever keeps `{}` to mark the rule `overridable: true`",
            self.law.document.id()
        );
        self.faults.push(Fault::new(message).at(new.0, new.1).at(old.0, old.1).help(help));
    }

    fn level(&mut self) {
        let Some(new) = &self.child.level else { return };
        let old = self.parent.level.as_ref();
        let old_level = old.map_or(Level::Block, |it| it.value);
        if new.value < old_level {
            let mark = old.map_or(&self.parent.id.mark, |it| &it.mark);
            let (new_word, old_word) = (new.value.as_str(), old_level.as_str());
            self.fault(
                "lowers its level",
                (&new.mark, format!("`{new_word}` weighs less")),
                (mark, format!("`{old_word}` here")),
            );
        }
    }

    fn when(&mut self) {
        let Some(new) = &self.child.when else { return };
        let nothing = super::Selector::default();
        let old = self.parent.when.as_ref();
        let parts = new.value.narrower_by(old.map_or(&nothing, |it| &it.value));
        if !parts.is_empty() {
            let label = format!(
                "{} may leave out what the inherited rule speaks about",
                suggest::listed(parts.iter().map(String::as_str))
            );
            let (mark, text) = match old {
                Some(old) => (&old.mark, "the inherited condition"),
                None => (&self.parent.id.mark, "speaks about every change"),
            };
            self.fault("narrows its `when`", (&new.mark, label), (mark, text.to_owned()));
        }
    }

    fn with(&mut self) {
        let settings = |rule: &'_ RuleEntry| rule.with.as_ref().map_or(Vec::new(), |it| it.settings.clone());
        let old = settings(self.parent);
        for new in settings(self.child) {
            let before = old.iter().find(|it| it.entry.key == new.entry.key);
            if before.is_some_and(|it| it.entry.value.to_json() == new.entry.value.to_json()) {
                continue;
            }
            let key = &new.entry.key;
            let mark = before.map_or_else(|| self.parent.id.mark.clone(), Setting::mark);
            let label = if before.is_some() { "the inherited setting" } else { "does not set it" };
            self.fault(
                &format!("changes its setting `{key}`"),
                (&new.mark(), "another value".to_owned()),
                (&mark, label.to_owned()),
            );
        }
    }

    fn controls(&mut self) {
        let (Some(new), Some(old)) = (&self.child.controls, &self.parent.controls) else { return };
        let lost: Vec<&str> = old.value.iter().filter(|it| !new.value.contains(it)).map(String::as_str).collect();
        if !lost.is_empty() {
            let label = format!("without {}", suggest::listed(lost));
            self.fault("drops controls", (&new.mark, label), (&old.mark, "the inherited controls".to_owned()));
        }
    }

    /// The marks of the law itself: under it nobody lifts it.
    fn flags(&mut self) {
        let loosened = |new: Option<&Written<bool>>, old: Option<&Written<bool>>, loose: bool, default: bool| {
            new.filter(|it| it.value == loose && old.map_or(default, |it| it.value) != loose).cloned()
        };
        let (child, parent) = (self.child, self.parent);
        let flags = [
            ("overridable", loosened(child.overridable.as_ref(), parent.overridable.as_ref(), true, false)),
            ("waivable", loosened(child.waivable.as_ref(), parent.waivable.as_ref(), true, true)),
            ("floor", loosened(child.floor.as_ref(), parent.floor.as_ref(), false, true)),
        ];
        let law = self.law.clone();
        for (name, flag) in flags.into_iter().filter_map(|(name, flag)| flag.map(|flag| (name, flag))) {
            let label = format!("`{name}` cannot be changed from here");
            self.fault(&format!("sets `{name}`"), (&flag.mark, label), (&law, "the floor is laid here".to_owned()));
        }
    }
}

impl Setting {
    /// Where the key is written.
    pub(super) fn mark(&self) -> Mark {
        Mark { document: Arc::clone(&self.document), span: self.entry.key_span }
    }
}
