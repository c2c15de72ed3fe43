//! Settings of `tags`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::checks::signing::Signing;
use crate::formats::name_pattern::{NamePattern, NamePatterns};
use crate::formats::pattern::Pattern;

/// Settings of `tags`. Names and moved tags are judged always, the rest when it is given.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Parts")]
#[schemars(with = "Parts")]
pub(in crate::checks) struct Params {
    pub(super) name: NamePattern,
    pub(super) parts: Parts,
}

impl TryFrom<Parts> for Params {
    type Error = String;

    fn try_from(parts: Parts) -> Result<Self, String> {
        let name = match &parts.name {
            Some(name) => name.clone(),
            None => NamePattern::new(DEFAULT_NAME)?,
        };
        let needs_version = parts.increasing.is_some() || !parts.manifests.is_empty();
        if needs_version && !name.as_str().contains("<version>") {
            return Err("`increasing` and `manifests` need a group `version` in `name`: `v(?<version>.+)`".to_owned());
        }
        for manifest in &parts.manifests {
            if manifest.pattern.as_ref().is_some_and(|it| !it.as_str().contains("<version>")) {
                return Err(format!("the pattern for `{}` needs a group `version`: `(?<version>.+)`", manifest.path));
            }
        }
        Ok(Self { name, parts })
    }
}

/// The parts that can be judged.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Parts {
    /// The pattern of names. The group `version` is the version; the group `series` keeps the tags of
    /// several products apart. By default `v1.2.3` and `service/v1.2.3`, as Semantic Versioning 2.0.0 has it.
    #[serde(default)]
    name: Option<NamePattern>,
    /// Tags that no part looks at: `nightly`, or a `v1` that moves along on purpose.
    #[serde(default)]
    pub(super) except: NamePatterns,
    /// Whether a tag must be a tag object with a date, a tagger and a message.
    #[serde(default)]
    pub(super) annotated: bool,
    /// Fewest characters of the tag's message.
    #[serde(default)]
    pub(super) min_message: Option<u32>,
    /// Signatures that are verified.
    #[serde(default)]
    pub(super) signatures: Option<Signing>,
    /// Than which tags the version must be greater.
    #[serde(default)]
    pub(super) increasing: Option<Increasing>,
    /// Patterns of branches, one of which must contain the commit.
    #[serde(default)]
    pub(super) branches: Option<NamePatterns>,
    /// Files that state the same version.
    #[serde(default)]
    pub(super) manifests: Vec<Manifest>,
}

/// Semantic Versioning 2.0.0 after a `v`, with any series before it.
const DEFAULT_NAME: &str = r"(?:(?<series>.+)/)?v(?<version>(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)(?:-(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*))*)?(?:\+[0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*)?)";

/// Whether this is the pattern that nobody had to write.
pub(super) fn is_default(name: &NamePattern) -> bool {
    name.as_str() == DEFAULT_NAME
}

/// With which tags of its series a version is compared.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Increasing {
    /// All of them: there is one line of releases.
    Overall,
    /// Those of the same major version: older ones are maintained.
    PerMajor,
    /// Those of the same major and minor version.
    PerMinor,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Manifest {
    /// Its path; `{series}` stands for the series of the tag. `Cargo.toml`, `pyproject.toml`, `package.json`,
    /// `composer.json`, `Chart.yaml`, `pubspec.yaml` and `VERSION` are known.
    pub(super) path: String,
    /// Where the version stands in another YAML, JSON or TOML file, as a JSON Pointer: `/info/version`.
    #[serde(default)]
    pub(super) pointer: Option<String>,
    /// A pattern with a group `version`, for any other file: `__version__ = "(?<version>.+)"`.
    #[serde(default)]
    pub(super) pattern: Option<Pattern>,
    /// The series whose tags it belongs to; every series when absent.
    #[serde(default)]
    pub(super) series: Option<NamePattern>,
}
