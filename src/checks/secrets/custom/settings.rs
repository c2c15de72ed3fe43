//! The settings as they are written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::allow::Allow;
use super::detector::Detector;
use super::expression::Expression;
use super::{HAZARD, made, unknown};
use crate::checks::secrets::tier::Tier;
use crate::checks::secrets::{kinds, placed};
use crate::formats::globs::Globs;
use crate::model::Date;

/// Ids of shipped kinds that are not reported.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(transparent)]
pub(crate) struct Off(Vec<KindId>);

impl Off {
    pub(super) fn into_ids(self) -> BTreeSet<String> {
        self.0.into_iter().map(|it| it.0).collect()
    }
}

/// The id of a shipped kind.
struct KindId(String);

impl<'de> Deserialize<'de> for KindId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let mut known = kinds::HAZARDS.iter().map(|it| it.id).filter(|it| *it != HAZARD.id);
        if known.any(|it| it == id) {
            return Ok(Self(id));
        }
        Err(serde::de::Error::custom(unknown(&id, kinds::HAZARDS.iter().map(|it| it.id), "kind of secret")))
    }
}

impl JsonSchema for KindId {
    fn schema_name() -> Cow<'static, str> {
        "KindId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "description": "A kind of finding, without `secrets/`." })
    }
}

/// Detectors of a policy, by id.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(transparent)]
pub(crate) struct Detectors(BTreeMap<DetectorId, Written>);

/// The id of a detector: letters, digits, `-`, `_` and `.`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct DetectorId(String);

/// Characters of the longest id.
const LONGEST_ID: usize = 64;

impl<'de> Deserialize<'de> for DetectorId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let id = String::deserialize(deserializer)?;
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
        if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(is_plain) {
            let message = format!("`{id}` is no id: 1 to {LONGEST_ID} letters, digits, `-`, `_` and `.`");
            return Err(serde::de::Error::custom(message));
        }
        Ok(Self(id))
    }
}

impl JsonSchema for DetectorId {
    fn schema_name() -> Cow<'static, str> {
        "DetectorId".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    /// What it finds; a noun phrase: `token of Acme`.
    #[serde(default)]
    title: Option<String>,
    /// How it looks. The group `secret` is the secret; without one, all that matches is.
    pattern: Expression,
    /// What must stand near for a finding to count: all of it, in the same file.
    #[serde(default)]
    beside: Vec<Beside>,
    /// Whether it only serves as what stands beside others, and is not reported by itself.
    #[serde(default)]
    part: bool,
    /// Literals of at least three bytes, in any case of letters, of which one stands in a text that has a match. Without
    /// them, what the pattern itself requires is looked for.
    #[serde(default)]
    keywords: Vec<Keyword>,
    /// Files in which it is looked for; all of them when absent.
    #[serde(default)]
    paths: Option<Globs>,
    /// What is found in the paths of those files; for what no glob can say.
    #[serde(default)]
    path_pattern: Option<Expression>,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
    /// Bits per character (Shannon's entropy) that a secret has at least.
    #[serde(default)]
    #[schemars(range(min = 0.0, max = 8.0))]
    entropy: f64,
    /// How sure its findings are.
    #[serde(default)]
    confidence: Tier,
    /// Words that no secret has, in any case of letters.
    #[serde(default)]
    stopwords: Vec<String>,
    /// What a finder can do with it; goes on from "whoever has it".
    #[serde(default)]
    harm: Option<String>,
    /// What to do now; an imperative sentence without a full stop.
    #[serde(default)]
    help: Option<String>,
    /// Texts in which it finds a secret; `{an:32}` stands for 32 made-up letters and digits.
    hits: Recipes,
    /// Texts in which it finds none.
    misses: Recipes,
}

/// What must stand near a finding.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Beside {
    /// A detector of the policy, or a kind of findings without `secrets/`.
    pub(super) id: String,
    /// The most lines between the two beginnings; any number in the file when absent.
    #[serde(default)]
    pub(super) lines: Option<u32>,
    /// The most bytes between their distances from the beginnings of their lines; any number when absent.
    #[serde(default)]
    pub(super) columns: Option<u32>,
}

/// A literal that tells quickly whether a text is worth looking at.
struct Keyword(String);

impl<'de> Deserialize<'de> for Keyword {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        if word.len() < 3 {
            let message = format!("the keyword `{word}` is shorter than three bytes: it is everywhere");
            return Err(serde::de::Error::custom(message));
        }
        Ok(Self(word))
    }
}

impl JsonSchema for Keyword {
    fn schema_name() -> Cow<'static, str> {
        "Keyword".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// At least one text with placeholders for random characters.
struct Recipes(Vec<String>);

impl<'de> Deserialize<'de> for Recipes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let recipes = Vec::<String>::deserialize(deserializer)?;
        if recipes.is_empty() {
            return Err(serde::de::Error::custom("one example at least is needed: `gatecheck test` runs it"));
        }
        match recipes.iter().find_map(|it| made(it).err()) {
            Some(error) => Err(serde::de::Error::custom(format!("{error}; `{{{{` stands for a brace"))),
            None => Ok(Self(recipes)),
        }
    }
}

impl JsonSchema for Recipes {
    fn schema_name() -> Cow<'static, str> {
        "Recipes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "array", "items": { "type": "string" }, "minItems": 1 })
    }
}

impl Detectors {
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|it| it.0.as_str())
    }

    /// What stands beside others, by the ids that name it.
    pub(super) fn beside(&self) -> impl Iterator<Item = &str> {
        self.0.values().flat_map(|it| &it.beside).map(|it| it.id.as_str())
    }

    pub(super) fn into_detectors(self) -> Vec<Arc<Detector>> {
        self.0.into_iter().map(|(id, written)| Arc::new(written.into_detector(id.0))).collect()
    }
}

impl Written {
    fn into_detector(self, id: String) -> Detector {
        let keywords: Vec<Vec<u8>> = self.keywords.into_iter().map(|it| it.0.into_bytes()).collect();
        let literals = if keywords.is_empty() { self.pattern.required.clone() } else { keywords };
        let title = self.title.map_or_else(|| format!("secret of `{id}`"), |title| format!("{title} (`{id}`)"));
        Detector {
            title,
            id,
            harm: self.harm.unwrap_or_else(|| placed::CREDENTIAL.harm.to_owned()),
            revoke: self.help.unwrap_or_else(|| placed::CREDENTIAL.revoke.to_owned()),
            expression: self.pattern,
            beside: self.beside,
            is_part: self.part,
            literals,
            paths: self.paths,
            path_pattern: self.path_pattern,
            except: self.except,
            entropy: self.entropy,
            tier: self.confidence,
            stopwords: lower(self.stopwords),
            hits: self.hits.0,
            misses: self.misses.0,
        }
    }
}

/// What is no secret although it looks like one.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(transparent)]
pub(crate) struct Entries(pub(super) Vec<Entry>);

/// One entry; all that it asks for must hold.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Asked")]
#[schemars(with = "Asked")]
pub(super) struct Entry(Asked);

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Asked {
    /// What is found in it.
    #[serde(default)]
    pattern: Option<Expression>,
    /// What the pattern is looked for in.
    #[serde(default)]
    target: Target,
    /// Files in which it holds.
    #[serde(default)]
    paths: Option<Globs>,
    /// What is found in the paths of those files; for what no glob can say.
    #[serde(default)]
    path_pattern: Option<Expression>,
    /// Words of which the secret has one, in any case of letters.
    #[serde(default)]
    stopwords: Vec<String>,
    /// Kinds of findings, without `secrets/`, and detectors that it speaks about; all of them when absent.
    #[serde(default)]
    ids: Vec<String>,
    /// Why it is no secret.
    #[schemars(length(min = 1))]
    reason: String,
    /// Who answers for it.
    #[serde(default)]
    owner: Option<String>,
    /// The last day on which it holds, in UTC: `2027-03-31`. Without one it holds until it is taken out.
    #[serde(default)]
    expires: Option<Date>,
}

/// What a pattern is looked for in.
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Target {
    /// The secret.
    #[default]
    Secret,
    /// All that the pattern of a kind or detector matches around it.
    Match,
    /// The lines that it stands on.
    Line,
}

impl TryFrom<Asked> for Entry {
    type Error = &'static str;

    fn try_from(asked: Asked) -> Result<Self, Self::Error> {
        if asked.reason.trim().is_empty() {
            return Err("`reason` is empty: say why this is no secret");
        }
        if asked.pattern.is_none()
            && asked.paths.is_none()
            && asked.path_pattern.is_none()
            && asked.stopwords.is_empty()
        {
            return Err(
                "nothing says what is allowed: give `pattern`, `paths` or `stopwords`; `off` takes whole kinds",
            );
        }
        if asked.stopwords.iter().any(String::is_empty) {
            return Err("an empty stopword is in every secret");
        }
        if asked.pattern.is_none() && asked.target != Target::Secret {
            return Err("`target` says what `pattern` is looked for in, and there is no `pattern`");
        }
        Ok(Self(asked))
    }
}

impl Entry {
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.ids.iter().map(String::as_str)
    }

    pub(super) fn into_allow(self) -> Allow {
        let Asked { pattern, target, paths, path_pattern, stopwords, ids, reason, owner, expires } = self.0;
        Allow { pattern, target, paths, path_pattern, stopwords: lower(stopwords), ids, reason, owner, expires }
    }
}

fn lower(words: Vec<String>) -> Vec<String> {
    words.into_iter().map(|it| it.to_ascii_lowercase()).filter(|it| !it.is_empty()).collect()
}
