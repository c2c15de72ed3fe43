//! Requirements against approvals: what is met, what is not, and what nobody knows.

use super::approver::{Approver, Desk, Holds, Scope, Standing};
use super::directory::Truth;
use super::owners::{Demand, Owners, is_owner};
use super::settings::{From, Rule, Unowned, Wants, When};
use super::unblock::Short;
use crate::model::{Fact, Facts, Missing, PullRequest};

/// What a requirement comes to.
pub(super) enum Outcome {
    Met,
    /// It is not about this change; a clause that says why.
    Skipped(String),
    Unknown(Vec<Missing>),
    /// Approvals are lacking.
    Short(Box<Short>),
    /// Some of these are not met, and all must be.
    All(Vec<Self>),
    /// Fewer than so many of these are met.
    Some {
        lacking: usize,
        of: Vec<Self>,
    },
}

/// Everything that requirements are held against.
pub(super) struct Gate<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) approvers: &'a [Approver<'a>],
    pub(super) request: Fact<&'a PullRequest>,
    /// Loaded when a requirement asks for it.
    pub(super) owners: Option<&'a Fact<Owners>>,
    pub(super) when_risk: &'a dyn Fn(&str) -> Option<&'a When>,
}

/// Who approved, of those that are asked for.
#[derive(Default)]
struct Tally {
    /// Logins of those whose approval counts.
    counted: Vec<String>,
    /// How many more it may be.
    possible: usize,
    missing: Vec<Missing>,
    /// Clauses about approvals that do not count.
    notes: Vec<String>,
    /// Logins of those who would count again if they approved again.
    again: Vec<String>,
}

/// A condition on who counts.
type Who<'a> = dyn Fn(&str, Option<&Approver<'_>>) -> Truth + 'a;

impl<'a> Gate<'a> {
    pub(super) fn judge(&self, rule: &'a Rule) -> Outcome {
        let everything = Scope { files: self.facts().change.files.iter().collect(), globs: None };
        self.rule(rule, &everything)
    }

    fn facts(&self) -> &'a Facts {
        self.desk.facts
    }

    fn rule(&self, rule: &'a Rule, outer: &Scope<'a>) -> Outcome {
        let narrowed;
        let scope = match &rule.when {
            None => outer,
            Some(when) => match self.holds(when, outer) {
                Truth::Yes => {
                    narrowed = narrow(when, outer);
                    &narrowed
                }
                Truth::No => return Outcome::Skipped(unmet(rule, when)),
                Truth::Unknown(missing) => return Outcome::Unknown(vec![missing]),
            },
        };
        match &rule.wants {
            Wants::Approvals(count, From::CodeOwners) => self.code_owners(rule, *count, scope),
            Wants::Approvals(count, from) => {
                let who = |login: &str, approver: Option<&Approver<'_>>| self.is_from(from, login, approver);
                let what = format!("{}{}", by(from), about(rule));
                self.approvals(rule, *count, scope, &what, &who)
            }
            Wants::All(of) => all(of.iter().map(|it| self.rule(it, scope)).collect()),
            Wants::Any(of) => some(1, of.iter().map(|it| self.rule(it, scope)).collect()),
            Wants::AtLeast(count, of) => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                some(count, of.iter().map(|it| self.rule(it, scope)).collect())
            }
        }
    }

    fn approvals(&self, rule: &Rule, count: u32, scope: &Scope<'_>, what: &str, who: &Who<'_>) -> Outcome {
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let tally = self.tally(scope, who);
        match tally.state(wanted) {
            State::Met => Outcome::Met,
            State::Unknown(missing) => Outcome::Unknown(missing),
            State::Short(lacking) => {
                let name = rule.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
                let message = format!("{name}{} of {count} approvals{what}{}", tally.counted.len(), tally.noted());
                Outcome::Short(Box::new(self.short("approvals", message, lacking, tally, who)))
            }
        }
    }

    /// How many people must approve what a machine wrote.
    pub(super) fn people(&self, count: u32, machine: &str) -> Outcome {
        let scope = Scope { files: self.facts().change.files.iter().collect(), globs: None };
        let who = |login: &str, approver: Option<&Approver<'_>>| {
            let told = approver.and_then(|it| it.review).and_then(|it| it.account_type);
            match self.desk.directory.is_bot(login, told) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            }
        };
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let tally = self.tally(&scope, &who);
        match tally.state(wanted) {
            State::Met => Outcome::Met,
            State::Unknown(missing) => Outcome::Unknown(missing),
            State::Short(lacking) => {
                let message = format!(
                    "{} of {count} people approved what a machine wrote: {machine}{}",
                    tally.counted.len(),
                    tally.noted()
                );
                Outcome::Short(Box::new(self.short("machine-written", message, lacking, tally, &who)))
            }
        }
    }

    fn code_owners(&self, rule: &Rule, count: u32, scope: &Scope<'a>) -> Outcome {
        let owners = match self.owners {
            Some(Ok(owners)) => owners,
            Some(Err(missing)) => return Outcome::Unknown(vec![missing.clone()]),
            None => return Outcome::Skipped("no owners were asked for".to_owned()),
        };
        let found = match owners.demands(self.facts(), &scope.files) {
            Ok(found) => found,
            Err(missing) => return Outcome::Unknown(vec![missing]),
        };
        let mut outcomes = Vec::new();
        for demand in &found.demands {
            outcomes.push(self.owned(rule, count, owners, demand));
        }
        if !found.missing.is_empty() {
            outcomes.push(Outcome::Unknown(found.missing));
        }
        if self.desk.parts.code_owners.unowned == Unowned::Fail {
            outcomes.extend(found.unowned.iter().map(|path| {
                let message = format!("`{path}` has no owner");
                Outcome::Short(Box::new(Short { path: Some((*path).clone()), ..Short::plain("unowned", message) }))
            }));
        }
        if outcomes.is_empty() {
            return Outcome::Skipped("no changed file needs an owner".to_owned());
        }
        all(outcomes)
    }

    /// The owners of one line, for each file by itself: an approval may hold for one and not for another.
    fn owned(&self, rule: &Rule, count: u32, owners: &Owners, demand: &Demand<'_>) -> Outcome {
        let count = count.max(demand.section.approvals);
        let wanted = usize::try_from(count).unwrap_or(usize::MAX);
        let who = |login: &str, approver: Option<&Approver<'_>>| {
            is_owner(&self.desk.directory, demand.entry, login, approver.and_then(|it| it.review))
        };
        let mut missing = Vec::new();
        let mut worst: Option<(usize, Tally)> = None;
        let mut paths = Vec::new();
        for change in &demand.files {
            let tally = self.tally(&Scope { files: vec![change], globs: Some(&NO_FILE) }, &who);
            match tally.state(wanted) {
                State::Met => {}
                State::Unknown(unknown) => missing.extend(unknown),
                State::Short(lacking) => {
                    paths.push(change.path());
                    if worst.as_ref().is_none_or(|(most, _)| *most < lacking) {
                        worst = Some((lacking, tally));
                    }
                }
            }
        }
        let Some((lacking, tally)) = worst else {
            return if missing.is_empty() { Outcome::Met } else { Outcome::Unknown(missing) };
        };
        let of = match paths.as_slice() {
            [one, rest @ ..] if !rest.is_empty() => format!("`{one}` and {} more", rest.len()),
            [one, ..] => format!("`{one}`"),
            [] => String::new(),
        };
        let name = rule.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
        let section = demand.section.name.as_ref().map_or_else(String::new, |name| format!(" (section `{name}`)"));
        let have = tally.counted.len();
        let message = format!("{name}{have} of {count} approvals by owners of {of}{section}{}", tally.noted());
        let mut short = self.short("code-owners", message, lacking, tally, &who);
        short.related = Some(owners.label(demand.entry));
        let named: Vec<String> = demand.entry.owners.iter().map(|it| format!("`{it}`")).collect();
        short.others = named;
        Outcome::Short(Box::new(short))
    }

    fn tally(&self, scope: &Scope<'_>, who: &Who<'_>) -> Tally {
        let mut tally = Tally::default();
        for approver in self.approvers {
            let (is_asked, mut unknown) = match who(&approver.login, Some(approver)) {
                Truth::No => continue,
                Truth::Yes => (true, Vec::new()),
                Truth::Unknown(missing) => (false, vec![missing]),
            };
            match &approver.standing {
                Standing::Not(why) => {
                    if is_asked {
                        tally.notes.push(format!("that of `{}` does not count: {why}", approver.shown));
                    }
                    continue;
                }
                Standing::Counts => {}
                Standing::Unknown(missing) => unknown.extend(missing.iter().cloned()),
            }
            match self.desk.holds(&approver.coverage, scope) {
                Holds::No(why) => {
                    if is_asked {
                        tally.notes.push(format!("that of `{}` is stale: {why}", approver.shown));
                        tally.again.push(approver.login.clone());
                    }
                    continue;
                }
                Holds::Yes => {}
                Holds::Unknown(missing) => unknown.push(missing),
            }
            if unknown.is_empty() {
                tally.counted.push(approver.login.clone());
            } else {
                tally.possible += 1;
                tally.missing.extend(unknown);
            }
        }
        tally
    }

    fn is_from(&self, from: &From, login: &str, approver: Option<&Approver<'_>>) -> Truth {
        let review = approver.and_then(|it| it.review);
        let directory = &self.desk.directory;
        match from {
            From::Anybody => Truth::Yes,
            From::Users(names) => {
                Truth::of(names.iter().any(|it| it.trim_start_matches('@').eq_ignore_ascii_case(login)))
            }
            From::Teams(names) => Truth::any(names.iter().map(|team| directory.is_member(login, team, review))),
            From::Permission(least) => match directory.permission(login, review) {
                Ok(permission) => Truth::of(permission >= *least),
                Err(missing) => Truth::Unknown(missing),
            },
            From::Either(of) => Truth::any(of.iter().map(|it| self.is_from(it, login, approver))),
            // Owners are asked for file by file.
            From::CodeOwners => Truth::No,
        }
    }

    /// The shortfall, with those who could make up for it.
    fn short(&self, hazard: &'static str, message: String, lacking: usize, tally: Tally, who: &Who<'_>) -> Short {
        let directory = &self.desk.directory;
        let could = |login: &&str| {
            matches!(self.desk.standing(login, None), Standing::Counts) && matches!(who(login, None), Truth::Yes)
        };
        let fresh = directory.logins().filter(could).filter(|login| !tally.counted.iter().any(|it| it == login));
        let fresh: Vec<String> =
            fresh.filter(|login| !tally.again.iter().any(|it| it == login)).map(str::to_owned).collect();
        Short { lacking, again: tally.again, fresh, ..Short::plain(hazard, message) }
    }

    fn holds(&self, when: &When, scope: &Scope<'_>) -> Truth {
        let request = |judge: &dyn Fn(&PullRequest) -> bool| match &self.request {
            Ok(request) => Truth::of(judge(request)),
            Err(missing) => Truth::Unknown(missing.clone()),
        };
        let paths = when.paths.as_ref().map_or(Truth::Yes, |globs| {
            Truth::of(scope.files.iter().flat_map(|it| it.paths()).any(|path| globs.is_match(path)))
        });
        let labels = || {
            when.labels
                .as_ref()
                .map_or(Truth::Yes, |wanted| request(&|it| it.labels.iter().any(|label| wanted.is_match(label))))
        };
        let authors = || when.authors.as_ref().map_or(Truth::Yes, |wanted| request(&|it| wanted.is_match(&it.author)));
        let lines = || when.min_lines.map_or(Truth::Yes, |least| self.has_lines(scope, least));
        let risk = || match &when.risk {
            None => Truth::Yes,
            Some(names) => {
                let risks = names.iter().filter_map(|name| (self.when_risk)(name));
                Truth::any(risks.map(|risk| self.holds(risk, scope)))
            }
        };
        paths.and(labels).and(authors).and(lines).and(risk)
    }

    fn has_lines(&self, scope: &Scope<'_>, least: u64) -> Truth {
        let mut lines: u64 = 0;
        for change in &scope.files {
            match self.facts().hunks(change) {
                Ok(hunks) => {
                    lines += hunks.iter().map(|it| u64::from(it.old.count) + u64::from(it.new.count)).sum::<u64>();
                }
                Err(missing) => return Truth::Unknown(missing),
            }
            if lines >= least {
                return Truth::Yes;
            }
        }
        Truth::of(lines >= least)
    }
}

/// Matches no path: what is no longer part of the change has no owner to ask.
static NO_FILE: std::sync::LazyLock<crate::formats::globs::Globs> = std::sync::LazyLock::new(Default::default);

enum State {
    Met,
    Unknown(Vec<Missing>),
    Short(usize),
}

impl Tally {
    fn state(&self, wanted: usize) -> State {
        let have = self.counted.len();
        if have >= wanted {
            State::Met
        } else if have + self.possible >= wanted {
            State::Unknown(self.missing.clone())
        } else {
            State::Short(wanted - have)
        }
    }

    fn noted(&self) -> String {
        let shown = self.notes.iter().take(3).map(|note| format!("; {note}")).collect::<String>();
        let more = self.notes.len().saturating_sub(3);
        if more > 0 { format!("{shown}; and {more} more do not count") } else { shown }
    }
}

fn narrow<'a>(when: &'a When, scope: &Scope<'a>) -> Scope<'a> {
    match &when.paths {
        None => Scope { files: scope.files.clone(), globs: scope.globs },
        Some(globs) => Scope {
            files: scope.files.iter().filter(|it| it.paths().any(|path| globs.is_match(path))).copied().collect(),
            globs: Some(globs),
        },
    }
}

/// All must be met; what is skipped drops out.
fn all(outcomes: Vec<Outcome>) -> Outcome {
    let mut open = Vec::new();
    let mut reasons = Vec::new();
    let mut is_any = false;
    for outcome in outcomes {
        match outcome {
            Outcome::Met => is_any = true,
            Outcome::Skipped(why) => reasons.push(why),
            Outcome::Unknown(_) | Outcome::Short(_) | Outcome::All(_) | Outcome::Some { .. } => open.push(outcome),
        }
    }
    match open.len() {
        0 if is_any => Outcome::Met,
        0 => Outcome::Skipped(reasons.join("; ")),
        1 => open.swap_remove(0),
        _ => Outcome::All(open),
    }
}

/// So many must be met; what is skipped drops out, and cannot be one of them.
fn some(wanted: usize, outcomes: Vec<Outcome>) -> Outcome {
    let mut open = Vec::new();
    let mut reasons = Vec::new();
    let (mut met, mut missing, mut unknown) = (0_usize, Vec::new(), 0_usize);
    for outcome in outcomes {
        match outcome {
            Outcome::Met => met += 1,
            Outcome::Skipped(why) => reasons.push(why),
            Outcome::Unknown(why) => {
                unknown += 1;
                missing.extend(why);
            }
            Outcome::All(ref of) if of.iter().all(|it| matches!(it, Outcome::Unknown(_))) => {
                unknown += 1;
                missing.extend(missing_of(&outcome));
            }
            Outcome::Short(_) | Outcome::All(_) | Outcome::Some { .. } => open.push(outcome),
        }
    }
    if met >= wanted {
        Outcome::Met
    } else if met + unknown >= wanted {
        Outcome::Unknown(missing)
    } else if met + unknown + open.len() == 0 {
        Outcome::Skipped(reasons.join("; "))
    } else {
        Outcome::Some { lacking: wanted - met, of: open }
    }
}

/// Everything that is missing in an outcome.
pub(super) fn missing_of(outcome: &Outcome) -> Vec<Missing> {
    match outcome {
        Outcome::Unknown(missing) => missing.clone(),
        Outcome::All(of) => of.iter().flat_map(missing_of).collect(),
        // What else is not known decides nothing where too little can be met anyway.
        Outcome::Some { .. } | Outcome::Met | Outcome::Skipped(_) | Outcome::Short(_) => Vec::new(),
    }
}

fn unmet(rule: &Rule, when: &When) -> String {
    let what = rule.name.as_ref().map_or_else(|| "a requirement".to_owned(), |name| format!("`{name}`"));
    let parts = [
        when.paths.as_ref().map(|it| format!("files that match {}", quoted(it.texts()))),
        when.labels.as_ref().map(|it| format!("the label {}", it.listed())),
        when.authors.as_ref().map(|it| format!("the author {}", it.listed())),
        when.risk.as_ref().map(|it| format!("the risk {}", quoted(it.iter().map(String::as_str)))),
        when.min_lines.map(|it| format!("{it} changed lines")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    format!("{what} is for {}", parts.join(" and "))
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ")
}

fn about(rule: &Rule) -> String {
    let paths = rule.when.as_ref().and_then(|when| when.paths.as_ref());
    paths.map_or_else(String::new, |globs| format!(" for {}", quoted(globs.texts())))
}

/// Whose approvals are asked for: ` by …`, or nothing.
fn by(from: &From) -> String {
    fn who(from: &From) -> String {
        match from {
            From::Anybody => "anybody".to_owned(),
            From::CodeOwners => "code owners".to_owned(),
            From::Users(names) | From::Teams(names) => quoted(names.iter().map(String::as_str)),
            From::Permission(least) => format!("whoever has the permission `{}`", least.as_str()),
            From::Either(of) => of.iter().map(who).collect::<Vec<_>>().join(" or "),
        }
    }
    match from {
        From::Anybody => String::new(),
        From::CodeOwners | From::Users(_) | From::Teams(_) | From::Permission(_) | From::Either(_) => {
            format!(" by {}", who(from))
        }
    }
}
