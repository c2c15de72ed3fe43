//! What the scanner finds.

use std::fmt;
use std::sync::Arc;

use super::catalogue::{self, Credential, Provider};
use super::custom::{self, Detector};
use super::placed;
use super::tier::Tier;
use crate::model::Span;

/// The secret itself. It can be compared and digested, and is never shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Secret(pub(super) Vec<u8>);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Secret({} bytes)", self.0.len())
    }
}

/// A secret in a text.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// Where it stands, without quotes and prefixes that do not belong to it.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) kind: Kind,
    /// How sure that is.
    pub(crate) tier: Tier,
    /// What was seen besides: a clause such as `it expired on 2024-05-01`.
    pub(crate) note: Option<String>,
    /// Its value, decoded.
    pub(crate) secret: Secret,
    /// What its expression matched, where that is more than the secret.
    pub(crate) matched: Option<Secret>,
}

/// What kind of secret it is, in words.
#[derive(Clone)]
pub(crate) enum Kind {
    /// An entry of the catalogue.
    Known(&'static Provider, &'static Credential),
    /// Told by its place: the key of an assignment, a header, an address, a file.
    Placed(&'static Placed),
    /// A detector of the policy.
    Own(Arc<Detector>),
}

/// A kind of secret that is told by its place and not by its form.
pub(crate) struct Placed {
    /// The suffix of its finding's id: `password` in `secrets/password`.
    pub(crate) id: &'static str,
    /// What it is; a noun phrase: `password`.
    pub(crate) title: &'static str,
    /// What a finder can do with it: a clause that goes on from "whoever has it".
    pub(crate) harm: &'static str,
    /// What to do now: an imperative sentence without a full stop.
    pub(crate) revoke: &'static str,
}

/// The kind of secret with this id.
pub(crate) fn kind(id: &str) -> Option<Kind> {
    let known = catalogue::all().find(|(_, credential)| credential.id == id);
    let known = known.map(|(provider, credential)| Kind::Known(provider, credential));
    known.or_else(|| placed::ALL.iter().find(|it| it.id == id).map(|it| Kind::Placed(it)))
}

/// Credentials whose form says what they are and not whose.
const GENERAL: [&str; 1] = ["jwt"];

impl Kind {
    /// How much it says: a provider's own form, a form that many share, a place, or a password of anything.
    pub(crate) fn specificity(&self) -> u8 {
        match self {
            Self::Known(_, credential) if GENERAL.contains(&credential.id) => 2,
            Self::Known(..) | Self::Own(_) => 3,
            Self::Placed(placed) => u8::from(placed.id != placed::PASSWORD.id),
        }
    }

    /// The suffix of the finding's id.
    pub(crate) fn id(&self) -> &'static str {
        match self {
            Self::Known(_, credential) => credential.id,
            Self::Placed(placed) => placed.id,
            Self::Own(_) => custom::HAZARD.id,
        }
    }

    /// What a policy calls it: the suffix of the finding's id, or the id of the detector.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Own(detector) => &detector.id,
            Self::Known(..) | Self::Placed(_) => self.id(),
        }
    }

    /// Whether it is a detector of the policy.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Whether it is a detector that is not reported by itself.
    pub(crate) fn is_part(&self) -> bool {
        matches!(self, Self::Own(detector) if detector.is_part())
    }

    /// Whether a provider's own form says what it is.
    pub(crate) fn is_known(&self) -> bool {
        matches!(self, Self::Known(_, credential) if !GENERAL.contains(&credential.id))
    }

    /// Whether it is told by its form and not by its place.
    pub(crate) fn is_formed(&self) -> bool {
        !matches!(self, Self::Placed(_))
    }

    /// Who issues it, when its form tells.
    pub(crate) fn provider(&self) -> Option<&'static str> {
        match self {
            Self::Known(provider, _) => Some(provider.name),
            Self::Placed(_) | Self::Own(_) => None,
        }
    }

    /// What it is.
    pub(crate) fn title(&self) -> &str {
        match self {
            Self::Own(detector) => &detector.title,
            Self::Known(_, credential) => credential.title,
            Self::Placed(placed) => placed.title,
        }
    }

    /// What a finder can do with it.
    pub(crate) fn harm(&self) -> &str {
        match self {
            Self::Own(detector) => &detector.harm,
            Self::Known(provider, _) => provider.harm,
            Self::Placed(placed) => placed.harm,
        }
    }

    /// What to do now.
    pub(crate) fn revoke(&self) -> &str {
        match self {
            Self::Own(detector) => &detector.revoke,
            Self::Known(provider, _) => provider.revoke,
            Self::Placed(placed) => placed.revoke,
        }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
