//! Branches, tags and what happens to them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Fact, Identity, ObjectId, RepoPath, Signature};

/// The branches of a change and what a merge of them would give.
#[derive(Clone, Debug)]
pub struct Refs {
    /// The branch that the change comes from, by its short name.
    pub source: Fact<String>,
    /// The branch that the change goes to.
    pub target: Fact<String>,
    /// The repository's default branch.
    pub default: Fact<String>,
    /// The ref updates of a push; empty in every other mode.
    pub updates: Vec<RefUpdate>,
    /// How many commits of the target the source lacks.
    pub behind: Fact<u32>,
    /// What merging the head into the target gives.
    pub merge: Fact<MergeOutcome>,
}

/// A merge tried in memory.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum MergeOutcome {
    /// It merges.
    Clean,
    /// These files conflict, sorted.
    Conflicts {
        /// The files.
        #[schemars(with = "Vec<String>")]
        paths: Vec<RepoPath>,
    },
}

/// One ref update of a push.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RefUpdate {
    /// Full name on the receiving side: `refs/heads/main`.
    pub name: String,
    /// The id before; all zeros for a new ref.
    pub old: ObjectId,
    /// The id after; all zeros for a deletion.
    pub new: ObjectId,
    /// Whether the new id has the old one among its ancestors; unknown when objects are absent.
    pub fast_forward: Option<bool>,
}

/// A tag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Tag {
    /// Short name: `v1.4.0`.
    pub name: String,
    /// The commit that it names at last.
    pub commit: ObjectId,
    /// Whether this run is about the tag: it is pushed now, or it ends the judged range.
    #[serde(default)]
    pub judged: bool,
    /// The tag object's own words; nothing for a lightweight tag.
    #[serde(default)]
    pub annotation: Option<Annotation>,
    /// Branches that contain the commit, by their short names; known only for judged tags.
    #[serde(default)]
    pub branches: Vec<String>,
}

/// The tag object of an annotated tag.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Annotation {
    /// Who made it.
    #[serde(default)]
    pub tagger: Option<Identity>,
    /// The message, without the signature.
    pub message: String,
    /// The signature, if it carries one.
    #[serde(default)]
    pub signature: Option<Signature>,
}
