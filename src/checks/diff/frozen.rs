//! Files that stay as they are once they are at the base: released migrations, published schemas.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Touch;
use crate::checks::Judged;
use crate::formats::globs::Globs;
use crate::model::{Change, ChangeKind, Facts, File, FileMode, Finding, Label, Missing, Place, Span};

/// Files that are never changed once they are there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Frozen {
    /// The files. New ones may be added.
    paths: Globs,
    /// What must not happen to them.
    #[serde(default = "edits")]
    kinds: Vec<Touch>,
    /// What is wrong when it happens.
    #[serde(default)]
    message: Option<String>,
    /// What to do instead.
    #[serde(default)]
    help: Option<String>,
}

fn edits() -> Vec<Touch> {
    vec![Touch::Modified, Touch::Deleted]
}

impl Frozen {
    pub(super) fn judge(&self, facts: &Facts, judged: &mut Judged) {
        for change in &facts.change.files {
            let (touch, file, verb) = match (change.kind, &change.old, &change.new) {
                (ChangeKind::Modified, Some(old), Some(_)) => (Touch::Modified, old, "is edited"),
                (ChangeKind::Deleted, Some(old), _) => (Touch::Deleted, old, "is deleted"),
                (ChangeKind::Renamed(_), Some(old), _) => (Touch::Deleted, old, "is renamed"),
                (ChangeKind::Added | ChangeKind::Copied(_), _, Some(new)) => (Touch::Added, new, "is added"),
                (
                    ChangeKind::Modified
                    | ChangeKind::Deleted
                    | ChangeKind::Renamed(_)
                    | ChangeKind::Added
                    | ChangeKind::Copied(_),
                    _,
                    _,
                ) => continue,
            };
            if self.kinds.contains(&touch) && self.paths.is_match(&file.path) {
                let label = judged.keep(label(facts, change, file));
                let label = label.unwrap_or_else(|| Label {
                    place: Place::file(&file.path),
                    snippet: None,
                    text: String::new(),
                });
                judged.findings.push(self.finding(label, file, (touch, verb)));
            }
        }
    }

    fn finding(&self, label: Label, file: &File, (touch, verb): (Touch, &str)) -> Finding {
        let what = match touch {
            Touch::Added => format!("`{}` {verb} where nothing may be added", file.path),
            Touch::Modified | Touch::Deleted => {
                format!("`{}` {verb}, but it is at the base and must stay as it is", file.path)
            }
        };
        let message = self.message.as_ref().map_or_else(|| what.clone(), |message| format!("{message}: {what}"));
        let help = match touch {
            Touch::Added => "put it elsewhere".to_owned(),
            Touch::Modified => "take the edit back and add a new file that says what changes".to_owned(),
            Touch::Deleted => "bring it back under its name and add a new file that says what changes".to_owned(),
        };
        Finding::new(label, message).hazard("frozen").help(self.help.clone().unwrap_or(help)).key(verb)
    }
}

/// The first lines that differ, where there are any at the head.
fn label(facts: &Facts, change: &Change, file: &File) -> Result<Label, Missing> {
    let whole = Label { place: Place::file(&file.path), snippet: None, text: String::new() };
    let is_text = |file: &Option<File>| file.as_ref().is_some_and(|it| it.mode != FileMode::Gitlink);
    if change.kind != ChangeKind::Modified || !is_text(&change.old) || !is_text(&change.new) {
        return Ok(whole);
    }
    let Some(blob) = facts.new_blob(change)?.filter(|blob| !blob.is_binary()) else { return Ok(whole) };
    let hunks = facts.hunks(change)?;
    let Some(hunk) = hunks.iter().find(|hunk| hunk.new.count > 0) else { return Ok(whole) };
    let numbers = hunk.new.numbers();
    let first = blob.text().line(numbers.start);
    let last = blob.text().line(numbers.end.saturating_sub(1));
    let (Some(first), Some(last)) = (first, last) else { return Ok(whole) };
    Ok(blob.label(&file.path, Span::new(first.start, last.start + last.text.len()), "changed here"))
}
