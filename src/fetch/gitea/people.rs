//! What accounts and teams may do.

use std::sync::Arc;

use serde::Deserialize;

use super::{Account, Crowd, FetchError, Gitea, Part, REPOSITORY};
use crate::fetch::encoded;
use crate::model::{Fact, Permission, Person, Team};

const TEAMS: &str = "the scopes `read:repository` and `read:organization`, of a member of the organization";

#[derive(Deserialize)]
struct Allowed {
    permission: String,
}

#[derive(Deserialize)]
struct ToldTeam {
    id: u64,
    name: String,
    permission: String,
    organization: Option<Organization>,
}

#[derive(Deserialize)]
struct Organization {
    name: Option<String>,
    username: Option<String>,
}

impl Gitea {
    /// Everybody in the crowd, with what they may do, as far as it is told.
    pub(super) fn people(&self, mut crowd: Crowd) -> Result<Arc<[Person]>, FetchError> {
        let part = Part::new("who has which permission", REPOSITORY);
        for login in crowd.unasked() {
            let path = format!("{}/collaborators/{}/permission", self.root, encoded(&login));
            let Ok(told) = self.client.one::<Allowed>(&part, &path)? else { continue };
            if let Some(permission) = word(&told.permission) {
                crowd.may(&login, permission);
            }
        }
        Ok(crowd.people())
    }

    pub(super) fn teams(&self) -> Result<Fact<Arc<[Team]>>, FetchError> {
        let part = Part::new("who is in which team", TEAMS);
        let told: Vec<ToldTeam> = match self.list(&part, &format!("{}/teams", self.root))? {
            Ok(told) => told,
            Err(missing) => return Ok(Err(missing)),
        };
        let owner = self.name.split('/').next().unwrap_or_default();
        let mut teams = Vec::new();
        for team in told {
            let members: Fact<Vec<Account>> = self.list(&part, &format!("/teams/{}/members", team.id))?;
            let members = members.ok().map(|members| {
                let mut logins: Vec<String> = members.into_iter().map(|it| it.login).collect();
                logins.sort();
                logins
            });
            let organization = team.organization.and_then(|it| it.username.or(it.name));
            let organization = organization.unwrap_or_else(|| owner.to_owned());
            teams.push(Team {
                name: format!("{organization}/{}", team.name),
                permission: word(&team.permission),
                members,
            });
        }
        teams.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Ok(teams.into()))
    }
}

fn word(name: &str) -> Option<Permission> {
    match name {
        "none" => Some(Permission::None),
        "read" => Some(Permission::Read),
        "write" => Some(Permission::Write),
        "admin" | "owner" => Some(Permission::Admin),
        _ => None,
    }
}
