//! Secrets are not committed.
//!
//! Offline: nothing is ever sent anywhere to find out whether a secret still works. A text is scanned once, whole, and
//! what was found outside of the lines that are judged is left out at the end: a key may begin above an added line.

mod blob;
mod catalogue;
mod change;
mod context;
mod custom;
mod decode;
mod files;
mod hit;
mod input;
mod kinds;
mod large;
mod look;
mod mask;
mod pair;
mod past;
mod placed;
mod prefilter;
mod proof;
mod scan;
mod sighting;
mod squeeze;
mod tell;
mod tier;
mod value;
mod watch;

use schemars::JsonSchema;
use serde::Deserialize;

use self::custom::{Detectors, Entries, Off, Own};
use self::input::{Input, Within};
use self::look::Look;
pub use self::sighting::Sighting;
use self::tier::Tier;
use super::scope::Scope;
use super::{Check, Example, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Facts, Need, RepoPath, Span, Stop, Text, Timestamp};

pub(super) struct SecretsCheck;

/// The settings, ready to judge.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Settings")]
#[schemars(with = "Settings")]
pub(super) struct Params {
    scope: Scope,
    except: Globs,
    own: Own,
    /// A digest of all of it.
    digest: Option<[u8; 32]>,
}

/// Settings of `secrets`. Without any, all that is likely to be a secret is found in what the change brings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    /// What is searched. `gatecheck --history` searches every file that there ever was besides.
    #[serde(default = "every_blob")]
    scope: Scope,
    /// How sure a finding must be.
    #[serde(default)]
    confidence: Tier,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
    /// Shipped kinds that are not reported, by the id of their findings without `secrets/`.
    #[serde(default)]
    off: Off,
    /// Detectors of your own, by id.
    #[serde(default)]
    detectors: Detectors,
    /// What is no secret although it looks like one. An entry holds when everything that it asks for holds.
    #[serde(default)]
    allow: Entries,
    /// Whether comments for other tools (`gitleaks:allow`, `pragma: allowlist secret` and their like) accept what stands on
    /// their line.
    #[serde(default)]
    foreign_comments: bool,
}

impl TryFrom<Settings> for Params {
    type Error = String;

    fn try_from(settings: Settings) -> Result<Self, Self::Error> {
        let Settings { scope, confidence, except, off, detectors, allow, foreign_comments } = settings;
        let own = Own::new(confidence, off, detectors, allow, foreign_comments)?;
        Ok(Self { scope, except, own, digest: None })
    }
}

fn every_blob() -> Scope {
    Scope::EveryBlob
}

impl Check for SecretsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "secrets",
        summary: "no secret is committed",
        docs: include_str!("check.md"),
        hazards: &kinds::HAZARDS,
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        params.scope.needs().into_iter().chain([Need::History]).collect()
    }

    fn reads_contents() -> bool {
        true
    }

    fn hidden(params: &Params, path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
        let text = text.as_bytes();
        let hits = params.own.found(&Input { path, text, within: Within::Whole, now, watch: None });
        hits.iter().map(|hit| HiddenSecret { span: hit.span, shown: mask::shown(hit) }).collect()
    }

    fn sightings(params: &Params, path: &RepoPath, text: &Text, now: Timestamp) -> Vec<Sighting> {
        if params.except.is_match(path) {
            return Vec::new();
        }
        let input = Input { path, text: text.as_str().as_bytes(), within: Within::Whole, now, watch: None };
        let hits = params.own.scan(&input).into_iter();
        hits.filter(|hit| params.own.reports(&input, hit)).map(|hit| Sighting::new(&hit, input.text)).collect()
    }

    fn sign(params: &mut Params, digest: [u8; 32]) {
        params.digest = Some(digest);
    }

    fn examples(params: &Params) -> Vec<Example> {
        params.own.examples()
    }

    fn advice(hazard: &str) -> Option<String> {
        let kind = hit::kind(hazard)?;
        Some(format!(
            "## Why\n\nWhoever has it {}. What was pushed once is known to whoever could read the repository, its forks, its \
             caches and its mirrors.\n\n## How to fix\n\n1. Now: {}.\n2. Take it out of the file and read it from the \
             environment or a vault.\n3. If it was pushed, it stays in history: a new secret is what helps, not a new \
             commit.\n",
            kind.harm(),
            kind.revoke()
        ))
    }

    fn evaluate(params: &Params, facts: &Facts) -> Result<Judged, Stop> {
        let mut judged = Judged::default();
        let watch = params.own.watch(facts);
        let look = Look { params, now: facts.run.now, watch: &watch };
        let mut told = change::search(&look, facts, &mut judged);
        if facts.run.history {
            past::search(&look, facts, &mut judged, &mut told);
        }
        judged.remarks = params.own.remarks(&watch, &facts.run);
        judged.missing.extend(params.own.missing());
        judged.findings.extend(told.into_iter().map(|it| it.finding));
        Ok(judged)
    }
}

/// Whether the name of a file or folder alone tells a format; see [`crate::model::Telling`].
pub(super) fn is_telling_name(name: &[u8], is_folder: bool) -> bool {
    files::is_telling(&String::from_utf8_lossy(name), is_folder)
}

/// A made-up line for the id of a credential, or for `catalogue` one line for each.
pub(super) fn made_up(name: &str) -> Option<String> {
    catalogue::sample(name)
}

/// A part of a text that no report may show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HiddenSecret {
    /// Where it stands, in bytes of the text.
    pub span: Span,
    /// How many of its first characters may be shown.
    pub shown: u32,
}

/// Where something stands in a text that is no file of the repository and that nobody should repeat: every credential with
/// a form of its own, however sure that is, and every likely secret.
pub(super) fn quoted(text: &str) -> Vec<Span> {
    let path = RepoPath::root();
    let input = Input { path: &path, text: text.as_bytes(), within: Within::Whole, now: Timestamp(0), watch: None };
    let hits = scan::shipped().scan(&input).into_iter();
    hits.filter(|hit| Tier::Likely <= hit.tier || hit.kind.is_known()).map(|hit| hit.span).collect()
}

/// Every likely secret of a text.
pub(super) fn hidden(path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
    let text = text.as_bytes();
    let hits = scan::shipped().scan(&Input { path, text, within: Within::Whole, now, watch: None });
    let likely = hits.into_iter().filter(|hit| Tier::Likely <= hit.tier);
    likely.map(|hit| HiddenSecret { span: hit.span, shown: mask::shown(&hit) }).collect()
}
