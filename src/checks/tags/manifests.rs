//! The version of a tag against the versions that the project's own files state.

use super::Release;
use super::settings::Manifest;
use crate::checks::Judged;
use crate::formats::manifest_version::{self, ManifestVersion};
use crate::formats::shell;
use crate::model::{Blob, Facts, FileMode, Finding, Missing, Place, RepoPath, Span};

pub(super) fn judge(rule: &Manifest, release: &Release<'_>, facts: &Facts, judged: &mut Judged) {
    let series = release.series.unwrap_or_default();
    let applies = rule.series.as_ref().is_none_or(|it| it.is_match(series));
    // A path with a series says nothing about tags without one.
    if !applies || (release.series.is_none() && rule.path.contains("{series}")) {
        return;
    }
    let path = RepoPath::new(&rule.path.replace("{series}", series));
    match stated(rule, facts, &path) {
        Err(missing) => judged.missing.push(missing),
        Ok(Stated::At { path, blob, version, span }) => {
            if version != release.version {
                let label = blob.label(&path, span, format!("the tag says {}", release.version));
                let message = format!("`{path}` says version {version}, the tag is `{}`", release.tag.name);
                let help = format!(
                    "set the version in `{path}`, commit, and tag that commit; the tag must not have been published: `git tag -d {}`",
                    shell::word(&release.tag.name)
                );
                judged.findings.push(Finding::new(label, message).hazard("manifest").help(help));
            }
        }
        Ok(Stated::Not(why)) => {
            let finding =
                Finding::at(Place::file(&path), format!("the version of `{}` is not stated: {why}", release.tag.name));
            judged
                .findings
                .push(finding.hazard("manifest").help("state it there, or correct `manifests` in the policy"));
        }
    }
}

enum Stated {
    At { path: RepoPath, blob: std::sync::Arc<Blob>, version: String, span: Span },
    Not(String),
}

fn stated(rule: &Manifest, facts: &Facts, path: &RepoPath) -> Result<Stated, Missing> {
    let Some(blob) = head_blob(facts, path)? else { return Ok(Stated::Not(format!("there is no `{path}`"))) };
    if let Some(pattern) = &rule.pattern {
        let captures = pattern.regex().captures(blob.text().as_str());
        return Ok(
            match captures.and_then(|it| it.name("version").map(|found| (found.as_str().to_owned(), found.range()))) {
                Some((version, range)) => {
                    Stated::At { path: path.clone(), version, span: Span::new(range.start, range.end), blob }
                }
                None => Stated::Not(format!("`{}` is not found in `{path}`", pattern.as_str())),
            },
        );
    }
    match manifest_version::read(path, blob.text(), rule.pointer.as_deref()) {
        ManifestVersion::OfWorkspace(_) => workspace(facts, path),
        found => settle(path, blob, found),
    }
}

fn settle(path: &RepoPath, blob: std::sync::Arc<Blob>, found: ManifestVersion) -> Result<Stated, Missing> {
    Ok(match found {
        ManifestVersion::Stated(version, span) => Stated::At { path: path.clone(), blob, version, span },
        ManifestVersion::OfWorkspace(_) => Stated::Not(format!("`{path}` refers to a workspace")),
        ManifestVersion::Absent => Stated::Not(format!("`{path}` has none")),
        ManifestVersion::Unreadable(problem) => {
            let line = blob.text().position(problem.span.start).line;
            return Err(Missing::here(
                format!("the version in `{path}`: {}, in line {line}", problem.message),
                "mend the file",
            ));
        }
        ManifestVersion::UnknownKind => {
            return Err(Missing::here(
                format!("where `{path}` keeps its version"),
                "say so by `pointer` or `pattern` beside its `path`",
            ));
        }
    })
}

/// The nearest `Cargo.toml` above that hands a version to its members.
fn workspace(facts: &Facts, member: &RepoPath) -> Result<Stated, Missing> {
    let mut folder = member.parent().and_then(|it| it.parent());
    while let Some(here) = folder {
        let path = here.join(&RepoPath::new("Cargo.toml"));
        if let Some(blob) = head_blob(facts, &path)? {
            match manifest_version::of_workspace(blob.text()) {
                ManifestVersion::Absent => {}
                found => return settle(&path, blob, found),
            }
        }
        folder = here.parent();
    }
    Ok(Stated::Not(format!("`{member}` takes it from a workspace that is not found")))
}

fn head_blob(facts: &Facts, path: &RepoPath) -> Result<Option<std::sync::Arc<Blob>>, Missing> {
    let file = facts.head.file(path)?.filter(|it| matches!(it.mode, FileMode::Regular | FileMode::Executable));
    file.map(|file| facts.head_blob(&file)).transpose()
}
