//! Members, groups, and what they may do.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{API, Crowd, FetchError, GitLab, Part, Project};
use crate::fetch::encoded;
use crate::model::{AccountType, Fact, Permission, Team};

const GROUPS: &str = "the scope `read_api` and a membership in the group";

#[derive(Deserialize)]
pub(super) struct Namespace {
    kind: String,
    full_path: String,
}

#[derive(Deserialize)]
pub(super) struct Shared {
    group_full_path: String,
    group_access_level: u64,
}

#[derive(Deserialize)]
struct Member {
    username: String,
    access_level: u64,
    state: Option<String>,
}

#[derive(Deserialize)]
struct Profile {
    username: String,
    bot: Option<bool>,
    public_email: Option<String>,
}

impl GitLab {
    /// Every member with what they may do, and what stands behind those who had a hand in this.
    pub(super) fn people(&self, users: &BTreeMap<u64, String>, crowd: &mut Crowd) -> Result<Fact<()>, FetchError> {
        let part = Part::new("who has which permission", API);
        let path = format!("{}/members/all?per_page=100", self.root);
        let members: Vec<Member> = match self.client.list(&part, &path)? {
            Ok(members) => members,
            Err(missing) => return Ok(Err(missing)),
        };
        // Somebody can be there twice, by the project and by a group: the higher level counts.
        let mut levels: BTreeMap<String, u64> = BTreeMap::new();
        for member in members.into_iter().filter(|it| it.state.as_deref() != Some("awaiting")) {
            let level = levels.entry(member.username).or_default();
            *level = member.access_level.max(*level);
        }
        for (username, level) in &levels {
            crowd.may(username, permission(*level));
        }
        for (id, username) in users {
            let profile: Fact<Profile> = self.client.one(&part, &format!("/users/{id}"))?;
            let profile = profile.ok().filter(|it| it.username == *username);
            let is_bot = profile.as_ref().and_then(|it| it.bot);
            crowd.meet(username, is_bot.map(|is_bot| if is_bot { AccountType::Bot } else { AccountType::User }));
            if let Some(email) = profile.and_then(|it| it.public_email) {
                crowd.writes_from(username, &email);
            }
            // Whoever is no member may do what the public may.
            if !levels.contains_key(username) {
                crowd.may(username, Permission::None);
            }
        }
        Ok(Ok(()))
    }

    /// The group that the project is in and those that it is shared with, with their members.
    pub(super) fn teams(&self, project: Fact<Project>) -> Result<Fact<Arc<[Team]>>, FetchError> {
        let project = match project {
            Ok(project) => project,
            Err(mut missing) => {
                missing.what = missing.what.replacen("the project", "who is in which group", 1);
                return Ok(Err(missing));
            }
        };
        let mut groups: BTreeMap<String, Option<Permission>> = BTreeMap::new();
        if project.namespace.kind == "group" {
            groups.insert(project.namespace.full_path, None);
        }
        for shared in project.shared_with_groups {
            groups.insert(shared.group_full_path, Some(permission(shared.group_access_level)));
        }
        let mut teams = Vec::new();
        for (name, permission) in groups {
            let part = Part::new(format!("who is in the group `{name}`"), GROUPS);
            let path = format!("/groups/{}/members/all?per_page=100", encoded(&name));
            let members: Fact<Vec<Member>> = self.client.list(&part, &path)?;
            let members = members.ok().map(|members| {
                let mut logins: Vec<String> = members.into_iter().map(|it| it.username).collect();
                logins.sort();
                logins.dedup();
                logins
            });
            teams.push(Team { name, permission, members });
        }
        Ok(Ok(teams.into()))
    }
}

/// GitLab's access levels.
fn permission(level: u64) -> Permission {
    match level {
        0..10 => Permission::None,
        10..30 => Permission::Read,
        30..40 => Permission::Write,
        40..50 => Permission::Maintain,
        _ => Permission::Admin,
    }
}
