//! JSON Web Tokens: what their two readable parts say. Sources: RFC 7515, RFC 7519.

use serde_json::Value;

use super::{Grade, Proof, base64};
use crate::checks::secrets::tier::Tier;
use crate::model::Timestamp;

/// A signed token.
pub(crate) const JWT: Proof = Proof { grade, sum: None };

fn grade(token: &str, now: Timestamp) -> Grade {
    let mut parts = token.split('.');
    let mut next = || parts.next().unwrap_or_default();
    let (header, payload, signature) = (json(next()), json(next()), next());
    let (Some(header), Some(payload)) = (header, payload) else {
        return Grade::noted(Tier::Possible, "it does not decode, so that it may have been altered");
    };
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let algorithm = text(&header, "alg");
    if algorithm.is_empty() {
        return Grade::noted(Tier::Possible, "its header names no algorithm");
    }
    if algorithm.eq_ignore_ascii_case("none") {
        return Grade::noted(Tier::Possible, "nobody signed it (`alg` is `none`)");
    }
    if let Some(end) = seconds(&payload, "exp").filter(|end| *end < now) {
        return Grade::noted(Tier::Possible, format!("it expired on {}", end.date()));
    }
    if is_example(&payload) {
        return Grade::noted(Tier::Possible, "it is the example of a manual");
    }
    let issuer = text(&payload, "iss");
    match text(&payload, "role").as_str() {
        "anon" => {
            return Grade::noted(
                Tier::Possible,
                "its role is `anon`, made to be public: row level security guards the data",
            );
        }
        "service_role" => {
            return Grade::noted(
                Tier::Certain,
                "its role is `service_role`, which row level security does not hold back",
            );
        }
        _ => {}
    }
    if signature_length(&algorithm).is_some_and(|length| length != signature.len()) {
        return Grade::noted(Tier::Possible, "its signature is cut off or made up");
    }
    if issuer.starts_with("kubernetes/serviceaccount") || payload.get("kubernetes.io").is_some() {
        return Grade::noted(Tier::Certain, "it is a service account of Kubernetes");
    }
    Grade::certain()
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice::<Value>(&base64::decode(part)?).ok().filter(Value::is_object)
}

fn seconds(payload: &Value, name: &str) -> Option<Timestamp> {
    let value = payload.get(name)?;
    let seconds = value.as_i64().or_else(|| {
        let seconds = value.as_f64().filter(|it| it.is_finite() && it.abs() < 9e15)?;
        format!("{seconds:.0}").parse().ok()
    })?;
    Some(Timestamp(seconds))
}

/// The payload that the manuals of nearly every library show.
fn is_example(payload: &Value) -> bool {
    let is = |name: &str, value: &str| payload.get(name).and_then(Value::as_str) == Some(value);
    is("sub", "1234567890") || is("name", "John Doe") || is("iss", "joe") || is("iss", "https://example.com")
}

/// Characters of a signature by this algorithm, where its length is fixed.
fn signature_length(algorithm: &str) -> Option<usize> {
    Some(match algorithm {
        "HS256" => 43,
        "HS384" => 64,
        "HS512" | "ES256" | "ES256K" | "EdDSA" => 86,
        "ES384" => 128,
        "ES512" => 176,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::prelude::BASE64_URL_SAFE_NO_PAD as URL_SAFE;

    use super::*;

    #[test]
    fn a_token_says_what_it_is_worth() {
        let now = Timestamp(1_700_000_000);
        for (algorithm, payload, length, tier, note) in [
            ("HS256", r#"{"user":7}"#, 43, Tier::Certain, ""),
            ("HS256", r#"{"user":7,"exp":1800000000}"#, 43, Tier::Certain, ""),
            ("HS256", r#"{"user":7,"exp":1600000000.5}"#, 43, Tier::Possible, "2020-09-13"),
            ("HS256", r#"{"user":7}"#, 20, Tier::Possible, "cut off"),
            ("RS256", r#"{"kubernetes.io":{}}"#, 342, Tier::Certain, "Kubernetes"),
            ("none", r#"{"user":7}"#, 0, Tier::Possible, "nobody"),
            ("HS256", r#"{"sub":"1234567890","name":"J"}"#, 43, Tier::Possible, "manual"),
            ("HS256", r#"{"role":"anon"}"#, 43, Tier::Possible, "anon"),
            ("HS256", r#"{"role":"service_role"}"#, 43, Tier::Certain, "service_role"),
            ("HS256", "[]", 43, Tier::Possible, "decode"),
        ] {
            let header = URL_SAFE.encode(format!(r#"{{"alg":"{algorithm}"}}"#));
            let token = format!("{header}.{}.{}", URL_SAFE.encode(payload), "s".repeat(length));
            let grade = grade(&token, now);
            assert_eq!(grade.tier, tier, "{payload}");
            let told = grade.note.unwrap_or_default();
            assert!(told.contains(note) && told.is_empty() == note.is_empty(), "{payload}: {told}");
        }
    }
}
