//! Which branch is judged, and whether a ruleset reaches it.

use super::layer::Standing;
use super::rulesets::NEWER;
use crate::formats::fnmatch;
use crate::model::{Fact, Facts, Missing, Protection, RefNames};

/// The branch that is judged.
pub(super) struct Branch<'a> {
    pub(super) name: &'a str,
    /// The default branch of the repository.
    default: Fact<&'a str>,
}

impl<'a> Branch<'a> {
    /// The branch that the settings name, or else the one that the change goes to, or else the default one.
    pub(super) fn of(named: Option<&'a str>, facts: &'a Facts, protection: &'a Protection) -> Fact<Self> {
        let default = facts.refs.default.as_ref().map(String::as_str).map_err(Clone::clone);
        let target = || {
            let told = facts.refs.target.as_ref().ok().or(facts.pull_request.as_ref().ok().map(|it| &it.target));
            told.map(String::as_str)
        };
        let asked = protection.branch.as_deref();
        let name = match named.or_else(target).or(asked) {
            Some(name) => name,
            None => default.clone()?,
        };
        let name = name.strip_prefix("refs/heads/").unwrap_or(name);
        // Without a word the forge was asked about the target.
        if let Some(other) = asked.or_else(target).filter(|it| *it != name && !says_itself(protection)) {
            return Err(Missing::here(
                format!("what protects `{name}`: the forge was asked about `{other}`"),
                format!("ask it about `{name}`"),
            ));
        }
        Ok(Self { name, default })
    }
}

/// Whether everything says by itself which branches it is about.
fn says_itself(protection: &Protection) -> bool {
    protection.classic.is_none()
        && protection.rulesets.iter().all(|it| it.refs.is_some())
        && protection.exported.iter().all(|it| it.get("conditions").is_some())
}

/// Whether a ruleset that binds somebody does so on this branch.
pub(super) fn reach(refs: &Fact<Option<RefNames>>, branch: &Branch<'_>, ruleset: &str) -> Standing {
    let names = match refs {
        Ok(Some(names)) => names,
        Ok(None) => return Standing::Binding,
        Err(missing) => return Standing::Unknown(missing.clone()),
    };
    let is_in = |patterns: &[String]| -> Fact<bool> {
        let mut doubt = None;
        for pattern in patterns {
            match matches(pattern, branch, ruleset) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(missing) => doubt = Some(missing),
            }
        }
        doubt.map_or(Ok(false), Err)
    };
    let idle = || Standing::Idle(format!("does not reach `{}`", branch.name));
    match (is_in(&names.include), is_in(&names.exclude)) {
        (Ok(false), _) | (_, Ok(true)) => idle(),
        (Ok(true), Ok(false)) => Standing::Binding,
        (Err(missing), _) | (_, Err(missing)) => Standing::Unknown(missing),
    }
}

fn matches(pattern: &str, branch: &Branch<'_>, ruleset: &str) -> Fact<bool> {
    let unread = || {
        let what = format!("whether {ruleset} reaches `{}`: it names `{pattern}`", branch.name);
        Missing::here(what, NEWER)
    };
    match pattern {
        "~ALL" => return Ok(true),
        "~DEFAULT_BRANCH" => return branch.default.clone().map(|it| it == branch.name),
        _ if pattern.starts_with('~') => return Err(unread()),
        _ => {}
    }
    let full = format!("refs/heads/{}", branch.name);
    if pattern.starts_with("refs/") || pattern.starts_with(['*', '?', '[']) {
        return fnmatch::is_match(pattern, &full).ok_or_else(unread);
    }
    // A name without its beginning is not what GitHub writes, and may be taken for one that has it.
    match fnmatch::is_match(&format!("refs/heads/{pattern}"), &full) {
        Some(false) => Ok(false),
        Some(true) | None => Err(unread()),
    }
}
