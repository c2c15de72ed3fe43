//! What a credential itself says about whether it is one: checksums and structure, judged without a network.
//!
//! A proof grades; it never drops. Tokens whose checksum does not match are edited ones, or of a form that changed.

mod bech32;
mod checksum;
mod cloud;
mod encoded;
mod messaging;
mod modes;
mod monitoring;
mod servers;

pub(crate) use bech32::AGE;
pub(crate) use checksum::{ATLASSIAN, CLOUDFLARE, CONFLUENT, GITHUB, GITHUB_REFRESH, GITLAB_ROUTABLE, VERCEL};
pub(crate) use cloud::{AWS_KEY_ID, AZURE_ACCOUNT_KEY, AZURE_SAS, DOCKER_SWARM, IDENTIFIER, PUBLIC};
pub(crate) use encoded::{CLOUDFLARE_TUNNEL, ONE_PASSWORD, PYPI, USER_AND_PASSWORD};
mod base58;
pub(crate) mod base64;
pub(crate) mod der;
mod jwt;
pub(crate) mod openpgp;
mod pem;

pub(crate) use base58::{EXTENDED_KEY, NKEY};
pub(crate) use jwt::JWT;
pub(crate) use messaging::{DISCORD, SLACK_WEBHOOK, TELEGRAM};
pub(crate) use modes::{EASYPOST, LIVE_OR_TEST};
pub(crate) use monitoring::{GRAFANA, GRAFANA_CLOUD, GRAFANA_KEY, MAPBOX, SENTRY};
pub(crate) use pem::{BARE, PEM, PGP, PUTTY, SSH2};
pub(crate) use servers::{REVIEW_BOARD, SYNAPSE, ZUPLO};

use super::tier::Tier;
use crate::model::Timestamp;

/// What a proof says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Grade {
    /// How sure it is now.
    pub(crate) tier: Tier,
    /// What was seen, when a person should know: a clause such as `it expired on 2024-05-01`.
    pub(crate) note: Option<String>,
}

impl Grade {
    /// The checksum or the structure holds.
    pub(crate) fn certain() -> Self {
        Self { tier: Tier::Certain, note: None }
    }

    /// This sure, because of what the note says.
    pub(crate) fn noted(tier: Tier, note: impl Into<String>) -> Self {
        Self { tier, note: Some(note.into()) }
    }

    /// The form is right and the checksum is not.
    pub(crate) fn altered() -> Self {
        Self::noted(Tier::Likely, "its checksum does not match, so that it may have been altered")
    }
}

/// How a credential is judged, and how a made-up one is completed.
#[derive(Clone, Copy)]
pub(crate) struct Proof {
    /// Judges the credential on the day of the run.
    pub(crate) grade: fn(secret: &str, now: Timestamp) -> Grade,
    /// Gives the checksum that belongs behind what stands before it: `{sum}` in a sample. Nothing for proofs
    /// without a checksum.
    pub(crate) sum: Option<fn(before: &str) -> String>,
}
