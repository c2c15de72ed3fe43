//! One rule: select, evaluate, and contain whatever goes wrong.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::checks::Judged;
use crate::model::{Budget, Facts, Missing, Stop, Where};
use crate::policy::{Rule, Selection};

/// A rule as its check left it, before waivers and baselines.
pub(super) struct Raw<'a> {
    pub(super) rule: &'a Rule,
    pub(super) end: End,
}

/// How judging a rule ended.
pub(super) enum End {
    Judged(Judged),
    NotApplicable { because: String, elsewhere: bool },
}

pub(super) fn judge_rule<'a>(rule: &'a Rule, facts: &Facts) -> Raw<'a> {
    let facts = Facts { budget: Arc::new(facts.budget.refilled()), ..facts.clone() };
    let evaluated = || match facts.budget.meter() {
        Some(meter) => meter.measure(&format!("rule {}", rule.id), || evaluate(rule, &facts)),
        None => evaluate(rule, &facts),
    };
    let end = match catch_unwind(AssertUnwindSafe(evaluated)) {
        Ok(end) => overdrawn(end, &facts.budget),
        Err(_) => unknown(Missing::here(
            format!("the check `{}` broke on this change; this is a defect of gatecheck", rule.check.meta.id),
            "report it with the output of `gatecheck facts`; until then set the rule to `level: warn`",
        )),
    };
    Raw { rule, end }
}

fn evaluate(rule: &Rule, facts: &Facts) -> End {
    let narrowed = match rule.when.select(facts) {
        Selection::Applies(narrowed) => narrowed,
        Selection::NotApplicable(because) => return End::NotApplicable { because, elsewhere: false },
        Selection::Unknown(missing) => return missing_here(missing, facts),
    };
    match rule.bound.evaluate(&narrowed) {
        Ok(judged) => judged_here(judged, facts),
        Err(Stop::NotApplicable(because)) => End::NotApplicable { because, elsewhere: false },
        Err(Stop::Missing(missing)) => missing_here(missing, facts),
    }
}

/// A rule that ran out of its budget is not decided, even if its check took no notice.
fn overdrawn(end: End, budget: &Budget) -> End {
    match (budget.check(), end) {
        (Ok(()), end) => end,
        (Err(overdrawn), End::Judged(mut judged)) => {
            judged.missing.push(overdrawn);
            End::Judged(judged)
        }
        (Err(overdrawn), End::NotApplicable { .. }) => unknown(overdrawn),
    }
}

/// What a check found and what it could not know, without what nobody can know where this run happens.
fn judged_here(mut judged: Judged, facts: &Facts) -> End {
    let (elsewhere, here): (Vec<Missing>, Vec<Missing>) =
        judged.missing.into_iter().partition(|it| is_elsewhere(it, facts));
    judged.missing = here;
    match elsewhere.into_iter().next() {
        Some(missing) if judged.findings.is_empty() && judged.missing.is_empty() => missing_here(missing, facts),
        Some(_) | None => End::Judged(judged),
    }
}

/// Whether a fact cannot exist where this run happens.
fn is_elsewhere(missing: &Missing, facts: &Facts) -> bool {
    match missing.place {
        Where::Here => false,
        Where::PullRequest => !facts.run.ci && facts.run.mode.is_before_the_pull_request(),
        Where::Ci => !facts.run.ci,
    }
}

/// A fact that cannot exist where this run happens is judged where it can; any other is unknown.
fn missing_here(missing: Missing, facts: &Facts) -> End {
    if is_elsewhere(&missing, facts) {
        return End::NotApplicable {
            because: format!("{} is judged on the pull request", missing.what),
            elsewhere: true,
        };
    }
    unknown(missing)
}

fn unknown(missing: Missing) -> End {
    End::Judged(Judged { missing: vec![missing], ..Judged::default() })
}
