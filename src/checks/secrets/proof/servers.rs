//! Checksums of servers that people run themselves, and of gateways.

use super::checksum::{base_62_of, ends_with_sum};
use super::{Grade, Proof};
use crate::checks::secrets::tier::Tier;

/// Synapse, a server of Matrix: behind the last `_` stands the CRC-32 of all before it, in base 62.
pub(crate) const SYNAPSE: Proof = Proof { grade: |secret, _| ends_with_sum(secret, 6, synapse), sum: Some(synapse) };

/// Zuplo: behind the last `_` stands the CRC-32 of the characters between, in hexadecimal digits.
pub(crate) const ZUPLO: Proof = Proof { grade: |secret, _| ends_with_sum(secret, 8, zuplo), sum: Some(zuplo) };

/// Review Board: the last six characters are the CRC-32 of those behind the prefix, in base 62. Version 5.0 took small
/// letters for capitals.
pub(crate) const REVIEW_BOARD: Proof = Proof {
    grade: |secret, _| match ends_with_sum(secret, 6, review_board) {
        certain @ Grade { tier: Tier::Certain, .. } => certain,
        Grade { .. } => ends_with_sum(secret, 6, review_board_5_0),
    },
    sum: Some(review_board),
};

fn synapse(before: &str) -> String {
    base_62_of(before.strip_suffix('_').unwrap_or(before))
}

fn zuplo(before: &str) -> String {
    let body = before.strip_prefix("zpka_").unwrap_or(before);
    format!("{:08x}", crc32fast::hash(body.strip_suffix('_').unwrap_or(body).as_bytes()))
}

fn review_board(before: &str) -> String {
    base_62_of(before.strip_prefix("rbp_").unwrap_or(before))
}

fn review_board_5_0(before: &str) -> String {
    let swap = |it: char| if it.is_ascii_uppercase() { it.to_ascii_lowercase() } else { it.to_ascii_uppercase() };
    review_board(before).chars().map(swap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    /// CRC-32 of "123456789" is 0xCBF43926; in base 62, by division outside of this program, 3jZRME.
    #[test]
    fn each_scheme_sums_its_own_part() {
        assert_eq!(synapse("123456789_"), "3jZRME");
        assert_eq!(zuplo("zpka_123456789_"), "cbf43926");
        assert_eq!(review_board("rbp_123456789"), "3jZRME");
        assert_eq!(review_board_5_0("rbp_123456789"), "3Jzrme");
    }

    #[test]
    fn another_sum_is_altered() {
        let grade = |proof: Proof, token: &str| (proof.grade)(token, Timestamp(0));
        assert_eq!(grade(ZUPLO, "zpka_123456789_cbf43926"), Grade::certain());
        assert_eq!(grade(ZUPLO, "zpka_123456788_cbf43926"), Grade::altered());
        assert_eq!(grade(REVIEW_BOARD, "rbp_1234567893jZRME"), Grade::certain());
        assert_eq!(grade(REVIEW_BOARD, "rbp_1234567893Jzrme"), Grade::certain());
        assert_eq!(grade(REVIEW_BOARD, "rbp_1234567893JzrmX"), Grade::altered());
        assert_eq!(grade(SYNAPSE, "syt"), Grade::altered());
    }
}
