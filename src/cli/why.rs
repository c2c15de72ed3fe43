//! `gatecheck explain --why RULE`: how a rule came to its verdict on this change.

use std::io::Write;

use super::args::{ExplainArgs, PolicyChoice};
use super::error::CliError;
use super::facts;
use super::run::{self, Session};
use crate::engine;
use crate::gather::Environment;
use crate::model::{Facts, Why, WhyChange};
use crate::policy::Policy;
use crate::report;

/// Judges the change by one rule, and tells how it came to its verdict. The verdict itself is no error here.
pub(super) fn why(
    rule: &str,
    args: &ExplainArgs,
    environment: &Environment,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    let PolicyChoice { policy, pack, profile, lang, .. } = args.policy.clone();
    let choice = PolicyChoice { policy, pack, rule: vec![rule.to_owned()], profile, lang };
    let given = args.change.facts.as_deref().map(facts::read).transpose()?;
    let is_free = !args.change.names_a_change() && !environment.is_ci();
    let whole = given.as_ref().map(|it| &it.file).filter(|it| it.run.is_some() && it.files.is_some());
    let changes = if let Some(file) = whole.filter(|_| is_free) {
        let (policy, facts) = run::recorded(file, &choice, environment)?;
        vec![told(rule, &policy, &facts)]
    } else {
        let session = Session::open(&args.change, choice.profile.as_deref(), environment)?;
        run::each(&session, &choice, given.as_ref(), |policy, facts| told(rule, policy, &facts))?
    };
    if changes.iter().all(|it| it.rules.is_empty()) {
        let help = "give it a level in the policy: `block`, `warn`, `note` or `shadow`";
        return Err(CliError::usage(format!("the rule `{rule}` is off, and nothing was judged by it")).help(help));
    }
    let why = Why { schema: "gatecheck.why/v1".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned(), changes };
    let written = if args.json { report::why::json(&why, out) } else { report::why::text(&why, out) };
    written.or_else(super::explain::quiet)
}

fn told(rule: &str, policy: &Policy, facts: &Facts) -> WhyChange {
    let report = engine::judge(policy, facts);
    engine::why(policy, facts, &report, rule)
}
