//! Settings of `branch`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::formats::globs::Globs;
use crate::formats::name_pattern::NamePatterns;

/// Settings of `branch`. Each part is judged when it is given; at least one must be.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params {
    pub(super) parts: Parts,
    /// Who may merge into whom; the model spelt out.
    pub(super) flows: Vec<Flow>,
}

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        let Parts { names, model, protected, max_behind, linear, merges_clean, conflict_markers, .. } = &parts;
        let none = names.is_none()
            && model.is_none()
            && parts.flows.is_empty()
            && protected.is_none()
            && max_behind.is_none()
            && conflict_markers.is_none()
            && !linear
            && !merges_clean;
        if none {
            return Err(
                "nothing is judged: name at least one of `names`, `model`, `flows`, `protected`, `max-behind`, \
                        `linear`, `merges-clean` and `conflict-markers`"
                    .to_owned(),
            );
        }
        let mut flows: Vec<Flow> = parts.flows.iter().map(OwnFlow::flow).collect();
        flows.extend(match (*model, &parts.trunk, &parts.gitflow) {
            (Some(Model::Trunk), trunk, None) => trunk.as_ref().map_or_else(|| Trunk::default().flows(), Trunk::flows),
            (Some(Model::Gitflow), None, gitflow) => {
                gitflow.as_ref().map_or_else(|| Gitflow::default().flows(), Gitflow::flows)
            }
            (None, None, None) => Vec::new(),
            (Some(Model::Trunk) | None, _, Some(_)) => return Err("`gitflow` needs `model: gitflow`".to_owned()),
            (Some(Model::Gitflow) | None, Some(_), _) => return Err("`trunk` needs `model: trunk`".to_owned()),
        });
        Ok(Self { parts, flows })
    }
}

/// The parts that can be judged.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parts {
    /// How branches are named.
    #[serde(default)]
    pub(super) names: Option<Names>,
    /// Which branches may be merged into which, judged on the pull request.
    #[serde(default)]
    pub(super) model: Option<Model>,
    /// Details of `model: trunk`.
    #[serde(default)]
    pub(super) trunk: Option<Trunk>,
    /// Details of `model: gitflow`.
    #[serde(default)]
    pub(super) gitflow: Option<Gitflow>,
    /// Who may be merged into whom, in one's own words; the first entry that knows the target decides, and
    /// the model decides about the others.
    #[serde(default)]
    pub(super) flows: Vec<OwnFlow>,
    /// Branches that nobody pushes to.
    #[serde(default)]
    pub(super) protected: Option<Protected>,
    /// How many commits of the target the branch may lack.
    #[serde(default)]
    pub(super) max_behind: Option<u32>,
    /// Whether there may be no merges in the history.
    #[serde(default)]
    pub(super) linear: bool,
    /// Whether the branch must merge into its target without conflicts.
    #[serde(default)]
    pub(super) merges_clean: bool,
    /// Whether added lines are searched for conflict markers.
    #[serde(default)]
    pub(super) conflict_markers: Option<Markers>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Names {
    /// Patterns of good names.
    pub(super) allow: NamePatterns,
    /// A good name to show as an example.
    #[serde(default)]
    pub(super) example: Option<String>,
    /// What to say instead of naming the patterns.
    #[serde(default)]
    pub(super) message: Option<String>,
}

/// A model of branches.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Model {
    /// Short-lived branches go into one trunk.
    Trunk,
    /// Features go into `develop`; releases and hotfixes into `main`.
    Gitflow,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Trunk {
    /// Patterns of the trunk's names.
    branches: NamePatterns,
    /// Patterns of release branches, which are cut from the trunk and take only picked fixes.
    release: NamePatterns,
    /// Patterns of other branches that live long; they must not be merged into the trunk.
    long_lived: NamePatterns,
    /// Most days between the oldest commit of a branch and now.
    pub(super) max_age_days: Option<u32>,
    /// Most commits of a branch.
    pub(super) max_commits: Option<u32>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Gitflow {
    /// Patterns of the branch of releases.
    main: NamePatterns,
    /// Patterns of the branch of development.
    develop: NamePatterns,
    /// Patterns of features, which go into `develop`.
    feature: NamePatterns,
    /// Patterns of releases, which go into `main` and back into `develop`.
    release: NamePatterns,
    /// Patterns of hotfixes, which go into `main`, `develop` or a release under way.
    hotfix: NamePatterns,
    /// Patterns of support branches of old versions, which take hotfixes.
    support: NamePatterns,
}

/// The patterns of our own defaults compile; an empty list would show in the cases.
fn patterns(texts: &[&str]) -> NamePatterns {
    NamePatterns::new(texts).unwrap_or_default()
}

impl Default for Trunk {
    fn default() -> Self {
        Self {
            branches: patterns(&["main", "master", "trunk"]),
            release: patterns(&["release/.+", "releases/.+"]),
            long_lived: patterns(&["develop", "development", "dev", "next", "staging", "support/.+"]),
            max_age_days: None,
            max_commits: None,
        }
    }
}

impl Default for Gitflow {
    fn default() -> Self {
        Self {
            main: patterns(&["main", "master"]),
            develop: patterns(&["develop"]),
            feature: patterns(&["feature/.+", "bugfix/.+", "chore/.+", "docs/.+", "refactor/.+", "test/.+"]),
            release: patterns(&["release/.+"]),
            hotfix: patterns(&["hotfix/.+"]),
            support: patterns(&["support/.+"]),
        }
    }
}

/// Who may be merged into the branches `into`.
pub(super) struct Flow {
    pub(super) into: NamePatterns,
    pub(super) from: Sources,
    /// What the model says; a sentence without a full stop.
    pub(super) because: String,
    /// What to do instead, where it is always the same.
    pub(super) instead: Option<&'static str>,
}

/// One target and what may go into it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct OwnFlow {
    /// Patterns of the target.
    into: NamePatterns,
    /// Patterns of the branches that may be merged into it.
    from: NamePatterns,
}

impl OwnFlow {
    fn flow(&self) -> Flow {
        Flow {
            into: self.into.clone(),
            from: Sources::Only(vec![self.from.clone()]),
            because: format!("it takes {} only", self.from.listed()),
            instead: None,
        }
    }
}

/// Branches that a flow takes.
pub(super) enum Sources {
    /// These only.
    Only(Vec<NamePatterns>),
    /// All but these.
    AllBut(Vec<NamePatterns>),
}

impl Flow {
    pub(super) fn takes(&self, source: &str) -> bool {
        match &self.from {
            Sources::Only(lists) => lists.iter().any(|it| it.is_match(source)),
            Sources::AllBut(lists) => !lists.iter().any(|it| it.is_match(source)),
        }
    }
}

impl Trunk {
    fn flows(&self) -> Vec<Flow> {
        let long = vec![self.branches.clone(), self.release.clone(), self.long_lived.clone()];
        let into_release = vec![self.branches.clone(), self.long_lived.clone()];
        vec![
            Flow {
                into: self.branches.clone(),
                from: Sources::AllBut(long),
                because: "the trunk takes short-lived branches only".to_owned(),
                instead: Some(
                    "bring the change on a short-lived branch: `git switch -c NEW-NAME`, then `git cherry-pick -x` what is needed",
                ),
            },
            Flow {
                into: self.release.clone(),
                from: Sources::AllBut(into_release),
                because: "a release branch takes picked fixes, never the whole trunk".to_owned(),
                instead: Some("pick the fixes onto a branch that starts from the release: `git cherry-pick -x`"),
            },
        ]
    }
}

impl Gitflow {
    fn flows(&self) -> Vec<Flow> {
        let only = |lists: &[&NamePatterns]| Sources::Only(lists.iter().map(|it| (*it).clone()).collect());
        vec![
            Flow {
                into: self.main.clone(),
                from: only(&[&self.release, &self.hotfix]),
                because: "the main branch takes releases and hotfixes only".to_owned(),
                instead: None,
            },
            Flow {
                into: self.develop.clone(),
                from: only(&[&self.feature, &self.release, &self.hotfix, &self.main]),
                because: "the development branch takes features, and releases, hotfixes and the main branch back"
                    .to_owned(),
                instead: None,
            },
            Flow {
                into: self.release.clone(),
                from: only(&[&self.feature, &self.hotfix]),
                because: "a release under way takes fixes only".to_owned(),
                instead: None,
            },
            Flow {
                into: self.support.clone(),
                from: only(&[&self.hotfix, &self.release]),
                because: "a support branch takes hotfixes and releases only".to_owned(),
                instead: None,
            },
        ]
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Protected {
    /// Patterns of protected names.
    #[serde(default = "default_protected")]
    pub(super) branches: NamePatterns,
    /// Whether commits may be pushed onto them. Deleting and rewriting them is never accepted.
    #[serde(default)]
    pub(super) direct_push: DirectPush,
    /// Whether committing on them is refused before the commit is made, as a pre-commit hook can.
    #[serde(default)]
    pub(super) refuse_commits: bool,
}

fn default_protected() -> NamePatterns {
    patterns(&["main", "master"])
}

#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum DirectPush {
    /// No push at all: for hooks, where merges are made by the forge.
    #[default]
    Forbidden,
    /// Only what a pull request brought, told by the words that forges write into the merge or squash commit:
    /// for CI after a merge. Words are claims: anybody can write them.
    Merged,
    /// As people like.
    Allowed,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Markers {
    /// Files that show markers on purpose, such as the test data of a merge tool.
    #[serde(default)]
    pub(super) except: Globs,
}
