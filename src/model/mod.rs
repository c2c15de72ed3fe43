//! The vocabulary: plain data that every other module speaks.
//!
//! No I/O, no parsing of foreign formats and no printing happens here. What a check may know is
//! [`Facts`]; what it says is a [`Finding`]; what the run says is a [`Report`].
#![deny(clippy::disallowed_methods, clippy::disallowed_types)]

mod budget;
mod change;
mod contents;
mod facts;
mod finding;
mod forge;
mod history;
mod meter;
mod object_id;
mod outline;
mod path;
mod place;
mod pull_request;
mod refs;
mod report;
mod stored;
mod text;
mod time;
mod tree;
mod verdict;
mod waiver;
mod why;

pub use budget::Budget;
pub use change::{Change, ChangeKind, ChangeSet, Commit, Hunk, Identity, LineRange, Signature, TransientFile};
pub use contents::{Blob, Contents, Differ};
pub use facts::{Fact, Facts, Missing, Mode, Need, Run, Stop, Where};
pub use finding::{Evidence, Finding, Fingerprint, Key};
pub use forge::{
    BypassActor, CheckRun, CheckState, Dismissal, Enforcement, Forge, MergeQueue, Permission, Person, Protection, Push,
    RefNames, Review, ReviewState, Ruleset, RulesetRule, Team, Thread,
};
pub use history::{Find, History, Mark, NameSeeker, Named, Origin, Piece, Scanned, Seeker, Telling};
pub use meter::{Meter, Spent};
pub use object_id::ObjectId;
pub use outline::{Outline, Sign, is_binary, is_plain};
pub use path::RepoPath;
pub use place::{Label, Place, Position, Region, Snippet};
pub use pull_request::{AccountType, PullRequest};
pub use refs::{Annotation, MergeOutcome, RefUpdate, Refs, Tag};
pub use report::{
    BaselineEntry, ChangeSummary, Counts, Kind, Outcome, PolicySummary, Problem, Report, RuleResult, Settled,
    Settlement,
};
pub use stored::Stored;
pub use text::{Encoding, Line, Span, Text};
pub use time::{Date, Timestamp};
pub use tree::{AbsentTree, Child, ChildKind, EmptyTree, File, FileMode, MapTree, Tree};
pub use verdict::{Level, Verdict};
pub use waiver::{Scope, Waiver, WaiverState, WaiverStatus};
pub use why::{Step, StepAnswer, Why, WhyChange, WhyRule};
