//! Asking a forge what it knows about a pull request: the only code of gatecheck that reaches the network.
//!
//! Only `gatecheck facts fetch` calls it. What comes out is a facts file and nothing else: a judgement never asks a
//! forge, and a token never leaves the client. What the token may not read is written down as missing, with the reason;
//! what did not come whole is an error, and no file.

mod client;
mod crowd;
mod error;
mod gitea;
mod github;
mod gitlab;
mod part;
mod target;

use std::fmt;
use std::time::Duration;

pub use error::FetchError;
pub use target::{ForgeKind, Named, Target};

use self::gitea::Gitea;
use self::github::GitHub;
use self::gitlab::GitLab;
use crate::formats::facts_file::FactsFile;
use crate::model::{AccountType, Forge, PullRequest};

/// A secret that lets us read. It is shown to nobody, in no format.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token without the white space around it; nothing when that is all there is.
    ///
    /// # Errors
    /// When it has characters that no header can carry.
    pub fn new(text: &str) -> Result<Option<Self>, FetchError> {
        let text = text.trim();
        if text.chars().all(|it| it.is_ascii_graphic()) {
            return Ok((!text.is_empty()).then(|| Self(text.to_owned())));
        }
        Err(FetchError::Usage {
            what: "the token holds characters that no token has".to_owned(),
            help: "give the token alone, on one line".to_owned(),
        })
    }

    /// Whether a text holds it.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        text.contains(&self.0)
    }

    fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Token(***)")
    }
}

/// How a forge is asked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The token; without one only what is public can be read.
    pub token: Option<Token>,
    /// Whether the token is the one that GitLab gives to a job: it goes into a header of its own.
    pub is_job_token: bool,
    /// How long all of it may take.
    pub limit: Duration,
}

/// A forge that can be asked about one pull request.
trait Source {
    /// The pull request as this forge tells it.
    type Pull;

    /// Asks for the pull request itself.
    fn pull(&self) -> Result<Self::Pull, FetchError>;

    /// What of it every forge has.
    fn request(&self, pull: &Self::Pull) -> PullRequest;

    /// Asks for everything else.
    fn forge(&self, pull: &Self::Pull) -> Result<Forge, FetchError>;
}

/// Asks a forge everything that it knows about a pull request.
///
/// # Errors
/// When something that the token may read did not come whole, or the pull request changes while it is read, twice.
pub fn facts(target: &Target, options: &Options) -> Result<FactsFile, FetchError> {
    match target.kind {
        ForgeKind::GitHub => read(&GitHub::new(target, options)?),
        ForgeKind::GitLab => read(&GitLab::new(target, options)?),
        ForgeKind::Gitea => read(&Gitea::new(target, options)?),
    }
}

/// Reads everything, and looks at the end whether it still is about the same commit.
fn read<S: Source>(source: &S) -> Result<FactsFile, FetchError> {
    let mut pull = source.pull()?;
    let mut told = String::new();
    for _ in 0..2 {
        let before = source.request(&pull);
        let forge = source.forge(&pull)?;
        pull = source.pull()?;
        let after = source.request(&pull);
        let ends = |it: &PullRequest| (it.head, it.source.clone(), it.target.clone());
        if ends(&before) == ends(&after) {
            return Ok(FactsFile::of_forge(after, &forge));
        }
        let head = |it: &PullRequest| it.head.map(|id| id.short()).unwrap_or_default();
        told = format!("from {} into `{}` to {} into `{}`", head(&before), before.target, head(&after), after.target);
    }
    Err(FetchError::Moved(told))
}

/// What stands behind an account, by the forge's own word for it.
fn account_type(word: &str) -> Option<AccountType> {
    match word {
        "User" => Some(AccountType::User),
        "Bot" => Some(AccountType::Bot),
        _ => None,
    }
}

/// A text as a part of an address: everything but letters, digits and `-._~` as `%XX`.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Whether a pattern of branches with `*` for anything names this one.
fn is_named_by(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut is_exact = true;
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        is_exact = false;
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    is_exact && rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in
            [("main", "main"), ("*", "a/b"), ("release/*", "release/1/2"), ("*-x-*", "a-x-b"), ("a*a", "aa")]
        {
            assert!(is_named_by(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("main", "main2"), ("main", "ma"), ("release/*", "releases/1"), ("a*a", "a"), ("*-x", "a-y"), ("", "a")]
        {
            assert!(!is_named_by(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_token_is_shown_to_nobody() {
        let token = Token::new(" word\n").unwrap().unwrap();
        assert_eq!(format!("{token:?}"), "Token(***)");
        assert!(token.is_in("a word of it") && !token.is_in("nothing of it"));
        assert!(Token::new(" \n").unwrap().is_none());
        let refused = Token::new("wo\nrd").unwrap_err();
        assert!(!format!("{refused} {refused:?} {}", refused.help()).contains("wo\nrd"));
    }

    #[test]
    fn a_part_of_an_address_ends_no_address() {
        assert_eq!(encoded("release/1 2?x#y"), "release%2F1%202%3Fx%23y");
        assert_eq!(encoded("dependabot[bot]"), "dependabot%5Bbot%5D");
    }
}
