//! Rules and facts in, report out. Nothing here can fail, and nothing reads the world.
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod fingerprint;
mod folders;
mod foretell;
mod head;
mod join;
mod redact;
mod run;
mod settle;
mod summary;
mod why;

use std::sync::Arc;

use rayon::prelude::*;

pub use fingerprint::anywhere as fingerprint_anywhere;
pub use foretell::foretell;
pub use join::join;
pub use why::why;

use crate::model::{BaselineEntry, Budget, Facts, FileMode, Level, Report};
use crate::policy::Policy;

/// Judges the facts by the policy.
///
/// Rules run in parallel; the report is sorted once, at the end, and is the same for any number of
/// threads. A rule that panics becomes unknown and leaves every other result as it is.
#[must_use]
pub fn judge(policy: &Policy, facts: &Facts) -> Report {
    let results = run(policy, facts);
    // Settling looks only at what the rules found; it has no rule's budget to spend.
    let facts = &Facts { budget: Arc::new(Budget::new(u64::MAX)), ..facts.clone() };
    let mut settled = settle::settle(policy, facts, results);
    settled.problems.extend(folders::problems(policy, facts));
    let mut report = summary::report(policy, facts, settled);
    redact::redact(&mut report, policy, facts);
    report
}

/// Judges by every rule that is not off, in the order of the policy.
fn run<'a>(policy: &'a Policy, facts: &Facts) -> Vec<run::Raw<'a>> {
    let rules: Vec<_> = policy.rules.iter().filter(|rule| rule.level != Level::Off).collect();
    // One after the other: each spreads its files over the threads.
    let readers = rules.iter().filter(|rule| rule.bound.reads_contents);
    let mut readers = readers.map(|rule| run::judge_rule(rule, facts)).collect::<Vec<_>>().into_iter();
    outline(facts);
    let others = rules.par_iter().filter(|rule| !rule.bound.reads_contents);
    let mut others = others.map(|rule| run::judge_rule(rule, facts)).collect::<Vec<_>>().into_iter();
    rules.iter().filter_map(|rule| if rule.bound.reads_contents { readers.next() } else { others.next() }).collect()
}

/// Reads every changed file of the head that was not read yet, spread over the threads. Settling looks into each of them
/// for suppressions anyway; read first, their outlines spare most rules the contents.
fn outline(facts: &Facts) {
    facts.change.files.par_iter().for_each(|change| {
        let file = change.new.as_ref().filter(|file| file.mode != FileMode::Gitlink);
        // Whoever needs what cannot be read will say so.
        let _ = file.map(|file| facts.contents.outline(facts.head.as_ref(), file));
    });
}

/// The baseline that accepts what stands in a report, and what it accepted already; sorted.
#[must_use]
pub fn baseline_of(report: &Report) -> Vec<BaselineEntry> {
    settle::baseline_entries(report)
}
