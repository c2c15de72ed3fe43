//! Requirements against approvals: what is met, what is not, and what nobody knows.

use super::approver::{Approver, Desk, Holds, Reach, Scope, Standing};
use super::condition::{narrow, quoted, unmet};
use super::directory::Truth;
use super::outcome::{Outcome, all, some};
use super::owners::{Demand, Owners, is_owner};
use super::settings::{From, Rule, Unowned, Wants, When};
use super::unblock::Short;
use crate::model::{Fact, Facts, Missing, PullRequest};

/// Everything that requirements are held against.
pub(super) struct Gate<'a> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) approvers: &'a [Approver<'a>],
    pub(super) request: Fact<&'a PullRequest>,
    /// Loaded when a requirement asks for it.
    pub(super) owners: Option<&'a Fact<Owners>>,
    /// The requirement that stands above all others.
    pub(super) rule: &'a Rule,
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

/// Approvals that are asked for.
struct Asked<'a> {
    count: u32,
    /// Whose, and for what; goes on after "2 approvals".
    what: String,
    who: &'a Who<'a>,
}

/// What an approval comes to.
pub(super) enum Vote {
    Counts,
    /// Somebody else's is asked for.
    NotAsked,
    /// It cannot count; a clause that says why.
    Not(String),
    /// It did; a clause that says what came after it.
    Stale(String),
    Unknown(Vec<Missing>),
}

/// A condition on who counts.
pub(super) type Who<'a> = dyn Fn(&str, Option<&Approver<'_>>) -> Truth + 'a;

impl<'a> Gate<'a> {
    pub(super) fn judge(&self) -> Outcome {
        let everything = Scope::new(self.facts().change.files.iter().collect(), Reach::Everything);
        self.rule(self.rule, &everything)
    }

    pub(super) fn facts(&self) -> &'a Facts {
        self.desk.facts
    }

    pub(super) fn rule(&self, rule: &'a Rule, outer: &Scope<'a>) -> Outcome {
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
                self.approvals(rule, &Asked { count: *count, what, who: &who }, scope)
            }
            Wants::All(of) => all(of.iter().map(|it| self.rule(it, scope)).collect()),
            Wants::Any(of) => some(1, of.iter().map(|it| self.rule(it, scope)).collect()),
            Wants::AtLeast(count, of) => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                some(count, of.iter().map(|it| self.rule(it, scope)).collect())
            }
        }
    }

    fn approvals(&self, rule: &Rule, asked: &Asked<'_>, scope: &Scope<'_>) -> Outcome {
        let Asked { count, what, who } = asked;
        let tally = self.tally(scope, who);
        match tally.state(*count) {
            State::Met => Outcome::Met,
            State::Unknown(missing) => Outcome::Unknown(missing),
            State::Short(lacking) => {
                let name = rule.name.as_ref().map_or_else(String::new, |name| format!("{name}: "));
                let message = format!("{name}{} of {count} approvals{what}{}", tally.counted.len(), tally.noted());
                let key = format!("{name}{what}");
                Outcome::Short(Box::new(Short { lacking, key, ..self.short("approvals", message, tally, who) }))
            }
        }
    }

    /// How many people must approve what a machine wrote.
    pub(super) fn people(&self, count: u32, machine: &str) -> Outcome {
        let scope = Scope::new(self.facts().change.files.iter().collect(), Reach::Everything);
        let who = |login: &str, approver: Option<&Approver<'_>>| {
            let told = approver.and_then(|it| it.review).and_then(|it| it.account_type);
            match self.desk.directory.is_bot(login, told) {
                Truth::Yes => Truth::No,
                Truth::No => Truth::Yes,
                unknown @ Truth::Unknown(_) => unknown,
            }
        };
        let tally = self.tally(&scope, &who);
        match tally.state(count) {
            State::Met => Outcome::Met,
            State::Unknown(missing) => Outcome::Unknown(missing),
            State::Short(lacking) => {
                let message = format!(
                    "{} of {count} people approved what a machine wrote: {machine}{}",
                    tally.counted.len(),
                    tally.noted()
                );
                let key = "machine".to_owned();
                Outcome::Short(Box::new(Short { lacking, key, ..self.short("machine-written", message, tally, &who) }))
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
    pub(super) fn owned(&self, rule: &Rule, count: u32, owners: &Owners, demand: &Demand<'_>) -> Outcome {
        let count = count.max(demand.section.approvals);
        let who = |login: &str, approver: Option<&Approver<'_>>| {
            is_owner(&self.desk.directory, demand.entry, login, approver.and_then(|it| it.review))
        };
        let mut missing = Vec::new();
        let mut worst: Option<(usize, Tally)> = None;
        let mut paths = Vec::new();
        for change in &demand.files {
            let tally = self.tally(&Scope::new(vec![*change], Reach::Nothing), &who);
            match tally.state(count) {
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
        let others = demand.entry.owners.iter().map(|it| format!("`{it}`")).collect();
        let related = Some(owners.label(demand.entry));
        let key = format!("{name}{}", demand.entry.pattern);
        let short = self.short("code-owners", message, tally, &who);
        Outcome::Short(Box::new(Short { lacking, key, others, related, ..short }))
    }

    /// What an approval comes to, of those that are asked for.
    pub(super) fn vote(&self, approver: &Approver<'_>, scope: &Scope<'_>, who: &Who<'_>) -> Vote {
        let (is_asked, mut unknown) = match who(&approver.login, Some(approver)) {
            Truth::No => return Vote::NotAsked,
            Truth::Yes => (true, Vec::new()),
            Truth::Unknown(missing) => (false, vec![missing]),
        };
        match &approver.standing {
            Standing::Not(why) if is_asked => return Vote::Not(why.clone()),
            Standing::Not(_) => return Vote::NotAsked,
            Standing::Counts => {}
            Standing::Unknown(missing) => unknown.extend(missing.iter().cloned()),
        }
        match self.desk.holds(&approver.coverage, scope) {
            Holds::No(why) if is_asked => return Vote::Stale(why),
            Holds::No(_) => return Vote::NotAsked,
            Holds::Yes => {}
            Holds::Unknown(missing) => unknown.push(missing),
        }
        if unknown.is_empty() { Vote::Counts } else { Vote::Unknown(unknown) }
    }

    fn tally(&self, scope: &Scope<'_>, who: &Who<'_>) -> Tally {
        let mut tally = Tally::default();
        for approver in self.approvers {
            let shown = &approver.shown;
            match self.vote(approver, scope, who) {
                Vote::NotAsked => {}
                Vote::Counts => tally.counted.push(approver.login.clone()),
                Vote::Not(why) => tally.notes.push(format!("that of `{shown}` does not count: {why}")),
                Vote::Stale(why) => {
                    tally.notes.push(format!("that of `{shown}` is stale: {why}"));
                    tally.again.push(approver.login.clone());
                }
                Vote::Unknown(missing) => {
                    tally.possible += 1;
                    tally.missing.extend(missing);
                }
            }
        }
        tally
    }

    pub(super) fn is_from(&self, from: &From, login: &str, approver: Option<&Approver<'_>>) -> Truth {
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
    fn short(&self, hazard: &'static str, message: String, tally: Tally, who: &Who<'_>) -> Short {
        let directory = &self.desk.directory;
        let could = |login: &&str| {
            matches!(self.desk.standing(login, None), Standing::Counts) && matches!(who(login, None), Truth::Yes)
        };
        let fresh = directory.logins().filter(could).filter(|login| !tally.counted.iter().any(|it| it == login));
        let fresh: Vec<String> =
            fresh.filter(|login| !tally.again.iter().any(|it| it == login)).map(str::to_owned).collect();
        Short { again: tally.again, fresh, ..Short::plain(hazard, message) }
    }
}

enum State {
    Met,
    Unknown(Vec<Missing>),
    Short(usize),
}

impl Tally {
    fn state(&self, wanted: u32) -> State {
        let wanted = usize::try_from(wanted).unwrap_or(usize::MAX);
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

pub(super) fn about(rule: &Rule) -> String {
    let paths = rule.when.as_ref().and_then(|when| when.paths.as_ref());
    paths.map_or_else(String::new, |globs| format!(" for {}", quoted(globs.texts())))
}

/// Whose approvals are asked for: ` by …`, or nothing.
pub(super) fn by(from: &From) -> String {
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
