//! Tokens of what watches and draws: JSON inside of them, and the checksums of Grafana.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};

use super::checksum::ends_with_sum;
use super::encoded::holds;
use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

/// Grafana's service accounts: behind the last `_` stands the CRC-32 of all before it, its least byte first, in
/// hexadecimal digits.
pub(crate) const GRAFANA: Proof = Proof { grade: |secret, _| ends_with_sum(secret, 8, grafana), sum: Some(grafana) };

/// Grafana Cloud: JSON with the organization, the name and the key.
pub(crate) const GRAFANA_CLOUD: Proof = Proof {
    grade: |secret, _| holds(secret.strip_prefix("glc_"), &["o", "n", "k"]),
    sum: Some(|_| BASE64_STANDARD.encode(r#"{"o":"1","n":"sample","k":"0123456789abcdefghijklmn","m":{"r":"us"}}"#)),
};

/// Grafana's older keys: JSON with the key, its name and the organization. Much other JSON begins with `k`.
pub(crate) const GRAFANA_KEY: Proof = Proof {
    grade: |secret, _| match holds(Some(secret), &["k", "n", "id"]) {
        certain @ Grade { tier: Tier::Certain, .. } => certain,
        Grade { .. } => Grade::noted(Tier::Possible, "it does not decode to a key of Grafana"),
    },
    sum: Some(|_| BASE64_STANDARD.encode(r#"{"k":"0123456789abcdefghijklmnopqrstuv","n":"sample","id":1}"#)),
};

/// Sentry's organizations: JSON with the day, the address and the organization, then the secret.
pub(crate) const SENTRY: Proof = Proof {
    grade: |secret, _| {
        let parts = secret.strip_prefix("sntrys_").and_then(|it| it.split_once('_'));
        holds(parts.map(|(readable, _)| readable), &["iat", "url", "org"])
    },
    sum: Some(|_| BASE64_STANDARD_NO_PAD.encode(r#"{"iat":1700000000.0,"url":"https://sentry.io","org":"sample"}"#)),
};

/// Mapbox: JSON with the user and the number of the token, then the signature.
pub(crate) const MAPBOX: Proof = Proof {
    grade: |secret, _| holds(secret.split('.').nth(1), &["u", "a"]),
    sum: Some(|_| BASE64_URL_SAFE_NO_PAD.encode(r#"{"u":"sample","a":"abcdefghijklmnopqrstuvwxy"}"#)),
};

fn grafana(before: &str) -> String {
    let summed = before.strip_suffix('_').unwrap_or(before);
    crc32fast::hash(summed.as_bytes()).to_le_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn the_sum_of_grafana_is_written_from_its_least_byte() {
        // CRC-32 of "123456789" is 0xCBF43926.
        assert_eq!(grafana("123456789_"), "2639f4cb");
        let whole = "glsa_123456789_";
        let whole = format!("{whole}{}", grafana(whole));
        assert_eq!((GRAFANA.grade)(&whole, Timestamp(0)), Grade::certain());
        assert_eq!((GRAFANA.grade)(&whole.replace('9', "8"), Timestamp(0)), Grade::altered());
    }

    #[test]
    fn json_of_another_kind_is_no_key() {
        let grade = |proof: Proof, text: &str| (proof.grade)(text, Timestamp(0)).tier;
        // {"k":"a","n":"b","id":1} and {"k":"a","t":"b"} by a base 64 encoder outside of this program.
        assert_eq!(grade(GRAFANA_KEY, "eyJrIjoiYSIsIm4iOiJiIiwiaWQiOjF9"), Tier::Certain);
        assert_eq!(grade(GRAFANA_KEY, "eyJrIjoiYSIsInQiOiJiIn0="), Tier::Possible);
        assert_eq!(grade(GRAFANA_CLOUD, "glc_eyJrIjoiYSIsInQiOiJiIn0="), Tier::Likely);
        // {"iat":1,"url":"","org":"o"}.
        assert_eq!(grade(SENTRY, "sntrys_eyJpYXQiOjEsInVybCI6IiIsIm9yZyI6Im8ifQ_x"), Tier::Certain);
        assert_eq!(grade(SENTRY, "sntrys_eyJpYXQiOjEsInVybCI6IiIsIm9yZyI6Im8ifQ"), Tier::Likely);
        // {"u":"x","a":"y"}.
        assert_eq!(grade(MAPBOX, "sk.eyJ1IjoieCIsImEiOiJ5In0.sig"), Tier::Certain);
        assert_eq!(grade(MAPBOX, "sk.eyJ1IjoieCJ9.sig"), Tier::Likely);
    }
}
