//! Verified signatures, for the checks of commits and of tags.
//!
//! Who may sign is read from the branch that the change goes to, as it is now: a change can neither authorise itself nor
//! bring a key back by starting from an older commit. What cannot be
//! verified here is unknown, never good.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Hazard;
use crate::formats::allowed_signers::{self, Signer};
use crate::formats::ssh_signature::{Scheme, SshKey, SshSignature, Unreadable, scheme};
use crate::model::{
    Blob, Facts, File, FileMode, Finding, Identity, Label, Missing, Place, RepoPath, Signature, Timestamp,
};

/// The use that Git makes signatures for.
const NAMESPACE: &str = "git";

pub(super) const UNSIGNED: Hazard = Hazard { id: "unsigned", title: "a signature is absent" };
pub(super) const BAD_SIGNATURE: Hazard =
    Hazard { id: "bad-signature", title: "a signature does not hold for what it signs" };
pub(super) const UNKNOWN_KEY: Hazard = Hazard { id: "unknown-key", title: "the signing key is not an allowed one" };
pub(super) const EXPIRED_KEY: Hazard =
    Hazard { id: "expired-key", title: "the signing key was not valid at the time of the signature" };
pub(super) const REVOKED_KEY: Hazard = Hazard { id: "revoked-key", title: "the signing key is revoked" };
pub(super) const OTHER_SIGNER: Hazard = Hazard { id: "other-signer", title: "the key belongs to somebody else" };

/// Settings of verified signatures.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Signing {
    /// Path of the file that says whose keys may sign, in the format of OpenSSH's `allowed_signers`. It is
    /// read at the tip of the branch that the change goes to, never at the head. Times without a zone are UTC.
    allowed_signers: String,
    /// Path of a file of revoked public keys, one a line; read there as well.
    #[serde(default)]
    revoked_keys: Option<String>,
    /// Whose e-mail address the key must belong to. A tag has only its tagger.
    #[serde(default)]
    pub(super) signer: Claimant,
}

/// Who is said to have signed.
#[derive(Clone, Copy, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Claimant {
    /// The committer: who made this very object.
    #[default]
    Committer,
    /// The author.
    Author,
}

/// Keys that may sign, as the target has them.
pub(super) struct Trust {
    path: RepoPath,
    revision: String,
    blob: std::sync::Arc<Blob>,
    signers: Vec<Signer>,
    /// Numbers of lines that could not be read.
    unread: Vec<u32>,
    revoked: Vec<SshKey>,
}

/// What is signed, and by whom it says it is.
pub(super) struct Signed<'a> {
    /// `commit` or `tag`.
    pub(super) kind: &'static str,
    pub(super) signature: Option<&'a Signature>,
    pub(super) by: &'a Identity,
    /// When it was made, by the clock of whoever made it.
    pub(super) at: Timestamp,
    /// What to run to sign it anew.
    pub(super) resign: String,
}

impl Signed<'_> {
    fn anew(&self) -> String {
        format!("sign it anew: {}", self.resign)
    }

    /// For whoever never signed anything.
    fn first_time(&self) -> String {
        let set_up = "`git config gpg.format ssh && git config user.signingKey ~/.ssh/id_ed25519.pub`";
        format!("sign it: {}; once before, say with which key: {set_up}", self.resign)
    }
}

/// What became of a signature.
pub(super) enum Judgement {
    /// The key of an allowed signer made it.
    Good,
    /// It does not count.
    Bad(Box<Fault>),
    /// It cannot be verified here.
    Unverifiable(Unverifiable),
}

/// Why a signature does not count.
pub(super) struct Fault {
    hazard: Hazard,
    message: String,
    because: Option<String>,
    help: String,
    related: Option<Label>,
}

impl Fault {
    fn new(hazard: Hazard, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { hazard, message: message.into(), because: None, help: help.into(), related: None }
    }

    fn because(mut self, because: impl Into<String>) -> Self {
        self.because = Some(because.into());
        self
    }

    fn related(mut self, label: Label) -> Self {
        self.related = Some(label);
        self
    }

    /// The finding at a place.
    pub(super) fn finding(self, place: Place) -> Finding {
        let mut finding = Finding::at(place, self.message).hazard(self.hazard.id).help(self.help);
        finding.because = self.because;
        finding.related.extend(self.related);
        finding
    }
}

/// Why a signature cannot be verified here.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unverifiable {
    OpenPgp,
    X509,
    /// An SSH key of this algorithm.
    Algorithm(String),
}

impl Unverifiable {
    /// The missing fact, for all the objects whose signatures cannot be verified for this reason.
    pub(super) fn missing(&self, kind: &str, names: &[String], trust: &Trust) -> Missing {
        let shown: Vec<String> = names.iter().take(3).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > 3 { format!(" and {} more", names.len() - 3) } else { String::new() };
        let whose = format!("{kind}{} {}{more}", if names.len() > 1 { "s" } else { "" }, shown.join(", "));
        let verify = names.first().map_or_else(String::new, |name| format!("git verify-{kind} {name}"));
        let (what, how) = match self {
            Self::OpenPgp => (
                "with OpenPGP".to_owned(),
                format!(
                    "gatecheck verifies SSH signatures (`git config gpg.format ssh`); check this one with `{verify}` and waive the rule"
                ),
            ),
            Self::X509 => (
                "with an X.509 certificate".to_owned(),
                format!(
                    "gatecheck verifies SSH signatures (`git config gpg.format ssh`); check this one with `{verify}` and waive the rule"
                ),
            ),
            Self::Algorithm(name) if name.contains("-cert-") => (
                format!("with an SSH certificate (`{name}`)"),
                format!(
                    "certificates are not verified{}; sign with a plain key that the file lists",
                    trust.authorities()
                ),
            ),
            Self::Algorithm(name) => (
                format!("with a key of the type `{name}`"),
                "this type is not verified; sign with an Ed25519, ECDSA P-256 or P-384, or RSA key up to 4096 bits"
                    .to_owned(),
            ),
        };
        Missing::here(format!("whether the signature of {whose} is good: it is made {what}"), how)
    }
}

impl Trust {
    /// Reads who may sign, at the target.
    pub(super) fn load(settings: &Signing, facts: &Facts) -> Result<Self, Missing> {
        let path = RepoPath::new(&settings.allowed_signers);
        let blob = target_blob(facts, &path)?;
        let (signers, problems) = allowed_signers::parse(blob.text());
        let unread = problems.iter().map(|it| blob.text().position(it.span.start).line).collect();
        let revoked = settings.revoked_keys.as_deref().map(|path| revoked(facts, &RepoPath::new(path))).transpose()?;
        let revision = facts.run.base_name.clone();
        Ok(Self { path, revision, blob, signers, unread, revoked: revoked.unwrap_or_default() })
    }

    /// Judges one signature.
    pub(super) fn judge(&self, signed: &Signed<'_>) -> Judgement {
        let Some(signature) = signed.signature else {
            let message = format!("the {} is not signed", signed.kind);
            return Judgement::Bad(Box::new(Fault::new(UNSIGNED, message, signed.first_time())));
        };
        match scheme(&signature.armor) {
            Scheme::Ssh => {}
            Scheme::OpenPgp => return Judgement::Unverifiable(Unverifiable::OpenPgp),
            Scheme::X509 => return Judgement::Unverifiable(Unverifiable::X509),
            Scheme::Other => {
                let message = format!("the signature of the {} is of no kind that Git makes", signed.kind);
                return Judgement::Bad(Box::new(Fault::new(BAD_SIGNATURE, message, signed.anew())));
            }
        }
        let parsed = match SshSignature::parse(&signature.armor) {
            Ok(parsed) => parsed,
            Err(Unreadable::Unsupported(name)) => return Judgement::Unverifiable(Unverifiable::Algorithm(name)),
            Err(Unreadable::Malformed(how)) => {
                let message = format!("the signature of the {} is damaged: {how}", signed.kind);
                return Judgement::Bad(Box::new(Fault::new(BAD_SIGNATURE, message, signed.anew())));
            }
        };
        match self.fault(&parsed, signature, signed) {
            Some(fault) => Judgement::Bad(Box::new(fault)),
            None => Judgement::Good,
        }
    }

    fn fault(&self, parsed: &SshSignature, signature: &Signature, signed: &Signed<'_>) -> Option<Fault> {
        let Signed { kind, by, .. } = signed;
        if parsed.namespace() != NAMESPACE {
            let message = format!("the signature was made for the use `{}`, not for `{NAMESPACE}`", parsed.namespace());
            return Some(Fault::new(BAD_SIGNATURE, message, signed.anew()));
        }
        if !parsed.verifies(NAMESPACE, &signature.signed) {
            let message = format!("the signature does not hold for this {kind}");
            let because =
                format!("the {kind} was changed after it was signed, or the signature belongs to another one");
            return Some(Fault::new(BAD_SIGNATURE, message, signed.anew()).because(because));
        }
        let key = parsed.key();
        let mark = key.fingerprint();
        if self.revoked.contains(key) {
            let message = format!("the key `{mark}` is revoked");
            let help = format!("find out who holds it, then sign with another key: {}", signed.resign);
            return Some(Fault::new(REVOKED_KEY, message, help));
        }
        // A line of a certificate authority speaks about certificates only, never about this very key.
        let lines: Vec<&Signer> =
            self.signers.iter().filter(|it| !it.certificate_authority && it.key == *key).collect();
        if lines.iter().any(|it| it.is_for(NAMESPACE) && it.speaks_for(&by.email) && is_valid(it, signed.at)) {
            return None;
        }
        Some(match lines.iter().min_by_key(|it| (!it.speaks_for(&by.email), !it.is_for(NAMESPACE))) {
            Some(line) => self.line_fault(line, &mark, signed),
            None => self.unknown_key(key, signed),
        })
    }

    /// Why the nearest line of the file does not cover the signature.
    fn line_fault(&self, line: &Signer, mark: &str, signed: &Signed<'_>) -> Fault {
        let email = &signed.by.email;
        let fault = if !line.speaks_for(email) {
            let message = format!("the key `{mark}` may not sign for `{email}`");
            let help = format!(
                "set the e-mail address that the key is listed for (`git config user.email …`) and sign anew: {}",
                signed.resign
            );
            Fault::new(OTHER_SIGNER, message, help).because(format!("it is listed for `{}`", line.principals.join(",")))
        } else if !line.is_for(NAMESPACE) {
            let uses = line.namespaces.as_ref().map_or_else(String::new, |it| it.join(","));
            let message = format!("the key `{mark}` is listed for the use `{uses}`, not for `{NAMESPACE}`");
            Fault::new(UNKNOWN_KEY, message, format!("add `{NAMESPACE}` to its `namespaces` in a change of its own"))
        } else {
            let message = match (line.valid_after, line.valid_before) {
                (Some(after), _) if signed.at < after => {
                    format!("the key `{mark}` is valid from {after} on; the {} is of {}", signed.kind, signed.at)
                }
                (_, Some(before)) => {
                    format!("the key `{mark}` expired on {before}; the {} is of {}", signed.kind, signed.at)
                }
                (_, None) => format!("the key `{mark}` is not valid at {}", signed.at),
            };
            Fault::new(EXPIRED_KEY, message, format!("sign with a key that is valid now: {}", signed.resign))
        };
        fault.related(self.label(line))
    }

    fn unknown_key(&self, key: &SshKey, signed: &Signed<'_>) -> Fault {
        let message = format!("the key `{}` is not in `{}`", key.fingerprint(), self.path);
        // Whoever signed chose the address; one with a wildcard or a comma would authorise others as well.
        let is_plain = |it: char| it.is_alphanumeric() || "@._+-[]".contains(it);
        let email = Some(signed.by.email.as_str()).filter(|it| it.contains('@') && it.chars().all(is_plain));
        let line = format!("{} namespaces=\"{NAMESPACE}\" {}", email.unwrap_or("ADDRESS"), key.to_openssh());
        let help = format!("if the key is right, add this line in a change of its own: `{line}`");
        let fault = Fault::new(UNKNOWN_KEY, message, help);
        if self.unread.is_empty() {
            return fault.because(format!("the file is read as `{}` has it", self.revision));
        }
        let numbers: Vec<String> = self.unread.iter().take(5).map(u32::to_string).collect();
        fault.because(format!("the file, as `{}` has it, cannot be read in line {}", self.revision, numbers.join(", ")))
    }

    fn label(&self, signer: &Signer) -> Label {
        let text = self.blob.text();
        let region = Some(text.region(signer.span));
        let place = Place::File { path: self.path.clone(), region, revision: Some(self.revision.clone()) };
        Label { place, snippet: Some(text.snippet(signer.span)), text: "the key is listed here".to_owned() }
    }

    /// A clause about the lines that name certificate authorities.
    fn authorities(&self) -> String {
        let line = self.signers.iter().find(|it| it.certificate_authority);
        line.map_or_else(String::new, |it| {
            let number = self.blob.text().position(it.span.start).line;
            format!(", so `cert-authority` in `{}`, line {number}, has no effect", self.path)
        })
    }
}

fn is_valid(line: &Signer, at: Timestamp) -> bool {
    line.valid_after.is_none_or(|after| after <= at) && line.valid_before.is_none_or(|before| at <= before)
}

fn target_blob(facts: &Facts, path: &RepoPath) -> Result<std::sync::Arc<Blob>, Missing> {
    let is_file = |file: &File| matches!(file.mode, FileMode::Regular | FileMode::Executable);
    let file = facts.target.file(path)?.filter(is_file).ok_or_else(|| {
        Missing::here(
            format!("whose keys may sign: `{path}` is no file of `{}`", facts.run.base_name),
            "add the file in a change of its own and merge it first; it is never read from the change that is judged",
        )
    })?;
    facts.target_blob(&file)
}

fn revoked(facts: &Facts, path: &RepoPath) -> Result<Vec<SshKey>, Missing> {
    let blob = target_blob(facts, path)?;
    let (keys, problems) = allowed_signers::parse_revoked(blob.text());
    match problems.first() {
        None => Ok(keys),
        // A key that cannot be read might be the very one.
        Some(problem) => Err(Missing::here(
            format!(
                "which keys are revoked: line {} of `{path}` is not a public key",
                blob.text().position(problem.span.start).line
            ),
            "list one public key a line; a binary revocation list of `ssh-keygen -k` is not read",
        )),
    }
}
