//! What happens to migrations that the base already has: others may have run them.
//!
//! Rules that need to know which release has a migration, and which code still uses what it takes away, belong here too.

use std::collections::BTreeMap;

use super::framework::{Applied, Migration, Role, Set, Version};
use super::hazard::catalogue::{self, Entry};
use crate::checks::Judged;
use crate::model::{Finding, Place, RepoPath};

/// Judges a set of migrations of the head against the same set at the base.
pub(super) fn judge(
    base: &Set,
    head: &Set,
    judged: &mut Vec<(&'static Entry, Finding)>,
    is_touched: impl Fn(&RepoPath) -> bool,
) {
    let old: BTreeMap<&Version, &Migration> = by_version(base);
    let new: BTreeMap<&Version, &Migration> = by_version(head);
    let here: BTreeMap<&RepoPath, &Migration> = head.migrations.iter().map(|it| (&it.file.path, it)).collect();
    for migration in base.migrations.iter().filter(|it| it.role == Role::Up) {
        // A file that was moved keeps its version.
        match here.get(&migration.file.path).or_else(|| new.get(&migration.version)) {
            None => judged.push(deleted(migration)),
            Some(now) => judged.extend(edited(base.layout.applied, migration, now)),
        }
    }
    let last = old.keys().next_back().filter(|it| matches!(it, Version::Numbers(_)));
    for (version, migration) in &new {
        if let Some(last) = last
            && version < last
            && !old.contains_key(*version)
            && let Some(later) = old.get(*last)
        {
            let path = &migration.file.path;
            let message = format!("`{path}` comes before `{}`, which others may have run", later.file.path);
            judged.push((&catalogue::OUT_OF_ORDER, Finding::at(Place::file(path), message)));
        }
    }
    duplicates(head, judged, is_touched);
}

/// Migrations that run once, by their versions; of several with the same one the first.
fn by_version(set: &Set) -> BTreeMap<&Version, &Migration> {
    let once = set.migrations.iter().filter(|it| it.role == Role::Up);
    // The last one that is put in stays.
    once.rev().map(|it| (&it.version, it)).collect()
}

fn deleted(migration: &Migration) -> (&'static Entry, Finding) {
    let path = &migration.file.path;
    let message = format!("`{path}` is gone, and others may have run it");
    (&catalogue::DELETED, Finding::at(Place::file(path), message))
}

fn edited(applied: Applied, old: &Migration, new: &Migration) -> Option<(&'static Entry, Finding)> {
    let is_kept = match applied {
        Applied::File => old.blob.bytes() == new.blob.bytes(),
        Applied::Up => parts(old).eq(parts(new)),
        Applied::Changes => {
            let now: std::collections::BTreeSet<&str> = parts(new).collect();
            parts(old).all(|part| now.contains(part))
        }
    };
    let path = &new.file.path;
    let message = format!("`{path}` is changed, and others may have run it as it was");
    (!is_kept).then(|| (&catalogue::EDITED, Finding::at(Place::file(path), message)))
}

/// What is run, without the blanks around it.
pub(super) fn parts(migration: &Migration) -> impl Iterator<Item = &str> {
    migration.units.iter().map(|unit| migration.text(unit).trim())
}

fn duplicates(head: &Set, judged: &mut Vec<(&'static Entry, Finding)>, is_touched: impl Fn(&RepoPath) -> bool) {
    let once: Vec<&Migration> = head.migrations.iter().filter(|it| it.role == Role::Up).collect();
    for pair in once.windows(2) {
        let [first, second] = pair else { continue };
        let (a, b) = (&first.file.path, &second.file.path);
        if first.version == second.version && (is_touched(a) || is_touched(b)) {
            let (own, other) = if is_touched(b) { (b, a) } else { (a, b) };
            let message = format!("`{own}` has the version of `{other}`");
            judged.push((&catalogue::DUPLICATE, Finding::at(Place::file(own), message)));
        }
    }
}

/// Reports what the settings ask for.
pub(super) fn keep(judged: &mut Judged, found: Vec<(&'static Entry, Finding)>, wants: impl Fn(&Entry) -> bool) {
    let found = found.into_iter().filter(|(entry, _)| wants(entry));
    judged.findings.extend(found.map(|(entry, finding)| super::described(entry, finding)));
}
