//! What keys of the large clouds say about themselves: the account, the issuer's mark, the end of their life.

use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;
use crate::model::{Date, Timestamp};

/// AWS access key ids: the sixteen characters behind the prefix hold the number of the account.
pub(crate) const AWS_KEY_ID: Proof = Proof { grade: |secret, _| aws_key_id(secret), sum: None };

/// Azure signatures: they name the day on which they end.
pub(crate) const AZURE_SAS: Proof = Proof { grade: azure_sas, sum: None };

/// Azure account keys: those of the emulators are printed in the manual.
pub(crate) const AZURE_ACCOUNT_KEY: Proof = Proof { grade: |secret, _| azure_account_key(secret), sum: None };

/// Docker Swarm: the examples of its manual stand in many documents.
pub(crate) const DOCKER_SWARM: Proof = Proof { grade: |secret, _| docker_swarm(secret), sum: None };

/// Identifiers that are no secret without the one that belongs to them.
pub(crate) const IDENTIFIER: Proof = Proof {
    grade: |_, _| Grade::noted(Tier::Possible, "it opens nothing without its secret, which may stand beside it"),
    sum: None,
};

/// Keys that a provider means to be public.
pub(crate) const PUBLIC: Proof =
    Proof { grade: |_, _| Grade::noted(Tier::Possible, "keys of this kind are made to be public"), sum: None };

/// Twelve digits.
const LARGEST_ACCOUNT: u64 = 999_999_999_999;

fn aws_key_id(id: &str) -> Grade {
    if id.ends_with("EXAMPLE") {
        return Grade::noted(Tier::Possible, "it is one of the examples of Amazon's documentation");
    }
    match aws_account(id) {
        Some(account) if account > LARGEST_ACCOUNT => {
            Grade::noted(Tier::Possible, "it names no account that there can be")
        }
        Some(account) => Grade::noted(Tier::Likely, format!("it belongs to AWS account {account:012}")),
        None => Grade { tier: Tier::Likely, note: None },
    }
}

/// The account in an access key id: forty bits, the second to the forty-first of what the sixteen characters spell in
/// base 32. Ids from before 2019 do not have the first bit set and name no account.
fn aws_account(id: &str) -> Option<u64> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => Some(u64::from(byte - b'A')),
        b'2'..=b'7' => Some(u64::from(byte - b'2') + 26),
        _ => None,
    };
    // Nine digits are forty-five bits.
    let head = id.as_bytes().get(4..13)?;
    let bits = head.iter().try_fold(0_u64, |bits, byte| Some((bits << 5) | digit(*byte)?))?;
    (bits >> 44 == 1).then_some((bits >> 4) & 0xFF_FFFF_FFFF)
}

fn azure_sas(query: &str, now: Timestamp) -> Grade {
    let end = query.split(['&', '?', ';']).find_map(|it| it.strip_prefix("amp;").unwrap_or(it).strip_prefix("se="));
    let day: Option<Date> = end.and_then(|it| it.get(..10)).and_then(|it| it.parse().ok());
    match day {
        Some(day) if day.end() < now => Grade::noted(Tier::Possible, format!("it expired on {day}")),
        Some(day) => Grade::noted(Tier::Likely, format!("it is valid until {day}")),
        None => Grade { tier: Tier::Likely, note: None },
    }
}

fn azure_account_key(key: &str) -> Grade {
    // The first characters of the keys of Azurite and of the emulator of Cosmos DB.
    if key.starts_with("Eby8vdM02xNOcqFl") || key.starts_with("C2y6yDjf5/R+ob0N") {
        return Grade::noted(Tier::Possible, "it is the key of Microsoft's emulator, the same for everybody");
    }
    Grade { tier: Tier::Likely, note: None }
}

fn docker_swarm(token: &str) -> Grade {
    /// The first characters of the tokens and of the key in the reference of Docker's interface.
    const PRINTED: [&str; 4] =
        ["SWMTKN-1-3pu6hszjas", "SWMTKN-1-1h8aps2ysz", "SWMTKN-1-49nj1cmql0", "SWMKEY-1-7c37Cc8654"];
    /// 2 to the power of 256 in base 36, in which the digest of a swarm's certificate is written.
    const END_OF_DIGESTS: &str = "6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtog";
    if PRINTED.iter().any(|it| token.starts_with(it)) {
        return Grade::noted(Tier::Possible, "it is one of the examples of Docker's manual");
    }
    let digest = token.strip_prefix("SWMTKN-1-").and_then(|it| it.split('-').next());
    if digest.is_some_and(|it| it.len() == END_OF_DIGESTS.len() && END_OF_DIGESTS <= it) {
        return Grade::noted(Tier::Possible, "what stands for the swarm in it is no digest");
    }
    Grade { tier: Tier::Likely, note: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_id_names_its_account() {
        // Sixteen digits of base 32, written apart so that no key id stands here; the account was found by a
        // decoder of RFC 4648 outside of this program.
        let id = ["AKIA", "QYLPMN5H", "HHFPZAM2"].concat();
        assert_eq!(aws_account(&id), Some(52_310_077_262));
        assert_eq!(aws_key_id(&id).note.as_deref(), Some("it belongs to AWS account 052310077262"));
    }

    #[test]
    fn old_ids_and_examples_name_none() {
        assert_eq!(aws_account(&["AKIA", "IOSFODNN7", "ABCDEFG"].concat()), None);
        assert_eq!(aws_key_id(&["AKIA", "IOSFODNN7", "EXAMPLE"].concat()).tier, Tier::Possible);
        assert_eq!(aws_account("AKIA1"), None);
        // All bits set: more than twelve digits.
        assert_eq!(aws_key_id(&["ASIA", "7777777777777777"].concat()).tier, Tier::Possible);
    }

    #[test]
    fn a_signature_ends_with_its_day() {
        let now: Timestamp = "2026-06-30T12:00:00Z".parse().unwrap();
        let grade = |query: &str| azure_sas(query, now).tier;
        assert_eq!(grade("sv=2022-11-02&se=2026-06-29T23:00:00Z&sig=x"), Tier::Possible);
        assert_eq!(grade("sv=2022-11-02&amp;se=2026-06-30T08%3A00%3A00Z&amp;sig=x"), Tier::Likely);
        assert_eq!(grade("sp=r&sig=x"), Tier::Likely);
        assert_eq!(grade("se=é0000000000&sig=x"), Tier::Likely);
    }

    #[test]
    fn the_emulators_keys_are_public() {
        let graded = |end: &str| azure_account_key(&format!("Eby8vdM02x{end}")).tier;
        assert_eq!(graded("NOcqFlabc"), Tier::Possible);
        assert_eq!(graded("NOcqFxabc"), Tier::Likely);
    }

    #[test]
    fn a_join_token_begins_with_a_digest() {
        let last = "6dp5qcb22im238nr3wvp0ic7q99w035jmy2iw7i6n43d37jtof";
        let grade = |digest: &str| docker_swarm(&format!("SWMTKN-1-{digest}-0")).tier;
        assert_eq!(grade(last), Tier::Likely);
        assert_eq!(grade(&last.replace("jtof", "jtog")), Tier::Possible);
        assert_eq!(grade(&"z".repeat(50)), Tier::Possible);
        assert_eq!(docker_swarm("SWMKEY-1-zzzz").tier, Tier::Likely);
        assert_eq!(docker_swarm("SWMKEY-1-7c37Cc8654").tier, Tier::Possible);
    }
}
