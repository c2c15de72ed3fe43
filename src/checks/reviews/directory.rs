//! Who is who: accounts, their permissions, their teams, and the addresses that are theirs.

use std::collections::{BTreeMap, BTreeSet};

use crate::formats::mailmap::Mailmap;
use crate::formats::person;
use crate::model::{AccountType, Fact, Facts, FileMode, Missing, Permission, Person, RepoPath, Review, Team};

/// Whether something holds; the reason when nobody can tell.
#[derive(Clone, Debug)]
pub(super) enum Truth {
    Yes,
    No,
    Unknown(Missing),
}

impl Truth {
    pub(super) fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    /// Whether one of several holds.
    pub(super) fn any(all: impl IntoIterator<Item = Self>) -> Self {
        let mut told = Self::No;
        for each in all {
            match each {
                Self::Yes => return Self::Yes,
                Self::Unknown(missing) => told = Self::Unknown(missing),
                Self::No => {}
            }
        }
        told
    }

    /// Whether both hold.
    pub(super) fn and(self, other: impl FnOnce() -> Self) -> Self {
        match self {
            Self::No => Self::No,
            Self::Yes => other(),
            Self::Unknown(missing) => match other() {
                Self::No => Self::No,
                Self::Yes | Self::Unknown(_) => Self::Unknown(missing),
            },
        }
    }
}

/// Everybody whom the forge told about.
pub(super) struct Directory<'a> {
    people: BTreeMap<String, &'a Person>,
    /// Whose an address is; nobody's where several accounts claim it.
    by_email: BTreeMap<String, Option<&'a str>>,
    /// The members of each team in lower case; nothing for one whose members the forge did not tell.
    teams: Fact<BTreeMap<String, Option<BTreeSet<String>>>>,
    mailmap: Mailmap,
}

impl<'a> Directory<'a> {
    /// Reads `.mailmap` at the tip of the target, so that a change cannot say that its author is somebody else.
    pub(super) fn new(facts: &'a Facts) -> Result<Self, Missing> {
        let people = facts.forge.people.iter().flat_map(|it| it.iter());
        let mut by_email: BTreeMap<String, Option<&str>> = BTreeMap::new();
        for person in people.clone() {
            for email in &person.emails {
                let login = person.login.as_str();
                let owner = by_email.entry(email.to_lowercase()).or_insert(Some(login));
                *owner = owner.filter(|other| other.eq_ignore_ascii_case(login));
            }
        }
        let teams = facts.forge.teams.as_ref().map_err(Clone::clone);
        let is_file = |mode| matches!(mode, FileMode::Regular | FileMode::Executable);
        let mailmap = facts.target.file(&RepoPath::new(".mailmap"))?.filter(|file| is_file(file.mode));
        let mailmap = mailmap.map(|file| facts.target_blob(&file)).transpose()?;
        Ok(Self {
            people: people.map(|it| (it.login.to_lowercase(), it)).collect(),
            by_email,
            teams: teams.map(|all| all.iter().map(|it| (team_key(&it.name), members(it))).collect()),
            mailmap: mailmap.map_or_else(Mailmap::default, |blob| Mailmap::parse(blob.text())),
        })
    }

    /// The logins of everybody, in lower case.
    pub(super) fn logins(&self) -> impl Iterator<Item = &str> {
        self.people.keys().map(String::as_str)
    }

    /// The login as the forge writes it.
    pub(super) fn shown<'b>(&self, login: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.people.get(login).map_or(login, |it| it.login.as_str())
    }

    /// The account that wrote under a name and an address, in lower case.
    pub(super) fn account(&self, name: &str, email: &str) -> Option<String> {
        let email = self.address(name, email);
        match self.by_email.get(&email) {
            Some(owner) => owner.map(str::to_lowercase),
            None => person::login_of(&email).map(str::to_lowercase),
        }
    }

    /// The address that is meant by a name and an address, in lower case.
    pub(super) fn address(&self, name: &str, email: &str) -> String {
        self.mailmap.email(name, email).to_lowercase()
    }

    /// What an account may do, by a review of its own or by the list.
    pub(super) fn permission(&self, login: &str, review: Option<&Review>) -> Fact<Permission> {
        let told = review.and_then(|it| it.permission);
        let listed = || self.people.get(login).and_then(|it| it.permission);
        told.or_else(listed).ok_or_else(|| {
            let what = format!("what `{}` may do in the repository", self.shown(login));
            Missing::here(what, "record the permission of everybody who reviewed: `forge.people` of the facts")
        })
    }

    /// Whether an account belongs to a bot or an app.
    pub(super) fn is_bot(&self, login: &str, told: Option<AccountType>) -> Truth {
        let listed = || self.people.get(login).and_then(|it| it.account_type);
        if login.ends_with("[bot]") {
            return Truth::Yes;
        }
        match told.or_else(listed) {
            Some(AccountType::Bot) => Truth::Yes,
            Some(AccountType::User) => Truth::No,
            None => Truth::Unknown(Missing::here(
                format!("whether a person stands behind `{}`", self.shown(login)),
                "record the type of everybody who reviewed: `forge.people` of the facts",
            )),
        }
    }

    /// Whether an account is in a team.
    pub(super) fn is_member(&self, login: &str, team: &str, review: Option<&Review>) -> Truth {
        let key = team_key(team);
        if review.is_some_and(|it| it.on_behalf_of.iter().any(|name| team_key(name) == key)) {
            return Truth::Yes;
        }
        match self.members(team) {
            Ok(members) => Truth::of(members.contains(login)),
            Err(missing) => Truth::Unknown(missing),
        }
    }

    /// The members of a team, in lower case.
    fn members(&self, team: &str) -> Fact<&BTreeSet<String>> {
        let teams = self.teams.as_ref().map_err(Clone::clone)?;
        teams.get(&team_key(team)).and_then(Option::as_ref).ok_or_else(|| {
            let how = "record its members, `forge.teams` of the facts; a team that is gone is taken out of the policy";
            Missing::here(format!("who is in the team `{}`", team.trim_start_matches('@')), how)
        })
    }

    /// Whether the forge told about a team of this name.
    pub(super) fn has_team(&self, name: &str) -> bool {
        self.teams.as_ref().is_ok_and(|teams| teams.contains_key(&team_key(name)))
    }
}

fn members(team: &Team) -> Option<BTreeSet<String>> {
    team.members.as_ref().map(|logins| logins.iter().map(|login| login.to_lowercase()).collect())
}

fn team_key(name: &str) -> String {
    name.trim_start_matches('@').to_lowercase()
}
