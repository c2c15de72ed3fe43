//! What accounts and teams may do.

use std::sync::Arc;

use serde::Deserialize;

use super::{Crowd, FetchError, GitHub, Part};
use crate::fetch::{account_type, encoded};
use crate::model::{Fact, Permission, Person, Team};

const METADATA: &str = "`metadata: read` for this repository, of somebody who may push";
const TEAMS: &str = "`members: read` of the organization and `administration: read` of the repository (the token of a \
                     workflow cannot have them; that of an app can)";

#[derive(Deserialize)]
struct Allowed {
    permission: String,
    role_name: Option<String>,
}

#[derive(Deserialize)]
struct Collaborator {
    login: String,
    #[serde(rename = "type")]
    kind: String,
    role_name: Option<String>,
    permissions: Option<Permissions>,
}

#[derive(Deserialize)]
struct Permissions {
    admin: bool,
    maintain: Option<bool>,
    push: bool,
}

#[derive(Deserialize)]
struct ToldTeam {
    slug: String,
    permission: String,
    html_url: String,
}

#[derive(Deserialize)]
struct Member {
    login: String,
}

impl GitHub {
    /// Everybody in the crowd and everybody who may push, with what they may do, as far as it is told.
    pub(super) fn people(&self, mut crowd: Crowd) -> Result<Arc<[Person]>, FetchError> {
        let part = Part::new("who has which permission", METADATA);
        let path = format!("{}/collaborators?permission=push&per_page=100", self.root);
        let listed: Fact<Vec<Collaborator>> = self.client.list(&part, &path)?;
        for each in listed.unwrap_or_default() {
            crowd.meet(&each.login, account_type(&each.kind));
            if let Some(permission) =
                each.role_name.as_deref().and_then(word).or(each.permissions.as_ref().map(highest))
            {
                crowd.may(&each.login, permission);
            }
        }
        for login in crowd.unasked() {
            let path = format!("{}/collaborators/{}/permission", self.root, encoded(&login));
            // An app is no collaborator: what it may do stays unknown.
            let Ok(told) = self.client.one::<Allowed>(&part, &path)? else { continue };
            let role = told.role_name.as_deref().and_then(word);
            if let Some(permission) = role.or_else(|| word(&told.permission)) {
                crowd.may(&login, permission);
            }
        }
        Ok(crowd.people())
    }

    /// The teams that have access, with their members as far as they may be read.
    pub(super) fn teams(&self) -> Result<Fact<Arc<[Team]>>, FetchError> {
        let part = Part::new("who is in which team", TEAMS);
        let listed: Vec<ToldTeam> = match self.client.list(&part, &format!("{}/teams?per_page=100", self.root))? {
            Ok(listed) => listed,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut teams = Vec::new();
        for team in listed {
            let organization = organization(&team.html_url).unwrap_or(&self.owner).to_owned();
            let path = format!("/orgs/{}/teams/{}/members?per_page=100", encoded(&organization), encoded(&team.slug));
            let members: Fact<Vec<Member>> = self.client.list(&part, &path)?;
            let members = members.ok().map(|members| {
                let mut logins: Vec<String> = members.into_iter().map(|it| it.login).collect();
                logins.sort();
                logins
            });
            let permission = word(&team.permission);
            teams.push(Team { name: format!("{organization}/{}", team.slug), permission, members });
        }
        teams.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Ok(teams.into()))
    }
}

/// A permission or a role by its name; nothing for a role that somebody made.
fn word(name: &str) -> Option<Permission> {
    match name {
        "none" => Some(Permission::None),
        "read" | "pull" => Some(Permission::Read),
        "triage" => Some(Permission::Triage),
        "write" | "push" => Some(Permission::Write),
        "maintain" => Some(Permission::Maintain),
        "admin" => Some(Permission::Admin),
        _ => None,
    }
}

fn highest(permissions: &Permissions) -> Permission {
    if permissions.admin {
        Permission::Admin
    } else if permissions.maintain == Some(true) {
        Permission::Maintain
    } else if permissions.push {
        Permission::Write
    } else {
        Permission::Read
    }
}

/// The organization in `https://host/orgs/ORG/teams/TEAM`.
fn organization(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("/orgs/")?;
    rest.split('/').next().filter(|it| !it.is_empty())
}
