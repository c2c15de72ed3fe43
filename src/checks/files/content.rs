//! Size, extension, mode and kind of one file.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Item, Params, quoted};
use crate::formats::globs::Globs;
use crate::formats::size::ByteSize;
use crate::model::{Blob, Facts, FileMode, Finding, Missing, Outline};

/// The largest size of some files.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SizeLimit {
    /// The most bytes that a file may have.
    max: ByteSize,
    /// The files; all of them when absent.
    #[serde(default)]
    paths: Option<Globs>,
}

/// Extensions, without a dot and in any case; `tar.gz` is one too.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Extensions {
    /// The only ones that new files may have; a name without an extension passes.
    #[serde(default)]
    allow: Option<Vec<String>>,
    /// Those that new files must not have.
    #[serde(default)]
    deny: Vec<String>,
}

/// Binary files are forbidden.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Binary {
    /// Binary files that may be there.
    #[serde(default)]
    allow: Globs,
}

/// Which files are executable.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Executable {
    /// Whether a file that begins with `#!` must be executable.
    #[serde(default = "super::yes")]
    scripts: bool,
    /// Whether only scripts and binary files may be executable.
    #[serde(default = "super::yes")]
    nothing_else: bool,
    /// Files that may be as they are, such as scripts that are only ever sourced.
    #[serde(default)]
    except: Globs,
}

impl Extensions {
    pub(super) fn judge(&self, item: &Item) -> Option<Finding> {
        let name = item.file.path.name().to_lowercase();
        let extension = item.file.path.extension().filter(|_| item.is_new)?;
        let is = |wanted: &String| {
            let wanted = wanted.trim_start_matches('.').to_lowercase();
            name.strip_suffix(&wanted).is_some_and(|stem| stem.len() > 1 && stem.ends_with('.'))
        };
        if let Some(denied) = self.deny.iter().find(|it| is(it)) {
            let message = format!("new files must not have the extension `{}`", denied.trim_start_matches('.'));
            return Some(item.finding("extension", message, "leave the file out, or keep it where it is made"));
        }
        let allow = self.allow.as_ref()?;
        if allow.iter().any(is) {
            return None;
        }
        let message = format!("the extension `{extension}` is none of those that new files may have");
        let help = format!("use one of {}, or add it to `extensions.allow`", allow.join(", "));
        Some(item.finding("extension", message, &help))
    }
}

pub(super) fn judge(params: &Params, facts: &Facts, item: &Item) -> Result<Vec<Finding>, Missing> {
    let limit = params.size.iter().find(|limit| limit.paths.as_ref().is_none_or(|it| it.is_match(&item.file.path)));
    let reads = limit.is_some() || params.binary.is_some() || params.executable.is_some();
    let is_file = matches!(item.file.mode, FileMode::Regular | FileMode::Executable);
    if !reads || !is_file {
        return Ok(Vec::new());
    }
    let outline = facts.head_outline(&item.file)?;
    let size = limit.and_then(|limit| size(limit, item, outline));
    let binary = params.binary.as_ref().and_then(|rule| rule.judge(item, outline));
    let mode = match params.executable.as_ref().filter(|_| item.commit.is_none()) {
        Some(rule) => rule.judge(item, facts.head_blob(&item.file)?.as_ref()),
        None => None,
    };
    Ok([size, binary, mode].into_iter().flatten().collect())
}

fn size(limit: &SizeLimit, item: &Item, outline: Outline) -> Option<Finding> {
    let bytes = outline.bytes;
    if bytes <= limit.max.0 {
        return None;
    }
    let message = format!("this file has {}, {} are allowed", ByteSize(bytes), limit.max);
    let help = match outline.is_binary {
        true => "every clone carries it for ever: keep it in an artefact store or in Git LFS",
        false => "split it; what is made by a program or is data belongs in an artefact store or in Git LFS",
    };
    Some(item.finding("size", message, help).evidence("bytes", bytes).key("size"))
}

impl Binary {
    fn judge(&self, item: &Item, outline: Outline) -> Option<Finding> {
        if !outline.is_binary || self.allow.is_match(&item.file.path) {
            return None;
        }
        let help = "nobody can review it: keep its source and build it, or name it in `binary.allow`";
        Some(item.finding("binary", "this file is binary".to_owned(), help))
    }
}

impl Executable {
    fn judge(&self, item: &Item, blob: &Blob) -> Option<Finding> {
        if self.except.is_match(&item.file.path) {
            return None;
        }
        let path = quoted(&item.file.path);
        let is_script = is_script(blob.bytes());
        match (item.file.mode, is_script) {
            (FileMode::Regular, true) if self.scripts => {
                let message = "this script begins with `#!` but is not executable".to_owned();
                Some(item.finding("not-executable", message, &format!("run `git update-index --chmod=+x {path}`")))
            }
            (FileMode::Executable, false) if self.nothing_else && !blob.is_binary() => {
                let message = "this file is executable but no script: it does not begin with `#!`".to_owned();
                Some(item.finding("executable", message, &format!("run `git update-index --chmod=-x {path}`")))
            }
            (FileMode::Regular | FileMode::Executable | FileMode::Symlink | FileMode::Gitlink, _) => None,
        }
    }
}

/// Whether a kernel would run this as a script: `#!` and the path of an interpreter. Rust's inner
/// attributes begin with `#!` too.
fn is_script(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"#!") else { return false };
    rest.iter().find(|byte| !matches!(byte, b' ' | b'\t')) == Some(&b'/')
}
