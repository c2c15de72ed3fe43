//! One part of a condition, and what it says about a change.

#[cfg(feature = "cel")]
use super::condition::Condition;
use super::ground::Ground;
use super::languages::Language;
use super::size::Bound;
use crate::formats::globs::Globs;
use crate::model::{Change, Facts, Missing, Mode, Need, PullRequest, RepoPath};

/// One part of a condition.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Paths(Globs),
    Languages(Vec<Language>),
    Target(Names),
    Source(Names),
    Labels(Names),
    Author(Names),
    Event(Vec<String>),
    Mode(Vec<Mode>),
    Profile(Vec<String>),
    Size(Vec<Bound>),
    All(Vec<Vec<Self>>),
    Any(Vec<Vec<Self>>),
    Not(Vec<Self>),
    #[cfg(feature = "cel")]
    Cel(std::sync::Arc<Condition>),
}

/// Names of branches, labels or people: globs that match the whole name.
#[derive(Clone, Debug)]
pub(super) struct Names {
    globs: Globs,
    texts: Vec<String>,
}

impl Names {
    /// Compiles names. Unlike a path, a name is matched from its first character on.
    pub(super) fn new(texts: Vec<String>) -> Result<Self, String> {
        let anchored = texts.iter().flat_map(|text| {
            let (sign, body) = text.strip_prefix('!').map_or(("", text.as_str()), |rest| ("!", rest));
            // Forges write `renovate[bot]` for a robot: no choice of three letters.
            let glob = format!("{sign}/{}", body.replace("[bot]", "\\[bot\\]"));
            // A name in brackets, such as the label `[wip]`, matches itself.
            let itself = body.contains('[').then(|| format!("{sign}/{}", literal(body)));
            std::iter::once(glob).chain(itself)
        });
        Ok(Self { globs: Globs::new(anchored)?, texts })
    }

    fn is_match(&self, name: &str) -> bool {
        self.globs.is_match(&RepoPath::new(name))
    }

    pub(super) fn listed(&self) -> String {
        alternatives(self.texts.iter().map(String::as_str))
    }
}

/// A glob that matches this text and no other.
fn literal(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut glob, symbol| {
        if matches!(symbol, '*' | '?' | '[' | ']' | '{' | '}' | '\\' | '!' | ',') {
            glob.push('\\');
        }
        glob.push(symbol);
        glob
    })
}

/// Whether a part holds. The reason for either answer is a fragment that fits after "not applicable: ".
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Truth {
    Yes(String),
    No(String),
    Unknown(Missing),
}

impl Truth {
    fn of(holds: bool, yes: impl FnOnce() -> String, no: impl FnOnce() -> String) -> Self {
        if holds { Self::Yes(yes()) } else { Self::No(no()) }
    }
}

/// Whether all parts hold; `view` is narrowed to the files that they are about. `whole` is what it was at first, and
/// `ground` is where paths are read from.
pub(super) fn narrow(parts: &[Part], view: &mut Facts, (whole, ground): (&Facts, &Ground)) -> Truth {
    let mut reasons = Vec::new();
    let mut unknown = None;
    for part in parts {
        let truth = match part {
            Part::Paths(_) | Part::Languages(_) => {
                let truth = part.holds(view, ground);
                if matches!(truth, Truth::Yes(_)) {
                    *view = view.narrowed(|change| part.is_about(change, ground));
                }
                of_each_file(truth, || part.holds(whole, ground))
            }
            Part::All(lists) => {
                conjunction(lists.iter().map(|parts| narrow(parts, view, (whole, ground))).collect::<Vec<_>>())
            }
            Part::Target(_)
            | Part::Source(_)
            | Part::Labels(_)
            | Part::Author(_)
            | Part::Event(_)
            | Part::Mode(_)
            | Part::Profile(_)
            | Part::Size(_)
            | Part::Any(_)
            | Part::Not(_) => part.holds(view, ground),
            #[cfg(feature = "cel")]
            Part::Cel(_) => part.holds(view, ground),
        };
        match truth {
            Truth::Yes(reason) => reasons.push(reason),
            Truth::No(because) => return Truth::No(because),
            Truth::Unknown(missing) => _ = unknown.get_or_insert(missing),
        }
    }
    unknown.map_or_else(|| Truth::Yes(reasons.join(", and ")), Truth::Unknown)
}

/// The true reason where one part leaves no file that another part is about.
fn of_each_file(truth: Truth, alone: impl FnOnce() -> Truth) -> Truth {
    match truth {
        Truth::No(because) => match alone() {
            Truth::Yes(reason) => Truth::No(format!("{reason}, but not what else the rule asks of each file")),
            Truth::No(_) | Truth::Unknown(_) => Truth::No(because),
        },
        Truth::Yes(_) | Truth::Unknown(_) => truth,
    }
}

/// Kleene's conjunction: one "no" decides, then one "unknown".
fn conjunction(truths: Vec<Truth>) -> Truth {
    let mut reasons = Vec::new();
    let mut unknown = None;
    for truth in truths {
        match truth {
            Truth::Yes(reason) => reasons.push(reason),
            Truth::No(because) => return Truth::No(because),
            Truth::Unknown(missing) => _ = unknown.get_or_insert(missing),
        }
    }
    unknown.map_or_else(|| Truth::Yes(reasons.join(", and ")), Truth::Unknown)
}

/// Kleene's disjunction: one "yes" decides, then one "unknown".
fn disjunction(truths: Vec<Truth>) -> Truth {
    let mut reasons = Vec::new();
    let mut unknown = None;
    for truth in truths {
        match truth {
            Truth::Yes(reason) => return Truth::Yes(reason),
            Truth::No(because) => reasons.push(because),
            Truth::Unknown(missing) => _ = unknown.get_or_insert(missing),
        }
    }
    unknown.map_or_else(|| Truth::No(reasons.join(", and ")), Truth::Unknown)
}

impl Part {
    /// Whether a changed file is one that `paths` or `languages` names. For a rename both paths count.
    fn is_about(&self, change: &Change, ground: &Ground) -> bool {
        match self {
            Self::Paths(globs) => {
                change.paths().flat_map(|path| ground.readings(path)).any(|path| globs.is_match(&path))
            }
            Self::Languages(languages) => {
                change.paths().any(|path| languages.iter().any(|language| language.has(path)))
            }
            Self::Target(_)
            | Self::Source(_)
            | Self::Labels(_)
            | Self::Author(_)
            | Self::Event(_)
            | Self::Mode(_)
            | Self::Profile(_)
            | Self::Size(_)
            | Self::All(_)
            | Self::Any(_)
            | Self::Not(_) => true,
            #[cfg(feature = "cel")]
            Self::Cel(_) => true,
        }
    }

    /// The facts that must be gathered to answer it.
    pub(super) fn needs(&self) -> Vec<Need> {
        match self {
            Self::Labels(_) | Self::Author(_) => vec![Need::PullRequest],
            Self::All(lists) | Self::Any(lists) => lists.iter().flatten().flat_map(Self::needs).collect(),
            Self::Not(parts) => parts.iter().flat_map(Self::needs).collect(),
            #[cfg(feature = "cel")]
            Self::Cel(condition) => condition.needs(),
            Self::Paths(_)
            | Self::Languages(_)
            | Self::Target(_)
            | Self::Source(_)
            | Self::Event(_)
            | Self::Mode(_)
            | Self::Profile(_)
            | Self::Size(_) => Vec::new(),
        }
    }

    /// The globs of every `paths` in it.
    pub(super) fn paths(&self) -> Vec<&str> {
        match self {
            Self::Paths(globs) => globs.texts().collect(),
            Self::All(lists) | Self::Any(lists) => lists.iter().flatten().flat_map(Self::paths).collect(),
            Self::Not(parts) => parts.iter().flat_map(Self::paths).collect(),
            #[cfg(feature = "cel")]
            Self::Cel(_) => Vec::new(),
            Self::Languages(_)
            | Self::Target(_)
            | Self::Source(_)
            | Self::Labels(_)
            | Self::Author(_)
            | Self::Event(_)
            | Self::Mode(_)
            | Self::Profile(_)
            | Self::Size(_) => Vec::new(),
        }
    }

    pub(super) fn holds(&self, facts: &Facts, ground: &Ground) -> Truth {
        match self {
            Self::Paths(globs) => self.some_file(facts, ground, &alternatives(globs.texts())),
            Self::Languages(languages) => {
                let names = alternatives(languages.iter().map(|it| it.name));
                self.some_file(facts, ground, &format!("the language {names}"))
            }
            Self::Target(names) => branch("target", facts.refs.target.as_ref(), names),
            Self::Source(names) => branch("source", facts.refs.source.as_ref(), names),
            Self::Labels(names) => on_pull_request(facts, |pull_request| labels(pull_request, names)),
            Self::Author(names) => on_pull_request(facts, |pull_request| {
                let author = &pull_request.author;
                is_one_of("author", author, names.is_match(author), &names.listed())
            }),
            Self::Event(events) => {
                let event = facts.run.event.as_deref().unwrap_or(mode_name(facts.run.mode));
                is_one_of("event", event, events.iter().any(|it| it == event), &listed(events))
            }
            Self::Mode(modes) => {
                let wanted = alternatives(modes.iter().map(|it| mode_name(*it)));
                is_one_of("mode", mode_name(facts.run.mode), modes.contains(&facts.run.mode), &wanted)
            }
            Self::Profile(profiles) => match &facts.run.profile {
                Some(profile) => is_one_of("profile", profile, profiles.contains(profile), &listed(profiles)),
                None => Truth::No(format!("no profile is chosen, and the rule is for {}", listed(profiles))),
            },
            Self::Size(bounds) => conjunction(bounds.iter().map(|bound| bound.holds(facts)).collect()),
            Self::All(lists) => conjunction(lists.iter().map(|parts| all_hold(parts, facts, ground)).collect()),
            Self::Any(lists) => disjunction(lists.iter().map(|parts| all_hold(parts, facts, ground)).collect()),
            Self::Not(parts) => match all_hold(parts, facts, ground) {
                Truth::Yes(reason) => Truth::No(reason),
                Truth::No(because) => Truth::Yes(because),
                Truth::Unknown(missing) => Truth::Unknown(missing),
            },
            #[cfg(feature = "cel")]
            Self::Cel(condition) => match condition.holds(facts) {
                Ok(holds) => Truth::of(
                    holds,
                    || format!("`{}` holds", condition.shown()),
                    || format!("`{}` does not hold", condition.shown()),
                ),
                Err(missing) => Truth::Unknown(missing),
            },
        }
    }

    fn some_file(&self, facts: &Facts, ground: &Ground, wanted: &str) -> Truth {
        let found = facts.change.files.iter().find(|change| self.is_about(change, ground));
        match found {
            Some(change) => Truth::Yes(format!("`{}` matches {wanted}", change.path())),
            None if ground.base.is_root() => Truth::No(format!("no changed file matches {wanted}")),
            None => Truth::No(format!("no changed file in `{}` matches {wanted}", ground.base)),
        }
    }
}

pub(super) fn all_hold(parts: &[Part], facts: &Facts, ground: &Ground) -> Truth {
    conjunction(parts.iter().map(|part| part.holds(facts, ground)).collect())
}

fn branch(side: &str, name: Result<&String, &Missing>, names: &Names) -> Truth {
    match name {
        Ok(name) => is_one_of(&format!("{side} branch"), name, names.is_match(name), &names.listed()),
        Err(missing) => Truth::Unknown(missing.clone()),
    }
}

fn is_one_of(what: &str, name: &str, holds: bool, wanted: &str) -> Truth {
    Truth::of(holds, || format!("the {what} is `{name}`"), || format!("the {what} is `{name}`, not {wanted}"))
}

fn labels(pull_request: &PullRequest, names: &Names) -> Truth {
    match pull_request.labels.iter().find(|label| names.is_match(label)) {
        Some(label) => Truth::Yes(format!("the pull request has the label `{label}`")),
        None => Truth::No(format!("the pull request has no label {}", names.listed())),
    }
}

fn on_pull_request(facts: &Facts, judge: impl FnOnce(&PullRequest) -> Truth) -> Truth {
    match &facts.pull_request {
        Ok(pull_request) => judge(pull_request),
        Err(missing) => Truth::Unknown(missing.clone()),
    }
}

pub(super) fn listed(names: &[String]) -> String {
    alternatives(names.iter().map(String::as_str))
}

pub(super) fn alternatives<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

/// Every mode by the word that policies use.
pub(super) const MODES: [(&str, Mode); 8] = [
    ("local", Mode::Local),
    ("staged", Mode::Staged),
    ("range", Mode::Range),
    ("pull-request", Mode::PullRequest),
    ("merge-group", Mode::MergeGroup),
    ("push", Mode::Push),
    ("all", Mode::All),
    ("release", Mode::Release),
];

pub(super) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Local => "local",
        Mode::Staged => "staged",
        Mode::Range => "range",
        Mode::PullRequest => "pull-request",
        Mode::MergeGroup => "merge-group",
        Mode::Push => "push",
        Mode::All => "all",
        Mode::Release => "release",
    }
}
