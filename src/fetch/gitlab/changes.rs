//! What was said about the merge request, by people and by GitLab itself, and what was pushed.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::{API, FetchError, GitLab, Merge, Part, User, login};
use crate::model::{Fact, Missing, ObjectId, Push, RepoPath, Thread, Timestamp};

/// What was said.
pub(super) struct Talk {
    pub(super) threads: Arc<[Thread]>,
    /// When the target was changed.
    pub(super) retargets: Vec<Timestamp>,
    /// Who did what, when, in the words of GitLab's own notes.
    notes: Vec<(String, String, Timestamp)>,
}

impl Talk {
    /// When GitLab last noted this of somebody.
    pub(super) fn last_said(&self, user: &str, words: &str) -> Option<Timestamp> {
        self.notes.iter().filter(|(who, what, _)| who == user && what == words).map(|(_, _, at)| *at).max()
    }
}

#[derive(Deserialize)]
struct Discussion {
    id: String,
    notes: Vec<Note>,
}

#[derive(Deserialize)]
struct Note {
    author: Option<User>,
    body: String,
    system: bool,
    created_at: Timestamp,
    resolvable: bool,
    #[serde(default)]
    resolved: bool,
    position: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    new_path: Option<String>,
    new_line: Option<u32>,
}

#[derive(Deserialize)]
struct Event {
    created_at: Timestamp,
    author: Option<User>,
    push_data: Option<PushData>,
}

#[derive(Deserialize)]
struct PushData {
    action: String,
    ref_type: String,
    #[serde(rename = "ref")]
    name: Option<String>,
    commit_to: Option<ObjectId>,
}

impl GitLab {
    pub(super) fn talk(&self) -> Result<Fact<Talk>, FetchError> {
        let part = Part::new("the discussions, and whether the target was another one before", API);
        let told: Vec<Discussion> = match self.client.list(&part, &self.of_merge("discussions?per_page=100"))? {
            Ok(told) => told,
            Err(missing) => return Ok(Err(missing)),
        };
        let mut threads = Vec::new();
        let (mut retargets, mut notes) = (Vec::new(), Vec::new());
        for discussion in told {
            for note in discussion.notes.iter().filter(|it| it.system) {
                if note.body.starts_with("changed target branch from") {
                    retargets.push(note.created_at);
                }
                notes.push((login(note.author.as_ref()), note.body.clone(), note.created_at));
            }
            let mut open = discussion.notes.iter().filter(|it| it.resolvable).peekable();
            let Some(first) = open.peek() else { continue };
            let position = first.position.as_ref();
            threads.push(Thread {
                author: first.author.as_ref().map(|it| it.username.clone()),
                path: position.and_then(|it| it.new_path.as_deref()).map(RepoPath::new),
                line: position.and_then(|it| it.new_line),
                resolved: open.all(|it| it.resolved),
                outdated: false,
                id: discussion.id,
            });
        }
        threads.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(Ok(Talk { threads: threads.into(), retargets, notes }))
    }

    /// What was pushed to the branch since it was made, by the events of the project that it is in.
    pub(super) fn pushes(
        &self,
        merge: &Merge,
        users: &mut BTreeMap<u64, String>,
    ) -> Result<Fact<Arc<[Push]>>, FetchError> {
        let part = Part::new("who pushed to the branch", "the scope `read_api` and access to the source project");
        let Some(project) = merge.source_project_id else {
            return Ok(Err(Missing::here(
                "who pushed to the branch: its project is gone",
                "open the merge request anew",
            )));
        };
        let path = format!("/projects/{project}/events?action=pushed&per_page=100");
        let is_ours = |it: &Event| {
            let ours = |data: &PushData| data.ref_type == "branch" && data.name.as_ref() == Some(&merge.source_branch);
            it.push_data.as_ref().is_some_and(ours)
        };
        let is_start = |it: &Event| is_ours(it) && it.push_data.as_ref().is_some_and(|data| data.action == "created");
        let pages = match self.client.pages(&part, &path, |page: &Vec<Event>| page.iter().any(is_start))? {
            Ok(pages) => pages,
            Err(missing) => return Ok(Err(missing)),
        };
        let have = pages.pages.iter().map(Vec::len).sum();
        let mut pushes = Vec::new();
        // The newest stands first. What was before the branch was made was another branch of that name.
        for event in pages.all(have, None)?.into_iter().flatten().filter(is_ours) {
            let is_start = is_start(&event);
            let Some(head) = event.push_data.and_then(|it| it.commit_to) else { break };
            let user = login(event.author.as_ref());
            if let Some(author) = event.author {
                users.insert(author.id, author.username);
            }
            pushes.push(Push { user, at: event.created_at, head });
            if is_start {
                break;
            }
        }
        if pushes.first().is_none_or(|last| last.head != merge.sha) {
            let what = "who pushed to the branch: the list of events does not end with the head";
            return Ok(Err(Missing::here(what, "run `gatecheck facts fetch` again in a minute")));
        }
        pushes.sort_by(|one, other| (one.at, &one.user, one.head).cmp(&(other.at, &other.user, other.head)));
        Ok(Ok(pushes.into()))
    }
}
