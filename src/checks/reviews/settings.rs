//! Settings of `reviews`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::ownership::Dialect;
use crate::formats::globs::Globs;
use crate::formats::name_pattern::NamePatterns;
use crate::formats::suggest;
use crate::model::Permission;

/// Settings of `reviews`: what is required, who counts, and until when.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params {
    pub(super) rule: Rule,
    pub(super) parts: Parts,
}

/// The settings as they are written.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parts {
    /// How many people must approve; the setting `from` says whose approval counts. Instead of it, `all`, `any` or
    /// `at-least` put several requirements together.
    #[serde(default)]
    approvals: Option<u32>,
    /// Whose approvals are counted.
    #[serde(default)]
    from: Option<From>,
    /// Requirements that must all be met. Those whose condition does not hold drop out.
    #[serde(default)]
    all: Option<Vec<Requirement>>,
    /// Requirements of which one must be met. Those whose condition does not hold drop out.
    #[serde(default)]
    any: Option<Vec<Requirement>>,
    /// Requirements of which some must be met.
    #[serde(default)]
    at_least: Option<AtLeast>,
    /// What becomes of a change that no requirement speaks about.
    #[serde(default)]
    pub(super) if_nothing_applies: NothingApplies,
    /// Kinds of risk, by name, for the condition `risk`: what a change must be to carry it.
    #[serde(default)]
    pub(super) risks: BTreeMap<String, When>,
    /// The least that whoever approves must be allowed to do in the repository.
    #[serde(default = "write")]
    pub(super) permission: Permission,
    /// Whose hand in the change rules their approval out. The author of the pull request never counts.
    #[serde(default = "every_hand")]
    pub(super) independent_of: Vec<Hand>,
    /// Patterns of the logins of bots and apps whose approvals count.
    #[serde(default)]
    pub(super) bots: NamePatterns,
    /// Whether an approval ends when the change becomes another one. A rebase that carries it over leaves it alone.
    #[serde(default = "yes")]
    pub(super) dismiss_stale: bool,
    /// Whether approvals count only from after the last push.
    #[serde(default)]
    pub(super) last_push: bool,
    /// What becomes of a change that somebody who may approve it wants to be changed.
    #[serde(default)]
    pub(super) changes_requested: ChangesRequested,
    /// What more a change needs that a machine wrote.
    #[serde(default)]
    pub(super) automated: Option<Automated>,
    /// How the file of owners is read.
    #[serde(default)]
    pub(super) code_owners: CodeOwnersSettings,
    /// Trailers of commits that are approvals, such as `Reviewed-by`. Each commit must carry it. They do not say what
    /// was looked at: with `dismiss-stale` nobody knows whether they still hold.
    #[serde(default)]
    pub(super) trailers: Vec<String>,
}

fn write() -> Permission {
    Permission::Write
}

fn yes() -> bool {
    true
}

fn every_hand() -> Vec<Hand> {
    vec![Hand::Authors, Hand::CoAuthors, Hand::Committers, Hand::LastPusher]
}

/// Whose approvals are counted.
#[derive(Clone, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum From {
    /// Anybody who may approve.
    #[default]
    Anybody,
    /// The owners of each changed file, by the CODEOWNERS of the target branch: so many for each file.
    CodeOwners,
    /// These accounts.
    Users(Vec<String>),
    /// Members of these teams: `org/team`.
    Teams(Vec<String>),
    /// Whoever has at least this permission.
    Permission(Permission),
    /// Any of these.
    Either(Vec<Self>),
}

/// One requirement.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Requirement {
    /// What the report calls it.
    #[serde(default)]
    name: Option<String>,
    /// Which changes it is about; all of them without it. With `paths`, approvals must hold for those files only.
    #[serde(default)]
    when: Option<When>,
    /// How many people must approve.
    #[serde(default)]
    approvals: Option<u32>,
    /// Whose approvals are counted.
    #[serde(default)]
    from: Option<From>,
    /// Requirements that must all be met.
    #[serde(default)]
    all: Option<Vec<Self>>,
    /// Requirements of which one must be met.
    #[serde(default)]
    any: Option<Vec<Self>>,
    /// Requirements of which some must be met.
    #[serde(default)]
    at_least: Option<AtLeast>,
}

/// Requirements of which some must be met.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct AtLeast {
    /// How many.
    count: u32,
    /// Of these. Where fewer apply, the requirement cannot be met.
    of: Vec<Requirement>,
}

/// Which changes a requirement is about. Every part that is given must hold.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct When {
    /// Globs, one of which a changed file must match, by its old path or its new one.
    #[serde(default)]
    pub(super) paths: Option<Globs>,
    /// Patterns of labels, one of which the pull request must have.
    #[serde(default)]
    pub(super) labels: Option<NamePatterns>,
    /// Patterns of logins, one of which must match the author.
    #[serde(default)]
    pub(super) authors: Option<NamePatterns>,
    /// Kinds of risk of `risks`, one of which the change must carry.
    #[serde(default)]
    pub(super) risk: Option<Vec<String>>,
    /// Fewest lines that the change adds and takes away, together.
    #[serde(default)]
    pub(super) min_lines: Option<u64>,
}

/// What becomes of a change that no requirement speaks about.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum NothingApplies {
    /// The rule fails: a gate of which nothing is left is most often a mistake.
    #[default]
    Fail,
    /// The rule is not applicable, and the report says why.
    NotApplicable,
}

/// A hand in a change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Hand {
    /// Authors of commits.
    Authors,
    /// Those whom commits name in `Co-authored-by`.
    CoAuthors,
    /// Committers.
    Committers,
    /// Whoever pushed last.
    LastPusher,
    /// Everybody who pushed.
    Pushers,
}

/// What becomes of a change that somebody wants to be changed.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum ChangesRequested {
    /// It waits until that person approves, or the review is dismissed.
    #[default]
    Block,
    /// It does not count as an approval, and that is all.
    Ignore,
}

/// Changes that a machine wrote: by a bot or an app, or with an agent named as author or co-author.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Automated {
    /// How many people must approve such a change, besides everything else.
    pub(super) approvals: u32,
    /// Patterns of further logins, names and addresses that are machines.
    #[serde(default)]
    pub(super) authors: NamePatterns,
    /// Patterns of labels that say so.
    #[serde(default)]
    pub(super) labels: NamePatterns,
}

/// How the file of owners is read.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct CodeOwnersSettings {
    /// Whose rules it follows.
    pub(super) dialect: Dialect,
    /// Its path, where it is not one of those that the forge looks at.
    pub(super) path: Option<String>,
    /// What becomes of changed files that nobody owns.
    pub(super) unowned: Unowned,
}

/// What becomes of changed files that nobody owns.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Unowned {
    /// They need no owner, as on the forge.
    #[default]
    Skip,
    /// They fail.
    Fail,
}

/// A requirement that cannot be misread.
pub(super) struct Rule {
    pub(super) name: Option<String>,
    pub(super) when: Option<When>,
    pub(super) wants: Wants,
}

/// What a requirement asks for.
pub(super) enum Wants {
    /// So many approvals, from whom.
    Approvals(u32, From),
    All(Vec<Rule>),
    Any(Vec<Rule>),
    AtLeast(u32, Vec<Rule>),
}

/// Deepest nesting of requirements.
const DEEPEST: usize = 5;
/// Most requirements of one list.
const MOST: usize = 50;

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(mut parts: Parts) -> Result<Self, String> {
        let root = Requirement {
            name: None,
            when: None,
            approvals: parts.approvals.take(),
            from: parts.from.take(),
            all: parts.all.take(),
            any: parts.any.take(),
            at_least: parts.at_least.take(),
        };
        let known: Vec<&str> = parts.risks.keys().map(String::as_str).collect();
        let rule = rule(root, &known, 0)?;
        for (name, risk) in &parts.risks {
            if risk.risk.is_some() {
                return Err(format!("the risk `{name}` cannot rest on another risk"));
            }
        }
        if parts.automated.as_ref().is_some_and(|it| it.approvals == 0) {
            return Err("`automated` asks for at least 1 approval".to_owned());
        }
        Ok(Self { rule, parts })
    }
}

fn rule(requirement: Requirement, risks: &[&str], depth: usize) -> Result<Rule, String> {
    let Requirement { name, when, approvals, from, all, any, at_least } = requirement;
    if depth > DEEPEST {
        return Err(format!("requirements are nested more than {DEEPEST} deep"));
    }
    for risk in when.iter().filter_map(|it| it.risk.as_ref()).flatten() {
        if !risks.contains(&risk.as_str()) {
            let nearest = suggest::nearest(risk, risks.iter().copied()).map(|it| format!("; did you mean `{it}`?"));
            return Err(format!("`risks` has no `{risk}`{}", nearest.unwrap_or_default()));
        }
    }
    if from.is_some() && approvals.is_none() {
        return Err("`from` goes with `approvals`".to_owned());
    }
    let several = |of: Vec<Requirement>| -> Result<Vec<Rule>, String> {
        if of.is_empty() || of.len() > MOST {
            return Err(format!("a list of requirements has 1 to {MOST} of them"));
        }
        of.into_iter().map(|it| rule(it, risks, depth + 1)).collect()
    };
    let wants = match (approvals, all, any, at_least) {
        (Some(0), None, None, None) => {
            return Err("`approvals` is at least 1; leave the rule out to ask for none".to_owned());
        }
        (Some(count), None, None, None) => Wants::Approvals(count, checked(from.unwrap_or_default(), true)?),
        (None, Some(of), None, None) => Wants::All(several(of)?),
        (None, None, Some(of), None) => Wants::Any(several(of)?),
        (None, None, None, Some(AtLeast { count, of })) => {
            let of = several(of)?;
            if count == 0 || usize::try_from(count).is_ok_and(|it| it > of.len()) {
                return Err(format!("`at-least` counts from 1 to the {} requirements that it has", of.len()));
            }
            Wants::AtLeast(count, of)
        }
        _ => return Err("a requirement has exactly one of `approvals`, `all`, `any` and `at-least`".to_owned()),
    };
    Ok(Rule { name, when, wants })
}

/// Lists that nobody could satisfy, and owners among people, are mistakes.
fn checked(from: From, is_outermost: bool) -> Result<From, String> {
    match &from {
        From::Users(names) | From::Teams(names) if names.is_empty() => {
            Err("a list of whose approvals count names somebody".to_owned())
        }
        From::CodeOwners if !is_outermost => {
            Err("`code-owners` is asked for file by file and cannot stand in `either`: use `any`".to_owned())
        }
        From::Either(of) if of.is_empty() || of.iter().any(|it| matches!(it, From::Either(_))) => {
            Err("`either` lists users, teams and permissions, and no other `either`".to_owned())
        }
        From::Either(of) => {
            of.iter().try_for_each(|it| checked(it.clone(), false).map(|_| ()))?;
            Ok(from)
        }
        From::Anybody | From::CodeOwners | From::Users(_) | From::Teams(_) | From::Permission(_) => Ok(from),
    }
}
