//! Secrets are not committed.
//!
//! Offline: nothing is ever sent anywhere to find out whether a secret still works.

mod catalogue;
mod context;
mod decode;
mod files;
mod hit;
mod mask;
mod pair;
mod placed;
mod prefilter;
mod proof;
mod scan;
mod tier;
mod value;

use std::fmt::Write as _;

use schemars::JsonSchema;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use self::hit::Hit;
use self::scan::Input;
use self::tier::Tier;
use super::scope::{Passage, Scope};
use super::{Check, Hazard, Judged, Meta};
use crate::formats::globs::Globs;
use crate::model::{Facts, Finding, LineRange, Need, RepoPath, Span, Stop, Text, Timestamp};

pub(super) struct SecretsCheck;

/// Settings of `secrets`. Without any, all that is likely to be a secret is found in what the change brings.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Params {
    /// What is searched.
    #[serde(default = "every_blob")]
    scope: Scope,
    /// How sure a finding must be.
    #[serde(default)]
    confidence: Tier,
    /// Files that are left out.
    #[serde(default)]
    except: Globs,
}

fn every_blob() -> Scope {
    Scope::EveryBlob
}

const HAZARD_COUNT: usize = hazard_count();

/// The kinds of findings: the whole catalogue.
const HAZARDS: [Hazard; HAZARD_COUNT] = hazards();

const fn hazard_count() -> usize {
    let mut count = placed::ALL.len();
    let mut file = 0;
    while file < catalogue::PROVIDERS.len() {
        let providers = catalogue::PROVIDERS[file];
        let mut at = 0;
        while at < providers.len() {
            count += providers[at].credentials.len();
            at += 1;
        }
        file += 1;
    }
    count
}

const fn hazards() -> [Hazard; HAZARD_COUNT] {
    let mut all = [Hazard { id: "", title: "" }; HAZARD_COUNT];
    let mut count = 0;
    let mut file = 0;
    while file < catalogue::PROVIDERS.len() {
        let providers = catalogue::PROVIDERS[file];
        let mut at = 0;
        while at < providers.len() {
            let credentials = providers[at].credentials;
            let mut number = 0;
            while number < credentials.len() {
                all[count] = Hazard { id: credentials[number].id, title: credentials[number].title };
                count += 1;
                number += 1;
            }
            at += 1;
        }
        file += 1;
    }
    let mut at = 0;
    while at < placed::ALL.len() {
        all[count] = Hazard { id: placed::ALL[at].id, title: placed::ALL[at].title };
        count += 1;
        at += 1;
    }
    all
}

impl Check for SecretsCheck {
    type Params = Params;

    const META: Meta = Meta {
        id: "secrets",
        summary: "no secret is committed",
        docs: include_str!("check.md"),
        hazards: &HAZARDS,
        since: "0.1.0",
    };

    fn needs(params: &Params) -> Vec<Need> {
        params.scope.needs()
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
        let keep = |path: &RepoPath| !params.except.is_match(path);
        params.scope.each_passage(facts, &mut judged, &keep, &mut |judged, passage| {
            let text = passage.blob.text();
            let hits = hits(passage.path, text.as_str(), facts.run.now);
            for hit in hits.iter().filter(|hit| params.confidence <= hit.tier && is_within(text, hit, &passage.lines)) {
                judged.findings.push(finding(passage, text, hit, &hits));
            }
        });
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
    let likely = hits(path, text, now).into_iter().filter(|hit| Tier::Likely <= hit.tier);
    likely.map(|hit| HiddenSecret { span: hit.span, shown: mask::shown(&hit) }).collect()
}

/// Every secret of a text.
fn hits(path: &RepoPath, text: &str, now: Timestamp) -> Vec<Hit> {
    let text = text.as_bytes();
    scan::shipped().scan(&Input { path, text, within: &[0..text.len()], now })
}

/// Whether a line of the secret is one that is judged.
fn is_within(text: &Text, hit: &Hit, lines: &[LineRange]) -> bool {
    let region = text.region(hit.span);
    let meets = |range: &LineRange| range.first <= region.end.line && region.start.line < range.numbers().end;
    lines.iter().any(meets)
}

fn finding(passage: &Passage<'_>, text: &Text, hit: &Hit, all: &[Hit]) -> Finding {
    let mut label = passage.label(hit.span, "");
    if let Some(snippet) = &mut label.snippet {
        mask::mask(snippet, text, all);
    }
    let message = format!("{}, {} ({})", hit.kind.title(), hit.tier.as_str(), mask::spoken(hit));
    let mut because = format!("whoever has it {}", hit.kind.harm());
    if let Some(note) = &hit.note {
        let _ = write!(because, "; {note}");
    }
    let help = match &passage.commit {
        None => format!("{}; then take it out of the file", hit.kind.revoke()),
        Some(commit) => format!(
            "{}; commit {} brings it, and history keeps what a later commit takes away: `git rebase --interactive` takes \
             it out of that commit",
            hit.kind.revoke(),
            commit.short()
        ),
    };
    Finding::new(label, message)
        .hazard(hit.kind.id())
        .because(because)
        .help(help)
        .evidence("confidence", hit.tier.as_str())
        .key_anywhere(identity(hit))
}

/// What makes a secret itself: a digest with a key of its own, so that it is in no table of digests.
fn identity(hit: &Hit) -> String {
    let mut hash = Sha256::new();
    for part in [b"gatecheck secret v1".as_slice(), hit.kind.id().as_bytes(), &hit.secret.0] {
        hash.update(format!("{}:", part.len()).as_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
