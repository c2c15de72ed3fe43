//! The shape of a change: how large it is, how many kinds of risk it carries, which files change
//! together and which never again.
//!
//! What stands in the files is not judged here.

mod classes;
mod co_change;
mod frozen;
mod size;

use schemars::JsonSchema;
use serde::Deserialize;

use self::classes::Classes;
use self::co_change::CoChange;
use self::frozen::Frozen;
use self::size::{LeftOut, Limits};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Change, ChangeKind, Facts, Need, RepoPath, Stop};

pub(super) struct DiffCheck;

/// Settings of `diff`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// How large a change may be.
    #[serde(default)]
    limits: Option<Limits>,
    /// Kinds of files that do not count towards the limits.
    #[serde(default)]
    leave_out: Vec<LeftOut>,
    /// Whether files with the attribute `linguist-generated` count as generated. Read from the base, never from the change.
    #[serde(default)]
    generated_attributes: bool,
    /// Files that do not count towards the limits.
    #[serde(default)]
    except: Globs,
    /// Kinds of risk, of which a change carries few.
    #[serde(default)]
    classes: Option<Classes>,
    /// Files that change together.
    #[serde(default)]
    co_change: Vec<CoChange>,
    /// Files that are never changed once they are there.
    #[serde(default)]
    frozen: Vec<Frozen>,
}

/// What happens to one path. A rename deletes one path and adds another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Touch {
    /// The path is new.
    Added,
    /// Its content or mode is another.
    Modified,
    /// The path is gone.
    Deleted,
}

/// Every path that the change touches, and how.
fn touches(change: &Change) -> Vec<(Touch, &RepoPath)> {
    let old = change.old.as_ref().map(|file| &file.path);
    let new = change.new.as_ref().map(|file| &file.path);
    let added = new.map(|path| (Touch::Added, path));
    let deleted = old.map(|path| (Touch::Deleted, path));
    match change.kind {
        ChangeKind::Added | ChangeKind::Copied(_) => added.into_iter().collect(),
        ChangeKind::Deleted => deleted.into_iter().collect(),
        ChangeKind::Modified => new.map(|path| (Touch::Modified, path)).into_iter().collect(),
        ChangeKind::Renamed(_) => deleted.into_iter().chain(added).collect(),
    }
}

impl Check for DiffCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "diff",
        summary: "the change is of one piece: small, of one risk, with what belongs to it",
        docs: include_str!("check.md"),
        hazards: &[
            Hazard { id: "size", title: "the change is larger than a review can follow" },
            Hazard { id: "classes", title: "the change carries several kinds of risk" },
            Hazard { id: "co-change", title: "a file changes without the one that belongs to it" },
            Hazard { id: "frozen", title: "a file changes that must stay as it is" },
        ],
        since: "0.1.0",
    };

    fn needs(_: &Params) -> Vec<Need> {
        Vec::new()
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let asks = params.limits.is_some() || params.classes.is_some();
        if !asks && params.co_change.is_empty() && params.frozen.is_empty() {
            return Err(Stop::NotApplicable("none of `limits`, `classes`, `co-change` and `frozen` is set".to_owned()));
        }
        let mut judged = Judged::default();
        if let Some(limits) = &params.limits {
            size::judge(params, limits, facts, &mut judged);
        }
        if let Some(classes) = &params.classes {
            classes.judge(facts, &mut judged);
        }
        for rule in &params.co_change {
            rule.judge(facts, &mut judged);
        }
        for rule in &params.frozen {
            rule.judge(facts, &mut judged);
        }
        Ok(judged)
    }
}

/// Names in backticks, as a person lists them: "`a`, `b` and `c`".
fn listed<S: AsRef<str>>(names: &[S], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|it| format!("`{}`", it.as_ref())).collect();
    match quoted.split_last() {
        Some((only, [])) => only.clone(),
        Some((end, start)) => format!("{} {last} {end}", start.join(", ")),
        None => String::new(),
    }
}
