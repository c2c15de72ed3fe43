//! How large a change is, without what nobody wrote by hand.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Params;
use crate::checks::Judged;
use crate::formats::generated;
use crate::formats::gitignore::Attribute;
use crate::model::{Change, Facts, File, FileMode, Finding, Missing, Place, RepoPath};

/// The largest size of a change; what is absent is not limited.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Limits {
    /// Files that a change may touch; a renamed file is one.
    #[serde(default)]
    files: Option<u32>,
    /// Lines that it may add.
    #[serde(default)]
    added: Option<u32>,
    /// Lines that it may delete.
    #[serde(default)]
    deleted: Option<u32>,
    /// Lines that it may add and delete together.
    #[serde(default)]
    total: Option<u32>,
}

/// Files that nobody wrote for this change.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LeftOut {
    /// Output of a generator, by its path or by the mark at its head. A file that existed must have borne the mark before.
    Generated,
    /// Copies of other projects in `vendor`, `node_modules`, `third_party` and the like.
    Vendored,
    /// Lock files of package managers.
    LockFiles,
}

/// Largest files that a finding names.
const NAMED: usize = 3;

#[derive(Default)]
struct Size {
    files: u64,
    added: u64,
    deleted: u64,
    left_out: u64,
    /// Lines of each file, added and deleted.
    largest: Vec<(u64, RepoPath)>,
}

pub(super) fn judge(params: &Params, limits: &Limits, facts: &Facts, judged: &mut Judged) {
    let attribute = params.generated_attributes.then(|| judged.keep(generated_attribute(facts))).flatten();
    let mut size = Size::default();
    for change in &facts.change.files {
        let out = is_left_out(params, attribute.as_ref(), facts, change);
        // A file of unknown kind counts: the limit must hold without it.
        if judged.keep(out) == Some(true) {
            size.left_out += 1;
            continue;
        }
        size.files += 1;
        let Some((added, deleted)) = judged.keep(lines(facts, change)) else { continue };
        size.added += added;
        size.deleted += deleted;
        size.largest.push((added + deleted, change.path().clone()));
    }
    size.largest.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    judged.rests_on("files", size.files);
    judged.rests_on("lines added", size.added);
    judged.rests_on("lines deleted", size.deleted);
    judged.rests_on("files left out", size.left_out);
    let total = size.added.saturating_add(size.deleted);
    let measures = [
        (limits.files, size.files, "files", "touches", "file"),
        (limits.added, size.added, "added", "adds", "line"),
        (limits.deleted, size.deleted, "deleted", "deletes", "line"),
        (limits.total, total, "total", "adds and deletes", "line"),
    ];
    for (limit, value, key, verb, unit) in measures {
        if let Some(limit) = limit.filter(|limit| u64::from(*limit) < value) {
            let plural = if value == 1 { "" } else { "s" };
            let verb_allowed = if limit == 1 { "is" } else { "are" };
            let message = format!("the change {verb} {value} {unit}{plural}, {limit} {verb_allowed} allowed");
            judged.findings.push(finding(message, key, &size));
        }
    }
}

fn finding(message: String, key: &str, size: &Size) -> Finding {
    let largest: Vec<String> = size
        .largest
        .iter()
        .take(NAMED)
        .map(|(lines, path)| {
            let s = if *lines == 1 { "" } else { "s" };
            format!("`{path}` ({lines} line{s})")
        })
        .collect();
    let left_out = match size.left_out {
        0 => String::new(),
        1 => "; 1 file is left out".to_owned(),
        count => format!("; {count} files are left out"),
    };
    Finding::at(Place::Change, message)
        .hazard("size")
        .because(format!("the larger a change, the less of it a reviewer sees{left_out}"))
        .help(format!("split it; the most is in {}", largest.join(", ")))
        .key(key)
}

/// Lines added and deleted; none for a submodule, or where a side is binary.
fn lines(facts: &Facts, change: &Change) -> Result<(u64, u64), Missing> {
    let sides = [&change.old, &change.new];
    if sides.iter().any(|side| side.as_ref().is_some_and(|file| file.mode == FileMode::Gitlink)) {
        return Ok((0, 0));
    }
    let old = change.old.as_ref().map(|file| facts.base_blob(file)).transpose()?;
    let new = facts.new_blob(change)?;
    if [old, new].into_iter().flatten().any(|blob| blob.is_binary()) {
        return Ok((0, 0));
    }
    let hunks = facts.hunks(change)?;
    let added = hunks.iter().map(|hunk| u64::from(hunk.new.count)).sum();
    let deleted = hunks.iter().map(|hunk| u64::from(hunk.old.count)).sum();
    Ok((added, deleted))
}

fn is_left_out(
    params: &Params,
    attribute: Option<&Attribute>,
    facts: &Facts,
    change: &Change,
) -> Result<bool, Missing> {
    let all = |test: &dyn Fn(&RepoPath) -> bool| change.paths().all(test);
    if all(&|path| params.except.is_match(path)) || attribute.is_some_and(|it| all(&|path| it.is_set(path))) {
        return Ok(true);
    }
    for kind in &params.leave_out {
        let out = match kind {
            LeftOut::Vendored => all(&generated::is_vendored),
            LeftOut::LockFiles => all(&generated::is_lock_file),
            LeftOut::Generated => all(&generated::has_generated_path) || is_marked(facts, change)?,
        };
        if out {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether every side bears a mark of generated code: a change cannot free a file by adding the mark.
fn is_marked(facts: &Facts, change: &Change) -> Result<bool, Missing> {
    let is_plain = |file: &&File| matches!(file.mode, FileMode::Regular | FileMode::Executable);
    let mut marked = false;
    if let Some(file) = change.old.as_ref().filter(is_plain) {
        marked = generated::has_generated_mark(facts.base_blob(file)?.text().as_str());
        if !marked {
            return Ok(false);
        }
    }
    if let Some(file) = change.new.as_ref().filter(is_plain) {
        marked = generated::has_generated_mark(facts.head_blob(file)?.text().as_str());
    }
    Ok(marked)
}

/// `linguist-generated` as the base says it, for the folders of the changed files.
fn generated_attribute(facts: &Facts) -> Result<Attribute, Missing> {
    let paths = facts.change.files.iter().flat_map(Change::paths);
    let mut folders: Vec<RepoPath> =
        paths.flat_map(|path| std::iter::successors(path.parent(), RepoPath::parent)).collect();
    // Outer folders come first, because a path sorts behind its prefix.
    folders.sort();
    folders.dedup();
    let mut attribute = Attribute::default();
    for folder in folders {
        let path = folder.join(&RepoPath::new(".gitattributes"));
        let Some(file) = facts.base.file(&path)?.filter(|file| file.mode == FileMode::Regular) else { continue };
        attribute.add(&folder, facts.base_blob(&file)?.text().as_str(), "linguist-generated");
    }
    Ok(attribute)
}
