//! Tokens that carry a checksum of themselves.

use super::{Grade, Proof};

const BASE_36: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const BASE_62: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// GitHub and npm: the last six characters are the CRC-32 of what stands between the prefix and them, in base 62.
/// Source: GitHub's engineering blog, "Behind GitHub's new authentication token formats" (2021).
pub(crate) const GITHUB: Proof = Proof { grade: |secret, _| ends_with_sum(secret, 6, github), sum: Some(github) };

/// GitLab's routable tokens: after the last `.` come two characters of length and seven of CRC-32 in base 36, over all
/// that stands before them.
pub(crate) const GITLAB_ROUTABLE: Proof =
    Proof { grade: |secret, _| ends_with_sum(secret, 7, gitlab), sum: Some(gitlab) };

fn github(before: &str) -> String {
    let body = before.split_once('_').map_or(before, |(_, body)| body);
    in_base(crc32fast::hash(body.as_bytes()), BASE_62, 6)
}

fn gitlab(before: &str) -> String {
    in_base(crc32fast::hash(before.as_bytes()), BASE_36, 7)
}

/// Grades a token whose last `length` characters are the checksum of those before.
fn ends_with_sum(secret: &str, length: usize, sum: fn(&str) -> String) -> Grade {
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
