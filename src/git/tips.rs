//! Everything that the refs of a repository stand at.

use std::collections::BTreeSet;

use crate::git::refs::{Listed, Value, parse_value};
use crate::git::repository::{RefFormat, read_small};
use crate::git::{GitError, Repository, scrubbed};
use crate::model::ObjectId;

/// Where history begins to be looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Tips {
    /// What refs stand at, sorted.
    pub ids: BTreeSet<ObjectId>,
    /// Refs that cannot be read, by name: what only they lead to is not known.
    pub unread: BTreeSet<String>,
}

/// The folders of refs that each work tree has for itself.
const OWN: [&str; 3] = ["refs/bisect", "refs/worktree", "refs/rewritten"];

impl Repository {
    /// Everything that a ref of the repository stands at: branches, tags, those of remotes, the stash, `HEAD` of each
    /// work tree, detached ones included, and the refs that a work tree has for itself. What only a reflog remembers is
    /// not among it.
    ///
    /// # Errors
    /// When refs cannot be read at all.
    pub fn tips(&self) -> Result<Tips, GitError> {
        let listed = self.listed()?;
        let mut tips = Tips { ids: listed.ids().collect(), unread: listed.unread.clone() };
        tips.ids.extend(self.head()?.id());
        match self.ref_format() {
            RefFormat::Files => self.add_work_trees(&mut tips)?,
            RefFormat::Reftable => {
                let raw = scrubbed::git(self, &["worktree", "list", "--porcelain"])?;
                let text = String::from_utf8_lossy(&raw);
                let heads = text.lines().filter_map(|line| line.strip_prefix("HEAD ")?.parse::<ObjectId>().ok());
                tips.ids.extend(heads.filter(|id| !id.is_zero()));
            }
        }
        Ok(tips)
    }

    fn add_work_trees(&self, tips: &mut Tips) -> Result<(), GitError> {
        let mut folders = vec![self.common_dir.clone()];
        let linked = std::fs::read_dir(self.common_dir.join("worktrees"));
        for folder in linked.into_iter().flatten().filter_map(Result::ok).map(|it| it.path()) {
            let Ok(text) = read_small(&folder.join("HEAD")) else {
                tips.unread.insert(format!("HEAD of the work tree `{}`", folder.display()));
                continue;
            };
            // On a branch it is at a ref that is listed.
            if let Some(Value::Id(id)) = text.as_deref().and_then(parse_value) {
                tips.ids.insert(id);
            }
            folders.push(folder);
        }
        let mut own = Listed::default();
        for folder in &folders {
            OWN.iter().try_for_each(|top| self.walk_refs(folder, top, &mut own))?;
            // Work trees have refs of the same names.
            tips.ids.extend(own.ids());
        }
        tips.unread.append(&mut own.unread);
        Ok(())
    }
}
