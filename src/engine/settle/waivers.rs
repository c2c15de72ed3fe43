//! Waivers: who covers what, and what a person should know about each of them.

use super::Offence;
use crate::formats::globs::Globs;
use crate::formats::suggest;
use crate::model::{Date, Facts, Finding, Level, Mode, Problem, Report, Settlement, Waiver, WaiverState, WaiverStatus};
use crate::policy::{Policy, Rule};

/// How many days before its last day a waiver announces its end.
const NOTICE_DAYS: i32 = 14;

/// The waivers of a policy on the day of a run.
pub(super) struct Waivers<'a> {
    policy: &'a Policy,
    today: Date,
    sees_everything: bool,
    all: Vec<Held<'a>>,
}

struct Held<'a> {
    waiver: &'a Waiver,
    rule: &'a str,
    hazard: Option<&'a str>,
    paths: Option<Globs>,
    standing: Standing,
    findings: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Holds,
    Expired,
    TooLong,
    UnknownRule,
}

impl<'a> Waivers<'a> {
    pub(super) fn new(policy: &'a Policy, facts: &Facts) -> Self {
        let now = facts.run.now;
        let last_day = policy.settling.waiver_horizon.map(|days| now.date().plus_days(days.0));
        let all = policy.waivers.iter().map(|waiver| {
            let held = Held::new(waiver);
            let standing = if !policy.rules.iter().any(|it| is_meant(it, held.rule, held.hazard)) {
                Standing::UnknownRule
            } else if waiver.expires.end() <= now {
                Standing::Expired
            } else if last_day.is_some_and(|last| last < waiver.expires) {
                Standing::TooLong
            } else {
                Standing::Holds
            };
            Held { standing, ..held }
        });
        Self { policy, today: now.date(), sees_everything: facts.run.mode == Mode::All, all: all.collect() }
    }

    /// The first waiver that covers the offence, as an index into the policy's waivers.
    pub(super) fn covering(&mut self, offence: &Offence<'_>) -> Option<usize> {
        let holds = |held: &Held<'_>| held.standing == Standing::Holds && held.covers(offence);
        let index = self.all.iter().position(holds)?;
        if let Some(held) = self.all.get_mut(index) {
            held.findings += 1;
        }
        Some(index)
    }

    /// Tells every waiver that would have covered the offence that it stands.
    pub(super) fn stands(&mut self, offence: &Offence<'_>) {
        for held in &mut self.all {
            let lapsed = matches!(held.standing, Standing::Expired | Standing::TooLong);
            if lapsed && held.covers(offence) {
                held.findings += 1;
            }
        }
    }

    pub(super) fn finish(self) -> (Vec<WaiverStatus>, Vec<Problem>) {
        let problems = self.all.iter().filter_map(|held| self.problem(held)).collect();
        let statuses = self.all.iter().map(|held| WaiverStatus { waiver: held.waiver.clone(), state: held.state() });
        (statuses.collect(), problems)
    }

    fn problem(&self, held: &Held<'_>) -> Option<Problem> {
        let Waiver { rule, expires, owner, .. } = held.waiver;
        let days = self.today.days_until(*expires);
        let (level, message, help) = match held.state() {
            WaiverState::UnknownRule => self.unknown(held),
            WaiverState::Expired { findings: 0 } => (
                Level::Note,
                format!("the waiver of `{rule}` expired on {expires}, and nothing of this run needs it"),
                "remove it from the policy".to_owned(),
            ),
            WaiverState::Expired { .. } => (
                Level::Warn,
                format!("the waiver of `{rule}` expired on {expires}, and what it covered stands again"),
                format!("mend what it covered, or have it approved anew; {owner} answers for it"),
            ),
            WaiverState::TooLong { .. } => {
                let most = self.policy.settling.waiver_horizon.map_or(0, |days| days.0);
                (
                    Level::Warn,
                    format!(
                        "the waiver of `{rule}` runs until {expires}, longer than the {most} days that the policy \
                         allows, and does not count"
                    ),
                    format!("set `expires` to {} or earlier", self.today.plus_days(most)),
                )
            }
            WaiverState::Used { .. } | WaiverState::Unused if days <= NOTICE_DAYS => (
                Level::Note,
                format!("the waiver of `{rule}` expires on {expires}, {}", in_days(days)),
                format!("mend what it covers until then, or have it approved anew; {owner} answers for it"),
            ),
            WaiverState::Unused if self.sees_everything => (
                Level::Note,
                format!("the waiver of `{rule}` covers nothing in the whole repository"),
                "remove it from the policy".to_owned(),
            ),
            WaiverState::Used { .. } | WaiverState::Unused => return None,
        };
        Some(Problem { level, message, help: Some(help), label: Some(held.waiver.label.clone()) })
    }

    fn unknown(&self, held: &Held<'_>) -> (Level, String, String) {
        let rules = &self.policy.rules;
        let written = &held.waiver.rule;
        let Some(rule) = rules.iter().find(|rule| rule.id == held.rule) else {
            let nearest = suggest::nearest(held.rule, rules.iter().map(|rule| rule.id.as_str()));
            let help = nearest.map_or_else(
                || {
                    format!(
                        "the rules are: {}",
                        rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>().join(", ")
                    )
                },
                |it| format!("did you mean `{it}`?"),
            );
            return (Level::Warn, format!("a waiver names the rule `{written}`, which the policy does not have"), help);
        };
        let hazards: Vec<&str> = rule.check.meta.hazards.iter().map(|it| it.id).collect();
        let wanted = held.hazard.unwrap_or_default();
        let help = suggest::nearest(wanted, hazards.iter().copied()).map_or_else(
            || format!("its hazards are: {}", hazards.join(", ")),
            |it| format!("did you mean `{}/{it}`?", held.rule),
        );
        let check = rule.check.meta.id;
        (Level::Warn, format!("a waiver names `{written}`; the check `{check}` has no hazard `{wanted}`"), help)
    }
}

impl<'a> Held<'a> {
    fn new(waiver: &'a Waiver) -> Self {
        let (rule, hazard) = match waiver.rule.split_once('/') {
            Some((rule, hazard)) => (rule, Some(hazard)),
            None => (waiver.rule.as_str(), None),
        };
        // A glob that cannot be read covers nothing: the policy reports it, the gate stays closed.
        let paths = (!waiver.scope.paths.is_empty()).then(|| Globs::new(&waiver.scope.paths).unwrap_or_default());
        Held { waiver, rule, hazard, paths, standing: Standing::Holds, findings: 0 }
    }

    fn covers(&self, offence: &Offence<'_>) -> bool {
        let is_listed = |listed: &[String]| offence.prints.any(|print| listed.contains(&print.0));
        offence.rule.id == self.rule && self.is_about(offence.finding, is_listed)
    }

    /// Whether a finding of its rule is in its scope.
    fn is_about(&self, finding: &Finding, is_listed: impl Fn(&[String]) -> bool) -> bool {
        let listed = &self.waiver.scope.fingerprints;
        let is_path = |globs: &Globs| finding.primary.place.path().is_some_and(|path| globs.is_match(path));
        self.hazard.is_none_or(|hazard| finding.hazard.as_deref() == Some(hazard))
            && self.paths.as_ref().is_none_or(is_path)
            && (listed.is_empty() || is_listed(listed))
    }

    fn state(&self) -> WaiverState {
        match (self.standing, self.findings) {
            (Standing::Holds, 0) => WaiverState::Unused,
            (Standing::Holds, findings) => WaiverState::Used { findings },
            (Standing::Expired, findings) => WaiverState::Expired { findings },
            (Standing::TooLong, findings) => WaiverState::TooLong { findings },
            (Standing::UnknownRule, _) => WaiverState::UnknownRule,
        }
    }
}

fn is_meant(rule: &Rule, id: &str, hazard: Option<&str>) -> bool {
    let has = |hazard: &str| rule.check.meta.hazards.iter().any(|it| it.id == hazard);
    rule.id == id && hazard.is_none_or(has)
}

/// Counts what lapsed waivers leave standing in a report that was joined of several: what two of them share is one.
/// A finding whose fingerprint was another one before a rename is known by its count alone.
pub(in crate::engine) fn recount_lapsed(joined: &mut Report) {
    let Report { waivers, results, problems, .. } = joined;
    for WaiverStatus { waiver, state } in waivers {
        let is_expired = matches!(state, WaiverState::Expired { .. });
        let (WaiverState::Expired { findings } | WaiverState::TooLong { findings }) = state else { continue };
        let held = Held::new(waiver);
        let settled = results.iter().filter(|it| it.rule == held.rule).flat_map(|it| &it.findings);
        let standing = settled.filter(|it| {
            it.settlement == Settlement::Open && held.is_about(&it.finding, |listed| listed.contains(&it.fingerprint.0))
        });
        *findings = u32::try_from(standing.count()).unwrap_or(u32::MAX).max(*findings);
        if is_expired && 0 < *findings {
            // Another range may have said that nothing needs it.
            problems.retain(|it| it.level != Level::Note || it.label.as_ref() != Some(&waiver.label));
        }
    }
}

fn in_days(days: i32) -> String {
    match days {
        ..=0 => "which is today".to_owned(),
        1 => "which is tomorrow".to_owned(),
        many => format!("in {many} days"),
    }
}
