//! Facts in a file, `gatecheck.facts/v1`: what a run knew, so that it can be judged again.
//!
//! A whole file holds everything that the judgement looked at: [`Recorder`] watches a run and writes
//! it, [`FactsFile::facts`] turns it back into facts, and judging those gives the same report, byte for
//! byte. What the run did not look at is not in the file, and is missing when a later policy asks.
//!
//! A part of a file is enough to say what gathering cannot know, such as the pull request of a forge
//! without an event file: [`FactsFile::over`] lays it over what was gathered.
//!
//! The file holds the contents of files; it is as secret as the repository. Nothing here opens a file.

mod forge;
mod merge;
mod record;
mod replay;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use forge::ForgePart;
pub use merge::Ends;
pub use record::{PolicyRecorder, Recorder};

use crate::model::{
    ChangeSet, Commit, Fact, File, Forge, MergeOutcome, Missing, ObjectId, Problem, PullRequest, RefUpdate, RepoPath,
    Run, Stored, Tag, TransientFile,
};

/// The format that this program writes and reads.
const SCHEMA: &str = "gatecheck.facts/v1";

/// Facts as a file holds them. A key that is absent says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FactsFile {
    /// `gatecheck.facts/v1`.
    pub schema: String,
    /// The commit at the base, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<ObjectId>,
    /// The commit at the head, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<ObjectId>,
    /// Where and how the run happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Run>,
    /// The files of both sides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<Files>,
    /// The commits of the range, newest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commits: Option<Known<Vec<Commit>>>,
    /// Files that came and went inside the range.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transient: Option<Known<Vec<TransientFile>>>,
    /// Branches and ref updates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refs: Option<RefsPart>,
    /// All tags, by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Known<Vec<Tag>>>,
    /// The pull request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<Known<PullRequest>>,
    /// What else the forge knows about it. Without files, it must say of which head: by `head` or by that of the pull
    /// request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forge: Option<ForgePart>,
    /// The tree that the policy came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<PolicyPart>,
    /// What a person should know about how the facts were gathered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// The tree that the policy came from, as far as loading the policy looked at it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PolicyPart {
    /// The revision of the tree, as a person would say it; nothing for the work tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// What the tree answered.
    pub tree: Answers,
    /// The contents of the files that were read, by id.
    pub blobs: BTreeMap<ObjectId, Stored>,
}

/// A fact as a file holds it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Known<T> {
    /// It is known.
    Known(T),
    /// It is missing, for this reason.
    Missing(Missing),
}

impl<T: Clone> Known<T> {
    fn of(fact: Fact<T>) -> Self {
        match fact {
            Ok(value) => Self::Known(value),
            Err(missing) => Self::Missing(missing),
        }
    }

    fn fact(&self) -> Fact<T> {
        match self {
            Self::Known(value) => Ok(value.clone()),
            Self::Missing(missing) => Err(missing.clone()),
        }
    }
}

/// Branches, each key for itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RefsPart {
    /// The branch that the change comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Known<String>>,
    /// The branch that the change goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Known<String>>,
    /// The default branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Known<String>>,
    /// The ref updates of a push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates: Option<Vec<RefUpdate>>,
    /// How many commits of the target the source lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Known<u32>>,
    /// What a merge would give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merge: Option<Known<MergeOutcome>>,
}

/// The files of both sides, as far as somebody looked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Files {
    /// The files that differ.
    pub change: ChangeSet,
    /// What was asked of the base.
    pub base: Answers,
    /// What was asked of the head.
    pub head: Answers,
    /// What was asked of the tip of the branch that the change goes to.
    #[serde(default, skip_serializing_if = "Answers::is_empty")]
    pub target: Answers,
    /// The contents that were read, by blob.
    pub blobs: BTreeMap<ObjectId, Stored>,
}

/// What a tree answered.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Answers {
    /// The children of each folder that was listed.
    pub folders: BTreeMap<RepoPath, Known<Vec<Entry>>>,
    /// Each file that was looked up; nothing where there was none.
    pub files: BTreeMap<RepoPath, Known<Option<File>>>,
    /// Files whose contents could not be read.
    pub unreadable: Vec<Unreadable>,
}

impl Answers {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// An entry of a folder.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A folder.
    Folder(RepoPath),
    /// A file.
    File(File),
}

/// A file whose contents could not be read, and why.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Unreadable {
    /// The file.
    pub file: File,
    /// Why.
    pub missing: Missing,
}

/// Facts that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FactsFileError {
    /// The text is no facts file.
    #[error("line {line}, column {column} of the facts: {message}")]
    Syntax {
        /// One-based.
        line: usize,
        /// One-based.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// Another version of the format.
    #[error("the facts have the format `{0}`, and this gatecheck reads `{SCHEMA}`")]
    Version(String),
    /// The file is about another change.
    #[error("the facts are about the {side} {recorded}, and this run judges {judged}")]
    OtherChange {
        /// `base` or `head`.
        side: &'static str,
        /// The commit that the file names.
        recorded: ObjectId,
        /// The commit that is judged; a work tree or an index has none.
        judged: Judged,
    },
    /// The file holds files and does not say of which commit.
    #[error("the facts hold files of no {side} that is a commit, and this run judges {judged}")]
    NoChange {
        /// `base` or `head`.
        side: &'static str,
        /// The commit that is judged.
        judged: ObjectId,
    },
    /// The file tells what a forge knows and does not say of which commit.
    #[error("the facts tell what the forge knows and not of which head, and this run judges {0}")]
    NoHead(Judged),
    /// The file is about a pull request into another branch, or about another pull request.
    #[error("the facts are about {recorded}, and this run judges {judged}")]
    OtherPullRequest {
        /// What the file names.
        recorded: String,
        /// What is judged.
        judged: String,
    },
    /// A part of a file where a whole one is needed.
    #[error("the facts hold no {0}, which a run without a repository needs")]
    Incomplete(&'static str),
}

impl FactsFileError {
    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            Self::Syntax { .. } => "the schema is written by `gatecheck schema facts`".to_owned(),
            Self::Version(_) => "record them anew with this version: `gatecheck facts > FILE`".to_owned(),
            Self::OtherChange { side, recorded, .. } => {
                format!(
                    "judge that change (`--{side} {recorded}`), or get the facts anew: `gatecheck facts fetch` asks the \
                     forge, `gatecheck facts > FILE` records a run"
                )
            }
            Self::NoChange { .. } => {
                "record the facts of this change: `gatecheck facts --base REV --head REV`".to_owned()
            }
            Self::NoHead(_) => "name the commit that the forge was asked about: `\"head\": \"…\"`".to_owned(),
            Self::OtherPullRequest { .. } => {
                "ask the forge anew (`gatecheck facts fetch`): approvals of another change say nothing about this one"
                    .to_owned()
            }
            Self::Incomplete(_) => {
                "record whole facts with `gatecheck facts > FILE`, or judge in the repository".to_owned()
            }
        }
    }
}

impl FactsFileError {
    /// Whether the facts are sound, and about another commit or pull request than the one that is judged.
    #[must_use]
    pub fn is_about_another(&self) -> bool {
        match self {
            Self::OtherChange { judged: Judged::Commit(_), .. } | Self::OtherPullRequest { .. } => true,
            // What is not committed yet is no commit that a forge could be asked about: the command line is at fault.
            Self::OtherChange { judged: Judged::NoCommit, .. }
            | Self::Syntax { .. }
            | Self::Version(_)
            | Self::NoChange { .. }
            | Self::NoHead(_)
            | Self::Incomplete(_) => false,
        }
    }
}

/// What a run judges at one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Judged {
    /// A commit.
    Commit(ObjectId),
    /// Files that no commit has.
    NoCommit,
}

impl std::fmt::Display for Judged {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Commit(id) => write!(out, "{id}"),
            Self::NoCommit => out.write_str("what is not committed yet"),
        }
    }
}

impl FactsFile {
    /// Reads a file.
    ///
    /// # Errors
    /// At the first place that is not as the format wants it, or for another version of the format.
    pub fn read(text: &str) -> Result<Self, FactsFileError> {
        /// Only the version; everything else may be as a later format wants it.
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        if let Ok(Head { schema }) = serde_json::from_str(text)
            && schema != SCHEMA
        {
            return Err(FactsFileError::Version(schema));
        }
        serde_json::from_str(text).map_err(|error| {
            let told = error.to_string();
            let message = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message).to_owned();
            FactsFileError::Syntax { line: error.line(), column: error.column(), message }
        })
    }

    /// What a forge told about a pull request, and nothing else.
    #[must_use]
    pub fn of_forge(request: PullRequest, forge: &Forge) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            base: None,
            head: None,
            run: None,
            files: None,
            commits: None,
            transient: None,
            refs: None,
            tags: None,
            pull_request: Some(Known::Known(request)),
            forge: Some(ForgePart::of(forge)),
            policy: None,
            problems: Vec::new(),
        }
    }

    /// What the forge did not tell, in the order of the schema.
    #[must_use]
    pub fn untold(&self) -> Vec<&Missing> {
        self.forge.as_ref().map(ForgePart::untold).unwrap_or_default()
    }

    /// Only what protects the branch: that is about no change.
    #[must_use]
    pub fn only_protection(self) -> Self {
        let target = match &self.pull_request {
            Some(Known::Known(request)) => Some(request.target.clone()),
            Some(Known::Missing(_)) | None => None,
        };
        let mut protection = self.forge.and_then(|it| it.protection);
        if let Some(Known::Known(protection)) = &mut protection {
            // Without a word the forge was asked about the target.
            protection.branch = protection.branch.take().or(target);
        }
        let default = self.refs.and_then(|it| it.default);
        let refs = Some(RefsPart { default, ..RefsPart::default() });
        let forge = Some(ForgePart { protection, ..ForgePart::default() });
        Self {
            schema: self.schema,
            base: None,
            head: None,
            run: None,
            files: None,
            commits: None,
            transient: None,
            refs,
            tags: None,
            pull_request: None,
            forge,
            policy: None,
            problems: Vec::new(),
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// Never for facts of this program; the signature is that of the writer.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// SHA-256 of the facts in hexadecimal, over their JSON without white space, keys in the order of
    /// the schema.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut text = String::with_capacity(64);
        let json = serde_json::to_vec(self).unwrap_or_default();
        for byte in Sha256::digest(&json) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// The JSON Schema of the format.
    #[must_use]
    pub fn schema() -> Schema {
        SchemaGenerator::default().into_root_schema_for::<Self>()
    }
}
