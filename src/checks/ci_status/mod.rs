//! CI: what is required ran on the head, by whom it is expected from, and ended well.
//!
//! Whether a forge really waits for it is not asked here.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Check, Hazard, Judged, Meta};
use crate::formats::name_pattern::{NamePattern, NamePatterns};
use crate::model::{CheckRun, CheckState, Facts, Finding, Missing, Need, ObjectId, Place, Stop};

pub(super) struct CiStatusCheck;

/// Settings of `ci-status`.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(super) struct Params(Parts);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Parts {
    /// The check runs and statuses that must have ended well.
    #[serde(default)]
    required: Vec<Required>,
    /// Whether one that was skipped by a condition of its own has ended well.
    #[serde(default)]
    skipped: Passes,
    /// Whether one that ended without a judgement has ended well.
    #[serde(default)]
    neutral: Passes,
    /// What becomes of others that ran.
    #[serde(default)]
    others: Others,
    /// Patterns of the names of others that may end as they like; the job that runs gatecheck is one of them.
    #[serde(default)]
    except: NamePatterns,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Required {
    /// A pattern of its name: the whole of a check run's name, or of a status's context.
    name: NamePattern,
    /// The short name of the app that must have reported it, such as `github-actions`, or its number. Without it
    /// everybody who may set a status can set this one.
    #[serde(default)]
    app: Option<String>,
    /// How many of them there must be, where the pattern is for several.
    #[serde(default = "one")]
    at_least: u32,
}

fn one() -> u32 {
    1
}

/// Whether an end that is neither good nor bad is good enough.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Passes {
    /// It is not: what did not run proves nothing.
    #[default]
    Fail,
    /// It is.
    Pass,
}

/// What becomes of runs that are not required.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Others {
    /// They may end as they like.
    #[default]
    Ignore,
    /// They must end well, too.
    Green,
}

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        if parts.required.is_empty() && parts.others == Others::Ignore {
            return Err("nothing is asked for: name what is `required`, or set `others: green`".to_owned());
        }
        if parts.required.iter().any(|it| it.at_least == 0) {
            return Err("`at-least` is at least 1".to_owned());
        }
        Ok(Self(parts))
    }
}

impl Check for CiStatusCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "ci-status",
        summary: "what is required ran on the head and ended well",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "absent", title: "a required run is not there" },
            Hazard { id: "pending", title: "a run has not ended" },
            Hazard { id: "failed", title: "a run ended badly" },
            Hazard { id: "skipped", title: "a run did not run, or did not judge" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        vec![Need::PullRequest]
    }

    fn evaluate(Params(parts): &Params, facts: &Facts) -> Result<Judged, Stop> {
        let runs = facts.forge.checks.as_ref().map_err(Missing::clone)?;
        let request = facts.pull_request.as_ref().map_err(Missing::clone)?;
        let head = request.head.ok_or_else(|| {
            Missing::here("which commit is the head of the pull request", "record it: `pull-request.head` of the facts")
        })?;
        let mut judged = Judged::default();
        let runs = Runs::of(runs, head);
        let mut seen: BTreeSet<(&str, App<'_>)> = BTreeSet::new();
        for required in &parts.required {
            runs.require(parts, required, &mut seen, &mut judged);
        }
        if parts.others == Others::Green {
            let others = runs.latest.iter().filter(|(name, _)| !parts.except.is_match(name));
            for run in
                others.flat_map(|(_, runs)| runs).filter(|run| !seen.contains(&(run.name.as_str(), App::of(run))))
            {
                judge(parts, run, &mut judged);
            }
            let unplaced = runs.unplaced.iter().filter(|run| !parts.except.is_match(&run.name));
            judged.missing.extend(unplaced.map(|run| unplaced_run(run)));
        }
        judged.missing.sort();
        judged.missing.dedup();
        Ok(judged)
    }
}

/// What ran on the head.
struct Runs<'a> {
    /// By name, of each app the last one.
    latest: BTreeMap<&'a str, Vec<&'a CheckRun>>,
    /// Names of what ran on other commits only.
    elsewhere: BTreeSet<&'a str>,
    /// What ran on nobody knows which commit.
    unplaced: Vec<&'a CheckRun>,
}

impl<'a> Runs<'a> {
    fn of(runs: &'a [CheckRun], head: ObjectId) -> Self {
        let mut by_app: BTreeMap<(&str, App<'_>), Vec<&CheckRun>> = BTreeMap::new();
        let (mut elsewhere, mut unplaced) = (BTreeSet::new(), Vec::new());
        for run in runs {
            match run.commit {
                Some(commit) if commit == head => {
                    by_app.entry((&run.name, App::of(run))).or_default().push(run);
                }
                Some(_) => _ = elsewhere.insert(run.name.as_str()),
                None => unplaced.push(run),
            }
        }
        let mut latest: BTreeMap<&str, Vec<&CheckRun>> = BTreeMap::new();
        for ((name, _), runs) in by_app {
            // What ran again counts as it ended the last time; where nobody can say which one that is, all count.
            let is_numbered = runs.iter().all(|it| it.id.is_some());
            let last = runs.iter().max_by_key(|it| it.id).copied();
            let counted = if is_numbered { last.into_iter().collect() } else { runs };
            latest.entry(name).or_default().extend(counted);
        }
        Self { latest, elsewhere, unplaced }
    }

    fn require(
        &self,
        parts: &Parts,
        required: &Required,
        seen: &mut BTreeSet<(&'a str, App<'a>)>,
        judged: &mut Judged,
    ) {
        let named = self.latest.iter().filter(|(name, _)| required.name.is_match(name)).flat_map(|(_, runs)| runs);
        let is_expected = |run: &&CheckRun| required.app.as_ref().is_none_or(|app| App::of(run).is(app));
        let (counted, foreign): (Vec<&'a CheckRun>, Vec<&'a CheckRun>) = named.copied().partition(is_expected);
        let unplaced = self.unplaced.iter().filter(|run| required.name.is_match(&run.name) && is_expected(run));
        judged.missing.extend(unplaced.map(|run| unplaced_run(run)));
        let wanted = usize::try_from(required.at_least).unwrap_or(usize::MAX);
        if counted.len() < wanted {
            judged.findings.push(self.absent(required, counted.len(), &foreign));
        }
        let key = |run: &'a CheckRun| (run.name.as_str(), App::of(run));
        for run in counted.iter().copied().filter(|run| !seen.contains(&key(run))) {
            judge(parts, run, judged);
        }
        seen.extend(counted.into_iter().map(key));
    }

    fn absent(&self, required: &Required, have: usize, foreign: &[&CheckRun]) -> Finding {
        let (name, wanted) = (required.name.as_str(), required.at_least);
        let by = required.app.as_ref().map_or_else(String::new, |app| format!(" by `{app}`"));
        let message = if wanted == 1 {
            format!("`{name}`{by} did not run on the head")
        } else {
            format!("{have} of {wanted} runs of `{name}`{by} are on the head")
        };
        let mut finding = Finding::at(checks(), message).hazard("absent").key(name);
        let is_old = self.elsewhere.iter().any(|it| required.name.is_match(it));
        if let Some(run) = foreign.first() {
            finding = finding.because(format!("one of that name was reported by {}", App::of(run)));
        } else if is_old {
            finding = finding.because("it ran on an earlier commit".to_owned());
        }
        finding.help("start it; a workflow that a filter of paths keeps from starting never reports")
    }
}

fn unplaced_run(run: &CheckRun) -> Missing {
    let what = format!("on which commit `{}` ran", run.name);
    Missing::here(what, "record the commit of each check run and status")
}

/// Who reported a run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct App<'a> {
    number: Option<u64>,
    name: Option<&'a str>,
}

impl<'a> App<'a> {
    fn of(run: &'a CheckRun) -> Self {
        Self { number: run.app_id, name: run.app.as_deref() }
    }

    fn is(&self, wanted: &str) -> bool {
        match wanted.parse::<u64>() {
            Ok(number) => self.number == Some(number),
            Err(_) => self.name.is_some_and(|name| name.eq_ignore_ascii_case(wanted)),
        }
    }
}

impl std::fmt::Display for App<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.name, self.number) {
            (Some(name), _) => write!(out, "`{name}`"),
            (None, Some(number)) => write!(out, "the app {number}"),
            (None, None) => out.write_str("nobody who is told"),
        }
    }
}

fn checks() -> Place {
    Place::PullRequest { field: "checks".to_owned() }
}

/// The finding about a run that has not ended well.
fn judge(parts: &Parts, run: &CheckRun, judged: &mut Judged) {
    let name = &run.name;
    let (hazard, told, help) = match run.state {
        CheckState::Success => return judged.rests_on("green", name),
        CheckState::Skipped if parts.skipped == Passes::Pass => return judged.rests_on("skipped", name),
        CheckState::Neutral if parts.neutral == Passes::Pass => return judged.rests_on("neutral", name),
        CheckState::Skipped => ("skipped", "was skipped", "let it run, or set `skipped: pass`"),
        CheckState::Neutral => ("skipped", "ended without a judgement", "let it judge, or set `neutral: pass`"),
        CheckState::Pending => ("pending", "has not ended", "wait for it"),
        CheckState::Failure => ("failed", "failed", FIX),
        CheckState::Error => ("failed", "broke", FIX),
        CheckState::Cancelled => ("failed", "was cancelled", AGAIN),
        CheckState::TimedOut => ("failed", "took too long", AGAIN),
        CheckState::ActionRequired => ("failed", "waits for somebody to act", "do what it asks for"),
        CheckState::Stale => ("failed", "was given up by the forge", AGAIN),
        CheckState::StartupFailure => ("failed", "could not start", FIX),
    };
    let help = run.url.as_ref().map_or_else(|| help.to_owned(), |url| format!("{help}: {url}"));
    judged
        .findings
        .push(Finding::at(checks(), format!("`{name}` {told}")).hazard(hazard).help(help).key(name.as_str()));
}

const FIX: &str = "look at its log, mend what it tells of and push again";
const AGAIN: &str = "start it again";
