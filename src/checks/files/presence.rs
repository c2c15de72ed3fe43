//! Files that must be there, and files that must not.

use schemars::JsonSchema;
use serde::Deserialize;

use super::backups::originals;
use super::{Item, quoted};
use crate::checks::Judged;
use crate::formats::gitignore::Ignores;
use crate::formats::globs::Globs;
use crate::formats::pattern::Pattern;
use crate::model::{Facts, FileMode, Finding, Missing, Place, RepoPath};

/// A file that must be there.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Required {
    /// Globs, one of which some file of the head must match. Begin with `/` to mean a file at the root.
    paths: Globs,
    /// What is wrong when none does.
    #[serde(default)]
    message: Option<String>,
    /// What to do.
    #[serde(default)]
    help: Option<String>,
}

/// Files that must not be there; `paths`, `path-pattern` or both say which.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Written")]
#[schemars(with = "Written")]
pub(super) struct Forbidden(Written);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// The files.
    #[serde(default)]
    paths: Option<Globs>,
    /// What is found in the paths of the files; for what no glob can say.
    #[serde(default)]
    path_pattern: Option<Pattern>,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
    /// Whether those that are already there may be edited.
    #[serde(default)]
    only_new: bool,
    /// What is wrong with them.
    #[serde(default)]
    message: Option<String>,
    /// What to do instead.
    #[serde(default)]
    help: Option<String>,
}

/// Local secret files, which must not be tracked.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SecretFiles {
    /// The files; a list of well-known ones when absent.
    #[serde(default = "secret_paths")]
    paths: Globs,
    /// Files that hold no secret although `paths` names them; samples and templates when absent.
    #[serde(default = "samples")]
    except: Globs,
    /// Whether the root's `.gitignore` must ignore each of them.
    #[serde(default)]
    ignored: bool,
}

fn secret_paths() -> Globs {
    const PATHS: [&str; 20] = [
        ".env",
        ".env.*",
        "*.pem",
        "*.key",
        "*.p12",
        "*.pfx",
        "*.jks",
        "*.keystore",
        "id_rsa",
        "id_dsa",
        "id_ecdsa",
        "id_ed25519",
        ".netrc",
        ".pgpass",
        ".htpasswd",
        "kubeconfig",
        ".kube/config",
        ".aws/credentials",
        "*.ppk",
        "*.kdbx",
    ];
    Globs::new(PATHS).unwrap_or_default()
}

fn samples() -> Globs {
    Globs::new([".env.{example,sample,template,dist,defaults}", "*.{example,sample,template}.*", "*.pub.pem"])
        .unwrap_or_default()
}

impl Required {
    pub(super) fn judge(&self, facts: &Facts, judged: &mut Judged) {
        if judged.keep(self.is_met(facts)) != Some(false) {
            return;
        }
        let names: Vec<String> = self.paths.texts().map(|it| format!("`{it}`")).collect();
        let names = names.join(" or ");
        let message = self.message.clone().unwrap_or_else(|| format!("{names} must be there and is not"));
        let help = self.help.clone().unwrap_or_else(|| format!("add {names}"));
        judged.findings.push(Finding::at(Place::Change, message).hazard("required").help(help).key(names));
    }

    /// Asks for the file by its name first; only a glob that needs it costs the tree.
    fn is_met(&self, facts: &Facts) -> Result<bool, Missing> {
        for text in self.paths.texts().filter(|it| !it.contains(['*', '?', '[', '{', '\\', '!'])) {
            let path = RepoPath::new(text);
            if self.paths.is_match(&path) && facts.head.file(&path)?.is_some() {
                return Ok(true);
            }
        }
        let all_plain = self
            .paths
            .texts()
            .all(|it| !it.contains(['*', '?', '[', '{', '\\', '!']) && !it.ends_with('/') && it.contains('/'));
        if all_plain {
            return Ok(false);
        }
        Ok(facts.head.files(&RepoPath::root())?.iter().any(|file| self.paths.is_match(&file.path)))
    }
}

impl TryFrom<Written> for Forbidden {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        if written.paths.is_none() && written.path_pattern.is_none() {
            return Err("nothing says what is forbidden: give `paths` or `path-pattern`");
        }
        Ok(Self(written))
    }
}

impl Forbidden {
    pub(super) fn judge(&self, item: &Item) -> Option<Finding> {
        let Written { paths, path_pattern, except, only_new, message, help } = &self.0;
        let path = &item.file.path;
        let is_named = paths.as_ref().is_none_or(|it| it.is_match(path))
            && path_pattern.as_ref().is_none_or(|it| it.is_match(path.as_str()))
            && !except.is_match(path);
        if !is_named || *only_new && !item.is_new {
            return None;
        }
        let message = message.clone().unwrap_or_else(|| format!("`{}` must not be in this repository", item.file.path));
        let default = format!("run `git rm --cached {}`", quoted(&item.file.path));
        Some(item.finding("forbidden", message, help.as_ref().unwrap_or(&default)))
    }
}

impl SecretFiles {
    pub(super) fn judge(&self, item: &Item) -> Option<Finding> {
        let path = &item.file.path;
        let is_file = matches!(item.file.mode, FileMode::Regular | FileMode::Executable);
        // `.ENV` is `.env` to half of all systems, and to the programs that read it there.
        let small = RepoPath::new(&path.as_str().to_lowercase());
        // A copy holds what its original holds.
        let originals: Vec<RepoPath> = originals(path.as_str()).iter().map(|it| RepoPath::new(it)).collect();
        let is_in = |globs: &Globs| [path, &small].into_iter().chain(&originals).any(|it| globs.is_match(it));
        if !is_file || !is_in(&self.paths) || is_in(&self.except) {
            return None;
        }
        let named = self.paths.is_match(path) || self.paths.is_match(&small);
        let what = if named { "a local secret file" } else { "a copy of a local secret file" };
        let message = format!("`{path}` is {what} and must not be tracked");
        let help = format!(
            "run `git rm --cached {}`, add it to `.gitignore`, and change the secrets in it if it was pushed",
            quoted(path)
        );
        let finding = item.finding("secret-file", message, &help);
        Some(match &item.commit {
            None => finding,
            Some(commit) => {
                let short = commit.short();
                finding.help(format!(
                    "take it out of commit {short} with `git rebase --interactive`, and change the secrets in it"
                ))
            }
        })
    }

    /// Whether the root's `.gitignore` ignores one sample of each glob.
    pub(super) fn judge_ignores(&self, facts: &Facts, judged: &mut Judged) {
        if !self.ignored {
            return;
        }
        let Some(ignores) = judged.keep(ignores(facts)) else { return };
        for text in self.paths.texts().filter(|it| !it.starts_with('!')) {
            let sample = RepoPath::new(&text.replace("**/", "").replace('*', "sample").replace('?', "x"));
            if self.except.is_match(&sample) || ignores.is_ignored(&sample) {
                continue;
            }
            let message = format!("`{text}` is not ignored: the next `git add .` tracks it");
            let finding = Finding::at(Place::file(&RepoPath::new(".gitignore")), message).hazard("not-ignored");
            judged.findings.push(finding.help(format!("add the line `{text}` to `.gitignore`")).key(text));
        }
    }
}

fn ignores(facts: &Facts) -> Result<Ignores, Missing> {
    let mut ignores = Ignores::default();
    if let Some(file) = facts.head.file(&RepoPath::new(".gitignore"))?.filter(|it| it.mode == FileMode::Regular) {
        ignores.add(&RepoPath::root(), facts.head_blob(&file)?.text().as_str());
    }
    Ok(ignores)
}
