//! Tokens that carry a checksum of themselves.
//!
//! Each scheme is a few lines: which part is summed, how the sum is written, and how many characters it takes.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

const BASE_36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE_62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// GitHub and npm: the last six characters are the CRC-32 of what stands between the prefix and them, in base 62.
/// Source: GitHub's engineering blog, "Behind GitHub's new authentication token formats" (2021).
pub(crate) const GITHUB: Proof = Proof { grade: |secret, _| ends_with_sum(secret, 6, base_62), sum: Some(base_62) };

/// GitHub's refresh tokens come in more than one length, and not every one is summed: only the right sum says something.
pub(crate) const GITHUB_REFRESH: Proof = Proof {
    grade: |secret, _| match ends_with_sum(secret, 6, base_62) {
        certain @ Grade { tier: Tier::Certain, .. } => certain,
        Grade { .. } => Grade { tier: Tier::Likely, note: None },
    },
    sum: Some(base_62),
};

/// Vercel: as GitHub.
pub(crate) const VERCEL: Proof = GITHUB;

/// GitLab's routable tokens: after the last `.` come two characters of length and seven of CRC-32 in base 36, over all
/// that stands before them.
pub(crate) const GITLAB_ROUTABLE: Proof =
    Proof { grade: |secret, _| ends_with_sum(secret, 7, gitlab), sum: Some(gitlab) };

/// Cloudflare: the last eight characters are the CRC-32 of the forty before, in hexadecimal digits.
/// Source of the form: <https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/>.
pub(crate) const CLOUDFLARE: Proof =
    Proof { grade: |secret, _| ends_with_sum(secret, 8, cloudflare), sum: Some(cloudflare) };

/// Atlassian and Bitbucket: the last eight characters are the CRC-32 of all that stands before, in hexadecimal digits.
pub(crate) const ATLASSIAN: Proof =
    Proof { grade: |secret, _| ends_with_sum(secret, 8, atlassian), sum: Some(atlassian) };

/// Confluent: the last six characters are the CRC-32 of all that stands before, its least byte first, in base 64.
pub(crate) const CONFLUENT: Proof = Proof {
    grade: |secret, _| match ends_with_sum(secret, 6, confluent) {
        certain @ Grade { tier: Tier::Certain, .. } => certain,
        // Whether the prefix is summed is not written down; a right sum by either reading is no chance.
        Grade { .. } => ends_with_sum(secret.strip_prefix("cflt").unwrap_or(secret), 6, confluent),
    },
    sum: Some(confluent),
};

fn base_62(before: &str) -> String {
    base_62_of(body(before))
}

/// The CRC-32 of a text in six digits of base 62.
pub(super) fn base_62_of(text: &str) -> String {
    in_base(crc32fast::hash(text.as_bytes()), BASE_62, 6)
}

fn gitlab(before: &str) -> String {
    in_base(crc32fast::hash(before.as_bytes()), BASE_36, 7)
}

fn cloudflare(before: &str) -> String {
    format!("{:08x}", crc32fast::hash(body(before).as_bytes()))
}

fn atlassian(before: &str) -> String {
    format!("{:08X}", crc32fast::hash(before.as_bytes()))
}

fn confluent(before: &str) -> String {
    BASE64_STANDARD_NO_PAD.encode(crc32fast::hash(before.as_bytes()).to_le_bytes())
}

/// What stands behind the prefix.
fn body(token: &str) -> &str {
    token.split_once('_').map_or(token, |(_, body)| body)
}

/// Grades a token whose last `length` characters are the checksum of those before.
pub(super) fn ends_with_sum(secret: &str, length: usize, sum: fn(&str) -> String) -> Grade {
    let split = secret.len().checked_sub(length).and_then(|at| secret.split_at_checked(at));
    match split {
        Some((before, claimed)) if sum(before) == claimed => Grade::certain(),
        Some(_) | None => Grade::altered(),
    }
}

/// A number in the base of these digits, with leading zeros up to a width.
fn in_base(mut number: u32, digits: &[u8], width: usize) -> String {
    let base = u32::try_from(digits.len()).unwrap_or(2).max(2);
    let mut text = Vec::with_capacity(width);
    while number > 0 || text.len() < width {
        let digit = usize::try_from(number % base).ok().and_then(|at| digits.get(at)).copied().unwrap_or(b'0');
        text.push(char::from(digit));
        number /= base;
    }
    text.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    /// CRC-32 of "123456789" is 0xCBF43926: the check value that every catalogue of CRCs gives.
    const CHECKED: &str = "123456789";

    #[test]
    fn each_scheme_writes_the_check_value_its_own_way() {
        // 3421780262 in the bases 62 and 36, by division outside of this program.
        assert_eq!(base_62(&format!("ghp_{CHECKED}")), "3jZRME");
        assert_eq!(gitlab(CHECKED), "1kl8mjq");
        assert_eq!(cloudflare(&format!("cfut_{CHECKED}")), "cbf43926");
        assert_eq!(atlassian(CHECKED), "CBF43926");
        // 26 39 f4 cb in base 64.
        assert_eq!(confluent(CHECKED), "Jjn0yw");
    }

    #[test]
    fn a_token_with_one_character_changed_is_altered() {
        let now = Timestamp(0);
        for (proof, before) in [
            (GITHUB, "npm_AbcdefghijklmnopqrstuvwxyzABCD"),
            (GITLAB_ROUTABLE, "glpat-abcdefghijklmnopqrstuvwxyz0.01.0z"),
            (CLOUDFLARE, "cfut_0123456789012345678901234567890123456789"),
            (ATLASSIAN, "ATATT3xFfGF0abcdefg="),
            (CONFLUENT, "cflt0123456789"),
        ] {
            let Some(sum) = proof.sum else { continue };
            let whole = format!("{before}{}", sum(before));
            assert_eq!((proof.grade)(&whole, now), Grade::certain(), "{before}");
            let changed = whole.replacen('e', "x", 1).replacen('5', "6", 1);
            assert_eq!((proof.grade)(&changed, now), Grade::altered(), "{before}");
            assert_eq!((proof.grade)("é", now), Grade::altered());
        }
    }

    #[test]
    fn a_confluent_secret_may_leave_its_prefix_out_of_the_sum() {
        let whole = format!("cflt{CHECKED}Jjn0yw");
        assert_eq!((CONFLUENT.grade)(&whole, Timestamp(0)), Grade::certain());
    }
}
