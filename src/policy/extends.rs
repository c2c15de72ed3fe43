//! Reads `extends`: what a policy inherits from.

use super::document::Written;
use super::packs;
use super::parsed::path_in_tree;
use super::reader::Reader;
use crate::formats::node::{Node, Value};
use crate::model::{ObjectId, RepoPath};

/// The keys of a source in another repository.
pub(super) const GIT_KEYS: [&str; 3] = ["git", "rev", "path"];

/// The policy of another repository when no path is named.
const DEFAULT_PATH: &str = "gatecheck.yaml";

/// Something that a policy inherits from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Extend {
    /// A shipped pack.
    Pack(String),
    /// A file of the tree that the document came from.
    Local(RepoPath),
    /// A file of another repository.
    Git(GitSource, RepoPath),
}

/// Another repository at a commit.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct GitSource {
    /// Its address, as the policy writes it.
    pub url: String,
    /// The full id of the commit.
    pub rev: ObjectId,
}

pub(super) fn read(reader: &mut Reader<'_>, node: &Node) -> Vec<Written<Extend>> {
    let items = match &node.value {
        Value::String(_) | Value::Mapping(_) => std::slice::from_ref(node),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Sequence(_) => {
            reader.items(node, "`extends`").unwrap_or_default()
        }
    };
    items.iter().filter_map(|item| extend(reader, item)).collect()
}

fn extend(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Extend>> {
    if let Value::Mapping(_) = node.value {
        return git(reader, node);
    }
    let text = reader.text(node, "each item of `extends`")?;
    if text.contains("://") || text.starts_with("git@") {
        let message = format!("`{text}` does not say at which commit to read it");
        let help = "write `{ git: ADDRESS, rev: FULL_COMMIT_ID, path: FILE }`, so that nobody can change your policy \
                    behind your back";
        reader.fault(node.span, "not pinned", message, help);
        return None;
    }
    if text.contains('/') || text.ends_with(".yaml") || text.ends_with(".yml") {
        let path = path_in_tree(reader, node.span, text)?;
        return Some(reader.written(Extend::Local(path.value), node.span));
    }
    if packs::find(text).is_none() {
        let message = format!("there is no pack `{text}`");
        reader.unknown(node.span, (text, "packs"), message, &packs::names());
        return None;
    }
    Some(reader.written(Extend::Pack(text.to_owned()), node.span))
}

fn git(reader: &mut Reader<'_>, node: &Node) -> Option<Written<Extend>> {
    let fields = reader.fields(node, "a source in another repository", &GIT_KEYS)?;
    let field = |key: &str| fields.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    let span = reader.first_line(node);
    let Some(url_node) = field("git") else {
        let help = "write `{ git: ADDRESS, rev: FULL_COMMIT_ID, path: FILE }`";
        reader.fault(span, "`git` is missing", "this source does not say which repository it is in", help);
        return None;
    };
    let url = reader.text(url_node, "`git`");
    let rev = match field("rev") {
        Some(node) => rev(reader, node),
        None => {
            let help = "add `rev:` with the full id of the commit; `git ls-remote ADDRESS` shows it";
            reader.fault(span, "`rev` is missing", "this source is not pinned to a commit", help);
            None
        }
    };
    let path = match field("path") {
        Some(node) => path(reader, node),
        None => Some(RepoPath::new(DEFAULT_PATH)),
    };
    let url = url.filter(|url| is_safe(reader, url_node, url))?;
    let source = GitSource { url: url.to_owned(), rev: rev? };
    Some(reader.written(Extend::Git(source, path?), url_node.span))
}

/// Transports that run a program of the address's choice, and addresses that Git reads as an option.
fn is_safe(reader: &mut Reader<'_>, node: &Node, url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let is_known = ["https://", "ssh://", "git@", "file://"].iter().any(|start| lower.starts_with(start));
    let is_plain = !url.chars().any(|it| it.is_control() || it.is_whitespace());
    let authority = url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or_default());
    // `git` in `ssh://git@…` is a name; `https://…@` is nearly always a token.
    let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
    let has_secret = user.contains(':') || (lower.starts_with("https:") && !user.is_empty());
    if is_known && is_plain && has_secret {
        let help = "leave it out: `git` asks the user's credential helper, or the settings of the CI job";
        reader.fault(node.span, "with credentials", "an address in a policy holds no credentials", help);
        return false;
    }
    if is_known && is_plain {
        return true;
    }
    let help = "write an address that begins with `https://`, `ssh://`, `git@` or `file://`";
    reader.fault(node.span, "not such an address", format!("`{url}` is no address of a repository"), help);
    false
}

fn rev(reader: &mut Reader<'_>, node: &Node) -> Option<ObjectId> {
    if let Value::Int(_) | Value::Float(_) = node.value {
        let help = "put the id in quotes: YAML reads digits alone as a number";
        reader.fault(node.span, "read as a number", "`rev` takes the full id of a commit", help);
        return None;
    }
    let text = reader.text(node, "`rev`")?;
    let id = text.parse::<ObjectId>().ok().filter(|it| !it.is_zero());
    if id.is_none() {
        let message = format!("`{text}` is not the full id of a commit");
        let help = "branches and tags can move, and short ids can become ambiguous: write all 40 (or 64) hexadecimal \
                    digits; `git ls-remote ADDRESS` shows them";
        reader.fault(node.span, "not pinned", message, help);
    }
    id
}

fn path(reader: &mut Reader<'_>, node: &Node) -> Option<RepoPath> {
    let text = reader.text(node, "`path`")?;
    let relative = text.strip_prefix("./").unwrap_or(text);
    let is_plain = relative.split('/').all(|part| !part.is_empty() && !matches!(part, "." | ".."));
    if !is_plain {
        let message = format!("`{text}` is no path inside a repository");
        reader.fault(node.span, "leads elsewhere", message, "write it from that repository's root, without `..`");
        return None;
    }
    Some(RepoPath::new(relative))
}
