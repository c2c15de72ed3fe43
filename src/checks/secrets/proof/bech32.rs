//! Bech32, in which age writes its identities: 32 characters, of which the last six are a checksum.
//! Source: BIP 173.

use super::{Grade, Proof};

/// Identities of age.
pub(crate) const AGE: Proof =
    Proof { grade: |secret, _| if is_right(secret) { Grade::certain() } else { Grade::altered() }, sum: Some(sum) };

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Digits of the checksum.
const SUM: usize = 6;

fn is_right(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let Some((prefix, data)) = text.rsplit_once('1') else { return false };
    let digits: Option<Vec<u32>> = data.bytes().map(digit).collect();
    digits.is_some_and(|digits| digits.len() > SUM && remainder(prefix, &digits) == 1)
}

/// The checksum, in capital letters as age writes it.
fn sum(before: &str) -> String {
    let text = before.to_ascii_lowercase();
    let Some((prefix, data)) = text.rsplit_once('1') else { return String::new() };
    let mut digits: Vec<u32> = data.bytes().filter_map(digit).collect();
    digits.extend([0; SUM]);
    let remainder = remainder(prefix, &digits) ^ 1;
    let at = |shift: u32| usize::try_from((remainder >> shift) & 31).ok().and_then(|it| DIGITS.get(it)).copied();
    [25, 20, 15, 10, 5, 0].into_iter().filter_map(at).map(|it| char::from(it.to_ascii_uppercase())).collect()
}

fn digit(byte: u8) -> Option<u32> {
    DIGITS.iter().position(|it| *it == byte).and_then(|it| u32::try_from(it).ok())
}

fn remainder(prefix: &str, digits: &[u32]) -> u32 {
    const GENERATOR: [u32; 5] = [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3];
    let high = prefix.bytes().map(|it| u32::from(it) >> 5);
    let low = prefix.bytes().map(|it| u32::from(it) & 31);
    high.chain([0]).chain(low).chain(digits.iter().copied()).fold(1, |sum: u32, digit| {
        let top = sum >> 25;
        let shifted = ((sum & 0x01FF_FFFF) << 5) ^ digit;
        GENERATOR.iter().enumerate().filter(|(bit, _)| (top >> bit) & 1 == 1).fold(shifted, |sum, (_, term)| sum ^ term)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_bip_173_hold() {
        for right in [
            "A12UEL5L",
            "a12uel5l",
            "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
            "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w",
        ] {
            // The shortest vector has nothing but its checksum, and an identity has more.
            assert_eq!(is_right(right), !right.eq_ignore_ascii_case("A12UEL5L"), "{right}");
        }
        for wrong in ["A1G7SGD8", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq", "x1b4n0q5v", "li1dgmt3", "é1é", ""]
        {
            assert!(!is_right(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_sum_completes_an_identity() {
        let before = "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7l";
        assert_eq!(sum(before), "MQQQXW");
        assert_eq!(sum("no separator"), "");
    }
}
