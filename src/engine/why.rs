//! Why a rule came to its verdict: its condition part by part, and what its check weighed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::model::{Facts, Report, Step, StepAnswer, WhyChange, WhyRule};
use crate::policy::{Policy, Rule, Selection};

/// Tells how the rules of an id came to what a report says of them.
#[must_use]
pub fn why(policy: &Policy, facts: &Facts, report: &Report, id: &str) -> WhyChange {
    let mut rules = Vec::new();
    for result in report.results.iter().filter(|it| it.rule == id) {
        let rule = policy.rules.iter().find(|it| it.id == id && it.label == result.policy);
        let Some(rule) = rule.or_else(|| policy.rules.iter().find(|it| it.id == id)) else { continue };
        // What the verdict cost was spent; telling why has as much.
        let facts = Facts { budget: Arc::new(facts.budget.refilled()), ..facts.clone() };
        let told = catch_unwind(AssertUnwindSafe(|| told(rule, &facts)));
        let (when, files, steps) = told.unwrap_or_else(|_| {
            let broken = Step::new("the check", StepAnswer::Unknown, "it broke on this change, a defect of gatecheck");
            (Vec::new(), 0, vec![broken])
        });
        rules.push(WhyRule { result: result.clone(), when, files, steps });
    }
    WhyChange { change: report.change.clone(), rules, waivers: report.waivers.clone() }
}

fn told(rule: &Rule, facts: &Facts) -> (Vec<Step>, u32, Vec<Step>) {
    let when = rule.when.steps(facts);
    match rule.when.select(facts) {
        Selection::Applies(view) => {
            let files = u32::try_from(view.change.files.len()).unwrap_or(u32::MAX);
            (when, files, rule.bound.explain(&view))
        }
        Selection::NotApplicable(_) | Selection::Unknown(_) => (when, 0, Vec::new()),
    }
}
