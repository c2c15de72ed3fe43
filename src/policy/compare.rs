//! What the policy of the head would weaken, were it to judge.
//!
//! The change is judged by the policy of its base, so that nothing here opens a gate. It is said all
//! the same: whoever approves the change approves this with it. What cannot be seen to be as strict
//! as before counts as weaker.

use super::{Policy, Rule};
use crate::formats::suggest;
use crate::model::{Label, Level, Problem, RepoPath, Tree, Waiver};

/// Everything that `head` would let pass and `base` does not, in the order of the rules. `tree` is that of the head:
/// a rule of a folder that went elsewhere is looked for there, and one whose folder is gone is no loss.
#[must_use]
pub fn compare(base: &Policy, head: &Policy, tree: &dyn Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let is_there = |folder: &RepoPath| folder.is_root() || tree.children(folder).map_or(true, |it| !it.is_empty());
    for rule in base.rules.iter().filter(|rule| rule.level != Level::Off) {
        let stays = is_there(&rule.folder).then_some(&rule.folder);
        let goes = rule.when.moved().iter().map(|(to, _)| to).filter(|to| is_there(to));
        for folder in stays.into_iter().chain(goes) {
            match governing(head, &rule.id, folder) {
                Some(after) => compare_rules(rule, after, &mut problems),
                None => {
                    let message = format!("the change removes the rule `{}` ({})", rule.id, rule.level.as_str());
                    problems.push(problem(message, &rule.label));
                }
            }
        }
    }
    // A folder's policy that is new at the head may set a rule anew which reached the folder from above.
    for rule in &head.rules {
        let is_new = !base.rules.iter().any(|it| it.id == rule.id && it.folder == rule.folder);
        if let Some(before) =
            governing(base, &rule.id, &rule.folder).filter(|before| is_new && before.level != Level::Off)
        {
            compare_rules(before, rule, &mut problems);
        }
    }
    if base.settling.suppressions.laxity() < head.settling.suppressions.laxity() {
        let (old, new) = (base.settling.suppressions.word(), head.settling.suppressions.word());
        problems.push(unplaced(format!("the change sets `suppressions` from `{old}` to `{new}`")));
    }
    if base.settling.horizon() < head.settling.horizon() {
        problems.push(unplaced("the change lets waivers run longer: `waiver-horizon`".to_owned()));
    }
    for waiver in head.waivers.iter().filter(|waiver| !base.waivers.iter().any(|it| is_same(it, waiver))) {
        let message = format!("the change adds a waiver of `{}` until {}", waiver.rule, waiver.expires);
        problems.push(problem(message, &waiver.label));
    }
    let accepted = head.baseline.iter().filter(|entry| !base.baseline.iter().any(|it| is_accepted(it, entry))).count();
    if 0 < accepted {
        let findings = if accepted == 1 { "old finding" } else { "old findings" };
        problems.push(unplaced(format!("the change accepts {accepted} more {findings} in the baseline")));
    }
    problems.dedup();
    problems
}

const HELP: &str = "it takes effect once merged; this change is still judged by the policy of its base, so approve it only \
                    if the policy may weaken";

/// The rule of this id that governs a folder: its own, or that of the nearest folder above it.
fn governing<'a>(policy: &'a Policy, id: &str, folder: &RepoPath) -> Option<&'a Rule> {
    let candidates = policy.rules.iter().filter(|it| it.id == id && folder.is_within(&it.folder));
    candidates.max_by_key(|it| it.folder.as_str().len())
}

fn compare_rules(before: &Rule, after: &Rule, problems: &mut Vec<Problem>) {
    let id = &before.id;
    let folder = if after.folder.is_root() { String::new() } else { format!(" in `{}`", after.folder) };
    let mut weaker = |what: String| problems.push(problem(format!("the change {what}{folder}"), &after.label));
    if after.check.meta.id != before.check.meta.id {
        let (old, new) = (before.check.meta.id, after.check.meta.id);
        weaker(format!("lets the check `{new}` judge the rule `{id}` instead of `{old}`"));
        return;
    }
    if after.level < before.level {
        let (old, new) = (before.level.as_str(), after.level.as_str());
        weaker(format!("lowers the rule `{id}` from `{old}` to `{new}`"));
    }
    let narrowed = after.when.narrower_by(&before.when);
    if !narrowed.is_empty() {
        let parts = suggest::listed(narrowed.iter().map(String::as_str));
        weaker(format!("narrows {parts} in the condition of the rule `{id}`"));
    }
    let changed = changed_settings(before, after);
    if !changed.is_empty() {
        let keys = suggest::listed(changed.iter().map(String::as_str));
        weaker(format!("alters {keys} in the settings of the rule `{id}`"));
    }
    if after.is_overridable && !before.is_overridable {
        weaker(format!("lets other policies override the rule `{id}`"));
    }
    if after.is_waivable && !before.is_waivable {
        weaker(format!("lets other policies waive the rule `{id}`"));
    }
}

/// The keys whose values differ; a key that is only there on one side differs too.
fn changed_settings(before: &Rule, after: &Rule) -> Vec<String> {
    let keys = |rule: &Rule| -> Vec<String> {
        rule.settings.as_object().map(|it| it.keys().cloned().collect()).unwrap_or_default()
    };
    let mut keys: Vec<String> = keys(before).into_iter().chain(keys(after)).collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| before.settings.get(key) != after.settings.get(key));
    keys
}

fn is_same(a: &Waiver, b: &Waiver) -> bool {
    let key = |it: &Waiver| (it.rule.clone(), it.scope.clone(), it.expires, it.owner.clone(), it.approver.clone());
    key(a) == key(b)
}

fn is_accepted(a: &crate::model::BaselineEntry, b: &crate::model::BaselineEntry) -> bool {
    (&a.rule, &a.fingerprint) == (&b.rule, &b.fingerprint)
}

fn unplaced(message: String) -> Problem {
    Problem { level: Level::Warn, message, help: Some(HELP.to_owned()), label: None }
}

fn problem(message: String, label: &Label) -> Problem {
    let label = Label { text: String::new(), ..label.clone() };
    Problem { level: Level::Warn, message, help: Some(HELP.to_owned()), label: Some(label) }
}
