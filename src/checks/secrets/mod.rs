//! Secrets are not committed.
//!
//! Offline: nothing is ever sent anywhere to find out whether a secret still works. A text is scanned once, whole, and
//! what was found outside of the lines that are judged is left out at the end: a key may begin above an added line.

mod catalogue;
mod change;
mod context;
mod custom;
mod decode;
mod files;
mod hit;
mod kinds;
mod mask;
mod pair;
mod past;
mod placed;
mod prefilter;
mod proof;
mod scan;
mod tell;
mod tier;
mod value;

use schemars::JsonSchema;
use serde::Deserialize;

use self::custom::{Detectors, Entries, Off, Own};
use self::scan::{Input, Within};
use self::tier::Tier;
use super::scope::Scope;
use super::{Check, Example, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Facts, Need, RepoPath, Span, Stop, Timestamp};

pub(super) struct SecretsCheck;

/// The settings, ready to judge.
#[derive(Deserialize, JsonSchema)]
#[serde(try_from = "Settings")]
#[schemars(with = "Settings")]
pub(super) struct Params {
    scope: Scope,
    except: Globs,
    own: Own,
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
        Ok(Self { scope, except, own })
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
        let hits = params.own.found(&Input { path, text, within: Within::Whole, now });
        hits.iter().map(|hit| HiddenSecret { span: hit.span, shown: mask::shown(hit) }).collect()
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
        let mut told = change::search(params, facts, &mut judged);
        if facts.run.history {
            past::search(params, facts, &mut judged, &mut told);
        }
        judged.missing.extend(params.own.missing());
        judged.findings.extend(told.into_iter().map(|it| it.finding));
        Ok(judged)
    }
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

/// Every likely secret of a text.
pub(super) fn hidden(path: &RepoPath, text: &str, now: Timestamp) -> Vec<HiddenSecret> {
    let text = text.as_bytes();
    let hits = scan::shipped().scan(&Input { path, text, within: Within::Whole, now });
    let likely = hits.into_iter().filter(|hit| Tier::Likely <= hit.tier);
    likely.map(|hit| HiddenSecret { span: hit.span, shown: mask::shown(&hit) }).collect()
}
