//! Credentials that hold readable text once decoded: JSON, macaroons, a user and a password.

use serde_json::Value;

use super::base64::decode;
use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

/// PyPI: a macaroon that names its index.
pub(crate) const PYPI: Proof = Proof { grade: |secret, _| pypi(secret), sum: None };

/// `user:password` in base 64, as in the settings of Docker and npm.
pub(crate) const USER_AND_PASSWORD: Proof = Proof { grade: |secret, _| user_and_password(secret), sum: None };

/// 1Password service accounts: JSON behind `ops_`.
pub(crate) const ONE_PASSWORD: Proof =
    Proof { grade: |secret, _| holds(secret.strip_prefix("ops_"), &["signInAddress", "secretKey"]), sum: None };

/// Cloudflare tunnels: JSON with the account, the tunnel and its secret.
pub(crate) const CLOUDFLARE_TUNNEL: Proof =
    Proof { grade: |secret, _| holds(Some(secret), &["a", "t", "s"]), sum: None };

fn json(text: &str) -> Option<Value> {
    serde_json::from_slice(&decode(text)?).ok()
}

/// Whether the text is JSON with all these keys.
pub(super) fn holds(text: Option<&str>, keys: &[&str]) -> Grade {
    let value = text.and_then(json);
    match value {
        Some(value) if keys.iter().all(|key| value.get(*key).is_some()) => Grade::certain(),
        Some(_) | None => Grade::noted(Tier::Likely, "it does not decode, so that it may have been altered"),
    }
}

/// A macaroon of version 2 begins with 2, then a packet with the number 1, the length of the location, and the location.
fn pypi(token: &str) -> Grade {
    let bytes = token.strip_prefix("pypi-").and_then(decode).unwrap_or_default();
    let location = match bytes.as_slice() {
        [2, 1, length, rest @ ..] => rest.get(..usize::from(*length)),
        _ => None,
    };
    match location {
        Some(b"pypi.org") => Grade::certain(),
        Some(b"test.pypi.org") => Grade { tier: Tier::Certain, note: Some("it is one of test.pypi.org".to_owned()) },
        Some(_) | None => Grade::noted(Tier::Likely, "it names no known index, so that it may have been altered"),
    }
}

fn user_and_password(packed: &str) -> Grade {
    /// Passwords that stand for one.
    const WORDS: [&str; 8] = ["password", "passwd", "pass", "secret", "changeme", "test", "example", "hunter2"];
    let decoded = decode(packed).and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = decoded.as_deref().filter(|text| !text.contains(char::is_control)).and_then(|it| it.split_once(':'));
    match parts {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => {
            if WORDS.iter().any(|word| password.eq_ignore_ascii_case(word)) {
                return Grade::noted(Tier::Possible, "its password is one that stands in examples");
            }
            Grade { tier: Tier::Likely, note: None }
        }
        Some(_) | None => Grade::noted(Tier::Possible, "it does not decode to a user and a password"),
    }
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::prelude::BASE64_URL_SAFE;

    use super::*;

    fn pack(text: &str) -> String {
        BASE64_URL_SAFE.encode(text)
    }

    #[test]
    fn a_macaroon_names_its_index() {
        // The beginning that every token of PyPI has, as its manual prints it.
        assert_eq!(pypi("pypi-AgEIcHlwaS5vcmcCJGFiY2Q").tier, Tier::Certain);
        assert_eq!(pypi("pypi-AgENdGVzdC5weXBpLm9yZwIkYWJj").note.as_deref(), Some("it is one of test.pypi.org"));
        for other in ["pypi-AgEIcHlwaS5vcmQCJGFiY2Q", "pypi-AgH_", "pypi-", "pypi-!", "AgEIcHlwaS5vcmcCJGFiY2Q"] {
            assert_eq!(pypi(other).tier, Tier::Likely, "{other}");
        }
    }

    #[test]
    fn a_user_and_a_password_stand_around_a_colon() {
        assert_eq!(user_and_password(&pack("user:tulip-42")).tier, Tier::Likely);
        assert_eq!(user_and_password(&pack("user:Password")).tier, Tier::Possible);
        for other in ["dXNlcg==", "dXNlcjo=", "OnBhc3M=", "/////w==", "dQo6cA==", "!"] {
            assert_eq!(user_and_password(other).tier, Tier::Possible, "{other}");
        }
    }

    #[test]
    fn json_without_its_keys_is_altered() {
        assert_eq!(holds(Some(&pack(r#"{"a":"1","t":"2","s":"3"}"#)), &["a", "t", "s"]), Grade::certain());
        assert_eq!(holds(Some(&pack(r#"{"a":"1","t":"2"}"#)), &["a", "t", "s"]).tier, Tier::Likely);
        assert_eq!(holds(None, &["a"]).tier, Tier::Likely);
        assert_eq!(holds(Some(&pack("[]")), &["a"]).tier, Tier::Likely);
    }
}
