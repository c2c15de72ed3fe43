//! Where the file of owners is, for the checks that read it.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::formats::codeowners;
use crate::model::RepoPath;

/// Whose rules the file of owners follows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Dialect {
    /// The last line that matches decides.
    #[default]
    GitHub,
    /// Sections, each with a last line of its own.
    GitLab,
    /// Gitea and Forgejo: expressions for whole paths; every line that matches counts.
    Gitea,
}

impl Dialect {
    /// How the file is read.
    pub(super) fn reads(self) -> codeowners::Dialect {
        match self {
            Self::GitHub => codeowners::Dialect::GitHub,
            Self::GitLab => codeowners::Dialect::GitLab,
            Self::Gitea => codeowners::Dialect::Gitea,
        }
    }

    /// Where the file may be, the first place first; the one that was named, if one was.
    pub(super) fn places(self, named: Option<&str>) -> Vec<RepoPath> {
        match named {
            Some(path) => vec![RepoPath::new(path)],
            None => self.reads().places().iter().map(|path| RepoPath::new(path)).collect(),
        }
    }
}
