//! From what was typed to reports: open, resolve, load the policy, gather, judge.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::sync::Arc;

use super::args::{ChangeArgs, PolicyChoice};
use super::error::{CliError, from_facts, from_git};
use super::facts::Given;
use super::loader::Loader;
use super::shadow::{self, Shadow};
use super::timings::Timings;
use crate::checks;
use crate::engine;
use crate::formats::facts_file::{Ends, FactsFile, PolicyPart, PolicyRecorder};
use crate::formats::{diff, suggest};
use crate::gather::ci::{self, Detected};
use crate::gather::{self, Environment, Gathered, Sides, Surroundings};
use crate::git::object_tree::ObjectTree;
use crate::git::range::resolve;
use crate::git::whole_history::Memory;
use crate::git::{Range, Repository, Request, Side, Trust};
use crate::model::{Change, Facts, Level, Mode, Need, Problem, RefUpdate, Report, Timestamp, Tree};
use crate::policy::{Moves, Policy, Sources};

/// A repository, the change in it, and where the run happens.
pub(super) struct Session {
    pub(super) repository: Repository,
    pub(super) ranges: Vec<Range>,
    surroundings: Surroundings,
    pub(super) loader: Loader,
}

/// One range with everything that judging needs.
pub(super) struct Judgeable {
    pub(super) policy: Policy,
    pub(super) facts: Facts,
    /// What loading the policy looked at.
    pub(super) policy_part: PolicyPart,
    /// What a person should know about how the facts were gathered; part of the policy's problems as well.
    pub(super) problems: Vec<Problem>,
    memory: Option<Arc<Memory>>,
}

impl Session {
    /// Opens the repository and finds out which change is meant.
    pub(super) fn open(
        change: &ChangeArgs,
        profile: Option<&str>,
        environment: &Environment,
    ) -> Result<Self, CliError> {
        let start = super::repository::start(change.repo.as_deref())?;
        let trust = if change.trust_owner { Trust::Vouched } else { Trust::AsData };
        // Git's variables speak of the repository that a hook runs in, not of one that was named.
        let overrides = environment.overrides();
        let overrides = if change.repo.is_some() { overrides.of_the_user() } else { overrides };
        let repository = Repository::discover_with(&start, trust, overrides).map_err(|error| from_git(&error))?;
        let detected =
            ci::detect(environment).map_err(|error| CliError::undecided(error.to_string()).help(error.help()))?;
        let mend = detected.service.map(ci::Service::mend);
        let request = request(change, &detected, &repository)?;
        let ranges = resolve(&repository, &request, mend).map_err(|error| from_git(&error))?;
        let now = match &change.now {
            Some(text) => text.parse::<Timestamp>().map_err(|error| CliError::usage(format!("`--now`: {error}")))?,
            None => gather::clock::now(),
        };
        let pending = change.message.as_ref().map(|file| {
            let file = start.join(file);
            gather::pending::commit(&repository, &file, environment, now).map_err(|error| from_git(&error))
        });
        let pending = pending.transpose()?;
        let loader = Loader::new(environment, repository.places());
        let Detected { service, event, pull_request, .. } = detected;
        let surroundings = Surroundings {
            ci: service.is_some(),
            now,
            profile: profile.map(str::to_owned),
            event,
            pull_request,
            history: change.history,
            history_cache: environment.history_cache().filter(|_| !change.no_cache),
            pending,
            differ: diff::hunks,
            telling: checks::is_telling_name,
        };
        Ok(Self { repository, ranges, surroundings, loader })
    }

    /// Whether a CI runner reads what is printed.
    pub(super) fn is_ci(&self) -> bool {
        self.surroundings.ci
    }

    /// Loads the policy that judges a range and gathers what its rules need.
    pub(super) fn prepare(&self, range: &Range, choice: &PolicyChoice) -> Result<Judgeable, CliError> {
        let sides = gather::sides(&self.repository, range).map_err(|error| from_git(&error))?;
        let (mut policy, policy_part) = self.policy(range, &sides, choice)?;
        let Shadow { problems: proposed, first } = if self.is_proposal(range) {
            shadow::cast(&self.loader, range, &sides, (&policy, choice))
        } else {
            Shadow::default()
        };
        select(&mut policy, choice)?;
        if self.surroundings.pending.is_some() {
            // The rest was judged when the files were, or is when the commit is pushed.
            let others = policy.rules.iter_mut().filter(|rule| !rule.bound.needs.contains(&Need::Commits));
            others.for_each(|rule| rule.level = Level::Off);
        }
        let rules = policy.rules.iter().chain(first.iter().flat_map(|it| &it.rules));
        let judged = rules.filter(|rule| rule.level != Level::Off);
        let needs: BTreeSet<Need> = judged.flat_map(|rule| rule.bound.needs.iter().copied()).collect();
        let Gathered { facts, mut problems, memory } =
            gather::facts(&self.repository, range, sides, &needs, &self.surroundings);
        problems.extend(proposed);
        problems.extend(first.map(|first| engine::foretell(&first, &facts)));
        policy.problems.extend(problems.iter().cloned());
        Ok(Judgeable { policy, facts, policy_part, problems, memory })
    }

    fn policy(&self, range: &Range, sides: &Sides, choice: &PolicyChoice) -> Result<(Policy, PolicyPart), CliError> {
        let (tree, revision) = self.trusted(range, sides)?;
        let watched = PolicyRecorder::new(tree, revision.clone());
        let policy = load(&self.loader, (watched.tree(), revision), &sides.changes, choice)?;
        Ok((policy, watched.finish()))
    }

    /// Whether the run judges a proposal, by the policy of the branch that it goes to. In CI the work tree is one,
    /// too: a service that says nothing about the change has checked out what somebody pushed.
    fn is_proposal(&self, range: &Range) -> bool {
        match range.mode {
            Mode::Range | Mode::PullRequest | Mode::MergeGroup | Mode::Push => true,
            Mode::Local => self.surroundings.ci,
            Mode::Staged | Mode::All | Mode::Release => false,
        }
    }

    /// Whether what is checked out may be the proposer's own: on a laptop it is that of whoever asks.
    fn is_untrusted(&self, range: &Range) -> bool {
        self.is_ci() || matches!(range.mode, Mode::PullRequest | Mode::MergeGroup)
    }

    /// The tree whose policy judges. What is proposed must not choose its own judge: a pull request is judged by
    /// the tip of the branch that it goes to, not by the older commit where it started. At home the work
    /// tree's own policy counts, so that whoever writes one sees it work.
    fn trusted(&self, range: &Range, sides: &Sides) -> Result<(Arc<dyn Tree>, Option<String>), CliError> {
        match range.mode {
            Mode::Local if !self.is_proposal(range) => Ok((Arc::clone(&sides.head), None)),
            Mode::Staged | Mode::All => Ok((Arc::clone(&sides.head), None)),
            Mode::Release => Ok((Arc::clone(&sides.head), Some(range.head_name.clone()))),
            Mode::Local | Mode::Range | Mode::PullRequest | Mode::MergeGroup | Mode::Push => {
                let target = || range.target.clone().unwrap_or_else(|| range.base_name.clone());
                let (name, tip) = match &range.judge {
                    Some((name, tip)) => (name.clone(), Some(*tip)),
                    None => (target(), range.target_tip),
                };
                let Some(tip) = tip else { return Ok((Arc::clone(&sides.base), Some(name))) };
                let objects = self.repository.objects();
                let tree = objects.tree_of(&tip).map_err(|error| {
                    let missing = objects.missing(&error);
                    CliError::undecided(missing.what).help(missing.how)
                })?;
                Ok((Arc::new(ObjectTree::new(Arc::clone(objects), Some(tree))), Some(name)))
            }
        }
    }
}

/// Loads the policy of a tree, or the one that was named instead.
fn load(
    loader: &Loader,
    (tree, revision): (Arc<dyn Tree>, Option<String>),
    changes: &[Change],
    choice: &PolicyChoice,
) -> Result<Policy, CliError> {
    let chosen = super::policy::sources(choice, tree)?;
    let is_named = choice.policy.is_some() || choice.pack.is_some();
    let sources = Sources {
        revision: revision.filter(|_| !is_named),
        touched: changes.iter().flat_map(|change| change.paths().cloned()).collect(),
        moves: Moves::of(changes),
        language: choice.lang.clone(),
        ..chosen
    };
    loader.load(sources)
}

/// Judges what was recorded, by the policy that was recorded with it or by the one that was named.
pub(super) fn replay(
    file: &FactsFile,
    choice: &PolicyChoice,
    environment: &Environment,
    timings: &Timings,
) -> Result<Report, CliError> {
    let (policy, facts) = recorded(file, choice, environment)?;
    Ok(engine::judge(&policy, &timings.over(facts)))
}

/// What was recorded, and the policy that judges it.
pub(super) fn recorded(
    file: &FactsFile,
    choice: &PolicyChoice,
    environment: &Environment,
) -> Result<(Policy, Facts), CliError> {
    let facts = file.facts().map_err(|error| from_facts(&error))?;
    let (tree, revision): (Arc<dyn Tree>, _) = match &file.policy {
        Some(part) => (part.tree(), part.revision.clone()),
        None => (Arc::clone(&facts.base), None),
    };
    let loader = Loader::new(environment, Vec::new());
    let mut policy = load(&loader, (tree, revision), &facts.change.files, choice)?;
    select(&mut policy, choice)?;
    policy.problems.extend(file.problems.iter().cloned());
    Ok((policy, facts))
}

fn request(change: &ChangeArgs, detected: &Detected, repository: &Repository) -> Result<Request, CliError> {
    Ok(if change.staged || change.message.is_some() {
        Request::Staged
    } else if change.all || change.history {
        Request::All { head: change.head.clone() }
    } else if let Some(base) = &change.base {
        Request::Range { base: base.clone(), head: change.head.clone() }
    } else if let Some(release) = &change.release {
        tags(release, change.since.as_deref())?
    } else if change.push {
        Request::Push(updates(repository)?)
    } else if change.head.is_some() {
        return Err(CliError::usage("`--head` says where the change ends, but not where it begins")
            .help("add `--base REV`, or `--all` for everything that the head has"));
    } else {
        detected.request.clone()
    })
}

/// The range of a release, `to`, `from..to` or `from..`; no name of a ref holds two dots.
fn tags(release: &str, since: Option<&str>) -> Result<Request, CliError> {
    let (from, to) = release.split_once("..").map_or((None, release), |(from, to)| (Some(from), to));
    if from.is_some() && since.is_some() {
        return Err(CliError::usage("`--since` and the range of `--release` both say where the release begins")
            .help("keep one of the two"));
    }
    if to.starts_with('.') {
        return Err(CliError::usage("a release is a range with two dots, as in `v1.2.0..v1.3.0`")
            .help("take a dot out of the value of `--release`"));
    }
    let to = if to.is_empty() { "HEAD" } else { to };
    let from = from.filter(|it| !it.is_empty()).or(since);
    Ok(Request::Release { from: from.map(str::to_owned), to: to.to_owned() })
}

/// The most that is read of a hook's standard input, in bytes.
const MOST_INPUT: u64 = 64 << 20;

fn updates(repository: &Repository) -> Result<Vec<RefUpdate>, CliError> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(MOST_INPUT).read_to_string(&mut text);
    read.map_err(|error| CliError::undecided(format!("standard input cannot be read: {error}")))?;
    repository.parse_updates(&text).map_err(|error| from_git(&error))
}

/// Leaves only the rules that were named.
pub(super) fn select(policy: &mut Policy, choice: &PolicyChoice) -> Result<(), CliError> {
    for wanted in &choice.rule {
        if policy.rules.iter().any(|rule| rule.id == *wanted) {
            continue;
        }
        let names: Vec<&str> = policy.rules.iter().map(|rule| rule.id.as_str()).collect();
        let nearest = suggest::nearest(wanted, names.iter().copied()).map(|it| format!("did you mean `{it}`?"));
        let help = nearest.unwrap_or_else(|| format!("it has {}", suggest::listed(names)));
        return Err(CliError::usage(format!("the policy has no rule `{wanted}`")).help(help));
    }
    if !choice.rule.is_empty() {
        // Switched off, not taken out: their waivers still name a rule of the policy.
        let others = policy.rules.iter_mut().filter(|rule| !choice.rule.contains(&rule.id));
        others.for_each(|rule| rule.level = Level::Off);
    }
    Ok(())
}

/// The commits at both ends of a range, where there are any.
pub(super) fn ends(range: &Range) -> Ends {
    let commit = |side| match side {
        Side::Commit { commit, .. } => Some(commit),
        Side::Empty | Side::Index | Side::WorkTree => None,
    };
    let tip = match range.mode {
        Mode::PullRequest => range.source_tip,
        Mode::Local | Mode::Staged | Mode::Range | Mode::MergeGroup | Mode::Push | Mode::All | Mode::Release => None,
    };
    Ends { base: commit(range.base), head: commit(range.head), tip, queued: range.queued }
}

/// Judges every range of the session, as one report.
pub(super) fn judge(
    session: &Session,
    choice: &PolicyChoice,
    part: Option<&Given>,
    timings: &Timings,
) -> Result<Report, CliError> {
    let judged = |policy: &Policy, facts: Facts| engine::judge(policy, &timings.over(facts));
    let reports = each(session, choice, part, judged)?;
    engine::join(reports).ok_or_else(|| CliError::usage("this push updates nothing"))
}

/// What `judge` makes of every range of the session, by the policy that judges it.
pub(super) fn each<T>(
    session: &Session,
    choice: &PolicyChoice,
    part: Option<&Given>,
    judge: impl Fn(&Policy, Facts) -> T,
) -> Result<Vec<T>, CliError> {
    let mut results = Vec::new();
    for range in &session.ranges {
        if session.is_proposal(range) && session.is_untrusted(range) {
            let checkout = session.repository.work_tree();
            part.map_or(Ok(()), |part| part.come_from_elsewhere(checkout))?;
            super::policy::comes_from_elsewhere(choice, checkout)?;
        }
        let Judgeable { policy, mut facts, memory, .. } = session.prepare(range, choice)?;
        if let Some(part) = part {
            facts = part.file.over(facts, ends(range)).map_err(|error| from_facts(&error))?;
        }
        let judged = policy.rules.iter().filter(|rule| rule.level != Level::Off);
        if judged.flat_map(|rule| &rule.bound.needs).any(|need| *need == Need::Since) {
            facts.forge = Arc::new(gather::since(&session.repository, range, &facts.forge));
        }
        results.push(judge(&policy, facts));
        if let Some(memory) = memory {
            memory.write();
        }
    }
    Ok(results)
}
