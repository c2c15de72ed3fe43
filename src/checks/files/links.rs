//! Symbolic links and submodules. A link's target is text; it is never followed out of the tree.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::Judged;
use crate::model::{Change, Facts, File, FileMode, Finding, Missing, Place, RepoPath, Span, Text};

/// Where symbolic links may point.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Links {
    /// Whether a link may leave the tree.
    outside: bool,
    /// Whether a link may point at nothing.
    dangling: bool,
}

#[expect(clippy::derivable_impls, reason = "the strict setting is chosen, not inherited")]
impl Default for Links {
    fn default() -> Self {
        Self { outside: false, dangling: false }
    }
}

/// What may happen to submodules.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Submodules {
    /// Anything but an address that Git would take for an option.
    #[default]
    Any,
    /// None is added, and none gets another address.
    NoNew,
    /// None is added, moved to another commit or given another address.
    Unchanged,
}

impl Links {
    pub(super) fn judge(&self, facts: &Facts, file: &File, judged: &mut Judged) {
        if file.mode != FileMode::Symlink {
            return;
        }
        let Some(blob) = judged.keep(facts.head_blob(file)) else { return };
        let target = String::from_utf8_lossy(blob.bytes()).into_owned();
        let message = match (resolve(&file.path, &target), judged.keep(end(facts, file))) {
            (None, _) if self.outside => return,
            (None, _) => format!("this link points out of the tree, at `{target}`"),
            (Some(_), Some(End::Unclear)) if !self.outside => {
                format!("this link goes up from another link, by way of `{target}`, and can leave the tree")
            }
            (Some(path), Some(End::Nothing)) if !self.dangling => {
                format!("this link points at `{target}`, and there is nothing at `{path}`")
            }
            (Some(_), Some(End::Circle)) if !self.dangling => {
                format!("this link leads in a circle, by way of `{target}`")
            }
            (Some(_), Some(End::Something | End::Nothing | End::Circle | End::Unclear) | None) => return,
        };
        judged.findings.push(
            Finding::at(Place::file(&file.path), message)
                .hazard("link-target")
                .because("it means something else, or nothing, on every other machine")
                .help("point it at a file of this repository by a relative path, or delete it")
                .key(target),
        );
    }
}

/// The path of the tree that a link names; none when it leaves the tree.
fn resolve(link: &RepoPath, target: &str) -> Option<RepoPath> {
    let is_drive = target.as_bytes().get(1) == Some(&b':') && target.starts_with(|it: char| it.is_ascii_alphabetic());
    if target.starts_with(['/', '\\', '~']) || is_drive {
        return None;
    }
    let folder = link.parent().unwrap_or_default();
    let mut parts: Vec<&str> = folder.as_str().split('/').filter(|it| !it.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(RepoPath::new(&parts.join("/")))
}

/// Where a link leads in the end.
enum End {
    Something,
    Nothing,
    Circle,
    /// It goes up from another link, which leads elsewhere than its text says.
    Unclear,
}

/// Links that are gone through before a way counts as a circle; Linux has the same bound.
const HOPS: usize = 40;

/// Where a link leads, link by link. What lies behind a linked folder or in a submodule is not looked
/// into and counts as something, and so does a link that leaves the tree: it has a finding of its own.
fn end(facts: &Facts, link: &File) -> Result<End, Missing> {
    let mut link = link.clone();
    for hop in 0..HOPS {
        let target = String::from_utf8_lossy(facts.head_blob(&link)?.bytes()).into_owned();
        if climbs_from_a_link(facts, &link.path, &target)? {
            // A later link of the way has a finding of its own.
            return Ok(if hop == 0 { End::Unclear } else { End::Something });
        }
        let Some(path) = resolve(&link.path, &target).filter(|path| !path.is_root()) else { return Ok(End::Something) };
        for level in std::iter::successors(path.parent(), RepoPath::parent).filter(|it| !it.is_root()) {
            if facts.head.file(&level)?.is_some_and(|it| matches!(it.mode, FileMode::Symlink | FileMode::Gitlink)) {
                return Ok(End::Something);
            }
        }
        match facts.head.file(&path)? {
            Some(next) if next.mode == FileMode::Symlink => link = next,
            Some(_) => return Ok(End::Something),
            None if facts.head.children(&path)?.is_empty() => return Ok(End::Nothing),
            None => return Ok(End::Something),
        }
    }
    Ok(End::Circle)
}

/// Whether a `..` of the target follows a name that is, or lies behind, a link itself: a system goes up
/// from where that link leads, so that the text alone does not say where the way ends.
fn climbs_from_a_link(facts: &Facts, link: &RepoPath, target: &str) -> Result<bool, Missing> {
    let names: Vec<&str> = target.split('/').filter(|it| !matches!(*it, "" | ".")).collect();
    for (index, _) in names.windows(2).enumerate().filter(|(_, pair)| matches!(pair, [name, ".."] if *name != "..")) {
        let before = names.get(..=index).unwrap_or_default().join("/");
        let Some(path) = resolve(link, &before) else { continue };
        for level in std::iter::successors(Some(path), RepoPath::parent).filter(|it| !it.is_root()) {
            if facts.head.file(&level)?.is_some_and(|it| it.mode == FileMode::Symlink) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

impl Submodules {
    pub(super) fn judge(self, facts: &Facts, judged: &mut Judged) {
        if self != Self::Any {
            judged.findings.extend(facts.change.files.iter().filter_map(|change| self.moved(change)));
        }
        let modules = RepoPath::new(".gitmodules");
        let Some(change) = facts.change.files.iter().find(|it| it.new.as_ref().is_some_and(|it| it.path == modules))
        else {
            return;
        };
        let Some(Some(blob)) = judged.keep(facts.new_blob(change)) else { return };
        let old = change.old.as_ref().map(|file| facts.base_blob(file)).transpose();
        let Some(old) = judged.keep(old) else { return };
        let before = old.map(|blob| addresses(blob.text())).unwrap_or_default();
        for (name, (address, span)) in addresses(blob.text()) {
            let known = before.get(&name).map(|(address, _)| address);
            let message = if is_hostile(&address) || is_hostile(&name) {
                format!("the submodule `{name}` has an address that Git would take for an option: `{address}`")
            } else if self == Self::Any || known == Some(&address) {
                continue;
            } else {
                match known {
                    Some(known) => format!("the submodule `{name}` moves from `{known}` to `{address}`"),
                    None => format!("the submodule `{name}` is fetched from `{address}`"),
                }
            };
            let finding = Finding::new(blob.label(&modules, span, ""), message).hazard("submodule");
            judged.findings.push(
                finding
                    .because("whoever clones with submodules runs code from there")
                    .help("have the address approved by those who own the dependencies, or take it back"),
            );
        }
    }

    fn moved(self, change: &Change) -> Option<Finding> {
        let is_link = |file: &&File| file.mode == FileMode::Gitlink;
        let new = change.new.as_ref().filter(is_link)?;
        let message = match change.old.as_ref().filter(is_link) {
            None => format!("a submodule is added at commit {}", new.id.short()),
            Some(old) if self == Self::Unchanged && old.id != new.id => {
                format!("this submodule moves from commit {} to {}", old.id.short(), new.id.short())
            }
            Some(_) => return None,
        };
        let help = "take it back, or bring the code in as a dependency that is locked and reviewed";
        Some(Finding::at(Place::file(&new.path), message).hazard("submodule").help(help).key(message_key(new)))
    }
}

fn message_key(file: &File) -> String {
    file.id.to_string()
}

/// An address or name that begins like an option, or holds a control character (CVE-2025-48384).
fn is_hostile(text: &str) -> bool {
    text.starts_with('-') || text.contains("::-") || text.chars().any(char::is_control)
}

/// The addresses in a `.gitmodules`, by the name of the submodule. Lines that are no entry are passed over.
fn addresses(text: &Text) -> BTreeMap<String, (String, Span)> {
    let mut found = BTreeMap::new();
    let mut section: Option<String> = None;
    for line in text.lines() {
        let bare = line.text.trim_start();
        if let Some(header) = bare.strip_prefix('[') {
            let name =
                header.trim_start().strip_prefix("submodule").map(|it| it.split(']').next().unwrap_or(it).trim());
            section = name.map(|it| it.trim_matches('"').to_owned());
            continue;
        }
        let (Some(name), Some((key, value))) = (&section, bare.split_once('=')) else { continue };
        if key.trim().eq_ignore_ascii_case("url") {
            let value = value.trim_matches(' ').trim_matches('"').to_owned();
            let span = Span::new(line.start, line.start + line.text.len());
            found.insert(name.clone(), (value, span));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_resolved_as_text() {
        let resolved = |link: &str, target: &str| resolve(&RepoPath::new(link), target).map(|it| it.to_string());
        assert_eq!(resolved("a/b/link", "../c").as_deref(), Some("a/c"));
        assert_eq!(resolved("a/link", "./b//c/.").as_deref(), Some("a/b/c"));
        assert_eq!(resolved("link", "a/..").as_deref(), Some(""));
        for target in ["../x", "/etc/passwd", "a/../../x", "C:\\x", "~/x", "\\\\host\\x"] {
            assert_eq!(resolved("link", target), None, "{target}");
        }
    }
}
